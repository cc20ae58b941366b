"""Present values and returns against Microsoft's printed examples, hand arithmetic and the laws that define them."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import NO_RETURN, NOTHING_TO_AVERAGE, ONE_SIGN, InputError, RangeError, reason
from xlmodel.maths.cashflow import irr, mirr, npv, xirr, xnpv, year_fractions
from xlmodel.maths.duration import macaulay_duration, modified_duration, weighted_average_life

laws = settings(max_examples=80, deadline=None)
amounts = st.floats(1, 1e6)
DATES = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
FLOWS = [-10_000, 2_750, 4_250, 3_250, 2_750]


def test_npv_of_microsofts_examples() -> None:
    assert float(npv(0.1, [-10_000, 3_000, 4_200, 6_800])) == pytest.approx(1188.44, abs=0.005)
    assert float(npv(0.08, [8_000, 9_200, 10_000, 12_000, 14_500])) - 40_000 == pytest.approx(1922.06, abs=0.005)


def test_npv_with_rates_that_differ_by_period() -> None:
    # 110 / 1.1 + 132 / (1.1 x 1.2)
    assert float(npv([0.1, 0.2], [110, 132])) == pytest.approx(200, abs=1e-12)


@pytest.mark.parametrize(
    ("years", "guess", "rate", "tolerance"), [(5, 0.1, 0.0866, 5e-5), (4, 0.1, -0.0212, 5e-5), (2, -0.1, -0.4435, 5e-5)]
)
def test_irr_of_microsofts_examples(years: int, guess: float, rate: float, tolerance: float) -> None:
    flows = [-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]
    assert float(irr(flows[: years + 1], guess)) == pytest.approx(rate, abs=tolerance)


def test_mirr_of_microsofts_examples() -> None:
    flows = [-120_000, 39_000, 30_000, 21_000, 37_000, 46_000]
    assert float(mirr(flows, 0.10, 0.12)) == pytest.approx(0.1261, abs=5e-5)
    assert float(mirr(flows[:4], 0.10, 0.12)) == pytest.approx(-0.048, abs=5e-5)
    assert float(mirr(flows, 0.10, 0.14)) == pytest.approx(0.1348, abs=5e-5)


def test_two_rates_solve_and_the_guess_chooses() -> None:
    # -100 + 230 x - 132 x^2 = -(1 - 1.1 x)(100 - 120 x), so 10 % and 20 %.
    assert float(irr([-100, 230, -132], 0.05)) == pytest.approx(0.1, abs=1e-12)
    assert float(irr([-100, 230, -132], 0.3)) == pytest.approx(0.2, abs=1e-12)
    assert irr([-100, 230, -132], [0.05, 0.3]) == pytest.approx([0.1, 0.2], abs=1e-12)


def test_no_rate_solves() -> None:
    # 100 - 150 x + 100 x^2 has the discriminant 22,500 - 40,000 < 0.
    assert reason(float(irr([100, -150, 100]))) is NO_RETURN
    assert reason(float(xirr([-1, 2], ["2026-01-01", "2026-01-01"]))) is NO_RETURN


@pytest.mark.parametrize("flows", [[1, 2, 3], [-1, -2, -3], [0, 0, 0]])
def test_one_sign_has_no_return(flows: list[float]) -> None:
    days = ["2026-01-01", "2027-01-01", "2028-01-01"]
    for value in (irr(flows), xirr(flows, days), mirr(flows, 0.1, 0.1)):
        assert reason(float(value)) is ONE_SIGN


def test_loss_of_nearly_everything_is_a_number() -> None:
    # 365 days apart: 1,000 paid, 1 back is -99.9 %; a billionth back is -(1 - 1e-12).
    days = ["2025-01-01", "2026-01-01"]
    assert float(xirr([-1000, 1], days)) == pytest.approx(-0.999, abs=1e-14)
    assert 1 + float(xirr([-1000, 1e-9], days)) == pytest.approx(1e-12, rel=1e-3)


def test_gain_within_a_day_is_a_number() -> None:
    # One per cent in a day: 1.01^365 - 1.
    assert float(xirr([-100, 101], ["2026-01-01", "2026-01-02"])) == pytest.approx(36.78343433, abs=1e-7)


def test_dates_in_every_spelling_agree() -> None:
    serials = [39448, 39508, 39751, 39859, 39904]
    spellings = [DATES, serials, [s + 0.7 for s in serials], np.array(DATES, "datetime64[D]"), _objects(DATES)]
    for dates in spellings:
        assert float(xirr(FLOWS, dates)) == pytest.approx(0.3733625335, abs=1e-10)
        assert float(xnpv(0.09, FLOWS, dates)) == pytest.approx(2086.647602, abs=1e-5)


def test_dates_after_the_first_come_in_any_order() -> None:
    order = [0, 3, 1, 4, 2]
    shuffled = xirr([FLOWS[i] for i in order], [DATES[i] for i in order])
    assert float(shuffled) == pytest.approx(0.3733625335, abs=1e-10)


def test_refusals_name_the_argument() -> None:
    with pytest.raises(RangeError, match="dates must not lie before the first"):
        xirr([-1, 2], ["2026-01-02", "2026-01-01"])
    with pytest.raises(InputError, match="each flow needs one date: 2 flows and 1 dates"):
        xnpv(0.1, [-1, 2], ["2026-01-02"])
    with pytest.raises(RangeError, match="rate must be greater than -1"):
        npv(-1, [1, 2])
    with pytest.raises(RangeError, match="rate must be greater than -1"):
        xnpv(-1.5, [1, 2], ["2026-01-01", "2027-01-01"])
    with pytest.raises(InputError, match="at least two numbers"):
        mirr([1], 0.1, 0.1)
    with pytest.raises(InputError, match="one row"):
        year_fractions([["2026-01-01"], ["2027-01-01"]])


def test_batch_equals_one_by_one() -> None:
    batch = np.array([[-100, 30, 40, 60], [-100, 10, 10, 10], [5, 5, 5, 5], [-100, 230, -132, 0]], float)
    together = irr(batch)
    assert [float(irr(row)) for row in batch[[0, 1, 3]]] == together[[0, 1, 3]].tolist()
    assert reason(float(together[2])) is ONE_SIGN


@laws
@given(st.lists(amounts, min_size=1, max_size=12), amounts)
def test_irr_makes_the_value_zero(receipts: list[float], paid: float) -> None:
    rate = float(irr([-paid, *receipts]))
    assert float(npv(rate, receipts)) == pytest.approx(paid, rel=1e-8)


@laws
@given(st.lists(amounts, min_size=1, max_size=8), amounts, st.floats(1e-3, 1e3))
def test_return_does_not_depend_on_the_currency(receipts: list[float], paid: float, scale: float) -> None:
    flows = np.array([-paid, *receipts])
    assert float(irr(flows * scale)) == pytest.approx(float(irr(flows)), rel=1e-9, abs=1e-12)


@laws
@given(st.lists(amounts, min_size=1, max_size=8), amounts)
def test_years_of_365_days_make_xirr_irr(receipts: list[float], paid: float) -> None:
    start = np.datetime64("2021-01-01")
    days = start + 365 * np.arange(len(receipts) + 1)
    flows = [-paid, *receipts]
    assert float(xirr(flows, days)) == pytest.approx(float(irr(flows)), rel=1e-9, abs=1e-12)


def test_durations_of_excels_bond_and_of_hull() -> None:
    bond = [4.0] * 15 + [104.0]
    assert float(macaulay_duration(bond, 0.045, 2)) == pytest.approx(5.993774956, abs=1e-8)
    assert float(modified_duration(bond, 0.045, 2)) == pytest.approx(5.735669814, abs=1e-8)
    # Hull: 3 years of a 10 % coupon, half-yearly, 12 % continuous, so exp(0.06) - 1 a half year.
    assert float(macaulay_duration([5] * 5 + [105], np.expm1(0.06), 2)) == pytest.approx(2.653, abs=6e-4)


def test_average_life_by_hand() -> None:
    # (25 x 0.25 + 25 x 0.5 + 50 x 1) / 100
    assert float(weighted_average_life([25, 25, 0, 50], 4)) == pytest.approx(0.6875, abs=1e-12)
    assert weighted_average_life([[1, 0], [0, 1]], [1, 2]).tolist() == [1.0, 1.0]


def test_nothing_repaid_has_no_average() -> None:
    assert reason(float(weighted_average_life([0, 0]))) is NOTHING_TO_AVERAGE
    assert reason(float(macaulay_duration([-10, 5], 0.1))) is NOTHING_TO_AVERAGE


@laws
@given(st.lists(amounts, min_size=1, max_size=20), st.floats(-0.5, 1))
def test_duration_lies_inside_the_payments(flows: list[float], rate: float) -> None:
    assert 1 - 1e-9 <= float(macaulay_duration(flows, rate)) <= len(flows) + 1e-9


@laws
@given(st.lists(amounts, min_size=1, max_size=20))
def test_duration_at_no_rate_is_the_average_life(flows: list[float]) -> None:
    assert float(macaulay_duration(flows, 0, 4)) == pytest.approx(float(weighted_average_life(flows, 4)), rel=1e-12)


def _objects(texts: list[str]) -> list[dt.date]:
    return [dt.date.fromisoformat(text) for text in texts]
