"""Depreciation against the printed examples of Microsoft and Google, and the laws of a write-off."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xlmodel.asset.book import db, ddb, sln, syd, vdb
from xlmodel.errors import RangeError

laws = settings(max_examples=80, deadline=None)
costs, shares = st.floats(1, 1e6), st.floats(0, 1)
lives, factors = st.integers(1, 30), st.floats(0.1, 5)


def test_db_of_microsofts_example() -> None:
    printed = [186083.33, 259639.42, 176814.44, 120410.64, 81999.64, 55841.76, 15845.10]
    assert db(1_000_000, 100_000, 6, np.arange(1, 8), 7) == pytest.approx(printed, abs=0.006)


def test_ddb_of_microsofts_example() -> None:
    assert float(ddb(2400, 300, 3650, 1)) == pytest.approx(1.32, abs=0.005)
    assert float(ddb(2400, 300, 120, 1, 2)) == pytest.approx(40.00, abs=0.005)
    assert ddb(2400, 300, 10, [1, 2, 10], [2, 1.5, 2]) == pytest.approx([480, 306, 22.12], abs=0.005)


def test_vdb_of_microsofts_and_googles_examples() -> None:
    printed = [
        (vdb(2400, 300, 3650, 0, 1), 1.32),
        (vdb(2400, 300, 120, 0, 1), 40.00),
        (vdb(2400, 300, 10, 0, 1), 480.00),
        (vdb(2400, 300, 120, 6, 18), 396.31),
        (vdb(2400, 300, 120, 6, 18, 1.5), 311.81),
        (vdb(2400, 300, 10, 0, 0.875, 1.5), 315.00),
        (vdb(100, 10, 20, 10, 11, 2, no_switch=True), 3.49),
        (vdb(100, 0, 5, 3, 4), 10.8),
    ]
    for value, expected in printed:
        assert float(value) == pytest.approx(expected, abs=0.005)


def test_rate_of_db_is_rounded_half_up() -> None:
    # (S/C)^(1/1) = 0.9375: 1 - 0.9375 = 0.0625 is exact in binary and rounds up to 0.063.
    assert float(db(1000, 937.5, 1, 1)) == pytest.approx(63, abs=1e-9)


def test_fractional_start_is_answered_while_declining_and_refused_afterwards() -> None:
    # 100 over 5 declining at 40 %: 40, 24, 14.4, then 10.8 straight line; half of period 2 and all of 3.
    assert float(vdb(100, 0, 5, 1.5, 3)) == pytest.approx(12 + 14.4, abs=1e-12)
    with pytest.raises(RangeError, match=r"start must be whole once the charge is straight line, got 3\.5"):
        vdb(100, 0, 5, 3.5, 4)
    # Declining at 40 % throughout, period 4 bears 8.64; half of it.
    assert float(vdb(100, 0, 5, 3.5, 4, no_switch=True)) == pytest.approx(4.32, abs=1e-12)


def test_refusals() -> None:
    with pytest.raises(RangeError, match="life must be greater than 0"):
        sln(100, 0, 0)
    with pytest.raises(RangeError, match="period must not lie beyond the life, got 11"):
        syd(100, 0, 10, [3, 11])
    with pytest.raises(RangeError, match="period must be at least 1"):
        ddb(100, 0, 10, 0.5)
    with pytest.raises(RangeError, match="period must not lie beyond the life, got 7"):
        db(100, 10, 6, 7, 12)
    with pytest.raises(RangeError, match=r"period must be whole, got 1\.5"):
        db(100, 10, 6, 1.5)
    with pytest.raises(RangeError, match="salvage beyond the cost"):
        db(100, 200, 6, 1)
    with pytest.raises(RangeError, match="start must not lie beyond the end, got 3"):
        vdb(100, 0, 5, 3, 2)
    with pytest.raises(RangeError, match="end must not lie beyond the life, got 6"):
        vdb(100, 0, 5, 3, 6)


@laws
@given(costs, shares, lives, factors)
def test_switching_writes_off_everything(cost: float, share: float, life: int, factor: float) -> None:
    assert float(vdb(cost, share * cost, life, 0, life, factor)) == pytest.approx(
        cost * (1 - share), rel=1e-9, abs=1e-9
    )


@laws
@given(costs, shares, lives)
def test_digits_write_off_everything(cost: float, share: float, life: int) -> None:
    charges = syd(cost, share * cost, life, np.arange(1, life + 1))
    assert float(charges.sum()) == pytest.approx(cost * (1 - share), rel=1e-9, abs=1e-9)
    assert (np.diff(charges) <= 1e-9).all()


@laws
@given(costs, shares, lives, factors)
def test_vdb_without_switch_is_the_sum_of_ddb(cost: float, share: float, life: int, factor: float) -> None:
    total = ddb(cost, share * cost, life, np.arange(1, life + 1), factor).sum()
    assert float(vdb(cost, share * cost, life, 0, life, factor, no_switch=True)) == pytest.approx(
        float(total), rel=1e-9
    )


@laws
@given(costs, shares, lives, factors, st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_windows_add_up(cost: float, share: float, life: int, factor: float, cuts: list[float]) -> None:
    low, high = sorted(float(np.floor(cut * life)) for cut in cuts)
    asset = (cost, share * cost, life)
    assume(life > 0)
    whole = float(vdb(*asset, 0, high, factor))
    parts = float(vdb(*asset, 0, low, factor)) + float(vdb(*asset, low, high, factor))
    assert parts == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_batch_equals_one_by_one() -> None:
    lives_, salvages = np.array([[3.0], [5.0], [10.0]]), np.array([[0.0], [3500.0], [100.0]])
    ends = np.array([1.0, 2.0, 3.0])
    together = vdb(35_000, salvages, lives_, ends - 1, ends)
    assert together.shape == (3, 3)
    single = [[float(vdb(35_000, s[0], n[0], e - 1, e)) for e in ends] for s, n in zip(salvages, lives_, strict=True)]
    assert together.tolist() == single
