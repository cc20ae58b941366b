"""The numbers behind the memo, period by period: cash, debt, value, ratios in a base and a worst case."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.templates.credit_memo.assumptions import PERIODS
from xlmodel.workbook.templates.periods import Periods

_DEBT: Final = ("in_debt_amount", "in_debt_rate", "in_debt_periods")
_VALUE: Final = ("in_debt_amount", "in_cost", "in_decay")


def backup(page: Page, given: Mapping[str, Value]) -> None:
    """Write the grid of periods and the figures the memo fetches."""
    dates = '=IF({in_closing}="","",EDATE({in_closing},{months_per_year}/{in_frequency}*{period}))'
    grid = Periods(
        page, PERIODS, "Backup", "Every number of the memo, from the assumptions on.", "Period", dates,
        closing='=IF({in_closing}="","",{in_closing})',
    )  # fmt: skip
    _figures(grid)
    _cash(grid)
    _debt(grid)
    _value(grid)
    _ratios(grid)
    grid.finish()
    known = "+0*{out_equity}"
    page.layout.checks += [
        ("Loan and prepayment do not exceed the uses", "={out_equity}*1>=-{cent}"),
        ("The loan is repaid in full", f"=ABS(SUM({{principal|all}})-{{in_debt_amount}}{known})<{{cent}}"),
        ("The worst case is no better than the base case", "={out_worst_dscr}*1<={out_min_dscr}*1+{cent}"),
        ("The prepayment is credited in full",
         f"=ABS(SUM({{credit|all}})-N({{in_prepaid}}){known})<{{cent}}"),
    ]  # fmt: skip


def _figures(grid: Periods) -> None:
    new = "{in_cost}*(1-N({in_day_one}))"
    grid.section("Figures of the memo")
    for key, label, unit, kind, formula, needs in (
        ("uses", "Uses", "USD m", "money", "{in_cost}+N({in_fees})+N({in_reserve})", "in_cost"),
        ("equity", "Equity", "USD m", "money", "{out_uses}-{in_debt_amount}-N({in_prepaid})", "in_debt_amount"),
        ("min_dscr", "Lowest DSCR", "x", "multiple", "XLMODEL_MIN_DSCR({dscr|all})", "in_debt_amount"),
        ("avg_dscr", "Average DSCR", "x", "multiple", "AVERAGE({dscr|all})", "in_debt_amount"),
        ("min_icr", "Lowest interest cover", "x", "multiple", "XLMODEL_MIN_DSCR({icr|all})", "in_debt_amount"),
        ("llcr", "LLCR at closing", "x", "multiple",
         "SUMPRODUCT({cfads|all}*{alive|all}/(1+{in_debt_rate}/{in_frequency})^{period|all})/{in_debt_amount}",
         "in_debt_amount"),
        ("debt_cfads", "Debt to CFADS of the first year", "x", "multiple",
         "{in_debt_amount}/SUMPRODUCT({cfads|all}*({period|all}<={in_frequency}))", "in_debt_amount"),
        ("ltv_cost", "LTV on cost", "%", "percent", "XLMODEL_LTV({in_debt_amount},{in_cost})", "in_debt_amount"),
        ("ltv_market", "LTV on market value", "%", "percent", f"XLMODEL_LTV({{in_debt_amount}},{new})",
         "in_debt_amount"),
        ("ltv_sale", "LTV on sale value", "%", "percent",
         f"XLMODEL_LTV({{in_debt_amount}},{new}*(1-{{in_haircut}}))", "in_haircut"),
        ("max_ltv", "Highest LTV on market value", "%", "percent",
         "MAX({ltv|all})/(COUNT({ltv|all})>0)", "in_debt_amount"),
        ("breach", "First breach of the covenant", "date", "period",
         "XLMODEL_FIRST_BREACH({dscr|all},{in_covenant},{date|all})", "in_covenant"),
        ("underwater", "More is owed than the market value", "date", "period",
         "XLMODEL_UNDERWATER_DATE({balance|all},{market|all}*1,{date|all})", "in_debt_amount"),
        ("worst_dscr", "Lowest DSCR, worst case", "x", "multiple", "XLMODEL_MIN_DSCR({worst.dscr|all})",
         "in_debt_amount"),
        ("worst_ltv", "Highest LTV on market value, worst case", "%", "percent",
         "MAX({worst.ltv|all})/(COUNT({worst.ltv|all})>0)", "in_debt_amount"),
        ("worst_breach", "First breach of the covenant, worst case", "date", "period",
         "XLMODEL_FIRST_BREACH({worst.dscr|all},{in_covenant},{date|all})", "in_covenant"),
        ("worst_underwater", "More is owed than the market value, worst case", "date", "period",
         "XLMODEL_UNDERWATER_DATE({balance|all},{worst.market|all}*1,{date|all})", "in_debt_amount"),
    ):  # fmt: skip
        grid.one(key, label, unit, formula, kind, needs=needs, name=f"out_{key}")


def _cash(grid: Periods) -> None:
    grid.section("Cash")
    grid.native("month_end", "Months since closing, end", "months",
                "={period}*{months_per_year}/{in_frequency}", "quantity", closing="=0")  # fmt: skip
    grid.native("contracted", "Contracted revenue", "USD m",
                "=IF(N({in_contract_term})=0,0,{in_contract_amount}/{in_contract_term}"
                "*MAX(0,MIN({month_end},{in_contract_term})-{month_end|prev}))", "money", total=True)  # fmt: skip
    grid.native("merchant", "Revenue after the contract", "USD m",
                "=N({in_merchant})*MAX(0,{month_end}-MAX({month_end|prev},N({in_contract_term})))"
                "/{months_per_year}", "money", total=True)  # fmt: skip
    grid.native("opex", "Operating cost", "USD m", "=({contracted}+{merchant})*(1-N({in_margin}))", "money",
                total=True)  # fmt: skip
    grid.native("credit", "Prepayment credited", "USD m",
                "=IF(N({in_prepaid})=0,0,{in_prepaid}*MAX(0,MIN({month_end},{in_prepaid_to})"
                "-MAX({month_end|prev},{in_prepaid_from}-1))/({in_prepaid_to}-{in_prepaid_from}+1))",
                "money", total=True)  # fmt: skip
    grid.native("cfads", "CFADS", "USD m", "={contracted}+{merchant}-{credit}-{opex}", "money", weight="strong",
                total=True)  # fmt: skip
    grid.native("worst.cfads", "CFADS, worst case", "USD m",
                "={cfads}-({contracted}+{merchant})*N({in_fall})", "money", weight="strong", total=True)  # fmt: skip


def _debt(grid: Periods) -> None:
    grid.section("Debt")
    grid.native("alive", "Loan outstanding", "1 or 0", "=IF({period}<=N({in_debt_periods}),1,0)", "count")
    for key, item, label in (
        ("interest", "interest", "Interest"), ("principal", "principal", "Principal"),
        ("service", "debt_service", "Debt service"), ("balance", "closing", "Owed after the payment"),
    ):  # fmt: skip
        call = ("XLMODEL_DEBT_SCHEDULE({in_debt_amount},{in_debt_rate},{in_debt_periods},{in_frequency},"
                f'{{in_debt_type}},N({{in_debt_balloon}}),N({{in_debt_grace}}),,,,,"{item}",,{PERIODS})')  # fmt: skip
        grid.spill(key, label, "USD m", call, "money", total=key != "balance", needs=_DEBT,
                   closing="=N({in_debt_amount})" if key == "balance" else "")  # fmt: skip


def _value(grid: Periods) -> None:
    grid.section("Value of the hardware")
    age = "{period|all}/{in_frequency}"
    for key, label, decay in (
        ("market", "Market value", "in_decay"), ("worst.market", "Market value, worst case", "in_worst_decay"),
    ):  # fmt: skip
        grid.spill(key, label, "USD m", f"XLMODEL_COLLATERAL_VALUE({{in_cost}},{age},{{{decay}}},,,,N({{in_day_one}}))",
                   "money", needs=("in_cost", decay))  # fmt: skip
    grid.native("sale", "Sale value, net", "USD m",
                '=IF(OR({in_haircut}="",NOT(ISNUMBER({market}))),"n/a",{market}*(1-{in_haircut}))',
                "money")  # fmt: skip


def _ratios(grid: Periods) -> None:
    grid.section("Ratios")
    for key, label, call in (
        ("dscr", "DSCR", "XLMODEL_DSCR({cfads|all},{service|all})"),
        ("worst.dscr", "DSCR, worst case", "XLMODEL_DSCR({worst.cfads|all},{service|all})"),
        ("icr", "Interest cover", "XLMODEL_ICR({cfads|all},{interest|all})"),
    ):
        grid.spill(key, label, "x", call, "multiple", needs=_DEBT)
    grid.native("level", "Covenant", "x", '=IF({in_covenant}="","n/a",{in_covenant})', "multiple")
    for key, label, value in (
        ("ltv", "LTV on market value", "market"), ("worst.ltv", "LTV on market value, worst case", "worst.market"),
        ("sale.ltv", "LTV on sale value", "sale"),
    ):  # fmt: skip
        grid.spill(key, label, "%", f"XLMODEL_LTV({{balance|all}},{{{value}|all}})", "percent", needs=_VALUE)
