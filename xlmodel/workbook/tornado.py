"""How much of a sale hangs on each assumption: the cash when one is halved or doubled and all others stay."""

from typing import Any, Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.enforcement import years_to_sale
from xlmodel.deal.terms.hardware import worth_of
from xlmodel.deal.terms.market import BASE
from xlmodel.deal.terms.sale import sold
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import FONT, GREY, GRID, NAVY, titled
from xlmodel.workbook.grid import CLOSING, FIRST, LABEL, TOTAL, UNIT, Grid
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.selling import blocks, steps, together
from xlmodel.workbook.sheet import Chart
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, label

FIELDS: Final = (
    "months_to_sale", "annual_decay", "depth", "condition", "integration", "selling", "cost_per_unit", "fixed_cost",
    "discount",
)  # fmt: skip
_SHARES: Final = frozenset({"annual_decay", "condition", "integration", "selling"})
MOST: Final = 0.99
"""The largest share that is tried: a doubled share may pass 1."""
LOW, HIGH = 0.5, 2.0
HALVED, DOUBLED, LTV_HALVED, LTV_DOUBLED, BAR, SWING = TOTAL, CLOSING, FIRST, FIRST + 1, FIRST + 2, FIRST + 3
_WIDE: Final = 900


def tornado(grid: Grid, analysis: Analysis) -> None:
    """Write one row an assumption, the one on which most hangs first, and the chart."""
    sale, cut = analysis.deal.sale, analysis.haircut
    assert sale is not None and cut is not None  # noqa: S101, PT018  this is only written for a deal with a sale
    grid.section(
        "How much hangs on each assumption: cash of the sale with one halved or doubled, the others as they are"
    )
    page, row = grid.page, grid.next_row
    for key, words, value in (
        ("low", "Halved", LOW),
        ("high", "Doubled", HIGH),
        ("most", "Shares are tried up to", MOST),
    ):
        page.text(row, LABEL, words)
        page.text(row, UNIT, "%" if key == "most" else "times", "unit")
        page.number(row, CLOSING, value, f"constant {'percent' if key == 'most' else 'quantity'}", f"tornado.{key}")
        row += 1
    heads = ("Assumption", "", "Halved", "Doubled", "LTV halved", "doubled", "From", "Swing")
    for column, head in enumerate(heads):
        page.text(row, column, head, ("head", "head unit")[column] if column <= UNIT else "head right")
    fields = [field for field in FIELDS if getattr(sale, field) is not None]
    cash = {field: [_cash(analysis, field, times) for times in (LOW, HIGH)] for field in fields}
    # The widest stands at the top of the table, and first from the bottom of a chart of bars.
    fields.sort(key=lambda field: -abs(cash[field][1] - cash[field][0]))
    first = row + 1
    for field in fields:
        row += 1
        page.text(row, LABEL, label(f"sale.{field}"))
        page.text(row, UNIT, "USD m, %", "unit")
        for i, (key, cell, ratio) in enumerate((("low", HALVED, LTV_HALVED), ("high", DOUBLED, LTV_DOUBLED))):
            here, _brings = f"tornado.{field}.{key}", cash[field][i]
            page.formula(row, cell, f"={_formula(analysis, field, key)}", "calc money", here)
            formula = f'=IF({{haircut.owed}}=0,0,IF({{{here}}}>0,{{haircut.owed}}/{{{here}}},"{UNDEFINED}"))'
            page.formula(row, ratio, formula, "calc percent")
        both = f"{{tornado.{field}.low}},{{tornado.{field}.high}}"
        page.formula(row, BAR, f"=MIN({both})", "calc money")
        page.formula(row, SWING, f"=MAX({both})-MIN({both})", "calc money")
    for key, column in (("label", LABEL), ("base", BAR), ("swing", SWING)):
        page.name_block(f"tornado.{key}", first, row, column)
    net = cut.present_value.item() / MILLION
    page.charts.append(
        Chart(row + 2, LABEL, lambda book, layout: _chart(book, layout, net),
              "Bars of the cash of the sale when one assumption is halved or doubled, "
              f"around USD {net:,.1f} m; the widest, {label('sale.' + fields[0]).lower()}, runs from "
              f"{min(cash[fields[0]]):,.1f} to {max(cash[fields[0]]):,.1f}.",
              _WIDE, 110 + 26 * len(fields))
    )  # fmt: skip
    grid.next_row = page.charts[-1].last_row + 1


def _worth(analysis: Analysis) -> list[Floats]:
    """The market value of every asset on the day of the sale."""
    years = np.array([years_to_sale(analysis)])
    return worth_of(analysis.deal, analysis.timeline, BASE, years, at_closing=False)


def _cash(analysis: Analysis, field: str, times: float) -> float:
    """What the sale brings, USD m, with one assumption so many times what it is."""
    deal = analysis.deal
    assert deal.sale is not None  # noqa: S101  this is only written for a deal with a sale
    number = getattr(deal.sale, field)
    value = min(number.value * times, MOST) if field in _SHARES else number.value * times
    sale = deal.sale.model_copy(update={field: number.model_copy(update={"value": value})})
    return float(sold(deal, sale, analysis.timeline, _worth(analysis)).present_value[0]) / MILLION


def _formula(analysis: Analysis, field: str, key: str) -> str:
    """The same as a formula: the steps of the sheet Haircut with one cell replaced."""
    moved = f"({{sale.{field}}}*{{tornado.{key}}})"
    if field in _SHARES:
        moved = f"MIN({moved},{{tornado.most}})"
    found, parts = blocks(analysis), []
    once = {step.part: (step.formula or "0").replace(f"{{sale.{field}}}", moved) for step in together(analysis)}
    for block in found:
        taken = {
            step.part: (step.formula or "0").replace(f"{{sale.{field}}}", moved) for step in steps(analysis, block)
        }
        left = f"{{sold{block.index}.reference}}"
        for part in ("obsolescence", "condition", "integration", "depth", "selling"):
            if taken[part] != "0":
                left += f"*(1-({taken[part]}))"
        parts.append(f"MAX({left}-{taken['removal']},0)")
    return f"MAX({'+'.join(parts)}-{once['fixed']},0)*(1-({once['discounting']}))"


def _chart(book: Any, layout: Layout, net: float) -> Any:
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for key, name, fill in (
        ("base", "From", {"fill": {"none": True}}),
        ("swing", "Halved or doubled", {"fill": {"color": NAVY}}),
    ):
        series: dict[str, Any] = {
            "name": name,
            "categories": "=" + layout.reference("tornado.label", "all"),
            "values": "=" + layout.reference(f"tornado.{key}", "all"),
            "border": {"none": True},
            "gap": 40,
        }
        chart.add_series(series | fill)
    chart.set_title(titled(f"Cash of the sale when one assumption is halved or doubled; as assumed USD {net:,.1f} m"))
    chart.set_y_axis(
        {"reverse": True, "num_font": FONT, "line": {"color": GREY}, "major_gridlines": {"visible": False}}
    )
    chart.set_x_axis(
        {"num_format": "#,##0", "num_font": FONT, "major_gridlines": GRID, "name": "USD m", "name_font": FONT, "min": 0}
    )
    chart.set_legend({"none": True})
    return chart
