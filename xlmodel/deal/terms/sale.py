"""What enforcement brings: hardware of one market sold together, what a sale costs, proceeds shared by units."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.composition import compose
from xlmodel.collateral.haircut import Haircut, haircut
from xlmodel.deal.inputs import Asset, Deal, Sale
from xlmodel.deal.quantity import amount, given
from xlmodel.deal.terms.hardware import Values, book, worth_of
from xlmodel.deal.terms.market import BASE, Market
from xlmodel.deal.timeline import Timeline
from xlmodel.maths.domain import Floats


def markets(deal: Deal) -> list[list[int]]:
    """Return the positions of the assets sold on each market, in the order of the first of each."""
    found: dict[str, list[int]] = {}
    for i, asset in enumerate(deal.assets):
        found.setdefault(asset.sold_on, []).append(i)
    return list(found.values())


def values_of(
    deal: Deal, line: Timeline, years: Floats, market: Market = BASE, *, at_closing: bool = False
) -> tuple[Values, Haircut | None]:
    """Return the values of all assets together, so many years after closing, and the haircut of a sale then."""
    worth = worth_of(deal, line, market, years, at_closing=at_closing)
    cut = None if deal.sale is None else sold(deal, deal.sale, line, worth, market)
    value = Values(
        cost=np.asarray(sum((a.cost.value for a in deal.assets), np.zeros(years.shape))),
        book=np.asarray(sum((book(a, line, years) for a in deal.assets), np.zeros(years.shape))),
        economic=np.asarray(sum(worth[1:], worth[0])),
        liquidation=None if cut is None else cut.present_value,
    )
    return value, cut


def sold(deal: Deal, sale: Sale, line: Timeline, worth: Sequence[Floats], market: Market = BASE) -> Haircut:
    """Return the sale of all assets on the dates on which they are worth so much; its money is that of all markets.

    The fixed cost is paid once, out of what all markets bring.
    """
    several = markets(deal)
    values = priced(deal, sale, line, worth, market)
    if len(several) == 1:
        return _on_one(deal.assets, values, sale, amount(sale.fixed_cost))
    cuts = [_on_one([deal.assets[i] for i in at], [values[i] for i in at], sale, 0.0) for at in several]
    return _together(cuts, sale)


def priced(deal: Deal, sale: Sale, line: Timeline, worth: Sequence[Floats], market: Market = BASE) -> list[Floats]:
    """Return what is sold of each asset before any haircut: its market value, or the price somebody quoted at closing.

    A quoted price falls as the market value of the hardware does.
    """
    if sale.unit_price is None:
        return list(worth)
    now = worth_of(deal, line, market, np.zeros(1), at_closing=True)
    return [
        np.asarray(
            asset.units.value
            * sale.unit_price.value
            * np.where(first > 0, value / np.where(first > 0, first, 1.0), 0.0)
        )
        for asset, value, first in zip(deal.assets, worth, now, strict=True)
    ]


def _on_one(assets: Sequence[Asset], worth: Sequence[Floats], sale: Sale, fixed: Floats | float) -> Haircut:
    units = sum((a.units.value for a in assets[1:]), np.asarray(assets[0].units.value))
    value = sum(worth[1:], worth[0])
    return haircut(
        units,
        value / units,
        sale.months_to_sale.value,
        sale.annual_decay.value,
        given(sale.depth),
        amount(sale.condition),
        amount(sale.integration),
        "worse",
        amount(sale.selling),
        amount(sale.cost_per_unit),
        fixed,
        amount(sale.discount),
        sale.basis,
    )


def _together(cuts: Sequence[Haircut], sale: Sale) -> Haircut:
    """Several markets as one: parts add up, and the fixed cost is paid out of what is left of all."""
    before = sum((c.net_proceeds for c in cuts[1:]), cuts[0].net_proceeds)
    years = np.asarray(sale.months_to_sale.value / 12)
    paid = compose(before, {}, {"fixed": amount(sale.fixed_cost)}, years, amount(sale.discount))
    reference = sum((c.reference_value for c in cuts[1:]), cuts[0].reference_value)
    parts = {name: np.asarray(sum((c.parts[name] for c in cuts[1:]), cuts[0].parts[name])) for name in cuts[0].parts}
    parts |= paid.parts
    some = reference > 0
    lost = np.where(some, 1 - paid.present_value / np.where(some, reference, 1.0), cuts[0].total)
    return replace(
        cuts[0],
        total=lost,
        reference_value=np.asarray(reference),
        gross_proceeds=np.asarray(sum((c.gross_proceeds for c in cuts[1:]), cuts[0].gross_proceeds)),
        net_proceeds=paid.net_proceeds,
        present_value=paid.present_value,
        parts=parts,
        shortfall=np.asarray(sum((c.shortfall for c in cuts), np.zeros(())) + paid.shortfall),
    )


def on_date(at_closing: Haircut, on_dates: Haircut, index: npt.NDArray[np.intp]) -> Haircut:
    """Return the haircut of a sale on one date of each loan: the position of a period, or −1 for closing."""

    def picked(closing: Floats, dates: Floats) -> Floats:
        path = np.concatenate([np.broadcast_to(closing, (*dates.shape[:-1], 1)), dates], axis=-1)
        return np.take_along_axis(path, index[..., None] + 1, axis=-1)

    found: dict[str, Any] = {
        f.name: {k: picked(x, getattr(on_dates, f.name)[k]) for k, x in getattr(at_closing, f.name).items()}
        if isinstance(getattr(at_closing, f.name), dict)
        else picked(getattr(at_closing, f.name), getattr(on_dates, f.name))
        for f in fields(Haircut)
    }
    return Haircut(**found)


def range_at_closing(deal: Deal, line: Timeline) -> tuple[Floats, Floats] | None:
    """Return the lowest and highest value that was found for the hardware, None where nobody gave a range."""
    if all(asset.market_value_low is None for asset in deal.assets):
        return None
    ends = [np.zeros(()), np.zeros(())]
    values = worth_of(deal, line, BASE, np.zeros(1), at_closing=True)
    for asset, value in zip(deal.assets, values, strict=True):
        bounds = (asset.market_value_low, asset.market_value_high)
        for i, bound in enumerate(bounds):
            ends[i] = ends[i] + (value[..., 0] if bound is None else np.asarray(bound.value)[..., 0])
    return ends[0], ends[1]
