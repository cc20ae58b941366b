"""What filling one cell of a workbook costs beside copying its zip file, and beside openpyxl's load and save."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import xlsxwriter

from tests.bench.measure import Measured, medians
from xlmodel.ooxml.filling import fill

_KEY = "in_rate"


def template() -> Measured:
    """One cell of an ordinary template of five sheets, each with a chart, against re-deflating every part."""
    return _beside_the_zip("one fill of a template", (5, 60, 10), 1.5, rounds=15)


def long_template() -> Measured:
    """One cell of eight sheets of 400 rows, against re-deflating every part."""
    return _beside_the_zip("one fill of a long template", (8, 400, 20), 1.5, rounds=7)


def long_sheet() -> Measured:
    """One cell of a sheet of 20,000 rows, against re-deflating every part."""
    return _beside_the_zip("one fill of 20,000 rows", (1, 20_000, 12), 4.0, rounds=3)


def openpyxl_template() -> Measured:
    """One cell of an ordinary template, against openpyxl's load and save of it."""
    return _beside_openpyxl("openpyxl beside one fill of a template", (5, 60, 10), rounds=5)


def openpyxl_long_sheet() -> Measured:
    """One cell of a sheet of 20,000 rows, against openpyxl's load and save of it."""
    return _beside_openpyxl("openpyxl beside one fill of 20,000 rows", (1, 20_000, 12), rounds=3)


def _beside_the_zip(name: str, size: tuple[int, int, int], hold: float, rounds: int) -> Measured:
    with TemporaryDirectory() as folder:
        book, copy = _workbook(Path(folder), *size), Path(folder) / "copy.xlsx"
        reference, whole = medians(lambda: _copied(book, copy), _filling(book), rounds=rounds)
    figures = {"zip_ms": reference * 1e3, "fill_ms": whole * 1e3}
    return Measured(name, whole / reference, f"at most {hold} times the zip copy", whole <= hold * reference, figures)


def _beside_openpyxl(name: str, size: tuple[int, int, int], rounds: int) -> Measured:
    with TemporaryDirectory() as folder:
        book, copy = _workbook(Path(folder), *size), Path(folder) / "copy.xlsx"
        slow, whole = medians(lambda: _loaded(book, copy), _filling(book), rounds=rounds)
    figures = {"openpyxl_ms": slow * 1e3, "fill_ms": whole * 1e3}
    return Measured(name, slow / whole, "at least 10 times as long", slow >= 10 * whole, figures)


def _filling(book: Path) -> Callable[[], object]:
    out = book.with_name("filled.xlsx")
    return lambda: fill(book, out, {_KEY: 123.45}, force=True)


def _copied(book: Path, copy: Path) -> None:
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))


def _loaded(book: Path, copy: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook["S0"]["B3"] = 123.45
    workbook.save(copy)


def _workbook(folder: Path, sheets: int, rows: int, columns: int) -> Path:
    """A label, two numbers and a formula, again and again, and a chart on every sheet."""
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        looks = [book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})]
        for number in range(sheets):
            sheet = book.add_worksheet(f"S{number}")
            for row in range(rows):
                sheet.write_string(row, 0, f"label {row}", looks[0])
                for column in range(1, columns):
                    if column % 4 == 3:
                        sheet.write_formula(row, column, f"=B{row + 1}*2", looks[1], row * 3.0 + 2)
                    else:
                        sheet.write_number(row, column, row * 1.5 + column, looks[1])
            chart = book.add_chart({"type": "line"})
            chart.add_series({"values": f"=S{number}!$B$1:$B$20"})
            sheet.insert_chart("Z2", chart)
        book.define_name(_KEY, "=S0!$B$3")
    return path
