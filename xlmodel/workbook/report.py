"""The report: a list of sheets, filled from one analysis and written as one workbook, all or nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from xlmodel.deal import Analysis, Deal, analyse, load
from xlmodel.ooxml.saving import put, refuse_existing
from xlmodel.workbook.borrowing_base import borrowing_base
from xlmodel.workbook.calculated import calculate
from xlmodel.workbook.checks import checks
from xlmodel.workbook.collateral import collateral
from xlmodel.workbook.covenants import covenants
from xlmodel.workbook.cover import cover
from xlmodel.workbook.debt import debt
from xlmodel.workbook.haircut import haircut
from xlmodel.workbook.inputs import inputs
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.liquidation import liquidation
from xlmodel.workbook.offtaker import offtaker
from xlmodel.workbook.pdf import engine, printed
from xlmodel.workbook.rates import rates
from xlmodel.workbook.rent import rent
from xlmodel.workbook.returns import returns
from xlmodel.workbook.sheet import Page, Sheet
from xlmodel.workbook.sizing import sizing
from xlmodel.workbook.sources import sources
from xlmodel.workbook.sources_and_uses import sources_and_uses
from xlmodel.workbook.tax import tax
from xlmodel.workbook.timeline import timeline
from xlmodel.workbook.waterfall import waterfall
from xlmodel.workbook.writing import book_of

SHEETS: Final[tuple[Sheet, ...]] = (
    Sheet("Cover", "What the report says, in words, figures and two charts", cover, calculates=False),
    Sheet("Inputs", "Every number of the deal with its unit and source", inputs, calculates=False),
    Sheet("Timeline", "Cash, debt, coverage, collateral and covenants by period, one formula a row", timeline),
    Sheet(
        "Rent",
        "Rent against contract prices and the break-even, and revenue by source",
        rent,
        wanted=lambda analysis: analysis.deal.cash is None,
    ),
    Sheet(
        "Offtaker",
        "What the contracts alone carry, what is owed when they end, and what a customer's failure costs",
        offtaker,
        wanted=lambda analysis: bool(analysis.deal.contracts),
    ),
    Sheet(
        "Tax",
        "What is written off and carried forward, and cash and coverage before and after tax",
        tax,
        wanted=lambda analysis: analysis.tax is not None,
    ),
    Sheet("Debt", "Every tranche, coverage of what is still owed, average lives of debt and cash", debt),
    Sheet(
        "Rates",
        "The swap by period, and interest and coverage when the index shifts, with it and without",
        rates,
        wanted=lambda analysis: analysis.rates is not None,
    ),
    Sheet(
        "Sources and uses",
        "What is paid at closing and with whose money; the cash of one period, step by step",
        sources_and_uses,
        wanted=lambda analysis: analysis.financing is not None,
    ),
    Sheet(
        "Waterfall",
        "Who is paid from the cash of every period, rank by rank; the reserve, the sweep and the lock-up",
        waterfall,
    ),
    Sheet(
        "Returns",
        "What the lender and the equity put in and get, and what it earns them",
        returns,
        wanted=lambda analysis: analysis.financing is not None,
    ),
    Sheet(
        "Covenants",
        "How far every covenant is from its level, in per cent and in money, and what equity puts in to cure a breach",
        covenants,
        wanted=lambda analysis: bool(analysis.covenants),
    ),
    Sheet("Sizing", "What cash and collateral carry at terms you may type, and what binds", sizing),
    Sheet(
        "Haircut",
        "A sale on the first default, or at closing: from value to cash, step by step",
        haircut,
        wanted=lambda analysis: analysis.haircut is not None,
    ),
    Sheet(
        "Collateral",
        "One loan over cost, value and sale proceeds on every date; from cost to the cash of a forced sale",
        collateral,
        wanted=lambda analysis: analysis.haircut is not None,
    ),
    Sheet(
        "Liquidation",
        "A sale in place and removed, orderly and forced, by the time it takes, and beside other lenders",
        liquidation,
        wanted=lambda analysis: analysis.deal.premises is not None,
    ),
    Sheet(
        "Borrowing base",
        "From gross collateral to what may be drawn, each asset that does not count with the rule that keeps it out",
        borrowing_base,
        wanted=lambda analysis: analysis.deal.borrowing_base is not None,
    ),
    Sheet("Checks", "Sums, balances, and this workbook against xlmodel, in one overall cell", checks, calculates=False),
    Sheet("Sources", "Where every number comes from, and which are assumed", sources, calculates=False),
)
"""The sheets of a report in the order of their tabs; a later part adds its own here."""


def report(
    deal: Deal | str | Path,
    out: str | Path,
    force: bool = False,
    pdf: bool = False,
    date: dt.date | None = None,
    values: bool = False,
) -> Path:
    """Write the report on a deal as a workbook of native formulas, each with its value.

    Parameters
    ----------
    deal
        A deal, or the path of its TOML or JSON file.
    out
        The workbook to write, ending in `.xlsx`.
    force
        Replace files that exist.
    pdf
        Also print it to a PDF beside the workbook, by LibreOffice.
    date
        The date of the report, today unless given. The same analysis and date give the same bytes.
    values
        Write values and no formulas, for somebody who shall see the numbers and not the model.

    Returns
    -------
    Path
        The workbook.

    Raises
    ------
    ModelError
        A deal that cannot be used, a file that exists, a folder that does not, no LibreOffice for a PDF; nothing is
        left behind.
    """
    target = Path(out)
    destinations(target, force=force, pdf=pdf)
    described = deal if isinstance(deal, Deal) else load(deal)
    return write(analyse(described), target, force=force, pdf=pdf, date=date, values=values)


def destinations(target: Path, *, force: bool, pdf: bool) -> None:
    """Refuse at once what could only fail after the work is done."""
    refuse_existing(target, ".xlsx", force=force)
    if pdf:
        engine()
        refuse_existing(target.with_suffix(".pdf"), ".pdf", force=force)


def write(
    analysis: Analysis,
    target: Path,
    *,
    force: bool = False,
    pdf: bool = False,
    date: dt.date | None = None,
    values: bool = False,
) -> Path:
    """Write the report of a finished analysis; arguments, result and errors as of `report`."""
    destinations(target, force=force, pdf=pdf)
    day = dt.date.today() if date is None else date
    pages = fill(analysis, day)
    # Everything is made in memory first: whoever is killed while working has not touched the folder.
    content = book_of(pages, analysis.deal.name, day, values=values)
    paper = printed(content) if pdf else None
    put(content, target)
    if paper is not None:
        put(paper, target.with_suffix(".pdf"))
    return target


def fill(analysis: Analysis, date: dt.date, sheets: Sequence[Sheet] = SHEETS, prefix: str = "") -> list[Page]:
    """Return the filled pages of the sheets that this deal wants, with a prefix before their names."""
    layout = Layout()
    wanted = [replace(sheet, name=prefix + sheet.name) for sheet in sheets if sheet.wanted(analysis)]
    pages = [Page(sheet.name, layout, wanted, date) for sheet in wanted]
    for sheet, page in zip(wanted, pages, strict=True):
        sheet.fill(page, analysis)
        page.name_sheet()
    calculate(pages)
    return pages
