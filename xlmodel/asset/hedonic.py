"""What a machine is worth beside a better one: quality-adjusted price indices and the parity bound."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real
from xlmodel.maths.least_squares import fitted
from xlmodel.maths.rates import deflation_from_continuous


def deflation_from_doubling(doubling_years: npt.ArrayLike) -> Floats:
    """Return the annual fall of the price of performance that doubles per dollar every so often: ``1 - 2^(-1/T)``.

    Parameters
    ----------
    doubling_years
        Years in which performance per dollar doubles, above 0, any shape.

    Raises
    ------
    RangeError
        A time of 0 or less.

    Notes
    -----
    Hobbhahn and Besiroglu (2022) put it at 2.46 years for all GPUs and 2.07 for those of machine learning.

    Examples
    --------
    >>> deflation_from_doubling([2.46, 2.07]).round(4).tolist()
    [0.2456, 0.2846]
    """
    return deflation_from_continuous(math.log(2) / real("doubling_years", doubling_years, above=0))


@dataclass(frozen=True, slots=True)
class HedonicIndex:
    """A constant-quality price index.

    Attributes
    ----------
    index
        Price of constant quality in each period, 1 in the first, shape (periods,).
    decline
        Fraction lost from each period to the next, shape (periods - 1,).
    elasticities
        Coefficient of the logarithm of each characteristic, shape (characteristics,).
    standard_errors
        Of the elasticities.
    residual_sd
        Standard deviation of the logarithmic residual.
    retransformation
        ``exp(s^2 / 2)``, by which a fitted logarithm must be multiplied to become a mean price.
    """

    index: Floats
    decline: Floats
    elasticities: Floats
    standard_errors: Floats
    residual_sd: float
    retransformation: float


def hedonic_index(prices: npt.ArrayLike, characteristics: npt.ArrayLike, periods: npt.ArrayLike) -> HedonicIndex:
    """Fit a constant-quality price index by the time-dummy method.

    ``ln P_i = alpha + sum_j beta_j ln x_ij + gamma_t(i) + e_i``, index ``exp(gamma_t - gamma_1)``

    Parameters
    ----------
    prices
        One row, above 0.
    characteristics
        What buyers pay for (FLOP/s, memory, bandwidth, interconnect), above 0, shape (prices, characteristics).
    periods
        In which period each price was observed, whole numbers; every period between the first and the last must have a
        price.

    Raises
    ------
    InputError
        Shapes that do not fit; a period without a price; too few prices or characteristics that move together.
    RangeError
        A price or characteristic of 0 or less.

    Notes
    -----
    The index is the ratio of geometric means. The retransformation factor cancels in it, and is reported for whoever
    turns a fitted logarithm into a price.

    Examples
    --------
    Price follows performance exactly, and falls by a quarter from one period to the next:

    >>> index = hedonic_index([100, 200, 75, 300, 125], [[1], [2], [1], [4], [5 / 3]], [0, 0, 1, 1, 1])
    >>> index.index.round(6).tolist(), index.elasticities.round(6).tolist()
    ([1.0, 0.75], [1.0])
    """
    paid = np.atleast_1d(real("prices", prices, above=0))
    x = real("characteristics", characteristics, above=0)
    x = x[:, None] if x.ndim == 1 else x
    when = np.atleast_1d(real("periods", periods))
    if paid.ndim > 1 or x.ndim != 2 or when.shape != paid.shape or x.shape[0] != paid.size:
        raise InputError(
            f"each price needs one period and one row of characteristics: got {paid.size} prices, {when.size} periods "
            f"and characteristics of shape {x.shape}",
            "characteristics",
        )
    if (when != np.floor(when)).any():
        raise InputError("periods must be whole numbers", "periods")
    number = (when - when.min()).astype(np.intp)
    count = int(number.max()) + 1
    if np.unique(number).size != count:
        raise InputError("periods must each have a price between the first and the last", "periods")
    dummies = (number[:, None] == np.arange(1, count)).astype(np.float64)
    design = np.column_stack([np.ones(paid.size), np.log(x), dummies])
    line = fitted(design, np.log(paid))
    index = np.exp(np.concatenate([[0.0], line.coefficients[1 + x.shape[1] :]]))
    return HedonicIndex(
        index=index,
        decline=1 - index[1:] / index[:-1],
        elasticities=line.coefficients[1 : 1 + x.shape[1]],
        standard_errors=line.standard_errors[1 : 1 + x.shape[1]],
        residual_sd=line.residual_sd,
        retransformation=float(np.exp(line.residual_sd**2 / 2)),
    )


def parity_value(
    price_new: npt.ArrayLike,
    performance_ratio: npt.ArrayLike,
    opex_new: npt.ArrayLike = 0.0,
    opex_old: npt.ArrayLike = 0.0,
    residual_new: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the most that a buyer who may have the newcomer instead pays for the old machine.

    ``V <= max(0, (P_new + PV opex_new - PV residual_new) / q - PV opex_old)``

    Parameters
    ----------
    price_new
        Price of the newcomer, at least 0. Every argument broadcasts.
    performance_ratio
        Work of one newcomer over the work of one old machine, above 0.
    opex_new, opex_old
        Present value of running each over the old machine's remaining life, at least 0.
    residual_new
        Present value of what the newcomer still fetches at the end of that life, at least 0. Without it (0, the loose
        bound) the old machine is charged nothing for leaving no residual; with it the bound is tight.

    Raises
    ------
    RangeError
        An argument outside its range.

    Notes
    -----
    The appraiser's replacement cost new less functional obsolescence.

    Examples
    --------
    The loose bound, and the tight one with a residual after three years of 30 % decay, discounted at 12 %:

    >>> round(float(parity_value(40_000, 2.5, 9_000, 7_000)), 2)
    12600.0
    >>> round(float(parity_value(40_000, 2.5, 9_000, 7_000, residual_value(40_000, 0.3, 3, 0.12))))
    8694
    """
    price, ratio = real("price_new", price_new, 0), real("performance_ratio", performance_ratio, above=0)
    running, kept = real("opex_new", opex_new, 0), real("opex_old", opex_old, 0)
    rest = real("residual_new", residual_new, 0)
    broadcast(price_new=price, performance_ratio=ratio, opex_new=running, opex_old=kept, residual_new=rest)
    return np.maximum((price + running - rest) / ratio - kept, 0.0)


def residual_value(
    price: npt.ArrayLike, annual_decay_eff: npt.ArrayLike, years: npt.ArrayLike, discount_eff: npt.ArrayLike = 0.0
) -> Floats:
    """Return the present value of what a machine fetches later: ``P ((1 - d) / (1 + r))^t``.

    Parameters
    ----------
    price
        Today's price, at least 0. Every argument broadcasts.
    annual_decay_eff
        Effective annual fraction lost, below 1.
    years
        Until the sale, at least 0.
    discount_eff
        Effective annual discount rate, above -1.

    Raises
    ------
    RangeError
        An argument outside its range.

    Examples
    --------
    >>> round(float(residual_value(40_000, 0.3, 3, 0.12)), 2)
    9765.62
    """
    new, decay = real("price", price, 0), real("annual_decay_eff", annual_decay_eff, below=1)
    time, rate = real("years", years, 0), real("discount_eff", discount_eff, above=-1)
    broadcast(price=new, annual_decay_eff=decay, years=time, discount_eff=rate)
    return new * ((1 - decay) / (1 + rate)) ** time
