"""What the hardware of a deal earns: rent, contracts, prepayments, operating cost, CFADS, by period."""

from dataclasses import dataclass

import numpy as np

from xlmodel.asset import cfads as cash
from xlmodel.asset.contract import revenue_of
from xlmodel.deal.inputs import Deal
from xlmodel.deal.terms.contracts import HOURS, invoiced, let, prepaid, spread_evenly
from xlmodel.deal.terms.hardware import Fleet, fleets, installed
from xlmodel.deal.terms.market import BASE, Market
from xlmodel.deal.terms.merchant import spot_rent
from xlmodel.deal.timeline import Timeline
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Earnings:
    """Money of the period, time last, but for the units and the rent.

    Attributes
    ----------
    units
        In service, each counted for the part of the period in which it is.
    rental
        Spot rent, USD a unit-hour; 0 where the deal has none.
    contract_revenue, merchant_revenue
        Invoiced, before prepayments.
    prepayment_received, prepayment_credit
        Cash ahead of invoices that arrives in a period, and what it later settles.
    cash_revenue
        Revenue plus prepayments less credits.
    opex
        Operating cost, positive.
    given
        Cash flow given as it is, where revenue and cost are not known apart.
    cfads
        Cash flow available for debt service, before tax.
    """

    units: Floats
    rental: Floats
    contract_revenue: Floats
    merchant_revenue: Floats
    prepayment_received: Floats
    prepayment_credit: Floats
    cash_revenue: Floats
    opex: Floats
    given: Floats
    cfads: Floats


def earnings(deal: Deal, line: Timeline, market: Market = BASE) -> Earnings:
    """Return what the deal earns in every period."""
    none = np.zeros(line.ends.shape)
    found = fleets(deal, line)
    units = installed(found, line)
    if deal.cash is not None:
        given = np.asarray(deal.cash.amount.value * line.length)
        return Earnings(units, none, none, none, none, none, none, none, given, given)
    contracted, merchant = none, none
    rent = none if deal.merchant is None else spot_rent(deal.merchant, line, market)
    usage = 0.0 if deal.merchant is None else deal.merchant.usage.value
    for fleet in found:
        lets = [let(deal, c, fleet, line, market) for c in deal.contracts if c.price is not None]
        there = np.asarray(fleet.units * line.share_after(fleet.begins))
        earned = revenue_of(there, HOURS * line.length, rent, lets, np.asarray(usage), np.ones(()))
        contracted, merchant = contracted + earned.contracted, merchant + earned.spot
    received, credit = none, none
    for contract in deal.contracts:
        if contract.amount is not None:
            contracted = contracted + spread_evenly(contract, line, market)
        if contract.prepayment is not None:
            arrives, ahead = prepaid(contract, invoiced(deal, contract, line, market), line)
            received, credit = received + arrives, credit + ahead.credited
    revenue = contracted + merchant
    cash_revenue = revenue + received - credit
    opex = _opex(deal, revenue, found, line)
    return Earnings(
        units=units,
        rental=rent,
        contract_revenue=contracted,
        merchant_revenue=merchant,
        prepayment_received=received,
        prepayment_credit=credit,
        cash_revenue=cash_revenue,
        opex=opex,
        given=none,
        cfads=cash.cfads(cash_revenue, hosting=opex),
    )


def _opex(deal: Deal, revenue: Floats, found: list[Fleet], line: Timeline) -> Floats:
    costs, total = deal.opex, np.zeros(line.ends.shape)
    if costs.project_margin is not None:
        total = total + (1 - costs.project_margin.value) * revenue
    for fleet in found:
        hours = HOURS * line.length * line.share_after(fleet.begins)
        if costs.cash_cost is not None:
            total = total + cash.installed_cost(fleet.units, hours, costs.cash_cost.value)
        if costs.power_price is not None:
            pue = 1.0 if costs.pue is None else costs.pue.value
            total = total + cash.installed_cost(fleet.power, hours, cash.power_cost(1.0, pue, costs.power_price.value))
    if costs.fixed is not None:
        total = total + costs.fixed.value * line.length
    return np.asarray(total)
