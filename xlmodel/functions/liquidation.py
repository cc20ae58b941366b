"""Liquidation: what a sale of a block takes away, part by part."""

from typing import Annotated, Any

import numpy as np

from xlmodel.collateral import absorption, haircut, timing
from xlmodel.collateral.absorption import DepthLaw
from xlmodel.collateral.haircut import PARTS, Basis, Haircut
from xlmodel.errors import LAW_LEFT_OUT
from xlmodel.functions.answer import Table
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.maths.domain import Floats

CATEGORY = "Liquidation"
_ITEMS = (*PARTS, "total")
_BY_HAND = (
    "by hand, half is lost to a year of decay and what is left is sold at 1/e, because the block equals what the "
)
_BY_HAND += "market takes in the time."

Number = Floats | float
Units = Annotated[Floats, Arg(Kind.NUMBER, "units", "Number of units sold.")]
UnitValue = Annotated[Floats, Arg(Kind.NUMBER, "USD a unit", "Value of one unit on the basis named.")]
MonthsToSale = Annotated[Floats, Arg(Kind.NUMBER, "months", "From default until the cash is in.")]
AnnualDecayEff = Annotated[Floats, Arg(Kind.NUMBER, "fraction a year", "Share of value lost in a year.")]
Depth = Arg(
    Kind.LADDER, "units a month", "What the market takes in a month; or a table of price share and units a month."
)
Condition = Annotated[Number, Arg(Kind.NUMBER, "fraction", "Loss for wear, testing, no warranty.")]
Integration = Annotated[Number, Arg(Kind.NUMBER, "fraction", "Loss outside its racks, cooling and network.")]
Law = Annotated[str, Arg(Kind.CHOICE, "", "How price gives way to volume.", tuple(map(str, DepthLaw)))]
SellingPct = Annotated[Number, Arg(Kind.NUMBER, "fraction", "Commission and selling cost, share of proceeds.")]
CostPerUnit = Annotated[Number, Arg(Kind.NUMBER, "USD a unit", "Removal, transport and storage of one unit.")]
FixedCost = Annotated[Number, Arg(Kind.NUMBER, "USD", "Legal and other cost of the sale as a whole.")]
DiscountEff = Annotated[Number, Arg(Kind.NUMBER, "fraction a year", "Rate that discounts the wait.")]
ValueBasis = Annotated[str, Arg(Kind.CHOICE, "", "What unit_value measures.", tuple(map(str, Basis)))]
AnnualVolatility = Annotated[
    Floats | None, Arg(Kind.NUMBER, "fraction a year", "Price volatility, for the square-root law.")
]
Elasticity = Annotated[
    Number, Arg(Kind.NUMBER, "ratio", "Demand gained, in per cent, for a per cent of price; for the iso-elastic law.")
]
ScrapShare = Annotated[Number, Arg(Kind.NUMBER, "fraction", "Share of the price that scrap brings in any case.")]
Headings = Annotated[bool, Arg(Kind.FLAG, "", "FALSE leaves out the headings of a table.")]


def _taken(sale: Haircut, part: str) -> Step:
    laws = ", ".join(f"{law} {float(loss):.1%}" for law, loss in sale.depth_by_law.items())
    how = {
        "obsolescence": "1 − (1 − annual_decay_eff)^(months_to_sale / 12)",
        "condition": "of what is left",
        "integration": "of what is left",
        "depth": f"of what is left, by law: {laws}" if laws else "contained in the basis of the value",
        "selling": "selling_pct of the proceeds",
        "removal": "cost_per_unit · units, as far as the proceeds reach",
        "fixed": "fixed_cost, as far as the proceeds reach",
        "discounting": "of the net proceeds, over months_to_sale",
    }[part]
    return Step("+", part, sale.share(part), "fraction", how)


def _haircut_tape(*arguments: Any) -> Tape:
    sale = haircut.haircut(*arguments)
    return Tape(tuple(_taken(sale, part) for part in PARTS), "haircut", "fraction of units · unit_value")


@worksheet(
    CATEGORY,
    Example((1200, 35000, 12, 0.5, 100, 0, 0, "exponential"), 1 - 0.5 * 0.36787944117144233),
    f"Multiplicative composition of liquidation discounts; {_BY_HAND}",
    _haircut_tape,
)
def XLMODEL_HAIRCUT(
    units: Units,
    unit_value: UnitValue,
    months_to_sale: MonthsToSale,
    annual_decay_eff: AnnualDecayEff,
    units_per_month_depth: Annotated[Floats | None, Depth] = None,
    condition: Condition = 0.0,
    integration: Integration = 0.0,
    depth_law: Law = "worse",
    selling_pct: SellingPct = 0.0,
    cost_per_unit: CostPerUnit = 0.0,
    fixed_cost: FixedCost = 0.0,
    discount_eff: DiscountEff = 0.0,
    basis: ValueBasis = "FMV_in_use",
    annual_volatility: AnnualVolatility = None,
    elasticity: Elasticity = 1.0,
    scrap_share: ScrapShare = 0.0,
) -> Floats:
    """Liquidation haircut: the share of value that a sale of the whole block loses.

    1 − present value of net proceeds / (units · unit_value). Obsolescence until the sale, condition, integration
    and market depth multiply; selling cost, removal and fixed cost are taken off in money; the rest is discounted.
    Market depth has no default because nobody publishes one; it is left out only on the bases OLV, NOLV and FLV, which
    contain it.
    """
    return haircut.haircut(
        units, unit_value, months_to_sale, annual_decay_eff, units_per_month_depth, condition, integration, depth_law,
        selling_pct, cost_per_unit, fixed_cost, discount_eff, basis, annual_volatility, elasticity, scrap_share,
    ).total  # fmt: skip


def _parts_tape(*arguments: Any) -> Tape | None:
    *of_haircut, item, measure, _ = arguments
    sale = haircut.haircut(*of_haircut)
    if item not in ("all", "total"):
        return None
    shown = [_taken(sale, part) for part in PARTS]
    if measure == "money":
        shown = [Step("+", s.name, sale.parts[s.name], "USD", s.how) for s in shown]
    return Tape(tuple(shown), "total", shown[0].unit, "total" if item == "all" else None)


@worksheet(
    CATEGORY,
    Example(
        (1200, 35000, 12, 0.5, 100, 0, 0, "exponential", *(None,) * 8, "depth"),
        0.5 * (1 - 0.36787944117144233),
    ),
    f"The parts of the haircut in the order in which they are taken; {_BY_HAND}",
    _parts_tape,
)
def XLMODEL_HAIRCUT_PARTS(
    units: Units,
    unit_value: UnitValue,
    months_to_sale: MonthsToSale,
    annual_decay_eff: AnnualDecayEff,
    units_per_month_depth: Annotated[Floats | None, Depth] = None,
    condition: Condition = 0.0,
    integration: Integration = 0.0,
    depth_law: Law = "worse",
    selling_pct: SellingPct = 0.0,
    cost_per_unit: CostPerUnit = 0.0,
    fixed_cost: FixedCost = 0.0,
    discount_eff: DiscountEff = 0.0,
    basis: ValueBasis = "FMV_in_use",
    annual_volatility: AnnualVolatility = None,
    elasticity: Elasticity = 1.0,
    scrap_share: ScrapShare = 0.0,
    item: Annotated[
        str, Arg(Kind.CHOICE, "", "One line of the answer, or all of them with their headings.", ("all", *_ITEMS))
    ] = "all",
    measure: Annotated[
        str, Arg(Kind.CHOICE, "", "Share of the reference value, or money.", ("share", "money"))
    ] = "share",
    headings: Headings = True,
) -> Any:
    """Parts of the liquidation haircut, one row a block and one column a part.

    Each part is what it takes of the reference value after the parts before it, so that the parts add up to the total.
    A column of loans spills one row a loan; a bad row shows its error and leaves the others alone.
    """
    sale = haircut.haircut(
        units, unit_value, months_to_sale, annual_decay_eff, units_per_month_depth, condition, integration, depth_law,
        selling_pct, cost_per_unit, fixed_cost, discount_eff, basis, annual_volatility, elasticity, scrap_share,
    )  # fmt: skip
    if measure == "money":
        taken = {**sale.parts, "total": sale.reference_value - sale.present_value}
    else:
        taken = {**sale.shares, "total": sale.total}
    return Table.of(taken, headings) if item == "all" else taken[item]


@worksheet(
    CATEGORY,
    Example((600, 6, 100), 1 - 0.36787944117144233),
    "Exponential demand: a block that equals what the market takes in the time is sold at 1/e. Square root: Tóth et "
    "al. (2011), on average two thirds of the move.",
)
def XLMODEL_DEPTH_DISCOUNT(
    units: Units,
    months_to_sale: MonthsToSale,
    units_per_month_depth: Annotated[Floats, Depth],
    depth_law: Law = "worse",
    annual_volatility: AnnualVolatility = None,
    elasticity: Elasticity = 1.0,
    scrap_share: ScrapShare = 0.0,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "The discount that counts, that of the demand curve or of the square root, or all.",
            ("discount", "demand", "square_root", "all"),
        ),
    ] = "discount",
    headings: Headings = True,
) -> Any:
    """Share of price lost because a block meets a thin market.

    The worse of a demand curve (the typed ladder, else an exponential) and, where a volatility is given, of the
    square-root law; both are shown by "all". No units lose nothing; no depth loses all but scrap.
    """
    by_law = absorption.depth_discounts(
        units, months_to_sale, units_per_month_depth, depth_law, annual_volatility, elasticity, scrap_share
    )
    counts = absorption.worst(by_law)
    found = {
        "discount": counts,
        "demand": next((d for law, d in by_law.items() if law != "square_root"), np.asarray(LAW_LEFT_OUT.nan)),
        "square_root": by_law.get("square_root", np.asarray(LAW_LEFT_OUT.nan)),
    }
    shown = {name: np.broadcast_to(loss, counts.shape) for name, loss in found.items()}
    return Table.of(shown, headings) if return_ == "all" else shown[return_]


@worksheet(
    CATEGORY,
    Example((0.02, 5, 0.6), 0.5773502691896258),
    "First-order trade of price concession against decay, after Almgren and Chriss (2000); by hand "
    "√(2 · 0.02 · 5 / 0.6).",
)
def XLMODEL_SALE_HORIZON(
    concession: Annotated[
        Floats, Arg(Kind.NUMBER, "fraction", "Share of price given up for selling one unit a year faster.")
    ],
    units: Units,
    decay_and_carry_cc: Annotated[
        Floats, Arg(Kind.NUMBER, "continuous, a year", "Decay and cost of holding the units, together.")
    ],
    longest_years: Annotated[Floats | None, Arg(Kind.NUMBER, "years", "A limit on the length of the sale.")] = None,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "The best length in years, the share of value it costs, or whether the formula holds there.",
            ("years", "cost", "first_order"),
        ),
    ] = "years",
) -> Any:
    """Length of a sale that loses least: a quick one costs price, a slow one costs decay and carry.

    √(2 · concession · units / decay_and_carry_cc), and the cost √(2 · concession · units · decay_and_carry_cc). It is
    first order: "first_order" is FALSE where the cost exceeds 0.4. #NUM! where waiting is free and nothing limits it.
    """
    return getattr(timing.optimal_sale_horizon(concession, units, decay_and_carry_cc, longest_years), return_)
