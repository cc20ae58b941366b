"""Lenders with several kinds of hardware: by hand, against the cascade of one kind, and what no market may do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.firesale import fire_sale
from xlmodel.collateral.simultaneous import simultaneous_sale
from xlmodel.errors import NO_BALANCE, InputError, reason

AMOUNT = st.floats(0, 1000)
LENDER = st.tuples(AMOUNT, AMOUNT, st.floats(0, 5e4), st.floats(0.5, 1.1))


def test_by_hand() -> None:
    # 80 e^-0.6 600 = 26,343 and 80 e^-0.5 500 + 50 e^-0.4 400 = 37,667; together 80 e^-1.1 in place of the first.
    end = simultaneous_sale([100, 50], [1000, 1000], [[600, 0], [500, 400]], [50_000, 45_000], 0.9, [0.2, 0])
    other = 50 * math.exp(-0.4) * 400
    assert end.alone == pytest.approx([80 * math.exp(-0.6) * 600, 80 * math.exp(-0.5) * 500 + other])
    assert end.together == pytest.approx([80 * math.exp(-1.1) * 600, 80 * math.exp(-1.1) * 500 + other])
    # 50,000 > 0.9 x 48,000 at once; then 45,000 > 0.9 x (80 e^-0.6 500 + 20,000), which at 80 it was not.
    assert (end.sellers.tolist(), int(end.rounds)) == ([True, True], 2)
    assert end.cascade == pytest.approx(end.together)
    assert end.recovery_together == pytest.approx(end.together / [50_000, 45_000])


def test_who_holds_on_is_marked_at_the_price_of_the_end() -> None:
    end = simultaneous_sale(10, 100, [[50], [50]], [600, 100], 0.9, selling_pct=0.1, cost_per_unit=1, fixed_cost=20)
    price = 10 * math.exp(-0.5)
    assert end.cascade == pytest.approx([50 * price * 0.9 - 50 - 20, 50 * price])
    assert end.recovery_cascade[1] == 1


def test_what_weighs_on_another_kind() -> None:
    # Half of each unit of the second kind weighs on the first.
    end = simultaneous_sale([10, 4], 100, [[50, 0], [0, 30]], [1, 1], 1, substitution=[[1, 0.5], [0, 1]])
    assert end.together == pytest.approx([50 * 10 * math.exp(-0.65), 30 * 4 * math.exp(-0.3)])
    assert end.alone == pytest.approx([50 * 10 * math.exp(-0.5), 30 * 4 * math.exp(-0.3)])


def test_nothing_pledged_and_nothing_owed() -> None:
    end = simultaneous_sale(10, 100, [[0], [5]], [7, 0], 0.5, fixed_cost=1)
    assert end.alone[0] == 0
    assert not end.sellers.any()
    assert float(end.recovery_alone[0]) == 0
    assert reason(float(end.recovery_alone[1])) is NO_BALANCE


@given(lenders=st.lists(LENDER, min_size=1, max_size=5), shock=st.floats(0, 0.5), depth=st.floats(50, 5000))
@settings(max_examples=60, deadline=None)
def test_one_kind_is_the_cascade_of_one_kind(lenders: list, shock: float, depth: float) -> None:
    units, _, balance, trigger = (np.array(column) for column in zip(*lenders, strict=True))
    end = simultaneous_sale(50, depth, units[:, None], balance, trigger, shock)
    known = fire_sale(50, shock, depth, units, balance, trigger)
    assert float(end.price[0]) == pytest.approx(float(known.price), rel=1e-12)
    assert end.sellers.tolist() == known.sellers.tolist()
    assert int(end.rounds) == int(known.rounds)


@given(
    lenders=st.lists(LENDER, min_size=1, max_size=5), shock=st.floats(0, 0.5), more=st.floats(0, 0.4),
    cross=st.floats(0, 1), seed=st.integers(0, 2**32 - 1),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_what_no_market_breaks(lenders: list, shock: float, more: float, cross: float, seed: int) -> None:
    one, two, balance, trigger = (np.array(column) for column in zip(*lenders, strict=True))
    units, table = np.stack([one, two], axis=-1), [[1, cross], [cross, 1]]
    shocks = [[shock, shock], [shock + more, shock]]
    end = simultaneous_sale([50, 20], [400, 900], units, balance, trigger, shocks, substitution=table)
    tiny = 1e-9 * (1 + end.alone)
    assert np.all(end.together <= end.alone + tiny)
    assert np.all(end.together <= end.cascade + tiny)
    # A larger shock drives more to sell and leaves no higher price.
    assert np.all(end.sellers[1] >= end.sellers[0])
    assert np.all(end.price[1] <= end.price[0] * (1 + 1e-12))
    assert np.all(end.rounds <= len(lenders))
    # The order of the lenders decides nothing, and a market in a batch is the market alone.
    order = np.random.default_rng(seed).permutation(len(lenders))
    turned = simultaneous_sale(
        [50, 20], [400, 900], units[order], balance[order], trigger[order], shocks[0], substitution=table
    )
    assert turned.sellers.tolist() == end.sellers[0][order].tolist()
    assert turned.alone == pytest.approx(end.alone[0][order])
    single = simultaneous_sale([50, 20], [400, 900], units, balance, trigger, shocks[0], substitution=table)
    assert single.cascade.tolist() == end.cascade[0].tolist()


def test_refusals() -> None:
    with pytest.raises(InputError, match="substitution must be a table of 2 x 2 kinds, got 2"):
        simultaneous_sale([1, 2], 1, [[1, 1]], 1, 1, substitution=[1, 1])
    with pytest.raises(InputError, match="substitution must be 1 on its diagonal"):
        simultaneous_sale([1, 2], 1, [[1, 1]], 1, 1, substitution=[[1, 0], [0, 0.5]])
    with pytest.raises(InputError, match="the ranges do not fit together"):
        simultaneous_sale([1, 2, 3], 1, [[1, 1]], 1, 1)
