"""The whole financing of a deal: sources and uses, the waterfall by period, what lender and equity earn."""

from dataclasses import dataclass

import numpy as np

from xlmodel.deal.inputs import Deal
from xlmodel.deal.quantity import amount
from xlmodel.deal.refusal import DealError
from xlmodel.deal.timeline import Timeline
from xlmodel.errors import ModelError
from xlmodel.loan import term_sheet
from xlmodel.loan.reserves import dsra_target
from xlmodel.loan.returns import Return, equity_flows, investor_return, lender_flows
from xlmodel.loan.schedule import Schedule
from xlmodel.loan.waterfall import waterfall
from xlmodel.loan.waterfall_lines import Waterfall
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Financed:
    """A financing run whole, in USD.

    Attributes
    ----------
    hardware, reserve, fee
        Uses of money at closing.
    debt, prepaid, equity
        Its sources.
    target
        What the debt service reserve should hold, at closing and after each payment, to the dollar.
    paid
        Every payment by period.
    lender_flows, equity_flows
        From closing on; with the last period the equity gets what is left on the account and in the reserve.
    lender, equity_return
        What those flows earn on their dates.
    """

    hardware: float
    reserve: float
    fee: float
    debt: float
    prepaid: float
    equity: float
    target: Floats
    paid: Waterfall
    lender_flows: Floats
    equity_flows: Floats
    lender: Return
    equity_return: Return


def financed(
    deal: Deal, line: Timeline, cfads: Floats, tranches: list[tuple[Floats, Schedule]], debt: Schedule
) -> Financed | None:
    """Return the financing of a deal that describes one, else None.

    Parameters
    ----------
    deal, line
        The deal and its dates.
    cfads
        Cash flow available for debt service, USD by period.
    tranches
        The rate of each period and the schedule of every tranche.
    debt
        All tranches together.

    Raises
    ------
    DealError
        Sources that exceed the uses, a rate below 0.
    """
    terms = deal.financing
    if terms is None:
        return None
    # To the dollar, so that a target which stays the same neither fills nor releases what is rounding.
    target = np.round(dsra_target(debt.debt_service, amount(terms.reserve_months), line.frequency))
    hardware, lent = sum(a.cost.value for a in deal.assets), float(debt.opening[0])
    reserve, share, prepaid = float(target[0]), amount(terms.upfront_fee), amount(terms.prepaid)
    fee = share * lent
    equity = hardware + reserve + fee - lent - prepaid
    if equity < 0:
        raise DealError([
            f"financing: debt of {lent:,.0f} USD and prepaid must not exceed hardware, reserve and fee together, "
            f"they do by {-equity:,.0f} USD"
        ])  # fmt: skip
    try:
        paid = waterfall(
            cfads,
            [term_sheet.Tranche(s.opening[0], rate, s.principal) for rate, s in tranches],
            [term_sheet.Reserve(target=target[1:], opening=reserve)],
            lockup=None if terms.lockup is None else term_sheet.LockUp(terms.lockup.value),
            minimum_cash=amount(terms.minimum_cash),
        )
    except ModelError as error:
        raise DealError([f"financing: {error.sentence}"]) from None
    received = np.sum([t.received for t in paid.tranches], axis=0)
    lender = lender_flows(lent, received, upfront_fee=share)
    left = float(paid.cash[-1] + paid.reserves[0].closing[-1])
    sponsors = equity_flows(equity, paid.distribution, residual=left)
    dates = np.append(line.closing, line.ends)
    return Financed(
        hardware=hardware,
        reserve=reserve,
        fee=fee,
        debt=lent,
        prepaid=prepaid,
        equity=equity,
        target=target,
        paid=paid,
        lender_flows=lender,
        equity_flows=sponsors,
        lender=investor_return(lender, line.frequency, dates),
        equity_return=investor_return(sponsors, line.frequency, dates),
    )
