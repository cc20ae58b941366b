"""Dates against published conventions: ISDA's day counts, Excel's serials, calendars anyone can check."""

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.dates import (
    adjust,
    days,
    from_serial,
    given_ends,
    period_ends,
    schedule_ends,
    to_serial,
)

A_DAY = st.dates(datetime.date(1900, 3, 1), datetime.date(2200, 1, 1))


def _texts(dates: np.ndarray) -> list[str]:
    return dates.astype(str).tolist()


def test_period_ends_keep_month_ends_and_clip_the_rest() -> None:
    assert _texts(period_ends("2023-11-30", 4)) == ["2024-02-29", "2024-05-31", "2024-08-31", "2024-11-30"]
    assert _texts(period_ends("2023-12-30", 4, 12)) == ["2024-01-30", "2024-02-29", "2024-03-30", "2024-04-30"]
    assert _texts(period_ends("2024-02-29", 2, 1)) == ["2025-02-28", "2026-02-28"]


def test_period_ends_of_a_batch_are_those_of_each_loan() -> None:
    starts = ["2023-11-30", "2024-02-29", "2024-01-15"]
    batch = period_ends(starts, 9, 2)
    assert batch.shape == (3, 9)
    for row, start in zip(batch, starts, strict=True):
        assert _texts(row) == _texts(period_ends(start, 9, 2))


@pytest.mark.parametrize(
    ("stub", "ends"),
    [
        ("short_last", ["2026-08-29", "2026-11-29", "2027-01-31"]),
        ("long_last", ["2026-08-29", "2027-01-31"]),
        ("short_first", ["2026-07-31", "2026-10-31", "2027-01-31"]),
        ("long_first", ["2026-10-31", "2027-01-31"]),
    ],
)
def test_stubs_go_where_they_are_told(stub: str, ends: list[str]) -> None:
    assert _texts(schedule_ends("2026-05-29", "2027-01-31", stub=stub)) == ends


@pytest.mark.parametrize("stub", ["short_last", "long_last", "short_first", "long_first"])
def test_a_fitting_maturity_has_no_stub_and_a_short_loan_is_one(stub: str) -> None:
    assert _texts(schedule_ends("2026-05-31", "2026-11-30", stub=stub)) == ["2026-08-31", "2026-11-30"]
    assert _texts(schedule_ends("2026-05-29", "2026-06-30", stub=stub)) == ["2026-06-30"]


def test_a_contracts_own_row_of_dates_is_taken_and_an_impossible_one_refused() -> None:
    row = ["2026-06-30", "2026-12-31", "2031-12-31"]
    assert _texts(given_ends("2026-05-29", row)) == row
    with pytest.raises(InputError, match="run forward"):
        given_ends("2026-05-29", ["2026-06-30", "2026-06-30"])
    with pytest.raises(InputError, match="run forward"):
        given_ends("2026-06-30", row)


def test_modified_following_stays_in_the_month() -> None:
    # 30 May 2026 and 31 May 2026 are a Saturday and a Sunday; 25 December 2026 is a Friday.
    dates = days("dates", ["2026-05-30", "2026-05-31", "2026-08-01", "2026-12-25", "2026-05-29"])
    assert _texts(adjust(dates)) == ["2026-05-29", "2026-05-29", "2026-08-03", "2026-12-25", "2026-05-29"]
    assert _texts(adjust(dates, "following")[:2]) == ["2026-06-01", "2026-06-01"]
    assert _texts(adjust(dates, "preceding")[2:3]) == ["2026-07-31"]
    assert _texts(adjust(dates, "none")) == _texts(dates)
    assert _texts(adjust(dates, holidays=["2026-12-25"])[3:4]) == ["2026-12-28"]


def test_excels_serials() -> None:
    # 1 January 2008 is 39448 and 29 February 2024 is 45351 on every sheet.
    assert to_serial(["2008-01-01", "2024-02-29"]).tolist() == [39448.0, 45351.0]
    assert _texts(from_serial([1, 60.0 + 1, 45351.75])) == ["1900-01-01", "1900-03-01", "2024-02-29"]
    with pytest.raises(RangeError, match="29 February 1900"):
        from_serial(60)
    with pytest.raises(RangeError):
        from_serial(0)
    assert _texts(from_serial(2958465)) == "9999-12-31"


@settings(max_examples=100, deadline=None)
@given(A_DAY)
def test_serials_come_back(date: datetime.date) -> None:
    assert from_serial(to_serial(date)).item() == date


@settings(max_examples=100, deadline=None)
@given(
    A_DAY,
    st.integers(1, 4000),
    st.sampled_from([12, 4, 2, 1]),
    st.sampled_from(["short_last", "long_last", "short_first", "long_first"]),
)
def test_schedules_run_forward_to_maturity(date: datetime.date, length: int, frequency: int, stub: str) -> None:
    start = days("start", date)
    maturity = start + length
    ends = schedule_ends(start, maturity, frequency, stub)
    assert ends[-1] == maturity
    assert (np.diff(np.concatenate([start.reshape(1), ends])).astype(int) > 0).all()
    # A short stub is at most a period, a long one at most two.
    longest = np.diff(np.concatenate([start.reshape(1), ends])).astype(int).max()
    assert longest <= (372 / frequency) * (2 if stub.startswith("long") else 1) + 3


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: days("start", 45351), InputError),
        (lambda: days("start", "31/12/2026"), InputError),
        (lambda: days("start", []), InputError),
        (lambda: days("start", "NaT"), InputError),
        (lambda: days("start", "1899-12-31"), RangeError),
        (lambda: schedule_ends("2026-01-01", "2026-01-01"), InputError),
        (lambda: schedule_ends("2026-01-01", "2027-01-01", stub="middle"), InputError),
        (lambda: period_ends("2026-01-01", 4, 5), RangeError),
        (lambda: adjust(days("d", "2026-01-01"), "sideways"), InputError),
    ],
)
def test_refuses_what_is_no_date(call: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()  # type: ignore[operator]
