"""The whole financing of a deal: sources and uses, the waterfall by period, what lender and equity earn."""

from dataclasses import dataclass

import numpy as np

from xlmodel.deal.inputs import Deal, Financing
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
    hardware, reserve, fee, discount
        Uses of money at closing; the discount is lent and not paid out.
    debt, prepaid, equity
        Its sources.
    target
        What the debt service reserve should hold, at closing and after each payment: by the schedule and to the dollar,
        or, where a sweep shortens the schedule, as things then stand.
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
    discount: float
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
    deal: Deal,
    line: Timeline,
    cfads: Floats,
    tranches: list[tuple[Floats, Schedule]],
    economic: Floats,
    settled: Floats,
    put_in: Floats,
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
    economic
        Market value of the hardware after each period, USD, for the bands of a sweep.
    settled
        What a swap settles, USD by period, positive when received; a payment ranks with interest of the first rank.
    put_in
        What equity puts in to cure covenants, USD by period.

    Raises
    ------
    DealError
        Sources that exceed the uses, a rate below 0.
    """
    terms = deal.financing
    if terms is None:
        return None
    ranks = [described.rank for described in deal.debt]
    first, months = min(ranks), amount(terms.reserve_months)
    service = sum((s.debt_service for rank, (_, s) in zip(ranks, tranches, strict=True) if rank == first),
                  np.maximum(-settled, 0.0))  # fmt: skip
    target = dsra_target(service, months, line.frequency)
    if not terms.sweeps:
        # To the dollar, so that a target which stays the same neither fills nor releases what is rounding.
        target = np.floor(target + 0.5)
    hardware, lent = sum(a.cost.value for a in deal.assets), float(sum(s.opening[0] for _, s in tranches))
    reserve, prepaid = float(target[0]), amount(terms.prepaid)
    fee, discount = amount(terms.upfront_fee) * lent, amount(terms.discount) * lent
    equity = hardware + reserve + fee + discount - lent - prepaid
    if equity < 0:
        raise DealError([
            f"financing: debt of {lent:,.0f} USD and prepaid must not exceed hardware, reserve, fee and discount "
            f"together, they do by {-equity:,.0f} USD"
        ])  # fmt: skip
    ahead = months * line.frequency / 12 if terms.sweeps else 0.0
    try:
        paid = waterfall(
            cfads,
            [
                term_sheet.Tranche(s.opening[0], rate, s.principal, rank)
                for rank, (rate, s) in zip(ranks, tranches, strict=True)
            ],
            [term_sheet.Reserve(0.0 if ahead else target[1:], reserve, first, periods_ahead=ahead)],
            fees=amount(terms.agency_fee) * line.length,
            hedge=settled,
            equity=put_in,
            sweep=_sweep(terms, economic),
            lockup=_lockup(terms, line),
            minimum_cash=amount(terms.minimum_cash),
        )
    except ModelError as error:
        raise DealError([f"financing: {error.sentence}"]) from None
    received = np.sum([t.received for t in paid.tranches], axis=0)
    lender = lender_flows(lent, received, discount=amount(terms.discount), upfront_fee=amount(terms.upfront_fee))
    left = float(paid.cash[-1] + paid.reserves[0].closing[-1])
    sponsors = equity_flows(equity, paid.distribution, put_in, left)
    dates = np.append(line.closing, line.ends)
    return Financed(
        hardware=hardware,
        reserve=reserve,
        fee=fee,
        discount=discount,
        debt=lent,
        prepaid=prepaid,
        equity=equity,
        target=np.append(reserve, paid.reserves[0].target),
        paid=paid,
        lender_flows=lender,
        equity_flows=sponsors,
        lender=investor_return(lender, line.frequency, dates),
        equity_return=investor_return(sponsors, line.frequency, dates),
    )


def _sweep(terms: Financing, economic: Floats) -> term_sheet.Sweep | None:
    if not terms.sweeps:
        return None
    return term_sheet.Sweep(
        amount(terms.sweep),
        tuple((band.loan_to_value.value, band.share.value) for band in terms.sweep_bands),
        economic if terms.sweep_bands else None,
        amount(terms.sweep_down_to),
    )


def _lockup(terms: Financing, line: Timeline) -> term_sheet.LockUp | None:
    if terms.lockup is None:
        return None
    window = 1 if terms.lockup_months is None else max(1, round(terms.lockup_months.value * line.frequency / 12))
    return term_sheet.LockUp(terms.lockup.value, window)
