"""Tax depreciation by period, and cash flow before and after tax."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from xlmodel.asset.cfads import cash_tax
from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, real, series, whole

MACRS_5: Final = (0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576)
"""Five-year property, half-year convention: shares of cost by tax year, IRS Publication 946, table A-1. Computers."""


def tax_depreciation(
    cost: npt.ArrayLike,
    shares: npt.ArrayLike = MACRS_5,
    periods: int = 24,
    frequency: int = 4,
    first_year_periods: int | None = None,
    bonus: npt.ArrayLike = 0.0,
) -> Floats:
    """Return tax depreciation by period from a table of shares by tax year.

    ``bonus · cost`` over the first tax year and ``(1 − bonus) · cost · share_y`` over year y, evenly within a year

    Parameters
    ----------
    cost
        Tax basis, at least 0, shape (...).
    shares
        Of the cost by tax year, each 0 to 1, in sum at most 1; equal shares are straight line.
    periods
        How many periods are wanted, at least 1; what the table leaves beyond them is not claimed.
    frequency
        Periods a year.
    first_year_periods
        Periods from closing to the end of the tax year it falls in, 1 to `frequency`; a full year when omitted. The
        share of a year does not depend on them, since the table's convention has taken care of that.
    bonus
        Share written off in the first year, 0 to 1, shape (...).

    Examples
    --------
    >>> tax_depreciation(1000, periods=4, frequency=1).round(6).tolist()
    [200.0, 320.0, 192.0, 115.2]
    >>> tax_depreciation(1000, [0.5, 0.5], periods=4, frequency=2, first_year_periods=1, bonus=0.4).tolist()
    [700.0, 150.0, 150.0, 0.0]
    """
    basis, part = real("cost", cost, 0), real("bonus", bonus, 0, 1)
    row, count = series("shares", shares, 0, 1), whole("periods", periods, 1)
    if row.ndim > 1 or row.sum() > 1 + 1e-9:
        raise InputError("shares must be one row that sums to at most 1", "shares")
    times = whole("frequency", frequency, 1)
    first = times if first_year_periods is None else whole("first_year_periods", first_year_periods, 1, times)
    year = np.where(np.arange(count) < first, 0, 1 + (np.arange(count) - first) // times)
    inside = year < row.size
    length = np.where(year == 0, first, times)
    table = np.where(inside, row[np.minimum(year, row.size - 1)], 0.0) / length
    at_once = np.where(year == 0, 1.0 / first, 0.0)
    return np.asarray(basis[..., None] * (part[..., None] * at_once + (1 - part[..., None]) * table))


def dated_depreciation(
    cost: npt.ArrayLike,
    shares: npt.ArrayLike,
    year: npt.ArrayLike,
    length: npt.ArrayLike,
    bonus: npt.ArrayLike = 0.0,
) -> Floats:
    """Return tax depreciation by period where periods end in the tax years of real dates.

    ``cost · (S_y − S_before) · length_k / Σ length in y``, ``S_y = bonus + (1 − bonus) Σ share up to y``

    Parameters
    ----------
    cost
        Tax basis, at least 0, shape (...).
    shares
        Of the cost by tax year, each 0 to 1, in sum at most 1.
    year
        Tax year in which each period ends, from 0, never falling, one row. What a year has written off in which no
        period ends falls to the next period.
    length
        Of each period, years, greater than 0, one row. A last tax year that the periods do not fill takes its part.
    bonus
        Share written off in the first year, 0 to 1, shape (...).

    Examples
    --------
    Bought on 15 November: quarters that end in the next calendar year take the shares of both years:

    >>> dated_depreciation(35, MACRS_5, [1, 1, 1, 1], [0.25] * 4).round(6).tolist()
    [4.55, 4.55, 4.55, 4.55]
    """
    basis, part = real("cost", cost, 0), real("bonus", bonus, 0, 1)
    row, ended = series("shares", shares, 0, 1), series("year", year, 0)
    taken = series("length", length, 0)
    if row.ndim > 1 or row.sum() > 1 + 1e-9:
        raise InputError("shares must be one row that sums to at most 1", "shares")
    at = ended.astype(np.intp)
    if (np.diff(at) < 0).any():
        raise InputError("year must never fall from period to period", "year")
    so_far = np.concatenate([[0.0], np.cumsum(row)])
    by_end = so_far[np.minimum(at + 1, row.size)]
    begins = np.concatenate([[True], at[1:] != at[:-1]])
    # Written off by the end of the year before, which is the last one in which a period ended.
    first = np.maximum.accumulate(np.where(begins, np.arange(at.size), 0))
    before = np.where(first > 0, by_end[np.maximum(first - 1, 0)], 0.0)
    whole = np.array([taken[at == y].sum() for y in at])
    # The first tax year is short as it is; a later one that the periods do not fill is not claimed whole.
    whole = np.where((at == at[-1]) & (at > 0), np.maximum(whole, 1.0), whole)
    inside = taken / whole
    opened = np.where(first == 0, 1.0, 0.0)
    return np.asarray(
        basis[..., None] * (part[..., None] * opened + (1 - part[..., None]) * (by_end - before)) * inside
    )


@dataclass(frozen=True, slots=True)
class Taxed:
    """Cash flow available for debt service before and after tax, shape (..., periods).

    Attributes
    ----------
    pre_tax, post_tax
        Before and after cash tax.
    tax
        Cash tax.
    losses
        Carried forward at the end of each period.
    """

    pre_tax: Floats
    post_tax: Floats
    tax: Floats
    losses: Floats


def after_tax(
    pre_tax: npt.ArrayLike,
    interest: npt.ArrayLike,
    depreciation: npt.ArrayLike,
    tax_rate: npt.ArrayLike,
    opening_losses: npt.ArrayLike = 0.0,
    loss_use_limit: npt.ArrayLike = 1.0,
) -> Taxed:
    """Return the cash flow before and after tax, each by its name.

    ``post_k = pre_k − tax_k`` with the tax of `xlmodel.asset.cfads.cash_tax`

    Parameters
    ----------
    pre_tax
        Cash flow available for debt service before tax, any sign, by period.
    interest
        Accrued on the *opening* balance of each period, which is known before the tax: nothing is circular.
    depreciation, tax_rate, opening_losses, loss_use_limit
        As of `cash_tax`.

    Examples
    --------
    >>> after_tax([50, 80, 80], [10, 8, 6], [70, 30, 0], 0.25).post_tax.tolist()
    [50.0, 77.0, 61.5]
    """
    cash = series("pre_tax", pre_tax)
    due = cash_tax(cash, interest, depreciation, tax_rate, opening_losses, loss_use_limit)
    before = np.broadcast_to(cash, due.tax.shape).copy()
    return Taxed(before, before - due.tax, due.tax, due.losses)
