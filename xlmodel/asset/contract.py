"""What the customers pay: contract blocks that expire and roll off to spot.

Per installed hour and period, ``A [ w max(u_c, tau) P + (1 - w) u R ]``: the contracted share `w` at the
contract price `P` for the larger of the customer's own usage `u_c` and the take-or-pay share `tau`, the rest
at spot `R` for the usage `u` the market gives it, all for the share `A` of hours in which the hardware is
available.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole


@dataclass(frozen=True, slots=True)
class Contract:
    """One customer's block of capacity.

    A term or downtime belongs to the loan and has the shape (...); a share, price or usage may change by
    period and has the shape (..., periods), so that one value per loan is written as a column (loans, 1).

    Attributes
    ----------
    share
        Share of the capacity, 0 to 1.
    price
        USD per hour, at least 0.
    term_periods
        Length of the term; a term that ends inside a period is paid to the end of that period.
    take_or_pay
        Share of the hours paid for whether used or not, 0 to 1.
    own_usage
        Share of the hours the customer uses, 0 to 1; the larger of the two is paid.
    first_period
        The period in which the term starts, from 1; until then the block earns spot.
    downtime_periods
        How long the block earns nothing after each expiry, fractions allowed.
    renewals
        How many times the block is contracted again after an expiry; then it earns spot.
    renewal_periods
        Length of each renewed term; as the first unless given.
    renewal_discount
        Share by which the renewed price lies below the rent of the renewal's first period, where it stays for
        the renewed term; below 1, negative for a premium.
    """

    share: npt.ArrayLike
    price: npt.ArrayLike
    term_periods: npt.ArrayLike
    take_or_pay: npt.ArrayLike = 1.0
    own_usage: npt.ArrayLike = 0.0
    first_period: npt.ArrayLike = 1
    downtime_periods: npt.ArrayLike = 0.0
    renewals: int = 0
    renewal_periods: npt.ArrayLike | None = None
    renewal_discount: npt.ArrayLike = 0.0


@dataclass(frozen=True, slots=True)
class RentalRevenue:
    """Revenue of each period by where it comes from, shape (..., periods).

    Attributes
    ----------
    contracted
        From contracts, renewals included.
    spot
        From capacity without a contract.
    contracted_share
        Share of the capacity under contract.
    idle_share
        Share of the capacity between two tenants.
    """

    contracted: Floats
    spot: Floats
    contracted_share: Floats
    idle_share: Floats

    @property
    def total(self) -> Floats:
        """Both together."""
        return self.contracted + self.spot


def rental_revenue(
    units: npt.ArrayLike,
    hours: npt.ArrayLike,
    rent: npt.ArrayLike,
    usage: npt.ArrayLike = 1.0,
    contracts: Sequence[Contract] = (),
    availability: npt.ArrayLike = 1.0,
) -> RentalRevenue:
    """Return the revenue of each period from contracts and from spot.

    ``revenue = n h A [ sum of w max(u_c, tau) P over the contracts + (1 - sum of w) u R ]``

    Parameters
    ----------
    units
        Installed units, at least 0, shape (..., periods), one value or a column for all periods.
    hours
        Hours of a period, at least 0, likewise.
    rent
        Spot rent of each period, USD per hour, at least 0, shape (..., periods): it says how many periods
        there are.
    usage
        Share of its hours that spot capacity rents, 0 to 1.
    contracts
        The contract blocks; none is a merchant fleet.
    availability
        Share of the hours in which the hardware runs, 0 to 1.

    Raises
    ------
    RangeError
        A share outside 0 to 1; contracts that together exceed the capacity.
    InputError
        Shapes that do not fit together.

    Examples
    --------
    Seven tenths contracted at 2.40 for two periods, then spot after half a period without a tenant:

    >>> block = Contract(share=0.7, price=2.4, term_periods=2, downtime_periods=0.5)
    >>> earned = rental_revenue(1, 1000, [2.0, 1.8, 1.6, 1.4], 0.8, [block])
    >>> earned.contracted.round(2).tolist(), earned.spot.round(2).tolist()
    ([1680.0, 1680.0, 0.0, 0.0], [480.0, 432.0, 832.0, 1120.0])
    """
    spot_rent, fleet, duration = series("rent", rent, 0), series("units", units, 0), series("hours", hours, 0)
    spot_usage, running = series("usage", usage, 0, 1), series("availability", availability, 0, 1)
    blocks = [_paid(block, spot_rent) for block in contracts]
    return revenue_of(fleet, duration, spot_rent, blocks, spot_usage, running)


@dataclass(frozen=True, slots=True)
class Let:
    """What one contract does with the hours of a fleet, by period, shape (..., periods).

    Attributes
    ----------
    earned
        What it pays for an installed hour, USD.
    bound, idle
        Shares of the installed hours that it binds, and that it leaves empty between two tenants.
    """

    earned: Floats
    bound: Floats
    idle: Floats


def revenue_of(
    units: Floats, hours: Floats, rent: Floats, lets: Sequence[Let], usage: Floats, availability: Floats
) -> RentalRevenue:
    """Return the revenue of each period from what the contracts do with its hours; arguments as of `rental_revenue`.

    Raises
    ------
    RangeError
        Contracts that together exceed the capacity.
    InputError
        Shapes that do not fit together.

    Examples
    --------
    >>> half = Let(np.array([1.0]), np.array([0.5]), np.array([0.0]))
    >>> one = np.ones(1)
    >>> revenue_of(one, 1000 * one, 1.6 * one, [half], one, one).total.tolist()
    [1800.0]
    """
    shape = broadcast(
        rent=rent,
        units=units,
        hours=hours,
        usage=usage,
        availability=availability,
        **{f"contract_{i}": block.earned for i, block in enumerate(lets, 1)},
    )
    if shape[-1] != rent.shape[-1]:
        raise InputError(f"rent holds {rent.shape[-1]} periods where other inputs hold {shape[-1]}", "rent")
    income = sum((block.earned for block in lets), np.zeros(shape))
    bound = sum((block.bound for block in lets), np.zeros(shape))
    idle = sum((block.idle for block in lets), np.zeros(shape))
    free = 1.0 - bound - idle
    if (free < -1e-9).any():
        raise RangeError(
            f"the contracts take {float(np.max(bound + idle)):g} of the capacity, at most 1 can be let", "contracts"
        )
    scale = units * hours * availability
    return RentalRevenue(
        contracted=np.ascontiguousarray(scale * income),
        spot=np.ascontiguousarray(scale * np.maximum(free, 0.0) * usage * rent),
        contracted_share=bound,
        idle_share=idle,
    )


def _paid(block: Contract, rent: Floats) -> Let:
    """Return per installed hour what the block pays, the share it binds and the share it leaves idle."""
    share, price = series("share", block.share, 0, 1), series("price", block.price, 0)
    payable = np.maximum(series("take_or_pay", block.take_or_pay, 0, 1), series("own_usage", block.own_usage, 0, 1))
    term = _per_loan("term_periods", block.term_periods)
    down = _per_loan("downtime_periods", block.downtime_periods)
    renewed = term if block.renewal_periods is None else _per_loan("renewal_periods", block.renewal_periods)
    begin = _per_loan("first_period", block.first_period, 1)
    if (begin != np.floor(begin)).any():
        raise RangeError("first_period must be whole: a term starts with a period", "first_period")
    discount = real("renewal_discount", block.renewal_discount, below=1)[..., None]
    shape = broadcast(
        share=share,
        price=price,
        take_or_pay=payable,
        term_periods=term,
        downtime_periods=down,
        first_period=begin,
        renewal_periods=renewed,
        renewal_discount=discount,
        rent=rent,
    )
    count = rent.shape[-1]
    number = np.arange(1, count + 1)
    path = np.broadcast_to(rent, shape)
    start = begin - 1
    earned, bound, idle = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for renewal in range(whole("renewals", block.renewals) + 1):
        # A term that ends inside a period is paid to its end; a hair over a boundary is the boundary.
        end = start + np.ceil((renewed if renewal else term) - 1e-9)
        active = (number > start) & (number <= end)
        if renewal:
            signed = np.broadcast_to(np.minimum(start, count - 1), (*shape[:-1], 1)).astype(np.intp)
            price = np.take_along_axis(path, signed, axis=-1) * (1 - discount)
        earned = np.where(active, share * payable * price, earned)
        bound = np.where(active, share, bound)
        if renewal == block.renewals:
            vacant = np.clip(np.minimum(number, end + down) - np.maximum(number - 1, end), 0.0, 1.0)
        else:
            # The next term starts with a period, and the block stays empty until then.
            start = end + np.ceil(down - 1e-9)
            vacant = ((number > end) & (number <= start)).astype(np.float64)
        idle = idle + share * vacant
    return Let(earned, bound, idle)


def _per_loan(name: str, value: npt.ArrayLike, low: float = 0.0) -> Floats:
    return real(name, value, low)[..., None]
