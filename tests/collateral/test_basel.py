"""Regulatory haircuts: edges and the two square roots side by side."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral import basel
from xlmodel.collateral.composition import composed
from xlmodel.errors import NO_BALANCE, RangeError, reason


def test_collateral_never_counts_for_less_than_nothing() -> None:
    assert float(basel.exposure_after_mitigation(100, 80, 1.2, currency_haircut=0.08)) == 100
    assert float(basel.exposure_after_mitigation(50, 80, 0.2)) == 0


@given(h=st.floats(0, 0.5), t=st.floats(1, 60), n=st.floats(1, 60))
@settings(max_examples=60, deadline=None)
def test_the_two_square_roots_differ_but_meet(h: float, t: float, n: float) -> None:
    # Marking every N days is a holding period of T + N - 1 days instead of T.
    marked = float(basel.haircut_for_revaluation(h, t, n))
    assert marked == pytest.approx(float(basel.haircut_for_holding(h, t, n + t - 1)))
    assert marked >= h - 1e-15


def test_decay_is_a_part_of_its_own() -> None:
    assert float(basel.haircut_with_decay(0.1, 0.5, 1)) == pytest.approx(float(composed([0.1, 0.5])))
    assert float(basel.haircut_with_decay(0.1, 0.5, 0)) == pytest.approx(0.1)


@given(e=st.floats(1, 1e6), c=st.floats(0, 1e6), hc=st.floats(0, 1), he=st.floats(0, 0.5))
@settings(max_examples=60, deadline=None)
def test_the_loss_lies_between_its_two_rates(e: float, c: float, hc: float, he: float) -> None:
    lgd = float(basel.secured_lgd(e, c, hc, exposure_haircut=he))
    assert 0.25 - 1e-12 <= lgd <= 0.40 + 1e-12
    assert float(basel.secured_lgd(e, 2 * c, hc, exposure_haircut=he)) <= lgd + 1e-12


def test_edges() -> None:
    assert reason(float(basel.secured_lgd(0, 60, 0.4))) is NO_BALANCE
    assert float(basel.secured_lgd(100, 0, 0.4)) == 0.4
    assert float(basel.secured_lgd(100, 1e9, 0.4)) == 0.25
    with pytest.raises(RangeError, match="holding_days must be at least 1, got 0"):
        basel.haircut_for_revaluation(0.08, 0, 1)
