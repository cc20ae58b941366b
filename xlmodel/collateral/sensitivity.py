"""How much of a number hangs on each assumption: one moved at a time, widest first, and all of them together.

Depth, elasticity and removal cost are published nowhere, so every haircut stands on assumptions. A tornado moves each
between the lowest and the highest value somebody would defend. The joint ends move all of them at once, each to the
end that is worse, or better, by itself: losses multiply, so these lie elsewhere than the sum of the swings.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.absorption import ladder_shaped
from xlmodel.collateral.haircut import haircut
from xlmodel.collateral.sale import liquidation_values
from xlmodel.errors import InputError, RangeError
from xlmodel.maths.domain import Floats, broadcast, real

Assumption = Any
"""What a function of the engine takes: numbers, and the words of a choice."""

_DEPTH: Final = "units_per_month_depth"
VALUES: Final = ("fmv", "olv", "nolv", "flv", "nflv")
"""The values of `liquidation_values` that are money."""


@dataclass(frozen=True, slots=True)
class Swing:
    """What one assumption does to the result, arrays of the result's shape.

    Attributes
    ----------
    assumption
        Its name.
    low, high
        The ends it was moved between.
    at_low, at_high
        The result at each end, every other assumption as it is.
    swing
        ``|at_high − at_low|``.
    """

    assumption: str
    low: Floats
    high: Floats
    at_low: Floats
    at_high: Floats
    swing: Floats


@dataclass(frozen=True, slots=True)
class Tornado:
    """A result and its swings.

    Attributes
    ----------
    base
        The result of the assumptions as they are.
    swings
        One an assumption, the widest first; on a tape by the sum of the swings over it.
    least, most
        The result with every assumption at the end that lowers, or raises, it by itself. Where the result moves one
        way in every assumption nothing in the ranges lies beyond.
    """

    base: Floats
    swings: tuple[Swing, ...]
    least: Floats
    most: Floats


def tornado(
    measure: Callable[..., npt.ArrayLike],
    base: Mapping[str, Assumption],
    ranges: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]],
) -> Tornado:
    """Move each assumption between its ends, the others staying, and all of them together.

    ``swing_i = |f(x with x_i = high_i) − f(x with x_i = low_i)|``

    Parameters
    ----------
    measure
        f, called with the assumptions by name; returns one array.
    base
        x, every assumption as it is.
    ranges
        Lowest and highest value of each assumption that is moved; the one in `base` lies between them, the ends
        included. A range of no width has no swing.

    Returns
    -------
    Tornado
        Ties keep the order of `ranges`. A result that is undefined for one loan of a tape does not count in the order.

    Raises
    ------
    InputError
        No ranges, or a range of an assumption that `base` does not give.
    RangeError
        A base value outside its range.

    Notes
    -----
    Only the ends are tried. Where the result is not monotone in an assumption, such as the orderly value in the decay
    that ends the wait, the swing may miss a turn between them.

    Examples
    --------
    >>> found = tornado(
    ...     lambda price, units: price * units, {"price": 10, "units": 5}, {"price": (9, 12), "units": (1, 6)})
    >>> [(s.assumption, float(s.at_low), float(s.at_high)) for s in found.swings]
    [('units', 10.0, 60.0), ('price', 45.0, 60.0)]
    >>> float(found.least), float(found.most)
    (9.0, 72.0)
    """
    if not ranges:
        raise InputError("ranges is empty: at least one assumption has to be moved", "ranges")
    ends = {name: _ends(name, base, low, high) for name, (low, high) in ranges.items()}
    middle = np.asarray(measure(**base), dtype=np.float64)
    swings, worse, better = [], dict(base), dict(base)
    for name, (low, high) in ends.items():
        at_low, at_high = (np.asarray(measure(**{**base, name: end}), dtype=np.float64) for end in (low, high))
        swings.append(Swing(name, low, high, at_low, at_high, np.abs(at_high - at_low)))
        rise = at_high - at_low
        worse[name], better[name] = _chosen(name, -rise, high, low), _chosen(name, rise, high, low)
    swings.sort(key=lambda found: -float(np.nansum(found.swing)))
    least, most = (np.asarray(measure(**joint), dtype=np.float64) for joint in (worse, better))
    return Tornado(middle, tuple(swings), least, most)


def haircut_tornado(
    base: Mapping[str, Assumption], ranges: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]]
) -> Tornado:
    """What the liquidation haircut owes to each assumption.

    Parameters
    ----------
    base
        Arguments of `xlmodel.collateral.haircut.haircut` by name.
    ranges
        As in `tornado`.

    Examples
    --------
    >>> sale = {"units": 1200, "unit_value": 35_000, "months_to_sale": 12, "annual_decay_eff": 0.5,
    ...         "units_per_month_depth": 100, "selling_pct": 0.08}
    >>> found = haircut_tornado(sale, {"selling_pct": (0.04, 0.12), "annual_decay_eff": (0.3, 0.6),
    ...                                "units_per_month_depth": (50, 200)})
    >>> [(s.assumption, round(float(s.swing), 3)) for s in found.swings]
    [('units_per_month_depth', 0.217), ('annual_decay_eff', 0.102), ('selling_pct', 0.015)]
    """
    _known(haircut, base)
    return tornado(lambda **assumed: haircut(**assumed).total, base, ranges)


def liquidation_tornado(
    base: Mapping[str, Assumption],
    ranges: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]],
    value: str = "nolv",
) -> Tornado:
    """What a value on a premise of sale owes to each assumption, money.

    Parameters
    ----------
    base
        Arguments of `xlmodel.collateral.sale.liquidation_values` by name.
    ranges
        As in `tornado`.
    value
        Which value: one of "fmv", "olv", "nolv", "flv", "nflv".

    Examples
    --------
    >>> sale = {"units": 100, "unit_value": 10, "annual_decay_eff": 0, "units_per_month_depth": 1e9, "forced_months": 1,
    ...         "orderly_months": 6, "condition": 0.1, "selling_pct": 0.1, "fixed_cost": 20}
    >>> found = liquidation_tornado(sale, {"fixed_cost": (0, 50), "condition": (0, 0.2)}, "nflv")
    >>> [(s.assumption, round(float(s.at_low)), round(float(s.at_high))) for s in found.swings]
    [('condition', 880, 700), ('fixed_cost', 810, 760)]
    """
    if value not in VALUES:
        raise InputError(f"value must be one of {', '.join(VALUES)}, got {value!r}", "value")
    _known(liquidation_values, base)

    def measure(**assumed: Assumption) -> Floats:
        found: Floats = getattr(liquidation_values(**assumed), value)
        return found

    return tornado(measure, base, ranges)


def _known(function: Callable[..., Any], base: Mapping[str, Assumption]) -> None:
    for name in base:
        if name not in inspect.signature(function).parameters:
            raise InputError(f"{name} is no assumption of {function.__name__}", "base")


def _ends(name: str, base: Mapping[str, Assumption], low: npt.ArrayLike, high: npt.ArrayLike) -> tuple[Floats, Floats]:
    if name not in base:
        raise InputError(f"ranges moves {name}, which base does not give", "ranges")
    here, least, most = real(name, base[name]), real(f"low {name}", low), real(f"high {name}", high)
    broadcast(**{name: here, f"low {name}": least, f"high {name}": most})
    if np.any(least > here) or np.any(here > most):
        raise RangeError(
            f"{name} must lie in its range: {here.flat[0]:g} is typed with {least.flat[0]:g} to {most.flat[0]:g}", name
        )
    return least, most


def _chosen(name: str, gain: Floats, high: Floats, low: Floats) -> Floats:
    """The end with the gain, one for each loan; a table of bids belongs to all of them, so it moves as a whole."""
    if name == _DEPTH and (ladder_shaped(high) or ladder_shaped(low)):
        return high if np.nansum(gain) > 0 else low
    return np.where(gain > 0, high, low)
