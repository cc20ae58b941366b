"""The pages of a report calculated: every cell shows what its own formula says."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from xlmodel.workbook.evaluating import Cells
from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.spreadsheet import Failed

_DEEP = 400_000
"""A cell may hang on the whole of a row before it, and that on the row before."""


def calculate(pages: Sequence[Page], known: Sequence[Page] = ()) -> Cells:
    """Fill in what every formula of some pages shows, and return the cells.

    Parameters
    ----------
    pages
        Filled, with formulas of which nothing is known yet.
    known
        Pages they refer to, calculated before.
    """
    cells = Cells(pages[0].layout)
    for page in (*pages, *known):
        for row, column, text, _ in page.texts:
            if text:
                cells.put(page.name, row, column, text)
        for row, column, value, _ in page.numbers:
            cells.put(page.name, row, column, value)
    for page in known:
        for row, column, _, found, _ in page.formulas:
            cells.put(page.name, row, column, found)
        for line in page.series:
            for i, one in enumerate(line.values):
                cells.put(page.name, line.row, line.first_column + i, one)
    for page in pages:
        for row, column, template, _, _ in page.formulas:
            cells.formula(page.name, row, column, template)
        for line in page.series:
            for i in range(len(line.values)):
                cells.formula(page.name, line.row, line.first_column + i, line.formula)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP))
    try:
        for page in pages:
            _show(page, cells)
    finally:
        sys.setrecursionlimit(before)
    return cells


def _show(page: Page, cells: Cells) -> None:
    page.formulas = [
        (row, column, template, shown(cells, page.name, row, column), style)
        for row, column, template, _, style in page.formulas
    ]
    page.series = [
        replace(
            line, values=[shown(cells, page.name, line.row, line.first_column + i) for i in range(len(line.values))]
        )
        for line in page.series
    ]


def shown(cells: Cells, sheet: str, row: int, column: int) -> Value:
    """Return what a cell shows: a number, a text, or the name of an error."""
    found = cells.value(sheet, row, column)
    if isinstance(found, Failed):
        return str(found)
    return "" if found is None else found
