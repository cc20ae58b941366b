"""The memo: a deal on one page, every number fetched from the sheets of its report."""

import datetime as dt
import textwrap
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from xlmodel import __version__
from xlmodel.deal import Analysis, Deal, analyse, load
from xlmodel.deal.lives import lives
from xlmodel.errors import InputError
from xlmodel.maths.dates import to_serial
from xlmodel.ooxml.saving import put, refuse_existing
from xlmodel.workbook.calculated import calculate
from xlmodel.workbook.charts import BLACK, GREEN, NAVY, ORANGE, Line, coverage_chart
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.loan_charts import flow_chart
from xlmodel.workbook.pdf import engine, printed
from xlmodel.workbook.report import fill
from xlmodel.workbook.sheet import Chart, Page
from xlmodel.workbook.wording import UNDEFINED, day, inside, label
from xlmodel.workbook.writing import book_of

_LEFT, _RIGHT, _LAST = 0, 3, 4
_WIDTHS: Final = (37.0, 16.0, 3.0, 37.0, 16.0)
_CHARACTERS: Final = 126
_SENTENCES: Final = 7
_COVENANTS: Final = 6
_CHART: Final = (380, 290)
_LABELS: Final = 5
"""About so many dates have room under a chart of half a page."""
_LONG: Final = 12
"""A name of the coverage that is longer leaves no room for its number."""
_NEVER: Final = "never"

Entry = tuple[str, str, str]
"""A line of the memo: label, formula, kind of number."""


def memo(deal: Deal | str | Path, out: str | Path, force: bool = False, date: dt.date | None = None) -> Path:
    """Write a deal on one page: a PDF, or a workbook whose first sheet it is with the sheets behind it.

    Parameters
    ----------
    deal
        A deal, or the path of its TOML or JSON file.
    out
        The file to write, ending in `.pdf` (printed by LibreOffice) or `.xlsx`.
    force
        Replace a file that exists.
    date
        The date of the memo, today unless given.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ModelError
        A deal that cannot be used, a file that exists, another ending, no LibreOffice for a PDF; nothing is left
        behind.
    """
    target = Path(out)
    kind = target.suffix.lower()
    if kind not in (".pdf", ".xlsx"):
        raise InputError(f"out must end in .pdf or .xlsx, got {target.name}", "out")
    refuse_existing(target, kind, force=force)
    if kind == ".pdf":
        engine()
    written = dt.date.today() if date is None else date
    analysis = analyse(deal if isinstance(deal, Deal) else load(deal))
    content = book_of(filled(analysis, written), analysis.deal.name, written)
    put(printed(content, pages="1") if kind == ".pdf" else content, target)
    return target


def filled(analysis: Analysis, date: dt.date) -> list[Page]:
    """Return the memo, and behind it the sheets of the report it fetches its numbers from."""
    behind = fill(analysis, date)
    page = Page("Memo", behind[0].layout, behind[0].sheets, date)
    _fill(page, analysis)
    calculate([page], behind)
    return [page, *behind]


def _fill(page: Page, analysis: Analysis) -> None:
    deal = analysis.deal
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = _LAST
    page.print.portrait = page.print.one_page = True
    page.text(0, _LEFT, deal.name, "title")
    row = _wrapped(page, 1, f"{deal.borrower.rstrip('.')}. {deal.purpose}", "subtitle")
    note = f"Described as of {day(np.datetime64(deal.as_of))}; written by xlmodel {__version__}. Money in USD m."
    page.text(row, _LEFT, note, "note")
    row = _heading(page, row + 2, "Verdict, on the inputs as delivered")
    for i, sentence in enumerate(analysis.verdict[:_SENTENCES], 1):
        row = _wrapped(page, row, f"{i}. {sentence}", "text")
    for left, lines, right, others in (
        ("Request", _request(analysis), "Dates", _dates(analysis)),
        ("Uses", _uses(analysis), "Sources", _sources(analysis)),
        ("Five ratios", _ratios(analysis), "Three LTVs", _loans_to_value(analysis)),
    ):
        row = _heading(page, row + 1, left, right)
        row = max(_block(page, row, _LEFT, lines), _block(page, row, _RIGHT, others))
    if analysis.covenants:
        row = _covenants(page, analysis, row + 1)
    row = _charts(page, analysis, row + 1)
    row = _heading(page, row, "Recommendation")
    for i, words in enumerate(("", "Prepared by", "Approved by")):
        page.text(row + i, _LEFT, words)
    page.text(row + 3, _LEFT, "", "text")


def _heading(page: Page, row: int, left: str, right: str = "") -> int:
    page.band(row, _LEFT + 1, _LAST, "section")
    page.text(row, _LEFT, left, "section")
    if right:
        page.text(row, _RIGHT, right, "section")
    return row + 1


def _wrapped(page: Page, row: int, text: str, style: str) -> int:
    for line in textwrap.wrap(text, _CHARACTERS, subsequent_indent="    " if style == "text" else ""):
        page.text(row, _LEFT, line, style)
        row += 1
    return row


def _block(page: Page, row: int, column: int, lines: Sequence[Entry]) -> int:
    for words, formula, kind in lines:
        page.text(row, column, words)
        page.formula(row, column + 1, f"={formula}", f"calc {kind}")
        row += 1
    return row


def _request(analysis: Analysis) -> list[Entry]:
    _debt, _life = analysis.debt, lives(analysis)
    return [
        ("Debt at closing", "{balance|closing}", "money"),
        ("Interest of the first period over it", "{interest|first}/{balance|closing}", "rate"),
        ("Weighted average life, years", "{lives.average|closing}", "quantity"),
        ("Debt service over the life", "{service|total}", "money"),
    ]


def _dates(analysis: Analysis) -> list[Entry]:
    last = "INDEX({date|all},SUMPRODUCT(MAX(({principal|all}>0)*{period|all})))"
    found: list[Entry] = [
        ("Closing", "{date|closing}", "date"),
        ("Last payment", f'IF(MAX({{principal|all}})>0,{last},"none")', "date"),
    ]
    if analysis.covenants:
        row = "{any_default|all}"
        found.append(("First covenant default", f'IF(SUM({row})=0,"{_NEVER}",INDEX({{date|all}},MATCH(1,{row},0)))',
                      "date"))  # fmt: skip
    path = "{shortfall|path}"
    found.append(
        (
            "Owed beyond the market value from",
            f'IF(MAX({path})=0,"{_NEVER}",INDEX({{date|path}},MATCH(1,INDEX(({path}>0)*1,0),0)))',
            "date",
        )
    )
    return found


def _uses(analysis: Analysis) -> list[Entry]:
    found: list[Entry] = [("Hardware", "{cost|closing}", "money")]
    terms = analysis.financing
    if terms is None:
        return found
    for key, words, value in (
        ("su.reserve", "Debt service reserve", terms.reserve), ("su.fee", "Upfront fee", terms.fee),
        ("su.discount", "Issue discount", terms.discount),
    ):  # fmt: skip
        if value:
            found.append((words, f"{{{key}}}", "money"))
    return found


def _sources(analysis: Analysis) -> list[Entry]:
    found: list[Entry] = [("Debt", "{balance|closing}", "money")]
    terms = analysis.financing
    if terms is None:
        return [
            *found,
            ("Equity and others, by difference", "{cost|closing}-{balance|closing}", "money"),
        ]
    if terms.prepaid:
        found.append(("Prepaid by the customer", "{su.prepaid}", "money"))
    return [*found, ("Equity", "{su.equity}", "money")]


def _ratios(analysis: Analysis) -> list[Entry]:
    life, name, year = lives(analysis), analysis.coverage_name, analysis.periods_per_year
    ratio = analysis.dscr
    none = bool(np.isnan(ratio).all())
    _cash, _icr = float(analysis.cfads[:year].sum()), life.icr[~np.isnan(life.icr)]
    first = "SUMPRODUCT(({period|all}<={periods_per_year})*{cfads|all})"
    counted = f'COUNT({{dscr|all}})=0,"{UNDEFINED}"'
    name = inside(_short(name))
    _, _ = (UNDEFINED, UNDEFINED) if none else (float(np.nanmin(ratio)), float(np.nanmean(ratio)))
    return [
        (f"Lowest {name}", f"IF({counted},MIN({{dscr|all}}))", "multiple"),
        (f"Average {name}", f"IF({counted},AVERAGE({{dscr|all}}))", "multiple"),
        ("LLCR at closing", "{lives.llcr|closing}", "multiple"),
        ("Lowest interest cover", f'IF(COUNT({{lives.icr|all}})=0,"{UNDEFINED}",MIN({{lives.icr|all}}))',
         "multiple"),
        ("Debt over CFADS of the first year", f'IF({first}>0,{{balance|closing}}/{first},"{UNDEFINED}")',
         "multiple"),
    ]  # fmt: skip


def _short(name: str) -> str:
    """What the coverage is called where there is room for a few letters."""
    return name if len(name) <= _LONG else "Cash over service"


def _loans_to_value(analysis: Analysis) -> list[Entry]:
    _owed, now = float(analysis.debt.opening[0]), analysis.at_close
    found: list[Entry] = []
    for key, words, worth in (
        ("nominal", "At closing, on cost", now.cost), ("adjusted", "At closing, on market value", now.economic),
        ("liquidation", "At closing, on sale value, net", now.liquidation),
    ):  # fmt: skip
        if worth is not None:
            found.append((words, f"{{ltv_{key}|closing}}", "percent"))
    for key, words, path in (
        ("adjusted", "Highest, on market value", analysis.ltv_adjusted),
        ("liquidation", "Highest, on sale value, net", analysis.ltv_liquidation),
    ):
        if path is not None:
            row = f"{{ltv_{key}|path}}"
            found.append((words, f'IF(COUNT({row})=0,"{UNDEFINED}",MAX({row}))', "percent"))
    return found


def _covenants(page: Page, analysis: Analysis, row: int) -> int:
    """Write when each covenant first defaults; what there is no room for, the report has."""
    row = _heading(page, row, "Covenants: first default")
    for i, test in enumerate(analysis.covenants[:_COVENANTS]):
        column, line = (_LEFT, row + i // 2) if i % 2 == 0 else (_RIGHT, row + i // 2)
        broken = f"{{covenant{i}.broken|all}}"
        level = test.record.default.value
        how = f"{level:.2f}x" if test.record.direction == "below" else f"{level:.0%}"
        page.text(line, column, f"{test.record.name}, {how}"[:42])
        formula = f'=IF(SUM({broken})=0,"none",INDEX({{date|all}},MATCH(1,{broken},0)))'
        page.formula(line, column + 1, formula, "calc date")
    return row + (min(len(analysis.covenants), _COVENANTS) + 1) // 2


def _charts(page: Page, analysis: Analysis, row: int) -> int:
    # The chart of a whole page has labels for eight.
    months = round(12 * float(analysis.timeline.years[-1]) * 8 / _LABELS)
    clocks = [("balance", "Owed", BLACK, "solid"), ("economic", "Market value", NAVY, "dash")]
    if analysis.ltv_liquidation is not None:
        clocks.append(("liquidation", "Sale value, net", ORANGE, "round_dot"))
    if analysis.deal.contracts:
        clocks.append(("off.to_come", "Contract revenue still to come", GREEN, "long_dash"))
    width, height = _CHART
    page.charts.append(Chart(
        row, _LEFT,
        lambda book, layout: flow_chart(book, layout, clocks, "Owed, and what stands against it", months,
                                        "path"),
        "Debt outstanding against the value of the hardware and the contract revenue still to come, by period.",
        width, height,
    ))  # fmt: skip
    if not np.isnan(analysis.dscr).all():
        page.charts.append(Chart(row, _RIGHT, partial(_coverage, analysis=analysis),
                                 f"{analysis.coverage_name} by period against the default levels of the covenants.",
                                 width, height))  # fmt: skip
    return page.charts[-1].last_row + 1


def _coverage(book: Any, layout: Layout, analysis: Analysis) -> Any:
    """Draw the coverage of the period against the first two default levels that differ."""
    serials = to_serial(analysis.dates)
    levels: dict[float, Line] = {}
    for i, test in enumerate(analysis.covenants):
        if test.record.direction == "below":
            level = test.record.default.value
            dash = ("long_dash", "square_dot")[len(levels) % 2]
            levels.setdefault(
                level,
                Line(
                    f"covenant{i}.default",
                    f"{label('default')} {'from ' if test.record.steps else ''}{level:.2f}x",
                    "#C00000",
                    dash,
                    1.5,
                ),
            )
    span = (float(serials[0]), float(serials[-1]))
    return coverage_chart(
        book, layout, {"dscr": analysis.dscr}, list(levels.values())[:2], span, _short(analysis.coverage_name)
    )
