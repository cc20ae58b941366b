"""Spot rent: what an hour without a contract earns, falling or rising at a rate or through dated points."""

import numpy as np

from xlmodel.asset.rental import constant_curve, curve_through
from xlmodel.deal.inputs import Merchant
from xlmodel.deal.quantity import each
from xlmodel.deal.terms.market import Market
from xlmodel.deal.timeline import Timeline
from xlmodel.maths.domain import Floats
from xlmodel.maths.rates import continuous_annuity

# Only the ratio of two stretches of a curve through points matters, so any year will do.
_DAYS = 365.25


def spot_rent(merchant: Merchant, line: Timeline, market: Market) -> Floats:
    """Return the spot rent of every period, USD a unit-hour, at the moment that the description names."""
    back = {"start": 1.0, "end": 0.0}.get(merchant.timing, 0.5)
    if merchant.rent is None or merchant.annual_deflation is None:
        first = np.datetime64(merchant.points[0].date, "D")
        ends = _days(line.ends, first)
        begins = _days(np.append(line.closing, line.ends[:-1]), first)
        return market.spot(_through(merchant, (ends - back * (ends - begins)) / _DAYS))
    curve = constant_curve(each(merchant.rent), each(merchant.annual_deflation))
    if merchant.timing == "average":
        averaged = continuous_annuity(curve.decline_cc, line.length) / line.length
        return market.spot(np.asarray(curve.at(line.begins) * averaged))
    return market.spot(curve.at(line.years - back * line.length))


def rent_at(merchant: Merchant, line: Timeline, market: Market, years: Floats) -> Floats:
    """Return the spot rent at one moment of each loan, years from closing, a column (loans, 1) for a stack."""
    if merchant.rent is None or merchant.annual_deflation is None:
        first = np.datetime64(merchant.points[0].date, "D")
        since = float(_days(line.closing, first)) / _DAYS
        rows = [_through(merchant, np.atleast_1d(since + y)) for y in np.atleast_1d(years).ravel()]
        found = np.array([row[min(i, row.shape[0] - 1)] if row.ndim > 1 else row for i, row in enumerate(rows)])
    else:
        found = merchant.rent.value * (1 - merchant.annual_deflation.value) ** np.maximum(years, 0.0)
    if market.rent is None:
        return np.asarray(found)
    at = np.minimum(np.searchsorted(line.years, np.max(years) - 1e-9), line.years.size - 1)
    return np.asarray(found * market.rent[..., at : at + 1])


def _through(merchant: Merchant, moments: Floats) -> Floats:
    points = np.array([np.datetime64(p.date, "D") for p in merchant.points])
    rents = np.stack([np.asarray(each(p.rent)) for p in merchant.points], axis=-1)
    return curve_through(_days(points, points[0]) / _DAYS, rents).at(moments)


def _days(dates: object, first: np.datetime64) -> Floats:
    return np.asarray((np.asarray(dates) - first).astype(np.float64))
