"""A workbook as a PDF, printed by LibreOffice with a profile of its own, so that no open office is disturbed."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from xlmodel.errors import ModelError

_SECONDS: Final = 180
# The last two are where its installers for Windows and macOS put it, neither of which is on the path.
_PROGRAMS: Final = (
    "soffice",
    "libreoffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


def engine() -> str:
    """Return the path of LibreOffice.

    Raises
    ------
    ModelError
        It is not installed; the sentence says how to install it.
    """
    for name in _PROGRAMS:
        if found := shutil.which(name):
            return found
    raise ModelError("a PDF needs LibreOffice, which was not found (Debian: apt-get install libreoffice-calc)", "pdf")


def printed(workbook: bytes, pages: str = "") -> bytes:
    """Return the PDF of a workbook, both as the content of a file; `pages` such as "1-3", all unless given.

    Raises
    ------
    ModelError
        LibreOffice is missing, or made no PDF; its own words are passed on.
    """
    program = engine()
    with tempfile.TemporaryDirectory(prefix="xlmodel-pdf-") as name:
        folder = Path(name)
        source, target = folder / "report.xlsx", folder / "report.pdf"
        source.write_bytes(workbook)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        form = "pdf"
        if pages:
            form += f':calc_pdf_Export:{{"PageRange":{{"type":"string","value":"{pages}"}}}}'
        command = [program, profile, "--headless", "--convert-to", form, "--outdir", str(folder), str(source)]
        said = _run(command)
        if not target.exists():
            raise ModelError(f"LibreOffice made no PDF: {said}", "pdf")
        return target.read_bytes()


def _run(command: list[str]) -> str:
    """Run LibreOffice to its end, and return what it said."""
    # A session of its own, because the program is a script that would leave the real one behind when stopped.
    with subprocess.Popen(  # noqa: S603  the program is the one found above
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as office:
        try:
            said, _ = office.communicate(timeout=_SECONDS)
        except BaseException as error:
            if hasattr(os, "killpg"):
                os.killpg(office.pid, signal.SIGKILL)
            office.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise ModelError(f"LibreOffice did not finish the PDF within {_SECONDS} seconds", "pdf") from None
            raise
    return " ".join(said.split()) or f"exit code {office.returncode}"
