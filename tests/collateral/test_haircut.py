"""The haircut: by hand, its parts, what it refuses, and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.haircut import PARTS, haircut
from xlmodel.errors import NOTHING_TO_SELL, InputError, RangeError, reason

SHARE = st.floats(0, 0.99)


def test_every_part_by_hand() -> None:
    # 1,000 units at 100, a year: 20 % obsolete -> 80,000; 10 % worn -> 72,000; 25 % stranded -> 54,000; a block that
    # equals the depth loses 1 - 1/e -> 19,865.49; 5 % commission -> 18,872.22; removal 4,000; fixed 1,000;
    # 13,872.22 received after a year at 10 %.
    sale = haircut(1000, 100, 12, 0.2, 1000 / 12, 0.1, 0.25, "exponential", 0.05, 4, 1000, 0.1)
    gross = 54_000 * 0.36787944117144233
    net = gross * 0.95 - 4000 - 1000
    assert float(sale.net_proceeds) == pytest.approx(net, rel=1e-12)
    assert float(sale.present_value) == pytest.approx(net / 1.1, rel=1e-12)
    assert float(sale.total) == pytest.approx(1 - net / 1.1 / 100_000, rel=1e-12)
    assert float(sale.parts["obsolescence"]) == pytest.approx(20_000)
    assert float(sale.share("integration")) == pytest.approx(0.18)


@given(
    block=st.tuples(st.floats(1, 1e5), st.floats(0, 60), SHARE, st.floats(0, 1e4)),
    shares=st.tuples(SHARE, SHARE, SHARE),
    costs=st.tuples(st.floats(0, 1e5), st.floats(0, 1e9), st.floats(0, 1)),
)
@settings(max_examples=100, deadline=None)
def test_parts_add_up_and_the_total_is_a_share(
    block: tuple[float, ...], shares: tuple[float, ...], costs: tuple[float, ...]
) -> None:
    units, months, decay, depth = block
    worn, stranded, commission = shares
    sale = haircut(units, 30_000, months, decay, depth, worn, stranded, "worse", commission, *costs)
    assert 0 <= float(sale.total) <= 1
    assert all(float(p) >= 0 for p in sale.parts.values())
    lost = sum(float(sale.parts[name]) for name in PARTS)
    assert lost == pytest.approx(float(sale.reference_value - sale.present_value), rel=1e-9, abs=1e-6)


@given(q=st.floats(1, 1e5), more=st.floats(0, 1e5), decay=SHARE, faster=st.floats(0, 0.5), months=st.floats(1, 24))
@settings(max_examples=80, deadline=None)
def test_a_haircut_grows_with_the_block_and_with_decay(
    q: float, more: float, decay: float, faster: float, months: float
) -> None:
    base = float(haircut(q, 1, months, decay, 500).total)
    assert float(haircut(q + more, 1, months, decay, 500).total) >= base - 1e-12
    assert float(haircut(q, 1, months, min(decay + faster, 0.999), 500).total) >= base - 1e-12


def test_nothing_lost_when_nothing_takes_anything() -> None:
    assert float(haircut(10, 100, 0, 0, units_per_month_depth=None, basis="OLV").total) == 0


def test_a_square_root_law_can_be_the_worse_one() -> None:
    # 100 units into 600 over six months: e^(-1/6) loses 15.4 %; at 90 % volatility the root law loses
    # 2/3 * 0.9 * sqrt(0.5) * sqrt(1/6) = 17.3 %.
    sale = haircut(100, 1, 6, 0, 100, annual_volatility=0.9)
    assert float(sale.depth_by_law["exponential"]) == pytest.approx(1 - np.exp(-1 / 6))
    assert float(sale.total) == pytest.approx(2 / 3 * 0.9 * np.sqrt(0.5 / 6))


def test_a_ladder_fills_month_by_month() -> None:
    # 100 a month at 90 %, 500 a month at 60 %: 400 units take two months at 90 % and half of the rest at 60 %.
    rungs = [(0.9, 100), (0.6, 500)]
    assert haircut([200, 400, 6000], 1, 2, 0, rungs).total == pytest.approx([0.1, 0.4, 1.0])


@pytest.mark.parametrize("basis", ["OLV", "NOLV", "FLV"])
def test_depth_is_not_counted_twice(basis: str) -> None:
    with pytest.raises(InputError, match=f"counts depth twice: a value on the basis {basis}"):
        haircut(10, 100, 6, 0.3, 50, basis=basis)


def test_other_parts_are_not_counted_twice() -> None:
    with pytest.raises(InputError, match="integration is counted twice: a value on the basis FMV_removed"):
        haircut(10, 100, 6, 0.3, 50, integration=0.2, basis="FMV_removed")
    with pytest.raises(InputError, match="cost_per_unit is counted twice: NOLV"):
        haircut(10, 100, 6, 0.3, None, cost_per_unit=5, basis="NOLV")


def test_depth_has_no_default() -> None:
    with pytest.raises(InputError, match="units_per_month_depth is missing"):
        haircut(10, 100, 6, 0.3)


def test_a_law_gets_what_it_needs() -> None:
    with pytest.raises(InputError, match="annual_volatility is missing"):
        haircut(10, 100, 6, 0.3, 50, depth_law="square_root")
    with pytest.raises(InputError, match="must be a table of two columns"):
        haircut(10, 100, 6, 0.3, 50, depth_law="ladder")
    with pytest.raises(InputError, match=r"depth_law must be one of worse, .* got 'deep'"):
        haircut(10, 100, 6, 0.3, 50, depth_law="deep")
    with pytest.raises(RangeError, match="annual_decay_eff must lie between 0 and 1, 1 excluded, got 30"):
        haircut(10, 100, 6, 30, 50)


def test_a_block_worth_nothing_has_no_haircut() -> None:
    sale = haircut([0, 10], 100, 6, 0.3, 50)
    assert reason(float(sale.total[0])) is NOTHING_TO_SELL
    assert reason(float(sale.share("depth")[0])) is NOTHING_TO_SELL
    assert 0 < float(sale.total[1]) < 1


def test_a_tape_is_its_rows() -> None:
    units, value, months = np.array([10.0, 500, 9000]), np.array([100.0, 2e4, 3e4]), np.array([3.0, 6, 9])
    tape = haircut(units, value, months, 0.4, 200, 0.05, 0.1, selling_pct=0.08, cost_per_unit=300).total
    rows = [
        float(haircut(u, v, m, 0.4, 200, 0.05, 0.1, selling_pct=0.08, cost_per_unit=300).total)
        for u, v, m in zip(units, value, months, strict=True)
    ]
    assert tape.tolist() == rows


def test_scrap_bounds_what_depth_takes() -> None:
    # No market at all: the block brings its scrap share, here after a year in which half the value went.
    sale = haircut(10, 100, 12, 0.5, 0, scrap_share=0.1)
    assert float(sale.total) == pytest.approx(0.95)
    assert float(haircut(10, 100, 12, 0.5, 0).total) == 1.0


def test_elasticity_by_hand() -> None:
    # A block equal to the volume at elasticity 2 sells at 1/sqrt(2).
    sale = haircut(600, 1, 6, 0, 100, depth_law="isoelastic", elasticity=2)
    assert float(sale.total) == pytest.approx(1 - 0.5**0.5)


def test_linear_demand_leaves_nothing_once_the_block_equals_the_volume() -> None:
    sale = haircut([0.5, 300, 600, 900], 1, 6, 0, [100, 100, 100, 0], depth_law="linear", scrap_share=0.05)
    assert sale.total == pytest.approx([0.5 / 600, 0.5, 0.95, 0.95])


def test_ranges_that_do_not_fit_are_named() -> None:
    with pytest.raises(InputError, match="units_per_month_depth 3"):
        haircut([1, 2], 1, 6, 0, [100, 100, 100])
