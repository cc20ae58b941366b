"""What the hardware of a deal earns: rent, contracts, prepayments, operating cost, CFADS, by period."""

from dataclasses import dataclass

import numpy as np

from xlmodel.asset import cfads as cash
from xlmodel.asset.contract import Contract as Block
from xlmodel.asset.contract import rental_revenue
from xlmodel.asset.rental import constant_curve, curve_through
from xlmodel.deal.inputs import Contract, Deal, Merchant
from xlmodel.deal.timeline import Timeline
from xlmodel.maths.dates import Dates
from xlmodel.maths.domain import Floats
from xlmodel.maths.rates import continuous_annuity

_HOURS = 8760.0
_EPSILON = 1e-9
# Only the ratio of two stretches of a curve through points matters, so any year will do.
_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Earnings:
    """Money of the period, time last, but for the rent.

    Attributes
    ----------
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

    rental: Floats
    contract_revenue: Floats
    merchant_revenue: Floats
    prepayment_received: Floats
    prepayment_credit: Floats
    cash_revenue: Floats
    opex: Floats
    given: Floats
    cfads: Floats


def earnings(deal: Deal, line: Timeline) -> Earnings:
    """Return what the deal earns in every period."""
    n = line.ends.size
    if deal.cash is not None:
        given = deal.cash.amount.value * line.length
        none = np.zeros(n)
        return Earnings(none, none, none, none, none, none, none, given, given)
    units = np.full(n, sum(a.units.value for a in deal.assets))
    rent = np.zeros(n) if deal.merchant is None else _rent(deal.merchant, line)
    usage = 0.0 if deal.merchant is None else deal.merchant.usage.value
    blocks = [_block(c, line) for c in deal.contracts if c.price is not None]
    hours = _HOURS * line.length
    let = rental_revenue(units, hours, rent, usage, blocks)
    contracted = let.contracted + sum((_amount(c, line) for c in deal.contracts if c.amount is not None), np.zeros(n))
    received, credit = np.zeros(n), np.zeros(n)
    for contract in deal.contracts:
        if contract.prepayment is not None:
            arrives, ahead = prepaid(contract, deal, line)
            received, credit = received + arrives, credit + ahead.credited
    revenue = contracted + let.spot
    cash_revenue = revenue + received - credit
    opex = _opex(deal, revenue, units, hours, line)
    return Earnings(
        rental=rent,
        contract_revenue=contracted,
        merchant_revenue=let.spot,
        prepayment_received=received,
        prepayment_credit=credit,
        cash_revenue=cash_revenue,
        opex=opex,
        given=np.zeros(n),
        cfads=cash.cfads(cash_revenue, hosting=opex),
    )


def _rent(merchant: Merchant, line: Timeline) -> Floats:
    back = {"start": 1.0, "end": 0.0}.get(merchant.timing, 0.5)
    if merchant.rent is None or merchant.annual_deflation is None:
        points = np.array([np.datetime64(p.date, "D") for p in merchant.points])
        ends = _days(line.ends, points[0])
        begins = _days(np.append(line.closing, line.ends[:-1]), points[0])
        curve = curve_through(_days(points, points[0]) / _DAYS, [p.rent.value for p in merchant.points])
        return curve.at((ends - back * (ends - begins)) / _DAYS)
    curve = constant_curve(merchant.rent.value, merchant.annual_deflation.value)
    if merchant.timing == "average":
        return curve.at(line.years - line.length) * continuous_annuity(curve.decline_cc, line.length) / line.length
    return curve.at(line.years - back * line.length)


def _days(dates: Dates, first: np.datetime64) -> Floats:
    return np.asarray((dates - first).astype(np.float64))


def _block(contract: Contract, line: Timeline) -> Block:
    assert contract.price is not None and contract.share is not None  # noqa: S101, PT018  the description holds it
    term = contract.term.value / 12
    return Block(
        share=contract.share.value,
        price=contract.price.value,
        term_periods=int(np.sum(line.years - line.length < term - _EPSILON)),
        take_or_pay=1.0 if contract.take_or_pay is None else contract.take_or_pay.value,
        own_usage=0.0 if contract.own_usage is None else contract.own_usage.value,
    )


def _amount(contract: Contract, line: Timeline) -> Floats:
    """An amount over a term, spread evenly over its time."""
    assert contract.amount is not None  # noqa: S101  the description holds it
    term = contract.term.value / 12
    amount: Floats = contract.amount.value * line.overlap(0.0, term) / term
    return amount


def invoiced(contract: Contract, deal: Deal, line: Timeline) -> Floats:
    """Return what is invoiced under one contract, USD by period."""
    if contract.amount is not None:
        return _amount(contract, line)
    units = np.full(line.ends.size, sum(a.units.value for a in deal.assets))
    none = np.zeros(line.ends.size)
    return rental_revenue(units, _HOURS * line.length, none, 0.0, [_block(contract, line)]).contracted


def prepaid(contract: Contract, deal: Deal, line: Timeline) -> tuple[Floats, cash.PrepaidRevenue]:
    """Return the prepayment that arrives after closing, by period, and how the invoices of this contract settle it."""
    paid = contract.prepayment
    assert paid is not None  # noqa: S101  the caller asked
    invoices = invoiced(contract, deal, line)
    begins = line.years - line.length
    first = int(np.sum(begins < (paid.credit_from_month.value - 1) / 12 - _EPSILON))
    last = int(np.sum(begins < paid.credit_to_month.value / 12 - _EPSILON))
    receipts = np.zeros(line.ends.size)
    late = paid.received is not None and np.datetime64(paid.received, "D") > line.closing
    arrives = int(np.searchsorted(line.ends, np.datetime64(paid.received, "D"))) if late else 0
    receipts[min(arrives, line.ends.size - 1)] = paid.amount.value
    settled = cash.prepaid_revenue(invoices, receipts, first + 1, max(last - first, 1))
    return (receipts if late else np.zeros(line.ends.size)), settled


def _opex(deal: Deal, revenue: Floats, units: Floats, hours: Floats, line: Timeline) -> Floats:
    costs, total = deal.opex, np.zeros(line.ends.size)
    if costs.project_margin is not None:
        total = total + (1 - costs.project_margin.value) * revenue
    if costs.cash_cost is not None:
        total = total + cash.installed_cost(units, hours, costs.cash_cost.value)
    if costs.power_price is not None:
        pue = 1.0 if costs.pue is None else costs.pue.value
        for asset in deal.assets:
            drawn = 0.0 if asset.power is None else asset.power.value
            per_hour = cash.power_cost(drawn, pue, costs.power_price.value)
            total = total + cash.installed_cost(asset.units.value, hours, per_hour)
    if costs.fixed is not None:
        total = total + costs.fixed.value * line.length
    return total
