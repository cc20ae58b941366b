"""Where a file is written: what may be written over, and that it is written whole or not at all."""

import os
import tempfile
from pathlib import Path

from xlmodel.errors import InputError


def refuse_existing(target: Path, suffix: str, *, force: bool) -> None:
    """Refuse a target that has another ending, no folder, or, unless `force`, exists.

    Raises
    ------
    InputError
        One of these; the sentence says what to do.
    """
    if target.suffix.lower() != suffix:
        raise InputError(f"out must end in {suffix}, got {target.name}", "out")
    if not target.parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist, so {target.name} cannot be written there", "out")
    if target.is_dir():
        raise InputError(f"{target} is a folder, a file is expected", "out")
    if target.exists() and not force:
        raise InputError(f"{target} exists already; it is replaced only with --force (in Python, force=True)", "out")


def put(content: bytes, target: Path) -> None:
    """Write a file whole or not at all: beside its place first, then moved there in one step."""
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; a report gets the permissions any new file would.
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
