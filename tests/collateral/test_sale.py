"""The four premises of value: by hand, by brute force, and the order they always keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.sale import liquidation_values, net_liquidation_value
from xlmodel.errors import InputError, RangeError


def test_a_fast_decay_makes_the_quick_sale_the_best_one() -> None:
    # 25 % off within a month against 10 % off over nine, at half the value a year, marked at the middle of the sale:
    # 0.75 * 2^(-0.5/12) = 0.72864; 0.9 * 2^(-4.5/12) = 0.69400.
    bids = [(0.9, 100), (0.75, 800)]
    fast = liquidation_values(900, 1000.0, 0.5, bids, 1, 9)
    assert float(fast.flv) == pytest.approx(900_000 * 0.75 * 2 ** (-0.5 / 12), rel=1e-12)
    assert float(fast.olv) == float(fast.flv)
    assert bool(fast.orderly_is_forced)
    # At a tenth a year the orderly sale wins: 0.9 * 0.9^(4.5/12) = 0.86514 against 0.75 * 0.9^(0.5/12) = 0.74671.
    slow = liquidation_values(900, 1000.0, 0.1, bids, 1, 9)
    assert float(slow.olv) == pytest.approx(900_000 * 0.9 * 0.9 ** (4.5 / 12), rel=1e-9)
    assert float(slow.olv_months) == pytest.approx(9)
    assert not bool(slow.orderly_is_forced)


def test_a_ladder_is_sold_just_long_enough_for_its_rung() -> None:
    # 300 units a month at 0.9 and 600 at 0.8: 1,800 units clear at 0.8 in two months, at 0.9 in six.
    values = liquidation_values(1800, 1.0, 0.05, [(0.9, 300), (0.8, 600)], 0.5, 12)
    assert float(values.olv_months) == pytest.approx(6, rel=1e-9)
    assert float(values.olv) == pytest.approx(1800 * 0.9 * 0.95 ** (3 / 12), rel=1e-9)
    # In half a month 450 of 1,800 find a bid: the block clears at scrap, here nothing.
    assert float(values.flv) == 0


def test_every_cost_by_hand() -> None:
    # No decay, a forced sale only, a block equal to the volume: 1,000 * e^-1 gross; 5 % commission, 0.01 a unit
    # removal, 3 fixed, and 0.002 a unit-month for two months of enforcement and half of two months of sale.
    values = liquidation_values(
        1000, 1.0, 0, 500, 2, 2, enforcement_months=2, selling_pct=0.05, cost_per_unit=0.01, fixed_cost=3,
        carry_per_unit_month=0.002,
    )  # fmt: skip
    gross = 1000 * np.exp(-1)
    assert float(values.olv) == pytest.approx(gross)
    assert float(values.nolv) == pytest.approx(gross * 0.95 - 10 - 3 - 1000 * 0.002 * 3)
    assert float(values.nflv) == float(values.nolv)


@given(
    units=st.floats(1, 1e5),
    decay=st.floats(0, 0.95),
    depth=st.floats(0, 1e4),
    months=st.tuples(st.floats(0, 6), st.floats(0, 12), st.floats(0, 12)),
    losses=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5)),
    costs=st.tuples(st.floats(0, 2e4), st.floats(0, 1e7), st.floats(0, 500)),
    law=st.sampled_from(["worse", "linear", "isoelastic", "exponential", "square_root"]),
)
@settings(max_examples=60, deadline=None)
def test_the_premises_keep_their_order(
    units: float,
    decay: float,
    depth: float,
    months: tuple[float, float, float],
    losses: tuple[float, float, float],
    costs: tuple[float, float, float],
    law: str,
) -> None:
    forced, longer, enforcement = months
    condition, integration, selling = losses
    removal, fixed, carry = costs
    values = liquidation_values(
        units, 30_000, decay, depth, forced, forced + longer, enforcement, condition, integration, law, selling,
        removal, fixed, carry, annual_volatility=0.5,
    )  # fmt: skip
    fmv, slack = float(values.fmv), 1e-9 * float(values.fmv)
    assert 0 <= float(values.flv) <= float(values.olv) + slack
    assert float(values.olv) <= fmv + slack
    assert float(values.nolv) <= float(values.olv) + slack
    assert 0 <= float(values.nflv) <= float(values.nolv) + slack
    assert forced <= float(values.olv_months) <= forced + longer


@given(units=st.floats(10, 1e4), decay=st.floats(0, 0.9), depth=st.floats(10, 1e3), carry=st.floats(0, 300))
@settings(max_examples=15, deadline=None)
def test_no_other_length_of_sale_brings_more(units: float, decay: float, depth: float, carry: float) -> None:
    best = liquidation_values(units, 30_000, decay, depth, 1, 18, carry_per_unit_month=carry)
    lengths = np.linspace(1, 18, 1001)
    others = liquidation_values(units, 30_000, decay, depth, lengths, lengths, carry_per_unit_month=carry)
    assert np.all(others.flv <= float(best.olv) * (1 + 1e-9))
    assert np.all(others.nflv <= float(best.nolv) * (1 + 1e-9) + 1e-9)


def test_carry_shortens_the_sale_behind_the_net_value() -> None:
    values = liquidation_values(2000, 30_000, 0.4, 400, 1, 36, carry_per_unit_month=300)
    assert float(values.nolv_months) < float(values.olv_months)


def test_a_tape_is_its_rows() -> None:
    units, decay = np.array([100.0, 2000, 30_000]), np.array([0.1, 0.3, 0.6])
    tape = liquidation_values(units, 3e4, decay, 300, 1, 12, selling_pct=0.08)
    rows = [
        float(liquidation_values(u, 3e4, d, 300, 1, 12, selling_pct=0.08).nolv)
        for u, d in zip(units, decay, strict=True)
    ]
    assert tape.nolv.tolist() == rows
    assert liquidation_values(units[:, None], 3e4, decay, 300, 1, 12).olv.shape == (3, 3)


def test_refusals() -> None:
    with pytest.raises(RangeError, match="forced_months must be at most orderly_months"):
        liquidation_values(10, 1, 0.3, 50, 6, 3)
    with pytest.raises(InputError, match="annual_volatility is missing"):
        liquidation_values(10, 1, 0.3, 50, 1, 3, depth_law="square_root")


def test_expenses_never_make_a_value_negative() -> None:
    sale = net_liquidation_value([70, 1], [0.12, 0.5], 2, 0.5)
    # 70 * 0.88 - 2 = 59.6
    assert sale.net == pytest.approx([59.6, 0])
    assert sale.line == pytest.approx([29.8, 0])
