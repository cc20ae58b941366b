"""The paths of every deal by date, below each other: what the charts of a comparison draw."""

from collections.abc import Sequence
from typing import Final

from xlmodel.workbook.comparison.side import Side
from xlmodel.workbook.grid import CLOSING, FIRST, LABEL, UNIT, Grid
from xlmodel.workbook.layout import Columns
from xlmodel.workbook.sheet import Page

_ROWS: Final = (
    ("cfads", "CFADS", "USD m", "money"),
    ("service", "Debt service", "USD m", "money"),
    ("dscr", "Coverage of the period", "x", "multiple"),
    ("balance", "Owed after the payment", "USD m", "money"),
    ("economic", "Market value of the hardware", "USD m", "money"),
    ("ltv_adjusted", "Loan to market value", "%", "percent"),
)


def paths(page: Page, sides: Sequence[Side]) -> None:
    """Write the sheet."""
    longest = max(side.analysis.dates.size for side in sides)
    grid = Grid(page, longest, "Paths", "Links to the Timeline of each deal.")
    for side in sides:
        analysis = side.analysis
        count = analysis.dates.size
        columns = Columns(grid.columns.total, CLOSING, FIRST, FIRST + count - 1)
        grid.section(f"{side.letter}: {analysis.deal.name}")
        page.text(grid.next_row, LABEL, "Period ending", "strong label")
        page.across(grid.next_row, CLOSING, side.of("={date}"), side.analysis.dates.size + 1, "key period")
        page.name_row(path_key(side, "date"), grid.next_row, columns)
        grid.next_row += 1
        for key, label, unit, kind in _ROWS:
            page.text(grid.next_row, LABEL, label, "label")
            page.text(grid.next_row, UNIT, unit, "unit")
            page.across(grid.next_row, FIRST, side.of(f"={{{key}}}"), side.analysis.dates.size, f"calc {kind}")
            page.name_row(path_key(side, key), grid.next_row, columns)
            grid.next_row += 1
    page.freeze = (3, FIRST)
    grid.finish()


def path_key(side: Side, name: str) -> str:
    """Return the key of a row of this sheet."""
    return f"paths.{side.letter}.{name}"
