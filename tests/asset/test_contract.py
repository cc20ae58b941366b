"""Contracts rolling off to spot, prepayments, costs, tax and CFADS by hand arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.asset.cfads import cash_tax, cfads, installed_cost, power_cost, prepaid_revenue
from xlmodel.asset.contract import Contract, rental_revenue
from xlmodel.errors import InputError, RangeError

laws = settings(max_examples=60, deadline=None)
RENT = [2.0, 1.8, 1.6, 1.4, 1.2, 1.0]


def test_merchant_fleet() -> None:
    earned = rental_revenue(10, 100, RENT, 0.5, availability=0.9)
    # 10 x 100 x 0.9 x 0.5 x rent
    assert earned.total == pytest.approx([900, 810, 720, 630, 540, 450])
    assert earned.contracted_share.tolist() == [0] * 6


def test_cliff_at_the_end_of_the_term() -> None:
    earned = rental_revenue(1, 1, RENT, 0.5, [Contract(0.7, 2.4, 3)])
    assert earned.contracted == pytest.approx([1.68, 1.68, 1.68, 0, 0, 0])
    assert earned.spot == pytest.approx([0.3, 0.27, 0.24, 0.7, 0.6, 0.5])


def test_own_usage_above_take_or_pay_is_paid() -> None:
    earned = rental_revenue(1, 1, RENT[:2], contracts=[Contract(1, 2.0, 2, take_or_pay=0.6, own_usage=[0.5, 0.9])])
    assert earned.total == pytest.approx([1.2, 1.8])


def test_term_that_ends_inside_a_period_is_paid_to_its_end() -> None:
    assert rental_revenue(1, 1, RENT, contracts=[Contract(1, 2.4, 2.5)]).contracted_share.tolist() == [1, 1, 1, 0, 0, 0]
    # 3 years of 12 months by way of a fraction that is a hair too long.
    assert rental_revenue(1, 1, RENT, contracts=[Contract(1, 2.4, 3 + 1e-12)]).contracted_share.sum() == 3


def test_downtime_in_parts_of_a_period() -> None:
    earned = rental_revenue(1, 1, RENT, 1.0, [Contract(0.5, 2.4, 2, downtime_periods=1.25)])
    assert earned.idle_share == pytest.approx([0, 0, 0.5, 0.125, 0, 0])
    assert earned.spot == pytest.approx([1.0, 0.9, 0.5 * 1.6, 0.875 * 1.4, 1.2, 1.0])


def test_renewal_at_a_discount_to_the_rent_of_its_first_period() -> None:
    block = Contract(1, 2.4, 2, downtime_periods=1, renewals=1, renewal_periods=2, renewal_discount=0.1)
    earned = rental_revenue(1, 1, RENT, 1.0, [block])
    # Two periods at 2.4, one empty, two at 0.9 x 1.4, one empty again.
    assert earned.contracted == pytest.approx([2.4, 2.4, 0, 1.26, 1.26, 0])
    assert earned.idle_share.tolist() == [0, 0, 1, 0, 0, 1]
    assert earned.spot.tolist() == [0] * 6


def test_contract_that_starts_later_earns_spot_before() -> None:
    earned = rental_revenue(1, 1, RENT, 1.0, [Contract(1, 3.0, 2, first_period=3)])
    assert earned.total == pytest.approx([2.0, 1.8, 3.0, 3.0, 1.2, 1.0])


def test_two_customers_and_a_batch_of_loans() -> None:
    blocks = [Contract([[0.5], [0.2]], 2.0, [2, 4]), Contract(0.3, 1.5, 6)]
    earned = rental_revenue(1, 1, RENT, 1.0, blocks)
    assert earned.contracted_share == pytest.approx(np.array([[0.8, 0.8, 0.3, 0.3, 0.3, 0.3], [0.5] * 4 + [0.3] * 2]))
    alone = rental_revenue(1, 1, RENT, 1.0, [Contract(0.2, 2.0, 4), Contract(0.3, 1.5, 6)])
    assert earned.total[1].tolist() == alone.total.tolist()


def test_contract_refusals() -> None:
    with pytest.raises(RangeError, match=r"the contracts take 1\.2 of the capacity"):
        rental_revenue(1, 1, RENT, 1.0, [Contract(0.7, 2, 3), Contract(0.5, 2, 3)])
    with pytest.raises(RangeError, match="share must lie between 0 and 1, got 70"):
        rental_revenue(1, 1, RENT, 1.0, [Contract(70, 2, 3)])
    with pytest.raises(RangeError, match="first_period must be whole"):
        rental_revenue(1, 1, RENT, 1.0, [Contract(0.7, 2, 3, first_period=1.5)])
    with pytest.raises(InputError, match="rent holds 1 periods where other inputs hold 2"):
        rental_revenue([1, 2], 1, 2.0)


def test_prepayment_is_cash_when_received() -> None:
    # 20 of 100 paid ahead, credited over two periods from the third; the fourth invoice is too small for its half.
    paid = prepaid_revenue([50, 50, 50, 6, 50], [20, 0, 0, 0, 0], 3, 2)
    assert paid.cash.tolist() == [70, 50, 40, 0, 46]
    assert paid.credited.tolist() == [0, 0, 10, 6, 4]
    assert paid.outstanding.tolist() == [20, 20, 10, 4, 0]


@laws
@given(st.lists(st.floats(0, 100), min_size=4, max_size=10), st.floats(0, 200), st.integers(1, 6), st.integers(1, 6))
def test_prepayment_is_conserved(invoices: list[float], ahead: float, first: int, length: int) -> None:
    paid = prepaid_revenue(invoices, [ahead] + [0] * (len(invoices) - 1), first, length)
    assert paid.cash.sum() == pytest.approx(sum(invoices) + paid.outstanding[-1], abs=1e-9)
    assert (paid.cash >= -1e-12).all()
    assert (paid.outstanding >= -1e-9).all()


def test_cfads_subtracts_every_cost_and_keeps_losses() -> None:
    parts = cfads(100, 10, 9, 8, 7, 6, 5, -4)
    assert parts.tolist() == [100 - 10 - 9 - 8 - 7 - 6 - 5 + 4]
    assert cfads([0, 0], hosting=[3, 4]).tolist() == [-3, -4]
    with pytest.raises(RangeError, match="power must be at least 0"):
        cfads(100, -1)
    with pytest.raises(InputError, match="do not fit together"):
        cfads([1, 2], [1, 2, 3])


def test_costs_by_the_hour() -> None:
    # 1.275 kW x 1.3 x 0.08; half the hours idle at 20 % of the draw: 0.6 of it.
    assert float(power_cost(1.275, 1.3, 0.08)) == pytest.approx(0.1326)
    assert float(power_cost(1.275, 1.3, 0.08, 0.5, 0.2)) == pytest.approx(0.1326 * 0.6)
    assert float(installed_cost(1000, 2190, 0.3526)) == pytest.approx(772_194)
    with pytest.raises(RangeError, match="pue must be at least 1"):
        power_cost(1, 0.9, 0.1)


def test_tax_carries_losses_forward() -> None:
    # Profits -30, 42, 74: the loss of 30 leaves 12 to tax, then 74.
    due = cash_tax([50, 80, 80], [10, 8, 6], [70, 30, 0], 0.25)
    assert due.tax.tolist() == [0, 3, 18.5]
    # With losses limited to half of a profit: 42 - 21 = 21, then 74 - 9.
    half = cash_tax([50, 80, 80], [10, 8, 6], [70, 30, 0], 0.25, loss_use_limit=0.5)
    assert half.tax.tolist() == [0, 5.25, 16.25]
    assert half.losses.tolist() == [30, 9, 0]
    assert cash_tax([10], [0], [0], 0.25, opening_losses=[4, 40]).tax.tolist() == [[1.5], [0]]


@laws
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.floats(0, 0.5), st.floats(0, 1))
def test_tax_is_never_below_that_of_one_long_period(profits: list[float], rate: float, limit: float) -> None:
    tax = cash_tax(profits, 0, 0, rate, loss_use_limit=limit).tax
    assert tax.sum() >= rate * max(sum(profits), 0) - 1e-9
    assert (tax >= 0).all()
