"""Fitting decay: scipy's regression, curves that are recovered exactly, and refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import linregress

from xlmodel.asset.calibrate import fit_decay, fitted_value
from xlmodel.errors import InputError, RangeError
from xlmodel.maths.least_squares import fitted

AGES, PRICES = [0.5, 1.0, 1.5, 2.0, 3.0], [0.8, 0.62, 0.5, 0.41, 0.25]


def test_fit_is_scipys_regression() -> None:
    other = linregress(AGES, np.log(PRICES))
    fit = fit_decay(PRICES, 1, AGES)
    assert fit.decay_cc == pytest.approx(-other.slope, rel=1e-12)
    assert fit.decay_cc_error == pytest.approx(other.stderr, rel=1e-10)
    assert fit.log_intercept == pytest.approx(other.intercept, rel=1e-9)
    assert fit.log_intercept_error == pytest.approx(other.intercept_stderr, rel=1e-10)
    assert fit.r_squared == pytest.approx(other.rvalue**2, rel=1e-12)
    assert fit.quotes == 5
    # Leverage of the last age: 1/5 + (3 - 1.6)^2 / sum of squares 3.7.
    assert fit.max_leverage == pytest.approx(0.2 + 1.4**2 / 3.7, rel=1e-12)


def test_fit_through_the_origin() -> None:
    y = np.log(PRICES)
    fit = fit_decay(PRICES, 1, AGES, intercept=False)
    assert fit.decay_cc == pytest.approx(-float(np.dot(AGES, y) / np.dot(AGES, AGES)), rel=1e-12)
    assert fit.day_one_loss == 0
    # About zero, without a constant.
    residuals = y + fit.decay_cc * np.array(AGES)
    assert fit.r_squared == pytest.approx(1 - float(residuals @ residuals / (y @ y)), rel=1e-12)
    assert fit.residual_sd == pytest.approx(float(np.sqrt(residuals @ residuals / 4)), rel=1e-12)


def test_releases_and_trend_are_recovered() -> None:
    rng = np.random.default_rng(3)
    age, when = rng.uniform(0, 4, 40), rng.uniform(0, 5, 40)
    price = 30_000 * 0.95 * np.exp(-0.3 * age - 0.1 * when) * np.where(when >= 2, 0.8, 1) * np.where(when >= 4, 0.7, 1)
    fit = fit_decay(price, 30_000, age, True, when, [2, 4], date_trend=True)
    assert fit.decay_cc == pytest.approx(0.3, rel=1e-9)
    assert fit.date_trend_cc == pytest.approx(0.1, rel=1e-9)
    assert fit.day_one_loss == pytest.approx(0.05, rel=1e-9)
    assert fit.release_drops == pytest.approx([0.2, 0.3], rel=1e-9)
    assert fit.warning is None


def test_asking_prices_are_brought_down_to_transactions() -> None:
    ask = fit_decay(np.array(PRICES) / 0.9, 1, AGES, ask_discount=0.1)
    assert ask.decay_cc == pytest.approx(fit_decay(PRICES, 1, AGES).decay_cc, rel=1e-12)
    mixed = fit_decay([0.8 / 0.9, *PRICES[1:]], 1, AGES, ask_discount=[0.1, 0, 0, 0, 0])
    assert mixed.log_intercept == pytest.approx(ask.log_intercept, rel=1e-9)


def test_identification_is_spoken_of() -> None:
    assert "one vintage" in str(fit_decay(PRICES, 1, AGES).warning)
    assert "one vintage" in str(fit_decay(PRICES, 1, AGES, quote_years=np.array(AGES) + 7).warning)
    assert "one date" in str(fit_decay(PRICES, 1, AGES, quote_years=[3] * 5).warning)
    assert "no date trend" in str(fit_decay(PRICES, 1, AGES, quote_years=[1, 2, 2, 3, 3]).warning)


def test_value_of_the_curve_for_survivors_and_means() -> None:
    fit = fit_decay([50, 25, 12.5, 6.25 * 0.8], 100, [1, 2, 3, 4], False, release_years=[3.5])
    # Halving each year, a fifth lost at 3.5; nine in ten survive.
    assert fitted_value(fit, 100, [1, 4], [3.5], [1, 0.9]) == pytest.approx([50, 4.5])
    noisy = fit_decay(PRICES, 1, AGES)
    ratio = float(fitted_value(noisy, 1, 1, mean=True) / fitted_value(noisy, 1, 1))
    assert ratio == pytest.approx(np.exp(noisy.residual_sd**2 / 2), rel=1e-12)
    with pytest.raises(InputError, match="release_ages must hold 1 numbers"):
        fitted_value(fit, 100, 1)


def test_refusals() -> None:
    with pytest.raises(InputError, match="2 coefficients need more than 2 observations, got 2"):
        fit_decay([0.8, 0.6], 1, [1, 2])
    with pytest.raises(InputError, match="cannot be told apart"):
        fit_decay([0.8, 0.7, 0.6], 1, [1, 1, 1])
    with pytest.raises(InputError, match="cannot be told apart"):
        fit_decay(PRICES, 1, AGES, release_years=[9])
    with pytest.raises(InputError, match="date_trend needs machines of several vintages"):
        fit_decay(PRICES, 1, AGES, date_trend=True)
    with pytest.raises(RangeError, match="prices must be greater than 0"):
        fit_decay([0.8, 0, 0.4], 1, [1, 2, 3])
    with pytest.raises(InputError, match="each quote needs one age"):
        fit_decay([0.8, 0.4], 1, [1, 2, 3])
    with pytest.raises(InputError, match="cost and ask_discount"):
        fit_decay(PRICES, [[1], [2]], AGES)


def test_leverages_sum_to_the_coefficients() -> None:
    x = np.column_stack([np.ones(9), np.arange(9.0), np.arange(9.0) ** 2])
    assert fitted(x, np.sin(np.arange(9.0))).leverage.sum() == pytest.approx(3, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.floats(-0.5, 2), st.floats(-0.5, 0.8), st.floats(1, 1e6))
def test_an_exact_curve_is_recovered(decay: float, loss: float, cost: float) -> None:
    ages = np.array([0.2, 1.1, 2.0, 3.7])
    fit = fit_decay(cost * (1 - loss) * np.exp(-decay * ages), cost, ages)
    assert fit.decay_cc == pytest.approx(decay, rel=1e-8, abs=1e-10)
    assert fit.day_one_loss == pytest.approx(loss, rel=1e-8, abs=1e-10)
