"""Margin calls: every cure restores the target, and where none does it is said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.deleveraging import deleveraging_sale, ltv_after_sale
from xlmodel.collateral.ltv import critical_ltv
from xlmodel.collateral.margin import call_price, margin_call
from xlmodel.errors import FULL_LIQUIDATION, NO_COLLATERAL_VALUE, InputError, reason

SHARE = st.floats(0.05, 0.95)


@given(balance=st.floats(1, 1e6), value=st.floats(1, 1e6), target=SHARE, discount=st.floats(0, 0.9))
@settings(max_examples=100, deadline=None)
def test_every_cure_restores_the_target(balance: float, value: float, target: float, discount: float) -> None:
    call = margin_call(balance, value, target, discount)
    if not bool(call.called):
        assert balance <= target * value * (1 + 1e-9)
        assert [float(x) for x in (call.cash, call.collateral, call.sale, call.proceeds)] == [0, 0, 0, 0]
        return
    assert (balance - float(call.cash)) / value == pytest.approx(target)
    assert balance / (value + float(call.collateral)) == pytest.approx(target)
    if reason(float(call.sale)) is FULL_LIQUIDATION:
        # Nothing less than everything helps: the sale repays less than the debt.
        assert float(call.shortfall) == pytest.approx(balance - value * (1 - discount), abs=1e-6)
        assert float(call.value_after) == 0
    else:
        assert 0 < float(call.sale) <= value * (1 + 1e-9)
        assert float(call.balance_after) == pytest.approx(target * float(call.value_after), abs=1e-6 * balance)
        assert float(call.shortfall) == 0


def test_the_target_itself_is_no_breach() -> None:
    # 65 on 100 is exactly 65 %, and 0.65 * 3 * 100 is 195.00000000000003 in binary.
    assert margin_call([65, 195], [100, 300], 0.65).called.tolist() == [False, False]


def test_between_target_and_call_level_nothing_is_called() -> None:
    call = margin_call([70, 76], 100, 0.65, call_ltv=0.75)
    assert call.called.tolist() == [False, True]
    assert call.cash == pytest.approx([0, 11])
    with pytest.raises(InputError, match="call_ltv must be at least target_ltv"):
        margin_call(70, 100, 0.65, call_ltv=0.6)


def test_collateral_worth_nothing() -> None:
    call = margin_call(10, 0, 0.5)
    assert reason(float(call.ltv)) is NO_COLLATERAL_VALUE
    assert reason(float(call.sale)) is FULL_LIQUIDATION
    # All of it in cash, or twenty of new collateral.
    assert (float(call.cash), float(call.collateral), float(call.shortfall)) == (10, 20, 10)


def test_call_price_edges() -> None:
    price = call_price([0, 10, 10], [0, 0, 4], 0.5)
    assert price[[0, 2]].tolist() == [0, 5]
    assert reason(float(price[1])) is NO_COLLATERAL_VALUE


@given(balance=st.floats(1, 100), value=st.floats(1, 100), target=SHARE, impact=st.floats(0, 1), marked=st.booleans())
@settings(max_examples=100, deadline=None)
def test_the_smallest_sale_is_found(balance: float, value: float, target: float, impact: float, marked: bool) -> None:
    sale = deleveraging_sale(balance, value, target, impact, marked)
    f = np.linspace(0, 1, 2001)
    after = np.maximum(balance - f * value * (1 - 2 / 3 * impact * np.sqrt(f)), 0)
    left = (1 - f) * value * (1 - impact * np.sqrt(f) * marked)
    cured = after <= target * left
    if reason(float(sale.fraction)) is FULL_LIQUIDATION:
        # The grid may find no cure either, beyond rounding.
        assert np.all(after > target * left - 1e-9 * balance)
        return
    assert float(sale.balance_after) <= target * float(sale.value_after) + 1e-9 * balance
    first = f[np.argmax(cured)] if cured.any() else 1.0
    assert float(sale.fraction) <= first + 1e-9
    assert np.all(~cured[f < float(sale.fraction) - 1e-6])
    way = f[f <= float(sale.fraction)]
    if len(way) > 1 and balance > target * value:
        ratios = [float(ltv_after_sale(balance, value, x, impact, marked)) for x in way]
        assert float(sale.peak_ltv) >= max(ratios) - 1e-9


@given(balance=st.floats(1, 100), target=SHARE, discount=st.floats(0.1, 0.9))
@settings(max_examples=60, deadline=None)
def test_without_impact_it_is_a_sale_at_the_mark(balance: float, target: float, discount: float) -> None:
    plain, moved = margin_call(balance, 100, target), deleveraging_sale(balance, 100, target, 0.0)
    assert float(plain.sale) / 100 == pytest.approx(float(moved.fraction), abs=1e-9, nan_ok=True)


def test_above_the_critical_ratio_no_sale_works() -> None:
    # A full sale at an impact of 36 % recovers 1 - 2/3 * 0.36 = 76 %; 76.1 owed is lost, 75.9 is not.
    assert float(critical_ltv(2 / 3 * 0.36)) == pytest.approx(0.76)
    sale = deleveraging_sale([75.9, 76.1], 100, 0.65, 0.36)
    assert 0.9 < float(sale.fraction[0]) < 1
    assert reason(float(sale.fraction[1])) is FULL_LIQUIDATION


def test_selling_everything_into_debt_leaves_no_ratio() -> None:
    assert reason(float(ltv_after_sale(90, 100, 1.0, 0.5))) is NO_COLLATERAL_VALUE
    assert float(ltv_after_sale(50, 100, 1.0, 0.5)) == 0
