"""The catalogue: one declaration per worksheet function, one path per call."""

from xlmodel.functions import coverage, debt, life_cover, liquidation, rent, service, value
from xlmodel.functions.calling import call, named, why
from xlmodel.functions.record import CATALOGUE, Record

__all__ = [
    "CATALOGUE",
    "Record",
    "call",
    "coverage",
    "debt",
    "life_cover",
    "liquidation",
    "named",
    "rent",
    "service",
    "value",
    "why",
]
