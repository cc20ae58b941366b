"""The tax of a deal: what is written off, what is carried forward, and the cash flow before and after tax."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.asset.tax import MACRS_5, dated_depreciation
from xlmodel.deal.inputs import Deal, Tax
from xlmodel.deal.quantity import each
from xlmodel.deal.timeline import Timeline
from xlmodel.loan.term_sheet import Taxation
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Taxed:
    """Tax by period, USD, time last.

    Attributes
    ----------
    first_year_end
        The last day of the tax year in which closing falls.
    year
        Tax year in which each period ends, from 0.
    depreciation
        Written off for tax.
    profit
        Taxable before losses carried forward: cash less fees and interest after the swap less depreciation.
    used, losses
        Losses that absorb profit, and those carried forward at the end of each period.
    tax, post_tax
        Cash tax, and CFADS after it.
    """

    first_year_end: np.datetime64
    year: Floats
    depreciation: Floats
    profit: Floats
    used: Floats
    losses: Floats
    tax: Floats
    post_tax: Floats


def taxation(deal: Deal, line: Timeline) -> Taxation | None:
    """Return the tax as the waterfall takes it, None for a deal that describes none."""
    terms = deal.tax
    if terms is None:
        return None
    cost = np.asarray(sum((each(asset.cost) for asset in deal.assets), np.zeros(())))
    year = tax_year(line, terms.year_end_month)
    off = dated_depreciation(cost, shares(terms), year, line.length, each(terms.bonus))
    limit = 1.0 if terms.loss_use_limit is None else each(terms.loss_use_limit)
    return Taxation(terms.rate.value, off, each(terms.losses), limit)


def taxed(deal: Deal, line: Timeline, pre_tax: Floats, deducted: Floats, levy: Floats) -> Taxed | None:
    """Return the tax of a deal that describes one, line by line, else None.

    Parameters
    ----------
    deal, line
        The deal and its dates.
    pre_tax
        Cash flow available for debt service before tax, USD by period.
    deducted
        Interest that accrued and fees, less what a swap settles, USD by period.
    levy
        The tax that was paid on it, USD by period.
    """
    terms, rules = deal.tax, taxation(deal, line)
    if terms is None or rules is None:
        return None
    ends = first_tax_year(line, terms.year_end_month)
    off, limit = np.asarray(rules.depreciation), np.asarray(rules.loss_use_limit)
    profit = pre_tax - deducted - off
    used, losses = np.zeros(profit.shape), np.zeros(profit.shape)
    carried = np.zeros(profit.shape[:-1]) + rules.losses
    for k in range(profit.shape[-1]):
        used[..., k] = np.minimum(carried, limit * np.maximum(profit[..., k], 0.0))
        carried = carried + np.maximum(-profit[..., k], 0.0) - used[..., k]
        losses[..., k] = carried
    year: Floats = np.zeros(profit.shape) + tax_year(line, terms.year_end_month)
    return Taxed(ends, year, off + np.zeros(profit.shape), profit, used, losses, levy, pre_tax - levy)


def shares(terms: Tax) -> tuple[float, ...]:
    """Return the shares of cost written off by tax year."""
    if terms.tax_life is None:
        return MACRS_5
    years = round(float(np.max(terms.tax_life.value)) / 12)
    return (1 / years,) * years


def tax_year(line: Timeline, month: int) -> npt.NDArray[np.intp]:
    """Return the tax year in which each period ends, counted from 0 for the first that ends after closing."""
    first = first_tax_year(line, month)
    months = line.ends.astype("datetime64[M]").astype(np.int64)
    ended = months // 12 + (months % 12 + 1 > month)
    last = first.astype("datetime64[M]").astype(np.int64)
    return np.asarray(ended - last // 12, dtype=np.intp)


def first_tax_year(line: Timeline, month: int) -> np.datetime64:
    """Return the end of the first tax year that ends after closing."""
    year = int(str(line.closing)[:4])
    ends = _month_end(year, month)
    if ends <= line.closing:
        ends = _month_end(year + 1, month)
    return ends


def _month_end(year: int, month: int) -> np.datetime64:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return np.datetime64(following - dt.timedelta(days=1), "D")
