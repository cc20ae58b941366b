"""Rows of the timeline: what the collateral cost and is worth, in the books, on the market and in a sale."""

import numpy as np

from xlmodel.asset.market import collateral_value, released
from xlmodel.collateral.ltv import loan_to_value
from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Asset
from xlmodel.maths.dates import days
from xlmodel.maths.day_counts import year_fraction
from xlmodel.maths.domain import Floats
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.selling import proceeds, reference
from xlmodel.workbook.timeline.dates import year_share
from xlmodel.workbook.units import MILLION
from xlmodel.workbook.wording import UNDEFINED, shown


def collateral(grid: Grid, analysis: Analysis) -> None:
    """Write the values of every asset, their sums, and the three ratios of the debt to them."""
    assets, sold = analysis.deal.assets, analysis.deal.sale is not None
    years = np.concatenate([[0.0], analysis.timeline.years])
    for i, asset in enumerate(assets):
        grid.section(f"Collateral: {asset.name}")
        _asset(grid, analysis, i, asset, years)
    grid.section("All collateral")
    now, after = analysis.at_close, analysis.values
    for key, label, at_closing, values in (
        ("cost", "Cost", now.cost, after.cost),
        ("book", "Book value", now.book, after.book),
        ("economic", "Economic value", now.economic, after.economic),
        ("liquidation", "Liquidation value", now.liquidation, after.liquidation),
    ):
        if at_closing is None or values is None:
            continue
        part = "{assets[#].cost}" if key == "cost" else f"{{asset#.{key}}}"
        formula = "=" + "+".join(part.replace("#", str(i)) for i in range(len(assets)))
        _row(grid, key, label, "USD m", formula, np.concatenate([at_closing, values]) / MILLION, weight="key")
    _against_debt(grid, analysis)
    grid.section("Loan to value")
    for key, label, worth, ratio in (
        ("nominal", "LTV on cost", "cost", analysis.ltv_nominal),
        ("adjusted", "LTV on economic value", "economic", analysis.ltv_adjusted),
        ("liquidation", "LTV on liquidation value", "liquidation", analysis.ltv_liquidation),
    ):
        value = getattr(now, worth)
        if ratio is None or (key == "liquidation" and not sold):
            continue
        at_closing = loan_to_value(analysis.debt.opening[:1], value)
        formula = f'=IF({{balance}}=0,0,IF({{{worth}}}>0,{{balance}}/{{{worth}}},"{UNDEFINED}"))'
        _row(grid, f"ltv_{key}", label, "%", formula, np.concatenate([at_closing, ratio]), "percent", weight="key")


def _row(
    grid: Grid,
    key: str,
    label: str,
    unit: str,
    formula: str,
    values: Floats,
    kind: str = "money",
    *,
    weight: str = "calc",
) -> None:
    """Write a row whose closing column follows the same formula as its periods; `values` begins with closing."""
    shown(values)
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


def _asset(grid: Grid, analysis: Analysis, i: int, asset: Asset, years: Floats) -> None:
    path, key, deal = f"assets[{i}]", f"asset{i}", analysis.deal
    start, appraised = 0.0, asset.market_value is not None
    if asset.in_service is not None:
        start = _offset(
            grid, analysis, f"{key}.start", "In service, after closing", asset.in_service, f"{path}.in_service"
        )
    releases = []
    for j, release in enumerate(deal.releases):
        if f"release{j}" not in grid.page.layout:
            _offset(
                grid, analysis, f"release{j}", f"{release.name}, after closing", release.date, f"releases[{j}].date"
            )
        releases.append(f"{{release{j}|closing}}")
    since = f"-{{{key}.start|closing}}" if asset.in_service is not None else ""
    used = np.maximum(years - start, 0.0)
    if since:
        _row(grid, f"{key}.age", "Age", "years", f"=MAX({{years}}{since},0)", used, "factor")
    age = f"{{{key}.age}}" if since else "{years}"
    salvage, floor = ("", "0") if asset.salvage is None else (f"-{{{path}.salvage}}", f"{{{path}.salvage}}")
    kept = 0.0 if asset.salvage is None else asset.salvage.value
    _row(
        grid, f"{key}.book", "Book value, straight line", "USD m",
        f"={{{path}.cost}}-({{{path}.cost}}{salvage})*MIN({age}*{{months_per_year}}/{{{path}.useful_life}},1)",
        (asset.cost.value - (asset.cost.value - kept) * np.minimum(used * 12 / asset.useful_life.value, 1.0)) / MILLION,
    )  # fmt: skip
    # An appraisal dates from closing; the decay goes on from there.
    clock, behind = ("{years}", "") if appraised or not since else (age, since)
    if releases:
        factors = [
            f"IF(AND({at}{behind}>0,{clock}>={at}{behind}),1-{{releases[{j}].drop}},1)" for j, at in enumerate(releases)
        ]
        left = released(*_releases(analysis, asset, years))
        _row(grid, f"{key}.left", "Left by newer generations", "%", "=" + "*".join(factors), left, "percent")
    base = f"{{{path}.market_value}}" if appraised else f"{{{path}.cost}}"
    if asset.day_one_loss is not None and not appraised:
        base = f"{base}*(1-{{{path}.day_one_loss}})"
    economic = economic_value(analysis, i, years)
    stepped = f"*{{{key}.left}}" if releases else ""
    _row(
        grid, f"{key}.economic", "Economic value", "USD m",
        f"=MAX({floor},{base}*(1-{{{path}.annual_decay}})^{clock}{stepped})", economic / MILLION,
    )  # fmt: skip
    if deal.sale is not None:
        _sale(grid, analysis, i, asset, economic)


def economic_value(analysis: Analysis, index: int, years: Floats) -> Floats:
    """Return the economic value of one asset so many years after closing, in USD."""
    asset = analysis.deal.assets[index]
    held, ages, drops = _releases(analysis, asset, years)
    appraised = asset.market_value is not None
    return collateral_value(
        asset.cost.value if asset.market_value is None else asset.market_value.value,
        held, asset.annual_decay.value, ages, drops,
        0.0 if asset.salvage is None else asset.salvage.value,
        0.0 if appraised or asset.day_one_loss is None else asset.day_one_loss.value,
    )  # fmt: skip


def _releases(analysis: Analysis, asset: Asset, years: Floats) -> tuple[Floats, list[float], list[float]]:
    """Ages of the asset, and the releases still to come on the same clock."""
    start = 0.0
    if asset.market_value is None and asset.in_service is not None:
        start = since_closing(analysis, asset.in_service)
    ahead = [(since_closing(analysis, r.date) - start, r.drop.value) for r in analysis.deal.releases]
    ahead = [(age, drop) for age, drop in ahead if age > 0]
    return np.maximum(years - start, 0.0), [age for age, _ in ahead], [drop for _, drop in ahead]


def _sale(grid: Grid, analysis: Analysis, i: int, asset: Asset, economic: Floats) -> None:
    """Write what a sale on each date would bring, by the shares and costs of the Haircut sheet."""
    sale, key = analysis.deal.sale, f"asset{i}"
    assert sale is not None  # noqa: S101  the caller asked
    start = "economic" if sale.unit_price is None else "reference"
    worth = reference(asset, analysis, economic / MILLION)
    if sale.unit_price is not None:
        _row(
            grid, f"{key}.reference", "Value at the price on the index", "USD m",
            f"={{assets[{i}].units}}*{{sale.unit_price}}/{{million}}", worth,
        )  # fmt: skip
    _row(
        grid, f"{key}.liquidation", "Liquidation value", "USD m",
        f"=MAX(MAX({{{key}.{start}}}*{{sold{i}.kept}}-{{sold{i}.removal}},0)-{{sold{i}.fixed}},0)"
        f"*(1-{{sold{i}.discounting}})",
        proceeds(analysis, i, worth),
    )  # fmt: skip


def _against_debt(grid: Grid, analysis: Analysis) -> None:
    """Write what the chart shows: the debt the economic value covers, and the rest."""
    owed = np.concatenate([analysis.debt.opening[:1], analysis.balance]) / MILLION
    worth = np.concatenate([analysis.at_close.economic, analysis.values.economic]) / MILLION
    _row(grid, "covered", "Debt that the economic value covers", "USD m", "=MIN({balance},{economic})",
         np.minimum(owed, worth))  # fmt: skip
    _row(grid, "shortfall", "Debt under water", "USD m", "=MAX({balance}-{economic},0)", np.maximum(owed - worth, 0.0))
