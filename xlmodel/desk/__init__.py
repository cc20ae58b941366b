"""An analyst's own workbooks: where they hold what, filled from tapes and deals, checked, and read back."""

from xlmodel.desk.batch import Made, fill_each
from xlmodel.desk.finding import find
from xlmodel.desk.loans import Loan, of_deal, of_tape
from xlmodel.desk.mapping import Field, Mapping, Result, load
from xlmodel.desk.placing import as_read, as_rows, taken

__all__ = [
    "Field",
    "Loan",
    "Made",
    "Mapping",
    "Result",
    "as_read",
    "as_rows",
    "fill_each",
    "find",
    "load",
    "of_deal",
    "of_tape",
    "taken",
]
