"""What a deal earns: contract blocks, merchant rent on a curve, prepayments, operating cost."""

import numpy as np
import pytest

from tests.deal.describing import analysed, number


def test_a_contract_block_and_its_cliff() -> None:
    """Golden row rec_cfads_contract70_16q: 70 % at 2.40 USD take-or-pay for three years, then all of it at spot."""
    block = {
        "name": "Customer", "term": number(3, "years"), "price": number(2.4, "USD a unit-hour"),
        "share": number(70, "%"), "take_or_pay": number(100, "%"),
    }  # fmt: skip
    deal = analysed(contracts=[block])
    assert deal.cfads[[0, 11, 12, 15]] == pytest.approx(
        [4188842.9667199273, 3387681.9596486376, 693372.9319497833, 349383.2391801544], abs=1e-4
    )
    # 1,000 x 2,190 hours x 70 % x 2.40.
    assert deal.earnings.contract_revenue == pytest.approx([3679200.0] * 12 + [0.0] * 4)


def test_usage_counts_where_it_exceeds_take_or_pay() -> None:
    block = {
        "name": "Customer", "term": number(3, "years"), "price": number(2.4, "USD a unit-hour"),
        "share": number(50, "%"), "take_or_pay": number(60, "%"), "own_usage": number(80, "%"),
    }  # fmt: skip
    # 1,000 x 2,190 x 50 % x 80 % x 2.40 = 2,102,400.
    assert float(analysed(contracts=[block]).earnings.contract_revenue[0]) == pytest.approx(2102400.0)


def test_merchant_rent_falls_by_the_period_as_an_independent_computation_says() -> None:
    """Golden row rec_cfads_merchant_16q."""
    deal = analysed()
    assert deal.cfads[[0, 7, 15]] == pytest.approx([3500595.889066425, 1516739.1411839887, 349383.2391801544], abs=1e-4)


def test_merchant_rent_through_dated_points() -> None:
    points = [{"date": d, "rent": number(r, "USD a unit-hour")} for d, r in (("2025-12-31", 4.0), ("2027-12-31", 1.0))]
    deal = analysed(merchant={"points": points, "usage": number(1, "fraction"), "timing": "end"})
    # Log-linear from 4 to 1 in 730 days: 2 after 365 of them, 4 / 4^(90/730) after 90, flat at 1 from the end on.
    assert float(deal.earnings.rental[3]) == pytest.approx(2.0, rel=1e-12)
    assert float(deal.earnings.rental[0]) == pytest.approx(4 / 4 ** (90 / 730), rel=1e-12)
    assert deal.earnings.rental[8:] == pytest.approx(np.ones(8))


def test_a_curve_may_begin_before_closing_and_rise() -> None:
    points = [{"date": d, "rent": number(r, "USD a unit-hour")} for d, r in (("2024-12-31", 1.0), ("2026-12-31", 4.0))]
    deal = analysed(merchant={"points": points, "usage": number(1, "fraction"), "timing": "start"})
    assert float(deal.earnings.rental[0]) == pytest.approx(2.0, rel=1e-12)
    assert float(deal.earnings.rental[-1]) == 4.0


def test_the_average_rent_of_a_year_is_the_integral_over_it() -> None:
    """Golden row rec_rate_mid_vs_avg: 2.40 falling 40 % a year, first year: 2.40, 1.8590, 1.8793 and 1.44."""
    rent = {
        "rent": number(2.4, "USD a unit-hour"),
        "annual_deflation": number(40, "% a year"),
        "usage": number(1, "fraction"),
    }
    timeline = {"closing": "2025-12-31", "frequency": 1, "periods": 4}
    covenants: list[object] = []
    for timing, expected in (("start", 2.4), ("mid", 1.8590), ("average", 1.8793), ("end", 1.44)):
        deal = analysed(merchant=rent | {"timing": timing}, timeline=timeline, covenants=covenants)
        assert float(deal.earnings.rental[0]) == pytest.approx(expected, abs=5e-5)


def test_the_averages_of_a_stub_and_of_the_rest_are_those_of_the_whole() -> None:
    rent = {
        "rent": number(2.4, "USD a unit-hour"), "annual_deflation": number(40, "% a year"),
        "usage": number(1, "fraction"), "timing": "average",
    }  # fmt: skip
    timeline = {"closing": "2025-12-31", "frequency": 1, "ends": ["2026-04-30", "2026-12-31"]}
    deal = analysed(merchant=rent, timeline=timeline, covenants=[])
    assert float((deal.earnings.rental * deal.timeline.length).sum()) == pytest.approx(1.8793, abs=5e-5)


def test_a_prepayment_received_after_closing_is_cash_when_it_comes() -> None:
    paid = {
        "amount": number(6, "USD m"), "received": "2026-08-15",
        "credit_from_month": number(13, "months"), "credit_to_month": number(24, "months"),
    }  # fmt: skip
    contract = {"name": "Customer", "term": number(48, "months"), "amount": number(48, "USD m"), "prepayment": paid}
    earned = analysed(merchant=None, contracts=[contract]).earnings
    # Quarter 3 ends on 30 September 2026; 6m over the four quarters of months 13 to 24 is 1.5m each.
    assert earned.prepayment_received.tolist() == [0.0, 0.0, 6e6, *[0.0] * 13]
    assert earned.prepayment_credit == pytest.approx([0.0] * 4 + [1.5e6] * 4 + [0.0] * 8)
    assert earned.cash_revenue == pytest.approx([3e6, 3e6, 9e6, 3e6, *[1.5e6] * 4, *[3e6] * 8])


def test_a_prepayment_of_the_purchase_is_no_cash_of_the_periods() -> None:
    paid = {
        "amount": number(6, "USD m"),
        "credit_from_month": number(13, "months"),
        "credit_to_month": number(24, "months"),
    }
    contract = {"name": "Customer", "term": number(48, "months"), "amount": number(48, "USD m"), "prepayment": paid}
    earned = analysed(merchant=None, contracts=[contract]).earnings
    assert not earned.prepayment_received.any()
    assert float(earned.cash_revenue.sum()) == pytest.approx(42e6)


def test_operating_cost_adds_up() -> None:
    opex = {
        "project_margin": number(90, "%"), "cash_cost": number(0.22, "USD a unit-hour"), "pue": number(1.3, "x"),
        "power_price": number(0.08, "USD a kWh"), "fixed": number(1.2, "USD m a year"),
    }  # fmt: skip
    deal = analysed(opex=opex)
    revenue = deal.earnings.merchant_revenue
    # Golden row rec_power_cost: 1.275 kW x 1.3 x 0.08 = 0.1326 an hour; 2,190 hours of 1,000 units; 0.3m a quarter.
    assert deal.earnings.opex == pytest.approx(0.1 * revenue + (0.22 + 0.1326) * 2190e3 + 0.3e6)
    assert deal.cfads == pytest.approx(revenue - deal.earnings.opex)
