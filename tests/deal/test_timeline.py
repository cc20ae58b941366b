# ruff: noqa: E501  one case a line reads better than its wrapped form
"""The row of dates: from closing, first payment, frequency, maturity and stubs."""

from typing import Any

import numpy as np
import pytest

from tests.deal.describing import analysed, loan, number

# Counted on a calendar by hand.
ROWS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "equal periods from a month end": ({"closing": "2025-11-30", "periods": 3}, ["2026-02-28", "2026-05-31", "2026-08-31"]),
    "equal periods from another day": ({"closing": "2025-11-29", "periods": 2}, ["2026-02-28", "2026-05-29"]),
    "a short last stub": ({"closing": "2026-05-29", "maturity": "2026-12-31"}, ["2026-08-29", "2026-11-29", "2026-12-31"]),
    "a long last stub": ({"closing": "2026-05-29", "maturity": "2026-12-31", "stub": "long_last"}, ["2026-08-29", "2026-12-31"]),
    "a short first stub": ({"closing": "2026-05-29", "maturity": "2026-12-31", "stub": "short_first"}, ["2026-06-30", "2026-09-30", "2026-12-31"]),
    "a long first stub": ({"closing": "2026-05-29", "maturity": "2026-12-31", "stub": "long_first"}, ["2026-09-30", "2026-12-31"]),
    "a first payment, so many periods": ({"closing": "2026-05-29", "first_payment": "2026-06-30", "periods": 3}, ["2026-06-30", "2026-09-30", "2026-12-31"]),
    "a first payment and a maturity that fits": ({"closing": "2026-05-29", "first_payment": "2026-06-30", "maturity": "2026-12-31"}, ["2026-06-30", "2026-09-30", "2026-12-31"]),
    "a first payment and a short last stub": ({"closing": "2026-05-29", "first_payment": "2026-06-30", "maturity": "2026-10-15"}, ["2026-06-30", "2026-09-30", "2026-10-15"]),
    "a first payment and a long last stub": ({"closing": "2026-05-29", "first_payment": "2026-06-30", "maturity": "2026-10-15", "stub": "long_last"}, ["2026-06-30", "2026-10-15"]),
    "a first payment that is the only one": ({"closing": "2026-05-29", "first_payment": "2026-06-30", "maturity": "2026-06-30"}, ["2026-06-30"]),
    "one period": ({"closing": "2026-05-29", "first_payment": "2026-06-30", "periods": 1}, ["2026-06-30"]),
    "dates as they are": ({"closing": "2026-05-29", "ends": ["2026-06-30", "2027-01-15"]}, ["2026-06-30", "2027-01-15"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_dates(name: str) -> None:
    described, ends = ROWS[name]
    line = analysed(timeline={"frequency": 4} | described).timeline
    assert line.ends.astype(str).tolist() == ends
    assert str(line.closing) == described["closing"]
    assert line.length.sum() == pytest.approx(line.years[-1], rel=1e-12)


def test_regular_periods_are_exact_shares_of_a_year() -> None:
    line = analysed(timeline={"closing": "2025-11-30", "frequency": 12, "periods": 60}).timeline
    assert line.regular
    assert set(line.length.tolist()) == {1 / 12}
    assert float(line.years[-1]) == 5.0


def test_a_stub_is_counted_in_days() -> None:
    # 29 May to 30 June by 30/360 is 31 days; the quarters after it are quarters.
    line = analysed(
        timeline={"closing": "2026-05-29", "frequency": 4, "first_payment": "2026-06-30", "periods": 3}
    ).timeline
    assert not line.regular
    assert line.length == pytest.approx([31 / 360, 0.25, 0.25], rel=1e-15)
    assert line.years == pytest.approx([31 / 360, 31 / 360 + 0.25, 31 / 360 + 0.5], rel=1e-15)


def test_interest_of_a_stub_by_day_count() -> None:
    timeline = {"closing": "2026-05-29", "frequency": 4, "first_payment": "2026-06-30", "periods": 3}
    for day_count, days in (("30/360", 31), ("ACT/360", 32)):
        deal = analysed(timeline=timeline, debt=loan(amortisation="bullet", day_count=day_count))
        assert float(deal.debt.interest[0]) == pytest.approx(100e6 * 0.12 * days / 360, rel=1e-12)
    deal = analysed(timeline=timeline, debt=loan(amortisation="bullet", day_count="ACT/365F"))
    assert float(deal.debt.interest[0]) == pytest.approx(100e6 * 0.12 * 32 / 365, rel=1e-12)
    floating = {"index": number(-1, "% a year"), "floor": number(0.5, "% a year"), "margin": number(225, "bp a year")}
    tranche = loan(amortisation="bullet", **floating)
    del tranche[0]["rate"]
    # The floor of 0.5 % binds: 0.5 % + 2.25 % = 2.75 %.
    deal = analysed(timeline=timeline, debt=tranche)
    assert float(deal.debt.interest[1]) == pytest.approx(100e6 * 0.0275 / 4, rel=1e-12)
    assert np.all(deal.balance[:-1] == 100e6)
