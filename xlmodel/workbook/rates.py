"""The Rates sheet: the swap by period, and interest and coverage when the index shifts, with it and without."""

from typing import Any, Final

from xlmodel.deal import Analysis
from xlmodel.deal.rates import Rates
from xlmodel.deal.terms.hedge import Swap
from xlmodel.workbook.charts import FONT, GREY, GRID, NAVY, titled
from xlmodel.workbook.grid import CLOSING, LABEL, Grid
from xlmodel.workbook.layout import Layout
from xlmodel.workbook.panel import assumed, beside, follow
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.wording import UNDEFINED

_MOVES: Final = (("down2", "-", "large"), ("down1", "-", "small"), ("none", "", ""), ("up1", "+", "small"),
                 ("up2", "+", "large"))  # fmt: skip
"""Of each shift: its key, its sign and which of the two sizes it has."""
_SIZES: Final = {"small": 0.01, "large": 0.02}
_PALE: Final = "#9DC3E6"


def rates(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal of which a tranche floats."""
    found = analysis.rates
    assert found is not None  # noqa: S101  a tranche floats
    grid = follow(page, analysis, f"Rates: {analysis.deal.name}",
                  "The index shifts on the day of closing and stays there. Principal is paid as scheduled, cash flow "
                  "stays what it is.")  # fmt: skip
    _sizes(grid)
    top = grid.next_row + 2
    _figures(grid, analysis, found)
    name = analysis.coverage_name
    told = f"Columns of the lowest {name} when the index shifts down or up, a column a shift" + (
        ": without the swap pale, with it dark." if found.swap else "."
    )
    beside(grid, lambda book, layout: _chart(book, layout, name, found.swap is not None), told, top)
    if found.swap is not None:
        _swap(grid, analysis, found.swap)
    _shifted(grid, analysis, found)
    grid.finish()


def _sizes(grid: Grid) -> None:
    grid.section("Shifts of the index")
    for key, value in _SIZES.items():
        assumed(grid, f"rates.{key}", f"{key.capitalize()} shift", "% a year", value, "rate", 1.0,
                "100 and 200 basis points unless you type others")  # fmt: skip


def _move(sign: str, size: str) -> str:
    return f"{sign}{{rates.{size}|closing}}" if sign else ""


def _figures(grid: Grid, analysis: Analysis, found: Rates) -> None:
    """Write interest and lowest coverage by shift; the chart reads them where they stand."""
    name = analysis.coverage_name
    sides = [("unhedged", "without the swap" if found.swap else "")]
    if found.swap is not None:
        sides.append(("hedged", "with the swap"))
    for side, words in sides:
        grid.section(f"Lowest {name} {words}".strip())
        first = grid.next_row
        for key, sign, size in _MOVES:
            row = f"{{rates.{side}.dscr.{key}|all}}"
            grid.scalar(f"rates.{side}.lowest.{key}", _said(sign, size), "x",
                        f'=IF(COUNT({row})=0,"{UNDEFINED}",MIN({row}))', "multiple")  # fmt: skip
        grid.page.name_block(f"rates.{side}.lowest", first, grid.next_row - 1, CLOSING)
        grid.page.name_block(f"rates.{side}.shifts", first, grid.next_row - 1, LABEL)
    for side, words in sides:
        grid.section(f"Interest over the life {words}".strip())
        for key, sign, size in _MOVES:
            grid.scalar(f"rates.{side}.total.{key}", _said(sign, size), "USD m",
                        f"=SUM({{rates.{side}.interest.{key}|all}})", "money")  # fmt: skip


def _said(sign: str, size: str) -> str:
    return {"": "Index as it is", "-": f"{size.capitalize()} shift down", "+": f"{size.capitalize()} shift up"}[sign]


def _swap(grid: Grid, analysis: Analysis, swap: Swap) -> None:
    """Write the swap by period: what it settles, and what breaking it costs."""
    terms, at = analysis.deal.hedge, swap.tranche
    assert terms is not None  # noqa: S101  a swap is there
    grid.section(f"Swap of {terms.tranche}")
    life = "{hedge.until}" if terms.until is not None else f"{{debt[{at}].maturity}}"
    described = analysis.deal.debt[at]
    ends = terms.until or described.maturity
    inside = "" if ends is None else f"*({{date}}<={life})"
    grid.row("rates.notional", "Notional: share of the balance as scheduled", "USD m",
             f"={{hedge.share}}*{{debt{at}.opening}}{inside}", "money")  # fmt: skip
    index = f"{{debt[{at}].index}}"
    received = f"MAX({index},{{hedge.floor}})" if terms.floor is not None else index
    grid.row("rates.received", "Floating rate received", "% a year", f"={received}", "rate")  # fmt: skip
    grid.row("rates.fixed", "Fixed rate paid", "% a year", "={hedge.fixed}",
             "rate")  # fmt: skip
    grid.row("rates.settlement", "Received less paid", "USD m",
             f"={{rates.notional}}*({{rates.received}}-{{rates.fixed}})*{{debt{at}.accrual}}",
             "money", weight="key",
             total=True)  # fmt: skip
    grid.row("rates.factor", "Value at closing of 1 paid now, at the index", "factor",
             f"={{rates.factor|prev}}/(1+{{rates.received}}*{{debt{at}.accrual}})", "factor",
             closing=True, closing_formula="=1")  # fmt: skip
    later = "({period|all}>{period})"
    lost = f"-SUMPRODUCT({later}*{{rates.settlement|all}}*{{rates.factor|all}})/{{rates.factor}}"
    if terms.credit_charge is not None:
        lost += f"+{{hedge.credit_charge}}*SUMPRODUCT({later}*{{rates.notional|all}}*{{debt{at}.accrual|all}})"
    grid.row("rates.breaking", "Cost of breaking it after the payment, index unchanged", "USD m", f"=MAX({lost},0)",
             "money")  # fmt: skip


def _shifted(grid: Grid, analysis: Analysis, found: Rates) -> None:
    """Write interest and coverage of every shift."""
    for i, (key, sign, size) in enumerate(_MOVES):
        move = _move(sign, size)
        grid.section(_said(sign, size))
        _pair(grid, analysis, key, "unhedged", found, i, "+".join(_interest(analysis, n, move) for n in _all(analysis)))
        if found.swap is not None:
            terms, at = analysis.deal.hedge, found.swap.tranche
            assert terms is not None  # noqa: S101  a swap is there
            rate = f"({{debt[{at}].index}}{move})"
            rate = f"MAX({rate},{{hedge.floor}})" if terms.floor is not None else rate
            settled = f"{{rates.notional}}*({rate}-{{hedge.fixed}})*{{debt{at}.accrual}}"
            _pair(grid, analysis, key, "hedged", found, i, f"{{rates.unhedged.interest.{key}}}-{settled}")


def _pair(grid: Grid, analysis: Analysis, key: str, side: str, found: Rates, i: int, formula: str) -> None:
    """Write interest and coverage of one shift with the swap or without."""
    words = "" if found.swap is None else {"unhedged": " without the swap", "hedged": " with the swap"}[side]
    grid.row(f"rates.{side}.interest.{key}", f"Interest{words}", "USD m", f"={formula}",
             "money", total=True)  # fmt: skip
    service = f"({{rates.{side}.interest.{key}}}+{{principal}})"
    grid.row(f"rates.{side}.dscr.{key}", f"{analysis.coverage_name}{words}", "x",
             f'=IF({service}>0,{{cfads}}/{service},"{UNDEFINED}")', "multiple", weight="key")  # fmt: skip


def _all(analysis: Analysis) -> range:
    return range(len(analysis.tranches))


def _interest(analysis: Analysis, n: int, move: str) -> str:
    """The formula of the interest of a tranche when the index has moved."""
    described = analysis.deal.debt[n]
    if described.index is None:
        return f"{{debt{n}.interest}}"
    index = f"({{debt[{n}].index}}{move})"
    index = f"MAX({index},{{debt[{n}].floor}})" if described.floor is not None else index
    return f"{{debt{n}.opening}}*({index}+{{debt[{n}].margin}})*{{debt{n}.accrual}}"


def _chart(book: Any, layout: Layout, name: str, hedged: bool) -> Any:
    """Draw the lowest coverage by shift."""
    chart = book.add_chart({"type": "column"})
    looks = {"unhedged": ("Without the swap", _PALE), "hedged": ("With the swap", NAVY)}
    for side, (label, color) in looks.items():
        if side == "hedged" and not hedged:
            continue
        chart.add_series(
            {
                "name": label,
                "categories": "=" + layout.reference(f"rates.{side}.shifts", "all"),
                "values": "=" + layout.reference(f"rates.{side}.lowest", "all"),
                "fill": {"color": color},
                "border": {"color": GREY},
                "gap": 60,
                "data_labels": {"value": True, "num_format": '0.00"x"', "font": FONT},
            }
        )
    chart.set_title(titled(f"Lowest {name} when the index shifts"))
    chart.set_x_axis({"num_font": FONT, "label_position": "low", "line": {"color": GREY}})
    chart.set_y_axis({"num_format": '0.0"x"', "num_font": FONT, "major_gridlines": GRID, "min": 0})
    chart.set_legend({"position": "bottom", "font": FONT} if hedged else {"none": True})
    return chart
