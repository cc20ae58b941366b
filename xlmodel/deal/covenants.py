"""The covenants of a deal on their dates: levels that step, status, and what equity puts in to cure a breach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xlmodel.deal.inputs import Covenant
from xlmodel.deal.quantity import given
from xlmodel.deal.timeline import Timeline
from xlmodel.errors import NOT_TESTED
from xlmodel.loan.covenant import covenant_status, first_breach, headroom
from xlmodel.loan.covenant_record import level_on
from xlmodel.loan.cures import CureLimits, Cures, cures
from xlmodel.maths.domain import Floats

if TYPE_CHECKING:
    from xlmodel.deal.analysis import Analysis


@dataclass(frozen=True, slots=True)
class CovenantTest:
    """A covenant on its dates.

    Attributes
    ----------
    record
        The covenant as described.
    default, lockup
        The levels that hold in each period; the lock-up level is None without one.
    ratio
        The tested ratio, undefined (`NOT_TESTED`) on dates without a test; a loan to value that is undefined because
        the collateral is worth nothing counts as a default.
    status
        Codes of `xlmodel.loan.covenant.Status` by period, before any cure.
    first_breach
        Position of the first breach of the default level, −1 for none.
    date
        The end of that period, or None.
    cured
        What equity puts in by period and the ratio after it, None where the covenant has no cure that is applied.
    after_cures
        The status with those cures, None likewise.
    """

    record: Covenant
    default: Floats
    lockup: Floats | None
    ratio: Floats
    status: npt.NDArray[np.intp]
    first_breach: int
    date: np.datetime64 | None
    cured: Cures | None
    after_cures: npt.NDArray[np.intp] | None


def tested(
    covenant: Covenant, ratio: Floats, line: Timeline, cfads: Floats, service: Floats, balance: Floats
) -> CovenantTest:
    """Return a covenant on the dates of a deal.

    Parameters
    ----------
    covenant
        As described.
    ratio
        What it measures, by period.
    line
        The dates.
    cfads, service, balance
        Cash, the service of all tranches and what they owe after it: what a cure repairs.
    """
    every = max(covenant.test_every_months * line.frequency // 12, 1)
    on = (np.arange(1, line.ends.size + 1) % every) == 0
    if covenant.first_test is not None:
        on &= line.ends >= np.datetime64(covenant.first_test, "D")
    default, lockup = _levels(covenant, "default", line), _levels(covenant, "lockup", line)
    assert default is not None  # noqa: S101  every covenant has a default level
    seen = np.where(on, ratio, NOT_TESTED.nan)
    judged = seen
    if covenant.direction == "above":
        # Debt on collateral without value has no ratio, and is the worst breach there is.
        judged = np.where(on & np.isnan(ratio), 2 * default, seen)
    upper, side = default if lockup is None else lockup, covenant.direction
    first = int(first_breach(judged, default, side))
    put_in = _cures(covenant, on, default, line, (cfads, service, balance))
    return CovenantTest(
        covenant,
        default,
        lockup,
        seen,
        covenant_status(judged, upper, default, side),
        first,
        None if first < 0 else line.ends[first],
        put_in,
        None if put_in is None else covenant_status(np.where(on, put_in.ratio, seen), upper, default, side),
    )


def _levels(covenant: Covenant, name: Literal["default", "lockup"], line: Timeline) -> Floats | None:
    """The level of each period, the covenant's own until the first step."""
    own = getattr(covenant, name)
    if own is None:
        return None
    before = str(line.closing - np.timedelta64(1, "D"))
    steps = [(step.date, getattr(step, name).value) for step in covenant.steps]
    return level_on(((before, own.value), *steps), line.ends)


def _cures(
    covenant: Covenant,
    on: npt.NDArray[np.bool_],
    default: Floats,
    line: Timeline,
    flows: tuple[Floats, Floats, Floats],
) -> Cures | None:
    terms = covenant.cure
    if terms is None or not covenant.cured:
        return None
    free = 0 if terms.limits_from is None else int(np.searchsorted(line.ends, np.datetime64(terms.limits_from, "D")))
    limits = CureLimits(
        terms.max_cures, terms.max_consecutive, terms.max_in_window, terms.window, given(terms.cap),
        given(terms.total_cap), free + 1,
    )  # fmt: skip
    back = line.frequency if covenant.metric == "dscr_ltm" else 1
    # Without a test nothing is due that could be missed, so any level below the ratio stands for none.
    lowest = np.where(on, default, np.finfo(np.float64).tiny)
    first = 1 + (int(np.argmax(on)) if on.any() else on.size)
    cfads, service, balance = flows
    return cures(cfads, service, lowest, limits, back, first, terms.counts_as, balance)


def cash_cures(tests: Sequence[CovenantTest]) -> list[int]:
    """Return the positions of the covenants whose cures are cash on the account; a prepayment goes to the debt."""
    return [
        i
        for i, test in enumerate(tests)
        if test.cured is not None and test.record.cure is not None and test.record.cure.counts_as != "prepayment"
    ]


def equity_put_in(tests: Sequence[CovenantTest], periods: int) -> Floats:
    """Return the cash that equity puts in to cure covenants, USD by period: the same dollar cures all of a date."""
    amounts = [found.amount for i in cash_cures(tests) if (found := tests[i].cured) is not None]
    return np.asarray(np.max([np.zeros(periods), *amounts], axis=0))


@dataclass(frozen=True, slots=True)
class Room:
    """How far a covenant is from its default level, by period; undefined where nothing is tested.

    Attributes
    ----------
    points
        In the unit of the ratio, negative once the level is broken.
    share, money
        Of the cash, or of the value, that may be lost until the level breaks, as a fraction and in USD.
    cash, service
        What a coverage counts over its periods, USD; 0 for a loan to value.
    """

    points: Floats
    share: Floats
    money: Floats
    cash: Floats
    service: Floats


def room(analysis: Analysis, test: CovenantTest) -> Room:
    """Return the headroom of a covenant.

    Parameters
    ----------
    analysis
        The deal.
    test
        One of its covenants.
    """
    record, level, seen = test.record, test.default, ~np.isnan(test.ratio)
    side = record.direction
    points = test.ratio - level if side == "below" else level - test.ratio
    cash = service = np.zeros(level.shape)
    if side == "below":
        ahead, back = {"dscr_ltm": (0, analysis.periods_per_year), "dscr_ntm": (analysis.periods_per_year, 0)}.get(
            record.metric, (0, 1)
        )
        cash, service = (_counted(flow, back, ahead) for flow in (analysis.cfads, analysis.debt_service))
        money = cash - level * service
    else:
        values = analysis.values
        worth = {"ltv_nominal": values.cost, "ltv_adjusted": values.economic}.get(record.metric, values.liquidation)
        assert worth is not None  # noqa: S101  a deal that tests it has a sale
        money = worth - analysis.balance / level
    return Room(points, headroom(test.ratio, level, side), np.where(seen, money, NOT_TESTED.nan), cash, service)


def _counted(flow: Floats, back: int, ahead: int) -> Floats:
    """The sum of a flow over so many periods up to each, or so many after it."""
    sums = np.concatenate([[0.0], np.cumsum(flow)])
    at = np.arange(flow.size)
    first, last = (at + 1, at + 1 + ahead) if ahead else (at + 1 - back, at + 1)
    return np.asarray(sums[np.clip(last, 0, flow.size)] - sums[np.clip(first, 0, flow.size)])
