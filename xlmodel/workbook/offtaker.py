"""The Offtaker sheet: what contracts alone carry, what is owed when they end, what a customer's failure costs."""

from functools import partial
from typing import Final

from xlmodel.deal import Analysis
from xlmodel.deal.offtake import Customer, Ending, Offtake, offtake
from xlmodel.workbook.charts import BLACK, GREEN, GREY, NAVY, ORANGE
from xlmodel.workbook.grid import LABEL, Grid
from xlmodel.workbook.loan_charts import flow_chart
from xlmodel.workbook.panel import beside, follow
from xlmodel.workbook.sheet import Chart, Page
from xlmodel.workbook.timeline.cash import starts
from xlmodel.workbook.wording import UNDEFINED

_LINES: Final = (
    ("off.before", "CFADS before tax", GREY, "dash"),
    ("off.kept", "Cash from contracts alone", NAVY, "solid"),
    ("off.service", "Debt service", ORANGE, "round_dot"),
)

_CLOCKS: Final = (960, 260)


def offtaker(page: Page, analysis: Analysis) -> None:
    """Write the sheet of a deal with contracts."""
    found = offtake(analysis)
    grid = follow(page, analysis, f"Offtaker: {analysis.deal.name}",
                  "What the debt lives on once only contracts pay, and once one does not. Before tax.")  # fmt: skip
    top = grid.next_row + 2
    _figures(grid, analysis, found)
    months = round(12 * float(analysis.timeline.years[-1]))
    title = "Cash from contracts alone, all cash, and the debt service"
    beside(
        grid,
        lambda book, layout: flow_chart(book, layout, _LINES, title, months),
        "Three lines over the periods: cash flow before tax, what the contracts alone leave after cost, and the debt "
        "service. Where the contracts end, the second line falls below 0.",
        top,
    )
    _alone(grid, analysis, found)
    _clocks(grid, analysis, months)
    for i, (contract, customer) in enumerate(zip(analysis.deal.contracts, found.customers, strict=True)):
        if customer is not None:
            grid.section(f"If the customer of {contract.name} fails")
            _customer(grid, analysis, i, customer)
    grid.finish()


def _figures(grid: Grid, analysis: Analysis, found: Offtake) -> None:
    name = f"contracted-only {analysis.coverage_name}"
    grid.section("Key figures")
    grid.scalar("off.lowest", f"Lowest {name}", "x",
                f'=IF(COUNT({{off.dscr|all}})=0,"{UNDEFINED}",MIN({{off.dscr|all}}))', "multiple")  # fmt: skip
    short = "({off.service|all}>0)*({off.kept|all}<{off.service|all})"
    grid.scalar(
        "off.first",
        "First period in which contracts alone do not pay the debt",
        "date",
        f'=IF(SUMPRODUCT({short})>0,INDEX({{date|all}},MATCH(1,INDEX({short},0),0)),"{UNDEFINED}")',
        "date",
    )
    for i, ending in enumerate(found.endings):
        _ending(grid, analysis, i, ending)
    for i, (contract, customer) in enumerate(zip(analysis.deal.contracts, found.customers, strict=True)):
        if customer is not None:
            grid.scalar(f"off{i}.lost", f"Expected loss if the customer of {contract.name} fails", "USD m",
                        f"={{off{i}.expected|total}}", "money")  # fmt: skip


def _ending(grid: Grid, analysis: Analysis, i: int, ending: Ending) -> None:
    """Write what is owed on a unit when a contract has run its term, and what the unit is sold for."""
    contract = analysis.deal.contracts[i]
    name, key = contract.name, f"off{i}"
    fleet = "(" + "+".join(f"{{assets[{n}].units}}" for n in range(len(analysis.deal.assets))) + ")"
    term = f"{starts(contract, i)}+{{contracts[{i}].term}}/{{months_per_year}}-{{instant}}"
    grid.scalar(f"{key}.end", f"{name} ends in period", "number",
                f"=MAX(SUMPRODUCT(--(({{years|all}}-{{length|all}})<{term})),1)", "count")  # fmt: skip
    at = f"{{{key}.end|closing}}"
    worth = "economic" if analysis.values.liquidation is None else "liquidation"
    one = len(analysis.deal.assets) == 1 and analysis.deal.assets[0].units.value == 1
    unit, each = ("USD", "") if one else ("USD a unit", " a unit")
    grid.scalar(f"{key}.debt", f"Debt{each} then", unit, f"=INDEX({{balance|all}},{at})*{{million}}/{fleet}",
                "count")  # fmt: skip
    grid.scalar(
        f"{key}.resale",
        f"Resale{each} then, after cost of sale" if worth == "liquidation" else f"Market value{each} then",
        unit,
        f"=INDEX({{{worth}|all}},{at})*{{million}}/{fleet}",
        "count",
    )
    grid.scalar(f"{key}.cover", "Resale over debt then", "x",
                f'=IF({{{key}.debt|closing}}>0,{{{key}.resale|closing}}/{{{key}.debt|closing}},"{UNDEFINED}")',
                "multiple")  # fmt: skip


def _alone(grid: Grid, analysis: Analysis, found: Offtake) -> None:
    """Write the coverage that contracts alone give."""
    deal = analysis.deal
    grid.section("Contracts alone")
    prepaid = any(contract.prepayment is not None for contract in deal.contracts)
    grid.money("off.cash", "Cash from contracts" + (" and prepayments" if prepaid else ""),
           "={contract_revenue}" + ("+{prepayment_received}+{prepayment_credit}" if prepaid else ""))  # fmt: skip
    # The timeline shows credits as negative, and the part of the cost that follows revenue apart.
    variable = "+(1-{opex.project_margin})*{contract_revenue}" if deal.opex.project_margin is not None else ""
    grid.money("off.costs", "Operating cost of the whole fleet", f"={{rent.fixed}}{variable}")
    grid.money("off.kept", "Cash from contracts alone, after cost", "={off.cash}-{off.costs}",
           "strong")  # fmt: skip
    grid.money("off.service", "Debt service", "={service}")
    grid.row("off.dscr", f"Contracted-only {analysis.coverage_name}", "x",
             f'=IF({{off.service}}>0,{{off.kept}}/{{off.service}},"{UNDEFINED}")', "multiple",
             weight="key")  # fmt: skip
    back = "({period|all}<={period})*({period|all}>{period}-{periods_per_year})"
    cash, due = (f"SUMPRODUCT({back}*{{off.{key}|all}})" for key in ("kept", "service"))
    grid.row("off.dscr_ltm", "The same over the last 12 months", "x",
             f'=IF(AND({{period}}>={{periods_per_year}},{due}>0),{cash}/{due},"{UNDEFINED}")', "multiple")  # fmt: skip
    grid.row("off.to_come", "Contract revenue still to come", "USD m",
             "=SUMPRODUCT(({period|all}>{period})*{contract_revenue|all})", "money",
             closing=True)  # fmt: skip
    before = "pre_tax" if analysis.tax is not None else "cfads"
    grid.money("off.before", "CFADS before tax, all revenue", f"={{{before}}}")


def _clocks(grid: Grid, analysis: Analysis, months: int) -> None:
    """Draw what is owed against what stands behind it: hardware that loses value, and a contract that runs off."""
    grid.section("Two clocks")
    lines = [("balance", "Owed", BLACK, "solid"), ("economic", "Market value of the hardware", NAVY, "dash")]
    if analysis.values.liquidation is not None:
        lines.append(("liquidation", "Its sale value, net", ORANGE, "round_dot"))
    lines.append(("off.to_come", "Contract revenue still to come", GREEN, "long_dash"))
    told = (
        "Debt outstanding against the value of the hardware and the contract revenue still to come, by period: where "
        "the first line lies above the others, nothing stands behind the loan."
    )
    drawing = partial(flow_chart, lines=lines, title="Owed, and what stands against it", months=months, part="path")
    grid.page.charts.append(Chart(grid.next_row, LABEL, drawing, told, *_CLOCKS))
    grid.next_row = grid.page.charts[-1].last_row + 1


def _customer(grid: Grid, analysis: Analysis, i: int, found: Customer) -> None:
    """Write what is left of the debt when the customer of one contract leaves with the period."""
    contract, key, path = analysis.deal.contracts[i], f"off{i}", f"contracts[{i}].offtaker"
    terms = contract.offtaker
    assert terms is not None  # noqa: S101  a customer is described
    gone = f"(1-EXP(-{{{path}.default_rate}}*{{years}}))"
    if terms.guarantor_default_rate is not None:
        behind = f"(1-EXP(-{{{path}.guarantor_default_rate}}*{{years}}))"
        apart = f"{gone}*{behind}"
        theta = f"{{{path}.dependence}}"
        gone = apart if terms.dependence is None else f"((1-{theta})*{apart}+{theta}*MIN({gone},{behind}))"
    who = "it or its guarantor" if terms.guarantor_default_rate is not None else "it"
    grid.row(
        f"{key}.survival",
        f"Probability that {who} still pays",
        "%",
        f"=1-{gone}",
        "percent",
        closing=True,
        closing_formula="=1",
    )
    to_come = f"SUMPRODUCT(({{period|all}}>{{period}})*{{contract{i}|all}})"
    grid.money(f"{key}.to_come", "Fees still to come", f"={to_come}", total=False)
    less, prepaid = "", contract.prepayment is not None
    if prepaid:
        grid.money(f"{key}.ahead", "Prepayments not yet credited", f"={{prepaid{i}.closing}}",
               total=False)  # fmt: skip
        less = f"-{{{key}.ahead}}"
    if terms.termination is not None:
        grid.money(f"{key}.claim", "Termination payment" + (", less prepayments" if prepaid else ""),
               f"=MAX({{{path}.termination}}*{{{key}.to_come}}{less},0)", total=False)  # fmt: skip
        letter = "0" if terms.letter_of_credit is None else f"MIN({{{key}.claim}},{{{path}.letter_of_credit}})"
        part = "0" if terms.recovery is None else f"{{{path}.recovery}}*({{{key}.claim}}-{letter})"
        grid.money(f"{key}.proceeds", "Received of it", f"={letter}+{part}", total=False)
    grid.money(f"{key}.owed", "Owed", "={balance}", total=False)
    row = "economic" if analysis.values.liquidation is None else "liquidation"
    grid.money(f"{key}.worth", "Value of the hardware, sold then" if row == "liquidation" else
           "Market value of the hardware", f"={{{row}}}", total=False)  # fmt: skip
    paid = f"-{{{key}.proceeds}}" if terms.termination is not None else ""
    grid.money(f"{key}.short", "Debt that neither pays", f"=MAX({{{key}.owed}}{paid}-{{{key}.worth}},0)",
           "key", total=False)  # fmt: skip
    term = f"{starts(contract, i)}+{{contracts[{i}].term}}/{{months_per_year}}-{{instant}}"
    grid.money(
        f"{key}.expected",
        "Expected loss of the period",
        f"=IF({{years}}-{{length}}<{term},({{{key}.survival|prev}}-{{{key}.survival}})*{{{key}.short}},0)",
    )
