"""Contracts alone, what is owed when they end, and a customer that fails: worked by hand."""

import math
from typing import Any

import pytest

from tests.deal.test_rates_and_tax import YEARLY
from tests.workbook.deals import number
from xlmodel.deal import analyse, read
from xlmodel.deal.offtake import Offtake, offtake
from xlmodel.errors import ModelError

CONTRACT: dict[str, Any] = {"name": "Anchor", "term": number(2, "years"), "amount": number(8, "USD m")}
CUSTOMER = {
    "default_rate": number(10, "% a year"), "termination": number(50, "%"),
    "letter_of_credit": number(500, "USD k"), "recovery": number(40, "%"),
}  # fmt: skip


def found(contract: dict[str, Any], **parts: Any) -> Offtake:
    deal = {k: v for k, v in YEARLY.items() if k != "cash"}
    return offtake(
        analyse(read(deal | {"contracts": [contract], "opex": {"fixed": number(1, "USD m a year")}} | parts))
    )


def test_contracts_alone_worked_by_hand() -> None:
    """4 a year for two years less 1; service 3.4, then 2.5 and 9 % of what is owed: 7.9 after a year paid short by 0.4.

    After two years 3.211 + 0.4 less 3 is past due, 0.611, beside 5 that is not; nothing is paid of the next 3.00499.
    """
    got = found(CONTRACT)
    assert got.contracted == pytest.approx([4e6, 4e6, 0, 0])
    assert got.dscr == pytest.approx([3 / 3.4, 3 / 3.211, -1 / 3.00499, -1 / 3.00499])


def test_debt_on_a_unit_when_the_contract_ends() -> None:
    """After two of four years 5.611 of 10 is owed on a hundred units, worth 10 · 0.6² at the market."""
    (ending,) = found(CONTRACT).endings
    assert ending.period == 1
    assert float(ending.unit.debt) == pytest.approx(56_110)
    assert ending.resale == pytest.approx(36_000)
    assert float(ending.unit.cover) == pytest.approx(36_000 / 56_110)
    assert float(ending.unit.shortfall) == pytest.approx(20_110)


def test_a_customer_that_fails_worked_by_hand() -> None:
    """After the first year 4 of fees is to come: half falls due, 0.5 is drawn and 40 % of the other 1.5 received.

    7.9 is owed and the hardware worth 6, so 0.8 is short; after the second nothing falls due and 5.611 − 3.6 is; then
    5.611 and a year's interest of 0.50499 less 2.16, and at last that interest twice, and 9 % on it, less 1.296.
    """
    (customer,) = found(CONTRACT | {"offtaker": CUSTOMER}).customers
    assert customer is not None
    assert customer.claim == pytest.approx([2e6, 0, 0, 0])
    assert customer.proceeds == pytest.approx([1.1e6, 0, 0, 0])
    assert customer.short == pytest.approx(
        [0.8e6, 2.011e6, 5.611e6 + 504_990 - 2.16e6, 5.611e6 + 2 * 504_990 + 0.09 * 504_990 - 1.296e6]
    )
    first, second = 1 - math.exp(-0.1), math.exp(-0.1) - math.exp(-0.2)
    assert customer.expected == pytest.approx([first * 0.8e6, second * 2.011e6, 0, 0])


def test_a_prepayment_not_yet_credited_is_set_off() -> None:
    """1 received at closing and credited in the second year: after the first it is still owed to the customer."""
    paid = {"amount": number(1, "USD m"), "credit_from_month": number(13, "months"),
            "credit_to_month": number(24, "months")}  # fmt: skip
    (customer,) = found(CONTRACT | {"offtaker": CUSTOMER, "prepayment": paid}).customers
    assert customer is not None
    assert customer.ahead == pytest.approx([1e6, 0, 0, 0])
    assert customer.claim == pytest.approx([1e6, 0, 0, 0])


def test_a_guarantor_never_makes_it_worse() -> None:
    """A parent that never survives its subsidiary helps nothing, an independent one multiplies the two risks."""
    alone, tied, apart = (
        found(CONTRACT | {"offtaker": CUSTOMER | more}).customers[0]
        for more in (
            {},
            {"guarantor_default_rate": number(10, "% a year"), "dependence": number(100, "%")},
            {"guarantor_default_rate": number(10, "% a year")},
        )
    )
    assert alone is not None
    assert tied is not None
    assert apart is not None
    assert tied.survival == pytest.approx(alone.survival)
    assert 1 - apart.survival == pytest.approx((1 - alone.survival) ** 2)


@pytest.mark.parametrize(
    ("offtaker", "said"),
    [
        ({"default_rate": number(1, "% a year"), "recovery": number(40, "%")}, "recovery belongs to termination"),
        ({"default_rate": number(1, "% a year"), "dependence": number(40, "%")}, "guarantor_default_rate"),
        ({"default_rate": number(-1, "% a year")}, "value must be at least 0 % a year, got -1 % a year"),
    ],
)
def test_what_does_not_fit_is_refused(offtaker: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError) as refused:
        found(CONTRACT | {"offtaker": offtaker})
    assert said in str(refused.value)


def test_the_verdict_says_what_the_deal_hangs_on() -> None:
    """Cash of 4 covers the service throughout, contracts of 4 less 1 cover 0.88 of the 3.4 of the first year."""
    deal = {k: v for k, v in YEARLY.items() if k != "cash"} | {
        "contracts": [CONTRACT | {"name": "Half", "amount": number(8, "USD m"), "offtaker": CUSTOMER}],
        "opex": {"fixed": number(1, "USD m a year")},
    }
    rent = {"rent": number(6, "USD a unit-hour"), "annual_deflation": number(0, "% a year"), "usage": number(90, "%")}
    alone = analyse(read(deal)).verdict
    # All cash is short as well, so that contracts are is not said again.
    assert not any(sentence.startswith("Contracts alone") for sentence in alone)
    assert any(sentence.startswith("If the customer of Half fails, up to USD 2.0m stay unpaid") for sentence in alone)
    priced = {
        "name": "Half",
        "term": number(2, "years"),
        "price": number(9, "USD a unit-hour"),
        "share": number(50, "%"),
    }
    both = analyse(read(deal | {"contracts": [priced], "merchant": rent})).verdict
    assert any(sentence.startswith("Contracts alone pay 0.") for sentence in both), both


def test_the_verdict_says_when_a_higher_index_is_too_much() -> None:
    tight = YEARLY | {"cash": {"name": "Cash", "amount": number(3.5, "USD m a year")}}
    said = [s for s in analyse(read(tight)).verdict if s.startswith("An index")]
    # By hand: 11 % on 10 and 2.5 of principal are 3.6, against 3.5.
    assert said == ["An index 200 basis points higher brings the lowest DSCR to 0.97x."]
    fixed = tight | {"hedge": {"tranche": "Loan", "share": number(100, "%"), "fixed": number(4, "% a year")}}
    assert [s for s in analyse(read(fixed)).verdict if s.startswith("An index")] == []
