"""How much of its rent a deal needs: the break-even of every period, and the fall in rent it can take."""

from dataclasses import dataclass

import numpy as np

from xlmodel.deal.results import Results
from xlmodel.errors import NO_DEBT_SERVICE, NO_REVENUE
from xlmodel.loan.breakeven import breakeven_deflation, rental_breakeven
from xlmodel.loan.coverage import cover
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class RentNeed:
    """What the rent must bring; money in USD a period, time last.

    Attributes
    ----------
    margin
        Share of the revenue that is left after the cost that follows it.
    fixed
        Operating cost that does not follow the revenue.
    need
        What the revenue must leave after that margin: debt service, fixed cost and prepayments credited, less
        prepayments received.
    multiple
        Break-even revenue over assumed revenue, at least 0; `NO_DEBT_SERVICE` or `NO_REVENUE` where there is none.
    spot_multiple
        Break-even spot rent over assumed spot rent while contracts pay as written, at least 0; `NO_REVENUE` where
        no capacity earns spot rent.
    first_spot, spot_need
        Merchant revenue at the rent of closing, and what it must reach, both after that margin.
    deflation, deflation_by_period
        Fastest annual fall of the spot rent that every period, and that each one, can take while contracts pay as
        written; None where the deal has no rent that falls at one rate and is read at one moment.
    """

    margin: float
    fixed: Floats
    need: Floats
    multiple: Floats
    spot_multiple: Floats
    first_spot: Floats
    spot_need: Floats
    deflation: float | None
    deflation_by_period: Floats | None


def rent_need(analysis: Results) -> RentNeed:
    """Return what the rent of a deal must bring, period by period.

    ``m_k = (DS_k + fixed cost_k + credit_k − received_k) / (margin·Rev_k)``; without a project margin and prepayments
    it is ``(DS_k + opex_k) / Rev_k``, and it is above 1 exactly where the cash does not pay the debt

    Parameters
    ----------
    analysis
        Of a deal that earns rent; where cash is given as it is, nothing is defined.
    """
    earned, due = analysis.earnings, analysis.debt_service
    costs = analysis.deal.opex
    margin = 1.0 if costs.project_margin is None else costs.project_margin.value
    revenue = earned.contract_revenue + earned.merchant_revenue
    fixed = np.maximum(earned.opex - (1 - margin) * revenue, 0.0)
    ahead = earned.prepayment_credit - earned.prepayment_received
    kept = margin * revenue
    multiple = np.maximum(rental_breakeven(due, fixed, kept).multiplier + cover(ahead, kept, NO_REVENUE), 0.0)
    need = due + fixed + ahead
    spot_need = np.where(due > 0, np.maximum(need - margin * earned.contract_revenue, 0.0), 0.0)
    spot = cover(spot_need, margin * earned.merchant_revenue, NO_REVENUE)
    merchant = analysis.deal.merchant
    whole, by_period, first = None, None, np.zeros(due.size)
    if merchant is not None and merchant.rent is not None and merchant.timing != "average":
        line = analysis.timeline
        moments = line.years - {"start": 1.0, "end": 0.0}.get(merchant.timing, 0.5) * line.length
        first = margin * cover(earned.merchant_revenue * merchant.rent.value, earned.rental, NO_REVENUE)
        first = np.where(earned.rental > 0, first, 0.0)
        whole = float(breakeven_deflation(first, moments, 0.0, spot_need))
        # Every period as a loan of one period.
        by_period = breakeven_deflation(first[:, None], moments[:, None], 0.0, spot_need[:, None])
    return RentNeed(
        margin, fixed, need, multiple, np.where(due > 0, spot, NO_DEBT_SERVICE.nan), first, spot_need, whole, by_period
    )
