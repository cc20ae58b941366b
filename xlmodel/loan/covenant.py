"""Is a covenant kept? First breach, status by period, headroom."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NOTHING_TO_LOSE, InputError, RangeError
from xlmodel.maths.domain import Floats, broadcast, real, whole

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
