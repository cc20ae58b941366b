"""The first sheet of a comparison: one column a deal, what each differs from the first, verdicts, and two charts."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.carried import carried
from xlmodel.deal.lives import lives
from xlmodel.loan.balance_cap import Limb
from xlmodel.maths.dates import to_serial
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import (
    FONT,
    GREEN,
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
from xlmodel.workbook.checks import ALL_PASS, verdicts
from xlmodel.workbook.comparison.paths import path_key
from xlmodel.workbook.comparison.side import Side
from xlmodel.workbook.figures import Figure, figures
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.sheet import Chart, Page, Value
from xlmodel.workbook.sizing import LIMITS, NO_CASH
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, inside, lines_of, ratio, shown

LABEL, UNIT, FIRST = range(3)
_LABEL_WIDTH, _VALUE_WIDTH, _DATE_WIDTH = 46.0, 13.0, 12.5
_CHARACTERS: Final = 150
_LINE_HEIGHT: Final = 14.0
_WIDEST, _HIGH = 980, 300
_LOOKS: Final = ((NAVY, "solid"), (ORANGE, "dash"), (GREEN, "round_dot"), (RED, "long_dash"))
_SENTENCES: Final = 4
"""So many findings of each deal are said here; its own report says all."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One figure of every deal, None where a deal has none of it."""

    name: str
    unit: str
    kind: str
    each: tuple[Figure | None, ...]


def side_by_side(page: Page, sides: Sequence[Side]) -> None:
    """Write the sheet."""
    several = len(sides) > 1
    last = FIRST + 2 * len(sides) - 1 + (len(sides) - 1)
    for column in range(FIRST, last + 1):
        dated = column < FIRST + 2 * len(sides) and (column - FIRST) % 2 == 1
        page.widths.append((column, column, _DATE_WIDTH if dated else _VALUE_WIDTH))
    page.widths += [(LABEL, LABEL, _LABEL_WIDTH), (UNIT, UNIT, 9.0)]
    page.print.last_column = last
    page.print.portrait = True
    page.text(0, LABEL, "Comparison" if several else f"What other terms would have come to: {_name(sides[0])}", "title")
    page.text(1, LABEL, "Every number is a link or a formula: type over an input on the sheets of a deal, and this "
              "sheet follows.", "note")  # fmt: skip
    row = _named(page, sides, 3)
    row = _table(page, sides, row + 1, last)
    row = _said(page, sides, row + 1, last)
    _charts(page, sides, row + 1)


def _name(side: Side) -> str:
    return side.analysis.deal.name


def _heading(page: Page, row: int, text: str, last: int) -> int:
    page.text(row, LABEL, text, "section")
    page.band(row, UNIT, last, "section")
    return row + 1


def _named(page: Page, sides: Sequence[Side], row: int) -> int:
    """Write which letter is which deal, and whether its own checks pass."""
    for side in sides:
        page.text(row, LABEL, f"{side.letter}: {_name(side)}", "bold")
        page.formula(row, FIRST, side.of("={checks.overall}"), "calc left")
        verdicts(page, row, FIRST, row, FIRST, ALL_PASS)
        row += 1
        for line in textwrap.wrap(side.analysis.deal.purpose, _CHARACTERS):
            page.text(row, LABEL, line, "note")
            row += 1
    return row


def _table(page: Page, sides: Sequence[Side], row: int, last: int) -> int:
    page.text(row, LABEL, "Figure", "head")
    page.text(row, UNIT, "Unit", "head unit")
    for i, side in enumerate(sides):
        page.text(row, FIRST + 2 * i, side.letter, "head right")
        page.text(row, FIRST + 2 * i + 1, "on", "head right")
    base = FIRST + 2 * len(sides)
    for i, side in enumerate(sides[1:]):
        page.text(row, base + i, f"{side.letter} less {sides[0].letter}", "head right")
    page.freeze = (row + 1, FIRST)
    for n, line in enumerate(_rows(sides)):
        row += 1
        page.text(row, LABEL, line.name, "label")
        if (count := lines_of(line.name, _LABEL_WIDTH * 1.1)) > 1:
            page.heights[row] = _LINE_HEIGHT * count
        page.text(row, UNIT, line.unit, "unit")
        for i, (side, figure) in enumerate(zip(sides, line.each, strict=True)):
            if figure is None:
                page.text(row, FIRST + 2 * i, UNDEFINED, f"calc {line.kind}")
                continue
            page.formula(row, FIRST + 2 * i, side.of(figure.formula), f"calc {line.kind}", f"cmp{n}.{i}")
            if figure.when:
                page.formula(row, FIRST + 2 * i + 1, side.of(figure.when), "calc period")
        for i, figure in enumerate(line.each[1:], 1):
            _less(page, row, base + i - 1, n, i, line, figure)
    return row + 1


def _less(page: Page, row: int, column: int, n: int, i: int, line: _Row, figure: Figure | None) -> None:
    """Write what a deal differs from the first."""
    first = line.each[0]
    if first is None or figure is None or line.kind in ("word", "period"):
        return
    if isinstance(first.value, float) and isinstance(figure.value, float):
        figure.value - first.value
    here, there = f"{{cmp{n}.{i}}}", f"{{cmp{n}.0}}"
    page.formula(
        row, column, f'=IF(AND(ISNUMBER({here}),ISNUMBER({there})),{here}-{there},"{UNDEFINED}")', f"calc {line.kind}"
    )


def _rows(sides: Sequence[Side]) -> Iterator[_Row]:
    """Yield the figures of all deals, each under its name, in the order in which they first come."""
    each = []
    for side in sides:
        called = _called(sides, side)
        found = (*figures(side.analysis), *_more(side.analysis))
        each.append({called.get(figure.name, figure.name): figure for figure in found})
    names = list(dict.fromkeys(name for found in each for name in found))
    for name in names:
        of = tuple(found.get(name) for found in each)
        one = next(figure for figure in of if figure is not None)
        yield _Row(name, one.unit, one.kind, of)


def _called(sides: Sequence[Side], side: Side) -> dict[str, str]:
    """Return what the lowest coverages of a deal are called here, where others may call theirs something else."""
    names = {one.analysis.coverage_name for one in sides}
    shared = names.pop() if len(names) == 1 else "coverage"
    return {
        f"Minimum {inside(ratio(key, side.analysis.coverage_name))}": f"Minimum {inside(ratio(key, shared))}"
        for key in ("dscr", "dscr_ltm", "dscr_ntm")
    }


def _more(analysis: Analysis) -> Iterator[Figure]:
    """Yield what a comparison asks for beyond the key figures of one deal."""
    life, size = lives(analysis), carried(analysis)

    def one(value: float | Floats) -> Value:
        return shown(np.atleast_1d(value))[0]

    yield Figure("LLCR at closing", "={lives.llcr0|closing}", one(life.llcr[0]), "multiple", "x")
    yield Figure("Weighted average life", "={lives.average|closing}", one(life.average_life), "quantity", "years")
    for key, name, worth in (
        ("nominal", "LTV on cost, at closing", analysis.at_close.cost),
        ("adjusted", "LTV on economic value, at closing", analysis.at_close.economic),
        ("liquidation", "LTV on liquidation value, at closing", analysis.at_close.liquidation),
    ):
        if worth is not None:
            value = float(worth[0])
            shown_as: Value = float(analysis.debt.opening[0]) / value if value > 0 else UNDEFINED
            yield Figure(name, f"={{ltv_{key}|closing}}", shown_as, "percent", "%")
    under, path = analysis.underwater_date, "{shortfall|path}"
    first: Value = "never" if under is None else float(to_serial(under))
    at = f"INDEX({{date|path}},MATCH(1,INDEX(({path}>0)*1,0),0))"
    yield Figure("Under water from", f'=IF(MAX({path})=0,"never",{at})', first, "period", "date")
    capacity = float(size.capacity.debt) / MILLION
    yield Figure("Debt capacity at the covenants' terms", "={size.debt|closing}", capacity, "money", "USD m")
    limb = int(size.capacity.binding)
    bound = NO_CASH if int(size.capacity.last_paid) < 0 else LIMITS[Limb(limb)]
    yield Figure("What binds it", "={size.binding|closing}", bound, "word", "")
    if (found := analysis.financing) is not None:
        yield Figure(
            "Return of the lender", "={ret.lender.irr|closing}", one(found.lender.yield_eff), "rate", "% a year"
        )
        yield Figure("Return of the equity", "={ret.sponsors.irr|closing}", one(found.equity_return.yield_eff), "rate",
                     "% a year")  # fmt: skip
        late = float(found.paid.overdue.max()) / MILLION
        yield Figure("Most that is overdue", "=MAX({wf.late|all})", late if late > 1e-12 else 0.0, "money", "USD m")


def _said(page: Page, sides: Sequence[Side], row: int, last: int) -> int:
    """Write the findings of every deal, worst first."""
    row = _heading(page, row, "Verdicts, on the inputs as delivered", last)
    for side in sides:
        for i, sentence in enumerate(side.analysis.verdict[:_SENTENCES]):
            lines = textwrap.wrap(f"{side.letter}{i + 1}. {sentence}", _CHARACTERS, subsequent_indent="      ")
            for line in lines:
                page.text(row, LABEL, line)
                row += 1
    return row


def _charts(page: Page, sides: Sequence[Side], row: int) -> None:
    paths = [
        ("dscr", "Coverage of the period", [side.analysis.dscr for side in sides], '0.00"x"',
         "The coverage of every period, a line a deal; where it lies below 1.00x the cash does not pay the debt."),
        ("ltv_adjusted", "Loan to market value", [side.analysis.ltv_adjusted for side in sides], "0%",
         "Loan to market value on every date, a line a deal; above 100 % the debt is under water."),
    ]  # fmt: skip
    wide = min(_WIDEST, sum(int(7 * width + 5) * (last - first + 1) for first, last, width in page.widths))
    page.print.row_breaks.append(row)
    row += 1
    for key, title, values, form, told in paths:
        if all(np.isnan(row_of).all() for row_of in values):
            continue
        drawing = partial(_lines, sides=sides, key=key, title=title, values=values, form=form)
        page.charts.append(Chart(row, LABEL, drawing, told, wide, _HIGH))
        row = page.charts[-1].last_row + 2


def _lines(
    book: Any, layout: Layout, sides: Sequence[Side], key: str, title: str, values: Sequence[Floats], form: str
) -> Any:
    """Draw one ratio of every deal over its dates."""
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    unnamed, drawn = [], 0
    for side, row, (color, dash) in zip(sides, values, _LOOKS, strict=False):
        for i, (first, last) in enumerate(stretches(row)):
            if i:
                unnamed.append(drawn)
            line = Line(path_key(side, key), f"{side.letter}: {_name(side)}", color, dash, dates=path_key(side, "date"))
            plotted(chart, layout, line, first, last)
            drawn += 1
    chart.set_title(titled(title))
    dates = np.concatenate([to_serial(side.analysis.dates) for side in sides])
    first_day, last_day = float(dates.min()), float(dates.max())
    chart.set_x_axis(dated_axis(first_day, last_day, 8))
    chart.set_y_axis({"num_format": form, "num_font": FONT, "major_gridlines": GRID})
    chart.set_legend({"position": "bottom", "font": FONT, "delete_series": unnamed})
    return chart
