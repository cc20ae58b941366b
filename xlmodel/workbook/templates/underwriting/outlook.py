"""What goes wrong and what is earned: stress of the lowest coverage, and the returns of lender and equity."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook.grid import CLOSING, FIRST, LABEL, UNIT
from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.templates.form import several
from xlmodel.workbook.templates.periods import Periods
from xlmodel.workbook.templates.underwriting.inputs import PERIODS, TRANCHES

_RENT: Final = (0.0, -0.1, -0.2, -0.3, -0.5)
_COST: Final = (0.0, 0.1, 0.25, 0.5)
_RATES: Final = (-0.02, -0.01, 0.0, 0.01, 0.02)


def stress(page: Page, given: Mapping[str, Value]) -> None:
    """Write the lowest DSCR where revenue falls and cost rises, where rates move, and what it takes to fail."""
    grid = Periods(
        page,
        PERIODS,
        "Stress",
        "Lowest DSCR of all periods. Revenue falls in all of them by the same share; the tax stays.",
        "Period",
        headed=False,
    )
    grid.section("Lowest DSCR: revenue down, operating cost up")
    head = grid.next_row
    page.text(head, LABEL, "Change of revenue, across; of operating cost, down")
    for j, change in enumerate(_RENT):
        page.number(head, FIRST + j, change, "input percent", f"stress.rent{j}")
    grid.next_row += 1
    for i, more in enumerate(_COST):
        row = grid.next_row
        page.text(row, LABEL, "Lowest DSCR, operating cost changed by")
        page.text(row, UNIT, "x", "unit")
        page.number(row, CLOSING, more, "input percent", f"stress.cost{i}")
        for j in range(len(_RENT)):
            cash = f"{{cash_revenue|all}}*(1+{{stress.rent{j}}})-{{opex|all}}*(1+{{stress.cost{i}}})-{{tax|all}}"
            page.spill(row, FIRST + j, (1, 1), _lowest(cash, "{service|all}"), "calc multiple")
        grid.next_row += 1
    grid.section("Lowest DSCR: rates move by, the swapped share stays fixed")
    row = grid.next_row
    page.text(row, LABEL, "Move of the reference rate")
    page.text(row + 1, LABEL, "Lowest DSCR")
    page.text(row + 2, LABEL, "Lowest DSCR if nothing were swapped")
    for j, move in enumerate(_RATES):
        page.number(row, FIRST + j, move, "input rate", f"stress.rate{j}")
        for k, kept in enumerate(("(1-N({hedged}))", "1")):
            service = "+".join(_service(i, f"{{stress.rate{j}}}*{kept}") for i in range(1, TRANCHES + 1))
            page.spill(row + 1 + k, FIRST + j, (1, 1), _lowest("{cfads|all}", service), "calc multiple")
    grid.next_row = row + 3
    grid.section("What it takes to fail")
    grid.one(
        "reverse",
        "Fall of revenue in all periods that brings the lowest DSCR before tax to 1",
        "%",
        "1-MAX({breakeven|all})/(COUNT({breakeven|all})>0)",
        "percent",
        needs="in_debt_amount",
        name="out_reverse",
    )
    grid.finish()


def _lowest(cash: str, service: str) -> str:
    return f'=IF({{in_debt_amount}}="","n/a",IFERROR(MIN(IFERROR(XLMODEL_DSCR({cash},{service}),"")),"n/a"))'


def _service(i: int, move: str) -> str:
    """The service of a tranche whose rate moves; a fixed one's does not, nor that of one that is not there."""
    cell = {key: f"{{{several('in_debt_' + key, i)}}}" for key in (
        "amount", "rate", "hedged", "periods", "type", "balloon", "grace",
    )}  # fmt: skip
    moved = f'{{rate{i}|closing}}+IF({cell["rate"]}="",{move.replace("{hedged}", cell["hedged"])},0)'
    call = (f"XLMODEL_DEBT_SCHEDULE({cell['amount']},{moved},{cell['periods']},{{in_frequency}},{cell['type']},"
            f'N({cell["balloon"]}),N({cell["grace"]}),,,,,"debt_service",,{PERIODS})')  # fmt: skip
    return f'IF({cell["amount"]}="",0,{call})'


def returns(page: Page, given: Mapping[str, Value]) -> None:
    """Write what lender and equity earn on the schedule and on the waterfall."""
    grid = Periods(
        page, PERIODS, "Returns", "The lender's on the schedule; equity's on what the waterfall distributes.", "Period"
    )
    grid.section("Lender, all tranches")
    fee = "{out_fees}/{out_debt}"
    for key, label, unit, kind, what in (
        ("yield", "Yield, fees included", "% a year", "rate", "yield"),
        ("moic", "Multiple of money", "x", "multiple", "multiple"),
    ):
        grid.one(
            f"lender.{key}",
            label,
            unit,
            f'XLMODEL_LENDER_YIELD({{balance|closing}},{{service|all}},{{in_frequency}},0,{fee},,,,,"{what}")',
            kind,
            needs="in_debt_amount",
            name=f"out_lender_{key}",
        )
    grid.one("lender.wal", "Average life", "years", "XLMODEL_WAL({principal|all},{in_frequency})", "quantity",
             needs="in_debt_amount", name="out_wal")  # fmt: skip
    grid.section("Equity")
    grid.one("equity.moic", "Multiple of money", "x", "SUM({equity.flow|all})/{out_equity}", "multiple",
             needs="in_debt_amount", name="out_equity_moic")  # fmt: skip
    grid.one("equity.irr", "IRR", "% a year", "(1+IRR({equity.flow|path},0.02))^{in_frequency}-1", "rate",
             needs="in_debt_amount", name="out_equity_irr")  # fmt: skip
    grid.section("Cash of equity")
    grid.native("equity.flow", "Paid in at closing, then distributed", "USD m", "=N({fall.distribution})", "money",
                total=True, closing="=-{out_equity}")  # fmt: skip
    grid.finish()
