"""Debt service coverage by hand and by law."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loan.strategies import cash
from xlmodel.errors import NO_DEBT_SERVICE, NOTHING_AHEAD, SHORT_HISTORY, InputError, RangeError, reason
from xlmodel.loan.coverage import (
    aggregate_dscr,
    average_dscr,
    dscr,
    dscr_ltm,
    dscr_ntm,
    dscr_ntm_at_close,
    minimum,
)

CFADS = [50.0, 60.0, -20.0, 90.0]
SERVICE = [0.0, 40.0, 40.0, 140.0]


def test_a_negative_cash_flow_keeps_its_ratio_and_no_service_has_none() -> None:
    ratio = dscr(CFADS, SERVICE)
    # 60/40, -20/40, 90/140
    assert ratio[1:].tolist() == [1.5, -0.5, 90 / 140]
    assert reason(ratio[0]) is NO_DEBT_SERVICE


def test_a_balloon_can_be_taken_out_of_the_service() -> None:
    # 140 of service with a lump of 100 leaves 40: 90/40.
    assert dscr(CFADS, SERVICE, [0, 0, 0, 100], include_balloon=False)[3] == 2.25
    assert dscr(CFADS, SERVICE, [0, 0, 0, 100], include_balloon=True)[3] == 90 / 140
    # A period that is nothing but balloon has no ordinary service.
    assert reason(dscr(90.0, 0.3, 0.1 + 0.2, include_balloon=False)[0]) is NO_DEBT_SERVICE
    with pytest.raises(RangeError, match="period 2"):
        dscr(CFADS, SERVICE, [0, 41, 0, 0])


def test_rolling_windows_are_ratios_of_sums() -> None:
    # Two periods back: (50+60)/40, (60-20)/80, (-20+90)/180.
    back = dscr_ltm(CFADS, SERVICE, 2)
    assert back[1:].tolist() == [2.75, 0.5, 70 / 180]
    assert reason(back[0]) is SHORT_HISTORY
    # Partial: 50/0 is undefined for its own reason.
    assert reason(dscr_ltm(CFADS, SERVICE, 2, partial=True)[0]) is NO_DEBT_SERVICE
    assert dscr_ltm(CFADS, SERVICE, 3, partial=True)[1] == 2.75
    # Two periods ahead: (60-20)/80, (-20+90)/180, 90/140 cut at maturity.
    ahead = dscr_ntm(CFADS, SERVICE, 2)
    assert ahead[:3].tolist() == [0.5, 70 / 180, 90 / 140]
    assert reason(ahead[3]) is NOTHING_AHEAD
    assert float(dscr_ntm_at_close(CFADS, SERVICE, 2)) == 2.75


def test_a_window_longer_than_the_loan() -> None:
    assert all(reason(x) is SHORT_HISTORY for x in dscr_ltm(CFADS, SERVICE, 12))
    # All four: 180 of cash on 220 of service.
    assert float(dscr_ntm_at_close(CFADS, SERVICE, 12)) == 180 / 220
    assert reason(dscr_ntm([5.0], [1.0])[0]) is NOTHING_AHEAD


def test_averages_and_minimum_skip_what_is_undefined() -> None:
    ratio = dscr([50, 60, 70], [0, 40, 40])
    assert float(average_dscr(ratio)) == 1.625
    assert float(minimum(ratio).value) == 1.5
    assert int(minimum(ratio).index) == 1
    nothing = dscr([1, 2], [0, 0])
    assert reason(float(average_dscr(nothing))) is NO_DEBT_SERVICE
    assert reason(float(minimum(nothing).value)) is NO_DEBT_SERVICE
    assert int(minimum(nothing).index) == -1
    assert reason(float(aggregate_dscr([1, 2], [0, 0]))) is NO_DEBT_SERVICE
    # The earliest of equals.
    assert int(minimum([2.0, 1.0, 1.0]).index) == 1


def test_a_quotient_no_float_can_hold_is_undefined_not_infinite() -> None:
    assert np.isnan(dscr(1e300, 1e-300)).all()


@settings(max_examples=100, deadline=None)
@given(cash(), st.sampled_from([12, 4, 2, 1]), st.data())
def test_one_loan_is_the_same_to_the_bit_inside_a_batch(flows: np.ndarray, window: int, data: st.DataObject) -> None:
    service = np.abs(flows[::-1]) * data.draw(st.floats(0.1, 2))
    others = np.stack([flows * 1.7, flows, flows - 3])
    for measure in (dscr_ltm, dscr_ntm):
        batch = measure(others, service, window)
        alone = measure(flows, service, window)
        assert batch[1].tobytes() == alone.tobytes()
        # Scaling all money leaves ratios alone; two is exact in binary.
        assert measure(2 * flows, 2 * service, window).tobytes() == alone.tobytes()
    assert dscr(others, service)[1].tobytes() == dscr(flows, service).tobytes()
    assert average_dscr(dscr(others, service))[1].tobytes() == average_dscr(dscr(flows, service)).tobytes()
    # A window ahead is the window back, read one window later.
    n = flows.size
    back, ahead = dscr_ltm(flows, service, window), dscr_ntm(flows, service, window)
    for k in range(n - window):
        np.testing.assert_allclose(ahead[k], back[k + window], rtol=1e-12)


def test_columns_of_loans_meet_rows_of_periods() -> None:
    assert dscr([[100.0], [50.0]], [[50, 25, 10]]).tolist() == [[2.0, 4.0, 10.0], [1.0, 2.0, 5.0]]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: dscr([1, 2], [1, 2, 3]), InputError, "do not fit"),
        (lambda: dscr([], [1]), InputError, "empty"),
        (lambda: dscr([1.0], [-1.0]), RangeError, "debt_service"),
        (lambda: dscr([float("nan")], [1.0]), InputError, "finite"),
        (lambda: dscr_ltm([1], [1], 0), RangeError, "periods_per_year"),
        (lambda: dscr_ntm([1], [1], 2.5), RangeError, "whole"),
    ],
)
def test_refuses_in_a_sentence(call: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()  # type: ignore[operator]
