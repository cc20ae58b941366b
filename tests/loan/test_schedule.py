"""Repayment schedules: published cases, hand arithmetic, and the laws of every loan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.loan.strategies import RATES
from xlmodel.errors import InfeasibleError, InputError, RangeError
from xlmodel.loan.accrual import dated_rates
from xlmodel.loan.schedule import PROFILES, Schedule, schedule, stack
from xlmodel.maths.annuity import pmt
from xlmodel.maths.dates import period_ends


def _actual_360(payment: float) -> float:
    """The published loan's balance after its 120th payment: 25 m, 5.5 %, accruing from 1 December 2006."""
    ends = period_ends("2006-12-01", 121, 12)
    rates = dated_rates(0.055, "2006-12-01", ends, "ACT/360")
    return float(schedule(25e6, rates, 121, payment=payment).closing[119])


def test_fannie_maes_actual_360_loan_to_the_cent() -> None:
    # Fannie Mae, multifamily actual/360 example: the payment is set at 30/360 over 30 years, interest accrues on
    # actual days. Published: 141,947.25 a month, 20,885,505.83 left after ten years; .89 when the rounded payment
    # is carried through.
    payment = float(pmt(0.055 / 12, 360, 25e6))
    assert round(payment, 2) == 141947.25
    assert round(_actual_360(payment), 2) == 20885505.83
    assert round(_actual_360(141947.25), 2) == 20885505.89


def test_grace_with_interest_paid_and_capitalised() -> None:
    # Interest only at 10 for two periods, then 100 in two equal parts: 50 + 10, 50 + 5.
    paid = schedule(100, 0.1, 4, "straight", grace=2)
    assert paid.debt_service.tolist() == [10, 10, 60, 55]
    # Capitalised: 121 when repayment begins; 60.5 + 12.1, 60.5 + 6.05.
    grown = schedule(100, 0.1, 4, "straight", grace=2, grace_interest="capitalised")
    np.testing.assert_allclose(grown.debt_service, [0, 0, 72.6, 66.55], rtol=1e-14)
    np.testing.assert_allclose(grown.capitalised, [10, 11, 0, 0], rtol=1e-14)


def test_pik_that_is_toggled_on_for_a_period() -> None:
    # 100 in two equal parts of principal, the second period of three capitalised: 1/2 of 100, then what is left.
    loan = schedule(90, 0.1, 3, "straight", pik=[0, 1, 0])
    # Two paying periods: 45, idle with 4.5 added, then 49.5 and its interest.
    np.testing.assert_allclose(loan.principal, [45, 0, 49.5], rtol=1e-14)
    np.testing.assert_allclose(loan.debt_service, [54, 0, 54.45], rtol=1e-14)
    # Half of the interest: 4.5 accrue, 2.25 are paid, 2.25 added.
    half = schedule(90, 0.1, 3, "straight", pik=[0, 0.5, 0])
    np.testing.assert_allclose(half.debt_service, [54, 2.25, 47.25 * 1.1], rtol=1e-14)


def test_level_on_rates_that_differ_is_one_payment() -> None:
    # 100 over two periods at 10 % and 20 %: 100 = x/1.1 + x/1.32, x = 100*1.32/2.2 = 60.
    loan = schedule(100, [0.1, 0.2], 2)
    np.testing.assert_allclose(loan.debt_service, [60, 60], rtol=1e-14)


def test_draws_at_the_start_and_at_the_end() -> None:
    # 100 now and 60 at the end of period 1, level at 0 %: 100/4 = 25, then (75+60)/3 = 45.
    end = schedule(100, 0.0, 4, draws=[60, 0, 0, 0], draw_timing="end")
    assert end.debt_service.tolist() == [25, 45, 45, 45]
    # At its start: 160/4.
    start = schedule(100, 0.0, 4, draws=[60, 0, 0, 0])
    assert start.debt_service.tolist() == [40, 40, 40, 40]
    assert start.opening.tolist() == [100, 120, 80, 40]


def test_cents_are_rounded_and_the_last_payment_absorbs_them() -> None:
    # 1000 at 1 % a month over three: 340.0221 level. By hand to the cent: interest 10.00, 6.70, 3.37 on balances
    # 1000, 669.98, 336.66; the last payment is 336.66 + 3.37 = 340.03.
    loan = schedule(1000, 0.01, 3, round_to=0.01)
    assert loan.debt_service.round(10).tolist() == [340.02, 340.02, 340.03]
    assert loan.interest.round(10).tolist() == [10.0, 6.7, 3.37]
    assert float(loan.balloon[-1]) == 0.0


def test_a_given_payment_leaves_its_rest_as_a_balloon() -> None:
    # 100 at 10 %, 30 a period: 80, then 58 due with interest 8: 88 in all, 58 of it beyond the payment.
    loan = schedule(100, 0.1, 2, payment=30)
    assert loan.debt_service.round(12).tolist() == [30, 88]
    assert loan.balloon.round(12).tolist() == [0, 58]
    # A payment that repays early stops.
    assert schedule(100, 0.0, 3, payment=60).debt_service.tolist() == [60, 40, 0]


def test_tranches_stack() -> None:
    both = stack(schedule(100, 0.1, 2, "bullet"), schedule(60, 0.0, 3, "straight"))
    assert both.debt_service.tolist() == [30, 130, 20]
    assert both.closing.tolist() == [140, 20, 0]
    with pytest.raises(InputError, match="starts"):
        stack(both, starts=(0, 1))
    with pytest.raises(InputError, match="empty"):
        stack()


LOANS = st.fixed_dictionaries(
    {
        "principal": st.floats(1, 1e9),
        "periods": st.integers(1, 40),
        "profile": st.sampled_from(PROFILES),
        "balloon": st.floats(0, 1),
        "grace": st.integers(0, 39),
        "grace_interest": st.sampled_from(["paid", "capitalised"]),
        "draw_timing": st.sampled_from(["start", "end"]),
    }
)


def _any_loan(loan: dict, data: st.DataObject) -> tuple[Schedule, np.ndarray]:
    n = loan["periods"]
    rate = data.draw(st.one_of(RATES, arrays(np.float64, n, elements=st.floats(0.01, 0.02))))
    draws = data.draw(arrays(np.float64, n, elements=st.sampled_from([0.0, 0.0, 0.0, loan["principal"] / 7])))
    draws[-1] = 0.0
    pik = data.draw(st.one_of(st.just(0.0), arrays(np.float64, n, elements=st.sampled_from([0.0, 0.0, 0.5, 1.0]))))
    shares = None
    if loan["profile"] == "custom":
        weights = data.draw(arrays(np.float64, n, elements=st.floats(0.1, 1)))
        shares = weights / weights.sum()
    # Where rates differ, a level payment beside a large balloon may fall below the interest of a dear period.
    lump = loan["balloon"] * (1 if np.ndim(rate) == 0 else 0.2) * loan["principal"]
    given_loan = {**loan, "balloon": lump, "grace": min(loan["grace"], n - 1)}
    return schedule(rate=rate, draws=draws, pik=pik, shares=shares, **given_loan), np.broadcast_to(rate, n)


@settings(max_examples=100, deadline=None)
@given(LOANS, st.data())
def test_laws_of_every_schedule(loan: dict, data: st.DataObject) -> None:
    s, rate = _any_loan(loan, data)
    size = loan["principal"] + s.draw.sum() + s.capitalised.sum()
    # What comes in goes out: repaid is drawn and capitalised, nothing is left, nothing is negative.
    assert s.closing[-1] == 0
    assert (s.closing >= 0).all()
    assert (s.principal >= 0).all()
    np.testing.assert_allclose(s.principal.sum(), size, rtol=1e-11)
    np.testing.assert_allclose(s.closing, s.opening + s.draw + s.capitalised - s.principal, rtol=0, atol=1e-12 * size)
    np.testing.assert_array_equal(s.opening[1:], s.closing[:-1])
    np.testing.assert_allclose(s.debt_service, s.interest - s.capitalised + s.principal, atol=1e-12 * size)
    assert ((s.balloon >= 0) & (s.balloon <= s.principal)).all()
    # The value of the service is the value of the draws, at the loan's own rate.
    growth = np.cumprod(1 + rate)
    drawn_at = growth / (1 + rate) if loan["draw_timing"] == "start" else growth
    worth = (s.debt_service / growth).sum()
    np.testing.assert_allclose(worth, loan["principal"] + (s.draw / drawn_at).sum(), rtol=1e-10)


@settings(max_examples=50, deadline=None)
@given(LOANS, st.data())
def test_one_loan_is_the_same_to_the_bit_inside_a_batch(loan: dict, data: st.DataObject) -> None:
    n = loan["periods"]
    rate = data.draw(arrays(np.float64, (3, n), elements=st.floats(0.01, 0.02)))
    shares = np.full(n, 1 / n) if loan["profile"] == "custom" else None
    base = {**loan, "grace": min(loan["grace"], n - 1)}
    sizes = np.array([1.0, 0.5, 3.0]) * loan["principal"]
    lumps = 0.2 * loan["balloon"] * sizes
    together = schedule(sizes, rate, **{k: v for k, v in base.items() if k not in ("principal", "balloon")},
                        balloon=lumps, shares=shares)  # fmt: skip
    for j in range(3):
        alone = schedule(rate=rate[j], shares=shares, **{**base, "principal": sizes[j], "balloon": lumps[j]})
        for name in Schedule.__slots__:
            assert getattr(together, name)[j].tobytes() == getattr(alone, name).tobytes(), name


@settings(max_examples=50, deadline=None)
@given(st.floats(1, 1e9), st.integers(1, 360), RATES)
def test_level_is_excels_payment(principal: float, n: int, rate: float) -> None:
    loan = schedule(principal, rate, n)
    np.testing.assert_allclose(loan.debt_service, float(pmt(rate, n, principal)), rtol=1e-12)


def test_monthly_and_quarterly_loans_at_the_same_rate_differ_by_the_interest_of_two_months() -> None:
    # A quarter of interest-only debt at 1 % a month costs 3 % of the balance, paid a month at a time or at once.
    monthly, quarterly = schedule(100, 0.01, 12, "bullet"), schedule(100, 0.03, 4, "bullet")
    by_quarter = monthly.debt_service.reshape(4, 3).sum(axis=1)
    np.testing.assert_allclose(by_quarter, quarterly.debt_service, rtol=1e-12)
    # Amortising, the monthly loan saves interest on principal repaid up to two months early, and no more.
    level_m, level_q = schedule(100, 0.01, 48), schedule(100, 0.03, 16)
    saved = level_q.debt_service - level_m.debt_service.reshape(16, 3).sum(axis=1)
    assert (saved >= 0).all()
    assert (saved <= 0.02 * level_m.debt_service[0] * 2).all()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: schedule(100, 0.1, 0), RangeError, "periods"),
        (lambda: schedule(-1, 0.1, 4), RangeError, "principal"),
        (lambda: schedule(100, [0.1, 0.1], 4), InputError, "rate must be one number or one for each of 4"),
        (lambda: schedule(100, 0.1, 4, "lumpy"), InputError, "profile"),
        (lambda: schedule(100, 0.1, 2, "custom"), InputError, "shares are needed"),
        (lambda: schedule(100, 0.1, 2, "custom", shares=[0.5, 0.4]), InputError, "sum to 1"),
        (lambda: schedule(100, 0.1, 2, "custom", shares=[1.0]), InputError, "one for each"),
        (lambda: schedule(100, 0.1, 2, shares=[0.5, 0.5]), InputError, "custom"),
        (lambda: schedule(100, 0.1, 2, grace=2), RangeError, "grace"),
        (lambda: schedule(100, 0.1, 2, grace_interest="free"), InputError, "grace_interest"),
        (lambda: schedule(100, 0.1, 2, draw_timing="mid"), InputError, "draw_timing"),
        (lambda: schedule(100, 0.1, 2, "bullet", payment=5), InputError, "level"),
        (lambda: schedule(100, 0.1, 2, draws=[0, 5], draw_timing="end"), InputError, "draws"),
        (lambda: schedule(100, 0.1, 3, payment=9), InfeasibleError, "below the interest in period 1"),
        (lambda: schedule(100, [0.5, 0.01, 0.01, 0.01], 4), InfeasibleError, "period 1"),
        (lambda: schedule([100, 100], 0.1, 3, "straight", balloon=[0, 120]), InfeasibleError, "loan 2, period 1"),
    ],
)
def test_refuses_in_a_sentence(call: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()  # type: ignore[operator]
