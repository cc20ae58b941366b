"""The terms of the facility: commitment, advance rates, what counts, reserves, tests."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.templates.form import Entry, Form

COUNTRIES: Final = 3
_SECTIONS: Final = (
    ("Facility", (
        Entry("borrower", "Borrower", "", "word"),
        Entry("lender", "Lender or agent", "", "word"),
        Entry("date", "Date of the certificate", "date", "date"),
        Entry("commitment", "Commitment", "USD k", "count"),
        Entry("loans", "Loans outstanding", "USD k", "count"),
        Entry("letters", "Letters of credit outstanding", "USD k", "count"),
    )),
    ("Advance rates", (
        Entry("adv_equipment", "On net orderly liquidation value of equipment", "%", "percent", high=1),
        Entry("adv_receivables", "On eligible receivables", "%", "percent", high=1),
        Entry("adv_crypto", "On the value of crypto, at most", "%", "percent", high=1,
              help="No more is lent than the haircut leaves."),
    )),
    ("What counts; a blank is not tested", (
        Entry("appraisal_days", "Appraisal good for", "days", "count", high=3650),
        Entry("past_due_days", "Invoices past due by at most", "days", "count", high=3650),
        Entry("invoice_days", "Invoices no older than", "days", "count", high=3650),
        Entry("cross_age", "Customer out if more of its account is late than", "%", "percent", high=1),
        Entry("concentration", "Most of one customer in the eligible receivables", "%", "percent", high=1),
        Entry("price_days", "Price of crypto no older than", "days", "count", high=365),
    )),
    ("Haircut of crypto", (
        Entry("crypto_days", "Days to cure a call and to sell", "days", "count", high=365),
        Entry("crypto_confidence", "Confidence", "%", "percent", low=0.5, high=0.9999),
        Entry("crypto_slippage", "Lost in the sale itself", "%", "percent", high=0.99),
    )),
    ("Reserves", (
        Entry("rent_months", "Rent held back where a landlord has not waived", "months", "quantity", high=24),
        Entry("credits", "Credits and returns, last twelve months", "USD k", "count"),
        Entry("sales", "Sales, last twelve months", "USD k", "count"),
        Entry("diluted", "Dilution that the advance rate covers", "%", "percent", high=1),
        Entry("priority", "Priority claims: wages, taxes, pensions", "USD k", "count"),
        Entry("block", "Availability block", "USD k", "count"),
        Entry("other", "Other reserves", "USD k", "count"),
    )),
    ("Tests", (
        Entry("trigger_amount", "Cash dominion below excess availability of", "USD k", "count"),
        Entry("trigger_share", "or below this share of the line, if greater", "%", "percent", high=1),
        Entry("minimum_cover", "Fixed-charge cover, at least, while it is on", "x", "multiple", high=100),
        Entry("minimum_liquidity", "Liquidity, at least, at all times", "USD k", "count"),
    )),
)  # fmt: skip


def terms(page: Page, given: Mapping[str, Value]) -> None:
    """Write every term that is not a line of collateral."""
    form = Form(page, "Terms", "Type into blue on yellow; write the source beside each number.", given)
    for title, entries in _SECTIONS:
        form.section(title)
        for entry in entries:
            form.entry(entry)
        if title.startswith("What counts"):
            for i in range(1, COUNTRIES + 1):
                form.entry(Entry(f"country{i}", f"Customers may sit in, country {i}", "", "word"))
    form.section("Convention", note="Why")
    form.constant("bbc.thousand", "USD in a USD k", "USD", 1000.0)
    form.constant("bbc.tie", "Differences below this share are rounding", "share", 1e-12)
    form.constant("bbc.cent", "Smallest difference that counts", "USD k", 1e-5)
