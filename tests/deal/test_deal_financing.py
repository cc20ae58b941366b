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


def test_what_it_comes_to_is_said() -> None:
    verdict = analyse(read(deal(1.1, reserve_months=number(12, "months"), lockup=number(1.05, "x")))).verdict
    drawn = "The debt service reserve is drawn in 2 of 2 periods, first in the one ending 31 December 2026, "
    assert drawn + "USD 2.4m in all." in verdict
    assert "Distributions are locked up in 1 of 2 periods, first in the one ending 31 December 2026." in verdict
    # Without a reserve 1.3m and then 2.53m stay unpaid, as above; the lender gets 2.2m of its 4m.
    bare = analyse(read(deal(1.1, upfront_fee=number(0, "%")))).verdict
    assert "Debt service is past due from 31 December 2026 on; USD 2.5m is never paid." in bare
    assert any(line.startswith("The lender earns -") and "0.55x its money; equity of USD 1.0m" in line for line in bare)
    # 3m a year pay all; 0.6m and 0.8m leave for the 1m of equity: x² - 0.6 x - 0.8 = 0 has the root 1.243, 24.3 %.
    good = analyse(read(deal(3, upfront_fee=number(0, "%")))).verdict
    assert any("equity of USD 1.0m earns 24.3% a year and 1.40x" in line for line in good)


def test_ranks_and_a_sweep_on_a_calculator() -> None:
    described = deal(2.0, sweep=number(50, "%"), agency_fee=number(100, "USD k a year"))
    loan = described["debt"][0]
    described["debt"] = [
        loan | {"name": "Junior", "amount": number(1, "USD m"), "rank": 2},
        loan | {"name": "Senior", "amount": number(2, "USD m")},
    ]
    found = analyse(read(described)).financing
    assert found is not None
    junior, senior = found.paid.tranches
    # 2.0m pay 0.1 to the agent, 0.2 + 1.0 to the senior, 0.1 + 0.5 to the junior; half of the last 0.1 is swept, to
    # the senior loan alone.
    assert senior.swept.tolist() == pytest.approx([50e3, 0.0])
    assert senior.closing.tolist() == pytest.approx([0.95e6, 0.0], abs=1e-6)
    assert junior.closing.tolist() == pytest.approx([0.5e6, 0.0], abs=1e-6)
    assert found.paid.distribution.tolist() == pytest.approx([50e3, 2.0e6 - 0.1e6 - 0.95e6 * 1.1 - 0.55e6])


def test_bands_sweep_by_the_value_of_the_hardware() -> None:
    bands = [
        {"loan_to_value": number(0.5, "x"), "share": number(40, "%")},
        {"loan_to_value": number(0.8, "x"), "share": number(100, "%")},
    ]
    # 2m of principal is still owed on 3m of hardware after a year, 67 %: two fifths of 4m - 2.4m are swept.
    found = analyse(read(deal(4, sweep_bands=bands))).financing
    assert found is not None
    assert found.paid.tranches[0].swept[0] == pytest.approx(0.4 * 1.6e6)


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
        ({"lockup_months": number(12, "months")}, "lockup_months belongs to lockup"),
        ({"sweep_down_to": number(1, "USD m")}, "sweep_down_to belongs to sweep or sweep_bands"),
        ({"upfront_fee": number(60, "%"), "discount": number(40, "%")}, "must be less than 100 %, got 100 %"),
        ({"sweep_bands": [{"loan_to_value": number(1, "x"), "share": number(1, "%")}] * 2}, "sweep_bands must rise"),
    ],
)
def test_what_is_refused(terms: dict[str, Any], said: str) -> None:
    with pytest.raises(DealError) as error:
        analyse(read(deal(**terms)))
    assert said in str(error.value)
