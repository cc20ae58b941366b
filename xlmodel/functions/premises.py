"""Liquidation: the value of a block on the four premises of an appraisal."""

from typing import Annotated, Any

from xlmodel.collateral import absorption, sale
from xlmodel.collateral.composition import compose
from xlmodel.functions.answer import Table
from xlmodel.functions.liquidation import (
    CATEGORY,
    AnnualDecayEff,
    AnnualVolatility,
    Condition,
    CostPerUnit,
    Depth,
    Elasticity,
    FixedCost,
    Headings,
    Integration,
    Law,
    Number,
    ScrapShare,
    SellingPct,
    Units,
    UnitValue,
)
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.maths.domain import Floats

_ITEMS = {
    "FMV": "fmv",
    "OLV": "olv",
    "NOLV": "nolv",
    "FLV": "flv",
    "NFLV": "nflv",
    "OLV_months": "olv_months",
    "NOLV_months": "nolv_months",
}
_HOW = {
    "obsolescence": "1 − (1 − annual_decay_eff)^(years to the middle of the sale), of the fair market value",
    "condition": "of what is left",
    "integration": "of what is left",
    "depth": "of what is left, for the length of the sale",
    "selling": "selling_pct of the gross proceeds",
    "removal": "cost_per_unit · units, as far as the proceeds reach",
    "fixed": "fixed_cost, as far as the proceeds reach",
    "carry": "carry_per_unit_month · units · months to the middle of the sale",
}


def _tape(
    units: Any,
    unit_value: Any,
    decay: Any,
    depth: Any,
    forced: Any,
    orderly: Any,
    enforcement: Any,
    condition: Any,
    integration: Any,
    law: str,
    selling: Any,
    per_unit: Any,
    fixed: Any,
    carry: Any,
    volatility: Any,
    elasticity: Any,
    scrap: Any,
    item: str,
    headings: bool,
) -> Tape | None:
    """Fair market value less each part of the sale behind a value; for all of them, of the net orderly one."""
    del headings
    found = sale.liquidation_values(
        units, unit_value, decay, depth, forced, orderly, enforcement, condition, integration, law, selling, per_unit,
        fixed, carry, volatility, elasticity, scrap,
    )  # fmt: skip
    premise = "NOLV" if item == "all" else item
    if premise.endswith("months"):
        return None
    fair = Step("+", "FMV", found.fmv, "USD", "units · unit_value")
    if premise == "FMV":
        return Tape((fair,), premise, "USD")
    months = {"OLV": found.olv_months, "NOLV": found.nolv_months}.get(premise, forced)
    middle = enforcement + months / 2
    losses = {
        "obsolescence": 1 - (1 - decay) ** (middle / 12),
        "condition": condition,
        "integration": integration,
        "depth": absorption.worst(absorption.depth_discounts(units, months, depth, law, volatility, elasticity, scrap)),
    }
    block = compose(found.fmv, losses)
    if premise.startswith("N"):
        costs = {
            "selling": block.gross_proceeds * selling,
            "removal": per_unit * units,
            "fixed": fixed,
            "carry": carry * units * middle,
        }
        block = compose(found.fmv, losses, costs)
    steps = (Step("−", name, block.parts[name], "USD", how) for name, how in _HOW.items() if name in block.parts)
    total = f"{premise}, of a sale over {float(months):.3g} months"
    return Tape((fair, *steps), total, "USD", premise if item == "all" else None)


@worksheet(
    CATEGORY,
    Example((100, 10, 0, 100, 1, 1, *(None,) * 11, "FLV"), 367.87944117144233),
    "Premises as in the OCC handbook on asset-based lending; by hand, a block of a month's demand is sold within a "
    "month at 1/e of 100 · 10.",
    _tape,
)
def XLMODEL_LIQUIDATION_VALUE(
    units: Units,
    unit_value: UnitValue,
    annual_decay_eff: AnnualDecayEff,
    units_per_month_depth: Annotated[Floats, Depth],
    forced_months: Annotated[Floats, Arg(Kind.NUMBER, "months", "Length of a forced sale.")],
    orderly_months: Annotated[Floats, Arg(Kind.NUMBER, "months", "Longest that an orderly sale may take.")],
    enforcement_months: Annotated[Number, Arg(Kind.NUMBER, "months", "From default until a sale can begin.")] = 0.0,
    condition: Condition = 0.0,
    integration: Integration = 0.0,
    depth_law: Law = "worse",
    selling_pct: SellingPct = 0.0,
    cost_per_unit: CostPerUnit = 0.0,
    fixed_cost: FixedCost = 0.0,
    carry_per_unit_month: Annotated[
        Number, Arg(Kind.NUMBER, "USD a unit-month", "Storage, insurance, idle power and financing of an unsold unit.")
    ] = 0.0,
    annual_volatility: AnnualVolatility = None,
    elasticity: Elasticity = 1.0,
    scrap_share: ScrapShare = 0.0,
    item: Annotated[
        str, Arg(Kind.CHOICE, "", "One line of the answer, or all of them with their headings.", ("all", *_ITEMS))
    ] = "all",
    headings: Headings = True,
) -> Any:
    """Value of a block on every premise: fair market, orderly, net orderly, forced and net forced.

    Gross proceeds are units · unit_value · (1 − decay)^years · (1 − condition) · (1 − integration) · (1 − depth
    discount). OLV is the best sale up to the limit, the forced one included, so that FLV ≤ OLV ≤ FMV; the months say
    which sale that is. Values are not discounted. The default shows all of them, one row a block.
    """
    found = sale.liquidation_values(
        units, unit_value, annual_decay_eff, units_per_month_depth, forced_months, orderly_months, enforcement_months,
        condition, integration, depth_law, selling_pct, cost_per_unit, fixed_cost, carry_per_unit_month,
        annual_volatility, elasticity, scrap_share,
    )  # fmt: skip
    if item == "all":
        return Table.of({name: getattr(found, field) for name, field in _ITEMS.items()}, headings)
    return getattr(found, _ITEMS[item])
