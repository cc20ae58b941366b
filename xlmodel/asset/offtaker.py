"""The customer behind the contract: default curve of a rating, guarantor, letter of credit, credits, termination."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole


def rated_survival(rating: str, table: Mapping[str, Sequence[float]], periods: int, frequency: int = 4) -> Floats:
    """Return the probability that a customer of a rating has not defaulted by the end of each period.

    ``S(t) = (1 − C_y)·((1 − C_{y+1}) / (1 − C_y))^{t − y}``, the hazard constant inside a year

    Parameters
    ----------
    rating
        A key of the table, upper or lower case.
    table
        Cumulative default rates after one year, two years and so on, by rating: rising, 0 or more and below 1. No table
        is built in, since the agencies' own may not be passed on.
    periods
        How many, at least 1.
    frequency
        Periods a year.

    Returns
    -------
    Shape (periods,). After the last year of the table its last hazard goes on.

    Raises
    ------
    InputError
        A rating that is not in the table, or cumulative rates that fall.

    Examples
    --------
    >>> rated_survival("BBB", {"BBB": [0.01, 0.03]}, 3, frequency=1).round(6).tolist()
    [0.99, 0.97, 0.950404]
    """
    known = {name.casefold(): rates for name, rates in table.items()}
    if rating.casefold() not in known:
        raise InputError(f"rating must be one of {', '.join(table)}, got {rating!r}", "rating")
    rates = real(f"default rates of {rating}", known[rating.casefold()], 0, below=1)
    survived = np.concatenate([[1.0], 1 - np.atleast_1d(rates)])
    if (np.diff(survived) > 0).any():
        raise InputError(f"default rates of {rating} must not fall: they are cumulative", "table")
    hazard = -np.diff(np.log(survived))
    years = np.arange(1, whole("periods", periods, 1) + 1) / whole("frequency", frequency, 1)
    year = np.minimum(np.ceil(years).astype(np.intp) - 1, hazard.size - 1)
    return np.asarray(survived[year] * np.exp(-hazard[year] * (years - year)))


def guaranteed_survival(survival: npt.ArrayLike, guarantor: npt.ArrayLike, dependence: npt.ArrayLike = 0.0) -> Floats:
    """Return the probability that customer or guarantor still pays.

    ``1 − [ (1−θ)·(1−S)(1−G) + θ·min(1−S, 1−G) ]``

    Parameters
    ----------
    survival, guarantor
        Probabilities that each has not defaulted, 0 to 1. Every argument broadcasts.
    dependence
        θ: 0 when the two default independently, 1 when the better one never survives the worse one, as a parent and
        its subsidiary.

    Examples
    --------
    >>> guaranteed_survival(0.9, 0.8, [0, 1]).round(6).tolist()
    [0.98, 0.9]
    """
    own, other = 1 - real("survival", survival, 0, 1), 1 - real("guarantor", guarantor, 0, 1)
    theta = real("dependence", dependence, 0, 1)
    broadcast(survival=own, guarantor=other, dependence=theta)
    return np.asarray(1 - ((1 - theta) * own * other + theta * np.minimum(own, other)))


def service_credits(
    fee: npt.ArrayLike, availability: npt.ArrayLike, bands: Sequence[tuple[float, float]], cap: npt.ArrayLike = 1.0
) -> Floats:
    """Return what the customer takes off its fee when the machines were not available.

    ``fee · share_j`` of the lowest band with ``availability < level_j``, at most ``cap · fee``

    Parameters
    ----------
    fee
        Fee of each period before credits, at least 0. Every argument broadcasts, time last.
    availability
        Share of the hours delivered, 0 to 1.
    bands
        Pairs of an availability and the share of the fee credited below it, availability falling.
    cap
        Largest share of a fee that credits may take, 0 to 1.

    Raises
    ------
    InputError
        Levels that do not fall.

    Examples
    --------
    >>> service_credits(100, [0.995, 0.985, 0.9], [(0.99, 0.1), (0.95, 0.25)]).tolist()
    [0.0, 10.0, 25.0]
    """
    due, there = real("fee", fee, 0), real("availability", availability, 0, 1)
    most = real("cap", cap, 0, 1)
    broadcast(fee=due, availability=there, cap=most)
    share, last = np.zeros(np.broadcast_shapes(due.shape, there.shape)), np.inf
    for level, part in bands:
        if not level < last:
            raise InputError("bands must fall: each level lies below the one before", "bands")
        last = level
        share = np.where(there < float(real("band level", level, 0, 1)), float(real("band share", part, 0, 1)), share)
    return np.asarray(due * np.minimum(share, most))


@dataclass(frozen=True, slots=True)
class Termination:
    """A contract that ends early, shape (..., periods).

    Attributes
    ----------
    revenue
        Contract revenue until it ends, and what the capacity earns elsewhere after the downtime.
    claim
        Termination payment that falls due, less prepayments not yet credited.
    proceeds
        What of it is received: from the letter of credit first, then the recovered share of the rest. It belongs to
        the lenders as an event, not to the cash flow.
    refund
        Prepayments owed back to the customer beyond the termination payment.
    """

    revenue: Floats
    claim: Floats
    proceeds: Floats
    refund: Floats


def terminated(
    revenue: npt.ArrayLike,
    period: int,
    schedule: npt.ArrayLike = 0.0,
    recovery: npt.ArrayLike = 1.0,
    letter_of_credit: npt.ArrayLike = 0.0,
    prepaid: npt.ArrayLike = 0.0,
    merchant: npt.ArrayLike = 0.0,
    downtime_periods: npt.ArrayLike = 0.0,
) -> Termination:
    """Return the cash of a contract that ends at the end of a period.

    ``claim = max(schedule_k − prepaid_k, 0)``; ``proceeds = min(claim, LC) + recovery · rest``

    Parameters
    ----------
    revenue
        Of the contract had it gone on, at least 0, shape (..., periods).
    period
        The last one of the contract, from 1.
    schedule
        Termination payment for each period of the agreement, at least 0, by period.
    recovery
        Share of the claim that is paid beyond the letter of credit: 1 for a customer that ends it and pays, less for
        one that has failed; 0 to 1, shape (...).
    letter_of_credit
        In the lender's hand, at least 0, shape (...).
    prepaid
        Prepayments not yet credited at the end of each period, which are set off, at least 0, by period.
    merchant
        What the capacity earns without the contract, at least 0, by period.
    downtime_periods
        Without a tenant after the end, at least 0, shape (...); a part of a period counts as such.

    Examples
    --------
    >>> ended = terminated([10, 10, 10, 10], 2, schedule=[30, 20, 10, 0], recovery=0.5, letter_of_credit=8,
    ...                    prepaid=[6, 4, 2, 0], merchant=6, downtime_periods=0.5)
    >>> ended.revenue.tolist(), ended.proceeds.tolist()
    ([10.0, 10.0, 3.0, 6.0], [0.0, 12.0, 0.0, 0.0])
    """
    earned, due = series("revenue", revenue, 0), series("schedule", schedule, 0)
    owed, spot = series("prepaid", prepaid, 0), series("merchant", merchant, 0)
    part, letter = real("recovery", recovery, 0, 1), real("letter_of_credit", letter_of_credit, 0)
    idle = real("downtime_periods", downtime_periods, 0)
    shape = broadcast(
        revenue=earned, schedule=due, prepaid=owed, merchant=spot, recovery=part[..., None],
        letter_of_credit=letter[..., None], downtime_periods=idle[..., None],
    )  # fmt: skip
    at = whole("period", period, 1, shape[-1]) - 1
    earned, due, owed, spot = (np.broadcast_to(x, shape) for x in (earned, due, owed, spot))
    after = np.arange(shape[-1]) - at
    let = np.where(after > 0, np.clip(after - idle[..., None], 0.0, 1.0), 0.0)
    path = np.where(after <= 0, earned, spot * let)
    claim, received, refund = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    claim[..., at] = np.maximum(due[..., at] - owed[..., at], 0.0)
    drawn = np.minimum(claim[..., at], letter)
    received[..., at] = drawn + part * (claim[..., at] - drawn)
    refund[..., at] = np.maximum(owed[..., at] - due[..., at], 0.0)
    return Termination(np.ascontiguousarray(path), claim, received, refund)
