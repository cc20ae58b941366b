"""What enforcement brings on the premises of an appraisal, in place and removed, alone and beside other lenders."""

from dataclasses import dataclass

import numpy as np

from xlmodel.collateral.firesale import Cascade, fire_sale
from xlmodel.collateral.haircut import haircut
from xlmodel.collateral.sale import LiquidationValues, liquidation_values
from xlmodel.deal.quantity import amount, given
from xlmodel.deal.results import Results
from xlmodel.deal.terms.hardware import worth_of
from xlmodel.deal.terms.market import BASE
from xlmodel.deal.terms.sale import markets, priced
from xlmodel.errors import NO_BALANCE, InputError
from xlmodel.loan.coverage import cover
from xlmodel.maths.domain import Floats


def sale_units(analysis: Results) -> tuple[Floats, Floats]:
    """Return units and the value of one, USD, of the hardware of every market on the day of the sale."""
    deal, at = analysis.deal, np.array([years_to_sale(analysis)])
    units = np.array([sum(deal.assets[i].units.value for i in block) for block in markets(deal)])
    worth = worth_of(deal, analysis.timeline, BASE, at, at_closing=False)
    if deal.sale is not None:
        worth = priced(deal, deal.sale, analysis.timeline, worth)
    return units, np.array([sum(float(worth[i][0]) for i in block) for block in markets(deal)]) / units


def years_to_sale(analysis: Results) -> float:
    """Return the years from closing to the day on which the sale of the haircut starts."""
    if analysis.haircut_date == analysis.closing:
        return 0.0
    return float(analysis.timeline.years[np.searchsorted(analysis.dates, analysis.haircut_date)])


def owed_at_sale(analysis: Results) -> float:
    """Return the debt on the day of the sale, USD."""
    at = (
        0
        if analysis.haircut_date == analysis.closing
        else int(np.searchsorted(analysis.dates, analysis.haircut_date)) + 1
    )
    return float(np.append(analysis.debt.opening[:1], analysis.balance)[at])


def premise(analysis: Results, *, removed: bool) -> LiquidationValues:
    """Return FMV, OLV, NOLV and FLV of every asset on the day of the sale.

    Parameters
    ----------
    analysis
        Of a deal with a sale and premises.
    removed
        Whether the hardware is taken out of its site: a buyer in place spares the loss outside its racks and the cost
        of removal.

    Raises
    ------
    InputError
        A deal without a sale or without premises.
    """
    deal = analysis.deal
    sale, said = deal.sale, deal.premises
    if sale is None or said is None or sale.depth is None:
        raise InputError("premises are missing: the deal describes no forced and orderly sale", "premises")
    units, price = sale_units(analysis)
    return liquidation_values(
        units,
        price,
        sale.annual_decay.value,
        sale.depth.value,
        said.forced_months.value,
        said.orderly_months.value,
        amount(said.enforcement_months),
        amount(sale.condition),
        amount(sale.integration) if removed else 0.0,
        "worse",
        amount(sale.selling),
        amount(sale.cost_per_unit) if removed else 0.0,
        amount(sale.fixed_cost) / units.size,
        annual_volatility=given(said.volatility),
        scrap_share=amount(said.scrap),
    )


@dataclass(frozen=True, slots=True)
class Together:
    """A fire sale by lender, this deal's first; arrays with lenders last.

    Attributes
    ----------
    names, units, owed, thresholds
        Who holds how much, what they are owed in USD, and above which loan to value they sell.
    price
        Of a unit before the shock, USD.
    alone, together
        Present value of each lender's collateral when it alone sells, and when all sell at once, USD.
    recovery_alone, recovery_together
        Share of the loan this pays, at most 1; undefined where nothing is owed.
    cascade
        Who sells when each looks at the price, and where that ends.
    """

    names: tuple[str, ...]
    units: Floats
    owed: Floats
    thresholds: Floats
    price: float
    alone: Floats
    together: Floats
    recovery_alone: Floats
    recovery_together: Floats
    cascade: Cascade


def together(analysis: Results) -> Together:
    """Return what each lender recovers when it sells alone and when all do.

    Parameters
    ----------
    analysis
        Of a deal with a sale, a fire sale and other lenders.

    Raises
    ------
    InputError
        A deal without them.
    """
    deal = analysis.deal
    sale, fire = deal.sale, deal.fire_sale
    if sale is None or fire is None or sale.depth is None:
        raise InputError("fire_sale is missing: the deal names no other lenders", "fire_sale")
    own, value = sale_units(analysis)
    price = float(value[0])
    others = deal.other_lenders
    units = np.array([float(own[0]), *(lender.units.value for lender in others)])
    owed = np.array([owed_at_sale(analysis), *(lender.balance.value for lender in others)])
    thresholds = np.array([fire.threshold.value, *(lender.threshold.value for lender in others)])

    def brings(depth: Floats) -> Floats:
        return haircut(
            units,
            price * (1 - fire.shock.value),
            sale.months_to_sale.value,
            sale.annual_decay.value,
            depth,
            amount(sale.condition),
            amount(sale.integration),
            "worse",
            amount(sale.selling),
            amount(sale.cost_per_unit),
            amount(sale.fixed_cost),
            amount(sale.discount),
            sale.basis,
        ).present_value

    alone = brings(np.full(units.shape, sale.depth.value))
    # Sellers who share a market each find their part of its depth, and so all sell at the one price of the whole block.
    shared = brings(sale.depth.value * units / units.sum())
    market = sale.depth.value * sale.months_to_sale.value
    return Together(
        names=("This loan", *(lender.name for lender in others)),
        units=units,
        owed=owed,
        thresholds=thresholds,
        price=price,
        alone=alone,
        together=shared,
        recovery_alone=np.minimum(cover(alone, owed, NO_BALANCE), 1.0),
        recovery_together=np.minimum(cover(shared, owed, NO_BALANCE), 1.0),
        cascade=fire_sale(price, fire.shock.value, market, units, owed, thresholds),
    )
