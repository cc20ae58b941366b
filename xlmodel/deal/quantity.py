"""A number with its unit and its source: the only kind of number a deal holds.

`{ value = 3650, unit = "USD m", source = "8-K of 29 May 2026" }` is read into base units (dollars, fractions, months)
and keeps what was typed for the sheet. A source may be the word `assumption`; it may not be missing.
"""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

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

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float = Field(allow_inf_nan=False)
    unit: Annotated[str, StringConstraints(min_length=1)]
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
    typed: float = Field(default=0.0, exclude=True, json_schema_extra={"readOnly": True})

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
            return {**data, "typed": data.get("value", 0.0)}
        return data


def quantity(dimension: str, low: float | None = None, high: float | None = None, above: float | None = None) -> Any:
    """Return the annotation that converts a `Sourced` to the base unit of `dimension` and checks its range.

    Parameters
    ----------
    dimension
        A key of `UNITS`.
    low, high
        The closed range, in base units.
    above
        The open lower bound.
    """
    sizes = UNITS[dimension]

    def check(number: Sourced) -> Sourced:
        if number.unit not in sizes:
            allowed = ", ".join(f'"{u}"' for u in sizes)
            raise ValueError(f'unit must be one of {allowed}, got "{number.unit}"')
        value = number.typed * sizes[number.unit]
        shown = f"{number.typed:g} {number.unit}"
        if low is not None and value < low:
            raise ValueError(f"value must be at least {_in(low, sizes, number.unit)}, got {shown}")
        if high is not None and value > high:
            raise ValueError(f"value must be at most {_in(high, sizes, number.unit)}, got {shown}")
        if above is not None and value <= above:
            raise ValueError(f"value must be greater than {_in(above, sizes, number.unit)}, got {shown}")
        return number.model_copy(update={"value": value})

    return Annotated[Sourced, AfterValidator(check)]


def _in(bound: float, sizes: dict[str, float], unit: str) -> str:
    return f"{bound / sizes[unit]:g} {unit}"


Money = quantity("money", low=0)
MoneyPerUnit = quantity("money a unit", low=0)
Flow = quantity("money a year")
Cost = quantity("money a year", low=0)
Rent = quantity("money a unit-hour", low=0)
EnergyPrice = quantity("energy price", low=0)
Power = quantity("power", low=0)
Share = quantity("share", low=0, high=1)
Decay = quantity("annual rate", low=-0.9, high=0.99)
LenderDecay = quantity("annual rate", low=0, high=0.99)
AnnualRate = quantity("annual rate", low=-0.1, high=1)
Level = quantity("ratio", above=0)
Factor = quantity("ratio", low=1)
Duration = quantity("time", above=0)
Delay = quantity("time", low=0)
Count = quantity("units", above=0)
Absorption = quantity("units a month", low=0)
