"""Is a covenant kept? First breach, status by period, headroom, and the equity that would cure."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NO_DEBT_SERVICE, NOTHING_TO_LOSE, SHORT_HISTORY, InputError, RangeError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

# Equality passes, and so does what rounding makes of it: a loan sculpted to 1.30x must not breach 1.30x.
_TOLERANCE = 1e-12

Indices = npt.NDArray[np.intp]
"""Positions on the time axis, counted from 0; −1 is "none"."""


class Status(IntEnum):
    """What a test says of a period."""

    UNTESTED = -1
    OK = 0
    LOCKUP = 1
    DEFAULT = 2


def breaches(ratio: ArrayLike, covenant: ArrayLike, direction: str = "below") -> npt.NDArray[np.bool_]:
    """Whether each period breaks the covenant.

    ``ratio_k < covenant_k`` ("below") or ``ratio_k > covenant_k`` ("above"), strictly

    Parameters
    ----------
    ratio
        The tested ratio by period, time last; an undefined period never breaches.
    covenant
        The level, one number or one for each period.
    direction
        "below" for coverage, "above" for loan to value and leverage.

    Raises
    ------
    InputError
        A direction other than the two, or ranges that do not fit.

    Notes
    -----
    Equality passes; the comparison forgives 1e-12 of the level, so rounding is no breach.

    Examples
    --------
    >>> breaches([1.3, 1.2, 1.1], [1.2, 1.2, 1.2]).tolist()
    [False, False, True]
    """
    values = np.atleast_1d(real("ratio", ratio, undefined=True))
    level = real("covenant", covenant)
    broadcast(ratio=values, covenant=level)
    if direction not in ("below", "above"):
        raise InputError(f"direction must be 'below' or 'above', got {direction!r}", "direction")
    gap = level - values if direction == "below" else values - level
    return np.asarray(gap > _TOLERANCE * np.abs(level), dtype=np.bool_)


def first_breach(ratio: ArrayLike, covenant: ArrayLike, direction: str = "below", first_test: float = 1) -> Indices:
    """First period that breaks the covenant.

    ``min{ k ≥ first_test : ratio_k breaks covenant_k }``

    Parameters
    ----------
    ratio
        The tested ratio by period, time last; an undefined period never breaches.
    covenant
        The level, one number or one for each period: levels may step over time.
    direction
        "below" for coverage, "above" for loan to value and leverage.
    first_test
        The first period tested, counted from 1.

    Returns
    -------
    Indices
        The position on the time axis, counted from 0, one a loan; −1 where there is no breach.

    Examples
    --------
    >>> int(first_breach([1.30, 1.21, 1.19], 1.20))
    2
    >>> int(first_breach([1.30, 1.21, 1.20], 1.20))
    -1
    """
    broken = breaches(ratio, covenant, direction)
    start = whole("first_test", first_test, 1) - 1
    broken[..., :start] = False
    return np.where(broken.any(axis=-1), np.argmax(broken, axis=-1), -1)


def covenant_status(
    ratio: ArrayLike,
    lockup: ArrayLike,
    default: ArrayLike,
    direction: str = "below",
    passes_to_release: float = 1,
) -> Indices:
    """Status of every test: ok, distributions locked up, or default.

    ``default`` where the default level is broken, else ``lockup`` where the lock-up level is broken or where
    fewer than c consecutive tests have passed since it was, else ``ok``

    Parameters
    ----------
    ratio
        The tested ratio by period, time last; an undefined period is untested.
    lockup
        The level that traps cash, one number or one for each period.
    default
        The level of an event of default, on the worse side of the lock-up level.
    direction
        "below" for coverage, "above" for loan to value and leverage.
    passes_to_release
        c, the consecutive passes of the lock-up level that end a lock-up, at least 1.

    Returns
    -------
    Indices
        Codes of `Status` by period. An untested period neither counts as a pass nor breaks a row of passes.

    Raises
    ------
    RangeError
        A default level on the better side of the lock-up level.

    Examples
    --------
    >>> codes = covenant_status([1.25, 1.15, 1.21, 1.22, 1.0], 1.2, 1.05, passes_to_release=2)
    >>> [Status(code).name for code in codes]
    ['OK', 'LOCKUP', 'LOCKUP', 'OK', 'DEFAULT']
    """
    locked, failed = breaches(ratio, lockup, direction), breaches(ratio, default, direction)
    upper, lower = (real("lockup", lockup), real("default", default))
    wrong = lower > upper if direction == "below" else lower < upper
    if wrong.any():
        better = "above" if direction == "below" else "below"
        raise RangeError(f"default must not lie {better} lockup, or every lock-up would be a default", "default")
    needed = whole("passes_to_release", passes_to_release, 1)
    values = np.atleast_1d(np.asarray(ratio, dtype=np.float64))
    shape = np.broadcast_shapes(values.shape, locked.shape, failed.shape)
    locked, failed = np.broadcast_to(locked, shape), np.broadcast_to(failed, shape)
    tested = np.broadcast_to(~np.isnan(values), shape)
    status = np.empty(shape, dtype=np.intp)
    passes = np.full(shape[:-1], needed)
    for k in range(shape[-1]):
        step = np.where(locked[..., k], 0, passes + 1)
        passes = np.where(tested[..., k], step, passes)
        held = np.where(passes < needed, Status.LOCKUP, Status.OK)
        state = np.where(failed[..., k], Status.DEFAULT, held)
        status[..., k] = np.where(tested[..., k], state, Status.UNTESTED)
    return status


def headroom(ratio: ArrayLike, covenant: ArrayLike, direction: str = "below") -> Floats:
    """Share by which cash, or value, may fall until the covenant breaks.

    ``1 − covenant / ratio`` for coverage, ``1 − ratio / covenant`` for loan to value

    Parameters
    ----------
    ratio
        The ratio, any shape; undefined stays undefined.
    covenant
        The level, greater than 0, one number or one for each period.
    direction
        "below" for coverage, "above" for loan to value.

    Returns
    -------
    Floats
        The share; negative once the covenant is broken, undefined (`NOTHING_TO_LOSE`) for a coverage of 0 or
        less.

    Examples
    --------
    >>> round(float(headroom(1.5, 1.2)), 12)
    0.2
    """
    values = real("ratio", ratio, undefined=True)
    level = real("covenant", covenant, above=0)
    broadcast(ratio=values, covenant=level)
    if direction == "above":
        return np.asarray(1 - values / level)
    if direction != "below":
        raise InputError(f"direction must be 'below' or 'above', got {direction!r}", "direction")
    with np.errstate(over="ignore"):
        share = 1 - level / np.where(values > 0, values, 1.0)
    share = np.where((values > 0) & np.isfinite(share), share, NOTHING_TO_LOSE.nan)
    return np.where(np.isnan(values), values, share)


@dataclass(frozen=True, slots=True)
class Cures:
    """The equity that repairs a tested ratio, period by period.

    Attributes
    ----------
    amount
        Money put in by period, 0 where none is needed or none is allowed any more.
    ratio
        The ratio after the cures.
    cured
        True where a breach was repaired.
    """

    amount: Floats
    ratio: Floats
    cured: npt.NDArray[np.bool_]


def equity_cures(
    cfads: ArrayLike,
    debt_service: ArrayLike,
    covenant: ArrayLike,
    window: float = 1,
    max_cures: float | None = None,
    max_consecutive: float | None = None,
    counts_as: str = "cfads",
) -> Cures:
    """Equity needed to keep a coverage covenant, as far as the agreement allows cures.

    ``Σ CFADS + cure = covenant · Σ DS`` ("cfads"), or ``Σ CFADS = covenant · (Σ DS − cure)`` ("debt_service")

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, time last; may be negative.
    debt_service
        Scheduled interest and principal, money a period, at least 0.
    covenant
        The level, greater than 0, one number or one for each period.
    window
        Periods the ratio looks back over, 1 for the periodic ratio; tests begin with the first full window
        and a cure goes on counting while it is inside the window.
    max_cures
        Cures allowed over the life, no limit when omitted.
    max_consecutive
        Cures allowed in a row, no limit when omitted.
    counts_as
        "cfads" adds the cure to the cash, "debt_service" sets it off against the service. The second is
        smaller when the covenant is above 1; where cash is negative even a full set-off does not cure.

    Raises
    ------
    InputError
        `counts_as` other than the two.

    Examples
    --------
    >>> cures = equity_cures([130, 110, 90], [100, 100, 100], 1.2, max_cures=1)
    >>> cures.amount.tolist(), cures.ratio.tolist()
    ([0.0, 10.0, 0.0], [1.3, 1.2, 0.9])
    """
    cash, service = series("cfads", cfads), series("debt_service", debt_service, 0)
    level = real("covenant", covenant, above=0)
    shape = broadcast(cfads=cash, debt_service=service, covenant=level)
    span = whole("window", window, 1)
    total = shape[-1] if max_cures is None else whole("max_cures", max_cures)
    row = shape[-1] if max_consecutive is None else whole("max_consecutive", max_consecutive)
    if counts_as not in ("cfads", "debt_service"):
        raise InputError(f"counts_as must be 'cfads' or 'debt_service', got {counts_as!r}", "counts_as")
    cash, service = np.broadcast_to(cash, shape).copy(), np.broadcast_to(service, shape).copy()
    level = np.broadcast_to(level, shape)
    amount, ratio = np.zeros(shape), np.full(shape, SHORT_HISTORY.nan)
    cured = np.zeros(shape, dtype=np.bool_)
    used, streak = np.zeros(shape[:-1], dtype=np.intp), np.zeros(shape[:-1], dtype=np.intp)
    for k in range(span - 1, shape[-1]):
        have, due = cash[..., k].copy(), service[..., k].copy()
        for lag in range(1, span):
            have, due = have + cash[..., k - lag], due + service[..., k - lag]
        short = level[..., k] * due - have > _TOLERANCE * level[..., k] * due
        if counts_as == "cfads":
            gap = level[..., k] * due - have
            possible = short
        else:
            gap = due - have / level[..., k]
            # Only this period's service can be set off, and no set-off turns negative cash into cover.
            possible = short & (have > 0) & (gap <= service[..., k])
        cured[..., k] = possible & (used < total) & (streak < row) & (due > 0)
        amount[..., k] = np.where(cured[..., k], gap, 0.0)
        if counts_as == "cfads":
            cash[..., k] += amount[..., k]
            have = have + amount[..., k]
        else:
            service[..., k] -= amount[..., k]
            due = due - amount[..., k]
        used = used + cured[..., k]
        streak = np.where(cured[..., k], streak + 1, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio[..., k] = np.where(due > 0, have / due, NO_DEBT_SERVICE.nan)
    return Cures(amount, ratio, cured)
