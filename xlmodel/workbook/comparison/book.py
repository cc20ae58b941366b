"""The workbook of a comparison: every deal's own calculating sheets, live, and the sheets that look at all of them."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from xlmodel.deal import Analysis, Deal, analyse, load
from xlmodel.errors import InputError
from xlmodel.ooxml.saving import put
from xlmodel.workbook.calculated import calculate
from xlmodel.workbook.comparison.differences import differences
from xlmodel.workbook.comparison.held import held
from xlmodel.workbook.comparison.paths import paths
from xlmodel.workbook.comparison.side import Side
from xlmodel.workbook.comparison.side_by_side import side_by_side
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.pdf import printed
from xlmodel.workbook.report import SHEETS, destinations, fill
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.writing import book_of

MOST: Final = 4
"""Deals that a page has room for side by side."""
_LETTERS: Final = "ABCD"
_LEFT_OUT: Final = frozenset({"Cover", "Sources"})
"""Sheets of a report that the comparison says in its own way."""
_TITLE: Final = "Comparison"


def comparison(
    deals: Sequence[Deal | str | Path],
    out: str | Path,
    force: bool = False,
    pdf: bool = False,
    date: dt.date | None = None,
    values: bool = False,
) -> Path:
    """Write deals side by side as one workbook of native formulas, each with its value.

    Every deal keeps its own calculating sheets, its letter before their names: type over an input there, and the
    comparison follows.

    Parameters
    ----------
    deals
        One to four deals, or paths of their TOML or JSON files: structures of one loan, scenarios, or peers. Of a
        single one it shows what other terms on the same hardware would have come to.
    out, force, date, values
        As of `xlmodel.workbook.report.report`.
    pdf
        Also print the sheets that look at all deals to a PDF beside it, by LibreOffice.

    Returns
    -------
    Path
        The workbook.

    Raises
    ------
    ModelError
        No deal or more than four, one that cannot be used, a file that exists; nothing is left behind.
    """
    target = Path(out)
    destinations(target, force=force, pdf=pdf)
    if not 1 <= len(deals) <= MOST:
        raise InputError(f"deals must be 1 to {MOST}, got {len(deals)}", "deals")
    day = dt.date.today() if date is None else date
    front, own = filled([analyse(deal if isinstance(deal, Deal) else load(deal)) for deal in deals], day)
    content = book_of([*front, *own], _TITLE, day, values=values)
    paper = printed(book_of(front, _TITLE, day, values=True)) if pdf else None
    put(content, target)
    if paper is not None:
        put(paper, target.with_suffix(".pdf"))
    return target


def filled(analyses: Sequence[Analysis], date: dt.date) -> tuple[list[Page], list[Page]]:
    """Return the filled pages: those that look at all deals, and every deal's own."""
    layout, sides = Layout(), []
    own = [sheet for sheet in SHEETS if sheet.name not in _LEFT_OUT]
    for letter, analysis in zip(_LETTERS, analyses, strict=False):
        side = Side(letter, analysis, fill(analysis, date, own, f"{letter} "))
        layout.adopt(side.prefix, side.pages[0].layout)
        sides.append(side)
    front = []

    def page(name: str) -> Page:
        front.append(Page(name, layout, (), date))
        return front[-1]

    side_by_side(page(_TITLE), sides)
    if len(sides) > 1:
        differences(page("Terms that differ"), sides)
    for side in sides:
        held(page(f"{side.letter} What held"), side)
    paths(page("Paths"), sides)
    own_pages = [one for side in sides for one in side.pages]
    calculate(front, own_pages)
    return front, own_pages
