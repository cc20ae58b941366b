"""What is outstanding, what falls due and what is paid: the debt of a deal as its waterfall leaves it."""

import numpy as np

from xlmodel.deal.terms.tranche import Tranche
from xlmodel.loan.schedule import Schedule
from xlmodel.loan.waterfall_lines import TrancheLines, Waterfall
from xlmodel.maths.domain import Floats


def outstanding(paid: Waterfall) -> Floats:
    """Return what is owed after every payment, USD: principal, and interest that is past due."""
    return _sum([t.closing + t.interest_overdue for t in paid.tranches])


def as_paid(found: tuple[Tranche, ...], paid: Waterfall) -> tuple[Schedule, ...]:
    """Return every tranche as its waterfall leaves it.

    `principal` is what was repaid, from cash flow, sweeps and events; `debt_service` what fell due by the schedule on
    the balance then outstanding; `balloon` the part of that principal which is no ordinary instalment; `closing` what
    is owed, interest past due apart.
    """
    return tuple(_paid(t, lines) for t, lines in zip(found, paid.tranches, strict=True))


def _paid(tranche: Tranche, lines: TrancheLines) -> Schedule:
    plan, before = tranche.schedule, np.zeros(lines.closing.shape)
    before[..., 1:] = lines.principal_overdue[..., :-1]
    due = lines.principal_due - before
    lump = np.clip(due - (plan.principal - plan.balloon), 0.0, plan.balloon)
    return Schedule(
        opening=lines.opening,
        draw=lines.draws,
        interest=lines.interest,
        capitalised=lines.capitalised,
        principal=lines.principal_paid + lines.prepaid + lines.swept,
        debt_service=lines.scheduled,
        closing=lines.closing,
        balloon=np.where(due == plan.principal, plan.balloon, lump) * (plan.balloon > 0),
    )


def _sum(parts: list[Floats]) -> Floats:
    total = np.zeros(parts[0].shape)
    for part in parts:
        total = total + part
    return total
