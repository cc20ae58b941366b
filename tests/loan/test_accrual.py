"""Floating rates and real dates, by hand."""

import numpy as np
import pytest

from xlmodel.errors import InputError, RangeError
from xlmodel.loan.accrual import dated_rates, floating_rate, interest
from xlmodel.loan.schedule import schedule
from xlmodel.maths.dates import given_ends, period_ends


def test_floor_and_cap_bound_the_index_and_the_hedge_is_a_share() -> None:
    index = [-0.01, 0.03, 0.09]
    assert floating_rate(index, 0.02).round(12).tolist() == [0.01, 0.05, 0.11]
    assert floating_rate(index, 0.02, floor=0.0, cap=0.05).round(12).tolist() == [0.02, 0.05, 0.07]
    # Half swapped to 4 %: 0.5*(-1 %) + 2 % + 2 %, and so on.
    assert floating_rate(index, 0.02, hedged=0.5, swap_rate=0.04).round(12).tolist() == [0.035, 0.055, 0.085]
    with pytest.raises(RangeError, match="cap"):
        floating_rate(0.03, 0.0, floor=0.05, cap=0.04)


def test_interest_counts_days() -> None:
    # 1 m at 10 % over 92 of 360 days; over 365 it is less.
    assert float(interest(1e6, 0.1, 92)) == pytest.approx(25555.555555555555)
    assert float(interest(1e6, 0.1, 92, year=365)) == pytest.approx(25205.479452054795)


def test_stubs_accrue_their_own_days() -> None:
    # IREN's dates: 29 May 2026 to 30 June is 32 days, July to September 92.
    ends = given_ends("2026-05-29", ["2026-06-30", "2026-09-30"])
    rates = dated_rates(0.06, "2026-05-29", ends, "ACT/360")
    np.testing.assert_allclose(rates, [0.06 * 32 / 360, 0.06 * 92 / 360], rtol=1e-14)


def test_a_level_loan_on_real_dates_is_one_payment_that_repays_exactly() -> None:
    ends = period_ends("2025-01-31", 16)
    loan = schedule(28e6, dated_rates(0.12, "2025-01-31", ends, "ACT/360"), 16)
    assert loan.closing[-1] == 0
    np.testing.assert_allclose(loan.debt_service, loan.debt_service[0], rtol=1e-12)
    # Under 30/360 the same dates are sixteen equal quarters.
    regular = schedule(28e6, dated_rates(0.12, "2025-01-31", ends, "30/360", frequency=4), 16)
    np.testing.assert_array_equal(regular.debt_service, schedule(28e6, 0.03, 16).debt_service)
    # Actual days are 365.25 a year against 360, so the loan costs more.
    assert loan.interest.sum() > regular.interest.sum()


def test_dates_of_other_loans_do_not_fit() -> None:
    ends = period_ends(["2025-01-31", "2025-02-28"], 4)
    assert dated_rates([[0.1], [0.2]], ["2025-01-31", "2025-02-28"], ends, "ACT/365F").shape == (2, 4)
    with pytest.raises(InputError, match="do not fit"):
        dated_rates([0.1, 0.2, 0.3], "2025-01-31", ends[0])
