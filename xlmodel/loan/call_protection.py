"""What repaying early costs: call prices that step down, a make-whole, and the lender's yield to the worst call."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import NOT_CALLABLE, InputError
from xlmodel.loan.schedule import Schedule
from xlmodel.maths.cashflow import irr
from xlmodel.maths.domain import Floats, broadcast, real, series, whole


def call_premium(prepaid: ArrayLike, premium: ArrayLike, no_call: float = 0) -> Floats:
    """Return what is paid on top of principal that is repaid early.

    ``premium_k · prepaid_k``

    Parameters
    ----------
    prepaid
        Principal repaid early, money by period, at least 0, time last.
    premium
        Call price less 1, as 0.03, 0.02, 0.01 and 0: at least 0, one number or one a period.
    no_call
        First periods in which nothing may be repaid early.

    Returns
    -------
    Floats
        Money by period; undefined (`NOT_CALLABLE`) where something is repaid before it may be.

    Examples
    --------
    >>> call_premium([0, 50, 50], [0.02, 0.02, 0.01], no_call=1).tolist()
    [0.0, 1.0, 0.5]
    """
    amount, price = series("prepaid", prepaid, 0), series("premium", premium, 0)
    shape = broadcast(prepaid=amount, premium=price)
    closed = np.arange(shape[-1]) < whole("no_call", no_call)
    return np.where(closed & (amount > 0), NOT_CALLABLE.nan, amount * price)


def make_whole(
    schedule: Schedule, treasury: ArrayLike, spread: ArrayLike = 0.005, frequency: float = 4,
    until: float | None = None, call_price: ArrayLike = 1.0,
) -> Floats:  # fmt: skip
    """Return what makes the lender whole when the loan is repaid after each payment.

    ``max(0, Σ_{j>k} DS_j · Π 1/(1 + (treasury + spread)/f) − B_k)``, the service up to the first call and the call
    price then

    Parameters
    ----------
    schedule
        The loan as it would have run on.
    treasury
        Rate of the reference bond, nominal annual, one number or one for each date of repayment, time last.
    spread
        Added to it, commonly 50 basis points, shape (...).
    frequency
        Periods a year.
    until
        Period, from 1, at whose end the make-whole ends and the loan may be called at `call_price`; maturity when
        omitted. From then on it is 0.
    call_price
        Price of that call, at least 1.

    Returns
    -------
    Floats
        Money at the end of each period.

    Examples
    --------
    >>> from xlmodel.loan.schedule import schedule
    >>> loan = schedule(100, 0.10, 3, "bullet")
    >>> make_whole(loan, 0.045, frequency=1).round(4).tolist()
    [9.2971, 4.7619, 0.0]
    """
    rate, over = series("treasury", treasury), real("spread", spread)
    price, times = real("call_price", call_price, 1), whole("frequency", frequency, 1)
    count = schedule.closing.shape[-1]
    last = count if until is None else whole("until", until, 1, count)
    broadcast(treasury=rate, spread=over[..., None])
    growth = real("treasury and spread", 1 + (rate + over[..., None]) / times, above=0)
    if growth.shape[-1] not in (1, count):
        raise InputError(f"treasury must be one number or one for each of the {count} periods", "treasury")
    shape = broadcast(treasury=growth, closing=schedule.closing, call_price=price[..., None])
    growth = np.broadcast_to(growth, shape)
    lump = np.broadcast_to(price * schedule.closing[..., last - 1], shape[:-1])
    answer = np.zeros(shape)
    for k in range(last - 1):
        value = lump
        for j in range(last - 1, k, -1):
            value = (value + schedule.debt_service[..., j]) / growth[..., k]
        answer[..., k] = np.maximum(value - schedule.closing[..., k], 0.0)
    return answer


@dataclass(frozen=True, slots=True)
class CallYields:
    """The lender's yield for every date on which the borrower may repay.

    Attributes
    ----------
    yield_nom
        Nominal annual yield if all is repaid at the end of the period, time last; undefined (`NOT_CALLABLE`) before
        the first call. The last is the yield to maturity.
    worst
        The lowest of them, one a loan.
    """

    yield_nom: Floats
    worst: Floats


def yields_to_call(
    schedule: Schedule, price: ArrayLike = 1.0, premium: ArrayLike = 0.0, frequency: float = 4, no_call: float = 0
) -> CallYields:
    """Return the lender's yield to every call and the worst of them.

    ``−price · B_0 + Σ_{j≤k} DS_j / (1+i)^j + (1 + premium_k) · B_k / (1+i)^k = 0``

    Parameters
    ----------
    schedule
        The loan, drawn at closing.
    price
        What the lender paid per unit of principal, 1 less discount and fees, greater than 0, shape (...).
    premium
        Call price less 1, at least 0, one number or one a period.
    frequency
        Periods a year.
    no_call
        First periods in which nothing may be repaid early.

    Raises
    ------
    InputError
        A loan with later draws, whose price is not one number.

    Examples
    --------
    A discount is earned faster the sooner the loan is repaid, so maturity is the worst:

    >>> from xlmodel.loan.schedule import schedule
    >>> yields = yields_to_call(schedule(100, 0.10, 3, "bullet"), price=0.97, frequency=1)
    >>> yields.yield_nom.round(4).tolist(), round(float(yields.worst), 4)
    ([0.134, 0.1177, 0.1123], 0.1123)
    """
    if (schedule.draw > 0).any():
        raise InputError("schedule must be drawn at closing", "schedule")
    paid, over = real("price", price, above=0), series("premium", premium, 0)
    times, closed = whole("frequency", frequency, 1), whole("no_call", no_call)
    shape = broadcast(price=paid[..., None], premium=over, closing=schedule.closing)
    over = np.broadcast_to(over, shape)
    count = shape[-1]
    yields = np.full(shape, NOT_CALLABLE.nan)
    flows = np.zeros((*shape[:-1], count + 1))
    flows[..., 0] = -paid * schedule.opening[..., 0]
    flows[..., 1:] = schedule.debt_service
    for k in range(min(closed, count - 1), count):
        ends = np.concatenate([flows[..., : k + 2], np.zeros((*shape[:-1], count - 1 - k))], axis=-1)
        ends[..., k + 1] += (1 + over[..., k]) * schedule.closing[..., k]
        yields[..., k] = irr(ends, guess=0.1 / times) * times
    with_calls = np.where(np.isnan(yields), np.inf, yields)
    worst = with_calls.min(axis=-1)
    return CallYields(yields, np.where(np.isinf(worst), yields[..., -1], worst))
