"""Covenants of a deal on their dates: how often, from when, in which direction, locked up or in default."""

from typing import Any

import numpy as np
import pytest

from tests.deal.describing import CASE_A, analysed, number
from xlmodel.deal.analysis import CovenantTest
from xlmodel.errors import NO_COLLATERAL_VALUE, NOT_TESTED, reason
from xlmodel.loan.covenant import Status


def one_test(**record: Any) -> CovenantTest:
    """Case A with one covenant, the period's DSCR at 1.00x unless said otherwise."""
    covenant = {"name": "Test", "metric": "dscr", "default": number(1, "x")} | record
    return analysed(covenants=[covenant]).covenants[0]


def test_a_yearly_test_sees_only_year_ends() -> None:
    test = one_test(test_every_months=12)
    # Quarters 4, 8, 12, 16; golden row rec_dscr_16q has 1.1205 in quarter 4 and 0.6804 in quarter 8.
    assert np.flatnonzero(~np.isnan(test.ratio)).tolist() == [3, 7, 11, 15]
    assert test.first_breach == 7
    assert str(test.date) == "2027-12-31"
    assert reason(float(test.ratio[0])) is NOT_TESTED
    assert test.status[:4].tolist() == [Status.UNTESTED] * 3 + [Status.OK]


def test_no_test_falls_before_the_first() -> None:
    test = one_test(first_test="2027-09-30")
    assert np.isnan(test.ratio[:6]).all()
    assert str(test.date) == "2027-09-30"


def test_a_first_test_after_maturity_tests_nothing() -> None:
    test = one_test(first_test="2035-12-31")
    assert test.first_breach == -1
    assert test.date is None
    assert set(test.status.tolist()) == {Status.UNTESTED}
    verdict = analysed(
        covenants=[{"name": "Late", "metric": "dscr", "default": number(1, "x"), "first_test": "2035-12-31"}]
    ).verdict
    assert "DSCR is not defined on any test date of the covenant Late, so nothing is tested." in verdict


def test_loan_to_value_breaks_upwards() -> None:
    # Golden row rec_underwater_quarter: LTV on a value that halves every year is above 1 from quarter 2.
    test = one_test(metric="ltv_adjusted", default=number(1, "x"), lockup=number(0.9, "x"))
    assert test.record.direction == "above"
    assert test.first_breach == 1
    # Quarter 1: 26.610896m owed over 35m x 2^-0.25 = 29.431371m is 90.4 %, above the lock-up only.
    assert test.status[:2].tolist() == [Status.LOCKUP, Status.DEFAULT]
    assert float(test.ratio[0]) == pytest.approx(0.90417, abs=1e-5)


def test_debt_on_collateral_without_value_is_in_default() -> None:
    asset = CASE_A["assets"][0] | {"day_one_loss": number(100, "%")}
    covenants = [{"name": "LTV", "metric": "ltv_adjusted", "default": number(0.8, "x"), "test_every_months": 6}]
    deal = analysed(assets=[asset], covenants=covenants)
    test = deal.covenants[0]
    assert test.status.tolist() == [Status.UNTESTED, Status.DEFAULT] * 7 + [Status.UNTESTED, Status.OK]
    assert reason(float(test.ratio[1])) is NO_COLLATERAL_VALUE
    assert deal.verdict[0] == (
        "LTV on economic value rises above the 80% default level on the test of 30 June 2026 (the collateral is worth "
        "nothing)."
    )


def test_equality_passes() -> None:
    ratio = float(one_test().ratio[0])
    assert one_test(default=number(ratio, "x")).first_breach == 1


def test_verdict_of_loan_to_value_and_of_a_lock_up() -> None:
    covenants = [
        {"name": "LTV", "metric": "ltv_adjusted", "default": number(1, "x"), "lockup": number(0.9, "x")},
        {"name": "Cost", "metric": "ltv_nominal", "default": number(0.9, "x")},
    ]
    verdict = analysed(covenants=covenants).verdict
    # Quarter 2: 25.180119m over 35m x 2^-0.5 = 24.748737m is 101.7 %.
    assert verdict[0] == "LTV on economic value rises above the 100% default level on the test of 30 June 2026 (102%)."
    assert (
        "Distributions are locked up from 31 March 2026: LTV on economic value is at 90.4%, above the 90% "
        "lock-up level." in verdict
    )
    assert "LTV on cost keeps the 90% default level on every test; the worst shows 76%." in verdict


def test_rolling_tests_that_never_see_the_breach() -> None:
    """One weak year: the period breaks, the windows around it do not."""
    points = [
        {"date": date, "rent": number(rent, "USD a unit-hour")}
        for date, rent in (("2025-12-31", 3.0), ("2026-12-31", 3.0), ("2027-03-31", 1.2), ("2027-06-30", 3.0))
    ]
    covenants = [{"name": m, "metric": m, "default": number(1, "x")} for m in ("dscr", "dscr_ltm", "dscr_ntm")]
    merchant = {"points": points, "usage": number(85, "%"), "timing": "end"}
    verdict = analysed(merchant=merchant, covenants=covenants).verdict
    # (1.2 x 85 % - 0.3526) x 2,190,000 hours = 1,461,606 over the payment of 2,229,103.78.
    assert verdict[0] == (
        "DSCR falls below the 1.00x default level in the period ending 31 March 2027 (0.66x); the last-twelve-months "
        "test never shows it; the next-twelve-months test never shows it."
    )
