"""What lender and equity earn, what equity must put in, and what the hedge settles."""

import datetime as dt
from typing import Annotated, Any

import numpy as np

from xlmodel.errors import InputError
from xlmodel.functions.answer import at
from xlmodel.functions.coverage import Cfads, DebtService, Period
from xlmodel.functions.debt import Frequency
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.waterfall import CATEGORY
from xlmodel.loan import cures as curing
from xlmodel.loan.hedge import settlement
from xlmodel.loan.returns import all_in_spread, equity_flows, investor_return, lender_flows
from xlmodel.maths.dates import days
from xlmodel.maths.domain import Floats

_EARNED = ("yield", "nominal", "multiple", "profit", "spread")
_EQUITY = ("irr", "multiple", "profit")


@worksheet(
    CATEGORY,
    Example((100, (5, 105), 1, 0, 0, 0, 0, None, None, "multiple"), 1.1),
    "Internal rate of return of the lender's own flows; by hand (5 + 105) / 100.",
)
def XLMODEL_LENDER_YIELD(
    balance: Annotated[Floats, Arg(Kind.LOAN, "USD", "Lent at closing, at face value.")],
    received: Annotated[
        Floats, Arg(Kind.SERIES, "USD a period", "Received from the borrower less what is drawn later.")
    ],
    frequency: Frequency = 4,
    discount: Annotated[
        Floats | float, Arg(Kind.LOAN, "fraction", "Original issue discount: the share not paid out.")
    ] = 0.0,
    upfront_fee: Annotated[Floats | float, Arg(Kind.LOAN, "fraction", "Fee on what is lent.")] = 0.0,
    draws: Annotated[
        Floats | float, Arg(Kind.SERIES, "USD a period", "Later draws, contained in received with a minus.")
    ] = 0.0,
    fees: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Other fees received.")] = 0.0,
    dates: Annotated[
        list[dt.date] | None, Arg(Kind.DATES, "date", "Closing and then the date of each payment.")
    ] = None,
    base_rate: Annotated[
        Floats | None, Arg(Kind.SERIES, "fraction a year", "Reference rate by period, for the spread.")
    ] = None,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "Effective or nominal annual yield, multiple of money, profit, or the spread over base_rate.",
            _EARNED,
        ),
    ] = "yield",
) -> Any:
    """Yield of a loan to its lender, discount and fees included.

    The internal rate of return of what is paid out and received; with dates Excel's XIRR. "spread" is the all-in
    spread over the reference rate. #NUM! where nothing comes back or no rate solves.
    """
    flows = lender_flows(balance, received, discount, upfront_fee, draws, fees)
    if return_ == "spread":
        if base_rate is None:
            raise InputError("base_rate is missing: a spread is over something", "base_rate")
        if dates is not None:
            raise InputError("dates do not apply: the spread is counted in regular periods", "dates")
        return np.asarray(all_in_spread(flows, base_rate, frequency))[..., None]
    earned = investor_return(flows, frequency, None if dates is None else days("dates", dates))
    answer: Floats = {
        "yield": earned.yield_eff, "nominal": earned.yield_nom, "multiple": earned.multiple, "profit": earned.profit,
    }[return_]  # fmt: skip
    return np.asarray(answer)[..., None]


@worksheet(
    CATEGORY,
    Example(((130, 110, 90), (100, 100, 100), 1.2, 1, None, None, None, 4, None, "cfads", None, "amount", 2), 10.0),
    "Equity that brings cash to the level; by hand 1.2 · 100 − 110.",
)
def XLMODEL_EQUITY_CURE(
    cfads: Cfads,
    debt_service: DebtService,
    covenant: Annotated[Floats, Arg(Kind.SERIES, "ratio", "The level to keep.")],
    look_back: Annotated[int, Arg(Kind.WHOLE, "periods", "Periods the ratio looks back over.")] = 1,
    max_cures: Annotated[int | None, Arg(Kind.WHOLE, "cures", "Most over the life.")] = None,
    max_consecutive: Annotated[int | None, Arg(Kind.WHOLE, "cures", "Most in a row.")] = None,
    max_in_window: Annotated[int | None, Arg(Kind.WHOLE, "cures", "Most in any window of test periods.")] = None,
    window: Annotated[int, Arg(Kind.WHOLE, "periods", "Length of that window.")] = 4,
    cap: Annotated[Floats | None, Arg(Kind.SERIES, "USD", "Most that one cure may put in.")] = None,
    counts_as: Annotated[
        str, Arg(Kind.CHOICE, "", "What the money counts as.", ("cfads", "debt_service", "prepayment"))
    ] = "cfads",
    balance: Annotated[
        Floats | None, Arg(Kind.SERIES, "USD", "Owed in each period before any cure, for a prepayment.")
    ] = None,
    item: Annotated[
        str, Arg(Kind.CHOICE, "", "The money put in, or the ratio after it.", ("amount", "ratio"))
    ] = "amount",
    period: Period = None,
) -> Floats:
    """Equity that keeps a coverage covenant, as far as the agreement allows.

    A breach that would need more than the limits allow is not cured in part. A cure counted as cash goes on counting
    while it is inside the look-back; one counted as prepayment lowers all later service.
    """
    limits = curing.CureLimits(max_cures, max_consecutive, max_in_window, window, cap)
    put_in = curing.cures(cfads, debt_service, covenant, limits, look_back, 1, counts_as, balance)
    return at(period, put_in.amount if item == "amount" else put_in.ratio)


@worksheet(
    CATEGORY,
    Example(((100, 80), 0.04, (0.05, 0.02), 0.25, None, 2), -0.4),
    "Payer swap; by hand 80 · (2 % − 4 %) / 4.",
)
def XLMODEL_HEDGE_SETTLEMENT(
    notional: Annotated[Floats, Arg(Kind.SERIES, "USD", "Notional of each period.")],
    fixed_rate: Annotated[Floats, Arg(Kind.SERIES, "fraction a year", "Rate the borrower pays.")],
    index: Annotated[Floats, Arg(Kind.SERIES, "fraction a year", "Floating rate it receives, by period.")],
    year_fraction: Annotated[
        Floats | float, Arg(Kind.SERIES, "years", "Length of a period by the swap's day count, such as 91 / 360.")
    ] = 0.25,
    floor: Annotated[
        Floats | None, Arg(Kind.SERIES, "fraction a year", "Floor of the floating leg; none when left out.")
    ] = None,
    period: Period = None,
) -> Floats:
    """What an interest-rate swap settles, positive when the borrower receives.

    notional · (max(index, floor) − fixed rate) · year fraction. It belongs to the senior service. A loan whose index
    is floored at 0 and whose swap is not pays twice when rates are negative.
    """
    return at(period, settlement(notional, fixed_rate, index, year_fraction, floor))


@worksheet(
    CATEGORY,
    Example((50, (20, 20), (5, 0), 30, 1, None, "multiple"), 1.3),
    "Received over paid in, flows netted by date; by hand (15 + 50) / 50.",
)
def XLMODEL_EQUITY_RETURN(
    contributed: Annotated[Floats, Arg(Kind.LOAN, "USD", "Equity put in at closing.")],
    distributions: Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Received by the sponsors.")],
    injected: Annotated[
        Floats | float, Arg(Kind.SERIES, "USD a period", "Put in later: cures and further equity.")
    ] = 0.0,
    residual: Annotated[
        Floats | float, Arg(Kind.LOAN, "USD", "What hardware and accounts bring at the end after all debt.")
    ] = 0.0,
    frequency: Frequency = 4,
    dates: Annotated[list[dt.date] | None, Arg(Kind.DATES, "date", "Closing and then the date of each period.")] = None,
    return_: Annotated[
        str, Arg(Kind.CHOICE, "", "Effective annual return, multiple of money, or profit.", _EQUITY)
    ] = "irr",
) -> Floats:
    """What the equity behind a loan earns.

    The internal rate of return of contributions, cures and distributions; with dates Excel's XIRR. #NUM! where nothing
    comes back.
    """
    flows = equity_flows(contributed, distributions, injected, residual)
    earned = investor_return(flows, frequency, None if dates is None else days("dates", dates))
    answer: Floats = {"irr": earned.yield_eff, "multiple": earned.multiple, "profit": earned.profit}[return_]
    return np.asarray(answer)[..., None]
