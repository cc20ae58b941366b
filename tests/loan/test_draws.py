"""Construction funding without circularity, delayed draws, mini-perms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xlmodel.errors import InfeasibleError, InputError
from xlmodel.loan.draws import commitment_fees, delayed_draw, geared_construction
from xlmodel.loan.mini_perm import hard_mini_perm, soft_mini_perm
from xlmodel.loan.schedule import schedule


def test_a_geared_budget_by_hand() -> None:
    # 70 % of 30, then of 40 + 3 % of 21, then of 30 + 3 % of 49.441: 21, 49.441, 71.479261.
    funding = geared_construction([30, 40, 30], 0.7, 0.03)
    assert funding.balance.round(9).tolist() == [21, 49.441, 71.479261]
    # Equity first: of D/0.7*0.3 = 30.0987 the first 30 are equity, and 0.0987 of the 40.
    first = geared_construction([30, 40, 30], 0.7, 0.03, order="equity_first")
    # D = 0.7 U; equity 0.3 U pays 30 and e = 0.3 U - 30 of the next 40; interest is 3 % of what was drawn:
    # b2 = 40 - e, b3 = b2*1.03 + 30 = 0.7 U, so U = (30 + 1.03*70)/(0.7 + 0.309).
    uses = (30 + 1.03 * 70) / (0.7 + 0.309)
    assert float(first.debt) == pytest.approx(0.7 * uses, rel=1e-9)
    assert float(first.equity) == pytest.approx(0.3 * uses, rel=1e-9)


def test_the_order_of_funding_ranks_the_interest() -> None:
    interest = {
        order: float(geared_construction([30, 40, 30], 0.7, 0.03, order=order).interest.sum())
        for order in ("equity_first", "pro_rata", "debt_first")
    }
    assert interest["equity_first"] < interest["pro_rata"] < interest["debt_first"]


@settings(max_examples=80, deadline=None)
@given(
    arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 100)).filter(lambda c: c.sum() > 1),
    st.one_of(st.just(0.0), st.floats(0.01, 1)),
    st.floats(0, 0.03),
    st.sampled_from(["pro_rata", "equity_first", "debt_first"]),
    st.sampled_from(["start", "end"]),
    st.floats(0, 0.03),
    st.floats(0, 0.01),
)
def test_sources_are_uses_and_gearing_is_met(
    costs: np.ndarray, gearing: float, rate: float, order: str, timing: str, upfront: float, commitment: float
) -> None:
    f = geared_construction(costs, gearing, rate, order, timing, upfront, commitment)
    uses = costs.sum() + f.interest.sum() + f.fees.sum()
    assert float(f.debt + f.equity) == pytest.approx(uses, rel=1e-9)
    assert float(f.debt) == pytest.approx(gearing * uses, rel=1e-8, abs=1e-8)
    assert float(f.draws.sum()) == pytest.approx(float(f.debt), rel=1e-9, abs=1e-9)
    assert (f.draws >= -1e-9).all()
    assert (f.equity_draws >= -1e-9).all()


def test_a_budget_that_feeds_on_itself_is_refused() -> None:
    with pytest.raises(InfeasibleError, match="outgrow"):
        geared_construction([100, 0, 0], 1.0, 0.1, upfront_fee=1.5)
    with pytest.raises(InfeasibleError, match="outgrow"):
        geared_construction([100, 0, 0], 1.0, 9.0, upfront_fee=9.0)


def test_each_draw_runs_for_its_own_term() -> None:
    # 100 at closing and 60 a period later, each repaid two periods after its draw with 10 % a period.
    loan = delayed_draw([100, 60, 0], 0.1, 2, "bullet")
    assert loan.debt_service.tolist() == [10, 116, 66, 0]
    assert loan.draw.tolist() == [60, 0, 0, 0]
    # Rates belong to the calendar: the second draw sees periods 2 and 3.
    floating = delayed_draw([100, 60], [0.1, 0.2, 0.3], 2, "bullet")
    assert floating.debt_service.round(12).tolist() == [10, 132, 78]
    with pytest.raises(InputError, match="rate"):
        delayed_draw([100, 60], [0.1, 0.2], 2)


def test_commitment_fees_fall_on_what_is_undrawn() -> None:
    assert commitment_fees(100, [20, 30, 50], 0.01).tolist() == [0.8, 0.5]
    with pytest.raises(InputError, match="exceed"):
        commitment_fees(99, [20, 30, 50], 0.01)
    with pytest.raises(InputError, match="availability"):
        commitment_fees(99, [20], 0.01)


def test_a_hard_mini_perm_pays_the_long_profile_then_the_balance() -> None:
    # 100 in four equal parts at 10 %, due after two: 25 + 10, then 25 + 7.5 and the 50 left.
    loan = hard_mini_perm(100, 0.1, 4, 2, "straight")
    assert loan.debt_service.tolist() == [35, 82.5]
    assert loan.balloon.tolist() == [0, 50]
    assert loan.closing.tolist() == [75, 0]
    # Due when the profile ends, it is that loan.
    np.testing.assert_array_equal(hard_mini_perm(100, 0.1, 4, 4).debt_service, schedule(100, 0.1, 4).debt_service)


def test_a_soft_mini_perm_lives_on_the_cash() -> None:
    # 80 left after one of five parts of 100; then 11 %: 8.8 interest against 5 of cash adds 3.8 to the debt;
    # 83.8 with 9.218 takes 50 and leaves 43.018; 60 repays 43.018 and its 4.73198.
    soft = soft_mini_perm(100, 0.1, 5, 1, [0, 5, 50, 60, 60], step_up=0.01, profile="straight")
    np.testing.assert_allclose(soft.schedule.closing, [80, 83.8, 43.018, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(soft.schedule.capitalised, [0, 3.8, 0, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(soft.schedule.debt_service, [30, 5, 50, 47.74998, 0], rtol=1e-12)
    # The profile had 20 a period: 40.782 and 43.018 of principal are 20.782 and 23.018 swept.
    np.testing.assert_allclose(soft.swept, [0, 0, 20.782, 23.018, 0], rtol=1e-12)
    assert int(soft.repaid) == 3
    # Without cash it is never repaid, and says so.
    never = soft_mini_perm(100, 0.1, 3, 1, [0, 0, -5], profile="straight")
    assert int(never.repaid) == -1
    assert float(never.schedule.closing[-1]) == pytest.approx(100 * 2 / 3 * 1.21)
    with pytest.raises(InputError, match="cfads"):
        soft_mini_perm(100, 0.1, 3, 1, [1, 2])
