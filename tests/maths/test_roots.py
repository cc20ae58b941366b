"""Roots, and the plain word where there is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import RangeError
from xlmodel.maths.roots import bisected, bracketed_root


def test_side_is_named_when_nothing_crosses() -> None:
    assert bracketed_root(lambda x: -1 - x * x, -3, 3).status == "always_below"
    assert bracketed_root(lambda x: 1 + x * x, -3, 3).status == "always_above"
    assert bracketed_root(lambda x: 1 + x * x, -3, 3).value is None


def test_lowest_of_several_roots_is_found() -> None:
    # (x - 1)(x - 2)(x - 3): both ends of [0, 2.5] have the values -6 and -0.375, of one sign.
    root = bracketed_root(lambda x: (x - 1) * (x - 2) * (x - 3), 0, 2.5)
    assert root.value == pytest.approx(1, abs=1e-10)


def test_root_at_an_end() -> None:
    assert bracketed_root(lambda x: x, 0, 1).value == 0
    assert bracketed_root(lambda x: x - 1, 0, 1).value == 1


def test_refusals() -> None:
    with pytest.raises(RangeError, match="range must not be empty"):
        bracketed_root(lambda x: x, 1, 1)
    with pytest.raises(RangeError, match="not finite at 0"):
        bracketed_root(lambda x: float("inf"), 0, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=10))
def test_batch_of_roots_of_lines(zeros: list[float]) -> None:
    at = np.array(zeros)
    found = bisected(lambda x: x - at, np.full_like(at, -101.0), np.full_like(at, 101.0), 1e-13)
    assert found == pytest.approx(at, abs=1e-12)
    falling = bisected(lambda x: at - x, np.full_like(at, -101.0), np.full_like(at, 101.0), 1e-13)
    assert falling == pytest.approx(at, abs=1e-12)
