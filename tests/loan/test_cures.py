"""Cures within their limits, and covenants as an agreement and its amendments write them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xlmodel.errors import NOT_TESTED, InputError, RangeError, reason
from xlmodel.loan.covenant import Status
from xlmodel.loan.covenant_record import CovenantRecord, contract_realisation, cure, examine, level_on
from xlmodel.loan.cures import CureLimits, cures

# Month ends from January 2026 to December 2027.
MONTHS = (np.arange("2026-02", "2028-02", dtype="datetime64[M]").astype("datetime64[D]") - 1).astype(str).tolist()


def test_a_cap_allows_all_or_nothing() -> None:
    put_in = cures([90, 70, 95], 100, 1.0, CureLimits(cap=[10, 20, 30]))
    assert put_in.amount.tolist() == [10, 0, 5]
    assert put_in.cured.tolist() == [True, False, True]
    assert cures([90, 95, 99], 100, 1.0, CureLimits(total_cap=12)).amount.tolist() == [10, 0, 1]


def test_a_cure_by_prepayment_lowers_all_that_follows() -> None:
    put_in = cures([90, 81, 80], 100, 1.0, counts_as="prepayment", balance=[400, 300, 200])
    # 10 % of 400 at first; then service is 90 and 81 cover nine tenths of it: a tenth of 300 * 0.9; then 81 against 80.
    assert put_in.amount.tolist() == pytest.approx([40, 27, 200 * 0.81 * (1 / 81)])
    assert put_in.ratio.tolist() == pytest.approx([1, 1, 1])
    # Without cash no prepayment short of the whole debt helps.
    assert not cures([-1], 100, 1.0, counts_as="prepayment", balance=50).cured.any()
    with pytest.raises(InputError, match="balance"):
        cures([1], 1, 1, counts_as="prepayment")


def test_three_of_any_four() -> None:
    limits = CureLimits(max_in_window=3, window=4, max_consecutive=3)
    assert cures([90] * 9, 100, 1.0, limits).cured.tolist() == [1, 1, 1, 0, 1, 1, 1, 0, 1]
    # Free until the fifth, and the free ones do not count.
    later = CureLimits(max_cures=2, first_limited=5)
    assert cures([90] * 8, 100, 1.0, later).cured.tolist() == [1, 1, 1, 1, 1, 1, 0, 0]
    assert cures([90] * 3, 100, 1.0, first_test=3).cured.tolist() == [0, 0, 1]


@settings(max_examples=100, deadline=None)
@given(
    arrays(np.float64, st.integers(1, 16), elements=st.floats(-20, 150)),
    st.integers(0, 4), st.integers(0, 3), st.integers(0, 3), st.integers(1, 5), st.floats(0, 60), st.floats(0, 150),
    st.integers(1, 3), st.integers(1, 5), st.sampled_from(["cfads", "debt_service", "prepayment"]),
)  # fmt: skip
def test_a_cure_never_exceeds_its_limits(
    cash: np.ndarray, life: int, row: int, some: int, window: int, cap: float, total: float, look_back: int,
    since: int, counts_as: str,
) -> None:  # fmt: skip
    limits = CureLimits(life, row, some, window, cap, total, since)
    put_in = cures(cash, 100, 1.1, limits, look_back, counts_as=counts_as, balance=500)
    counted = put_in.cured.copy()
    counted[: since - 1] = False
    assert counted.sum() <= life
    for k in range(cash.size):
        assert counted[max(k - window + 1, 0) : k + 1].sum() <= some
        assert not counted[max(k - row, 0) : k + 1].all() or k < row or row >= cash.size
    assert (put_in.amount >= 0).all()
    assert (put_in.amount <= cap).all()
    assert put_in.amount.sum() <= total * (1 + 1e-12)
    assert (put_in.amount[~put_in.cured] == 0).all()
    assert np.allclose(put_in.ratio[put_in.cured], 1.1)
    # What passes without help is left alone.
    alone = cash / 100 >= 1.1
    if look_back == 1 and counts_as != "prepayment":
        assert not put_in.cured[alone].any()


def test_levels_step_by_date() -> None:
    steps = (("2026-03-01", 1.2), ("2026-06-30", 1.3))
    found = level_on(steps, MONTHS[:6])
    assert found[2:].tolist() == [1.2, 1.2, 1.2, 1.3]
    assert reason(float(found[0])) is NOT_TESTED
    with pytest.raises(InputError, match="ascend"):
        level_on((("2026-03-01", 1), ("2026-03-01", 2)), MONTHS)
    with pytest.raises(InputError, match="empty"):
        level_on((), MONTHS)


def test_a_record_with_two_levels() -> None:
    record = CovenantRecord(
        "coverage", (("2026-01-01", 1.05),), (("2026-03-01", 1.2),), last_test="2026-05-31", passes_to_release=2
    )
    found = examine(record, MONTHS[:6], [1.1, 1.04, 1.1, 1.3, 1.3, 0.2])
    # Until March the default level is the only one; afterwards two passes are needed; June is no test any more.
    assert [Status(code).name for code in found.status] == ["OK", "DEFAULT", "LOCKUP", "LOCKUP", "OK", "UNTESTED"]
    assert found.shortfall.tolist() == pytest.approx([0, 0.01, 0, 0, 0, 0])
    over = examine(CovenantRecord("LTV", (("2026-01-01", 0.8),), direction="above"), MONTHS[:2], [0.8, 0.9])
    assert over.status.tolist() == [Status.OK, Status.DEFAULT]
    assert over.shortfall.tolist() == pytest.approx([0, 0.1])
    with pytest.raises(RangeError, match="lockup"):
        examine(CovenantRecord("coverage", (("2026-01-01", 1.3),), (("2026-01-01", 1.2),)), MONTHS[:1], [1])
    with pytest.raises(InputError, match="below"):
        cure(CovenantRecord("LTV", (("2026-01-01", 0.8),), direction="above"), MONTHS[:1], [1], 1)


def test_the_coreweave_amendment_of_december_2025() -> None:
    """DDTL 3.0, amended 31 December 2025.

    Known: minimum liquidity of 100 m from 1 March to 1 May 2026, first test of the coverage on 31 October 2027 and of
    contract realisation on 28 February 2026, cures without limit to 28 October 2026 and then at most three consecutive
    months in any four. The levels of the ratios, and of liquidity outside these months, were not disclosed: those
    below are chosen so that the dates do the work.
    """
    liquidity = CovenantRecord(
        "minimum liquidity", (("2026-01-01", 500e6), ("2026-03-01", 100e6), ("2026-05-02", 500e6))
    )
    coverage = CovenantRecord("debt service coverage", (("2025-12-31", 1.2),), first_test="2027-10-31")
    realisation = CovenantRecord(
        "contract realisation ratio",
        (("2025-12-31", 0.85),),
        first_test="2026-02-28",
        limits=CureLimits(max_consecutive=3, max_in_window=3, window=4),
        limits_from="2026-10-29",
    )

    # 200 m all the time: enough in March and April only.
    kept = examine(liquidity, MONTHS, [200e6] * 24)
    ok = [date for date, code in zip(MONTHS, kept.status, strict=True) if code == Status.OK]
    assert ok == ["2026-03-31", "2026-04-30"]
    assert kept.shortfall[0] == 300e6

    # A coverage of 1.0 is no default until the last three dates.
    tested = examine(coverage, MONTHS, [1.0] * 24)
    assert [d for d, code in zip(MONTHS, tested.status, strict=True) if code == Status.DEFAULT] == MONTHS[-3:]
    assert (tested.status[:-3] == Status.UNTESTED).all()

    # Contracts bring 80 of 100 promised in every month: 5 are missing each time.
    ratio = contract_realisation([80.0] * 24, 100)
    plain = examine(realisation, MONTHS, ratio)
    assert plain.status[0] == Status.UNTESTED
    assert (plain.status[1:] == Status.DEFAULT).all()
    put_in = cure(realisation, MONTHS, [80.0] * 24, 100)
    missed = [d for d, done in zip(MONTHS, put_in.cured, strict=True) if not done]
    # February to September 2026 are free. October, November and December 2026 are the first three that count, so
    # January is a default, and every fourth month after it.
    assert missed == ["2026-01-31", "2027-01-31", "2027-05-31", "2027-09-30"]
    assert put_in.amount[put_in.cured] == pytest.approx([5.0] * 20)
    cured = examine(realisation, MONTHS, put_in.ratio)
    assert [d for d, s in zip(MONTHS, cured.status, strict=True) if s == Status.DEFAULT] == missed[1:]

    # Without the amendment's limits there would be none to count: nothing is cured where nothing is agreed.
    assert not cure(CovenantRecord("ratio", (("2025-12-31", 0.85),)), MONTHS, [80.0] * 24, 100).cured.any()
