"""Law: months and quarters are the same deal, to the interest of the two months that a quarter waits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.asset.rental import constant_curve
from xlmodel.loan.schedule import schedule


@given(rent=st.floats(0.1, 20), deflation=st.floats(-0.5, 0.9), quarters=st.integers(1, 40))
@settings(max_examples=80, deadline=None)
def test_the_average_rent_of_a_quarter_is_that_of_its_months(rent: float, deflation: float, quarters: int) -> None:
    curve = constant_curve(rent, deflation)
    by_quarter = curve.path(quarters, 4, "average") * 8760 / 4
    by_month = (curve.path(quarters * 3, 12, "average") * 8760 / 12).reshape(quarters, 3).sum(axis=-1)
    assert by_month == pytest.approx(by_quarter, rel=1e-9)


@given(
    principal=st.floats(1, 1e9),
    annual_rate=st.floats(0, 0.5),
    quarters=st.integers(1, 40),
    profile=st.sampled_from(["level", "straight"]),
)
@settings(max_examples=80, deadline=None)
def test_service_by_quarters_and_by_months_differ_by_two_months_of_interest(
    principal: float, annual_rate: float, quarters: int, profile: str
) -> None:
    by_quarter = schedule(principal, annual_rate / 4, quarters, profile)
    by_month = schedule(principal, annual_rate / 12, quarters * 3, profile)
    paid = by_month.debt_service.reshape(quarters, 3).sum(axis=-1)
    # What is paid a month or two earlier saves at most the interest of those months on what the quarter opened with.
    waiting = np.maximum(by_quarter.opening, by_month.opening[::3]) * annual_rate / 12 * 2
    assert np.all(np.abs(paid - by_quarter.debt_service) <= waiting * (1 + 1e-9) + 1e-9 * principal)
