"""The Covenants sheet: levels, status and headroom of every covenant, in per cent and in money, and its cures."""

from typing import Any, Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.headroom import Room, room
from xlmodel.deal.terms.covenants import CovenantTest
from xlmodel.loan.covenant import Status
from xlmodel.maths.dates import to_serial
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import (
    FONT,
    GREEN,
    GREY,
    GRID,
    NAVY,
    ORANGE,
    RED,
    Line,
    dated_axis,
    plotted,
    stretches,
    titled,
)
from xlmodel.workbook.covenants.cured import cured
from xlmodel.workbook.covenants.window import window
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.panel import beside, follow
from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.timeline.covenants import WORDS
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, label, ratio, shown

_WORTH: Final = {"ltv_nominal": "cost", "ltv_adjusted": "economic", "ltv_liquidation": "liquidation"}
_LOOKS: Final = ((NAVY, "solid"), (ORANGE, "dash"), (GREEN, "round_dot"), (GREY, "long_dash"), (RED, "dash_dot"))
_DEEPEST: Final = -1.0
"""Below this the axis of the chart is cut: a headroom of minus five says no more than one of minus one."""


def covenants(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with covenants."""
    grid = follow(page, analysis, f"Covenants: {analysis.deal.name}",
                  "Headroom is what may be lost until the default level; negative once it is broken. Links to the "
                  "Timeline.")  # fmt: skip
    rooms = [room(analysis, test) for test in analysis.covenants]
    top = grid.next_row + 2
    _summary(grid, analysis, rooms)
    lines = [
        (Line(f"cov{i}.share", test.record.name, *_LOOKS[i % len(_LOOKS)], 2.0), rooms[i].share)
        for i, test in enumerate(analysis.covenants)
    ]
    ends = to_serial(analysis.dates)
    span = (float(ends[0]), float(ends[-1]))
    beside(grid, lambda book, layout: _chart(book, layout, lines, span), _told(analysis, rooms), top)
    for i, test in enumerate(analysis.covenants):
        _covenant(grid, analysis, i, test, rooms[i])
    grid.finish()


def _summary(grid: Grid, analysis: Analysis, rooms: list[Room]) -> None:
    """Write the first breach and the lowest headroom of each covenant; the chart stands beside them."""
    grid.section("First default and lowest headroom")
    for i, test in enumerate(analysis.covenants):
        words = f"{{covenant{i}.status|all}}"
        date: Value = UNDEFINED if test.date is None else float(to_serial(test.date))
        grid.scalar(f"cov{i}.first", f"First default: {test.record.name}", "date",
                    f'=IF(COUNTIF({words},"default")=0,"{UNDEFINED}",INDEX({{date|all}},MATCH("default",{words},0)))',
                    date, "period")  # fmt: skip
        share = rooms[i].share
        lowest: Value = UNDEFINED if np.isnan(share).all() else float(np.nanmin(share))
        row = f"{{cov{i}.share|all}}"
        grid.scalar(f"cov{i}.lowest", f"Lowest headroom: {test.record.name}", "%",
                    f'=IF(COUNT({row})=0,"{UNDEFINED}",MIN({row}))', lowest, "percent")  # fmt: skip


def _covenant(grid: Grid, analysis: Analysis, i: int, test: CovenantTest, found: Room) -> None:
    """Write what one covenant tests, its headroom, and its cures."""
    record, key, link = test.record, f"cov{i}", f"covenant{i}"
    coverage = record.direction == "below"
    kind, unit = ("multiple", "x") if coverage else ("percent", "%")
    grid.section(record.name)
    grid.row(f"{key}.ratio", f"Tested: {ratio(record.metric, analysis.coverage_name)}", unit, f"={{{link}.ratio}}",
             shown(test.ratio), kind)  # fmt: skip
    for name, levels in (("default", test.default), ("lockup", test.lockup)):
        if levels is not None:
            grid.row(f"{key}.{name}", label(name), unit, f"={{{link}.{name}}}", levels.tolist(), kind)
    grid.row(f"{key}.status", "Status", "", f"={{{link}.status}}", [WORDS[Status(c)] for c in test.status.tolist()],
             "word", weight="key")  # fmt: skip
    grid.status_colours()
    tested, level = f"{{{key}.ratio}}", f"{{{key}.default}}"
    gap = f"{tested}-{level}" if coverage else f"{level}-{tested}"
    grid.row(f"{key}.points", "Headroom in points", unit, f'=IF(ISNUMBER({tested}),{gap},"{UNDEFINED}")',
             shown(found.points), kind)  # fmt: skip
    share = f'IF({tested}>0,1-{level}/{tested},"{UNDEFINED}")' if coverage else f"1-{tested}/{level}"
    what = "cash" if coverage else "value"
    grid.row(f"{key}.share", f"Headroom: share of the {what} that may be lost", "%",
             f'=IF(ISNUMBER({tested}),{share},"{UNDEFINED}")', shown(found.share), "percent",
             weight="key")  # fmt: skip
    if coverage:
        cash, service = window(record, "cfads", "{cfads}"), window(record, "service", "{service}")
        for part, words, formula, values in (
            ("cash", "Cash counted", cash, found.cash), ("service", "Service counted", service, found.service),
        ):  # fmt: skip
            grid.row(f"{key}.{part}", words, "USD m", f"={formula}", (values / MILLION).tolist(), "money")
        money = f"{{{key}.cash}}-{level}*{{{key}.service}}"
    else:
        money = f"{{{_WORTH[record.metric]}}}-{{balance}}/{level}"
    grid.row(f"{key}.money", f"Headroom: {what} that may be lost", "USD m",
             f'=IF(ISNUMBER({tested}),{money},"{UNDEFINED}")', shown(found.money / MILLION), "money")  # fmt: skip
    if test.cured is not None:
        cured(grid, analysis, i, test)


def _told(analysis: Analysis, rooms: list[Room]) -> str:
    parts = []
    for test, found in zip(analysis.covenants, rooms, strict=True):
        if not np.isnan(found.share).all():
            parts.append(f"{test.record.name}: {float(np.nanmin(found.share)):.0%} at its lowest")
    return "Headroom of every covenant by period, 0 is the level. " + "; ".join(parts)


def _chart(book: Any, layout: Layout, lines: list[tuple[Line, Floats]], dates: tuple[float, float]) -> Any:
    """Draw the headroom of every covenant over the dates; where one is undefined its line is broken."""
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    unnamed: list[int] = []
    drawn, lowest = 0, 0.0
    for line, values in lines:
        for n, (first, last) in enumerate(stretches(values)):
            if n:
                unnamed.append(drawn)
            plotted(chart, layout, line, first, last)
            lowest = min(lowest, float(np.nanmin(values)))
            drawn += 1
    chart.set_title(titled("Headroom of the covenants; 0 is the default level"))
    chart.set_x_axis(dated_axis(dates[0], dates[1], 6))
    deepest = {"min": _DEEPEST} if lowest < _DEEPEST else {}
    chart.set_y_axis({"num_format": "0%", "num_font": FONT, "major_gridlines": GRID} | deepest)
    chart.set_legend({"position": "bottom", "font": FONT, "delete_series": unnamed})
    return chart
