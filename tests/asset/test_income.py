"""Income value, abandonment and the shutdown option against quadrature, enumeration and hand arithmetic."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from xlmodel.asset.abandonment import abandonment_value, economic_life_periods
from xlmodel.asset.income import economic_life, income_value, shutdown_option
from xlmodel.errors import NO_RENT_DECLINE, OUTLIVES_PERIODS, InputError, RangeError, reason

laws = settings(max_examples=60, deadline=None)
CASE_A = {"rent": 2.4, "usage": 0.85, "cash_cost": 0.3526, "deflation_eff": 0.3}
PATH = [5, 3, 1, -0.5, -0.2, 2, 4, 5, 5, 4]


def test_life_of_case_a() -> None:
    # ln(2.04 / 0.3526) / 0.356675
    assert float(economic_life(**CASE_A)) == pytest.approx(4.921486, abs=1e-6)


def test_life_at_its_edges() -> None:
    assert float(economic_life(0.4, 0.85, 0.3526, 0.3)) == 0
    assert float(economic_life(0.4, 0.85, 0.3526, -0.3)) == 0
    for endless in (economic_life(2.4, 1, 0.3, 0), economic_life(2.4, 1, 0.3, -0.1), economic_life(2.4, 1, 0, 0.3)):
        assert reason(float(endless)) is NO_RENT_DECLINE
    assert economic_life(2.4, 1, [0.3, 0], [-0.1, 0.3], horizon_years=6).tolist() == [6, 6]


def test_value_of_case_a_and_a_year_later() -> None:
    value = income_value(**CASE_A, discount_eff=0.12, as_of_years=[0, 1, 4.9, 5, 9])
    assert value[:2] == pytest.approx([22_607.91, 12_622.29], abs=0.006)
    assert value[2] > 0
    assert value[3:].tolist() == [0, 0]


def test_forced_running_costs_what_the_loss_years_cost() -> None:
    forced = income_value(**CASE_A, discount_eff=0.12, horizon_years=6, abandonment=False)
    assert float(forced) == pytest.approx(22_308.78, abs=0.006)
    free = income_value(**CASE_A, discount_eff=0.12, horizon_years=6)
    assert float(free) == pytest.approx(22_607.91, abs=0.006)
    with pytest.raises(InputError, match="horizon_years is missing"):
        income_value(**CASE_A, discount_eff=0.12, abandonment=False)


def test_every_limit() -> None:
    # Flat rent, no discount: 8,760 (2.04 - 0.3526) 3.
    flat = income_value(2.4, 0.85, 0.3526, 0, 0, horizon_years=3)
    assert float(flat) == pytest.approx(8760 * 1.6874 * 3, rel=1e-12)
    # Rent rises as fast as it is discounted, rho + pi = 0: 8,760 (2.04 x 3 - 0.3526 (1 - 1.1^-3) / ln 1.1).
    matched = income_value(2.4, 0.85, 0.3526, -0.1, 0.1, horizon_years=3)
    annuity = (1 - 1.1**-3) / math.log(1.1)
    assert float(matched) == pytest.approx(8760 * (2.04 * 3 - 0.3526 * annuity), rel=1e-12)
    assert reason(float(income_value(2.4, 0.85, 0.3526, 0, 0.12))) is NO_RENT_DECLINE


def test_out_of_the_money_is_salvage() -> None:
    assert float(income_value(0.4, 0.85, 0.3526, 0.3, 0.12)) == 0
    assert float(income_value(0.4, 0.85, 0.3526, 0.3, 0.12, salvage=500)) == 500
    # Two years of halving salvage.
    late = income_value(0.4, 0.85, 0.3526, 0.3, 0.12, as_of_years=2, salvage=500, salvage_decline_eff=0.5)
    assert float(late) == pytest.approx(125)


def test_salvage_is_sold_at_the_end_of_the_life() -> None:
    plain, sold = (float(income_value(**CASE_A, discount_eff=0.12, salvage=s)) for s in (0, 1000))
    assert sold - plain == pytest.approx(1000 * 1.12**-4.921486206712686, rel=1e-10)


def test_rising_rent_from_below_the_cost_is_worth_waiting_for() -> None:
    # 0.3 rising 50 % a year against 0.4: 0.3 (1.5^4 - 1) / ln 1.5 - 1.6 an hour, against nothing at all.
    value = income_value(0.3, 1, 0.4, -0.5, 0, horizon_years=4, hours_per_year=1)
    assert float(value) == pytest.approx(0.3 * (1.5**4 - 1) / math.log(1.5) - 1.6, rel=1e-12)
    assert float(income_value(0.3, 1, 0.4, -0.5, 0, horizon_years=0.5, hours_per_year=1)) == 0
    assert reason(float(income_value(0.3, 1, 0.4, -0.5, 0))) is NO_RENT_DECLINE


@laws
@given(
    st.floats(0.1, 10), st.floats(0, 1), st.floats(0.01, 3), st.floats(0.01, 0.9), st.floats(-0.05, 1), st.floats(0, 4)
)
def test_value_is_the_integral_of_positive_net_rental(
    rent: float, usage: float, cost: float, deflation: float, discount: float, as_of: float
) -> None:
    def flow(t: float) -> float:
        return 8760 * max(usage * rent * (1 - deflation) ** t - cost, 0) * (1 + discount) ** (as_of - t)

    life = float(economic_life(rent, usage, cost, deflation))
    area = quad(flow, as_of, life)[0] if life > as_of else 0.0
    value = float(income_value(rent, usage, cost, deflation, discount, as_of))
    assert value == pytest.approx(area, rel=1e-7, abs=1e-6)


@laws
@given(
    st.floats(0.5, 5),
    st.floats(0.1, 1),
    st.floats(0.05, 1),
    st.floats(0.05, 0.8),
    st.floats(0, 0.5),
    st.floats(0, 5000),
)
def test_value_moves_the_right_way_and_holds_salvage(
    rent: float, usage: float, cost: float, deflation: float, discount: float, salvage: float
) -> None:
    def value(**change: float) -> float:
        inputs = {
            "rent": rent,
            "usage": usage,
            "cash_cost": cost,
            "deflation_eff": deflation,
            "discount_eff": discount,
            "salvage": 0.0,
        }
        return float(income_value(**{**inputs, **change}))

    base = value()
    assert value(rent=rent * 1.1) >= base
    assert value(usage=usage * 0.9) <= base
    assert value(cash_cost=cost * 1.1) <= base
    assert value(deflation_eff=deflation * 1.1) <= base * (1 + 1e-12)
    assert value(discount_eff=discount + 0.05) <= base * (1 + 1e-12)
    assert value(salvage=salvage) >= salvage


def test_trough_is_worth_passing_through() -> None:
    best = abandonment_value(PATH, 0.03)
    # 5/1.03 + 3/1.03^2 + ... + 4/1.03^10 = 23.66; stopping before the first loss is worth 8.60.
    assert float(best.value[0]) == pytest.approx(23.66, abs=0.005)
    assert float(best.stop_period) == 11
    assert sum(c / 1.03**k for k, c in enumerate(PATH[:3], 1)) == pytest.approx(8.60, abs=0.005)


@laws
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=8), st.floats(0, 0.5), st.floats(0, 20))
def test_stopping_is_the_best_of_all_stopping_dates(cash: list[float], rate: float, salvage: float) -> None:
    worth = [
        sum(c / (1 + rate) ** k for k, c in enumerate(cash[:n], 1)) + salvage / (1 + rate) ** n
        for n in range(len(cash) + 1)
    ]
    best = abandonment_value(cash, rate, salvage)
    assert float(best.value[0]) == pytest.approx(max(worth), rel=1e-9, abs=1e-9)
    assert worth[int(best.stop_period) - 1] == pytest.approx(max(worth), rel=1e-9, abs=1e-9)


@laws
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=6), st.floats(0, 0.5), st.floats(0, 3))
def test_idling_is_the_best_of_all_plans(cash: list[float], rate: float, idle: float) -> None:
    def worth(plan: tuple[str, ...]) -> float:
        total = 0.0
        for k, choice in enumerate(plan, 1):
            if choice == "stop":
                break
            total += (cash[k - 1] if choice == "run" else -idle) / (1 + rate) ** k
        return total

    most = max(worth(plan) for plan in itertools.product(("run", "idle", "stop"), repeat=len(cash)))
    best = abandonment_value(cash, rate, idle_cost=idle)
    assert float(best.value[0]) == pytest.approx(max(most, 0), rel=1e-9, abs=1e-9)


def test_idle_periods_are_named() -> None:
    # Running through the trough costs 4 and 3, idling 1 and 1.
    best = abandonment_value([5, -4, -3, 9, -1], 0, idle_cost=1)
    assert best.idle.tolist() == [False, True, True, False, False]
    assert float(best.value[0]) == 5 - 1 - 1 + 9
    assert float(best.stop_period) == 5


def test_contract_that_binds_counts_the_losses() -> None:
    assert abandonment_value([1, -2, -2], 0, bound_periods=[0, 2, 3]).value[:, 0].tolist() == [1, -1, -3]


def test_salvage_path_and_rate_path() -> None:
    # Worth 10 today, 8 in a year: earning 3 and selling brings 11 / 1.1 = 10, a tie, so it is sold today.
    sale = abandonment_value([3], [0.1], [10, 8])
    assert float(sale.stop_period) == 1
    assert float(abandonment_value([3, 3], [0.1, 0.2], [0, 0, 12]).value[0]) == pytest.approx((3 + 15 / 1.2) / 1.1)


def test_life_in_periods() -> None:
    assert float(economic_life_periods([3, 2, 1, 0, -1])) == 4
    assert float(economic_life_periods([-1, 0])) == 1
    # A trough worth passing through is no end: the last period is.
    assert float(economic_life_periods([3, -1, 2, -1])) == 4
    assert reason(float(economic_life_periods([3, 2]))) is OUTLIVES_PERIODS


def test_abandonment_refusals() -> None:
    with pytest.raises(InputError, match="salvage must hold 1 number or 4"):
        abandonment_value([1, 2, 3], 0.1, [1, 2, 3])
    with pytest.raises(RangeError, match="rate must be greater than -1"):
        abandonment_value([1, 2, 3], -1)
    with pytest.raises(RangeError, match="idle_cost must be at least 0"):
        abandonment_value([1, 2, 3], 0, idle_cost=-1)


def test_batch_of_machines() -> None:
    together = abandonment_value([PATH, PATH[::-1]], [[0.03], [0.05]], [[1.0], [2.0]], 0.1, [0, 2])
    alone = abandonment_value(PATH[::-1], 0.05, 2.0, 0.1, 2)
    assert together.value[1].tolist() == alone.value.tolist()


@laws
@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(-0.5, 0.8), st.floats(0.05, 1.5), st.floats(0.1, 6))
def test_shutdown_option_is_the_integral(
    usage_rent: float, cost: float, deflation: float, vol: float, t: float
) -> None:
    mean, spread = usage_rent * (1 - deflation) ** t, vol * math.sqrt(t)

    def density(z: float) -> float:
        rent = mean * math.exp(spread * z - spread**2 / 2)
        return max(rent - cost, 0) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    kink = (math.log(cost / mean) + spread**2 / 2) / spread
    top = max(kink, spread) + 12
    area = quad(density, max(kink, -12), top)[0]
    value = float(shutdown_option(usage_rent, cost, deflation, vol, t))
    assert value == pytest.approx(area, rel=1e-6, abs=1e-9)
    assert value >= max(mean - cost, 0) - 1e-12


def test_shutdown_option_limits() -> None:
    # 2.04 x 0.7^4 = 0.489804
    assert float(shutdown_option(2.04, 0.3526, 0.3, 0, 4)) == pytest.approx(0.489804 - 0.3526)
    assert float(shutdown_option(2.04, 0.3526, 0.3, 0.5, 0)) == pytest.approx(2.04 - 0.3526)
    assert float(shutdown_option(2.04, 0, 0.3, 0.5, 4)) == pytest.approx(0.489804)
    assert float(shutdown_option(0, 0.3526, 0.3, 0.5, 4)) == 0


def test_falling_cash_agrees_with_the_first_loss() -> None:
    cash = 1000 * 2190 * (0.85 * 2.4 * 0.7 ** ((np.arange(40) + 0.5) / 4) - 0.3526)
    first = int(np.argmax(cash <= 0)) + 1
    best = abandonment_value(cash, 0.03)
    assert int(best.stop_period) == first == 21
    assert float(best.value[0]) == pytest.approx(float((cash[:20] / 1.03 ** np.arange(1, 21)).sum()), rel=1e-12)
