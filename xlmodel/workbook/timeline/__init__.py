"""The Timeline sheet: cash, debt, collateral, coverage and covenants on one row of dates, one formula a row."""

from xlmodel.deal import Analysis
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.timeline.cash import cash
from xlmodel.workbook.timeline.collateral import collateral
from xlmodel.workbook.timeline.covenants import covenants
from xlmodel.workbook.timeline.coverage import coverage
from xlmodel.workbook.timeline.dates import dates
from xlmodel.workbook.timeline.debt import debt


def timeline(page: Page, analysis: Analysis) -> None:
    """Write the sheet; each part registers its rows for the parts and sheets after it."""
    subtitle = "Money in USD m. Flows fall at the end of their period. One formula fills a row; n/a is not defined."
    grid = Grid(page, analysis.dates.size, f"Timeline: {analysis.deal.name}", subtitle)
    for part in (dates, cash, debt, coverage, collateral, covenants):
        part(grid, analysis)
    grid.finish()
