"""The columns of a tape: their names and units, which are those of the worksheet functions, and what each may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from xlmodel.errors import ModelError
from xlmodel.maths.domain import Floats, real

Flags = npt.NDArray[np.bool_]

PROFILES: Final = ("level", "straight", "bullet", "sculpted")
FREQUENCIES: Final = (1, 2, 4, 12)
LONGEST: Final = 1200.0


@dataclass(frozen=True, slots=True)
class Column:
    """What a column may hold.

    Attributes
    ----------
    unit
        As the worksheet functions state it.
    blank
        What a blank stands for: a number, NaN for "this loan has none", or None where every loan needs one.
    low, high
        The closed range.
    above, below
        The open range.
    whole
        Whether only whole numbers are allowed.
    """

    unit: str
    blank: float | None = None
    low: float = -np.inf
    high: float = np.inf
    above: float = -np.inf
    below: float = np.inf
    whole: bool = False

    def outside(self, values: Floats) -> Flags:
        """Whether each value is unusable; a blank that is allowed is usable."""
        bad = (values < self.low) | (values > self.high) | (values <= self.above) | (values >= self.below)
        bad |= np.isinf(values)
        if self.whole:
            bad |= values != np.floor(values)
        return np.asarray(bad & ~np.isnan(values), dtype=np.bool_)

    def expectation(self, name: str, value: float) -> str:
        """Return the sentence about a value that `outside` names."""
        try:
            real(name, value, self.low, self.high, above=self.above, below=self.below)
        except ModelError as error:
            return error.sentence
        return f"{name} must be a whole number, got {value:g}"


_NONE: Final = float("nan")

COLUMNS: Final[Mapping[str, Column]] = {
    # The loan. A floating one has an index, whose margin and floor then count instead of the annual rate.
    "principal": Column("USD", low=0),
    "annual_rate": Column("fraction a year", _NONE, above=-1),
    "periods": Column("periods", low=1, high=LONGEST, whole=True),
    "frequency": Column("periods a year", 4, low=1, high=12, whole=True),
    "balloon": Column("USD", 0, low=0),
    "grace_periods": Column("periods", 0, low=0, whole=True),
    "pik": Column("fraction", 0, low=0, high=1),
    "margin": Column("fraction a year", 0, above=-1),
    "floor": Column("fraction a year", _NONE, above=-1),
    # What the hardware earns, where no cash flow is given.
    "units": Column("units", _NONE, low=0),
    "rent": Column("USD a unit-hour", _NONE, low=0),
    "annual_deflation": Column("fraction a year", 0, below=1),
    "usage": Column("fraction", 1, low=0, high=1),
    "cash_cost": Column("USD an installed hour", 0, low=0),
    "share": Column("fraction", 0, low=0, high=1),
    "price": Column("USD a unit-hour", 0, low=0),
    "term_periods": Column("periods", 0, low=0),
    "take_or_pay": Column("fraction", 1, low=0, high=1),
    "downtime_periods": Column("periods", 0, low=0),
    # What secures it.
    "cost": Column("USD", low=0),
    "annual_decay_eff": Column("fraction a year", below=1),
    "salvage": Column("USD", 0, low=0),
    "day_one_loss": Column("fraction", 0, low=0, high=1),
    # What a sale takes away. Without a depth there is no sale.
    "units_per_month_depth": Column("units a month", _NONE, low=0),
    "months_to_sale": Column("months", _NONE, low=0),
    "condition": Column("fraction", 0, low=0, high=1),
    "integration": Column("fraction", 0, low=0, high=1),
    "selling_pct": Column("fraction", 0, low=0, high=1),
    "cost_per_unit": Column("USD a unit", 0, low=0),
    "fixed_cost": Column("USD", 0, low=0),
    "discount_eff": Column("fraction a year", 0, low=0),
    # What was agreed, and what would be lent.
    "covenant": Column("ratio", _NONE, above=0),
    "target_dscr": Column("ratio", _NONE, above=0),
    "max_ltv": Column("fraction", _NONE, low=0, high=2),
    "advance_rate": Column("fraction", _NONE, low=0, high=1),
}
"""Every column of numbers; `type` holds words, `cfads` and `index` may be tables of loans by periods."""

FLOWS: Final[Mapping[str, Column]] = {
    "cfads": Column("USD a period"),
    "index": Column("fraction a year", _NONE, above=-1),
}
RENT_TERMS: Final = ("rent", "annual_deflation", "usage", "cash_cost", "share", "price", "term_periods")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a loan has no results.

    Attributes
    ----------
    row
        Its row on the tape, counted from 1, without the heading.
    column
        The column at fault; empty where it is the combination.
    value
        What stands there.
    expected
        The sentence without the row: what the column, what the value and what was expected.
    """

    row: int
    column: str
    value: object
    expected: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.expected}"
