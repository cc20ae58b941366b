"""Composition: by hand, and what holds for every list of parts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.composition import compose, composed
from xlmodel.errors import NOTHING_TO_SELL, RangeError, reason

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@given(shares=SHARES, costs=st.lists(st.floats(0, 100), max_size=3), years=st.floats(0, 5), rate=st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_parts_add_up_to_the_total(shares: list[float], costs: list[float], years: float, rate: float) -> None:
    sale = compose(
        100, {f"h{i}": h for i, h in enumerate(shares)}, {f"c{i}": c for i, c in enumerate(costs)}, years, rate
    )
    assert 0 <= float(sale.total) <= 1
    assert sum(float(x) for x in sale.shares.values()) == pytest.approx(float(sale.total), abs=1e-12)
    assert 0 <= float(sale.present_value) <= float(sale.net_proceeds) <= float(sale.gross_proceeds) <= 100
    # What costs are charged and what stays unpaid is what they are.
    paid = sum(float(sale.parts[f"c{i}"]) for i in range(len(costs)))
    assert paid + float(sale.shortfall) == pytest.approx(sum(costs), abs=1e-9)


@given(shares=SHARES, more=st.floats(0, 1), longer=st.floats(0, 3))
@settings(max_examples=60, deadline=None)
def test_the_total_grows_with_every_part(shares: list[float], more: float, longer: float) -> None:
    parts = {str(i): h for i, h in enumerate(shares)}
    base = float(compose(1, parts, years=1, discount_eff=0.1).total)
    assert float(compose(1, {**parts, "more": more}, years=1, discount_eff=0.1).total) >= base - 1e-12
    assert float(compose(1, parts, years=1 + longer, discount_eff=0.1).total) >= base - 1e-12


@given(shares=SHARES)
@settings(max_examples=60, deadline=None)
def test_the_order_of_haircuts_does_not_matter_to_the_total(shares: list[float]) -> None:
    assert float(composed(shares)) == pytest.approx(float(composed(shares[::-1])), abs=1e-12)
    assert float(composed(shares)) <= min(1.0, sum(shares)) + 1e-12


def test_costs_stop_where_nothing_is_left() -> None:
    # 100 loses half; removal takes 40 of the 50, legal the last 10 of its 30: 20 stay unpaid.
    sale = compose(100, {"price": 0.5}, {"removal": 40, "legal": 30})
    assert {name: float(x) for name, x in sale.parts.items()} == {
        "price": 50,
        "removal": 40,
        "legal": 10,
        "discounting": 0,
    }
    assert (float(sale.total), float(sale.shortfall)) == (1.0, 20.0)


def test_nothing_has_no_share_to_lose() -> None:
    sale = compose([0, 1], {"price": 0.5})
    assert reason(float(sale.total[0])) is NOTHING_TO_SELL
    assert reason(float(sale.price_kept[0])) is NOTHING_TO_SELL
    assert float(sale.total[1]) == 0.5


def test_all_zero_loses_nothing() -> None:
    assert float(compose(100, {"price": 0.0}, {"legal": 0.0}).total) == 0.0


def test_a_share_is_named_in_the_refusal() -> None:
    with pytest.raises(RangeError, match="condition must lie between 0 and 1, got 8"):
        compose(100, {"condition": 8})
