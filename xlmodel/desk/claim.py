"""A folder belongs to one batch at a time; the system gives it free when the batch ends, however it ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from xlmodel.errors import InputError


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if it does not exist.

    Raises
    ------
    InputError
        Another process holds it.
    """
    folder.mkdir(exist_ok=True)
    with (folder / "claim").open("ab+") as file:
        try:
            _lock(file)
        except OSError:
            raise InputError(
                f"{folder.parent} is being filled by another run: wait until it has ended", "out"
            ) from None
        yield


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
