"""How fast the value falls, fitted to observed quotes, with what must be known before the fit is trusted."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.domain import Floats, broadcast, real
from xlmodel.maths.least_squares import fitted

# A quote further from the cost than this is in another unit, and no machine.
_FURTHEST = np.log(1e6)


@dataclass(frozen=True, slots=True)
class DecayFit:
    """A decay fitted to quotes.

    Attributes
    ----------
    decay_cc, decay_cc_error
        Continuous decay by age and its standard error.
    annual_decay_eff
        The same as the effective annual fraction lost.
    log_intercept, log_intercept_error
        Logarithm of the share that first use leaves, and its standard error; 0 if the fit has no intercept.
    day_one_loss
        Share lost on first use; negative if the fit starts above the cost.
    release_drops, release_errors
        Share lost at each release, and the standard error of its logarithm ``ln(1 - drop)``.
    date_trend_cc
        Continuous decline with the calendar at equal age, 0 if not asked for.
    quotes
        How many.
    r_squared
        About the mean with an intercept, about zero without.
    residual_sd
        Standard deviation of the logarithmic residual.
    max_leverage
        The largest influence of a single quote on its own fit; 1 means that the curve passes through it by force.
    retransformation
        ``exp(s^2 / 2)``: times it, a fitted median becomes a mean.
    warning
        What these quotes cannot tell apart, as a sentence, or None.
    """

    decay_cc: float
    decay_cc_error: float
    annual_decay_eff: float
    log_intercept: float
    log_intercept_error: float
    day_one_loss: float
    release_drops: Floats
    release_errors: Floats
    date_trend_cc: float
    quotes: int
    r_squared: float
    residual_sd: float
    max_leverage: float
    retransformation: float
    warning: str | None


def fit_decay(
    prices: npt.ArrayLike,
    cost: npt.ArrayLike,
    ages: npt.ArrayLike,
    intercept: bool = True,
    quote_years: npt.ArrayLike | None = None,
    release_years: npt.ArrayLike = (),
    date_trend: bool = False,
    ask_discount: npt.ArrayLike = 0.0,
) -> DecayFit:
    """Fit a geometric decay to quotes by least squares of logarithms.

    ``ln(V_i / C) = ln(1 - iota) - delta a_i + sum_g ln(1 - phi_g) [t_i >= t_g] - pi t_i + e_i``

    Parameters
    ----------
    prices
        Quotes, above 0, one row.
    cost
        Cost when new, above 0, one for all or one each.
    ages
        Age of each quoted machine in years, at least 0.
    intercept
        Whether a loss on first use is fitted; without it the curve starts at the cost.
    quote_years
        When each quote was made, on any calendar; the age unless given, which is right for one vintage from its date.
    release_years
        When new generations became available, on the same calendar; one drop is fitted for each.
    date_trend
        Whether a decline with the calendar is fitted beside the decline by age; needs machines of several vintages.
    ask_discount
        Share by which asking prices lie above transactions, 0 to 1, 1 excluded: one for all quotes or one each.

    Raises
    ------
    RangeError
        A price or cost of 0 or less, a price a million times the cost or less than a millionth, a negative age.
    InputError
        Rows that differ in length; no more quotes than coefficients; effects that these quotes cannot tell apart.

    Notes
    -----
    Age is date less vintage, so linear effects of all three can never be fitted together (Hall 1968); no effect of the
    vintage is offered. Quotes are of machines that survived: `fitted_value` takes the survival probability, after
    Hulten and Wykoff (1981).

    Examples
    --------
    >>> fit = fit_decay([0.8, 0.62, 0.5, 0.41, 0.25], 1, [0.5, 1, 1.5, 2, 3])
    >>> round(fit.decay_cc, 5), round(fit.decay_cc_error, 5), round(fit.r_squared, 5)
    (0.45834, 0.01042, 0.99845)
    """
    quoted, new = np.atleast_1d(real("prices", prices, above=0)), real("cost", cost, above=0)
    age = np.atleast_1d(real("ages", ages, 0))
    when = age if quote_years is None else np.atleast_1d(real("quote_years", quote_years))
    asked = real("ask_discount", ask_discount, 0, below=1)
    if quoted.ndim > 1 or age.shape != quoted.shape or when.shape != quoted.shape:
        raise InputError(
            f"each quote needs one age and one date: got {quoted.size} prices, {age.size} ages and {when.size} dates",
            "ages",
        )
    if broadcast(prices=quoted, cost=new, ask_discount=asked) != quoted.shape:
        raise InputError(f"cost and ask_discount must hold 1 number or {quoted.size}", "cost")
    share = quoted * (1 - asked) / new
    if (np.abs(np.log(share)) > _FURTHEST).any():
        raise RangeError(
            f"prices must be in the unit of cost, got {float(share.min()):g} to {float(share.max()):g} of it", "prices"
        )
    if date_trend and np.ptp(when - age) < 1e-9:
        raise InputError(
            "date_trend needs machines of several vintages: with one vintage age and date are the same thing",
            "date_trend",
        )
    releases = np.atleast_1d(real("release_years", release_years)) if np.size(release_years) else np.empty(0)
    known = (when[:, None] >= releases).astype(np.float64)
    columns = [np.ones(quoted.size)] * intercept + [-age] + [known] + [-when] * date_trend
    line = fitted(np.column_stack(columns), np.log(share))
    decay = float(line.coefficients[int(intercept)])
    start = float(line.coefficients[0]) if intercept else 0.0
    last = int(intercept) + 1 + releases.size
    return DecayFit(
        decay_cc=decay,
        decay_cc_error=float(line.standard_errors[int(intercept)]),
        annual_decay_eff=float(-np.expm1(-decay)),
        log_intercept=start,
        log_intercept_error=float(line.standard_errors[0]) if intercept else 0.0,
        day_one_loss=float(-np.expm1(start)),
        release_drops=-np.expm1(line.coefficients[int(intercept) + 1 : last]),
        release_errors=line.standard_errors[int(intercept) + 1 : last],
        date_trend_cc=float(line.coefficients[last]) if date_trend else 0.0,
        quotes=quoted.size,
        r_squared=line.r_squared,
        residual_sd=line.residual_sd,
        max_leverage=float(line.leverage.max()),
        retransformation=float(np.exp(line.residual_sd**2 / 2)),
        warning=_warning(age, when, date_trend),
    )


def fitted_value(
    fit: DecayFit,
    cost: npt.ArrayLike,
    age_years: npt.ArrayLike,
    release_ages: npt.ArrayLike = (),
    survival: npt.ArrayLike = 1.0,
    mean: bool = False,
) -> Floats:
    """Return what the fitted curve says a machine is worth at an age.

    ``C e^(ln(1 - iota) - delta a) prod(1 - phi_g) survival``, times ``exp(s^2 / 2)`` for the mean

    Parameters
    ----------
    fit
        Of `fit_decay`; a trend with the calendar, if it was fitted, is taken to run with the age.
    cost
        Cost when new, at least 0. Broadcasts with ages and survival.
    age_years
        At least 0.
    release_ages
        The age of this machine at each release of the fit, at least 0.
    survival
        Probability that a machine still runs at that age, 0 to 1: quotes come from survivors only.
    mean
        Whether the mean is wanted; the fit by itself gives the median.

    Raises
    ------
    InputError
        As many release ages as the fit has drops are expected.
    RangeError
        An argument outside its range.

    Examples
    --------
    >>> fit = fit_decay([50, 25, 12.5], 100, [1, 2, 3], intercept=False)
    >>> fitted_value(fit, 35_000, [1, 2], survival=[0.98, 0.9]).round(6).tolist()
    [17150.0, 7875.0]
    """
    new, age, alive = real("cost", cost, 0), real("age_years", age_years, 0), real("survival", survival, 0, 1)
    broadcast(cost=new, age_years=age, survival=alive)
    median = new * np.exp(fit.log_intercept - (fit.decay_cc + fit.date_trend_cc) * age) * alive
    known = np.atleast_1d(real("release_ages", release_ages, 0)) if np.size(release_ages) else np.empty(0)
    if known.shape != fit.release_drops.shape:
        raise InputError(
            f"release_ages must hold {fit.release_drops.size} numbers, one for each drop of the fit, got {known.size}",
            "release_ages",
        )
    # Not `released`: a fitted drop may come out negative.
    kept = np.ones_like(age)
    for at, drop in zip(known, fit.release_drops, strict=True):
        kept = np.where(age >= at, kept * (1 - drop), kept)
    return median * kept * (fit.retransformation if mean else 1.0)


def _warning(age: Floats, when: Floats, date_trend: bool) -> str | None:
    vintages, dates = np.ptp(when - age), np.ptp(when)
    if vintages < 1e-9:
        return (
            "all quotes are of one vintage, so age and calendar move together: the decay holds both wear and the fall "
            "of new prices"
        )
    if dates < 1e-9:
        return (
            "all quotes were made on one date: the decay compares vintages, and a later fall of new prices comes on top"
        )
    if not date_trend:
        return "ages and dates both vary and no date trend is fitted: a fall of new prices goes into the decay"
    return None
