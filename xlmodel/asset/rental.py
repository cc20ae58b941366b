"""What an hour of the hardware rents for: dated curves that may fall or rise, and their average over periods.

A curve is a row of points, log-linear between them, flat before the first, and falling (or rising) at a
stated rate after the last. A constant deflation is the curve of one point; a sequence of regimes is a curve
whose points are the dates on which the regime changes. Year 0 is the date of the curve, and a deflation is
always an input with its sign.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.domain import Floats, broadcast, real, series, whole
from xlmodel.maths.rates import continuous_annuity, deflation_cc

Timing = Literal["start", "mid", "average", "end"]
"""Which rent of a period counts: at its start, in its middle, averaged over it, or at its end."""


@dataclass(frozen=True, slots=True)
class RentalCurve:
    """A rental price at every moment.

    Attributes
    ----------
    years
        The points, increasing, from the date of the curve, shape (points,).
    rents
        Rent at each point, USD per hour, shape (..., points).
    decline_cc
        Continuous rate of decline from each point to the next, and after the last one, shape (..., points).
    """

    years: Floats
    rents: Floats
    decline_cc: Floats

    def at(self, years: npt.ArrayLike) -> Floats:
        """Return the rent at each moment, shape (..., moments).

        Parameters
        ----------
        years
            One-dimensional, in years from the date of the curve; before the first point the rent is flat.

        Examples
        --------
        >>> constant_curve(2.4, 0.3).at([0, 1]).round(3).tolist()
        [2.4, 1.68]
        """
        moments = np.atleast_1d(real("years", years))
        # Flat before the first point: those moments take the first point's rent after no time.
        point = np.maximum(np.searchsorted(self.years, moments, side="right") - 1, 0)
        since = np.maximum(moments - self.years[point], 0.0)
        return self.rents[..., point] * np.exp(-self.decline_cc[..., point] * since)

    def path(self, periods: int, frequency: int = 4, timing: Timing = "mid", start_years: float = 0.0) -> Floats:
        """Return the rent of each period, shape (..., periods).

        Parameters
        ----------
        periods
            How many, at least 1.
        frequency
            Periods a year: 12, 4, 2 or 1.
        timing
            ``"start"``, ``"mid"``, ``"average"`` (the exact integral over the period) or ``"end"``. At 40 % a
            year and annual periods the choice moves the first year's revenue by a quarter, so it is never
            hidden.
        start_years
            When the first period begins, in years from the date of the curve.

        Raises
        ------
        InputError
            An unknown timing.

        Examples
        --------
        >>> constant_curve(2.4, 0.4).path(1, 1, "average").round(4).tolist()
        [1.8793]
        """
        count = whole("periods", periods, 1)
        step = 1 / _frequency(frequency)
        begins = real("start_years", start_years) + step * np.arange(count)
        if timing == "average":
            return self._integral(begins, step) / step
        shares = {"start": 0.0, "mid": 0.5, "end": 1.0}
        if timing not in shares:
            raise InputError(f"timing must be start, mid, average or end, got {timing!r}", "timing")
        return self.at(begins + shares[timing] * step)

    def _integral(self, begins: Floats, step: float) -> Floats:
        """Integrate over each period, piece by piece, so that nothing cancels."""
        ends = begins + step
        first = self.years[0]
        total: Floats = self.rents[..., :1] * np.clip(first - begins, 0.0, step)
        until = np.append(self.years[1:], np.inf)
        for i, (low, high) in enumerate(zip(self.years, until, strict=True)):
            enter = np.clip(begins, low, high)
            stay = np.clip(ends, low, high) - enter
            decline = self.decline_cc[..., i, None]
            entry_rent = self.rents[..., i, None] * np.exp(-decline * (enter - low))
            total = total + np.where(stay > 0, entry_rent * continuous_annuity(decline, stay), 0.0)
        return total


def constant_curve(rent: npt.ArrayLike, deflation_eff: npt.ArrayLike = 0.0) -> RentalCurve:
    """Return the curve that falls at one rate for ever: ``R(t) = R0 (1 - d)^t``.

    Parameters
    ----------
    rent
        Rent on the date of the curve, USD per hour, at least 0, shape (...).
    deflation_eff
        Effective annual fraction lost, below 1; negative when rents rise. Shape (...).

    Raises
    ------
    RangeError
        A negative rent, a deflation of 1 or more.

    Examples
    --------
    >>> constant_curve(2.0, -0.1).at(2).round(2).tolist()
    [2.42]
    """
    now = real("rent", rent, 0)
    decline = deflation_cc(deflation_eff)
    shape = broadcast(rent=now, deflation_eff=decline)
    return _curve(np.zeros(1), np.broadcast_to(now, shape)[..., None], np.broadcast_to(decline, shape)[..., None])


def curve_through(
    point_years: npt.ArrayLike, point_rents: npt.ArrayLike, deflation_after_eff: npt.ArrayLike = 0.0
) -> RentalCurve:
    """Return the curve that is log-linear through given points.

    Parameters
    ----------
    point_years
        When, in years from the date of the curve, strictly increasing, one-dimensional.
    point_rents
        The rents there, USD per hour, above 0, shape (..., points).
    deflation_after_eff
        Effective annual fraction lost after the last point, below 1, shape (...); 0 is flat.

    Raises
    ------
    InputError
        Points that are not a row, or differ in number.
    RangeError
        Points out of order, a rent of 0 or less.

    Examples
    --------
    Half way between 4 and 1 a log-linear curve stands at 2:

    >>> curve_through([0, 2], [4.0, 1.0]).at([1, 2, 3]).round(6).tolist()
    [2.0, 1.0, 1.0]
    """
    years = _row("point_years", point_years)
    rents = np.atleast_1d(real("point_rents", point_rents, above=0))
    if rents.shape[-1] != years.size:
        raise InputError(
            f"each point needs one rent: got {years.size} point_years and {rents.shape[-1]} point_rents",
            "point_rents",
        )
    between = -np.diff(np.log(rents), axis=-1) / np.diff(years)
    after = deflation_cc(deflation_after_eff)
    shape = np.broadcast_shapes(rents.shape[:-1], after.shape)
    between = np.broadcast_to(between, (*shape, years.size - 1))
    after = np.broadcast_to(after, shape)[..., None]
    return _curve(years, np.broadcast_to(rents, (*shape, years.size)), np.concatenate([between, after], axis=-1))


def regime_curve(rent: npt.ArrayLike, regime_starts: npt.ArrayLike, regime_deflation_eff: npt.ArrayLike) -> RentalCurve:
    """Return the curve that changes its rate of decline on given dates: glut, then shortage, then trend.

    Parameters
    ----------
    rent
        Rent at the first start, USD per hour, at least 0, shape (...).
    regime_starts
        When each regime begins, in years from the date of the curve, strictly increasing, one-dimensional.
        The last regime never ends.
    regime_deflation_eff
        Effective annual fraction lost in each regime, below 1, negative where rents rise, shape (...,
        regimes).

    Raises
    ------
    InputError
        Starts that are not a row, or differ in number from the rates.
    RangeError
        Starts out of order, a deflation of 1 or more.

    Examples
    --------
    Halving for a year, then doubling:

    >>> regime_curve(2.0, [0, 1], [0.5, -1.0]).at([0, 1, 2]).round(6).tolist()
    [2.0, 1.0, 2.0]
    """
    now = real("rent", rent, 0)
    years = _row("regime_starts", regime_starts)
    decline = np.atleast_1d(deflation_cc(regime_deflation_eff))
    if decline.shape[-1] != years.size:
        raise InputError(
            f"each regime needs one rate: got {years.size} regime_starts and {decline.shape[-1]} rates",
            "regime_deflation_eff",
        )
    shape = np.broadcast_shapes(now.shape, decline.shape[:-1])
    decline = np.broadcast_to(decline, (*shape, years.size))
    fallen = np.zeros_like(decline)
    fallen[..., 1:] = np.cumsum(decline[..., :-1] * np.diff(years), axis=-1)
    return _curve(years, now[..., None] * np.exp(-fallen), decline)


def rent_path(
    rent: npt.ArrayLike,
    periods: int,
    frequency: int = 4,
    deflation_eff: npt.ArrayLike = 0.0,
    timing: Timing = "mid",
    start_years: float = 0.0,
) -> Floats:
    """Return the rent of each period under one deflation: `constant_curve` read by `RentalCurve.path`.

    Parameters
    ----------
    rent, deflation_eff
        As of `constant_curve`.
    periods, frequency, timing, start_years
        As of `RentalCurve.path`.

    Examples
    --------
    >>> rent_path(2.4, 2, 1, 0.4).round(4).tolist()
    [1.859, 1.1154]
    """
    return constant_curve(rent, deflation_eff).path(periods, frequency, timing, start_years)


def overridden(
    rent: npt.ArrayLike, replacement: npt.ArrayLike, first_period: int = 1, last_period: int | None = None
) -> Floats:
    """Return a rent path in which a scenario's rents replace the periods it speaks of.

    Parameters
    ----------
    rent
        The path, shape (..., periods).
    replacement
        Rents of the periods replaced, at least 0: one for all of them, or one each on the last axis.
    first_period, last_period
        The periods replaced, from 1, both included; the last one is the end of the path unless given.

    Raises
    ------
    RangeError
        Periods outside the path, a negative rent.
    InputError
        As many replacements as there are periods are expected, or one.

    Examples
    --------
    >>> overridden([2.4, 2.2, 2.0, 1.8], [1.0, 1.1], 2, 3).tolist()
    [2.4, 1.0, 1.1, 1.8]
    """
    path, new = series("rent", rent, 0), series("replacement", replacement, 0)
    first = whole("first_period", first_period, 1, path.shape[-1])
    last = path.shape[-1] if last_period is None else whole("last_period", last_period, first, path.shape[-1])
    if new.shape[-1] not in (1, last - first + 1):
        raise InputError(f"replacement must hold 1 rent or {last - first + 1}, got {new.shape[-1]}", "replacement")
    shape = np.broadcast_shapes(path.shape[:-1], new.shape[:-1])
    result = np.broadcast_to(path, (*shape, path.shape[-1])).copy()
    result[..., first - 1 : last] = new
    return result


def period_hours(frequency: int = 4, days: npt.ArrayLike | None = None) -> Floats:
    """Return the hours of a period: 8,760 divided by the frequency, or 24 times the actual days.

    Parameters
    ----------
    frequency
        Periods a year: 12, 4, 2 or 1.
    days
        Actual days of each period, at least 0, which then decide.

    Examples
    --------
    >>> float(period_hours(4)), period_hours(12, [31, 28]).tolist()
    (2190.0, [744.0, 672.0])
    """
    if days is not None:
        return 24.0 * real("days", days, 0)
    return np.asarray(8760.0 / _frequency(frequency))


def _frequency(frequency: int) -> int:
    number = whole("frequency", frequency, 1, 12)
    if number not in (1, 2, 4, 12):
        raise RangeError(f"frequency must be 12, 4, 2 or 1 periods a year, got {number}", "frequency")
    return number


def _row(name: str, value: npt.ArrayLike) -> Floats:
    row = np.atleast_1d(real(name, value))
    if row.ndim > 1:
        raise InputError(f"{name} must be one row, got {row.ndim} dimensions", name)
    if (np.diff(row) <= 0).any():
        raise RangeError(f"{name} must increase, got {row.tolist()}", name)
    return row


def _curve(years: Floats, rents: Floats, decline_cc: Floats) -> RentalCurve:
    return RentalCurve(years, np.ascontiguousarray(rents), np.ascontiguousarray(decline_cc))
