"""When several lenders hold the same hardware: one sale moves everyone's mark.

A lender above its trigger sells, the price falls for all, and the next trigger may be reached. The cascade starts from
no sellers and stops at the best price that is consistent with who sells at it; the order of the lenders cannot matter,
because in each round everyone looks at the same price.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InfeasibleError, InputError
from xlmodel.maths.domain import Floats, broadcast, real, series

_ROUNDING = 1e-12
# Partial sales approach their end geometrically; a move of this share of what was sold is no move.
_STILL = 1e-10
_ROUNDS = 100_000


@dataclass(frozen=True, slots=True)
class Cascade:
    """Where a fire sale ends, markets on the leading axes and lenders last.

    Attributes
    ----------
    price
        Of a unit, after all sales, money.
    sold
        Units each lender sells.
    sellers
        Who sells at all.
    rounds
        Rounds of looking at the price in which someone sold more; partial sales take many small ones.
    loss
        Each lender's debt that its collateral no longer covers at the end, money.
    """

    price: Floats
    sold: Floats
    sellers: npt.NDArray[np.bool_]
    rounds: npt.NDArray[np.intp]
    loss: Floats


def fire_sale(
    price: npt.ArrayLike,
    shock: npt.ArrayLike,
    depth: npt.ArrayLike,
    units: npt.ArrayLike,
    balance: npt.ArrayLike,
    trigger_ltv: npt.ArrayLike,
    target_ltv: npt.ArrayLike | None = None,
) -> Cascade:
    """Price at which a cascade of lenders' sales comes to rest.

    ``p = P (1 − s) e^(−Σ sold / D)``; lender l sells when ``B_l / (p q_l) > trigger_l``

    Parameters
    ----------
    price
        P, of a unit before the shock, money, greater than 0, one number a market (no lender axis).
    shock
        s, share of the price lost before anyone sells, 0 up to 1 excluded, one number a market.
    depth
        D, units that take the price down by 1/e, greater than 0, one number a market.
    units, balance
        q and B, units pledged to each lender and its loan, at least 0, lenders on the last axis.
    trigger_ltv
        Loan to value above which a lender sells, greater than 0, lenders on the last axis or one for all.
    target_ltv
        Loan to value a seller restores, greater than 0 and below 1, at most the trigger: it sells only what is needed
        at the final price, ``sold · p = (B − L p q) / (1 − L)``, and everything where that is not enough. Left out,
        a seller sells everything.

    Returns
    -------
    Cascade
        The highest price consistent with itself. A lender with nothing pledged has nothing to sell.

    Raises
    ------
    InputError
        A target above the trigger, ranges that do not fit.
    InfeasibleError
        Partial sales whose price has not come to rest after a hundred thousand rounds.

    Notes
    -----
    [derived] Sales only grow as the price falls, so iterating down from no sellers ends at the greatest fixed point
    (Tarski): for full sales in at most as many rounds as there are lenders.

    Examples
    --------
    The same three balance sheets in a thin and in a deep market:

    >>> for depth in (500, 2000):
    ...     end = fire_sale(1, 0.08, depth, [100, 100, 100], [85, 78, 60], 0.9)
    ...     print(round(float(end.price), 4), end.sellers.tolist(), int(end.rounds))
    0.5049 [True, True, True] 3
    0.8751 [True, False, False] 1
    """
    start, fall = real("price", price, above=0), real("shock", shock, 0, below=1)
    room = real("depth", depth, above=0)
    pledged, owed = series("units", units, 0), series("balance", balance, 0)
    trigger = np.atleast_1d(real("trigger_ltv", trigger_ltv, above=0))
    lenders = {"units": pledged, "balance": owed, "trigger_ltv": trigger}
    if target_ltv is not None:
        lenders["target_ltv"] = np.atleast_1d(real("target_ltv", target_ltv, above=0, below=1))
        broadcast(**lenders)
        if np.any(lenders["target_ltv"] > trigger):
            raise InputError("target_ltv must be at most trigger_ltv: a sale restores the target", "target_ltv")
    # A market's numbers get a lender axis of one, so that they broadcast against the lenders.
    markets = {"price": start[..., None], "shock": fall[..., None], "depth": room[..., None]}
    shape = broadcast(**markets, **lenders)
    shocked = np.broadcast_to(start * (1 - fall), shape[:-1])
    target = lenders.get("target_ltv")

    def wanted(at: Floats) -> Floats:
        mark = at[..., None] * pledged
        breached = np.greater(owed, trigger * mark * (1 + _ROUNDING)) & (pledged > 0)
        if target is None:
            return np.where(breached, pledged, 0.0)
        need = (owed - target * mark) / (1 - target) / at[..., None]
        return np.where(breached, np.clip(need, 0, pledged), 0.0)

    now = shocked.copy()
    sold = np.zeros(shape)
    rounds = np.zeros(shape[:-1], dtype=np.intp)
    for _ in range(_ROUNDS):
        # Sales never shrink, which the falling price already ensures up to rounding.
        more = np.maximum(np.broadcast_to(wanted(now), shape), sold)
        moved = np.any(more > sold * (1 + _STILL), axis=-1)
        if not moved.any():
            break
        rounds, sold = rounds + moved, np.where(moved[..., None], more, sold)
        # e^(−700) keeps the price above 0, so that every mark stays a number.
        with np.errstate(over="ignore"):
            now = shocked * np.exp(-np.minimum(sold.sum(axis=-1) / room, 700.0))
    else:
        raise InfeasibleError(
            f"the price is still falling after {_ROUNDS} rounds of partial sales: the market stands on the edge of "
            "collapse, and a slightly smaller shock or depth decides",
            "shock",
        )
    loss = np.maximum(owed - now[..., None] * pledged, 0.0)
    return Cascade(now, sold, sold > 0, rounds, np.broadcast_to(loss, shape).copy())


@dataclass(frozen=True, slots=True)
class LeverageSpill:
    """Spill-over of leverage targets in one asset class, institutions last.

    Attributes
    ----------
    leverage
        Debt over equity of each institution.
    sales
        Sold by all to return to their leverage, money.
    price_impact
        Share of price the sales cost.
    second_round_loss
        That share of all assets, money.
    aggregate_vulnerability
        Second-round loss over all equity.
    exceeds_holdings
        Whether an institution would have to sell more than it has left: the linear model no longer describes it.
    """

    leverage: Floats
    sales: Floats
    price_impact: Floats
    second_round_loss: Floats
    aggregate_vulnerability: Floats
    exceeds_holdings: npt.NDArray[np.bool_]


def leverage_targeting(
    assets: npt.ArrayLike, equity: npt.ArrayLike, shock: npt.ArrayLike, price_impact_per_money: npt.ArrayLike
) -> LeverageSpill:
    """Second-round loss when every institution sells to return to its leverage.

    ``φ = Σ A_i B_i |f|``, ``AV = ℓ φ Σ A_i / Σ E_i``, ``B_i = (A_i − E_i) / E_i``

    Parameters
    ----------
    assets, equity
        A and E of each institution, money, greater than 0, ``E ≤ A``, institutions on the last axis.
    shock
        f, return of the asset class, −1 to 0, one number a scenario (no institution axis).
    price_impact_per_money
        ℓ, share of price lost for a unit of money sold, at least 0, one number a scenario.

    Raises
    ------
    InputError
        Equity above assets.

    Notes
    -----
    Greenwood, Landier and Thesmar (2015), *Vulnerable banks*, Journal of Financial Economics 115, with one asset class.

    Examples
    --------
    >>> spill = leverage_targeting([100, 200], [20, 25], -0.05, 0.0005)
    >>> spill.leverage.tolist(), round(float(spill.sales), 12), round(float(spill.aggregate_vulnerability), 12)
    ([4.0, 7.0], 90.0, 0.3)
    """
    held, own = np.atleast_1d(real("assets", assets, above=0)), np.atleast_1d(real("equity", equity, above=0))
    move, impact = real("shock", shock, -1, 0), real("price_impact_per_money", price_impact_per_money, 0)
    broadcast(assets=held, equity=own)
    broadcast(assets=held[..., 0] + own[..., 0], shock=move, price_impact_per_money=impact)
    if np.any(own > held):
        raise InputError("equity must be at most assets", "equity")
    leverage = np.asarray((held - own) / own)
    each = np.abs(move)[..., None] * held * leverage
    sales = each.sum(axis=-1)
    lost = impact * sales
    second = lost * (held + np.zeros_like(own)).sum(axis=-1)
    vulnerability = second / (own + np.zeros_like(held)).sum(axis=-1)
    return LeverageSpill(
        leverage,
        sales,
        np.asarray(lost),
        np.asarray(second),
        np.asarray(vulnerability),
        np.asarray((each > held * (1 + move[..., None])).any(axis=-1)),
    )
