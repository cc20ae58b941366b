"""How a block is worked through a continuous market: schedules that trade impact against price risk.

Two published models of listed assets, for bitcoin and for hardware once a deep market exists. Volatility and impact are
*arithmetic*, money a unit, in the schedule, and relative to price in the impact model.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_HALF_LIFE, RangeError
from xlmodel.maths.domain import Floats, broadcast, real, whole


@dataclass(frozen=True, slots=True)
class ExecutionSchedule:
    """An optimal sale, arrays of one shape; holdings and sales have time on a further last axis.

    Attributes
    ----------
    urgency
        κ, per unit of time; 0 for a seller indifferent to risk.
    half_life
        1/κ, time in which the holding falls by the factor e; undefined (`NO_HALF_LIFE`) where κ is 0.
    holdings
        Units left at each of the N + 1 dates, from all to none.
    sales
        Units sold in each of the N intervals.
    expected_cost
        Money given up against the price at the start.
    variance
        Of the cost, money squared.
    utility
        Expected cost plus risk aversion times variance, which the schedule makes least.
    """

    urgency: Floats
    half_life: Floats
    holdings: Floats
    sales: Floats
    expected_cost: Floats
    variance: Floats
    utility: Floats


def execution_schedule(
    units: npt.ArrayLike,
    horizon: npt.ArrayLike,
    intervals: float,
    volatility: npt.ArrayLike,
    temporary_impact: npt.ArrayLike,
    permanent_impact: npt.ArrayLike = 0.0,
    half_spread: npt.ArrayLike = 0.0,
    risk_aversion: npt.ArrayLike = 0.0,
) -> ExecutionSchedule:
    """Optimal sale of a block in equal intervals.

    ``x_j = X sinh κ(T−t_j) / sinh κT``, ``κ = arccosh(κ̃²τ²/2 + 1)/τ``, ``κ̃² = λσ²/η̃``, ``η̃ = η − γτ/2``, τ = T/N;
    ``E = γX²/2 + ε Σ|n| + (η̃/τ) Σ n²``, ``V = σ² τ Σ x_j²``

    Parameters
    ----------
    units
        X, at least 0.
    horizon
        T, greater than 0, in the unit of time of the other arguments (days, say).
    intervals
        N, whole, at least 1, one number for the batch.
    volatility
        σ, money a unit per square root of time, at least 0: arithmetic, not of the logarithm.
    temporary_impact
        η, money a unit per unit of selling rate, greater than γτ/2.
    permanent_impact
        γ, money a unit per unit sold, at least 0.
    half_spread
        ε, money a unit, at least 0.
    risk_aversion
        λ, per money, at least 0. A row of them gives the efficient frontier (E, V).

    Returns
    -------
    ExecutionSchedule
        At λ = 0 or σ = 0 equal sales; as λ grows everything is sold in the first interval.

    Raises
    ------
    RangeError
        A permanent impact so large that η̃ is not positive: the discrete model has no optimum.

    Notes
    -----
    Almgren and Chriss (2000), *Optimal execution of portfolio transactions*, Journal of Risk 3.

    Examples
    --------
    The example of the paper: a million shares in five days, with three degrees of urgency.

    >>> sale = execution_schedule(1e6, 5, 5, 0.95, 2.5e-6, 2.5e-7, 0.0625, [0, 1e-6, 1e-5])
    >>> sale.holdings.round(-3).tolist()[1]
    [1000000.0, 542000.0, 290000.0, 148000.0, 62000.0, 0.0]
    >>> bool(np.all(np.diff(sale.expected_cost) > 0)), bool(np.all(np.diff(sale.variance) < 0))
    (True, True)
    """
    n = whole("intervals", intervals, 1)
    x, t = real("units", units, 0), real("horizon", horizon, above=0)
    sigma, eta = real("volatility", volatility, 0), real("temporary_impact", temporary_impact, above=0)
    gamma, epsilon = real("permanent_impact", permanent_impact, 0), real("half_spread", half_spread, 0)
    aversion = real("risk_aversion", risk_aversion, 0)
    shape = broadcast(
        units=x, horizon=t, volatility=sigma, temporary_impact=eta, permanent_impact=gamma, half_spread=epsilon,
        risk_aversion=aversion,
    )  # fmt: skip
    tau = t / n
    eta_left = eta - gamma * tau / 2
    if np.any(eta_left <= 0):
        raise RangeError(
            "temporary_impact must be greater than permanent_impact times half an interval: take more intervals",
            "temporary_impact",
        )
    # arccosh(1 + y²/2) = 2 arcsinh(y/2), which keeps its digits for small y.
    kappa = np.broadcast_to(2 * np.arcsinh(np.sqrt(aversion / eta_left) * sigma * tau / 2) / tau, shape)
    elapsed = np.arange(n + 1) / n
    kt = (kappa * t)[..., None]
    # The ratio of hyperbolic sines, written with falling exponentials only so that no urgency overflows.
    risk_neutral = kt < 1e-9
    full = np.where(risk_neutral, 1.0, -np.expm1(-2 * kt))
    share = np.where(
        risk_neutral, 1 - elapsed, np.exp(-kt * elapsed) * -np.expm1(-2 * kt * (1 - elapsed)) / full
    )  # fmt: skip
    holdings = np.broadcast_to(x, shape)[..., None] * share
    sales = -np.diff(holdings, axis=-1)
    cost = gamma * x**2 / 2 + epsilon * x + eta_left / tau * (sales**2).sum(axis=-1)
    variance = sigma**2 * tau * (holdings[..., 1:] ** 2).sum(axis=-1)
    half_life = np.where(kappa > 0, 1 / np.where(kappa > 0, kappa, 1.0), NO_HALF_LIFE.nan)
    return ExecutionSchedule(kappa.copy(), half_life, holdings, sales, cost, variance, cost + aversion * variance)


@dataclass(frozen=True, slots=True)
class Impact:
    """What a sale at a constant rate costs, shares of price.

    Attributes
    ----------
    permanent
        I, the move that stays; it does not depend on how fast the block is sold.
    temporary
        The concession paid while selling.
    temporary_per_volatility
        The same in units of daily volatility.
    cost
        J, the average shortfall: half the permanent move and the concession.
    """

    permanent: Floats
    temporary: Floats
    temporary_per_volatility: Floats
    cost: Floats


def execution_cost(
    units: npt.ArrayLike,
    daily_volume: npt.ArrayLike,
    units_outstanding: npt.ArrayLike,
    daily_volatility: npt.ArrayLike,
    days: npt.ArrayLike,
    gamma: npt.ArrayLike = 0.314,
    eta: npt.ArrayLike = 0.142,
    beta: npt.ArrayLike = 0.6,
    delta: npt.ArrayLike = 0.25,
) -> Impact:
    """Permanent and temporary impact of a block sold evenly within days.

    ``I = γ σ (X/V) (Θ/V)^δ``, ``J = I/2 + η σ (X/(V T))^β``

    Parameters
    ----------
    units
        X, at least 0.
    daily_volume
        V, units a day, greater than 0.
    units_outstanding
        Θ, units in existence, greater than 0.
    daily_volatility
        σ, per square root of a day, at least 0.
    days
        T, greater than 0.
    gamma, eta, beta, delta
        The model's coefficients, at least 0; the defaults are those fitted to large US equities.

    Notes
    -----
    Almgren, Thum, Hauptmann and Li (2005), *Direct estimation of equity market impact*, Risk 18(7). Fitted to orders
    around a tenth of daily volume; no fit to hardware is known.

    Examples
    --------
    A tenth of IBM's daily volume within half a day costs about 18 basis points:

    >>> sale = execution_cost(0.6561, 6.561, 1728, 0.0157, 0.5)
    >>> round(float(sale.permanent) * 1e4), round(float(sale.cost) * 1e4)
    (20, 18)
    """
    x, v = real("units", units, 0), real("daily_volume", daily_volume, above=0)
    outstanding = real("units_outstanding", units_outstanding, above=0)
    sigma, t = real("daily_volatility", daily_volatility, 0), real("days", days, above=0)
    g, e = real("gamma", gamma, 0), real("eta", eta, 0)
    b, d = real("beta", beta, 0), real("delta", delta, 0)
    broadcast(
        units=x, daily_volume=v, units_outstanding=outstanding, daily_volatility=sigma, days=t, gamma=g, eta=e,
        beta=b, delta=d,
    )  # fmt: skip
    permanent = np.asarray(g * sigma * (x / v) * (outstanding / v) ** d)
    # Nothing sold concedes nothing, whatever the exponent.
    per_volatility = np.where(x > 0, e * (x / (v * t)) ** b, 0.0)
    temporary = np.asarray(sigma * per_volatility)
    return Impact(permanent, temporary, per_volatility, permanent / 2 + temporary)
