"""Absolute priority and cross-default: by hand, and what no distribution may break."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.cross_default import cross_default
from xlmodel.collateral.recovery import Claim, Pool, absolute_priority, hedge_claim
from xlmodel.errors import NO_BALANCE, InputError, RangeError, reason

MONEY = st.floats(0, 1e9).map(lambda x: round(x, 2))


def test_ranks_by_hand() -> None:
    # 100 less 10 of cost; DIP 20 first, then 70 for 60 + 40 of one rank: 70 % each. The junior has no lien proceeds;
    # 30 unpledged go to deficiencies of 18 + 12, the junior's 50 and suppliers' 20: 30 of 100.
    claims = [
        Claim("suppliers", 20),
        Claim("junior", 50, {"rigs": 3}),
        Claim("A", 60, {"rigs": 2}),
        Claim("B", 40, {"rigs": 2}),
        Claim("DIP", 20, {"rigs": 1}, rank=0),
    ]
    end = absolute_priority([Pool("rigs", 100, 10)], claims, 30)
    paid = {name: float(money) for name, money in end.paid.items()}
    assert paid == pytest.approx({"DIP": 20, "A": 42 + 5.4, "B": 28 + 3.6, "junior": 15, "suppliers": 6})
    assert {k: float(v) for k, v in end.by_source["A"].items()} == pytest.approx({"rigs": 42, "estate": 5.4})
    assert float(end.rate("A")) == pytest.approx(47.4 / 60)
    assert float(end.unpaid["junior"]) == pytest.approx(35)
    assert (float(end.costs["rigs"]), float(end.surplus)) == (10, 0)


def test_cost_comes_out_of_proceeds_only() -> None:
    end = absolute_priority([Pool("rigs", [5, 50], 10)], [Claim("A", 30, {"rigs": 1})])
    assert end.costs["rigs"].tolist() == [5, 10]
    assert end.costs_unpaid["rigs"].tolist() == [5, 0]
    assert end.paid["A"].tolist() == [0, 30]
    assert end.surplus.tolist() == [0, 10]


def test_cross_collateral_lets_one_pool_pay_for_the_other() -> None:
    # Alone A lacks 20 of 80 while B's pool leaves 30 for the owners; with a second lien on B's pool A is paid.
    pools = [Pool("GPUs", 60), Pool("rigs", 70)]
    b = Claim("B", 40, {"rigs": 1}, rank=None)
    alone = absolute_priority(pools, [Claim("A", 80, {"GPUs": 1}, rank=None), b])
    assert (float(alone.paid["A"]), float(alone.surplus)) == (60, 30)
    crossed = absolute_priority(pools, [Claim("A", 80, {"GPUs": 1, "rigs": 2}, rank=None), b])
    assert (float(crossed.paid["A"]), float(crossed.surplus)) == (80, 10)


def test_without_recourse_nothing_comes_from_the_estate() -> None:
    # Iris: two subsidiaries owe 107.8 against 56.6; the parent's cash is out of reach.
    claim = Claim("NYDIG", 107.8, {"rigs": 1}, rank=None)
    end = absolute_priority([Pool("rigs", 56.6)], [claim], unpledged=40)
    assert float(end.paid["NYDIG"]) == pytest.approx(56.6)
    assert float(end.surplus) == 40


def test_the_pool_in_front_spares_the_junior() -> None:
    # A has both pools, J only the second. Sold in the order 1, 2: A takes 50 + 10 and J its 30; in the order 2, 1: A
    # takes 40 + 20 and J nothing, 30 are left for the owners.
    claims = [Claim("A", 60, {"one": 1, "two": 1}, None), Claim("J", 30, {"two": 2}, None)]
    pools = [Pool("one", 50), Pool("two", 40)]
    assert float(absolute_priority(pools, claims).paid["J"]) == 30
    other = absolute_priority(pools[::-1], claims)
    assert (float(other.paid["J"]), float(other.surplus)) == (0, 30)


@pytest.mark.parametrize(("ranking", "swap", "lender"), [
    ("super senior", 20, 60), ("pari passu", 16, 64), ("subordinated", 0, 80),
])  # fmt: skip
def test_where_a_hedge_ranks(ranking: str, swap: float, lender: float) -> None:
    # 80 for a loan of 80 and 20 on the swap.
    loan = Claim("loan", 80, {"rigs": 1}, None)
    end = absolute_priority([Pool("rigs", 80)], [loan, hedge_claim("swap", 20, loan, ranking)])
    assert (float(end.paid["swap"]), float(end.paid["loan"])) == pytest.approx((swap, lender))


def test_a_hedge_that_pays_the_borrower_claims_nothing() -> None:
    loan = Claim("loan", 80, {"rigs": 1})
    end = absolute_priority([Pool("rigs", 80)], [loan, hedge_claim("swap", -20, loan, "super senior")])
    assert float(end.paid["loan"]) == 80
    assert reason(float(end.rate("swap"))) is NO_BALANCE


@st.composite
def estates(draw: st.DrawFn) -> tuple[list[Pool], list[Claim], float]:
    pools = [Pool(name, draw(MONEY), draw(MONEY)) for name in ("one", "two")[: draw(st.integers(1, 2))]]
    ranks = st.one_of(st.none(), st.integers(1, 3))
    claims = []
    for i in range(draw(st.integers(1, 5))):
        liens = {pool.name: rank for pool in pools if (rank := draw(ranks)) is not None}
        claims.append(Claim(f"claim {i}", draw(MONEY), liens, draw(ranks)))
    return pools, claims, draw(MONEY)


@given(estate=estates())
@settings(max_examples=100, deadline=None)
def test_what_no_distribution_breaks(estate: tuple[list[Pool], list[Claim], float]) -> None:
    pools, claims, free = estate
    end = absolute_priority(pools, claims, free)
    there = sum(pool.proceeds for pool in pools) + free
    tiny = 1e-12 * max(there, 1.0) * 10
    spent = sum(map(float, end.paid.values())) + sum(map(float, end.costs.values())) + float(end.surplus)
    assert spent == pytest.approx(there, abs=tiny)
    for claim in claims:
        paid, owed = float(end.paid[claim.name]), claim.amount
        assert -tiny <= paid <= owed * (1 + 1e-12)
        assert paid + float(end.unpaid[claim.name]) == pytest.approx(owed, abs=1e-12 * max(owed, 1.0) * 10)
        # Whoever has recourse is paid in full before the owners get anything.
        if claim.rank is not None and float(end.surplus) > tiny:
            assert paid == pytest.approx(owed, rel=1e-9, abs=tiny)
    first = pools[0].name
    for senior in claims:
        for junior in claims:
            if first not in senior.liens or first not in junior.liens:
                continue
            of_senior, of_junior = (float(end.by_source[c.name][first]) for c in (senior, junior))
            if senior.liens[first] < junior.liens[first] and of_junior > tiny:
                assert of_senior == pytest.approx(senior.amount, rel=1e-9, abs=tiny)
            if senior.liens[first] == junior.liens[first]:
                assert of_senior * junior.amount == pytest.approx(
                    of_junior * senior.amount, rel=1e-6, abs=tiny * (senior.amount + junior.amount + 1)
                )


@given(estate=estates(), more=MONEY)
@settings(max_examples=60, deadline=None)
def test_more_proceeds_hurt_nobody(estate: tuple[list[Pool], list[Claim], float], more: float) -> None:
    pools, claims, free = estate
    better = [Pool(pools[0].name, pools[0].proceeds + more, pools[0].cost), *pools[1:]]
    low, high = absolute_priority(pools, claims, free), absolute_priority(better, claims, free)
    if len(pools) == 1:  # a second pool is shared by what is left of a claim, and a paid one takes less of it
        for claim in claims:
            if claim.liens:
                assert float(high.paid[claim.name]) >= float(low.paid[claim.name]) * (1 - 1e-9) - 1e-3
    total = sum(map(float, low.paid.values()))
    assert sum(map(float, high.paid.values())) >= total * (1 - 1e-9) - 1e-3


def test_scenarios_are_the_single_case_repeated() -> None:
    proceeds, swap = np.linspace(0, 200, 41), np.linspace(-10, 30, 41)

    def run(p: object, s: object) -> object:
        loan = Claim("loan", 90, {"rigs": 1})
        claims = [loan, hedge_claim("swap", s, loan), Claim("B", 33, {"rigs": 2}), Claim("C", 7)]
        return absolute_priority([Pool("rigs", p, 12)], claims, 3.3)

    tape = run(proceeds, swap)
    for i in range(proceeds.size):
        one = run(proceeds[i], swap[i])
        for name in tape.paid:
            assert float(one.paid[name]) == tape.paid[name][i]
        assert float(one.surplus) == tape.surplus[i]


def test_chains_of_cross_default() -> None:
    chain = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    found = cross_default([10, 20, 30], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], chain)
    assert found.due.tolist() == [[True] * 3, [False, True, True], [False, False, True], [False] * 3]
    assert found.pulled[0].tolist() == [False, True, True]
    assert found.rounds.tolist() == [2, 1, 0, 0]
    assert found.amount.tolist() == [60, 50, 30, 0]


def test_a_threshold_is_met_exactly_and_by_sums() -> None:
    # Ten and twenty in default together meet 30; neither does alone. A loan that owes nothing sets off nothing.
    watches = [[0, 0, 0], [0, 0, 0], [1, 1, 0]]
    assert cross_default([10, 20, 5], [1, 1, 0], watches, 30).due[2]
    assert not cross_default([10, 20, 5], [0, 1, 0], watches, 30).due[2]
    assert not cross_default([0, 20, 5], [1, 0, 0], watches).due[2]


@given(
    data=st.data(), count=st.integers(1, 6),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_cross_default_is_a_fixed_point_and_monotone(data: st.DataObject, count: int) -> None:
    bits = st.lists(st.integers(0, 1), min_size=count, max_size=count)
    balance = data.draw(st.lists(st.integers(0, 50), min_size=count, max_size=count))
    threshold = data.draw(st.lists(st.integers(0, 80), min_size=count, max_size=count))
    watches = data.draw(st.lists(bits, min_size=count, max_size=count))
    start = data.draw(bits)
    found = cross_default(balance, start, watches, threshold)
    due = found.due.astype(int)
    assert np.all(due >= start)
    assert np.array_equal(cross_default(balance, due, watches, threshold).due, found.due)
    assert int(found.rounds) < count or count == 1
    more = np.maximum(start, data.draw(bits))
    assert np.all(cross_default(balance, more, watches, threshold).due >= found.due)


def test_refusals() -> None:
    lien = Claim("A", 1, {"rigs": 1})
    with pytest.raises(InputError, match="claims is empty"):
        absolute_priority([Pool("rigs", 1)], [])
    with pytest.raises(InputError, match="claims names 'A' twice"):
        absolute_priority([Pool("rigs", 1)], [lien, lien])
    with pytest.raises(InputError, match="A has a lien on 'rigs', which is no pool"):
        absolute_priority([Pool("GPUs", 1)], [lien])
    with pytest.raises(InputError, match='may not be called "estate"'):
        absolute_priority([Pool("estate", 1)], [Claim("A", 1)])
    with pytest.raises(RangeError, match="amount of A must be at least 0, got -1"):
        absolute_priority([], [Claim("A", -1)])
    with pytest.raises(InputError, match="rank of A must be finite"):
        absolute_priority([], [Claim("A", 1, rank=float("inf"))])
    with pytest.raises(InputError, match="ranking must be one of 'super senior'"):
        hedge_claim("swap", 1, lien, "first")
    with pytest.raises(InputError, match="watches must be a table of 2 x 2 loans, got 3"):
        cross_default([1, 2], [0, 1], [0, 1, 0])
    with pytest.raises(InputError, match="defaulted must be 0 or 1, got 2"):
        cross_default([1, 2], [0, 2], [[0, 0], [0, 0]])
