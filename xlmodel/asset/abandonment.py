"""What any path of cash is worth to an owner who may stop, keep the machine idle, or be bound to run it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import OUTLIVES_PERIODS, InputError
from xlmodel.maths.domain import Floats, broadcast, real, series


@dataclass(frozen=True, slots=True)
class AbandonmentValue:
    """The best use of a machine.

    Attributes
    ----------
    value
        Its value at the start and at the end of each period, shape (..., periods + 1).
    stop_period
        The first period that is no longer run, ``K*``: cash of the periods before it counts. One more than the
        periods if all are run. Shape (...).
    idle
        The periods before ``K*`` in which it is kept idle, shape (..., periods).
    """

    value: Floats
    stop_period: Floats
    idle: npt.NDArray[np.bool_]


def abandonment_value(
    cash: npt.ArrayLike,
    rate: npt.ArrayLike,
    salvage: npt.ArrayLike = 0.0,
    idle_cost: npt.ArrayLike | None = None,
    bound_periods: npt.ArrayLike = 0,
) -> AbandonmentValue:
    """Return the value of a machine that is stopped when stopping is best, found from the end backwards.

    ``V_(k-1) = max(S_(k-1), (CFADS_k + V_k) / (1 + i_k), (V_k - idle_k) / (1 + i_k))``, ``V_N = S_N``

    Stopping at the first loss is right only while rent keeps falling: a machine may be worth running through a trough.

    Parameters
    ----------
    cash
        Net cash of each period if run, any sign, shape (..., periods).
    rate
        Discount rate per period, above -1: one number, a column, or a path (..., periods).
    salvage
        What the machine fetches when stopped, at least 0: one number, a column, or a path over the period boundaries
        from the start, shape (..., periods + 1).
    idle_cost
        Cost of keeping it idle for a period, at least 0, shape (..., periods); not allowed unless given.
    bound_periods
        First periods in which a contract compels it to run, at least 0, shape (...).

    Raises
    ------
    InputError
        A salvage path that has not one number more than there are periods.
    RangeError
        A rate of -1 or less, a negative salvage or idle cost.

    Notes
    -----
    Equal choices are decided for stopping, then for running, so an hour that earns nothing is not run.

    Examples
    --------
    A trough of two bad periods is worth passing through; the naive rule would stop at 8.60:

    >>> best = abandonment_value([5, 3, 1, -0.5, -0.2, 2, 4, 5, 5, 4], 0.03)
    >>> round(float(best.value[0]), 2), int(best.stop_period)
    (23.66, 11)
    """
    flows, interest = series("cash", cash), series("rate", rate)
    real("rate", interest, above=-1)
    scrap = series("salvage", salvage, 0)
    count = flows.shape[-1]
    bound = real("bound_periods", bound_periods, 0)
    idling = None if idle_cost is None else series("idle_cost", idle_cost, 0)
    lead = broadcast(
        cash=flows,
        rate=interest,
        bound_periods=bound[..., None],
        idle_cost=np.zeros(1) if idling is None else idling,
    )
    if lead[-1] != count or scrap.shape[-1] not in (1, count + 1):
        raise InputError(
            f"salvage must hold 1 number or {count + 1}, one for each boundary of {count} periods, "
            f"got {scrap.shape[-1]}",
            "salvage",
        )
    loans = np.broadcast_shapes(lead[:-1], scrap.shape[:-1])
    flows, interest = np.broadcast_to(flows, (*loans, count)), np.broadcast_to(interest, (*loans, count))
    scrap = np.broadcast_to(scrap, (*loans, count + 1))
    value, stops, idle = np.empty((*loans, count + 1)), np.zeros((*loans, count), bool), np.zeros((*loans, count), bool)
    value[..., count] = scrap[..., count]
    wait = None if idling is None else np.broadcast_to(idling, (*loans, count))
    for k in range(count - 1, -1, -1):
        earned = flows[..., k]
        forced = k < bound
        if wait is not None:
            rest = (-wait[..., k] > earned) & ~forced
            earned = np.where(rest, -wait[..., k], earned)
            idle[..., k] = rest
        go_on = (earned + value[..., k + 1]) / (1 + interest[..., k])
        stops[..., k] = (scrap[..., k] >= go_on) & ~forced
        value[..., k] = np.where(stops[..., k], scrap[..., k], go_on)
    first = np.where(stops.any(axis=-1), stops.argmax(axis=-1), count)
    idle &= np.arange(count) < first[..., None]
    return AbandonmentValue(value, (first + 1).astype(np.float64), idle)


def economic_life_periods(cash: npt.ArrayLike, rate: npt.ArrayLike = 0.0) -> Floats:
    """Return the first period that is not worth running, ``K*``.

    Parameters
    ----------
    cash, rate
        As of `abandonment_value`.

    Returns
    -------
    Shape (...). With cash that only falls it is the first period whose cash is zero or less. Undefined where every
    period given is run.

    Raises
    ------
    RangeError
        A rate of -1 or less.

    Examples
    --------
    >>> float(economic_life_periods([5, 2, 0, -1]))
    3.0
    """
    best = abandonment_value(cash, rate)
    return np.where(best.stop_period <= best.idle.shape[-1], best.stop_period, OUTLIVES_PERIODS.nan)
