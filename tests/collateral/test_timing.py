"""When to sell: the closed form against its own cost function, and the plans without a best length."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.timing import optimal_sale_horizon, staged_sale
from xlmodel.errors import NO_BEST_HORIZON, InputError, reason

RATE = st.floats(0.05, 2)


@given(eta=st.floats(1e-4, 0.05), units=st.floats(0.1, 5), rate=RATE, factor=st.floats(0.2, 5))
@settings(max_examples=80, deadline=None)
def test_no_other_length_costs_less(eta: float, units: float, rate: float, factor: float) -> None:
    best = optimal_sale_horizon(eta, units, rate)
    other = float(best.years) * factor
    assert float(best.cost) <= min(1.0, eta * units / other + rate * other / 2) + 1e-12
    assert bool(best.first_order) == (float(best.cost) <= 0.4)


@given(eta=st.floats(1e-4, 0.05), units=st.floats(0.1, 5), rate=RATE)
@settings(max_examples=50, deadline=None)
def test_the_cost_grows_with_the_root_of_decay(eta: float, units: float, rate: float) -> None:
    one, four = optimal_sale_horizon(eta, units, rate), optimal_sale_horizon(eta, units, 4 * rate)
    assert float(four.years) == pytest.approx(float(one.years) / 2)
    assert float(four.cost) == pytest.approx(min(1.0, 2 * float(one.cost)))


def test_free_waiting_has_no_best_length_without_a_limit() -> None:
    best = optimal_sale_horizon(0.02, 5.0, 0.0)
    assert reason(float(best.years)) is NO_BEST_HORIZON
    assert float(best.cost) == 0
    # Two years: 0.02 * 5 / 2.
    limited = optimal_sale_horizon(0.02, 5.0, 0.0, longest_years=2)
    assert (float(limited.years), float(limited.cost)) == (2.0, 0.05)


def test_a_limit_binds_by_hand() -> None:
    # The best length is 0.577 years; at 0.25 it costs 0.1/0.25 + 0.6*0.25/2 = 0.475, past the first order.
    best = optimal_sale_horizon(0.02, 5.0, 0.6, longest_years=0.25)
    assert float(best.cost) == pytest.approx(0.475)
    assert not bool(best.first_order)


def test_nothing_to_sell_is_sold_at_once() -> None:
    best = optimal_sale_horizon([0.02, 0.0], [0.0, 5.0], [0.6, 0.0])
    assert best.years.tolist() == [0, 0]
    assert best.cost.tolist() == [0, 0]


def test_tranches_by_hand() -> None:
    # 60 and 40 sold six and nine months from now at 50 % a year of decay and 10 % of discount.
    expected = 60 * math.exp(-0.6 * 0.5) + 40 * math.exp(-0.6 * 0.75)
    assert float(staged_sale([60, 40], 0.25, 3, 0.5, 0.1)) == pytest.approx(expected, rel=1e-12)
    assert float(staged_sale([60, 40], 0, 0, 0.5)) == pytest.approx(100)
    assert staged_sale(np.ones((3, 6)), [0, 0.5, 1], 1, 0.6).shape == (3,)


def test_tranches_that_do_not_fit_are_named() -> None:
    with pytest.raises(InputError, match="tranche_values 3, enforcement_years 2"):
        staged_sale(np.ones((3, 6)), [0, 1], 1, 0.6)
