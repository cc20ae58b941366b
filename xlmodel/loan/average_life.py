"""A given debt, a minimum coverage and a target average life at once, with the range of lives that exists.

Repayment is linear in its instalments: principal of at least 0, service within the cash over the minimum coverage,
a given sum, a given average life. So every feasible loan lies between the one that repays as early as the cash
allows and the one that repays as late as it allows, both plain recursions, and every life between theirs is reached
by a mixture of the two. Among all those loans the smoothest is wanted. Without the inequalities the service closest
to a flat coverage is ``CFADS_k·(α + β·g_k)``, g the weight a unit of service has in the average life, two linear
equations for α and β. Where it breaks an inequality, it is moved towards the mixture as little as is needed.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NO_DEBT_SERVICE, NOT_SCULPTABLE, InfeasibleError, InputError
from xlmodel.loan.balance_cap import balance_caps
from xlmodel.loan.coverage import cover
from xlmodel.loan.schedule import Schedule
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

# Debt and life at the edge of what exists are taken as on it.
_EDGE: Final = 1e-9
# Money below this share of the debt is rounding.
_DUST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class AverageLifeLoan:
    """A loan of given debt and average life.

    Attributes
    ----------
    schedule
        The repayment schedule.
    dscr
        Coverage by period, never below the minimum; undefined where nothing is due.
    average_life
        The average life reached, years.
    shortest, longest
        The average lives that exist for this debt, cash and minimum coverage, years.
    smoothness
        1 when the coverage follows the smooth curve exactly, less as limits bend it, 0 for the plain mixture of the
        earliest and the latest loan.
    """

    schedule: Schedule
    dscr: Floats
    average_life: Floats
    shortest: Floats
    longest: Floats
    smoothness: Floats


def sculpt_to_average_life(
    cfads: ArrayLike,
    debt: ArrayLike,
    rate: ArrayLike,
    minimum_dscr: ArrayLike,
    average_life: ArrayLike,
    frequency: float = 4,
    years: ArrayLike | None = None,
    mark: bool = False,
) -> AverageLifeLoan:
    """Sculpted loan of a given debt and average life that keeps a minimum coverage.

    ``Σ P_k = D``, ``Σ P_k·t_k / D = WAL``, ``P_k ≥ 0``, ``DS_k ≤ max(CFADS_k, 0)/DSCR_min``, coverage as smooth as
    these allow

    Parameters
    ----------
    cfads
        Cash flow available for debt service, money a period, time last.
    debt
        Drawn at closing, money, greater than 0, one number a loan.
    rate
        Rate a period, at least 0, one number or one a period.
    minimum_dscr
        Lowest coverage allowed, greater than 0, one number or one a period.
    average_life
        WAL, years from closing, greater than 0, one number a loan.
    frequency
        Periods a year, for the times ``t_k = k/f``.
    years
        The times t_k themselves, increasing, when periods are not equal.
    mark
        Make a loan that does not exist undefined (`NOT_SCULPTABLE`) instead of refusing the whole batch. The range
        of lives is still given, and undefined only where even the debt is too large.

    Raises
    ------
    InfeasibleError
        A debt above what the cash carries, or a life outside the range; the sentence says which exist.

    Notes
    -----
    A balance that pays at least its interest in every period is required: nothing is capitalised.

    Examples
    --------
    >>> loan = sculpt_to_average_life([120, 130, 140], 200, 0.1, 1.3, 2.0, frequency=1)
    >>> loan.schedule.principal.round(4).tolist(), round(float(loan.average_life), 10)
    ([66.1574, 67.6852, 66.1574], 2.0)
    >>> loan.dscr.round(3).tolist()
    [1.393, 1.604, 1.924]
    """
    cash, size = series("cfads", cfads), real("debt", debt, above=0)
    i, least = real("rate", rate, 0), real("minimum_dscr", minimum_dscr, above=0)
    life = real("average_life", average_life, above=0)
    n = cash.shape[-1]
    t = _times(n, frequency, years)
    shape = broadcast(
        cfads=cash, debt=size[..., None], rate=i, minimum_dscr=least, average_life=life[..., None], years=t
    )
    cash, i = np.broadcast_to(cash, shape), np.broadcast_to(i, shape)
    size, life = np.broadcast_to(size, shape[:-1]), np.broadcast_to(life, shape[:-1])
    step = np.broadcast_to(np.diff(t, prepend=0.0, axis=-1), shape)
    limit = np.maximum(cash, 0.0) / least

    most = balance_caps(cash, least, i)
    small = size <= most[..., 0] * (1 + _EDGE)
    early, late = _earliest(size, limit, i), _latest(size, most)
    shortest, longest = _life(early, step, size), _life(late, step, size)
    lasting = (life >= shortest * (1 - _EDGE)) & (life <= longest * (1 + _EDGE))
    exists = np.asarray(small & lasting)
    if not exists.all() and not mark:
        _refuse(exists, small, size, life, most[..., 0], shortest, longest, least)

    mixed = _mixture(early, late, shortest, longest, life)
    smooth = _smooth(cash, i, step, size, life, mixed)
    theta = _furthest(mixed, smooth, i, limit)
    balance = mixed + theta[..., None] * (smooth - mixed)
    loan = _as_schedule(balance, i)
    reached = _life(balance, step, size)
    dscr = cover(cash, loan.debt_service, NO_DEBT_SERVICE)
    if exists.all():
        return AverageLifeLoan(loan, dscr, reached, shortest, longest, theta)
    nan = NOT_SCULPTABLE.nan
    parts = {name: np.where(exists[..., None], getattr(loan, name), nan) for name in Schedule.__slots__}
    return AverageLifeLoan(
        Schedule(**parts),
        np.where(exists[..., None], dscr, nan),
        np.where(exists, reached, nan),
        np.where(small, shortest, nan),
        np.where(small, longest, nan),
        np.where(exists, theta, nan),
    )


def _times(n: int, frequency: float, years: ArrayLike | None) -> Floats:
    if years is None:
        return np.arange(1, n + 1) / whole("frequency", frequency, 1)
    t = series("years", years, 0)
    if t.shape[-1] != n or (np.diff(t, prepend=0.0, axis=-1) <= 0).any():
        raise InputError(f"years must be {n} increasing times after closing, one a period", "years")
    return t


def _earliest(size: Floats, limit: Floats, i: Floats) -> Floats:
    """Balances on the dates 0 to N when all the cash over the minimum coverage is paid."""
    balance = np.empty((*limit.shape[:-1], limit.shape[-1] + 1))
    balance[..., 0] = owed = size
    for k in range(limit.shape[-1]):
        owed = np.maximum(owed * (1 + i[..., k]) - limit[..., k], 0.0)
        balance[..., k + 1] = owed
    # A debt at the very edge of capacity leaves dust.
    balance[..., -1] = 0.0
    return balance


def _latest(size: Floats, most: Floats) -> Floats:
    """Balances on the dates 0 to N when only what must be repaid is repaid."""
    balance = np.empty(most.shape)
    balance[..., 0] = owed = size
    for k in range(1, most.shape[-1]):
        owed = np.minimum(owed, most[..., k])
        balance[..., k] = owed
    return balance


def _life(balance: Floats, step: Floats, size: Floats) -> Floats:
    """``Σ P_k t_k / D``, summed by parts as ``Σ B_{k−1}(t_k − t_{k−1}) / D``."""
    total = np.zeros(size.shape)
    for k in range(step.shape[-1]):
        total = total + balance[..., k] * step[..., k]
    return np.asarray(total / size)


def _mixture(early: Floats, late: Floats, shortest: Floats, longest: Floats, life: Floats) -> Floats:
    span = longest - shortest
    share = np.where(span > 0, (life - shortest) / np.where(span > 0, span, 1.0), 0.0)
    share = np.clip(share, 0.0, 1.0)[..., None]
    return np.asarray(early * (1 - share) + late * share)


def _smooth(cash: Floats, i: Floats, step: Floats, size: Floats, life: Floats, mixed: Floats) -> Floats:
    """Balances under ``DS_k = max(CFADS_k, 0)·(α + β·g_k)``, or the mixture where two cash periods are lacking.

    A unit of service in k repays DF_k of the debt and adds ``DF_k·g_k`` to ``Σ B_{k−1}·step_k``, where
    ``g_k = Σ_{j≤k} step_j / DF_{j−1}``.
    """
    n = step.shape[-1]
    positive = np.maximum(cash, 0.0)
    factor, weight = np.ones(size.shape), np.zeros(size.shape)
    g = np.empty(step.shape)
    m0, m1, m2 = (np.zeros(size.shape) for _ in range(3))
    for k in range(n):
        weight = weight + step[..., k] / factor
        factor = factor / (1 + i[..., k])
        worth = positive[..., k] * factor
        g[..., k] = weight
        m0, m1, m2 = m0 + worth, m1 + worth * weight, m2 + worth * weight * weight
    det = m0 * m2 - m1 * m1
    solvable = det > 1e-12 * m0 * m2
    det = np.where(solvable, det, 1.0)
    alpha = size * (m2 - life * m1) / det
    beta = size * (life * m0 - m1) / det
    service = positive * (alpha[..., None] + beta[..., None] * g)
    balance = np.empty(mixed.shape)
    balance[..., n] = owed = np.zeros(size.shape)
    for k in range(n - 1, -1, -1):
        owed = (owed + service[..., k]) / (1 + i[..., k])
        balance[..., k] = owed
    # The equations hold up to their rounding; the debt itself is exact.
    balance[..., 0] = np.where(solvable, size, 0.0)
    return np.where(solvable[..., None], balance, mixed)


def _furthest(mixed: Floats, smooth: Floats, i: Floats, limit: Floats) -> Floats:
    """Largest step from the mixture towards the smooth loan that keeps principal and coverage in bounds."""
    step = np.ones(mixed.shape[:-1])
    for slack in (_repaid, _unused):
        at_mixed, at_smooth = slack(mixed, i, limit), slack(smooth, i, limit)
        for k in range(limit.shape[-1]):
            m, s = np.maximum(at_mixed[..., k], 0.0), at_smooth[..., k]
            short = s < -_EDGE * mixed[..., 0]
            step = np.where(short, np.minimum(step, m / np.where(short, m - s, 1.0)), step)
    return step


def _repaid(balance: Floats, i: Floats, limit: Floats) -> Floats:
    return np.asarray(balance[..., :-1] - balance[..., 1:])


def _unused(balance: Floats, i: Floats, limit: Floats) -> Floats:
    return np.asarray(limit - (balance[..., :-1] * (1 + i) - balance[..., 1:]))


def _as_schedule(balance: Floats, i: Floats) -> Schedule:
    # What rounding leaves of an instalment, of either sign, is no instalment; of a balance, no balance.
    dust = _DUST * balance[..., 0]
    balance = np.where(balance <= dust[..., None], 0.0, balance)
    for k in range(1, balance.shape[-1]):
        before = balance[..., k - 1]
        balance[..., k] = np.where((before - balance[..., k] <= dust) & (balance[..., k] > 0), before, balance[..., k])
    opening, closing = balance[..., :-1].copy(), balance[..., 1:].copy()
    interest, repaid = opening * i, opening - closing
    zero = np.zeros(opening.shape)
    return Schedule(
        opening=opening,
        draw=zero,
        interest=interest,
        capitalised=zero.copy(),
        principal=repaid,
        balloon=zero.copy(),
        debt_service=interest + repaid,
        closing=closing,
    )


def _refuse(
    exists: npt.NDArray[np.bool_], small: npt.NDArray[np.bool_], size: Floats, life: Floats,
    most: Floats, shortest: Floats, longest: Floats, least: Floats,
) -> None:  # fmt: skip
    at = tuple(int(x) for x in np.argwhere(~exists)[0])
    who = f"loan {'/'.join(str(x + 1) for x in at)}: " if at else ""
    floor = f"{least.min():g}x" if least.ndim == 0 else "the minimum coverage"
    if not small[at]:
        raise InfeasibleError(
            f"{who}a debt of {size[at]:,.2f} is more than the cash carries at {floor}: {most[at]:,.2f}", "debt"
        )
    raise InfeasibleError(
        f"{who}an average life of {life[at]:.4g} years does not exist: at {floor} a debt of {size[at]:,.2f} "
        f"lives between {shortest[at]:.4f} and {longest[at]:.4f} years",
        "average_life",
    )
