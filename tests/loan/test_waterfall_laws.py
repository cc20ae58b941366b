"""What holds for every term sheet and every cash flow: cash is conserved, ranks are kept, nothing goes below zero."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loan.strategies import positive_cash
from tests.loan.term_sheets import TermSheet, term_sheets
from xlmodel.loan.term_sheet import Tranche
from xlmodel.loan.waterfall import waterfall

# Sums of a few hundred amounts of up to some thousand: a cent would be 1e-2.
NEAR = 1e-8
LAW = settings(max_examples=80, deadline=None)


@LAW
@given(term_sheets())
def test_cash_is_conserved_in_every_period(sheet: TermSheet) -> None:
    paid = sheet.run()
    assert np.abs(paid.imbalance).max() < NEAR
    assert (paid.opening_cash[1:] == paid.cash[:-1]).all()
    assert float(paid.opening_cash[0]) == sheet.terms["cash"]


@LAW
@given(term_sheets())
def test_every_tranche_rolls_forward_and_never_below_zero(sheet: TermSheet) -> None:
    for t in sheet.run().tranches:
        rolled = t.opening + t.draws + t.capitalised - t.principal_paid - t.prepaid - t.swept
        assert np.abs(t.closing - rolled).max() < NEAR
        assert (t.opening[1:] == t.closing[:-1]).all()
        before = np.concatenate([[0.0], t.interest_overdue[:-1]])
        accrued = before + t.interest - t.capitalised - t.overdue_repaid - t.interest_paid
        assert np.abs(t.interest_overdue - accrued).max() < NEAR
        for name in t.__slots__:
            assert getattr(t, name).min() >= 0, name
        assert (t.principal_overdue <= t.closing + NEAR).all()
        assert (t.interest_paid <= t.interest_due).all()
        assert (t.principal_paid <= t.principal_due).all()


@LAW
@given(term_sheets())
def test_no_reserve_is_above_its_target_or_below_zero(sheet: TermSheet) -> None:
    for r in sheet.run().reserves:
        for name in r.__slots__:
            assert getattr(r, name).min() >= 0, name
        assert (r.closing <= r.target + NEAR).all()
        rolled = r.opening + r.filled - r.released - r.drawn - r.spent
        assert np.abs(r.closing - rolled).max() < NEAR


@LAW
@given(term_sheets())
def test_no_account_is_overdrawn(sheet: TermSheet) -> None:
    paid = sheet.run()
    for line in (*paid.uses.values(), *paid.sources.values(), paid.distribution, paid.cash, paid.tax):
        assert line.min() >= 0
    for due, got in (
        (paid.operating_due, paid.operating_paid), (paid.fees_due, paid.fees_paid),
        (paid.hedge_due, paid.hedge_paid), (paid.break_due, paid.break_paid),
    ):  # fmt: skip
        assert (got <= due).all()
    assert (paid.distribution[paid.locked] == 0).all()


@LAW
@given(term_sheets())
def test_nobody_is_paid_before_a_senior_claim(sheet: TermSheet) -> None:
    """Below an unpaid claim money moves only out of the reserve that belongs to it."""
    paid = sheet.run()
    ranks = [t.rank for t in sheet.tranches]
    first = min(ranks)
    none = np.zeros(paid.cash.shape)
    senior_break = sheet.terms["hedge_break_rank"] == "senior"
    ladder = [
        (paid.operating_due, paid.operating_paid, list(range(len(sheet.reserves)))),
        (paid.fees_due, paid.fees_paid, []),
        (none, _filled(paid, sheet, 0), []),
    ]
    for rank in sorted({*ranks, *(r.rank for r in sheet.reserves if r.rank > 0)}):
        same = [paid.tranches[i] for i, r in enumerate(ranks) if r == rank]
        own = [i for i, r in enumerate(sheet.reserves) if r.rank == rank]
        hedge = (paid.hedge_due, paid.hedge_paid) if rank == first else (none, none)
        broken = (paid.break_due, paid.break_paid) if rank == first and senior_break else (none, none)
        ladder += [
            (hedge[0] + sum(t.interest_due for t in same), hedge[1] + sum(t.interest_paid for t in same), own),
            (broken[0] + sum(t.principal_due for t in same), broken[1] + sum(t.principal_paid for t in same), own),
            (none, _filled(paid, sheet, rank), []),
        ]
    if not senior_break:
        ladder.append((paid.break_due, paid.break_paid, []))
    ladder.append((none, sum(t.swept for t in paid.tranches) + paid.distribution + paid.cash, []))
    short = np.zeros(paid.cash.shape, dtype=bool)
    for due, got, own in ladder:
        helped = none + sum(paid.reserves[i].drawn + paid.reserves[i].letter_drawn for i in own)
        assert (got[short] <= helped[short] + NEAR).all()
        short |= due - got > NEAR


def _filled(paid, sheet, rank):  # type: ignore[no-untyped-def]
    lines = [f.filled + f.letter_repaid for f, r in zip(paid.reserves, sheet.reserves, strict=True) if r.rank == rank]
    return np.zeros(paid.cash.shape) + sum(lines)


@LAW
@given(term_sheets(), st.lists(st.floats(-1, 3), min_size=1, max_size=4))
def test_one_loan_is_the_same_loan_in_a_batch(sheet: TermSheet, strengths: list[float]) -> None:
    flows = np.outer(strengths, sheet.cfads)
    batch = waterfall(flows, sheet.tranches, sheet.reserves, **sheet.terms)
    for i, cash in enumerate(flows):
        one = waterfall(cash, sheet.tranches, sheet.reserves, **sheet.terms)
        for name in ("cash", "distribution", "dscr", "tax", "overdue", "debt"):
            assert np.array_equal(getattr(one, name), getattr(batch, name)[i], equal_nan=True), name
        for alone, together in zip(one.reserves, batch.reserves, strict=True):
            assert np.array_equal(alone.closing, together.closing[i])


@LAW
@given(positive_cash(), st.floats(0.1, 10), st.floats(0, 0.1))
def test_cash_that_suffices_pays_the_schedule_and_nothing_else(flows: np.ndarray, size: float, rate: float) -> None:
    n = flows.size
    plan = np.full(n, size / n)
    paid = waterfall(flows + size * (1 + rate), [Tranche(size, rate, plan)])
    loan = paid.tranches[0]
    assert np.allclose(loan.principal_paid, plan, rtol=1e-12, atol=0)
    assert float(loan.closing[-1]) == 0
    assert np.allclose(loan.interest_paid, rate * size * np.arange(n, 0, -1) / n, rtol=1e-9, atol=1e-12)
    assert (paid.overdue == 0).all()


@LAW
@given(term_sheets())
def test_money_of_another_size_changes_no_ratio(sheet: TermSheet) -> None:
    """Twice the dollars are the same deal: a power of two scales every sum exactly."""
    twice = TermSheet(sheet.cfads * 2, [_scaled(t, 2) for t in sheet.tranches], [_scaled(r, 2) for r in sheet.reserves],
                      {**sheet.terms})  # fmt: skip
    for name in ("cash", "fees", "hedge", "hedge_break", "equity", "proceeds", "minimum_cash"):
        twice.terms[name] = np.asarray(sheet.terms[name]) * 2
    for name in ("sweep", "tax"):
        if twice.terms[name] is not None:
            twice.terms[name] = _scaled(twice.terms[name], 2)
    one, two = sheet.run(), twice.run()
    assert np.array_equal(two.dscr, one.dscr, equal_nan=True)
    assert np.array_equal(two.locked, one.locked)
    assert np.array_equal(two.debt, one.debt * 2)


def _scaled(terms, by):  # type: ignore[no-untyped-def]
    from dataclasses import fields, replace

    money = {"balance", "principal", "draws", "target", "opening", "spending", "letter_of_credit", "base", "down_to",
             "depreciation", "losses"}  # fmt: skip
    changed = {f.name: np.asarray(getattr(terms, f.name)) * by for f in fields(terms) if f.name in money}
    return replace(terms, **{k: v for k, v in changed.items() if v.dtype != object})
