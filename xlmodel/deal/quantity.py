"""A number with its unit and its source: the only kind of number a deal holds.

`{ value = 3650, unit = "USD m", source = "8-K of 29 May 2026" }` is read into base units (dollars, fractions, months)
and keeps what was typed for the sheet. A source may be the word `assumption`; it may not be missing.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, Final

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema
from pydantic_core import CoreSchema, core_schema

ASSUMPTION: Final = "assumption"

UNITS: Final[dict[str, dict[str, float]]] = {
    "money": {"USD": 1.0, "USD k": 1e3, "USD m": 1e6, "USD bn": 1e9},
    "money a unit": {"USD a unit": 1.0, "USD k a unit": 1e3},
    "money a year": {
        "USD a year": 1.0,
        "USD k a year": 1e3,
        "USD m a year": 1e6,
        "USD a month": 12.0,
        "USD k a month": 12e3,
        "USD m a month": 12e6,
    },
    "money a unit-hour": {"USD a unit-hour": 1.0},
    "energy price": {"USD a kWh": 1.0},
    "power": {"kW a unit": 1.0, "W a unit": 1e-3},
    "share": {"fraction": 1.0, "%": 0.01, "bp": 1e-4},
    "annual rate": {"fraction a year": 1.0, "% a year": 0.01, "bp a year": 1e-4},
    "ratio": {"x": 1.0},
    "time": {"months": 1.0, "years": 12.0},
    "days": {"days": 1.0},
    "units": {"units": 1.0},
    "units a month": {"units a month": 1.0},
}
"""Units by dimension, each with its size in the base unit, which is the one of size 1."""


class Sourced(BaseModel):
    """One number of a deal.

    Attributes
    ----------
    value
        In the base unit of its dimension once it is part of a deal.
    unit
        As typed.
    source
        Where it comes from, or the word assumption.
    typed
        The number as typed, in `unit`.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"description": "A number as typed, its unit, and its source or the word assumption."},
    )

    value: float = Field(allow_inf_nan=False)
    unit: Annotated[str, StringConstraints(min_length=1)]
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
    typed: SkipJsonSchema[float] = 0.0

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        if isinstance(data, bool | int | float):
            raise ValueError(
                f'a bare number has no source: write {{ value = {data}, unit = "…", source = "…" }}, got {data}'
            )
        if isinstance(data, dict):
            if isinstance(data.get("value"), str | bool):
                raise ValueError(f"value must be a number, got {data['value']!r}")
            if "typed" in data:
                raise ValueError("typed is not a key: value, unit and source are expected")
            value = data.get("value")
            return {**data, "typed": value if isinstance(value, int | float) else 0.0}
        return data

    @model_serializer
    def _as_typed(self) -> dict[str, float | str]:
        """A deal is written as it was typed, or reading it back would convert it again."""
        return {"value": self.typed, "unit": self.unit, "source": self.source}


@dataclass(frozen=True, slots=True)
class Dimension:
    """What kind of number a field takes: converts a `Sourced` to the base unit and checks its range.

    Attributes
    ----------
    name
        A key of `UNITS`.
    low, high
        The closed range, in base units.
    above
        The open lower bound.
    """

    name: str
    low: float | None = None
    high: float | None = None
    above: float | None = None

    @property
    def units(self) -> str:
        """The units it may be typed in, for a sentence."""
        return ", ".join(f'"{unit}"' for unit in UNITS[self.name])

    def check(self, number: Sourced) -> Sourced:
        """Return the number in base units."""
        sizes = UNITS[self.name]
        if number.unit not in sizes:
            raise ValueError(f'unit must be one of {self.units}, got "{number.unit}"')
        value = number.typed * sizes[number.unit]
        shown = f"{number.typed:g} {number.unit}"
        if not isfinite(value):
            raise ValueError(f"value must be a finite number in base units, got {shown}")
        if self.low is not None and value < self.low:
            raise ValueError(f"value must be at least {_in(self.low, sizes, number.unit)}, got {shown}")
        if self.high is not None and value > self.high:
            raise ValueError(f"value must be at most {_in(self.high, sizes, number.unit)}, got {shown}")
        if self.above is not None and value <= self.above:
            raise ValueError(f"value must be greater than {_in(self.above, sizes, number.unit)}, got {shown}")
        return number.model_copy(update={"value": value})

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # The range depends on the unit, so it is left to the reading; an editor can still offer the units.
        return {"allOf": [handler(schema)], "properties": {"unit": {"enum": list(UNITS[self.name])}}}


def amount(number: Sourced | None) -> Any:
    """Return the value of a number, 0 where the deal has none; a column (loans, 1) in a stack of deals."""
    return 0.0 if number is None else number.value


def given(number: Sourced | None) -> Any:
    """Return the value of a number, None where the deal has none; a column (loans, 1) in a stack of deals."""
    return None if number is None else number.value


def each(number: Sourced | None) -> Any:
    """Return the value of a number by loan, shape (loans,), as what belongs to a loan and not to its periods."""
    if number is None:
        return 0.0
    return number.value[..., 0] if isinstance(number.value, np.ndarray) else number.value


def _in(bound: float, sizes: dict[str, float], unit: str) -> str:
    return f"{bound / sizes[unit]:g} {unit}"


Money = Annotated[Sourced, Dimension("money", low=0)]
Amount = Annotated[Sourced, Dimension("money", above=0)]
MoneyPerUnit = Annotated[Sourced, Dimension("money a unit", low=0)]
Flow = Annotated[Sourced, Dimension("money a year")]
Cost = Annotated[Sourced, Dimension("money a year", low=0)]
Rent = Annotated[Sourced, Dimension("money a unit-hour", low=0)]
EnergyPrice = Annotated[Sourced, Dimension("energy price", low=0)]
Power = Annotated[Sourced, Dimension("power", low=0)]
Share = Annotated[Sourced, Dimension("share", low=0, high=1)]
Discount = Annotated[Sourced, Dimension("share", low=-10, high=0.99)]
Shock = Annotated[Sourced, Dimension("share", low=0, high=0.99)]
Decay = Annotated[Sourced, Dimension("annual rate", low=-0.9, high=0.99)]
LenderDecay = Annotated[Sourced, Dimension("annual rate", low=0, high=0.99)]
Volatility = Annotated[Sourced, Dimension("annual rate", low=0, high=5)]
AnnualRate = Annotated[Sourced, Dimension("annual rate", low=-0.1, high=1)]
Margin = Annotated[Sourced, Dimension("annual rate", low=0, high=1)]
Level = Annotated[Sourced, Dimension("ratio", above=0)]
Factor = Annotated[Sourced, Dimension("ratio", low=1)]
Duration = Annotated[Sourced, Dimension("time", above=0)]
Delay = Annotated[Sourced, Dimension("time", low=0)]
Days = Annotated[Sourced, Dimension("days", low=0)]
Count = Annotated[Sourced, Dimension("units", above=0)]
Absorption = Annotated[Sourced, Dimension("units a month", low=0)]
