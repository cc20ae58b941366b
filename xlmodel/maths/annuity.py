"""Level payments in closed form, as Excel's PMT family defines them, except that payments are positive.

Excel returns payments with the opposite sign of the present value; here what is paid on a positive debt is
positive. Every formula looks forward (what is owed is the value of what is still to be paid), so the last balances
do not drown in the rounding of the first, and takes its limit at a rate of 0.
"""

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import RangeError
from xlmodel.maths.domain import Floats, broadcast, real


def annuity_factor(rate: ArrayLike, periods: ArrayLike) -> Floats:
    """Value of 1 paid at the end of each period.

    ``a = (1 − (1+i)^−n) / i``, n at i = 0

    Parameters
    ----------
    rate
        i, the rate a period, greater than −1, any shape.
    periods
        n, at least 0, any shape that broadcasts.

    Examples
    --------
    >>> annuity_factor([0.0, 0.1], 2).round(10).tolist()
    [2.0, 1.7355371901]
    """
    i, n = real("rate", rate, above=-1), real("periods", periods, 0)
    broadcast(rate=i, periods=n)
    flat = np.where(i == 0, 1.0, i)
    return np.where(i == 0, n, -np.expm1(-n * np.log1p(i)) / flat)


def pmt(
    rate: ArrayLike, periods: ArrayLike, principal: ArrayLike, balloon: ArrayLike = 0.0, due: bool = False
) -> Floats:
    """Level payment that repays a debt down to a balloon.

    ``PMT = (B − F·(1+i)^−n) / a(i, n)``

    Parameters
    ----------
    rate
        i, the rate a period, greater than −1, any shape.
    periods
        n, the number of payments, at least 1, any shape that broadcasts.
    principal
        B, the debt, money. Excel's ``pv``.
    balloon
        F, what is still owed after the last payment, money. Excel's ``−fv``.
    due
        True when each payment is made at the start of its period; the balloon still falls due at the end.

    Returns
    -------
    Floats
        The payment, positive on a positive debt; Excel's PMT returns it negative.

    Notes
    -----
    Source: Microsoft, PMT function reference.

    Examples
    --------
    >>> round(float(pmt(0.08 / 12, 10, 10000)), 2)
    1037.03
    """
    i, n, b, f = _loan(rate, periods, principal, balloon)
    level = (b - f * np.exp(-n * np.log1p(i))) / annuity_factor(i, n)
    return np.asarray(level / (1 + i) if due else level)


def balance(
    rate: ArrayLike,
    periods: ArrayLike,
    principal: ArrayLike,
    paid: ArrayLike,
    balloon: ArrayLike = 0.0,
) -> Floats:
    """What is owed after some payments in arrears.

    ``B_k = PMT·a(i, n−k) + F·(1+i)^−(n−k)``

    Parameters
    ----------
    rate, periods, principal, balloon
        As for `pmt`.
    paid
        k, the payments made, from 0 to n.

    Examples
    --------
    >>> round(float(balance(0.03, 16, 28e6, 8)), 2)
    15647622.39
    """
    i, n, b, f = _loan(rate, periods, principal, balloon)
    left = n - _position("paid", paid, n, 0)
    return np.asarray(pmt(i, n, b, f) * annuity_factor(i, left) + f * np.exp(-left * np.log1p(i)))


def ppmt(
    rate: ArrayLike,
    period: ArrayLike,
    periods: ArrayLike,
    principal: ArrayLike,
    balloon: ArrayLike = 0.0,
    due: bool = False,
) -> Floats:
    """Principal in one payment.

    ``P_k = (PMT − i·F)·(1+i)^−(n−k+1)``; with payments at the start of a period, what `ipmt` leaves of the payment

    Parameters
    ----------
    rate, periods, principal, balloon, due
        As for `pmt`.
    period
        k, from 1 to n.

    Examples
    --------
    >>> round(float(ppmt(0.1 / 12, 1, 24, 2000)), 2)
    75.62
    """
    i, n, b, f = _loan(rate, periods, principal, balloon)
    k = _position("period", period, n, 1)
    if due:
        return np.asarray(pmt(i, n, b, f, due=True) - ipmt(i, k, n, b, f, due=True))
    return np.asarray((pmt(i, n, b, f) - i * f) * np.exp(-(n - k + 1) * np.log1p(i)))


def ipmt(
    rate: ArrayLike,
    period: ArrayLike,
    periods: ArrayLike,
    principal: ArrayLike,
    balloon: ArrayLike = 0.0,
    due: bool = False,
) -> Floats:
    """Interest in one payment.

    ``I_k = i·B_{k−1}``; with payments at the start of a period ``i·B_{k−1}/(1+i)`` of the arrears schedule, and 0
    in the first, as nothing has accrued when it is paid

    Parameters
    ----------
    rate, periods, principal, balloon, due
        As for `pmt`.
    period
        k, from 1 to n.

    Examples
    --------
    >>> round(float(ipmt(0.1 / 12, 1, 36, 8000)), 2)
    66.67
    """
    i, n, b, f = _loan(rate, periods, principal, balloon)
    k = _position("period", period, n, 1)
    accrued = i * balance(i, n, b, k - 1, f)
    if not due:
        return np.asarray(accrued)
    return np.where(k == 1, 0.0, accrued / (1 + i))


def cumulative_principal(
    rate: ArrayLike,
    periods: ArrayLike,
    principal: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    balloon: ArrayLike = 0.0,
) -> Floats:
    """Principal in a run of payments in arrears.

    ``Σ P_k = B_{start−1} − B_end`` over ``k = start … end``

    Parameters
    ----------
    rate, periods, principal, balloon
        As for `pmt`.
    start, end
        First and last payment counted, from 1 to n, in order.

    Notes
    -----
    Source: Microsoft, CUMPRINC function reference, which returns it negative.

    Examples
    --------
    >>> round(float(cumulative_principal(0.09 / 12, 360, 125000, 13, 24)), 4)
    934.1071
    """
    i, n, b, f = _loan(rate, periods, principal, balloon)
    first, last = _run(start, end, n)
    return np.asarray(balance(i, n, b, first - 1, f) - balance(i, n, b, last, f))


def cumulative_interest(
    rate: ArrayLike,
    periods: ArrayLike,
    principal: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    balloon: ArrayLike = 0.0,
) -> Floats:
    """Interest in a run of payments in arrears.

    ``Σ I_k = (end − start + 1)·PMT − Σ P_k``

    Parameters
    ----------
    rate, periods, principal, balloon
        As for `pmt`.
    start, end
        First and last payment counted, from 1 to n, in order.

    Notes
    -----
    Source: Microsoft, CUMIPMT function reference, which returns it negative.

    Examples
    --------
    >>> round(float(cumulative_interest(0.09 / 12, 360, 125000, 13, 24)), 2)
    11135.23
    """
    i, n, b, f = _loan(rate, periods, principal, balloon)
    first, last = _run(start, end, n)
    return np.asarray((last - first + 1) * pmt(i, n, b, f) - cumulative_principal(i, n, b, first, last, f))


def _loan(
    rate: ArrayLike, periods: ArrayLike, principal: ArrayLike, balloon: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    i, n = real("rate", rate, above=-1), real("periods", periods, 1)
    b, f = real("principal", principal), real("balloon", balloon)
    broadcast(rate=i, periods=n, principal=b, balloon=f)
    return i, n, b, f


def _position(name: str, value: ArrayLike, periods: Floats, low: int) -> Floats:
    k = real(name, value, low)
    broadcast(**{name: k, "periods": periods})
    if (k != np.floor(k)).any():
        raise RangeError(f"{name} must be a whole number", name)
    if (k > periods).any():
        raise RangeError(f"{name} must not exceed the number of periods", name)
    return k


def _run(start: ArrayLike, end: ArrayLike, periods: Floats) -> tuple[Floats, Floats]:
    first, last = _position("start", start, periods, 1), _position("end", end, periods, 1)
    if (first > last).any():
        raise RangeError("end must not lie before start", "end")
    return first, last
