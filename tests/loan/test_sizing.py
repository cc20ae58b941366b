"""Debt capacity: hand-checked recursions, a linear programme as a second judge, and the laws of caps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from tests.loan.strategies import RATES, cash
from xlmodel.errors import NO_BALANCE, NO_LIMIT, InputError, RangeError, reason
from xlmodel.loan.balance_cap import Limb, balance_caps, collateral_capacity, max_debt_for_profile
from xlmodel.loan.schedule import schedule
from xlmodel.loan.sculpt import sculpt
from xlmodel.loan.sizing import capacity, refinancing_gap

CAPS = st.one_of(st.just(0.0), st.floats(1e-3, 1000))


def test_cash_and_collateral_by_hand() -> None:
    # Service 64 a year at 10 %: min((0+64)/1.1, 30), min((30+64)/1.1, 60), min((60+64)/1.1, 100), (100+64)/1.1.
    sized = collateral_capacity([80] * 4, 1.25, 0.1, [1000, 100, 60, 30, 0])
    np.testing.assert_allclose(sized.caps, [164 / 1.1, 100, 60, 30, 0], rtol=1e-14)
    assert Limb(int(sized.binding)) is Limb.COLLATERAL
    assert int(sized.date) == 1
    assert (sized.schedule.closing <= sized.caps[1:] * (1 + 1e-12)).all()
    # At closing itself.
    assert int(collateral_capacity([80] * 4, 1.25, 0.1, [50, 100, 60, 30, 0]).date) == 0
    # Nothing but cash.
    free = collateral_capacity([80] * 4, 1.25, 0.1)
    assert (Limb(int(free.binding)), int(free.date)) == (Limb.DSCR, -1)


def test_service_below_interest_is_the_third_limb() -> None:
    # CFADS 10 then 200, 1.30x, 10 %: the interest of year 1 caps the debt at 7.6923/0.1 = 76.92.
    sized = collateral_capacity([10, 200], 1.3, 0.1)
    assert float(sized.debt) == pytest.approx(10 / 1.3 / 0.1, rel=1e-14)
    assert (Limb(int(sized.binding)), int(sized.date)) == (Limb.INTEREST, 0)
    assert float(sized.growth) == 0
    # Allowed to grow: (7.6923 + 153.846/1.1)/1.1 = 134.1, which becomes 139.9 before it falls.
    grown = collateral_capacity([10, 200], 1.3, 0.1, allow_negam=True)
    assert float(grown.debt) == pytest.approx((10 / 1.3 + 200 / 1.3 / 1.1) / 1.1, rel=1e-14)
    assert float(grown.growth) == pytest.approx(200 / 1.3 / 1.1 - float(grown.debt), rel=1e-9)


def test_a_terminal_debt_must_fit_the_last_cap() -> None:
    # (110 + 0)/1.1 of cash and 50 refinanced: (110 + 50)/1.1, or with a cap of 28 at the end (110 + 28)/1.1.
    assert float(balance_caps(110, 1.0, 0.1, terminal=50)[0]) == pytest.approx(160 / 1.1)
    assert float(balance_caps(110, 1.0, 0.1, [999, 28], 50)[0]) == pytest.approx(138 / 1.1)
    sized = collateral_capacity(110, 1.0, 0.1, [999, 28], 50)
    assert int(sized.date) == 1
    np.testing.assert_allclose(sized.schedule.balloon, [28], rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    cash(least=1, most=10),
    st.floats(1.0, 1.6),
    st.sampled_from([0.0, 0.003, 0.03, 0.2]),
    arrays(np.float64, 11, elements=CAPS),
    st.booleans(),
)
def test_a_linear_programme_finds_the_same_debt(
    flows: np.ndarray, target: float, rate: float, caps: np.ndarray, negam: bool
) -> None:
    # Balances B_0..B_N: maximise B_0 subject to B_{k-1}(1+i) - B_k <= s_k, 0 <= B_k <= A_k, B_N = 0, B_k <= B_{k-1}.
    # With negative amortisation, service may be below interest but not below 0.
    n = flows.size
    caps = caps[: n + 1]
    service = np.maximum(flows, 0) / target
    rows, right = [], []
    for k in range(1, n + 1):
        pays = np.zeros(n + 1)
        pays[k - 1], pays[k] = 1 + rate, -1
        rows.append(pays)
        right.append(service[k - 1])
        rises = np.zeros(n + 1)
        rises[k], rises[k - 1] = 1, -(1 + rate) if negam else -1
        rows.append(rises)
        right.append(0.0)
    bounds = [(0, c) for c in caps[:-1]] + [(0, 0)]
    objective = np.zeros(n + 1)
    objective[0] = -1
    result = linprog(objective, A_ub=np.array(rows), b_ub=right, bounds=bounds)
    assert result.success
    ours = float(balance_caps(flows, target, rate, caps, allow_negam=negam)[0])
    assert ours == pytest.approx(-result.fun, rel=1e-6, abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(cash(), st.floats(0.8, 2), RATES, st.data())
def test_laws_of_caps(flows: np.ndarray, target: float, rate: float, data: st.DataObject) -> None:
    n = flows.size
    caps = data.draw(arrays(np.float64, n + 1, elements=CAPS))
    negam = data.draw(st.booleans())
    sized = collateral_capacity(flows, target, rate, caps, allow_negam=negam)
    free = balance_caps(flows, target, rate, allow_negam=negam)
    sculpted = float(sculpt(flows, target, rate, allow_pik=True, allow_negam=True).debt)
    assert (sized.caps >= 0).all()
    assert (sized.caps <= free * (1 + 1e-12)).all()
    assert float(free[0]) <= sculpted * (1 + 1e-12)
    unlimited = float(balance_caps(flows, target, rate, np.full(n + 1, 1e15), allow_negam=True)[0])
    assert unlimited == pytest.approx(sculpted, rel=1e-11, abs=1e-12)
    # More coverage or a higher rate never carries more.
    for dearer in (balance_caps(flows, target * 1.2, rate, caps), balance_caps(flows, target, rate + 0.01, caps)):
        assert dearer[0] <= float(balance_caps(flows, target, rate, caps)[0]) * (1 + 1e-12)
    # The loan drawn in full keeps its word: below every cap, covered, repaid.
    s, debt = sized.schedule, float(sized.debt)
    slack = 1e-9 * max(debt, 1.0)
    assert (s.closing >= 0).all()
    assert s.closing[-1] == 0
    assert (s.closing <= sized.caps[1:] + slack).all()
    assert (s.debt_service <= np.maximum(flows, 0) / target + slack).all()
    assert s.principal.sum() == pytest.approx(debt + s.capitalised.sum(), rel=1e-9, abs=slack)
    if not negam:
        assert s.capitalised.max() <= slack
        assert float(sized.growth) <= slack
    # To the bit inside a batch.
    batch = balance_caps(np.stack([flows, flows + 1]), target, rate, caps, allow_negam=negam)
    assert batch[0].tobytes() == sized.caps.tobytes()


def test_the_smallest_limit_is_named() -> None:
    flows = [120, 130, 140]
    by = {"value": 300, "max_ltv": 0.75, "nolv": 260, "advance_rate": 0.85}
    sized = capacity(flows, 1.3, 0.1, **by)
    assert [round(float(x), 4) for x in (sized.by_dscr, sized.by_ltv, sized.by_nolv)] == [247.4715, 225, 221]
    assert (float(sized.debt), Limb(int(sized.binding))) == (221, Limb.NOLV)
    assert "liquidation value" in sized.sentence()
    assert Limb(int(capacity(flows, 1.3, 0.1, value=300, max_ltv=0.5).binding)) is Limb.LTV
    assert Limb(int(capacity(flows, 1.3, 0.1).binding)) is Limb.DSCR
    assert Limb(int(capacity([10, 200], 1.3, 0.1).binding)) is Limb.INTEREST
    assert reason(float(capacity(flows, 1.3, 0.1).by_ltv)) is NO_LIMIT
    # Collateral that costs more to clear than it brings lends nothing.
    assert float(capacity(flows, 1.3, 0.1, nolv=-5, advance_rate=0.8).debt) == 0


def test_an_empty_period_counts_as_nothing_and_must_be_carried() -> None:
    # 80, -40, 80, 80 is 80, 0, 80, 80: 64/1.1 + 64/1.331 + 64/1.4641 with capitalisation, 64/1.1 without.
    flows = [80, -40, 80, 80]
    carried = capacity(flows, 1.25, 0.1, allow_negam=True)
    assert float(carried.debt) == pytest.approx(64 / 1.1 + 64 / 1.331 + 64 / 1.4641, rel=1e-14)
    strict = capacity(flows, 1.25, 0.1)
    assert float(strict.debt) == pytest.approx(64 / 1.1, rel=1e-14)
    assert "Cash is not positive in period 2." in strict.sentence()


def test_a_batch_of_loans_is_sized_at_once() -> None:
    flows = [[120, 130, 140], [10, 200, 0], [-1, -1, -1]]
    sized = capacity(flows, 1.3, 0.1, value=[300, 300, 300], max_ltv=0.75)
    assert [Limb(int(b)).name for b in sized.binding] == ["LTV", "INTEREST", "DSCR"]
    assert sized.debt[2] == 0
    assert sized.sentence(2) == "No debt: there is no positive cash in any period."
    for j, row in enumerate(flows):
        assert float(capacity(row, 1.3, 0.1, value=300, max_ltv=0.75).debt) == sized.debt[j]


def test_a_shape_fits_under_its_tightest_cap() -> None:
    # min(80/1, 50/0.75, 30/0.5, 12/0.25); the loan of that shape touches the last.
    shape = schedule(1, 0.1, 4, "straight")
    profile = [1.0, *shape.closing]
    assert float(max_debt_for_profile(profile, [80, 50, 30, 12, 5])) == pytest.approx(48)
    assert max_debt_for_profile(profile, [[80, 50, 30, 12, 5], [10, 50, 30, 12, 0]]).round(12).tolist() == [48, 10]


def test_refinancing_takes_the_smaller_of_cash_and_value() -> None:
    # 55/1.1 + 60.5/1.21 = 100, over 1.25: 80; or 60 % of 110.
    by_cash = refinancing_gap(100, [55, 60.5], 1.25, 0.1)
    assert float(by_cash.gap) == pytest.approx(20)
    by_value = refinancing_gap(100, [55, 60.5], 1.25, 0.1, value=110, max_ltv=0.6)
    assert (round(float(by_value.gap), 9), Limb(int(by_value.binding))) == (34, Limb.LTV)
    # Room to spare is a negative gap; nothing owed has no share.
    assert float(refinancing_gap(50, [55, 60.5], 1.25, 0.1).gap_share) == pytest.approx(-0.6)
    assert reason(float(refinancing_gap(0, [55], 1.25, 0.1).gap_share)) is NO_BALANCE
    # An asset that only loses money refinances nothing.
    assert float(refinancing_gap(100, [-5, -6], 1.25, 0.1).gap_share) == 1


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: capacity([1], 1.3, 0.1, value=10), InputError, "max_ltv is needed"),
        (lambda: capacity([1], 1.3, 0.1, advance_rate=0.8), InputError, "nolv is needed"),
        (
            lambda: capacity([1], 1.3, 0.1, nolv=10, advance_rate=80),
            RangeError,
            "advance_rate must lie between",
        ),
        (lambda: capacity([1], 0.0, 0.1), RangeError, "target_dscr"),
        (lambda: balance_caps([1, 2], 1.3, 0.1, [1, 2]), InputError, "3 dates"),
        (lambda: balance_caps([1, 2], 1.3, 0.1, [1, 2, -3]), RangeError, "caps"),
        (lambda: max_debt_for_profile([0, 0], [1, 1]), InputError, "profile"),
    ],
)
def test_refuses_in_a_sentence(call: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()  # type: ignore[operator]
