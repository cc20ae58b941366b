"""Rent and cash: what the hardware earns, and how far rent may fall."""

from typing import Annotated, Any, Literal

import numpy as np

from xlmodel.asset import cfads as cash
from xlmodel.asset import rental
from xlmodel.asset.contract import Contract, rental_revenue
from xlmodel.functions.answer import at
from xlmodel.functions.coverage import DebtService, Period
from xlmodel.functions.debt import Frequency
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.loan import breakeven
from xlmodel.maths.domain import Floats

_CATEGORY = "Rent and cash"
Timing = Literal["start", "mid", "average", "end"]

RentNow = Annotated[Floats, Arg(Kind.LOAN, "USD a unit-hour", "Spot rent today.")]
AnnualDeflation = Annotated[
    Floats | float, Arg(Kind.LOAN, "fraction a year", "Share of rent lost in a year; negative where rent rises.")
]
Periods = Annotated[int, Arg(Kind.WHOLE, "periods", "Number of periods.")]
RentTiming = Annotated[
    Timing, Arg(Kind.CHOICE, "", "Which rent of a period counts.", ("start", "mid", "average", "end"))
]
Opex = Annotated[
    Floats | float, Arg(Kind.SERIES, "USD a period", "Operating cost that does not follow the rent, positive.")
]
Revenue = Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Revenue that follows the rent.")]


@worksheet(
    _CATEGORY,
    Example((2.4, 4, 1, 0.4, "end", 1), 1.44),
    "An effective annual fraction lost; by hand 2.40 · (1 − 0.4).",
)
def XLMODEL_RENT_CURVE(
    rent: RentNow,
    periods: Periods,
    frequency: Frequency = 4,
    annual_deflation: AnnualDeflation = 0.0,
    timing: RentTiming = "mid",
    period: Period = None,
) -> Floats:
    """Spot rent of every period when it falls, or rises, at a steady rate.

    rent · (1 − annual_deflation)^years, read at the start, middle or end of the period or averaged over it. At 40 % a
    year and annual periods that choice moves the first year's revenue by a quarter.
    """
    return at(period, rental.rent_path(rent, periods, frequency, annual_deflation, timing))


@worksheet(
    _CATEGORY,
    Example((1, 1000, (2.0, 1.8, 1.6), 0.8, 0.7, 2.4, 2, 1, 0, 1), 1000 * (0.7 * 2.4 + 0.3 * 0.8 * 2.0)),
    "By hand: seven tenths at the contract price, the rest at spot for the hours it is used.",
)
def XLMODEL_CONTRACT_ROLLOFF(
    units: Annotated[Floats, Arg(Kind.LOAN, "units", "Installed units.")],
    hours: Annotated[Floats, Arg(Kind.LOAN, "hours a period", "Hours of a period: 8,760 a year.")],
    rent: Annotated[Floats, Arg(Kind.SERIES, "USD a unit-hour", "Spot rent of every period.")],
    usage: Annotated[Floats, Arg(Kind.LOAN, "fraction", "Share of its hours that spot capacity rents.")],
    share: Annotated[Floats, Arg(Kind.LOAN, "fraction", "Share of the capacity under contract.")],
    price: Annotated[Floats, Arg(Kind.LOAN, "USD a unit-hour", "Contract price.")],
    term_periods: Annotated[Floats, Arg(Kind.LOAN, "periods", "Length of the contract.")],
    take_or_pay: Annotated[
        Floats | float, Arg(Kind.LOAN, "fraction", "Share of the contracted hours paid for whether used or not.")
    ] = 1.0,
    downtime_periods: Annotated[
        Floats | float, Arg(Kind.LOAN, "periods", "How long the block earns nothing after the contract.")
    ] = 0.0,
    period: Period = None,
) -> Floats:
    """Revenue of every period from a contract that rolls off to spot.

    units · hours · (share · take_or_pay · price while the contract runs, and usage · rent for all other capacity). The
    fall in the period after the term is what a coverage ratio hides until it happens.
    """
    column: Any = lambda value: np.atleast_1d(value)[..., None] if np.ndim(value) else value  # noqa: E731
    block = Contract(
        share=column(share),
        price=column(price),
        term_periods=term_periods,
        take_or_pay=column(take_or_pay),
        downtime_periods=downtime_periods,
    )
    return at(period, rental_revenue(column(units), column(hours), rent, column(usage), [block]).total)


_COSTS = ("power", "hosting", "network", "staff and insurance", "maintenance", "tax", "working capital increase")


def _cfads_tape(*arguments: Any) -> Tape:
    *flows, period = arguments
    revenue, *costs = (at(period, np.atleast_1d(flow)) for flow in np.broadcast_arrays(*flows))
    less = (Step("−", name, cost, "USD") for name, cost in zip(_COSTS, costs, strict=True))
    return Tape((Step("+", "revenue", revenue, "USD"), *less), "cash available for debt service", "USD")


@worksheet(
    _CATEGORY,
    Example(((100, 90), (10, 10), (5, 5), (0, 0), (8, 8), (2, 12), 0, (1, 1), 2), 54.0),
    "Yescombe, Principles of Project Finance (2014), ch. 12; by hand 90 − 10 − 5 − 8 − 12 − 1.",
    _cfads_tape,
)
def XLMODEL_CFADS(
    revenue: Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Cash revenue, prepayments when received.")],
    power: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Electricity, positive.")] = 0.0,
    hosting: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Space, cooling and remote hands.")] = 0.0,
    network: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Bandwidth and transit.")] = 0.0,
    staff_insurance: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Staff and insurance.")] = 0.0,
    maintenance_capex: Annotated[
        Floats | float, Arg(Kind.SERIES, "USD a period", "Spares and replacements paid in the period.")
    ] = 0.0,
    tax: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Cash tax; leave out for a pre-tax figure.")] = 0.0,
    working_capital_increase: Annotated[
        Floats | float, Arg(Kind.SERIES, "USD a period", "Cash tied up in working capital; negative when released.")
    ] = 0.0,
    period: Period = None,
) -> Floats:
    """Cash flow available for debt service of every period.

    Cash revenue less operating cost, maintenance, tax and working capital. Debt draws, equity, opening cash and reserve
    releases are not cash of the period and stay out.
    """
    return at(
        period,
        cash.cfads(revenue, power, hosting, network, staff_insurance, maintenance_capex, tax, working_capital_increase),
    )


def _breakeven_tape(revenue: Any, debt_service: Any, opex: Any, target_dscr: Any, period: int | None) -> Tape:
    flows = (np.atleast_1d(f) for f in np.broadcast_arrays(debt_service, target_dscr, opex, revenue))
    service, target, cost, earned = (at(period, flow) for flow in flows)
    steps = (
        Step("+", "debt service", service, "USD"),
        Step("×", "target coverage", target, "ratio"),
        Step("+", "operating cost", cost, "USD"),
        Step("÷", "revenue", earned, "USD"),
    )
    return Tape(steps, "multiple of the expected rent", "ratio")


@worksheet(
    _CATEGORY,
    Example((((100, 64),), ((60, 60),), ((20, 20),), 1.0, 2), 1.25),
    "Bodmer's break-even; by hand (60 + 20) / 64 in the second period.",
    _breakeven_tape,
)
def XLMODEL_BREAKEVEN_RENT(
    revenue: Revenue,
    debt_service: DebtService,
    opex: Opex = 0.0,
    target_dscr: Annotated[Floats | float, Arg(Kind.SERIES, "ratio", "Coverage to keep; 1 pays the debt.")] = 1.0,
    period: Period = None,
) -> Floats:
    """Multiple of the expected rent at which the cash just pays the debt, in every period.

    (target · debt service + opex) / revenue. Above 1 the expected rent is not enough.
    """
    return at(period, breakeven.rental_breakeven(debt_service, opex, revenue, target_dscr).multiplier)


@worksheet(
    _CATEGORY,
    Example(((100, 100), (1, 2), (20, 20), (30, 44)), 0.2),
    "Closed form 1 − ((service + opex) / revenue)^(1/t), smallest over the periods; by hand min(1 − 50 / 100, "
    "1 − √(64 / 100)).",
)
def XLMODEL_BREAKEVEN_DEFLATION(
    revenue: Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Revenue of each period at today's rent.")],
    years: Annotated[Floats, Arg(Kind.SERIES, "years", "When each period's rent is read, from today.")],
    opex: Opex,
    debt_service: DebtService,
    target_dscr: Annotated[Floats | float, Arg(Kind.SERIES, "ratio", "Coverage to keep; 1 pays the debt.")] = 1.0,
) -> Floats:
    """Fastest annual fall of rent at which every period still pays its debt.

    Negative where rent must rise. #NUM! where no rate between −90 % and 99 % does, with the side in WHY.
    """
    return breakeven.breakeven_deflation(revenue, years, opex, debt_service, target_dscr)[..., None]
