"""The same hardware, cash and debt under other terms: what would have held."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xlmodel.deal.carried import terms_of
from xlmodel.deal.lives import mixed_rate
from xlmodel.deal.results import Results
from xlmodel.loan.contingent import contingent_schedule
from xlmodel.loan.styles import Outcome, Terms, outcome, utility_terms, venture_terms
from xlmodel.loan.term_sheet import Tranche
from xlmodel.loan.waterfall import waterfall
from xlmodel.loan.waterfall_lines import Waterfall
from xlmodel.maths.domain import Floats

VENTURE_MONTHS: Final = 36
"""Within the 24 to 48 months of venture loans and equipment leases."""
RESERVE_MONTHS: Final = 6
"""Debt service that a utility's lenders commonly hold in reserve."""
SWEEP: Final = 0.5
"""Share of the excess cash that prepays a utility's debt."""


@dataclass(frozen=True, slots=True)
class Structure:
    """One set of terms and what became of it.

    Attributes
    ----------
    name, terms
        What it is called, and its terms in words.
    due
        Service that falls due by its schedule, USD by period.
    paid
        Its waterfall.
    outcome
        Whether it held, and what the lender earned.
    """

    name: str
    terms: str
    due: Floats
    paid: Waterfall
    outcome: Outcome


def structures(analysis: Results) -> tuple[Structure, ...]:
    """Return four structures of the debt of a deal: its own rigid schedule, contingent, venture's and utility's terms.

    All lend the same amount on the same cash, the first in the deal's own tranches, the others in one at their mixed
    rate; none has the reserves, sweeps or swap of the deal itself.

    Parameters
    ----------
    analysis
        The deal. The floor is the coverage that sizes it: the strictest covenant, or the assumed one.
    """
    cash, owed, rate = analysis.cfads, float(analysis.debt.opening[0]), mixed_rate(analysis)
    floor, count, year = terms_of(analysis).target, analysis.dates.size, analysis.periods_per_year
    plan = analysis.scheduled.principal
    flexed = contingent_schedule(cash, owed, rate, plan, floor)
    life = min(max(round(VENTURE_MONTHS * year / 12), 1), count)
    ahead = RESERVE_MONTHS * year / 12
    fast = venture_terms(owed, rate[:life], life)
    # The waterfall runs over all the cash, so what is left of a short loan still has its rate.
    fast = Terms((Tranche(owed, rate, _longer(fast.tranches[0].principal, count)),), (), None, None)
    first = float(np.mean(analysis.scheduled.debt_service[: max(int(ahead), 1)])) * ahead
    slow = utility_terms(cash, owed, rate, floor, ahead, first, SWEEP, max(floor - 0.05, 1.0))
    at, locked = f"{floor:.2f}x", max(floor - 0.05, 1.0)
    return (
        _run(analysis, "Rigid", "the schedule as written", Terms(_as_written(analysis), (), None, None)),
        _run(analysis, "Contingent", f"principal waits for cash at {at} and falls due at the end",
             Terms((Tranche(owed, rate, flexed.principal, matures=count),), (), None, None)),
        _run(analysis, "Venture-style", f"level payments over {life * 12 // year} months, whatever is earned", fast),
        _run(analysis, "Utility-style", f"principal follows the cash at {at}, {RESERVE_MONTHS} months in reserve, "
             f"{SWEEP:.0%} of the excess swept, locked up below {locked:.2f}x", slow),
    )  # fmt: skip


def _as_written(analysis: Results) -> tuple[Tranche, ...]:
    """The tranches by their schedules, each at its own rate."""
    return tuple(
        Tranche(t.schedule.opening[0], t.rate, t.schedule.principal, described.rank)
        for described, t in zip(analysis.deal.debt, analysis.tranches, strict=True)
    )


def _longer(principal: object, count: int) -> Floats:
    row = np.asarray(principal, dtype=np.float64)
    return np.append(row, np.zeros(count - row.size))


def _run(analysis: Results, name: str, words: str, terms: Terms) -> Structure:
    paid = waterfall(analysis.cfads, terms.tranches, terms.reserves, sweep=terms.sweep, lockup=terms.lockup)
    return Structure(name, words, paid.debt_service, paid, outcome(paid, analysis.periods_per_year))
