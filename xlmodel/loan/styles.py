"""Two ways to lend against one asset: as a venture lender does, and as a utility is financed; and what held."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.loan.contingent import contingent_schedule
from xlmodel.loan.covenant import Indices
from xlmodel.loan.coverage import minimum
from xlmodel.loan.returns import Return, investor_return, lender_flows
from xlmodel.loan.schedule import schedule
from xlmodel.loan.term_sheet import LockUp, Reserve, Sweep, Tranche
from xlmodel.loan.waterfall_lines import Waterfall
from xlmodel.maths.domain import Floats, real, series, whole


@dataclass(frozen=True, slots=True)
class Terms:
    """The tranche, reserves, sweep and lock-up of a style, as `waterfall` takes them.

    Attributes
    ----------
    tranches, reserves
        One tranche, and its reserve where there is one.
    sweep, lockup
        None where there is none.
    """

    tranches: tuple[Tranche, ...]
    reserves: tuple[Reserve, ...]
    sweep: Sweep | None
    lockup: LockUp | None


def venture_terms(
    balance: ArrayLike, rate: ArrayLike, periods: float, interest_only: float = 0, overdue_margin: ArrayLike = 0.0
) -> Terms:
    """Return the terms of a venture lender: fast level payments that do not ask what the asset earns.

    Parameters
    ----------
    balance
        Lent at closing, at least 0, shape (...).
    rate
        Rate a period, at least 0, one number or one a period.
    periods
        Term, commonly 24 to 48 months.
    interest_only
        First periods without principal.
    overdue_margin
        Added to the rate on what is overdue.

    Examples
    --------
    >>> float(venture_terms(100, 0.0, 4).tranches[0].principal[0])
    25.0
    """
    plan = schedule(balance, rate, periods, "level", grace=interest_only).principal
    return Terms((Tranche(balance, rate, plan, overdue_margin=overdue_margin),), (), None, None)


def utility_terms(
    cfads: ArrayLike,
    balance: ArrayLike,
    rate: ArrayLike,
    floor: ArrayLike = 1.2,
    reserve_periods: ArrayLike = 2.0,
    reserve_opening: ArrayLike = 0.0,
    sweep: ArrayLike = 0.0,
    lockup: ArrayLike = 1.15,
) -> Terms:
    """Return the terms of a utility's financing: principal follows the cash at a coverage floor, a reserve stands by.

    Parameters
    ----------
    cfads
        Cash flow to which principal flexes, by period; equal instalments are the schedule it flexes around, and what
        waits falls due in the last period.
    balance
        Lent at closing, at least 0, shape (...).
    rate
        Rate a period, at least 0.
    floor
        Coverage that principal must leave.
    reserve_periods, reserve_opening
        Service held in reserve, and what it holds at closing.
    sweep
        Share of the excess cash that prepays the debt.
    lockup
        Coverage below which nothing is distributed.

    Examples
    --------
    >>> float(utility_terms([40, 60], 60, 0.1, floor=1.0).tranches[0].principal[0])
    30.0
    """
    cash, owed = series("cfads", cfads), real("balance", balance, 0)
    count = cash.shape[-1]
    even = np.repeat((owed / count)[..., None], count, axis=-1)
    flexed = contingent_schedule(cash, owed, rate, even, floor)
    loan = Tranche(owed, rate, flexed.principal, matures=count)
    reserve = Reserve(periods_ahead=reserve_periods, opening=reserve_opening)
    return Terms((loan,), (reserve,), Sweep(sweep), LockUp(lockup))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a financing, one number a loan.

    Attributes
    ----------
    first_short
        Period, counted from 0, that first left service unpaid; −1 where none did.
    deepest
        The most that was overdue at any time, money.
    left_owed
        Principal and overdue interest at the end.
    lowest_dscr
        The lowest coverage of the period's service.
    held
        True where every payment was made when due and nothing is left owed.
    lender
        The return of all tranches together.
    """

    first_short: Indices
    deepest: Floats
    left_owed: Floats
    lowest_dscr: Floats
    held: npt.NDArray[np.bool_]
    lender: Return


def outcome(paid: Waterfall, frequency: float = 4, discount: ArrayLike = 0.0) -> Outcome:
    """Return what became of a financing.

    Parameters
    ----------
    paid
        Its waterfall.
    frequency
        Periods a year.
    discount
        Original issue discount and upfront fee, share of all that is lent.

    Notes
    -----
    What is rounding beside the largest debt is not counted as unpaid.

    Examples
    --------
    >>> from xlmodel.loan.waterfall import waterfall
    >>> cash = [60, 20, 55]
    >>> terms = venture_terms(90, 0.1, 3), utility_terms(cash, 90, 0.1, floor=1.0)
    >>> [bool(outcome(waterfall(cash, t.tranches, t.reserves), 1).held) for t in terms]
    [False, True]
    """
    whole("frequency", frequency, 1)
    opening = np.zeros(paid.cash.shape[:-1]) + sum(t.opening[..., 0] for t in paid.tranches)
    draws = np.zeros(paid.cash.shape) + sum(t.draws for t in paid.tranches)
    received = np.zeros(paid.cash.shape) + sum(t.received for t in paid.tranches)
    overdue = paid.overdue
    left = paid.debt[..., -1] + sum(t.interest_overdue[..., -1] for t in paid.tranches)
    small = 1e-9 * (opening + draws.sum(axis=-1))
    short = overdue > small[..., None]
    flows = lender_flows(opening, received, discount, draws=draws)
    return Outcome(
        first_short=np.where(short.any(axis=-1), np.argmax(short, axis=-1), -1),
        deepest=overdue.max(axis=-1),
        left_owed=np.asarray(left),
        lowest_dscr=minimum(paid.dscr).value,
        held=~short.any(axis=-1) & (left <= small),
        lender=investor_return(flows, frequency),
    )
