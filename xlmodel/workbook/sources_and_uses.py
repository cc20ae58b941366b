"""The Sources and uses sheet: what is paid at closing and with whose money, and the cash of one period step by step."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Financing
from xlmodel.deal.terms.contracts import paid_in
from xlmodel.workbook.charts import bridge_chart
from xlmodel.workbook.sheet import Chart, Page
from xlmodel.workbook.waterfall.rows import Asked

LABEL, AMOUNT, SHARE, UNIT, BASE, VALUE, LOSS = range(7)
LEFT = SHARE
_WIDTHS: Final = (52.0, 14.0, 14.0, 16.0, 16.0, 14.0, 14.0)
_CHART: Final = (930, 320)


def sources_and_uses(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with a financing."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = LOSS
    page.print.portrait = True
    page.text(0, LABEL, f"Sources and uses: {analysis.deal.name}", "title")
    page.text(1, LABEL, "At closing; equity is what the other sources leave open. Below, who gets the cash of one "
              "period.", "note")  # fmt: skip
    uses, sources = _uses(analysis), _sources(analysis)
    row = _block(page, analysis, 3, "Uses", "uses", uses)
    row = _block(page, analysis, row + 1, "Sources", "sources", sources)
    _one_period(page, analysis, row + 1)


Line = tuple[str, str, str]
"""Of each line: the key, what it is called, and its formula without the sign =."""


def _uses(analysis: Analysis) -> list[Line]:
    terms = analysis.deal.financing
    assert terms is not None  # noqa: S101  a financing is wanted
    lines = [(f"su.asset{i}", asset.name, f"{{assets[{i}].cost}}") for i, asset in enumerate(analysis.deal.assets)]
    later = [
        f"{{debt[{i}].draws[{j}].amount}}"
        for i, described in enumerate(analysis.deal.debt)
        for j in range(len(described.draws))
    ]
    if later:
        lines.append(("su.later", "Less hardware that later draws pay for", f"-({'+'.join(later)})"))
    lent = "{balance|closing}"
    if terms.reserve_months is not None:
        lines.append(("su.reserve", "Debt service reserve", "{wf.target|closing}"))
    if terms.upfront_fee is not None:
        whole = "+".join([lent, *later])
        lines.append(("su.fee", "Upfront fee", f"{{financing.upfront_fee}}*({whole})"))
    if terms.discount is not None:
        lines.append(("su.discount", "Issue discount: lent, not paid out", f"{{financing.discount}}*{lent}"))
    return lines


def _sources(analysis: Analysis) -> list[Line]:
    deal = analysis.deal
    lines = [(f"su.debt{i}", described.name, f"{{debt{i}.balance|closing}}") for i, described in enumerate(deal.debt)]
    ahead = [
        f"{{contracts[{i}].prepayment.amount}}"
        for i, contract in enumerate(deal.contracts)
        if contract.prepayment is not None and paid_in(contract, analysis.timeline) is None
    ]
    if deal.cash is not None and deal.financing is not None and deal.financing.prepaid is not None:
        ahead = ["{financing.prepaid}"]
    if ahead:
        lines.append(("su.prepaid", "Customer prepayment", "+".join(ahead)))
    others = "-".join(f"{{{key}}}" for key, *_ in lines)
    return [*lines, ("su.equity", "Equity", f"{{su.uses}}-{others}")]


def _block(page: Page, analysis: Analysis, row: int, title: str, key: str, lines: list[Line]) -> int:
    """Write lines and their sum; return the row after."""
    units = sum(asset.units.value for asset in analysis.deal.assets)
    heads = (title, "USD m", "Share", "USD a unit" if units > 1 else "")
    for column, head in enumerate(heads):
        page.text(row, column, head, "head" if column == LABEL else "head right")
    fleet = "+".join(f"{{assets[{i}].units}}" for i in range(len(analysis.deal.assets)))
    summed = "+".join(f"{{{name}}}" for name, *_ in lines)
    rows = [*lines, (f"su.{key}", f"Total {title.lower()}", summed)]
    for name, label, formula in rows:
        row += 1
        weight = "strong" if name == f"su.{key}" else "calc"
        page.text(row, LABEL, label, "strong label" if weight == "strong" else "label")
        page.formula(row, AMOUNT, f"={formula}", f"{weight} money", name)
        page.formula(row, SHARE, f"={{{name}}}/{{su.{key}}}", f"{weight} percent")
        if units > 1:
            page.formula(row, UNIT, f"={{{name}}}/({fleet})*{{million}}", f"{weight} count")  # fmt: skip
    return row + 1


def _one_period(page: Page, analysis: Analysis, row: int) -> None:
    """Write the cash of a period that may be typed, each payment as a step of the chart."""
    count = analysis.dates.size
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
    formula = "+".join(f"INDEX({{{key}|all}},{{su.period}})" for key in keys)
    before = "su.step0"
    page.text(first, LABEL, "Cash available")
    page.formula(first, AMOUNT, f"={formula}", "calc money", "su.step0.paid")
    page.formula(first, LEFT, "={su.step0.paid}", "calc money", "su.step0.left")
    _column(page, first, "0", "{su.step0.paid}", "0")
    row = first
    for n, (key, label) in enumerate(_steps(analysis), 1):
        row += 1
        name = f"su.step{n}"
        page.text(row, LABEL, label)
        page.formula(row, AMOUNT, f"=INDEX({{{key}|all}},{{su.period}})", "calc money", f"{name}.paid")
        rest = f"{{{before}.left}}-{{{name}.paid}}"
        page.formula(row, LEFT, f"=IF({rest}<={{tie}}*{{su.step0.paid}},0,{rest})", "calc money", f"{name}.left")
        _column(page, row, f"{{{name}.left}}", "0", f"{{{name}.paid}}")
        before = name
    row += 1
    page.text(row, LABEL, "Left on the account", "strong label")
    page.formula(row, AMOUNT, "=INDEX({wf.cash|all},{su.period})", "strong money", "su.last.paid")
    _column(page, row, "0", "{su.last.paid}", "0")
    for key, column in (("label", LABEL), ("base", BASE), ("value", VALUE), ("loss", LOSS)):
        page.name_block(f"su.bridge.{key}", first, row, column)
    page.charts.append(Chart(
        row + 2, LABEL, lambda book, layout: bridge_chart(book, layout, "Who gets the cash of the period", "su.bridge"),
        "Columns from the cash there is, down over each payment in its order, to what is left on the account.",
        *_CHART,
    ))  # fmt: skip


def _steps(analysis: Analysis) -> list[tuple[str, str]]:
    """Return the payments of a period in their order: the key of their row, and a short name."""
    paying = Asked(analysis, analysis.deal.financing or Financing())
    ranks, steps = paying.ranks, [("wf.costs", "Costs")]
    if paying.fees:
        steps.append(("wf.fees", "Fees"))
    for rank in ranks:
        of = f", rank {rank}" if len(ranks) > 1 else ""
        swap = paying.hedged and rank == ranks[0]
        steps.append((f"wf.r{rank}.interest", f"{'Swap, interest' if swap else 'Interest'}{of}"))
        steps.append((f"wf.r{rank}.principal", f"Principal{of}"))
        if rank == ranks[0]:
            steps.append(("wf.filled", "DSRA"))
    if paying.sweeps:
        steps.append(("wf.swept", "Sweep"))
    return [*steps, ("wf.distribution", "Equity")]


def _column(page: Page, row: int, base: str, value: str, loss: str) -> None:
    """Write the three stacked parts of one column of the chart."""
    page.formula(row, BASE, f"={base}", "calc money")
    page.formula(row, VALUE, f"={value}", "calc money")
    page.formula(row, LOSS, f"={loss}", "calc money")
