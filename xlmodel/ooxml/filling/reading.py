"""Reading back what cells hold, by the keys they were filled by."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from xlmodel.ooxml.filling import markup, strings
from xlmodel.ooxml.filling.book import Area, Book, Sheet
from xlmodel.ooxml.filling.formats import Formats
from xlmodel.ooxml.filling.grid import Cell, Grid
from xlmodel.ooxml.filling.places import place
from xlmodel.ooxml.filling.values import Form, Scalar, Value, decoded, moment, undefined
from xlmodel.ooxml.package import Package


def read(source: Path, keys: Iterable[str]) -> dict[str, Value]:
    """Return what the cells of a workbook show.

    Parameters
    ----------
    source
        An .xlsx or .xlsm workbook.
    keys
        Places as `fill` takes them. One cell gives its value, a row or column of cells a list, a block a list of
        rows, a column of a table a list, a table a list of rows with the values of the columns that are not
        calculated. A table whose only row is blank has no rows.

    Notes
    -----
    A number in a cell shown as a date is a date, to the thousandth of a second; whole numbers come as integers. The
    value of a formula is the one it showed when the workbook was last calculated, None when it has none. An error is an
    undefined number.

    Raises
    ------
    InputError
        The workbook cannot be opened, or has no such place.
    """
    reader = _Reader(Package.open(Path(source)))
    return {key: reader.value(key) for key in keys}


class _Reader:
    def __init__(self, package: Package) -> None:
        self.package = package
        self.book = Book(package)
        self.formats = Formats(self.book)
        self.grids: dict[str, Grid] = {}

    def value(self, key: str) -> Value:
        at = place(self.book, key)
        grid = self._grid(at.sheet)
        if at.table is not None and at.column is None:
            inputs = [at.area.left + i for i, column in enumerate(at.table.columns) if not column.calculated]
            rows = [[self._shown(grid, row, column) for column in inputs] for row in _rows(at.area)]
            return [] if len(rows) == 1 and all(one is None for one in rows[0]) else rows
        if at.area in grid.merged or (at.table is None and at.area.height == at.area.width == 1):
            return self._shown(grid, at.area.top, at.area.left)
        rows = [
            [self._shown(grid, row, column) for column in range(at.area.left, at.area.right + 1)]
            for row in _rows(at.area)
        ]
        if at.area.width == 1:
            return [row[0] for row in rows]
        return rows[0] if at.area.height == 1 else rows

    def _grid(self, sheet: Sheet) -> Grid:
        if sheet.part not in self.grids:
            self.grids[sheet.part] = Grid(self.package.plain(sheet.part))
        return self.grids[sheet.part]

    @cached_property
    def _strings(self) -> list[str]:
        name = self.book.strings_part
        return [] if name is None else strings.texts(self.package.plain(name))

    def _shown(self, grid: Grid, row: int, column: int) -> Scalar:
        cell = grid.cell(row, column)
        return None if cell is None or not cell.inner else self._scalar(grid, cell)

    def _scalar(self, grid: Grid, cell: Cell) -> Scalar:
        given = cell.attributes
        kind = given.get("t", "n")
        if kind == "inlineStr":
            words = strings.texts(cell.inner, "is")
            return words[0] if words else None
        raw = grid.value(cell)
        if raw is None:
            return None
        text = markup.unescaped(raw)
        if kind == "s":
            return self._strings[int(text)]
        if kind == "str":
            return decoded(text)
        if kind == "b":
            return text in ("1", "true")
        if kind == "e":
            return undefined(text)
        if not text:
            return None
        number = float(text)
        form = self.formats.form(int(given.get("s", 0)))
        if form is not Form.ANY:
            return moment(number, self.book.epoch_1904, form)
        return int(number) if number.is_integer() and text.lstrip("-").isdigit() else number


def _rows(area: Area) -> range:
    return range(area.top, area.bottom + 1)
