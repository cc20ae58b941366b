"""Cross-default and cross-collateral: by hand, and what no group may do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.crossed import cross_collateral, cross_default
from xlmodel.errors import InputError, RangeError

LOANS = st.lists(
    st.tuples(st.booleans(), st.floats(0, 1e6), st.sampled_from(["A", "B", None]), st.floats(0, 1e6)), min_size=1,
    max_size=7,
)  # fmt: skip


def test_a_default_spreads_in_rounds() -> None:
    # 5 trips the clause of 1 (40), 45 the one of 20; 145 does not trip the one that bears 145.
    end = cross_default([1, 0, 0, 0], [5, 40, 100, 70], ["A"] * 4, [10, 1, 20, 145])
    assert (end.in_default.tolist(), end.round.tolist()) == ([True, True, True, False], [0, 1, 2, -1])
    # A loan outside the groups neither spreads nor catches.
    end = cross_default([[1, 0, 0], [0, 1, 0]], [5, 5, 5], [None, "A", "A"])
    assert end.in_default.tolist() == [[True, False, False], [False, True, True]]
    assert end.accelerated.tolist() == [0, 5]


def test_one_borrower_pays_for_itself() -> None:
    apart = cross_collateral([130, 60], [100, 80], ["A", "B"])
    assert (apart.shortfall.tolist(), apart.surplus.tolist()) == ([0, 20], [30, 0])
    together = cross_collateral([130, 60], [100, 80], ["A", "A"])
    assert (together.shortfall.tolist(), together.surplus.tolist()) == ([0, 0], [10, 0])


@given(LOANS)
@settings(max_examples=80, deadline=None)
def test_more_defaults_never_cure_and_the_end_is_at_rest(loans: list) -> None:
    start, owed, groups, bears = (list(column) for column in zip(*loans, strict=True))
    end = cross_default(start, owed, groups, bears)
    assert np.all(end.in_default >= np.array(start))
    again = cross_default(end.in_default, owed, groups, bears)
    assert again.in_default.tolist() == end.in_default.tolist()
    first = cross_default([True, *start[1:]], owed, groups, bears)
    assert np.all(first.in_default >= end.in_default)


@given(loans=LOANS, scale=st.floats(0, 2))
@settings(max_examples=80, deadline=None)
def test_conserved_and_never_worse_than_alone(loans: list, scale: float) -> None:
    _, owed, groups, brought = (list(column) for column in zip(*loans, strict=True))
    proceeds = np.array([brought, [scale * x for x in brought]])
    end = cross_collateral(proceeds, owed, groups)
    assert end.own + end.given + end.surplus == pytest.approx(proceeds, rel=1e-9, abs=1e-6)
    assert end.own + end.from_others + end.shortfall == pytest.approx(np.array([owed, owed]), rel=1e-9, abs=1e-6)
    assert end.given.sum(axis=-1) == pytest.approx(end.from_others.sum(axis=-1), rel=1e-9, abs=1e-6)
    alone = cross_collateral(proceeds, owed, [None] * len(owed))
    assert np.all(end.shortfall <= alone.shortfall)
    # Inside a group there is never both a surplus and a shortfall.
    for group in set(groups) - {None}:
        inside = np.array([g == group for g in groups])
        left, lacks = end.surplus[:, inside].sum(axis=-1), end.shortfall[:, inside].sum(axis=-1)
        assert np.all(np.minimum(left, lacks) <= 1e-6)


def test_refusals() -> None:
    with pytest.raises(InputError, match="groups must name 2 loans, got 1"):
        cross_collateral([1, 2], [1, 2], ["A"])
    with pytest.raises(RangeError, match="in_default must lie between 0 and 1, got 2"):
        cross_default([2], [1], ["A"])
    with pytest.raises(RangeError, match="owed must be at least 0, got -1"):
        cross_default([True], [-1], ["A"])
