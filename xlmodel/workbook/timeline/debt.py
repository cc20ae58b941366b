"""Rows of the timeline: every tranche by its schedule, and all of them as the waterfall pays them."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Debt
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.timeline.dates import period_share

SERVICE_AFTER: Final = "Debt service after the swap"


def hedged(analysis: Analysis) -> bool:
    """Whether what a swap settles is part of the debt service."""
    return analysis.swap is not None


def debt(grid: Grid, analysis: Analysis) -> None:
    """Write the schedule of every tranche, and what is outstanding, due and paid of all of them."""
    for i, described in enumerate(analysis.deal.debt):
        grid.section(f"Debt by its schedule: {described.name}")
        _tranche(grid, analysis, i, described)
    count = range(len(analysis.deal.debt))
    grid.section("All debt, as the waterfall pays it")
    paid = [f"{{wf{i}.principal_paid}}" for i in count]
    if "wf.swept" in _swept(analysis):
        paid.append("{wf.swept}")
    if "wf.cure_prepaid" in _swept(analysis):
        paid.append("{wf.cure_prepaid}")
    grid.row("interest", "Interest accrued", "USD m", "=" + "+".join(f"{{wf{i}.interest}}" for i in count), "money",
             total=True)  # fmt: skip
    grid.row("principal", "Principal paid", "USD m", "=" + "+".join(paid), "money", total=True)
    grid.row("service", SERVICE_AFTER if hedged(analysis) else "Scheduled debt service", "USD m", "={wf.service}",
             "money", weight="strong", total=True)  # fmt: skip
    grid.row("late", "Past due", "USD m", "={wf.debt_late}", "money")
    at_closing = "+".join(f"{{debt{i}.balance|closing}}" for i in count)
    grid.row("balance", "Outstanding balance", "USD m", "={wf.outstanding}", "money", weight="strong", closing=True,
             closing_formula=f"={at_closing}")  # fmt: skip


def _swept(analysis: Analysis) -> list[str]:
    """The rows of what prepays debt."""
    deal = analysis.deal
    words = {word for c in deal.covenants for word in (*c.on_lockup, *c.on_default)}
    found = []
    if (deal.financing is not None and deal.financing.sweeps) or words & {"sweep", "cash_dominion"}:
        found.append("wf.swept")
    if any(c.cured and c.cure is not None and c.cure.counts_as == "prepayment" for c in deal.covenants):
        found.append("wf.cure_prepaid")
    return found


def _tranche(grid: Grid, analysis: Analysis, i: int, described: Debt) -> None:
    path, key = f"debt[{i}]", f"debt{i}"
    counted = period_share(described.day_count)
    grid.row(f"{key}.accrual", f"Interest accrues over, {described.day_count}", "years", f"={counted}", "years")
    annual = _annual(grid, path, key, described)
    grid.row(f"{key}.rate", "Period interest rate", "%", f"={annual}*{{{key}.accrual}}", "rate long")
    if described.maturity is not None:
        grid.scalar(f"{key}.payments", "Remaining payments", "periods",
                    f"=SUMPRODUCT(--({{date|all}}<={{{path}.maturity}}))", "count")  # fmt: skip
    special = described.grace is not None or described.pik is not None
    if special:
        _pays(grid, path, key, described)
    grid.row(f"{key}.opening", "Opening balance", "USD m", f"={{{key}.balance|prev}}", "money")
    drawn = "+".join(
        f"IF({{date}}={{{path}.draws[{j}].date}},{{{path}.draws[{j}].amount}},0)" for j in range(len(described.draws))
    )
    grid.row(
        f"{key}.draw", "Drawn", "USD m", f"={drawn or 0}", "money", total=True,
        total_formula=f"={{{key}.draw|closing}}+SUM({{{key}.draw|all}})", closing=True,
        closing_formula=f"={{{path}.amount}}",
    )  # fmt: skip
    if described.draws:
        grid.row(f"{key}.undrawn", "Undrawn", "USD m",
                 f"=SUMPRODUCT(({{period|all}}>={{period}})*{{{key}.draw|all}})", "money")  # fmt: skip
    grid.row(f"{key}.interest", "Interest", "USD m", f"={{{key}.opening}}*{{{key}.rate}}", "money", total=True)
    added = ""
    if special:
        grid.row(f"{key}.capitalised", "Interest added to the debt", "USD m", f"={{{key}.pik}}*{{{key}.interest}}",
                 "money", total=True)  # fmt: skip
        added = f"+{{{key}.capitalised}}"
    payment = _payment(grid, path, key, described, special=special or bool(described.draws))
    grid.row(f"{key}.principal", "Principal", "USD m", _principal(analysis, path, key, described, payment, added),
             "money", total=True)  # fmt: skip
    less = f"-{{{key}.capitalised}}" if special else ""
    grid.row(f"{key}.service", "Debt service", "USD m", f"={{{key}.interest}}{less}+{{{key}.principal}}", "money",
             total=True)  # fmt: skip
    grid.row(
        f"{key}.balance", "Closing balance", "USD m",
        f"={{{key}.opening}}+{{{key}.draw}}{added}-{{{key}.principal}}", "money", weight="strong", closing=True,
        closing_formula=f"={{{key}.draw|closing}}",
    )  # fmt: skip


def _annual(grid: Grid, path: str, key: str, described: Debt) -> str:
    """The annual rate of a period: what holds when it begins."""
    own = "rate" if described.rate is not None else "margin"
    added = f"{{{path}.{own}}}"
    for j in range(len(described.steps)):
        added = f"IF({{date|prev}}>={{{path}.steps[{j}].date}},{{{path}.steps[{j}].margin}},{added})"
    if described.rate is not None:
        return added
    base = f"{{{path}.index}}" if not described.curve else f"{{{path}.curve[0].rate}}"
    for j in range(1, len(described.curve)):
        base = f"IF({{date|prev}}>={{{path}.curve[{j}].date}},{{{path}.curve[{j}].rate}},{base})"
    if described.curve:
        grid.row(f"{key}.base", "Base rate", "% a year", f"={base}", "rate")
        base = f"{{{key}.base}}"
    if described.floor is not None:
        base = f"MAX({base},{{{path}.floor}})"
    return f"({base}+{added})"


def _pays(grid: Grid, path: str, key: str, described: Debt) -> None:
    """Write the share of the interest that is added to the debt, and whether principal is paid."""
    share = "0" if described.pik is None else f"{{{path}.pik}}"
    if described.pik_until is not None:
        share = f"IF({{date}}<={{{path}.pik_until}},{share},0)"
    grace = "FALSE" if described.grace is None else (
        f"{{years|prev}}*{{months_per_year}}<{{{path}.grace}}-{{checks.tolerance}}"
    )  # fmt: skip
    if described.grace_interest == "capitalised":
        share = f"IF({grace},1,{share})"
    grid.row(f"{key}.pik", "Share of the interest added to the debt", "%", f"={share}", "percent")
    grid.row(f"{key}.pays", "Principal is paid", "1 or 0",
             f"=IF(OR({{period}}>={_end(key, described)},AND(NOT({grace}),{{{key}.pik}}=0)),1,0)", "count")  # fmt: skip


def _payment(grid: Grid, path: str, key: str, described: Debt, *, special: bool) -> str:
    """Write what a level payment is worked out from; return where the payment stands, or nothing."""
    if described.amortisation == "payment":
        return f"{{{path}.payment}}"
    if described.amortisation not in ("level", "sculpted"):
        return ""
    end = _end(key, described)
    growth = f"{{{key}.rate}}"
    if described.grace is not None or described.pik is not None:
        growth = f"IF({{{key}.pays}}=1,{growth},{{{key}.pik}}*{growth})"
    inside = f"({{period|all}}<={end})"
    grid.row(
        f"{key}.factor", "Value at closing of 1 paid now", "factor", f"={{{key}.factor|prev}}/(1+{growth})", "factor",
        closing=True, closing_formula=f"={{{path}.amount}}/{{{path}.amount}}", total=True,
        total_formula=f"=SUMPRODUCT({{{key}.factor|all}}*{inside})" if described.maturity is not None else "",
    )  # fmt: skip
    less = "" if described.balloon is None else f"-{{{path}.balloon}}*INDEX({{{key}.factor|all}},{end})"
    if described.amortisation == "sculpted":
        return f"({{{path}.amount}}{less})"
    if described.amortises_over is not None:
        last = f"INDEX({{{key}.rate|all}},{end})"
        more = f"(ROUND({{{path}.amortises_over}}*{{periods_per_year}}/{{months_per_year}},0)-{end})"
        beyond = f"IF({last}=0,{more},(1-(1+{last})^(-{more}))/{last})"
        value = f"({{{key}.factor|total}}+INDEX({{{key}.factor|all}},{end})*{beyond})"
        grid.row(f"{key}.level", "Level payment over the longer amortization", "USD m", f"={{{path}.amount}}/{value}",
                 "money")  # fmt: skip
    elif special:
        ahead = f"({{period|all}}>={{period}})*{inside}*{{{key}.factor|all}}"
        if described.grace is not None or described.pik is not None:
            ahead += f"*{{{key}.pays|all}}"
        lump = "" if described.balloon is None else (
            f"-{{{path}.balloon}}*INDEX({{{key}.factor|all}},{end})/{{{key}.factor|prev}}"
        )  # fmt: skip
        grid.row(f"{key}.level", "Level payment", "USD m",
                 f"=IF({{period}}<={end},({{{key}.opening}}{lump})*{{{key}.factor|prev}}/SUMPRODUCT({ahead}),0)",
                 "money")  # fmt: skip
    else:
        grid.row(
            f"{key}.level", "Level payment", "USD m", f"=({{{path}.amount}}{less})/{{{key}.factor|total}}", "money"
        )
    return f"{{{key}.level}}"


def _end(key: str, described: Debt) -> str:
    """The period of the last payment."""
    return "{period|last}" if described.maturity is None else f"{{{key}.payments|closing}}"


def _principal(analysis: Analysis, path: str, key: str, described: Debt, payment: str, added: str) -> str:
    """The principal of a period; the last one always takes the balance to exactly 0."""
    opening, end = f"{{{key}.opening}}", _end(key, described)
    if described.amortisation == "sculpted":
        cash = "pre_tax" if analysis.tax is not None else "cfads"
        worth = f"SUMPRODUCT({{{cash}|all}}*{{{key}.factor|all}}*({{period|all}}<={end}))"
        ordinary = f"MAX(0,MIN({opening},{{{cash}}}*{payment}/{worth}-{{{key}.interest}}))"
    elif payment:
        ordinary = f"MAX(0,MIN({opening},{payment}-{{{key}.interest}}))"
    elif described.amortisation == "straight":
        lump = "" if described.balloon is None else f"-{{{path}.balloon}}"
        left = f"({end}-{{period}}+1)"
        if added:
            left = f"SUMPRODUCT(({{period|all}}>={{period}})*({{period|all}}<={end})*{{{key}.pays|all}})"
        ordinary = f"({opening}{lump})/{left}"
    elif described.amortisation == "custom":
        listed = f"{{{path}.principal|all}}"
        # Its share of what is owed over what is left of the list, so that the last one repays to the last bit.
        ordinary = (
            f"IF({{period}}>ROWS({listed}),0,{opening}*INDEX({listed},MIN({{period}},ROWS({listed})))"
            f"/SUM(INDEX({listed},MIN({{period}},ROWS({listed}))):INDEX({listed},ROWS({listed}))))"
        )
    else:
        ordinary = "0"
    if added:
        ordinary = f"IF({{{key}.pays}}=1,{ordinary},0)"
    return f"=IF({{period}}>{end},0,IF({{period}}={end},{opening}{added},{ordinary}))"
