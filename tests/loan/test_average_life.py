"""Debt, minimum coverage and average life at once, against a linear programme that searches every schedule."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.loan.strategies import cash, positive_cash
from xlmodel.errors import NOT_SCULPTABLE, InfeasibleError, InputError, reason
from xlmodel.loan.average_life import sculpt_to_average_life
from xlmodel.loan.balance_cap import balance_caps
from xlmodel.loan.coverage import dscr
from xlmodel.loan.schedule import Schedule
from xlmodel.loan.sculpt import sculpt_to_debt
from xlmodel.maths.duration import weighted_average_life


def _lives(flows: np.ndarray, debt: float, rate: float, least: float) -> tuple[float, float] | None:
    """Shortest and longest average life in periods over all principal rows, by linear programming."""
    n = flows.size
    limit = np.maximum(flows, 0) / least
    # P_k + i (D - sum of earlier P) <= limit_k, divided by the debt so that the solver sees shares.
    a = np.eye(n) - rate * np.tril(np.ones((n, n)), -1)
    b = limit / debt - rate
    times = np.arange(1, n + 1)
    ends = []
    for sign in (1, -1):
        result = linprog(sign * times, A_ub=a, b_ub=b, A_eq=np.ones((1, n)), b_eq=[1.0], bounds=(0, None))
        if not result.success:
            return None
        ends.append(sign * result.fun)
    return ends[0], ends[1]


@settings(max_examples=60, deadline=None)
@given(
    cash(least=2, most=14),
    st.floats(1.0, 1.6),
    st.sampled_from([0.0, 0.003, 0.03, 0.15]),
    st.floats(0.3, 0.98),
    st.floats(0, 1),
)
def test_every_life_that_exists_is_reached_and_no_other(
    flows: np.ndarray, least: float, rate: float, share: float, where: float
) -> None:
    most = float(balance_caps(flows, least, rate)[0])
    assume(most > 1)
    debt = share * most
    bounds = _lives(flows, debt, rate, least)
    assert bounds is not None
    shortest, longest = bounds
    wanted = shortest + where * (longest - shortest)
    loan = sculpt_to_average_life(flows, debt, rate, least, wanted, frequency=1)
    assert float(loan.shortest) == pytest.approx(shortest, rel=1e-6)
    assert float(loan.longest) == pytest.approx(longest, rel=1e-6)
    s = loan.schedule
    # All three demands at once, and no loan lent anew.
    assert (s.principal >= 0).all()
    assert s.closing[-1] == 0
    assert s.principal.sum() == pytest.approx(debt, rel=1e-11)
    assert float(weighted_average_life(s.principal)) == pytest.approx(wanted, rel=1e-7)
    assert np.nanmin(loan.dscr) >= least * (1 - 1e-7)
    np.testing.assert_allclose(s.debt_service, s.opening * rate + s.principal, rtol=1e-12, atol=1e-12 * debt)


@settings(max_examples=60, deadline=None)
@given(positive_cash(least=2, most=14), st.sampled_from([0.0, 0.003, 0.1]), st.floats(0.3, 0.9))
def test_at_the_life_of_the_flat_sculpt_it_is_the_flat_sculpt(flows: np.ndarray, rate: float, share: float) -> None:
    debt = share * float(balance_caps(flows, 1.0, rate)[0])
    flat = sculpt_to_debt(flows, debt, rate, allow_negam=True).schedule
    assume((flat.capitalised == 0).all())
    life = float(weighted_average_life(flat.principal))
    loan = sculpt_to_average_life(flows, debt, rate, 1.0, life, frequency=1)
    assert float(loan.smoothness) == 1
    np.testing.assert_allclose(loan.schedule.principal, flat.principal, rtol=1e-6, atol=1e-7 * debt)


def test_a_small_case_by_hand() -> None:
    # 200 over three years, average life 2. Service C*(a + b*g), g = 1, 2.1, 3.31, C*DF = 109.0909, 107.4380, 105.1841:
    # m0 = 321.7130, m1 = 682.8700, m2 = 1735.3086; a = (200*m2 - 400*m1)/(m0*m2 - m1^2) = 0.80377,
    # b = (400*m0 - 200*m1)/(...) = -0.08579. First year: 120*(a + b) = 86.157, less 20 of interest.
    loan = sculpt_to_average_life([120, 130, 140], 200, 0.1, 1.3, 2.0, frequency=1)
    p = loan.schedule.principal
    np.testing.assert_allclose(p, [66.157, 67.686, 66.157], atol=2e-3)
    # An average life of 2 in three years is an even first and last instalment.
    assert p[0] == pytest.approx(p[2], rel=1e-12)
    # Smooth means that 1/DSCR is a straight line in g.
    inverse = 1 / loan.dscr
    slope = (inverse[1:] - inverse[:-1]) / np.array([1.1, 1.21])
    assert slope[0] == pytest.approx(slope[1], rel=1e-9)


@pytest.mark.parametrize("life", [1.65, 1.7, 3.4, 3.5])
def test_limits_bend_the_curve_only_as_far_as_needed(life: float) -> None:
    flows = np.array([50.0, 40, 30, 20, 10, 8])
    loan = sculpt_to_average_life(flows, 60 if life > 2 else 90, 0.02, 1.1, life, frequency=1)
    assert 0 <= float(loan.smoothness) < 1
    # The step towards the smooth loan ends where the first limit is met.
    touched = [np.nanmin(loan.dscr) / 1.1 - 1, loan.schedule.principal.min() / 90]
    assert min(np.abs(touched)) <= 1e-9


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    with pytest.raises(InfeasibleError, match=r"debt of 300\.00 .* at 1\.3x: 247\.47"):
        sculpt_to_average_life([120, 130, 140], 300, 0.1, 1.3, 2.0, frequency=1)
    # 200 at most: earliest 72.31, 87.23, 40.46 (service 92.31, 100, rest): 1.8408 years. Latest: the balance may
    # be 107.692/1.1 = 97.902 at the end of year 2 and 179.911 a year before: instalments 20.089, 82.009, 97.902.
    early = (92.3076923077 - 20) * 1
    second = 100 - 0.1 * (200 - early)
    shortest = (early + 2 * second + 3 * (200 - early - second)) / 200
    longest = ((200 - 179.910998) + 2 * (179.910998 - 97.902098) + 3 * 97.902098) / 200
    with pytest.raises(InfeasibleError, match=f"between {shortest:.4f} and {longest:.4f} years"):
        sculpt_to_average_life([120, 130, 140], 200, 0.1, 1.3, 2.9, frequency=1)
    with pytest.raises(InfeasibleError, match="loan 2"):
        sculpt_to_average_life([120, 130, 140], 200, 0.1, 1.3, [2.0, 2.9], frequency=1)
    marked = sculpt_to_average_life([120, 130, 140], [200, 200, 300], 0.1, 1.3, [2.0, 2.9, 2.0], frequency=1, mark=True)
    assert reason(marked.average_life[1]) is NOT_SCULPTABLE
    assert marked.longest[1] == pytest.approx(longest, rel=1e-6)
    assert reason(marked.longest[2]) is NOT_SCULPTABLE
    assert np.isfinite(marked.schedule.principal[0]).all()


def test_unequal_periods_have_their_own_times() -> None:
    years = [0.1, 0.35, 0.6, 0.85]
    loan = sculpt_to_average_life([40, 40, 40, 40], 100, 0.02, 1.1, 0.45, years=years)
    assert float((loan.schedule.principal * years).sum() / 100) == pytest.approx(0.45, rel=1e-9)
    assert (dscr([40] * 4, loan.schedule.debt_service) >= 1.1 * (1 - 1e-9)).all()
    with pytest.raises(InputError, match="years"):
        sculpt_to_average_life([40, 40], 50, 0.02, 1.1, 0.4, years=[0.5, 0.5])


def test_one_loan_is_the_same_to_the_bit_inside_a_batch() -> None:
    flows = np.array([[50.0, 40, 30, 20, 10, 8], [30, 30, 30, 30, 30, 30], [10, 20, 30, 30, 20, 10]])
    debt, life = np.array([90.0, 100, 70]), np.array([1.7, 3.0, 3.4])
    batch = sculpt_to_average_life(flows, debt, 0.02, 1.1, life, frequency=1)
    for j in range(3):
        alone = sculpt_to_average_life(flows[j], debt[j], 0.02, 1.1, life[j], frequency=1)
        for name in Schedule.__slots__:
            assert getattr(batch.schedule, name)[j].tobytes() == getattr(alone.schedule, name).tobytes()
        assert float(alone.longest) == batch.longest[j]
