"""Whole financings, from deliveries to returns, against figures that were published or done by hand."""

import numpy as np
import pytest

from xlmodel.asset.cfads import prepaid_revenue
from xlmodel.asset.offtaker import terminated
from xlmodel.asset.tax import tax_depreciation
from xlmodel.loan.cures import CureLimits, cures
from xlmodel.loan.hedge import break_cost, hedge_notional, settlement
from xlmodel.loan.offtake import breakeven_price, contracted_dscr, debt_per_unit
from xlmodel.loan.returns import all_in_spread, equity_flows, investor_return, lender_flows
from xlmodel.loan.schedule import schedule
from xlmodel.loan.sources_and_uses import deliveries, sources_and_uses
from xlmodel.loan.styles import outcome
from xlmodel.loan.term_sheet import LockUp, Reserve, Taxation, Tranche
from xlmodel.loan.waterfall import waterfall

# IREN / Microsoft, 8-K of May 2026, in millions: capex 5,810, debt 3,650 at a blended 6.00 %, contract 9,700 over five
# years, of which 20 % prepaid and credited after month 24, covenant 1.05x. Months, without the stub.
CAPEX, DEBT, CONTRACT, PREPAID = 5_810.0, 3_650.0, 9_700.0, 1_940.0
MONTHS = 60


def _iren(margin: float, **terms):  # type: ignore[no-untyped-def]
    invoices = np.full(MONTHS, CONTRACT / MONTHS)
    # The prepayment pays for hardware at closing, so here it only takes its credits off the invoices.
    paid = prepaid_revenue(invoices, [PREPAID, *[0.0] * (MONTHS - 1)], 25, 36)
    received = paid.cash - np.array([PREPAID, *[0.0] * (MONTHS - 1)])
    cfads = received - (1 - margin) * invoices
    loan = schedule(DEBT, 0.06 / 12, MONTHS)
    return cfads, loan, waterfall(cfads, [Tranche(DEBT, 0.06 / 12, loan.principal)], **terms)


def test_iren_pays_at_85_percent_of_revenue() -> None:
    cfads, loan, paid = _iren(0.85, lockup=LockUp(1.05))
    # Excel: PMT(0.005, 60, -3650) * 12 = 846.77. 0.85 * 1,940 = 1,649 over it; from the third year on 1,940 / 3 less.
    assert float(loan.debt_service[0]) * 12 == pytest.approx(846.77, abs=0.01)
    assert float(paid.dscr[0]) == pytest.approx(1649 / 846.77, abs=1e-4)
    assert float(paid.dscr[0]) == pytest.approx(1.95, abs=0.005)
    assert float(paid.dscr[-1]) == pytest.approx(1.18, abs=0.005)
    result = outcome(paid, 12)
    assert result.held
    assert float(result.lender.yield_nom) == pytest.approx(0.06, abs=1e-9)
    # All distributions: the cash of five years less five years of service.
    assert float(paid.distribution.sum()) == pytest.approx(cfads.sum() - 5 * 846.77, abs=0.1)
    assert not paid.locked.any()


def test_iren_misses_its_covenant_at_75_percent() -> None:
    cfads, loan, paid = _iren(0.75, lockup=LockUp(1.05), reserves=[Reserve(periods_ahead=6)])
    # (0.75 * 1,940 - 1,940 / 3) / 846.77.
    assert float(cfads[-1]) * 12 == pytest.approx(808.33, abs=0.01)
    assert float(paid.dscr[-1]) == pytest.approx(0.95, abs=0.005)
    assert paid.locked[24:59].all()
    # The reserve of six months, 423.4, is saved up at first and carries the gap of 38.44 a year for three years.
    assert (paid.overdue == 0).all()
    assert float(paid.reserves[0].closing[23]) == pytest.approx(6 * 846.77 / 12, abs=0.01)
    # Without a reserve, with all surplus paid out, the third year is short.
    _, _, bare = _iren(0.75)
    assert int(outcome(bare, 12).first_short) == 24
    # Equity at three cures in any four months, 80.6 of 846.77 a year each, leaves every fourth month in default.
    put_in = cures(cfads, loan.debt_service, 1.05, CureLimits(max_in_window=3, window=4))
    assert put_in.cured[24:].tolist() == [True, True, True, False] * 9
    assert float(put_in.amount[24]) * 12 == pytest.approx(1.05 * 846.77 - 808.33, abs=0.02)


def test_iren_loses_its_customer() -> None:
    invoices = np.full(MONTHS, CONTRACT / MONTHS)
    owed = prepaid_revenue(invoices, [PREPAID, *[0.0] * (MONTHS - 1)], 25, 36).outstanding
    # After three years the customer owes 2,000 and has 2/3 of its prepayment to go.
    ended = terminated(invoices, 36, schedule=2_000.0, recovery=0.4, letter_of_credit=300, prepaid=owed)
    claim = 2_000 - PREPAID * 2 / 3
    assert float(ended.proceeds[35]) == pytest.approx(300 + 0.4 * (claim - 300))
    loan = schedule(DEBT, 0.005, MONTHS)
    paid = waterfall(ended.revenue - 24.25, [Tranche(DEBT, 0.005, loan.principal)], proceeds=ended.proceeds)
    assert float(paid.tranches[0].prepaid[35]) == pytest.approx(float(ended.proceeds[35]))
    assert int(outcome(paid, 12).first_short) == 36
    ratio = contracted_dscr(ended.revenue, 24.25, loan.debt_service)
    assert float(ratio[36]) == pytest.approx(-24.25 / (846.77 / 12), abs=1e-4)
    # 104.6 thousand GPUs carry the debt then left; at 12,000 each all of it would be repaid.
    left = debt_per_unit(paid.debt[35] * 1e6, 104_600, 12_000)
    assert float(left.debt) == pytest.approx(float(paid.debt[35]) * 1e6 / 104_600)


def test_from_deliveries_to_returns() -> None:
    """Every room of a financing once, with sums that any of them could break."""
    arrived = deliveries([600.0, 400.0], [0, 2], 4, delay=[0, 1], long_stop=4, units=[6, 4])
    built = sources_and_uses(
        arrived.costs, 700, 0.02, 0.7, upfront_fee=0.02, commitment_fee=0.002, prepayments=50
    )  # fmt: skip
    assert np.allclose(built.draws + built.equity + built.prepaid, built.uses)
    debt, n = float(built.balance[-1]), 12
    loan = schedule(debt, 0.02, n, "straight")
    notional = hedge_notional(loan.opening, 0.75)
    swap = settlement(notional, 0.04, np.linspace(0.045, 0.03, n))
    cfads = 150 * 0.95 ** np.arange(n)
    written_off = tax_depreciation(1_000, periods=n)
    reserve = Reserve(periods_ahead=2, opening=50)
    paid = waterfall(
        cfads, [Tranche(debt, 0.02, loan.principal, matures=n)], [reserve],
        hedge=swap, fees=0.5, tax=Taxation(0.25, written_off), lockup=LockUp(1.1, window=4),
    )  # fmt: skip
    assert np.abs(paid.imbalance).max() < 1e-9
    # All money in and out over the life: cash flow, hedge and reserve less interest, fees, debt and distributions.
    interest = float(paid.tranches[0].interest_paid.sum())
    left = float(cfads.sum() - paid.tax.sum() + swap.sum() + 50 - interest - 0.5 * n - debt)
    assert float(paid.distribution.sum() + paid.cash[-1]) == pytest.approx(left)
    # Interest at 2 % on equal instalments: the debt times 2 % times 6.5 periods on average.
    assert interest == pytest.approx(debt * 0.02 * (n + 1) / 2)
    assert outcome(paid).held
    # The lender earns 8 % and what the fee of 2 % adds; over a base of 4 % the margin is above 4 %.
    flows = lender_flows(debt, paid.tranches[0].received, upfront_fee=0.02)
    assert float(investor_return(flows).yield_nom) > 0.08
    assert float(all_in_spread(flows, 0.04)) == pytest.approx(float(investor_return(flows).yield_nom) - 0.04, abs=1e-9)
    equity = investor_return(equity_flows(built.equity.sum(), paid.distribution, residual=100 + paid.cash[-1]))
    assert float(equity.profit) == pytest.approx(left + 100 - float(built.equity.sum()))
    # Breaking the swap half way is worth what its remaining settlements are, at the forwards.
    assert break_cost(notional, 0.04, np.linspace(0.045, 0.03, n))[-1] == 0
    rent = breakeven_price(paid.debt_service, 20.0, 10, 2.19)
    assert rent.tolist() == pytest.approx(((paid.debt_service + 20) / 21.9).tolist())
