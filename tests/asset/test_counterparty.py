"""Contracts whose customer may leave: closed forms, quadrature and the limits of wrong-way risk."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from xlmodel.asset.counterparty import (
    contract_survival,
    contract_value,
    counterparty_path,
    renegotiated_price,
    rent_with_default,
)
from xlmodel.asset.rental import constant_curve
from xlmodel.errors import RangeError

laws = settings(max_examples=60, deadline=None)


@laws
@given(
    st.floats(0, 5), st.floats(-0.5, 0.8), st.just(0.0) | st.floats(1e-6, 6), st.floats(-0.05, 0.4), st.floats(0, 1),
    st.floats(0, 1),
)  # fmt: skip
def test_contract_value_is_the_integral(
    price: float, deflation: float, years: float, rate: float, share: float, usage: float
) -> None:
    def flow(t: float) -> float:
        return 8760 * share * (price - usage * 2.4 * (1 - deflation) ** t) * (1 + rate) ** -t

    area, _ = quad(flow, 0, years)
    value = float(contract_value(price, 2.4, deflation, years, rate, share, 1.0, usage))
    assert value == pytest.approx(area, rel=1e-8, abs=1e-4)


def test_seven_tenths_contracted() -> None:
    # 0.7 x (2.4 x 2.59182 - 0.85 x 2.4 x 1.63336) x 8760, the annuities at 10 % and 45.667 % continuous over 3 years.
    value = contract_value(2.4, 2.4, 0.3, 3, math.expm1(0.1), 0.7, usage=0.85)
    assert float(value) == pytest.approx(17_711.5, abs=0.5)


def test_default_and_downtime_by_hand() -> None:
    # S(1.5) = e^-0.12 = 0.886920, S(1.25) = e^-0.1 = 0.904837, R(1.5) = 2.4 x 0.7^1.5 = 1.405591
    rent = constant_curve(2.4, 0.3).at(1.5)
    expected = 0.886920 * 2.4 + 0.095163 * 0.85 * 1.405591
    seen = rent_with_default(2.4, rent, contract_survival(0.08, 1.5), contract_survival(0.08, 1.25), 0.85)
    assert float(seen[0]) == pytest.approx(expected, abs=2e-6)
    assert contract_survival(0.08, -0.1).tolist() == 1


def test_guarantor_makes_good_his_share_of_the_shortfall() -> None:
    # 0.9 x 2.4 + 0.05 x 1.2 = 2.22, short of 2.4 by 0.18.
    assert float(rent_with_default(2.4, 1.2, 0.9, 0.95, claim_recovery=0.5)) == pytest.approx(2.31)
    # A market above the contract leaves nothing to claim.
    assert float(rent_with_default(1.0, 2.0, 0.5, 0.5, claim_recovery=1)) == pytest.approx(1.5)


def test_path_at_constant_hazard_is_the_closed_form() -> None:
    rent = constant_curve(2.4, 0.3).path(12, 4)
    middle = (np.arange(12) + 0.5) / 4
    path = counterparty_path(2.4, rent, 0.08, 4, 0.85, downtime_years=0.3)
    survival, before = contract_survival(0.08, middle), contract_survival(0.08, middle - 0.3)
    assert path.survival == pytest.approx(survival, rel=1e-12)
    assert path.rent == pytest.approx(rent_with_default(2.4, rent, survival, before, 0.85), rel=1e-12)


def test_wrong_way_hazard_by_hand() -> None:
    # Contract at once, then twice, then half the market: hazards 0.1, 0.2, 0.1; cumulated to mid-year 0.05, 0.2, 0.35.
    path = counterparty_path(2.0, [2.0, 1.0, 4.0], 0.1, 1, wrong_way=1)
    assert path.survival == pytest.approx(np.exp([-0.05, -0.2, -0.35]))
    squared = counterparty_path(2.0, [2.0, 1.0, 4.0], 0.1, 1, wrong_way=2)
    assert squared.survival == pytest.approx(np.exp([-0.05, -0.3, -0.55]))


def test_batch_of_customers() -> None:
    together = counterparty_path(2.4, [[2.0, 1.8], [1.0, 0.5]], 0.1, downtime_years=[0.25, 0.5], wrong_way=[[0], [1]])
    alone = counterparty_path(2.4, [1.0, 0.5], 0.1, downtime_years=0.5, wrong_way=1)
    assert together.rent[1].tolist() == alone.rent.tolist()


@laws
@given(st.floats(0, 0.5), st.floats(0, 3), st.floats(0, 0.9), st.floats(0, 1))
def test_without_hazard_the_contract_pays_and_more_risk_never_helps(
    hazard: float, wrong_way: float, deflation: float, downtime: float
) -> None:
    rent = constant_curve(2.4, deflation).path(8, 4)
    sure = counterparty_path(2.4, rent, 0, 4, 0.85, downtime, wrong_way).rent
    assert sure == pytest.approx(np.full(8, 2.4), rel=1e-14)
    independent = counterparty_path(2.4, rent, hazard, 4, 0.85, downtime, 0).rent
    risky = counterparty_path(2.4, rent, hazard, 4, 0.85, downtime, wrong_way)
    assert (risky.rent <= independent + 1e-12).all()
    assert (np.diff(risky.survival) <= 0).all()


def test_renegotiation_by_hand() -> None:
    # 1.2 + half of the excess of 1.2
    assert float(renegotiated_price(2.4, 1.2, 0.5)) == pytest.approx(1.8)
    assert renegotiated_price(2.4, 1.2, [0, 1]) == pytest.approx([2.4, 1.2])
    assert float(renegotiated_price(1.0, 1.2, 0.5)) == 1.0
    assert float(renegotiated_price(1.0, 1.2, 0.5, below_market="rent")) == 1.2


def test_refusals() -> None:
    with pytest.raises(RangeError, match="hazard must be at least 0"):
        contract_survival(-0.1, 1)
    with pytest.raises(RangeError, match="survival gained during the downtime"):
        rent_with_default(2.4, 1.2, 0.95, 0.9)
    with pytest.raises(RangeError, match="rent must be greater than 0"):
        counterparty_path(2.4, [1, 0], 0.1)
    with pytest.raises(RangeError, match="concession must lie between 0 and 1"):
        renegotiated_price(2, 1, 2)
