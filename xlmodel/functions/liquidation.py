"""Liquidation: what a sale would bring."""

from typing import Annotated

from xlmodel.collateral import haircut, ltv
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.maths.domain import Floats

_CATEGORY = "Liquidation"
_BASES = ("cost", "FMV_in_use", "FMV_removed", "OLV", "NOLV", "FLV")
_LAWS = ("worse", "square_root", "linear", "isoelastic", "exponential", "ladder")


@worksheet(
    _CATEGORY,
    Example((1200, 35000, 12, 0.5, 100, 0, 0, "exponential"), 1 - 0.5 * 0.36787944117144233),
    "Multiplicative composition of liquidation discounts; by hand, half is lost to a year of decay and what is left "
    "is sold at 1/e, because the block equals what the market takes in the time.",
)
def XLMODEL_HAIRCUT(
    units: Annotated[Floats, Arg(Kind.NUMBER, "units", "Number of units sold.")],
    unit_value: Annotated[Floats, Arg(Kind.NUMBER, "USD a unit", "Value of one unit on the basis named.")],
    months_to_sale: Annotated[Floats, Arg(Kind.NUMBER, "months", "From default until the cash is in.")],
    annual_decay_eff: Annotated[Floats, Arg(Kind.NUMBER, "fraction a year", "Share of value lost in a year.")],
    units_per_month_depth: Annotated[
        Floats | None,
        Arg(
            Kind.LADDER,
            "units a month",
            "What the market takes in a month; or a table of price share and units a month.",
        ),
    ] = None,
    condition: Annotated[Floats | float, Arg(Kind.NUMBER, "fraction", "Loss for wear, testing, no warranty.")] = 0.0,
    integration: Annotated[
        Floats | float, Arg(Kind.NUMBER, "fraction", "Loss outside its racks, cooling and network.")
    ] = 0.0,
    depth_law: Annotated[str, Arg(Kind.CHOICE, "", "How price gives way to volume.", _LAWS)] = "worse",
    selling_pct: Annotated[
        Floats | float, Arg(Kind.NUMBER, "fraction", "Commission and selling cost, share of proceeds.")
    ] = 0.0,
    cost_per_unit: Annotated[
        Floats | float, Arg(Kind.NUMBER, "USD a unit", "Removal, transport and storage of one unit.")
    ] = 0.0,
    fixed_cost: Annotated[
        Floats | float, Arg(Kind.NUMBER, "USD", "Legal and other cost of the sale as a whole.")
    ] = 0.0,
    discount_eff: Annotated[Floats | float, Arg(Kind.NUMBER, "fraction a year", "Rate that discounts the wait.")] = 0.0,
    basis: Annotated[str, Arg(Kind.CHOICE, "", "What unit_value measures.", _BASES)] = "FMV_in_use",
    annual_volatility: Annotated[
        Floats | None, Arg(Kind.NUMBER, "fraction a year", "Price volatility, for the square-root law.")
    ] = None,
) -> Floats:
    """Liquidation haircut: the share of value that a sale of the whole block loses.

    1 − present value of net proceeds / (units · unit_value). Obsolescence until the sale, condition, integration
    and market depth multiply; selling cost, removal and fixed cost are taken off in money; the rest is discounted.
    Market depth has no default because nobody publishes one; it is left out only on the bases OLV, NOLV and FLV, which
    contain it.
    """
    return haircut.haircut(
        units,
        unit_value,
        months_to_sale,
        annual_decay_eff,
        units_per_month_depth,
        condition,
        integration,
        depth_law,
        selling_pct,
        cost_per_unit,
        fixed_cost,
        discount_eff,
        basis,
        annual_volatility,
    ).total


@worksheet(
    _CATEGORY,
    Example((20, 35), 20 / 35),
    "Debt over collateral, both on the basis passed; by hand 20 / 35.",
)
def XLMODEL_LTV(
    balance: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Debt outstanding.")],
    value: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Collateral on the basis meant: cost, market or liquidation.")],
    prior_claims: Annotated[
        Floats | float, Arg(Kind.NUMBER, "USD", "Claims paid out of the collateral before this loan.")
    ] = 0.0,
    cash_collateral: Annotated[Floats | float, Arg(Kind.NUMBER, "USD", "Cash pledged for this loan.")] = 0.0,
) -> Floats:
    """Loan to value, on whatever basis the value has.

    max(0, balance − cash_collateral) / (value − prior_claims). 0 where nothing is owed, #DIV/0! where something is
    owed and no value is left: the loan is uncollateralised.
    """
    return ltv.loan_to_value(balance, value, prior_claims, cash_collateral)
