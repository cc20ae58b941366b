"""Yields, multiples and spreads against other solvers and sums by hand; call protection."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loan.strategies import RATES
from xlmodel.errors import NO_RETURN, NOT_CALLABLE, ONE_SIGN, InputError, RangeError, reason
from xlmodel.loan.call_protection import call_premium, make_whole, yields_to_call
from xlmodel.loan.returns import all_in_spread, equity_flows, investor_return, lender_flows
from xlmodel.loan.schedule import schedule
from xlmodel.loan.term_sheet import Tranche
from xlmodel.loan.waterfall import waterfall


def test_a_discount_and_a_fee_raise_the_yield() -> None:
    flows = lender_flows(100, [8, 8, 108], discount=0.02, upfront_fee=0.01)
    assert flows.tolist() == [-97, 8, 8, 108]
    # The positive root of 97 x^3 = 8 x^2 + 8 x + 108 by the eigenvalues of its companion matrix.
    root = next(r.real for r in np.roots([97, -8, -8, -108]) if abs(r.imag) < 1e-12)
    earned = investor_return(flows, 1)
    assert float(earned.yield_eff) == pytest.approx(root - 1, abs=1e-12)
    assert float(earned.multiple) == pytest.approx(124 / 97)
    assert float(earned.profit) == 27
    # 8 % over a base of 5 % is the margin and what the discount adds.
    assert float(all_in_spread(flows, 0.05, 1)) == pytest.approx(root - 1.05, abs=1e-12)


def test_quarterly_yields_two_ways_and_a_later_draw() -> None:
    # 100 at 2 % a quarter: 8 % nominal, 1.02^4 - 1 effective.
    earned = investor_return([-100, 2, 2, 2, 102], 4)
    assert float(earned.yield_nom) == pytest.approx(0.08, abs=1e-12)
    assert float(earned.yield_eff) == pytest.approx(1.02**4 - 1, abs=1e-12)
    drawn = lender_flows(100, [2 - 50, 153], discount=0.04, draws=[50, 0], fees=[1, 0])
    assert drawn.tolist() == [-96, -45, 153]


def test_dated_flows_are_excels_xirr() -> None:
    # Excel's own example of XIRR: 0.373362535.
    days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    earned = investor_return([-10_000, 2_750, 4_250, 3_250, 2_750], 4, days)
    assert float(earned.yield_eff) == pytest.approx(0.373362535, abs=2e-9)
    assert float(earned.yield_nom) == pytest.approx(4 * (1.373362535**0.25 - 1), abs=1e-8)


def test_money_that_does_not_come_back() -> None:
    lost = investor_return([[-100, 0, 0], [-100, 0, 50]], 1)
    assert reason(float(lost.yield_eff[0])) is ONE_SIGN
    assert reason(float(lost.yield_nom[0])) is ONE_SIGN
    assert lost.multiple.tolist() == [0, 0.5]
    # 100 x^2 = 50.
    assert float(lost.yield_eff[1]) == pytest.approx(0.5**0.5 - 1, abs=1e-12)
    assert reason(float(all_in_spread([-1, 0, 0], 0.05))) is ONE_SIGN
    assert reason(float(all_in_spread([-1, 3, -2.5], 0.05, 1))) is NO_RETURN  # x^2 - 3x + 2.5 has no real root
    assert reason(float(investor_return([1, 2]).multiple)) is ONE_SIGN


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.2), RATES, st.integers(1, 20))
def test_at_par_the_all_in_spread_is_the_margin(margin: float, base: float, n: int) -> None:
    path = base * (1 + np.arange(n) / 10)
    loan = schedule(100, (path + margin) / 4, n)
    assert float(all_in_spread(lender_flows(100, loan.debt_service), path, 4)) == pytest.approx(margin, abs=1e-9)


def test_the_lender_of_a_short_waterfall_earns_less_than_its_rate() -> None:
    loan = Tranche(100, 0.05, [0, 100])
    full = waterfall([50, 150], [loan])
    short = waterfall([50, 90], [loan])
    rich = investor_return(lender_flows(100, full.tranches[0].received), 1)
    poor = investor_return(lender_flows(100, short.tranches[0].received), 1)
    assert float(rich.yield_eff) == pytest.approx(0.05, abs=1e-12)
    # 100 x^2 = 5 x + 90.
    assert float(poor.yield_eff) == pytest.approx((5 + (25 + 36_000) ** 0.5) / 200 - 1, abs=1e-12)


def test_what_the_equity_earns() -> None:
    loan = Tranche(60, 0.05, [0, 60])
    paid = waterfall([40, 63], [loan], equity=[0, 10])
    # 100 of hardware; 40 - 3, then 63 + 10 - 63, and 20 for the hardware at the end.
    flows = equity_flows(40, paid.distribution, [0, 10], residual=20)
    assert flows.tolist() == [-40, 37, 20]
    # 40 x^2 = 37 x + 20.
    earned = investor_return(flows, 1)
    assert float(earned.yield_eff) == pytest.approx((37 + (1369 + 3200) ** 0.5) / 80 - 1, abs=1e-12)
    assert equity_flows([1, 2], [3, 4]).shape == (2, 3)


def test_premiums_step_down_and_nothing_is_called_before_its_time() -> None:
    paid = call_premium([0, 10, 10, 10], [0.03, 0.02, 0.01, 0.0], no_call=1)
    assert paid.tolist() == [0, 0.2, 0.1, 0]
    early = call_premium([5, 10], 0.02, no_call=1)
    assert reason(float(early[0])) is NOT_CALLABLE
    with pytest.raises(RangeError, match="premium"):
        call_premium(1, -0.01)


def test_a_make_whole_to_the_first_call() -> None:
    loan = schedule(100, 0.10, 4, "bullet")
    # Until the call at 103 after two years: one year out (10 + 103) / 1.05 - 100; from then on nothing.
    assert make_whole(loan, 0.045, frequency=1, until=2, call_price=1.03) == pytest.approx([113 / 1.05 - 100, 0, 0, 0])
    # A reference rate above the coupon leaves nothing to make whole.
    assert make_whole(loan, 0.12, frequency=1).tolist() == [0, 0, 0, 0]
    # The rate of each date counts: 10/1.1 + 110/1.21 = 100, and 110 / 1.05.
    by_date = make_whole(schedule(100, 0.10, 3, "bullet"), [0.095, 0.045, 0.2], frequency=1)
    assert by_date == pytest.approx([0, 110 / 1.05 - 100, 0], abs=1e-12)


def test_the_worst_call() -> None:
    loan = schedule(100, 0.10, 3, "bullet")
    dear = yields_to_call(loan, price=1.02, premium=[0.0, 0.01, 0.0], frequency=1)
    # Repaid after a year: 110 / 102.
    assert float(dear.yield_nom[0]) == pytest.approx(110 / 102 - 1, abs=1e-12)
    assert float(dear.worst) == pytest.approx(110 / 102 - 1, abs=1e-12)
    closed = yields_to_call(loan, price=1.02, frequency=1, no_call=1)
    assert reason(float(closed.yield_nom[0])) is NOT_CALLABLE
    # 102 x^2 = 10 x + 110.
    assert float(closed.worst) == pytest.approx((10 + (100 + 44_880) ** 0.5) / 204 - 1, abs=1e-12)
    assert yields_to_call(schedule([100, 50], 0.1, 3)).worst == pytest.approx([0.4, 0.4])
    with pytest.raises(InputError, match="closing"):
        yields_to_call(schedule(100, 0.1, 3, draws=[0, 5, 0]))


def test_shapes_and_names() -> None:
    with pytest.raises(InputError, match="base_rate"):
        all_in_spread([-1, 1, 1], [0.1, 0.1, 0.1])
    with pytest.raises(RangeError, match="together"):
        lender_flows(1, [1], discount=0.6, upfront_fee=0.6)
    with pytest.raises(InputError, match="treasury"):
        make_whole(schedule(1, 0.1, 3), [0.1, 0.1])
