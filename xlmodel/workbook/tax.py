"""The Tax sheet: what is written off and carried forward, and the cash flow before and after tax."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Financing
from xlmodel.deal.terms.tax import Taxed
from xlmodel.loan.coverage import dscr
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import GREY, NAVY, ORANGE
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.loan_charts import flow_chart
from xlmodel.workbook.panel import beside, follow
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.timeline.debt import hedged
from xlmodel.workbook.waterfall.rows import Asked
from xlmodel.workbook.wording import UNDEFINED

_LINES: Final = (
    ("tax.cfads_before", "CFADS before tax", GREY, "dash"),
    ("tax.cfads_after", "CFADS after tax", NAVY, "solid"),
    ("tax.service", "Debt service", ORANGE, "round_dot"),
)


def tax(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal that describes its tax."""
    found = analysis.tax
    assert found is not None  # noqa: S101  a tax is wanted
    grid = follow(page, analysis, f"Tax: {analysis.deal.name}",
                  "Cash is taxed when it is received; interest is deducted as it accrues, so nothing is circular. "
                  "Losses are carried forward, not back.")  # fmt: skip
    top = grid.next_row + 2
    before = dscr(analysis.earnings.cfads, analysis.debt_service)
    _figures(grid, analysis, found, before)
    months = round(12 * float(analysis.timeline.years[-1]))
    beside(
        grid,
        lambda book, layout: flow_chart(
            book, layout, _LINES, "Cash before and after tax, and the debt service", months
        ),
        "Three lines over the periods: cash flow before tax, after tax, and the debt service that it must pay.",
        top,
    )
    _written_off(grid, analysis, found)
    _levied(grid, analysis, found)
    _covered(grid, analysis, before)
    grid.finish()


def _figures(grid: Grid, analysis: Analysis, found: Taxed, before: Floats) -> None:
    grid.section("Key figures")
    grid.scalar("tax.total", "Tax over the life", "USD m", "={tax.due|total}", "money")
    grid.scalar("tax.burden", "Share of the CFADS before tax", "%",
                f'=IF({{pre_tax|total}}>0,{{tax.due|total}}/{{pre_tax|total}},"{UNDEFINED}")',
                "percent")  # fmt: skip
    grid.scalar("tax.first", "First tax is paid on", "date",
                f'=IF({{tax.due|total}}>0,INDEX({{date|all}},MATCH(TRUE,INDEX({{tax.due|all}}>0,0),0)),"{UNDEFINED}")',
                "date")  # fmt: skip
    for key, label in (
        ("before", "before tax"), ("after", "after tax"),
    ):  # fmt: skip
        row = f"{{tax.dscr_{key}|all}}"
        grid.scalar(f"tax.lowest_{key}", f"Lowest {analysis.coverage_name} {label}", "x",
                    f'=IF(COUNT({row})=0,"{UNDEFINED}",MIN({row}))', "multiple")  # fmt: skip
    grid.scalar("tax.lost", "Losses never used", "USD m", "={tax.carried|last}", "money")  # fmt: skip


def _written_off(grid: Grid, analysis: Analysis, found: Taxed) -> None:
    """Write the tax years and what is written off in them."""
    terms = analysis.deal.tax
    assert terms is not None  # noqa: S101  a tax is wanted
    grid.section("Written off for tax")
    ends = "DATE(YEAR({timeline.closing}){},{tax.year_end_month}+1,0)"
    this, coming = ends.replace("{}", ""), ends.replace("{}", "+1")
    grid.scalar("tax.year_end", "First tax year ends", "date", f"=IF({this}>{{timeline.closing}},{this},{coming})",
                "date")  # fmt: skip
    grid.row("tax.year", "Tax year after the first", "number",
             "=YEAR({date})+IF(MONTH({date})>{tax.year_end_month},1,0)-YEAR({tax.year_end|closing})",
             "plain")  # fmt: skip
    if terms.tax_life is None:
        so_far = "SUM(INDEX({tax.shares|all},1):INDEX({tax.shares|all},MIN({tax.year}+1,ROWS({tax.shares|all}))))"
    else:
        so_far = "MIN(({tax.year}+1)*{months_per_year}/{tax.tax_life},1)"
    if terms.bonus is not None:
        so_far = f"({{tax.bonus}}+(1-{{tax.bonus}})*{so_far})"
    grid.row("tax.by_end", "Written off by the end of that year", "%", f"={so_far}", "rate", closing=True,
             closing_formula="=0")  # fmt: skip
    grid.row("tax.before", "Written off before it", "%",
             "=IF(AND({period}>1,{tax.year}={tax.year|prev}),{tax.before|prev},{tax.by_end|prev})", "rate",
             closing=True, closing_formula="=0")  # fmt: skip
    grid.row("tax.share", "Share of the cost written off in that year", "%", "={tax.by_end}-{tax.before}", "rate")
    ended = "SUMPRODUCT(({tax.year|all}={tax.year})*{length|all})"
    grid.row("tax.length", "Length of the periods that end in that year", "years",
             f"=IF(AND({{tax.year}}={{tax.year|last}},{{tax.year}}>0),MAX({ended},1),{ended})", "years")  # fmt: skip
    cost = "+".join(f"{{assets[{i}].cost}}" for i in range(len(analysis.deal.assets)))
    grid.row("tax.off", "Depreciation for tax", "USD m", f"=({cost})*{{tax.share}}*{{length}}/{{tax.length}}",
             "money", weight="strong",
             total=True)  # fmt: skip


def _levied(grid: Grid, analysis: Analysis, found: Taxed) -> None:
    """Write the profit, the losses and the tax."""
    terms = analysis.deal.tax
    assert terms is not None  # noqa: S101  a tax is wanted
    grid.section("Profit and tax")
    grid.money("tax.cash", "CFADS before tax", "={pre_tax}")
    label, formula = "Interest", "={interest}"
    if hedged(analysis):
        label, formula = "Interest after the swap", "={interest}-{rates.settlement}"
    grid.money("tax.interest", label, formula)
    fees = ""
    if Asked(analysis, analysis.deal.financing or Financing()).fees:
        grid.money("tax.fees", "Agency and commitment fees", "={wf.fees_new}")
        fees = "-{tax.fees}"
    profit = f"={{tax.cash}}-{{tax.interest}}{fees}-{{tax.off}}"
    grid.money("tax.profit", "Taxable before losses carried forward", profit, "strong")
    limit = "" if terms.loss_use_limit is None else "{tax.loss_use_limit}*"
    grid.money("tax.used", "Losses used", f"=MIN({{tax.carried|prev}},{limit}MAX({{tax.profit}},0))")
    grid.money("tax.taxable", "Taxed", "=MAX({tax.profit},0)-{tax.used}")
    grid.money("tax.due", "Tax", "={tax.rate}*{tax.taxable}", "key")
    grid.row("tax.carried", "Losses carried forward", "USD m", "={tax.carried|prev}-{tax.used}+MAX(-{tax.profit},0)",
             "money", closing=True,
             closing_formula="=0" if terms.losses is None else "={tax.losses}")  # fmt: skip


def _covered(grid: Grid, analysis: Analysis, before: Floats) -> None:
    """Write what the tax does to the coverage."""
    name = analysis.coverage_name
    grid.section("Coverage before and after tax")
    for key, cash, label in (
        ("before", "pre_tax", "before tax"),
        ("after", "cfads", "after tax"),
    ):
        grid.row(f"tax.cfads_{key}", f"CFADS {label}", "USD m", f"={{{cash}}}", "money",
                 total=True)  # fmt: skip
        grid.row(f"tax.dscr_{key}", f"{name} {label}", "x",
                 f'=IF({{service}}>0,{{tax.cfads_{key}}}/{{service}},"{UNDEFINED}")', "multiple",
                 weight="key")  # fmt: skip
    grid.row("tax.service", "Debt service", "USD m", "={service}", "money",
             total=True)  # fmt: skip
