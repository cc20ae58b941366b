"""What a row of payments is worth and earns: present value and rates of return, as Excel counts them."""

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_RETURN, ONE_SIGN, InputError, RangeError
from xlmodel.maths.dates import Dates, days, from_serial
from xlmodel.maths.domain import Floats, broadcast, real, series
from xlmodel.maths.roots import bisected


def npv(rate: npt.ArrayLike, flows: npt.ArrayLike) -> Floats:
    """Return the present value of flows at the end of each period, as Excel's NPV: ``sum flow_k / (1 + i)^k``.

    Parameters
    ----------
    rate
        Rate per period, above -1: one number, a column (loans, 1), or a path (..., periods) of rates that differ by
        period and compound.
    flows
        Of either sign, the first one period from now, shape (..., periods).

    Raises
    ------
    RangeError
        A rate of -1 or less.

    Examples
    --------
    Microsoft's example: an outlay of 10,000 a year from now, then three receipts.

    >>> round(float(npv(0.1, [-10_000, 3_000, 4_200, 6_800])), 2)
    1188.44
    """
    interest, paid = series("rate", rate, -np.inf), series("flows", flows)
    real("rate", interest, above=-1)
    shape = broadcast(rate=interest, flows=paid)
    growth = np.cumsum(np.broadcast_to(np.log1p(interest), shape), axis=-1)
    value: Floats = np.sum(np.ascontiguousarray(paid * np.exp(-growth)), axis=-1)
    return value


def irr(flows: npt.ArrayLike, guess: npt.ArrayLike = 0.1) -> Floats:
    """Return the internal rate of return per period: the rate at which flows from today on are worth nothing.

    ``sum flow_j / (1 + r)^j = 0``, j from 0

    Parameters
    ----------
    flows
        Of either sign, the first today, shape (..., moments).
    guess
        Where several rates solve, the one whose logarithm ``ln(1 + r)`` lies nearest is returned; above -1, shape
        (...).

    Returns
    -------
    Shape (...). Undefined without both signs, and where no rate solves.

    Notes
    -----
    A row with one change of sign has exactly one rate, and one with n changes at most n (Descartes). A row with
    several is searched on a grid of 1,024 rates; two rates nearer to each other than the grid go unseen.

    Examples
    --------
    >>> round(float(irr([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000])), 6)
    0.086631
    """
    paid = series("flows", flows)
    years = np.arange(paid.shape[-1], dtype=np.float64)
    return _solved(paid, years, real("guess", guess, above=-1))


def xnpv(rate: npt.ArrayLike, flows: npt.ArrayLike, dates: object) -> Floats:
    """Return the value on the first date of dated flows, as Excel's XNPV: ``sum flow_j / (1 + r)^((d_j - d_0) / 365)``.

    Parameters
    ----------
    rate
        Effective annual rate, above -1, shape (...). Excel itself refuses negative rates.
    flows
        Of either sign, shape (..., dates).
    dates
        One row: `datetime64`, `date`, ISO text or Excel serial numbers (fractions of a day are cut off). None may lie
        before the first, their order is free otherwise.

    Raises
    ------
    RangeError
        A date before the first; a rate of -1 or less.
    InputError
        As many dates as flows are expected.

    Examples
    --------
    >>> flows = [-10_000, 2_750, 4_250, 3_250, 2_750]
    >>> days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(float(xnpv(0.09, flows, days)), 4)
    2086.6476
    """
    interest, paid = real("rate", rate, above=-1), series("flows", flows)
    years = _years(dates, paid.shape[-1])
    broadcast(rate=interest[..., None], flows=paid)
    present = paid * np.exp(-np.log1p(interest)[..., None] * years)
    value: Floats = np.sum(np.ascontiguousarray(present), axis=-1)
    return value


def xirr(flows: npt.ArrayLike, dates: object, guess: npt.ArrayLike = 0.1) -> Floats:
    """Return the effective annual return of dated flows, as Excel's XIRR.

    ``sum flow_j / (1 + r)^((d_j - d_0) / 365) = 0``

    Parameters
    ----------
    flows
        Of either sign, shape (..., dates).
    dates
        As of `xnpv`.
    guess
        As of `irr`.

    Returns
    -------
    Shape (...). As in Excel, undefined without both signs; also undefined where no rate solves.

    Raises
    ------
    RangeError
        A date before the first.
    InputError
        As many dates as flows are expected.

    Notes
    -----
    Excel iterates from the guess, stops at 1e-8 and gives up after 100 rounds; for losses near -100 % it may then show
    2.98E-09, which solves nothing. Here the root is bracketed and exact, so a loan that returns a thousandth of the
    money within a year is -99.9 %. With several roots Excel's answer depends on where its iteration runs; here it is
    the one nearest to the guess in ``ln(1 + r)``. Flows that are zero do not count, even the first.

    Examples
    --------
    >>> flows = [-10_000, 2_750, 4_250, 3_250, 2_750]
    >>> days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(float(xirr(flows, days)), 9)
    0.373362534
    """
    paid = series("flows", flows)
    years = _years(dates, paid.shape[-1])
    order = np.argsort(years, kind="stable")
    return _solved(np.ascontiguousarray(paid[..., order]), years[order], real("guess", guess, above=-1))


def mirr(flows: npt.ArrayLike, finance_rate: npt.ArrayLike, reinvest_rate: npt.ArrayLike) -> Floats:
    """Return the modified internal rate of return per period, as Excel's MIRR.

    ``(FV of receipts at the reinvestment rate / PV of payments at the finance rate)^(1/(n-1)) - 1``

    Parameters
    ----------
    flows
        Of either sign, the first today, shape (..., moments), at least two.
    finance_rate, reinvest_rate
        Per period, above -1, shape (...).

    Returns
    -------
    Shape (...). Undefined without both signs.

    Raises
    ------
    InputError
        A single flow.

    Examples
    --------
    >>> round(float(mirr([-120_000, 39_000, 30_000, 21_000, 37_000, 46_000], 0.10, 0.12)), 6)
    0.126094
    """
    paid = series("flows", flows)
    last = paid.shape[-1] - 1
    if last == 0:
        raise InputError("flows must hold at least two numbers: a return needs time to pass", "flows")
    finance, reinvest = real("finance_rate", finance_rate, above=-1), real("reinvest_rate", reinvest_rate, above=-1)
    broadcast(flows=paid[..., 0], finance_rate=finance, reinvest_rate=reinvest)
    moments = np.arange(last + 1)
    received = np.sum(np.maximum(paid, 0) * np.exp(np.log1p(reinvest)[..., None] * (last - moments)), axis=-1)
    spent = np.sum(np.maximum(-paid, 0) * np.exp(-np.log1p(finance)[..., None] * moments), axis=-1)
    both = (received > 0) & (spent > 0)
    ratio = np.where(both, received, 1.0) / np.where(both, spent, 1.0)
    return np.where(both, np.expm1(np.log(ratio) / last), ONE_SIGN.nan)


def year_fractions(dates: object) -> Floats:
    """Return the years from the first date, each of 365 days, as XNPV and XIRR count them.

    Parameters
    ----------
    dates
        One row: `datetime64`, `date`, ISO text or Excel serial numbers, none before the first.

    Raises
    ------
    InputError
        Not dates, or not a row.
    RangeError
        A date before the first, or a serial number below 1.

    Examples
    --------
    >>> year_fractions(["2024-01-01", "2024-12-31"]).tolist()
    [0.0, 1.0]
    """
    when = np.atleast_1d(_calendar(dates))
    if when.ndim > 1:
        raise InputError(f"dates must be one row, got {when.ndim} dimensions", "dates")
    if (when < when[0]).any():
        raise RangeError(f"dates must not lie before the first, {when[0]}, got {when.min()}", "dates")
    years: Floats = (when - when[0]).astype(np.float64) / 365.0
    return years


def _years(dates: object, count: int) -> Floats:
    years = year_fractions(dates)
    if years.size != count:
        raise InputError(f"each flow needs one date: {count} flows and {years.size} dates were given", "dates")
    return years


def _calendar(dates: object) -> Dates:
    values = np.asarray(dates)
    return from_serial(values) if values.dtype.kind in "if" else days("dates", values)


def _solved(flows: Floats, years: Floats, guess: Floats) -> Floats:
    """The return of each row; `years` ascend from 0.

    The unknown is ``z = ln(1 + r) T``, the growth over the whole time T, so that a day and a decade are searched
    alike. In z the value is smooth, and a root exists wherever the earliest and the latest flow differ in sign.
    """
    lead = broadcast(flows=flows[..., 0], guess=guess)
    rows = np.ascontiguousarray(np.broadcast_to(flows, (*lead, flows.shape[-1]))).reshape(-1, flows.shape[-1])
    both: npt.NDArray[np.bool_] = np.any(rows > 0, axis=-1) & np.any(rows < 0, axis=-1)
    span = float(years[-1])
    answer = np.where(both, NO_RETURN.nan, ONE_SIGN.nan)
    if span == 0:
        return answer.reshape(lead)
    share = years / span
    near = np.broadcast_to(np.log1p(guess) * span, lead).reshape(-1)
    for start in range(0, rows.shape[0], _CHUNK):
        part = slice(start, start + _CHUNK)
        some = rows[part]
        scale = np.abs(some).max(axis=-1, keepdims=True)
        some = some / np.where(scale > 0, scale, 1.0)

        def value(z: Floats, some: Floats = some) -> Floats:
            # Scaled so that neither end of the range overflows: the sign is all that counts.
            total: Floats = np.sum(some * np.exp(-z[:, None] * share - np.maximum(-z, 0.0)[:, None]), axis=-1)
            return total

        sampled = some @ np.exp(-share[:, None] * _GRID - np.maximum(-_GRID, 0.0))
        positive = sampled > 0
        crossing = (positive[:, 1:] != positive[:, :-1]) & both[part, None]
        # Of several crossings only the one nearest to the guess is refined.
        distance = np.abs((_GRID[1:] + _GRID[:-1]) / 2 - near[part, None])
        chosen = np.argmin(np.where(crossing, distance, np.inf), axis=-1)
        root = bisected(value, _GRID[chosen], _GRID[chosen + 1], 1e-16)
        answer[part] = np.where(crossing.any(axis=-1), np.expm1(root / span), answer[part])
    return answer.reshape(lead)


_CHUNK = 2048
# Growth over the whole time from e^-700 to e^700, densest around none.
_GRID = np.sinh(np.linspace(-np.arcsinh(700.0 / 0.5), np.arcsinh(700.0 / 0.5), 1025)) * 0.5
