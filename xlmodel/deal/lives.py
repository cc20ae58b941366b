"""How long the debt of a deal lives beside the cash that pays it, on the deal's own dates and rates."""

from dataclasses import dataclass

import numpy as np

from xlmodel.deal.results import Results
from xlmodel.errors import NO_BALANCE, NOTHING_TO_AVERAGE
from xlmodel.loan.coverage import cover
from xlmodel.loan.life_coverage import interest_cover, loan_life_coverage
from xlmodel.maths.domain import Floats, series

DUST = 1e-12
"""A balance below this share of the debt is rounding."""


@dataclass(frozen=True, slots=True)
class Lives:
    """Average lives, durations and the coverage of what is still owed.

    Attributes
    ----------
    owed
        1 in periods that begin with debt, else 0.
    rate
        Rate of the period on all debt: its interest over what is owed, and once nothing is owed the rate of the
        tranches weighted by their amounts.
    factor
        Value at closing of 1 paid at the end of each period, at that rate.
    llcr
        Loan life coverage at closing and after each payment, one date more than there are periods; `NO_BALANCE` once
        nothing is owed. Cash counts while debt is owed.
    icr
        Interest cover by period.
    average_life, tranche_lives
        Years, weighted by principal: all debt, and each tranche.
    debt, cash, gap
        Macaulay durations of debt service and of the cash of the timeline in years, and debt less cash.
    """

    owed: Floats
    rate: Floats
    factor: Floats
    llcr: Floats
    icr: Floats
    average_life: float
    tranche_lives: tuple[float, ...]
    debt: float
    cash: float
    gap: float


def lives(analysis: Results) -> Lives:
    """Return the lives of a deal's debt and cash."""
    debt, years = analysis.debt, analysis.timeline.years
    owed = debt.opening > DUST * debt.opening[0]
    mix = mixed_rate(analysis)
    if len(analysis.tranches) == 1:
        rate = mix
    else:
        rate = np.where(owed, cover(debt.interest, debt.opening, NO_BALANCE), mix)
    factor: Floats = np.cumprod(1 / (1 + rate), dtype=np.float64)
    llcr = loan_life_coverage(np.where(owed, analysis.cfads, 0.0), np.where(owed, debt.opening, 0.0), rate)
    service, cash = (float(dated_average(flow * factor, years)) for flow in (analysis.debt_service, analysis.cfads))
    swap = analysis.swap
    settled = 0.0 if swap is None else swap.settlement
    return Lives(
        owed=owed.astype(np.float64),
        rate=rate,
        factor=factor,
        # After the last payment no cash is to come for what is still owed.
        llcr=np.append(llcr, 0.0 if debt.closing[-1] > DUST * debt.opening[0] else NO_BALANCE.nan),
        icr=interest_cover(analysis.cfads, np.maximum(debt.interest - settled, 0.0)),
        average_life=float(dated_average(debt.principal, years)),
        tranche_lives=tuple(float(dated_average(t.schedule.principal, years)) for t in analysis.tranches),
        debt=service,
        cash=cash,
        # Two durations that differ by rounding alone are the same.
        gap=0.0 if abs(service - cash) <= DUST * service else service - cash,
    )


def mixed_rate(analysis: Results) -> Floats:
    """Return the rate of every period of the tranches together, weighted by the amounts lent."""
    amounts = np.array([tranche.amount.value for tranche in analysis.deal.debt])
    rates = np.array([tranche.rate for tranche in analysis.tranches])
    return np.asarray(amounts @ rates / amounts.sum()) if amounts.size > 1 else rates[0]


def dated_average(weights: Floats, years: Floats) -> Floats:
    """Return the average time of money that falls on given dates: ``Σ w_k t_k / Σ w_k``.

    On equal periods it is the average life of principal, and Macaulay's duration of present values.

    Parameters
    ----------
    weights
        Money by date, time last.
    years
        When, years from closing.

    Returns
    -------
    Floats
        Years; `NOTHING_TO_AVERAGE` where the money sums to zero or less.

    Examples
    --------
    >>> float(dated_average([50.0, 50.0], [0.25, 1.25]))
    0.75
    """
    money, times = series("weights", weights), series("years", years)
    return cover((money * times).sum(axis=-1), money.sum(axis=-1), NOTHING_TO_AVERAGE)
