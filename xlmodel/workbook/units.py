"""The one unit in which a report shows each dimension, whatever unit the deal was typed in.

A timeline that adds numbers typed in USD m to numbers typed in USD k would need a conversion in every formula; so
every amount is in USD m, every rate and share is a percentage, every duration is in months, and only prices and costs
of a single unit stay in USD.
"""

from dataclasses import dataclass
from typing import Final

from xlmodel.deal.quantity import UNITS, Sourced

MILLION: Final = 1e6


@dataclass(frozen=True, slots=True)
class Readable:
    """How a dimension is shown.

    Attributes
    ----------
    unit
        What the reader sees beside the number.
    kind
        The kind of number, of `styles.NUMBERS`.
    size
        The unit in base units of the deal.
    """

    unit: str
    kind: str
    size: float = 1.0


_SHOWN: Final = {
    "money": Readable("USD m", "money", MILLION),
    "money a unit": Readable("USD a unit", "quantity"),
    "money a year": Readable("USD m a year", "money", MILLION),
    "money a unit-hour": Readable("USD a unit-hour", "price"),
    "energy price": Readable("USD a kWh", "price"),
    "power": Readable("kW a unit", "price"),
    "share": Readable("%", "rate"),
    "annual rate": Readable("% a year", "rate"),
    "ratio": Readable("x", "multiple"),
    "time": Readable("months", "quantity"),
    "days": Readable("days", "count"),
    "units": Readable("units", "count"),
    "units a month": Readable("units a month", "count"),
}
_DIMENSION: Final = {unit: dimension for dimension, sizes in UNITS.items() for unit in sizes}


def readable(number: Sourced) -> tuple[float, Readable]:
    """Return a number of a deal in the unit a report shows it in.

    >>> typed = Sourced(value=3650, unit="USD m", source="assumption")
    >>> value, how = readable(typed.model_copy(update={"value": 3.65e9}))
    >>> value, how.unit
    (3650.0, 'USD m')
    """
    how = _SHOWN[_DIMENSION[number.unit]]
    return number.value / how.size, how
