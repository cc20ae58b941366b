"""What each lender recovers alone, beside all others, and in a cascade, when they hold several kinds of hardware.

A lender looks at its whole collateral and sells all of it; each kind has its own depth, shared by everybody who sells
it. `xlmodel.collateral.firesale` has the cascade of one kind, with partial sales.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_BALANCE, InputError
from xlmodel.maths.domain import Floats, broadcast, real, series

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Simultaneous:
    """Three ends of one story; lenders last, except prices, which have kinds of hardware last.

    Attributes
    ----------
    alone, together, cascade
        What the collateral of each lender brings, money: when it alone sells, when all do, and when those do who must.
        In the cascade a lender that holds on has its collateral at the price in the end, undiminished by its own sale.
    recovery_alone, recovery_together, recovery_cascade
        The share of its loan that this pays, at most 1; undefined (`NO_BALANCE`) where nothing is owed.
    sellers
        Who is driven to sell in the cascade.
    price
        Of a unit of each kind where the cascade ends, money.
    rounds
        Rounds in which somebody was driven to sell.
    """

    alone: Floats
    together: Floats
    cascade: Floats
    recovery_alone: Floats
    recovery_together: Floats
    recovery_cascade: Floats
    sellers: npt.NDArray[np.bool_]
    price: Floats
    rounds: npt.NDArray[np.intp]


def simultaneous_sale(
    price: npt.ArrayLike,
    depth: npt.ArrayLike,
    units: npt.ArrayLike,
    balance: npt.ArrayLike,
    trigger_ltv: npt.ArrayLike,
    shock: npt.ArrayLike = 0.0,
    selling_pct: npt.ArrayLike = 0.0,
    cost_per_unit: npt.ArrayLike = 0.0,
    fixed_cost: npt.ArrayLike = 0.0,
    substitution: npt.ArrayLike | None = None,
) -> Simultaneous:
    """Recovery of each lender alone, together with all, and in the cascade.

    ``p_k = P_k (1 − s_k) exp(−Σ_j w_kj sold_j / D_k)``; l is driven when ``B_l > trigger_l Σ_k p_k q_lk``

    Parameters
    ----------
    price, depth
        P and D of each kind, greater than 0: units that take its price down by 1/e. Kinds on the last axis.
    units
        q, units of each kind (last axis) pledged to each lender (the axis before), at least 0.
    balance, trigger_ltv
        B, at least 0, and the loan to value above which a lender sells, greater than 0; lenders on the last axis.
    shock
        s, share of the price of each kind lost before anyone sells, 0 up to 1 excluded.
    selling_pct, cost_per_unit, fixed_cost
        Share of the proceeds, money a unit of each kind, and money a lender that has collateral: the cost of its sale,
        paid out of proceeds only. Triggers look at marks before cost.
    substitution
        w, table of kinds by kinds, 0 to 1 with 1 on its diagonal: how far a unit of kind j (across) sold weighs on the
        price of kind k (down). Each kind for itself when left out.

    Raises
    ------
    InputError
        A table of substitution that is not kinds by kinds or not 1 on its diagonal, ranges that do not fit.

    Notes
    -----
    [derived] Sales only grow, so the cascade ends in at most as many rounds as there are lenders, at the best prices
    that agree with who sells at them, in whatever order the lenders are looked at.

    Examples
    --------
    Two lenders and two kinds; the second lender holds both and is dragged along:

    >>> end = simultaneous_sale([100, 50], [1000, 1000], [[600, 0], [500, 400]], [50_000, 45_000], 0.9, [0.2, 0])
    >>> end.sellers.tolist(), end.recovery_alone.round(3).tolist(), end.recovery_together.round(3).tolist()
    ([True, True], [0.527, 0.837], [0.32, 0.594])
    """
    kinds = {
        "price": np.atleast_1d(real("price", price, above=0)),
        "depth": np.atleast_1d(real("depth", depth, above=0)),
        "shock": np.atleast_1d(real("shock", shock, 0, below=1)),
        "cost_per_unit": series("cost_per_unit", cost_per_unit, 0),
    }
    lenders = {
        "balance": series("balance", balance, 0),
        "trigger_ltv": np.atleast_1d(real("trigger_ltv", trigger_ltv, above=0)),
        "selling_pct": series("selling_pct", selling_pct, 0, 1),
        "fixed_cost": series("fixed_cost", fixed_cost, 0),
    }
    held = np.atleast_2d(real("units", units, 0))
    # A number of a kind gets a lender axis of one, a number of a lender a kind axis of one.
    shape = broadcast(
        units=held, **{k: v[..., None, :] for k, v in kinds.items()}, **{k: v[..., None] for k, v in lenders.items()}
    )
    weights = _weights(substitution, shape[-1])
    held = np.broadcast_to(held, shape)
    of_kinds, of_lenders = (*shape[:-2], shape[-1]), shape[:-1]
    kinds = {name: np.broadcast_to(array, of_kinds) for name, array in kinds.items()}
    owed, trigger, commission, fixed = (np.broadcast_to(array, of_lenders) for array in lenders.values())
    shocked = kinds["price"] * (1 - kinds["shock"])

    def priced(sold: Floats, room: Floats, start: Floats) -> Floats:
        # e^(−700) keeps a price above 0, so that every mark stays a number.
        weight = (sold[..., None, :] * weights).sum(axis=-1)
        with np.errstate(over="ignore"):
            return np.asarray(start * np.exp(-np.minimum(weight / room, 700.0)))

    def proceeds(at: Floats) -> Floats:
        gross = (held * at).sum(axis=-1) * (1 - commission)
        removal = (held * kinds["cost_per_unit"][..., None, :]).sum(axis=-1)
        there = held.any(axis=-1)
        return np.asarray(np.maximum(gross - removal - np.where(there, fixed, 0.0), 0.0))

    room, start = kinds["depth"], shocked
    alone = proceeds(priced(held, room[..., None, :], start[..., None, :]))
    together = proceeds(priced(held.sum(axis=-2), room, start)[..., None, :])
    now, selling = shocked.copy(), np.zeros(of_lenders, dtype=np.bool_)
    rounds = np.zeros(shape[:-2], dtype=np.intp)
    for _ in range(shape[-2]):
        mark = (held * now[..., None, :]).sum(axis=-1)
        more = ~selling & held.any(axis=-1) & np.greater(owed, trigger * mark * (1 + _ROUNDING))
        moved = more.any(axis=-1)
        if not moved.any():
            break
        selling, rounds = selling | more, rounds + moved
        now = priced(np.where(selling[..., None], held, 0.0).sum(axis=-2), room, start)
    mark = (held * now[..., None, :]).sum(axis=-1)
    cascade = np.where(selling, proceeds(now[..., None, :]), mark)
    first, second, third = (
        np.where(owed > 0, np.minimum(brought, owed) / np.where(owed > 0, owed, 1.0), NO_BALANCE.nan)
        for brought in (alone, together, cascade)
    )
    return Simultaneous(alone, together, cascade, first, second, third, selling, now, rounds)


def _weights(substitution: npt.ArrayLike | None, count: int) -> Floats:
    if substitution is None:
        return np.eye(count)
    table = real("substitution", substitution, 0, 1)
    if table.shape != (count, count):
        listed = " x ".join(str(n) for n in table.shape) or "1"
        raise InputError(f"substitution must be a table of {count} x {count} kinds, got {listed}", "substitution")
    if np.any(np.diagonal(table) != 1):
        raise InputError("substitution must be 1 on its diagonal: a unit sold weighs on its own kind", "substitution")
    return table
