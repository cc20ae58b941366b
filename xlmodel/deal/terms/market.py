"""What the market does to a deal: rent, value of hardware, base rate and customers, as changes by period.

A base case has none. A scenario has one row, a simulation one row a path; the deal is analysed all the same.
"""

from dataclasses import dataclass

import numpy as np

from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Market:
    """Changes by period, each one row or one row a path; what is left out does not change.

    Attributes
    ----------
    rent
        Multiple of the spot rent that the deal assumes, at least 0, shape (paths, periods).
    value
        Multiple of the market value that the deal assumes, at least 0, on closing and every date, shape (paths,
        periods + 1).
    base_rate
        Added to the base rate of every floating tranche and of the swap, annual, shape (paths, periods).
    paying
        Share of its invoices that every customer still pays, 0 to 1; what it no longer pays for is let at spot rent.
        Shape (paths, periods).
    """

    rent: Floats | None = None
    value: Floats | None = None
    base_rate: Floats | None = None
    paying: Floats | None = None

    @property
    def paths(self) -> int:
        """How many paths there are, at least 1."""
        return max(
            (x.shape[0] for x in (self.rent, self.value, self.base_rate, self.paying) if x is not None), default=1
        )

    def spot(self, rent: Floats) -> Floats:
        """The spot rent of every period."""
        return rent if self.rent is None else np.asarray(rent * self.rent)

    def worth(self, value: Floats, *, at_closing: bool) -> Floats:
        """The market value on closing, or on every date."""
        if self.value is None:
            return value
        return np.asarray(value * (self.value[..., :1] if at_closing else self.value[..., 1:]))

    def shifted(self, index: Floats) -> Floats:
        """The base rate of every period."""
        return index if self.base_rate is None else np.asarray(index + self.base_rate)


BASE = Market()
"""The base case."""
