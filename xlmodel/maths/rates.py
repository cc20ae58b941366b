"""One rate said in other ways: effective, nominal, continuous, per period; decline as deflation or half life.

Everything is a fraction. `_eff` is effective annual, `_nom` nominal annual compounded `frequency` times a
year, `_cc` continuously compounded. A deflation is the effective annual fraction *lost*, so that its
continuous form is ``-ln(1 - d)``: 30 % deflation is 0.3567 continuous, not 0.30.
"""

import math

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NEVER_HALVES
from xlmodel.maths.domain import Floats, broadcast, real


def effective_rate(rate_nom: npt.ArrayLike, frequency: npt.ArrayLike) -> Floats:
    """Return the effective annual rate of a nominal one: ``(1 + j/f)^f - 1``.

    Parameters
    ----------
    rate_nom
        Nominal annual rate, above minus the frequency (a period cannot lose more than everything).
    frequency
        Compounding periods a year, above 0. Both broadcast.

    Raises
    ------
    RangeError
        A rate that loses more than everything in one period.

    Examples
    --------
    >>> round(float(effective_rate(0.12, 4)), 6)
    0.125509
    """
    rate, times = real("rate_nom", rate_nom), real("frequency", frequency, above=0)
    broadcast(rate_nom=rate, frequency=times)
    real("rate_nom divided by frequency", rate / times, above=-1)
    return np.expm1(times * np.log1p(rate / times))


def nominal_rate(rate_eff: npt.ArrayLike, frequency: npt.ArrayLike) -> Floats:
    """Return the nominal annual rate of an effective one: ``f ((1 + r)^(1/f) - 1)``.

    Parameters
    ----------
    rate_eff
        Effective annual rate, above -1.
    frequency
        Compounding periods a year, above 0. Both broadcast.

    Raises
    ------
    RangeError
        A rate of -1 or less.

    Examples
    --------
    >>> round(float(nominal_rate(0.12, 12)), 6)
    0.113866
    """
    rate, times = real("rate_eff", rate_eff, above=-1), real("frequency", frequency, above=0)
    broadcast(rate_eff=rate, frequency=times)
    return times * np.expm1(np.log1p(rate) / times)


def continuous_rate(rate_eff: npt.ArrayLike) -> Floats:
    """Return the continuously compounded rate of an effective one: ``ln(1 + r)``.

    Parameters
    ----------
    rate_eff
        Effective annual rate, above -1, any shape.

    Raises
    ------
    RangeError
        A rate of -1 or less.

    Examples
    --------
    >>> round(float(continuous_rate(0.12)), 6)
    0.113329
    """
    return np.log1p(real("rate_eff", rate_eff, above=-1))


def effective_from_continuous(rate_cc: npt.ArrayLike) -> Floats:
    """Return the effective annual rate of a continuous one: ``e^r - 1``.

    Parameters
    ----------
    rate_cc
        Continuously compounded annual rate, any shape.

    Examples
    --------
    >>> round(float(effective_from_continuous(0.1)), 6)
    0.105171
    """
    return np.expm1(real("rate_cc", rate_cc))


def period_rate(rate_eff: npt.ArrayLike, frequency: npt.ArrayLike) -> Floats:
    """Return what an effective annual rate earns in one period: ``(1 + r)^(1/f) - 1``.

    A nominal rate needs no function: it is divided by the frequency.

    Parameters
    ----------
    rate_eff
        Effective annual rate, above -1.
    frequency
        Periods a year, above 0. Both broadcast.

    Raises
    ------
    RangeError
        A rate of -1 or less.

    Examples
    --------
    >>> round(float(period_rate(0.12, 4)), 6)
    0.028737
    """
    rate, times = real("rate_eff", rate_eff, above=-1), real("frequency", frequency, above=0)
    broadcast(rate_eff=rate, frequency=times)
    return np.expm1(np.log1p(rate) / times)


def deflation_cc(deflation_eff: npt.ArrayLike) -> Floats:
    """Return the continuous rate of decline of an effective annual deflation: ``-ln(1 - d)``.

    Parameters
    ----------
    deflation_eff
        Effective annual fraction lost, below 1; negative when the price rises. Any shape.

    Raises
    ------
    RangeError
        A deflation of 1 or more.

    Examples
    --------
    >>> round(float(deflation_cc(0.3)), 6)
    0.356675
    """
    # Minus zero is no rate; adding zero makes it plain zero.
    return -np.log1p(-real("deflation_eff", deflation_eff, below=1)) + 0.0


def deflation_from_continuous(decline_cc: npt.ArrayLike) -> Floats:
    """Return the effective annual deflation of a continuous rate of decline: ``1 - e^-pi``.

    Parameters
    ----------
    decline_cc
        Continuous annual rate of decline, any shape.

    Examples
    --------
    >>> round(float(deflation_from_continuous(0.6931471805599453)), 12)
    0.5
    """
    return -np.expm1(-real("decline_cc", decline_cc)) + 0.0


def period_deflation(deflation_eff: npt.ArrayLike, frequency: npt.ArrayLike) -> Floats:
    """Return the fraction lost in one period: ``1 - (1 - d)^(1/f)``.

    Parameters
    ----------
    deflation_eff
        Effective annual fraction lost, below 1.
    frequency
        Periods a year, above 0. Both broadcast.

    Raises
    ------
    RangeError
        A deflation of 1 or more.

    Examples
    --------
    >>> round(float(period_deflation(0.3, 12)), 6)
    0.029286
    """
    decline, times = deflation_cc(deflation_eff), real("frequency", frequency, above=0)
    broadcast(deflation_eff=decline, frequency=times)
    return -np.expm1(-decline / times) + 0.0


def half_life(deflation_eff: npt.ArrayLike) -> Floats:
    """Return the years after which half is left: ``ln 2 / -ln(1 - d)``.

    Parameters
    ----------
    deflation_eff
        Effective annual fraction lost, below 1, any shape. At 0 or less nothing ever halves: undefined there.

    Raises
    ------
    RangeError
        A deflation of 1 or more.

    Examples
    --------
    >>> round(float(half_life(0.3)), 6)
    1.943358
    """
    decline = deflation_cc(deflation_eff)
    falling = decline > 0
    return np.where(falling, math.log(2) / np.where(falling, decline, 1.0), NEVER_HALVES.nan)


def continuous_annuity(rate_cc: npt.ArrayLike, years: npt.ArrayLike) -> Floats:
    """Return the value of 1 a year paid evenly: ``(1 - e^-rT) / r``, which is ``T`` when the rate is 0.

    Parameters
    ----------
    rate_cc
        Continuous rate, of either sign.
    years
        At least 0. Both broadcast.

    Raises
    ------
    RangeError
        Negative years.

    Examples
    --------
    >>> continuous_annuity([0.0, 0.1], 10).round(6).tolist()
    [10.0, 6.321206]
    """
    rate, years = real("rate_cc", rate_cc), real("years", years, 0)
    broadcast(rate_cc=rate, years=years)
    growth = rate * years
    # Near zero the series, exact to the last bit below 1e-8; rates too small to divide by would lose everything.
    flat = np.abs(growth) < 1e-8
    return np.where(flat, years * (1 - growth / 2), -np.expm1(-growth) / np.where(flat, 1.0, rate))
