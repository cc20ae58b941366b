"""Conversions of rates against Excel's EFFECT and NOMINAL, hand arithmetic and their own inverses."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import NEVER_HALVES, RangeError, reason
from xlmodel.maths import rates

laws = settings(max_examples=80, deadline=None)


def test_microsofts_examples() -> None:
    assert float(rates.effective_rate(0.0525, 4)) == pytest.approx(0.0535427, abs=5e-8)
    assert float(rates.nominal_rate(0.053543, 4)) == pytest.approx(0.05250032, abs=5e-9)


def test_thirty_per_cent_deflation() -> None:
    # 0.7^(1/12) = 0.970714, 0.7^(1/4) = 0.914691, ln 2 / -ln 0.7 = 0.693147 / 0.356675
    assert float(rates.deflation_cc(0.3)) == pytest.approx(0.3566749, abs=1e-7)
    assert float(rates.period_deflation(0.3, 12)) == pytest.approx(0.0292855, abs=1e-7)
    assert float(rates.period_deflation(0.3, 4)) == pytest.approx(0.0853088, abs=1e-7)
    assert float(rates.half_life(0.3)) == pytest.approx(1.9433582, abs=1e-7)


def test_what_does_not_fall_never_halves() -> None:
    some = rates.half_life([0.5, 0.0, -0.2])
    assert float(some[0]) == pytest.approx(1, abs=1e-15)
    assert [reason(float(x)) for x in some[1:]] == [NEVER_HALVES, NEVER_HALVES]


def test_limit_of_the_annuity() -> None:
    assert rates.continuous_annuity([0.0, 1e-12, -0.1], 3).tolist() == pytest.approx(
        [3.0, 3.0, (math.exp(0.3) - 1) / 0.1], rel=1e-11
    )


@pytest.mark.parametrize("rate", [-1.0, -1.2])
def test_losing_everything_is_no_rate(rate: float) -> None:
    for convert in (rates.continuous_rate, lambda r: rates.nominal_rate(r, 4), lambda r: rates.period_rate(r, 4)):
        with pytest.raises(RangeError, match="rate_eff must be greater than -1"):
            convert(rate)
    with pytest.raises(RangeError, match="deflation_eff must be less than 1"):
        rates.deflation_cc(-rate)
    with pytest.raises(RangeError, match="rate_nom divided by frequency"):
        rates.effective_rate(4 * rate, 4)


@laws
@given(st.floats(-0.9, 3), st.sampled_from([1, 2, 4, 12]))
def test_there_and_back(rate: float, frequency: int) -> None:
    nominal = rates.nominal_rate(rate, frequency)
    assert float(rates.effective_rate(nominal, frequency)) == pytest.approx(rate, rel=1e-12, abs=1e-14)
    assert float(nominal) / frequency == pytest.approx(float(rates.period_rate(rate, frequency)), rel=1e-12, abs=1e-15)
    assert float(rates.effective_from_continuous(rates.continuous_rate(rate))) == pytest.approx(rate, abs=1e-12)


@laws
@given(st.floats(-2, 0.99), st.sampled_from([1, 2, 4, 12]))
def test_a_year_of_periods_is_a_year(deflation: float, frequency: int) -> None:
    kept = (1 - float(rates.period_deflation(deflation, frequency))) ** frequency
    assert kept == pytest.approx(1 - deflation, rel=1e-12)
    back = rates.deflation_from_continuous(rates.deflation_cc(deflation))
    assert float(back) == pytest.approx(deflation, rel=1e-12, abs=1e-14)


@laws
@given(st.floats(0.01, 0.99))
def test_half_is_left_after_the_half_life(deflation: float) -> None:
    assert (1 - deflation) ** float(rates.half_life(deflation)) == pytest.approx(0.5, rel=1e-12)
