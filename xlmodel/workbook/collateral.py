"""The Collateral sheet: from cost to the cash of a forced sale, and one loan over three values on every date."""

from typing import Final

import numpy as np

from xlmodel.collateral.ltv import loan_to_value
from xlmodel.deal import Analysis
from xlmodel.deal.enforcement import years_to_sale
from xlmodel.maths.dates import to_serial
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import bridge_chart
from xlmodel.workbook.collateral_charts import LINES, ltv_chart
from xlmodel.workbook.grid import CLOSING, FIRST, LABEL, TOTAL, UNIT, Grid
from xlmodel.workbook.panel import beside, follow, highest
from xlmodel.workbook.selling import blocks, steps, together
from xlmodel.workbook.sheet import Chart, Page
from xlmodel.workbook.tornado import tornado
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, day

LEFT, BASE, VALUE, LOSS, SHARE = TOTAL, CLOSING, FIRST, FIRST + 1, FIRST + 2
_HIGH: Final = 380
_WIDE: Final = 900


def collateral(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with a sale."""
    subtitle = "The same loan over what was paid, what the hardware is worth, and what a sale brings after its costs."
    grid = follow(page, analysis, f"Collateral: {analysis.deal.name}", subtitle)
    ratios = _ratios(analysis)
    top = grid.next_row + 2
    _figures(grid, analysis, ratios)
    serials = (float(to_serial(analysis.closing)), float(to_serial(analysis.dates)[-1]))
    beside(
        grid, lambda book, layout: ltv_chart(book, layout, ratios, serials),
        "Three lines of one loan to value from closing on: at closing "
        + ", ".join(f"{_said(ratios[key][0])} {LINES[key][0].lower()}" for key in LINES) + ".",
        top,
    )  # fmt: skip
    _lines(grid, analysis, ratios)
    _bridge(grid, analysis)
    tornado(grid, analysis)
    grid.finish()


def _ratios(analysis: Analysis) -> dict[str, Floats]:
    """The three ratios, closing first."""
    now, owed = analysis.at_close, analysis.debt.opening[:1]
    assert now.liquidation is not None and analysis.ltv_liquidation is not None  # noqa: S101, PT018  a sale is wanted
    return {
        "ltv_nominal": np.append(loan_to_value(owed, now.cost), analysis.ltv_nominal),
        "ltv_adjusted": np.append(loan_to_value(owed, now.economic), analysis.ltv_adjusted),
        "ltv_liquidation": np.append(loan_to_value(owed, now.liquidation), analysis.ltv_liquidation),
    }


def _said(ratio: float) -> str:
    return "undefined" if np.isnan(ratio) else f"{ratio:.0%}"


def _figures(grid: Grid, analysis: Analysis, ratios: dict[str, Floats]) -> None:
    """Write the key figures at the top; the chart stands beside them."""
    grid.section("Key figures")
    for key, (name, *_) in LINES.items():
        grid.scalar(f"col.{key}0", f"LTV at closing, {name[0].lower()}{name[1:]}", "%", f"={{{key}|closing}}",
                    "percent")  # fmt: skip
    gap = _gap(ratios)
    grid.scalar("col.gap0", "Illusion at closing, points of LTV", "%", "={col.gap|closing}", "percent")  # fmt: skip
    grid.scalar("col.money0", "Illusion at closing: value that no sale brings", "USD m", "={col.money|closing}",
                "money")  # fmt: skip
    serials = to_serial(analysis.dates).astype(np.float64)
    formula, _, when, _ = highest("col.gap", gap[1:], serials)
    grid.scalar("col.widest", "Widest illusion after closing, points of LTV", "%", formula, "percent")
    grid.scalar("col.widest.date", "Date of the widest illusion", "date", when, "period")
    grid.scalar(
        "col.under", "First date under water", "date",
        "=IF({balance|closing}>{economic|closing},{date|closing},IF(MAX({shortfall|all})<=0,"
        '"never",{date|last}-SUMPRODUCT(MAX(({shortfall|all}>0)*({date|last}-{date|all})))))',
        "period",
    )  # fmt: skip
    grid.scalar(
        "col.critical", "Critical LTV on value: above it a sale does not repay", "%",
        f'=IF(ISNUMBER({{haircut.total}}),1-{{haircut.total}},"{UNDEFINED}")',
        "percent",
    )  # fmt: skip
    grid.scalar("col.critical.cost", "The same on cost", "%", "={haircut.net}/{cost|closing}", "percent")


def _gap(ratios: dict[str, Floats]) -> Floats:
    return ratios["ltv_liquidation"] - ratios["ltv_nominal"]


def _lines(grid: Grid, analysis: Analysis, ratios: dict[str, Floats]) -> None:
    """Write the ratios as they stand on the Timeline, and the distance between the first and the last."""
    grid.section("Loan to value on every date")
    for key, (name, *_) in LINES.items():
        grid.row(f"col.{key}", f"LTV {name[0].lower()}{name[1:]}", "%", f"={{{key}}}", "percent",
                 closing=True)  # fmt: skip
    grid.row(
        "col.gap", "Illusion, points of LTV", "%",
        "=IF(AND(ISNUMBER({ltv_liquidation}),ISNUMBER({ltv_nominal})),"
        f'{{ltv_liquidation}}-{{ltv_nominal}},"{UNDEFINED}")',
        "percent", weight="key", closing=True,
    )  # fmt: skip
    grid.row(
        "col.money",
        "Illusion: cost less what a sale brings",
        "USD m",
        "={cost}-{liquidation}",
        "money",
        weight="key",
        closing=True,
    )


def _bridge(grid: Grid, analysis: Analysis) -> None:
    """Write the way from cost to cash on the day of the sale, as the columns of a chart, and the chart."""
    cut = analysis.haircut
    assert cut is not None  # noqa: S101  this sheet is only written for a deal with a sale
    breached = years_to_sale(analysis) > 0
    when = "on the first default" if breached else "at closing"
    grid.section(f"From cost to the cash of a forced sale {when}, day and steps as on the sheet Haircut")
    page, row = grid.page, grid.next_row
    for column, head in enumerate(("Step", "", "Left, USD m", "Base", "Value", "Lost", "Of cost")):
        page.text(row, column, head, ("head", "head unit")[column] if column <= UNIT else "head right")
    paid, worth = (float(x) / MILLION for x in (analysis.at_close.cost[0], cut.reference_value.item()))
    first, below = row + 1, "{col.bridge.cost}"
    _level(page, first, "Cost", "cost", "={cost|closing}")
    found = blocks(analysis)
    parts = [*steps(analysis, found[0]), *(together(analysis) if len(found) > 1 else ())]
    taken = [("reference", "Change of value since", "={haircut.reference}")]
    taken += [(step.part, step.short, f"={{haircut.{step.part}.left}}") for step in parts]
    row = first
    for key, name, formula in taken:
        row += 1
        page.text(row, LABEL, name)
        here = f"{{col.bridge.{key}}}"
        page.formula(row, LEFT, formula, "calc money", f"col.bridge.{key}")
        page.formula(row, BASE, f"=MIN({below},{here})", "calc money")
        page.formula(row, VALUE, "=0", "calc money")
        # A value above cost is a column upwards; the table shows it as a negative loss.
        page.formula(row, LOSS, f"=ABS({below}-{here})", "calc money")
        page.formula(row, SHARE, f"=({below}-{here})/{{col.bridge.cost}}", "calc percent")
        below = here
    row += 1
    _level(page, row, "Cash of the sale", "net", "={haircut.net}")
    for key, column in (("label", LABEL), ("base", BASE), ("value", VALUE), ("loss", LOSS)):
        page.name_block(f"col.bridge.{key}", first, row, column)
    page.formula(row, SHARE, "={col.bridge.net}/{col.bridge.cost}", "strong percent")  # fmt: skip
    net = cut.present_value.item() / MILLION
    page.charts.append(
        Chart(
            row + 2, LABEL,
            lambda book, layout: bridge_chart(
                book, layout, "From what was paid to the cash of a forced sale", "col.bridge"
            ),
            f"Stacked columns: on {day(analysis.haircut_date)} hardware that cost USD {paid:,.1f} m is worth "
            f"USD {worth:,.1f} m and brings USD {net:,.1f} m in cash; each column between is what one step takes.",
            _WIDE, _HIGH,
        )
    )  # fmt: skip
    grid.next_row = page.charts[-1].last_row + 1


def _level(page: Page, row: int, label: str, key: str, formula: str) -> None:
    """Write a full column of the chart, its first or its last."""
    page.text(row, LABEL, label, "strong label" if key == "net" else "key label")
    look = "strong money" if key == "net" else "key money"
    page.text(row, UNIT, "", "strong unit" if key == "net" else "unit")
    page.formula(row, LEFT, formula, look, f"col.bridge.{key}")
    page.formula(row, BASE, "=0", look)
    page.formula(row, VALUE, f"={{col.bridge.{key}}}", look)
    page.formula(row, LOSS, "=0", look)
