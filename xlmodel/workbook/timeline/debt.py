"""Rows of the timeline: every tranche as a corkscrew, and all of them together."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Debt
from xlmodel.deal.terms.tranche import Tranche
from xlmodel.maths.day_counts import accrual_factors
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.timeline.dates import period_share
from xlmodel.workbook.units import MILLION

SERVICE_AFTER: Final = "Debt service after the swap"


def hedged(analysis: Analysis) -> bool:
    """Whether what a swap settles is part of the debt service."""
    return analysis.rates is not None and analysis.rates.swap is not None


def debt(grid: Grid, analysis: Analysis) -> None:
    """Write the tranches, and their sum where there are several."""
    for i, (described, tranche) in enumerate(zip(analysis.deal.debt, analysis.tranches, strict=True)):
        grid.section(f"Debt: {described.name}")
        _tranche(grid, analysis, i, described, tranche)
    grid.section("All debt")
    everything, after = analysis.debt, hedged(analysis)
    for key, label, values, total in (
        ("interest", "Interest", everything.interest, True),
        ("principal", "Principal", everything.principal, True),
        ("service", SERVICE_AFTER if after else "Debt service", analysis.debt_service, True),
        ("balance", "Owed after the payment", everything.closing, False),
    ):
        formula = "+".join(f"{{debt{i}.{key}}}" for i in range(len(analysis.tranches)))
        if key == "service" and after:
            formula = f"MAX({formula}-{{rates.settlement}},0)"
        at_closing = [f"{{debt{i}.balance|closing}}" for i in range(len(analysis.tranches))]
        grid.row(
            key, label, "USD m", f"={formula}", (values / MILLION).tolist(), "money",
            weight="strong" if key in ("service", "balance") else "calc",
            total=float(values.sum()) / MILLION if total else None,
            closing=float(everything.opening[0]) / MILLION if key == "balance" else None,
            closing_formula="=" + "+".join(at_closing),
        )  # fmt: skip


def _tranche(grid: Grid, analysis: Analysis, i: int, described: Debt, tranche: Tranche) -> None:
    path, key, plan = f"debt[{i}]", f"debt{i}", tranche.schedule
    factors = accrual_factors(analysis.closing, analysis.dates, described.day_count, analysis.periods_per_year)
    counted = period_share(described.day_count)
    accrues = f"Interest accrues over, {described.day_count}"
    grid.row(f"{key}.accrual", accrues, "years", f"={counted}", factors.tolist(), "years")
    if described.rate is not None:
        annual = f"{{{path}.rate}}"
    elif described.floor is not None:
        annual = f"(MAX({{{path}.index}},{{{path}.floor}})+{{{path}.margin}})"
    else:
        annual = f"({{{path}.index}}+{{{path}.margin}})"
    grid.row(
        f"{key}.rate", "Rate of the period", "%", f"={annual}*{{{key}.accrual}}", tranche.rate.tolist(), "rate long"
    )
    count = analysis.timeline.payments(described.maturity)
    if described.maturity is not None:
        grid.scalar(f"{key}.payments", "Payments until its maturity", "periods",
                    f"=SUMPRODUCT(--({{date|all}}<={{{path}.maturity}}))", float(count), "count")  # fmt: skip
    payment = _level_payment(grid, path, key, described, tranche, count)
    amount = described.amount.value / MILLION
    grid.row(
        f"{key}.opening", "Opening", "USD m", f"={{{key}.balance|prev}}", (plan.opening / MILLION).tolist(), "money"
    )
    grid.row(
        f"{key}.draw", "Drawn", "USD m", "=0", (plan.draw / MILLION).tolist(), "money", total=amount,
        total_formula=f"={{{key}.draw|closing}}+SUM({{{key}.draw|all}})", closing=amount,
        closing_formula=f"={{{path}.amount}}",
    )  # fmt: skip
    grid.row(
        f"{key}.interest", "Interest", "USD m", f"={{{key}.opening}}*{{{key}.rate}}",
        (plan.interest / MILLION).tolist(), "money", total=float(plan.interest.sum()) / MILLION,
    )  # fmt: skip
    principal = _principal(path, key, described, payment)
    grid.row(
        f"{key}.principal", "Principal", "USD m", principal, (plan.principal / MILLION).tolist(), "money",
        total=float(plan.principal.sum()) / MILLION,
    )  # fmt: skip
    grid.row(
        f"{key}.service", "Debt service", "USD m", f"={{{key}.interest}}+{{{key}.principal}}",
        (plan.debt_service / MILLION).tolist(), "money", total=float(plan.debt_service.sum()) / MILLION,
    )  # fmt: skip
    grid.row(
        f"{key}.balance", "Closing", "USD m", f"={{{key}.opening}}+{{{key}.draw}}-{{{key}.principal}}",
        (plan.closing / MILLION).tolist(), "money", weight="strong", closing=amount,
        closing_formula=f"={{{key}.draw|closing}}",
    )  # fmt: skip


def _level_payment(grid: Grid, path: str, key: str, described: Debt, tranche: Tranche, count: int) -> str:
    """Write what a level payment is worked out from; return where the payment stands, or nothing."""
    if described.amortisation == "payment":
        return f"{{{path}.payment}}"
    if described.amortisation != "level":
        return ""
    factor, end = np.cumprod(1 / (1 + tranche.rate)), _end(key, described)
    each = float(factor[:count].sum())
    early = described.maturity is not None
    grid.row(
        f"{key}.factor", "Value at closing of 1 paid now", "factor", f"={{{key}.factor|prev}}/(1+{{{key}.rate}})",
        factor.tolist(), "factor", closing=1.0, closing_formula=f"={{{path}.amount}}/{{{path}.amount}}",
        total=each,
        total_formula=f"=SUMPRODUCT({{{key}.factor|all}}*({{period|all}}<={end}))" if early else "",
    )  # fmt: skip
    lump, less = (0.0, "") if described.balloon is None else (
        described.balloon.value, f"-{{{path}.balloon}}*INDEX({{{key}.factor|all}},{end})"
    )  # fmt: skip
    level = (described.amount.value - lump * float(factor[count - 1])) / each / MILLION
    grid.row(
        f"{key}.level", "Level payment", "USD m", f"=({{{path}.amount}}{less})/{{{key}.factor|total}}",
        [level] * factor.size, "money",
    )  # fmt: skip
    return f"{{{key}.level}}"


def _end(key: str, described: Debt) -> str:
    """The period of the last payment."""
    return "{period|last}" if described.maturity is None else f"{{{key}.payments|closing}}"


def _principal(path: str, key: str, described: Debt, payment: str) -> str:
    """The principal of a period; the last one always takes the balance to exactly 0."""
    opening, end = f"{{{key}.opening}}", _end(key, described)
    if payment:
        ordinary = f"MAX(0,MIN({opening},{payment}-{{{key}.interest}}))"
    elif described.amortisation == "straight":
        lump = "" if described.balloon is None else f"-{{{path}.balloon}}"
        ordinary = f"({opening}{lump})/({end}-{{period}}+1)"
    elif described.amortisation == "custom":
        listed = f"{{{path}.principal|all}}"
        # Its share of what is owed over what is left of the list, so that the last one repays to the last bit.
        ordinary = (
            f"IF({{period}}>ROWS({listed}),0,{opening}*INDEX({listed},MIN({{period}},ROWS({listed})))"
            f"/SUM(INDEX({listed},MIN({{period}},ROWS({listed}))):INDEX({listed},ROWS({listed}))))"
        )
    else:
        ordinary = "0"
    return f"=IF({{period}}>={end},{opening},{ordinary})"
