"""What lender and equity put in and get, and what it earns them, on the dates of the deal."""

from dataclasses import dataclass, fields

import numpy as np

from xlmodel.deal.inputs import Deal
from xlmodel.deal.quantity import each
from xlmodel.deal.stack import PerLoan
from xlmodel.deal.terms.waterfall import Uses
from xlmodel.deal.timeline import Timeline
from xlmodel.loan.returns import Return, equity_flows, investor_return, lender_flows
from xlmodel.loan.waterfall_lines import Waterfall
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Financed:
    """A financing run whole, in USD.

    Attributes
    ----------
    hardware, reserve, fee, discount
        Uses of money at closing; the discount is lent and not paid out.
    debt, prepaid, equity
        Its sources.
    target
        What the debt service reserve should hold, at closing and after each payment: by the schedule, or, where a
        sweep shortens the schedule, as things then stand.
    paid
        Every payment by period.
    lender_flows, equity_flows
        From closing on; with the last period the equity gets what is left on the account and in the reserve.
    lender, equity_return
        What those flows earn on their dates.
    """

    hardware: PerLoan
    reserve: PerLoan
    fee: PerLoan
    discount: PerLoan
    debt: PerLoan
    prepaid: PerLoan
    equity: PerLoan
    target: Floats
    paid: Waterfall
    lender_flows: Floats
    equity_flows: Floats
    lender: Return
    equity_return: Return


def financed(deal: Deal, line: Timeline, uses: Uses, paid: Waterfall) -> Financed | None:
    """Return what a financing comes to and earns, None for a deal that describes none.

    Parameters
    ----------
    deal, line
        The deal and its dates.
    uses
        Sources and uses at closing.
    paid
        What its waterfall pays.
    """
    terms = deal.financing
    if terms is None:
        return None
    received = np.sum([t.received for t in paid.tranches], axis=0)
    draws = np.sum([t.draws for t in paid.tranches], axis=0)
    lender = lender_flows(
        uses.debt, received, discount=each(terms.discount), upfront_fee=each(terms.upfront_fee), draws=draws
    )
    left = paid.cash[..., -1] + paid.reserves[0].closing[..., -1]
    sponsors = equity_flows(uses.equity, paid.distribution, paid.equity + paid.cure_prepaid, left)
    dates = np.append(line.closing, line.ends)
    rows = paid.cash.shape[:-1]
    closing = {f.name: np.broadcast_to(getattr(uses, f.name), rows).copy() for f in fields(Uses)}
    target = np.concatenate([closing["reserve"][..., None], paid.reserves[0].target], axis=-1)
    return Financed(
        **closing,
        target=target,
        paid=paid,
        lender_flows=lender,
        equity_flows=sponsors,
        lender=investor_return(lender, line.frequency, dates),
        equity_return=investor_return(sponsors, line.frequency, dates),
    )
