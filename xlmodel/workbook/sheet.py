"""What a sheet is: a record with a name and a purpose, and the page it fills before anything is written.

Every page is filled before the first is written, so a formula may refer to a cell of a later sheet.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from xlmodel.deal import Analysis
from xlmodel.workbook.layout import Columns, Layout, Place

REPORT_VERSION: Final = "1"
"""Changes when a report is laid out differently, so that a reader of old files knows what to expect."""

ROW_PIXELS: Final = 17
"""Height of a row in Arial 10."""

Value = float | int | str | bool
"""What a cell can hold; a date is its serial number."""

Drawing = Callable[[Any, Layout], Any]
"""Makes a chart, given the XlsxWriter workbook and the layout that says where its numbers lie."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a report.

    Attributes
    ----------
    name
        The tab, at most 31 characters.
    purpose
        What the reader finds there, one sentence, for the sheet map of the cover.
    fill
        Puts the content on the page and registers the cells that others may refer to.
    calculates
        Whether its cells are checked for errors; the cover and the checks themselves look at others.
    wanted
        Whether a deal has this sheet.
    """

    name: str
    purpose: str
    fill: Callable[["Page", Analysis], None]
    calculates: bool = True
    wanted: Callable[[Analysis], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Series:
    """A row of the timeline: one formula for every period, with what it shows."""

    row: int
    first_column: int
    formula: str
    values: Sequence[Value]
    style: str


@dataclass(slots=True)
class Spill:
    """One formula whose answer covers a rectangle of cells, by rows; the first row and column hold it."""

    row: int
    column: int
    last_row: int
    last_column: int
    formula: str
    values: list[list[Value]]
    style: str


@dataclass(frozen=True, slots=True)
class Table:
    """A native table that grows with its rows: heads, what each column takes, and the rows it has room for."""

    name: str
    row: int
    column: int
    last_row: int
    heads: Sequence[str]
    styles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart, where its corner sits, and the text read out in its place."""

    row: int
    column: int
    drawing: Drawing
    alt_text: str
    width: int
    height: int

    @property
    def last_row(self) -> int:
        """The last row it covers."""
        return self.row + -(-self.height // ROW_PIXELS)


@dataclass(slots=True)
class Print:
    """How a page is printed: landscape, one page wide, and as many high as it needs or one as well.

    With a scale it runs over several.
    """

    last_column: int = 0
    repeat_rows: tuple[int, int] | None = None
    repeat_columns: tuple[int, int] | None = None
    row_breaks: list[int] = field(default_factory=list)
    column_breaks: list[int] = field(default_factory=list)
    scale: int | None = None
    portrait: bool = False
    one_page: bool = False


@dataclass(slots=True)
class Page:
    """What one sheet holds.

    Attributes
    ----------
    name
        The sheet's name.
    layout
        Where this and every other sheet register their cells.
    sheets
        All sheets of the report, for the cover's map.
    date
        The date of the report.
    """

    name: str
    layout: Layout
    sheets: Sequence[Sheet]
    date: dt.date
    widths: list[tuple[int, int, float]] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    texts: list[tuple[int, int, str, str]] = field(default_factory=list)
    numbers: list[tuple[int, int, float, str]] = field(default_factory=list)
    formulas: list[tuple[int, int, str, Value, str]] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    spills: list[Spill] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    jumps: list[tuple[int, int, str]] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    rules: list[tuple[int, int, int, int, dict[str, Any]]] = field(default_factory=list)
    choices: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    freeze: tuple[int, int] = (0, 0)
    print: Print = field(default_factory=Print)

    def text(self, row: int, column: int, text: str, style: str = "text") -> None:
        """Put words into a cell."""
        self.texts.append((row, column, text, style))

    def band(self, row: int, first: int, last: int, style: str) -> None:
        """Colour empty cells, so that a heading runs across without merged cells."""
        self.texts.extend((row, column, "", style) for column in range(first, last + 1))

    def number(self, row: int, column: int, value: float, style: str, key: str = "") -> None:
        """Put a constant into a cell, registered under `key` if one is given."""
        self.numbers.append((row, column, value, style))
        if key:
            self.name_cell(key, row, column)

    def formula(self, row: int, column: int, template: str, style: str, key: str = "") -> None:
        """Put a formula into a cell, registered under `key` if one is given; what it shows is calculated later."""
        self.formulas.append((row, column, template, 0.0, style))
        if key:
            self.name_cell(key, row, column)

    def across(self, row: int, first_column: int, template: str, count: int, style: str) -> None:
        """Put one formula into so many columns from the first on; what it shows is calculated later."""
        self.series.append(Series(row, first_column, template, [0.0] * count, style))

    def spill(self, row: int, column: int, size: tuple[int, int], template: str, style: str) -> None:
        """Put one formula over a rectangle of `size` (rows, columns); its values are still to come."""
        rows, columns = size
        empty: list[list[Value]] = [[0.0] * columns for _ in range(rows)]
        self.spills.append(Spill(row, column, row + rows - 1, column + columns - 1, template, empty, style))

    def define(self, name: str, key: str) -> None:
        """Give the place of a key a name that is valid in the whole workbook."""
        self.names[name] = key

    def name_cell(self, key: str, row: int, column: int) -> None:
        """Register one cell."""
        self.layout.register(key, Place(self.name, row, column, row))

    def name_block(self, key: str, first_row: int, last_row: int, column: int) -> None:
        """Register cells below each other."""
        self.layout.register(key, Place(self.name, first_row, column, last_row))

    def name_across(self, key: str, row: int, first: int, last: int) -> None:
        """Register cells beside each other."""
        self.layout.register(key, Place(self.name, row, first, row, last_column=last))

    def name_sheet(self) -> None:
        """Register the rectangle of all formulas as `sheet.NAME`."""
        ends = [(line.row, line.first_column + len(line.values) - 1) for line in self.series]
        ends += [(row, column) for row, column, *_ in self.formulas]
        ends += [(block.last_row, block.last_column) for block in self.spills]
        if ends:
            last_row, last_column = (max(at) for at in zip(*ends, strict=True))
            self.layout.register(f"sheet.{self.name}", Place(self.name, 0, 0, last_row, last_column=last_column))

    def name_row(self, key: str, row: int, columns: Columns) -> None:
        """Register a row of the timeline."""
        self.layout.register(key, Place(self.name, row, columns.first, row, columns))
