"""Rental curves: hand arithmetic, scipy's quadrature for the averages, and the laws of time."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from xlmodel.asset.rental import (
    constant_curve,
    curve_through,
    overridden,
    period_hours,
    regime_curve,
    rent_path,
)
from xlmodel.errors import InputError, RangeError

laws = settings(max_examples=60, deadline=None)
deflations = st.floats(-1, 0.9)


def test_timing_of_a_year_at_forty_per_cent() -> None:
    # 2.4 x 0.6^0.5 = 1.8590; 2.4 x 0.4 / -ln 0.6 = 0.96/0.510826 = 1.8793
    curve = constant_curve(2.4, 0.4)
    assert curve.path(1, 1, "start").tolist() == [2.4]
    assert curve.path(1, 1, "mid") == pytest.approx([1.8590320], abs=1e-7)
    assert curve.path(1, 1, "average") == pytest.approx([0.96 / -math.log(0.6)], abs=1e-12)
    assert curve.path(1, 1, "end") == pytest.approx([1.44], abs=1e-12)


def test_rent_may_rise_and_stand_still() -> None:
    assert rent_path(2.0, 3, 1, -0.5, "end") == pytest.approx([3, 4.5, 6.75])
    assert rent_path(2.0, 3, 4, 0.0, "average").tolist() == [2, 2, 2]
    assert rent_path(0.0, 2).tolist() == [0, 0]


def test_closing_after_the_date_of_the_curve() -> None:
    assert rent_path(2.0, 1, 1, 0.5, "start", start_years=2) == pytest.approx([0.5])
    # Before its first point a curve is flat.
    assert constant_curve(2.0, 0.5).path(3, 1, "start", start_years=-2).tolist() == [2, 2, 2]


def test_points_regimes_and_what_lies_beyond() -> None:
    curve = curve_through([1, 3], [4.0, 1.0], deflation_after_eff=0.5)
    # Log-linear from 4 to 1 over two years: half each year; flat before, halving after.
    assert curve.at([0, 1, 2, 3, 4]) == pytest.approx([4, 4, 2, 1, 0.5])
    path = regime_curve(4.0, [0, 1, 2], [0.5, -1.0, 0.0])
    assert path.at([0, 0.5, 1, 1.5, 2, 9]) == pytest.approx([4, 4 * 0.5**0.5, 2, 2 * 2**0.5, 4, 4])


def test_batch_of_curves() -> None:
    together = rent_path([2.0, 3.0], 5, 4, [0.3, -0.1], "average")
    assert together.shape == (2, 5)
    assert together[1].tolist() == rent_path(3.0, 5, 4, -0.1, "average").tolist()
    shared = regime_curve([[1.0], [2.0]], [0, 1], [0.3, 0.1]).path(3)
    assert shared.shape == (2, 1, 3)
    assert curve_through([0, 1], [[2, 1], [3, 2]], [0.1, 0.2]).path(4).shape == (2, 4)


def test_scenario_replaces_the_periods_it_speaks_of() -> None:
    assert overridden([4, 3, 2, 1], 0.5, 3).tolist() == [4, 3, 0.5, 0.5]
    assert overridden([4, 3, 2, 1], [1, 2], 2, 3).tolist() == [4, 1, 2, 1]
    assert overridden([4, 3], [[1, 1], [2, 2]]).tolist() == [[1, 1], [2, 2]]


def test_hours() -> None:
    assert [float(period_hours(f)) for f in (12, 4, 2, 1)] == [730, 2190, 4380, 8760]
    assert period_hours(days=[31, 28]).tolist() == [744, 672]


def test_refusals() -> None:
    with pytest.raises(RangeError, match="deflation_eff must be less than 1"):
        rent_path(2, 4, deflation_eff=30)
    with pytest.raises(RangeError, match="frequency must be 12, 4, 2 or 1"):
        rent_path(2, 4, 3)
    with pytest.raises(InputError, match="timing must be start, mid, average or end"):
        rent_path(2, 4, timing="middle")  # type: ignore[arg-type]
    with pytest.raises(RangeError, match="point_years must increase"):
        curve_through([1, 1], [2, 2])
    with pytest.raises(RangeError, match="point_rents must be greater than 0"):
        curve_through([1, 2], [2, 0])
    with pytest.raises(InputError, match="each point needs one rent"):
        curve_through([1, 2], [2, 3, 4])
    with pytest.raises(InputError, match="each regime needs one rate"):
        regime_curve(2, [0, 1], [0.1])
    with pytest.raises(InputError, match="must be one row"):
        regime_curve(2, [[0, 1]], [0.1, 0.2])
    with pytest.raises(InputError, match="replacement must hold 1 rent or 3"):
        overridden([1, 2, 3, 4], [1, 2], 2)


@laws
@given(st.floats(0.1, 10), st.lists(deflations, min_size=1, max_size=4), st.sampled_from([1, 4, 12]), st.floats(0, 3))
def test_average_is_the_integral(rent: float, regimes: list[float], frequency: int, start: float) -> None:
    curve = regime_curve(rent, 0.7 * np.arange(len(regimes)), regimes)
    path = curve.path(3, frequency, "average", start)
    breaks = [0.7 * i for i in range(len(regimes))]
    for k, average in enumerate(path):
        low, high = start + k / frequency, start + (k + 1) / frequency
        inside = [b for b in breaks if low < b < high] or None
        area, _ = quad(lambda t: float(curve.at(t)[0]), low, high, points=inside)
        assert average == pytest.approx(area * frequency, rel=1e-8)


@laws
@given(st.floats(0.1, 10), deflations, st.integers(1, 8))
def test_months_and_quarters_with_average_rents_earn_the_same(rent: float, deflation: float, quarters: int) -> None:
    monthly = rent_path(rent, 3 * quarters, 12, deflation, "average") * period_hours(12)
    quarterly = rent_path(rent, quarters, 4, deflation, "average") * period_hours(4)
    assert monthly.reshape(-1, 3).sum(axis=-1) == pytest.approx(quarterly, rel=1e-9)


@laws
@given(st.floats(0.1, 10), st.floats(0, 0.9))
def test_rent_falls_and_the_average_lies_between_the_ends(rent: float, deflation: float) -> None:
    start, average, end = (rent_path(rent, 6, 4, deflation, t) for t in ("start", "average", "end"))
    assert (end <= average * (1 + 1e-12)).all()
    assert (average <= start * (1 + 1e-12)).all()
    assert (np.diff(average) <= 1e-12).all()
