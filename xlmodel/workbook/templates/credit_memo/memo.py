"""The page the committee reads: request, money, ratios, values, worst case, breach dates, mitigants, recommendation."""

from collections.abc import Mapping, Sequence
from typing import Final

from xlmodel.workbook import charts
from xlmodel.workbook.sheet import ROW_PIXELS, Chart, Page, Value
from xlmodel.workbook.templates.charts import columns, lines
from xlmodel.workbook.templates.credit_memo.assumptions import MITIGANTS

_LEFT, _RIGHT = 0, 3
_LAST: Final = 4
_WIDTHS: Final = (36.0, 17.0, 3.0, 36.0, 17.0)
_CHART: Final = (370, 250)
_PALE: Final = "#BDD7EE"
Lines = Sequence[tuple[str, str, str]]
"""Of each line: label, key, kind of number."""

_BLOCKS: Final[tuple[tuple[str, Lines, str, Lines], ...]] = (
    ("Uses, USD m", (
        ("Hardware", "in_cost", "money"), ("Fees and interest until operation", "in_fees", "money"),
        ("Reserves", "in_reserve", "money"), ("Total", "out_uses", "money"),
    ), "Sources, USD m", (
        ("Loan", "in_debt_amount", "money"), ("Prepayment of the customer", "in_prepaid", "money"),
        ("Equity", "out_equity", "money"), ("Total", "sum", "money"),
    )),
    ("Five ratios", (
        ("Lowest DSCR", "out_min_dscr", "multiple"), ("Average DSCR", "out_avg_dscr", "multiple"),
        ("Lowest interest cover", "out_min_icr", "multiple"), ("LLCR at closing", "out_llcr", "multiple"),
        ("Debt to CFADS of the first year", "out_debt_cfads", "multiple"),
    ), "Three LTVs at closing", (
        ("On cost", "out_ltv_cost", "percent"), ("On market value", "out_ltv_market", "percent"),
        ("On sale value, net", "out_ltv_sale", "percent"), ("Highest, on market value", "out_max_ltv", "percent"),
        ("DSCR covenant", "in_covenant", "multiple"),
    )),
    ("Worst case", (
        ("Fall of revenue", "in_fall", "percent"), ("Loss of value a year", "in_worst_decay", "percent"),
        ("Lowest DSCR", "out_worst_dscr", "multiple"), ("Highest LTV on market value", "out_worst_ltv", "percent"),
    ), "Breach dates", (
        ("Covenant, base case", "out_breach", "date"), ("Covenant, worst case", "out_worst_breach", "date"),
        ("Owed beyond market value, base case", "out_underwater", "date"),
        ("Owed beyond market value, worst case", "out_worst_underwater", "date"),
    )),
)  # fmt: skip


def memo(page: Page, given: Mapping[str, Value]) -> None:
    """Write the one page, every number fetched."""
    for column, width in enumerate(_WIDTHS):
        page.widths.append((column, column, width))
    page.print.last_column = _LAST
    page.print.portrait = True
    page.formula(0, _LEFT, '=IF({in_deal}="","Credit memo","Credit memo: "&{in_deal})', "title")
    page.text(1, _LEFT, "Typed on Assumptions, calculated on Backup.", "note")
    row = _heading(page, 3, "Request")
    for label, key in (("Borrower", "in_borrower"), ("Purpose", "in_purpose")):
        page.text(row, _LEFT, label)
        page.formula(row, _LEFT + 1, f'=IF({{{key}}}="","n/a",{{{key}}})', "link left")
        row += 1
    request = (("Loan, USD m", "in_debt_amount", "money"), ("Rate, % a year", "in_debt_rate", "rate"))
    terms = (("Closing", "in_closing", "date"), ("Payments", "in_debt_periods", "count"))
    row = 1 + max(_block(page, row, _LEFT, request), _block(page, row, _RIGHT, terms))
    for left, left_lines, right, right_lines in _BLOCKS:
        below = _heading(page, row, left, right)
        row = 1 + max(_block(page, below, _LEFT, left_lines), _block(page, below, _RIGHT, right_lines))
    row = _charts(page, row)
    row = _heading(page, row, "Mitigants")
    for i in range(1, MITIGANTS + 1):
        page.formula(row, _LEFT, f'=IF({{in_mitigant{i}}}="","",{{in_mitigant{i}}})', "link left")
        row += 1
    row = _heading(page, row + 1, "Recommendation")
    page.formula(row, _LEFT, '=IF({in_recommendation}="","n/a",{in_recommendation})', "key left")
    page.text(row + 2, _LEFT, "Prepared by", "text")
    page.text(row + 2, _RIGHT, "Approved by", "text")


def _heading(page: Page, row: int, left: str, right: str = "") -> int:
    page.band(row, _LEFT + 1, _LAST, "section")
    page.text(row, _LEFT, left, "section")
    if right:
        page.text(row, _RIGHT, right, "section")
    return row + 1


def _block(page: Page, row: int, column: int, entries: Lines) -> int:
    for label, key, kind in entries:
        strong = label == "Total"
        page.text(row, column, label, "strong label" if strong else "text")
        if key == "sum":
            formula = '=IF(ISNUMBER({out_equity}),{in_debt_amount}+N({in_prepaid})+{out_equity},"n/a")'
        else:
            formula = f'=IF({{{key}}}="","n/a",{{{key}}})'
        look = "strong" if strong else "link"
        page.formula(row, column + 1, formula, f"{look} {kind}")
        row += 1
    return row


def _charts(page: Page, row: int) -> int:
    bars = [("dscr", "Base case", charts.NAVY), ("worst.dscr", "Worst case", _PALE)]
    values = [("balance", "Owed", charts.BLACK), ("market", "Market value", charts.NAVY),
              ("sale", "Sale value, net", charts.ORANGE)]  # fmt: skip
    width, height = _CHART
    for column, drawing, words in (
        (_LEFT, columns("DSCR", "0.0x", bars, "level"), "DSCR by period, base and worst case, and the covenant"),
        (_RIGHT, lines("Two clocks: owed, and worth, USD m", "#,##0", values),
         "Debt outstanding against market and sale value by period, USD m"),
    ):  # fmt: skip
        page.charts.append(Chart(row, column, drawing, words, width, height))
    return row + -(-height // ROW_PIXELS) + 1
