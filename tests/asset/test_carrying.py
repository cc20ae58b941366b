"""Schedules, book against market, and the impairment indicator, by hand arithmetic and by law."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.asset.carrying import book_charges, book_minus_market, book_value, impairment
from xlmodel.asset.market import collateral_value
from xlmodel.errors import NO_MARKET_VALUE, InputError, RangeError, reason

laws = settings(max_examples=60, deadline=None)


def test_six_years_of_book_against_halving() -> None:
    ages = [1, 2, 3]
    seen = book_minus_market(book_value(100, 0, 6, ages), collateral_value(100, ages, 0.5))
    # 100 (1 - a/6) over 100 / 2^a: 83.33/50, 66.67/25, 50/12.5.
    assert seen.ratio == pytest.approx([5 / 3, 8 / 3, 4], abs=1e-12)
    assert seen.gap == pytest.approx([100 / 3, 125 / 3, 37.5], abs=1e-10)


def test_gap_may_be_negative_and_a_worthless_asset_has_no_ratio() -> None:
    seen = book_minus_market([50, 50], [80, 0])
    assert seen.gap.tolist() == [-30, 50]
    assert reason(float(seen.ratio[1])) is NO_MARKET_VALUE


def test_schedules_by_hand() -> None:
    assert book_charges(100, 10, 3, periods=4).tolist() == [30, 30, 30, 0]
    assert book_charges(100, 10, 3, method="SYD").tolist() == [45, 30, 15]
    # 5 years at 40 %: 40, 24, 14.4, 8.64, 5.184, never the whole 100.
    assert book_charges(100, 0, 5, method="DDB") == pytest.approx([40, 24, 14.4, 8.64, 5.184], abs=1e-12)
    assert book_charges(35_000, 3_500, 5, method="VDB") == pytest.approx([14000, 8400, 5040, 3024, 1036], abs=1e-9)
    # 1 - (1/8)^(1/3) = 0.5: 400, 200, 100.
    assert book_charges(800, 100, 3, method="DB") == pytest.approx([400, 200, 100], abs=1e-9)
    assert book_charges(100, 0, 5, periods=2).tolist() == [20, 20]


def test_schedule_of_a_batch() -> None:
    together = book_charges([100, 200], [10, 0], 3, method="VDB")
    assert together.shape == (2, 3)
    assert together[1].tolist() == book_charges(200, 0, 3, method="VDB").tolist()


def test_impairment_compares_with_the_better_of_sale_and_use() -> None:
    test = impairment([50, 50, 50, 50], [60, 40, 40, 5], [5, 5, 5, 8], [0, 0, 50, 0])
    assert test.recoverable.tolist() == [55, 35, 50, 0]
    assert test.loss.tolist() == [0, 15, 0, 50]
    assert test.indicated.tolist() == [False, True, False, True]


def test_refusals() -> None:
    with pytest.raises(InputError, match="method must be SLN"):
        book_charges(100, 0, 5, method="XYZ")  # type: ignore[arg-type]
    with pytest.raises(RangeError, match="salvage beyond the cost"):
        book_value(100, 150, 5, 1)
    with pytest.raises(RangeError, match="age_years must be at least 0"):
        book_value(100, 0, 5, -1)


@laws
@given(st.floats(1, 1e6), st.floats(0, 1), st.integers(1, 20))
def test_book_value_is_the_cost_less_the_charges(cost: float, share: float, life: int) -> None:
    charges = book_charges(cost, share * cost, life)
    left = cost - np.cumsum(charges)
    assert book_value(cost, share * cost, life, np.arange(1, life + 1)) == pytest.approx(left, rel=1e-9, abs=1e-6)
