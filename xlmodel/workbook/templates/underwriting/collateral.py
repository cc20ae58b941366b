"""What secures the loan and how much of it may be lent against: values, three LTVs, sizing and refinancing."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook import charts
from xlmodel.workbook.grid import LABEL
from xlmodel.workbook.sheet import Chart, Page, Value
from xlmodel.workbook.templates.charts import lines
from xlmodel.workbook.templates.form import several
from xlmodel.workbook.templates.periods import Periods
from xlmodel.workbook.templates.underwriting.inputs import ASSETS, PERIODS

_NUMBERS: Final = range(1, ASSETS + 1)
_CHART_ROWS: Final = 17
_SALE: Final = (
    '{in_sale_months},%s,{in_sale_depth},N({in_sale_condition}),N({in_sale_integration}),"worse",'
    "N({in_sale_selling}),N({in_sale_unit_cost})"
)
_FIXED: Final = "N({in_sale_fixed})/(1+N({in_sale_discount}))^(N({in_sale_months})/{months_per_year})"
"""What the fixed cost of a sale, paid when it ends, costs today."""


def collateral(page: Page, given: Mapping[str, Value]) -> None:
    """Write book, market and sale value of the hardware, and the loan over each."""
    grid = Periods(
        page,
        PERIODS,
        "Collateral",
        "Two clocks: what is owed by the schedule against what the hardware is worth.",
        "Period",
    )
    top = grid.next_row
    grid.next_row += _CHART_ROWS
    grid.section("Key figures")
    for key, label, value in (
        ("nominal", "LTV on cost", "out_cost"), ("adjusted", "LTV on market value", "market.0|closing"),
        ("liquidation", "LTV on sale value", "nolv.0|closing"),
    ):  # fmt: skip
        grid.one(f"ltv_{key}.0", f"{label}, at closing", "%", f"{{out_debt}}/{{{value}}}", "percent",
                 needs="in_debt_amount", name=f"out_ltv_{key}")  # fmt: skip
    grid.one("illusion", "The illusion: LTV on sale value less LTV on cost", "%",
             "{ltv_liquidation.0|closing}-{ltv_nominal.0|closing}", "percent", needs="in_debt_amount",
             name="out_illusion")  # fmt: skip
    for value, label in (("market", "market value"), ("liquidation", "sale value")):
        grid.one(
            f"under.{value}",
            f"First date on which more is owed than the {label}",
            "date",
            f"XLMODEL_UNDERWATER_DATE({{balance|all}},{{{value}|all}}*1,{{date|all}})",
            "period",
            needs="in_debt_amount",
            name=f"out_underwater_{value}",
        )
    for i in _NUMBERS:
        _asset(grid, i)
    grid.section("All hardware")
    grid.native("cost", "Cost", "USD m", "=SUM({each.asset_cost|all})", "money")
    for key, label, added in (
        ("book", "Book value", "SUM(%s)"), ("market", "Market value", "SUM(%s)"),
        ("liquidation", "Sale value, net, today", f"MAX(SUM(%s)-{_FIXED},0)"),
    ):  # fmt: skip
        parts = ",".join(f"{{{key}{i}}}" for i in _NUMBERS)
        grid.native(key, label, "USD m", f'=IF(COUNT({parts})=0,"n/a",{added % parts})', "money", weight="strong")
    grid.native(
        "gap",
        "Owed beyond the market value; negative is cover",
        "USD m",
        '=IF(ISNUMBER({market}),{balance}-{market},"n/a")',
        "money",
    )
    grid.section("Loan to value")
    for key, label, value in (
        ("ltv_nominal", "LTV on cost", "cost"), ("ltv_adjusted", "LTV on market value", "market"),
        ("ltv_liquidation", "LTV on sale value", "liquidation"),
    ):  # fmt: skip
        grid.spill(key, label, "%", f"XLMODEL_LTV({{balance|all}},{{{value}|all}})", "percent",
                   needs=("in_debt_amount", "in_asset_cost"))  # fmt: skip
    grid.finish()
    drawn = [("balance", "Owed", charts.BLACK), ("book", "Book value", charts.GREY),
             ("market", "Market value", charts.NAVY), ("liquidation", "Sale value, net", charts.ORANGE)]  # fmt: skip
    page.charts.append(
        Chart(
            top,
            LABEL,
            lines("Two clocks: owed, and worth", "#,##0", drawn),
            "Debt outstanding against book, market and sale value by period, USD m",
            1000,
            270,
        )
    )
    page.layout.checks.append(
        ("Sale value never exceeds market value", "=SUMPRODUCT(({liquidation|all}>{market|all}+0.000001)*1)=0")
    )


def _asset(grid: Periods, i: int) -> None:
    cell = {
        key: f"{{{several('in_asset_' + key, i)}}}" for key in ("units", "cost", "life", "salvage", "decay", "day_one")
    }
    needs = tuple(several(f"in_asset_{key}", i) for key in ("cost", "units", "decay"))
    grid.section(f"Hardware {i}")
    grid.spill(
        f"book{i}",
        "Book value",
        "USD m",
        f"XLMODEL_BOOK_VALUE({cell['cost']},{{years|all}},{cell['life']},N({cell['salvage']}))",
        "money",
        needs=(*needs, several("in_asset_life", i)),
    )
    grid.spill(f"market{i}", "Market value", "USD m",
               f"XLMODEL_COLLATERAL_VALUE({cell['cost']},{{years|all}},{cell['decay']},,,N({cell['salvage']}),"
               f"N({cell['day_one']}))", "money", needs=needs)  # fmt: skip
    # A lender who types no decay of its own for the sale takes that of the hardware.
    terms = _SALE % f'IF({{in_sale_decay}}="",{cell["decay"]},{{in_sale_decay}})'
    # The fixed cost is paid once, out of what all hardware brings.
    shared = "0,N({in_sale_discount})"
    known = (*needs, "in_sale_months", "in_sale_depth")
    grid.spill(
        f"haircut{i}", "Haircut of a sale of all units, before fixed cost", "%",
        f"XLMODEL_HAIRCUT({cell['units']},{{market{i}|all}}*{{million}}/{cell['units']},{terms},{shared})", "percent",
        needs=known,
    )  # fmt: skip
    new = f"{cell['cost']}*(1-N({cell['day_one']}))"
    cut = f"XLMODEL_HAIRCUT({cell['units']},{new}*{{million}}/{cell['units']},{terms},{shared})"
    typed = "*".join(f'({{{key}}}<>"")' for key in known)
    grid.one(f"sold{i}.0", "Sale value before fixed cost, at closing", "USD m",
             f'IF({typed},MAX({new}*(1-{cut}),0),"")', "money", needs=several("in_asset_cost", i))  # fmt: skip
    grid.native(f"liquidation{i}", "Sale value before fixed cost, today", "USD m",
                f'=IF(ISNUMBER({{haircut{i}}}),MAX({{market{i}}}*(1-{{haircut{i}}}),0),"n/a")', "money")  # fmt: skip


def sizing(page: Page, given: Mapping[str, Value]) -> None:
    """Write what cash and collateral carry at the terms typed, what binds, and the gap at refinancing."""
    grid = Periods(
        page,
        PERIODS,
        "Sizing",
        "The largest debt at closing that the cash of its life and the collateral carry.",
        "Period",
    )
    grid.section("Debt capacity at closing")
    args = ("{size.cash|all},{in_target},{rate|first},{in_frequency},{market.0|closing},{in_max_ltv},{nolv.0|closing},"
            "{in_advance}")  # fmt: skip
    grid.one(
        "market.0",
        "Market value at closing",
        "USD m",
        "SUMPRODUCT({each.asset_cost|all}*(1-{each.asset_day_one|all}))",
        "money",
        needs="in_debt_amount",
    )
    sold = ",".join(f"{{sold{i}.0|closing}}" for i in _NUMBERS)
    grid.one("nolv.0", "Sale value at closing", "USD m", f"MAX(SUM({sold})-{_FIXED},0)/(COUNT({sold})>0)", "money",
             needs="in_sale_months")  # fmt: skip
    grid.one("capacity", "Debt capacity", "USD m", f"XLMODEL_DEBT_CAPACITY({args})", "money", needs="in_target",
             name="out_capacity")  # fmt: skip
    grid.one("binding", "What binds", "", f'XLMODEL_DEBT_CAPACITY({args},,"binding")', "word", needs="in_target",
             name="out_binding")  # fmt: skip
    grid.one(
        "room",
        "Room to spare; negative is debt beyond capacity",
        "USD m",
        "{capacity|closing}-{out_debt}",
        "money",
        needs="in_target",
        name="out_room",
    )
    grid.section("Refinancing")
    last = "SUMPRODUCT(MAX({alive|all}*{period|all}))"
    grid.one(
        "lump", "Largest single principal payment", "USD m", "MAX({principal|all})", "money", needs="in_debt_amount"
    )
    grid.one("final", "The last payment falls in period", "number", last, "count", needs="in_debt_amount")
    grid.one("last.principal", "Principal of the last payment", "USD m", f"INDEX({{principal|all}},{last})", "money",
             needs="in_debt_amount")  # fmt: skip
    grid.one("refinanced", "A new lender carries on the cash after it and the collateral then", "USD m",
             "MIN(SUMPRODUCT({cfads|all}*({period|all}>{final|closing})*({cfads|all}>0)/{in_target}*{size.later|all}),"
             "N({in_max_ltv})*INDEX({market|all},{final|closing}))", "money", needs="in_target")  # fmt: skip
    grid.one(
        "refi.gap",
        "Refinancing gap of that payment; negative is room",
        "USD m",
        "{last.principal|closing}-{refinanced|closing}",
        "money",
        needs="in_target",
        name="out_refinancing_gap",
    )
    grid.section("Behind them")
    grid.native(
        "size.cash",
        "CFADS while the debt runs",
        "USD m",
        "=IF(AND({alive}=1,ISNUMBER({cfads})),{cfads},0)",
        "money",
        total=True,
    )
    grid.native(
        "size.later",
        "Value at the last payment of 1 paid later",
        "factor",
        "=IF(AND(ISNUMBER({final|closing}),{period}>N({final|closing})),1/(1+{rate|first}/{in_frequency})^({period}-N({final|closing})),0)",
        "factor",
    )
    grid.finish()
