"""Selling collateral to restore a loan to value when the sale itself moves the mark.

Each unit sold repays debt and pushes down the price of what is left. The loan to value therefore rises before it
falls, and above a critical level it never comes down: the lender's own sale makes the position insolvent.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.optimum import best_on
from xlmodel.errors import FULL_LIQUIDATION, NO_COLLATERAL_VALUE
from xlmodel.maths.domain import Floats, broadcast, real

_BISECTIONS = 64
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Deleveraging:
    """The smallest sale that restores the target, arrays of one shape; undefined (`FULL_LIQUIDATION`) where none does.

    Attributes
    ----------
    fraction
        Share of the collateral sold, 0 to 1.
    balance_after, value_after
        The loan and the mark of the collateral left, money.
    peak_ltv
        Highest loan to value on the way.
    """

    fraction: Floats
    balance_after: Floats
    value_after: Floats
    peak_ltv: Floats


def deleveraging_sale(
    balance: npt.ArrayLike,
    value: npt.ArrayLike,
    target_ltv: npt.ArrayLike,
    peak_impact: npt.ArrayLike,
    mark_remaining: bool = True,
) -> Deleveraging:
    """Smallest sale under square-root impact that restores a loan to value.

    ``B(f) = B − f V (1 − 2/3·I√f)``, ``V(f) = (1−f) V (1 − I√f)``, the least f with ``B(f) ≤ L · V(f)``

    Parameters
    ----------
    balance
        B, owed, money, at least 0.
    value
        V, collateral at the mark, money, at least 0.
    target_ltv
        L, the loan to value to be restored, between 0 and 1, 0 excluded.
    peak_impact
        I, the price move when all of it is sold, 0 to 1: `depth.square_root(...).uniform`.
    mark_remaining
        Whether what is left is marked at the impacted price, as a lender must; otherwise at the price before.

    Notes
    -----
    [derived] In √f the condition is a cubic that rises to a top and falls from there; its first zero is bracketed by
    the top and the next bottom. The effect of impact on leverage: Caccioli, Bouchaud and Farmer (2012).

    Examples
    --------
    Where a fixed discount of 10 % takes 60 % of the pool, an impact of 15 % takes 66 %, and the loan to value first
    rises:

    >>> sale = deleveraging_sale(60, 75, 0.65, 0.15)
    >>> round(float(sale.fraction), 4), round(float(sale.peak_ltv), 4)
    (0.6584, 0.8202)
    """
    owed, worth = real("balance", balance, 0), real("value", value, 0)
    target, impact = real("target_ltv", target_ltv, high=1, above=0), real("peak_impact", peak_impact, 0, 1)
    shape = broadcast(balance=owed, value=worth, target_ltv=target, peak_impact=impact)
    owed, worth, target, impact = (np.broadcast_to(a, shape) for a in (owed, worth, target, impact))
    marked = impact if mark_remaining else np.zeros(shape)
    # B(f) − L V(f) as a cubic in s = √f.
    c0, c1 = owed - target * worth, target * worth * marked
    c2, c3 = -(1 - target) * worth, worth * (2 / 3 * impact - target * marked)

    def above_target(s: Floats) -> Floats:
        return ((c3 * s + c2) * s + c1) * s + c0

    inside = owed <= target * worth * (1 + _ROUNDING)
    discriminant = c2**2 - 3 * c3 * c1
    root = np.sqrt(np.maximum(discriminant, 0)) - c2
    # Divided only where the point lies below 1, so that no quotient overflows.
    low = np.where(root > c1, c1 / np.where(root > c1, root, 1.0), 1.0)
    high = np.where(3 * c3 > root, root / np.where(3 * c3 > root, 3 * c3, 1.0), 1.0)
    rounding = _ROUNDING * np.maximum(owed, worth)
    cured = (discriminant >= 0) & (low <= high) & (above_target(high) <= rounding)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        still = above_target(middle) > rounding
        low, high = np.where(still, middle, low), np.where(still, high, middle)
    s = np.where(inside, 0.0, np.where(cured, high, 1.0))
    after, left = _sold(owed, worth, s, impact, marked)

    def on_the_way(points: Floats) -> Floats:
        debt, mark = _sold(owed[..., None], worth[..., None], points, impact[..., None], marked[..., None])
        return np.where(mark > 0, debt / np.where(mark > 0, mark, 1.0), 0.0)

    peak = best_on(on_the_way, np.zeros(shape), s)[1]
    solved = inside | cured
    return Deleveraging(*(np.where(solved, x, FULL_LIQUIDATION.nan) for x in (s**2, after, left, peak)))


def ltv_after_sale(
    balance: npt.ArrayLike,
    value: npt.ArrayLike,
    fraction: npt.ArrayLike,
    peak_impact: npt.ArrayLike,
    mark_remaining: bool = True,
) -> Floats:
    """Loan to value after a share of the collateral was sold under square-root impact.

    Parameters
    ----------
    balance, value
        Owed, and collateral at the mark, money, at least 0.
    fraction
        f, share sold, 0 to 1.
    peak_impact, mark_remaining
        As in `deleveraging_sale`.

    Returns
    -------
    Floats
        0 where the sale repaid everything; undefined (`NO_COLLATERAL_VALUE`) where debt is left without collateral.

    Examples
    --------
    Selling the first percent makes an 80 % loan an 81 % loan:

    >>> round(float(ltv_after_sale(60, 75, 0.01, 0.15)), 4)
    0.8102
    """
    owed, worth = real("balance", balance, 0), real("value", value, 0)
    sold, impact = real("fraction", fraction, 0, 1), real("peak_impact", peak_impact, 0, 1)
    broadcast(balance=owed, value=worth, fraction=sold, peak_impact=impact)
    debt, mark = _sold(owed, worth, np.sqrt(sold), impact, impact if mark_remaining else np.zeros(()))
    ratio = debt / np.where(mark > 0, mark, 1.0)
    return np.where(debt == 0, 0.0, np.where(mark > 0, ratio, NO_COLLATERAL_VALUE.nan))


def _sold(owed: Floats, worth: Floats, s: Floats, impact: Floats, marked: Floats) -> tuple[Floats, Floats]:
    """Loan and mark after the share s² was sold; what a sale brings beyond the debt is the borrower's."""
    after = np.maximum(owed - s**2 * worth * (1 - 2 / 3 * impact * s), 0.0)
    return after, (1 - s**2) * worth * (1 - marked * s)
