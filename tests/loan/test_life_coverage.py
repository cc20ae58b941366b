"""Coverage of a balance, break-even and the two clocks, by hand and by law."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loan.strategies import RATES, cash, positive_cash
from xlmodel.errors import (
    ALWAYS_ABOVE,
    ALWAYS_BELOW,
    NO_BALANCE,
    NO_COLLATERAL_VALUE,
    NO_DEBT_SERVICE,
    NO_INTEREST,
    NO_REVENUE,
    NOTHING_TO_AVERAGE,
    InputError,
    reason,
)
from xlmodel.loan.breakeven import breakeven, breakeven_deflation, rental_breakeven, rental_breakeven_life
from xlmodel.loan.coverage import dscr, minimum
from xlmodel.loan.life_coverage import (
    contract_life_coverage,
    debt_yield,
    interest_cover,
    loan_life_coverage,
    present_values,
    project_life_coverage,
)
from xlmodel.loan.mismatch import duration_mismatch, half_lives, leverage_adjusted_gap, tail, underwater
from xlmodel.loan.schedule import schedule


def test_life_coverage_on_both_sides_of_a_date() -> None:
    # Cash 110, 121 at 10 %: worth 200 now and 110 a year on, against 150 and 80.
    assert loan_life_coverage([110, 121], [150, 80], 0.1).round(12).tolist() == [round(200 / 150, 12), 1.375]
    end = loan_life_coverage([110, 121], [80, 0], 0.1, date="end")
    assert end[0] == pytest.approx(1.375)
    assert reason(end[1]) is NO_BALANCE
    # Cash after maturity is a tail, not loan life; negative cash counts against it.
    assert loan_life_coverage([60, 60, 60], [100, 50], 0.0, maturity=2)[:2].tolist() == [1.2, 1.2]
    assert project_life_coverage([60, 60, 60, -9], [100, 50], 0.0, economic_life=3)[:2].tolist() == [1.8, 2.4]
    assert loan_life_coverage([60, -10], [100, 50], 0.0).tolist() == [0.5, -0.2]
    assert contract_life_coverage([60, 60, 60], [100, 50, 25], 0.0, 1).tolist() == [0.6, 0, 0]


def test_the_reserve_counts_in_the_way_the_agreement_says() -> None:
    # 130 of value on 100 of debt with 10 in reserve: 1.30, 1.40, 130/90.
    ratios = [float(loan_life_coverage(130, 100, 0, 10, how)[0]) for how in ("none", "numerator", "net_debt")]
    assert ratios == [1.3, 1.4, 130 / 90]
    assert reason(loan_life_coverage(130, 100, 0, 100, "net_debt")[0]) is NO_BALANCE
    with pytest.raises(InputError, match="dsra_treatment"):
        loan_life_coverage(130, 100, 0, 10, "both")
    with pytest.raises(InputError, match="date"):
        loan_life_coverage(130, 100, 0, date="noon")
    with pytest.raises(InputError, match="balance has 2 dates"):
        loan_life_coverage(130, [100, 50], 0)


@settings(max_examples=80, deadline=None)
@given(cash(), RATES, st.sampled_from(["level", "straight", "bullet"]), st.floats(1, 1e6))
def test_the_last_life_coverage_is_the_last_service_coverage(
    flows: np.ndarray, rate: float, profile: str, size: float
) -> None:
    loan = schedule(size, rate, flows.size, profile)
    life = loan_life_coverage(flows, loan.opening, rate)
    last = dscr(flows, loan.debt_service)[-1]
    assert life[-1] == pytest.approx(last, rel=1e-9, abs=1e-12)
    # The same dates seen from the other side, and a tail that pays adds to it.
    np.testing.assert_array_equal(loan_life_coverage(flows, loan.closing, rate, date="end")[:-1], life[1:])
    longer = project_life_coverage(np.append(flows, [1.0, 2.0]), loan.opening, rate)[: flows.size]
    assert (longer >= life - 1e-12 * np.abs(life)).all()
    # Ratios are free of units, and alike alone and in a batch.
    assert loan_life_coverage(2 * flows, 2 * loan.opening, rate).tobytes() == life.tobytes()
    batch = loan_life_coverage(np.stack([flows - 1, flows]), loan.opening, rate)
    assert batch[1].tobytes() == life.tobytes()


def test_interest_cover_and_debt_yield() -> None:
    # Case A's first quarter: 3.5006 m on 0.84 m of interest and 28 m of debt.
    assert round(float(interest_cover(3500595.889, 840000)), 6) == 4.167376
    assert round(float(debt_yield(3500595.889, 28e6)), 6) == 0.500085
    assert reason(float(interest_cover(5, 0))) is NO_INTEREST
    assert reason(float(debt_yield(5, 0))) is NO_BALANCE


def test_rental_breakeven_by_hand() -> None:
    # (60 + 20)/100, (60 + 20)/64, no revenue, no service.
    rent = rental_breakeven([60, 60, 60, 0], [20] * 4, [100, 64, 0, 50])
    assert rent.multiplier[:2].tolist() == [0.8, 1.25]
    assert reason(rent.multiplier[2]) is NO_REVENUE
    assert reason(rent.multiplier[3]) is NO_DEBT_SERVICE
    assert rent.headroom[:2].round(12).tolist() == [0.2, -0.25]
    assert (float(rent.binding), int(rent.period)) == (1.25, 1)
    nothing = rental_breakeven([0.0], [1.0], [1.0])
    assert (reason(float(nothing.binding)), int(nothing.period)) == (NO_DEBT_SERVICE, -1)
    # At 1.5x: (90 + 20)/100.
    assert float(rental_breakeven(60, 20, 100, 1.5).binding) == 1.1
    # Over the life at 0 %: (100 + 40)/(100 + 64 + 0 + ...).
    assert float(rental_breakeven_life(100, [20, 20], [100, 40], 0.0)) == 1.0
    assert float(rental_breakeven_life(100, [20, 20], [100, 40], 0.0, 1.1)) == pytest.approx(150 / 140)
    assert reason(float(rental_breakeven_life(100, [20], [0], 0.0))) is NO_REVENUE


@settings(max_examples=60, deadline=None)
@given(positive_cash(most=16), st.floats(0, 20), st.floats(1, 150))
def test_at_the_breakeven_rent_the_worst_period_just_pays(revenue: np.ndarray, opex: float, due: float) -> None:
    rent = rental_breakeven(np.full(revenue.size, due), opex, revenue)
    ratio = dscr(revenue * float(rent.binding) - opex, due)
    assert float(minimum(ratio).value) == pytest.approx(1, rel=1e-9, abs=1e-9 * (1 + opex / due))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 16), st.floats(50, 200), st.floats(0, 20), st.floats(1, 100), st.floats(1, 1.4))
def test_both_routes_to_the_breakeven_deflation_agree(
    n: int, revenue: float, opex: float, due: float, target: float
) -> None:
    years = (np.arange(n) + 0.5) / 4
    closed = breakeven_deflation(np.full(n, revenue), years, opex, np.full(n, due), target)

    def lowest(d: np.ndarray) -> np.ndarray:
        return minimum(dscr(revenue * (1 - d)[..., None] ** years - opex, due)).value

    solved = breakeven(lowest, target)
    assert reason(float(closed)) is reason(float(solved))
    np.testing.assert_allclose(solved, closed, rtol=0, atol=1e-11)
    if reason(float(closed)) is None:
        assert float(lowest(closed)) == pytest.approx(target, rel=1e-9)


def test_breakeven_says_why_there_is_none() -> None:
    years = [0.125, 0.375]
    assert reason(float(breakeven_deflation([100, 100], years, 10, [1e6, 1e6]))) is ALWAYS_BELOW
    assert reason(float(breakeven_deflation([100, 100], years, 0, [0.01, 0.01]))) is ALWAYS_ABOVE
    assert reason(float(breakeven_deflation([100, 100], years, 10, [0, 0]))) is NO_DEBT_SERVICE
    assert reason(float(breakeven_deflation([0, 100], years, 10, [5, 5]))) is ALWAYS_BELOW
    # Rent read on the day of closing does not move; the first period decides nothing or everything.
    assert reason(float(breakeven_deflation([100, 100], [0, 1], 10, [95, 5]))) is ALWAYS_BELOW
    assert float(breakeven_deflation([100, 100], [0, 1], 10, [90, 40])) == pytest.approx(0.5)
    # A deal that needs rising rent: 121 needed of 100 after a year.
    assert float(breakeven_deflation([100], [1], 21, [100])) == pytest.approx(-0.21)
    assert reason(float(breakeven(lambda d: 0 * d + 0.5))) is ALWAYS_BELOW
    assert reason(float(breakeven(lambda d: 0 * d + 1.5))) is ALWAYS_ABOVE
    assert reason(float(breakeven(lambda d: 0 * d + NO_DEBT_SERVICE.nan))) is NO_DEBT_SERVICE
    with pytest.raises(InputError, match="search"):
        breakeven(lambda d: 1 - d, search=(0.5, 0.5))
    # A batch: 2(1-d) meets 1, 1.5 and 0.001 at 0.5, 0.25 and beyond.
    answers = breakeven(lambda d: 2 * (1 - d), [1.0, 1.5, 0.001])
    assert answers[:2].round(12).tolist() == [0.5, 0.25]
    assert reason(answers[2]) is ALWAYS_ABOVE


def test_the_tail_of_a_loan() -> None:
    left = tail([60, 30, 10, -5], 0.0, 2, economic_life=3)
    assert (float(left.periods), float(left.share)) == (1.0, pytest.approx(0.1))
    # A loan that outlives its asset has no tail.
    late = tail([60, 30, 10], 0.0, 5)
    assert (float(late.periods), float(late.share)) == (-2.0, 0.0)
    assert reason(float(tail([-5, -5], 0.0, 1).share)) is NOTHING_TO_AVERAGE


def test_the_clocks_by_hand() -> None:
    # Principal 0, 100 after two years; cash 60, 40 lives 1.4 years at 0 %.
    gap = duration_mismatch([0, 100], [0, 100], [60, 40], 0.0, frequency=1)
    assert (float(gap.average_life), float(gap.debt), float(gap.asset)) == (2, 2, 1.4)
    assert float(gap.mismatch) == pytest.approx(0.6)
    assert reason(float(duration_mismatch([100], [100], [-5], 0.0).mismatch)) is NOTHING_TO_AVERAGE
    # 2 years on 80 % leverage less 1.4 years.
    assert float(leverage_adjusted_gap(2.0, 1.4, 80, 100)) == pytest.approx(0.2)
    assert reason(float(leverage_adjusted_gap(2.0, 1.4, 80, 0))) is NO_COLLATERAL_VALUE
    # Ten years on a half-life of eighteen months.
    passed = half_lives(10, 1.5)
    assert (round(float(passed.count), 6), round(float(passed.residual_share), 8)) == (6.666667, 0.00984313)


def test_underwater_dates() -> None:
    deal = underwater([80, 60, 30, 0], [100, 50, 20, 0])
    assert (int(deal.first), float(deal.worst), int(deal.worst_at)) == (1, 1.5, 2)
    assert deal.ratio.tolist() == [0.8, 1.2, 1.5, 0.0]
    # Equality is not underwater; a balance on nothing is, without a ratio.
    assert int(underwater([50, 10], [50, 10]).first) == -1
    bare = underwater([50, 10], [100, -1])
    assert int(bare.first) == 1
    assert reason(bare.ratio[1]) is NO_COLLATERAL_VALUE
    assert (float(bare.worst), int(bare.worst_at)) == (0.5, 0)
    assert int(underwater([50.0], [0.0]).worst_at) == -1


def test_present_values_stop_where_they_are_told() -> None:
    assert present_values([10, 10, 10], 0.0, [1, 3])[:, 0].tolist() == [10, 30]
    assert present_values([10, 10, 10], 0.0, 0).tolist() == [0, 0, 0]
    # Rates by period: 10/1.1 + 12/(1.1*1.2).
    assert float(present_values([10, 12], [0.1, 0.2])[0]) == pytest.approx(10 / 1.1 + 12 / 1.32)
