"""How far rent may fall, or must rise, for the debt to be covered: closed forms, and a solver for any rental path."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import (
    ALWAYS_ABOVE,
    ALWAYS_BELOW,
    NO_DEBT_SERVICE,
    NO_REVENUE,
    InputError,
)
from xlmodel.loan.coverage import cover
from xlmodel.loan.life_coverage import present_values
from xlmodel.maths.domain import Floats, broadcast, real, series
from xlmodel.maths.roots import bisected

# Some deals only work if rent rises, none that matters needs more than these.
SEARCH: Final = (-0.9, 0.99)


@dataclass(frozen=True, slots=True)
class RentalBreakeven:
    """The share of its rent each period needs.

    Attributes
    ----------
    multiplier
        Break-even rent over assumed rent by period; above 1 the period is short.
    headroom
        ``1 − multiplier``, the fall each period can take.
    binding
        The largest multiplier, one number a loan.
    period
        Its period, counted from 0; −1 where no period has a multiplier.
    """

    multiplier: Floats
    headroom: Floats
    binding: Floats
    period: npt.NDArray[np.intp]


def rental_breakeven(
    debt_service: ArrayLike, opex: ArrayLike, revenue: ArrayLike, target_dscr: ArrayLike = 1.0
) -> RentalBreakeven:
    """Factor on the rent at which each period just keeps a target coverage.

    ``m_k = (DSCR·DS_k + opex_k) / Rev_k``

    Parameters
    ----------
    debt_service
        Scheduled interest and principal, money a period, at least 0, time last.
    opex
        Costs that do not follow the rent, money a period, at least 0.
    revenue
        Revenue that follows the rent, money a period, at least 0.
    target_dscr
        Coverage to keep, at least 0; 1 pays the debt.

    Returns
    -------
    RentalBreakeven
        Undefined in periods without debt service (`NO_DEBT_SERVICE`) and without revenue (`NO_REVENUE`).

    Examples
    --------
    >>> rent = rental_breakeven([60, 60], [20, 20], [100, 64])
    >>> rent.multiplier.tolist(), float(rent.binding), int(rent.period)
    ([0.8, 1.25], 1.25, 1)
    """
    due, cost = series("debt_service", debt_service, 0), real("opex", opex, 0)
    income, target = real("revenue", revenue, 0), real("target_dscr", target_dscr, 0)
    shape = broadcast(debt_service=due, opex=cost, revenue=income, target_dscr=target)
    need = np.broadcast_to(target * due + cost, shape)
    due, income = np.broadcast_to(due, shape), np.broadcast_to(income, shape)
    share = np.where(due > 0, cover(need, income, NO_REVENUE), NO_DEBT_SERVICE.nan)
    at = np.argmax(np.where(np.isnan(share), -np.inf, share), axis=-1)
    worst = np.take_along_axis(share, at[..., None], axis=-1)[..., 0]
    return RentalBreakeven(share, np.asarray(1 - share), worst, np.where(np.isnan(worst), -1, at))


def rental_breakeven_life(
    debt: ArrayLike, opex: ArrayLike, revenue: ArrayLike, rate: ArrayLike, target_llcr: ArrayLike = 1.0
) -> Floats:
    """Factor on the rent at which the loan's whole life just keeps a target coverage.

    ``m = (LLCR·B_0 + PV(opex)) / PV(revenue)``

    Parameters
    ----------
    debt
        Drawn at closing, money, at least 0, one number a loan.
    opex, revenue
        As for `rental_breakeven`, to maturity.
    rate
        The debt's rate a period, above −1.
    target_llcr
        Loan life coverage to keep, at least 0.

    Examples
    --------
    >>> float(rental_breakeven_life(100, [20, 20], [80, 60], 0.0))
    1.0
    """
    owed, target = real("debt", debt, 0), real("target_llcr", target_llcr, 0)
    cost, income = series("opex", opex, 0), series("revenue", revenue, 0)
    shape = broadcast(opex=cost, revenue=income, debt=owed[..., None], target_llcr=target[..., None])
    paid = present_values(np.broadcast_to(cost, shape), rate)[..., 0]
    earned = present_values(np.broadcast_to(income, shape), rate)[..., 0]
    return cover(target * owed + paid, earned, NO_REVENUE)


def breakeven_deflation(
    revenue: ArrayLike,
    years: ArrayLike,
    opex: ArrayLike,
    debt_service: ArrayLike,
    target_dscr: ArrayLike = 1.0,
    search: tuple[float, float] = SEARCH,
) -> Floats:
    """Fastest fall in rent at which every period keeps a target coverage.

    ``d = min_k [ 1 − ((DSCR·DS_k + opex_k) / Rev_k)^{1/t_k} ]``, exact for rent ``R_0·(1−d)^{t_k}``

    Parameters
    ----------
    revenue
        Revenue at the rent of closing, so with no deflation, money a period, at least 0, time last.
    years
        t_k, the time at which each period's rent is read, years, at least 0 (the middle of the period, as a rule).
    opex, debt_service, target_dscr
        As for `rental_breakeven`.
    search
        Rates outside it are not called a break-even.

    Returns
    -------
    Floats
        Effective annual fraction lost, one number a loan; negative means rent must rise. `ALWAYS_BELOW` where no
        rate in the range covers, `ALWAYS_ABOVE` where every one does, `NO_DEBT_SERVICE` without any service.

    Examples
    --------
    >>> float(breakeven_deflation([100, 100], [1.0, 2.0], 10, [80, 54]).round(12))
    0.1
    """
    due, cost = series("debt_service", debt_service, 0), real("opex", opex, 0)
    income, target = real("revenue", revenue, 0), real("target_dscr", target_dscr, 0)
    t = real("years", years, 0)
    shape = broadcast(debt_service=due, opex=cost, revenue=income, target_dscr=target, years=t)
    low, high = _range(search)
    need = np.broadcast_to(target * due + cost, shape)
    due, income, t = (np.broadcast_to(x, shape) for x in (due, income, t))
    counted, moves = due > 0, t > 0
    # A need beyond all revenue, or read an instant after closing, is infinitely far from being met.
    with np.errstate(over="ignore"):
        ratio = need / np.where(income > 0, income, 1.0)
        rate = 1 - np.where(moves, ratio, 1.0) ** (1 / np.where(moves, t, 1.0))
    rate = np.where(moves, rate, np.where(ratio <= 1, np.inf, -np.inf))
    rate = np.where(income > 0, rate, np.where(need > 0, -np.inf, np.inf))
    worst = np.where(counted, rate, np.inf).min(axis=-1)
    answer = np.where(worst < low, ALWAYS_BELOW.nan, np.where(worst > high, ALWAYS_ABOVE.nan, worst))
    return np.where(counted.any(axis=-1), answer, NO_DEBT_SERVICE.nan)


def breakeven(
    coverage_at: Callable[[Floats], Floats], target: ArrayLike = 1.0, search: tuple[float, float] = SEARCH
) -> Floats:
    """Point at which a coverage that falls along its argument meets a target.

    ``coverage(x) = target``, by bisection to the last bit

    Parameters
    ----------
    coverage_at
        Takes an array of points, one a loan, and returns the coverage of each loan there; must not rise. Any rental
        path will do: contracts, regimes, an average rate in the period.
    target
        Coverage to keep, one number a loan.
    search
        The range searched, for deflation −90 % to 99 % a year.

    Returns
    -------
    Floats
        The point, one a loan; `ALWAYS_BELOW` or `ALWAYS_ABOVE` where the range holds none. An undefined coverage at
        both ends keeps its reason.

    Examples
    --------
    >>> float(breakeven(lambda d: 2.0 * (1 - d), 1.5).round(12))
    0.25
    """
    level = real("target", target)
    low, high = _range(search)
    first, last = coverage_at(np.full(level.shape, low)), coverage_at(np.full(level.shape, high))
    shape = np.broadcast_shapes(np.shape(first), level.shape)
    point = bisected(lambda x: coverage_at(x) - level, np.full(shape, low), np.full(shape, high))
    answer = np.where(first < level, ALWAYS_BELOW.nan, np.where(last > level, ALWAYS_ABOVE.nan, point))
    return np.where(np.isnan(first) & np.isnan(last), first, answer)


def _range(search: tuple[float, float]) -> tuple[float, float]:
    low, high = (float(real("search", x)) for x in search)
    if not low < high:
        raise InputError(f"search must be a range from low to high, got {low:g} to {high:g}", "search")
    return low, high
