"""Rows of the timeline: what the collateral cost and is worth, in the books, on the market and in a sale."""

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Asset, Sale
from xlmodel.maths.dates import days
from xlmodel.maths.day_counts import year_fraction
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.selling import WAIT, Block, blocks
from xlmodel.workbook.timeline.dates import year_share
from xlmodel.workbook.wording import UNDEFINED


def collateral(grid: Grid, analysis: Analysis) -> None:
    """Write the values of every asset, their sums, and the three ratios of the debt to them."""
    assets, sold = analysis.deal.assets, analysis.deal.sale is not None
    for i, asset in enumerate(assets):
        grid.section(f"Collateral: {asset.name}")
        _asset(grid, analysis, i, asset)
    if sold:
        for block in blocks(analysis):
            _sale(grid, analysis, block)
    grid.section("All collateral")
    for key, label in (("cost", "Cost"), ("book", "Book value"), ("economic", "Market value (FMV)")):
        part = "{assets[#].cost}" if key == "cost" else f"{{asset#.{key}}}"
        formula = "=" + "+".join(part.replace("#", str(i)) for i in range(len(assets)))
        _row(grid, key, label, "USD m", formula, weight="key")
    if sold:
        found = blocks(analysis)
        formula = "=" + "+".join(f"{{market{block.index}.liquidation}}" for block in found)
        if len(found) > 1:
            fixed = "{sale.fixed_cost}" if deal_sale(analysis).fixed_cost is not None else "0"
            wait = f"*(1+{{sale.discount}})^-{WAIT}" if deal_sale(analysis).discount is not None else ""
            formula = f"=MAX({formula[1:]}-{fixed},0){wait}"
        _row(grid, "liquidation", "Net liquidation proceeds", "USD m", formula, weight="key")
    _against_debt(grid, analysis)
    grid.section("Loan to value")
    for key, label, worth in (
        ("nominal", "LTC (loan to cost)", "cost"),
        ("adjusted", "LTV (market value)", "economic"),
        ("liquidation", "LTV (net liquidation value)", "liquidation"),
    ):
        if key == "liquidation" and not sold:
            continue
        formula = f'=IF({{balance}}=0,0,IF({{{worth}}}>0,{{balance}}/{{{worth}}},"{UNDEFINED}"))'
        _row(grid, f"ltv_{key}", label, "%", formula, "percent", weight="key")


def _row(
    grid: Grid,
    key: str,
    label: str,
    unit: str,
    formula: str,
    kind: str = "money",
    *,
    weight: str = "calc",
) -> None:
    """Write a row whose closing column follows the same formula as its periods."""
    grid.row(key, label, unit, formula, kind, weight=weight, closing=True)


def since_closing(analysis: Analysis, date: object) -> float:
    """Return the years from closing to a date by 30/360, negative before closing."""
    day, closing = days("date", date), days("closing", analysis.closing)
    if day >= closing:
        return float(year_fraction(closing, day, "30/360"))
    return -float(year_fraction(day, closing, "30/360"))


def _offset(grid: Grid, analysis: Analysis, key: str, label: str, date: object, path: str) -> float:
    """Write how many years after closing a date lies, in the closing column."""
    years, cell, closing = since_closing(analysis, date), f"{{{path}}}", "{timeline.closing}"
    grid.scalar(
        key, label, "years",
        f"=IF({cell}>={closing},{year_share('30/360', closing, cell)},-{year_share('30/360', cell, closing)})",
        "factor",
    )  # fmt: skip
    return years


def _asset(grid: Grid, analysis: Analysis, i: int, asset: Asset) -> None:
    path, key, deal = f"assets[{i}]", f"asset{i}", analysis.deal
    _start, appraised = 0.0, asset.market_value is not None
    if asset.in_service is not None:
        _offset(grid, analysis, f"{key}.start", "In service, after closing", asset.in_service, f"{path}.in_service")
    releases = []
    for j, release in enumerate(deal.releases):
        if f"release{j}" not in grid.page.layout:
            _offset(
                grid, analysis, f"release{j}", f"{release.name}, after closing", release.date, f"releases[{j}].date"
            )
        releases.append(f"{{release{j}|closing}}")
    since = f"-{{{key}.start|closing}}" if asset.in_service is not None else ""
    if since:
        _row(grid, f"{key}.age", "Age", "years", f"=MAX({{years}}{since},0)", "factor")
    age = f"{{{key}.age}}" if since else "{years}"
    salvage, floor = ("", "0") if asset.salvage is None else (f"-{{{path}.salvage}}", f"{{{path}.salvage}}")
    _row(
        grid, f"{key}.book", "Book value, straight line", "USD m",
        f"={{{path}.cost}}-({{{path}.cost}}{salvage})*MIN({age}*{{months_per_year}}/{{{path}.useful_life}},1)",
    )  # fmt: skip
    # An appraisal dates from closing; the decay goes on from there.
    clock, behind = ("{years}", "") if appraised or not since else (age, since)
    if releases:
        factors = [
            f"IF(AND({at}{behind}>=0,{clock}>={at}{behind}),1-{{releases[{j}].drop}},1)"
            for j, at in enumerate(releases)
        ]
        _row(grid, f"{key}.left", "Left by newer generations", "%", "=" + "*".join(factors), "percent")
    base = f"{{{path}.market_value}}" if appraised else f"{{{path}.cost}}"
    if asset.day_one_loss is not None and not appraised:
        base = f"{base}*(1-{{{path}.day_one_loss}})"
    stepped = f"*{{{key}.left}}" if releases else ""
    _row(
        grid, f"{key}.economic", "Market value (FMV)", "USD m",
        f"=MAX({floor},{base}*(1-{{{path}.annual_decay}})^{clock}{stepped})",
    )  # fmt: skip
    if deal.sale is not None and deal.sale.unit_price is not None:
        first = f"{{{key}.economic|closing}}"
        _row(
            grid, f"{key}.reference", "Value at the price quoted at closing, falling as the market value does", "USD m",
            f"=IF({first}>0,{{assets[{i}].units}}*{{sale.unit_price}}/{{million}}*{{{key}.economic}}/{first},0)",
        )  # fmt: skip


def deal_sale(analysis: Analysis) -> Sale:
    """Return the assumptions of the sale."""
    sale = analysis.deal.sale
    assert sale is not None  # noqa: S101  the caller asked
    return sale


def _sale(grid: Grid, analysis: Analysis, block: Block) -> None:
    """Write what a sale on each date would bring of one block, by the shares and costs of the Haircut sheet."""
    sale, key = deal_sale(analysis), f"sold{block.index}"
    worth = block.summed("{asset#.economic}" if sale.unit_price is None else "{asset#.reference}")
    several = len(blocks(analysis)) > 1
    left = f"MAX(({worth})*{{{key}.kept}}-{{{key}.removal}},0)"
    formula = f"={left}" if several else f"=MAX({left}-{{{key}.fixed}},0)*(1-{{{key}.discounting}})"
    what = "before the fixed cost and the wait" if several else "after all costs, today"
    _row(grid, f"market{block.index}.liquidation", f"{block.name}: proceeds of a sale, {what}", "USD m", formula)


def _against_debt(grid: Grid, analysis: Analysis) -> None:
    """Write what the chart shows: the debt the economic value covers, and the rest."""
    _row(grid, "covered", "Balance covered by market value", "USD m", "=MIN({balance},{economic})")
    _row(grid, "shortfall", "Collateral shortfall", "USD m", "=MAX({balance}-{economic},0)")
