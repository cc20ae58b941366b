"""Is this argument a number the model can use? The one check every room makes of its inputs.

Arrays carry time on their last axis; leading axes are loans, scenarios or paths and broadcast. A single number
is the zero-dimensional case. Inputs must be finite: a tagged NaN is a result, never an argument.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from xlmodel.errors import UNEXPLAINED, CellError, InputError, ModelError, RangeError, reason

Floats = npt.NDArray[np.float64]
"""A float64 array of any number of dimensions, zero included, time last."""


def real(
    name: str,
    value: npt.ArrayLike,
    low: float = -np.inf,
    high: float = np.inf,
    *,
    above: float = -np.inf,
    below: float = np.inf,
    undefined: bool = False,
) -> Floats:
    """Return `value` as a C-contiguous float64 array after checking that it is finite and in range.

    Parameters
    ----------
    name
        The argument's name, for the sentence of an error.
    value
        A number, a sequence or an array of any shape, not empty.
    low, high
        The closed range: `low` and `high` themselves are allowed.
    above, below
        The open range: `above` and `below` themselves are refused.
    undefined
        Let NaN pass, for arguments that are results with undefined periods, such as a ratio.

    Raises
    ------
    InputError
        Empty, not numeric, or not finite.
    CellError
        A tagged NaN: an undefined result or an error cell, whose reason is passed on.
    RangeError
        Outside the range.

    >>> real("advance_rate", [0.5, 0.8], 0, 1).tolist()
    [0.5, 0.8]
    >>> real("advance_rate", 80, 0, 1)
    Traceback (most recent call last):
    xlmodel.errors.RangeError: advance_rate must lie between 0 and 1, got 80
    """
    try:
        array = np.asarray(value, dtype=np.float64, order="C")
    except (TypeError, ValueError):
        raise InputError(f"{name} must be numeric, got {_shown(value)}", name) from None
    if array.size == 0:
        raise InputError(f"{name} is empty: at least one number is expected", name)
    if not np.isfinite(array).all():
        _refuse_unusable(name, array, undefined)
    # Two comparisons against scalars cost nothing beside a reduction, so the common case stays cheap.
    for outside in (
        array < low if low > -np.inf else None,
        array > high if high < np.inf else None,
        array <= above if above > -np.inf else None,
        array >= below if below < np.inf else None,
    ):
        if outside is not None and outside.any():
            refused = RangeError(f"{name} {_allowed(low, high, above, below)}, got {_first(array, outside)}", name)
            refused.elements = outside
            raise refused
    return array


def series(name: str, value: npt.ArrayLike, low: float = -np.inf, high: float = np.inf) -> Floats:
    """Return `value` as an array whose last axis is time, so at least one-dimensional, checked as by `real`.

    >>> series("cfads", 5.0).shape
    (1,)
    """
    return np.atleast_1d(real(name, value, low, high))


def whole(name: str, value: float, low: int = 0, high: int | None = None) -> int:
    """Return `value` as an int after checking that it is a whole number in the closed range.

    >>> whole("periods", 16.0, 1)
    16
    >>> whole("periods", 2.5, 1)
    Traceback (most recent call last):
    xlmodel.errors.RangeError: periods must be a whole number, got 2.5
    """
    number = float(real(name, value, low, np.inf if high is None else high))
    if number != int(number):
        raise RangeError(f"{name} must be a whole number, got {number:g}", name)
    return int(number)


def broadcast(**arrays: Floats) -> tuple[int, ...]:
    """Return the common shape of the named arrays, or refuse in a sentence that names them.

    >>> broadcast(cfads=np.zeros((3, 1)), debt_service=np.zeros(4))
    (3, 4)
    """
    try:
        return np.broadcast_shapes(*(a.shape for a in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {_size(a)}" for name, a in arrays.items())
        raise InputError(f"the ranges do not fit together: {shapes}", next(iter(arrays))) from None


def _refuse_unusable(name: str, array: Floats, undefined: bool) -> None:
    """Refuse infinities, and NaN unless `undefined`; a tagged NaN passes its reason on."""
    bad = np.isinf(array) if undefined else ~np.isfinite(array)
    if not bad.any():
        return
    first = array[bad].flat[0]
    why = reason(float(first))
    refused: ModelError = (
        InputError(f"{name} must be finite, got {first:g}", name)
        if why is None or why is UNEXPLAINED
        else CellError(why, name)
    )
    refused.elements = array.view(np.int64) == first.view(np.int64)  # of one reason, or of one infinity
    raise refused


def _size(array: Floats) -> str:
    return " x ".join(str(n) for n in array.shape) if array.ndim else "1"


def _first(array: Floats, bad: npt.NDArray[np.bool_]) -> str:
    return f"{array[bad].flat[0]:g}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _allowed(low: float, high: float, above: float, below: float) -> str:
    if low > -np.inf and high < np.inf:
        return f"must lie between {low:g} and {high:g}"
    if above > -np.inf and below < np.inf:
        return f"must lie between {above:g} and {below:g}, both excluded"
    if low > -np.inf and below < np.inf:
        return f"must lie between {low:g} and {below:g}, {below:g} excluded"
    if above > -np.inf and high < np.inf:
        return f"must lie between {above:g} and {high:g}, {above:g} excluded"
    if low > -np.inf:
        return f"must be at least {low:g}"
    if high < np.inf:
        return f"must be at most {high:g}"
    if above > -np.inf:
        return f"must be greater than {above:g}"
    return f"must be less than {below:g}"
