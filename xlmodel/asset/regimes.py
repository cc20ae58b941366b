"""Rental curves from dated observations: four price layers kept apart, and the regimes the market has been through.

Debt is served from reserved contracts and stressed on spot, so a rent is always of one layer. Rents fell 29 % a year in
the glut of 2024 and 2025 and rose 43 % a year in the shortage after it: a regime is a scenario, never a forecast.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from xlmodel.asset.rental import RentalCurve, curve_through, regime_curve
from xlmodel.data import table
from xlmodel.errors import InfeasibleError, InputError
from xlmodel.maths.domain import real

Layer = Literal["hyperscaler", "neocloud", "reserved", "spot"]
Regime = Literal["base", "glut", "shortage"]


@dataclass(frozen=True, slots=True)
class RentPoint:
    """One observed rent.

    Attributes
    ----------
    date
        When; a month stands for its 15th day.
    usd_per_hour
        Per GPU.
    basis
        What was observed.
    source
        Where it was read.
    flag
        V read in the source, S a weak source, D derived.
    """

    date: dt.date
    usd_per_hour: float
    basis: str
    source: str
    flag: str


def rent_points(gpu: str, layer: Layer) -> tuple[RentPoint, ...]:
    """Return the observed rents of one GPU in one price layer, by date.

    Parameters
    ----------
    gpu
        As in the table ``gpu_rental_points``, such as ``"H100"``.
    layer
        ``"hyperscaler"`` or ``"neocloud"`` on demand, ``"reserved"`` for a year or more, ``"spot"`` and marketplaces.

    Raises
    ------
    InputError
        An unknown layer.
    InfeasibleError
        No observation; the sentence names the GPUs that have one.

    Examples
    --------
    >>> [(p.date.isoformat(), p.usd_per_hour) for p in rent_points("H100", "reserved")][-2:]
    [('2026-03-15', 2.35), ('2026-06-15', 2.65)]
    """
    if layer not in get_args(Layer):
        raise InputError(f"layer must be one of {', '.join(get_args(Layer))}, got {layer!r}", "layer")
    rows = [row for row in table("gpu_rental_points") if row["layer"] == layer]
    points = [
        RentPoint(_day(row["date"]), float(row["usd_per_hour"]), row["basis"], row["source"], row["flag"])
        for row in rows
        if row["gpu"] == gpu
    ]
    if not points:
        known = ", ".join(sorted({row["gpu"] for row in rows}))
        raise InfeasibleError(f"no {layer} rent of {gpu!r} is on record, only of {known}", "gpu")
    return tuple(sorted(points, key=lambda point: point.date))


def observed_curve(gpu: str, layer: Layer, as_of: dt.date, deflation_after_eff: npt.ArrayLike = 0.0) -> RentalCurve:
    """Return the curve through the observed rents of a layer, flat before them.

    Parameters
    ----------
    gpu, layer
        As of `rent_points`.
    as_of
        Date 0 of the curve; earlier observations lie at negative years of 365 days.
    deflation_after_eff
        Effective annual fraction lost after the last observation, below 1, shape (...).

    Returns
    -------
    Log-linear between observations; those of one day are averaged geometrically.

    Raises
    ------
    InfeasibleError
        No observation.

    Examples
    --------
    >>> curve = observed_curve("H100", "reserved", dt.date(2026, 6, 15), 0.2)
    >>> curve.at([0, 1]).round(2).tolist()
    [2.65, 2.12]
    """
    points = rent_points(gpu, layer)
    days = sorted({point.date for point in points})
    rents = [
        float(np.exp(np.mean([np.log(point.usd_per_hour) for point in points if point.date == day]))) for day in days
    ]
    return curve_through([(day - as_of).days / 365 for day in days], rents, deflation_after_eff)


def regime_deflation(regime: Regime) -> float:
    """Return the effective annual fraction the H100 list rent lost in a past regime; negative where it rose.

    ``1 - (R_end / R_start)^(1 / years)``, in years of twelve months

    Parameters
    ----------
    regime
        ``"base"`` (September 2023 to September 2026), ``"glut"`` (February 2024 to October 2025) or ``"shortage"``
        (October 2025 to September 2026).

    Raises
    ------
    InputError
        An unknown regime.

    Examples
    --------
    >>> [round(regime_deflation(r), 3) for r in ("base", "glut", "shortage")]
    [-0.039, 0.291, -0.43]
    """
    if regime not in get_args(Regime):
        raise InputError(f"regime must be one of {', '.join(get_args(Regime))}, got {regime!r}", "regime")
    (row,) = (row for row in table("rental_regimes") if row["regime"] == regime)
    start, end = _day(row["from_date"]), _day(row["to_date"])
    years = (12 * (end.year - start.year) + end.month - start.month) / 12
    return float(1 - (float(row["to_usd_per_hour"]) / float(row["from_usd_per_hour"])) ** (1 / years))


def scenario_curve(
    rent: npt.ArrayLike, regime: Regime, regime_years: float | None = None, afterwards: Regime = "base"
) -> RentalCurve:
    """Return the curve of a rent that goes through a past regime again, from date 0.

    Parameters
    ----------
    rent
        Rent of the layer on date 0, USD per hour, at least 0, shape (...).
    regime
        As of `regime_deflation`.
    regime_years
        How long it lasts, above 0; for ever unless given.
    afterwards
        The regime that follows it.

    Raises
    ------
    RangeError
        A duration of 0 or less, a negative rent.
    InputError
        An unknown regime.

    Examples
    --------
    A glut of a year and a half brings 2.65 down to 1.58:

    >>> scenario_curve(2.65, "glut", 1.5).at([0, 1.5]).round(2).tolist()
    [2.65, 1.58]
    """
    if regime_years is None:
        return regime_curve(rent, [0.0], [regime_deflation(regime)])
    lasting = float(real("regime_years", regime_years, above=0))
    return regime_curve(rent, [0.0, lasting], [regime_deflation(regime), regime_deflation(afterwards)])


def _day(text: str) -> dt.date:
    """Return a date; a month is its 15th day."""
    return dt.date.fromisoformat(text if len(text) == 10 else f"{text}-15")
