"""Spreadsheet engines for tests: a workbook in, the cells it shows out.

`recalculated(path)` is the one runner. LibreOffice runs with a profile of its own and the add-in built from the present
catalogue, installed once a process; one start-up costs seconds, so put everything a test asks into one workbook. A
missing engine fails by the name of its package, it is never skipped.
"""

import atexit
import datetime as dt
import functools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xlmodel.errors import ExcelError
from xlmodel.functions.cells import serial
from xlmodel.host import formualizer, libreoffice

Shown = dict[tuple[str, str], Any]
"""The cells of a workbook that show something: (sheet, address) -> float, bool, text or `ExcelError`."""

# LibreOffice keeps the cached values of a file that Excel wrote unless it is told to calculate anew.
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
 </item>
</oor:items>
"""
_PATIENCE = 180.0
_ATTEMPTS = 3

needs_libreoffice = [pytest.mark.libreoffice, pytest.mark.xdist_group("libreoffice")]
"""The marks of a module that recalculates with LibreOffice: one worker runs them all, so that one add-in serves."""


def recalculated(path: Path, engine: str = "libreoffice") -> Shown:
    """Every cell that shows something after `engine` has calculated the workbook anew."""
    return _ENGINES[engine](path)


def converted(path: Path, profile: Path, folder: Path, kind: str = "xlsx") -> Path:
    """The workbook as LibreOffice writes it into `folder` after calculating it, as xlsx or pdf."""
    assert folder != path.parent, "LibreOffice does not write over the file it reads"
    command = [
        libreoffice.program("soffice"),
        "--headless",
        "--norestore",
        *libreoffice.profile_options(profile),
        "--convert-to",
        kind,
        "--outdir",
        str(folder),
        str(path),
    ]
    written = folder / f"{path.stem}.{kind}"
    for _ in range(_ATTEMPTS):
        code, said = _run(command)
        if written.exists():
            return written
        if 0 <= code <= 128:
            break
    raise AssertionError(f"LibreOffice wrote no {kind} (exit code {code}): {said}")


def _run(command: list[str]) -> tuple[int, str]:
    # A session of its own, because the program started is a script that leaves the real one behind when killed.
    with subprocess.Popen(
        command,
        env=libreoffice.system_environment(),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as office:
        try:
            said, _ = office.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(office.pid, signal.SIGKILL)
            raise
    return office.returncode, said


@functools.cache
def profile() -> Path:
    """A LibreOffice profile with the add-in of the present catalogue, made once a process."""
    return new_profile(libreoffice.build(_scratch() / "xlmodel.oxt"))


def new_profile(extension: Path | None = None) -> Path:
    """A LibreOffice profile of its own that always recalculates, with the extension installed."""
    if not (Path(libreoffice.program("soffice")).resolve().parent / "pythonloader.py").exists():
        pytest.fail("LibreOffice cannot run Python: install the Debian package python3-uno")
    # A crash of the package program leaves its locks behind, so another try needs a profile of its own.
    for attempt in range(_ATTEMPTS):
        home = Path(tempfile.mkdtemp(dir=_scratch()))
        (home / "user").mkdir()
        (home / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
        if extension is None:
            break
        try:
            libreoffice.install(extension, home)
            break
        except libreoffice.LibreOfficeCrashError:
            if attempt == _ATTEMPTS - 1:
                raise
    return home


def shown(path: Path) -> Shown:
    """The cached values of a workbook as cells."""
    return {
        (sheet.title, cell.coordinate): _cell(cell.value, cell.data_type)
        for sheet in openpyxl.load_workbook(path, data_only=True)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def _libreoffice(path: Path) -> Shown:
    with tempfile.TemporaryDirectory(dir=_scratch()) as folder:
        return shown(converted(path, profile(), Path(folder)))


def _formualizer(path: Path) -> Shown:
    workbook = formualizer.opened(path)
    workbook.evaluate_all()
    cells = (
        (sheet.title, cell.coordinate, workbook.get_value(sheet.title, cell.row, cell.column))
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
    )
    return {(sheet, at): _cell(formualizer.decode(v), "") for sheet, at, v in cells if v is not None}


_ENGINES: dict[str, Callable[[Path], Shown]] = {"libreoffice": _libreoffice, "formualizer": _formualizer}


def _cell(value: Any, kind: str) -> Any:
    if kind == "e":
        return ExcelError(value)
    if isinstance(value, dt.date):
        return serial(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@functools.cache
def _scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="xlmodel-engines-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
