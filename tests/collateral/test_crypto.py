"""Crypto collateral: limits, and the normal as the limit of the t."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.collateral.crypto import crypto_haircut
from xlmodel.errors import RangeError


def test_without_volatility_only_slippage_is_lost() -> None:
    loss = crypto_haircut(0.0, 10, 0.99, 0.02)
    assert (float(loss.price), float(loss.total)) == (0.0, pytest.approx(0.02))


def test_in_no_time_only_slippage_is_lost() -> None:
    assert float(crypto_haircut(0.65, 0, 0.99).total) == 0.0


def test_a_known_fall_by_hand() -> None:
    # Without volatility a drift of ln(1/2) a year loses 1 - 2^(-1/2) in half a year.
    loss = crypto_haircut(0.0, 182.5, drift_cc=-math.log(2))
    assert float(loss.price) == pytest.approx(1 - 2**-0.5)


def test_a_drift_upwards_never_makes_it_worth_more() -> None:
    assert float(crypto_haircut(0.1, 365, 0.6, drift_cc=5.0).total) == 0.0


@given(
    sigma=st.floats(0.05, 2), days=st.floats(0.5, 60), level=st.floats(0.9, 0.999), more=st.floats(1, 3),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_it_grows_with_volatility_time_and_confidence(sigma: float, days: float, level: float, more: float) -> None:
    base = float(crypto_haircut(sigma, days, level).total)
    assert 0 <= base < 1
    assert float(crypto_haircut(sigma * more, days, level).total) >= base - 1e-12
    assert float(crypto_haircut(sigma, days * more, level).total) >= base - 1e-12
    assert float(crypto_haircut(sigma, days, level + (1 - level) / 2).total) >= base
    # Fat tails cost more far out.
    assert float(crypto_haircut(sigma, days, 0.999, degrees_of_freedom=4).total) > float(
        crypto_haircut(sigma, days, 0.999).total
    )


def test_the_t_becomes_the_normal() -> None:
    assert float(crypto_haircut(0.65, 10, 0.99, degrees_of_freedom=1e7).price) == pytest.approx(
        float(crypto_haircut(0.65, 10, 0.99).price), abs=1e-6
    )


def test_the_drift_of_the_logarithm_is_stated() -> None:
    # 25.24 % with the drift of minus half the variance, 24.80 % with none: the two figures of the specification.
    assert float(crypto_haircut(0.65, 10, degrees_of_freedom=4).price) == pytest.approx(0.2524, abs=5e-5)
    assert float(crypto_haircut(0.65, 10, log_drift_cc=0, degrees_of_freedom=4).price) == pytest.approx(
        0.2480, abs=5e-5
    )
    with pytest.raises(RangeError, match="drift_cc must be 0 when log_drift_cc is given"):
        crypto_haircut(0.65, 10, drift_cc=0.1, log_drift_cc=0.1)
    with pytest.raises(RangeError, match="confidence must lie between 0 and 1, both excluded, got 1"):
        crypto_haircut(0.65, 10, 1.0)
