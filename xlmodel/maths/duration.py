"""When the money comes, as one number: average life, Macaulay's and modified duration."""

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NOTHING_TO_AVERAGE
from xlmodel.maths.domain import Floats, broadcast, real, series


def weighted_average_life(principal: npt.ArrayLike, frequency: npt.ArrayLike = 1) -> Floats:
    """Return the average time to repayment in years, weighted by principal: ``sum P_k t_k / sum P_k``.

    Parameters
    ----------
    principal
        Repaid at the end of each period, negative when the balance grows, shape (..., periods).
    frequency
        Periods a year, above 0, shape (...).

    Returns
    -------
    Shape (...). Undefined where the repayments sum to zero or less.

    Examples
    --------
    >>> float(weighted_average_life([0, 50, 50], 2))
    1.25
    """
    repaid, times = series("principal", principal), real("frequency", frequency, above=0)
    broadcast(principal=repaid[..., 0], frequency=times)
    return _average(repaid, _ends(repaid), times)


def macaulay_duration(flows: npt.ArrayLike, rate: npt.ArrayLike, frequency: npt.ArrayLike = 1) -> Floats:
    """Return the average time to payment in years, weighted by present value: ``sum t_k PV_k / sum PV_k``.

    Parameters
    ----------
    flows
        At the end of each period, shape (..., periods).
    rate
        Per period, above -1, shape (...).
    frequency
        Periods a year, above 0, shape (...).

    Returns
    -------
    Shape (...). Undefined where the present value is zero or less.

    Examples
    --------
    Eight years of an 8 % coupon, half-yearly, at a yield of 9 %:

    >>> round(float(macaulay_duration([4] * 15 + [104], 0.045, 2)), 6)
    5.993775
    """
    paid, interest = series("flows", flows), real("rate", rate, above=-1)
    times = real("frequency", frequency, above=0)
    broadcast(flows=paid[..., 0], rate=interest, frequency=times)
    ends = _ends(paid)
    present = paid * np.exp(-np.log1p(interest)[..., None] * ends)
    return _average(present, ends, times)


def modified_duration(flows: npt.ArrayLike, rate: npt.ArrayLike, frequency: npt.ArrayLike = 1) -> Floats:
    """Return the relative fall of present value per unit of nominal yield: Macaulay's duration over ``1 + i``.

    Parameters
    ----------
    flows, rate, frequency
        As of `macaulay_duration`.

    Returns
    -------
    Years, shape (...). Undefined where the present value is zero or less.

    Examples
    --------
    >>> round(float(modified_duration([4] * 15 + [104], 0.045, 2)), 6)
    5.73567
    """
    return macaulay_duration(flows, rate, frequency) / (1 + real("rate", rate, above=-1))


def _ends(flows: Floats) -> Floats:
    return np.arange(1, flows.shape[-1] + 1, dtype=np.float64)


def _average(weights: Floats, ends: Floats, frequency: Floats) -> Floats:
    total = np.sum(np.ascontiguousarray(weights), axis=-1)
    defined = total > 0
    moments = np.sum(np.ascontiguousarray(weights * ends), axis=-1)
    return np.where(defined, moments / np.where(defined, total, 1.0) / frequency, NOTHING_TO_AVERAGE.nan)
