"""The dates of a deal as one row: closing, the end of every period, and how long each is."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.deal.inputs import Timeline as Described
from xlmodel.errors import InputError
from xlmodel.maths.dates import given_ends, period_ends, schedule_ends
from xlmodel.maths.day_counts import accrual_factors, year_fraction
from xlmodel.maths.domain import Floats

_MOMENT = 1e-9
"""Years: less than a second is no time."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Closing and the periods after it.

    Attributes
    ----------
    closing
        The closing date.
    ends
        The end of every period.
    frequency
        Periods a year of a regular period.
    length
        Length of every period in years, 1/frequency where it is regular.
    years
        Years from closing to the end of every period.
    """

    shared: ClassVar[bool] = True
    """All loans of a stack have these dates."""

    closing: np.datetime64
    ends: npt.NDArray[np.datetime64]
    frequency: int
    length: Floats
    years: Floats

    @property
    def regular(self) -> bool:
        """Whether all periods are equally long."""
        return bool(np.all(self.length == 1 / self.frequency))

    def payments(self, maturity: dt.date | None, name: str = "maturity") -> int:
        """Return how many periods end by a maturity, all of them without one; `name` is what a refusal calls it.

        Raises
        ------
        InputError
            A maturity on which no period ends.
        """
        if maturity is None:
            return self.ends.size
        found = np.flatnonzero(self.ends == np.datetime64(maturity, "D"))
        if not found.size:
            first, last = (str(end) for end in self.ends[[0, -1]])
            raise InputError(
                f"{name} must be the end of a period, of which the first is {first} and the last {last}, "
                f"got {maturity}", name
            )  # fmt: skip
        return int(found[0]) + 1

    @property
    def begins(self) -> Floats:
        """Years from closing to the start of every period."""
        return self.years - self.length

    def overlap(self, start: ArrayLike, end: ArrayLike) -> Floats:
        """Return how much of each period lies between two moments, in years from closing; columns for a stack."""
        inside: Floats = np.minimum(self.years, end) - np.maximum(self.begins, start)
        return np.where(inside > _MOMENT, inside, 0.0)

    def share_after(self, start: float) -> Floats:
        """Return which share of each period lies after a moment, exactly 1 where all of it does."""
        if start <= 0:
            return np.ones(self.ends.shape)
        return np.where(self.begins >= start - _MOMENT, 1.0, self.overlap(start, np.inf) / self.length)

    def since_closing(self, date: object) -> float:
        """Return the years from closing to a date by 30/360, negative before closing, 0 without a date."""
        if date is None:
            return 0.0
        day = np.datetime64(str(date), "D")
        first, last = min(day, self.closing), max(day, self.closing)
        years = float(year_fraction(np.array([first]), np.array([last]), "30/360")[0])
        return years if day >= self.closing else -years


def timeline(described: Described) -> Timeline:
    """Return the row of dates that a deal describes.

    Lengths are counted by 30/360, so that a regular period is exactly its share of a year.

    Examples
    --------
    >>> row = timeline(Described(closing="2026-05-29", frequency=4, first_payment="2026-06-30", periods=3))
    >>> row.ends.astype(str).tolist(), row.length.round(4).tolist()
    (['2026-06-30', '2026-09-30', '2026-12-31'], [0.0861, 0.25, 0.25])
    """
    closing, frequency = np.datetime64(described.closing, "D"), described.frequency
    if described.ends:
        ends = given_ends(closing, [np.datetime64(d, "D") for d in described.ends])
    elif described.first_payment is not None:
        ends = _from_first(np.datetime64(described.first_payment, "D"), described)
    elif described.maturity is not None:
        ends = schedule_ends(closing, np.datetime64(described.maturity, "D"), frequency, described.stub)
    else:
        ends = period_ends(closing, described.periods or 1, frequency)
    length = accrual_factors(closing, ends, "30/360", frequency)
    # Multiples of the regular length, so that 60 months are 5 years to the last bit.
    regular = bool(np.all(length == 1 / frequency))
    years = np.arange(1, ends.size + 1) / frequency if regular else np.cumsum(length)
    return Timeline(closing, ends, frequency, length, years)


def _from_first(first: np.datetime64, described: Described) -> npt.NDArray[np.datetime64]:
    """Ends counted from the first payment, so many of them or up to the maturity."""
    if described.maturity is None:
        count = (described.periods or 1) - 1
        rest = period_ends(first, count, described.frequency) if count else np.array([], dtype="datetime64[D]")
    elif described.maturity == described.first_payment:
        rest = np.array([], dtype="datetime64[D]")
    else:
        rest = schedule_ends(first, np.datetime64(described.maturity, "D"), described.frequency, described.stub)
    return np.concatenate([np.array([first]), rest])
