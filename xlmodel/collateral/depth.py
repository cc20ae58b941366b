"""How price gives way when a block meets a thin market.

Every law answers the same question, the share of price lost by selling `units`, in two forms: *uniform*, all units
at the one price that clears the block, and *walk-down*, each unit at the price still paid for it. A law knows nothing
of decay: it says what volume costs, time is charged elsewhere. No law takes the price below the floor that a cap sets;
walking down, the units past that point all bring the floor.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real

# The average discount of a block sold at a constant rate under a square-root law: the mean of √x over 0 to 1.
_AVERAGE_OF_ROOT = 2 / 3


@dataclass(frozen=True, slots=True)
class Discount:
    """The share of price a block loses.

    Attributes
    ----------
    uniform
        When all units clear at one price; for a law of impact, the price move at the end of the sale (its peak).
    walk_down
        When each unit is sold at the price it meets; for a law of impact, the average.
    """

    uniform: Floats
    walk_down: Floats


def square_root(
    units: npt.ArrayLike,
    volume: npt.ArrayLike,
    volatility: npt.ArrayLike,
    strength: npt.ArrayLike = 1.0,
    cap: npt.ArrayLike = 1.0,
) -> Discount:
    """Square-root impact of a block on a continuous market.

    ``I = Y · σ · √(Q / V)``, on average ``2/3 · I`` for a sale at a constant rate

    Parameters
    ----------
    units
        Q, units sold, at least 0.
    volume
        V, units the market trades in the unit of time, at least 0.
    volatility
        σ, over the *same* unit of time as the volume, fraction, at least 0.
    strength
        Y, 0.5 to 1 in the literature.
    cap
        Largest possible loss, one minus the scrap share; reached where there is no volume at all.

    Notes
    -----
    Tóth et al. (2011). Slower selling does not help under this law: over T units of time σ grows with √T and √(Q/V)
    falls with it. It is calibrated on orders of about a tenth of daily volume; for a fleet of used hardware take the
    worse of it and a demand curve.

    Examples
    --------
    Ten thousand units against 2,000 a day at 3 % daily volatility move the price by 6.7 %:

    >>> round(float(square_root(10_000, 2_000, 0.03).uniform), 4)
    0.0671
    """
    q, v, limit = _sold(units), real("volume", volume, 0), _cap(cap)
    sigma, y = real("volatility", volatility, 0), real("strength", strength, 0)
    broadcast(units=q, volume=v, volatility=sigma, strength=y, cap=limit)
    peak = y * sigma * np.sqrt(_turnover(q, v))
    # Beyond the share x of the block at which the move reaches the cap, every unit loses the cap.
    x = np.minimum(np.where(peak > limit, limit / np.where(peak > limit, peak, 1.0), 1.0) ** 2, 1.0)
    average = _AVERAGE_OF_ROOT * np.minimum(peak, limit) * x + limit * (1 - x)
    return Discount(_capped(peak, q, v, limit), _capped(average, q, v, limit))


def linear(units: npt.ArrayLike, slope: npt.ArrayLike, cap: npt.ArrayLike = 1.0) -> Discount:
    """Linear impact: the price falls by the same amount for every unit.

    ``λ · Q``, on average ``λ · Q / 2``

    Parameters
    ----------
    units
        Q, units sold, at least 0.
    slope
        λ, share of price lost a unit, at least 0; Kyle's lambda over the price.
    cap
        Largest possible loss.

    Notes
    -----
    Kyle (1985).

    Examples
    --------
    >>> float(linear(10_000, 4e-6).uniform)
    0.04
    """
    q, slope_, limit = _sold(units), real("slope", slope, 0), _cap(cap)
    broadcast(units=q, slope=slope_, cap=limit)
    peak = slope_ * q
    x = np.where(peak > limit, limit / np.where(peak > limit, peak, 1.0), 1.0)
    return Discount(np.minimum(peak, limit), np.asarray(np.minimum(peak, limit) / 2 * x + limit * (1 - x)))


def isoelastic(
    units: npt.ArrayLike, volume: npt.ArrayLike, elasticity: npt.ArrayLike = 1.0, cap: npt.ArrayLike = 1.0
) -> Discount:
    """Demand of constant elasticity: the block comes on top of what the market takes anyway.

    ``1 − (1 + Q / Q0)^(−1/ε)``

    Parameters
    ----------
    units
        Q, units sold, at least 0.
    volume
        Q0, normal volume over the time of the sale, units, at least 0.
    elasticity
        ε, percentage of demand gained for a percent of price, greater than 0; at 1 the area takes a logarithm.
    cap
        Largest possible loss, reached where there is no normal volume.

    Examples
    --------
    Twice the normal volume halves the price at elasticity 1:

    >>> float(isoelastic(100, 100).uniform)
    0.5
    """
    q, v, limit = _sold(units), real("volume", volume, 0), _cap(cap)
    epsilon = real("elasticity", elasticity, above=0)
    broadcast(units=q, volume=v, elasticity=epsilon, cap=limit)
    x = _turnover(q, v)
    power = 1 - 1 / epsilon
    near_one = np.abs(power) < 1e-12

    def average(turnover: Floats) -> Floats:
        # ∫(1+x)^(−1/ε) dx / X over 0 to X; near ε = 1 the power form is 0/0 and becomes ln(1+X)/X. Below 1e-8 the
        # difference of two numbers near 1 is lost to rounding; its first term X/(2ε) is exact enough.
        log, small = np.log1p(turnover), turnover < 1e-8
        area = np.where(near_one, log, np.expm1(power * log) / np.where(near_one, 1.0, power))
        return np.where(small, turnover / (2 * epsilon), 1 - area / np.where(small, 1.0, turnover))

    with np.errstate(divide="ignore", over="ignore"):
        reach = (1 - limit) ** -epsilon - 1
    uniform = -np.expm1(-np.log1p(x) / epsilon)
    return Discount(_capped(uniform, q, v, limit), _capped(_floored(average, x, reach, limit), q, v, limit))


def exponential(units: npt.ArrayLike, depth: npt.ArrayLike, cap: npt.ArrayLike = 1.0) -> Discount:
    """Exponential demand: every block of `depth` units takes the price down by 1/e.

    ``1 − e^(−Q / D)``

    Parameters
    ----------
    units
        Q, units sold, at least 0.
    depth
        D, units over the time of the sale, at least 0.
    cap
        Largest possible loss, reached where there is no depth.

    Examples
    --------
    >>> round(float(exponential(10_000, 50_000).uniform), 4)
    0.1813
    """
    q, d, limit = _sold(units), real("depth", depth, 0), _cap(cap)
    broadcast(units=q, depth=d, cap=limit)
    x = _turnover(q, d)

    def average(turnover: Floats) -> Floats:
        small = turnover < 1e-8
        return np.where(small, turnover / 2, 1 + np.expm1(-turnover) / np.where(small, 1.0, turnover))

    with np.errstate(divide="ignore"):
        reach = -np.log1p(-limit)
    return Discount(_capped(-np.expm1(-x), q, d, limit), _capped(_floored(average, x, reach, limit), q, d, limit))


def ladder(units: npt.ArrayLike, rungs: npt.ArrayLike, cap: npt.ArrayLike = 1.0) -> Discount:
    """Demand typed in by hand: how many units find a buyer at which share of the price.

    Parameters
    ----------
    units
        Q, units sold, at least 0, any shape.
    rungs
        Rows of (share of the reference price, units wanted at that price), in any order; shares between 0 and 1,
        units at least 0. Better bids are filled first.
    cap
        Largest possible loss: units beyond the last bid sell at ``1 − cap``.

    Raises
    ------
    InputError
        The ladder is not a table of two columns.

    Examples
    --------
    Half the block at 90 %, the rest at 60 %:

    >>> sale = ladder(200, [(0.9, 100), (0.6, 500)])
    >>> round(float(sale.uniform), 12), round(float(sale.walk_down), 12)
    (0.4, 0.25)
    """
    q, limit = _sold(units), _cap(cap)
    table = real("rungs", rungs, 0)
    if table.ndim != 2 or table.shape[1] != 2:
        raise InputError("rungs must be a table of two columns: share of price, units", "rungs")
    real("rungs, the share of price,", table[:, 0], 0, 1)
    broadcast(units=q, cap=limit)
    table = table[np.argsort(-table[:, 0], kind="stable")]
    floor = (1 - limit)[..., None]
    shares, wanted = np.maximum(table[:, 0], floor), table[:, 1]
    filled_before = np.concatenate(([0.0], np.cumsum(wanted)[:-1]))
    sold = np.clip(q[..., None] - filled_before, 0, wanted)
    beyond = np.maximum(q - wanted.sum(), 0)
    proceeds = (sold * shares).sum(axis=-1) + beyond * floor[..., 0]
    last = np.where(beyond > 0, floor[..., 0], np.where(sold > 0, shares, 1.0).min(axis=-1))
    average = np.where(q > 0, proceeds / np.where(q > 0, q, 1.0), 1.0)
    return Discount(np.asarray(1 - last), np.asarray(1 - average))


def _sold(units: npt.ArrayLike) -> Floats:
    return real("units", units, 0)


def _cap(cap: npt.ArrayLike) -> Floats:
    return real("cap", cap, 0, 1)


def _turnover(units: Floats, volume: Floats) -> Floats:
    """Units over volume, 0 where it will not be used: nothing sold, or nothing traded."""
    traded = volume > 0
    with np.errstate(over="ignore"):
        turnover = np.where(traded, units / np.where(traded, volume, 1.0), 0.0)
    # A volume next to nothing is no volume; the bound keeps 0 times infinity out of the areas.
    return np.asarray(np.minimum(turnover, 1e300))


def _floored(average: Callable[[Floats], Floats], turnover: Floats, reach: Floats, cap: Floats) -> Floats:
    """Average loss when units beyond the turnover at which the price reaches the floor all lose the cap."""
    below = np.minimum(turnover, reach)
    share = np.where(turnover > 0, below / np.where(turnover > 0, turnover, 1.0), 1.0)
    return np.asarray(share * average(below) + (1 - share) * cap)


def _capped(loss: Floats, units: Floats, volume: Floats, cap: Floats) -> Floats:
    """Nothing sold loses nothing; something sold into no market loses all it can."""
    return np.where(units == 0, 0.0, np.where(volume > 0, np.clip(loss, 0, cap), cap))
