"""The Sources and uses sheet: what is paid at closing and with whose money, and the cash of one period step by step."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.terms.returns import Financed
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import bridge_chart
from xlmodel.workbook.panel import TIE
from xlmodel.workbook.sheet import Chart, Page
from xlmodel.workbook.timeline.debt import hedged
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.waterfall.rows import clean

LABEL, AMOUNT, SHARE, UNIT, BASE, VALUE, LOSS = range(7)
LEFT = SHARE
_WIDTHS: Final = (52.0, 14.0, 14.0, 16.0, 16.0, 14.0, 14.0)
_CHART: Final = (930, 320)


def sources_and_uses(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with a financing."""
    found = analysis.financing
    assert found is not None  # noqa: S101  a financing is wanted
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = LOSS
    page.print.portrait = True
    page.text(0, LABEL, f"Sources and uses: {analysis.deal.name}", "title")
    page.text(1, LABEL, "At closing; equity is what the other sources leave open. Below, who gets the cash of one "
              "period.", "note")  # fmt: skip
    uses, sources = _uses(analysis, found), _sources(analysis, found)
    row = _block(page, analysis, 3, "Uses", "uses", uses)
    row = _block(page, analysis, row + 1, "Sources", "sources", sources)
    _one_period(page, analysis, found, row + 1)


Line = tuple[str, str, str, float]
"""Of each line: the key, what it is called, its formula without the sign =, and the engine's value in USD."""


def _uses(analysis: Analysis, found: Financed) -> list[Line]:
    terms = analysis.deal.financing
    assert terms is not None  # noqa: S101  a financing is wanted
    lines = [
        (f"su.asset{i}", asset.name, f"{{assets[{i}].cost}}", asset.cost.value)
        for i, asset in enumerate(analysis.deal.assets)
    ]
    lent = "{balance|closing}"
    if terms.reserve_months is not None:
        lines.append(("su.reserve", "Debt service reserve", "{wf.target|closing}", found.reserve))
    if terms.upfront_fee is not None:
        lines.append(("su.fee", "Upfront fee", f"{{financing.upfront_fee}}*{lent}", found.fee))
    if terms.discount is not None:
        lines.append(("su.discount", "Issue discount: lent, not paid out", f"{{financing.discount}}*{lent}",
                      found.discount))  # fmt: skip
    return lines


def _sources(analysis: Analysis, found: Financed) -> list[Line]:
    lines = [
        (f"su.debt{i}", described.name, f"{{debt{i}.balance|closing}}", described.amount.value)
        for i, described in enumerate(analysis.deal.debt)
    ]
    if found.prepaid:
        lines.append(("su.prepaid", "Prepaid by the customer", "{financing.prepaid}", found.prepaid))
    others = "-".join(f"{{{key}}}" for key, *_ in lines)
    return [*lines, ("su.equity", "Equity", f"{{su.uses}}-{others}", found.equity)]


def _block(page: Page, analysis: Analysis, row: int, title: str, key: str, lines: list[Line]) -> int:
    """Write lines and their sum; return the row after."""
    units = sum(asset.units.value for asset in analysis.deal.assets)
    heads = (title, "USD m", "Share", "USD a unit" if units > 1 else "")
    for column, head in enumerate(heads):
        page.text(row, column, head, "head" if column == LABEL else "head right")
    total = sum(value for *_, value in lines)
    fleet = "+".join(f"{{assets[{i}].units}}" for i in range(len(analysis.deal.assets)))
    summed = "+".join(f"{{{name}}}" for name, *_ in lines)
    rows = [*lines, (f"su.{key}", f"{title} together", summed, total)]
    for name, label, formula, value in rows:
        row += 1
        weight = "strong" if name == f"su.{key}" else "calc"
        page.text(row, LABEL, label, "strong label" if weight == "strong" else "label")
        page.formula(row, AMOUNT, f"={formula}", f"{weight} money", name)
        page.formula(row, SHARE, f"={{{name}}}/{{su.{key}}}", f"{weight} percent")
        if units > 1:
            page.formula(row, UNIT, f"={{{name}}}/({fleet})*{{million}}", f"{weight} count")  # fmt: skip
    return row + 1


def _one_period(page: Page, analysis: Analysis, found: Financed, row: int) -> None:
    """Write the cash of a period that may be typed, each payment as a step of the chart."""
    paid, count = found.paid, analysis.dates.size
    ratio = paid.dscr
    lowest = 0.0 if np.isnan(ratio).all() else float(np.nanmin(ratio))
    # Of ratios that differ by rounding alone the first is shown, in every engine.
    at = 0 if np.isnan(ratio).all() else int(np.argmax(ratio <= lowest + TIE * abs(lowest)))
    page.text(row, LABEL, "Period shown: lowest coverage, or type another")
    found_at = "MATCH(1,INDEX(({wf.dscr|all}<=MIN({wf.dscr|all})+{tie}*ABS(MIN({wf.dscr|all})))*1,0),0)"
    page.formula(row, AMOUNT, f"=IF(COUNT({{wf.dscr|all}})=0,1,{found_at})", "input count", "su.period")
    page.choices.append((row, AMOUNT, {
        "validate": "integer", "criteria": "between", "minimum": 1, "maximum": count,
        "error_title": "Out of range", "error_message": f"The deal has periods 1 to {count}.",
    }))  # fmt: skip
    page.formula(row, SHARE, "=INDEX({date|all},{su.period})", "calc date")
    row += 1
    for column, head in enumerate(("Cash of the period", "USD m", "Left", "", "Base of column", "Value", "Paid")):
        page.text(row, column, head, "head" if column == LABEL else "head right")
    first = row + 1
    keys = ["wf.there", "wf.drawn", "wf.released"]
    there = sum(float(x[at]) for x in (paid.opening_cash, np.maximum(paid.cfads, 0.0), paid.reserves[0].drawn,
                                       paid.reserves[0].released, paid.hedge_received, paid.equity))  # fmt: skip
    formula = "+".join(f"INDEX({{{key}|all}},{{su.period}})" for key in keys)
    whole = left = there / MILLION
    before = "su.step0"
    page.text(first, LABEL, "Cash there is")
    page.formula(first, AMOUNT, f"={formula}", "calc money", "su.step0.paid")
    page.formula(first, LEFT, "={su.step0.paid}", "calc money", "su.step0.left")
    _column(page, first, "0", 0.0, "{su.step0.paid}", left, "0", 0.0)
    row = first
    for n, (key, label, value) in enumerate(_steps(analysis, found, at), 1):
        row += 1
        name = f"su.step{n}"
        left = left - value if left - value > TIE * whole else 0.0
        page.text(row, LABEL, label)
        page.formula(row, AMOUNT, f"=INDEX({{{key}|all}},{{su.period}})", "calc money", f"{name}.paid")
        rest = f"{{{before}.left}}-{{{name}.paid}}"
        page.formula(row, LEFT, f"=IF({rest}<={{tie}}*{{su.step0.paid}},0,{rest})", "calc money", f"{name}.left")
        _column(page, row, f"{{{name}.left}}", left, "0", 0.0, f"{{{name}.paid}}", value)
        before = name
    row += 1
    kept = float(paid.cash[at]) / MILLION
    page.text(row, LABEL, "Left on the account", "strong label")
    page.formula(row, AMOUNT, "=INDEX({wf.cash|all},{su.period})", "strong money", "su.last.paid")
    _column(page, row, "0", 0.0, "{su.last.paid}", kept, "0", 0.0)
    for key, column in (("label", LABEL), ("base", BASE), ("value", VALUE), ("loss", LOSS)):
        page.name_block(f"su.bridge.{key}", first, row, column)
    page.charts.append(Chart(
        row + 2, LABEL, lambda book, layout: bridge_chart(book, layout, "Who gets the cash of the period", "su.bridge"),
        "Columns from the cash there is, down over each payment in its order, to what is left on the account.",
        *_CHART,
    ))  # fmt: skip


def _steps(analysis: Analysis, found: Financed, at: int) -> list[tuple[str, str, float]]:
    """Return the payments of a period in their order: the key of their row, a short name, USD m."""
    paid, terms = found.paid, analysis.deal.financing
    assert terms is not None  # noqa: S101  a financing is wanted
    ranks = sorted({debt.rank for debt in analysis.deal.debt})
    steps: list[tuple[str, str, Floats]] = [("wf.costs", "Costs", paid.operating_paid)]
    if terms.agency_fee is not None:
        steps.append(("wf.fees", "Agent", paid.fees_paid))
    for rank in ranks:
        of = f", rank {rank}" if len(ranks) > 1 else ""
        lines = [t for t, debt in zip(paid.tranches, analysis.deal.debt, strict=True) if debt.rank == rank]
        swap = hedged(analysis) and rank == ranks[0]
        interest = _sum([t.interest_paid for t in lines]) + (paid.hedge_paid if swap else 0.0)
        steps.append((f"wf.r{rank}.interest", f"{'Swap, interest' if swap else 'Interest'}{of}", interest))
        steps.append((f"wf.r{rank}.principal", f"Principal{of}", _sum([t.principal_paid for t in lines])))
        if rank == ranks[0]:
            steps.append(("wf.filled", "Reserve", clean(paid.reserves[0].filled, paid.reserves[0].target)))
    if terms.sweeps:
        steps.append(("wf.swept", "Sweep", _sum([t.swept for t in paid.tranches])))
    steps.append(("wf.distribution", "Equity", paid.distribution))
    return [(key, label, float(values[at]) / MILLION) for key, label, values in steps]


def _column(page: Page, row: int, base: str, at: float, value: str, worth: float, loss: str, lost: float) -> None:
    """Write the three stacked parts of one column of the chart."""
    page.formula(row, BASE, f"={base}", "calc money")
    page.formula(row, VALUE, f"={value}", "calc money")
    page.formula(row, LOSS, f"={loss}", "calc money")


def _sum(parts: list[Floats]) -> Floats:
    return np.asarray(np.sum(parts, axis=0))
