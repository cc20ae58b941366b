"""One loan of a tape by period: the engine's flows and values, the ratios as formulas over them."""

from functools import partial
from typing import Any, Final

import numpy as np

from xlmodel.deal.tape.analysis import TapeAnalysis
from xlmodel.maths.domain import Floats
from xlmodel.workbook.charts import BLACK, FONT, GRID, NAVY, ORANGE, titled
from xlmodel.workbook.grid import CLOSING, FIRST, LABEL, UNIT, Grid
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.panel import beside
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, shown

_LINES: Final = (("closing", "Owed", BLACK, "solid"), ("market_value", "Market value", NAVY, "dash"),
                 ("liquidation_value", "Sale value, net", ORANGE, "round_dot"))  # fmt: skip


def loan(page: Page, name: str, found: TapeAnalysis, i: int, debt: float) -> None:
    """Write the sheet of the loan at a position of the tape."""
    assert found.paths is not None  # noqa: S101  they were asked for
    count = int(np.sum(~np.isnan(found.paths.closing[i])))
    paths: dict[str, Floats] = {
        key: getattr(found.paths, key)[i, :count]
        for key in ("cfads", "debt_service", "dscr", "closing", "market_value", "liquidation_value", "ltv_adjusted",
                    "ltv_liquidation")
    }  # fmt: skip
    grid = Grid(page, count, name, "Flows and values are xlmodel's own numbers, in USD m; ratios are formulas.")
    row, key = grid.next_row, f"loan{i}"
    for column, words in enumerate(("Period", "Unit", "Total")):
        page.text(row, column, words, ("head", "head unit", "head right")[column])
    page.number(row, CLOSING, 0.0, "head plain")
    for k in range(count):
        page.number(row, FIRST + k, k + 1.0, "head plain")
    page.name_row(f"{key}.period", row, grid.columns)
    page.freeze = (row + 1, FIRST)
    page.print.repeat_rows = (row, row)
    grid.next_row = row + 1
    top = grid.next_row + 2
    grid.section("Key figures")
    for part, words, pick in (
        ("dscr", "Lowest DSCR", "MIN"), ("ltv_adjusted", "Highest LTV on market value, after closing",
                                                        "MAX"),
    ):  # fmt: skip
        cells = f"{{{key}.{part}|all}}"
        grid.scalar(
            f"{key}.{part}.worst",
            words,
            "x" if pick == "MIN" else "%",
            f'=IF(COUNT({cells})=0,"{UNDEFINED}",{pick}({cells}))',
            "multiple" if pick == "MIN" else "percent",
        )
    beside(grid, partial(_chart, key=key), "What is owed after each payment against market and sale value of the "
           "hardware, by period.", top)  # fmt: skip
    grid.section("Cash and debt")
    _pasted(grid, f"{key}.cfads", "CFADS", paths["cfads"])
    _pasted(grid, f"{key}.debt_service", "Debt service", paths["debt_service"])
    _ratio(grid, f"{key}.dscr", "DSCR", f"{key}.cfads", f"{key}.debt_service", paths["dscr"], "multiple")
    _pasted(grid, f"{key}.closing", "Owed after the payment", paths["closing"], debt)
    grid.section("Collateral")
    _pasted(grid, f"{key}.market_value", "Market value", paths["market_value"])
    _pasted(grid, f"{key}.liquidation_value", "Sale value, net", paths["liquidation_value"])
    _ratio(grid, f"{key}.ltv_adjusted", "LTV on market value", f"{key}.closing", f"{key}.market_value",
           paths["ltv_adjusted"], "percent")  # fmt: skip
    _ratio(grid, f"{key}.ltv_liquidation", "LTV on sale value", f"{key}.closing", f"{key}.liquidation_value",
           paths["ltv_liquidation"], "percent")  # fmt: skip
    grid.finish()


def _pasted(grid: Grid, key: str, label: str, values: Floats, closing: float | None = None) -> None:
    page, row = grid.page, grid.next_row
    page.text(row, LABEL, label, "label")
    page.text(row, UNIT, "USD m", "unit")
    page.name_row(key, row, grid.columns)
    if closing is not None:
        page.number(row, CLOSING, closing / MILLION, "pasted money")
    for k, value in enumerate(shown(values / MILLION)):
        if isinstance(value, str):
            page.text(row, FIRST + k, value, "pasted money")
        else:
            page.number(row, FIRST + k, float(value), "pasted money")
    grid.next_row += 1


def _ratio(grid: Grid, key: str, label: str, above: str, below: str, values: Floats, kind: str) -> None:
    """Write a ratio where both numbers are there and the lower one is above 0; nothing owed is 0 of any value."""
    known = f"IF(AND(ISNUMBER({{{above}}}),ISNUMBER({{{below}}})),"
    divided = f'IF({{{below}}}>0,{{{above}}}/{{{below}}},"{UNDEFINED}")'
    if kind == "percent":
        divided = f"IF({{{above}}}=0,0,{divided})"
    grid.row(key, label, "x" if kind == "multiple" else "%", f'={known}{divided},"{UNDEFINED}")', kind,
             weight="key")  # fmt: skip


def _chart(book: Any, layout: Layout, key: str) -> Any:
    chart = book.add_chart({"type": "line"})
    for part, name, color, dash in _LINES:
        chart.add_series(
            {
                "name": name,
                "categories": "=" + layout.reference(f"{key}.period", "all"),
                "values": "=" + layout.reference(f"{key}.{part}", "all"),
                "line": {"color": color, "width": 2.25, "dash_type": dash},
            }
        )
    chart.set_title(titled("Owed, and worth, USD m"))
    chart.set_x_axis({"num_font": FONT, "label_position": "low", "name": "Period", "name_font": FONT})
    chart.set_y_axis({"num_format": "#,##0", "num_font": FONT, "major_gridlines": GRID, "min": 0})
    chart.set_legend({"position": "bottom", "font": FONT})
    return chart
