"""References in formulas, changed where cells move; text, names, table columns and other workbooks stay as written."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from xlmodel.errors import InputError
from xlmodel.ooxml.filling.book import Area, area

Move = Callable[[Area, bool], Area]
"""Given cells and whether they are written as a range, where they are now."""

_CELL: Final = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
_TOKEN: Final = re.compile(
    r'"(?:[^"]|"")*"'  # text
    r"|\[\d+\][\w.]*![\w.$:]+"  # another workbook
    r"|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"  # a column of a table
    r"|[\w.]+:[\w.]+![\w.$:]+"  # the same cells of several sheets, which Excel does not move
    rf"|(?P<sheet>(?:'(?:[^']|'')+'|[\w.]+)!)?(?P<cells>{_CELL}(?::{_CELL})?)(?![\w.(!\[])"
    r"|(?:'(?:[^']|'')+'!)?[\w.\\?$!]+"  # a name or a function
)
_ROW: Final = re.compile(r"\d+")
_TEXTS: Final = re.compile(
    rb"<((?:[\w.-]+:)?)"
    rb"(f|formula[12]?|definedName|calculatedColumnFormula|totalsRowFormula|FmlaLink|FmlaRange|FmlaTxbx|FmlaPict)"
    rb"((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*>([^<]+)</"
)
_ATTRIBUTES: Final = re.compile(rb"\s(textlink|fmlaLink|fmlaRange|fmlaTxbx|linkedCell|listFillRange)=\"([^\"]+)\"")


def moved(formula: str, sheet: str, here: bool, move: Move) -> str:
    """Return a formula after cells of a sheet have moved.

    Parameters
    ----------
    formula
        Without its equals sign.
    sheet
        The name of the sheet whose cells moved.
    here
        Whether the formula is on that sheet, so that a reference without a sheet means it.
    move
        Where cells are now.

    Examples
    --------
    >>> down = lambda cells, _: Area(cells.top + 2, cells.left, cells.bottom + 2, cells.right)
    >>> moved("SUM($B$4:B9)+Other!B4+LOG10(T[B4])", "Deal", True, down)
    'SUM($B$6:B11)+Other!B4+LOG10(T[B4])'
    >>> moved("deal!B4+B4", "Deal", False, down)
    'deal!B6+B4'
    """

    def change(found: re.Match[str]) -> str:
        cells, given = found["cells"], found["sheet"]
        if cells is None:
            return found[0]
        if not (here if given is None else _same(given, sheet)):
            return found[0]
        before = area(cells)
        if before is None:
            return found[0]
        after = move(before, ":" in cells)
        if after == before:
            return found[0]
        first, _, last = cells.partition(":")
        # The corners may be written in any order; the upper one stays the upper one.
        rows = [after.top, after.bottom]
        if last and int(_row(first)) > int(_row(last)):
            rows.reverse()
        ends = [_ROW.sub(str(row), end) for end, row in zip((first, last), rows, strict=True) if end]
        return (given or "") + ":".join(ends)

    return _TOKEN.sub(change, formula)


def mentions(formula: str, sheet: str, here: bool) -> bool:
    """Whether a formula refers to cells of a sheet.

    >>> mentions("A1", "Deal", True), mentions("'Deal'!A1", "Deal", False), mentions("[1]Deal!A1", "Deal", False)
    (True, True, False)
    """
    return any(
        found["cells"] is not None and (here if found["sheet"] is None else _same(found["sheet"], sheet))
        for found in _TOKEN.finditer(formula)
    )


def formulas(part: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Where formulas stand in a part, element text and attributes alike: from, to, the element, its attributes."""
    for found in _TEXTS.finditer(part):
        yield found.start(4), found.end(4), found[2], found[3]
    for found in _ATTRIBUTES.finditer(part):
        yield found.start(2), found.end(2), found[1], b""


def _same(given: str, sheet: str) -> bool:
    return given[:-1].strip("'").replace("''", "'").casefold() == sheet.casefold()


def _row(cell: str) -> str:
    found = _ROW.search(cell)
    if found is None:
        raise InputError(f"{cell} is no address")
    return found[0]
