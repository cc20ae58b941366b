"""Depth: limits that hold by reasoning, and the ladder by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral import depth
from xlmodel.errors import InputError, RangeError

LAWS = {
    "square_root": lambda q, v: depth.square_root(q, v, 0.3),
    "linear": lambda q, v: depth.linear(q, 1 / v),
    "isoelastic": lambda q, v: depth.isoelastic(q, v, 1.5),
    "isoelastic_unit": lambda q, v: depth.isoelastic(q, v),
    "exponential": lambda q, v: depth.exponential(q, v),
    "ladder": lambda q, v: depth.ladder(q, [(0.9, 0.2 * v), (0.5, v), (0.7, 0.4 * v)]),
}


@pytest.mark.parametrize("law", LAWS)
@given(q=st.floats(0, 1e6), more=st.floats(0, 1e6), v=st.floats(1e-2, 1e6))
@settings(max_examples=60, deadline=None)
def test_a_discount_is_a_share_that_grows_with_the_block(law: str, q: float, more: float, v: float) -> None:
    small, large = LAWS[law](q, v), LAWS[law](q + more, v)
    for form in ("uniform", "walk_down"):
        a, b = float(getattr(small, form)), float(getattr(large, form))
        assert 0 <= a <= 1
        assert a <= b + 1e-12
    # Selling each unit at the price it meets never does worse than all units at the last price.
    assert float(small.walk_down) <= float(small.uniform) + 1e-9


@pytest.mark.parametrize("law", LAWS)
def test_nothing_sold_loses_nothing(law: str) -> None:
    sale = LAWS[law](0.0, 100.0)
    assert float(sale.uniform) == 0
    assert float(sale.walk_down) == 0


@pytest.mark.parametrize("law", [depth.exponential, depth.isoelastic])
def test_no_volume_costs_the_cap(law) -> None:  # type: ignore[no-untyped-def]
    assert float(law(10, 0, cap=0.9).uniform) == 0.9
    assert float(law(0, 0, cap=0.9).uniform) == 0


def test_the_elasticity_of_one_is_the_limit_of_its_neighbours() -> None:
    # ∫ dx/(1+x) = ln(1+x): between elasticities just below and above one.
    below, at, above = (float(depth.isoelastic(70, 100, e).walk_down) for e in (1 - 1e-6, 1.0, 1 + 1e-6))
    assert above < at < below
    assert below - above < 1e-6


def test_a_ladder_by_hand() -> None:
    # 100 at 90, 100 at 70, 50 at 50, beyond that the scrap share of 10.
    rungs = [(0.7, 100), (0.9, 100), (0.5, 50)]
    sale = depth.ladder([100, 150, 250, 300], rungs, cap=0.9)
    assert np.allclose(sale.uniform, [0.1, 0.3, 0.5, 0.9])
    # 1 - (100*.9)/100; 1 - (90+35)/150; 1 - (90+70+25)/250; 1 - (185+50*.1)/300
    assert np.allclose(sale.walk_down, [0.1, 1 - 125 / 150, 1 - 185 / 250, 1 - 190 / 300])


def test_a_ladder_needs_two_columns() -> None:
    with pytest.raises(InputError, match="rungs must be a table of two columns"):
        depth.ladder(10, [0.9, 100])
    with pytest.raises(RangeError, match="share of price, must lie between 0 and 1, got 90"):
        depth.ladder(10, [(90, 100), (80, 100)])


CAPPED = {
    "square_root": (lambda q, cap: depth.square_root(q, 100, 0.5, cap=cap), lambda x: 0.5 * np.sqrt(x)),
    "linear": (lambda q, cap: depth.linear(q, 1 / 100, cap), lambda x: x),
    "isoelastic": (lambda q, cap: depth.isoelastic(q, 100, 1.5, cap), lambda x: 1 - (1 + x) ** (-1 / 1.5)),
    "isoelastic_unit": (lambda q, cap: depth.isoelastic(q, 100, 1.0, cap), lambda x: 1 - 1 / (1 + x)),
    "exponential": (lambda q, cap: depth.exponential(q, 100, cap), lambda x: 1 - np.exp(-x)),
}


@pytest.mark.parametrize("law", CAPPED)
@pytest.mark.parametrize("cap", [0.1, 0.4, 1.0])
def test_walking_down_is_the_area_under_a_price_that_stops_at_scrap(law: str, cap: float) -> None:
    # The midpoint rule on a million steps judges the closed forms.
    of, marginal = CAPPED[law]
    x = 1.7 * (np.arange(1_000_000) + 0.5) / 1_000_000
    assert float(of(170.0, cap).walk_down) == pytest.approx(np.minimum(marginal(x), cap).mean(), abs=1e-6)


@given(q=st.floats(1e-6, 1e9), v=st.floats(1e-6, 1e9))
@settings(max_examples=60, deadline=None)
def test_linear_demand_is_worse_than_exponential_and_that_worse_than_elastic(q: float, v: float) -> None:
    # 1 - x <= e^-x <= 1 / (1 + x), so the discounts stand in the opposite order.
    steep, middle, flat = depth.linear(q, 1 / v), depth.exponential(q, v), depth.isoelastic(q, v)
    for form in ("uniform", "walk_down"):
        assert float(getattr(flat, form)) <= float(getattr(middle, form)) + 1e-12
        assert float(getattr(middle, form)) <= float(getattr(steep, form)) + 1e-12
