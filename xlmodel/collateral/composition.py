"""Losses taken one after the other: a value, what each part takes from it, and what is left.

Parts multiply, they never add: three haircuts of 40 % lose 78.4 %, not 120 %. Each part is charged on what the parts
before it left, so that in money they add up to the whole. Shares of price come first, costs in money next, the wait
last.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NOTHING_TO_SELL
from xlmodel.maths.domain import Floats, broadcast, real


@dataclass(frozen=True, slots=True)
class Composition:
    """A value and its losses, arrays of one shape.

    Attributes
    ----------
    total
        Share of the reference value lost, 0 to 1.
    reference_value, gross_proceeds, net_proceeds, present_value
        Money: before, after the haircuts, after the costs too, and after the wait too.
    parts
        Money lost to each part, in the order taken; they add up to reference less present value.
    shortfall
        Costs that the proceeds do not pay, money. A lender may abandon, so they are never part of the total.
    """

    total: Floats
    reference_value: Floats
    gross_proceeds: Floats
    net_proceeds: Floats
    present_value: Floats
    parts: dict[str, Floats]
    shortfall: Floats

    def share(self, part: str) -> Floats:
        """Return one part as a share of the reference value."""
        return _share(self.parts[part], self.reference_value)

    @property
    def shares(self) -> dict[str, Floats]:
        """Every part as a share of the reference value, in the order taken; they add up to the total."""
        return {part: self.share(part) for part in self.parts}

    @property
    def price_kept(self) -> Floats:
        """Gross proceeds as a share of the reference value."""
        return _share(self.gross_proceeds, self.reference_value)


def compose(
    reference_value: npt.ArrayLike,
    haircuts: Mapping[str, npt.ArrayLike],
    costs: Mapping[str, npt.ArrayLike] | None = None,
    years: npt.ArrayLike = 0.0,
    discount_eff: npt.ArrayLike = 0.0,
) -> Composition:
    """Take the named losses from a value, in the order given.

    ``PV = max(0, V · Π(1 − h_i) − Σ c_j) / (1 + r)^τ``, ``H = 1 − PV / V``

    Parameters
    ----------
    reference_value
        V, money, at least 0.
    haircuts
        Name and share of price lost, 0 to 1, each on what the ones before it left.
    costs
        Name and cost in money, at least 0. Costs are paid out of the proceeds only: the parts stop where nothing is
        left, and what stays unpaid is the shortfall.
    years
        τ, from now until the cash is in, at least 0.
    discount_eff
        r, effective annual rate for the wait, at least 0.

    Returns
    -------
    Composition
        Shares are undefined (`NOTHING_TO_SELL`) where the reference value is 0.

    Raises
    ------
    RangeError
        A share outside 0 to 1, a negative amount.

    Notes
    -----
    The order is the appraiser's: what a sale brings, what the sale costs, when the cash arrives. [derived]

    Examples
    --------
    >>> sale = compose(100, {"obsolescence": 0.2, "depth": 0.25}, {"removal": 6}, 1, 0.08)
    >>> round(float(sale.total), 12), {part: round(float(x), 12) for part, x in sale.parts.items()}
    (0.5, {'obsolescence': 20.0, 'depth': 20.0, 'removal': 6.0, 'discounting': 4.0})
    """
    value, wait = real("reference_value", reference_value, 0), real("years", years, 0)
    rate = real("discount_eff", discount_eff, 0)
    shares = {name: real(name, share, 0, 1) for name, share in haircuts.items()}
    money = {name: real(name, cost, 0) for name, cost in (costs or {}).items()}
    shape = broadcast(reference_value=value, years=wait, discount_eff=rate, **shares, **money)
    parts: dict[str, Floats] = {}
    left = value
    for name, share in shares.items():
        parts[name] = left * share
        left = left - parts[name]
    gross, unpaid = left, np.zeros(())
    for name, cost in money.items():
        parts[name] = np.minimum(cost, left)
        left, unpaid = left - parts[name], unpaid + (cost - parts[name])
    present = left * (1 + rate) ** -wait
    parts["discounting"] = left - present
    lost = np.where(value > 0, np.clip(1 - present / np.where(value > 0, value, 1.0), 0, 1), NOTHING_TO_SELL.nan)

    def filled(array: Floats) -> Floats:
        return np.broadcast_to(array, shape).copy()

    return Composition(
        filled(lost),
        filled(value),
        filled(gross),
        filled(left),
        filled(present),
        {name: filled(part) for name, part in parts.items()},
        filled(unpaid),
    )


def composed(haircuts: npt.ArrayLike) -> Floats:
    """Loss of several haircuts taken one after the other, along the last axis.

    ``1 − Π (1 − h_i)``

    Parameters
    ----------
    haircuts
        Shares between 0 and 1, the parts on the last axis.

    Examples
    --------
    >>> round(float(composed([0.4, 0.4, 0.4])), 12)
    0.784
    """
    shares = np.atleast_1d(real("haircuts", haircuts, 0, 1))
    return np.asarray(1 - np.prod(1 - shares, axis=-1))


def _share(money: Floats, reference: Floats) -> Floats:
    sold = reference > 0
    return np.where(sold, money / np.where(sold, reference, 1.0), NOTHING_TO_SELL.nan)
