"""Two clocks: how long the debt lives, how long the asset pays, and when the one outlives the other."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.errors import NO_COLLATERAL_VALUE, NOTHING_TO_AVERAGE
from xlmodel.loan.covenant import first_breach
from xlmodel.loan.coverage import cover
from xlmodel.loan.life_coverage import present_values
from xlmodel.maths.domain import Floats, broadcast, real, series
from xlmodel.maths.duration import macaulay_duration, weighted_average_life


@dataclass(frozen=True, slots=True)
class Tail:
    """What the asset still earns after the loan has ended.

    Attributes
    ----------
    periods
        Periods from the loan's maturity to the end of the asset's cash, negative when the loan outlives it.
    share
        Value of the cash after maturity over the value of all cash; undefined when the cash is worth nothing.
    """

    periods: Floats
    share: Floats


def tail(cfads: ArrayLike, rate: ArrayLike, maturity: ArrayLike, economic_life: ArrayLike | None = None) -> Tail:
    """The loan's tail.

    ``periods = K* − N``, ``share = PV(CFADS_{N+1…K*}) / PV(CFADS_{1…K*})``

    Parameters
    ----------
    cfads
        Cash flow of the asset over its life, money a period, time last.
    rate
        Rate a period, above −1, one number or one a period.
    maturity
        N, the loan's last period, at least 0, one number a loan.
    economic_life
        K*, the asset's last paying period; the end of the cash when omitted.

    Examples
    --------
    >>> left = tail([60, 30, 10], 0.0, 2)
    >>> float(left.periods), float(left.share)
    (1.0, 0.1)
    """
    cash, end = series("cfads", cfads), real("maturity", maturity, 0)
    life = real("economic_life", cash.shape[-1] if economic_life is None else economic_life, 0)
    broadcast(maturity=end, economic_life=life)
    whole_life = present_values(cash, rate, life)[..., 0]
    within = present_values(cash, rate, np.minimum(end, life))[..., 0]
    return Tail(np.asarray(life - end), cover(whole_life - within, whole_life, NOTHING_TO_AVERAGE))


@dataclass(frozen=True, slots=True)
class DurationMismatch:
    """Average lives and durations of debt and asset, in years.

    Attributes
    ----------
    average_life
        Weighted average life of the principal.
    debt
        Macaulay duration of the debt service at the debt's rate.
    asset
        Macaulay duration of the asset's cash at the same rate.
    mismatch
        ``debt − asset``: positive means that the debt outlives the asset's cash.
    """

    average_life: Floats
    debt: Floats
    asset: Floats
    mismatch: Floats


def duration_mismatch(
    principal: ArrayLike, debt_service: ArrayLike, cfads: ArrayLike, rate: ArrayLike, frequency: ArrayLike = 4
) -> DurationMismatch:
    """Duration of what is owed less duration of what pays it.

    ``D_debt − D_asset``, both Macaulay at the debt's period rate

    Parameters
    ----------
    principal
        Repaid by period, money, time last.
    debt_service
        Interest and principal by period, money, time last.
    cfads
        Cash flow of the asset over its life, money a period, time last; may be longer than the loan.
    rate
        Rate a period, above −1, one number a loan.
    frequency
        Periods a year.

    Returns
    -------
    DurationMismatch
        Undefined where the flows have no positive value.

    Examples
    --------
    >>> gap = duration_mismatch([0, 100], [0, 100], [60, 40], 0.0, frequency=1)
    >>> float(gap.debt), float(gap.asset), round(float(gap.mismatch), 12)
    (2.0, 1.4, 0.6)
    """
    life = weighted_average_life(principal, frequency)
    debt = macaulay_duration(debt_service, rate, frequency)
    asset = macaulay_duration(cfads, rate, frequency)
    return DurationMismatch(life, debt, asset, np.asarray(debt - asset))


def leverage_adjusted_gap(
    debt_duration: ArrayLike, asset_duration: ArrayLike, debt: ArrayLike, assets: ArrayLike
) -> Floats:
    """Duration gap that weighs the debt by its size.

    ``D_L·L/A − D_A``; positive means that the debt outlives the asset

    Parameters
    ----------
    debt_duration, asset_duration
        Durations in years; undefined stays undefined.
    debt
        L, money, at least 0.
    assets
        A, money; undefined (`NO_COLLATERAL_VALUE`) when not positive.

    Examples
    --------
    >>> round(float(leverage_adjusted_gap(2.0, 1.4, 28, 35)), 12)
    0.2
    """
    long, short = (
        real(name, value, undefined=True)
        for name, value in (("debt_duration", debt_duration), ("asset_duration", asset_duration))
    )
    owed, worth = real("debt", debt, 0), real("assets", assets)
    broadcast(debt_duration=long, asset_duration=short, debt=owed, assets=worth)
    leverage = cover(owed, worth, NO_COLLATERAL_VALUE)
    return np.asarray(long * leverage - short)


@dataclass(frozen=True, slots=True)
class HalfLives:
    """A loan's life counted in half-lives of its collateral.

    Attributes
    ----------
    count
        Half-lives that pass.
    residual_share
        Share of the value left by then.
    """

    count: Floats
    residual_share: Floats


def half_lives(average_life: ArrayLike, value_half_life: ArrayLike) -> HalfLives:
    """How often the collateral halves while the debt is out.

    ``n = WAL / half-life``, ``residual = 2^−n``

    Parameters
    ----------
    average_life
        Weighted average life of the debt, years, at least 0.
    value_half_life
        Years in which the collateral loses half its value, greater than 0.

    Examples
    --------
    >>> passed = half_lives(10, 1.5)
    >>> round(float(passed.count), 4), round(float(passed.residual_share), 6)
    (6.6667, 0.009843)
    """
    life, half = real("average_life", average_life, 0), real("value_half_life", value_half_life, above=0)
    broadcast(average_life=life, value_half_life=half)
    count = life / half
    return HalfLives(np.asarray(count), np.exp2(-count))


@dataclass(frozen=True, slots=True)
class Underwater:
    """When more is owed than the collateral is worth.

    Attributes
    ----------
    first
        First date with a balance above the value, as a position on the time axis from 0; −1 for never.
    ratio
        Balance over value by date; 0 where nothing is owed, undefined (`NO_COLLATERAL_VALUE`) where something is
        owed on nothing.
    worst
        The highest defined ratio, one number a loan.
    worst_at
        Its position.
    """

    first: npt.NDArray[np.intp]
    ratio: Floats
    worst: Floats
    worst_at: npt.NDArray[np.intp]


def underwater(balance: ArrayLike, value: ArrayLike) -> Underwater:
    """First date on which the debt exceeds the collateral, and the worst one.

    ``min{ k : B_k > V_k }``

    Parameters
    ----------
    balance
        Owed on each date, money, at least 0, time last.
    value
        Collateral value on the same dates, money; a value of 0 or less with a balance counts as underwater.

    Examples
    --------
    >>> deal = underwater([80, 60, 30], [100, 50, 25])
    >>> int(deal.first), float(deal.worst), int(deal.worst_at)
    (1, 1.2, 1)
    """
    owed, worth = series("balance", balance, 0), series("value", value)
    shape = broadcast(balance=owed, value=worth)
    owed, worth = np.broadcast_to(owed, shape), np.broadcast_to(worth, shape)
    ratio = np.where(owed > 0, cover(owed, worth, NO_COLLATERAL_VALUE), 0.0)
    known = np.where(np.isnan(ratio), -np.inf, ratio)
    at = np.argmax(known, axis=-1)
    nothing = np.isnan(ratio).all(axis=-1)
    worst = np.where(nothing, NO_COLLATERAL_VALUE.nan, np.take_along_axis(ratio, at[..., None], axis=-1)[..., 0])
    first = first_breach(np.where(np.isnan(ratio), np.finfo(np.float64).max, ratio), 1.0, "above")
    return Underwater(first, ratio, worst, np.where(nothing, -1, at))
