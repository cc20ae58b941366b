"""What the reference rate does to a deal: its swap, and the interest when the rate shifts, with it and without."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xlmodel.deal.inputs import Deal, Debt, Hedge
from xlmodel.deal.quantity import amount, given
from xlmodel.deal.refusal import DealError
from xlmodel.deal.timeline import Timeline
from xlmodel.errors import ModelError
from xlmodel.loan.coverage import dscr
from xlmodel.loan.hedge import break_cost, hedge_notional, rate_shocks, settlement
from xlmodel.loan.schedule import Schedule
from xlmodel.maths.day_counts import accrual_factors
from xlmodel.maths.domain import Floats

SHIFTS: Final = (-0.02, -0.01, 0.0, 0.01, 0.02)
_NO_FLOOR: Final = -1.0
"""Below every index a deal may have, shifted or not."""


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


@dataclass(frozen=True, slots=True)
class Rates:
    """Interest of all tranches when the index of those that float shifts; shifts are the first axis.

    Principal is paid as scheduled, whatever the rate.

    Attributes
    ----------
    shifts
        Annual, 200 and 100 basis points down, none, 100 and 200 up.
    unhedged, hedged
        Interest by period, USD, without the swap and less what it settles; the same without a swap.
    dscr_unhedged, dscr_hedged
        Coverage of the period.
    swap
        None where the deal has none.
    """

    shifts: tuple[float, ...]
    unhedged: Floats
    hedged: Floats
    dscr_unhedged: Floats
    dscr_hedged: Floats
    swap: Swap | None


def swapped(deal: Deal, line: Timeline, schedules: list[Schedule]) -> Swap | None:
    """Return the swap of a deal that describes one, else None.

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
        accrual = _accrual(line, described)
        notional = hedge_notional(schedules[at].opening, terms.share.value, life)
        index, fixed = amount(described.index), terms.fixed.value
        received = np.full(notional.shape, _floored(index, terms))
        paid = settlement(notional, fixed, index, accrual, given(terms.floor))
        breaking = break_cost(notional, fixed, received, accrual, amount(terms.credit_charge))
    except ModelError as error:
        raise DealError([f"hedge: {error.sentence}"]) from None
    return Swap(at, accrual, notional, received, paid, breaking)


def rates(
    deal: Deal,
    line: Timeline,
    schedules: list[Schedule],
    cfads: Floats,
    swap: Swap | None,
    shifts: tuple[float, ...] = SHIFTS,
) -> Rates | None:
    """Return what the index does to a deal of which a tranche floats, else None.

    Parameters
    ----------
    deal, line
        The deal and its dates.
    schedules
        Of every tranche.
    cfads
        Cash flow available for debt service, USD by period, the same at every index.
    swap
        As `swapped` returns it.
    shifts
        Annual.
    """
    if all(tranche.index is None for tranche in deal.debt):
        return None
    shape = (len(shifts), line.ends.size)
    plain = np.zeros(shape)
    for described, plan in zip(deal.debt, schedules, strict=True):
        if described.index is None:
            plain = plain + plan.interest
            continue
        floor = _NO_FLOOR if described.floor is None else described.floor.value
        plain = plain + rate_shocks(
            plan.opening, described.index.value, amount(described.margin), 0.0, 0.0, shifts,
            _accrual(line, described), floor,
        ).unhedged  # fmt: skip
    settled = np.zeros(shape)
    if swap is not None and deal.hedge is not None:
        index = amount(deal.debt[swap.tranche].index) + np.asarray(shifts)[:, None] + np.zeros(shape)
        settled = settlement(swap.notional, deal.hedge.fixed.value, index, swap.accrual, given(deal.hedge.floor))
    principal = np.sum([plan.principal for plan in schedules], axis=0)
    service = plain + principal
    return Rates(
        shifts, plain, plain - settled, dscr(cfads, service), dscr(cfads, np.maximum(service - settled, 0.0)), swap
    )


def _accrual(line: Timeline, described: Debt) -> Floats:
    return accrual_factors(line.closing, line.ends, described.day_count, line.frequency)


def _floored(index: float, terms: Hedge) -> float:
    return index if terms.floor is None else max(index, terms.floor.value)
