"""What is typed into the credit memo: the request, the cash, the debt, the hardware, the worst case, the words."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.templates.form import Entry, Form

PERIODS: Final = 60
MITIGANTS: Final = 4
_FASTEST_RISE: Final = -0.9
_ONE_LINE: Final = "One line of up to 100 letters: the memo is one page."

_SECTIONS: Final = (
    ("Request", (
        Entry("deal", "Deal", "", "word"),
        Entry("borrower", "Borrower", "", "word"),
        Entry("purpose", "Purpose", "", "word", help=_ONE_LINE),
        Entry("closing", "Closing", "date", "date"),
        Entry("frequency", "Payments a year", "periods", "count", choices=("12", "4", "2", "1"), start=4.0),
    )),
    ("Uses, and prepayments among the sources", (
        Entry("cost", "Cost of the hardware", "USD m", "money"),
        Entry("fees", "Fees and interest until operation", "USD m", "money"),
        Entry("reserve", "Reserves funded at closing", "USD m", "money"),
        Entry("prepaid", "Prepayment of the customer, received by closing", "USD m", "money"),
        Entry("prepaid_from", "Credited from month", "month", "count", low=1, high=360),
        Entry("prepaid_to", "Credited until month", "month", "count", low=1, high=360),
    )),
    ("Cash", (
        Entry("contract_amount", "Contract, over its term", "USD m", "money"),
        Entry("contract_term", "Its term", "months", "quantity", high=360),
        Entry("merchant", "Revenue after it", "USD m a year", "money"),
        Entry("margin", "Share of revenue left after operating cost", "%", "percent", high=1),
    )),
    ("Debt", (
        Entry("debt_amount", "Loan", "USD m", "money"),
        Entry("debt_rate", "Rate", "% a year", "rate", high=1),
        Entry("debt_periods", "Payments", "periods", "count", low=1, high=PERIODS),
        Entry("debt_type", "Repayment", "", "word", choices=("level", "straight", "bullet"), start="level"),
        Entry("debt_balloon", "Balloon", "USD m", "money"),
        Entry("debt_grace", "Interest-only payments first", "periods", "count", high=PERIODS),
        Entry("covenant", "DSCR covenant, default", "x", "multiple", high=10),
    )),
    ("Collateral", (
        Entry("decay", "Loss of market value", "% a year", "rate", low=_FASTEST_RISE, high=0.99),
        Entry("day_one", "Loss on first use", "%", "rate", high=0.99),
        Entry("haircut", "Haircut of a sale, all cost included", "%", "percent", high=1),
    )),
    ("Worst case", (
        Entry("fall", "Fall of revenue; operating cost stays", "%", "percent", high=1),
        Entry("worst_decay", "Loss of market value", "% a year", "rate", low=_FASTEST_RISE, high=0.99),
    )),
)  # fmt: skip


def assumptions(page: Page, given: Mapping[str, Value]) -> None:
    """Write every input of the memo, numbers first, words last."""
    form = Form(page, "Assumptions", "Type into blue on yellow; write the source beside each number.", given)
    for title, entries in _SECTIONS:
        form.section(title)
        for entry in entries:
            form.entry(entry)
    form.section("Words of the memo", note="")
    for i in range(1, MITIGANTS + 1):
        form.entry(Entry(f"mitigant{i}", f"Mitigant {i}", "", "word", help=_ONE_LINE))
    form.entry(Entry("recommendation", "Recommendation", "", "word", help=_ONE_LINE))
    form.section("Units and calendar", note="Why")
    form.constant("months_per_year", "Months in a year", "months", 12.0)
    form.constant("cent", "Smallest difference that counts", "USD m", 1e-6)
