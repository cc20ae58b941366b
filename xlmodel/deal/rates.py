"""What the reference rate does to a deal: its swap, and the interest when the rate shifts, with it and without."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xlmodel.deal.quantity import given
from xlmodel.deal.results import Results
from xlmodel.deal.terms.hedge import Swap
from xlmodel.deal.terms.market import BASE, Market
from xlmodel.deal.terms.tranche import annual_rate, base_rate
from xlmodel.loan.coverage import dscr
from xlmodel.loan.hedge import settlement
from xlmodel.maths.domain import Floats

SHIFTS: Final = (-0.02, -0.01, 0.0, 0.01, 0.02)


@dataclass(frozen=True, slots=True)
class Rates:
    """Interest of all tranches when the index of those that float shifts; shifts are the first axis.

    Principal falls due as in the base case, whatever the rate.

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


def rates(analysis: Results, shifts: tuple[float, ...] = SHIFTS) -> Rates | None:
    """Return what the base rate does to a deal of which a tranche floats, else None.

    Interest accrues on the balance outstanding, principal falls due as it does in the base case, and the swap settles
    at the shifted rate.

    Parameters
    ----------
    analysis
        Of the deal.
    shifts
        Annual.
    """
    deal, line = analysis.deal, analysis.timeline
    if not any(tranche.floats for tranche in deal.debt):
        return None
    step = np.asarray(shifts)[:, None]
    market = Market(base_rate=step + np.zeros((len(shifts), line.ends.size)))
    plain = np.zeros((len(shifts), line.ends.size))
    for described, tranche, paid in zip(deal.debt, analysis.tranches, analysis.paid_tranches, strict=True):
        annual = annual_rate(described, line, market if described.floats else BASE)
        # Interest below zero is not paid by a lender.
        plain = plain + np.maximum(paid.opening * (annual * tranche.accrual), 0.0)
    swap = analysis.swap
    settled = np.zeros(plain.shape)
    if swap is not None and deal.hedge is not None:
        index = base_rate(deal.debt[swap.tranche], line, market)
        settled = settlement(swap.notional, deal.hedge.fixed.value, index, swap.accrual, given(deal.hedge.floor))
    service = plain + _principal_due(analysis)
    return Rates(
        shifts,
        plain,
        plain - settled,
        dscr(analysis.cfads, service),
        dscr(analysis.cfads, np.maximum(service - settled, 0.0)),
        swap,
    )


def _principal_due(analysis: Results) -> Floats:
    """Principal that falls due by the schedule on the balance then outstanding, all tranches."""
    due = [t.debt_service - (t.interest - t.capitalised) for t in analysis.paid_tranches]
    return np.asarray(sum(due[1:], due[0]))
