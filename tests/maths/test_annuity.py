"""Excel's payment family, against Microsoft's printed examples and its own laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import InputError, RangeError
from xlmodel.maths.annuity import (
    annuity_factor,
    balance,
    cumulative_interest,
    cumulative_principal,
    ipmt,
    pmt,
    ppmt,
)


@pytest.mark.parametrize(
    ("value", "printed", "digits"),
    [
        # Microsoft's function reference, signs flipped.
        (pmt(0.08 / 12, 10, 10000), 1037.03, 2),
        (pmt(0.08 / 12, 10, 10000, due=True), 1030.16, 2),
        (pmt(0.06 / 12, 18 * 12, 0, balloon=-50000), 129.08, 2),
        (ipmt(0.1 / 12, 1, 36, 8000), 66.67, 2),
        (ipmt(0.1, 3, 3, 8000), 292.45, 2),
        (ppmt(0.1 / 12, 1, 24, 2000), 75.62, 2),
        (ppmt(0.08, 10, 10, 200000), 27598.05, 2),
        (cumulative_interest(0.09 / 12, 360, 125000, 13, 24), 11135.23, 2),
        (cumulative_interest(0.09 / 12, 360, 125000, 1, 1), 937.50, 2),
        (cumulative_principal(0.09 / 12, 360, 125000, 13, 24), 934.1071, 4),
        (cumulative_principal(0.09 / 12, 360, 125000, 1, 1), 68.27827, 5),
    ],
)
def test_microsofts_examples(value: np.ndarray, printed: float, digits: int) -> None:
    assert round(float(value), digits) == printed


def test_zero_rate_is_the_limit_not_a_division_by_zero() -> None:
    # 1200 over 12 payments is 100 each; with 300 left over it is 75.
    assert float(pmt(0.0, 12, 1200)) == 100.0
    assert float(pmt(0.0, 12, 1200, balloon=300)) == 75.0
    assert float(ipmt(0.0, 5, 12, 1200)) == 0.0
    assert float(balance(0.0, 12, 1200, 3)) == 900.0
    # The neighbours of 0 meet it: no cancellation at a rate of 1e-15.
    assert float(annuity_factor(1e-15, 360)) == pytest.approx(360, rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(
    i=st.floats(-0.05, 0.3),
    n=st.integers(1, 480),
    b=st.floats(1, 1e9),
    share=st.floats(0, 1.5),
    due=st.booleans(),
)
def test_principal_parts_add_up_and_each_payment_splits(i: float, n: int, b: float, share: float, due: bool) -> None:
    f = share * b
    k = np.arange(1, n + 1)
    payment = float(pmt(i, n, b, f, due=due))
    principal, interest = ppmt(i, k, n, b, f, due=due), ipmt(i, k, n, b, f, due=due)
    # Rounding grows with the sizes in the formula, the largest of which is what the debt compounds to.
    size = max(b, f, abs(payment)) * max(1.0, float((1 + i) ** -n))
    np.testing.assert_allclose(principal + interest, payment, rtol=0, atol=1e-11 * size)
    # In arrears the balance falls from B to F; paid in advance, the last period's interest is still to come.
    left = f / (1 + i) if due else f
    assert abs(principal.sum() - (b - left)) <= 1e-11 * size * n
    if not due:
        assert float(balance(i, n, b, n, f)) == pytest.approx(f, rel=1e-12)
        total = float(cumulative_interest(i, n, b, 1, n, f))
        assert total == pytest.approx(float(interest.sum()), abs=1e-11 * size * n)


def test_one_loan_and_the_same_loan_in_a_batch_agree_to_the_bit() -> None:
    rates = np.linspace(0, 0.02, 37)
    batch = pmt(rates, 360, 250_000.0, 10_000.0)
    assert [float(pmt(i, 360, 250_000.0, 10_000.0)) for i in rates] == batch.tolist()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: pmt(0.1, 0, 100), RangeError),
        (lambda: pmt(-1.0, 10, 100), RangeError),
        (lambda: pmt("ten", 10, 100), InputError),
        (lambda: ipmt(0.1, 11, 10, 100), RangeError),
        (lambda: ppmt(0.1, 1.5, 10, 100), RangeError),
        (lambda: cumulative_principal(0.1, 10, 100, 5, 4), RangeError),
        (lambda: pmt([0.1, 0.2], [1, 2, 3], 100), InputError),
    ],
)
def test_refuses_what_has_no_meaning(call: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()  # type: ignore[operator]
