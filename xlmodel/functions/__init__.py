"""The catalogue: one declaration per worksheet function, one path per call."""

from xlmodel.functions import (
    borrowing,
    coverage,
    debt,
    lending_value,
    life_cover,
    liquidation,
    market_risk,
    offtake,
    premises,
    rent,
    returns,
    service,
    uses,
    value,
    waterfall,
)
from xlmodel.functions.calling import call, named, why
from xlmodel.functions.record import CATALOGUE, Record

__all__ = [
    "CATALOGUE",
    "Record",
    "borrowing",
    "call",
    "coverage",
    "debt",
    "lending_value",
    "life_cover",
    "liquidation",
    "market_risk",
    "named",
    "offtake",
    "premises",
    "rent",
    "returns",
    "service",
    "uses",
    "value",
    "waterfall",
    "why",
]
