"""The swap by hand: settlement, break cost, and shocks with and without it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import InputError, RangeError
from xlmodel.loan.hedge import break_cost, hedge_notional, rate_shocks, settlement
from xlmodel.loan.schedule import schedule
from xlmodel.loan.term_sheet import Tranche
from xlmodel.loan.waterfall import waterfall


def test_a_floored_loan_needs_a_floored_swap() -> None:
    # 100 m for 92 days of 360 at 4 % against -1 %: with a floor at 0 the borrower pays 4 %, without it 5 %.
    assert settlement(100, 0.04, -0.01, 92 / 360, floor=0.0) == pytest.approx(-4 * 92 / 360)
    assert settlement(100, 0.04, -0.01, 92 / 360) == pytest.approx(-5 * 92 / 360)


def test_a_break_cost_by_hand() -> None:
    # 4 % paid, forwards of 3 and 2 % for the last two years on 100 and 50: 1/1.03 + 1/(1.03 * 1.02); one year on
    # 1/1.02.
    cost = break_cost([100, 100, 50], 0.04, [0.05, 0.03, 0.02], 1.0)
    assert cost.tolist() == pytest.approx([1 / 1.03 + 1 / (1.03 * 1.02), 1 / 1.02, 0])
    # A swap in the money costs nothing, the bank's charge aside: 1.5 of it stand against a charge of 2 % on 100.
    assert break_cost([100, 100], 0.03, [0.05, 0.045], 1.0).tolist() == [0, 0]
    assert break_cost([100, 100], 0.03, [0.05, 0.045], 1.0, 0.02).tolist() == pytest.approx([2 - 1.5 / 1.045, 0])
    with pytest.raises(RangeError, match="forwards"):
        break_cost([1, 1], 0.03, -2.0, 1.0)


def test_shocks_with_and_without() -> None:
    found = rate_shocks([100, 50], 0.01, 0.02, [75, 75], 0.03, year_fraction=1.0)
    # Down 2 % the index rests on its floor: 2 % of 100. The swap on 75 then costs 3 %.
    assert found.unhedged[0].tolist() == pytest.approx([2, 1])
    assert found.hedged[0].tolist() == pytest.approx([2 + 2.25, 1 + 2.25])
    assert found.unhedged[-1].tolist() == pytest.approx([5, 2.5])
    assert found.hedged[-1].tolist() == pytest.approx([5, 2.5])
    assert found.overhedged.tolist() == [False, True]
    with pytest.raises(InputError, match="row"):
        rate_shocks([1], 0, 0, [1], 0, shifts=[[0.01]])


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 0.1), st.floats(0, 0.1), st.floats(0, 0.05), st.integers(1, 12))
def test_a_full_hedge_fixes_the_rate(index: float, fixed: float, margin: float, n: int) -> None:
    opening = schedule(100, 0.02, n).opening
    found = rate_shocks(opening, index, margin, hedge_notional(opening), fixed)
    assert np.allclose(found.hedged, opening * (fixed + margin) / 4, atol=1e-12)
    assert not found.overhedged.any()


def test_the_settlement_is_senior_service() -> None:
    loan = schedule(100, 0.015, 4, "straight")
    swap = settlement(hedge_notional(loan.opening), 0.05, [0.06, 0.04, 0.04, 0.06])
    paid = waterfall([40.0] * 4, [Tranche(100, 0.015, 25)], hedge=swap)
    # 1 % of 100, 75, 50, 25 for a quarter, received, paid, paid, received.
    assert swap.tolist() == pytest.approx([0.25, -0.1875, -0.125, 0.0625])
    assert paid.debt_service.tolist() == pytest.approx([26.25, 26.3125, 25.875, 25.3125])
    assert paid.hedge_paid.tolist() == pytest.approx([0, 0.1875, 0.125, 0])
