"""What is owed: one roll-forward for level, straight-line, bullet, custom, balloon, grace, PIK and drawn loans.

``I_k = i_k·(B_{k−1} + start draw)``, ``DS_k = I_k − Cap_k + P_k``, ``B_k = B_{k−1} + Draw_k + Cap_k − P_k``.
Every payment is its share of *what is then owed over what is then left*, so capitalised interest and later draws
need no second formula, and the last payment takes the balance to exactly 0.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import InfeasibleError, InputError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

PROFILES: Final = ("level", "straight", "bullet", "custom")
# A principal this small a share of the balance below 0 is rounding, not a new loan.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Schedule:
    """A repayment schedule, every field money by period with time last.

    Attributes
    ----------
    opening
        Owed at the start of the period, before its draws.
    draw
        Drawn in the period.
    interest
        Accrued in the period, whether paid or capitalised.
    capitalised
        The part of the interest that is added to the debt instead of being paid.
    principal
        Repaid at the end of the period, the balloon included.
    balloon
        The part of the principal that is a final lump.
    debt_service
        Paid in cash at the end of the period: ``interest − capitalised + principal``.
    closing
        Owed after that payment.
    """

    opening: Floats
    draw: Floats
    interest: Floats
    capitalised: Floats
    principal: Floats
    balloon: Floats
    debt_service: Floats
    closing: Floats


def schedule(
    principal: ArrayLike,
    rate: ArrayLike,
    periods: float,
    profile: str = "level",
    *,
    balloon: ArrayLike = 0.0,
    grace: float = 0,
    grace_interest: str = "paid",
    pik: ArrayLike = 0.0,
    shares: ArrayLike | None = None,
    payment: ArrayLike | None = None,
    draws: ArrayLike = 0.0,
    draw_timing: str = "start",
    round_to: float | None = None,
) -> Schedule:
    """Repayment schedule of a loan.

    ``level``: ``DS = (B − F·Π(1+i)^−1) / Σ_k Π_{j≤k}(1+i_j)^−1``; ``straight``: ``P_k = (B−F)/n``; ``bullet``:
    interest, then all; ``custom``: ``P_k = share_k·(B−F)``

    Parameters
    ----------
    principal
        Drawn at closing, money, at least 0, one number a loan (no time axis).
    rate
        Rate a period, above −1: a number, or time last with one value or N. On real dates the annual rate times
        the accrual factor of each period, so that "level" stays one constant payment that repays exactly.
    periods
        N, the term in periods, one number for the batch.
    profile
        "level" (one payment a period), "straight" (equal principal), "bullet" or "custom".
    balloon
        F, the lump left for the last payment beside its ordinary principal, money, one number a loan.
    grace
        First periods without principal, fewer than N; a custom profile says it with shares of 0.
    grace_interest
        "paid", or "capitalised" as interest during construction.
    pik
        Share of the interest capitalised, 0 to 1, one number or one a period (a toggle). A period that capitalises
        pays no principal; in the last period what was capitalised is repaid with the rest.
    shares
        Principal by period as shares that sum to 1, for "custom" only, time last.
    payment
        A payment given from outside for "level", money: what it does not repay falls due at maturity. A payment
        set at a 30/360 rate on interest that accrues by ACT/360 is the usual case.
    draws
        Drawn after closing, money a period, time last, at least 0. A level payment is set anew after each.
    draw_timing
        "start" draws bear the period's interest, "end" draws do not.
    round_to
        Smallest unit paid, such as 0.01; interest and payments are rounded half up and the last payment absorbs
        the difference. Nothing is rounded by default.

    Returns
    -------
    Schedule
        The balance is never negative and ends at 0.

    Raises
    ------
    InputError
        Shares that do not sum to 1 within 1e-9, an unknown profile, a draw after the last payment.
    InfeasibleError
        A payment below the interest of its period: principal would be negative, which is a new loan.

    Notes
    -----
    A rate of 0 is the limit ``B/n``. Source: Excel's PMT for the level case; lenders' practice for the others.

    Examples
    --------
    >>> case_a = schedule(28e6, 0.03, 16)
    >>> round(float(case_a.debt_service[0]), 2), round(float(case_a.closing[7]), 2), float(case_a.closing[-1])
    (2229103.78, 15647622.39, 0.0)
    >>> schedule(100, 0.03, 4, "bullet").debt_service.tolist()
    [3.0, 3.0, 3.0, 103.0]
    """
    n = whole("periods", periods, 1)
    drawn0, lump = real("principal", principal, 0), real("balloon", balloon, 0)
    i, s = _by_period("rate", rate, n, above=-1), _by_period("pik", pik, n, 0, 1)
    more = _by_period("draws", draws, n, 0)
    pattern, wait = _pattern(profile, shares, n), whole("grace", grace, 0, n - 1)
    fixed = None if payment is None else real("payment", payment, 0)
    _check_words(profile, grace_interest, draw_timing, payment)
    batch = broadcast(
        principal=drawn0, balloon=lump, rate=i[..., 0], pik=s[..., 0], draws=more[..., 0], shares=pattern[..., 0],
        **({} if fixed is None else {"payment": fixed}),
    )  # fmt: skip
    shape = (*batch, n)
    i, more, pattern = (np.broadcast_to(x, shape) for x in (i, more, pattern))
    in_grace = np.arange(n) < wait
    if grace_interest == "capitalised":
        s = np.where(in_grace, 1.0, s)
    s = np.broadcast_to(s, shape)
    if draw_timing == "end" and (more[..., -1] > 0).any():
        raise InputError("draws must end before the last payment: one at its end could not be repaid", "draws")
    pays = ~(in_grace | (s > 0))
    pays[..., -1] = True
    unit = None if round_to is None else float(real("round_to", round_to, above=0))

    value, lump_value = _values_ahead(i, s, pays)
    left = _left(np.where(pays, pattern, 0.0))
    out = {field.name: np.zeros(shape) for field in fields(Schedule)}
    owed, level = np.broadcast_to(drawn0, batch).astype(np.float64), np.zeros(batch)
    for k in range(n):
        drawn = more[..., k]
        at_start = drawn if draw_timing == "start" else 0.0
        base = owed + at_start
        interest = _rounded(base * i[..., k], unit)
        capital = s[..., k] * interest
        if profile == "level":
            if fixed is not None:
                level = np.broadcast_to(fixed, batch)
            else:
                before = more[..., k - 1] if draw_timing == "end" and k else np.zeros(batch)
                anew = (drawn > 0) | (before > 0) if k else np.ones(batch, dtype=np.bool_)
                fresh = (base - lump * lump_value[..., k]) / value[..., k]
                level = np.where(anew, _rounded(fresh, unit), level)
            repaid = level - interest
            if fixed is None and unit is None and k < n - 1:
                # What is owed is the value of what is still to be paid; rolling forward would let the rounding
                # of the first periods grow with the rate.
                repaid = base - (level * value[..., k + 1] + lump * lump_value[..., k + 1])
        else:
            repaid = _rounded((base - lump) * _share(pattern[..., k], left[..., k]), unit)
        repaid = np.where(pays[..., k], repaid, 0.0)
        ordinary = _principal(repaid, base, k, profile)
        final = k == n - 1
        repaid = base + capital if final else ordinary
        out["opening"][..., k], out["draw"][..., k] = owed, drawn
        out["interest"][..., k], out["capitalised"][..., k] = interest, capital
        out["principal"][..., k] = repaid
        out["debt_service"][..., k] = interest - capital + repaid
        if final:
            out["balloon"][..., k] = _final_lump(profile, repaid, ordinary, lump, fixed)
        else:
            owed = base + capital - repaid + (drawn if draw_timing == "end" else 0.0)
            out["closing"][..., k] = owed
    return Schedule(**out)


def stack(*schedules: Schedule, starts: tuple[int, ...] | None = None) -> Schedule:
    """Several tranches as one loan.

    Parameters
    ----------
    schedules
        The tranches, batches that broadcast; terms may differ.
    starts
        The period, counted from 0, in which each tranche begins; all together when omitted. A tranche that begins
        later is drawn at the end of the period before its own first one.

    Returns
    -------
    Schedule
        The sum, as long as the tranche that ends last.

    Examples
    --------
    >>> both = stack(schedule(100, 0.1, 2, "bullet"), schedule(50, 0.1, 2, "straight"), starts=(0, 1))
    >>> both.opening.tolist(), both.draw.tolist(), both.debt_service.tolist()
    ([100.0, 150.0, 25.0], [50.0, 0.0, 0.0], [10.0, 140.0, 27.5])
    """
    if not schedules:
        raise InputError("schedules is empty: at least one tranche is expected", "schedules")
    offsets = starts if starts is not None else (0,) * len(schedules)
    if len(offsets) != len(schedules) or min(offsets) < 0:
        raise InputError("starts must name a period from 0 for each tranche", "starts")
    n = max(o + t.opening.shape[-1] for o, t in zip(offsets, schedules, strict=True))
    batch = np.broadcast_shapes(*(t.opening.shape[:-1] for t in schedules))
    out = {field.name: np.zeros((*batch, n)) for field in fields(Schedule)}
    for offset, tranche in zip(offsets, schedules, strict=True):
        span = slice(offset, offset + tranche.opening.shape[-1])
        for name, total in out.items():
            total[..., span] += getattr(tranche, name)
        if offset:
            out["draw"][..., offset - 1] += tranche.opening[..., 0]
            out["closing"][..., offset - 1] += tranche.opening[..., 0]
    return Schedule(**out)


def place(bad: npt.NDArray[np.bool_]) -> str:
    """Name the first True of an array with time last: "period 3", or "loan 2, period 3" in a batch.

    Examples
    --------
    >>> place(np.array([[False, False], [False, True]]))
    'loan 2, period 2'
    """
    *loan, period = (int(x) + 1 for x in np.argwhere(bad)[0])
    if not loan or bad.size == bad.shape[-1]:
        return f"period {period}"
    return f"loan {'/'.join(map(str, loan))}, period {period}"


def _by_period(
    name: str, value: ArrayLike, n: int, low: float = -np.inf, high: float = np.inf, above: float = -np.inf
) -> Floats:
    array = np.atleast_1d(real(name, value, low, high, above=above))
    if array.shape[-1] not in (1, n):
        raise InputError(f"{name} must be one number or one for each of {n} periods, got {array.shape[-1]}", name)
    return np.broadcast_to(array, (*array.shape[:-1], n))


def _pattern(profile: str, shares: ArrayLike | None, n: int) -> Floats:
    """Weights of principal by period; what capitalises is taken out of them later."""
    if profile == "custom":
        if shares is None:
            raise InputError("shares are needed for a custom profile", "shares")
        row = series("shares", shares, 0)
        if row.shape[-1] != n:
            raise InputError(f"shares must be one for each of {n} periods, got {row.shape[-1]}", "shares")
        total = row.sum(axis=-1)
        if (np.abs(total - 1) > 1e-9).any():
            raise InputError(f"shares must sum to 1, got {float(np.atleast_1d(total).flat[0]):.12g}", "shares")
        return row
    if shares is not None:
        raise InputError("shares belong to a custom profile", "shares")
    last_only = np.zeros(n)
    last_only[-1] = 1.0
    return last_only if profile == "bullet" else np.ones(n)


def _check_words(profile: str, grace_interest: str, draw_timing: str, payment: object) -> None:
    if profile not in PROFILES:
        raise InputError(f"profile must be one of {', '.join(PROFILES)}, got {profile!r}", "profile")
    if grace_interest not in ("paid", "capitalised"):
        raise InputError(f"grace_interest must be 'paid' or 'capitalised', got {grace_interest!r}", "grace_interest")
    if draw_timing not in ("start", "end"):
        raise InputError(f"draw_timing must be 'start' or 'end', got {draw_timing!r}", "draw_timing")
    if payment is not None and profile != "level":
        raise InputError("a payment can only be given for a level profile", "payment")


def _values_ahead(i: Floats, s: Floats, pays: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Value at the start of each period of 1 paid in every paying period from there on, and of 1 at maturity.

    A period that does not pay lets the debt grow by what it capitalises, and by that alone the two are discounted.
    """
    value, lump = np.empty(i.shape), np.empty(i.shape)
    v, f = np.zeros(i.shape[:-1]), np.ones(i.shape[:-1])
    for k in range(i.shape[-1] - 1, -1, -1):
        growth = 1 + np.where(pays[..., k], i[..., k], s[..., k] * i[..., k])
        v, f = (v + pays[..., k]) / growth, f / growth
        value[..., k], lump[..., k] = v, f
    return value, lump


def _left(weights: Floats) -> Floats:
    """Sum of each period's weight and those after it."""
    left = np.empty(weights.shape)
    total = np.zeros(weights.shape[:-1])
    for k in range(weights.shape[-1] - 1, -1, -1):
        total = total + weights[..., k]
        left[..., k] = total
    return left


def _share(weight: Floats, left: Floats) -> Floats:
    return np.where(left > 0, weight / np.where(left > 0, left, 1.0), 0.0)


def _principal(repaid: Floats, base: Floats, k: int, profile: str) -> Floats:
    """Refuse principal below 0, and never repay more than is owed."""
    bad = repaid < -_ROUNDING * base
    if bad.any():
        where = place(np.concatenate([np.zeros((*bad.shape, k), dtype=np.bool_), bad[..., None]], axis=-1))
        why = "the payment is below the interest" if profile == "level" else "the balloon exceeds what is owed"
        raise InfeasibleError(f"{why} in {where}: principal would be negative, which is a new loan", "principal")
    return np.minimum(np.maximum(repaid, 0.0), base)


def _final_lump(profile: str, repaid: Floats, ordinary: Floats, lump: Floats, fixed: Floats | None) -> Floats:
    """The part of the last principal that is no ordinary instalment."""
    if profile == "bullet":
        return repaid
    if fixed is not None:
        return np.maximum(repaid - ordinary, 0.0)
    return np.minimum(lump, repaid)


def _rounded(money: Floats, unit: float | None) -> Floats:
    """Half up, on the number a person would see: 2.675 is a half although its binary form is just below."""
    if unit is None:
        return money
    return np.floor(np.round(money / unit, 6) + 0.5) * unit
