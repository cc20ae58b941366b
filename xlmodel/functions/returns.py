"""What the lender earns, and what equity must put in."""

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
from xlmodel.loan.returns import all_in_spread, investor_return, lender_flows
from xlmodel.maths.dates import days
from xlmodel.maths.domain import Floats

_EARNED = ("yield", "nominal", "multiple", "profit", "spread")


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
