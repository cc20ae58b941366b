"""Market value, its components, releases, the floor, hedonics and parity: hand arithmetic, literature, laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.asset.hedonic import deflation_from_doubling, hedonic_index, parity_value, residual_value
from xlmodel.asset.market import collateral_value, component_value, salvage_floor
from xlmodel.asset.releases import anticipated_releases, random_release_moments
from xlmodel.errors import InputError, RangeError

laws = settings(max_examples=80, deadline=None)
shares = st.floats(0, 1)
ages = st.lists(st.floats(0, 20), min_size=1, max_size=10)


def test_value_by_hand() -> None:
    # 35,000 x 0.95 x 0.5^2 x 0.8 = 6,650; at the release age itself the drop counts.
    value = collateral_value(35_000, [0, 1.5, 2], 0.5, [1.5], [0.2], 0, 0.05)
    assert value == pytest.approx([33_250, 33_250 * 0.5**1.5 * 0.8, 6_650], rel=1e-14)
    assert collateral_value(100, 2, -0.1).tolist() == pytest.approx(121)
    assert float(collateral_value(100, 10, 0.5, salvage=3)) == 3
    assert float(collateral_value(100, 0, 0, salvage=120)) == 120


def test_value_refusals() -> None:
    with pytest.raises(RangeError, match="age_years must be at least 0, got -1"):
        collateral_value(100, [1, -1])
    with pytest.raises(RangeError, match="annual_decay_eff must be less than 1, got 1"):
        collateral_value(100, 1, 1)
    with pytest.raises(RangeError, match="release_drops must lie between 0 and 1, got 25"):
        collateral_value(100, 1, 0, [1], [25])
    with pytest.raises(InputError, match="each release needs one drop: 2 release_ages and 1 release_drops"):
        collateral_value(100, 1, 0, [1, 2], [0.2])
    with pytest.raises(InputError, match="must each be one row"):
        collateral_value(100, 1, 0, [[1, 2]], [[0.2, 0.2]])
    with pytest.raises(RangeError, match="release_ages must be at least 0"):
        collateral_value(100, 1, 0, [-1], [0.2])
    with pytest.raises(InputError, match="do not fit together: cost 2, age_years 3"):
        collateral_value([1, 2], [1, 2, 3])


def test_one_machine_and_the_same_in_a_batch_agree_to_the_bit() -> None:
    costs, decays = np.linspace(1e4, 4e4, 7)[:, None], np.linspace(-0.2, 0.7, 7)[:, None]
    years = np.linspace(0, 10, 41)
    batch = collateral_value(costs, years, decays, [1.5, 4], [0.2, 0.1], 500, 0.03)
    assert batch.shape == (7, 41)
    assert batch.flags.c_contiguous
    for row, cost, decay in zip(batch, costs[:, 0], decays[:, 0], strict=True):
        assert row.tolist() == collateral_value(cost, years, decay, [1.5, 4], [0.2, 0.1], 500, 0.03).tolist()


@laws
@given(st.floats(0, 1e6), ages, st.floats(0, 0.99), shares, shares, st.floats(0, 1e4))
def test_value_falls_and_stays_above_salvage(
    cost: float, when: list[float], decay: float, drop: float, day_one: float, salvage: float
) -> None:
    value = collateral_value(cost, np.sort(when), decay, [3], [drop], salvage, day_one)
    assert (np.diff(value) <= 1e-9 * max(cost, 1)).all()
    assert (value >= salvage).all()


@laws
@given(st.floats(1, 1e6), ages, st.floats(-0.5, 0.95), shares)
def test_components_add_up_to_one_decay(cost: float, when: list[float], decay: float, split: float) -> None:
    # Revaluation, obsolescence and wear that sum to -ln(1 - d) are one decay of d.
    total = -np.log1p(-decay)
    parts = component_value(cost, when, split * total, (1 - split) * total / 2, (1 - split) * total / 2)
    assert parts == pytest.approx(collateral_value(cost, when, decay), rel=1e-9)


def test_revaluation_runs_on_the_calendar() -> None:
    # Bought a year after the price was quoted: exp(-0.2 x 3) exp(-0.1 x 2), and the release of year 2.5 has come.
    value = component_value(100, 2, 0.2, 0, 0.1, calendar_years=3, release_years=[2.5], release_drops=[0.5])
    assert float(value) == pytest.approx(50 * np.exp(-0.8), rel=1e-12)


def test_floor_declines_and_removal_never_makes_it_negative() -> None:
    assert salvage_floor(2000, [0, 1, 2, 3], 0.5, 600).tolist() == [1400, 400, 0, 0]
    assert float(collateral_value(35_000, 6, 0.5, salvage=salvage_floor(4000, 6, 0.1))) == pytest.approx(4000 * 0.9**6)


def test_anticipated_release_by_hand() -> None:
    # Half of 40 % goes at the announcement: 0.8 is left; then 0.6/0.8 = 1 - 0.25.
    steps = anticipated_releases([2, 1], [3, 1.75], [0.4, 0.4], 0.5)
    assert steps.ages.tolist() == [1, 1.75, 2, 3]
    assert steps.drops == pytest.approx([0.2, 0.25, 0.2, 0.25])
    assert anticipated_releases([1], [2], [1], 1).drops.tolist() == [1, 0]


@laws
@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5), shares, shares), min_size=1, max_size=4))
def test_anticipation_never_changes_the_total(releases: list[tuple[float, float, float, float]]) -> None:
    announced, delays, drops, early = map(np.array, zip(*releases, strict=True))
    steps = anticipated_releases(announced, announced + delays, drops, early)
    assert float(np.prod(1 - steps.drops)) == pytest.approx(float(np.prod(1 - drops)), abs=1e-12)


def test_anticipation_refusals() -> None:
    with pytest.raises(RangeError, match="years from announcement to availability must be at least 0"):
        anticipated_releases([2], [1], [0.1])
    with pytest.raises(InputError, match="each release needs two ages and one drop"):
        anticipated_releases([1, 2], [2, 3], [0.1])


def test_random_releases_against_the_sum_over_the_poisson_counts() -> None:
    # The definition: n releases with probability e^-1 / n! when lambda t = 1, and V = e^-0.4 0.75^n.
    count = np.arange(60)
    weights = np.exp(-1 - np.concatenate([[0], np.cumsum(np.log(count[1:]))]))
    values = np.exp(-0.4) * 0.75**count
    mean = float(weights @ values)
    moments = random_release_moments(1, 2, 0.2, 0.5, 0.25)
    assert float(moments.mean) == pytest.approx(mean, rel=1e-12)
    assert float(moments.sd) == pytest.approx(float(np.sqrt(weights @ values**2 - mean**2)), rel=1e-10)


def test_random_releases_without_intensity_are_certain() -> None:
    moments = random_release_moments(100, 2, 0.2, 0, 0.25)
    assert float(moments.mean) == pytest.approx(100 * np.exp(-0.4))
    assert float(moments.sd) == 0


def test_doubling_times_of_epoch() -> None:
    # 2^(-1/2.46) = 0.75445, 2^(-1/2.07) = 0.71544
    assert deflation_from_doubling([2.46, 2.07]) == pytest.approx([0.24555, 0.28456], abs=5e-6)


def test_parity_loose_tight_and_floored() -> None:
    # (40,000 + 9,000)/2.5 - 7,000; the newcomer's residual 40,000 (0.7/1.12)^3 = 9,765.625 lowers it by 3,906.25.
    assert float(parity_value(40_000, 2.5, 9_000, 7_000)) == pytest.approx(12_600)
    residual = residual_value(40_000, 0.3, 3, 0.12)
    assert float(residual) == pytest.approx(9765.625)
    assert float(parity_value(40_000, 2.5, 9_000, 7_000, residual)) == pytest.approx(8693.75)
    assert float(parity_value(40_000, 20, 9_000, 7_000)) == 0


def test_hedonic_index_recovers_what_made_the_prices() -> None:
    # P = 3 x^0.7 m^0.2 times 1, 0.8 and 0.6 in the three periods.
    rng = np.random.default_rng(7)
    x = rng.uniform(1, 50, (30, 2))
    when = np.arange(30) % 3
    prices = 3 * x[:, 0] ** 0.7 * x[:, 1] ** 0.2 * np.array([1, 0.8, 0.6])[when]
    index = hedonic_index(prices, x, when)
    assert index.index == pytest.approx([1, 0.8, 0.6], rel=1e-9)
    assert index.decline == pytest.approx([0.2, 0.25], rel=1e-8)
    assert index.elasticities == pytest.approx([0.7, 0.2], rel=1e-9)
    assert index.retransformation == pytest.approx(1, abs=1e-9)


def test_hedonic_refusals() -> None:
    with pytest.raises(InputError, match="each have a price between"):
        hedonic_index([1, 2, 3, 4], [1, 2, 3, 5], [0, 0, 2, 2])
    with pytest.raises(InputError, match="need more than"):
        hedonic_index([1, 2], [1, 2], [0, 1])
    with pytest.raises(InputError, match="cannot be told apart"):
        hedonic_index([1, 2, 3, 4, 5], [[1, 2], [2, 4], [3, 6], [4, 8], [5, 10]], [0, 0, 0, 0, 0])
    with pytest.raises(InputError, match="each price needs one period"):
        hedonic_index([1, 2, 3], [1, 2], [0, 0, 0])
