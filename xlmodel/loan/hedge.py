"""The interest-rate hedge: its notional, what it settles, what breaking it costs, and the loan without it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole


def hedge_notional(balance: ArrayLike, share: ArrayLike = 1.0, periods: float | None = None) -> Floats:
    """Return the notional of a swap that follows the scheduled balance of a loan.

    ``N_k = share_k · B_{k−1}``

    Parameters
    ----------
    balance
        Owed at the start of each period by the schedule, at least 0, time last.
    share
        Hedged, at least 0, one number or one a period; agreements commonly ask for 0.75 to 1.
    periods
        Life of the hedge; the loan's when omitted.

    Examples
    --------
    >>> hedge_notional([100, 80, 60], 0.75, periods=2).tolist()
    [75.0, 60.0, 0.0]
    """
    owed, part = series("balance", balance, 0), series("share", share, 0)
    shape = broadcast(balance=owed, share=part)
    life = shape[-1] if periods is None else whole("periods", periods, 0)
    return np.where(np.arange(shape[-1]) < life, part * owed, 0.0)


def settlement(
    notional: ArrayLike,
    fixed: ArrayLike,
    index: ArrayLike,
    year_fraction: ArrayLike = 0.25,
    floor: ArrayLike | None = None,
) -> Floats:
    """Return what a payer swap settles, positive when the borrower receives.

    ``N_k · (max(index_k, floor) − fixed) · α_k``

    Parameters
    ----------
    notional
        Of each period, at least 0, time last.
    fixed
        Rate paid, annual.
    index
        Floating rate received, annual, one number or one a period.
    year_fraction
        α, by the day count of the swap: days / 360 for SOFR.
    floor
        Of the floating leg. A loan whose index is floored at 0 needs a swap floored alike: without it the borrower
        pays twice when rates are negative.

    Examples
    --------
    >>> settlement([100, 80], 0.04, [0.05, 0.02], 0.25).round(6).tolist()
    [0.25, -0.4]
    """
    size, paid, rate = series("notional", notional, 0), real("fixed", fixed), series("index", index)
    alpha = real("year_fraction", year_fraction, 0)
    least = None if floor is None else real("floor", floor)
    ranges = {"notional": size, "fixed": paid, "index": rate, "year_fraction": alpha}
    broadcast(**ranges, **({} if least is None else {"floor": least}))
    if least is not None:
        rate = np.maximum(rate, least)
    return np.ascontiguousarray(size * (rate - paid) * alpha)


def break_cost(
    notional: ArrayLike,
    fixed: ArrayLike,
    forwards: ArrayLike,
    year_fraction: ArrayLike = 0.25,
    credit_charge: ArrayLike = 0.0,
) -> Floats:
    """Return what breaking the swap costs after the settlement of each period, the value of what is left of it.

    ``max(Σ_{j>k} N_j·(fixed − F_j)·α_j · Π_{k<l≤j} 1/(1 + F_l·α_l) + charge · Σ_{j>k} N_j·α_j, 0)``

    Parameters
    ----------
    notional, fixed, year_fraction
        As of `settlement`.
    forwards
        Forward rates of all periods as seen when it is broken, annual, time last.
    credit_charge
        What the bank keeps for itself, annual, at least 0.

    Returns
    -------
    Floats
        Money at the end of each period, at least 0: a swap that is worth something to the borrower costs nothing. The
        last is 0. It is a claim of the hedge bank, which shares with the principal of the senior debt or ranks behind
        it; `waterfall` takes either.

    Examples
    --------
    Two years at 4 % paid against 3 % forwards; after the first year one of 1 is left:

    >>> break_cost([100, 100], 0.04, [0.03, 0.03], 1.0).round(6).tolist()
    [0.970874, 0.0]
    """
    size, paid, rate = series("notional", notional, 0), real("fixed", fixed), series("forwards", forwards)
    alpha, charge = real("year_fraction", year_fraction, 0), real("credit_charge", credit_charge, 0)
    shape = broadcast(notional=size, fixed=paid, forwards=rate, year_fraction=alpha, credit_charge=charge)
    real("1 + forwards · year_fraction", 1 + rate * alpha, above=0)
    loss = np.broadcast_to(size * (paid - rate) * alpha, shape)
    growth = np.broadcast_to(1 + rate * alpha, shape)
    kept = np.broadcast_to(charge * size * alpha, shape)
    cost, extra = np.zeros(shape), np.zeros(shape)
    for k in range(shape[-1] - 2, -1, -1):
        cost[..., k] = (cost[..., k + 1] + loss[..., k + 1]) / growth[..., k + 1]
        extra[..., k] = extra[..., k + 1] + kept[..., k + 1]
    return np.maximum(cost + extra, 0.0)


@dataclass(frozen=True, slots=True)
class RateShocks:
    """Net interest under parallel shifts of the index; shifts are the first axis, time the last.

    Attributes
    ----------
    shifts
        The shifts, annual.
    unhedged
        Interest of the loan alone, money by period.
    hedged
        Interest less settlement.
    overhedged
        True where the notional exceeds the balance, so that the borrower bets on rates; without the first axis.
    """

    shifts: Floats
    unhedged: Floats
    hedged: Floats
    overhedged: npt.NDArray[np.bool_]


def rate_shocks(
    balance: ArrayLike,
    index: ArrayLike,
    margin: ArrayLike,
    notional: ArrayLike,
    fixed: ArrayLike,
    shifts: ArrayLike = (-0.02, -0.01, 0.0, 0.01, 0.02),
    year_fraction: ArrayLike = 0.25,
    floor: ArrayLike = 0.0,
    swap_floored: bool = True,
) -> RateShocks:
    """Return the interest with and without the hedge when the index shifts.

    ``B·(max(index + s, floor) + margin)·α``, less the settlement of the swap at the same index

    Parameters
    ----------
    balance
        Owed at the start of each period, at least 0, time last.
    index, margin
        Annual, one number or one a period; the margin at least 0.
    notional, fixed, year_fraction
        As of `settlement`.
    shifts
        Annual, one row; 100 and 200 basis points either way by default.
    floor
        Of the loan's index; commonly 0.
    swap_floored
        Whether the swap has the same floor.

    Examples
    --------
    >>> found = rate_shocks([100], 0.04, 0.02, [100], 0.04, shifts=[0, 0.01], year_fraction=1)
    >>> found.unhedged.round(6).tolist(), found.hedged.round(6).tolist()
    ([[6.0], [7.0]], [[6.0], [6.0]])
    """
    owed, rate = series("balance", balance, 0), series("index", index)
    over, size = real("margin", margin, 0), series("notional", notional, 0)
    moves, alpha = np.atleast_1d(real("shifts", shifts)), real("year_fraction", year_fraction, 0)
    if moves.ndim > 1:
        raise InputError("shifts must be one row", "shifts")
    least = real("floor", floor)
    shape = broadcast(balance=owed, index=rate, margin=over, notional=size, year_fraction=alpha, floor=least)
    shifted = np.broadcast_to(rate, shape) + moves.reshape(-1, *([1] * len(shape)))
    plain = owed * (np.maximum(shifted, least) + over) * alpha
    swap = settlement(size, fixed, shifted, alpha, least if swap_floored else None)
    return RateShocks(
        moves, np.ascontiguousarray(plain), plain - swap, np.broadcast_to(size > owed * (1 + 1e-12), shape).copy()
    )
