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
