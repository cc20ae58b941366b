"""Concentration by customer, reserves, and the exam: what stands between collateral and what may be drawn."""

from collections.abc import Mapping
from typing import Any, Final

from xlmodel.workbook.sheet import Page
from xlmodel.workbook.templates.borrowing_base.lines import YES_NO, Column, Lines, headed

CUSTOMERS, SITES = 15, 8
REQUIREMENTS: Final = (
    "Lien filing", "Insurance, lender as loss payee", "Landlord or colocation waivers", "Account control agreements",
    "Software and export transfer", "Serial tie-out", "Appraisal", "Field exam",
)  # fmt: skip
_TOP: Final = 4
LINES: Final = (
    ("rent", "Rent of sites without a waiver", "{st.reserve.total}"),
    ("dilution", "Dilution beyond what the advance rate covers",
     "IF(N({in_sales})>0,MAX(N({in_credits})/{in_sales}-N({in_diluted}),0)*{ar.eligible.total},0)"),
    ("exam", "Missing or expired items of the exam", "{ex.reserve.total}"),
    ("priority", "Priority claims", "N({in_priority})"),
    ("block", "Availability block", "N({in_block})"),
    ("other", "Other reserves", "N({in_other})"),
)  # fmt: skip
"""Reserves in their order: key, name, formula."""


def concentration(page: Page, given: Mapping[str, Any]) -> None:
    """Write every customer with what it owes, what it is owed, and its share."""
    headed(page, "Concentration", "Of the eligible receivables before anything is excluded for concentration. Money "
           "owed to a customer is taken from what it owes.", (_TOP + 1, 1))  # fmt: skip

    def summed(key: str) -> str:
        return f'IF({{@customer}}="",0,SUMPRODUCT(({{ar.customer|all}}={{@customer}})*{{ar.{key}|all}}))'

    Lines(page, "cc", (
        Column("customer", "Customer", "word", width=26),
        Column("owed", "Owed to it, prepaid by it, USD k", "count", total=True, width=16),
        Column("gross", "Open, USD k", "count", summed("amount"), total=True, width=14),
        Column("before", "Eligible before the limit, USD k", "count", summed("before"), total=True, width=16),
        Column("share", "Share of the pool", "percent", "IF({ar.before.total}>0,{@before}/{ar.before.total},0)",
               width=12),
        Column("excess", "Above the limit, USD k", "count", summed("excess"), total=True, width=14),
        Column("eligible", "Eligible, USD k", "count", "{@before}-{@excess}", total=True, width=14),
    ), CUSTOMERS, given, _TOP)  # fmt: skip
    page.layout.checks += [
        ("Every customer with an invoice is on the Concentration sheet, once",
         "=ABS({cc.gross.total}-{ar.amount.total})<{bbc.cent}"),
        ("What is above the limit adds up by customer", "=ABS({cc.excess.total}-{ar.excess.total})<{bbc.cent}"),
    ]  # fmt: skip


def reserves(page: Page, given: Mapping[str, Any]) -> None:
    """Write rent by site, then every reserve."""
    headed(page, "Reserves", "A landlord who has not waived may keep the hardware until its rent is paid; no more is "
           "held back than the hardware there counts.", (_TOP + 1, 1))  # fmt: skip
    table = Lines(page, "st", (
        Column("site", "Site", "word", width=46),
        Column("rent", "Rent and power a month, USD k", "count", width=16),
        Column("waiver", "Landlord has waived", "word", choices=YES_NO, width=12),
        Column("value", "Eligible hardware there, USD k", "count",
               'IF({@site}="",0,SUMPRODUCT(({eq.site|all}={@site})*{eq.eligible|all}))', total=True, width=16),
        Column("reserve", "Held back, USD k", "count",
               'IF(OR({@site}="",{@waiver}="yes"),0,MIN(N({in_rent_months})*N({@rent}),{@value}))', total=True,
               width=16),
    ), SITES, given, _TOP)  # fmt: skip
    row = table.after + 1
    page.text(row, 0, "Reserves", "head")
    page.band(row, 1, 3, "head")
    page.text(row, 4, "USD k", "head right")
    first = row + 1
    for key, label, formula in LINES:
        row += 1
        page.text(row, 0, label)
        page.formula(row, 4, f"={formula}", "calc count", f"reserve.{key}")
    page.name_block("reserve", first, row, 4)
    page.text(row + 1, 0, "Reserves together", "strong label")
    page.band(row + 1, 1, 3, "strong label")
    page.formula(row + 1, 4, "=SUM({reserve|all})", "strong count", "out_reserves")
    page.define("out_reserves", "out_reserves")


def exam(page: Page, given: Mapping[str, Any]) -> None:
    """Write the checklist: what is in place, since when, how long it is good for, what is held back if it is not."""
    headed(page, "Exam", "An item that is missing or out of date holds back the amount beside it.", (_TOP + 1, 1))
    listed = {"ex_item": list(REQUIREMENTS)} | dict(given)
    stale = 'AND({@days}<>"",OR({@last}="",{in_date}-{@last}>{@days}))'
    state = f'IF({{in_date}}="","n/a",IF({{@place}}<>"yes","missing",IF({stale},"expired","ok")))'
    table = Lines(page, "ex", (
        Column("item", "Item", "word", width=34),
        Column("place", "In place", "word", choices=YES_NO, width=10),
        Column("last", "Date of it", "date", width=14),
        Column("days", "Good for, days; blank is for good", "count", width=14),
        Column("amount", "Held back if not, USD k", "count", width=14),
        Column("state", "State", "word", state, width=12),
        Column("reserve", "Held back, USD k", "count", 'IF(OR({@state}="ok",{@state}="n/a"),0,N({@amount}))',
               total=True, width=14),
    ), len(REQUIREMENTS), listed, _TOP)  # fmt: skip
    column = 5
    for word, look in (("ok", "pass"), ("expired", "warn"), ("missing", "fail")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
        page.rules.append((table.first, column, table.last, column, rule))
