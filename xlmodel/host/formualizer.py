"""formualizer, a spreadsheet engine in a wheel: every function of the catalogue, in a workbook of its own.

It calculates what Excel would cache, on any machine. Two of its habits change numbers silently, so open a workbook
with `opened`, which undoes both, and spells our functions as it knows them; `register` alone is for a workbook built
in memory.
"""

import datetime as dt
import functools
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from itertools import product
from os import PathLike
from pathlib import Path
from typing import IO, Any, Final

import openpyxl
from lxml import etree
from openpyxl.utils.cell import get_column_letter, range_boundaries

from xlmodel.errors import ExcelError, InfeasibleError
from xlmodel.functions import CATALOGUE, Record, call
from xlmodel.functions.cells import OMITTED, Cell, serial
from xlmodel.functions.record import PREFIX
from xlmodel.ooxml import archive
from xlmodel.ooxml.package import Package
from xlmodel.ooxml.stored_form import Host, respell

try:
    import formualizer as engine
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("formualizer is not installed: pip install 'xlmodel[engine]'") from error

_KINDS: Final = {
    "Null": ExcelError.NULL,
    "Div": ExcelError.DIV0,
    "Value": ExcelError.VALUE,
    "Ref": ExcelError.REF,
    "Name": ExcelError.NAME,
    "Num": ExcelError.NUM,
    "Na": ExcelError.NA,
}
_ERRORS: Final = {error: {"type": "Error", "kind": kind} for kind, error in _KINDS.items()}
_OMITTED: Final = "\ue000omitted"  # a character that no text of a sheet has
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OURS: Final = re.compile(rf"{PREFIX}\w+\(", re.IGNORECASE)
_CALLED: Final = re.compile(r""""[^"]*"|'[^']*'|((?:\[\d+\]!)?[^\W\d][\w.]*)\(""")
_OF_A_HOST: Final = re.compile(rf"(?:!|_xldudf_){PREFIX}|{PREFIX[:-1]}\.\w".encode(), re.IGNORECASE)


def register(workbook: Any) -> None:
    """Make every function of the catalogue known to a workbook.

    >>> workbook = engine.Workbook()
    >>> register(workbook)
    >>> workbook.add_sheet("S")
    >>> workbook.set_formula("S", 1, 1, "=XLMODEL_COLLATERAL_VALUE(35000,2,0.5)")
    >>> workbook.evaluate_cell("S", 1, 1)
    8750.0
    """
    for record in CATALOGUE.values():
        workbook.register_function(record.name, _callback(record))


def opened(path: str | PathLike[str] | IO[bytes]) -> Any:
    """Return the workbook of a file, ready to be evaluated.

    Calls of ours are spelled plainly, whichever host the file is for; arguments left out between two commas are spelled
    out, and the cached cells of array formulas are left out to make room for the answer. The file is not touched.
    """
    workbook, _ = _opened(Path(path).read_bytes() if isinstance(path, str | PathLike) else path.read())
    return workbook


def calculated(content: bytes) -> dict[tuple[str, int, int], Cell]:
    """Return what every cell of a workbook shows after it was calculated anew: (sheet, row, column) from 0 -> cell.

    Raises
    ------
    InfeasibleError
        The engine cannot calculate the workbook, or does not know a function in it: its ``#NAME?`` could hide behind
        an IFERROR and be taken for a number.
    """
    try:
        workbook, called = _opened(content)
        if unknown := sorted(name for name in called if not _known(name)):
            raise InfeasibleError(f"formualizer does not know {', '.join(unknown)}")
        workbook.evaluate_all()
    except (engine.ExcelEvaluationError, engine.ParserError, OSError) as error:
        raise InfeasibleError(f"formualizer cannot calculate the workbook: {error}") from error
    found: dict[tuple[str, int, int], Cell] = {}
    with warnings.catch_warnings():
        # What openpyxl would lose on saving does not matter here, where only the size of sheets is asked for.
        warnings.simplefilter("ignore")
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    for sheet in sheets:
        for row, column in product(range(sheet.max_row), range(sheet.max_column)):
            value = decode(workbook.get_value(sheet.title, row + 1, column + 1))
            if value is not None:
                found[sheet.title, row, column] = value
    return found


def explicit(formula: str) -> str:
    """Return a formula in which our functions are told what was left out, instead of formualizer's 0.

    >>> explicit("=XLMODEL_DSCR(A1:A3,,2)+SUM(A1,,1)").replace(_OMITTED, "omitted")
    '=XLMODEL_DSCR(A1:A3,"omitted",2)+SUM(A1,,1)'
    """
    marks: list[int] = []
    # For each open bracket: whether a function of ours, whether this argument has begun, whether it is the first.
    open_: list[list[bool]] = []
    for token in engine.Tokenizer(formula).tokens():
        shape = str(token.subtype)
        if shape.endswith("Open"):
            if open_:
                open_[-1][1] = True
            open_.append([_OURS.fullmatch(token.value) is not None, False, True])
        elif shape.endswith("Close"):
            ours, begun, first = open_.pop()
            if ours and not begun and not first:
                marks.append(token.start)
        elif shape.endswith("Arg") and open_:
            ours, begun, _ = open_[-1]
            if ours and not begun:
                marks.append(token.start)
            open_[-1][1:] = [False, False]
        elif open_ and token.value.strip():
            open_[-1][1] = True
    for place in reversed(marks):
        formula = f'{formula[:place]}"{_OMITTED}"{formula[place:]}'
    return formula


def decode(cell: Any) -> Cell:
    """Return a value of formualizer as a cell.

    >>> decode({"type": "Error", "kind": "Div"})
    <ExcelError.DIV0: '#DIV/0!'>
    """
    if isinstance(cell, dict):
        return _KINDS.get(cell.get("kind", ""), ExcelError.VALUE)
    if isinstance(cell, dt.date):
        return serial(cell)
    value: Cell = cell
    return value


def _opened(content: bytes) -> tuple[Any, set[str]]:
    """A workbook ready to be evaluated, and the functions that its cells and names call."""
    copy = io.BytesIO()
    called: set[str] = set()
    with zipfile.ZipFile(io.BytesIO(_plain(content))) as file, zipfile.ZipFile(copy, "w") as changed:
        for entry in file.infolist():
            part = file.read(entry)
            if _SHEET.fullmatch(entry.filename):
                part = _calculable(part, called)
            elif entry.filename == "xl/workbook.xml":
                for name in etree.fromstring(part, _parser()).iter(f"{_MAIN}definedName"):
                    called.update(_functions(name.text or ""))
            changed.writestr(entry, part)
    workbook = engine.Workbook.from_bytes(copy.getvalue())
    register(workbook)
    return workbook, called


def _functions(formula: str) -> Iterator[str]:
    """The functions that a formula calls, without the prefixes of files.

    >>> list(_functions('IF(_xlfn.XLOOKUP(1,A1,B1)>2,"SUM(",[1]!F(1))'))
    ['IF', 'XLOOKUP', '[1]!F']
    """
    return (found[1].removeprefix("_xlfn.").removeprefix("_xlws.") for found in _CALLED.finditer(formula) if found[1])


@functools.cache
def _known(function: str) -> bool:
    """Whether the engine has a function; its own, or ours."""
    workbook = engine.Workbook()
    register(workbook)
    workbook.add_sheet("S")
    workbook.set_formula("S", 1, 1, f"={function}()")
    return decode(workbook.evaluate_cell("S", 1, 1)) is not ExcelError.NAME


def _plain(content: bytes) -> bytes:
    """A workbook with our functions under the names that are registered; as it is where it has no other names."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        if not any(_OF_A_HOST.search(file.read(name)) for name in file.namelist() if name.endswith(".xml")):
            return content
    package = Package(Path("workbook.xlsx"), archive.members(content))
    respell(package, Host.PLAIN)
    return package.content()


def _callback(record: Record) -> Callable[..., Any]:
    def callback(*arguments: Any) -> Any:
        given = [OMITTED if a == _OMITTED else a for a in arguments]
        rows = [[_ERRORS[c] if isinstance(c, ExcelError) else c for c in row] for row in call(record, given, decode)]
        return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows

    return callback


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _calculable(part: bytes, called: set[str]) -> bytes:
    """The XML of a sheet as formualizer can calculate it; the functions that it calls are added."""
    sheet = etree.fromstring(part, _parser())
    cells = {cell.get("r"): cell for cell in sheet.iter(f"{_MAIN}c")}
    for cell in cells.values():
        formula = cell.find(f"{_MAIN}f")
        if formula is None:
            continue
        if formula.text:
            called.update(_functions(formula.text))
            formula.text = explicit(f"={formula.text}")[1:]
        if formula.get("t") == "array":
            left, top, right, bottom = range_boundaries(formula.get("ref"))
            for row, column in product(range(top, bottom + 1), range(left, right + 1)):
                cached = cells.get(f"{get_column_letter(column)}{row}")
                if cached is not None and cached is not cell:
                    cached.getparent().remove(cached)
    changed: bytes = etree.tostring(sheet, xml_declaration=True, encoding="UTF-8", standalone=True)
    return changed
