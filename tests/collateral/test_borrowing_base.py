"""Borrowing base, concentration and eligibility: by hand, and what no certificate may break."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.borrowing_base import borrowing_base
from xlmodel.collateral.concentration import concentration_excess
from xlmodel.collateral.eligibility import Rule, eligibility
from xlmodel.errors import InputError, RangeError

AFTER = "eligible after exclusion"
AMOUNTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=8)


def test_a_certificate_by_hand() -> None:
    # 0.8 * (100 - 10) + 0.5 * 40 - 12 = 80, of which the commitment lets 75 be drawn; 90 are.
    certificate = borrowing_base([100, 40], [10, 0], [0.8, 0.5], 12, 75, 90)
    assert certificate.advance == pytest.approx([72, 20])
    assert (float(certificate.base), float(certificate.line)) == pytest.approx((80, 75))
    assert (float(certificate.availability), float(certificate.deficiency)) == pytest.approx((-15, 15))


def test_reserves_never_make_more_due_than_is_owed() -> None:
    certificate = borrowing_base([10], 0, 0.8, 50, loans_and_lcs=5)
    assert (float(certificate.base), float(certificate.deficiency)) == (0, 5)


def test_certificates_on_a_tape() -> None:
    gross = np.array([[100.0, 40], [50, 0]])
    tape = borrowing_base(gross, 0, [0.8, 0.5], [12, 0], loans_and_lcs=[60, 60])
    assert tape.availability == pytest.approx([28, -20])
    assert tape.reserves.tolist() == [12, 0]


@given(amounts=AMOUNTS, out=st.floats(0, 1), rate=st.floats(0, 1), reserve=st.floats(0, 1e6), drawn=st.floats(0, 1e6))
@settings(max_examples=60, deadline=None)
def test_what_no_certificate_breaks(amounts: list, out: float, rate: float, reserve: float, drawn: float) -> None:
    gross = np.array(amounts)
    certificate = borrowing_base(gross, out * gross, rate, reserve, 2e6, drawn, list(range(len(amounts))), 0.4)
    assert 0 <= float(certificate.base) <= rate * gross.sum() * (1 + 1e-9)
    assert float(certificate.line) <= 2e6
    assert float(certificate.availability) == pytest.approx(float(certificate.line) - drawn)
    assert 0 <= float(certificate.deficiency) <= drawn + 1e-9
    assert np.all(certificate.eligible + certificate.excess + out * gross <= gross * (1 + 1e-9) + 1e-9)


def test_obligors_are_added_up_before_the_limit() -> None:
    # A owes 30 and 10 of 80: a quarter of 80 is 20, so half of each of its two is excess; the blank is no obligor.
    found = concentration_excess([30, 20, 10, 20, 500], 0.25, ["A", "B", "A", "C", ""])
    assert found.excess == pytest.approx([15, 0, 5, 0, 0])
    assert (float(found.total), float(found.pool)) == pytest.approx((20, 80))


def test_the_pool_after_exclusion_by_hand() -> None:
    # Shares of 40 % on 60, 30, 10: with only the largest at the limit T = 40 / 0.6 = 66.7 and 30 > 26.7, so two are:
    # T = 10 / 0.2 = 50, both held to 20. On the pool of 100 only 20 is excess.
    assert concentration_excess([60, 30, 10], 0.4, basis=AFTER).excess == pytest.approx([40, 10, 0])
    assert concentration_excess([60, 30, 10], 0.4).excess == pytest.approx([20, 0, 0])


def test_a_limit_met_exactly_excludes_nothing() -> None:
    assert float(concentration_excess([1, 1, 1, 1], 0.25, basis=AFTER).total) == 0
    assert float(concentration_excess([1, 1, 1], 1.0, basis=AFTER).total) == 0
    # A limit of nothing excludes everything on either basis.
    assert float(concentration_excess([1, 2], 0.0).total) == 3
    assert float(concentration_excess([1, 2], 0.0, basis=AFTER).total) == 3


@given(amounts=AMOUNTS, limit=st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_the_pool_after_exclusion_is_the_largest_that_holds_its_own_limit(amounts: list, limit: float) -> None:
    after = concentration_excess(amounts, limit, basis=AFTER)
    left = np.array(amounts) - after.excess
    scale = max(sum(amounts), 1e-9)
    assert np.all(left <= limit * left.sum() + 1e-6 * scale)
    assert float(after.total) >= float(concentration_excess(amounts, limit).total) - 1e-9 * scale
    # Iterating down from the whole pool reaches the same end.
    pool = sum(amounts)
    for _ in range(2000):
        pool = np.minimum(amounts, limit * pool).sum()
    assert pool >= left.sum() - 1e-6 * scale


def test_pools_of_concentration_on_a_tape() -> None:
    found = concentration_excess([[60, 30, 10], [10, 10, 10]], [0.4, 0.4], basis=AFTER)
    assert found.total == pytest.approx([50, 0])
    assert concentration_excess([3, 1, 1], [0.25, 0.5]).total == pytest.approx([1.75, 0.5])


def test_no_obligor_means_no_limit() -> None:
    assert concentration_excess([5, 5], 0.1, ["", None]).excess.tolist() == [0, 0]


def test_the_first_failed_rule_is_named_and_all_are_kept() -> None:
    rules = [
        Rule("past due", "days", "at_most", 90),
        Rule("foreign", "country", "none_of", ["DE"]),
        Rule("no waiver", "waiver", "is_true"),
        Rule("encumbered", "lien", "is_false"),
        Rule("too old", "age", "less_than", 5.0),
        Rule("too small", "hashrate", "more_than", 90),
        Rule("thin", "insured", "at_least", 1.0),
    ]
    good = {"days": 90, "country": "US", "waiver": True, "lien": False, "age": 4.9, "hashrate": 91, "insured": 1}
    bad = {"days": 91, "country": "DE", "waiver": False, "lien": True, "age": 5, "hashrate": 90, "insured": 0.9}
    columns = {name: [good[name], bad[name], None] for name in good}
    found = eligibility(columns, rules)
    assert found.eligible.tolist() == [True, False, False]
    assert found.excluded_by == (None, "past due", "past due")
    assert found.failures[:, 1].all()
    assert found.failures[:, 2].all()
    for rule in rules:
        one = eligibility({**{name: [good[name]] for name in good}, rule.column: [bad[rule.column]]}, rules)
        assert one.excluded_by == (rule.name,)


def test_no_rules_exclude_nothing() -> None:
    assert eligibility({"a": [1, 2]}, []).excluded_by == (None, None)


def test_refusals() -> None:
    with pytest.raises(InputError, match="assets is empty"):
        eligibility({}, [])
    with pytest.raises(InputError, match="differ in length: a 1, b 2"):
        eligibility({"a": [1], "b": [1, 2]}, [])
    with pytest.raises(InputError, match="tests 'age', which assets does not have"):
        eligibility({"a": [1]}, [Rule("old", "age", "at_most", 3)])
    with pytest.raises(InputError, match=r"must be one of at_most, .* got 'under'"):
        eligibility({"a": [1]}, [Rule("old", "a", "under", 3)])
    with pytest.raises(InputError, match="compares numbers"):
        eligibility({"a": ["x"]}, [Rule("old", "a", "at_most", 3)])
    with pytest.raises(InputError, match="must be a list of words"):
        eligibility({"a": ["x"]}, [Rule("old", "a", "one_of", "xyz")])
    with pytest.raises(InputError, match="ineligible must be at most gross"):
        borrowing_base([10], [11], 0.8)
    with pytest.raises(InputError, match="concentration_limit is missing"):
        borrowing_base([10], 0, 0.8, obligors=["A"])
    with pytest.raises(InputError, match="obligors must name 2 assets, got 1"):
        concentration_excess([1, 2], 0.2, ["A"])
    with pytest.raises(InputError, match="basis must be one of 'gross eligible before exclusion'"):
        concentration_excess([1, 2], 0.2, basis="gross")
    with pytest.raises(RangeError, match="advance_rate must lie between 0 and 1, got 80"):
        borrowing_base([10], 0, 80)
