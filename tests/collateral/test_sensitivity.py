"""Tornadoes: by hand, and what no range may do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.haircut import haircut
from xlmodel.collateral.sensitivity import haircut_tornado, liquidation_tornado, tornado
from xlmodel.errors import InputError, RangeError

SALE = {
    "units": 1000, "unit_value": 10.0, "months_to_sale": 6, "annual_decay_eff": 0.36, "units_per_month_depth": 500,
    "condition": 0.05, "integration": 0.15, "selling_pct": 0.08, "cost_per_unit": 0.2, "fixed_cost": 100.0,
    "discount_eff": 0.1,
}  # fmt: skip


def test_by_hand() -> None:
    # Half a year at 36 % keeps 0.8; with 5 % wear 0.76, with none 0.8, with 10 % 0.72. Decay 0 keeps 0.95 of wear.
    base = {"units": 1, "unit_value": 100, "months_to_sale": 6, "annual_decay_eff": 0.36, "condition": 0.05,
            "basis": "FLV"}  # fmt: skip
    found = haircut_tornado(base, {"condition": (0, 0.1), "annual_decay_eff": (0, 0.51)})
    assert float(found.base) == pytest.approx(0.24)
    assert [s.assumption for s in found.swings] == ["annual_decay_eff", "condition"]
    decay, wear = found.swings
    assert (float(decay.at_low), float(decay.at_high)) == pytest.approx((0.05, 1 - 0.7 * 0.95))  # 0.49^0.5 = 0.7
    assert (float(wear.at_low), float(wear.at_high), float(wear.swing)) == pytest.approx((0.2, 0.28, 0.08))
    assert (float(found.least), float(found.most)) == pytest.approx((0, 1 - 0.7 * 0.9))


def test_a_deeper_market_lowers_the_haircut_and_the_joint_ends_know_it() -> None:
    found = haircut_tornado(SALE, {"units_per_month_depth": (100, 1000), "annual_decay_eff": (0.2, 0.6)})
    best = haircut(**(SALE | {"units_per_month_depth": 1000, "annual_decay_eff": 0.2})).total
    worst = haircut(**(SALE | {"units_per_month_depth": 100, "annual_decay_eff": 0.6})).total
    assert (found.least, found.most) == (best, worst)


def test_a_tape_keeps_one_end_for_each_loan() -> None:
    # x helps the first loan and harms the second.
    found = tornado(lambda x, sign: np.asarray(sign) * x, {"x": 2, "sign": [1, -1]}, {"x": (1, 5)})
    assert found.swings[0].swing.tolist() == [4, 4]
    assert (found.least.tolist(), found.most.tolist()) == ([1, -5], [5, -1])


def test_a_ladder_moves_as_a_whole() -> None:
    low, here, high = ([[0.9, n], [0.6, 900]] for n in (100, 200, 400))
    base = SALE | {"units": np.array([500, 1000, 8000]), "units_per_month_depth": here}
    found = haircut_tornado(base, {"units_per_month_depth": (low, high)})
    assert np.all(found.least <= found.base)
    assert np.all(found.base <= found.most)


def test_what_is_undefined_does_not_decide_the_order() -> None:
    found = haircut_tornado(SALE | {"units": [0, 1000]}, {"discount_eff": (0.05, 0.2), "annual_decay_eff": (0.1, 0.7)})
    assert [s.assumption for s in found.swings] == ["annual_decay_eff", "discount_eff"]
    assert np.isnan(found.base).tolist() == np.isnan(found.most).tolist() == [True, False]


def test_liquidation_value_by_hand() -> None:
    base = {"units": 100, "unit_value": 10, "annual_decay_eff": 0, "units_per_month_depth": 1e9, "forced_months": 1,
            "orderly_months": 6, "fixed_cost": 20}  # fmt: skip
    found = liquidation_tornado(base, {"fixed_cost": (0, 50)})
    assert (float(found.least), float(found.base), float(found.most)) == pytest.approx((950, 980, 1000), abs=0.01)


@given(ends=st.dictionaries(
    st.sampled_from(["annual_decay_eff", "condition", "integration", "selling_pct", "discount_eff"]),
    st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1,
))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_joint_ends_contain_every_single_one(ends: dict) -> None:
    ranges = {
        name: (SALE[name] * (1 - down), SALE[name] + (0.95 - SALE[name]) * up) for name, (down, up) in ends.items()
    }
    found = haircut_tornado(SALE, ranges)
    swings = [float(s.swing) for s in found.swings]
    assert swings == sorted(swings, reverse=True)
    for s in found.swings:
        assert found.least <= min(s.at_low, s.at_high) + 1e-12
        assert max(s.at_low, s.at_high) <= found.most + 1e-12
    assert {s.assumption for s in found.swings} == set(ranges)


def test_refusals() -> None:
    with pytest.raises(RangeError, match=r"condition must lie in its range: 0.05 is typed with 0.1 to 0.2"):
        haircut_tornado(SALE, {"condition": (0.1, 0.2)})
    with pytest.raises(InputError, match="ranges moves elasticity, which base does not give"):
        haircut_tornado(SALE, {"elasticity": (1, 2)})
    with pytest.raises(InputError, match="ranges is empty"):
        haircut_tornado(SALE, {})
    with pytest.raises(InputError, match="depth is no assumption of haircut"):
        haircut_tornado({"depth": 1}, {"depth": (0, 1)})
    with pytest.raises(InputError, match="value must be one of fmv, olv, nolv, flv, nflv"):
        liquidation_tornado({}, {"units": (0, 1)}, "OLV")
