"""Receivables: a book by hand, and every dollar in exactly one place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.receivables import dilution_reserve, eligible_receivables, receivable_rules
from xlmodel.errors import NO_SALES, InputError, RangeError, reason

RULES = receivable_rules(60, 90, ["US", "CA"])
BOOK = {
    "billed": [True, True, True, False, True, True, True],
    "days_past_due": [0, 61, 10, 0, 0, 30, None],
    "invoice_age_days": [30, 91, 95, 0, 20, 40, 10],
    "country": ["US", "US", "US", "US", "DE", "CA", "US"],
}
AMOUNTS = [100.0, 20, 30, 40, 50, 200, 10]
CUSTOMERS = ["A", "A", "B", "B", "C", "D", ""]


def test_a_book_by_hand() -> None:
    # The second is past due before it is too old; of the last nothing is known. A is late with 20 of 120 and B with 30
    # of the 30 that were billed. A has prepaid 25 of its 100, C 60 against nothing left. 75 and 200 are left: 40 % of
    # 275 is 110, so D has 90 too much.
    book = eligible_receivables(
        AMOUNTS, CUSTOMERS, BOOK, RULES, cross_age=0.25, contra={"A": 25, "C": 60}, concentration_limit=0.4
    )
    assert book.excluded_by.tolist() == [
        "contra", "past due", "invoice too old", "unbilled", "foreign", "concentration", "past due",
    ]  # fmt: skip
    assert book.eligible == pytest.approx([75, 0, 0, 0, 0, 110, 0])
    assert {name: float(total) for name, total in book.totals.items()} == pytest.approx(
        {"unbilled": 40, "past due": 30, "invoice too old": 30, "foreign": 50, "cross-aged": 0, "contra": 25,
         "concentration": 90}
    )  # fmt: skip
    assert {who: float(left) for who, left in book.unused_contra.items()} == {"A": 0, "C": 60}


def test_cross_ageing_takes_the_rest_of_a_late_customer_only_above_its_share() -> None:
    columns = {"days_past_due": [95, 0, 0], "billed": [True, True, False]}
    rules = receivable_rules(past_due_days=90)
    for share, names in ((0.49, ["past due", "cross-aged", "unbilled"]), (0.5, ["past due", None, "unbilled"])):
        # 50 of the 100 that were billed are late; the 300 that were not do not count.
        book = eligible_receivables([50, 50, 300], ["A", "A", "A"], columns, rules, cross_age=share)
        assert book.excluded_by.tolist() == names


def test_contra_takes_in_proportion_and_never_more_than_is_left() -> None:
    book = eligible_receivables([30, 10], ["A", "A"], {}, [], contra={"A": 20})
    assert book.eligible.tolist() == [15, 5]
    book = eligible_receivables([30, 10], ["A", "A"], {}, [], contra={"A": 100})
    assert (book.eligible.tolist(), float(book.unused_contra["A"])) == ([0, 0], 60)


def test_books_of_several_dates() -> None:
    dates = np.array([AMOUNTS, [2 * x for x in AMOUNTS]])
    terms = {"cross_age": 0.25, "contra": {"A": [25, 50]}, "concentration_limit": [0.4, 0.4]}
    book = eligible_receivables(dates, CUSTOMERS, BOOK, RULES, **terms)
    assert book.eligible[1] == pytest.approx(2 * book.eligible[0])
    assert book.excluded_by.shape == (2, 7)


def test_without_rules_everything_is_eligible() -> None:
    book = eligible_receivables([1, 2], [None, None], {}, [])
    assert (book.eligible.tolist(), book.excluded_by.tolist(), book.ineligible) == ([1, 2], [None, None], {})


@given(
    invoices=st.lists(
        st.tuples(
            st.floats(0, 1e6), st.sampled_from(["A", "B", "C", ""]), st.integers(-30, 120), st.integers(0, 150),
            st.sampled_from(["US", "DE"]), st.booleans(),
        ),
        min_size=1, max_size=12,
    ),
    cross=st.floats(0, 1), owed=st.floats(0, 1e6), limit=st.floats(0, 1),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_each_dollar_is_in_exactly_one_bucket(invoices: list, cross: float, owed: float, limit: float) -> None:
    amounts, customers, late, age, country, billed = (list(column) for column in zip(*invoices, strict=True))
    columns = {"billed": billed, "days_past_due": late, "invoice_age_days": age, "country": country}
    contra = {"A": owed} if "A" in customers else None
    book = eligible_receivables(amounts, customers, columns, RULES, cross, contra, limit)
    parts = np.stack([*book.ineligible.values(), book.eligible])
    assert np.all(parts >= 0)
    assert parts.sum(axis=0) == pytest.approx(np.array(amounts), rel=1e-9, abs=1e-6)
    # An invoice out by a rule of its own, or with its customer, is in that bucket alone.
    whole = np.isin(book.excluded_by, ["unbilled", "past due", "invoice too old", "foreign", "cross-aged"])
    assert np.all((parts[:, whole] > 0).sum(axis=0) <= 1)
    assert np.all(book.eligible[whole] == 0)
    untouched = book.excluded_by == None  # noqa: E711  of an array
    assert book.eligible[untouched].tolist() == np.array(amounts)[untouched].tolist()
    # The order of the invoices decides nothing.
    back = {name: column[::-1] for name, column in columns.items()}
    turned = eligible_receivables(amounts[::-1], customers[::-1], back, RULES, cross, contra, limit)
    assert turned.eligible[::-1] == pytest.approx(book.eligible, rel=1e-9, abs=1e-6)


def test_dilution() -> None:
    # 8 % of sales came back, 5 % are covered: 3 % of 1,000.
    assert dilution_reserve(1000, [16, 6, 0], 200, 0.05) == pytest.approx([30, 0, 0])
    assert reason(float(dilution_reserve(1000, 0, 0, 0.05))) is NO_SALES
    with pytest.raises(RangeError, match="credited must be at most sales"):
        dilution_reserve(1000, 201, 200, 0.05)


def test_refusals() -> None:
    with pytest.raises(InputError, match="customers must name 2 invoices, got 1"):
        eligible_receivables([1, 2], ["A"], {}, [])
    with pytest.raises(InputError, match="contra names 'Z', who owes no invoice"):
        eligible_receivables([1], ["A"], {}, [], contra={"Z": 1})
    with pytest.raises(InputError, match="columns of invoices must have 1 entries, got 2"):
        eligible_receivables([1], ["A"], {"billed": [True, True]}, receivable_rules())
    with pytest.raises(InputError, match="rules must have names of their own"):
        eligible_receivables([1], ["A"], {"billed": [True]}, receivable_rules() * 2)
    with pytest.raises(RangeError, match="amount must be at least 0, got -1"):
        eligible_receivables([-1], ["A"], {}, [])
