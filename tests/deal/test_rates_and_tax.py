"""A swap and a tax in a deal: worked by hand, by law, and refused where they do not fit."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbook.deals import CASE_A, EXAMPLES, number
from xlmodel.deal import Analysis, analyse, load, read
from xlmodel.errors import ModelError

FLOATING = {
    "name": "Loan", "amount": number(10, "USD m"), "index": number(4, "% a year"), "margin": number(5, "% a year"),
    "amortisation": "straight",
}  # fmt: skip
SWAP = {"tranche": "Loan", "share": number(100, "%"), "fixed": number(4.5, "% a year")}
YEARLY: dict[str, Any] = {
    "name": "Hand", "borrower": "B", "purpose": "C", "as_of": "2025-12-31",
    "timeline": {"closing": "2025-12-31", "frequency": 1, "periods": 4},
    "assets": [{"name": "GPUs", "units": number(100, "units"), "cost": number(10, "USD m"),
                "useful_life": number(5, "years"), "annual_decay": number(40, "% a year")}],
    "cash": {"name": "Cash", "amount": number(4, "USD m a year")},
    "debt": [FLOATING],
}  # fmt: skip


def found(**parts: Any) -> Analysis:
    return analyse(read(YEARLY | parts))


def test_a_swap_settles_inside_the_debt_service() -> None:
    """By hand: notional 10, 7.5, 5, 2.5; 4.0 % received less 4.5 % paid; interest 9 %, principal 2.5 a year."""
    got = found(hedge=SWAP)
    assert got.rates is not None
    assert got.rates.swap is not None
    assert got.rates.swap.settlement == pytest.approx([-50e3, -37.5e3, -25e3, -12.5e3])
    assert got.debt_service == pytest.approx([3.45e6, 3.2125e6, 2.975e6, 2.7375e6])
    assert got.dscr == pytest.approx(4e6 / got.debt_service)


@settings(max_examples=60, deadline=None)
@given(
    index=st.floats(-2, 9), fixed=st.floats(0, 9), floor=st.one_of(st.none(), st.floats(-2, 5)),
    kind=st.sampled_from(["straight", "bullet", "level"]),
)  # fmt: skip
def test_a_whole_swap_with_the_loans_floor_fixes_the_interest(
    index: float, fixed: float, floor: float | None, kind: str
) -> None:
    """Whatever the index does, the borrower pays the fixed rate and the margin on the balance."""
    floors = {} if floor is None else {"floor": number(floor, "% a year")}
    loan = FLOATING | {"index": number(index, "% a year"), "amortisation": kind} | floors
    got = found(debt=[loan], hedge=SWAP | {"fixed": number(fixed, "% a year")} | floors)
    assert got.rates is not None
    paid = (fixed + 5) / 100 * got.debt.opening
    for interest in got.rates.hedged:
        assert interest == pytest.approx(paid, rel=1e-9, abs=1e-6)
    middle = got.rates.shifts.index(0.0)
    assert got.rates.unhedged[middle] == pytest.approx(got.debt.interest)
    assert got.rates.dscr_hedged[middle] == pytest.approx(got.dscr, nan_ok=True)


def test_half_a_swap_halves_what_a_shift_costs() -> None:
    got = found(hedge=SWAP | {"share": number(50, "%")})
    assert got.rates is not None
    alone = got.rates.unhedged - got.rates.unhedged[2]
    assert got.rates.hedged - got.rates.hedged[2] == pytest.approx(alone / 2)
    assert alone[4] == pytest.approx(0.02 * got.debt.opening)


def test_tax_worked_by_hand() -> None:
    """IRS Publication 946, table A-1: 20, 32, 19.2, 11.52 % of 10 are written off; interest 0.9, 0.675, 0.45, 0.225.

    Profits 1.1, 0.125, 1.63 and 2.623, at 25 %.
    """
    got = found(tax={"rate": number(25, "%")}).tax
    assert got is not None
    assert got.depreciation == pytest.approx([2e6, 3.2e6, 1.92e6, 1.152e6])
    assert got.tax == pytest.approx([275e3, 31.25e3, 407.5e3, 655.75e3])
    assert got.post_tax == pytest.approx(4e6 - got.tax)


def test_losses_are_used_within_their_limit() -> None:
    """Straight over two years: profits −1.9, −1.675, 3.55, 3.775; half of a profit may be absorbed."""
    got = found(
        tax={
            "rate": number(20, "%"), "depreciation": "straight", "tax_life": number(2, "years"),
            "losses": number(1, "USD m"), "loss_use_limit": number(50, "%"),
        }
    ).tax  # fmt: skip
    assert got is not None
    assert got.profit == pytest.approx([-1.9e6, -1.675e6, 3.55e6, 3.775e6])
    assert got.used == pytest.approx([0, 0, 1.775e6, 1.8875e6])
    assert got.losses == pytest.approx([2.9e6, 4.575e6, 2.8e6, 0.9125e6])
    assert got.tax == pytest.approx([0, 0, 355e3, 377.5e3])


def test_coverage_and_covenants_are_after_tax() -> None:
    covenants = [{"name": "Cover", "metric": "dscr", "default": number(1.15, "x"), "test_every_months": 12}]
    before, after = (found(covenants=covenants, **tax) for tax in ({}, {"tax": {"rate": number(60, "%")}}))
    assert before.covenants[0].first_breach == -1
    assert after.covenants[0].first_breach == 0
    assert after.dscr == pytest.approx(after.cfads / after.debt_service)
    assert after.earnings.cfads == pytest.approx(before.cfads)


@pytest.mark.parametrize(("month", "first"), [(12, 4), (3, 1), (9, 3), (1, 1)])
def test_the_first_tax_year_ends_with_its_month(month: int, first: int) -> None:
    """Quarters from 31 December: by 31 January none has ended, and the first four are those of the year after."""
    got = analyse(read(CASE_A | {"tax": {"rate": number(25, "%"), "year_end_month": month}})).tax
    assert got is not None
    assert int((got.year == got.year[0]).sum()) == (first if month != 1 else 4)
    assert str(got.first_year_end)[5:7] == f"{month:02}"


def test_the_waterfall_pays_tax_and_swap_and_keeps_every_dollar() -> None:
    deal = CASE_A | {
        "debt": [FLOATING],
        "tax": {"rate": number(25, "%"), "depreciation": "straight", "tax_life": number(3, "years")},
        "hedge": SWAP | {"fixed": number(6, "% a year")},
        "financing": {"reserve_months": number(6, "months")},
    }
    got = analyse(read(deal))
    assert got.financing is not None
    assert got.tax is not None
    assert got.rates is not None
    paid = got.financing.paid
    assert paid.cfads == pytest.approx(got.earnings.cfads - got.tax.tax)
    assert paid.hedge_paid.sum() > 0
    to_lender = np.sum([t.received for t in paid.tranches], axis=0)
    there = paid.opening_cash + got.cfads + paid.reserves[0].drawn + paid.reserves[0].released
    gone = to_lender + paid.hedge_paid + paid.reserves[0].filled + paid.distribution + paid.cash
    assert there == pytest.approx(gone, abs=0.005)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"hedge": SWAP | {"tranche": "Other"}}, 'hedge.tranche must be the name of a tranche with an index ("Loan")'),
        ({"hedge": SWAP | {"until": "2027-06-30"}}, "hedge: until must be the end of a period"),
        ({"hedge": SWAP | {"share": number(120, "%")}}, "hedge.share: value must be at most 100 %, got 120 %"),
        ({"tax": {"rate": number(25, "%"), "depreciation": "straight"}}, 'tax_life belongs to depreciation "straight"'),
        ({"tax": {"rate": number(25, "%"), "depreciation": "straight", "tax_life": number(18, "months")}},
         "tax_life must be whole years, got 18 months"),
        ({"tax": {"rate": number(25, "%"), "year_end_month": 13}}, "tax.year_end_month"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError) as refused:
        found(**parts)
    assert said in str(refused.value)


def test_the_whole_term_sheet_by_hand() -> None:
    """A first quarter: 15 · 75 % · (3.8 − 4.1) % / 4 settled, 35 · 20 % / 4 written off, 1.25 and 0.25 repaid.

    Interest is 15 · 9.3 % / 4 and 4 · 14 % / 4. Fee and discount are 1.5 % and 1 % of the 19 lent; six months of the
    first rank's service are held, the swap's payments with it.
    """
    got = analyse(load(EXAMPLES / "whole_term_sheet.toml"))
    assert got.rates is not None
    assert got.rates.swap is not None
    assert got.tax is not None
    assert got.financing is not None
    assert float(got.rates.swap.settlement[0]) == pytest.approx(-8_437.5)
    assert float(got.tax.depreciation[0]) == pytest.approx(1.75e6)
    assert float(got.debt.interest[0]) == pytest.approx(348_750 + 140_000)
    assert float(got.scheduled.principal[0]) == pytest.approx(1.25e6 + 0.25e6)
    assert float(got.debt_service[0]) == pytest.approx(1_500_000 + 488_750 + 8_437.5)
    assert got.financing.fee == pytest.approx(285e3)
    assert got.financing.discount == pytest.approx(190e3)
    second = 13.75e6 * (0.093 + 0.75 * 0.003) / 4 + 1.25e6
    first = 1.25e6 + 348_750 + 8_437.5
    assert got.financing.reserve == pytest.approx(first + second, abs=1)
    assert got.financing.equity == pytest.approx(35e6 + got.financing.reserve + 475e3 - 19e6)
