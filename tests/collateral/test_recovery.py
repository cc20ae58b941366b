"""Absolute priority: by hand, and what no ranking may break."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.recovery import Claim, absolute_priority, recovery
from xlmodel.errors import NO_BALANCE, InputError, RangeError, reason

MONEY = st.floats(0, 1e9)


def test_ranks_by_hand() -> None:
    # 100: the first rank takes 40, the second shares 60 of 90 as 40 to 20, the third gets nothing.
    end = absolute_priority(100, [60, 40, 30, 5], [2, 1, 2, 7])
    assert end.paid == pytest.approx([40, 40, 20, 0])
    assert end.unpaid == pytest.approx([20, 0, 10, 5])
    assert end.share == pytest.approx([2 / 3, 1, 2 / 3, 0])
    assert float(absolute_priority(100, [60, 30], [1, 1]).surplus) == 10
    assert reason(float(absolute_priority(1, [0, 1], [1, 1]).share[0])) is NO_BALANCE


def test_where_a_hedge_ranks_decides_what_the_loan_gets() -> None:
    scenarios = [50, 100, 150]
    beside = recovery(scenarios, [Claim("hedge", 20, 1), Claim("loan", 80, 1)])
    before = recovery(scenarios, [Claim("hedge", 20, 0), Claim("loan", 80, 1)])
    assert beside.paid[:, 1] == pytest.approx([40, 80, 80])
    assert before.paid[:, 1] == pytest.approx([30, 80, 80])
    assert beside.to_owners == pytest.approx([0, 0, 50])


def test_an_estate_by_hand() -> None:
    # 94 after 6 of cost: DIP 10, then 84 on 120 at 70 %. The estate's 20 goes to 4.5 + 31.5 + 40 = 76.
    claims = [Claim("DIP", 10, 0, 0), Claim("hedge", 15, 1, 2), Claim("loan", 105, 1, 2), Claim("second", 30, 2),
              Claim("trade", 40, None, 2)]  # fmt: skip
    end = recovery(100, claims, 20, 6)
    assert end.from_collateral == pytest.approx([10, 10.5, 73.5, 0, 0])
    assert end.from_estate == pytest.approx([0, 4.5 / 76 * 20, 31.5 / 76 * 20, 0, 40 / 76 * 20])
    # A loan without recourse leaves the 20 to trade, whatever it lacks.
    assert recovery(10, [Claim("loan", 50, 1), Claim("trade", 15, None, 1)], 20).paid == pytest.approx([10, 15])
    # The surplus of the collateral is the estate's.
    assert recovery(60, [Claim("loan", 50, 1), Claim("trade", 15, None, 1)]).paid == pytest.approx([50, 10])


def test_cost_is_borne_by_the_collateral_alone() -> None:
    end = recovery(5, [Claim("loan", 50, 1, 1)], estate=10, enforcement_cost=8)
    assert (float(end.cost_paid), end.paid.tolist(), float(end.to_owners)) == (5, [10], 0)


@given(
    claims=st.lists(st.tuples(MONEY, st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans()), min_size=1,
                    max_size=6),
    collateral=MONEY, estate=MONEY, cost=MONEY,
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_conserved_never_over_and_senior_first(claims: list, collateral: float, estate: float, cost: float) -> None:
    ranked = [
        Claim(str(i), amount, rank if lien else None, estate_rank if recourse or not lien else None)
        for i, (amount, rank, estate_rank, lien, recourse) in enumerate(claims)
    ]
    end = recovery([collateral, 2 * collateral], ranked, estate, cost)
    total = end.paid.sum(axis=-1) + end.cost_paid + end.to_owners
    assert total == pytest.approx(np.array([collateral, 2 * collateral]) + estate, rel=1e-12, abs=1e-6)
    assert np.all(end.paid >= 0)
    assert np.all(end.paid <= end.claimed * (1 + 1e-12))
    assert np.all(end.paid[1].sum() >= end.paid[0].sum() * (1 - 1e-12))
    for pool, key in ((end.from_collateral, "rank"), (end.from_estate, "estate_rank")):
        for i, senior in enumerate(ranked):
            for j, junior in enumerate(ranked):
                a, b = getattr(senior, key), getattr(junior, key)
                # Nobody is paid while somebody before it lacks anything of what it may claim from this pool.
                lacks = end.claimed[:, i] - (end.paid if key == "estate_rank" else end.from_collateral)[:, i]
                if a is not None and b is not None and a < b:
                    assert np.all((pool[:, j] == 0) | (lacks <= 1e-9 * end.claimed[:, i]))
    alone = recovery(2 * collateral, ranked, estate, cost)
    assert alone.paid.tolist() == end.paid[1].tolist()


def test_refusals() -> None:
    with pytest.raises(InputError, match="ranks must name 2 claims, got 1"):
        absolute_priority(1, [1, 2], [1])
    with pytest.raises(RangeError, match=r"ranks must be a whole number, got 1\.5"):
        absolute_priority(1, [1], [1.5])
    with pytest.raises(InputError, match="claims is empty"):
        recovery(1, [])
    with pytest.raises(InputError, match="two claims are named 'loan'"):
        recovery(1, [Claim("loan", 1, 1)] * 2)
    with pytest.raises(InputError, match="the claim 'loan' ranks nowhere"):
        recovery(1, [Claim("loan", 1)])
    with pytest.raises(RangeError, match="claim loan must be at least 0, got -1"):
        recovery(1, [Claim("loan", -1, 1)])
