"""Equity that repairs a covenant, within the limits an agreement sets: amount, count, row, rolling window."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NO_DEBT_SERVICE, SHORT_HISTORY, InputError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

# Equality passes, and so does what rounding makes of it.
_TOLERANCE = 1e-12
COUNTS_AS = ("cfads", "debt_service", "prepayment")


@dataclass(frozen=True, slots=True)
class CureLimits:
    """What an agreement allows.

    Attributes
    ----------
    max_cures
        Over the life, no limit when None.
    max_consecutive
        Test periods in a row, no limit when None.
    max_in_window, window
        At most so many in any so many test periods; no limit when `max_in_window` is None.
    cap
        Most that one cure may put in, at least 0, one number or one a period; no limit when None.
    total_cap
        Most over the life, at least 0, shape (...); no limit when None.
    first_limited
        First period, from 1, to which the limits apply; cures before it are free and do not count.

    Examples
    --------
    >>> CureLimits(max_in_window=3, window=4).max_cures is None
    True
    """

    max_cures: int | None = None
    max_consecutive: int | None = None
    max_in_window: int | None = None
    window: int = 4
    cap: ArrayLike | None = None
    total_cap: ArrayLike | None = None
    first_limited: int = 1


@dataclass(frozen=True, slots=True)
class Cures:
    """The equity that repairs a tested ratio, period by period.

    Attributes
    ----------
    amount
        Money put in by period, 0 where none is needed or none is allowed any more.
    ratio
        The ratio after the cures.
    cured
        True where a breach was repaired.
    needed
        Money that would repair the breach, made or not, given the cures before it; 0 where there is no breach or where
        cash of that kind cannot repair it.
    service_left
        Share of the service that prepayments leave, 1 where a cure counts as something else.
    """

    amount: Floats
    ratio: Floats
    cured: npt.NDArray[np.bool_]
    needed: Floats
    service_left: Floats


def cures(
    cfads: ArrayLike,
    debt_service: ArrayLike,
    covenant: ArrayLike,
    limits: CureLimits | None = None,
    look_back: float = 1,
    first_test: float = 1,
    counts_as: str = "cfads",
    balance: ArrayLike | None = None,
) -> Cures:
    """Return the equity that keeps a ratio at its covenant, as far as the limits allow.

    ``Σ CFADS + cure = covenant · Σ DS`` ("cfads"); ``Σ CFADS = covenant · (Σ DS − cure)`` ("debt_service"); or the
    debt prepaid until ``Σ CFADS = covenant · Σ DS · (1 − cure / balance)`` ("prepayment")

    Parameters
    ----------
    cfads
        The numerator of the tested ratio, money a period, any sign, time last: cash flow, or what a contract brought.
    debt_service
        Its denominator, at least 0: scheduled service, or what the contract promised.
    covenant
        The level, greater than 0, one number or one a period.
    limits
        None allows every cure.
    look_back
        Periods the ratio looks back over; tests begin with the first full window.
    first_test
        First period tested, from 1.
    counts_as
        "cfads" adds the cure to the cash, where it goes on counting while it is inside the window. "debt_service" sets
        it off against the period's service. "prepayment" repays debt, and with it every service of the window, as if
        it had always been smaller, and all later service.
    balance
        Owed by period before any cure, needed for "prepayment", greater than 0 where a cure is needed.

    Returns
    -------
    Cures
        A breach that would need more than is allowed is not cured in part: nothing is put in.

    Raises
    ------
    InputError
        `counts_as` other than the three; "prepayment" without a balance.

    Examples
    --------
    >>> put_in = cures([90, 90, 90, 90], 100, 1.0, CureLimits(max_in_window=2, window=3))
    >>> put_in.amount.tolist()
    [10.0, 10.0, 0.0, 10.0]
    """
    cash, service = series("cfads", cfads), series("debt_service", debt_service, 0)
    level = real("covenant", covenant, above=0)
    limits = CureLimits() if limits is None else limits
    if counts_as not in COUNTS_AS:
        raise InputError(f"counts_as must be one of {', '.join(COUNTS_AS)}, got {counts_as!r}", "counts_as")
    if counts_as == "prepayment" and balance is None:
        raise InputError("balance is missing: a prepayment is a share of it", "balance")
    owed = series("balance", 0.0 if balance is None else balance, 0)
    shape = broadcast(cfads=cash, debt_service=service, covenant=level, balance=owed)
    for name, limit, column in (("cap", limits.cap, False), ("total_cap", limits.total_cap, True)):
        if limit is not None:
            size = real(name, limit, 0)
            shape = broadcast(cfads=np.zeros(shape), **{name: size[..., None] if column else size})
    span, start = whole("look_back", look_back, 1), whole("first_test", first_test, 1) - 1
    cash = np.broadcast_to(cash, shape).copy()
    service, level, owed = (np.broadcast_to(x, shape) for x in (service, level, owed))
    off = np.zeros(shape)
    amount, ratio = np.zeros(shape), np.full(shape, SHORT_HISTORY.nan)
    cured = np.zeros(shape, dtype=np.bool_)
    needed, left = np.zeros(shape), np.ones(shape)
    allowed = Allowance(limits, shape)
    scale = np.ones(shape[:-1])
    for k in range(span - 1, shape[-1]):
        have, due = _window(cash, k, span), _window(service - off, k, span) * scale
        gap, possible = need(have, due, level[..., k], service[..., k], owed[..., k] * scale, counts_as)
        possible = possible & (k >= start)
        needed[..., k] = np.where(possible, gap, 0.0)
        possible = possible & allowed.at(k, gap)
        put_in = np.where(possible, gap, 0.0)
        if counts_as == "cfads":
            cash[..., k] += put_in
            have = have + put_in
        elif counts_as == "debt_service":
            off[..., k] += put_in
            due = due - put_in
        else:
            kept = np.where(possible, have / np.where(due > 0, level[..., k] * due, 1.0), 1.0)
            scale, due = scale * kept, due * kept
        allowed.use(k, put_in, possible)
        left[..., k] = scale
        amount[..., k], cured[..., k] = put_in, possible
        ratio[..., k] = np.where(due > 0, have / np.where(due > 0, due, 1.0), NO_DEBT_SERVICE.nan)
    return Cures(amount, ratio, cured, needed, left)


def need(
    have: Floats, due: Floats, level: Floats, service: Floats, owed: Floats, counts_as: str
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the money that brings a coverage to its level, and where money of that kind can.

    Parameters
    ----------
    have, due
        Cash and service that the test counts, any sign and at least 0.
    level
        The coverage agreed, greater than 0.
    service
        Of the last period alone, which a set-off cannot exceed.
    owed
        After its payment, of which a prepayment is a share.
    counts_as
        One of `COUNTS_AS`.

    Examples
    --------
    >>> one = np.ones(())
    >>> gap, possible = need(0.9 * one, one, one, one, one, "cfads")
    >>> float(gap.round(12)), bool(possible)
    (0.1, True)
    """
    short = (level * due - have > _TOLERANCE * level * due) & (due > 0)
    if counts_as == "cfads":
        return np.asarray(level * due - have), np.asarray(short)
    if counts_as == "debt_service":
        gap = due - have / level
        # Only this period's service can be set off, and no set-off turns negative cash into cover.
        return np.asarray(gap), np.asarray(short & (have > 0) & (gap <= service))
    share = 1 - have / np.where(due > 0, level * due, 1.0)
    return np.asarray(owed * share), np.asarray(short & (have > 0) & (owed > 0))


class Allowance:
    """What cures are left, in number and in money, counted where the limits apply."""

    def __init__(self, limits: CureLimits, shape: tuple[int, ...]) -> None:
        self._life = None if limits.max_cures is None else whole("max_cures", limits.max_cures)
        self._row = None if limits.max_consecutive is None else whole("max_consecutive", limits.max_consecutive)
        self._some = None if limits.max_in_window is None else whole("max_in_window", limits.max_in_window)
        self._window = whole("window", limits.window, 1)
        self._from = whole("first_limited", limits.first_limited, 1) - 1
        cap = real("cap", np.finfo(np.float64).max if limits.cap is None else limits.cap, 0)
        self._most = real("total_cap", np.finfo(np.float64).max if limits.total_cap is None else limits.total_cap, 0)
        broadcast(cap=cap, total_cap=self._most[..., None], periods=np.zeros(shape))
        self._cap = np.broadcast_to(cap, shape)
        self._used = np.zeros(shape, dtype=np.intp)
        self._streak = np.zeros(shape[:-1], dtype=np.intp)
        self._spent = np.zeros(shape[:-1])

    def at(self, k: int, gap: Floats) -> npt.NDArray[np.bool_]:
        """Where a cure of so much is allowed in a period."""
        free = np.asarray((gap <= self._cap[..., k]) & (self._spent + gap <= self._most))
        if k < self._from:
            return free
        if self._life is not None:
            free &= self._used.sum(axis=-1) < self._life
        if self._row is not None:
            free &= self._streak < self._row
        if self._some is not None:
            free &= self._used[..., max(k - self._window + 1, 0) : k].sum(axis=-1) < self._some
        return free

    def use(self, k: int, amount: Floats, cured: npt.NDArray[np.bool_]) -> None:
        """Count the cures of a period."""
        counted = cured & (k >= self._from)
        self._used[..., k] = counted
        self._streak = np.where(counted, self._streak + 1, 0)
        self._spent = self._spent + amount


def _window(flow: Floats, k: int, span: int) -> Floats:
    """Sum of a period and those before it in the window, the nearest first."""
    total = flow[..., k].copy()
    for lag in range(1, span):
        total = total + flow[..., k - lag]
    return np.asarray(total)
