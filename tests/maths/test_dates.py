"""Dates against published conventions: ISDA's day counts, Excel's serials, calendars anyone can check."""

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.dates import (
    DAY_COUNTS,
    accrual_factors,
    add_months,
    adjust,
    day_difference,
    days,
    from_serial,
    given_ends,
    month_end,
    period_ends,
    schedule_ends,
    to_serial,
    year_fraction,
)

A_DAY = st.dates(datetime.date(1900, 3, 1), datetime.date(2200, 1, 1))


def _texts(dates: np.ndarray) -> list[str]:
    return dates.astype(str).tolist()


@pytest.mark.parametrize(
    ("start", "end", "day_count", "fraction"),
    [
        # Microsoft's YEARFRAC example, bases 0, 1 and 3; within one year basis 1 is ISDA's ACT/ACT.
        ("2012-01-01", "2012-07-30", "30/360", 0.58055556),
        ("2012-01-01", "2012-07-30", "ACT/ACT", 0.57650273),
        ("2012-01-01", "2012-07-30", "ACT/365F", 0.57808219),
        # ISDA, "EMU and market conventions: recent developments" (1998), the ACT/ACT (ISDA) column.
        ("2003-11-01", "2004-05-01", "ACT/ACT", 0.49772438),
        ("1999-02-01", "1999-07-01", "ACT/ACT", 0.41095890),
        ("1999-07-01", "2000-07-01", "ACT/ACT", 1.00137735),
        ("1999-07-30", "2000-01-30", "ACT/ACT", 0.50389251),
        ("2000-01-30", "2000-06-30", "ACT/ACT", 0.41530055),
        # 92 days of a quarter, over 360.
        ("2026-01-01", "2026-04-03", "ACT/360", 0.25555556),
    ],
)
def test_published_year_fractions(start: str, end: str, day_count: str, fraction: float) -> None:
    assert round(float(year_fraction(days("start", start), days("end", end), day_count)), 8) == fraction


@pytest.mark.parametrize(
    ("start", "end", "us", "euro"),
    [
        ("2011-01-30", "2011-02-01", 1, 1),  # Microsoft's DAYS360 example
        ("2011-01-01", "2011-12-31", 360, 359),  # the same page: 360 US, 359 European
        ("2007-01-15", "2007-01-31", 16, 15),  # the 31st counts for itself unless the start is a month end
        ("2007-02-28", "2007-03-31", 30, 32),  # the US February clause
        ("2008-02-29", "2009-02-28", 360, 359),
        ("2007-08-31", "2008-02-28", 178, 178),
    ],
)
def test_thirty_360_by_the_us_and_the_eurobond_rule(start: str, end: str, us: int, euro: int) -> None:
    a, b = days("start", start), days("end", end)
    assert float(day_difference(a, b, "30/360")) == us
    assert float(day_difference(a, b, "30E/360")) == euro


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


def test_accrual_of_regular_periods_is_a_year_in_equal_parts_under_30_360() -> None:
    for start in ("2023-08-31", "2023-11-29", "2024-02-29", "2024-01-15"):
        ends = period_ends(start, 12)
        assert accrual_factors(start, ends, "30/360", frequency=4).tolist() == [0.25] * 12
    ends = given_ends("2026-05-29", ["2026-06-30", "2026-09-30"])
    # 29 May to 30 June is a month and a day: 31 of 360.
    assert accrual_factors("2026-05-29", ends, "30/360", frequency=4).tolist() == [31 / 360, 0.25]


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
@given(A_DAY, st.integers(1, 600), st.sampled_from(DAY_COUNTS))
def test_laws_of_day_counts_and_months(date: datetime.date, months: int, day_count: str) -> None:
    start = days("start", date)
    end = add_months(start, months, end_of_month=True)
    assert (end > start).all()
    assert not month_end(start) or month_end(end)
    # No convention strays from the calendar by more than its own rounding.
    years = float(year_fraction(start, end, day_count))
    assert abs(years - months / 12) <= 0.015 * months / 12 + 3.5 / 360
    # Calendar counts are additive: a period cut in two accrues the same.
    if day_count.startswith("ACT"):
        middle = add_months(start, months // 2)
        parts = year_fraction(start, middle, day_count) + year_fraction(middle, end, day_count)
        assert float(parts) == pytest.approx(years, abs=1e-9)


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
        (lambda: year_fraction(days("d", "2026-01-01"), days("d", "2027-01-01"), "30/365"), InputError),
    ],
)
def test_refuses_what_is_no_date(call: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()  # type: ignore[operator]
