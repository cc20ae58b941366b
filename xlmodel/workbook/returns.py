"""The Returns sheet: what the lender and the equity put in and get, on their dates, and what it earns them."""

from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.terms.covenants import cash_cures
from xlmodel.deal.terms.returns import Financed
from xlmodel.loan.returns import Return
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import NAVY, ORANGE
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.loan_charts import flow_chart
from xlmodel.workbook.panel import beside, follow
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.timeline.debt import hedged
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED

_TITLE: Final = "Received so far, less what was paid in"
_LINES: Final = (
    ("ret.lender.so_far", "Lender", NAVY, "solid"),
    ("ret.sponsors.so_far", "Equity", ORANGE, "dash"),
)


def returns(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with a financing."""
    found = analysis.financing
    assert found is not None  # noqa: S101  a financing is wanted
    grid = follow(page, analysis, f"Returns: {analysis.deal.name}",
                  "By XIRR, on the dates of the flows; the equity gets what is left on the accounts at the end, and "
                  "nothing for the hardware.")  # fmt: skip
    top = grid.next_row + 2
    _earned(grid, analysis, found)
    months = round(12 * float(analysis.timeline.years[-1]))
    told = (
        "Two lines over the periods: what the lender and the equity have received less paid in, so far. A line that "
        "ends below 0 has lost money."
    )
    beside(grid, lambda book, layout: flow_chart(book, layout, _LINES, _TITLE, months, "path"), told, top)
    _flows(grid, analysis, found)
    grid.finish()


def _earned(grid: Grid, analysis: Analysis, found: Financed) -> None:
    for key, name, earned in (
        ("lender", "Lender", found.lender), ("sponsors", "Equity", found.equity_return),
    ):  # fmt: skip
        grid.section(name)
        row = f"{{ret.{key}|path}}"

        def one(part: str, label: str, unit: str, formula: str, value: Floats, kind: str, key: str = key) -> None:
            grid.scalar(f"ret.{key}.{part}", label, unit, f"={formula}", kind)

        one("irr", "Internal rate of return", "% a year", f'IFERROR(XIRR({row},{{date|path}}),"{UNDEFINED}")',
            earned.yield_eff, "rate")  # fmt: skip
        if key == "lender":
            _nominal(grid, analysis, earned)
        paid_in = f'SUMIF({row},"<0")'
        one("multiple", "MOIC, received over paid in", "x",
            f'IF({paid_in}<0,-SUMIF({row},">0")/{paid_in},"{UNDEFINED}")', earned.multiple, "multiple")  # fmt: skip
        one("profit", "Profit, received less paid in", "USD m", f"SUM({row})", earned.profit / MILLION, "money")


def _nominal(grid: Grid, analysis: Analysis, earned: Return) -> None:
    """Write the yield as a rate of the loan, and over the reference rate where every tranche floats."""
    irr, f = "{ret.lender.irr|closing}", "{periods_per_year}"
    nominal = f"{f}*((1+{irr})^(1/{f})-1)"
    grid.scalar("ret.lender.nominal", "The same as a rate of the payment frequency", "% a year",
                f'=IF(ISNUMBER({irr}),{nominal},"{UNDEFINED}")', "rate")  # fmt: skip
    debt = analysis.deal.debt
    indices = [d.index for d in debt if d.index is not None]
    if len(indices) < len(debt):
        return
    mixed = "+".join(f"{{debt[{i}].amount}}*{{debt[{i}].index}}" for i in range(len(debt)))
    lent = "+".join(f"{{debt[{i}].amount}}" for i in range(len(debt)))
    grid.scalar("ret.lender.spread", "All-in spread over the reference rate", "% a year",
                f'=IF(ISNUMBER({irr}),{{ret.lender.nominal|closing}}-({mixed})/({lent}),"{UNDEFINED}")',
                "rate")  # fmt: skip


def _flows(grid: Grid, analysis: Analysis, found: Financed) -> None:
    ranks = sorted({debt.rank for debt in analysis.deal.debt})
    got = [f"{{wf.r{rank}.{part}}}" for rank in ranks for part in ("interest", "principal")]
    terms = analysis.deal.financing
    assert terms is not None  # noqa: S101  a financing is wanted
    if terms.sweeps:
        got.append("{wf.swept}")
    received = "+".join(got) + ("-{wf.swap_paid}" if hedged(analysis) else "")
    less = [f"{{su.{key}}}" for key, share in (("fee", terms.upfront_fee), ("discount", terms.discount)) if share]
    cured = "-{wf.cure_in}" if cash_cures(analysis.covenants) else ""
    last = "IF({period}={period|last},{wf.cash}+{wf.reserve},0)"
    for key, name, formula, at_closing in (
        ("lender", "Lender", received, "+".join(["-{balance|closing}", *less])),
        ("sponsors", "Equity", f"{{wf.distribution}}{cured}+{last}", "-{su.equity}"),
    ):
        grid.section(f"Flows: {name}")
        grid.row(f"ret.{key}", "Received less paid in", "USD m", f"={formula}", "money",
                 total=True, total_formula=f"=SUM({{ret.{key}|path}})",
                 closing=True, closing_formula=f"={at_closing}")  # fmt: skip
        grid.row(f"ret.{key}.so_far", "The same, so far", "USD m", f"={{ret.{key}.so_far|prev}}+{{ret.{key}}}",
                 "money", weight="key", closing=True,
                 closing_formula=f"={{ret.{key}|closing}}")  # fmt: skip
