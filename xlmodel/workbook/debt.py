"""The Debt sheet: every tranche, how well what is still owed is covered, and how long debt and cash live."""

from xlmodel.deal import Analysis
from xlmodel.deal.lives import Lives, lives
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.loan_charts import service_chart
from xlmodel.workbook.panel import beside, follow
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.timeline.cash import starts
from xlmodel.workbook.timeline.debt import SERVICE_AFTER, hedged
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED

_LABELS = 8
"""About so many dates stand on the axis of the chart."""


def debt(page: Page, analysis: Analysis) -> None:
    """Write the sheet."""
    subtitle = "Links to the Timeline, and what follows from it. Cash after the last date is not part of the deal."
    grid = follow(page, analysis, f"Debt: {analysis.deal.name}", subtitle)
    found = lives(analysis)
    top = grid.next_row + 2
    _figures(grid, analysis, found)
    owed, apart = float(analysis.debt.opening[0]) / MILLION, max(1, -(-grid.periods // _LABELS))
    most = float(analysis.debt_service.max()) / MILLION
    beside(
        grid,
        lambda book, layout: service_chart(book, layout, apart, most),
        f"Stacked columns of principal and interest by period, and a line of what is owed after each payment, "
        f"from USD {owed:,.1f} m at closing to nothing.",
        top,
    )
    _all_debt(grid, analysis, found)
    if len(analysis.tranches) > 1:
        for i in range(len(analysis.tranches)):
            _tranche(grid, analysis, i)
    grid.finish()


def rate_of(analysis: Analysis) -> str:
    """Return the formula of the rate of the period, all tranches weighted by their amounts, without its sign =."""
    count = len(analysis.tranches)
    if count == 1:
        return "{debt0.rate}"
    amounts = "+".join(f"{{debt[{i}].amount}}" for i in range(count))
    return "(" + "+".join(f"{{debt[{i}].amount}}*{{debt{i}.rate}}" for i in range(count)) + f")/({amounts})"


def _figures(grid: Grid, analysis: Analysis, found: Lives) -> None:
    """Write the key figures at the top; the chart stands beside them."""
    grid.section("Key figures")

    def years(key: str, label: str, formula: str, value: float) -> None:
        grid.scalar(key, label, "years", formula, "years")

    years("lives.average", "Weighted average life", _average("{lives.principal|all}"), found.average_life)
    if len(analysis.tranches) > 1:
        for i, tranche in enumerate(analysis.tranches):
            years(f"lives.average{i}", f"Average life: {tranche.name}", _average(f"{{debt{i}.principal|all}}"),
                  found.tranche_lives[i])  # fmt: skip
    years("lives.debt", "Duration of the debt service", _average("{lives.service|all}*{lives.factor|all}"), found.debt)
    years("lives.cash", "Duration of the cash", _average("{cfads|all}*{lives.factor|all}"), found.cash)
    years(
        "lives.gap", "Debt outlives its cash by",
        "=IF(AND(ISNUMBER({lives.debt|closing}),ISNUMBER({lives.cash|closing})),"
        f'{{lives.debt|closing}}-{{lives.cash|closing}},"{UNDEFINED}")',
        found.gap,
    )  # fmt: skip
    told = "LLCR at closing" if analysis.coverage_name == "DSCR" else "LLCR at closing, on the cash given"
    grid.scalar("lives.llcr0", told, "x", "={lives.llcr|closing}",
                "multiple")  # fmt: skip
    grid.scalar("lives.icr0", "Lowest interest cover", "x",
                f'=IF(COUNT({{lives.icr|all}})=0,"{UNDEFINED}",MIN({{lives.icr|all}}))', "multiple")  # fmt: skip
    _repaid(grid, analysis)


def _average(weights: str) -> str:
    """The average time of money by period."""
    return f'=IF(SUMPRODUCT({weights})>0,SUMPRODUCT({{years|all}}*{weights})/SUMPRODUCT({weights}),"{UNDEFINED}")'


def _repaid(grid: Grid, analysis: Analysis) -> None:
    """Write how much is repaid when each contract and the life of each asset ends."""
    deal, month = analysis.deal, "{months_per_year}"
    ends = [
        (
            f"contract{i}",
            f"Repaid when {contract.name} ends",
            f"{starts(contract, i)}+{{contracts[{i}].term}}/{month}",
        )
        for i, contract in enumerate(deal.contracts)
    ]
    for i, asset in enumerate(deal.assets):
        start = "" if asset.in_service is None else f"+{{asset{i}.start|closing}}"
        ends.append((
            f"asset{i}", f"Repaid when {asset.name} is written off", f"{{assets[{i}].useful_life}}/{month}{start}",
        ))  # fmt: skip
    for key, label, formula in ends:
        grid.scalar(
            f"lives.repaid.{key}", label, "%",
            f"=SUMPRODUCT(({{years|all}}<=({formula})*(1+{{tie}}))*{{lives.principal|all}})/{{lives.balance|closing}}",
            "percent",
        )  # fmt: skip


def _all_debt(grid: Grid, analysis: Analysis, found: Lives) -> None:
    """Write the debt as a whole, and the coverage of what is still owed."""
    several = len(analysis.tranches) > 1
    grid.section("All debt" if several else f"Debt: {analysis.tranches[0].name}")
    for key, label, weight in (
        ("interest", "Interest", "calc"),
        ("principal", "Principal", "calc"),
        ("service", SERVICE_AFTER if hedged(analysis) else "Debt service", "strong"),
    ):
        grid.row(
            f"lives.{key}", label, "USD m", f"={{{key}}}", "money", weight=weight,
            total=True,
        )  # fmt: skip
    grid.row("lives.balance", "Owed after the payment", "USD m", "={balance}", "money", weight="key", closing=True)
    grid.row("lives.left", "Still owed, of the debt at closing", "%", "={lives.balance}/{lives.balance|closing}",
             "percent", closing=True)  # fmt: skip
    grid.section("Coverage of what is still owed")
    floor = "{tie}*{lives.balance|closing}"
    cash = "CFADS" if analysis.deal.cash is None else f"CFADS: {analysis.deal.cash.name}"
    grid.row("lives.cfads", cash, "USD m", "={cfads}", "money",
             total=True)  # fmt: skip
    paid = "({lives.interest}-{rates.settlement})" if hedged(analysis) else "{lives.interest}"
    grid.row("lives.icr", "Interest cover, cash over interest", "x",
             f'=IF({paid}>0,{{lives.cfads}}/{paid},"{UNDEFINED}")', "multiple", weight="key")  # fmt: skip
    grid.row("lives.owed", "Debt is owed as the period begins", "1 or 0",
             f"=IF({{lives.balance|prev}}>{floor},1,0)", "count")  # fmt: skip
    rate = rate_of(analysis)
    if several:
        rate = f"IF({{lives.owed}}=1,{{lives.interest}}/{{lives.balance|prev}},{rate})"
    grid.row("lives.rate", "Rate of the period on what is owed", "%", f"={rate}", "rate long")
    grid.row("lives.factor", "Value at closing of 1 paid now", "factor", "={lives.factor|prev}/(1+{lives.rate})",
             "factor", closing=True, closing_formula="=1")  # fmt: skip
    grid.row("lives.worth", "Cash while debt is owed, valued at closing", "USD m",
             "={lives.cfads}*{lives.owed}*{lives.factor}", "money",
             total=True)  # fmt: skip
    grid.row(
        "lives.llcr", "LLCR after the payment", "x",
        f"=IF({{lives.balance}}>{floor},SUMPRODUCT(({{period|all}}>{{period}})*{{lives.worth|all}})"
        f'/({{lives.factor}}*{{lives.balance}}),"{UNDEFINED}")',
        "multiple", weight="key", closing=True,
    )  # fmt: skip


def _tranche(grid: Grid, analysis: Analysis, i: int) -> None:
    _plan, key = analysis.tranches[i].schedule, f"debt{i}"
    grid.section(f"Debt: {analysis.tranches[i].name}")
    for part, label in (
        ("interest", "Interest"),
        ("principal", "Principal"),
        ("service", "Debt service"),
    ):
        grid.row(f"lives.{key}.{part}", label, "USD m", f"={{{key}.{part}}}", "money",
                 total=True)  # fmt: skip
    grid.row(f"lives.{key}.balance", "Owed after the payment", "USD m", f"={{{key}.balance}}",
             "money", weight="strong",
             closing=True)  # fmt: skip
