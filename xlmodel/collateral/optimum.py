"""The best point of a function on an interval, for a whole tape at once.

A grid finds the neighbourhood, so that a function with jumps or several tops is not lost; finer grids then narrow it.
The best point so far is never given up for a worse one. Few calls on many points, because a call has a fixed price.
"""

from collections.abc import Callable

import numpy as np

from xlmodel.maths.domain import Floats

_STEPS = 96
# Each round looks one step to either side in _HALF parts; five rounds leave a millionth of a step.
_ROUNDS = 5
_HALF = 16
_NEARBY = np.arange(-_HALF, _HALF + 1) / _HALF


def best_on(
    value: Callable[[Floats], Floats], low: Floats, high: Floats, also: Floats | None = None
) -> tuple[Floats, Floats]:
    """Point of each interval at which `value` is largest, and the value there.

    Parameters
    ----------
    value
        The function; it is given points of the intervals' shape with one more axis, and answers in that shape.
    low, high
        Ends of the intervals, arrays of one shape, ``low ≤ high``.
    also
        Further points to try, their own axis last; points outside are moved to the nearest end.

    Returns
    -------
    tuple
        The first best point (ties go to the lower one, up to the grid) and the value there, of the intervals' shape.

    Examples
    --------
    >>> at, top = best_on(lambda x: 1 - (x - 0.3) ** 2, np.array(0.0), np.array(1.0))
    >>> round(float(at), 6), float(top)
    (0.3, 1.0)
    """
    low_, high_ = low[..., None], high[..., None]
    points = np.minimum(low_ + (high_ - low_) * np.linspace(0, 1, _STEPS + 1), high_)
    if also is not None:
        points = np.sort(np.concatenate([points, np.clip(also, low_, high_)], axis=-1), axis=-1)
    found = value(points)
    i = np.argmax(found, axis=-1)[..., None]
    best, top = np.take_along_axis(points, i, -1), np.take_along_axis(found, i, -1)
    step = (high_ - low_) / _STEPS
    for _ in range(_ROUNDS):
        points = np.clip(best + step * _NEARBY, low_, high_)
        found = value(points)
        i = np.argmax(found, axis=-1)[..., None]
        there = np.take_along_axis(found, i, -1)
        better = there > top
        best = np.where(better, np.take_along_axis(points, i, -1), best)
        top = np.where(better, there, top)
        step = step / _HALF
    return best[..., 0], top[..., 0]
