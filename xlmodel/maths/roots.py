"""Where a function is zero: one number, or a batch at once, with a plain word when there is no such place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xlmodel.errors import RangeError
from xlmodel.maths.domain import Floats, real, whole

Status = Literal["found", "always_below", "always_above"]


@dataclass(frozen=True, slots=True)
class Root:
    """The outcome of a search.

    Attributes
    ----------
    value
        Where the function is zero, or None.
    status
        ``"found"``, or the side of zero on which the function stays: ``"always_below"`` or ``"always_above"``.
    """

    value: float | None
    status: Status


def bracketed_root(
    function: Callable[[float], float], low: float, high: float, *, steps: int = 32, tolerance: float = 1e-12
) -> Root:
    """Return the lowest argument in a range at which a continuous function is zero.

    Parameters
    ----------
    function
        Takes and returns one number.
    low, high
        The range searched, both ends included.
    steps
        Equal steps in which the range is looked at, at least 1. Two crossings inside one step go unseen, and so does a
        minimum that only touches zero.
    tolerance
        Absolute tolerance on the argument.

    Returns
    -------
    The root, or the side of zero on which the function was seen everywhere.

    Raises
    ------
    RangeError
        An empty range; a function that is not finite where it was asked.

    Examples
    --------
    >>> root = bracketed_root(lambda x: x * x - 2, 0, 2)
    >>> root.status, round(root.value, 9)
    ('found', 1.414213562)
    >>> bracketed_root(lambda x: x * x + 2, -2, 2)
    Root(value=None, status='always_above')
    """
    from scipy.optimize import brentq  # here, so that the first cell of a sheet does not wait for scipy

    low, high = float(real("low", low)), float(real("high", high))
    if high <= low:
        raise RangeError(f"the range must not be empty, got {low:g} to {high:g}", "high")
    points = np.linspace(low, high, whole("steps", steps, 1) + 1)
    left, value_left = low, 0.0
    for point in points:
        value = float(function(float(point)))
        if not np.isfinite(value):
            raise RangeError(f"the function is not finite at {point:g}", None)
        if value == 0:
            return Root(float(point), "found")
        if point > low and (value > 0) != (value_left > 0):
            root = brentq(function, left, float(point), xtol=tolerance, rtol=8.9e-16)
            return Root(float(root), "found")
        left, value_left = float(point), value
    return Root(None, "always_above" if value_left > 0 else "always_below")


def bisected(function: Callable[[Floats], Floats], low: Floats, high: Floats, tolerance: float = 0.0) -> Floats:
    """Return, for each element, where a function changes sign between two brackets.

    Parameters
    ----------
    function
        Takes the arguments of all elements at once and returns as many values.
    low, high
        Arguments with values of opposite sign, or zero at one of them, of one shape. Elements that do not bracket a
        sign change return one of the two.
    tolerance
        Absolute tolerance on the argument; 0 goes on to the last bit, which takes long at a root of zero.

    Examples
    --------
    >>> bisected(lambda x: x * x - np.array([4.0, 9.0]), np.zeros(2), np.full(2, 10.0)).tolist()
    [2.0, 3.0]
    """
    rising = function(low) <= function(high)
    # Halving is slow and sure: some sixty steps.
    while True:
        middle = low + (high - low) / 2
        if np.all((middle == low) | (middle == high) | (np.abs(high - low) <= tolerance)):
            break
        value = function(middle)
        above = np.where(rising, value > 0, value < 0)
        zero = value == 0
        high = np.where(above | zero, middle, high)
        low = np.where(~above | zero, middle, low)
    nearer = np.abs(function(low)) <= np.abs(function(high))
    return np.where(nearer, low, high)
