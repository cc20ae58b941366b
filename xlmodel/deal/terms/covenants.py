"""The covenants of a deal on their dates: levels that step, status, and what equity puts in to cure a breach."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from xlmodel.deal.inputs import Covenant
from xlmodel.deal.quantity import each
from xlmodel.deal.stack import PerLoan
from xlmodel.deal.terms.hardware import Values
from xlmodel.deal.timeline import Timeline
from xlmodel.errors import NOT_TESTED
from xlmodel.loan.covenant import Status, covenant_status
from xlmodel.loan.cures import CureLimits, Cures
from xlmodel.loan.term_sheet import Covenant as Agreed
from xlmodel.loan.waterfall_lines import CovenantLines
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class CovenantTest:
    """A covenant on its dates.

    Attributes
    ----------
    record
        The covenant as described.
    ends
        The dates.
    default, lockup
        The levels that hold in each period; the lock-up level is None without one.
    ratio
        The tested ratio, undefined (`NOT_TESTED`) on dates without a test; a loan to value that is undefined because
        the collateral is worth nothing counts as a default.
    status
        Codes of `xlmodel.loan.covenant.Status` by period, before any cure.
    first_breach
        Position of the first breach of the default level, −1 for none.
    cured
        What equity puts in by period and the ratio after it, None where the covenant has no cure that is applied.
    after_cures
        The status with those cures, None likewise.
    holds
        The status that counts: after all that equity puts in on the date, for whichever covenant.
    """

    record: Covenant
    ends: npt.NDArray[np.datetime64]
    default: Floats
    lockup: Floats | None
    ratio: Floats
    status: npt.NDArray[np.intp]
    first_breach: PerLoan
    cured: Cures | None
    after_cures: npt.NDArray[np.intp] | None
    holds: npt.NDArray[np.intp]

    @property
    def date(self) -> Any:
        """The end of the period of the first breach, or None."""
        return None if self.first_breach < 0 else self.ends[self.first_breach]


def dates_of(covenant: Covenant, line: Timeline) -> npt.NDArray[np.bool_]:
    """Return the periods at whose end a covenant is tested: every so many months, and no less than a period."""
    every = max(covenant.test_every_months * line.frequency // 12, 1)
    on = (np.arange(1, line.ends.size + 1) % every) == 0
    if covenant.first_test is not None:
        on &= line.ends >= np.datetime64(covenant.first_test, "D")
    return np.asarray(on)


def level(covenant: Covenant, name: Literal["default", "lockup"], line: Timeline) -> Floats | None:
    """Return the level of each period, the covenant's own until the first step; None without one."""
    own = getattr(covenant, name)
    if own is None:
        return None
    found = own.value * np.ones(line.ends.size)
    for step in covenant.steps:
        found = np.where(line.ends >= np.datetime64(step.date, "D"), getattr(step, name).value, found)
    return np.asarray(found)


def agreed(covenant: Covenant, line: Timeline, values: Values, ordinary: Floats, accrual: Floats) -> Agreed:
    """Return a covenant as the waterfall tests it.

    One that looks ahead is not tested there: what it looks at hangs on what it would do.

    Parameters
    ----------
    covenant, line
        As described, and the dates.
    values
        What the collateral is worth, for a loan to value.
    ordinary
        Principal by period that is no balloon, USD.
    accrual
        Length of the periods, years, for a step in margin.
    """
    on = dates_of(covenant, line)
    default, lockup = level(covenant, "default", line), level(covenant, "lockup", line)
    assert default is not None  # noqa: S101  every covenant has a default level
    kind, ahead = "leverage" if covenant.direction == "above" else "coverage", covenant.metric == "dscr_ntm"
    return Agreed(
        kind,
        default=np.where(on & (not ahead), default, np.nan),
        lockup=None if lockup is None else np.where(on, lockup, np.nan),
        window=line.frequency if covenant.metric == "dscr_ltm" else 1,
        base=worth_for(covenant.metric, values) if kind == "leverage" else 1.0,
        counts_cash=covenant.counts_cash,
        includes_balloon=covenant.includes_balloon,
        ordinary=ordinary,
        on_lockup=covenant.on_lockup,
        on_default=covenant.on_default,
        sweep=1.0 if covenant.sweep is None else covenant.sweep.value,
        margin_step=0.0 if covenant.margin_step is None else covenant.margin_step.value * accrual,
        releases_after=covenant.releases_after,
        cure=_limits(covenant, line) if kind == "coverage" else None,
        counts_as="cfads" if covenant.cure is None else covenant.cure.counts_as,
    )


def worth_for(metric: str, values: Values) -> Floats:
    """Return what a loan to value is measured against."""
    worth = {"ltv_nominal": values.cost, "ltv_adjusted": values.economic}.get(metric, values.liquidation)
    assert worth is not None  # noqa: S101  a deal that tests it has a sale
    return worth


def forward(covenant: Covenant, ratio: Floats, line: Timeline) -> npt.NDArray[np.intp]:
    """Return the status of a covenant that looks ahead."""
    seen = np.where(dates_of(covenant, line), ratio, NOT_TESTED.nan)
    default, lockup = level(covenant, "default", line), level(covenant, "lockup", line)
    assert default is not None  # noqa: S101  every covenant has a default level
    upper = default if lockup is None else lockup
    return np.asarray(covenant_status(seen, upper + np.zeros(seen.shape), default + np.zeros(seen.shape), "below"))


def tested(covenant: Covenant, ratio: Floats, line: Timeline, lines: CovenantLines) -> CovenantTest:
    """Return a covenant on the dates of a deal.

    Parameters
    ----------
    covenant
        As described.
    ratio
        What it measures, by period, for a test that looks ahead.
    line
        The dates.
    lines
        What the waterfall found of it.
    """
    shape = lines.status.shape
    default, lockup = level(covenant, "default", line), level(covenant, "lockup", line)
    assert default is not None  # noqa: S101  every covenant has a default level
    seen, status, holds = lines.ratio, lines.status, lines.status_after
    if covenant.metric == "dscr_ntm":
        seen = np.where(dates_of(covenant, line), ratio, NOT_TESTED.nan)
        status = holds = forward(covenant, ratio, line)
    broken = status == Status.DEFAULT
    first = np.where(broken.any(axis=-1), np.argmax(broken, axis=-1), -1)
    cured = None
    if covenant.cured:
        ones = np.ones(shape)
        cured = Cures(lines.amount, lines.after_cures, lines.amount > 0, lines.needed, ones)
    return CovenantTest(
        covenant,
        line.ends,
        default + np.zeros(shape),
        None if lockup is None else lockup + np.zeros(shape),
        seen,
        status,
        first,
        cured,
        holds if covenant.cured else None,
        holds,
    )


def _limits(covenant: Covenant, line: Timeline) -> CureLimits | None:
    terms = covenant.cure
    if terms is None or not covenant.cured:
        return None
    free = 0 if terms.limits_from is None else int(np.searchsorted(line.ends, np.datetime64(terms.limits_from, "D")))
    return CureLimits(
        terms.max_cures,
        terms.max_consecutive,
        terms.max_in_window,
        terms.window,
        None if terms.cap is None else np.asarray(terms.cap.value),
        None if terms.total_cap is None else each(terms.total_cap),
        free + 1,
    )


def cash_cures(tests: Sequence[CovenantTest]) -> list[int]:
    """Return the positions of the covenants whose cures are cash on the account; a prepayment goes to the debt."""
    return [
        i
        for i, test in enumerate(tests)
        if test.cured is not None and test.record.cure is not None and test.record.cure.counts_as != "prepayment"
    ]
