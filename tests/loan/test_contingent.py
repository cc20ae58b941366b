"""Principal that flexes: sums by hand, and the law that it is the rigid schedule when the floor never binds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loan.strategies import RATES, cash
from xlmodel.errors import InputError, RangeError
from xlmodel.loan.contingent import contingent_schedule
from xlmodel.loan.schedule import schedule
from xlmodel.loan.styles import outcome, utility_terms, venture_terms
from xlmodel.loan.waterfall import waterfall


def test_principal_waits_and_catches_up() -> None:
    # 1.25x leaves 40/1.25 = 32, 15/1.25 = 12, 80/1.25 = 64, 100/1.25.
    flexed = contingent_schedule([40, 15, 80, 100], 100, 0.05, 25, 1.25)
    # 100: 5 of interest, 25 of the 27. 75: 3.75, room 8.25. 66.75: 3.3375, asked 25 + 16.75 = 41.75 of 60.6625.
    assert flexed.principal.tolist() == pytest.approx([25, 8.25, 41.75, 25])
    assert flexed.deferred.tolist() == pytest.approx([0, 16.75, 0, 0])
    assert flexed.flexed.tolist() == [False, True, False, False]
    assert float(flexed.dscr[1]) == pytest.approx(1.25)
    # The rigid schedule pays 28.75 in the second period.
    assert float(flexed.rigid_dscr[1]) == pytest.approx(15 / 28.75)
    assert flexed.rigid_closing.tolist() == pytest.approx([75, 50, 25, 0])


def test_what_does_not_catch_up_is_a_balloon() -> None:
    flexed = contingent_schedule([40, 15, 80, 100], 100, 0.05, 25, 1.25, catch_up=0)
    assert flexed.principal.tolist() == pytest.approx([25, 8.25, 25, 41.75])
    some = contingent_schedule([40, 15, 80, 100], 100, 0.05, 25, 1.25, least=0.5)
    assert float(some.principal[1]) == 12.5


def test_interest_is_due_or_is_added() -> None:
    due = contingent_schedule([1, 200], 100, 0.05, [50, 50], 1.0)
    assert (float(due.principal[0]), float(due.debt_service[0])) == (0, 5)
    assert float(due.dscr[0]) == pytest.approx(0.2)
    added = contingent_schedule([1, 200], 100, 0.05, [50, 50], 1.0, capitalises=True)
    assert (float(added.debt_service[0]), float(added.closing[0])) == (1, 104)
    assert float(added.principal[1]) == 104
    negative = contingent_schedule([-7, 200], 100, 0.05, [50, 50], 1.0, capitalises=True)
    assert float(negative.capitalised[0]) == 5


@settings(max_examples=80, deadline=None)
@given(cash(low=0.0), RATES, st.floats(1, 300), st.floats(1.0, 2.0), st.booleans())
def test_rigid_and_contingent_agree_when_the_floor_never_binds(
    flows: np.ndarray, rate: float, size: float, floor: float, capitalises: bool
) -> None:
    n = flows.size
    plan = schedule(size, rate, n, "straight").principal
    rich = flows + floor * size * (rate + 1)
    flexed = contingent_schedule(rich, size, rate, plan, floor, capitalises=capitalises)
    assert not flexed.flexed.any()
    assert np.array_equal(flexed.closing, flexed.rigid_closing)
    assert np.array_equal(flexed.dscr, flexed.rigid_dscr)


@settings(max_examples=80, deadline=None)
@given(cash(), RATES, st.floats(1, 300), st.floats(0.8, 2.0), st.floats(0, 1), st.booleans())
def test_the_balance_rolls_forward_and_ends_at_zero(
    flows: np.ndarray, rate: float, size: float, floor: float, catch_up: float, capitalises: bool
) -> None:
    n = flows.size
    flexed = contingent_schedule(flows, size, rate, size / n, floor, catch_up, capitalises=capitalises)
    assert flexed.principal.min() >= 0
    assert flexed.capitalised.min() >= 0
    assert flexed.deferred.min() >= 0
    assert float(flexed.closing[-1]) == 0
    assert float(flexed.principal.sum()) == pytest.approx(size + flexed.capitalised.sum(), rel=1e-9)
    assert (flexed.closing >= flexed.rigid_closing - 1e-9).all()
    # Principal is only paid as far as it leaves the floor, maturity aside.
    paying = (flexed.principal > 1e-9) & (np.arange(n) < n - 1)
    assert (flows[paying] >= floor * flexed.debt_service[paying] * (1 - 1e-9) - 1e-9).all()


def test_on_the_same_asset_one_style_holds() -> None:
    # A dip and a recovery: 36 of level payments a year of 10 % on 90 meet 20 of cash.
    flows = np.array([60.0, 20.0, 55.0])
    hard, soft = venture_terms(90, 0.1, 3), utility_terms(flows, 90, 0.1, floor=1.0)
    strict, flexible = (
        outcome(waterfall(flows, t.tranches, t.reserves, sweep=t.sweep, lockup=t.lockup), 1) for t in (hard, soft)
    )
    payment = 90 * 0.1 / (1 - 1.1**-3)
    assert int(strict.first_short) == 1
    assert float(strict.deepest) == pytest.approx(payment - 20)
    assert float(strict.lowest_dscr) == pytest.approx(20 / payment)
    assert not strict.held
    # 30 + 9; 6 and room for 14; 46 + 4.6 of 55.
    assert flexible.held
    assert int(flexible.first_short) == -1
    assert float(flexible.left_owed) == 0
    assert float(flexible.lender.yield_eff) == pytest.approx(0.1, abs=1e-12)
    assert venture_terms(90, 0.1, 3, interest_only=1).tranches[0].principal[0] == 0


def test_refusals() -> None:
    with pytest.raises(InputError, match="balance"):
        contingent_schedule([1, 1], 10, 0.1, [6, 6], 1.2)
    with pytest.raises(RangeError, match="floor"):
        contingent_schedule([1, 1], 10, 0.1, [5, 5], 0)
