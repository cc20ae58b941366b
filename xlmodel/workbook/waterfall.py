"""The Waterfall sheet: sources and uses at closing, who is paid from the cash of every period, what is earned."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.financing import Financed
from xlmodel.loan.returns import Return
from xlmodel.maths.domain import Floats
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.panel import TIE, follow
from xlmodel.workbook.sheet import Page, Value
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, shown

_HELD: Final = "({wf.reserve|prev}-{wf.drawn})"
_CASH: Final = "({wf.opening}+{wf.inflow})"
_AFTER_COSTS: Final = f"MAX({_CASH}-{{wf.costs_due}},0)"
_COSTS_FIRST: Final = f"MIN({{wf.costs_due}},{_CASH})"
_LEFT: Final = (
    f"(MAX({_AFTER_COSTS}-{{wf.interest_due}}-{{wf.principal_due}},0)"
    f"+MAX({{wf.released}}-({{wf.costs_due}}-{_COSTS_FIRST}),0))"
)
"""The account after debt and costs, before the reserve is filled."""


def waterfall(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with a financing."""
    found = analysis.financing
    assert found is not None  # noqa: S101  a financing is wanted
    subtitle = (
        "From the top: costs, interest, principal, the reserve, then distributions. What is short is drawn from the "
        "reserve, then carried as overdue and bears interest."
    )
    grid = follow(page, analysis, f"Waterfall: {analysis.deal.name}", subtitle)
    _closing(grid, analysis, found)
    _returns(grid, found)
    _due(grid, analysis, found)
    _paid(grid, analysis, found)
    for i in range(len(analysis.tranches)):
        _tranche(grid, analysis, found, i)
    _reserve(grid, found)
    _flows(grid, analysis, found)
    grid.finish()


def _clean(values: Floats, beside: Floats) -> Floats:
    """Take what is rounding beside another number for the 0 it is."""
    return np.where(values <= TIE * beside, 0.0, values)


def _money(
    grid: Grid, key: str, label: str, formula: str, values: Floats, *, weight: str = "calc", total: bool = True
) -> None:
    numbers = values / MILLION
    grid.row(f"wf.{key}", label, "USD m", formula, numbers.tolist(), "money", weight=weight,
             total=float(numbers.sum()) if total else None)  # fmt: skip


def _account(
    grid: Grid, key: str, label: str, formula: str, values: Floats, at_closing: str, closing: float,
    weight: str = "strong",
) -> None:  # fmt: skip
    """Write what stands at the end of each period, and at closing."""
    grid.row(f"wf.{key}", label, "USD m", formula, (values / MILLION).tolist(), "money", weight=weight,
             closing=closing / MILLION, closing_formula=at_closing)  # fmt: skip


def _closing(grid: Grid, analysis: Analysis, found: Financed) -> None:
    terms, deal = analysis.deal.financing, analysis.deal
    assert terms is not None  # noqa: S101  a financing is wanted
    grid.section("Sources and uses at closing")
    costs = "+".join(f"{{assets[{i}].cost}}" for i in range(len(deal.assets)))
    fee = "{financing.upfront_fee}*{balance|closing}" if terms.upfront_fee is not None else "0"
    prepaid = "{financing.prepaid}" if terms.prepaid is not None else "0"
    for key, label, formula, value in (
        ("hardware", "Use: hardware", costs, found.hardware),
        ("funded", "Use: debt service reserve", "{wf.target|closing}", found.reserve),
        ("fee", "Use: upfront fee", fee, found.fee),
        ("uses", "Uses", "{wf.hardware|closing}+{wf.funded|closing}+{wf.fee|closing}",
         found.hardware + found.reserve + found.fee),
        ("lent", "Source: debt", "{balance|closing}", found.debt),
        ("prepaid", "Source: prepaid by the customer", prepaid, found.prepaid),
        ("equity", "Source: equity, what is left open", "{wf.uses|closing}-{wf.lent|closing}-{wf.prepaid|closing}",
         found.equity),
    ):  # fmt: skip
        grid.scalar(f"wf.{key}", label, "USD m", f"={formula}", value / MILLION, "money")


def _returns(grid: Grid, found: Financed) -> None:
    grid.section("Returns, on their dates")
    for key, name, flows, earned in (
        ("lender", "lender", found.lender_flows, found.lender),
        ("sponsors", "equity", found.equity_flows, found.equity_return),
    ):
        rate, multiple = _earned(earned, flows)
        row = f"{{wf.{key}.flows|path}}"
        grid.scalar(f"wf.{key}.irr", f"XIRR of the {name}", "% a year",
                    f'=IFERROR(XIRR({row},{{date|path}}),"{UNDEFINED}")', rate, "rate")  # fmt: skip
        paid_in = f'SUMIF({row},"<0")'
        grid.scalar(f"wf.{key}.multiple", f"Multiple of the {name}", "x",
                    f'=IF({paid_in}<0,-SUMIF({row},">0")/{paid_in},"{UNDEFINED}")', multiple,
                    "multiple")  # fmt: skip


def _earned(earned: Return, flows: Floats) -> tuple[Value, Value]:
    return shown(np.array([earned.yield_eff]))[0], shown(np.array([earned.multiple]))[0]


def _sum(analysis: Analysis, part: str) -> str:
    return "=" + "+".join(f"{{wf{i}.{part}}}" for i in range(len(analysis.tranches)))


def _due(grid: Grid, analysis: Analysis, found: Financed) -> None:
    paid = found.paid
    grid.section("What there is and what is due")
    _money(grid, "opening", "Account at the start", "={wf.cash|prev}", paid.opening_cash, total=False)
    _money(grid, "inflow", "Cash flow", "=MAX({cfads},0)", np.maximum(paid.cfads, 0.0))
    _money(grid, "costs_due", "Costs: negative cash flow, and unpaid from before",
           "=MAX(-{cfads},0)+{wf.costs_late|prev}", paid.operating_due, total=False)  # fmt: skip
    for part in ("interest", "principal"):
        due = sum((getattr(t, f"{part}_due") for t in paid.tranches), np.zeros(paid.cash.shape))
        _money(grid, f"{part}_due", f"{part.capitalize()} due, overdue included", _sum(analysis, f"{part}_due"), due,
               total=False)  # fmt: skip


def _paid(grid: Grid, analysis: Analysis, found: Financed) -> None:
    paid, held, terms = found.paid, found.paid.reserves[0], analysis.deal.financing
    assert terms is not None  # noqa: S101  a financing is wanted
    interest, principal = (sum((getattr(t, f"{x}_paid") for t in paid.tranches), np.zeros(paid.cash.shape))
                           for x in ("interest", "principal"))  # fmt: skip
    grid.section("Who is paid")
    _money(
        grid,
        "drawn",
        "Drawn from the reserve",
        f"=MIN({{wf.reserve|prev}},MAX({{wf.interest_due}}+{{wf.principal_due}}-{_AFTER_COSTS},0))",
        held.drawn,
    )
    _money(grid, "released", "Released by the reserve", f"=MAX({_HELD}-{{wf.target}},0)", held.released)
    _money(grid, "costs", "Costs", f"={_COSTS_FIRST}+MIN({{wf.costs_due}}-{_COSTS_FIRST},{{wf.released}})",
           paid.operating_paid)  # fmt: skip
    _account(grid, "costs_late", "Costs unpaid",
             "=IF({wf.costs_due}-{wf.costs}<={tie}*{wf.costs_due},0,{wf.costs_due}-{wf.costs})",
             _clean(paid.operating_due - paid.operating_paid, paid.operating_due), "=0", 0.0, "calc")  # fmt: skip
    _money(grid, "interest", "Interest", f"=MIN({{wf.interest_due}},{_AFTER_COSTS}+{{wf.drawn}})", interest)
    _money(grid, "principal", "Principal",
           f"=MIN({{wf.principal_due}},{_AFTER_COSTS}+{{wf.drawn}}-{{wf.interest}})", principal)  # fmt: skip
    filled = _clean(held.filled, held.target)
    _money(grid, "filled", "Paid into the reserve", f"=MIN({_LEFT},MAX({{wf.target}}-{_HELD},0))", filled)
    service = paid.debt_service
    _money(grid, "service", "Service that falls due by the schedule", _sum(analysis, "scheduled"), service)
    grid.row("wf.dscr", "DSCR", "x", f'=IF({{wf.service}}>0,{{cfads}}/{{wf.service}},"{UNDEFINED}")',
             shown(paid.dscr), "multiple", weight="key")  # fmt: skip
    test = "0" if terms.lockup is None else (
        "IF({wf.owed}=0,0,IF(ISNUMBER({wf.dscr}),IF({wf.dscr}<{financing.lockup}*(1-{tie}),1,0),{wf.locked|prev}))"
    )  # fmt: skip
    grid.row("wf.locked", "Distributions locked up", "1 or 0", f"={test}", paid.locked.astype(float).tolist(), "count",
             closing=0.0, closing_formula="=0")  # fmt: skip
    least = "{financing.minimum_cash}" if terms.minimum_cash is not None else "0"
    before = f"({_LEFT}-{{wf.filled}})"
    _money(grid, "distribution", "Distributed to equity", f"=IF({{wf.locked}}=1,0,MAX({before}-{least},0))",
           paid.distribution, weight="key")  # fmt: skip
    _account(grid, "cash", "Account at the end", f"={before}-{{wf.distribution}}", paid.cash, "=0", 0.0)
    sources = "{wf.opening}+{wf.inflow}+{wf.drawn}+{wf.released}"
    uses = "-".join(f"{{wf.{x}}}" for x in ("costs", "interest", "principal", "filled", "distribution", "cash"))
    grid.row("wf.balance", "Sources less uses", "USD m", f"=ROUND({sources}-{uses},{{checks.digits}})",
             np.zeros(paid.cash.size).tolist(), "money")  # fmt: skip
    late = sum((_overdue(found, i, x) for i in range(len(paid.tranches)) for x in ("interest", "principal")),
               np.zeros(paid.cash.shape))  # fmt: skip
    parts = "+".join(f"{{wf{i}.interest_late}}+{{wf{i}.principal_late}}" for i in range(len(paid.tranches)))
    _money(grid, "late", "Overdue after the payment", f"={parts}", late, weight="key", total=False)
    _money(grid, "owed", "Owed after the payment, unpaid interest not included", _sum(analysis, "owed"),
           sum((t.closing for t in paid.tranches), np.zeros(paid.cash.shape)), total=False)  # fmt: skip


def _overdue(found: Financed, i: int, part: str) -> Floats:
    line = found.paid.tranches[i]
    return _clean(getattr(line, f"{part}_overdue"), getattr(line, f"{part}_due"))


def _tranche(grid: Grid, analysis: Analysis, found: Financed, i: int) -> None:
    line, rate = found.paid.tranches[i], analysis.tranches[i].rate
    grid.section(f"Paid to: {analysis.tranches[i].name}")

    def row(key: str, label: str, formula: str, values: Floats, total: bool = False) -> None:
        numbers = values / MILLION
        grid.row(f"wf{i}.{key}", label, "USD m", formula, numbers.tolist(), "money",
                 total=float(numbers.sum()) if total else None)  # fmt: skip

    def late(part: str) -> None:
        left = f"{{wf{i}.{part}_due}}-{{wf{i}.{part}_paid}}"
        grid.row(f"wf{i}.{part}_late", f"{part.capitalize()} overdue", "USD m",
                 f"=IF({left}<={{tie}}*{{wf{i}.{part}_due}},0,{left})", (_overdue(found, i, part) / MILLION).tolist(),
                 "money", closing=0.0, closing_formula="=0")  # fmt: skip

    row("scheduled", "Falls due by the schedule alone",
        f"={{wf{i}.owed|prev}}*{{debt{i}.rate}}+{{debt{i}.principal}}", line.scheduled, True)  # fmt: skip
    row("interest_due", "Interest due",
        f"=({{wf{i}.owed|prev}}+{{wf{i}.interest_late|prev}})*{{debt{i}.rate}}+{{wf{i}.interest_late|prev}}",
        line.interest_due)  # fmt: skip
    row("principal_due", "Principal due", f"={{debt{i}.principal}}+{{wf{i}.principal_late|prev}}", line.principal_due)
    for part, values in (("interest", line.interest_paid), ("principal", line.principal_paid)):
        row(f"{part}_paid", f"{part.capitalize()} paid, by what is due",
            f"=IF({{wf.{part}_due}}>0,{{wf{i}.{part}_due}}*{{wf.{part}}}/{{wf.{part}_due}},0)", values,
            True)  # fmt: skip
        late(part)
    assert rate.size == line.closing.size  # noqa: S101  both are by period
    owed = _clean(line.closing, np.full(line.closing.shape, float(line.opening[0])))
    grid.row(f"wf{i}.owed", "Owed after the payment", "USD m",
             f"=IF({{wf{i}.owed|prev}}-{{wf{i}.principal_paid}}<={{tie}}*{{wf{i}.owed|closing}},0,"
             f"{{wf{i}.owed|prev}}-{{wf{i}.principal_paid}})", (owed / MILLION).tolist(), "money", weight="strong",
             closing=float(line.opening[0]) / MILLION, closing_formula=f"={{debt{i}.balance|closing}}")  # fmt: skip


def _reserve(grid: Grid, found: Financed) -> None:
    held = found.paid.reserves[0]
    grid.section("Debt service reserve")
    has = "financing.reserve_months" in grid.page.layout
    months = "{financing.reserve_months}*{periods_per_year}/{months_per_year}" if has else "0"
    grid.row(
        "wf.target",
        "Target: scheduled service of the months ahead, to the dollar",
        "USD m",
        f"=ROUND(SUMPRODUCT(({{period|all}}>{{period}})*({{period|all}}<={{period}}+{months})*{{service|all}}),"
        "{checks.digits})",
        (found.target[1:] / MILLION).tolist(),
        "money",
        closing=found.reserve / MILLION,
    )
    _account(grid, "reserve", "Held after the payment", f"=MIN({_HELD},{{wf.target}})+{{wf.filled}}",
             held.closing, "={wf.target|closing}", found.reserve)  # fmt: skip


def _flows(grid: Grid, analysis: Analysis, found: Financed) -> None:
    grid.section("Flows of the returns")
    fee = "-{wf.lent|closing}+{wf.fee|closing}"
    _account(grid, "lender.flows", "Lender", "={wf.interest}+{wf.principal}", found.lender_flows[1:], f"={fee}",
             float(found.lender_flows[0]), "calc")  # fmt: skip
    last = "IF({period}={period|last},{wf.cash}+{wf.reserve},0)"
    _account(grid, "sponsors.flows", "Equity; at the end also what is left on the accounts",
             f"={{wf.distribution}}+{last}", found.equity_flows[1:], "=-{wf.equity|closing}",
             float(found.equity_flows[0]), "calc")  # fmt: skip
