"""What the hardware is worth because it earns: remaining net rental, economic life and the right to stop.

Closed form for a rent that falls at one rate (Hotelling 1925), the option to shut down hour by hour (Black 1976). The
value of any path of cash, period by period, is in `xlmodel.asset.abandonment`.
"""

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_RENT_DECLINE, InputError
from xlmodel.maths.domain import Floats, broadcast, real
from xlmodel.maths.rates import continuous_annuity, continuous_rate, deflation_cc


def economic_life(
    rent: npt.ArrayLike,
    usage: npt.ArrayLike,
    cash_cost: npt.ArrayLike,
    deflation_eff: npt.ArrayLike,
    horizon_years: npt.ArrayLike | None = None,
) -> Floats:
    """Return the years until rent no longer covers the cash cost: ``T* = ln(u R0 / c) / pi``.

    Parameters
    ----------
    rent
        Spot rent today, USD per hour, at least 0. Every argument broadcasts.
    usage
        Share of the hours rented, 0 to 1.
    cash_cost
        Cash cost of an installed hour, USD, at least 0.
    deflation_eff
        Effective annual fraction the rent loses, below 1; 0 or negative when it does not fall.
    horizon_years
        An end that comes in any case, at least 0.

    Returns
    -------
    0 where the rent is at or below the cost today, even if it rises. Where it never falls to the cost the horizon, and
    undefined without one.

    Raises
    ------
    RangeError
        An argument outside its range.

    Examples
    --------
    >>> round(float(economic_life(2.4, 0.85, 0.3526, 0.3)), 4)
    4.9215
    """
    earned, cost, decline, _ = _margin(rent, usage, cash_cost, deflation_eff)
    life = np.where(earned <= cost, 0.0, _years_to_cost(earned, cost, decline))
    if horizon_years is not None:
        life = np.minimum(life, real("horizon_years", horizon_years, 0))
    return np.where(np.isinf(life), NO_RENT_DECLINE.nan, life)


def income_value(
    rent: npt.ArrayLike,
    usage: npt.ArrayLike,
    cash_cost: npt.ArrayLike,
    deflation_eff: npt.ArrayLike,
    discount_eff: npt.ArrayLike,
    as_of_years: npt.ArrayLike = 0.0,
    horizon_years: npt.ArrayLike | None = None,
    salvage: npt.ArrayLike = 0.0,
    salvage_decline_eff: npt.ArrayLike = 0.0,
    abandonment: bool = True,
    hours_per_year: npt.ArrayLike = 8760.0,
) -> Floats:
    """Return the value of one unit's remaining net rental, to the day it stops paying.

    ``V(s) = h u R(s) a(rho + pi) - h c a(rho) + S(T) e^(-rho (T - s))``, with ``a(x) = (1 - e^(-x (T - s))) / x``

    Parameters
    ----------
    rent, usage, cash_cost, deflation_eff
        As of `economic_life`, on the date 0.
    discount_eff
        Effective annual discount rate, above -1.
    as_of_years
        The date ``s`` of the value, at least 0.
    horizon_years
        An end that comes in any case, on the same clock. Needed where the rent does not fall, and for forced running.
    salvage
        Value of the idle machine on the date 0, at least 0.
    salvage_decline_eff
        Effective annual fraction the salvage loses, below 1.
    abandonment
        Whether the operator may stop. Without the right, as under a contract that binds him, the unit runs to the
        horizon and negative net rental counts.
    hours_per_year
        At least 0.

    Returns
    -------
    Money per unit. With the right to stop never below salvage: ``T`` is the economic life, and where the rent rises
    the better of stopping now and running to the horizon. Undefined where the rent does not fall and no horizon is
    given.

    Raises
    ------
    InputError
        Forced running without a horizon.
    RangeError
        An argument outside its range.

    Notes
    -----
    Rent alone decides when to stop. Where salvage is large and falls fast it pays to sell earlier, which
    `xlmodel.asset.abandonment.abandonment_value` finds.

    Examples
    --------
    The unit that cost 35,000 is worth 22,608 on its own rental curve, and 44 % less a year later:

    >>> income_value(2.4, 0.85, 0.3526, 0.3, 0.12, as_of_years=[0, 1]).round(2).tolist()
    [22607.91, 12622.29]
    """
    earned, cost, decline, shape = _margin(rent, usage, cash_cost, deflation_eff)
    rate, now = continuous_rate(discount_eff), real("as_of_years", as_of_years, 0)
    scrap = real("salvage", salvage, 0)
    scrap_decline = deflation_cc(real("salvage_decline_eff", salvage_decline_eff, below=1))
    hours = real("hours_per_year", hours_per_year, 0)
    end = np.asarray(np.inf) if horizon_years is None else real("horizon_years", horizon_years, 0)
    if not abandonment and horizon_years is None:
        raise InputError("horizon_years is missing: forced running needs an end", "horizon_years")
    broadcast(
        rent=np.zeros(shape),
        discount_eff=rate,
        as_of_years=now,
        horizon_years=end,
        salvage=scrap,
        salvage_decline_eff=scrap_decline,
        hours_per_year=hours,
    )
    if not abandonment:
        stop = end + np.zeros(shape)
    else:
        # A rent that rises from below the cost may be worth waiting for, until the horizon.
        waits = (earned <= cost) & (decline < 0)
        natural = np.where(waits, np.inf, np.where(earned <= cost, 0.0, _years_to_cost(earned, cost, decline)))
        stop = np.minimum(natural, end)
    endless = np.isinf(stop)
    last = np.where(endless, 0.0, stop)
    left = np.maximum(last - now, 0.0)
    gross = hours * earned * np.exp(-decline * now) * continuous_annuity(rate + decline, left)
    spent = hours * cost * continuous_annuity(rate, left)
    sold = scrap * np.exp(-scrap_decline * np.maximum(last, now) - rate * left)
    value = gross - spent + sold
    if abandonment:
        value = np.maximum(value, scrap * np.exp(-scrap_decline * now))
    return np.where(endless, NO_RENT_DECLINE.nan, value)


def shutdown_option(
    usage_rent: npt.ArrayLike,
    cash_cost: npt.ArrayLike,
    deflation_eff: npt.ArrayLike,
    volatility: npt.ArrayLike,
    years: npt.ArrayLike,
) -> Floats:
    """Return the expected net rental of an hour that is switched off when it does not pay: Black (1976).

    ``E max(u R_t - c, 0) = F N(d1) - c N(d2)``, ``F = u R0 e^(-pi t)``, ``d1 = ln(F / c) / (s sqrt t) + s sqrt t / 2``

    Parameters
    ----------
    usage_rent
        Rent today times usage, USD per hour, at least 0. Every argument broadcasts.
    cash_cost
        Cash cost saved by switching off, USD per hour, at least 0.
    deflation_eff
        Effective annual fraction the *expected* rent loses, below 1.
    volatility
        Annual volatility of the rent, at least 0.
    years
        When, at least 0.

    Returns
    -------
    USD per hour, not discounted. Without volatility, time or cost it is the margin of the mean, floored at 0.

    Raises
    ------
    RangeError
        An argument outside its range.

    Notes
    -----
    It raises the value of collateral, so a valuation that uses it must say so. A row of mid-period times gives the net
    rental of each period, to be valued by `xlmodel.asset.abandonment.abandonment_value`.

    Examples
    --------
    >>> round(float(shutdown_option(2.04, 0.3526, 0.3, 0.5, 4)), 5)
    0.23774
    """
    from scipy.special import ndtr  # here, so that the first cell of a sheet does not wait for scipy

    now, cost = real("usage_rent", usage_rent, 0), real("cash_cost", cash_cost, 0)
    decline, vol, time = deflation_cc(deflation_eff), real("volatility", volatility, 0), real("years", years, 0)
    broadcast(usage_rent=now, cash_cost=cost, deflation_eff=decline, volatility=vol, years=time)
    mean, spread = now * np.exp(-decline * time), vol * np.sqrt(time)
    random = (mean > 0) & (cost > 0) & (spread > 0)
    spread = np.where(random, spread, 1.0)
    d1 = np.log(np.where(random, mean, 1.0) / np.where(random, cost, 1.0)) / spread + spread / 2
    return np.where(random, mean * ndtr(d1) - cost * ndtr(d1 - spread), np.maximum(mean - cost, 0.0))


def _margin(
    rent: npt.ArrayLike, usage: npt.ArrayLike, cash_cost: npt.ArrayLike, deflation_eff: npt.ArrayLike
) -> tuple[Floats, Floats, Floats, tuple[int, ...]]:
    now, used = real("rent", rent, 0), real("usage", usage, 0, 1)
    cost, decline = real("cash_cost", cash_cost, 0), deflation_cc(deflation_eff)
    shape = broadcast(rent=now, usage=used, cash_cost=cost, deflation_eff=decline)
    return used * now, cost, decline, shape


def _years_to_cost(earned: Floats, cost: Floats, decline: Floats) -> Floats:
    """Return when a rent above the cost has fallen to it; infinity if never."""
    falls = (decline > 0) & (cost > 0) & (earned > cost)
    ratio = np.where(falls, earned, 1.0) / np.where(falls, cost, 1.0)
    return np.where(falls, np.log(ratio) / np.where(falls, decline, 1.0), np.inf)
