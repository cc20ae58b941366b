"""The catalogue: one declaration per worksheet function, one path per call."""

from xlmodel.functions import coverage, liquidation, service, value
from xlmodel.functions.calling import call, named, why
from xlmodel.functions.record import CATALOGUE, Record

__all__ = ["CATALOGUE", "Record", "call", "coverage", "liquidation", "named", "service", "value", "why"]
