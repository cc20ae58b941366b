"""What a cell of ours costs on each host, next to a function on the same path that does nothing."""

import dataclasses
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Final

import xlsxwriter

from tests.bench.empty import GIVEN, GIVES, OURS
from tests.bench.measure import Measured
from tests.engines import new_profile
from xlmodel.functions import CATALOGUE
from xlmodel.host import formualizer, libreoffice
from xlmodel.ooxml.stored_form import Host, retarget

CELLS: Final = 10_000
_EMPTY: Final = dataclasses.replace(OURS, name="XLMODEL_EMPTY")
_LIMIT: Final = 200e-6
_HOLD: Final = "at most 200 µs a cell beyond an empty function: 2 s in 10,000 cells"


def calc_cells() -> Measured:
    """10,000 cells in LibreOffice, calculated anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        books = [_book(folder / f"{record.name}.xlsx", record.name) for record in (OURS, _EMPTY)]
        home = new_profile(_with_empty(folder / "xlmodel.oxt"))
        options = [libreoffice.program("soffice"), *libreoffice.profile_options(home)]
        script = Path(__file__).with_name("calc_seconds.py")
        done = subprocess.run(
            ["python3", script, "7", *books, "--", *options],
            env=libreoffice.system_environment(),
            capture_output=True,
            text=True,
            timeout=280,
            check=True,
        )
    (ours, shown), (empty, shown_empty) = json.loads(done.stdout)
    assert shown == shown_empty == CELLS * GIVES
    return _measured("LibreOffice cell", ours / CELLS, empty / CELLS)


def formualizer_cells() -> Measured:
    """10,000 cells in formualizer, from a file."""

    def taken(name: str) -> float:
        with tempfile.TemporaryDirectory() as folder:
            book = formualizer.opened(_book(Path(folder) / "book.xlsx", name, Host.PLAIN))
            book.register_function(_EMPTY.name, lambda *arguments: GIVES)
            begun = time.perf_counter()
            book.evaluate_all()
            seconds = time.perf_counter() - begun
            assert book.get_value("S", 1, 1) == CELLS * GIVES
        return seconds / CELLS

    times = [(taken(OURS.name), taken(_EMPTY.name)) for _ in range(5)]
    return _measured("formualizer cell", *(sorted(column)[len(times) // 2] for column in zip(*times, strict=True)))


def com_cells() -> Measured:
    """The VBA stub in an interpreter, and xlwings' own conversion behind it; the interpreter is most of it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.com_seconds"], capture_output=True, text=True, timeout=280, check=True
    )
    return _measured("VBA stub and COM conversion", *json.loads(done.stdout.splitlines()[-1]))


def _measured(name: str, ours: float, empty: float) -> Measured:
    figures = {"us_per_call": ours * 1e6, "us_empty": empty * 1e6, "us_added": (ours - empty) * 1e6}
    return Measured(name, ours / empty, _HOLD, ours - empty <= _LIMIT, figures)


def _book(path: Path, name: str, host: Host = Host.LIBREOFFICE) -> Path:
    """10,000 cells that call one function with one argument of their own, and their sum in A1."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("S")
        page.write_formula("A1", f"=SUM(C1:C{CELLS})")
        page.write_column("B1", [GIVEN[0]] * CELLS)
        for row in range(CELLS):
            page.write_formula(row, 2, f"={name}(B{row + 1},{GIVEN[1]},{GIVEN[2]})")
    assert retarget(path, host).calls == CELLS
    return path


def _with_empty(path: Path) -> Path:
    """The add-in with a further function that answers without xlmodel."""
    with zipfile.ZipFile(libreoffice.build(path)) as built:
        parts = {name: built.read(name).decode() for name in built.namelist()}
    records = [*CATALOGUE.values(), _EMPTY]
    parts["functions.idl"] = libreoffice.idl(records)
    parts["functions.json"] = json.dumps(libreoffice.descriptions(records))
    parts["libreoffice_addin.py"] += f"\nAddIn.EMPTY = lambda self, *arguments: (({GIVES},),)\n"
    with zipfile.ZipFile(path, "w") as changed:
        for name, text in parts.items():
            changed.writestr(name, text)
    return path
