"""The Tax sheet: what is written off and carried forward, and the cash flow before and after tax."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.terms.tax import Taxed, shares
from xlmodel.loan.coverage import dscr
from xlmodel.maths.dates import to_serial
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import GREY, NAVY, ORANGE
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.loan_charts import flow_chart
from xlmodel.workbook.panel import beside, follow
from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.timeline.debt import hedged
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, shown

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
                  "Cash is taxed when it is received; interest is deducted as scheduled, so nothing is circular. "
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
    total = float(found.tax.sum())
    grid.scalar("tax.total", "Tax over the life", "USD m", "={tax.due|total}", total / MILLION, "money")
    cash = float(analysis.earnings.cfads.sum())
    grid.scalar("tax.burden", "Share of the CFADS before tax", "%",
                f'=IF({{pre_tax|total}}>0,{{tax.due|total}}/{{pre_tax|total}},"{UNDEFINED}")',
                total / cash if cash > 0 else UNDEFINED, "percent")  # fmt: skip
    paying = found.tax > 0
    first: Value = float(to_serial(analysis.dates[int(np.argmax(paying))])) if paying.any() else UNDEFINED
    grid.scalar("tax.first", "First tax is paid on", "date",
                f'=IF({{tax.due|total}}>0,INDEX({{date|all}},MATCH(TRUE,INDEX({{tax.due|all}}>0,0),0)),"{UNDEFINED}")',
                first, "date")  # fmt: skip
    for key, label, ratio in (
        ("before", "before tax", before), ("after", "after tax", analysis.dscr),
    ):  # fmt: skip
        row = f"{{tax.dscr_{key}|all}}"
        lowest: Value = UNDEFINED if np.isnan(ratio).all() else float(np.nanmin(ratio))
        grid.scalar(f"tax.lowest_{key}", f"Lowest {analysis.coverage_name} {label}", "x",
                    f'=IF(COUNT({row})=0,"{UNDEFINED}",MIN({row}))', lowest, "multiple")  # fmt: skip
    grid.scalar("tax.lost", "Losses never used", "USD m", "={tax.carried|last}", float(found.losses[-1]) / MILLION,
                "money")  # fmt: skip


def _written_off(grid: Grid, analysis: Analysis, found: Taxed) -> None:
    """Write the tax years and what is written off in them."""
    terms = analysis.deal.tax
    assert terms is not None  # noqa: S101  a tax is wanted
    grid.section("Written off for tax")
    ends = "DATE(YEAR({timeline.closing}){},{tax.year_end_month}+1,0)"
    this, coming = ends.replace("{}", ""), ends.replace("{}", "+1")
    grid.scalar("tax.year_end", "First tax year ends", "date", f"=IF({this}>{{timeline.closing}},{this},{coming})",
                float(to_serial(found.first_year_end)), "date")  # fmt: skip
    grid.scalar("tax.first_periods", "Periods of the first tax year", "periods",
                "=MAX(1,SUMPRODUCT(--({date|all}<={tax.year_end|closing})))", float(found.first_year_periods),
                "count")  # fmt: skip
    first = "{tax.first_periods|closing}"
    grid.row("tax.year", "Tax year after the first", "number",
             f"=IF({{period}}<={first},0,1+INT(({{period}}-{first}-1)/{{periods_per_year}}))", found.year.tolist(),
             "plain")  # fmt: skip
    table = shares(terms)
    part = np.array([table[int(y)] if y < len(table) else 0.0 for y in found.year])
    if terms.tax_life is None:
        formula = (
            "=IF({tax.year}<ROWS({tax.shares|all}),INDEX({tax.shares|all},MIN({tax.year}+1,ROWS({tax.shares|all}))),0)"
        )
    else:
        years = "({tax.tax_life}/{months_per_year})"
        formula = f"=IF({{tax.year}}<{years},1/{years},0)"
    grid.row("tax.share", "Share of the cost written off in that year", "%", formula, part.tolist(), "rate")
    length = np.where(found.year == 0, found.first_year_periods, analysis.periods_per_year)
    grid.row("tax.length", "Periods of that year", "periods", f"=IF({{tax.year}}=0,{first},{{periods_per_year}})",
             length.tolist(), "count")  # fmt: skip
    cost = "+".join(f"{{assets[{i}].cost}}" for i in range(len(analysis.deal.assets)))
    share = "{tax.share}"
    if terms.bonus is not None:
        share = "({tax.bonus}*({tax.year}=0)+(1-{tax.bonus})*{tax.share})"
    grid.row("tax.off", "Depreciation for tax", "USD m", f"=({cost})*{share}/{{tax.length}}",
             (found.depreciation / MILLION).tolist(), "money", weight="strong",
             total=float(found.depreciation.sum()) / MILLION)  # fmt: skip


def _levied(grid: Grid, analysis: Analysis, found: Taxed) -> None:
    """Write the profit, the losses and the tax."""
    terms = analysis.deal.tax
    assert terms is not None  # noqa: S101  a tax is wanted
    rates = analysis.rates
    settled = np.zeros(found.tax.shape) if rates is None or rates.swap is None else rates.swap.settlement
    grid.section("Profit and tax")
    grid.money("tax.cash", "CFADS before tax", "={pre_tax}", analysis.earnings.cfads)
    label, formula = "Interest", "={interest}"
    if hedged(analysis):
        label, formula = "Interest after the swap", "={interest}-{rates.settlement}"
    grid.money("tax.interest", label, formula, analysis.debt.interest - settled)
    grid.money("tax.profit", "Taxable before losses carried forward", "={tax.cash}-{tax.interest}-{tax.off}",
               found.profit, "strong")  # fmt: skip
    limit = "" if terms.loss_use_limit is None else "{tax.loss_use_limit}*"
    grid.money("tax.used", "Losses used", f"=MIN({{tax.carried|prev}},{limit}MAX({{tax.profit}},0))", found.used)
    grid.money("tax.taxable", "Taxed", "=MAX({tax.profit},0)-{tax.used}", np.maximum(found.profit, 0.0) - found.used)
    grid.money("tax.due", "Tax", "={tax.rate}*{tax.taxable}", found.tax, "key")
    brought = 0.0 if terms.losses is None else terms.losses.value / MILLION
    grid.row("tax.carried", "Losses carried forward", "USD m", "={tax.carried|prev}-{tax.used}+MAX(-{tax.profit},0)",
             (found.losses / MILLION).tolist(), "money", closing=brought,
             closing_formula="=0" if terms.losses is None else "={tax.losses}")  # fmt: skip


def _covered(grid: Grid, analysis: Analysis, before: Floats) -> None:
    """Write what the tax does to the coverage."""
    name = analysis.coverage_name
    grid.section("Coverage before and after tax")
    for key, cash, label, flow, ratio in (
        ("before", "pre_tax", "before tax", analysis.earnings.cfads, before),
        ("after", "cfads", "after tax", analysis.cfads, analysis.dscr),
    ):
        grid.row(f"tax.cfads_{key}", f"CFADS {label}", "USD m", f"={{{cash}}}", (flow / MILLION).tolist(), "money",
                 total=float(flow.sum()) / MILLION)  # fmt: skip
        grid.row(f"tax.dscr_{key}", f"{name} {label}", "x",
                 f'=IF({{service}}>0,{{tax.cfads_{key}}}/{{service}},"{UNDEFINED}")', shown(ratio), "multiple",
                 weight="key")  # fmt: skip
    grid.row("tax.service", "Debt service", "USD m", "={service}", (analysis.debt_service / MILLION).tolist(), "money",
             total=float(analysis.debt_service.sum()) / MILLION)  # fmt: skip
