"""Cells that must not be written to, and why."""

from typing import Any

from xlmodel.errors import InputError
from xlmodel.ooxml.filling import shared
from xlmodel.ooxml.filling.book import Area, Book, Sheet, address
from xlmodel.ooxml.filling.grid import Grid


class Guard:
    """What stands in the way of writing into one area of a sheet.

    Attributes
    ----------
    formulas
        Whether a formula was given up.
    """

    def __init__(self, book: Book, sheet: Sheet, area: Area, grid: Grid, *, over_formulas: bool) -> None:
        self.sheet = sheet
        self.grid = grid
        self.over_formulas = over_formulas
        self.formulas = False
        self._merged = [cells for cells in grid.merged if cells.meets(area)]
        self._arrays = [cells for home, cells in grid.arrays if cells != home and cells.meets(area)]
        self._headers = [
            (table, table.area.top) for table in book.tables_of(sheet) if table.header and table.area.meets(area)
        ]
        self._written_out: set[str] = set()

    def check(self, row: int, column: int, value: Any, key: str) -> None:
        """Refuse a cell that must not be written to.

        Raises
        ------
        InputError
            It is hidden under a merged cell, heads a column of a table, or is part of an array formula; or holds a
            formula, and these are not given up.
        """
        for merged in self._merged:
            if (row, column) in merged and (row, column) != (merged.top, merged.left) and value is not None:
                where = f"{self.sheet.name}!{address(row, column)}"
                raise InputError(f"{key} leads to {where}, hidden under the merged cell {merged}", key)
        for cells in self._arrays:
            if (row, column) in cells:
                where = f"{self.sheet.name}!{address(row, column)}"
                raise InputError(f"{key} leads to {where}, a part of the array formula in {cells}", key)
        for table, top in self._headers:
            if row == top and table.area.left <= column <= table.area.right:
                where = f"{self.sheet.name}!{address(row, column)}"
                raise InputError(f"{key} leads to {where}, a header of the table {table.name}, which names it", key)
        cell = self.grid.now(row, column)
        if cell is None or (found := self.grid.formula(cell)) is None:
            return
        if not self.over_formulas:
            where = f"{self.sheet.name}!{address(row, column)}"
            raise InputError(f"{key} leads to {where}, which holds a formula, and formulas are kept", key)
        self.formulas = True
        given, text = found
        if given.get("t") == "shared" and text and given["si"] not in self._written_out:
            # The cells that share this formula read it here, so each gets its own first.
            self._written_out.add(given["si"])
            shared.write_out(self.grid, given["si"])
