"""What is typed into the underwriting template, in the order of a term sheet."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.templates.form import Entry, Form

PERIODS: Final = 60
ASSETS: Final = 3
CONTRACTS: Final = 2
TRANCHES: Final = 3
SCENARIOS: Final = ("Base", "Glut", "Shortage")
TYPES: Final = ("level", "straight", "bullet")
_RISE: Final = -0.9
"""The fastest rise of a rent or value a sheet takes, as a loss a year."""

_ASSET: Final = (
    Entry("asset_name", "Hardware", "", "word"),
    Entry("asset_units", "Units", "units", "count"),
    Entry("asset_cost", "Cost", "USD m", "money"),
    Entry("asset_life", "Useful life in the books", "years", "quantity", high=30),
    Entry("asset_salvage", "Salvage value, the floor", "USD m", "money"),
    Entry("asset_decay", "Loss of market value", "% a year", "rate", low=_RISE, high=0.99),
    Entry("asset_day_one", "Loss on first use", "%", "rate", high=0.99),
    Entry("asset_power", "Power draw", "kW a unit", "price"),
)
_CONTRACT: Final = (
    Entry("contract_name", "Customer", "", "word"),
    Entry("contract_rating", "Its rating", "", "word"),
    Entry("contract_term", "Term", "months", "quantity", high=360),
    Entry("contract_amount", "Amount over the term; or blank and a price", "USD m", "money"),
    Entry("contract_price", "Price", "USD a unit-hour", "price"),
    Entry("contract_share", "Share of the fleet", "%", "percent", high=1),
    Entry("contract_take", "Share of hours paid for, used or not", "%", "percent", high=1, start=1.0),
    Entry("prepaid", "Prepayment, received by closing", "USD m", "money"),
    Entry("prepaid_from", "Credited from month", "month", "count", low=1, high=360),
    Entry("prepaid_to", "Credited until month", "month", "count", low=1, high=360),
    Entry("termination", "Payment owed if it terminates today", "USD m", "money"),
)
_RENT: Final = (
    Entry("rent", "List rent at closing", "USD a unit-hour", "price"),
    Entry("achieved", "Achieved, of list", "%", "percent", high=2, start=1.0),
    Entry("deflation", "Fall a year; negative where it rises", "% a year", "rate", low=_RISE, high=0.99),
    Entry("usage", "Share of hours let without a contract", "%", "percent", high=1),
)
_OPEX: Final = (
    Entry("margin", "Project margin, if cost is a share of revenue", "%", "percent", high=1),
    Entry("cash_cost", "Cash cost of an installed hour", "USD a unit-hour", "price"),
    Entry("power_price", "Price of power", "USD a kWh", "price"),
    Entry("pue", "Power usage effectiveness", "factor", "quantity", low=1, high=3),
    Entry("fixed", "Fixed cost: site, staff, insurance", "USD m a year", "money"),
    Entry("tax_rate", "Tax rate", "%", "percent", high=1),
    Entry("tax_life", "Tax depreciation, straight line", "years", "quantity", low=1, high=30),
)
_DEBT: Final = (
    Entry("debt_name", "Tranche", "", "word"),
    Entry("debt_amount", "Amount", "USD m", "money"),
    Entry("debt_rate", "Fixed rate; or blank and a reference rate", "% a year", "rate", high=1),
    Entry("debt_index", "Reference rate", "% a year", "rate", low=-0.05, high=1),
    Entry("debt_floor", "Its floor", "% a year", "rate", low=-0.05, high=1),
    Entry("debt_margin", "Margin", "% a year", "rate", high=1),
    Entry("debt_hedged", "Share swapped to fixed", "%", "percent", high=1),
    Entry("debt_swap", "Swap rate", "% a year", "rate", low=-0.05, high=1),
    Entry("debt_periods", "Payments", "periods", "count", low=1, high=PERIODS),
    Entry("debt_type", "Repayment", "", "word", choices=TYPES, start="level"),
    Entry("debt_balloon", "Balloon", "USD m", "money"),
    Entry("debt_grace", "Interest-only payments first", "periods", "count", high=PERIODS),
    Entry("debt_fee", "Upfront fee and discount", "%", "rate", high=0.5),
)
_TERMS: Final = (
    Entry("covenant", "DSCR covenant, default", "x", "multiple", high=10),
    Entry("lockup", "DSCR lock-up", "x", "multiple", high=10),
    Entry("target", "DSCR the debt is sized to", "x", "multiple", low=0.5, high=10),
    Entry("max_ltv", "Largest LTV on market value", "%", "percent", high=2),
    Entry("advance", "Advance on the net sale value", "%", "percent", high=2),
    Entry("dsra_months", "Debt service reserve", "months", "count", high=24),
    Entry("sweep", "Cash sweep", "%", "percent", high=1),
)
_SALE: Final = (
    Entry("sale_months", "Until the cash is in", "months", "quantity", high=60),
    Entry("sale_decay", "Loss of value meanwhile", "% a year", "rate", low=_RISE, high=0.99),
    Entry("sale_depth", "What the market takes", "units a month", "count"),
    Entry("sale_condition", "Wear, testing, no warranty", "%", "percent", high=1),
    Entry("sale_integration", "Outside its racks, cooling and network", "%", "percent", high=1),
    Entry("sale_selling", "Selling cost", "%", "percent", high=1),
    Entry("sale_unit_cost", "Removal and transport", "USD a unit", "quantity"),
    Entry("sale_fixed", "Legal and other fixed cost", "USD m", "money"),
    Entry("sale_discount", "Rate that discounts the wait", "% a year", "rate", high=1),
)


def inputs(page: Page, given: Mapping[str, Value]) -> None:
    """Write every input of the template."""
    form = Form(page, "Inputs", "Type into blue on yellow; blank columns are left out.", given, ASSETS)
    form.section("Deal")
    form.entry(Entry("deal", "Deal", "", "word"))
    form.entry(Entry("borrower", "Borrower", "", "word"))
    form.entry(Entry("purpose", "Purpose", "", "word"))
    form.entry(Entry("closing", "Closing", "date", "date"))
    form.entry(Entry("frequency", "Payments a year", "periods", "count", choices=("12", "4", "2", "1"), start=4.0))
    form.entry(Entry("scenario", "Rent scenario in force", "", "word", choices=SCENARIOS, start="Base"))
    form.section("Hardware", [f"No. {i + 1}" for i in range(ASSETS)])
    for entry in _ASSET:
        form.entry(entry, ASSETS)
    form.section("Contracts", [f"No. {i + 1}" for i in range(CONTRACTS)])
    for entry in _CONTRACT:
        form.entry(entry, CONTRACTS)
    form.section("Rent without a contract", SCENARIOS, key="scenarios")
    for entry in _RENT:
        form.entry(entry, len(SCENARIOS))
    form.section("Operating cost and tax")
    for entry in _OPEX:
        form.entry(entry)
    form.section("Debt", [f"Tranche {i + 1}" for i in range(TRANCHES)])
    for entry in _DEBT:
        form.entry(entry, TRANCHES)
    form.section("Terms and sizing")
    for entry in _TERMS:
        form.entry(entry)
    form.section("A sale of the collateral")
    for entry in _SALE:
        form.entry(entry)
    form.section("Units and calendar", note="Why")
    for key, label, unit, value in (
        ("million", "USD in a USD m", "USD", 1e6),
        ("hours_per_year", "Hours in a year", "hours", 8760.0),
        ("months_per_year", "Months in a year", "months", 12.0),
        ("least", "Next to nothing", "", 1e-6),
    ):
        form.constant(key, label, unit, value)
