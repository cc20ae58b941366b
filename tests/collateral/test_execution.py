"""Execution: optimality against a numerical optimiser, limits, and the frontier."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from xlmodel.collateral.execution import execution_cost, execution_schedule
from xlmodel.errors import NO_HALF_LIFE, RangeError, reason

PAPER = {
    "units": 1e6,
    "horizon": 5,
    "intervals": 5,
    "volatility": 0.95,
    "temporary_impact": 2.5e-6,
    "permanent_impact": 2.5e-7,
    "half_spread": 0.0625,
}


@pytest.mark.parametrize("aversion", [1e-7, 1e-6, 1e-5])
def test_an_optimiser_finds_no_better_schedule(aversion: float) -> None:
    best = execution_schedule(**PAPER, risk_aversion=aversion)

    # The utility written out from the paper, in units of a million shares and a million dollars.
    def utility(inner: np.ndarray) -> float:
        x = np.concatenate([[1.0], inner, [0.0]]) * 1e6
        n = -np.diff(x)
        expected = 0.5 * 2.5e-7 * 1e12 + 0.0625 * np.abs(n).sum() + (2.5e-6 - 1.25e-7) * (n**2).sum()
        return float((expected + aversion * 0.95**2 * (x[1:] ** 2).sum()) / 1e6)

    found = minimize(utility, np.linspace(0.8, 0.2, 4), method="BFGS", options={"gtol": 1e-9})
    assert float(best.utility) / 1e6 == pytest.approx(found.fun, rel=1e-6)
    assert float(best.utility) / 1e6 <= found.fun * (1 + 1e-9)


def test_a_seller_indifferent_to_risk_sells_evenly() -> None:
    for quiet in ({"risk_aversion": 0.0}, {"risk_aversion": 1e-6, "volatility": 0.0}):
        sale = execution_schedule(**{**PAPER, **quiet})
        assert sale.sales == pytest.approx(np.full(5, 2e5))
        assert reason(float(sale.half_life)) is NO_HALF_LIFE
        assert float(sale.urgency) == 0


def test_an_urgent_seller_sells_at_once_without_overflow() -> None:
    # The holding after one interval is e^(-kappa tau) of all, 1e-13 here.
    sale = execution_schedule(**PAPER, risk_aversion=1e9)
    assert sale.holdings[0] == 1e6
    assert np.all(sale.holdings[1:] < 1e-6)
    assert np.isfinite(float(sale.expected_cost))


@given(aversion=st.floats(1e-12, 1e-3), more=st.floats(1, 100), n=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_more_aversion_costs_more_and_risks_less(aversion: float, more: float, n: int) -> None:
    frontier = execution_schedule(**{**PAPER, "intervals": n}, risk_aversion=[aversion, aversion * more])
    assert np.all(np.diff(frontier.holdings, axis=-1) <= 0)
    assert frontier.sales.sum(axis=-1) == pytest.approx([1e6, 1e6])
    cost, risk = frontier.expected_cost, frontier.variance
    assert cost[0] <= cost[1] * (1 + 1e-9)
    assert risk[1] <= risk[0] * (1 + 1e-9) + 1e-9


def test_an_impact_without_an_optimum_is_refused() -> None:
    with pytest.raises(RangeError, match="temporary_impact must be greater than permanent_impact times half"):
        execution_schedule(1e6, 5, 5, 0.95, 1e-7, 2.5e-7)


def test_nothing_sold_costs_nothing() -> None:
    sale = execution_cost(0, 6.561, 1728, 0.0157, 0.5, beta=0.0)
    assert (float(sale.permanent), float(sale.temporary), float(sale.cost)) == (0, 0, 0)
