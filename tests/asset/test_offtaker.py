"""The customer: survival from a rating, guarantor, credits, termination, and a guaranteed residual, by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.asset.offtaker import guaranteed_survival, rated_survival, service_credits, terminated
from xlmodel.asset.residual import residual_guarantee
from xlmodel.errors import InputError, RangeError

TABLE = {"A": [0.0, 0.01], "B": [0.05, 0.145]}


def test_survival_of_a_rating() -> None:
    # B: 95 % after a year; of these 90 % after another (1 - 0.145 = 0.855); half a year at a constant hazard is the
    # root; the last hazard goes on: 0.855 * 0.9.
    path = rated_survival("b", TABLE, 6, frequency=2)
    assert path.tolist() == pytest.approx([0.95**0.5, 0.95, 0.95 * 0.9**0.5, 0.855, 0.855 * 0.9**0.5, 0.855 * 0.9])
    assert rated_survival("A", TABLE, 1, 1).tolist() == [1.0]
    with pytest.raises(InputError, match="rating"):
        rated_survival("CC", TABLE, 4)
    with pytest.raises(InputError, match="fall"):
        rated_survival("A", {"A": [0.02, 0.01]}, 4)
    with pytest.raises(RangeError, match="default rates"):
        rated_survival("D", {"D": [1.0]}, 4)


@settings(max_examples=80, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_guarantor_never_harms_and_never_beats_certainty(own: float, other: float, theta: float) -> None:
    both = float(guaranteed_survival(own, other, theta))
    assert max(own, other) - 1e-12 <= both <= 1
    assert both <= float(guaranteed_survival(own, other)) + 1e-12


def test_credits_are_capped() -> None:
    bands = [(0.99, 0.1), (0.95, 0.3)]
    assert service_credits([100, 200], [0.94, 0.99], bands, cap=0.25).tolist() == [25, 0]
    assert service_credits(100, 0.5, []).tolist() == 0
    with pytest.raises(InputError, match="fall"):
        service_credits(1, 1, [(0.9, 0.1), (0.95, 0.2)])


def test_a_termination_sets_the_prepayment_off() -> None:
    # After period 1: 5 owed by the customer, 8 prepaid: nothing is claimed and 3 go back.
    back = terminated([10, 10], 1, schedule=[5, 0], prepaid=[8, 4])
    assert (back.claim.tolist(), back.refund.tolist()) == ([0, 0], [3, 0])
    # Two and a half periods of downtime, so the third is half let.
    ended = terminated([10] * 5, 1, merchant=[4, 4, 4, 4, 6], downtime_periods=2.5)
    assert ended.revenue.tolist() == [10, 0, 0, 2, 6]
    last = terminated([10, 10], 2, schedule=7, recovery=[1.0, 0.0], letter_of_credit=2)
    assert last.proceeds.tolist() == [[0, 7], [0, 2]]
    assert last.revenue.tolist() == [[10, 10], [10, 10]]
    with pytest.raises(RangeError, match="period"):
        terminated([10], 2)


def test_a_residual_guarantee_by_hand() -> None:
    # 95 % of the fleet is covered: 0.95 * 40 = 38, less 3, at most 30; the guarantor stands in 80 %, else a quarter.
    kept = residual_guarantee(60, 100, 0.8, 0.25, excluded=0.05, deductible=3, cap=30)
    assert (float(kept.claim), float(kept.expected)) == (30, pytest.approx(30 * 0.85))
    assert float(residual_guarantee(120, 100).claim) == 0
    # At half the floor a wrong-way exponent of 1 squares the survival.
    wrong = residual_guarantee(50, 100, 0.8, wrong_way=1)
    assert float(wrong.expected) == pytest.approx(50 * 0.64)
    assert float(residual_guarantee(0, 100, 0.8, wrong_way=1).expected) == 0
    assert float(residual_guarantee(0, 100, 1.0, wrong_way=1).expected) == 100
    assert residual_guarantee([60, 0], [100, 0], wrong_way=2).value.tolist() == [100, 0]


@settings(max_examples=80, deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 5))
def test_a_guarantee_adds_at_most_what_is_missing(
    value: float, floor: float, survival: float, recovery: float, excluded: float, beta: float
) -> None:
    kept = residual_guarantee(value, floor, survival, recovery, excluded, wrong_way=beta)
    assert 0 <= float(kept.expected) <= float(kept.claim) * (1 + 1e-12)
    assert float(kept.value) <= max(value, floor) * (1 + 1e-12)
    assert np.isfinite(float(kept.value))
