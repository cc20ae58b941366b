"""Does the cash pay the debt? Debt service coverage by period, over a year back and over a year ahead.

Flows arrive at the end of their period. Debt service is the *scheduled* service; what a sweep pays on top
never enters the denominator.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NO_DEBT_SERVICE, NOTHING_AHEAD, SHORT_HISTORY, UNEXPLAINED, RangeError, Undefined
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

# What is left of a service after its balloon is taken out, relative to the service, is rounding below this.
_ROUNDING = 1e-12


def cover(cash: Floats, claim: Floats, undefined: Undefined) -> Floats:
    """Cash over the claim on it, undefined where the claim is not positive.

    ``cash / claim``

    Parameters
    ----------
    cash
        What is there to pay, any shape and sign.
    claim
        What is to be paid; not positive means there is nothing to cover.
    undefined
        The reason given where there is nothing to cover.

    Examples
    --------
    >>> cover(np.array([90.0, 5.0]), np.array([60.0, 0.0]), NO_DEBT_SERVICE).tolist()
    [1.5, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotient = cash / claim
    # A claim so small that the quotient overflows has no ratio that could be shown.
    quotient = np.where(np.isfinite(quotient), quotient, UNEXPLAINED.nan)
    return np.where(claim > 0, quotient, undefined.nan)


def dscr(cfads: ArrayLike, debt_service: ArrayLike, balloon: ArrayLike = 0.0, include_balloon: bool = True) -> Floats:
    """Debt service coverage of each period.

    ``DSCR_k = CFADS_k / DS_k``, or ``CFADS_k / (DS_k − balloon_k)`` without the balloon

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, time last; may be negative.
    debt_service
        Scheduled interest and principal with the balloon in it, money a period, at least 0.
    balloon
        The part of the debt service that is a final lump, money a period, between 0 and the debt service.
    include_balloon
        False takes the balloon out, to see the service of an ordinary period.

    Returns
    -------
    Floats
        The ratio by period. A negative cash flow keeps its negative ratio; a period without debt service is
        undefined (`NO_DEBT_SERVICE`), which is never a breach.

    Raises
    ------
    RangeError
        Negative debt service, or a balloon larger than the service that contains it.

    Notes
    -----
    Source: Yescombe, *Principles of Project Finance* (2014), ch. 12.

    Examples
    --------
    >>> dscr([50, 60, 140], [0, 40, 140], balloon=[0, 0, 100], include_balloon=False).tolist()
    [nan, 1.5, 3.5]
    """
    cash, service = _flows(cfads, debt_service)
    lump = real("balloon", balloon, 0)
    shape = broadcast(cfads=cash, debt_service=service, balloon=lump)
    over = np.broadcast_to(lump > service * (1 + _ROUNDING), shape)
    if over.any():
        at = int(np.argwhere(over)[0][-1]) + 1
        raise RangeError(f"balloon must be part of the debt service, but exceeds it in period {at}", "balloon")
    if not include_balloon:
        rest = service - lump
        service = np.where(rest > service * _ROUNDING, rest, 0.0)
    return cover(np.broadcast_to(cash, shape), np.broadcast_to(service, shape), NO_DEBT_SERVICE)


def dscr_ltm(cfads: ArrayLike, debt_service: ArrayLike, periods_per_year: float = 4, partial: bool = False) -> Floats:
    """Debt service coverage over the year that ends with each period.

    ``LTM_k = Σ CFADS_j / Σ DS_j`` over ``j = k−m+1 … k``, a ratio of sums and not a mean of ratios

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, time last; may be negative.
    debt_service
        Scheduled interest and principal, money a period, at least 0.
    periods_per_year
        The window m in periods: 12, 4, 2, 1 or any whole number from 1.
    partial
        True answers before a full window has passed, over the periods there are.

    Returns
    -------
    Floats
        The ratio by period; `SHORT_HISTORY` before the first full window, `NO_DEBT_SERVICE` where none fell
        due.

    Notes
    -----
    The historic ratio of loan agreements. It lags: on falling cash it breaches after the period itself does.

    Examples
    --------
    >>> dscr_ltm([200, 100, 60], [100, 200, 100], periods_per_year=2).round(4).tolist()
    [nan, 1.0, 0.5333]
    """
    cash, service = _flows(cfads, debt_service)
    window = whole("periods_per_year", periods_per_year, 1)
    shape = broadcast(cfads=cash, debt_service=service)
    ratio = cover(trailing_sum(cash, shape, window), trailing_sum(service, shape, window), NO_DEBT_SERVICE)
    if not partial:
        ratio[..., : window - 1] = SHORT_HISTORY.nan
    return ratio


def dscr_ntm(cfads: ArrayLike, debt_service: ArrayLike, periods_per_year: float = 4, partial: bool = False) -> Floats:
    """Debt service coverage over the year that follows each period.

    ``NTM_k = Σ CFADS_j / Σ DS_j`` over ``j = k+1 … min(k+m, N)``

    Parameters
    ----------
    cfads
        Forecast cash flow available for debt service, money a period, time last; may be negative.
    debt_service
        Scheduled interest and principal, money a period, at least 0.
    periods_per_year
        The window m in periods: 12, 4, 2, 1 or any whole number from 1.
    partial
        Taken so that both rolling ratios are called alike. The window is cut at maturity either way: a loan's
        last year is its own, not a lack of data.

    Returns
    -------
    Floats
        The ratio at the end of each period; `NOTHING_AHEAD` at the last, `NO_DEBT_SERVICE` where none falls
        due.

    See Also
    --------
    dscr_ntm_at_close : the same ratio on the closing date, before the first period.

    Examples
    --------
    >>> dscr_ntm([200, 100, 60], [100, 200, 100], periods_per_year=2).round(4).tolist()
    [0.5333, 0.6, nan]
    """
    cash, service = _flows(cfads, debt_service)
    window = whole("periods_per_year", periods_per_year, 1)
    shape = broadcast(cfads=cash, debt_service=service)
    ahead = cover(leading_sum(cash, shape, window), leading_sum(service, shape, window), NO_DEBT_SERVICE)
    ratio = np.full(shape, NOTHING_AHEAD.nan)
    ratio[..., :-1] = ahead[..., 1:]
    return ratio


def dscr_ntm_at_close(cfads: ArrayLike, debt_service: ArrayLike, periods_per_year: float = 4) -> Floats:
    """Debt service coverage over the first year, as seen on the closing date.

    ``NTM_0 = Σ CFADS_j / Σ DS_j`` over ``j = 1 … min(m, N)``

    Parameters
    ----------
    cfads
        Forecast cash flow available for debt service, money a period, time last; may be negative.
    debt_service
        Scheduled interest and principal, money a period, at least 0.
    periods_per_year
        The window m in periods.

    Returns
    -------
    Floats
        One ratio a loan, without the time axis; `NO_DEBT_SERVICE` where none falls due in the first year.

    Examples
    --------
    >>> float(dscr_ntm_at_close([200, 100, 60], [100, 200, 100], periods_per_year=2))
    1.0
    """
    cash, service = _flows(cfads, debt_service)
    window = whole("periods_per_year", periods_per_year, 1)
    shape = broadcast(cfads=cash, debt_service=service)
    return cover(leading_sum(cash, shape, window)[..., 0], leading_sum(service, shape, window)[..., 0], NO_DEBT_SERVICE)


def average_dscr(ratio: ArrayLike) -> Floats:
    """Arithmetic mean of the defined ratios.

    ``ADSCR = mean{ DSCR_k : DS_k > 0 }``, which is not `aggregate_dscr`

    Parameters
    ----------
    ratio
        Ratios by period, time last; undefined periods are skipped.

    Returns
    -------
    Floats
        One mean a loan; where every period is undefined the first period's reason stands.

    Examples
    --------
    >>> float(average_dscr(dscr([50, 60, 70], [0, 40, 40])))
    1.625
    """
    values = np.atleast_1d(real("ratio", ratio, undefined=True))
    total, count = np.zeros(values.shape[:-1]), np.zeros(values.shape[:-1])
    for k in range(values.shape[-1]):
        defined = ~np.isnan(values[..., k])
        total = total + np.where(defined, values[..., k], 0.0)
        count = count + defined
    return np.where(count > 0, total / np.maximum(count, 1), values[..., 0])


def aggregate_dscr(cfads: ArrayLike, debt_service: ArrayLike) -> Floats:
    """Coverage of the whole term's debt service by the whole term's cash.

    ``Σ CFADS_k / Σ DS_k``

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, time last; may be negative.
    debt_service
        Scheduled interest and principal, money a period, at least 0.

    Returns
    -------
    Floats
        One ratio a loan; `NO_DEBT_SERVICE` where none falls due at all.

    Examples
    --------
    >>> float(aggregate_dscr([200, 100], [100, 200]))
    1.0
    """
    cash, service = _flows(cfads, debt_service)
    shape = broadcast(cfads=cash, debt_service=service)
    last, term = shape[-1] - 1, shape[-1]
    paid, owed = (trailing_sum(flow, shape, term)[..., last] for flow in (cash, service))
    return cover(paid, owed, NO_DEBT_SERVICE)


@dataclass(frozen=True, slots=True)
class Minimum:
    """The lowest defined ratio and where it stands.

    Attributes
    ----------
    value
        The lowest ratio of each loan; the reason of the first period where none is defined.
    index
        Its period, counted from 0, the earliest on a tie; −1 where none is defined.
    """

    value: Floats
    index: npt.NDArray[np.intp]


def minimum(ratio: ArrayLike) -> Minimum:
    """Lowest defined ratio of each loan and its period.

    ``min{ ratio_k : defined }``

    Parameters
    ----------
    ratio
        Ratios by period, time last; undefined periods are skipped.

    Examples
    --------
    >>> low = minimum(dscr([50, 60, 50], [0, 40, 40]))
    >>> float(low.value), int(low.index)
    (1.25, 2)
    """
    values = np.atleast_1d(real("ratio", ratio, undefined=True))
    at = np.argmin(np.where(np.isnan(values), np.inf, values), axis=-1)
    lowest = np.take_along_axis(values, at[..., None], axis=-1)[..., 0]
    nothing = np.isnan(values).all(axis=-1)
    return Minimum(np.where(nothing, values[..., 0], lowest), np.where(nothing, -1, at))


def _flows(cfads: ArrayLike, debt_service: ArrayLike) -> tuple[Floats, Floats]:
    return series("cfads", cfads), series("debt_service", debt_service, 0)


def trailing_sum(flow: Floats, shape: tuple[int, ...], window: int) -> Floats:
    """Sum of each period and those before it in the window, the nearest first; of as many as there are.

    The shifted slices are added one by one: a difference of running totals would lose the small late flows,
    and every element is the same chain of additions whether it stands alone or in a batch.
    """
    full = np.broadcast_to(flow, shape)
    total = full.copy()
    for lag in range(1, min(window, shape[-1])):
        total[..., lag:] += full[..., :-lag]
    return total


def leading_sum(flow: Floats, shape: tuple[int, ...], window: int) -> Floats:
    """Sum of each period and those after it in the window, as far as there are any."""
    full = np.broadcast_to(flow, shape)
    total = full.copy()
    for lead in range(1, min(window, shape[-1])):
        total[..., :-lead] += full[..., lead:]
    return total
