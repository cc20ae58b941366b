"""Laws that several functions of the room keep: the haircut's, the critical ratio's, one scenario in a batch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.borrowing_base import borrowing_base
from xlmodel.collateral.concentration import concentration_excess
from xlmodel.collateral.crossed import cross_collateral, cross_default
from xlmodel.collateral.haircut import haircut
from xlmodel.collateral.ltv import critical_ltv, maximum_advance
from xlmodel.collateral.receivables import eligible_receivables
from xlmodel.collateral.recovery import Claim, absolute_priority, recovery

COUNT = 40
GROUPS = ["A"] * 20 + ["B"] * 15 + [None] * 5
SHARES = st.floats(0, 0.9)


def shared(money: Any, there: Any) -> list[Any]:
    ranks = [1] * 25 + [2] * 15
    claims = [Claim(str(i), money[..., i], 1 if i < 25 else None, 2) for i in range(COUNT)]
    return [absolute_priority(there, money, ranks).paid, recovery(there, claims, 100.0).paid]


def crossed(money: Any, there: Any) -> list[Any]:
    pledged = money * (there / 2000)[..., None]
    fallen = (money < 20).astype(float)
    return [cross_collateral(pledged, money, GROUPS).shortfall, cross_default(fallen, money, GROUPS, 80.0).in_default]


def pooled(money: Any, there: Any) -> list[Any]:
    book = eligible_receivables(money, GROUPS, {}, [], contra={"A": there / 10}, concentration_limit=0.3)
    limit = 0.2 + there * 0
    after = concentration_excess(money, limit, GROUPS, "eligible after exclusion")
    base = borrowing_base(money, 0, 0.85, there / 100, there, there / 2, GROUPS, limit)
    return [book.eligible, after.excess, base.eligible, base.availability]


@pytest.mark.parametrize("room", [shared, crossed, pooled])
def test_a_scenario_alone_is_the_same_to_the_last_bit(room: Callable[[Any, Any], list[Any]]) -> None:
    random = np.random.default_rng(7)
    money, there = random.uniform(0, 100, (60, COUNT)), random.uniform(0, 4000, 60)
    whole = room(money, there)
    for i in range(60):
        for batch, alone in zip(whole, room(money[i], there[i]), strict=True):
            assert np.array_equal(batch[i], alone)


def test_a_sum_that_only_rounding_lifts_over_a_threshold_spreads_nothing() -> None:
    # 0.1 + 0.2 is 0.30000000000000004 in binary, and 0.3 is borne.
    assert cross_default([1, 1, 0], [0.1, 0.2, 1], ["A"] * 3, [9, 9, 0.3]).in_default.tolist() == [True, True, False]


@given(units=st.floats(1, 1e5), decay=SHARES, months=st.floats(0.1, 24), more=st.floats(0, 24))
@settings(max_examples=80, deadline=None)
def test_a_wait_for_a_market_that_does_not_deepen_never_helps(
    units: float, decay: float, months: float, more: float
) -> None:
    # The square-root law does not depend on how long a sale takes, as long as it takes some time.
    terms = {"depth_law": "square_root", "annual_volatility": 0.8, "discount_eff": 0.1}
    quick = haircut(units, 1, months, decay, 500, **terms)
    slow = haircut(units, 1, months + more, decay, 500, **terms)
    assert float(slow.total) >= float(quick.total) - 1e-12


@given(
    units=st.floats(1, 1e4), each=st.floats(1, 1e5), decay=SHARES, months=st.floats(0, 24), worn=SHARES,
    selling=SHARES, removal=st.floats(0, 1e3), fixed=st.floats(0, 1e6),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_a_loan_at_the_critical_ratio_is_just_repaid(
    units: float, each: float, decay: float, months: float, worn: float, selling: float, removal: float, fixed: float
) -> None:
    sale = haircut(
        units, each, months, decay, 500, condition=worn, selling_pct=selling, cost_per_unit=removal, fixed_cost=fixed
    )
    loan = float(critical_ltv(sale.total)) * units * each
    assert loan == pytest.approx(float(sale.present_value), rel=1e-9, abs=1e-9 * units * each)


@given(losses=st.lists(st.floats(0, 1), min_size=1, max_size=30), confidence=st.floats(0.01, 1))
@settings(max_examples=80, deadline=None)
def test_the_maximum_advance_is_repaid_as_often_as_promised_and_no_higher_one_is(
    losses: list, confidence: float
) -> None:
    advance = float(maximum_advance(losses, confidence))
    kept = 1 - np.array(losses)
    assert np.mean(kept >= advance) >= confidence - 1e-12
    higher = kept[kept > advance]
    if higher.size:
        assert np.mean(kept >= higher.min()) < confidence + 1e-12
