"""What the hardware would fetch: a value that decays, steps down at releases and stops at salvage."""

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real


def collateral_value(
    cost: npt.ArrayLike,
    age_years: npt.ArrayLike,
    annual_decay_eff: npt.ArrayLike = 0.0,
    release_ages: npt.ArrayLike = (),
    release_drops: npt.ArrayLike = (),
    salvage: npt.ArrayLike = 0.0,
    day_one_loss: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the market value of hardware of a given age.

    ``V(a) = max(salvage, cost (1 - day_one_loss) (1 - decay)^a prod[release age <= a] (1 - drop))``

    Parameters
    ----------
    cost
        What the hardware cost when new, money, at least 0. Broadcasts with the next arguments.
    age_years
        Age in years, fractions allowed, at least 0; a row of ages gives the value path.
    annual_decay_eff
        Effective annual fraction of value lost, below 1; negative is appreciation.
    release_ages, release_drops
        One-dimensional and of equal length: the ages, on the clock of `age_years`, at which a new generation
        becomes available in volume, and the share of value each takes away, 0 to 1, from its own age on.
    salvage
        The floor, money, at least 0. It holds even where it exceeds the cost.
    day_one_loss
        Share lost on first use, 0 to 1; it counts from age 0.

    Raises
    ------
    RangeError
        A negative age, cost or salvage; a decay of 1 or more; a share outside 0 to 1.
    InputError
        Releases and drops that differ in number, or are not a row.

    Notes
    -----
    Hulten and Wykoff (1981) for the geometric form; Geske, Ramey and Shapiro (2007) for the day-one loss.

    Examples
    --------
    A 35,000 card that loses half its value each year and a fifth at a release after 18 months:

    >>> collateral_value(35_000, [1, 2], 0.5, release_ages=[1.5], release_drops=[0.2]).tolist()
    [17500.0, 7000.0]
    """
    cost = real("cost", cost, 0)
    age = real("age_years", age_years, 0)
    decay = real("annual_decay_eff", annual_decay_eff, below=1)
    salvage = real("salvage", salvage, 0)
    day_one = real("day_one_loss", day_one_loss, 0, 1)
    broadcast(cost=cost, age_years=age, annual_decay_eff=decay, salvage=salvage, day_one_loss=day_one)
    kept = released(age, release_ages, release_drops)
    return np.maximum(salvage, cost * (1 - day_one) * (1 - decay) ** age * kept)


def released(age: Floats, release_ages: npt.ArrayLike, release_drops: npt.ArrayLike) -> Floats:
    """Return the share of value that releases leave at each age: ``prod[release age <= a] (1 - drop)``.

    Parameters
    ----------
    age
        Any shape, in years.
    release_ages, release_drops
        One-dimensional and of equal length, empty for none; ages at least 0, drops 0 to 1.

    Raises
    ------
    InputError
        Lengths that differ, or more than one dimension.
    RangeError
        A negative age, since that release is already in the price; a drop outside 0 to 1.

    Examples
    --------
    >>> released(np.array([1.0, 2.0]), [1.5, 2.0], [0.2, 0.5]).tolist()
    [1.0, 0.4]
    """
    if np.size(release_ages) == 0 and np.size(release_drops) == 0:
        return np.ones_like(age)
    if np.size(release_ages) != np.size(release_drops):
        raise InputError(
            f"each release needs one drop: {np.size(release_ages)} release_ages and "
            f"{np.size(release_drops)} release_drops were given",
            "release_drops",
        )
    ages = np.atleast_1d(real("release_ages", release_ages, 0))
    drops = np.atleast_1d(real("release_drops", release_drops, 0, 1))
    if ages.ndim > 1 or drops.ndim > 1:
        raise InputError("release_ages and release_drops must each be one row", "release_ages")
    # One release at a time: a handful of them, while ages may be a large batch.
    kept = np.ones_like(age)
    for at, drop in zip(ages, drops, strict=True):
        kept = np.where(age >= at, kept * (1 - drop), kept)
    return kept


def component_value(
    price_new: npt.ArrayLike,
    age_years: npt.ArrayLike,
    revaluation_cc: npt.ArrayLike = 0.0,
    obsolescence_cc: npt.ArrayLike = 0.0,
    wear_cc: npt.ArrayLike = 0.0,
    calendar_years: npt.ArrayLike | None = None,
    release_years: npt.ArrayLike = (),
    release_drops: npt.ArrayLike = (),
    salvage: npt.ArrayLike = 0.0,
    day_one_loss: npt.ArrayLike = 0.0,
) -> Floats:
    """Return a value whose decline is told apart: cheaper newcomers, lost fashion, wear, and releases.

    ``V(a, t) = max(salvage, P0 (1 - iota) exp(-pi t - (omega + delta) a) prod[t_g <= t] (1 - phi_g))``

    Parameters
    ----------
    price_new
        Price of the new machine on the date from which the calendar runs, at least 0. Broadcasts with what follows.
    age_years
        Years in use, at least 0.
    revaluation_cc
        Continuous rate at which the price of constant quality falls, of either sign. It runs on the calendar.
    obsolescence_cc, wear_cc
        Continuous rates of decline by age, of either sign: out of date, and worn.
    calendar_years
        Years since the date of `price_new`, at least 0; the age unless given.
    release_years, release_drops
        As the releases of `collateral_value`, on the calendar.
    salvage, day_one_loss
        As of `collateral_value`.

    Raises
    ------
    RangeError
        A negative age, price or salvage; a share outside 0 to 1.

    Notes
    -----
    After Geske, Ramey and Shapiro (2007) and Doms, Dunn, Oliner and Sichel (2004), who found for personal computers
    that the fall of the replacement price was about half of the loss and wear next to nothing.

    Examples
    --------
    >>> value = component_value(35_000, 1.75, 0.2, 0.05, 0.1, release_years=[1.2, 2.5], release_drops=[0.25, 0.25],
    ...                         day_one_loss=0.05)
    >>> round(float(value), 2)
    13515.98
    """
    price, age = real("price_new", price_new, 0), real("age_years", age_years, 0)
    calendar = age if calendar_years is None else real("calendar_years", calendar_years, 0)
    falling, dated = real("revaluation_cc", revaluation_cc), real("obsolescence_cc", obsolescence_cc)
    worn, floor = real("wear_cc", wear_cc), real("salvage", salvage, 0)
    day_one = real("day_one_loss", day_one_loss, 0, 1)
    broadcast(
        price_new=price,
        age_years=age,
        calendar_years=calendar,
        revaluation_cc=falling,
        obsolescence_cc=dated,
        wear_cc=worn,
        salvage=floor,
        day_one_loss=day_one,
    )
    kept = released(calendar, release_years, release_drops)
    return np.maximum(floor, price * (1 - day_one) * np.exp(-falling * calendar - (dated + worn) * age) * kept)


def salvage_floor(
    gross: npt.ArrayLike,
    years: npt.ArrayLike,
    annual_decline_eff: npt.ArrayLike = 0.0,
    removal_cost: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the floor that parts and scrap set, which may itself fall: ``max(0, S0 (1 - d)^t - removal)``.

    Parameters
    ----------
    gross
        What parts, memory and metal fetch today, at least 0. Every argument broadcasts.
    years
        From today, at least 0.
    annual_decline_eff
        Effective annual fraction the scrap price loses, below 1, of either sign.
    removal_cost
        Cost of removing the machine, at least 0. Above the scrap price the lender leaves it where it stands: 0.

    Raises
    ------
    RangeError
        An argument outside its range.

    Examples
    --------
    >>> salvage_floor(2_000, [0, 1, 2], 0.5, removal_cost=600).tolist()
    [1400.0, 400.0, 0.0]
    """
    scrap, time = real("gross", gross, 0), real("years", years, 0)
    decline = real("annual_decline_eff", annual_decline_eff, below=1)
    removal = real("removal_cost", removal_cost, 0)
    broadcast(gross=scrap, years=time, annual_decline_eff=decline, removal_cost=removal)
    return np.maximum(scrap * (1 - decline) ** time - removal, 0.0)
