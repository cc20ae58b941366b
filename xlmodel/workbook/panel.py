"""Sheets that follow the timeline: the same columns and dates, key figures at the top, a chart beside them."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.maths.domain import Floats
from xlmodel.workbook.grid import CLOSING, FIRST, LABEL, UNIT, Grid
from xlmodel.workbook.sheet import ROW_PIXELS, Chart, Drawing, Page, Value
from xlmodel.workbook.wording import UNDEFINED

_PERIOD_WIDTH: Final = 10.0
_PERIOD_PIXELS: Final = 75
_LABEL_PIXELS: Final = 594
_PAGE_PIXELS: Final = 970
_COLUMNS: Final = 7
"""Fewer columns than these would leave no room for a chart or a note; a shorter timeline is printed with empty ones."""
_LEAST: Final = 1e-6
"""A target of 0 would be divided by."""
_HIGH: Final = 15 * ROW_PIXELS
TIE: Final = 1e-12
"""Numbers that differ by less than this share are the same."""


def follow(page: Page, analysis: Analysis, title: str, subtitle: str) -> Grid:
    """Return a grid under the dates of the Timeline sheet, which it links to.

    Parameters
    ----------
    page
        An empty page, of a sheet after the Timeline or before it.
    analysis
        The analysis, for its dates.
    title, subtitle
        What stands above the grid.
    """
    grid = Grid(page, analysis.dates.size, title, subtitle)
    row = grid.next_row
    for offset, words in enumerate((("Period ending", "Unit", "Total"), ("Period", "number", ""))):
        for column, text in enumerate(words):
            page.text(row + offset, column, text, ("head", "head unit", "head right")[column])
    page.across(row, CLOSING, "={date}", grid.periods + 1, "head period")
    page.across(row + 1, CLOSING, "={period}", grid.periods + 1, "head plain")
    page.freeze = (row + 2, FIRST)
    page.print.repeat_rows = (row, row + 1)
    grid.next_row = row + 2
    if (missing := _COLUMNS - grid.periods) > 0:
        last = grid.columns.last + missing
        page.widths.append((grid.columns.last + 1, last, _PERIOD_WIDTH))
        page.print.last_column = last
        room = int(100 * _PAGE_PIXELS / (_LABEL_PIXELS + _COLUMNS * _PERIOD_PIXELS))
        page.print.scale = min(page.print.scale or 100, room)
    return grid


def beside(grid: Grid, drawing: Drawing, alt_text: str, top: int) -> None:
    """Put a chart to the right of the rows from `top` on, as wide as the first printed page has periods.

    Parameters
    ----------
    grid
        The grid whose next row lies below the figures the chart stands beside.
    drawing, alt_text
        The chart, and what is read out in its place.
    top
        The first row beside which it stands.
    """
    page = grid.page
    breaks = page.print.column_breaks
    columns = (breaks[0] if breaks else page.print.last_column + 1) - FIRST
    chart = Chart(top, FIRST, drawing, alt_text, columns * _PERIOD_PIXELS - 10, _HIGH)
    page.charts.append(chart)
    grid.next_row = max(grid.next_row, top + -(-_HIGH // ROW_PIXELS) + 1)


def said(grid: Grid, key: str, formula: str, value: str) -> None:
    """Write a sentence that a formula chooses, in the label column and running over the empty cells beside it."""
    grid.page.formula(grid.next_row, LABEL, formula, "key left", key)
    grid.next_row += 1


def assumed(
    grid: Grid, key: str, label: str, unit: str, value: float, kind: str, most: float, why: str, formula: str = ""
) -> None:
    """Write an input of this sheet, blue and unlocked, in the closing column, and why it is what it is.

    A formula in it fetches the level that a covenant names, until somebody types another number over it; the cell takes
    what is above 0 and at most `most`.
    """
    row, page = grid.next_row, grid.page
    page.text(row, LABEL, label)
    page.text(row, UNIT, unit, "unit")
    page.name_row(key, row, grid.columns)
    if formula:
        page.formula(row, CLOSING, formula, f"input {kind}")
    else:
        page.number(row, CLOSING, value, f"input {kind}")
    page.text(row, FIRST, why, "unit")
    page.choices.append((row, CLOSING, {
        "validate": "decimal", "criteria": "between", "minimum": _LEAST, "maximum": most,
        "error_title": "Out of range", "error_message": f"{label} must be above 0 and at most {most:g}.",
    }))  # fmt: skip
    grid.next_row += 1


def highest(key: str, values: Floats, dates: Floats) -> tuple[str, Value, str, Value]:
    """Return formula and value of the highest defined number of a row, and of the first date on which it stands.

    Numbers that agree up to rounding count as the same, so that every engine names the same date.

    Parameters
    ----------
    key
        The key of the row.
    values
        Its numbers, undefined ones as NaN.
    dates
        Serial numbers of the dates.
    """
    row = f"{{{key}|all}}"
    best, none = f"MAX({row})", f'IF(COUNT({row})=0,"{UNDEFINED}",'
    reached = f"{row}>={best}-{{tie}}*ABS({best})"
    back = f"SUMPRODUCT(MAX(ISNUMBER({row})*({reached})*({{date|last}}-{{date|all}})))"
    number: Value = UNDEFINED
    date: Value = UNDEFINED
    if not np.isnan(values).all():
        top = float(np.nanmax(values))
        number, date = top, float(dates[np.argmax(values >= top - TIE * abs(top))])
    return f"={none}{best})", number, f"={none}{{date|last}}-{back})", date
