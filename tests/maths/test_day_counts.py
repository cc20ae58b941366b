"""Day counts against ISDA's and Microsoft's published examples."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import InputError
from xlmodel.maths.dates import (
    add_months,
    days,
    given_ends,
    month_end,
    period_ends,
)
from xlmodel.maths.day_counts import DAY_COUNTS, accrual_factors, day_difference, year_fraction

A_DAY = st.dates(datetime.date(1900, 3, 1), datetime.date(2200, 1, 1))


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


def test_accrual_of_regular_periods_is_a_year_in_equal_parts_under_30_360() -> None:
    for start in ("2023-08-31", "2023-11-29", "2024-02-29", "2024-01-15"):
        ends = period_ends(start, 12)
        assert accrual_factors(start, ends, "30/360", frequency=4).tolist() == [0.25] * 12
    ends = given_ends("2026-05-29", ["2026-06-30", "2026-09-30"])
    # 29 May to 30 June is a month and a day: 31 of 360.
    assert accrual_factors("2026-05-29", ends, "30/360", frequency=4).tolist() == [31 / 360, 0.25]


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


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(InputError, match="30/360, 30E/360"):
        year_fraction(days("d", "2026-01-01"), days("d", "2027-01-01"), "30/365")
