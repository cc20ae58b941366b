"""What the deal is paid with and what it earns: sources and uses, contracts, rent, operating cost and tax."""

from collections.abc import Mapping
from typing import Final

from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.templates.form import Form, several
from xlmodel.workbook.templates.periods import Periods
from xlmodel.workbook.templates.underwriting.inputs import CONTRACTS, PERIODS, SCENARIOS, TRANCHES

_NUMBERS: Final = range(1, CONTRACTS + 1)
_MONTH: Final = "{months_per_year}"
_PICK: Final = "MATCH({in_scenario},{scenarios|all},0)"
_MOMENT: Final = "0.000001"


def sources_and_uses(page: Page, given: Mapping[str, Value]) -> None:
    """Write what is paid at closing and with what; equity is what is left."""
    form = Form(page, "Sources and uses", "At closing. Equity balances.", given)
    form.section("Uses", note="How")
    form.figure("cost", "Hardware", "USD m", "=SUM({each.asset_cost|all})", "money")
    fees = "+".join(
        f"{{{several('in_debt_amount', i)}}}*{{{several('in_debt_fee', i)}}}" for i in range(1, TRANCHES + 1)
    )
    form.figure("fees", "Upfront fees and discount", "USD m", f"={fees}", "money")
    form.figure("dsra", "Debt service reserve", "USD m",
                f"=IF({{in_debt_amount}}=\"\",0,N({{in_dsra_months}})/{_MONTH}*SUMPRODUCT(({{period|all}}<={{in_frequency}})"
                "*{service|all}))", "money", note="Months of the first year's debt service")  # fmt: skip
    form.figure("uses", "Uses", "USD m", "={out_cost}+{out_fees}+{out_dsra}", "money", weight="strong")
    form.section("Sources", note="How")
    form.figure("debt", "Debt", "USD m", "=SUM({each.debt_amount|all})", "money")
    form.figure("prepaid", "Prepayment of customers", "USD m", "=SUM({each.prepaid|all})", "money")
    form.figure("equity", "Equity", "USD m", "={out_uses}-{out_debt}-{out_prepaid}", "money", note="Balances")
    form.figure("sources", "Sources", "USD m", "={out_debt}+{out_prepaid}+{out_equity}", "money", weight="strong")
    form.section("In proportion", note="How")
    share = '=IF({out_cost}>0,%s/{out_cost},"n/a")'
    form.figure("ltc", "Debt to cost", "%", share % "{out_debt}", "percent")
    form.figure("ltc_prepaid", "Debt and prepayment to cost", "%", share % "({out_debt}+{out_prepaid})", "percent")
    form.figure("equity_share", "Equity to cost", "%", share % "{out_equity}", "percent")
    page.layout.checks += [
        ("Sources equal uses", "=ABS({out_sources}-{out_uses})<0.000001"),
        ("Equity is not negative", '=OR({in_debt_amount}="",{out_equity}>=0)'),
    ]


def contract(page: Page, given: Mapping[str, Value]) -> None:
    """Write dates, what every contract invoices, and how its prepayment is credited."""
    grid = Periods(
        page, PERIODS, "Contract", "Invoices by contract, and prepayments as they are credited against them.", "Period",
        '=IF({in_closing}="","",EDATE({in_closing},{months_per_year}/{in_frequency}*{period}))', "={in_closing}",
    )  # fmt: skip
    grid.section("Calendar")
    grid.native("years", "Years from closing", "years", "={period}/{in_frequency}", "years")
    grid.native("begins", "The period begins", "years", "=({period}-1)/{in_frequency}", "years")
    grid.native("hours", "Hours", "hours", "={hours_per_year}/{in_frequency}", "quantity")
    grid.native("units", "Units installed", "units", "=SUM({each.asset_units|all})", "count")
    for i in _NUMBERS:
        _contract(grid, i)
    grid.section("All contracts")
    grid.native("contracted", "Invoiced", "USD m", _sum("contract{}"), "money", weight="strong", total=True)
    grid.native("credit", "Credited from prepayments", "USD m", _sum("credit{}"), "money", total=True)
    taken = "+".join(f"{{taken{i}}}" for i in _NUMBERS)
    grid.native("free", "Share of the fleet without a contract", "%", f"=MAX(0,1-({taken}))", "percent")
    grid.finish()


def _contract(grid: Periods, i: int) -> None:
    name = {key: f"{{{several('in_' + key, i)}}}" for key in (
        "contract_term", "contract_amount", "contract_price", "contract_share", "contract_take", "prepaid",
        "prepaid_from", "prepaid_to",
    )}  # fmt: skip
    term = f"{name['contract_term']}/{_MONTH}"
    grid.section(f"Contract {i}")
    runs = f"{{begins}}<{term}-{_MOMENT}"
    grid.native(
        f"taken{i}",
        "Share of the fleet it takes",
        "%",
        f'=IF(AND({name["contract_amount"]}="",{runs}),N({name["contract_share"]}),0)',
        "percent",
    )
    by_amount = f"{name['contract_amount']}*MAX(0,MIN({{years}},{term})-{{begins}})/({term})"
    by_price = f"{{taken{i}}}*{{units}}*{{hours}}*N({name['contract_take']})*N({name['contract_price']})/{{million}}"
    grid.native(f"contract{i}", "Invoiced", "USD m",
                f"=IF(N({name['contract_term']})=0,0,IF({name['contract_amount']}<>\"\",{by_amount},{by_price}))",
                "money", total=True)  # fmt: skip
    first = f"(N({name['prepaid_from']})-1)/{_MONTH}-{_MOMENT}"
    until = f"N({name['prepaid_to']})/{_MONTH}-{_MOMENT}"
    last = (f"MAX(SUMPRODUCT(--({{begins|all}}<{until})),SUMPRODUCT(--({{begins|all}}<{first}))+1)")  # fmt: skip
    grid.native(
        f"left{i}",
        "Periods left in which the prepayment is credited",
        "periods",
        f"=IF(OR(N({name['prepaid']})=0,{{begins}}<{first}),0,MAX({last}-{{period}}+1,1))",
        "count",
    )
    grid.native(
        f"credit{i}",
        "Credited against the invoice",
        "USD m",
        f"=IF({{left{i}}}>0,MIN({{prepaid{i}|prev}}/{{left{i}}},{{contract{i}}}),0)",
        "money",
        total=True,
    )
    grid.native(f"prepaid{i}", "Prepayment not yet credited", "USD m", f"={{prepaid{i}|prev}}-{{credit{i}}}", "money",
                closing=f"=N({name['prepaid']})")  # fmt: skip


def rent(page: Page, given: Mapping[str, Value]) -> None:
    """Write rent in three scenarios, the four prices that are kept apart, and the revenue without a contract."""
    grid = Periods(page, PERIODS, "Rent", "Three scenarios; the one in force feeds the cash.", "Period")
    grid.section("List rent by scenario")
    for i, scenario in enumerate(SCENARIOS, 1):
        grid.spill(f"list{i}", scenario, "USD a unit-hour",
                   f"XLMODEL_RENT_CURVE({{{several('in_rent', i)}}},{PERIODS},{{in_frequency}},"
                   f"{{{several('in_deflation', i)}}})", "price", needs=(several("in_rent", i),))  # fmt: skip
    grid.section("Four prices, kept apart")
    grid.native(
        "list",
        "List rent, scenario in force",
        "USD a unit-hour",
        f"=CHOOSE({_PICK},{{list1}},{{list2}},{{list3}})",
        "price",
        weight="key",
    )
    grid.native("achieved", "Achieved without a contract", "USD a unit-hour",
                f'=IF(ISNUMBER({{list}}),{{list}}*N(INDEX({{each.achieved|all}},{_PICK})),"n/a")',
                "price")  # fmt: skip
    grid.native("price", "Contract 1, while it runs", "USD a unit-hour",
                '=IF(AND(N({in_contract_price})>0,{taken1}>0),{in_contract_price},"n/a")', "price")  # fmt: skip
    grid.native("cost_price", "Cash cost of an hour", "USD a unit-hour",
                "=IF({units}*{hours}>0,{opex}*{million}/({units}*{hours}),0)", "price")  # fmt: skip
    grid.section("Revenue without a contract")
    grid.native("merchant", "Merchant revenue", "USD m",
                f"=IF(ISNUMBER({{achieved}}),{{units}}*{{hours}}*{{free}}*N(INDEX({{each.usage|all}},{_PICK}))*{{achieved}}/{{million}},0)",
                "money", weight="strong", total=True)  # fmt: skip
    grid.finish()


def opex_and_tax(page: Page, given: Mapping[str, Value]) -> None:
    """Write operating cost, cash available for debt service before and after tax, and how the tax comes about."""
    grid = Periods(
        page,
        PERIODS,
        "Opex and tax",
        "CFADS after tax carries the covenants; the tax is on the interest of the schedule.",
        "Period",
    )
    grid.section("Cash revenue")
    grid.native("revenue", "Invoiced: contracts and merchant", "USD m", "={contracted}+{merchant}", "money", total=True)
    grid.native("cash_revenue", "Cash revenue: less prepayments credited", "USD m", "={revenue}-{credit}", "money",
                weight="strong", total=True)  # fmt: skip
    grid.section("Operating cost")
    grid.native("cost.margin", "What the project margin leaves", "USD m",
                '=IF({in_margin}="",0,(1-{in_margin})*{revenue})', "money", total=True)  # fmt: skip
    grid.native("cost.cash", "Cash cost of installed hours", "USD m",
                "={units}*{hours}*N({in_cash_cost})/{million}", "money", total=True)  # fmt: skip
    watts = "SUMPRODUCT({each.asset_units|all}*{each.asset_power|all})"
    grid.native(
        "cost.power",
        "Power",
        "USD m",
        f"={watts}*{{hours}}*MAX(N({{in_pue}}),1)*N({{in_power_price}})/{{million}}",
        "money",
        total=True,
    )
    grid.native("cost.fixed", "Fixed cost", "USD m", "=N({in_fixed})/{in_frequency}", "money", total=True)
    grid.native("opex", "Operating cost", "USD m", "={cost.margin}+{cost.cash}+{cost.power}+{cost.fixed}", "money",
                weight="strong", total=True)  # fmt: skip
    grid.section("Cash flow available for debt service")
    grid.spill("cfads_gross", "CFADS before tax", "USD m",
               "XLMODEL_CFADS({cash_revenue|all},{cost.power|all},{cost.margin|all}+{cost.cash|all},0,{cost.fixed|all})",
               "money", weight="key", total=True, needs=("in_asset_units",))  # fmt: skip
    grid.section("Tax, on the interest of the schedule: nothing runs in a circle")
    cover = "MAX(0,MIN({years},{in_tax_life})-{begins})"
    grid.native("taxdep", "Tax depreciation", "USD m",
                f"=IF(N({{in_tax_life}})=0,0,{{out_cost}}/{{in_tax_life}}*{cover})", "money", total=True)  # fmt: skip
    grid.native(
        "taxable",
        "Income before losses of the past",
        "USD m",
        "={revenue}-{opex}-{taxdep}-{interest}",
        "money",
        total=True,
    )
    grid.native("relief", "Losses used", "USD m", "=MIN({losses|prev},MAX({taxable},0))", "money", total=True)
    grid.native("losses", "Losses carried forward", "USD m", "={losses|prev}+MAX(-{taxable},0)-{relief}", "money",
                closing="=0")  # fmt: skip
    grid.native("tax", "Tax", "USD m", "=N({in_tax_rate})*(MAX({taxable},0)-{relief})", "money", total=True)
    grid.native("cfads", "CFADS after tax", "USD m", '=IF(ISNUMBER({cfads_gross}),{cfads_gross}-{tax},"n/a")', "money",
                weight="key", total=True)  # fmt: skip
    grid.finish()
    page.layout.checks += [
        (
            "Prepayments are credited or still owed",
            "=ABS(SUM({each.prepaid|all})-SUM({credit|all})-{prepaid1|last}-{prepaid2|last})<0.000001",
        ),
        ("Losses used never exceed the losses made", '=COUNTIF({losses|all},"<-0.000001")=0'),
    ]


def _sum(key: str) -> str:
    return "=" + "+".join("{" + key.format(i) + "}" for i in _NUMBERS)
