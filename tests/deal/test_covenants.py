"""Covenants of a deal on their dates: how often, from when, in which direction, locked up or in default."""

from typing import Any

import numpy as np
import pytest

from tests.deal.describing import CASE_A, analysed, number
from xlmodel.deal import Analysis, analyse, read
from xlmodel.deal.headroom import room
from xlmodel.deal.refusal import DealError
from xlmodel.deal.terms.covenants import CovenantTest
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
    # Its cash never pays all of it, so that something is owed on every date.
    assert test.status.tolist() == [Status.UNTESTED, Status.DEFAULT] * 8
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


TWO_YEARS = {
    "name": "A", "borrower": "B", "purpose": "C", "as_of": "2025-12-31",
    "timeline": {"closing": "2025-12-31", "frequency": 1, "periods": 4},
    "assets": [{"name": "GPUs", "units": number(100, "units"), "cost": number(5, "USD m"),
                "useful_life": number(5, "years"), "annual_decay": number(40, "% a year")}],
    "cash": {"name": "Cash", "amount": number(1, "USD m a year")},
    "debt": [{"name": "Loan", "amount": number(4, "USD m"), "rate": number(10, "% a year"),
              "amortisation": "straight"}],
}  # fmt: skip
"""Service of 1.4m, 1.3m, 1.2m and 1.1m a year against 1m of cash."""


def cured(level: float = 1.0, **terms: Any) -> Analysis:
    covenant = {
        "name": "DSCR", "metric": "dscr", "default": number(level, "x"), "test_every_months": 12,
        "cure": {"source": "assumption"} | terms,
    }  # fmt: skip
    return analyse(read(TWO_YEARS | {"covenants": [covenant]}))


@pytest.mark.parametrize(
    ("terms", "amounts"),
    [
        # 1.4 - 1, 1.3 - 1, 1.2 - 1, 1.1 - 1; 10 % of what an uncured year leaves unpaid is added to the next service.
        ({}, [0.4, 0.3, 0.2, 0.1]),
        ({"max_cures": 2}, [0.4, 0.3, 0.0, 0.0]),
        ({"max_consecutive": 1}, [0.4, 0.0, 0.23, 0.0]),
        ({"max_in_window": 2, "window": 3}, [0.4, 0.3, 0.0, 0.12]),
        ({"max_cures": 1, "limits_from": "2028-01-01"}, [0.4, 0.3, 0.2, 0.0]),
        # 0.4 left unpaid makes it 0.34 in the second year and 0.74 + 0.034 of 1.2 + 0.074 in the third.
        ({"cap": number(250, "USD k")}, [0.0, 0.0, 0.0, 0.2014]),
        ({"total_cap": number(0.65, "USD m")}, [0.4, 0.0, 0.23, 0.0]),
        ({"counts_as": "debt_service"}, [0.4, 0.3, 0.2, 0.1]),
        # 3m owed, of which 1 - 1/1.4 are repaid: 0.857m; service is 71 % of what it was, 0.9286m and less.
        ({"counts_as": "prepayment"}, [3 * (1 - 1 / 1.4), 0.0, 0.0, 0.0]),
    ],
)
def test_cures_within_their_limits(terms: dict[str, Any], amounts: list[float]) -> None:
    test = cured(**terms).covenants[0]
    assert test.cured is not None
    assert (test.cured.amount / 1e6).tolist() == pytest.approx(amounts)
    # A prepayment makes all later service smaller, so that nothing breaks any more.
    assert (test.status[: 1 if "prepayment" in terms.values() else 4] == Status.DEFAULT).all()
    assert test.after_cures is not None
    repaired = [a > 0 or "prepayment" in terms.values() for a in amounts]
    assert (test.after_cures == Status.OK).tolist() == repaired


def test_the_verdict_says_what_cures_take() -> None:
    all_of_them = "Cures of DSCR take USD 1.0m of equity on 4 dates and repair all of its 4 breaches."
    assert all_of_them in cured().verdict
    some = "Cures of DSCR take USD 700,000 of equity on 2 dates; the first breach that the limits leave is on "
    assert some + "31 December 2028." in cured(max_cures=2).verdict
    assert "No cure is possible within the limits of DSCR." in cured(cap=number(1, "USD")).verdict


def test_levels_step_on_their_dates() -> None:
    steps = [
        {"date": "2027-06-30", "default": number(0.7, "x"), "lockup": number(0.75, "x")},
        {"date": "2028-12-31", "default": number(0.95, "x"), "lockup": number(1.2, "x")},
    ]
    record = {
        "name": "DSCR", "metric": "dscr", "default": number(0.6, "x"), "lockup": number(0.72, "x"),
        "test_every_months": 12, "steps": steps,
    }  # fmt: skip
    # 1/1.4 = 0.714; with 10 % of what stayed unpaid 1/1.34 = 0.746, 1/1.274 = 0.785, 1/1.2014 = 0.832.
    test = analyse(read(TWO_YEARS | {"covenants": [record]})).covenants[0]
    assert test.default.tolist() == [0.6, 0.7, 0.95, 0.95]
    assert test.status.tolist() == [Status.LOCKUP, Status.LOCKUP, Status.DEFAULT, Status.DEFAULT]
    found = room(analyse(read(TWO_YEARS | {"covenants": [record]})), test)
    # A year earns 1m: 1.4m x 0.6 is 0.84m, so that 0.16m may be lost, 16 %.
    assert float(found.money[0]) == pytest.approx(160e3)
    assert float(found.share[0]) == pytest.approx(0.16)
    assert float(found.money[2]) == pytest.approx(1e6 - 0.95 * 1.274e6)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"steps": [{"date": "2020-01-01", "default": number(1, "x")}]}, "steps[0].date must come after closing"),
        ({"steps": [{"date": "2027-01-01", "default": number(1, "x"), "lockup": number(2, "x")}]}, "steps: each has"),
        ({"steps": [{"date": "2027-01-01", "default": number(1, "x")}] * 2}, "steps must ascend"),
        ({"metric": "ltv_adjusted", "cure": {"source": "assumption"}}, "cure belongs to a coverage"),
        (
            {"cure": {"source": "assumption"}, "metric": "dscr", "timeline": 12},
            "cure needs a test in every period: test_every_months must be 1, got 12",
        ),
    ],
)
def test_covenants_that_do_not_fit_are_refused(change: dict[str, Any], said: str) -> None:
    covenant = {"name": "C", "metric": "dscr", "default": number(1, "x"), "test_every_months": 12} | change
    timeline = TWO_YEARS["timeline"] | {"frequency": covenant.pop("timeline", 1)}
    with pytest.raises(DealError) as error:
        read(TWO_YEARS | {"timeline": timeline, "covenants": [covenant]})
    assert said in str(error.value)


def test_a_cure_is_cash_that_the_waterfall_pays_out_and_equity_pays_in() -> None:
    """Two covenants cured on one date take one payment, the larger; a prepayment is none of that cash."""
    cured = {"max_cures": 4, "source": "assumption"}
    deal = CASE_A | {
        "covenants": [
            {"name": "One", "metric": "dscr", "default": number(1.0, "x"), "cure": cured},
            {"name": "Two", "metric": "dscr", "default": number(0.9, "x"), "cure": cured},
            {"name": "Paid", "metric": "dscr", "default": number(0.8, "x"),
             "cure": cured | {"counts_as": "prepayment"}},
        ],
        "financing": {"reserve_months": number(3, "months")},
    }  # fmt: skip
    found = analyse(read(deal))
    assert found.financing is not None
    one, two, paid_down = (test.cured for test in found.covenants)
    assert one is not None
    assert two is not None
    assert paid_down is not None
    assert (paid_down.amount > 0).any()
    paid = found.financing.paid
    assert paid.equity == pytest.approx(one.amount + two.amount)
    # While the first may still be cured, the second needs nothing more.
    assert ((one.amount == 0) | (two.amount == 0)).all()
    assert paid.cure_prepaid == pytest.approx(paid_down.amount)
    assert paid.equity.sum() > 0
    put_in = -found.financing.equity_flows[1:-1] + paid.distribution[:-1]
    assert put_in == pytest.approx((paid.equity + paid.cure_prepaid)[:-1])
    there = (
        paid.opening_cash
        + paid.cfads
        + paid.equity
        + paid.cure_prepaid
        + paid.reserves[0].drawn
        + paid.reserves[0].released
    )
    gone = paid.tranches[0].received + paid.reserves[0].filled + paid.distribution + paid.cash
    assert there == pytest.approx(gone, abs=0.005)
