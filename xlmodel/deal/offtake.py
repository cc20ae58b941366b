"""What a deal is worth as long as its customers pay, and what is left when one does not."""

from dataclasses import dataclass

import numpy as np

from xlmodel.asset.counterparty import contract_survival
from xlmodel.asset.offtaker import guaranteed_survival, terminated
from xlmodel.deal.inputs import Contract
from xlmodel.deal.quantity import amount
from xlmodel.deal.rent import rent_need
from xlmodel.deal.results import Results
from xlmodel.deal.terms.contracts import invoiced, prepaid, runs
from xlmodel.loan.offtake import UnitDebt, contracted_dscr, debt_per_unit
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Ending:
    """A contract that has run its term.

    Attributes
    ----------
    period
        Position of its last period, or of the last one there is.
    resale
        Value of one unit then, after the cost of a sale where the deal assumes one, USD.
    unit
        Debt on it, what it covers of it, and what is missing.
    """

    period: int
    resale: float
    unit: UnitDebt


@dataclass(frozen=True, slots=True)
class Customer:
    """The customer of one contract, by period; money in USD.

    Attributes
    ----------
    survival
        Probability that it, or its guarantor, still pays after each period.
    to_come
        Fees of its contract after each period.
    ahead
        Prepayments not yet credited.
    claim, proceeds
        Termination payment less those, and what is received of it, if the contract ends with the period.
    short
        Debt that neither this nor the hardware's value then pays.
    expected
        Probability that it fails in the period times what is then short.
    """

    survival: Floats
    to_come: Floats
    ahead: Floats
    claim: Floats
    proceeds: Floats
    short: Floats
    expected: Floats


@dataclass(frozen=True, slots=True)
class Offtake:
    """Contracts alone, USD by period, time last.

    Attributes
    ----------
    contracted
        Cash from contracts: invoices, prepayments received, less credits.
    costs
        Operating cost of the whole fleet, of what follows revenue only the contracts' part.
    dscr, dscr_ltm
        Coverage by that alone, before tax.
    endings
        Of every contract.
    customers
        Of every contract, None where its credit is not described.
    """

    contracted: Floats
    costs: Floats
    dscr: Floats
    dscr_ltm: Floats
    endings: tuple[Ending, ...]
    customers: tuple[Customer | None, ...]


def offtake(analysis: Results) -> Offtake:
    """Return what the contracts of a deal carry; nothing but costs for a deal without any.

    Parameters
    ----------
    analysis
        Of a deal that earns rent.
    """
    earned, need = analysis.earnings, rent_need(analysis)
    contracted = earned.contract_revenue + earned.prepayment_received - earned.prepayment_credit
    costs = need.fixed + (1 - need.margin) * earned.contract_revenue
    service = analysis.debt_service
    worth = analysis.values.economic if analysis.values.liquidation is None else analysis.values.liquidation
    contracts = analysis.deal.contracts
    return Offtake(
        contracted,
        costs,
        contracted_dscr(contracted, costs, service),
        contracted_dscr(contracted, costs, service, analysis.periods_per_year),
        tuple(_ending(analysis, contract, worth) for contract in contracts),
        tuple(_customer(analysis, contract, worth) for contract in contracts),
    )


def last_period(analysis: Results, contract: Contract) -> int:
    """Return the position of the last period that the term of a contract reaches into."""
    line = analysis.timeline
    return max(int(np.sum(line.begins < float(runs(contract, line)[1]) - 1e-9)), 1) - 1


def _ending(analysis: Results, contract: Contract, worth: Floats) -> Ending:
    at = last_period(analysis, contract)
    units = float(sum(asset.units.value for asset in analysis.deal.assets))
    resale = float(worth[at]) / units
    return Ending(at, resale, debt_per_unit(float(analysis.balance[at]), units, resale))


def _customer(analysis: Results, contract: Contract, worth: Floats) -> Customer | None:
    terms = contract.offtaker
    if terms is None:
        return None
    line, deal = analysis.timeline, analysis.deal
    survival = contract_survival(terms.default_rate.value, line.years)
    if terms.guarantor_default_rate is not None:
        behind = contract_survival(terms.guarantor_default_rate.value, line.years)
        survival = guaranteed_survival(survival, behind, amount(terms.dependence))
    fees = invoiced(deal, contract, line)
    to_come = np.append(np.cumsum(fees[::-1])[::-1][1:], 0.0)
    ahead = np.zeros(fees.shape) if contract.prepayment is None else prepaid(contract, fees, line)[1].outstanding
    due = amount(terms.termination) * to_come
    claim, proceeds = np.zeros(fees.shape), np.zeros(fees.shape)
    for k in range(fees.size):
        ended = terminated(fees, k + 1, due, amount(terms.recovery), amount(terms.letter_of_credit), ahead)
        claim[k], proceeds[k] = ended.claim[k], ended.proceeds[k]
    short = np.maximum(analysis.balance - proceeds - worth, 0.0)
    # Once its contract has run out, what becomes of the customer is no matter.
    running = line.begins < float(runs(contract, line)[1]) - 1e-9
    failing = (np.append(1.0, survival[:-1]) - survival) * running
    return Customer(survival, to_come, ahead, claim, proceeds, short, failing * short)
