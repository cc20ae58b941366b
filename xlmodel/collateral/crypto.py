"""Haircut of a crypto collateral over the time a lender needs to be out of it.

Unlike hardware, bitcoin has a deep market and no decay: what can be lost between the call and the sale is the price
move, at a chosen confidence, and the slippage of the sale.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import RangeError
from xlmodel.maths.domain import Floats, broadcast, real


@dataclass(frozen=True, slots=True)
class CryptoHaircut:
    """What is lost at the confidence, fractions, arrays of one shape.

    Attributes
    ----------
    price
        To the price move until the sale.
    total
        To the price move and the slippage.
    """

    price: Floats
    total: Floats


def crypto_haircut(
    annual_volatility: npt.ArrayLike,
    days: npt.ArrayLike,
    confidence: npt.ArrayLike = 0.99,
    slippage: npt.ArrayLike = 0.0,
    drift_cc: npt.ArrayLike = 0.0,
    log_drift_cc: npt.ArrayLike | None = None,
    degrees_of_freedom: npt.ArrayLike | None = None,
    days_per_year: npt.ArrayLike = 365.0,
) -> CryptoHaircut:
    """Haircut at a confidence over the days until the sale.

    ``H = 1 − exp(m τ − q σ √τ)``, ``m = μ − σ²/2``, ``total = 1 − (1 − H)(1 − slippage)``, τ = days / days_per_year

    Parameters
    ----------
    annual_volatility
        σ, per square root of a year, at least 0.
    days
        Cure period and liquidation time together, at least 0.
    confidence
        Probability that the loss stays within the haircut, between 0 and 1, both excluded.
    slippage
        Lost in the sale itself, fraction.
    drift_cc
        μ, growth of the *expected* price, continuous, a year. A lender takes 0.
    log_drift_cc
        m, drift of the logarithm, continuous, a year: given, it replaces ``μ − σ²/2``. At 65 % volatility and ten
        days the two differ by half a point.
    degrees_of_freedom
        ν of a Student-t move scaled to the volatility, greater than 2; normal when left out.
    days_per_year
        365 for a market that never closes.

    Returns
    -------
    CryptoHaircut
        Never below 0: a drift does not make collateral worth more than its mark.

    Raises
    ------
    RangeError
        Both drifts given, a confidence of 0 or 1, two or fewer degrees of freedom.

    Notes
    -----
    A quantile of the price at the end of the days, not of its low on the way. The Basel framework (SCO60) puts bitcoin
    in Group 2, which gives no credit as collateral.

    Examples
    --------
    >>> normal = crypto_haircut(0.65, 10, 0.99, 0.02)
    >>> round(float(normal.price), 4), round(float(normal.total), 4)
    (0.2259, 0.2414)
    >>> round(float(crypto_haircut(0.65, 10, 0.99, log_drift_cc=0, degrees_of_freedom=4).price), 4)
    0.248
    """
    sigma, wait = real("annual_volatility", annual_volatility, 0), real("days", days, 0)
    level, slip = real("confidence", confidence, above=0, below=1), real("slippage", slippage, 0, 1)
    mu, year = real("drift_cc", drift_cc), real("days_per_year", days_per_year, above=0)
    given = {
        "annual_volatility": sigma, "days": wait, "confidence": level, "slippage": slip, "drift_cc": mu,
        "days_per_year": year,
    }  # fmt: skip
    if log_drift_cc is not None:
        if np.any(mu != 0):
            raise RangeError("drift_cc must be 0 when log_drift_cc is given: they say the same twice", "drift_cc")
        given["log_drift_cc"] = real("log_drift_cc", log_drift_cc)
    if degrees_of_freedom is not None:
        given["degrees_of_freedom"] = real("degrees_of_freedom", degrees_of_freedom, above=2)
    shape = broadcast(**given)
    with np.errstate(over="ignore"):
        m = given.get("log_drift_cc", np.asarray(mu - sigma**2 / 2))
    from scipy.special import ndtri, stdtrit  # here, so that the first cell of a sheet does not wait for scipy

    if degrees_of_freedom is None:
        quantile = ndtri(level)
    else:
        nu = given["degrees_of_freedom"]
        # A t variable with ν degrees of freedom has variance ν/(ν−2); scaled, σ keeps its meaning.
        quantile = stdtrit(nu, level) * np.sqrt((nu - 2) / nu)
    years = wait / year
    with np.errstate(over="ignore", invalid="ignore"):  # beyond all numbers everything is lost, or nothing is known
        lost = np.clip(-np.expm1(m * years - quantile * sigma * np.sqrt(years)), 0, 1)
    price = np.broadcast_to(lost, shape).copy()
    return CryptoHaircut(price, np.asarray(1 - (1 - price) * (1 - slip)))
