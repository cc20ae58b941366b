"""When: period ends, stubs, business days and Excel's serial numbers, on arrays of days."""

from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.domain import Floats, real, whole

Dates = npt.NDArray[np.datetime64]
"""Days, ``datetime64[D]``, of any number of dimensions."""

FREQUENCIES: Final = (12, 6, 4, 3, 2, 1)

_FIRST, _LAST = np.datetime64("1900-01-01"), np.datetime64("9999-12-31")
_PHANTOM: Final = 60  # Excel counts a 29 February 1900 that never was.


def days(name: str, value: object) -> Dates:
    """Return `value` as an array of days after checking that each is a date from 1900 to 9999.

    Parameters
    ----------
    name
        The argument's name, for the sentence of an error.
    value
        A date, an ISO text such as "2026-05-29", or a sequence of them. Numbers are refused: an Excel serial
        goes through `from_serial`.

    Raises
    ------
    InputError
        Not a date, missing, or empty.
    RangeError
        Outside the years Excel knows.

    Examples
    --------
    >>> days("start", "2026-05-29").item().isoformat()
    '2026-05-29'
    """
    raw = np.asarray(value)
    if raw.size == 0:
        raise InputError(f"{name} is empty: at least one date is expected", name)
    if raw.dtype.kind in "biufc":
        raise InputError(f"{name} must be dates, got numbers", name)
    try:
        array = np.asarray(raw.astype("datetime64[D]"))
    except (TypeError, ValueError):
        raise InputError(f"{name} must be dates such as 2026-05-29, got {value!r}", name) from None
    if np.isnat(array).any():
        raise InputError(f"{name} has a missing date", name)
    if ((array < _FIRST) | (array > _LAST)).any():
        raise RangeError(f"{name} must lie between 1900-01-01 and 9999-12-31", name)
    return array


def from_serial(serial: ArrayLike) -> Dates:
    """Days of Excel serial numbers, 1900 date system; the time of day is dropped.

    Parameters
    ----------
    serial
        Serial numbers from 1 (1 January 1900) to 2958465 (31 December 9999), any shape.

    Raises
    ------
    RangeError
        Outside those, or in 60, which Excel shows as 29 February 1900.

    Examples
    --------
    >>> from_serial([1, 59, 61, 46171]).astype(str).tolist()
    ['1900-01-01', '1900-02-28', '1900-03-01', '2026-05-29']
    """
    number = np.floor(real("serial", serial, 1, below=2958466)).astype(np.int64)
    if (number == _PHANTOM).any():
        raise RangeError("serial 60 is 29 February 1900, a day that only Excel's calendar has", "serial")
    first = np.datetime64("1899-12-31", "D")
    return np.asarray(first + (number - (number > _PHANTOM)).astype("timedelta64[D]"))


def to_serial(dates: object) -> Floats:
    """Excel serial numbers of days, 1900 date system.

    Parameters
    ----------
    dates
        Days, any shape.

    Examples
    --------
    >>> to_serial(["1900-02-28", "1900-03-01", "2026-05-29"]).tolist()
    [59.0, 61.0, 46171.0]
    """
    number = (days("dates", dates) - np.datetime64("1899-12-31", "D")).astype(np.float64)
    return np.asarray(number + (number >= _PHANTOM))


def month_end(dates: Dates) -> npt.NDArray[np.bool_]:
    """Whether each day is the last of its month.

    Examples
    --------
    >>> month_end(days("dates", ["2024-02-28", "2024-02-29"])).tolist()
    [False, True]
    """
    return np.asarray((dates + 1).astype("datetime64[M]") != dates.astype("datetime64[M]"))


def add_months(dates: Dates, months: ArrayLike, end_of_month: bool = False) -> Dates:
    """The same day of the month some months later, clipped to the length of that month.

    Parameters
    ----------
    dates
        Days, any shape.
    months
        Whole months, negative goes back; broadcasts against `dates`.
    end_of_month
        True keeps the end of a month at the end of a month (28 February to 31 March).

    Examples
    --------
    >>> start = days("start", ["2026-01-31", "2026-02-28"])
    >>> add_months(start, 1, end_of_month=True).astype(str).tolist()
    ['2026-02-28', '2026-03-31']
    >>> add_months(start, 1).astype(str).tolist()
    ['2026-02-28', '2026-03-28']
    """
    month = dates.astype("datetime64[M]")
    day = dates - month.astype("datetime64[D]")
    target = month + np.asarray(months, dtype=np.int64)
    first = target.astype("datetime64[D]")
    last = (target + 1).astype("datetime64[D]") - first - 1
    if end_of_month:
        day = np.where(month_end(dates), last, day)
    return np.asarray(first + np.minimum(day, last))


def adjust(dates: Dates, convention: str = "modified_following", holidays: object = ()) -> Dates:
    """Move days that are not business days.

    Parameters
    ----------
    dates
        Days, any shape.
    convention
        "modified_following" goes forward unless that leaves the month, then back; also "following",
        "preceding" and "none".
    holidays
        Days closed beside Saturdays and Sundays; weekends only when empty.

    Examples
    --------
    >>> adjust(days("dates", ["2026-05-30", "2026-08-01"])).astype(str).tolist()
    ['2026-05-29', '2026-08-03']
    """
    rolls = {
        "modified_following": "modifiedfollowing",
        "following": "following",
        "preceding": "preceding",
    }
    if convention == "none":
        return dates
    if convention not in rolls:
        known = ", ".join((*rolls, "none"))
        raise InputError(f"convention must be one of {known}, got {convention!r}", "convention")
    closed = days("holidays", holidays) if np.asarray(holidays).size else np.array([], dtype="datetime64[D]")
    moved = np.busday_offset(dates, 0, roll=rolls[convention], holidays=closed.ravel())  # type: ignore[call-overload]
    return np.asarray(moved)


def period_ends(start: object, periods: float, frequency: float = 4) -> Dates:
    """Ends of equal periods, each counted from the start so that a short month does not shift the rest.

    Parameters
    ----------
    start
        Closing date, any shape.
    periods
        Number of periods N, at least 1.
    frequency
        Periods a year: 12, 6, 4, 3, 2 or 1.

    Returns
    -------
    Dates
        Shape of `start` with N ends as the last axis. A start at a month end gives month ends; otherwise the
        same day of the month, clipped to the month's length.

    Examples
    --------
    >>> period_ends("2025-11-30", 3).astype(str).tolist()
    ['2026-02-28', '2026-05-31', '2026-08-31']
    """
    first = days("start", start)
    count = whole("periods", periods, 1)
    steps = months_between(frequency) * np.arange(1, count + 1)
    return add_months(first[..., None], steps, end_of_month=True)


def schedule_ends(start: object, maturity: object, frequency: float = 4, stub: str = "short_last") -> Dates:
    """Period ends of one loan from its start to a maturity that need not fit.

    Parameters
    ----------
    start
        Closing date.
    maturity
        Date of the last payment, after the start.
    frequency
        Periods a year: 12, 6, 4, 3, 2 or 1.
    stub
        Where the odd period goes: "short_last", "long_last", "short_first" or "long_first". A loan shorter than
        one period is one stub whatever is said.

    Returns
    -------
    Dates
        The ends, the last one being `maturity`. Periods are counted from the start for a last stub and back
        from the maturity for a first one; a maturity that fits gives no stub.

    Raises
    ------
    InputError
        A maturity not after the start, or an unknown stub.

    Examples
    --------
    >>> schedule_ends("2026-05-29", "2026-12-31").astype(str).tolist()
    ['2026-08-29', '2026-11-29', '2026-12-31']
    >>> schedule_ends("2026-05-29", "2026-12-31", stub="short_first").astype(str).tolist()
    ['2026-06-30', '2026-09-30', '2026-12-31']
    """
    first, last = days("start", start).reshape(()), days("maturity", maturity).reshape(())
    step = months_between(frequency)
    if last <= first:
        raise InputError(f"maturity must be after the start, got {last} after {first}", "maturity")
    if stub not in ("short_last", "long_last", "short_first", "long_first"):
        raise InputError(f"stub must be short_last, long_last, short_first or long_first, got {stub!r}", "stub")
    span = int((last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64)) // step + 1
    if stub.endswith("last"):
        rolled = add_months(first, step * np.arange(1, span + 1), end_of_month=True)
        inside = rolled[rolled < last]
        odd = not (rolled == last).any()
        if odd and stub.startswith("long"):
            inside = inside[:-1]
    else:
        rolled = add_months(last, -step * np.arange(span, 0, -1), end_of_month=True)
        inside = rolled[rolled > first]
        odd = not (rolled == first).any()
        if odd and stub.startswith("long"):
            inside = inside[1:]
    return np.append(inside, last)


def given_ends(start: object, ends: object) -> Dates:
    """A row of period ends as the loan agreement lists them.

    Parameters
    ----------
    start
        Closing date, any shape.
    ends
        Period ends, time last; any row that runs forward is accepted.

    Raises
    ------
    InputError
        A row that is impossible: it does not run forward from the start.

    Examples
    --------
    >>> given_ends("2026-05-29", ["2026-06-30", "2031-12-31"]).astype(str).tolist()
    ['2026-06-30', '2031-12-31']
    """
    first, row = days("start", start), np.atleast_1d(days("ends", ends))
    if (row[..., 1:] <= row[..., :-1]).any() or (row[..., 0] <= first).any():
        raise InputError("ends must run forward from the start, each date after the one before", "ends")
    return row


def months_between(frequency: float) -> int:
    """Months in a period that comes `frequency` times a year: 12, 6, 4, 3, 2 or 1.

    Examples
    --------
    >>> months_between(4)
    3
    """
    times = whole("frequency", frequency, 1, 12)
    if times not in FREQUENCIES:
        raise RangeError(f"frequency must be 12, 6, 4, 3, 2 or 1 periods a year, got {times}", "frequency")
    return 12 // times
