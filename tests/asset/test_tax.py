"""Tax depreciation and cash flow after tax, by hand."""

import pytest

from xlmodel.asset.tax import MACRS_5, after_tax, tax_depreciation
from xlmodel.errors import InputError


def test_the_table_sums_to_the_cost() -> None:
    # IRS Publication 946, table A-1: 20, 32, 19.2, 11.52, 11.52, 5.76 %.
    assert sum(MACRS_5) == pytest.approx(1)
    quarters = tax_depreciation([1000, 500], periods=24)
    assert quarters[0, :8].tolist() == pytest.approx([50] * 4 + [80] * 4)
    assert quarters.sum(axis=-1).tolist() == pytest.approx([1000, 500])
    assert tax_depreciation(1000, periods=30)[24:].tolist() == [0] * 6


def test_a_short_first_year_and_a_bonus() -> None:
    # One quarter is left of the tax year: 60 % at once and a fifth of 40 %; then 32 % of 40 % over four quarters.
    found = tax_depreciation(1000, periods=5, first_year_periods=1, bonus=0.6)
    assert found.tolist() == pytest.approx([680, 32, 32, 32, 32])
    all_at_once = tax_depreciation(1000, periods=4, frequency=2, bonus=1.0)
    assert all_at_once.tolist() == [500, 500, 0, 0]
    with pytest.raises(InputError, match="shares"):
        tax_depreciation(1, [0.6, 0.6])


def test_before_and_after() -> None:
    # Profits of -20, 20 and 40; losses absorb at most 80 % of one: 16 of the 20, then the last 4.
    taxed = after_tax([50, 60, 60], 20, [50, 20, 0], 0.25, loss_use_limit=0.8)
    assert taxed.tax.tolist() == pytest.approx([0, 1, 9])
    assert taxed.losses.tolist() == pytest.approx([20, 4, 0])
    assert (taxed.pre_tax - taxed.post_tax).tolist() == pytest.approx(taxed.tax.tolist())
