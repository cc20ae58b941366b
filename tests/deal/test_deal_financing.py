"""A deal's financing record: the numbers of a calculator, and what is refused."""

from typing import Any

import numpy as np
import pytest

from tests.deal.describing import number
from xlmodel.deal import analyse, read
from xlmodel.deal.refusal import DealError


def deal(cash: float = 2.4, **terms: Any) -> dict[str, Any]:
    """4m over two years at 10 %, 2m of principal a year, against 5m of hardware."""
    return {
        "name": "A", "borrower": "B", "purpose": "C", "as_of": "2025-12-31",
        "timeline": {"closing": "2025-12-31", "frequency": 1, "periods": 2},
        "assets": [{"name": "GPUs", "units": number(100, "units"), "cost": number(5, "USD m"),
                    "useful_life": number(5, "years"), "annual_decay": number(40, "% a year")}],
        "cash": {"name": "Cash", "amount": number(cash, "USD m a year")},
        "debt": [{"name": "Loan", "amount": number(4, "USD m"), "rate": number(10, "% a year"),
                  "amortisation": "straight"}],
        "financing": terms,
    }  # fmt: skip


def test_a_financing_on_a_calculator() -> None:
    terms = {
        "reserve_months": number(12, "months"),
        "lockup": number(1.05, "x"),
        "upfront_fee": number(2, "%"),
        "minimum_cash": number(100, "USD k"),
        "prepaid": number(1, "USD m"),
    }
    found = analyse(read(deal(**terms))).financing
    assert found is not None
    # Service of 2.4m and 2.2m. Uses 5 + 2.4 + 2 % of 4 = 7.48m; sources 4 + 1 + equity.
    assert (found.reserve, found.fee) == (2.4e6, 80e3)
    assert found.equity == pytest.approx(2.48e6)
    # Year 1: 2.4m of cash pays 2.4m; the reserve needs 2.2m, so that 0.2m comes free; 1.00x locks it up.
    # Year 2: 2.4m over 2.2m is 1.09x, the reserve of 2.2m comes free: 0.2 + 2.2 + 0.2 of cash, 0.1m is kept.
    assert found.paid.dscr.tolist() == pytest.approx([1.0, 2.4 / 2.2])
    assert found.paid.locked.tolist() == [True, False]
    assert found.paid.distribution.tolist() == pytest.approx([0.0, 2.5e6])
    # What is left on the account belongs to the equity: 2.6 / 2.48 in 730 days.
    assert found.equity_flows.tolist() == pytest.approx([-2.48e6, 0.0, 2.6e6])
    assert float(found.equity_return.yield_eff) == pytest.approx((2.6 / 2.48) ** 0.5 - 1, rel=1e-9)
    # The lender pays out 3.92m: 3.92 x² = 2.4 x + 2.2.
    assert found.lender_flows.tolist() == pytest.approx([-3.92e6, 2.4e6, 2.2e6])
    x = (2.4 + (2.4**2 + 4 * 3.92 * 2.2) ** 0.5) / (2 * 3.92)
    assert float(found.lender.yield_eff) == pytest.approx(x - 1, rel=1e-9)
    assert float(found.lender.multiple) == pytest.approx(4.6 / 3.92)


def test_what_is_short_is_drawn_then_carried() -> None:
    found = analyse(read(deal(1.1, reserve_months=number(12, "months")))).financing
    assert found is not None
    # Year 1: 2.4 - 1.1 = 1.3m from the reserve of 2.4m, whose 1.1m are below its target of 2.2m.
    # Year 2: 1.1 + 1.1 pay the 2.2m.
    assert found.paid.reserves[0].drawn.tolist() == pytest.approx([1.3e6, 1.1e6])
    assert found.paid.overdue.tolist() == pytest.approx([0.0, 0.0], abs=1e-6)
    bare = analyse(read(deal(1.1))).financing
    assert bare is not None
    # Without it 0.4m of interest and 0.7m of principal are paid; 1.3m stays due, and 0.33m of interest on 3.3m.
    assert bare.paid.overdue.tolist() == pytest.approx([1.3e6, 3.3e6 + 0.33e6 - 1.1e6])
    assert float(np.abs(bare.paid.imbalance).max()) < 1e-6


def test_a_deal_without_the_record_has_no_financing() -> None:
    described = deal()
    del described["financing"]
    assert analyse(read(described)).financing is None


def test_a_tranche_that_matures_before_the_deal_is_repaid_by_then() -> None:
    described = deal()
    del described["financing"]
    described["debt"] = [described["debt"][0] | {"maturity": "2026-12-31"}]
    found = analyse(read(described))
    # 4m and 10 % of it after one year, nothing after that.
    assert found.debt_service.tolist() == pytest.approx([4.4e6, 0.0])
    described["debt"] = [described["debt"][0] | {"maturity": "2026-06-30"}]
    with pytest.raises(DealError, match=r"debt\[0\]: maturity must be the end of a period, of which the first is 2026"):
        analyse(read(described))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"reserve_months": number(6, "months")}, "financing.reserve_months must be a multiple of the 12 months"),
        ({"reserve_months": number(-12, "months")}, "must be at least 0 months, got -12 months"),
        ({"upfront_fee": number(120, "%")}, "must be at most 100 %, got 120 %"),
        ({"lockup": 1.2}, "a bare number has no source"),
        ({"prepaid": number(2, "USD m")}, "they do by 1,000,000 USD"),
    ],
)
def test_what_is_refused(terms: dict[str, Any], said: str) -> None:
    with pytest.raises(DealError) as error:
        analyse(read(deal(**terms)))
    assert said in str(error.value)
