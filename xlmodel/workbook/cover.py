"""The Cover: what the report is, the verdict in words, figures that stay live, and where to find the rest."""

import textwrap
from typing import Final

import numpy as np

from xlmodel import __version__
from xlmodel.deal import Analysis
from xlmodel.maths.dates import to_serial
from xlmodel.workbook.charts import MARKED, Line, collateral_chart, coverage_chart
from xlmodel.workbook.checks import ALL_PASS, verdicts
from xlmodel.workbook.figures import figures
from xlmodel.workbook.sheet import REPORT_VERSION, Chart, Page
from xlmodel.workbook.wording import day, label, lines_of

LABEL, VALUE, UNIT, WHEN, REST = range(5)
_WIDTHS: Final = (46.0, 16.0, 12.0, 16.0, 52.0)
_CHARACTERS: Final = 150
_LINE_HEIGHT: Final = 14.0
_WIDE, _HIGH = 1000, 306
_ROWS_ON_A_PAGE: Final = 90


def cover(page: Page, analysis: Analysis) -> None:
    """Write the cover and its two charts."""
    deal = analysis.deal
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = REST
    page.print.portrait = True
    page.text(0, LABEL, deal.name, "title")
    row = _wrapped(page, 1, f"{deal.borrower.rstrip('.')}. {deal.purpose}", "subtitle")
    row = _facts(page, analysis, row + 1)
    row = _heading(page, row + 1, "Verdict, on the inputs as delivered")
    for i, sentence in enumerate(analysis.verdict, 1):
        row = _wrapped(page, row, f"{i}. {sentence}", "text")
    if deal.notes:
        row = _heading(page, row + 1, "Notes")
        for note in deal.notes:
            row = _wrapped(page, row, note, "text")
    row = _figures(page, analysis, row + 1)
    row = _heading(page, row + 1, "Sheets")
    for sheet in page.sheets:
        page.jumps.append((row, LABEL, sheet.name))
        page.text(row, VALUE, sheet.purpose)
        row += 1
    row = _key(page, row + 1)
    _charts(page, analysis, row + 1)
    if page.charts[-1].last_row > _ROWS_ON_A_PAGE:
        page.print.row_breaks.append(row + 1)


def _heading(page: Page, row: int, text: str) -> int:
    page.text(row, LABEL, text, "section")
    page.band(row, VALUE, REST, "section")
    return row + 1


def _wrapped(page: Page, row: int, text: str, style: str) -> int:
    """Write a sentence over as many rows as it needs, since no cells are merged; return the row after."""
    for i, line in enumerate(textwrap.wrap(text, _CHARACTERS, subsequent_indent="    " if style == "text" else "")):
        page.text(row + i, LABEL, line, style)
    return row + max(1, len(textwrap.wrap(text, _CHARACTERS)))


def _facts(page: Page, analysis: Analysis, row: int) -> int:
    page.text(row, LABEL, "Checks")
    page.formula(row, VALUE, "={checks.overall}", "calc left")
    verdicts(page, row, VALUE, row, VALUE, ALL_PASS)
    page.text(row + 1, LABEL, "Deal described as of")
    page.text(row + 1, VALUE, day(np.datetime64(analysis.deal.as_of)))
    page.text(row + 2, LABEL, "Report written")
    page.text(row + 2, VALUE, day(np.datetime64(page.date)))
    page.text(row + 3, LABEL, "Written by")
    page.text(row + 3, VALUE, f"xlmodel {__version__}, report version {REPORT_VERSION}")
    return row + 4


def _figures(page: Page, analysis: Analysis, row: int) -> int:
    for column, head in enumerate(("Key figures", "Value", "Unit", "Date", "")):
        page.text(row, column, head, ("head", "head right", "head unit", "head right", "head")[column])
    row += 1
    for figure in figures(analysis):
        page.text(row, LABEL, figure.name, "label")
        if (lines := lines_of(figure.name, _WIDTHS[LABEL] * 1.1)) > 1:
            page.heights[row] = _LINE_HEIGHT * lines
        page.formula(row, VALUE, figure.formula, f"calc {figure.kind}")
        page.text(row, UNIT, figure.unit, "unit")
        if figure.when:
            page.formula(row, WHEN, figure.when, "calc date")
        row += 1
    return row


def _key(page: Page, row: int) -> int:
    row = _heading(page, row, "Key to the colours; the protection has no password")
    page.text(row, LABEL, "Input, which may be changed", "input left")
    page.text(row, VALUE, "Formula", "calc left")
    page.text(row, UNIT, "Link", "link left")
    page.text(row, WHEN, "Pasted", "pasted left")
    page.text(
        row + 1,
        LABEL,
        "A link fetches a cell of another sheet; pasted is xlmodel's own number, to compare with.",
        "note",
    )
    return row + 2


def _charts(page: Page, analysis: Analysis, row: int) -> None:
    ratios = {"dscr": analysis.dscr, "dscr_ltm": analysis.dscr_ltm, "dscr_ntm": analysis.dscr_ntm}
    if analysis.periods_per_year == 1:
        del ratios["dscr_ltm"]  # the year back is the period
    ratios = {key: values for key, values in ratios.items() if not np.isnan(values).all()}
    levels: list[Line] = []
    seen: set[tuple[str, float]] = set()
    for i, test in enumerate(analysis.covenants):
        if test.record.direction != "below":
            continue
        for name, level in (("default", test.record.default), ("lockup", test.record.lockup)):
            if level is not None and (name, level.value) not in seen:
                seen.add((name, level.value))
                words = f"{label(name)} {'from ' if test.record.steps else ''}{level.value:.2f}x"
                dash = ("long_dash", "square_dot", "long_dash_dot", "dash_dot")[len(levels) % 4]
                color = "#C00000" if name == "default" else "#7F7F7F"
                levels.append(
                    Line(
                        f"covenant{i}.{name}",
                        words,
                        color,
                        dash,
                        1.5,
                    )
                )
    serials = to_serial(analysis.dates)
    span = (float(serials[0]), float(serials[-1]))
    lowest = float(np.nanmin(analysis.dscr)) if not np.isnan(analysis.dscr).all() else float("nan")
    said = (
        f"{analysis.coverage_name} by period, over the last and the next twelve months, against the covenant levels. "
        f"The lowest period is {lowest:.2f}x."
    )
    page.charts.append(
        Chart(
            row,
            LABEL,
            lambda book, layout: coverage_chart(book, layout, ratios, levels, span, analysis.coverage_name),
            said,
            _WIDE,
            _HIGH,
        )
    )
    months = round(float(analysis.timeline.years[-1]) * 12)
    lines = [
        Line("balance", "Debt", "#000000", "solid", 2.75),
        Line("cost", "Cost", "#7F7F7F", "long_dash", 1.5),
        Line("book", "Book value", "#1F3864", "dash_dot", 1.75),
        Line("economic", "Economic value", "#2E7D32", "solid", 1.5, "diamond" if serials.size <= MARKED else "none"),
    ]
    if analysis.ltv_liquidation is not None:
        lines.append(Line("liquidation", "Liquidation value", "#C55A11", "square_dot", 2.0))
    underwater = analysis.underwater_date is not None
    since = analysis.underwater_date
    where = "never exceeds" if since is None else f"exceeds from {day(since)}"
    page.charts.append(
        Chart(row + 19, LABEL, lambda book, layout: collateral_chart(book, layout, lines, months, underwater),
              f"Debt against cost, book, economic and liquidation value. The debt {where} the economic value; the "
              "hatched area is the debt under water.", _WIDE, _HIGH)
    )  # fmt: skip
