"""The tax of a deal: what is written off, what is carried forward, and the cash flow before and after tax."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from xlmodel.asset.tax import MACRS_5, after_tax, tax_depreciation
from xlmodel.deal.inputs import Deal, Tax
from xlmodel.deal.quantity import amount
from xlmodel.deal.timeline import Timeline
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Taxed:
    """Tax by period, USD, time last.

    Attributes
    ----------
    first_year_end
        The last day of the tax year in which the first period ends.
    first_year_periods
        Periods that end by then, at least 1.
    year
        Tax year of each period, from 0.
    depreciation
        Written off for tax.
    profit
        Taxable before losses carried forward: cash less interest after the swap less depreciation.
    used, losses
        Losses that absorb profit, and those carried forward at the end of each period.
    tax, post_tax
        Cash tax, and CFADS after it.
    """

    first_year_end: np.datetime64
    first_year_periods: int
    year: Floats
    depreciation: Floats
    profit: Floats
    used: Floats
    losses: Floats
    tax: Floats
    post_tax: Floats


def taxed(deal: Deal, line: Timeline, pre_tax: Floats, interest: Floats) -> Taxed | None:
    """Return the tax of a deal that describes one, else None.

    Parameters
    ----------
    deal, line
        The deal and its dates.
    pre_tax
        Cash flow available for debt service before tax, USD by period.
    interest
        Scheduled, after what a swap settles, USD by period.
    """
    terms = deal.tax
    if terms is None:
        return None
    ends, first = first_tax_year(line, terms.year_end_month)
    cost = sum(asset.cost.value for asset in deal.assets)
    count = line.ends.size
    off = tax_depreciation(cost, shares(terms), count, line.frequency, first, amount(terms.bonus))
    limit = 1.0 if terms.loss_use_limit is None else terms.loss_use_limit.value
    # A swap may bring more than the interest: what is left over is income.
    found = after_tax(pre_tax - interest, 0.0, off, terms.rate.value, amount(terms.losses), limit)
    profit = pre_tax - interest - off
    used = np.minimum(np.append(amount(terms.losses), found.losses[:-1]), limit * np.maximum(profit, 0.0))
    year = np.where(np.arange(count) < first, 0.0, 1.0 + (np.arange(count) - first) // line.frequency)
    return Taxed(ends, first, year, off, profit, used, found.losses, found.tax, pre_tax - found.tax)


def shares(terms: Tax) -> tuple[float, ...]:
    """Return the shares of cost written off by tax year."""
    if terms.tax_life is None:
        return MACRS_5
    years = round(terms.tax_life.value / 12)
    return (1 / years,) * years


def first_tax_year(line: Timeline, month: int) -> tuple[np.datetime64, int]:
    """Return the end of the first tax year that ends after closing, and how many periods end by then, at least 1."""
    year = line.closing.astype("datetime64[Y]").astype(int) + 1970
    ends = _month_end(year, month)
    if ends <= line.closing:
        ends = _month_end(year + 1, month)
    return ends, max(1, int(np.sum(line.ends <= ends)))


def _month_end(year: int, month: int) -> np.datetime64:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return np.datetime64(following - dt.timedelta(days=1), "D")
