"""An analyst's own workbooks: where they hold what, filled from tapes and deals, checked, and read back."""

from xlmodel.workbook.desk.batch import Made, fill_each
from xlmodel.workbook.desk.finding import find
from xlmodel.workbook.desk.loans import Loan, of_deal, of_tape
from xlmodel.workbook.desk.mapping import Field, Mapping, Result, load
from xlmodel.workbook.desk.placing import as_read, as_rows, taken

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
