"""A lender's own workbook: labels beside cells, a named cell, units in words and in formats, a table, a row of cash."""

import datetime as dt
from pathlib import Path
from typing import Any

import xlsxwriter

MAPPING = """\
version = 1
[[field]]
cell = "Inputs!B2"
column = "borrower"
kind = "text"
[[field]]
cell = "Inputs!B3"
column = "signed"
kind = "date"
[[field]]
cell = "Inputs!B4"
column = "principal"
unit = "USD m"
[[field]]
cell = "in_rate"
column = "annual_rate"
[[field]]
cell = "Inputs!B6"
column = "periods"
[[field]]
cell = "Inputs!B9"
column = "cost"
unit = "USD m"
[[field]]
cell = "Inputs!B10"
column = "annual_decay_eff"
unit = "% a year"
[[field]]
cell = "Inputs!B16"
column = "months_to_sale"
unit = "years"
[[field]]
cell = "Inputs!B17"
column = "watched"
kind = "yes/no"
[[field]]
cell = "Cash[CFADS]"
column = "cfads"
[[result]]
cell = "Inputs!B18"
name = "ltv_nominal_at_close"
[[result]]
cell = "Inputs!B19"
name = "min_dscr"
[[result]]
cell = "Cash[DSCR]"
name = "dscr"
"""
"""Where it holds what."""


def own(path: Path) -> Path:
    """Write the workbook; Case A's loan of the goldens stands in it."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Inputs")
        percent, typed = book.add_format({"num_format": "0.0%"}), book.add_format({"bg_color": "#FFFFCC"})
        day = book.add_format({"num_format": "d mmm yyyy"})
        rows: list[tuple[str, Any, Any, str]] = [
            ("Borrower", "Acme Compute", None, ""),
            ("Closing date", dt.datetime(2026, 1, 1), day, ""),
            ("Loan amount (USD m)", 28, typed, ""),
            ("Interest rate", 0.12, percent, ""),
            ("Term", 16, typed, "payments"),
            ("Payments a year", 4, typed, ""),
            ("Number of GPUs", 1000, typed, ""),
            ("Purchase price", 35, typed, "USD m"),
            ("Loss of market value", 50, typed, "% a year"),
            ("Rent per GPU hour", 2.4, typed, ""),
            ("Rent decline", 0.3, percent, ""),
            ("Utilisation", 0.85, percent, ""),
            ("Cash cost", 0.3526, typed, ""),
            ("DSCR covenant", 1, typed, "x"),
            ("Time to sale", None, typed, "years"),
            ("On watch", None, typed, ""),
        ]
        for i, (label, value, look, unit) in enumerate(rows, 1):
            sheet.write(i, 0, label)
            sheet.write(i, 1, value, look)
            sheet.write(i, 2, unit)
        sheet.write("A18", "LTV")
        sheet.write_formula("B18", "=B4/B9", percent, 0.8)
        sheet.write("A19", "Minimum DSCR")
        sheet.write_formula("B19", "=1/2", None, 0.5)
        book.define_name("in_rate", "=Inputs!$B$5")
        cash = book.add_worksheet("Cash flow")
        columns = [{"header": "Period"}, {"header": "CFADS"}, {"header": "DSCR", "formula": "=[@CFADS]/2"}]
        cash.add_table("A3:C5", {"name": "Cash", "columns": columns, "data": [[1, 9], [2, 8]]})
    return path
