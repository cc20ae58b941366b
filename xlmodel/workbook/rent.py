"""The Rent sheet: what the hardware earns an hour, under which contract, and what it would have to earn."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Contract
from xlmodel.deal.rent import RentNeed, rent_need
from xlmodel.deal.terms.contracts import invoiced
from xlmodel.errors import NO_REVENUE
from xlmodel.loan.breakeven import SEARCH
from xlmodel.loan.coverage import cover
from xlmodel.maths.dates import to_serial
from xlmodel.workbook.charts import Line
from xlmodel.workbook.grid import FIRST, Grid
from xlmodel.workbook.loan_charts import rent_chart
from xlmodel.workbook.panel import beside, follow, highest
from xlmodel.workbook.sheet import Page
from xlmodel.workbook.timeline.cash import starts
from xlmodel.workbook.wording import UNDEFINED, day

NEVER: Final = "none"
"""Stands where no fall or rise of the rent in the range covers a period."""
_DASHES: Final = ("square_dot", "dash_dot", "long_dash")
"""How contract prices are drawn beside the rent, those of the first contracts."""


def rent(page: Page, analysis: Analysis) -> None:
    """Write the sheet."""
    need = rent_need(analysis)
    subtitle = (
        "Break-even is where the cash just pays the debt. Cost that a project margin leaves moves with revenue, "
        "other operating cost does not."
    )
    grid = follow(page, analysis, f"Rent: {analysis.deal.name}", subtitle)
    top = grid.next_row + 2
    _figures(grid, analysis, need)
    _chart(grid, analysis, need, top)
    _paths(grid, analysis)
    _sources(grid, analysis)
    _break_even(grid, analysis, need)
    if analysis.deal.merchant is not None:
        _spot(grid, analysis, need)
    grid.finish()


def _figures(grid: Grid, analysis: Analysis, need: RentNeed) -> None:
    """Write the key figures at the top; the chart stands beside them."""
    grid.section("Key figures")
    serials = to_serial(analysis.dates)
    most, _, when, _ = highest("rent.multiple", need.multiple, serials)
    grid.scalar("rent.binding", "Highest break-even multiple of revenue", "x", most, "multiple")
    grid.scalar("rent.binding.date", "In the period ending", "date", when, "date")
    grid.scalar(
        "rent.headroom", "Fall that the first period can take", "%",
        f'=IF(ISNUMBER({{rent.multiple|first}}),1-{{rent.multiple|first}},"{UNDEFINED}")',
        "percent",
    )  # fmt: skip
    _due, _kept = (
        analysis.debt_service,
        need.margin * (analysis.earnings.contract_revenue + analysis.earnings.merchant_revenue),
    )
    grid.scalar(
        "rent.short", "Periods whose revenue is below break-even", "periods",
        "=SUMPRODUCT(({rent.service|all}>0)*({rent.need|all}>{rent.kept|all}*(1+{tie})))", "count",
    )  # fmt: skip
    if need.deflation is not None:
        grid.scalar(
            "rent.deflation", "Break-even deflation of the spot rent", "% a year",
            f'=IF(COUNTIF({{rent.fall|all}},"{NEVER}")+(COUNT({{rent.fall|all}})=0)>0,"{UNDEFINED}",'
            "MIN({rent.fall|all}))",
            "rate",
        )  # fmt: skip
        merchant = analysis.deal.merchant
        assert merchant is not None and merchant.annual_deflation is not None  # noqa: S101, PT018  the rent falls
        grid.scalar(
            "rent.assumed", "Deflation the deal assumes", "% a year", "={merchant.annual_deflation}",
            "rate",
        )  # fmt: skip


def _paths(grid: Grid, analysis: Analysis) -> None:
    """Write spot rent, contract prices, and how much is under contract."""
    deal, line = analysis.deal, analysis.timeline
    grid.section("Rent and contracts")
    if deal.merchant is not None:
        grid.row("rent.spot", "Spot rent", "USD a unit-hour", "={rental}", "price")
    _held, shares = np.zeros(line.years.size), []
    for i, contract in enumerate(deal.contracts):
        if contract.price is None or contract.share is None:
            continue
        grid.row(
            f"rent.price{i}", f"{contract.name}: price", "USD a unit-hour",
            f'=IF({{contract{i}.hours}}>0,{_paid(i, contract)},"{UNDEFINED}")', "price",
        )  # fmt: skip
        shares.append(f"{{contract{i}.hours}}")
    if shares:
        bound = "+".join(shares)
        _roll_off(grid, "Contracted capacity (%)", f"=IF({{units}}*{{hours}}>0,({bound})/({{units}}*{{hours}}),0)")
    elif deal.contracts:
        each = []
        for i, contract in enumerate(deal.contracts):
            start, term = starts(contract, i), f"{{contracts[{i}].term}}/{{months_per_year}}"
            end = term if start == "0" else f"{start}+{term}"
            each.append(f"MAX(0,MIN({end},{{years}})-MAX({{years}}-{{length}},{start}))/{{length}}")
        _roll_off(grid, "Share of the period under contract", f"=MAX({','.join(each)})")


def _paid(i: int, contract: Contract) -> str:
    """The formula of what a contract pays for an hour that it takes."""
    shares = [
        f"{{contracts[{i}].{name}}}" for name in ("take_or_pay", "own_usage") if getattr(contract, name) is not None
    ]
    payable = f"*MAX({','.join(shares)})" if contract.take_or_pay is not None else ""
    plain = contract.escalation is None and not contract.steps and not contract.renewals
    return f"{{contracts[{i}].price}}" if plain else f"{{contract{i}}}*{{million}}/({{contract{i}.hours}}{payable})"


def _roll_off(grid: Grid, label: str, formula: str) -> None:
    """Write what is under contract, and what runs out with the period before."""
    grid.row(
        "rent.contracted", label, "%", formula, "percent", closing=True,
        closing_formula="={rent.contracted|first}",
    )  # fmt: skip
    grid.row(
        "rent.rolled", "Rolls off as the period begins", "%",
        "=IF({rent.contracted|prev}-{rent.contracted}>{tie},{rent.contracted|prev}-{rent.contracted},0)",
        "percent",
    )  # fmt: skip


def _sources(grid: Grid, analysis: Analysis) -> None:
    """Write revenue by source."""
    deal, earned = analysis.deal, analysis.earnings
    grid.section("Revenue by source, as invoiced")
    if deal.contracts:
        grid.money("rent.from_contracts", "Contracts", "={contract_revenue}")
    if deal.merchant is not None:
        grid.money("rent.from_spot", "Uncontracted (spot) revenue", "={merchant_revenue}")
    parts = [
        key for key, there in (("from_contracts", bool(deal.contracts)), ("from_spot", deal.merchant is not None))
        if there
    ]  # fmt: skip
    revenue = earned.contract_revenue + earned.merchant_revenue
    grid.money("rent.revenue", "Revenue", "=" + "+".join(f"{{rent.{p}}}" for p in parts), weight="strong")
    if len(parts) > 1:
        with np.errstate(invalid="ignore", divide="ignore"):
            np.where(revenue > 0, earned.contract_revenue / revenue, np.nan)
        grid.row(
            "rent.share", "Share of revenue from contracts", "%",
            f'=IF({{rent.revenue}}>0,{{rent.from_contracts}}/{{rent.revenue}},"{UNDEFINED}")', "percent",
        )  # fmt: skip


def _break_even(grid: Grid, analysis: Analysis, need: RentNeed) -> None:
    """Write what revenue must bring and the multiple of it."""
    deal, _earned = analysis.deal, analysis.earnings
    grid.section("Break-even of all revenue")
    grid.money("rent.service", "Debt service", "={service}")
    margin = "" if deal.opex.project_margin is None else "*{opex.project_margin}"
    fixed = "=MAX({opex}-{cost.margin},0)" if margin else "={opex}"
    grid.money("rent.fixed", "Operating cost that does not follow revenue", fixed)
    prepaid = any(contract.prepayment is not None for contract in deal.contracts)
    if prepaid:
        # The timeline shows credits as negative.
        grid.money("rent.ahead", "Prepayments credited less received",
               "=-{prepayment_credit}-{prepayment_received}")  # fmt: skip
    total = "={rent.service}+{rent.fixed}" + ("+{rent.ahead}" if prepaid else "")
    grid.money("rent.need", "Revenue must leave", total, weight="strong")
    grid.money("rent.kept", "Revenue leaves" + (" after the cost that follows it" if margin else ""),
           "={rent.revenue}" + margin)  # fmt: skip
    grid.row(
        "rent.multiple", "Break-even multiple of revenue", "x",
        f'=IF(AND({{rent.service}}>0,{{rent.kept}}>0),MAX({{rent.need}},0)/{{rent.kept}},"{UNDEFINED}")',
        "multiple", weight="key",
    )  # fmt: skip
    if deal.merchant is None:
        grid.row(
            "rent.earned", "Revenue an installed unit-hour", "USD a unit-hour",
            f'=IF({{rent.revenue}}>0,{{rent.revenue}}*{{million}}/({{units}}*{{hours}}),"{UNDEFINED}")',
            "price",
        )  # fmt: skip
        grid.row(
            "rent.even", "Break-even revenue an installed unit-hour", "USD a unit-hour",
            f'=IF(AND(ISNUMBER({{rent.multiple}}),ISNUMBER({{rent.earned}})),{{rent.multiple}}*{{rent.earned}},'
            f'"{UNDEFINED}")',
            "price", weight="key",
        )  # fmt: skip


def _spot(grid: Grid, analysis: Analysis, need: RentNeed) -> None:
    """Write the break-even spot rent while contracts pay as written, and the deflation each period can take."""
    deal, _earned = analysis.deal, analysis.earnings
    margin = "" if deal.opex.project_margin is None else "*{opex.project_margin}"
    grid.section("Break-even of the spot rent" + (", contracts as written" if deal.contracts else ""))
    less = f"-{{rent.from_contracts}}{margin}" if deal.contracts else ""
    grid.money("rent.spot_need", "Spot revenue must leave", f"=IF({{rent.service}}>0,MAX({{rent.need}}{less},0),0)")
    grid.row(
        "rent.even", "Break-even spot rent", "USD a unit-hour",
        f'=IF(AND({{rent.service}}>0,{{rent.from_spot}}{margin}>0),'
        f'{{rent.spot_need}}/({{rent.from_spot}}{margin})*{{rent.spot}},"{UNDEFINED}")',
        "price", weight="key",
    )  # fmt: skip
    if need.deflation_by_period is None:
        page = grid.page
        page.text(
            grid.next_row, 0, "No break-even deflation: this rent does not fall at one rate, or is averaged.", "note"
        )
        grid.next_row += 1
        return
    grid.money("rent.first", "Spot revenue would leave at the rent of closing",
           f"=IF({{rent.spot}}>0,{{rent.from_spot}}*{{merchant.rent}}/{{rent.spot}},0){margin}")  # fmt: skip
    must, have, low, high = "{rent.spot_need}", "{rent.first}", "{rent.low|closing}", "{rent.high|closing}"
    rate = f"1-({must}/{have})^(1/{{moment}})"
    grid.row(
        "rent.fall", "Break-even deflation of the period", "% a year",
        f'=IF({must}<=0,"{UNDEFINED}",IF({have}<=0,"{NEVER}",IF({{moment}}<=0,IF({must}<={have},"{UNDEFINED}",'
        f'"{NEVER}"),IF(LN({must}/{have})>{{moment}}*LN(1-{low}),"{NEVER}",IF({rate}>{high},"{UNDEFINED}",{rate})))))',
        "rate",
    )  # fmt: skip
    for key, label, bound in (("low", "Looked for from", SEARCH[0]), ("high", "Looked for up to", SEARCH[1])):
        row = grid.next_row
        grid.page.text(row, 0, label)
        grid.page.text(row, 1, "% a year", "unit")
        grid.page.name_row(f"rent.{key}", row, grid.columns)
        grid.page.number(row, FIRST - 1, bound, "constant rate")
        grid.page.text(
            row, FIRST, "Convention: beyond it no rate is called a break-even" if key == "low" else "", "unit"
        )
        grid.next_row += 1


def _chart(grid: Grid, analysis: Analysis, need: RentNeed, top: int) -> None:
    """Draw rent, contract prices and the break-even."""
    serials, deal = to_serial(analysis.dates), analysis.deal
    if deal.merchant is not None:
        title, name = "Spot rent against the rent the debt needs", "Break-even spot rent"
        rents = analysis.earnings.rental
        lines = [(Line("rent.spot", "Spot rent", "#1F3864", "solid", 2.25), rents)]
        even = need.spot_multiple * rents
    else:
        title, name = "Revenue an installed unit-hour against what the debt needs", "Break-even revenue"
        earned = analysis.earnings
        hours = analysis.timeline.length * 8760 * earned.units
        rents = cover(earned.contract_revenue + earned.merchant_revenue, hours, NO_REVENUE)
        lines = [(Line("rent.earned", "Revenue an installed unit-hour", "#1F3864", "solid", 2.25), rents)]
        even = need.multiple * rents
    priced = [(i, contract) for i, contract in enumerate(deal.contracts) if contract.price is not None]
    for (i, contract), dash in zip(priced, _DASHES, strict=False):
        look = Line(f"rent.price{i}", f"{contract.name}: price", "#2E7D32", dash, 1.75)
        paid = invoiced(deal, contract, analysis.timeline)
        # Where it does not run its line is broken.
        lines.append((look, np.where(paid > 0, paid, np.nan)))
    lines.append((Line("rent.even", name, "#C00000", "dash", 2.25), even))
    known = need.multiple[~np.isnan(need.multiple)]
    worst = f" At its worst a period needs {known.max():.2f} times its revenue." if known.size else ""
    first, last = (day(np.datetime64(d, "D")) for d in (analysis.dates[0], analysis.dates[-1]))
    beside(
        grid,
        lambda book, layout: rent_chart(book, layout, lines, (float(serials[0]), float(serials[-1])), title),
        f"{title}, USD a unit-hour, from {first} to {last}.{worst}",
        top,
    )
