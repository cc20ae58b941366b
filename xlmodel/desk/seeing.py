"""What a person sees on the sheets of a workbook: texts, numbers, formulas and blank cells with their formats."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from xlmodel.ooxml.filling import strings
from xlmodel.ooxml.filling.book import Area, Book, Sheet, Table, address, area
from xlmodel.ooxml.filling.formats import Formats
from xlmodel.ooxml.filling.grid import Cell, Grid
from xlmodel.ooxml.filling.places import Place, place
from xlmodel.ooxml.filling.values import Form, decoded
from xlmodel.ooxml.package import Package

LAST_ROW: Final = 3000
"""How far down a sheet labels are looked for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell as a reader of the sheet sees it."""

    text: str
    formula: bool
    number: bool
    style: int

    @property
    def blank(self) -> bool:
        """Whether nothing stands there."""
        return not self.text and not self.formula


class View:
    """A workbook as its reader sees it."""

    def __init__(self, source: Path) -> None:
        package = Package.open(source)
        self.book = Book(package)
        self.formats = Formats(self.book)
        self._package = package
        self._sheets: dict[str, dict[tuple[int, int], Seen]] = {}

    def cells(self, sheet: Sheet) -> dict[tuple[int, int], Seen]:
        """Return the cells of a sheet that hold something, or have a format, by row and column from 1."""
        if sheet.part not in self._sheets:
            grid = Grid(self._package.plain(sheet.part))
            # What an array formula shows in other cells is no number somebody typed.
            arrays = [cells for _, cells in grid.arrays]
            self._sheets[sheet.part] = {
                (row, column): self._seen(grid, cell, any((row, column) in cells for cells in arrays))
                for row in grid.rows
                if row <= LAST_ROW
                for column, cell in grid.cells(row).items()
            }
        return self._sheets[sheet.part]

    def at(self, key: str) -> Place:
        """Return where a key of a mapping leads."""
        return place(self.book, key)

    def seen(self, sheet: Sheet, row: int, column: int) -> Seen:
        """Return one cell."""
        return self.cells(sheet).get((row, column), Seen("", False, False, 0))

    def formulas(self, at: Place) -> list[str]:
        """Return the cells of a place that hold formulas."""
        inside = at.area
        rows = range(inside.top, min(inside.bottom, LAST_ROW) + 1)
        return [
            address(row, column)
            for row in rows
            for column in range(inside.left, inside.right + 1)
            if self.seen(at.sheet, row, column).formula
        ]

    def percent(self, style: int) -> bool:
        """Whether a format shows numbers as percentages."""
        return self.formats.percent(style)

    def date(self, style: int) -> bool:
        """Whether a format shows numbers as dates."""
        return self.formats.form(style) is not Form.ANY

    def tables(self) -> Iterator[Table]:
        """Yield the tables."""
        yield from self.book.tables.values()

    def _seen(self, grid: Grid, cell: Cell, spilled: bool) -> Seen:
        given = cell.attributes
        kind, style = given.get("t", "n"), int(given.get("s", 0))
        formula = spilled or grid.formula(cell) is not None
        if kind == "inlineStr":
            words = strings.texts(cell.inner, "is")
            return Seen(words[0] if words else "", formula, False, style)
        raw = grid.value(cell)
        if raw is None:
            return Seen("", formula, False, style)
        text = raw.decode()
        if kind == "s":
            return Seen(self._strings[int(text)], formula, False, style)
        return Seen(decoded(text), formula, kind == "n", style)

    @cached_property
    def _strings(self) -> list[str]:
        name = self.book.strings_part
        return [] if name is None else strings.texts(self._package.plain(name))


def used(grid: Grid) -> Area:
    """Return the smallest block from A1 that has every cell of a sheet that holds something."""
    last, right = 1, 1
    for row in grid.rows:
        columns = [column for column, cell in grid.cells(row).items() if grid.filled(cell)]
        if columns:
            last, right = max(last, row), max(right, *columns)
    return Area(1, 1, last, right)


def quoted(sheet: str, cells: Area | str) -> str:
    """Return a place as a key: the sheet in quotes where Excel would put them.

    >>> quoted("Inputs", "B4"), quoted("It's mine", "B4")
    ('Inputs!B4', "'It''s mine'!B4")
    """
    plain = sheet.replace("_", "a").isalnum() and not sheet[0].isdigit() and area(sheet) is None
    return f"{sheet}!{cells}" if plain else "'" + sheet.replace("'", "''") + f"'!{cells}"
