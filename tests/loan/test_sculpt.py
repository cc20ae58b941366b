"""Sculpted debt: another engine's runs, published capacity, the laws, and refusals that say what is possible."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.loan.strategies import RATES, TARGETS, cash, positive_cash
from xlmodel.errors import NOT_SCULPTABLE, InfeasibleError, RangeError, reason
from xlmodel.loan.balance_cap import Limb, balance_caps
from xlmodel.loan.coverage import dscr
from xlmodel.loan.life_coverage import loan_life_coverage, project_life_coverage
from xlmodel.loan.schedule import Schedule
from xlmodel.loan.sculpt import sculpt, sculpt_to_debt
from xlmodel.loan.sizing import capacity

SAM = json.loads((Path(__file__).parents[1] / "cases" / "sam_sculpting_cases.json").read_text())["cases"]


@pytest.mark.parametrize("name", ["flat", "deflate-5"])
def test_sams_schedules_to_the_cent(name: str) -> None:
    case = SAM[name]
    loan = sculpt(case["cafds"], case["inputs"]["dscr"], case["inputs"]["rate_pct"] / 100)
    assert float(loan.debt) == pytest.approx(case["size_of_debt"], abs=0.005)
    for ours, theirs in {
        "interest": "interest",
        "principal": "principal",
        "debt_service": "debt_service",
        "closing": "balance",
    }.items():
        np.testing.assert_allclose(getattr(loan.schedule, ours), case[theirs], rtol=0, atol=0.005)
    assert dscr(case["cafds"], loan.schedule.debt_service).round(9).tolist() == case["dscr"]


def test_where_sam_lends_a_negative_amount_the_answer_is_the_capacity() -> None:
    case = SAM["deflate-30_goes_negative"]
    assert case["size_of_debt"] < 0
    flows, target, rate = case["cafds"], case["inputs"]["dscr"], case["inputs"]["rate_pct"] / 100
    # Three years of cash, over 1.30 and discounted at 10 %: nothing can be owed from year 4 on.
    by_hand = flows[0] / 1.3 / 1.1 + flows[1] / 1.3 / 1.21 + flows[2] / 1.3 / 1.331
    loan = sculpt(flows, target, rate)
    assert float(loan.debt) == pytest.approx(by_hand, rel=1e-12)
    assert (loan.schedule.closing >= 0).all()
    assert loan.schedule.closing[2:].tolist() == [0] * 6
    sized = capacity(flows, target, rate)
    assert float(sized.debt) == pytest.approx(by_hand, rel=1e-12)
    assert (int(sized.first_empty), int(sized.last_paid)) == (3, 2)
    assert Limb(int(sized.binding)) is Limb.DSCR
    assert "not positive in period 4; all is repaid by period 3." in sized.sentence()


def test_published_debt_at_two_coverages() -> None:
    # FHWA primer, table 9-1: the same cash carries 9,833 at 1.30x and 11,116 at 1.15x. The table's cash flows are
    # not at hand; any cash worth 1.30 * 9,833 must give the second figure.
    flows = np.array([900.0, 1000, 1100, 1150, 1200])
    unit = float(sculpt(flows, 1.0, 0.05).debt)
    flows = flows * 1.30 * 9833 / unit
    assert round(float(sculpt(flows, 1.30, 0.05).debt)) == 9833
    assert round(float(sculpt(flows, 1.15, 0.05).debt)) == 11116


def test_a_curve_of_coverage_and_a_balloon() -> None:
    # Service 100/1.25 = 80 and 100/2 = 50, and 20 at the end: 80/1.1 + 70/1.21.
    loan = sculpt([100, 100], [1.25, 2.0], 0.1, balloon=20)
    assert float(loan.debt) == pytest.approx(80 / 1.1 + 70 / 1.21, rel=1e-14)
    assert loan.schedule.debt_service.tolist() == [80, 70]
    assert loan.schedule.balloon.tolist() == [0, 20]
    ratio = dscr([100, 100], loan.schedule.debt_service, loan.schedule.balloon, include_balloon=False)
    assert ratio.tolist() == [1.25, 2.0]


def test_an_empty_period_is_refused_with_its_number_and_what_is_possible() -> None:
    flows = [80, -40, 80, 80]
    # Service 64, 0, 64, 64: the balance after period 1 is 64/1.21 + 64/1.331 = 100.977, its interest 10.10.
    with pytest.raises(InfeasibleError, match=r"no positive cash in period 2: 10\.10 .* debt of 58\.18"):
        sculpt(flows, 1.25, 0.1)
    with pytest.raises(InfeasibleError, match="period 2"):
        sculpt(flows, 1.25, 0.1, allow_negam=True)
    loan = sculpt(flows, 1.25, 0.1, allow_pik=True)
    assert float(loan.debt) == pytest.approx(64 / 1.1 + 64 / 1.331 + 64 / 1.4641, rel=1e-14)
    assert loan.schedule.debt_service.tolist() == [64, 0, 64, 64]
    assert round(float(loan.schedule.capitalised[1]), 2) == 10.10


def test_interest_above_the_service_is_a_new_loan_unless_allowed() -> None:
    # CFADS 10 then 200 at 10 %, 1.30x: 134.1 with interest of 13.4 on a service of 7.7.
    with pytest.raises(InfeasibleError, match=r"below the interest in period 1: 5\.72 .* debt of 76\.92"):
        sculpt([10, 200], 1.3, 0.1)
    with pytest.raises(InfeasibleError):
        sculpt([10, 200], 1.3, 0.1, allow_pik=True)
    loan = sculpt([10, 200], 1.3, 0.1, allow_negam=True)
    assert round(float(loan.debt), 1) == 134.1


def test_a_batch_can_mark_instead_of_refusing() -> None:
    both = sculpt([[10, 200], [100, 100]], 1.3, 0.1, mark=True)
    assert both.feasible.tolist() == [False, True]
    assert reason(both.debt[0]) is NOT_SCULPTABLE
    assert reason(both.schedule.closing[0, 1]) is NOT_SCULPTABLE
    assert both.schedule.debt_service[1].tobytes() == sculpt([100, 100], 1.3, 0.1).schedule.debt_service.tobytes()
    with pytest.raises(InfeasibleError, match="loan 1, period 1"):
        sculpt([[10, 200], [100, 100]], 1.3, 0.1)


def test_no_cash_is_no_debt() -> None:
    loan = sculpt([-5, 0, -1], 1.3, 0.1)
    assert float(loan.debt) == 0
    assert "no positive cash" in capacity([-5, 0, -1], 1.3, 0.1).sentence()


def test_a_given_debt_finds_its_coverage() -> None:
    # Exact: 120/1.1 + 130/1.21 + 140/1.331 = 321.713; over 200 it is 1.608565.
    loan = sculpt_to_debt([120, 130, 140], 200, 0.1)
    worth = 120 / 1.1 + 130 / 1.21 + 140 / 1.331
    np.testing.assert_allclose(loan.dscr, worth / 200, rtol=1e-14)
    assert float(loan.debt) == pytest.approx(200, rel=1e-14)
    with pytest.raises(InfeasibleError, match=r"coverage of 1\.0724 in period 1, below 1\.2: .* carries 268\.09"):
        sculpt_to_debt([120, 130, 140], 300, 0.1, minimum_dscr=1.2)
    with pytest.raises(InfeasibleError, match="no positive cash"):
        sculpt_to_debt([-1, 0], 10, 0.1)
    with pytest.raises(InfeasibleError, match="balloon"):
        sculpt_to_debt([10, 10], 10, 0.0, balloon=50)
    with pytest.raises(RangeError, match="minimum_dscr"):
        sculpt_to_debt([10, 10], 10, 0.0, minimum_dscr=0.0)
    # A debt the cash does not pay is answered with a coverage below 1, not with silence.
    assert sculpt_to_debt([50, 50], 200, 0.0).dscr.tolist() == [0.5, 0.5]


def test_a_curved_coverage_keeps_its_shape_at_a_given_debt() -> None:
    loan = sculpt_to_debt([100, 100, 100], 150, 0.05, curve=[1.0, 1.1, 1.2], balloon=10)
    np.testing.assert_allclose(loan.dscr / loan.dscr[0], [1.0, 1.1, 1.2], rtol=1e-14)
    assert float(loan.debt) == pytest.approx(150, rel=1e-13)


@settings(max_examples=100, deadline=None)
@given(cash(), TARGETS, RATES)
def test_laws_of_sculpted_debt(flows: np.ndarray, target: float, rate: float) -> None:
    loan = sculpt(flows, target, rate, allow_pik=True, allow_negam=True)
    s, debt = loan.schedule, float(loan.debt)
    tolerance = 1e-12 * max(debt, 1e-9)
    assert (s.closing >= 0).all()
    assert s.closing[-1] == 0
    assert debt >= 0
    assert (s.principal >= 0).all()
    growth = (1 + rate) ** np.arange(1, flows.size + 1)
    assert (s.debt_service / growth).sum() == pytest.approx(debt, rel=1e-11, abs=1e-9)
    assert s.principal.sum() == pytest.approx(debt + s.capitalised.sum(), rel=1e-11, abs=1e-9)
    np.testing.assert_allclose(s.closing, s.opening + s.capitalised - s.principal, rtol=0, atol=10 * tolerance + 1e-12)
    # Service is exactly the cash over the target, so the coverage is the target wherever something is paid.
    ratio = dscr(flows, s.debt_service)
    assert np.nanmax(np.abs(ratio / target - 1), initial=0) <= 1e-12
    # Re-lending happens only where it is named.
    lent = s.closing - s.opening > tolerance + 1e-12
    assert (s.capitalised[lent] > 0).all()


@settings(max_examples=100, deadline=None)
@given(positive_cash(), TARGETS, RATES)
def test_sculpted_coverage_is_the_loan_life_coverage(flows: np.ndarray, target: float, rate: float) -> None:
    s = sculpt(flows, target, rate, allow_negam=True).schedule
    life = loan_life_coverage(flows, s.opening, rate)
    np.testing.assert_allclose(life, target, rtol=1e-10)
    # One date before maturity any loan's life coverage is its last coverage, and a tail only adds to it.
    tail = np.concatenate([flows, [3.0, 1.0]])
    assert (project_life_coverage(tail, s.opening, rate)[: flows.size] >= life * (1 - 1e-12)).all()


@settings(max_examples=100, deadline=None)
@given(cash(least=2), TARGETS, RATES, st.booleans(), st.booleans())
def test_what_is_refused_is_what_would_be_lent_anew(
    flows: np.ndarray, target: float, rate: float, pik: bool, negam: bool
) -> None:
    free = sculpt(flows, target, rate, allow_pik=True, allow_negam=True)
    marked = sculpt(flows, target, rate, allow_pik=pik, allow_negam=negam, mark=True)
    capitals = free.schedule.capitalised > 0
    allowed = np.where(flows > 0, negam, pik)
    assert bool(marked.feasible) == bool((allowed | ~capitals).all())
    # What is possible without capitalising is at most the sculpted debt, and all of it where nothing capitalises.
    most = float(balance_caps(flows, target, rate)[0])
    assert most <= float(free.debt) * (1 + 1e-12)
    if not capitals.any():
        assert most == pytest.approx(float(free.debt), rel=1e-11)


@settings(max_examples=60, deadline=None)
@given(cash(least=3), st.floats(1, 2), RATES)
def test_one_loan_is_the_same_to_the_bit_inside_a_batch(flows: np.ndarray, target: float, rate: float) -> None:
    free = {"allow_pik": True, "allow_negam": True}
    batch = sculpt(np.stack([flows + 1, flows, 2 * flows]), target, rate, **free).schedule
    for j, row in enumerate((flows + 1, flows, 2 * flows)):
        alone = sculpt(row, target, rate, **free).schedule
        for name in Schedule.__slots__:
            assert getattr(batch, name)[j].tobytes() == getattr(alone, name).tobytes(), name
    # Twice the money is twice the debt, to the bit.
    assert batch.opening[2].tobytes() == (2 * batch.opening[1]).tobytes()


@settings(max_examples=60, deadline=None)
@given(positive_cash(least=2), st.floats(1, 2), st.floats(0.001, 0.2))
def test_debt_falls_with_the_coverage_and_the_rate(flows: np.ndarray, target: float, rate: float) -> None:
    assume(np.ptp(flows) >= 0)
    free = {"allow_negam": True}
    base = float(sculpt(flows, target, rate, **free).debt)
    assert float(sculpt(flows, target * 1.1, rate, **free).debt) < base
    assert float(sculpt(flows, target, rate * 1.1, **free).debt) < base
