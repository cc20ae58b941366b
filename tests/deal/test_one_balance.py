"""What is outstanding is what every line is built on: deals as desks write them, with the right values by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbook.deals import number
from xlmodel.deal import Analysis, DealError, analyse, load, read
from xlmodel.loan.covenant import Status

INPUTS = Path(__file__).parent / "inputs"

BASE: dict[str, Any] = {
    "name": "Base", "borrower": "B", "purpose": "P", "as_of": "2025-12-31",
    "timeline": {"closing": "2025-12-31", "frequency": 4, "periods": 8},
    "assets": [{"name": "GPUs", "units": number(1000, "units"), "cost": number(35, "USD m"),
                "useful_life": number(5, "years"), "annual_decay": number(40, "% a year")}],
    "cash": {"name": "Cash", "amount": number(20, "USD m a year")},
    "debt": [{"name": "Loan", "amount": number(20, "USD m"), "rate": number(10, "% a year"), "amortisation": "level"}],
}  # fmt: skip
"""1,000 GPUs for 35m that lose 40 % a year, 20m of cash a year, 20m at 10 % level over eight quarters."""

SALE: dict[str, Any] = {
    "months_to_sale": number(6, "months"), "annual_decay": number(40, "% a year"),
    "depth": number(150, "units a month"), "selling": number(5, "%"), "fixed_cost": number(3, "USD m"),
}  # fmt: skip


def test_a_sweep_by_hand() -> None:
    """60 at 10 % straight over four years, 40 of cash, half of what is left sweeps the last instalments first."""
    found = analyse(load(INPUTS / "sweep.toml"))
    assert found.debt.interest / 1e6 == pytest.approx([6.0, 3.55, 0.9775, 0.0])
    assert found.debt_service / 1e6 == pytest.approx([21.0, 18.55, 10.7525, 0.0])
    assert found.paid.tranches[0].swept / 1e6 == pytest.approx([9.5, 10.725, 0.0, 0.0])
    assert found.balance / 1e6 == pytest.approx([35.5, 9.775, 0.0, 0.0])
    assert found.ltv_adjusted == pytest.approx([0.5071429, 0.1994898, 0.0, 0.0], abs=1e-7)
    assert found.dscr[:3] == pytest.approx([40 / 21, 40 / 18.55, 40 / 10.7525])
    assert np.isnan(found.dscr[3])
    # By the schedule alone, which stays beside it.
    assert found.scheduled.debt_service / 1e6 == pytest.approx([21.0, 19.5, 18.0, 16.5])
    # Principal of 24.5, 25.725 and 9.775 after one, two and three years.
    assert float((found.debt.principal * [1, 2, 3, 4]).sum()) / 60e6 == pytest.approx((24.5 + 51.45 + 29.325) / 60)


def test_what_is_not_paid_stays_owed() -> None:
    """Cash misses the service in most months; no financing is described, and the loan is not repaid by its schedule."""
    found = analyse(load(INPUTS / "misses_service.toml"))
    assert found.financing is None
    assert found.ltv_adjusted[[14, 17, 23]] == pytest.approx([0.825, 0.892, 1.136], abs=5e-4)
    assert float(found.balance[-1]) > 0
    said = " ".join(found.verdict)
    assert "worth at least what is owed" not in said
    assert "never paid" in said


@pytest.mark.parametrize("name", ["one", "split2", "split8"])
def test_one_kind_of_hardware_has_one_market(name: str) -> None:
    found = analyse(load(INPUTS / f"{name}.toml"))
    assert found.at_close.liquidation is not None
    assert float(found.at_close.liquidation[0]) == pytest.approx(29.3e6, abs=0.05e6)
    assert float(found.debt.opening[0] / found.at_close.liquidation[0]) == pytest.approx(4.30, abs=0.005)


def test_a_contract_is_paid_by_its_days_at_any_frequency() -> None:
    monthly = _rented(load(INPUTS / "one.toml").model_dump(mode="json", exclude_none=True), 12)
    quarterly = _rented(load(INPUTS / "one.toml").model_dump(mode="json", exclude_none=True), 4)
    by_quarter = monthly.earnings.contract_revenue.reshape(-1, 3).sum(axis=-1)
    np.testing.assert_allclose(by_quarter, quarterly.earnings.contract_revenue, rtol=1e-9)


def _rented(data: dict[str, Any], frequency: int) -> Analysis:
    data["timeline"]["frequency"] = frequency
    data.pop("covenants", None)
    return analyse(read(data))


@pytest.mark.parametrize("months", [36.0, 36.1, 39.0])
def test_a_tenth_of_a_month_earns_a_tenth_of_a_month(months: float) -> None:
    data = load(INPUTS / "one.toml").model_dump(mode="json", exclude_none=True)
    data.pop("covenants", None)
    data["contracts"][0]["term"] = number(months, "months")
    earned = analyse(read(data)).earnings.contract_revenue
    # 4,096 units, 70 % of them at 3.30 an hour for 730 hours a month.
    assert float(earned.sum()) == pytest.approx(4096 * 0.7 * 3.30 * 730 * months, rel=1e-9)


def test_nothing_is_distributed_while_a_covenant_is_broken() -> None:
    found = analyse(load(INPUTS / "s0.toml"))
    broken = np.any([test.holds >= Status.LOCKUP for test in found.covenants], axis=0)
    alive = found.balance > 0
    assert str(found.dates[int(np.argmax(broken))]) == "2027-06-30"
    assert float(found.paid.distribution[broken & alive].sum()) == 0.0
    assert float(found.paid.trapped.max()) > 0


def test_a_cure_as_prepayment_reaches_debt_and_equity() -> None:
    """20m of cash over a level service of 2.2315m is 2.24x of 2.3x: 2.58 % of the 14.1685m left are prepaid."""
    deal = BASE | {
        "debt": [BASE["debt"][0] | {"amount": number(16, "USD m")}],
        "covenants": [{"name": "D", "metric": "dscr", "default": number(2.3, "x"),
                       "cure": {"counts_as": "prepayment", "source": "assumption"}}],
        "financing": {},
    }  # fmt: skip
    found = analyse(read(deal))
    assert found.covenants[0].cured is not None
    assert float(found.covenants[0].cured.amount[0]) == pytest.approx(365_499, abs=1)
    assert float(found.covenants[0].cured.amount[1:].sum()) == 0.0
    assert found.financing is not None
    assert float(found.financing.equity_flows[1]) == pytest.approx(2_403_023, abs=1)
    # From then on every service is 5m over 2.3.
    assert found.debt_service[1:] == pytest.approx([5e6 / 2.3] * 7)
    assert float(found.balance[-1]) == pytest.approx(0.0, abs=1e-6)


def test_equity_that_cures_takes_nothing_out_on_the_day() -> None:
    deal = BASE | {
        "covenants": [{"name": "D", "metric": "dscr", "default": number(2.3, "x"),
                       "cure": {"source": "assumption", "max_cures": 2}}],
        "financing": {},
    }  # fmt: skip
    found = analyse(read(deal))
    cured = found.paid.cure > 0
    assert cured[:2].tolist() == [True, True]
    assert float(found.paid.distribution[cured].sum()) == 0.0


def test_two_cures_of_a_date_take_what_the_larger_needs() -> None:
    cure = {"source": "assumption"}
    deal = BASE | {"covenants": [
        {"name": "Lower", "metric": "dscr", "default": number(1.9, "x"), "cure": cure},
        {"name": "Higher", "metric": "dscr", "default": number(2.0, "x"), "cure": cure},
    ]}  # fmt: skip
    found = analyse(read(deal))
    service = 20e6 * 0.025 / (1 - 1.025**-8)
    assert found.paid.cure == pytest.approx([2.0 * service - 5e6] * 8)
    assert found.covenants[0].cured is not None
    assert found.covenants[0].cured.ratio == pytest.approx([2.0] * 8)
    assert all((test.holds == Status.OK).all() for test in found.covenants)


def test_a_prepayment_funds_the_purchase_and_is_typed_once() -> None:
    paid = {"amount": number(10, "USD m"), "credit_from_month": number(1, "months"),
            "credit_to_month": number(24, "months")}  # fmt: skip
    contract = {"name": "K", "term": number(24, "months"), "amount": number(40, "USD m"), "prepayment": paid}
    deal = {k: v for k, v in BASE.items() if k != "cash"} | {"contracts": [contract]}
    financing = {"reserve_months": number(3, "months")}
    found = analyse(read(deal | {"financing": financing})).financing
    assert found is not None
    # 35 and a quarter's service of 2.7893 less 20 lent and 10 prepaid.
    assert float(found.equity) == pytest.approx(7.7893e6, abs=100)
    with pytest.raises(DealError, match=r"financing.prepaid of 4,000,000 USD must be what the contracts say"):
        read(deal | {"financing": financing | {"prepaid": number(4, "USD m")}})
    late = contract | {"prepayment": paid | {"received": "2028-06-30"}}
    with pytest.raises(DealError, match="received must not come after the last period, which ends on 2027-12-31"):
        analyse(read(deal | {"contracts": [late]}))


def test_a_quoted_price_falls_with_the_market() -> None:
    sale = SALE | {"unit_price": number(30_000, "USD a unit"), "depth": number(900, "units a month")}
    found = analyse(read(BASE | {"sale": sale}))
    now, then = found.at_close.liquidation, found.values.liquidation
    assert now is not None
    assert then is not None
    assert (np.diff(np.append(now, then)) < 0).all()
    assert found.ltv_liquidation is not None
    assert (found.ltv_liquidation[:-1] > found.ltv_adjusted[:-1]).all()


def test_the_fixed_cost_is_paid_once_out_of_all_proceeds() -> None:
    other = {"name": "Racks", "units": number(1, "units"), "cost": number(50, "USD k"),
             "useful_life": number(5, "years"), "annual_decay": number(40, "% a year")}  # fmt: skip
    free = {k: v for k, v in SALE.items() if k != "fixed_cost"}
    both = BASE | {"assets": [*BASE["assets"], other]}
    with_cost, without = (analyse(read(both | {"sale": sale})).at_close.liquidation for sale in (SALE, free))
    assert with_cost is not None
    assert without is not None
    assert float(without[0] - with_cost[0]) == pytest.approx(3e6, rel=1e-12)


def test_dust_is_no_service() -> None:
    ranked = [
        {"name": "A", "amount": number(7.8, "USD m"), "rate": number(10.8, "% a year"), "amortisation": "level"},
        {
            "name": "B",
            "amount": number(5.5, "USD m"),
            "rate": number(9.2, "% a year"),
            "amortisation": "level",
            "rank": 2,
        },
    ]
    deal = BASE | {"debt": ranked, "cash": {"name": "C", "amount": number(57, "USD m a year")},
                   "financing": {"sweep": number(100, "%")}}  # fmt: skip
    found = analyse(read(deal))
    assert np.isnan(found.paid.dscr[1:]).all()
    assert np.isnan(found.dscr[1:]).all()


@pytest.mark.parametrize("unit", ["USD", "USD k", "USD m"])
def test_the_unit_of_money_changes_no_yield(unit: str) -> None:
    size = {"USD": 1e6, "USD k": 1e3, "USD m": 1.0}[unit]
    deal = BASE | {
        "assets": [BASE["assets"][0] | {"cost": number(35 * size, unit)}],
        "cash": {"name": "C", "amount": number(20 * size, f"{unit} a year")},
        "debt": [BASE["debt"][0] | {"amount": number(20 * size, unit)}],
        "financing": {"reserve_months": number(6, "months")},
    }
    found = analyse(read(deal)).financing
    assert found is not None
    # Equity of 15 and two quarters' service of 2.7893 in; 5 less 2.7893 each quarter, the reserve at the end.
    service = 20 * 0.025 / (1 - 1.025**-8)
    flows = [-15 - 2 * service, *[5 - service] * 6, 5.0, 5.0]
    assert found.equity_flows / 1e6 == pytest.approx(flows, rel=1e-9)


def test_tax_years_come_from_dates() -> None:
    """Publication 946, A-1: 20 % + 32 % of 35m are written off by November of the second calendar year."""
    deal = BASE | {
        "timeline": {"closing": "2026-11-15", "frequency": 4, "periods": 8}, "as_of": "2026-11-15",
        "tax": {"rate": number(25, "%"), "depreciation": "macrs_5"},
    }  # fmt: skip
    found = analyse(read(deal)).tax
    assert found is not None
    assert float(found.depreciation[:4].sum()) == pytest.approx(18.2e6)
    assert float(found.depreciation[4:].sum()) == pytest.approx(35e6 * 0.192)


def test_stubs_take_the_tax_of_their_own_time() -> None:
    ends = ["2025-05-16", "2025-07-26", "2025-09-22", "2026-03-22"]
    deal = BASE | {
        "timeline": {"closing": "2025-02-28", "frequency": 2, "ends": ends}, "as_of": "2025-02-28",
        "tax": {"rate": number(25, "%"), "depreciation": "straight", "tax_life": number(5, "years")},
    }  # fmt: skip
    found = analyse(read(deal)).tax
    assert found is not None
    # The end of February counts as a 30th: 76, 70 and 56 of 202 days end in the first tax year; a fifth is off.
    assert found.depreciation[:3] == pytest.approx([7e6 * d / 202 for d in (76, 70, 56)])
    assert float(found.depreciation[3]) == pytest.approx(7e6 * 0.5)


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(st.integers(1, 400), min_size=1, max_size=6), fixed=st.floats(0, 5))
def test_splitting_hardware_changes_no_proceeds(parts: list[int], fixed: float) -> None:
    sale = SALE | {"fixed_cost": number(fixed, "USD m")}
    whole = sum(parts)
    lots = [
        BASE["assets"][0]
        | {"name": f"Lot {i}", "market": "One", "units": number(n, "units"), "cost": number(0.035 * n, "USD m")}
        for i, n in enumerate(parts)
    ]
    one = [
        BASE["assets"][0] | {"market": "One", "units": number(whole, "units"), "cost": number(0.035 * whole, "USD m")}
    ]
    apart, together = (analyse(read(BASE | {"assets": a, "sale": sale})) for a in (lots, one))
    assert apart.values.liquidation is not None
    assert together.values.liquidation is not None
    np.testing.assert_allclose(apart.values.liquidation, together.values.liquidation, rtol=1e-9, atol=1e-3)
    np.testing.assert_allclose(apart.balance, together.balance, rtol=1e-12)
