"""Margin calls: what brings a loan back to its target, and when no sale can.

A call is cured with cash, with more collateral, or by selling some of it. A sale at a discount repays less than it
removes, so above a critical loan to value selling makes things worse and only full liquidation is left.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.ltv import loan_to_value
from xlmodel.errors import FULL_LIQUIDATION, NO_COLLATERAL_VALUE, InputError
from xlmodel.maths.domain import Floats, broadcast, real

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class MarginCall:
    """The ways to cure a loan above its target, arrays of one shape. All are 0 where the loan is at or below it.

    Attributes
    ----------
    ltv
        Loan to value before the cure; undefined where the collateral is worth nothing.
    called
        Whether the loan is above the call level (strictly).
    cash
        Repayment that restores the target, money.
    collateral
        Value of further collateral that restores it, money.
    sale
        Mark of the collateral to be sold to restore it; undefined (`FULL_LIQUIDATION`) where no sale does.
    proceeds, balance_after, value_after
        What the sale brings, and the loan and the collateral after it. Where no partial sale cures the loan these are
        the figures of full liquidation.
    shortfall
        Debt left after full liquidation, money; 0 where a partial sale cures the loan.
    """

    ltv: Floats
    called: npt.NDArray[np.bool_]
    cash: Floats
    collateral: Floats
    sale: Floats
    proceeds: Floats
    balance_after: Floats
    value_after: Floats
    shortfall: Floats


def margin_call(
    balance: npt.ArrayLike,
    value: npt.ArrayLike,
    target_ltv: npt.ArrayLike,
    discount: npt.ArrayLike = 0.0,
    call_ltv: npt.ArrayLike | None = None,
) -> MarginCall:
    """Cures of a margin call in cash, in collateral and by a sale at a known discount.

    ``cash = B − L V``, ``collateral = B / L − V``, ``sale = (B − L V) / ((1 − h) − L)``

    Parameters
    ----------
    balance
        B, owed, money, at least 0.
    value
        V, collateral at the mark, money, at least 0.
    target_ltv
        L, the loan to value to be restored, between 0 and 1, 0 excluded.
    discount
        h, share of the mark that a sale loses, 0 to 1.
    call_ltv
        The loan to value above which a call is made, at least the target; the target itself when left out. Between
        the two nothing is called and nothing is to be cured.

    Returns
    -------
    MarginCall
        A partial sale cures only if ``1 − h > L`` and the sale is at most V; otherwise everything is sold.

    Raises
    ------
    InputError
        A call level below the target.

    Examples
    --------
    A sale needs 60 % of the pool where cash would need 15 %:

    >>> call = margin_call(60, 75, 0.65, 0.1)
    >>> round(float(call.cash), 4), round(float(call.collateral), 4), round(float(call.sale), 4)
    (11.25, 17.3077, 45.0)
    """
    owed, worth = real("balance", balance, 0), real("value", value, 0)
    target, lost = real("target_ltv", target_ltv, high=1, above=0), real("discount", discount, 0, 1)
    trigger = target if call_ltv is None else real("call_ltv", call_ltv, above=0)
    shape = broadcast(balance=owed, value=worth, target_ltv=target, discount=lost, call_ltv=trigger)
    if np.any(trigger < target):
        raise InputError("call_ltv must be at least target_ltv: a call restores the target", "call_ltv")
    called = owed > trigger * worth * (1 + _ROUNDING)
    cash = np.where(called, owed - target * worth, 0.0)
    more = np.where(called, owed / target - worth, 0.0)
    gain = 1 - lost - target
    cures = gain > 0
    sale = np.where(cures, cash / np.where(cures, gain, 1.0), np.inf)
    all_sold = called & (sale > worth * (1 + _ROUNDING))
    sold = np.where(all_sold, worth, np.where(called, sale, 0.0))
    proceeds = sold * (1 - lost)
    # A full liquidation may bring more than is owed; the rest is the borrower's.
    after = np.maximum(owed - proceeds, 0.0)

    numbers = (
        cash,
        more,
        np.where(all_sold, FULL_LIQUIDATION.nan, sold),
        proceeds,
        after,
        worth - sold,
        np.where(all_sold, after, 0.0),
    )
    ltv = loan_to_value(owed, worth)
    return MarginCall(
        np.broadcast_to(ltv, shape).copy(),
        np.broadcast_to(called, shape).copy(),
        *(np.broadcast_to(number, shape).copy() for number in numbers),
    )


def call_price(balance: npt.ArrayLike, units: npt.ArrayLike, ltv: npt.ArrayLike) -> Floats:
    """Price of one unit of collateral at which the loan to value reaches a level.

    ``P = B / (q · L)``

    Parameters
    ----------
    balance
        B, owed, money, at least 0.
    units
        q, units pledged, at least 0.
    ltv
        L, the level of a call or of liquidation, greater than 0.

    Returns
    -------
    Floats
        0 where nothing is owed; undefined (`NO_COLLATERAL_VALUE`) where something is owed and nothing pledged.

    Examples
    --------
    Fifty million on a thousand bitcoin, called at 75 % and sold at 85 %:

    >>> call_price(50e6, 1000, [0.75, 0.85]).round(2).tolist()
    [66666.67, 58823.53]
    """
    owed, pledged = real("balance", balance, 0), real("units", units, 0)
    level = real("ltv", ltv, above=0)
    broadcast(balance=owed, units=pledged, ltv=level)
    covered = pledged * level
    price = owed / np.where(covered > 0, covered, 1.0)
    return np.where(owed == 0, 0.0, np.where(covered > 0, price, NO_COLLATERAL_VALUE.nan))
