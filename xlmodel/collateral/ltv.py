"""Loan to value, on paper and in a sale.

Three ratios on one balance: against what was paid (nominal), against what the hardware is worth now (adjusted), and
against what a sale would bring (liquidation). The distance between the first and the last is the illusion.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_COLLATERAL_VALUE, InputError
from xlmodel.maths.domain import Floats, broadcast, real


def loan_to_value(
    balance: npt.ArrayLike,
    value: npt.ArrayLike,
    prior_claims: npt.ArrayLike = 0.0,
    cash_collateral: npt.ArrayLike = 0.0,
) -> Floats:
    """Loan to value on whatever basis the value has.

    ``max(0, balance − cash) / (value − prior claims)``

    Parameters
    ----------
    balance
        Debt outstanding, money, at least 0.
    value
        Value of the collateral on the basis meant, money; may be negative after costs.
    prior_claims
        Claims that are paid out of the collateral first, money, at least 0.
    cash_collateral
        Cash pledged for the loan, money, at least 0.

    Returns
    -------
    Floats
        0 where nothing is owed net of cash; undefined (`NO_COLLATERAL_VALUE`) where something is owed and prior claims
        leave no value.

    Examples
    --------
    >>> loan_to_value([20, 0, 20], [35, 0, 0]).tolist()
    [0.5714285714285714, 0.0, nan]
    """
    owed, worth = real("balance", balance, 0), real("value", value)
    prior, cash = real("prior_claims", prior_claims, 0), real("cash_collateral", cash_collateral, 0)
    broadcast(balance=owed, value=worth, prior_claims=prior, cash_collateral=cash)
    net, left = np.maximum(owed - cash, 0), worth - prior
    ratio = net / np.where(left > 0, left, 1.0)
    return np.where(net == 0, 0.0, np.where(left > 0, ratio, NO_COLLATERAL_VALUE.nan))


@dataclass(frozen=True, slots=True)
class ThreeLtv:
    """The three ratios and what lies between them, arrays of one shape, time last.

    Attributes
    ----------
    nominal, adjusted, liquidation
        Loan to cost, to market value, to net liquidation value; undefined where the value is gone.
    illusion
        Liquidation less nominal ratio, in points of loan to value.
    illusion_value
        Cost less net liquidation value, money: collateral on paper that no sale brings.
    ordered
        Whether nominal ≤ adjusted ≤ liquidation, which holds as long as each value is at most the one before.
    """

    nominal: Floats
    adjusted: Floats
    liquidation: Floats
    illusion: Floats
    illusion_value: Floats
    ordered: npt.NDArray[np.bool_]


def three_ltv(
    balance: npt.ArrayLike, cost: npt.ArrayLike, market_value: npt.ArrayLike, liquidation_value: npt.ArrayLike
) -> ThreeLtv:
    """Nominal, depreciation-adjusted and liquidation loan to value on every date.

    Parameters
    ----------
    balance
        Debt outstanding, money, at least 0, time last.
    cost
        What the collateral cost, money, at least 0.
    market_value
        What it is worth now, money.
    liquidation_value
        Net proceeds of a sale, money.

    Examples
    --------
    >>> ratios = three_ltv(20, 35, 18, 11)
    >>> [round(float(x), 3) for x in (ratios.nominal, ratios.adjusted, ratios.liquidation, ratios.illusion)]
    [0.571, 1.111, 1.818, 1.247]
    """
    owed, paid = real("balance", balance, 0), real("cost", cost, 0)
    worth, proceeds = real("market_value", market_value), real("liquidation_value", liquidation_value)
    shape = broadcast(balance=owed, cost=paid, market_value=worth, liquidation_value=proceeds)
    nominal, adjusted, liquidation = (np.broadcast_to(loan_to_value(owed, v), shape) for v in (paid, worth, proceeds))
    ordered = np.broadcast_to((proceeds <= worth) & (worth <= paid), shape)
    gap = np.broadcast_to(paid - proceeds, shape)
    return ThreeLtv(nominal, adjusted, liquidation, np.asarray(liquidation - nominal), gap, ordered)


def critical_ltv(haircut: npt.ArrayLike) -> Floats:
    """Loan to value above which a sale does not repay the lender.

    ``1 − H``

    Parameters
    ----------
    haircut
        H, the share of the value on which the ratio is measured that a sale loses, 0 to 1.

    Notes
    -----
    Caccioli, Bouchaud and Farmer (2012) show the effect for market impact alone: under a square-root law the haircut
    of a full liquidation is two thirds of the peak impact.

    Examples
    --------
    >>> round(float(critical_ltv(0.39)), 12)
    0.61
    """
    return np.asarray(1 - real("haircut", haircut, 0, 1))


def maximum_advance(haircuts: npt.ArrayLike, confidence: float) -> Floats:
    """Highest advance rate that a sale repays with the chosen confidence.

    ``1 − q(H)``, q the lower quantile of the haircuts at `confidence`

    Parameters
    ----------
    haircuts
        Haircuts of equally likely outcomes, 0 to 1, the outcomes on the last axis.
    confidence
        Share of outcomes in which the advance is repaid, 0 to 1, 0 excluded.

    Examples
    --------
    Nine outcomes of ten lose at most 50 %:

    >>> float(maximum_advance([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.9], 0.9))
    0.5
    """
    losses = np.atleast_1d(real("haircuts", haircuts, 0, 1))
    level = real("confidence", confidence, high=1, above=0)
    if level.ndim:
        raise InputError("confidence takes one number", "confidence")
    return np.asarray(1 - np.quantile(losses, float(level), axis=-1, method="inverted_cdf"))
