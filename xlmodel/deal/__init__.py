"""One deal, every number named: typed inputs in, an analysis out."""

from xlmodel.deal.analysis import Analysis, analyse
from xlmodel.deal.inputs import Deal
from xlmodel.deal.quantity import Sourced
from xlmodel.deal.reading import load, read, schema
from xlmodel.deal.refusal import DealError

__all__ = ["Analysis", "Deal", "DealError", "Sourced", "analyse", "load", "read", "schema"]
