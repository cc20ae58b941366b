"""Every check, in the order in which a failure is cheapest: `python -m tests`.

The engines come first: a check without its engine fails by the name of the Debian package, it is never skipped.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"soffice": "libreoffice-calc", "/usr/lib/python3/dist-packages/uno.py": "python3-uno"}
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("pytest", "-n", str(os.cpu_count() or 1), "--dist", "loadgroup"),
)


def main() -> int:
    missing = [package for name, package in PACKAGES.items() if not (shutil.which(name) or Path(name).exists())]
    if missing:
        print(f"missing Debian package: {' '.join(missing)} (apt-get install {' '.join(missing)})", file=sys.stderr)
        return 1
    scripts = Path(sys.executable).parent
    for name, *arguments in CHECKS:
        print(f"$ {name} {' '.join(arguments)}", flush=True)
        done = subprocess.run([scripts / name, *arguments], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
