"""The lien checklist: what is missing becomes a reserve with a sentence."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.borrowing_base import borrowing_base
from xlmodel.collateral.liens import Item, Requirement, current, lien_reserves, tie_out
from xlmodel.errors import InputError, RangeError


def test_each_rule_by_hand() -> None:
    held = lien_reserves([
        Item(Requirement.FILING, "racks", True),
        Item(Requirement.SITE_WAIVER, "Dallas", False, months=3, monthly_rent=100_000),
        Item(Requirement.CONTROL, "lockbox", None, amount=50_000),
        Item(Requirement.TRANSFER, "racks", False, share=0.1, value=2e6),
        Item(Requirement.NO_PRIOR_LIEN, "switches", False, amount=400_000, value=300_000),
    ])  # fmt: skip
    assert [line.amount for line in held] == [300_000, 50_000, 200_000, 300_000]
    assert held[1].sentence == (
        "account control agreement of lockbox is not known to be in place: 50,000 held back, a fixed amount"
    )
    assert held[3].sentence.endswith("a fixed amount, of which only 300,000 is left of the value of 300,000")
    # 0.8 of 10 m less 0.85 m.
    assert float(borrowing_base([10e6], 0, 0.8, sum(line.amount for line in held)).base) == pytest.approx(7.15e6)


def test_the_same_hardware_is_not_held_back_twice() -> None:
    held = lien_reserves([
        Item(Requirement.FILING, "racks", False, share=0.9, value=100),
        Item(Requirement.TIE_OUT, "racks", False, share=0.2, value=100),
        Item(Requirement.SITE_WAIVER, "racks", False, amount=5),
    ])  # fmt: skip
    assert [line.amount for line in held] == pytest.approx([90, 10, 0])


@given(st.lists(st.tuples(st.sampled_from("AB"), st.floats(0, 1), st.booleans()), max_size=8))
@settings(max_examples=60, deadline=None)
def test_never_more_than_the_value_and_nothing_for_what_is_met(rows: list) -> None:
    items = [Item(Requirement.FILING, of, met, share=share, value=50.0) for of, share, met in rows]
    held = lien_reserves(items)
    assert len(held) == sum(not met for *_, met in rows)
    for of in "AB":
        taken = sum(line.amount for line in held if line.of == of)
        asked = sum(share * 50 for name, share, met in rows if name == of and not met)
        assert taken == pytest.approx(min(asked, 50), abs=1e-9)


def test_serials() -> None:
    seen = tie_out(["S1", "s2 ", "S3", "S3", "S4"], ["S2", "S1", "S1", "X"])
    assert (seen.missing, seen.strangers, seen.twice) == (("S3", "S4"), ("X",), ("S3",))
    assert seen.share_missing == pytest.approx(3 / 5)  # two of the five entries stand for a unit that was seen
    with pytest.raises(InputError, match="pledged is empty"):
        tie_out([], [])


@pytest.mark.parametrize(("item", "words"), [
    (Item("a promise", "racks", True), "requirement must be one of lien filing, .*, got 'a promise'"),
    (Item(Requirement.FILING, "racks", False), "lien filing of racks is missing and needs one rule, .*, got none"),
    (Item(Requirement.FILING, "racks", False, amount=1, share=0.5, value=1), "got amount and share"),
    (Item(Requirement.SITE_WAIVER, "Dallas", False, months=3), "monthly_rent of .* of Dallas is missing"),
    (Item(Requirement.TIE_OUT, "racks", False, share=0.1), "value of serial tie-out of racks is missing"),
])  # fmt: skip
def test_refusals(item: Item, words: str) -> None:
    with pytest.raises(InputError, match=words):
        lien_reserves([item])


def test_dates() -> None:
    day = dt.date(2026, 11, 30)
    # 1 September is 90 days before 30 November.
    assert [current(dt.date(2026, 9, 1), day, days) for days in (89, 90)] == [False, True]
    assert current(None, day, 90) is None
    with pytest.raises(RangeError, match="last must be at most 2026-11-30"):
        current(dt.date(2026, 12, 1), day, 90)


def test_ranges() -> None:
    with pytest.raises(RangeError, match="share must lie between 0 and 1, got 2"):
        lien_reserves([Item(Requirement.FILING, "racks", False, share=2, value=1)])
    with pytest.raises(InputError, match="racks has two values, 1 and 2"):
        lien_reserves([Item(Requirement.FILING, "racks", False, share=1, value=v) for v in (1, 2)])
