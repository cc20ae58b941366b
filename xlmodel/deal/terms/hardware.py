"""The hardware of a deal: in service from a date, worth what its decay and newer generations leave of it."""

from dataclasses import dataclass

import numpy as np

from xlmodel.asset.carrying import book_value
from xlmodel.asset.market import collateral_value
from xlmodel.deal.inputs import Asset, Deal
from xlmodel.deal.quantity import amount
from xlmodel.deal.terms.market import Market
from xlmodel.deal.timeline import Timeline
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Fleet:
    """Hardware that begins to earn on one date.

    Attributes
    ----------
    units
        How many.
    begins
        Years from closing to the day it is in service, 0 where it was in service before.
    power
        Drawn by all units together, kW.
    """

    units: Floats
    begins: float
    power: Floats


def fleets(deal: Deal, line: Timeline) -> list[Fleet]:
    """Return the hardware by the date from which it earns, in the order of the assets."""
    found: dict[float, list[Asset]] = {}
    for asset in deal.assets:
        found.setdefault(max(line.since_closing(asset.in_service), 0.0), []).append(asset)
    return [
        Fleet(
            units=np.asarray(sum(a.units.value for a in same)),
            begins=begins,
            power=np.asarray(sum(a.units.value * amount(a.power) for a in same)),
        )
        for begins, same in found.items()
    ]


def installed(found: list[Fleet], line: Timeline) -> Floats:
    """Return the units in service, each counted for the part of the period in which it is."""
    return np.asarray(sum((f.units * line.share_after(f.begins) for f in found), np.zeros(line.ends.shape)))


@dataclass(frozen=True, slots=True)
class Values:
    """What the collateral is worth, by date; `liquidation` is None where the deal assumes no sale."""

    cost: Floats
    book: Floats
    economic: Floats
    liquidation: Floats | None


def book(asset: Asset, line: Timeline, years: Floats) -> Floats:
    """Return the straight-line book value of one asset, USD, so many years after closing."""
    age = np.maximum(years - line.since_closing(asset.in_service), 0.0)
    return book_value(asset.cost.value, amount(asset.salvage), asset.useful_life.value / 12, age)


def market_value(asset: Asset, deal: Deal, line: Timeline, years: Floats) -> Floats:
    """Return what one asset is worth in place and in use, USD, so many years after closing.

    A release counts from its date on, closing included; one before the hardware was in service is in its price.
    """
    new = asset.market_value is None
    start = line.since_closing(asset.in_service) if new else 0.0
    base = asset.cost.value if asset.market_value is None else asset.market_value.value
    age = np.maximum(years - start, 0.0)
    worth = collateral_value(
        base, age, asset.annual_decay.value, day_one_loss=amount(asset.day_one_loss) if new else 0.0
    )
    for release in deal.releases:
        at = line.since_closing(release.date) - start
        if at >= 0:
            worth = np.where(age >= at, worth * (1 - release.drop.value), worth)
    return np.asarray(np.maximum(worth, amount(asset.salvage)))


def worth_of(deal: Deal, line: Timeline, market: Market, years: Floats, *, at_closing: bool) -> list[Floats]:
    """Return the market value of every asset on the dates, with what the market does to it."""
    return [market.worth(market_value(asset, deal, line, years), at_closing=at_closing) for asset in deal.assets]
