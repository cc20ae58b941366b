"""Formulas written once for many cells, written out for each."""

from typing import Final

from openpyxl.formula.translate import Translator

from xlmodel.ooxml.filling import markup
from xlmodel.ooxml.filling.book import Area, address, area
from xlmodel.ooxml.filling.grid import Cell, Grid, Held

_EVERY: Final = "every"


def translated(formula: str, start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return what a formula says when it is copied from one cell to another.

    >>> translated("A1*$B$1", (1, 3), (4, 3))
    'A4*$B$1'
    """
    copied: str = Translator(f"={formula}", origin=address(*start)).translate_formula(address(*end))
    return copied[1:]


def text_of(grid: Grid, row: int, column: int) -> str | None:
    """Return the formula of a cell as if it were written out there, or None when it has none."""
    cell = grid.cell(row, column)
    found = None if cell is None else grid.formula(cell)
    if found is None:
        return None
    given, text = found
    if given.get("t") != "shared" or text:
        return markup.unescaped(text)
    home = _home(grid, given.get("si", ""))
    return None if home is None else translated(home[1], home[0], (row, column))


def write_out(grid: Grid, key: str = _EVERY) -> None:
    """Write the formula of every cell that shares one out in it; `key` limits this to one shared formula."""
    homes: dict[str, tuple[tuple[int, int], str, Area]] = {}
    for tag in markup.tags(grid.part, "f"):
        given = tag.attributes
        if given.get("t") == "shared" and not tag.empty and key in (_EVERY, given.get("si")):
            cells = area(given.get("ref", ""))
            text = markup.unescaped(grid.part[tag.end : markup.closing(grid.part, tag, "f")])
            if cells is not None and text:
                homes[given["si"]] = ((0, 0), text, cells)
    for si, (_, text, cells) in homes.items():
        members = [
            (row, column, cell, found)
            for row in range(cells.top, cells.bottom + 1)
            for column, cell in grid.cells(row).items()
            if cells.left <= column <= cells.right
            and (found := grid.formula(cell)) is not None
            and found[0].get("t") == "shared"
            and found[0].get("si") == si
        ]
        start = next(((row, column) for row, column, _, found in members if found[1]), None)
        for row, column, cell, _ in members if start is not None else ():
            said = translated(text, start, (row, column)) if start else text
            keep(grid, row, column, cell, said)


def keep(grid: Grid, row: int, column: int, cell: Cell, formula: str) -> None:
    """Tell a cell to hold a formula of its own and what else it held."""
    inner = grid.without_formula(cell.inner)
    given = cell.attributes
    held = grid.held(markup.escaped(formula), "f") + inner
    grid.tell(row, column, Held(held, given.get("t"), None, given.get("cm")))


def _home(grid: Grid, si: str) -> tuple[tuple[int, int], str] | None:
    for tag in markup.tags(grid.part, "f"):
        given = tag.attributes
        if given.get("t") == "shared" and given.get("si") == si and not tag.empty:
            cells = area(given.get("ref", ""))
            text = markup.unescaped(grid.part[tag.end : markup.closing(grid.part, tag, "f")])
            if cells is None or not text:
                continue
            for row in range(cells.top, cells.bottom + 1):
                for column, cell in grid.cells(row).items():
                    found = grid.formula(cell)
                    if found is not None and found[1] and found[0].get("si") == si:
                        return (row, column), text
    return None
