"""When to sell: a quick sale costs price, a slow one costs decay and carry.

Closed forms for the two simplest plans: one sale at a constant rate whose length is chosen, and tranches on fixed
dates.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_BEST_HORIZON
from xlmodel.maths.domain import Floats, broadcast, real, series

_FIRST_ORDER = 0.4


@dataclass(frozen=True, slots=True)
class SaleHorizon:
    """The best length of a sale and what it costs, arrays of one shape.

    Attributes
    ----------
    years
        T*, the length with the least cost; undefined (`NO_BEST_HORIZON`) where waiting is free and nothing limits it.
    cost
        Share of the value lost at that length, 0 to 1.
    first_order
        Whether the cost is small enough (at most 0.4) for the first-order formula to describe it.
    """

    years: Floats
    cost: Floats
    first_order: npt.NDArray[np.bool_]


def optimal_sale_horizon(
    concession: npt.ArrayLike,
    units: npt.ArrayLike,
    decay_and_carry_cc: npt.ArrayLike,
    longest_years: npt.ArrayLike | None = None,
) -> SaleHorizon:
    """Length of a sale at a constant rate that loses least to price concession, decay and carry together.

    ``cost(T) = η Q / T + (δ + c) T / 2``, ``T* = √(2 η Q / (δ + c))``, ``cost(T*) = √(2 η Q (δ + c))``

    Parameters
    ----------
    concession
        η, share of price given up for a selling rate of one unit a year, at least 0.
    units
        Q, in the unit of the concession, at least 0.
    decay_and_carry_cc
        δ + c, continuous rates of decay and of storage, insurance and financing, a year, at least 0. Carry counts
        here or as money in the composition, not in both.
    longest_years
        A limit on the length, greater than 0; none when left out.

    Returns
    -------
    SaleHorizon
        A block of nothing, or one that concedes nothing, is sold at once at no cost. Without decay and carry the
        limit is the best length; without a limit there is none, and the cost tends to 0.

    Notes
    -----
    [derived] First order in all losses. The unavoidable cost grows with the square root of decay.

    Examples
    --------
    >>> best = optimal_sale_horizon(0.02, 5.0, 0.6)
    >>> round(float(best.years), 4), round(float(best.cost), 4)
    (0.5774, 0.3464)
    """
    eta, q = real("concession", concession, 0), real("units", units, 0)
    rate = real("decay_and_carry_cc", decay_and_carry_cc, 0)
    given = {"concession": eta, "units": q, "decay_and_carry_cc": rate}
    if longest_years is not None:
        given["longest_years"] = real("longest_years", longest_years, above=0)
    shape = broadcast(**given)
    limit = given.get("longest_years", np.asarray(np.inf))
    waits = rate > 0
    push = eta * q
    free = np.where(push > 0, np.inf, 0.0)
    years = np.minimum(np.where(waits, np.sqrt(2 * push / np.where(waits, rate, 1.0)), free), limit)
    moving = (years > 0) & np.isfinite(years)
    cost = np.where(moving, push / np.where(moving, years, 1.0) + rate * np.where(moving, years, 0.0) / 2, 0.0)
    years = np.where(np.isfinite(years), years, NO_BEST_HORIZON.nan)
    return SaleHorizon(
        np.broadcast_to(years, shape).copy(),
        np.broadcast_to(np.minimum(cost, 1.0), shape).copy(),
        np.broadcast_to(cost <= _FIRST_ORDER, shape).copy(),
    )


def staged_sale(
    tranche_values: npt.ArrayLike,
    enforcement_years: npt.ArrayLike,
    months_between: npt.ArrayLike,
    decay_cc: npt.ArrayLike,
    discount_cc: npt.ArrayLike = 0.0,
) -> Floats:
    """Present value of tranches sold one after the other on fixed dates.

    ``Σ_k v_k · e^(−(δ + r)(τ + k·m/12))``, k = 1, 2, …

    Parameters
    ----------
    tranche_values
        v_k, value of each tranche at the reference date, money, at least 0, tranches on the last axis.
    enforcement_years
        τ, from default until the selling starts, at least 0, one number a sale (no tranche axis).
    months_between
        m, spacing of the tranches, at least 0; the first is sold one spacing after the start.
    decay_cc, discount_cc
        δ and r, continuous annual rates, at least 0.

    Examples
    --------
    >>> round(float(staged_sale([100] * 6, 0.5, 1, 0.6, 0.1)), 4)
    346.4436
    """
    tranches = series("tranche_values", tranche_values, 0)
    start, spacing = real("enforcement_years", enforcement_years, 0), real("months_between", months_between, 0)
    decay, rate = real("decay_cc", decay_cc, 0), real("discount_cc", discount_cc, 0)
    shape = broadcast(enforcement_years=start, months_between=spacing, decay_cc=decay, discount_cc=rate)
    one = {"tranche_values": tranches[..., 0], "enforcement_years": np.empty(shape)}
    broadcast(**one)
    k = np.arange(1, tranches.shape[-1] + 1)
    years = start[..., None] + k * spacing[..., None] / 12
    return np.asarray((tranches * np.exp(-(decay + rate)[..., None] * years)).sum(axis=-1))
