"""What held: one debt and its cash under a rigid schedule, a contingent one, venture's and a utility's terms."""

from typing import Final

import numpy as np

from xlmodel.deal.structures import Structure, structures
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import BLACK, GREEN, NAVY, ORANGE, RED
from xlmodel.workbook.comparison.side import Side
from xlmodel.workbook.grid import CLOSING, FIRST, LABEL, UNIT, Grid
from xlmodel.workbook.loan_charts import flow_chart
from xlmodel.workbook.panel import beside
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED

_TITLE: Final = "Owed under each set of terms, against the value of the hardware"
_LOOKS: Final = ((NAVY, "solid"), (GREEN, "dash"), (RED, "round_dot"), (ORANGE, "long_dash"))


def held(page: Page, side: Side) -> None:
    """Write the sheet of one deal."""
    analysis = side.analysis
    found = structures(analysis)
    grid = Grid(page, analysis.dates.size, f"What held: {analysis.deal.name}",
                "The same debt, rate and cash in one tranche under four sets of terms. Payments are xlmodel's own "
                "numbers; the outcomes are formulas over them.")  # fmt: skip
    _head(grid, side)
    top = grid.next_row + 2
    for i, structure in enumerate(found):
        _outcome(grid, side, i, structure)
    months = round(12 * float(analysis.timeline.years[-1]))
    beside(
        grid,
        lambda book, layout: flow_chart(book, layout, _lines(side, found), _TITLE, months, "path", _key(side, "date")),
        "What is owed under each of the four sets of terms, overdue amounts included, against the market value of the "
        "hardware: a line above it is under water.",
        top,
    )
    for i, structure in enumerate(found):
        _paths(grid, side, i, structure)
    grid.section("For comparison")
    grid.row(_key(side, "cash"), "CFADS", "USD m", side.of("={cfads}"), "money")
    grid.row(_key(side, "worth"), "Market value of the hardware", "USD m", side.of("={economic}"),
             "money", closing=True, closing_formula=side.of("={economic|closing}"))  # fmt: skip
    grid.finish()


def _key(side: Side, name: str) -> str:
    return f"held.{side.letter}.{name}"


def _head(grid: Grid, side: Side) -> None:
    """Write the dates, linked to those of the deal."""
    page, row, _analysis = grid.page, grid.next_row, side.analysis
    for offset, words in enumerate((("Period ending", "Unit", "Total"), ("Period", "number", ""))):
        for column, text in enumerate(words):
            page.text(row + offset, column, text, ("head", "head unit", "head right")[column])
    page.across(row, CLOSING, side.of("={date}"), grid.periods + 1, "head period")
    page.across(row + 1, CLOSING, side.of("={period}"), grid.periods + 1, "head plain")
    page.name_row(_key(side, "date"), row, grid.columns)
    page.freeze = (row + 2, FIRST)
    page.print.repeat_rows = (row, row + 1)
    grid.next_row = row + 2


def _outcome(grid: Grid, side: Side, i: int, found: Structure) -> None:
    """Write what became of one structure."""
    key = _key(side, str(i))
    overdue, owed, flow = (f"{{{key}.{part}|{where}}}" for part, where in (
        ("overdue", "all"), ("owed", "last"), ("lender", "path"),
    ))  # fmt: skip
    date = f"{{{_key(side, 'date')}|all}}"
    grid.section(f"{found.name}: {found.terms}")
    _late, _left = found.paid.overdue / MILLION, float(_owed(found)[-1]) / MILLION
    # To the dollar: less is rounding.
    digits = side.of("{checks.digits}")
    none = f"ROUND(MAX({overdue}),{digits})=0"
    grid.scalar(f"{key}.held", "Held: all paid when due, nothing left owed", "",
                f'=IF(AND({none},ROUND({owed},{digits})=0),"held","failed")', "word")  # fmt: skip
    row = grid.next_row - 1
    for word, style in (("held", "pass"), ("failed", "fail")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}
        grid.page.rules.append((row, CLOSING, row, CLOSING, rule))
    missed = f"INDEX({date},MATCH(1,INDEX((ROUND({overdue},{digits})>0)*1,0),0))"
    grid.scalar(f"{key}.first", "First payment missed on", "date", f'=IF({none},"{UNDEFINED}",{missed})', "date")
    grid.scalar(f"{key}.most", "Most that is overdue", "USD m", f"=MAX({overdue})", "money")
    grid.scalar(f"{key}.left", "Owed at the end", "USD m", f"={owed}", "money")
    ratios = f"{{{key}.dscr|all}}"
    grid.scalar(f"{key}.lowest", "Lowest DSCR on what falls due", "x",
                f'=IF(COUNT({ratios})=0,"{UNDEFINED}",MIN({ratios}))', "multiple")  # fmt: skip
    grid.scalar(f"{key}.multiple", "Received by the lender over what it lent", "x",
                f'=-SUMIF({flow},">0")/SUMIF({flow},"<0")', "multiple")  # fmt: skip


def _owed(found: Structure) -> Floats:
    """Principal and overdue interest after each payment."""
    return np.asarray(np.sum([t.closing + t.interest_overdue for t in found.paid.tranches], axis=0))


def _paths(grid: Grid, side: Side, i: int, found: Structure) -> None:
    """Write the payments of one structure by period, and the coverage of what falls due."""
    key, lent = _key(side, str(i)), float(side.analysis.debt.opening[0])
    grid.section(found.name)
    received = np.asarray(np.sum([t.received for t in found.paid.tranches], axis=0))
    rows = (
        ("due", "Falls due by the schedule", found.due, None),
        ("lender", "Received by the lender, lent at closing", received, -lent),
        ("overdue", "Overdue", found.paid.overdue, None),
        ("owed", "Owed after the payment, overdue interest included", _owed(found), lent),
    )
    for part, name, values, at_closing in rows:
        _pasted(grid, f"{key}.{part}", name, values / MILLION, None if at_closing is None else at_closing / MILLION)
    cash = side.of("{cfads}")
    grid.row(f"{key}.dscr", "DSCR on what falls due", "x", f'=IF({{{key}.due}}>0,{cash}/{{{key}.due}},"{UNDEFINED}")',
             "multiple", weight="key")  # fmt: skip


def _pasted(grid: Grid, key: str, label: str, values: Floats, closing: float | None) -> None:
    """Write a row of xlmodel's own numbers."""
    page, row = grid.page, grid.next_row
    page.text(row, LABEL, label, "label")
    page.text(row, UNIT, "USD m", "unit")
    page.name_row(key, row, grid.columns)
    if closing is not None:
        page.number(row, CLOSING, closing, "pasted money")
    for k, value in enumerate(values.tolist()):
        page.number(row, FIRST + k, value, "pasted money")
    grid.next_row += 1


def _lines(side: Side, found: tuple[Structure, ...]) -> list[tuple[str, str, str, str]]:
    """What is owed under each structure, and what the hardware is worth."""
    owed = [(_key(side, f"{i}.owed"), one.name, *look) for i, (one, look) in enumerate(zip(found, _LOOKS, strict=True))]
    return [*owed, (_key(side, "worth"), "Market value of the hardware", BLACK, "square_dot")]
