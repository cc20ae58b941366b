"""What a loan's rate is in each period: floating with floor, cap and hedge, on equal periods or on real dates."""

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import RangeError
from xlmodel.maths.dates import Dates
from xlmodel.maths.day_counts import accrual_factors
from xlmodel.maths.domain import Floats, broadcast, real


def floating_rate(
    index: ArrayLike,
    margin: ArrayLike,
    floor: ArrayLike | None = None,
    cap: ArrayLike | None = None,
    hedged: ArrayLike = 0.0,
    swap_rate: ArrayLike = 0.0,
) -> Floats:
    """Annual rate of a floating loan.

    ``(1−h)·min(max(index, floor), cap) + h·swap + margin``

    Parameters
    ----------
    index
        The reference rate, annual, one number or time last; may be negative.
    margin
        The spread over it, annual, one number or time last (it may step).
    floor, cap
        Bounds of the index, not of the sum; none when omitted. The cap is a bought option's strike, its premium is
        no part of the rate.
    hedged
        h, the share of the debt swapped to fixed, 0 to 1.
    swap_rate
        The fixed rate of the swap, annual.

    Raises
    ------
    RangeError
        A cap below the floor.

    Examples
    --------
    >>> floating_rate([0.043, -0.002], 0.06, floor=0.0).round(6).tolist()
    [0.103, 0.06]
    """
    rate, spread = real("index", index), real("margin", margin)
    low = real("floor", -1.0 if floor is None else floor)
    high = real("cap", np.finfo(np.float64).max if cap is None else cap)
    share, fixed = real("hedged", hedged, 0, 1), real("swap_rate", swap_rate)
    broadcast(index=rate, margin=spread, floor=low, cap=high, hedged=share, swap_rate=fixed)
    if floor is not None and cap is not None and (high < low).any():
        raise RangeError("cap must not lie below the floor", "cap")
    bounded = rate if floor is None else np.maximum(rate, low)
    bounded = bounded if cap is None else np.minimum(bounded, high)
    return np.asarray((1 - share) * bounded + share * fixed + spread)


def interest(balance: ArrayLike, annual_rate: ArrayLike, days: ArrayLike, year: float = 360) -> Floats:
    """Interest on a balance over some days.

    ``B·r·days/year``

    Parameters
    ----------
    balance
        What is owed, money, at least 0.
    annual_rate
        Annual rate, such as `floating_rate` gives.
    days
        Days of the period as the convention counts them, at least 0.
    year
        Days of the convention's year: 360 or 365.

    Examples
    --------
    >>> round(float(interest(100e6, floating_rate(0.043, 0.06, floor=0.0), 92)), 2)
    2632222.22
    """
    owed, rate = real("balance", balance, 0), real("annual_rate", annual_rate)
    count, basis = real("days", days, 0), real("year", year, above=0)
    broadcast(balance=owed, annual_rate=rate, days=count)
    return np.asarray(owed * rate * count / basis)


def dated_rates(
    annual_rate: ArrayLike,
    start: object,
    ends: Dates,
    day_count: str = "30/360",
    frequency: float | None = None,
) -> Floats:
    """Rate of each period of a loan on real dates.

    ``i_k = r_k·α_k`` with α the accrual factor

    Parameters
    ----------
    annual_rate
        Annual rate, one number or time last.
    start
        Closing date.
    ends
        Period ends, time last.
    day_count
        "30/360", "30E/360", "ACT/360", "ACT/365F" or "ACT/ACT".
    frequency
        Periods a year; with it a regular period counts exactly 1/frequency under the 30/360 rules.

    Examples
    --------
    >>> from xlmodel.maths.dates import period_ends
    >>> dated_rates(0.12, "2025-12-31", period_ends("2025-12-31", 2), "ACT/360").round(12).tolist()
    [0.03, 0.030333333333]
    """
    rate, factor = real("annual_rate", annual_rate), accrual_factors(start, ends, day_count, frequency)
    broadcast(annual_rate=rate, ends=factor)
    return np.asarray(rate * factor)
