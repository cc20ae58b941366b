"""Coverage of a balance by all the cash still to come: over the loan's life, the asset's life, the contract's life."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import NO_BALANCE, NO_INTEREST, InputError
from xlmodel.loan.coverage import cover
from xlmodel.maths.domain import Floats, broadcast, real, series

DSRA_TREATMENTS: Final = ("none", "numerator", "net_debt")


def present_values(cfads: ArrayLike, rate: ArrayLike, last: ArrayLike | None = None) -> Floats:
    """Value of the cash still to come, at the start of each period.

    ``PV_{k−1} = (CFADS_k + PV_k) / (1+i_k)``, ``PV_last = 0``

    Parameters
    ----------
    cfads
        Cash flow, money a period, time last; may be negative.
    rate
        Rate a period, above −1, one number or one a period.
    last
        Last period counted, from 0 to N, one number a loan; N when omitted.

    Examples
    --------
    >>> present_values([110, 121], 0.1).round(9).tolist()
    [200.0, 110.0]
    """
    cash, i = series("cfads", cfads), np.atleast_1d(real("rate", rate, above=-1))
    shape = broadcast(cfads=cash, rate=i)
    if last is not None:
        end = real("last", last, 0)
        broadcast(cfads=cash, last=end[..., None])
        cash = np.where(np.arange(cash.shape[-1]) < end[..., None], cash, 0.0)
        shape = broadcast(cfads=cash, rate=i)
    cash, i = np.broadcast_to(cash, shape), np.broadcast_to(i, shape)
    worth = np.empty(shape)
    value = np.zeros(shape[:-1])
    for k in range(shape[-1] - 1, -1, -1):
        value = (cash[..., k] + value) / (1 + i[..., k])
        worth[..., k] = value
    return worth


def loan_life_coverage(
    cfads: ArrayLike,
    balance: ArrayLike,
    rate: ArrayLike,
    dsra: ArrayLike = 0.0,
    dsra_treatment: str = "none",
    maturity: ArrayLike | None = None,
    date: str = "start",
) -> Floats:
    """Loan life coverage ratio on every date.

    ``LLCR_k = Σ_{j=k+1}^{N} CFADS_j·DF(k, j) / B_k``; with the reserve ``(Σ + DSRA_k) / B_k`` or ``Σ / (B_k − DSRA_k)``

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, time last; negative flows count.
    balance
        What is owed on each date, money, at least 0, time last: the opening balances with ``date="start"``, the
        closing ones with ``date="end"``. Periods of the cash beyond the balances have nothing owed.
    rate
        The debt's own rate a period, above −1, one number or one a period.
    dsra
        Debt service reserve on the same dates, money, at least 0.
    dsra_treatment
        "none", "numerator" (added to the cash) or "net_debt" (taken off the balance).
    maturity
        N, the last period whose cash counts; the last one when omitted.
    date
        "start": the first ratio is that of closing. "end": after each payment, undefined at maturity.

    Returns
    -------
    Floats
        The ratio by date; `NO_BALANCE` where nothing is owed (net of the reserve, for "net_debt").

    Notes
    -----
    One date before maturity it equals the last period's debt service coverage. Source: Yescombe (2014), ch. 12.

    Examples
    --------
    >>> loan_life_coverage([120, 130, 140], [247.4715367, 179.9109981, 97.9020979], 0.1).round(6).tolist()
    [1.3, 1.3, 1.3]
    >>> [round(float(loan_life_coverage(130, 100, 0, 10, how)[0]), 4) for how in DSRA_TREATMENTS]
    [1.3, 1.4, 1.4444]
    """
    owed, reserve = series("balance", balance, 0), real("dsra", dsra, 0)
    if dsra_treatment not in DSRA_TREATMENTS:
        raise InputError(
            f"dsra_treatment must be one of {', '.join(DSRA_TREATMENTS)}, got {dsra_treatment!r}", "dsra_treatment"
        )
    if date not in ("start", "end"):
        raise InputError(f"date must be 'start' or 'end', got {date!r}", "date")
    worth = present_values(cfads, rate, maturity)
    n, known = worth.shape[-1], owed.shape[-1]
    if known > n:
        raise InputError(f"balance has {known} dates, but cfads only {n} periods", "balance")
    if known < n:
        owed = np.concatenate([owed, np.zeros((*owed.shape[:-1], n - known))], axis=-1)
    if date == "end":
        worth = np.concatenate([worth[..., 1:], np.zeros((*worth.shape[:-1], 1))], axis=-1)
    shape = broadcast(cfads=worth, balance=owed, dsra=reserve)
    worth, owed, reserve = (np.broadcast_to(x, shape) for x in (worth, owed, reserve))
    if dsra_treatment == "numerator":
        worth = worth + reserve
    elif dsra_treatment == "net_debt":
        owed = owed - reserve
    return cover(worth, owed, NO_BALANCE)


def project_life_coverage(
    cfads: ArrayLike,
    balance: ArrayLike,
    rate: ArrayLike,
    economic_life: ArrayLike | None = None,
    date: str = "start",
) -> Floats:
    """Project life coverage ratio on every date: the loan's tail counts.

    ``PLCR_k = Σ_{j=k+1}^{K*} CFADS_j·DF(k, j) / B_k``

    Parameters
    ----------
    cfads
        Cash flow of the asset over its life, money a period, time last; longer than the loan where there is a tail.
    balance, rate, date
        As for `loan_life_coverage`.
    economic_life
        K*, the last period in which running the asset pays; cash after it is not counted. The last one when omitted.

    Examples
    --------
    >>> project_life_coverage([60, 60, 30, -5], [100, 50], 0.0, economic_life=3)[:2].tolist()
    [1.5, 1.8]
    """
    return loan_life_coverage(cfads, balance, rate, maturity=economic_life, date=date)


def contract_life_coverage(
    cfads: ArrayLike, balance: ArrayLike, rate: ArrayLike, contract_end: ArrayLike, date: str = "start"
) -> Floats:
    """Coverage of the debt by contracted cash alone, on every date.

    ``Σ_{j=k+1}^{contract end} CFADS_j·DF(k, j) / B_k``

    Parameters
    ----------
    cfads
        Cash flow under the contract, money a period, time last.
    balance, rate, date
        As for `loan_life_coverage`.
    contract_end
        Last period under contract, one number a loan.

    Returns
    -------
    Floats
        The ratio by date; 0 where debt is still owed after the contract has ended.

    Examples
    --------
    >>> contract_life_coverage([60, 60, 30], [100, 50, 10], 0.0, contract_end=2).tolist()
    [1.2, 1.2, 0.0]
    """
    return loan_life_coverage(cfads, balance, rate, maturity=contract_end, date=date)


def interest_cover(cfads: ArrayLike, interest: ArrayLike) -> Floats:
    """Interest cover of each period.

    ``ICR_k = CFADS_k / I_k``; with EBITDA in place of CFADS it is the rating agencies' EBITDA cover

    Parameters
    ----------
    cfads
        Cash flow available for debt service (or EBITDA: say which), money a period; may be negative.
    interest
        Interest of the period, money, at least 0.

    Returns
    -------
    Floats
        The ratio; `NO_INTEREST` where none accrues.

    Examples
    --------
    >>> interest_cover([3.0, 2.0], [1.5, 0.0]).tolist()
    [2.0, nan]
    """
    cash, due = real("cfads", cfads), real("interest", interest, 0)
    shape = broadcast(cfads=cash, interest=due)
    return cover(np.broadcast_to(cash, shape), np.broadcast_to(due, shape), NO_INTEREST)


def debt_yield(cfads: ArrayLike, balance: ArrayLike, frequency: ArrayLike = 4) -> Floats:
    """Annualised cash over what is owed.

    ``f·CFADS_k / B_{k−1}``

    Parameters
    ----------
    cfads
        Cash flow of the period, money; may be negative.
    balance
        Owed when the period begins, money, at least 0.
    frequency
        Periods a year.

    Returns
    -------
    Floats
        The yield as a fraction; `NO_BALANCE` where nothing is owed.

    Examples
    --------
    >>> float(debt_yield(3.5, 28.0))
    0.5
    """
    cash, owed = real("cfads", cfads), real("balance", balance, 0)
    times = real("frequency", frequency, above=0)
    shape = broadcast(cfads=cash, balance=owed, frequency=times)
    return cover(np.broadcast_to(cash * times, shape), np.broadcast_to(owed, shape), NO_BALANCE)
