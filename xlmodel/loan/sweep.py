"""How much of the excess cash prepays the debt: a flat share, or one that rises with leverage."""

import numpy as np
from numpy.typing import ArrayLike

from xlmodel.errors import InputError
from xlmodel.loan.accounts import Rows, timed
from xlmodel.loan.term_sheet import Sweep
from xlmodel.maths.domain import Floats, broadcast, real, series

# As for covenants: equality keeps the lower band, and so does what rounding makes of it.
_TOLERANCE = 1e-12


def banded_share(
    debt: ArrayLike, base: ArrayLike, share: ArrayLike, bands: tuple[tuple[ArrayLike, ArrayLike], ...]
) -> Floats:
    """Share of the excess cash that is swept at a leverage.

    ``share_j`` of the highest band with ``debt / base > level_j``, else ``share``

    Parameters
    ----------
    debt
        Owed before the sweep, at least 0, any shape.
    base
        EBITDA of a year or value of the collateral. Not positive is the highest band while anything is owed.
    share
        Share below the first band, 0 to 1.
    bands
        Pairs of a leverage and the share above it; leverage rises from pair to pair. Equality is not above.

    Raises
    ------
    InputError
        Levels that do not rise.

    Examples
    --------
    >>> banded_share([90, 100, 151], 50, 0.25, ((2.0, 0.5), (3.0, 0.75))).tolist()
    [0.25, 0.25, 0.75]
    """
    owed, size, swept = real("debt", debt, 0), real("base", base), real("share", share, 0, 1)
    answer, last = swept, np.asarray(-np.inf)
    for j, (level, part) in enumerate(bands, 1):
        above, taken = real(f"band_{j}_level", level, 0), real(f"band_{j}_share", part, 0, 1)
        if (above <= last).any():
            raise InputError("bands must rise: each level lies above the one before", "bands")
        last = above
        broadcast(debt=owed, base=size, level=above, share=taken)
        answer = np.where(_exceeds(owed, size, above), taken, answer)
    return np.asarray(answer + np.zeros(broadcast(debt=owed, base=size, share=answer)))


class SweepShare:
    """The sweep of a term sheet, asked period by period."""

    def __init__(self, terms: Sweep | None) -> None:
        terms = Sweep() if terms is None else terms
        self.flows: dict[str, Floats] = {
            "sweep_share": series("sweep_share", terms.share, 0, 1),
            "sweep_down_to": series("sweep_down_to", terms.down_to, 0),
            "sweep_base": series("sweep_base", 1.0 if terms.base is None else terms.base),
        }
        last = np.asarray(-np.inf)
        for j, (level, share) in enumerate(terms.bands, 1):
            above = series(f"band_{j}_level", level, 0)
            if (above <= last).any():
                raise InputError("bands must rise: each level lies above the one before", "bands")
            last = above
            self.flows |= {f"band_{j}_level": above, f"band_{j}_share": series(f"band_{j}_share", share, 0, 1)}
        self._rows: list[Rows] = []

    def begin(self, count: int) -> None:
        """Lay the terms out by period."""
        self._rows = [timed(x, count) for x in self.flows.values()]

    def of(self, k: int, debt: Floats) -> tuple[Floats, Floats]:
        """The share of a period and the debt at which it stops."""
        share, floor, base, *bands = (row[k] for row in self._rows)
        for level, taken in zip(bands[::2], bands[1::2], strict=True):
            share = np.where(_exceeds(debt, base, level), taken, share)
        return share, floor


def _exceeds(debt: Floats, base: Floats, level: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether debt over base lies above the level, without a division by what may be nothing."""
    return np.asarray((debt > 0) & (debt - level * base > _TOLERANCE * level * np.abs(base)))
