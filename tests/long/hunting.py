"""The laws with examples nobody has tried yet; the suite itself runs the same ones every time."""

import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_ROOMS = ("maths", "asset", "loan", "collateral", "deal")


def laws_with_new_examples() -> dict[str, Any]:
    """Run the rooms whose tests are laws, drawing anew."""
    folders = [f"tests/{room}" for room in _ROOMS]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--hypothesis-profile", "hunt", *folders]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    return {"rooms": len(folders)}
