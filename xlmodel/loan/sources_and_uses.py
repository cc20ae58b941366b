"""The availability period: hardware arrives in deliveries, debt and equity pay for it, undrawn money costs a fee."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

ORDERS = ("pro_rata", "equity_first", "debt_first")


@dataclass(frozen=True, slots=True)
class Deliveries:
    """When hardware really arrives; moments are closing and the end of each period after it, time last.

    Attributes
    ----------
    costs
        What falls due on delivery, money by moment.
    in_service
        Share of all units delivered by each moment.
    missed
        True for each delivery that comes after the customer's long-stop date, so that its part of the contract may be
        terminated; deliveries on the last axis.
    lost
        Share of the units whose contract may be terminated, one number a loan.
    late_cost
        Money for deliveries that come after the last moment and are not in `costs`, one number a loan.
    """

    costs: Floats
    in_service: Floats
    missed: npt.NDArray[np.bool_]
    lost: Floats
    late_cost: Floats


def deliveries(
    cost: ArrayLike,
    planned: ArrayLike,
    periods: float,
    delay: ArrayLike = 0.0,
    long_stop: ArrayLike | None = None,
    units: ArrayLike = 1.0,
) -> Deliveries:
    """Return what is paid when deliveries come late, and which of them the customer may refuse.

    A delivery planned for moment j that is d periods late falls due at moment ``⌈j + d⌉``

    Parameters
    ----------
    cost
        Of each delivery, at least 0, deliveries on the last axis.
    planned
        Moment of each, 0 at closing, whole, at least 0.
    periods
        Periods of the availability period after closing.
    delay
        In periods, at least 0, one number or one a delivery.
    long_stop
        Last moment at which the customer must take a delivery, one number or one a delivery; none when omitted.
        Delivery on that moment still counts.
    units
        Units of each delivery, greater than 0, for shares.

    Examples
    --------
    >>> late = deliveries([60, 40], [0, 2], 4, delay=[0, 1.5], long_stop=3, units=[6, 4])
    >>> late.costs.tolist(), late.missed.tolist(), float(late.lost)
    ([60.0, 0.0, 0.0, 0.0, 40.0], [False, True], 0.4)
    """
    price, when = series("cost", cost, 0), series("planned", planned, 0)
    if (when != np.floor(when)).any():
        raise RangeError("planned must be whole: a delivery falls on a moment", "planned")
    late, count = series("delay", delay, 0), whole("periods", periods, 0)
    size = series("units", units)
    real("units", size, above=0)
    stop = series("long_stop", 1e9 if long_stop is None else long_stop, 0)
    shape = broadcast(cost=price, planned=when, delay=late, units=size, long_stop=stop)
    price, when, size, stop = (np.broadcast_to(x, shape) for x in (price, np.ceil(when + late), size, stop))
    missed = when > stop
    there = when[..., None] == np.arange(count + 1)
    by = when[..., None] <= np.arange(count + 1)
    all_units = size.sum(axis=-1)
    return Deliveries(
        costs=np.sum(np.where(there, price[..., None], 0.0), axis=-2),
        in_service=np.sum(np.where(by, size[..., None], 0.0), axis=-2) / all_units[..., None],
        missed=missed,
        lost=np.sum(np.where(missed, size, 0.0), axis=-1) / all_units,
        late_cost=np.sum(np.where(when > count, price, 0.0), axis=-1),
    )


@dataclass(frozen=True, slots=True)
class SourcesAndUses:
    """What is spent and who pays; moments are closing and the end of each period after it, time last.

    Attributes
    ----------
    costs, interest, upfront_fee, commitment_fee, ticking_fee, cancellation_fee
        The uses.
    draws, equity, prepaid
        The sources: ``draws + equity + prepaid`` is the sum of the uses at every moment.
    balance
        Owed after the draw.
    undrawn
        Of the commitment; 0 once it is cancelled.
    cancelled
        Commitment that ends undrawn with the availability period.
    """

    costs: Floats
    interest: Floats
    upfront_fee: Floats
    commitment_fee: Floats
    ticking_fee: Floats
    cancellation_fee: Floats
    draws: Floats
    equity: Floats
    prepaid: Floats
    balance: Floats
    undrawn: Floats
    cancelled: Floats

    @property
    def uses(self) -> Floats:
        """All uses by moment."""
        fees = self.upfront_fee + self.commitment_fee + self.ticking_fee + self.cancellation_fee
        return np.asarray(self.costs + self.interest + fees)

    @property
    def gearing(self) -> Floats:
        """Debt over all uses, one number a loan; 0 where nothing was used."""
        used = self.uses.sum(axis=-1)
        return np.where(used > 0, self.draws.sum(axis=-1) / np.where(used > 0, used, 1.0), 0.0)


def sources_and_uses(
    costs: ArrayLike,
    commitment: ArrayLike,
    rate: ArrayLike,
    gearing: ArrayLike = 1.0,
    order: str = "pro_rata",
    equity_commitment: ArrayLike = 0.0,
    upfront_fee: ArrayLike = 0.0,
    commitment_fee: ArrayLike = 0.0,
    ticking_fee: ArrayLike = 0.0,
    ticking_from: float = 0,
    available: float | None = None,
    cancellation_fee: ArrayLike = 0.0,
    funds_costs_of_debt: bool = True,
    prepayments: ArrayLike = 0.0,
) -> SourcesAndUses:
    """Return how a committed facility and equity pay for deliveries, with interest and fees on the way.

    ``uses_k = costs_k + i_k·B_{k−1} + (φ + τ_k)·undrawn_{k−1} + upfront + cancellation``;
    ``draws_k + equity_k + prepaid_k = uses_k``

    Parameters
    ----------
    costs
        Money at closing and at the end of each period after it, at least 0, time last.
    commitment
        The facility, at least 0, shape (...).
    rate
        Rate a period, at least 0, one number or one for each period after closing.
    gearing
        Most that is drawn of any use, 0 to 1, shape (...): the advance rate of a delivery.
    order
        "pro_rata" draws `gearing` of every use. "equity_first" lets equity pay until `equity_commitment` is spent, and
        draws `gearing` of what follows. "debt_first" draws all, and leaves equity for what the commitment does not
        reach.
    equity_commitment
        For "equity_first", at least 0, shape (...). Equity pays whatever is left in any order, also beyond it.
    upfront_fee
        Share of the commitment, at closing.
    commitment_fee
        Rate a period on what is undrawn at its start.
    ticking_fee
        The same from the period after moment `ticking_from` on, as for a facility that is held open.
    ticking_from
        A moment, 0 at closing.
    available
        The last moment at which it may be drawn; what then is undrawn is cancelled. The last of all when omitted.
    cancellation_fee
        Share of what is cancelled, due on that moment.
    funds_costs_of_debt
        False pays interest and fees without debt.
    prepayments
        Received from the customer and spent before debt and equity, at least 0, by moment; what a moment does not need
        waits for the next.

    Raises
    ------
    InputError
        An unknown order, ranges that do not fit.

    Notes
    -----
    The commitment is given and so nothing is circular. A budget whose debt is a share of all uses is
    `geared_construction`.

    Examples
    --------
    >>> funded = sources_and_uses([50, 30, 20], 60, 0.02, gearing=0.8, upfront_fee=0.01, commitment_fee=0.005)
    >>> funded.draws.round(4).tolist(), float(funded.balance[-1].round(4))
    ([40.48, 19.52, 0.0], 60.0)
    """
    spent, line = series("costs", costs, 0), real("commitment", commitment, 0)
    count = spent.shape[-1] - 1
    i, most = series("rate", rate, 0), real("gearing", gearing, 0, 1)
    own = real("equity_commitment", equity_commitment, 0)
    upfront, idle = real("upfront_fee", upfront_fee, 0), real("commitment_fee", commitment_fee, 0)
    tick, leave = real("ticking_fee", ticking_fee, 0), real("cancellation_fee", cancellation_fee, 0)
    since = whole("ticking_from", ticking_from)
    last = count if available is None else whole("available", available, 0, count)
    if order not in ORDERS:
        raise InputError(f"order must be one of {', '.join(ORDERS)}, got {order!r}", "order")
    if i.shape[-1] not in (1, count):
        raise InputError(f"rate must be one number or one for each of the {count} periods after closing", "rate")
    received = series("prepayments", prepayments, 0)
    if received.shape[-1] == 1 and count:
        # One number is paid at closing, not again and again.
        received = np.concatenate([received, np.zeros((*received.shape[:-1], count))], axis=-1)
    loans = {
        "commitment": line, "gearing": most, "equity_commitment": own, "upfront_fee": upfront, "ticking_fee": tick,
        "commitment_fee": idle, "cancellation_fee": leave, "rate": i[..., 0],
    }  # fmt: skip
    shape = broadcast(costs=spent, prepayments=received, **{name: x[..., None] for name, x in loans.items()})
    batch = shape[:-1]
    spent, received = np.broadcast_to(spent, shape), np.broadcast_to(received, shape)
    rates = np.broadcast_to(i, (*i.shape[:-1], count)) if count else i
    names = SourcesAndUses.__slots__
    out = {name: np.zeros(shape) for name in names}
    owed, left, paid_in, waiting = np.zeros(batch), np.zeros(batch) + line, np.zeros(batch), np.zeros(batch)
    for k in range(count + 1):
        interest = rates[..., k - 1] * owed if k else np.zeros(batch)
        late = idle * left if k else np.zeros(batch)
        ticks = tick * left if k > since else np.zeros(batch)
        first = upfront * line if k == 0 else np.zeros(batch)
        debt_costs = interest + late + ticks + first
        waiting = waiting + received[..., k]
        # A prepayment is for the hardware, and beyond it for the costs of the debt.
        prepaid = np.minimum(waiting, spent[..., k] + debt_costs)
        waiting = waiting - prepaid
        open_cost = np.maximum(spent[..., k] - prepaid, 0.0)
        open_all = np.maximum(spent[..., k] + debt_costs - prepaid, 0.0)
        funded = open_all if funds_costs_of_debt else open_cost
        draw = _drawn(order, funded, most, np.maximum(own - paid_in, 0.0))
        draw = np.where(k <= last, np.minimum(draw, left), 0.0)
        owed, left = owed + draw, left - draw
        ended = left if k == last else np.zeros(batch)
        # The fee of the cancellation depends on the draw and is paid by equity.
        parting = leave * ended
        left = left - ended
        equity = np.maximum(open_all - draw, 0.0) + parting
        paid_in = paid_in + equity
        fees = (first, late, ticks, parting)
        for name, value in zip(
            names, (spent[..., k], interest, *fees, draw, equity, prepaid, owed, left, ended), strict=True
        ):
            out[name][..., k] = value
    return SourcesAndUses(**out)


def _drawn(order: str, use: Floats, most: Floats, own: Floats) -> Floats:
    """What is drawn for a use when the commitment suffices."""
    if order == "debt_first":
        return use
    if order == "equity_first":
        return np.asarray(most * (use - np.minimum(use, own)))
    return np.asarray(most * use)
