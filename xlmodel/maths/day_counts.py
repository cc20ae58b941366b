"""How long: days and shares of a year between two dates, as loan agreements count them."""

from typing import Final

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError
from xlmodel.maths.dates import Dates, add_months, days, month_end, months_between
from xlmodel.maths.domain import Floats

DAY_COUNTS: Final = ("30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT")


def day_difference(start: Dates, end: Dates, day_count: str) -> Floats:
    """Days between two dates as the convention counts them.

    Parameters
    ----------
    start, end
        Days that broadcast.
    day_count
        "30/360" is the US rule with its February clause, Excel's basis 0; "30E/360" the Eurobond rule, Excel's
        basis 4; the ACT conventions count calendar days.

    Examples
    --------
    >>> day_difference(days("d", "2026-01-31"), days("d", "2026-03-31"), "30/360").item()
    60.0
    """
    _known(day_count)
    if day_count.startswith("ACT"):
        return np.asarray((end - start).astype(np.float64))
    y1, m1, d1 = _parts(start)
    y2, m2, d2 = _parts(end)
    if day_count == "30E/360":
        d1, d2 = np.minimum(d1, 30), np.minimum(d2, 30)
    else:
        february = (m1 == 2) & month_end(start)
        d2 = np.where(february & (m2 == 2) & month_end(end), 30, d2)
        d1 = np.where(february, 30, d1)
        d2 = np.where((d2 == 31) & (d1 >= 30), 30, d2)
        d1 = np.minimum(d1, 30)
    return np.asarray(360.0 * (y2 - y1) + 30.0 * (m2 - m1) + (d2 - d1))


def year_fraction(start: Dates, end: Dates, day_count: str) -> Floats:
    """Years between two dates as the convention counts them.

    ``days / 360`` or ``days / 365``; ACT/ACT divides the days of each calendar year by its own length (ISDA)

    Parameters
    ----------
    start, end
        Days that broadcast.
    day_count
        One of `DAY_COUNTS`.

    Examples
    --------
    >>> year_fraction(days("d", "2026-01-01"), days("d", "2026-04-03"), "ACT/360").item() == 92 / 360
    True
    """
    if day_count == "ACT/ACT":
        return np.asarray(_years_since_epoch(end) - _years_since_epoch(start))
    counted = day_difference(start, end, day_count)
    return np.asarray(counted / (365.0 if day_count == "ACT/365F" else 360.0))


def accrual_factors(start: object, ends: Dates, day_count: str, frequency: float | None = None) -> Floats:
    """Share of a year over which each period accrues.

    Parameters
    ----------
    start
        Closing date, the shape of `ends` without its last axis, or one date.
    ends
        Period ends, time last.
    day_count
        One of `DAY_COUNTS`.
    frequency
        Periods a year. When given, a regular period counts exactly 1/frequency under the 30/360 rules, as loan
        agreements mean it, whatever the length of February; stubs are counted.

    Examples
    --------
    >>> from xlmodel.maths.dates import period_ends
    >>> ends = period_ends("2025-11-30", 2)
    >>> accrual_factors("2025-11-30", ends, "30/360", frequency=4).tolist()
    [0.25, 0.25]
    >>> (accrual_factors("2025-11-30", ends, "ACT/360") * 360).round(9).tolist()
    [90.0, 92.0]
    """
    first = np.broadcast_to(days("start", start)[..., None], (*ends.shape[:-1], 1))
    starts = np.concatenate([first, ends[..., :-1]], axis=-1)
    factors = year_fraction(starts, ends, day_count)
    if frequency is None or not day_count.startswith("30"):
        return factors
    step = months_between(frequency)
    # Seen from either end, as 28 February to 31 May is regular only when it is counted back.
    regular = (add_months(starts, step) == ends) | (add_months(ends, -step) == starts)
    return np.where(regular, step / 12.0, factors)


def _known(day_count: str) -> None:
    if day_count not in DAY_COUNTS:
        raise InputError(f"day_count must be one of {', '.join(DAY_COUNTS)}, got {day_count!r}", "day_count")


def _parts(dates: Dates) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    month = dates.astype("datetime64[M]")
    index = month.astype(np.int64)
    day = (dates - month.astype("datetime64[D]")).astype(np.int64) + 1
    return index // 12, index % 12 + 1, day


def _years_since_epoch(dates: Dates) -> Floats:
    """Calendar years and the share of the running one, so that a difference is ACT/ACT by ISDA's rule."""
    year = dates.astype("datetime64[Y]")
    first = year.astype("datetime64[D]")
    length = ((year + 1).astype("datetime64[D]") - first).astype(np.float64)
    return np.asarray(year.astype(np.int64) + (dates - first).astype(np.float64) / length)
