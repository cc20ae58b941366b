"""What the money earns: the lender's yield, multiple and all-in spread, and the return of the equity."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import NO_RETURN, ONE_SIGN, InputError
from xlmodel.maths.cashflow import irr, xirr
from xlmodel.maths.domain import Floats, broadcast, real, series, whole
from xlmodel.maths.roots import bisected

_WIDEST: Final = 100.0


@dataclass(frozen=True, slots=True)
class Return:
    """What a row of flows earns, one number a loan.

    Attributes
    ----------
    yield_eff
        Effective annual internal rate of return.
    yield_nom
        The same as a nominal annual rate of the payment frequency, to compare with the loan's own rate; with dates it
        is the nominal rate of that frequency with the same effective yield.
    multiple
        Received over paid in, sums without discounting.
    profit
        Received less paid in, money.
    """

    yield_eff: Floats
    yield_nom: Floats
    multiple: Floats
    profit: Floats


def lender_flows(
    balance: ArrayLike,
    received: ArrayLike,
    discount: ArrayLike = 0.0,
    upfront_fee: ArrayLike = 0.0,
    draws: ArrayLike = 0.0,
    fees: ArrayLike = 0.0,
) -> Floats:
    """Return the lender's flows from closing on, original issue discount and fees taken into account.

    ``flow_0 = −balance · (1 − discount − fee)``; ``flow_k = received_k + (discount + fee) · draw_k + fees_k``

    Parameters
    ----------
    balance
        Drawn at closing, at least 0, shape (...).
    received
        From the borrower less what is drawn, money by period, time last, as `TrancheLines.received` has it.
    discount
        Original issue discount, the share of what is lent that is not paid out, 0 to 1, shape (...).
    upfront_fee
        Share of what is lent, paid when it is drawn, 0 to 1, shape (...).
    draws
        Later draws, contained in `received` as negative amounts, at least 0, by period.
    fees
        Commitment, agency and exit fees the lender receives, at least 0, by period.

    Returns
    -------
    Floats
        One more number than there are periods, the first at closing.

    Examples
    --------
    >>> lender_flows(100, [10, 110], discount=0.02).tolist()
    [-98.0, 10.0, 110.0]
    """
    lent, got = real("balance", balance, 0), series("received", received)
    off, fee = real("discount", discount, 0, 1), real("upfront_fee", upfront_fee, 0, 1)
    broadcast(discount=off, upfront_fee=fee)
    less = off + fee
    real("discount and upfront_fee together", less, 0, 1)
    drawn, extra = series("draws", draws, 0), series("fees", fees, 0)
    shape = broadcast(
        balance=lent[..., None], received=got, discount=less[..., None], draws=drawn, fees=extra
    )  # fmt: skip
    flows = np.zeros((*shape[:-1], shape[-1] + 1))
    flows[..., 0] = -lent * (1 - less)
    flows[..., 1:] = got + less[..., None] * drawn + extra
    return flows


def equity_flows(
    contributed: ArrayLike, distributions: ArrayLike, injected: ArrayLike = 0.0, residual: ArrayLike = 0.0
) -> Floats:
    """Return the sponsors' flows from closing on.

    ``flow_0 = −contributed``; ``flow_k = distributions_k − injected_k``, and the residual with the last

    Parameters
    ----------
    contributed
        Put in at closing, at least 0, shape (...).
    distributions
        Received, at least 0, money by period, time last, as `Waterfall.distribution` has it.
    injected
        Put in later, cures and further equity, at least 0, by period.
    residual
        What the hardware and the cash on the accounts bring at the end after all debt, at least 0, shape (...).

    Examples
    --------
    >>> equity_flows(50, [20, 20], injected=[5, 0], residual=30).tolist()
    [-50.0, 15.0, 50.0]
    """
    paid, got = real("contributed", contributed, 0), series("distributions", distributions, 0)
    more, end = series("injected", injected, 0), real("residual", residual, 0)
    shape = broadcast(
        contributed=paid[..., None], distributions=got, injected=more, residual=end[..., None]
    )  # fmt: skip
    flows = np.zeros((*shape[:-1], shape[-1] + 1))
    flows[..., 0] = -paid
    flows[..., 1:] = got - more
    flows[..., -1] += end
    return flows


def investor_return(flows: ArrayLike, frequency: float = 4, dates: object = None) -> Return:
    """Return what dated or regular flows earn, to a lender or to the equity.

    ``Σ flow_j / (1 + y)^{t_j} = 0`` with ``t_j = j / f``, or days over 365 as Excel's XIRR has it

    Parameters
    ----------
    flows
        Paid in negative, received positive, the first at closing, time last.
    frequency
        Periods a year.
    dates
        The date of every flow, one row, closing first; regular periods when omitted.

    Returns
    -------
    Return
        The yields are undefined without both signs (`ONE_SIGN`) or where none solves (`NO_RETURN`), as for a loan
        that pays nothing back; the multiple then is 0, and undefined where nothing is paid in.

    Notes
    -----
    The multiple nets what is paid and received on one day.

    Examples
    --------
    >>> earned = investor_return([-98, 10, 110], frequency=1)
    >>> round(float(earned.yield_eff), 6), round(float(earned.multiple), 6), float(earned.profit)
    (0.111705, 1.22449, 22.0)
    """
    paid, times = series("flows", flows), whole("frequency", frequency, 1)
    if dates is None:
        rate = irr(paid, guess=0.1 / times)
        # Nearly everything lost rounds to a rate of -1, whose logarithm is minus infinity and whose year is -1 again.
        with np.errstate(divide="ignore"):
            grown = np.expm1(times * np.log1p(np.where(np.isnan(rate), 0.0, rate)))
        effective = np.where(np.isnan(rate), rate, grown)
        nominal = rate * times
    else:
        effective = xirr(paid, dates)
        usable = np.where(np.isnan(effective), 0.0, effective)
        with np.errstate(divide="ignore"):
            nominal = np.where(np.isnan(effective), effective, times * np.expm1(np.log1p(usable) / times))
    out = np.sum(np.ascontiguousarray(np.maximum(-paid, 0.0)), axis=-1)
    back = np.sum(np.ascontiguousarray(np.maximum(paid, 0.0)), axis=-1)
    multiple = np.where(out > 0, back / np.where(out > 0, out, 1.0), ONE_SIGN.nan)
    return Return(np.asarray(effective), np.asarray(nominal), multiple, np.asarray(back - out))


def all_in_spread(flows: ArrayLike, base_rate: ArrayLike, frequency: float = 4) -> Floats:
    """Return the spread over a reference rate that the flows earn, discounts and fees included.

    ``Σ flow_k · Π_{j≤k} 1 / (1 + (base_j + s) / f) = 0``

    Parameters
    ----------
    flows
        The lender's, the first at closing, time last.
    base_rate
        The reference rate, nominal annual, one number or one for each period after closing, such as forward SOFR.
    frequency
        Periods a year.

    Returns
    -------
    Floats
        Nominal annual, one a loan; undefined without both signs (`ONE_SIGN`) or where none solves (`NO_RETURN`).

    Notes
    -----
    The discount margin of a floating-rate note. Without discount and fees it is the margin itself.

    Examples
    --------
    A loan at 5 % over 4 %, issued at 98:

    >>> round(float(all_in_spread([-98, 2.25, 2.25, 2.25, 102.25], 0.04, frequency=4)), 6)
    0.071412
    """
    paid, base, times = series("flows", flows), series("base_rate", base_rate), whole("frequency", frequency, 1)
    count = paid.shape[-1] - 1
    if base.shape[-1] not in (1, count):
        raise InputError(f"base_rate must be one number or one for each of the {count} periods", "base_rate")
    lead = np.broadcast_shapes(paid.shape[:-1], base.shape[:-1])
    index = np.broadcast_to(base / times, (*base.shape[:-1], count))

    def value(spread: Floats) -> Floats:
        total = np.broadcast_to(paid[..., -1], lead)
        # From the end back, dividing by the growth of each period; scaled so that only the sign counts.
        for k in range(count - 1, -1, -1):
            growth = 1 + index[..., k] + spread / times
            size = np.maximum(1.0, growth)
            total = (total / size) + paid[..., k] * (growth / size)
        return np.asarray(total)

    low = np.full(lead, -times * (1 + index.min(axis=-1)) * (1 - 1e-9))
    high = np.full(lead, _WIDEST)
    both = np.any(paid > 0, axis=-1) & np.any(paid < 0, axis=-1)
    solved = (value(low) > 0) != (value(high) > 0)
    return np.where(both & solved, bisected(value, low, high, 1e-15), np.where(both, NO_RETURN.nan, ONE_SIGN.nan))
