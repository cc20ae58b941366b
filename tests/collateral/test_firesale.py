"""Fire sales: against enumeration, in any order, and monotone in what starts them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.firesale import fire_sale, leverage_targeting
from xlmodel.errors import InputError

LENDER = st.tuples(st.floats(1, 200), st.floats(0.3, 1.2), st.floats(0.5, 1.0))
LENDERS = st.lists(LENDER, min_size=1, max_size=5)


def _columns(lenders: list[tuple[float, float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    units, ratio, trigger = np.array(lenders).T
    return units, ratio * units, trigger


@given(lenders=LENDERS, shock=st.floats(0, 0.5), depth=st.floats(20, 2000))
@settings(max_examples=80, deadline=None)
def test_it_ends_at_the_best_price_that_agrees_with_itself(lenders: list, shock: float, depth: float) -> None:
    units, balance, trigger = _columns(lenders)
    end = fire_sale(1.0, shock, depth, units, balance, trigger)
    best = 0.0
    for sellers in product([False, True], repeat=len(units)):
        price = (1 - shock) * np.exp(-units[list(sellers)].sum() / depth)
        # Strictly above, with the tolerance every covenant has.
        if np.array_equal(balance / (price * units) > trigger * (1 + 1e-12), sellers):
            best = max(best, price)
    assert float(end.price) == pytest.approx(best, rel=1e-9)
    assert int(end.rounds) <= len(units)


@given(lenders=LENDERS, shock=st.floats(0, 0.5), more=st.floats(0, 0.4), depth=st.floats(20, 2000))
@settings(max_examples=60, deadline=None)
def test_a_larger_shock_never_ends_at_a_higher_price(lenders: list, shock: float, more: float, depth: float) -> None:
    units, balance, trigger = _columns(lenders)
    two = fire_sale(1.0, [shock, shock + more], depth, units, balance, trigger)
    assert two.price[1] <= two.price[0] * (1 + 1e-12)
    assert np.all(two.sold[1] >= two.sold[0])


@given(lenders=LENDERS, shock=st.floats(0, 0.5), depth=st.floats(20, 2000), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_lenders_does_not_matter(lenders: list, shock: float, depth: float, seed: int) -> None:
    units, balance, trigger = _columns(lenders)
    order = np.random.default_rng(seed).permutation(len(units))
    one = fire_sale(1.0, shock, depth, units, balance, trigger)
    other = fire_sale(1.0, shock, depth, units[order], balance[order], trigger[order])
    assert float(one.price) == pytest.approx(float(other.price), rel=1e-12)
    assert one.sellers[order].tolist() == other.sellers.tolist()


@given(lenders=LENDERS, shock=st.floats(0, 0.5), depth=st.floats(20, 2000))
@settings(max_examples=60, deadline=None)
def test_partial_sellers_restore_their_target_and_hurt_less(lenders: list, shock: float, depth: float) -> None:
    units, balance, trigger = _columns(lenders)
    target = 0.8 * trigger
    part = fire_sale(1.0, shock, depth, units, balance, trigger, target)
    full = fire_sale(1.0, shock, depth, units, balance, trigger)
    price = float(part.price)
    assert price >= float(full.price) * (1 - 1e-9)
    left, owed = units - part.sold, balance - part.sold * price
    some = part.sellers & (left > 1e-6 * units)
    assert owed[some] == pytest.approx((target * left * price)[some], rel=1e-6, abs=1e-6)
    # Nobody who holds still is above its trigger.
    assert np.all((balance <= trigger * price * units * (1 + 1e-9)) | part.sellers)


def test_one_partial_sale_by_hand() -> None:
    # A market too deep to move: 90 on 100 units at 1 is above 80 %; down to 60 % it sells (90 - 60) / 0.4 = 75.
    end = fire_sale(1.0, 0.0, 1e15, [100], [90], 0.8, 0.6)
    assert end.sold == pytest.approx([75])
    assert float(end.price) == pytest.approx(1)


def test_a_lender_without_collateral_has_nothing_to_sell() -> None:
    end = fire_sale(1.0, 0.1, 100, [0, 10], [50, 1], 0.8)
    assert end.sellers.tolist() == [False, False]
    assert end.loss.tolist() == [50, 0]
    assert int(end.rounds) == 0


def test_a_flood_of_units_leaves_a_price_that_is_a_number() -> None:
    end = fire_sale(1.0, 0.1, 1e-3, [1e6, 1e6], [9.5e5, 9e5], 0.9)
    assert 0 < float(end.price) < 1e-200
    assert end.sellers.all()


def test_leverage_that_would_sell_more_than_it_has_is_flagged() -> None:
    # 40 % down on 100 with 90 of debt on 10 of equity: sales of 100 * 9 * 0.4 = 360 against 60 left.
    assert bool(leverage_targeting([100], [10], -0.4, 1e-4).exceeds_holdings)
    assert not bool(leverage_targeting([100], [50], -0.1, 1e-4).exceeds_holdings)
    calm = leverage_targeting([100, 50], [10, 50], [0.0, -0.1], 1e-3)
    # 100 * 9 * 0.1 = 90 sold, 9 % of price, on 150 of assets over 60 of equity: 0.225.
    assert calm.aggregate_vulnerability == pytest.approx([0, 0.225])


def test_refusals() -> None:
    with pytest.raises(InputError, match="target_ltv must be at most trigger_ltv"):
        fire_sale(1.0, 0.1, 100, [10], [5], 0.5, 0.6)
    with pytest.raises(InputError, match="equity must be at most assets"):
        leverage_targeting([10], [20], -0.1, 0.0)
    with pytest.raises(InputError, match="units 3, balance 2"):
        fire_sale(1.0, 0.1, 100, [1, 2, 3], [1, 2], 0.5)
