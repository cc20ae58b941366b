"""The Covenants sheet: levels, status and headroom of every covenant, in per cent and in money, and its cures."""

from typing import Any, Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.headroom import Room, room
from xlmodel.deal.inputs import Covenant
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
from xlmodel.workbook.covenants.cured import counts, cured, held, settled
from xlmodel.workbook.covenants.window import window
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.panel import beside, follow
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.timeline.covenants import counted
from xlmodel.workbook.wording import UNDEFINED, label, ratio

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
    _summary(grid, analysis)
    lines = [
        (Line(f"cov{i}.share", test.record.name, *_LOOKS[i % len(_LOOKS)], 2.0), rooms[i].share)
        for i, test in enumerate(analysis.covenants)
    ]
    ends = to_serial(analysis.dates)
    span = (float(ends[0]), float(ends[-1]))
    beside(grid, lambda book, layout: _chart(book, layout, lines, span), _told(analysis, rooms), top)
    if any(c.cured and c.cure is not None and c.cure.counts_as == "prepayment" for c in analysis.deal.covenants):
        grid.section("Prepaid by equity")
        grid.row("cov.basis", "Instalments on which the service of the period is based", "fraction",
                 "={wf.scale|prev}", "factor")  # fmt: skip
    if any(not record.includes_balloon for record in analysis.deal.covenants):
        _lumps(grid, analysis)
    for i, record in enumerate(analysis.deal.covenants):
        _covenant(grid, analysis, i, record)
    grid.finish()


def _summary(grid: Grid, analysis: Analysis) -> None:
    """Write the first breach and the lowest headroom of each covenant; the chart stands beside them."""
    grid.section("First covenant default and lowest headroom")
    for i, record in enumerate(analysis.deal.covenants):
        words = f"{{covenant{i}.status|all}}"
        grid.scalar(f"cov{i}.first", f"First covenant default: {record.name}", "date",
                    f'=IF(COUNTIF({words},"default")=0,"{UNDEFINED}",INDEX({{date|all}},MATCH("default",{words},0)))',
                    "period")  # fmt: skip
        row = f"{{cov{i}.share|all}}"
        grid.scalar(f"cov{i}.lowest", f"Lowest headroom: {record.name}", "%",
                    f'=IF(COUNT({row})=0,"{UNDEFINED}",MIN({row}))', "percent")  # fmt: skip


def _covenant(grid: Grid, analysis: Analysis, i: int, record: Covenant) -> None:
    """Write what one covenant tests, its headroom, its cures, and how long what it does holds on."""
    key, link = f"cov{i}", f"covenant{i}"
    coverage = record.direction == "below"
    kind, unit = ("multiple", "x") if coverage else ("percent", "%")
    grid.section(record.name)
    grid.row(
        f"{key}.ratio", f"Tested: {ratio(record.metric, analysis.coverage_name)}", unit, f"={{{link}.ratio}}", kind
    )
    for name in ("default", "lockup"):
        if getattr(record, name) is not None:
            grid.row(f"{key}.{name}", label(name), unit, f"={{{link}.{name}}}", kind)
    grid.row(f"{key}.status", "Status", "", f"={{{link}.status}}", "word", weight="key")
    grid.status_colours()
    tested, level = f"{{{key}.ratio}}", f"{{{key}.default}}"
    gap = f"{tested}-{level}" if coverage else f"{level}-{tested}"
    grid.row(f"{key}.points", "Headroom in points", unit, f'=IF(ISNUMBER({tested}),{gap},"{UNDEFINED}")', kind)
    share = f'IF({tested}>0,1-{level}/{tested},"{UNDEFINED}")' if coverage else f"1-{tested}/{level}"
    what = "cash" if coverage else "value"
    grid.row(f"{key}.share", f"Headroom (%): {what} that may be lost", "%",
             f'=IF(ISNUMBER({tested}),{share},"{UNDEFINED}")', "percent", weight="key")  # fmt: skip
    own = counted(analysis, record)
    if own:
        counts(grid, analysis, i, record)
        money = f"{{{key}.have}}-{level}*{{{key}.due}}"
    elif coverage:
        for part, words, formula in (
            ("cash", "Cash counted", window(record, "cfads", "{cfads}")),
            ("service", "Service counted", window(record, "service", "{service}")),
        ):
            grid.row(f"{key}.{part}", words, "USD m", f"={formula}", "money")
        money = f"{{{key}.cash}}-{level}*{{{key}.service}}"
    else:
        money = f"{{{_WORTH[record.metric]}}}-{{balance}}/{level}"
    grid.row(f"{key}.money", f"Headroom (USD m): {what} that may be lost", "USD m",
             f'=IF(ISNUMBER({tested}),{money},"{UNDEFINED}")', "money")  # fmt: skip
    if record.cured:
        cured(grid, analysis, i, record)
    if own and any(c.cured for c in analysis.deal.covenants):
        settled(grid, analysis, i, record)
        held(grid, i, record, f"{key}.left")
    else:
        held(grid, i, record, f"{link}.status")


def _lumps(grid: Grid, analysis: Analysis) -> None:
    """Write the part of the principal that falls due which is no ordinary instalment, for tests without it."""
    grid.section("Balloons")
    ordinary = []
    for i, described in enumerate(analysis.deal.debt):
        key, end = f"debt{i}", "{period|last}" if described.maturity is None else f"{{debt{i}.payments|closing}}"
        lump = "0"
        if described.amortisation == "bullet":
            lump = f"{{{key}.principal}}"
        elif described.balloon is not None:
            lump = f"MIN({{debt[{i}].balloon}},{{{key}.principal}})"
        elif described.amortisation == "payment" or described.amortises_over is not None:
            paid = f"{{debt[{i}].payment}}" if described.amortisation == "payment" else f"{{{key}.level}}"
            ordinary_part = f"MAX(0,MIN({{{key}.opening}},{paid}-{{{key}.interest}}))"
            lump = f"MAX({{{key}.principal}}-{ordinary_part},0)"
        ordinary.append(f"{{{key}.principal}}-IF({{period}}={end},{lump},0)")
    due = "+".join(f"{{wf{i}.instalment}}" for i in range(len(analysis.deal.debt)))
    grid.row("wf.lumps", "Balloons in the scheduled principal", "USD m", f"=MAX({due}-({'+'.join(ordinary)}),0)",
             "money")  # fmt: skip


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
