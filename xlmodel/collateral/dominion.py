"""When a lender takes the borrower's cash, when it tests fixed-charge cover, and what the certificate then says.

Both spring from the same place: availability that has fallen below a level. Dominion ends only after availability has
stayed above it for a while, so that a borrower cannot step in and out by paying down for a day.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_DEBT_SERVICE, NOT_TESTED, SHORT_HISTORY
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Springing:
    """A trigger over time, dates on the last axis.

    Attributes
    ----------
    level
        Availability below which it springs, money.
    below
        Whether availability is below the level on the date.
    on
        Whether the trigger is on: sprung and not yet released.
    clean
        Dates in a row, up to this one, without a cause.
    """

    level: Floats
    below: Flags
    on: Flags
    clean: npt.NDArray[np.intp]


def springing(
    availability: npt.ArrayLike,
    line: npt.ArrayLike,
    trigger_amount: npt.ArrayLike = 0.0,
    trigger_share: npt.ArrayLike = 0.0,
    dates_to_release: int = 1,
    event_of_default: npt.ArrayLike = False,
    on_before: npt.ArrayLike = False,
) -> Springing:
    """Whether cash dominion, or a springing covenant, is on at each date.

    ``level = max(amount, share · line)``; on when ``availability < level`` or in default, until n clean dates in a row

    Parameters
    ----------
    availability
        Line less what is drawn, money, negative where too much is; dates on the last axis.
    line
        Smaller of borrowing base and commitment, money, at least 0.
    trigger_amount
        Money, at least 0.
    trigger_share
        Share of the line, 0 to 1. With both the greater counts; with neither only a deficiency springs it.
    dates_to_release
        Clean dates in a row, at least 1, of which the last ends it: 30 on a daily certificate, 2 on a monthly one.
    event_of_default
        Whether there is one on the date: springs it whatever is available, and is not clean.
    on_before
        Whether it was on before the first date.

    Examples
    --------
    Twelve and a half per cent of a line of 100, released on the second clean date:

    >>> found = springing([20, 12, 15, 12.5, 30], 100, trigger_share=0.125, dates_to_release=2)
    >>> found.on.tolist()
    [False, True, True, False, False]
    """
    there, most = series("availability", availability), series("line", line, 0)
    amount, share = series("trigger_amount", trigger_amount, 0), series("trigger_share", trigger_share, 0, 1)
    failed = series("event_of_default", np.asarray(event_of_default, dtype=np.float64), 0, 1)
    was = real("on_before", np.asarray(on_before, dtype=np.float64), 0, 1)
    wanted = whole("dates_to_release", dates_to_release, 1)
    shape = broadcast(
        availability=there, line=most, trigger_amount=amount, trigger_share=share, event_of_default=failed,
        on_before=was[..., None],
    )  # fmt: skip
    level = np.broadcast_to(np.maximum(amount, share * most), shape).copy()
    below = np.broadcast_to(there, shape) < level - 1e-12 * np.abs(level)
    cause = below | (np.broadcast_to(failed, shape) != 0)
    on, clean = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.intp)
    now, row = np.broadcast_to(was != 0, shape[:-1]), np.zeros(shape[:-1], dtype=np.intp)
    for k in range(shape[-1]):
        row = np.where(cause[..., k], 0, row + 1)
        now = cause[..., k] | (now & (row < wanted))
        on[..., k], clean[..., k] = now, row
    return Springing(level, below, on, clean)


def fixed_charge_cover(
    ebitda: npt.ArrayLike,
    unfinanced_capex: npt.ArrayLike,
    cash_taxes: npt.ArrayLike,
    cash_interest: npt.ArrayLike,
    scheduled_principal: npt.ArrayLike,
    distributions: npt.ArrayLike = 0.0,
    window: int = 1,
) -> Floats:
    """Fixed-charge cover over the last periods.

    ``Σ (EBITDA − capex − taxes) / Σ (interest + principal + distributions)`` over the window

    Parameters
    ----------
    ebitda
        Money a period, may be negative; periods on the last axis.
    unfinanced_capex, cash_taxes
        Paid out of the business, money a period; taxes may be a refund.
    cash_interest, scheduled_principal, distributions
        The fixed charges, money a period, at least 0.
    window
        Periods summed, at least 1: 12 of months, 4 of quarters.

    Returns
    -------
    Array
        Undefined before the window is full (`SHORT_HISTORY`) and where there is no charge (`NO_DEBT_SERVICE`).

    Notes
    -----
    The usual text of asset-based facilities; which of these count, and whether distributions do, is in the agreement.

    Examples
    --------
    >>> fixed_charge_cover([30, 40], 10, 2, 8, [8, 12]).round(3).tolist()
    [1.125, 1.4]
    """
    flows = {"ebitda": series("ebitda", ebitda), "cash_taxes": real("cash_taxes", cash_taxes)}
    for name, flow in (
        ("unfinanced_capex", unfinanced_capex),
        ("cash_interest", cash_interest),
        ("scheduled_principal", scheduled_principal),
        ("distributions", distributions),
    ):
        flows[name] = real(name, flow, 0)
    shape, periods = broadcast(**flows), whole("window", window, 1)
    earned = flows["ebitda"] - flows["unfinanced_capex"] - flows["cash_taxes"]
    charges = flows["cash_interest"] + flows["scheduled_principal"] + flows["distributions"]
    found = np.full(shape, SHORT_HISTORY.nan)
    for k in range(periods - 1, shape[-1]):
        last = slice(k + 1 - periods, k + 1)
        top, bottom = (np.broadcast_to(part, shape)[..., last].sum(axis=-1) for part in (earned, charges))
        found[..., k] = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), NO_DEBT_SERVICE.nan)
    return found


@dataclass(frozen=True, slots=True)
class Compliance:
    """Figures of a compliance certificate, dates on the last axis.

    Attributes
    ----------
    availability
        Line less loans and letters of credit, money.
    excess_availability
        Availability less payables beyond their terms, which would eat it first, money.
    liquidity
        Excess availability, where positive, and unrestricted cash, money.
    tested_cover
        Fixed-charge cover on the dates it is tested, undefined (`NOT_TESTED`) on the others.
    passed
        Whether the covenant is kept: not tested, or at least the minimum. A cover that does not exist because nothing
        is charged is kept; one whose history is too short is not.
    dominion
        The trigger, date by date.
    """

    availability: Floats
    excess_availability: Floats
    liquidity: Floats
    tested_cover: Floats
    passed: Flags
    dominion: Springing

    def sentence(self, *at: int) -> str:
        """Say at one date why cash dominion is on or off; `at` is its place in the arrays."""
        on, level = self.dominion.on[at], f"{self.dominion.level[at]:,.0f}"
        there = f"excess availability of {self.excess_availability[at]:,.0f}"
        if self.dominion.below[at]:
            return f"Cash dominion is on: {there} is below {level}."
        if on and self.dominion.clean[at] == 0:
            return f"Cash dominion is on: there is an event of default, with {there}."
        if on:
            return f"Cash dominion is still on: {there} has been at least {level} on {self.dominion.clean[at]} date(s)."
        return f"Cash dominion is off: {there} is at least {level}."


def compliance(
    line: npt.ArrayLike,
    loans: npt.ArrayLike,
    letters_of_credit: npt.ArrayLike,
    cover: npt.ArrayLike,
    minimum_cover: npt.ArrayLike,
    unrestricted_cash: npt.ArrayLike = 0.0,
    overdue_payables: npt.ArrayLike = 0.0,
    trigger_amount: npt.ArrayLike = 0.0,
    trigger_share: npt.ArrayLike = 0.0,
    dates_to_release: int = 1,
    event_of_default: npt.ArrayLike = False,
) -> Compliance:
    """Return the figures of a certificate: what may be drawn, whether cover is tested and kept, who holds the cash.

    Parameters
    ----------
    line, loans, letters_of_credit
        Smaller of base and commitment, and what is outstanding, money, at least 0, dates on the last axis.
    cover, minimum_cover
        Fixed-charge cover, undefined entries allowed, and the least the agreement takes; tested while the trigger is
        on.
    unrestricted_cash, overdue_payables
        Money, at least 0.
    trigger_amount, trigger_share, dates_to_release, event_of_default
        As in `springing`, measured on excess availability.

    Examples
    --------
    >>> found = compliance([50e6, 48e6], [30e6, 42e6], 1e6, [0.9, 0.9], 1.0, 4e6, trigger_share=0.125)
    >>> found.passed.tolist(), found.liquidity.tolist()
    ([True, False], [23000000.0, 9000000.0])
    >>> found.sentence(1)
    'Cash dominion is on: excess availability of 5,000,000 is below 6,000,000.'
    """
    most, drawn = series("line", line, 0), series("loans", loans, 0)
    letters, cash = series("letters_of_credit", letters_of_credit, 0), series("unrestricted_cash", unrestricted_cash, 0)
    late, least = series("overdue_payables", overdue_payables, 0), series("minimum_cover", minimum_cover)
    ratio = np.atleast_1d(real("cover", cover, undefined=True))
    broadcast(
        line=most, loans=drawn, letters_of_credit=letters, unrestricted_cash=cash, overdue_payables=late, cover=ratio,
        minimum_cover=least,
    )  # fmt: skip
    available = most - drawn - letters
    excess = available - late
    spring = springing(excess, most, trigger_amount, trigger_share, dates_to_release, event_of_default)
    shape = broadcast(on=spring.level, cover=ratio, minimum_cover=least, unrestricted_cash=cash)
    tested = np.where(spring.on, ratio, NOT_TESTED.nan)
    uncharged = ratio.view(np.int64) == np.float64(NO_DEBT_SERVICE.nan).view(np.int64)
    passed = np.broadcast_to(~spring.on | uncharged | np.greater_equal(ratio, least - 1e-12 * np.abs(least)), shape)
    return Compliance(
        np.broadcast_to(available, shape).copy(),
        np.broadcast_to(excess, shape).copy(),
        np.broadcast_to(np.maximum(excess, 0.0) + cash, shape).copy(),
        np.broadcast_to(tested, shape).copy(),
        passed.copy(),
        spring,
    )
