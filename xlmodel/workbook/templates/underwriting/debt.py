"""What is owed and whether the cash pays it: tranches, where the cash goes, coverage."""

from collections.abc import Mapping, Sequence
from typing import Final

from xlmodel.workbook import charts
from xlmodel.workbook.grid import LABEL
from xlmodel.workbook.sheet import Chart, Page, Value
from xlmodel.workbook.templates.charts import columns
from xlmodel.workbook.templates.form import several
from xlmodel.workbook.templates.periods import Periods
from xlmodel.workbook.templates.underwriting.inputs import PERIODS, TRANCHES

_NUMBERS: Final = range(1, TRANCHES + 1)
_CHART_ROWS: Final = 17
_LIGHT: Final = "#BDD7EE"


def debt(page: Page, given: Mapping[str, Value]) -> None:
    """Write the schedule of every tranche, and all together."""
    grid = Periods(
        page,
        PERIODS,
        "Debt",
        "As scheduled, in arrears, by equal periods; what stays unpaid is on Waterfall.",
        "Period",
    )
    for i in _NUMBERS:
        _tranche(grid, i)
    grid.section("All tranches")
    for key, label in (("interest", "Interest"), ("principal", "Principal")):
        grid.native(key, label, "USD m", f"={_added(key, _NUMBERS)}", "money", total=True)
    grid.native("service", "Debt service", "USD m", "={interest}+{principal}", "money", weight="strong", total=True)
    grid.native("balance", "Scheduled balance after the payment", "USD m",
                "=" + "+".join(f"{{balance{i}}}" for i in _NUMBERS), "money", weight="key",
                closing="=" + "+".join(f"{{balance{i}|closing}}" for i in _NUMBERS))  # fmt: skip
    grid.native("rate", "Rate a year, tranches weighted by what is owed", "%",
                "=IF({balance|prev}>0.000001,{interest}/{balance|prev}*{in_frequency},0)", "rate long")  # fmt: skip
    grid.finish()
    checks = page.layout.checks
    for i in _NUMBERS:
        amount = f"{{{several('in_debt_amount', i)}}}"
        checks.append((f"Tranche {i}: principal adds up to the amount lent, and nothing is owed at the end",
                       f'=IF({amount}="",TRUE,AND(ABS(SUM({{principal{i}|all}})-{amount})<0.000001,'
                       f"ABS({{balance{i}|last}})<0.000001))"))  # fmt: skip


def _tranche(grid: Periods, i: int) -> None:
    cell = {key: f"{{{several('in_debt_' + key, i)}}}" for key in (
        "amount", "rate", "index", "floor", "margin", "hedged", "swap", "periods", "type", "balloon", "grace",
    )}  # fmt: skip
    grid.section(f"Tranche {i}")
    floored = f'IF({cell["floor"]}="",N({cell["index"]}),MAX(N({cell["index"]}),{cell["floor"]}))'
    swapped = f"N({cell['hedged']})"
    grid.scalar(f"rate{i}", "Rate in force", "% a year",
                f"=IF({cell['rate']}<>\"\",{cell['rate']},N({cell['margin']})+{swapped}*N({cell['swap']})"
                f"+(1-{swapped})*{floored})", "rate long")  # fmt: skip
    for item, label in (("interest", "Interest"), ("principal", "Principal")):
        grid.spill(
            f"{item}{i}", label, "USD m",
            f"XLMODEL_DEBT_SCHEDULE({cell['amount']},{{rate{i}|closing}},{cell['periods']},{{in_frequency}},{cell['type']},"
            f'N({cell["balloon"]}),N({cell["grace"]}),,,,,"{item}",,{PERIODS})',
            "money", total=True, needs=(several("in_debt_amount", i), several("in_debt_periods", i)),
        )  # fmt: skip
    grid.native(f"balance{i}", "Scheduled balance after the payment", "USD m",
                f"={{balance{i}|prev}}-N({{principal{i}}})", "money", weight="strong",
                closing=f"=N({cell['amount']})")  # fmt: skip


def waterfall(page: Page, given: Mapping[str, Value]) -> None:
    """Write where the cash of every period goes, and prove that none is lost."""
    grid = Periods(
        page, PERIODS, "Waterfall", "Tranches 1 and 2 rank first and together, tranche 3 after the reserve.", "Period"
    )
    grid.section("Terms of the two ranks")
    for name, ranked in (("senior", (1, 2)), ("junior", (3,))):
        owed, due, interest = (_added(key, ranked) for key in ("balance", "principal", "interest"))
        closing = "=" + "+".join(f"{{balance{i}|closing}}" for i in ranked)
        grid.native(f"{name}.owed", f"Scheduled balance, {name}", "USD m", f"={owed}", "money", closing=closing)
        grid.native(f"{name}.due", f"Scheduled principal, {name}", "USD m", f"={due}", "money")
        grid.native(f"{name}.rate", f"Rate a year, {name}", "%",
                    f"=IF({{{name}.owed|prev}}>0.000001,({interest})/{{{name}.owed|prev}}*{{in_frequency}},0)",
                    "rate long")  # fmt: skip
    grid.section("Where the cash goes")
    for item, label in _LINES:
        grid.spill(
            f"fall.{item}",
            label,
            "USD m" if item != "dscr" else "x",
            "XLMODEL_CASH_WATERFALL({cfads|all},{senior.owed|closing},{senior.rate|all},{senior.due|all},{in_frequency},"
            f'N({{in_dsra_months}}),{{out_dsra}},N({{in_sweep}}),{{lock|closing}},0,0,0,"{item}",,{{junior.owed|closing}},'
            "{junior.rate|all},{junior.due|all})",
            "multiple" if item == "dscr" else "money",
            total=item in _FLOWS,
            needs=("in_debt_amount", "in_debt_periods"),
            closing="={out_dsra}" if item == "reserve" else "",
        )
    grid.section("Sources equal uses")
    grid.native("fall.opening", "Reserve and cash, opening", "USD m",
                "=N({fall.reserve|prev})+N({fall.cash|prev})", "money")  # fmt: skip
    uses = "+".join(f"N({{fall.{item}}})" for item in _FLOWS)
    grid.native(
        "fall.gap",
        "CFADS after tax and opening, less uses and closing",
        "USD m",
        f"=N({{cfads}})+{{fall.opening}}-({uses})-N({{fall.reserve}})-N({{fall.cash}})",
        "money",
    )
    grid.scalar(
        "lock",
        "Lock-up level; next to nothing where there is none",
        "x",
        "=MAX(N({in_lockup}),{least})",
        "multiple",
    )
    grid.finish()
    page.layout.checks.append(
        (
            "The waterfall loses no cash in any period",
            "=SUMPRODUCT(({fall.gap|all}>0.000001)+({fall.gap|all}<-0.000001))=0",
        )
    )
    page.layout.checks.append(("No debt service is overdue", '=COUNTIF({fall.overdue|all},">0.000001")=0'))


def _added(key: str, ranked: Sequence[int]) -> str:
    """The sum of a row of some tranches; words count as nothing."""
    return "+".join(f"N({{{key}{i}}})" for i in ranked)


_LINES: Final = (
    ("interest", "Interest, first rank"),
    ("principal", "Principal, first rank"),
    ("junior_interest", "Interest, second rank"),
    ("junior_principal", "Principal, second rank"),
    ("swept", "Prepaid by the sweep"),
    ("distribution", "Distributed to equity"),
    ("reserve", "Debt service reserve, after the period"),
    ("cash", "Cash held back, after the period"),
    ("overdue", "Overdue, after the period"),
    ("closing", "Owed, first rank"),
    ("junior_closing", "Owed, second rank"),
    ("dscr", "DSCR on the service that was due"),
)
_FLOWS: Final = ("interest", "principal", "junior_interest", "junior_principal", "swept", "distribution")


def ratios(page: Page, given: Mapping[str, Value]) -> None:
    """Write coverage by period, its minima and dates, loan-life cover, and the debt on every unit."""
    grid = Periods(
        page, PERIODS, "Ratios", "CFADS after tax over scheduled service; n/a where nothing is due.", "Period"
    )
    top = grid.next_row
    grid.next_row += _CHART_ROWS
    grid.section("Key figures")
    grid.one("min.dscr", "Lowest DSCR", "x", "MIN({dscr|all})/(COUNT({dscr|all})>0)", "multiple",
             needs="in_debt_amount", name="out_min_dscr")  # fmt: skip
    grid.one(
        "min.date",
        "On",
        "date",
        "{date|last}-SUMPRODUCT(MAX(({dscr|all}<={min.dscr|closing}+{least})*({date|last}-{date|all})))",
        "period",
        needs="in_debt_amount",
        name="out_min_date",
    )
    grid.one(
        "avg.dscr", "Average DSCR", "x", "AVERAGE({dscr|all})", "multiple", needs="in_debt_amount", name="out_avg_dscr"
    )
    grid.one(
        "llcr.0",
        "LLCR at closing",
        "x",
        "SUMPRODUCT({cfads|all}*{alive|all}*{factor|all})/{balance|closing}",
        "multiple",
        needs="in_debt_amount",
        name="out_llcr",
    )
    grid.one("breach", "First breach of the covenant", "date",
             "XLMODEL_FIRST_BREACH({dscr|all},{in_covenant},{date|all})", "period", needs="in_covenant",
             name="out_first_breach")  # fmt: skip
    grid.one("breach.ltm", "First breach, last 12 months", "date",
             "XLMODEL_FIRST_BREACH({dscr_ltm|all},{in_covenant},{date|all})", "period", needs="in_covenant",
             name="out_first_breach_ltm")  # fmt: skip
    grid.one(
        "tail",
        "CFADS after the last payment, of all CFADS",
        "%",
        "1-SUMPRODUCT({cfads|all}*{alive|all})/SUM({cfads|all})",
        "percent",
        needs="in_debt_amount",
        name="out_tail",
    )
    ends = "MATCH(MAX({in_contract_term},N({in_contract_term_2}))/{months_per_year}*{in_frequency},{period|all},1)"
    grid.one(
        "unit.debt",
        "Debt a unit when the contracts end",
        "USD a unit",
        f"XLMODEL_DEBT_PER_UNIT(INDEX({{balance|all}},{ends})*{{million}},SUM({{each.asset_units|all}}))",
        "quantity",
        needs="in_contract_term",
        name="out_debt_per_unit",
    )
    grid.one("unit.value", "What a unit is worth then, net of a sale", "USD a unit",
             f"INDEX({{liquidation|all}},{ends})*{{million}}/SUM({{each.asset_units|all}})", "quantity",
             needs="in_contract_term", name="out_value_per_unit")  # fmt: skip
    grid.section("Coverage")
    for key, label, call in (
        ("dscr", "DSCR", "XLMODEL_DSCR({cfads|all},{service|all})"),
        ("dscr_ltm", "DSCR, last 12 months", "XLMODEL_DSCR_LTM({cfads|all},{service|all},{in_frequency})"),
        ("dscr_ntm", "DSCR, next 12 months", "XLMODEL_DSCR_NTM({size.cash|all},{service|all},{in_frequency})"),
        ("contracted_dscr", "DSCR on contracts alone, before tax",
         "XLMODEL_CONTRACTED_DSCR({contracted|all}-{credit|all},{opex|all},{service|all})"),
        ("icr", "Interest cover", "XLMODEL_ICR({cfads|all},{interest|all})"),
        ("llcr", "LLCR", "XLMODEL_LLCR({cfads|all}*{alive|all},{balance|all},{rate|all},{in_frequency})"),
        ("plcr", "PLCR", "XLMODEL_PLCR({cfads|all},{balance|all},{rate|all},{in_frequency})"),
        ("breakeven", "Revenue that just pays before tax, of that expected",
         "XLMODEL_BREAKEVEN_RENT({cash_revenue|all},{service|all},{opex|all})"),
    ):  # fmt: skip
        grid.spill(key, label, "x", call, "multiple", needs=("in_debt_amount", "in_debt_periods"))
    grid.section("Behind them")
    grid.native(
        "alive", "Debt is outstanding before the payment", "1 or 0", "=IF({balance|prev}>0.000001,1,0)", "count"
    )
    grid.native("factor", "Value at closing of 1 paid now, at the rate of the debt", "factor",
                "={factor|prev}/(1+{rate}/{in_frequency})", "factor", closing="=1")  # fmt: skip
    grid.native("covenant", "Covenant", "x", '=IF({in_covenant}="",0,{in_covenant}*{alive})', "multiple")
    grid.finish()
    bars = [("dscr", "DSCR", charts.NAVY), ("contracted_dscr", "DSCR on contracts alone", _LIGHT)]
    page.charts.append(
        Chart(
            top,
            LABEL,
            columns("DSCR against the covenant", '0.00"x"', bars, "covenant"),
            "DSCR by period, in all and on contracts alone, against the covenant",
            1000,
            270,
        )
    )
