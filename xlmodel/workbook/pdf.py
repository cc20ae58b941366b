"""A workbook as a PDF, printed by LibreOffice with a profile of its own, so that no open office is disturbed."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from xlmodel.errors import ModelError

_SECONDS: Final = 180


def engine() -> str:
    """Return the path of LibreOffice.

    Raises
    ------
    ModelError
        It is not installed; the sentence says how to install it.
    """
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    raise ModelError("a PDF needs LibreOffice, which was not found (Debian: apt-get install libreoffice-calc)", "pdf")


def print_pdf(workbook: Path, target: Path) -> None:
    """Print a workbook to `target`, which is replaced if it exists.

    Raises
    ------
    ModelError
        LibreOffice is missing, or made no PDF; its own words are passed on.
    """
    program = engine()
    with tempfile.TemporaryDirectory(prefix="xlmodel-pdf-") as name:
        folder = Path(name)
        command = [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(workbook),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise ModelError(f"LibreOffice did not finish the PDF within {_SECONDS} seconds", "pdf") from None
        printed = folder / f"{workbook.stem}.pdf"
        if not printed.exists():
            said = " ".join((done.stderr or done.stdout).split()) or f"exit code {done.returncode}"
            raise ModelError(f"LibreOffice made no PDF of {workbook.name}: {said}", "pdf")
        shutil.copyfile(printed, target)
