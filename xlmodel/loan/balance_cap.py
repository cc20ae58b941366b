"""The most that may be owed on every date so that cash, interest and collateral are all respected to the end."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import InputError
from xlmodel.loan.schedule import Schedule
from xlmodel.maths.domain import Floats, broadcast, real, series


class Limb(IntEnum):
    """What limits a debt."""

    DSCR = 0
    INTEREST = 1
    COLLATERAL = 2
    LTV = 3
    NOLV = 4


def balance_caps(
    cfads: ArrayLike,
    target_dscr: ArrayLike,
    rate: ArrayLike,
    caps: ArrayLike | None = None,
    terminal: ArrayLike = 0.0,
    allow_negam: bool = False,
) -> Floats:
    """Largest balance on each date from which the loan can still be repaid within its limits.

    ``Cap_{k−1} = min{ (Cap_k + s_k)/(1+i_k), A_{k−1}, s_k/i_k }``, ``s_k = max(CFADS_k, 0)/DSCR*_k``,
    ``Cap_N = min(terminal, A_N)``

    Parameters
    ----------
    cfads
        Cash flow available for debt service of periods 1 to N, money, time last. A negative flow counts as 0.
    target_dscr
        DSCR*, greater than 0, one number or one a period.
    rate
        Rate a period, above −1, one number or one a period.
    caps
        A, the most the collateral allows on the dates 0 to N (advance rate times liquidation value), money, at
        least 0, N+1 values; no limit when omitted.
    terminal
        What may still be owed at the end, such as a refinancing that is certain, money, one number a loan.
    allow_negam
        True drops the limb ``s_k/i_k``, under which service never falls below interest.

    Returns
    -------
    Floats
        N+1 balances, dates 0 to N; the first is the debt capacity. Never negative.

    Examples
    --------
    >>> balance_caps([80, 80, 80, 80], 1.25, 0.1, [1000, 100, 60, 30, 0]).round(4).tolist()
    [149.0909, 100.0, 60.0, 30.0, 0.0]
    >>> balance_caps([10, 200], 1.3, 0.1).round(2).tolist()
    [76.92, 139.86, 0.0]
    """
    return _recursion(*_read(cfads, target_dscr, rate, caps, terminal), allow_negam)[0]


@dataclass(frozen=True, slots=True)
class CollateralCapacity:
    """The debt that cash and collateral carry together, and what stops it.

    Attributes
    ----------
    debt
        Largest debt at closing, money, one number a loan.
    caps
        Largest balance on the dates 0 to N, time last.
    binding
        Code of `Limb`: the first limit met on the way from closing. DSCR when nothing but the cash limits it.
    date
        The date, 0 to N, on which that limit is met; −1 when the cash alone limits the debt. An INTEREST limit
        met on date k is about the interest due on date k+1.
    schedule
        The loan drawn in full and served with the cash over the target until it is repaid.
    growth
        How far the balance rises above the debt at closing, money; 0 unless negative amortisation is allowed.
    """

    debt: Floats
    caps: Floats
    binding: npt.NDArray[np.intp]
    date: npt.NDArray[np.intp]
    schedule: Schedule
    growth: Floats


def collateral_capacity(
    cfads: ArrayLike,
    target_dscr: ArrayLike,
    rate: ArrayLike,
    caps: ArrayLike | None = None,
    terminal: ArrayLike = 0.0,
    allow_negam: bool = False,
) -> CollateralCapacity:
    """Debt sized so that coverage holds in every period and the balance stays below the collateral on every date.

    ``D = Cap_0`` of `balance_caps`

    Parameters
    ----------
    cfads, target_dscr, rate, caps, terminal, allow_negam
        As for `balance_caps`.

    Notes
    -----
    The loan that pays all the cash over the target stays below every cap, as each cap is what can be repaid from
    it. Derived for this tool; with unlimited collateral it is the sculpted debt.

    Examples
    --------
    >>> sized = collateral_capacity([80, 80, 80, 80], 1.25, 0.1, [1000, 100, 60, 30, 0])
    >>> round(float(sized.debt), 4), Limb(int(sized.binding)).name, int(sized.date)
    (149.0909, 'COLLATERAL', 1)
    """
    service, i, limit, end = _read(cfads, target_dscr, rate, caps, terminal)
    most, limb = _recursion(service, i, limit, end, allow_negam)
    limited = limb != Limb.DSCR
    met = limited.any(axis=-1)
    date = np.argmax(limited, axis=-1)
    binding = np.where(met, np.take_along_axis(limb, date[..., None], axis=-1)[..., 0], Limb.DSCR)
    paid = _served(most[..., 0], service, i)
    growth = np.maximum(paid.closing.max(axis=-1) - most[..., 0], 0.0)
    # What a rounding of the recursion adds is no growth.
    growth = np.where(growth <= 1e-12 * most[..., 0], 0.0, growth)
    return CollateralCapacity(most[..., 0].copy(), most, binding, np.where(met, date, -1), paid, growth)


def max_debt_for_profile(profile: ArrayLike, caps: ArrayLike) -> Floats:
    """Largest debt of a given amortisation shape that stays below every cap.

    ``D = min_k A_k / b_k`` over the dates with ``b_k > 0``

    Parameters
    ----------
    profile
        b, the balance as a share of the debt on each date, at least 0, time last.
    caps
        A, the most that may be owed on each date, money, at least 0, time last.

    Raises
    ------
    InputError
        A profile that never owes anything.

    Examples
    --------
    >>> float(max_debt_for_profile([1, 0.75, 0.5, 0.25, 0], [80, 50, 30, 12, 5]))
    48.0
    """
    b, a = series("profile", profile, 0), series("caps", caps, 0)
    shape = broadcast(profile=b, caps=a)
    if not (b > 0).any(axis=-1).all():
        raise InputError("profile must owe something on some date", "profile")
    b, a = np.broadcast_to(b, shape), np.broadcast_to(a, shape)
    return np.asarray(np.where(b > 0, a / np.where(b > 0, b, 1.0), np.inf).min(axis=-1))


def _read(
    cfads: ArrayLike, target_dscr: ArrayLike, rate: ArrayLike, caps: ArrayLike | None, terminal: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """Service, rate, caps and terminal balance, all of one shape (caps one date longer)."""
    cash, target = series("cfads", cfads), real("target_dscr", target_dscr, above=0)
    i, end = real("rate", rate, above=-1), real("terminal", terminal, 0)
    shape = broadcast(cfads=cash, target_dscr=target, rate=i, terminal=end[..., None])
    n = shape[-1]
    if caps is None:
        limit = np.full(n + 1, np.inf)
    else:
        limit = series("caps", caps, 0)
        if limit.shape[-1] != n + 1:
            raise InputError(
                f"caps must be one for each of the {n + 1} dates from closing to the end, got {limit.shape[-1]}", "caps"
            )
        shape = (*broadcast(caps=limit[..., 0], cfads=np.empty(shape[:-1])), n)
    service = np.broadcast_to(np.maximum(cash, 0.0) / target, shape)
    limit = np.broadcast_to(limit, (*shape[:-1], n + 1))
    return service, np.broadcast_to(i, shape), limit, np.broadcast_to(end, shape[:-1])


def _recursion(
    service: Floats, i: Floats, limit: Floats, end: Floats, allow_negam: bool
) -> tuple[Floats, npt.NDArray[np.intp]]:
    """The caps, and on each date the limb that sets its cap."""
    most, limb = np.empty(limit.shape), np.zeros(limit.shape, dtype=np.intp)
    most[..., -1] = np.minimum(end, limit[..., -1])
    limb[..., -1] = np.where(limit[..., -1] < end, Limb.COLLATERAL, Limb.DSCR)
    for k in range(service.shape[-1] - 1, -1, -1):
        cap = (most[..., k + 1] + service[..., k]) / (1 + i[..., k])
        why = np.zeros(cap.shape, dtype=np.intp)
        if not allow_negam:
            # Divided only where it binds, so that a rate next to 0 does not overflow.
            short = cap * i[..., k] > service[..., k]
            why = np.where(short, Limb.INTEREST, why)
            cap = np.where(short, service[..., k] / np.where(short, i[..., k], 1.0), cap)
        why = np.where(limit[..., k] < cap, Limb.COLLATERAL, why)
        most[..., k], limb[..., k] = np.minimum(cap, limit[..., k]), why
    return most, limb


def _served(debt: Floats, service: Floats, i: Floats) -> Schedule:
    """The loan that pays the service until nothing is owed; what is left at the end is the terminal lump."""
    shape, n = service.shape, service.shape[-1]
    parts = {name: np.zeros(shape) for name in Schedule.__slots__}
    owed = debt
    for k in range(n):
        interest = owed * i[..., k]
        due = owed + interest
        paid = np.minimum(service[..., k], due)
        capital = np.maximum(interest - paid, 0.0)
        left = due - paid
        # The recursion and this walk differ by rounding; dust is repaid, not carried.
        dust = left <= 1e-12 * debt
        paid, left = np.where(dust, due, paid), np.where(dust, 0.0, left)
        lump = left if k == n - 1 else np.zeros(shape[:-1])
        parts["opening"][..., k], parts["interest"][..., k], parts["capitalised"][..., k] = owed, interest, capital
        parts["principal"][..., k] = paid + lump - interest + capital
        parts["balloon"][..., k], parts["debt_service"][..., k] = lump, paid + lump
        owed = left - lump
        parts["closing"][..., k] = owed
    return Schedule(**parts)
