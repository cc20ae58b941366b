"""The swap of a deal, on its dates."""

from dataclasses import dataclass

import numpy as np

from xlmodel.deal.inputs import Deal
from xlmodel.deal.quantity import amount, given
from xlmodel.deal.refusal import DealError
from xlmodel.deal.terms.market import Market
from xlmodel.deal.terms.tranche import Tranche, base_rate
from xlmodel.deal.timeline import Timeline
from xlmodel.errors import ModelError
from xlmodel.loan.hedge import break_cost, hedge_notional, settlement
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Swap:
    """The swap of a deal by period, USD but for the rates.

    Attributes
    ----------
    tranche
        Position of the tranche it follows.
    accrual
        Length of every period by the day count of the tranche, years.
    notional
        On which it settles.
    received
        Floating rate received, annual.
    settlement
        Positive when the borrower receives.
    breaking
        Cost of breaking it after each settlement while the index stays where it is, at least 0.
    """

    tranche: int
    accrual: Floats
    notional: Floats
    received: Floats
    settlement: Floats
    breaking: Floats


def swapped(deal: Deal, line: Timeline, market: Market, found: tuple[Tranche, ...]) -> Swap | None:
    """Return the swap of a deal that describes one, else None; its notional follows the schedule, not what is paid.

    Raises
    ------
    DealError
        An end of the swap that is the end of no period.
    """
    terms = deal.hedge
    if terms is None:
        return None
    at = [tranche.name for tranche in deal.debt].index(terms.tranche)
    described = deal.debt[at]
    try:
        life = line.payments(terms.until or described.maturity, "until" if terms.until else "maturity")
        accrual = found[at].accrual
        notional = hedge_notional(found[at].schedule.opening, terms.share.value, life)
        index = base_rate(described, line, market) + np.zeros(notional.shape)
        floor = given(terms.floor)
        received = index if floor is None else np.maximum(index, floor)
        paid = settlement(notional, terms.fixed.value, index, accrual, floor)
        breaking = break_cost(notional, terms.fixed.value, received, accrual, amount(terms.credit_charge))
    except ModelError as error:
        raise DealError([f"hedge: {error.sentence}"]) from None
    return Swap(at, accrual, notional, received, paid, breaking)
