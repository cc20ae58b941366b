"""The workbook of a portfolio: a tape read, run through the engine in one call, and written."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from xlmodel.deal.tape import Tape, analyse_tape
from xlmodel.deal.tape.analysis import TapeAnalysis
from xlmodel.deal.tape.columns import COLUMNS, FLOWS
from xlmodel.desk import tables
from xlmodel.errors import InputError
from xlmodel.ooxml.saving import put
from xlmodel.workbook.calculated import calculate
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.pdf import printed
from xlmodel.workbook.portfolio.line import loans
from xlmodel.workbook.portfolio.loan import loan
from xlmodel.workbook.portfolio.summary import summary
from xlmodel.workbook.report import destinations
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.writing import book_of

MOST_SHEETS: Final = 50
"""More tabs than these nobody leafs through."""
_TITLE: Final = "Portfolio"
_LONGEST: Final = 31
_FORBIDDEN: Final = str.maketrans("", "", "[]:*?/\\'")


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A tape and its numbers.

    Attributes
    ----------
    names
        Of the loans, in the order of the tape.
    debt
        Lent at closing, USD.
    found
        The engine's numbers.
    order
        Positions of the loans that have numbers, the lowest coverage first.
    sheets
        The name of the sheet of each loan that has one, by position.
    """

    names: tuple[str, ...]
    debt: np.ndarray[Any, np.dtype[np.float64]]
    found: TapeAnalysis
    order: tuple[int, ...]
    sheets: Mapping[int, str]


def portfolio(
    tape: str | Path | Mapping[str, Sequence[Any]],
    out: str | Path,
    force: bool = False,
    pdf: bool = False,
    date: dt.date | None = None,
    sheets: int = MOST_SHEETS,
    values: bool = False,
) -> Path:
    """Write the portfolio of a tape: totals, distributions, the worst loans, every loan in a line, and their paths.

    Parameters
    ----------
    tape
        A file ending in .csv, .xlsx or .parquet with the columns of `xlmodel.deal.tape`, or the columns themselves.
        Columns nobody knows are left aside; `loan_id`, or else the first of those, names the loans.
    out, force, date, values
        As of `xlmodel.workbook.report.report`.
    pdf
        Also print portfolio and lines to a PDF beside it, by LibreOffice.
    sheets
        How many loans get a sheet of their own, those with the lowest coverage first, 0 to 50.

    Returns
    -------
    Path
        The workbook.

    Raises
    ------
    ModelError
        A tape of which no row can be used, a file that exists; nothing is left behind. A row that cannot be used is
        named on the first sheet, and the others are answered.
    """
    target = Path(out)
    destinations(target, force=force, pdf=pdf)
    if not 0 <= sheets <= MOST_SHEETS:
        raise InputError(f"sheets must be 0 to {MOST_SHEETS}, got {sheets}", "sheets")
    day = dt.date.today() if date is None else date
    front, own = filled(read(tape, sheets), day)
    content = book_of([*front, *own], _TITLE, day, values=values)
    paper = printed(book_of(front, _TITLE, day, values=True)) if pdf else None
    put(content, target)
    if paper is not None:
        put(paper, target.with_suffix(".pdf"))
    return target


def read(tape: str | Path | Mapping[str, Sequence[Any]], sheets: int = MOST_SHEETS) -> Portfolio:
    """Return the numbers of a tape."""
    if isinstance(tape, Mapping):
        columns = {str(name): list(cells) for name, cells in tape.items()}
    else:
        rows = tables.load(Path(tape))
        columns = {name: [row[i] for row in rows.cells] for i, name in enumerate(rows.headings)}
    known = {*COLUMNS, *FLOWS, "type"}
    aside = [name for name in columns if name not in known and not name.startswith("cfads_")]
    found = analyse_tape(Tape.of(columns, aside=aside))
    lowest = found.figures.min_dscr
    good = ~np.isnan(found.figures.ltv_nominal_at_close)
    if not good.any():
        first = f": {found.problems[0]}" if found.problems else ""
        raise InputError(f"no row of the tape can be used{first}", "tape")
    naming = "loan_id" if "loan_id" in columns else aside[0] if aside else ""
    count = lowest.size
    names = tuple(str(columns[naming][i]) if naming else f"Row {i + 1}" for i in range(count))
    debt = np.array([_number(cell) for cell in columns["principal"]], dtype=np.float64)
    order = tuple(int(i) for i in np.argsort(np.where(np.isnan(lowest), np.inf, lowest), kind="stable") if good[i])
    return Portfolio(names, debt, found, order, _tabs(names, order[:sheets]))


def _number(cell: Any) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return float("nan")  # such a row is refused and said so


def _tabs(names: Sequence[str], chosen: Sequence[int]) -> dict[int, str]:
    """Return a sheet's name for each of some loans: its row and as much of its name as a tab can hold."""
    return {i: f"{i + 1} {names[i].translate(_FORBIDDEN)}"[:_LONGEST].strip() for i in chosen}


def filled(found: Portfolio, date: dt.date) -> tuple[list[Page], list[Page]]:
    """Return the filled pages: those of all loans, and those of single ones in the order of the tape."""
    layout = Layout()
    front = [Page(name, layout, (), date) for name in (_TITLE, "Loans")]
    own = []
    for i in sorted(found.sheets):
        page = Page(found.sheets[i], layout, (), date)
        loan(page, found.names[i], found.found, i, float(found.debt[i]))
        own.append(page)
    loans(front[1], found.names, found.debt, found.found, found.sheets)
    summary(front[0], found.names, found.found, found.order)
    calculate([*front, *own])
    return front, own
