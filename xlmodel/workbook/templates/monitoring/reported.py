"""What is typed in: the clauses, the reports of the borrower, the appraisals."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook import charts
from xlmodel.workbook.grid import LABEL
from xlmodel.workbook.sheet import Chart, Page, Value
from xlmodel.workbook.templates.charts import columns
from xlmodel.workbook.templates.form import Entry, Form
from xlmodel.workbook.templates.monitoring.shape import COVENANTS, LIGHT, METRICS, NUMBERS, PERIODS, follow, known_if
from xlmodel.workbook.templates.periods import Periods
from xlmodel.workbook.wording import UNDEFINED

_CHART_ROWS: Final = 16
_PROMISED: Final = (
    Entry("covenant_name", "Name", "", "word"),
    Entry("covenant_clause", "Clause, as the agreement words it", "", "word"),
    Entry("covenant_metric", "What is tested", "", "word", choices=METRICS),
    Entry("covenant_default", "Default level", "x, share or USD m", "quantity"),
    Entry("covenant_lockup", "Lock-up level; blank is none", "x, share or USD m", "quantity"),
    Entry("covenant_first", "First test", "date", "date"),
    Entry("covenant_step_date", "Level changes on; blank is never", "date", "date"),
    Entry("covenant_step", "Default level from then on", "x, share or USD m", "quantity"),
)


def definitions(page: Page, given: Mapping[str, Value]) -> None:
    """Write the clauses, levels and dates, and the terms of forecast and cures."""
    form = Form(page, "Definitions", "One column a covenant. Blank columns are not tested.", given, COVENANTS)
    form.section("Loan")
    form.entry(Entry("borrower", "Borrower", "", "word"))
    form.entry(Entry("report_date", "Date of this report", "date", "date"))
    form.entry(Entry("first_end", "End of the first quarter monitored", "date", "date"))
    form.entry(Entry("cost", "Cost of the hardware", "USD m", "money"))
    form.entry(Entry("age", "Its age at the start of that quarter", "years", "quantity", high=30))
    form.entry(Entry("decay", "Loss of value the lender assumes", "% a year", "rate", low=-0.9, high=0.99))
    form.section("Covenants", [f"No. {i}" for i in NUMBERS], "Source")
    for entry in _PROMISED:
        form.entry(entry, COVENANTS)
    _metrics(page, form)
    form.section("Forecast, from the last reported quarter on")
    form.entry(Entry("growth", "Change of CFADS a quarter, base", "%", "rate", low=-1, high=1))
    form.entry(Entry("growth_down", "Change of CFADS a quarter, downside", "%", "rate", low=-1, high=1))
    form.entry(Entry("shock_down", "Loss of CFADS at once, downside", "%", "rate", high=1))
    form.section("Equity cures the agreement allows")
    form.entry(Entry("cure_count", "Over the life of the loan", "cures", "count", high=100))
    form.entry(Entry("cure_row", "In a row", "cures", "count", high=100))
    form.entry(Entry("cure_window", "In any four quarters", "cures", "count", high=4))
    form.entry(Entry("cure_cap", "Largest amount of one cure", "USD m", "money"))


def _metrics(page: Page, form: Form) -> None:
    """Write the words that name what is tested, in the column that prints last, for the tests to look up."""
    form.section("What may be tested")
    first = form.row
    for words in METRICS:
        form.text(words, "text")
    page.name_block("metrics", first, form.row - 1, LABEL)


def actuals(page: Page, given: Mapping[str, Value]) -> None:
    """Write what the borrower reports, the loan as scheduled, and what the two give."""
    words = "Blank quarters are not reported yet. The loan is typed as scheduled beyond them."
    dates = '=IF({in_first_end}="","",EOMONTH({in_first_end},3*({period}-1)))'
    grid = Periods(page, PERIODS, "Actuals", words, "Quarter", dates)
    grid.section("Reported by the borrower")
    for key, label, unit, kind in (
        ("revenue", "Revenue", "USD m", "money"),
        ("cost_paid", "Operating cost", "USD m", "money"),
        ("cash_held", "Unrestricted cash", "USD m", "money"),
        ("units", "Units in service", "units", "count"),
        ("rent", "Rent achieved", "USD a unit-hour", "price"),
    ):
        grid.typed(key, label, unit, given, kind)
    grid.section("The loan, as reported and then as scheduled")
    for key, label in (("interest", "Interest"), ("principal", "Principal"), ("owed", "Owed after the payment")):
        grid.typed(key, label, "USD m", given, "money")
    grid.section("Appraisals, in the quarters that have one")
    grid.typed("appraised", "Fair market value", "USD m", given, "money")
    grid.typed("appraised_sale", "Orderly liquidation value, net of cost", "USD m", given, "money")
    grid.section("What the figures give")
    grid.native("reported", "Reported", "1 or 0", "=IF(ISNUMBER({revenue}),1,0)", "count")
    grid.native("cfads", "CFADS", "USD m", known_if("{reported}=1", "{revenue}-{cost_paid}"), "money")
    grid.native("service", "Debt service", "USD m", "={interest}+{principal}", "money", weight="strong")
    for key, label, window in (
        ("ltm", "Debt service, last 12 months", "({period|all}<={period})*({period|all}>{period}-4)"),
        ("ntm", "Debt service, next 12 months", "({period|all}>{period})*({period|all}<={period}+4)"),
    ):
        grid.native(f"service.{key}", label, "USD m", f"=SUMPRODUCT({window}*{{service|all}})", "money")
    grid.native("rolls", "Balance before, less principal, less balance", "USD m",
            "=IF(AND(ISNUMBER({owed|prev}),ISNUMBER({owed})),ROUND({owed|prev}-{principal}-{owed},6),0)",
            "money")  # fmt: skip
    grid.finish()
    page.layout.checks += [
        (
            "No gap between the quarters that are reported",
            "=SUM({reported|all})=SUMPRODUCT(MAX({reported|all}*{period|all}))",
        ),
        ("The balance falls by the principal of each quarter", "=SUMPRODUCT(({rolls|all}>0.01)+({rolls|all}<-0.01))=0"),
    ]


def collateral(page: Page, given: Mapping[str, Value]) -> None:
    """Write appraisals against the lender's curve, and the loan over each value."""
    grid = follow(page, "Collateral", "Between appraisals the value tested moves along the lender's curve.")
    top = grid.next_row
    grid.next_row += _CHART_ROWS
    grid.section("Value")
    grid.spill("curve", "Value on the lender's curve", "USD m",
               "XLMODEL_COLLATERAL_VALUE({in_cost},{in_age}+{period|all}/4,{in_decay})",
               "money", needs=("in_cost", "in_decay"))  # fmt: skip
    grid.native("market", "Value tested: the last appraisal, moved along the curve", "USD m",
            '=IF(ISNUMBER({appraised}),{appraised},IF(AND(ISNUMBER({market|prev}),ISNUMBER({curve|prev})),'
            '{market|prev}*{curve}/{curve|prev},{curve}))', "money")  # fmt: skip
    grid.native("sale", "Liquidation value tested, moved likewise", "USD m",
            '=IF(ISNUMBER({appraised_sale}),{appraised_sale},IF(ISNUMBER({sale|prev}),'
            f'{{sale|prev}}*{{curve}}/{{curve|prev}},"{UNDEFINED}"))', "money")  # fmt: skip
    grid.native("premium", "Appraisal over the lender's curve", "%",
            known_if("ISNUMBER({appraised})", "{appraised}/{curve}-1"), "percent")  # fmt: skip
    grid.section("Loan to value")
    grid.native("known", "Owed, where it is typed", "USD m", known_if("ISNUMBER({owed})", "{owed}"), "money")
    for key, label, value in (
        ("ltv_market", "LTV, market value", "market"), ("ltv_liquidation", "LTV, liquidation value", "sale")
    ):  # fmt: skip
        call = f"XLMODEL_LTV({{known|all}},{{{value}|all}})"
        grid.spill(key, label, "%", call, "percent")
    bars = [("ltv_market", "LTV, market value", charts.NAVY), ("ltv_liquidation", "LTV, liquidation value", LIGHT)]
    page.charts.append(Chart(top, LABEL, columns("Loan to value", "0%", bars), "Loan to value by quarter", 960, 250))
    grid.finish()
