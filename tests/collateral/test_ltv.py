"""Loan to value: edges, the three ratios, and the date the loan goes under water."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral import ltv
from xlmodel.errors import NO_COLLATERAL_VALUE, RangeError, reason


def test_edges() -> None:
    ratio = ltv.loan_to_value([0, 10, 10, 10], [10, 0, -5, 40])
    assert ratio[[0, 3]].tolist() == [0.0, 0.25]
    assert [reason(float(x)) for x in ratio[[1, 2]]] == [NO_COLLATERAL_VALUE] * 2


def test_prior_claims_and_cash_by_hand() -> None:
    # (100 - 20) / (250 - 50)
    assert float(ltv.loan_to_value(100, 250, prior_claims=50, cash_collateral=20)) == 0.4
    assert float(ltv.loan_to_value(100, 0, cash_collateral=100)) == 0.0


@given(
    balance=st.floats(1, 1e9),
    cost=st.floats(1, 1e9),
    kept=st.floats(1e-6, 1),
    sold=st.floats(1e-6, 1),
    scale=st.floats(1e-3, 1e3),
)
@settings(max_examples=80, deadline=None)
def test_the_three_ratios_are_ordered_and_free_of_scale(
    balance: float, cost: float, kept: float, sold: float, scale: float
) -> None:
    market, proceeds = cost * kept, cost * kept * sold
    one = ltv.three_ltv(balance, cost, market, proceeds)
    assert bool(one.ordered)
    assert float(one.nominal) <= float(one.adjusted) * (1 + 1e-12)
    assert float(one.adjusted) <= float(one.liquidation) * (1 + 1e-12)
    other = ltv.three_ltv(balance * scale, cost * scale, market * scale, proceeds * scale)
    # What is rounding of ratios this large is more than that of small ones.
    rounding = 1e-9 * max(1.0, float(one.liquidation))
    assert float(other.illusion) == pytest.approx(float(one.illusion), rel=1e-9, abs=rounding)


def test_maximum_advance_counts_outcomes() -> None:
    haircuts = [0.1, 0.2, 0.3, 0.4]
    assert ltv.maximum_advance(haircuts, 1.0) == pytest.approx(0.6)
    assert ltv.maximum_advance(haircuts, 0.5) == pytest.approx(0.8)
    with pytest.raises(RangeError, match="confidence must lie between 0 and 1, 0 excluded, got 0"):
        ltv.maximum_advance(haircuts, 0)
