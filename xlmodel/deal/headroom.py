"""How far every covenant of a deal is from its default level, in the ratio, in per cent and in money."""

from dataclasses import dataclass

import numpy as np

from xlmodel.deal.results import Results
from xlmodel.deal.terms.covenants import CovenantTest
from xlmodel.errors import NOT_TESTED
from xlmodel.loan.covenant import headroom
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Room:
    """How far a covenant is from its default level, by period; undefined where nothing is tested.

    Attributes
    ----------
    points
        In the unit of the ratio, negative once the level is broken.
    share, money
        Of the cash, or of the value, that may be lost until the level breaks, as a fraction and in USD.
    cash, service
        What a coverage counts over its periods, USD; 0 for a loan to value.
    """

    points: Floats
    share: Floats
    money: Floats
    cash: Floats
    service: Floats


def room(analysis: Results, test: CovenantTest) -> Room:
    """Return the headroom of a covenant.

    Parameters
    ----------
    analysis
        The deal.
    test
        One of its covenants.
    """
    record, level, seen = test.record, test.default, ~np.isnan(test.ratio)
    side = record.direction
    points = test.ratio - level if side == "below" else level - test.ratio
    cash = service = np.zeros(level.shape)
    if side == "below":
        ahead, back = {"dscr_ltm": (0, analysis.periods_per_year), "dscr_ntm": (analysis.periods_per_year, 0)}.get(
            record.metric, (0, 1)
        )
        cash, service = (_counted(flow, back, ahead) for flow in (analysis.cfads, analysis.debt_service))
        money = cash - level * service
    else:
        values = analysis.values
        worth = {"ltv_nominal": values.cost, "ltv_adjusted": values.economic}.get(record.metric, values.liquidation)
        assert worth is not None  # noqa: S101  a deal that tests it has a sale
        money = worth - analysis.balance / level
    return Room(points, headroom(test.ratio, level, side), np.where(seen, money, NOT_TESTED.nan), cash, service)


def _counted(flow: Floats, back: int, ahead: int) -> Floats:
    """The sum of a flow over so many periods up to each, or so many after it."""
    sums = np.concatenate([[0.0], np.cumsum(flow)])
    at = np.arange(flow.size)
    first, last = (at + 1, at + 1 + ahead) if ahead else (at + 1 - back, at + 1)
    return np.asarray(sums[np.clip(last, 0, flow.size)] - sums[np.clip(first, 0, flow.size)])
