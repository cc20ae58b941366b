"""What the contract alone carries, by hand."""

import numpy as np
import pytest

from xlmodel.errors import NO_BALANCE, NO_DEBT_SERVICE, NOTHING_RENTED, SHORT_HISTORY, reason
from xlmodel.loan.coverage import dscr
from xlmodel.loan.offtake import breakeven_price, contracted_dscr, debt_per_unit


def test_contracts_only() -> None:
    ratio = contracted_dscr([50, 40, 0], [10, 10, 10], [20, 0, 20])
    assert ratio[[0, 2]].tolist() == [2.0, -0.5]
    assert reason(float(ratio[1])) is NO_DEBT_SERVICE
    # 80 over 40 in the first two, 20 over 20 in the last two.
    rolling = contracted_dscr([50, 50, 0], 10, 20, window=2)
    assert reason(float(rolling[0])) is SHORT_HISTORY
    assert rolling[1:].tolist() == [2.0, 0.75]


def test_the_rent_that_breaks_even() -> None:
    # Of a thousand units 70 % under contract for 3 m, the rest 85 % rented: 0.4 m over 300 · 2,190 · 0.85.
    price = breakeven_price(2.5e6, 0.9e6, 1000, 2190, 0.85, 3.0e6, 0.7)
    assert price.tolist() == pytest.approx([0.4e6 / (300 * 2190 * 0.85)])
    assert breakeven_price(1e6, 0, 1000, 2190, contracted_revenue=2e6).tolist() == [0]
    assert reason(float(breakeven_price(1e6, 0, 1000, 2190, contracted_share=1)[0])) is NOTHING_RENTED
    # At that rent the coverage is the target.
    service, cost = np.array([2.0e6, 1.5e6]), 0.8e6
    rent = breakeven_price(service, cost, 1000, 2190, 0.85, target_dscr=1.3)
    assert dscr(rent * 1000 * 2190 * 0.85 - cost, service).tolist() == pytest.approx([1.3, 1.3])


def test_debt_on_each_unit() -> None:
    found = debt_per_unit([12e6, 0], 1000, 9_000)
    assert found.debt.tolist() == [12_000, 0]
    assert float(found.cover[0]) == 0.75
    assert reason(float(found.cover[1])) is NO_BALANCE
    assert found.shortfall.tolist() == [3_000, 0]
