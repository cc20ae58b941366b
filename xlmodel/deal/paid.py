"""What a financing comes to, in sentences: what stays unpaid, what the reserve gives, what is kept, what is earned."""

import numpy as np

from xlmodel.deal.results import Results
from xlmodel.deal.terms.returns import Financed
from xlmodel.deal.wording import day, money
from xlmodel.maths.domain import Floats

_CENT = 0.005


def paid_and_earned(analysis: Results) -> list[str]:
    """Return the findings on the waterfall of a deal, worst first; what it earns where it describes a financing."""
    found = [*_past_due(analysis), *_reserve(analysis)]
    if analysis.financing is not None:
        found += [*_locked(analysis), _earned(analysis.financing)]
    return found


def _past_due(analysis: Results) -> list[str]:
    late = analysis.paid.overdue
    if not (late > _CENT).any():
        return []
    first, worst = int(np.argmax(late > _CENT)), int(late.argmax())
    behind = _who(analysis, worst)
    to = f", owed to {behind}" if behind else ""
    since = f"Debt service is past due from {day(analysis.dates[first])} on"
    if worst == late.size - 1:
        return [f"{since}; {money(late[-1])} is never paid{to}."]
    said = f"{since}, {money(late[worst])} at most{to}, on {day(analysis.dates[worst])}"
    if late[-1] > _CENT:
        return [f"{said}; {money(late[-1])} is never paid."]
    # There may be several episodes: the last of it is paid after the last of them.
    after = int(np.flatnonzero(late > _CENT)[-1]) + 1
    return [f"{said}; the last of it is paid on {day(analysis.dates[after])}."]


def _who(analysis: Results, at: int) -> str:
    """The tranches to which something is past due, unless they all are."""
    late = [float(t.interest_overdue[at] + t.principal_overdue[at]) > _CENT for t in analysis.paid.tranches]
    if all(late):
        return ""
    *others, last = [debt.name for debt, behind in zip(analysis.deal.debt, late, strict=True) if behind]
    return f"{', '.join(others)} and {last}" if others else last


def _reserve(analysis: Results) -> list[str]:
    drawn = analysis.paid.reserves[0].drawn
    if not (drawn > _CENT).any():
        return []
    times, first = _times(drawn > _CENT)
    return [
        f"The debt service reserve is drawn in {times}, first in the one ending {day(analysis.dates[first])}, "
        f"{money(float(drawn.sum()))} in all."
    ]


def _locked(analysis: Results) -> list[str]:
    if not analysis.paid.locked.any():
        return []
    times, first = _times(analysis.paid.locked)
    return [f"Distributions are locked up in {times}, first in the one ending {day(analysis.dates[first])}."]


def _times(happens: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[str, int]:
    return f"{int(happens.sum())} of {happens.size} periods", int(np.argmax(happens))


def _earned(found: Financed) -> str:
    lender, equity = found.lender, found.equity_return
    said = f"The lender earns {_rate(lender.yield_eff)} on its dates and {float(lender.multiple):.2f}x its money"
    if found.equity <= _CENT:
        return f"{said}; no equity is left open."
    return (
        f"{said}; equity of {money(found.equity)} earns {_rate(equity.yield_eff)} and {float(equity.multiple):.2f}x, "
        "without what the hardware then brings."
    )


def _rate(value: Floats) -> str:
    return "no yield" if np.isnan(value) else f"{float(value):.1%} a year"
