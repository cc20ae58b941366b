"""New generations: releases announced and then available, and releases that come at random."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real


@dataclass(frozen=True, slots=True)
class ReleaseSteps:
    """Releases as the steps that `collateral_value` takes, in order of time.

    Attributes
    ----------
    ages
        When each step falls.
    drops
        The share of value it takes.
    """

    ages: Floats
    drops: Floats


def anticipated_releases(
    announced_ages: npt.ArrayLike,
    available_ages: npt.ArrayLike,
    drops: npt.ArrayLike,
    anticipation: npt.ArrayLike = 0.0,
) -> ReleaseSteps:
    """Return each release as two steps: part of the drop when it is announced, the rest when it ships in volume.

    Of the value before, ``theta phi`` goes with the announcement and ``(1 - theta) phi`` with availability, so that
    both together leave ``1 - phi`` whatever the share.

    Parameters
    ----------
    announced_ages, available_ages
        One row each, one number for every release, at least 0; availability not before the announcement. Use the date
        of volume availability: months may lie between the two.
    drops
        Share of value each release takes in all, 0 to 1.
    anticipation
        Share of the drop that comes with the announcement, 0 to 1; one for all or one each.

    Raises
    ------
    InputError
        Rows that differ in length.
    RangeError
        Availability before the announcement; a share outside 0 to 1.

    Examples
    --------
    >>> steps = anticipated_releases([1.0], [1.75], [0.4], anticipation=0.5)
    >>> steps.ages.tolist(), steps.drops.round(12).tolist()
    ([1.0, 1.75], [0.2, 0.25])
    """
    announced = np.atleast_1d(real("announced_ages", announced_ages, 0))
    available = np.atleast_1d(real("available_ages", available_ages, 0))
    lost, early = np.atleast_1d(real("drops", drops, 0, 1)), np.atleast_1d(real("anticipation", anticipation, 0, 1))
    if not announced.shape == available.shape == lost.shape or lost.ndim > 1 or early.size not in (1, lost.size):
        raise InputError(
            f"each release needs two ages and one drop: got {announced.size}, {available.size} and {lost.size}",
            "drops",
        )
    real("years from announcement to availability", available - announced, 0)
    before = early * lost
    # Steps multiply, so the second is what remains of the drop over what the first has left.
    after = 1 - np.divide(1 - lost, 1 - before, out=np.ones_like(lost), where=before < 1)
    ages, steps = np.concatenate([announced, available]), np.concatenate([before, after])
    order = np.argsort(ages, kind="stable")
    return ReleaseSteps(ages[order], steps[order])


@dataclass(frozen=True, slots=True)
class ValueMoments:
    """Mean and standard deviation of a value, in the common shape of the arguments.

    Attributes
    ----------
    mean, sd
        Money.
    """

    mean: Floats
    sd: Floats


def random_release_moments(
    cost: npt.ArrayLike,
    years: npt.ArrayLike,
    decay_cc: npt.ArrayLike,
    releases_a_year: npt.ArrayLike,
    drop: npt.ArrayLike,
) -> ValueMoments:
    """Return mean and standard deviation of a value that decays and drops at random releases.

    ``E V = C exp(-(delta + lambda phi) t)``, ``E V^2 = C^2 exp(-(2 delta + lambda (2 phi - phi^2)) t)``

    Parameters
    ----------
    cost
        Value today, at least 0. Every argument broadcasts.
    years
        From today, at least 0.
    decay_cc
        Continuous decay between releases, of either sign.
    releases_a_year
        Intensity of the Poisson process, at least 0.
    drop
        Share of value each release takes, 0 to 1.

    Raises
    ------
    RangeError
        An argument outside its range.

    Notes
    -----
    No salvage floor: a floor raises the mean and lowers the deviation, and needs the simulator.

    Examples
    --------
    >>> two_years = random_release_moments(1.0, 2.0, 0.2, 0.5, 0.25)
    >>> round(float(two_years.mean), 5), round(float(two_years.sd), 5)
    (0.52205, 0.13258)
    """
    now, time = real("cost", cost, 0), real("years", years, 0)
    decay, intensity = real("decay_cc", decay_cc), real("releases_a_year", releases_a_year, 0)
    lost = real("drop", drop, 0, 1)
    broadcast(cost=now, years=time, decay_cc=decay, releases_a_year=intensity, drop=lost)
    mean = now * np.exp(-(decay + intensity * lost) * time)
    # E V^2 / (E V)^2 = exp(lambda phi^2 t), so the deviation needs no difference of two large numbers.
    return ValueMoments(mean, mean * np.sqrt(np.expm1(intensity * lost**2 * time)))
