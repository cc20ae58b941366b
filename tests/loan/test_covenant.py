"""Covenant tests: strictness, steps over time, lock-up and release, cures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import NO_DEBT_SERVICE, NOTHING_TO_LOSE, SHORT_HISTORY, InputError, RangeError, reason
from xlmodel.loan.covenant import (
    Status,
    breaches,
    covenant_status,
    first_breach,
    headroom,
)
from xlmodel.loan.cures import CureLimits, cures

NAN = SHORT_HISTORY.nan


def test_equality_and_its_rounding_pass() -> None:
    assert int(first_breach([1.3, 0.1 + 0.2 + 1.0, 1.3 * (1 - 1e-14)], 1.3)) == -1
    assert int(first_breach([1.3, 1.3 - 1e-9], 1.3)) == 1
    assert int(first_breach([0.65, 0.65 + 1e-14, 0.66], 0.65, "above")) == 2
    assert int(first_breach([0.0, -1e-300], 0.0)) == 1


def test_undefined_never_breaches_and_tests_may_start_late() -> None:
    assert int(first_breach([NAN, 0.5], 1.0)) == 1
    assert int(first_breach([NAN, NAN], 1.0)) == -1
    assert int(first_breach([0.5, 1.2, 0.9], 1.0, first_test=2)) == 2
    assert int(first_breach([0.5], 1.0, first_test=9)) == -1


def test_a_covenant_steps_over_time_and_batches_answer_per_loan() -> None:
    ratio = [[1.25, 1.15, 1.15], [1.25, 1.25, 1.25]]
    assert first_breach(ratio, [1.2, 1.1, 1.2]).tolist() == [2, -1]
    assert breaches(ratio, [[1.3], [1.2]]).any(axis=-1).tolist() == [True, False]


def test_lock_up_is_released_after_enough_passes() -> None:
    path = [1.25, 1.15, 1.25, NAN, 1.25, 1.0, 1.10, 1.25]
    names = [Status(s).name for s in covenant_status(path, 1.2, 1.05, passes_to_release=2)]
    # The untested period neither counts as a pass nor breaks the row.
    assert names == ["OK", "LOCKUP", "LOCKUP", "UNTESTED", "OK", "DEFAULT", "LOCKUP", "LOCKUP"]
    once = [Status(s).name for s in covenant_status(path, 1.2, 1.05)]
    assert once == ["OK", "LOCKUP", "OK", "UNTESTED", "OK", "DEFAULT", "LOCKUP", "OK"]
    ltv = covenant_status([0.6, 0.7, 0.9], 0.65, 0.8, direction="above")
    assert ltv.tolist() == [Status.OK, Status.LOCKUP, Status.DEFAULT]


def test_headroom_is_the_fall_that_breaks_the_covenant() -> None:
    # 1 - 1.2/1.57 by hand; cash 150 on 100 may fall to 120.
    assert round(float(headroom(1.57, 1.2)), 10) == 0.2356687898
    assert float(headroom(1.0, 1.25)) == -0.25
    assert reason(float(headroom(-0.5, 1.2))) is NOTHING_TO_LOSE
    assert reason(float(headroom(NAN, 1.2))) is SHORT_HISTORY
    # A loan to value of 60 % against 80 % bears a fall in value of a quarter.
    assert float(headroom(0.6, 0.8, "above")) == pytest.approx(0.25)


def test_cures_by_hand() -> None:
    put_in = cures([130, 110, 100, 60], [100] * 4, 1.2, CureLimits(max_consecutive=2))
    assert put_in.amount.tolist() == [0, 10, 20, 0]
    assert put_in.cured.tolist() == [False, True, True, False]
    # As a set-off: 110/1.2 = 91.67 of service is covered, so 8.33 pays down the rest.
    off = cures([110], [100], 1.2, counts_as="debt_service")
    assert float(off.amount[0]) == pytest.approx(100 - 110 / 1.2)
    assert float(off.ratio[0]) == pytest.approx(1.2)
    # Negative cash cannot be cured by a set-off; no service is no test.
    assert not cures([-10], [100], 1.2, counts_as="debt_service").cured.any()
    assert reason(cures([10], [0], 1.2).ratio[0]) is NO_DEBT_SERVICE


def test_a_cure_stays_in_the_rolling_window() -> None:
    # Two-period window, covenant 1: 100+80 of 200 lacks 20; then 80+20 cure+80 of 200 lacks 20 again.
    put_in = cures([100, 80, 80], [100, 100, 100], 1.0, look_back=2)
    assert put_in.amount.tolist() == [0, 20, 20]
    assert put_in.ratio[1:].tolist() == [1.0, 1.0]
    assert reason(put_in.ratio[0]) is SHORT_HISTORY


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-2, 3), min_size=1, max_size=20), st.floats(0.5, 2.0), st.floats(0, 0.4))
def test_status_and_first_breach_agree(path: list[float], lockup: float, gap: float) -> None:
    status = covenant_status(path, lockup, lockup - gap)
    broken = np.flatnonzero(np.isin(status, [Status.LOCKUP, Status.DEFAULT]))
    assert (broken[0] if broken.size else -1) == int(first_breach(path, lockup))
    failed = np.flatnonzero(status == Status.DEFAULT)
    assert (failed[0] if failed.size else -1) == int(first_breach(path, lockup - gap))
    # Headroom is negative exactly where a positive ratio breaks the covenant.
    for ratio, short in zip(path, breaches(path, lockup), strict=True):
        if ratio > 1e-9 and abs(ratio - lockup) > 1e-9:
            assert (float(headroom(ratio, lockup)) < 0) == bool(short)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: first_breach([1.0], 1.0, "under"), InputError, "direction"),
        (lambda: first_breach([1.0], 1.0, first_test=0), RangeError, "first_test"),
        (lambda: first_breach([1.0, 2.0], [1.0, 1.0, 1.0]), InputError, "fit"),
        (lambda: covenant_status([1.0], 1.1, 1.2), RangeError, "default"),
        (lambda: headroom(1.0, 0.0), RangeError, "covenant"),
        (lambda: headroom(1.0, 1.0, "sideways"), InputError, "direction"),
        (lambda: cures([1.0], [1.0], 1.0, counts_as="gift"), InputError, "counts_as"),
    ],
)
def test_refuses_in_a_sentence(call: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()  # type: ignore[operator]
