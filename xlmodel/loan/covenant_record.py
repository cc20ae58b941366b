"""A covenant as an agreement writes it: what is tested from when, at levels that step by date, and how it is cured."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NOT_TESTED, NOTHING_CONTRACTED, SHORT_HISTORY, InputError
from xlmodel.loan.covenant import Indices, covenant_status
from xlmodel.loan.coverage import cover
from xlmodel.loan.cures import CureLimits, Cures, cures
from xlmodel.maths.dates import Dates, days
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

Step = tuple[str | dt.date, float]
"""A date and the level that holds from that date on."""


@dataclass(frozen=True, slots=True)
class CovenantRecord:
    """One financial covenant.

    Attributes
    ----------
    metric
        What is tested, in the words of the agreement.
    default
        Levels of an event of default, each from its date on. Before the first date nothing is tested.
    lockup
        Levels that lock distributions up, likewise; none when empty.
    direction
        "below" for coverage and liquidity, "above" for leverage.
    first_test, last_test
        The dates between which there are tests, both included; open when omitted. An amendment that moves the first
        test changes this and nothing else.
    passes_to_release
        Consecutive passes that end a lock-up.
    limits
        What cures are allowed; none at all when omitted.
    limits_from
        From this date on the limits apply and cures count; before it cures are free.
    counts_as
        What a cure counts as: "cfads", "debt_service" or "prepayment".

    Examples
    --------
    >>> dscr = CovenantRecord("debt service coverage", default=(("2026-01-31", 1.25),), first_test="2027-10-31")
    >>> dscr.direction
    'below'
    """

    metric: str
    default: tuple[Step, ...]
    lockup: tuple[Step, ...] = ()
    direction: str = "below"
    first_test: str | dt.date | None = None
    last_test: str | dt.date | None = None
    passes_to_release: int = 1
    limits: CureLimits | None = None
    limits_from: str | dt.date | None = None
    counts_as: str = "cfads"


@dataclass(frozen=True, slots=True)
class Examined:
    """What a covenant says on each test date, time last.

    Attributes
    ----------
    level
        The default level of each date, undefined (`NOT_TESTED`) where there is no test.
    status
        Codes of `Status`.
    shortfall
        By how much the metric misses the level, in its own unit, 0 where it does not.
    """

    level: Floats
    status: Indices
    shortfall: Floats


def level_on(steps: tuple[Step, ...], dates: object) -> Floats:
    """Return the level that holds on each date.

    The last step whose date is not after it; undefined (`NOT_TESTED`) before the first.

    Parameters
    ----------
    steps
        Dates, strictly ascending, and levels.
    dates
        Test dates, one row.

    Raises
    ------
    InputError
        No step, or dates that do not ascend.

    Examples
    --------
    Liquidity of 100 is enough in March and April, 500 before and after:

    >>> eased = (("2026-01-01", 500), ("2026-03-01", 100), ("2026-05-02", 500))
    >>> level_on(eased, ["2026-02-28", "2026-03-31", "2026-05-01", "2026-05-31"]).tolist()
    [500.0, 100.0, 100.0, 500.0]
    """
    if not steps:
        raise InputError("steps is empty: at least one level is expected", "steps")
    starts = np.atleast_1d(days("steps", [np.datetime64(date, "D") for date, _ in steps]))
    if (np.diff(starts) <= np.timedelta64(0, "D")).any():
        raise InputError("steps must ascend: each date lies after the one before", "steps")
    levels = real("level", [level for _, level in steps])
    place = np.searchsorted(starts, _row(dates), side="right") - 1
    return np.where(place >= 0, levels[np.maximum(place, 0)], NOT_TESTED.nan)


def examine(record: CovenantRecord, dates: object, values: ArrayLike) -> Examined:
    """Return the status of a covenant on every test date.

    Parameters
    ----------
    record
        The covenant.
    dates
        Test dates, one row, ascending.
    values
        The metric on each of them, time last; where it is undefined there is no test.

    Raises
    ------
    RangeError
        A default level on the better side of the lock-up level.

    Examples
    --------
    >>> eased = CovenantRecord("liquidity", (("2026-01-01", 500), ("2026-03-01", 100)), first_test="2026-02-28")
    >>> found = examine(eased, ["2026-01-31", "2026-02-28", "2026-03-31"], [90, 450, 450])
    >>> found.status.tolist(), found.shortfall.tolist()
    ([-1, 2, 0], [0.0, 50.0, 0.0])
    """
    metric, when = np.atleast_1d(real("values", values, undefined=True)), _row(dates)
    if metric.shape[-1] != when.size:
        raise InputError(f"values must give one number for each of the {when.size} dates", "values")
    level = np.where(_tested(record, when), level_on(record.default, dates), NOT_TESTED.nan)
    there = ~np.isnan(level)
    upper = level_on(record.lockup, dates) if record.lockup else level
    # Where one of the two levels does not hold yet, the other is the only one.
    upper = np.where(np.isnan(upper), level, upper)
    seen = np.where(there, metric, NOT_TESTED.nan)
    status = covenant_status(
        seen, np.where(there, upper, 0.0), np.where(there, level, 0.0), record.direction, record.passes_to_release
    )
    gap = level - seen if record.direction == "below" else seen - level
    return Examined(level, status, np.where(np.isnan(gap), 0.0, np.maximum(gap, 0.0)))


def cure(
    record: CovenantRecord,
    dates: object,
    numerator: ArrayLike,
    denominator: ArrayLike,
    look_back: float = 1,
    balance: ArrayLike | None = None,
) -> Cures:
    """Return the equity that keeps the covenant on every test date, as far as the record allows.

    Parameters
    ----------
    record
        The covenant, a ratio that must not fall below its level.
    dates
        Test dates, one row, ascending.
    numerator, denominator
        Of the tested ratio by period, as `cures` takes them.
    look_back
        Periods the ratio looks back over.
    balance
        Owed by period, where a cure counts as prepayment.

    Returns
    -------
    Cures
        The limits count from the first date on or after `limits_from`. Without `limits` nothing is cured.

    Raises
    ------
    InputError
        A covenant that must not be exceeded.

    Examples
    --------
    >>> free = CureLimits(max_consecutive=1)
    >>> dscr = CovenantRecord("coverage", (("2026-01-01", 1.0),), limits=free, limits_from="2026-03-01")
    >>> ends = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    >>> cure(dscr, ends, [90, 80, 70, 60], 100).amount.tolist()
    [10.0, 20.0, 30.0, 0.0]
    """
    if record.direction != "below":
        raise InputError("direction must be 'below': only a ratio that is too low is cured with cash", "direction")
    when = _row(dates)
    level = level_on(record.default, dates)
    there = _tested(record, when) & ~np.isnan(level)
    limits = CureLimits(max_cures=0) if record.limits is None else record.limits
    if record.limits is not None and record.limits_from is not None:
        since = int(np.searchsorted(when, np.datetime64(record.limits_from, "D")))
        limits = replace(limits, first_limited=since + 1)
    # Without a test nothing is due that could be missed, so any level below the ratio stands for none.
    lowest = np.where(there, level, np.finfo(np.float64).tiny)
    first = 1 + (int(np.argmax(there)) if there.any() else when.size)
    put_in = cures(numerator, denominator, lowest, limits, look_back, first, record.counts_as, balance)
    untested = np.broadcast_to(~there, put_in.amount.shape)
    return Cures(
        np.where(untested, 0.0, put_in.amount),
        np.where(untested, NOT_TESTED.nan, put_in.ratio),
        put_in.cured & ~untested,
        np.where(untested, 0.0, put_in.needed),
        put_in.service_left,
    )


def contract_realisation(realised: ArrayLike, contracted: ArrayLike, look_back: float = 1) -> Floats:
    """Return the share of contracted revenue that was really earned over the last periods.

    ``Σ realised / Σ contracted`` over the look-back

    Parameters
    ----------
    realised
        Revenue the contracts brought, at least 0, by period, time last.
    contracted
        Revenue they promised when fully delivered, at least 0, by period.
    look_back
        Periods summed, 3 for a rolling quarter of months.

    Returns
    -------
    Floats
        The ratio by period; `SHORT_HISTORY` before the first full look-back, undefined where nothing was promised.

    Examples
    --------
    >>> contract_realisation([50, 80, 100], [100, 100, 100], 2).tolist()
    [nan, 0.65, 0.9]
    """
    got, promised = series("realised", realised, 0), series("contracted", contracted, 0)
    span = whole("look_back", look_back, 1)
    shape = broadcast(realised=got, contracted=promised)
    sums = []
    for flow in (got, promised):
        full = np.broadcast_to(flow, shape)
        total = full.copy()
        for lag in range(1, min(span, shape[-1])):
            total[..., lag:] += full[..., :-lag]
        sums.append(total)
    ratio = cover(sums[0], sums[1], NOTHING_CONTRACTED)
    ratio[..., : span - 1] = SHORT_HISTORY.nan
    return ratio


def _row(dates: object) -> Dates:
    when = np.atleast_1d(days("dates", dates))
    if when.ndim > 1 or (np.diff(when) <= np.timedelta64(0, "D")).any():
        raise InputError("dates must be one row in ascending order", "dates")
    return when


def _tested(record: CovenantRecord, when: Dates) -> npt.NDArray[np.bool_]:
    inside = np.ones(when.shape, dtype=np.bool_)
    if record.first_test is not None:
        inside &= when >= np.datetime64(record.first_test, "D")
    if record.last_test is not None:
        inside &= when <= np.datetime64(record.last_test, "D")
    return inside
