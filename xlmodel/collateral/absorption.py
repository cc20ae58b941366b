"""What the market takes in the time a sale has: a depth a month and months become one depth discount.

The laws of `xlmodel.collateral.depth` know volumes; here a typed depth per month, a number or a ladder, and the months
of the sale give the volume, and the chosen law, or the worse of two, gives the share of price a block loses.
"""

import functools
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from xlmodel.collateral import depth
from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, broadcast, real

_Choice = TypeVar("_Choice", bound=StrEnum)


class DepthLaw(StrEnum):
    """How price gives way to volume."""

    WORSE = "worse"
    SQUARE_ROOT = "square_root"
    LINEAR = "linear"
    ISOELASTIC = "isoelastic"
    EXPONENTIAL = "exponential"
    LADDER = "ladder"


def depth_discounts(
    units: npt.ArrayLike,
    months: npt.ArrayLike,
    units_per_month_depth: npt.ArrayLike,
    depth_law: str = "worse",
    annual_volatility: npt.ArrayLike | None = None,
    elasticity: npt.ArrayLike = 1.0,
    scrap_share: npt.ArrayLike = 0.0,
) -> dict[str, Floats]:
    """Share of price lost by selling a block within the months, under each law the chosen one compares.

    Parameters
    ----------
    units
        Q, units in the block, at least 0.
    months
        Time of the sale, at least 0. In no time the market takes nothing.
    units_per_month_depth
        Units the market takes in a month, at least 0; or a table of two columns with at least two rows: share of
        the price, units a month at that price.
    depth_law
        "exponential", "isoelastic" and "linear" (no price is left once the block equals the volume) are demand curves
        with one clearing price; "square_root" is the average impact and needs `annual_volatility`; "ladder" needs the
        table. "worse" compares the demand curve (the table, else the exponential) and, where a volatility is given,
        the square root.
    annual_volatility
        σ of the price, per square root of a year, at least 0; over the sale it is ``σ·√(months/12)``.
    elasticity
        ε of the iso-elastic law, greater than 0.
    scrap_share
        Share of the price that scrap brings, 0 to 1: no law takes the price below it.

    Returns
    -------
    dict
        The discount by the law's name; the largest of them is the one that counts (`worst`).

    Raises
    ------
    InputError
        An unknown law, a law without what it needs.

    Examples
    --------
    A block of half a year's demand sold in six months, once more at 90 % volatility:

    >>> found = depth_discounts(600, 6, 100, annual_volatility=0.9)
    >>> {law: round(float(x), 4) for law, x in found.items()}
    {'exponential': 0.6321, 'square_root': 0.4243}
    """
    law = choice("depth_law", DepthLaw, depth_law)
    sold, time = real("units", units, 0), real("months", months, 0)
    cap = 1 - real("scrap_share", scrap_share, 0, 1)
    table = real("units_per_month_depth", units_per_month_depth, 0)
    sigma = None if annual_volatility is None else real("annual_volatility", annual_volatility, 0)
    is_ladder = ladder_shaped(table)
    _refuse_misfits(law, is_ladder, sigma)
    rate = np.asarray(table[:, 1].sum()) if is_ladder else table
    used = {"units": sold, "months": time, "scrap_share": cap, "units_per_month_depth": rate}
    used["elasticity"] = real("elasticity", elasticity, above=0)
    shape = broadcast(**used, **({} if sigma is None else {"annual_volatility": sigma}))
    volume = rate * time
    found: dict[str, Floats] = {}
    if is_ladder:
        found["ladder"] = _filled(sold, time, table, cap)
    elif law in (DepthLaw.EXPONENTIAL, DepthLaw.WORSE):
        found["exponential"] = depth.exponential(sold, volume, cap).uniform
    elif law is DepthLaw.ISOELASTIC:
        found["isoelastic"] = depth.isoelastic(sold, volume, elasticity, cap).uniform
    elif law is DepthLaw.LINEAR:
        # A volume next to nothing is bounded away from 0, as its inverse must stay a number.
        slope = 1 / np.maximum(volume, 1e-200)
        found["linear"] = np.where(volume > 0, depth.linear(sold, slope, cap).uniform, np.where(sold > 0, cap, 0.0))
    if sigma is not None and law in (DepthLaw.SQUARE_ROOT, DepthLaw.WORSE):
        found["square_root"] = depth.square_root(sold, volume, sigma * np.sqrt(time / 12), cap=cap).walk_down
    return {law: np.broadcast_to(discount, shape) for law, discount in found.items()}


def worst(discounts: dict[str, Floats]) -> Floats:
    """Return the largest of the discounts, element by element; 0 where there is none.

    >>> worst({"exponential": np.array([0.2, 0.5]), "square_root": np.array([0.3, 0.1])}).tolist()
    [0.3, 0.5]
    """
    return np.asarray(functools.reduce(np.maximum, discounts.values(), np.zeros(())))


def ladder_shaped(units_per_month_depth: Floats) -> bool:
    """Whether a typed depth is a ladder: a table of two columns with at least two rows.

    >>> ladder_shaped(np.array([[0.9, 100], [0.6, 500]])), ladder_shaped(np.array(100.0))
    (True, False)
    """
    return units_per_month_depth.ndim == 2 and units_per_month_depth.shape[1] == 2 and len(units_per_month_depth) > 1


def choice(name: str, kind: type[_Choice], value: str) -> _Choice:
    """Return `value` as a member of `kind`, or refuse in a sentence that lists the members.

    >>> choice("depth_law", DepthLaw, "ladder").value
    'ladder'
    """
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(kind)
        raise InputError(f"{name} must be one of {allowed}, got {value!r}", name) from None


def _refuse_misfits(law: DepthLaw, is_ladder: bool, sigma: Floats | None) -> None:
    if law is DepthLaw.LADDER and not is_ladder:
        raise InputError(
            "units_per_month_depth must be a table of two columns, share of price and units a month, for the ladder",
            "units_per_month_depth",
        )
    if is_ladder and law not in (DepthLaw.LADDER, DepthLaw.WORSE):
        raise InputError(f"depth_law {law} takes one depth, got a ladder; use ladder or worse", "depth_law")
    if law is DepthLaw.SQUARE_ROOT and sigma is None:
        raise InputError("annual_volatility is missing: the square-root law needs it", "annual_volatility")


def _filled(units: Floats, months: Floats, table: Floats, cap: Floats) -> Floats:
    """Clearing discount of a ladder whose quantities grow with the months; units a month keep one ladder for all."""
    with np.errstate(over="ignore"):
        rate = np.where(months > 0, units / np.where(months > 0, months, 1.0), np.where(units > 0, np.inf, 0.0))
    # Any rate beyond the last bid sells at scrap, so a bound loses nothing and keeps infinity out.
    beyond = table[:, 1].sum() + 1.0
    return depth.ladder(np.minimum(rate, beyond), table, cap).uniform
