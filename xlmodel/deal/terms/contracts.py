"""What customers pay under their contracts: stretches of a price, by the days they run and the hardware is there."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from xlmodel.asset import cfads as cash
from xlmodel.asset.contract import Let
from xlmodel.deal.inputs import Contract, Deal, Merchant
from xlmodel.deal.quantity import amount
from xlmodel.deal.refusal import DealError
from xlmodel.deal.terms.hardware import Fleet, fleets
from xlmodel.deal.terms.market import BASE, Market
from xlmodel.deal.terms.merchant import rent_at
from xlmodel.deal.timeline import Timeline
from xlmodel.maths.domain import Floats

HOURS = 8760.0
_MOMENT = 1e-9


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time for which a contract binds capacity at one price, years from closing; no price where it stands empty."""

    start: Floats
    end: Floats
    price: Floats | None


def runs(contract: Contract, line: Timeline) -> tuple[Floats, Floats]:
    """Return when the first term of a contract starts and ends, years from closing."""
    start = np.asarray(line.since_closing(contract.start))
    return start, np.asarray(start + contract.term.value / 12)


def stretches(contract: Contract, merchant: Merchant | None, line: Timeline, market: Market) -> list[Stretch]:
    """Return the stretches of a contract with a price; it is let again at the spot rent."""
    start, end = runs(contract, line)
    found = _priced(contract, line, start, end)
    idle = np.asarray(amount(contract.downtime) / 12)
    again = end - start if contract.renewal_term is None else np.asarray(contract.renewal_term.value / 12)
    for _ in range(contract.renewals):
        begins = end + idle
        found.append(Stretch(end, begins, None))
        assert merchant is not None  # noqa: S101  the description holds it
        spot = rent_at(merchant, line, market, begins)
        end = begins + again
        found.append(Stretch(begins, end, spot * (1 - amount(contract.renewal_discount))))
    found.append(Stretch(end, end + idle, None))
    return found


def _priced(contract: Contract, line: Timeline, start: Floats, end: Floats) -> list[Stretch]:
    """The first term: one price, one for each year from the start, or one from each date on."""
    assert contract.price is not None  # noqa: S101  the description holds it
    price = np.asarray(contract.price.value)
    if contract.escalation is not None:
        years = max(ceil(float(np.max(end - start)) - _MOMENT), 1)
        return [
            Stretch(start + y, np.minimum(start + y + 1, end), price * (1 + contract.escalation.value) ** y)
            for y in range(years)
        ]
    bounds = [start, *(np.maximum(start, line.since_closing(step.date)) for step in contract.steps)]
    prices = [price, *(np.asarray(step.price.value) for step in contract.steps)]
    ends = [*(np.minimum(bound, end) for bound in bounds[1:]), end]
    return [Stretch(a, b, p) for a, b, p in zip(bounds, ends, prices, strict=True)]


def let(deal: Deal, contract: Contract, fleet: Fleet, line: Timeline, market: Market) -> Let:
    """Return the hours of a fleet that a contract binds, those it leaves empty, and what it pays for an hour."""
    assert contract.share is not None  # noqa: S101  the description holds it
    payable = np.maximum(
        1.0 if contract.take_or_pay is None else contract.take_or_pay.value, amount(contract.own_usage)
    )
    there = line.length * line.share_after(fleet.begins)
    bound, idle, earned = (np.zeros(there.shape) for _ in range(3))
    for stretch in stretches(contract, deal.merchant, line, market):
        inside = line.overlap(np.maximum(stretch.start, fleet.begins), stretch.end)
        part = contract.share.value * np.where(there > 0, inside / np.where(there > 0, there, 1.0), 0.0)
        if stretch.price is None:
            idle = idle + part
        else:
            bound = bound + part
            earned = earned + part * payable * stretch.price
    if market.paying is not None:
        # What a customer no longer pays for is let at the rent of the day.
        bound, earned = bound * market.paying, earned * market.paying
    return Let(earned, bound, idle)


def spread_evenly(contract: Contract, line: Timeline, market: Market) -> Floats:
    """Return an amount over a term, spread evenly over its time."""
    assert contract.amount is not None  # noqa: S101  the description holds it
    start, end = runs(contract, line)
    due = contract.amount.value * line.overlap(start, end) / (end - start)
    return np.asarray(due if market.paying is None else due * market.paying)


def invoiced(deal: Deal, contract: Contract, line: Timeline, market: Market = BASE) -> Floats:
    """Return what is invoiced under one contract, USD by period."""
    if contract.amount is not None:
        return spread_evenly(contract, line, market)
    total = np.zeros(line.ends.shape)
    for fleet in fleets(deal, line):
        hours = fleet.units * (HOURS * line.length * line.share_after(fleet.begins))
        total = total + hours * let(deal, contract, fleet, line, market).earned
    return total


def prepaid(contract: Contract, invoices: Floats, line: Timeline) -> tuple[Floats, cash.PrepaidRevenue]:
    """Return the prepayment that arrives after closing, by period, and how the invoices of this contract settle it."""
    paid = contract.prepayment
    assert paid is not None  # noqa: S101  the caller asked
    months = 12 * line.begins
    first = int(np.sum(months < np.max(paid.credit_from_month.value) - 1 - 12 * _MOMENT))
    last = int(np.sum(months < np.max(paid.credit_to_month.value) - 12 * _MOMENT))
    arrives = paid_in(contract, line)
    at = 0 if arrives is None else arrives
    receipts = paid.amount.value * (np.arange(line.ends.size) == at)
    settled = cash.prepaid_revenue(invoices, receipts, first + 1, max(last - first, 1))
    return (receipts if arrives is not None else np.zeros(receipts.shape)), settled


def paid_in(contract: Contract, line: Timeline) -> int | None:
    """Return the position of the period in which a prepayment arrives, None where it was there at closing."""
    received = None if contract.prepayment is None else contract.prepayment.received
    if received is None or np.datetime64(received, "D") <= line.closing:
        return None
    if np.datetime64(received, "D") > line.ends[-1]:
        raise DealError([
            f'contract "{contract.name}": prepayment.received must not come after the last period, which ends on '
            f"{line.ends[-1]}, got {received}"
        ])  # fmt: skip
    return int(np.searchsorted(line.ends, np.datetime64(received, "D")))


def prepaid_at_closing(deal: Deal, line: Timeline) -> Floats:
    """Return what customers had paid ahead by closing, USD: it funds the purchase."""
    ahead = [
        contract.prepayment.amount.value
        for contract in deal.contracts
        if contract.prepayment is not None and paid_in(contract, line) is None
    ]
    return np.asarray(sum(ahead, np.zeros(())))
