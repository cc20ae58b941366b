"""A machine without a network: everything comes from a folder of wheels."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def install_without_a_network() -> dict[str, Any]:
    """The release is made, installed into a new environment from its wheels alone, and answers."""
    subprocess.run([ROOT / ".ci" / "release"], check=True, env={**os.environ, "PYTHON": sys.executable}, cwd=ROOT)
    wheels = ROOT / "dist" / "wheelhouse"
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", new], check=True)
        # An index nobody serves: whatever would be fetched fails.
        offline = {**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_CONFIG_FILE": os.devnull}
        install = [new / "bin" / "pip", "install", "-q", "--no-index", "--find-links", wheels, "xlmodel"]
        subprocess.run(install, check=True, env=offline)
        answer = subprocess.run(
            [new / "bin" / "xlmodel", "call", "LTV", "20", "35"], check=True, capture_output=True, text=True
        ).stdout
        assert answer.split()[-1].startswith("0.5714"), answer
        built = subprocess.run(
            [new / "bin" / "xlmodel", "addin", "build", "-o", Path(folder) / "xlmodel.xlam"], check=True, text=True
        )
        assert built.returncode == 0
        assert (Path(folder) / "xlmodel.xlam").stat().st_size > 10_000
    return {"wheels": len(list(wheels.glob("*.whl")))}
