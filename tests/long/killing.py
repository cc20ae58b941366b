"""A batch of two hundred workbooks that is killed ten times on its way."""

import tempfile
from pathlib import Path
from typing import Any

from tests.desk.killing import killed_and_finished


def batch_killed() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return killed_and_finished(Path(folder), loans=200, kills=10)
