"""What secures a deal: book, economic and liquidation value of its hardware on any date, and the haircut of a sale."""

from dataclasses import dataclass, replace

import numpy as np

from xlmodel.asset.carrying import book_value
from xlmodel.asset.market import collateral_value
from xlmodel.collateral.haircut import Haircut, haircut
from xlmodel.deal.inputs import Asset, Deal, Sale
from xlmodel.deal.quantity import amount, given
from xlmodel.deal.timeline import Timeline
from xlmodel.maths.day_counts import year_fraction
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Values:
    """What the collateral is worth: arrays over the dates, or single numbers at closing.

    `liquidation` is None where the deal assumes no sale.
    """

    cost: Floats
    book: Floats
    economic: Floats
    liquidation: Floats | None


def values_of(deal: Deal, line: Timeline, years: Floats) -> Values:
    """Return the values of all assets together, so many years after closing."""
    cost, book, economic = (np.zeros(years.shape) for _ in range(3))
    liquidation = None if deal.sale is None else np.zeros(years.shape)
    for asset in deal.assets:
        cost += asset.cost.value
        book += _book(asset, line, years)
        worth = market_value(asset, deal, line, years)
        economic += worth
        if deal.sale is not None and liquidation is not None:
            liquidation += np.asarray(_sold(asset, worth, deal.sale, len(deal.assets)).present_value)
    return Values(cost, book, economic, liquidation)


def haircut_of(deal: Deal, sale: Sale, line: Timeline, years: float) -> Haircut:
    """Return the haircut of all assets sold on one date, money added up."""
    cuts = [_sold(a, market_value(a, deal, line, np.array([years])), sale, len(deal.assets)) for a in deal.assets]
    reference = np.asarray(sum(c.reference_value for c in cuts))
    present = np.asarray(sum(c.present_value for c in cuts))
    lost = np.where(reference > 0, 1 - present / np.where(reference > 0, reference, 1.0), cuts[0].total)
    parts = {name: np.asarray(sum(c.parts[name] for c in cuts)) for name in cuts[0].parts}
    return replace(
        cuts[0],
        total=lost,
        reference_value=reference,
        net_proceeds=np.asarray(sum(c.net_proceeds for c in cuts)),
        present_value=present,
        parts=parts,
        shortfall=np.asarray(sum(c.shortfall for c in cuts)),
    )


def range_at_closing(deal: Deal, line: Timeline) -> tuple[float, float] | None:
    """Return the lowest and highest value that was found for the hardware, None where nobody gave a range."""
    if all(asset.market_value_low is None for asset in deal.assets):
        return None
    ends = np.zeros(2)
    for asset in deal.assets:
        if asset.market_value_low is not None and asset.market_value_high is not None:
            ends += [asset.market_value_low.value, asset.market_value_high.value]
        else:
            ends += market_value(asset, deal, line, np.zeros(1))[0]
    return float(ends[0]), float(ends[1])


def _age(asset: Asset, line: Timeline, years: Floats) -> Floats:
    """Years in service, 0 before."""
    return np.maximum(years - _since_closing(asset.in_service, line), 0.0)


def _since_closing(date: object, line: Timeline) -> float:
    """Years from closing to a date, negative before closing."""
    if date is None:
        return 0.0
    day = np.datetime64(str(date), "D")
    if day >= line.closing:
        return float(year_fraction(np.array([line.closing]), np.array([day]), "30/360")[0])
    return -float(year_fraction(np.array([day]), np.array([line.closing]), "30/360")[0])


def _book(asset: Asset, line: Timeline, years: Floats) -> Floats:
    life = asset.useful_life.value / 12
    return book_value(asset.cost.value, amount(asset.salvage), life, _age(asset, line, years))


def market_value(asset: Asset, deal: Deal, line: Timeline, years: Floats) -> Floats:
    """Return what one asset is worth in place and in use, USD, so many years after closing."""
    start = 0.0 if asset.market_value is not None else _since_closing(asset.in_service, line)
    base = asset.cost.value if asset.market_value is None else asset.market_value.value
    new = asset.market_value is None
    releases = [(_since_closing(r.date, line) - start, r.drop.value) for r in deal.releases]
    releases = [(age, drop) for age, drop in releases if age > 0]
    return collateral_value(
        base,
        np.maximum(years - start, 0.0),
        asset.annual_decay.value,
        [age for age, _ in releases],
        [drop for _, drop in releases],
        amount(asset.salvage),
        amount(asset.day_one_loss) if new else 0.0,
    )


def _sold(asset: Asset, worth: Floats, sale: Sale, sharing: int) -> Haircut:
    """One asset sold on its own market; fixed cost is shared evenly."""
    unit_value = worth / asset.units.value if sale.unit_price is None else np.full(worth.shape, sale.unit_price.value)
    return haircut(
        asset.units.value,
        unit_value,
        sale.months_to_sale.value,
        sale.annual_decay.value,
        given(sale.depth),
        amount(sale.condition),
        amount(sale.integration),
        "worse",
        amount(sale.selling),
        amount(sale.cost_per_unit),
        amount(sale.fixed_cost) / sharing,
        amount(sale.discount),
        sale.basis,
    )
