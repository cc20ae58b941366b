"""The tranches of a deal: the rate of every period and the schedule of each."""

from dataclasses import dataclass, replace

import numpy as np

from xlmodel.deal.inputs import Deal, Debt
from xlmodel.deal.quantity import amount, each, given
from xlmodel.deal.refusal import DealError
from xlmodel.deal.terms.market import BASE, Market
from xlmodel.deal.timeline import Timeline
from xlmodel.errors import InputError, ModelError
from xlmodel.loan.accrual import floating_rate
from xlmodel.loan.schedule import Schedule, schedule, stack
from xlmodel.loan.sculpt import sculpt_to_debt
from xlmodel.maths.day_counts import accrual_factors
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Tranche:
    """One tranche, by period.

    Attributes
    ----------
    name
        As described.
    accrual
        Length of every period by its day count, years.
    annual, rate
        Its rate, a year and for the period.
    schedule
        What falls due while everything is paid and nothing is prepaid.
    pik
        Share of the interest added to the debt.
    undrawn
        Still to be drawn at the start of the period, USD.
    """

    name: str
    accrual: Floats
    annual: Floats
    rate: Floats
    schedule: Schedule
    pik: Floats
    undrawn: Floats


def tranches(deal: Deal, line: Timeline, market: Market, cash: Floats) -> tuple[Tranche, ...]:
    """Return every tranche of a deal.

    Parameters
    ----------
    deal, line, market
        The deal, its dates, and what the market does.
    cash
        Cash flow available for debt service before tax, USD by period, which a sculpted tranche follows.

    Raises
    ------
    DealError
        A tranche that cannot be repaid so; the sentence names it by its place.
    """
    return tuple(_tranche(deal, i, line, market, cash) for i in range(len(deal.debt)))


def _tranche(deal: Deal, index: int, line: Timeline, market: Market, cash: Floats) -> Tranche:
    try:
        return _scheduled(deal.debt[index], line, market, cash)
    except ModelError as error:
        # The engine knows its arguments, the reader of a deal file knows fields.
        raise DealError([f"debt[{index}]: {error.sentence}"]) from None


def base_rate(tranche: Debt, line: Timeline, market: Market) -> Floats:
    """Return the base rate of every period before a floor: fixed at the start of the period."""
    if not tranche.curve:
        return market.shifted(np.asarray(amount(tranche.index)))
    starts = np.append(line.closing, line.ends[:-1])
    dates = np.array([np.datetime64(p.date, "D") for p in tranche.curve])
    rates = np.concatenate([np.atleast_1d(p.rate.value) for p in tranche.curve], axis=-1)
    return market.shifted(rates[..., np.maximum(np.searchsorted(dates, starts, side="right") - 1, 0)])


def margin(tranche: Debt, line: Timeline) -> Floats:
    """Return the margin of every period, or its fixed rate: the last step by the start of the period."""
    own = np.asarray(amount(tranche.margin if tranche.rate is None else tranche.rate))
    if not tranche.steps:
        return own
    starts = np.append(line.closing, line.ends[:-1])
    found = np.broadcast_to(own, (*own.shape[:-1], starts.size))
    for step in tranche.steps:
        found = np.where(starts >= np.datetime64(step.date, "D"), step.margin.value, found)
    return np.asarray(found)


def annual_rate(tranche: Debt, line: Timeline, market: Market) -> Floats:
    """Return the annual rate of every period."""
    added = margin(tranche, line)
    if not tranche.floats:
        return added
    return floating_rate(base_rate(tranche, line, market), added, given(tranche.floor))


def _scheduled(tranche: Debt, line: Timeline, market: Market, cash: Floats) -> Tranche:
    accrual = accrual_factors(line.closing, line.ends, tranche.day_count, line.frequency)
    planned = (annual_rate(tranche, line, BASE) + np.zeros(line.ends.shape)) * accrual
    count = line.payments(tranche.maturity)
    draws = np.zeros(line.ends.shape)
    for i, draw in enumerate(tranche.draws):
        at = line.payments(draw.date, f"draws[{i}].date") - 1
        draws = draws + draw.amount.value * (np.arange(line.ends.size) == at)
    pik = _pik(tranche, line)
    plan = _repaid(tranche, line, planned[..., :count], count, draws[..., :count], pik[..., :count], cash)
    # Beside a loan of nothing over all periods it is as long as they are.
    plan = stack(plan, schedule(0, 0, line.ends.size))
    annual = annual_rate(tranche, line, market) + np.zeros(line.ends.shape)
    rate = annual * accrual
    if market.base_rate is not None:
        # Principal is paid as it was planned at closing, interest at the rate of the day.
        interest = (plan.opening + 0.0) * rate
        capitalised = pik * interest
        plan = replace(
            plan, interest=interest, capitalised=capitalised, debt_service=interest - capitalised + plan.principal
        )
    ahead = np.cumsum(draws[..., ::-1], axis=-1)[..., ::-1]
    return Tranche(tranche.name, accrual + np.zeros(rate.shape), annual, rate, plan, pik, ahead + np.zeros(rate.shape))


def _pik(tranche: Debt, line: Timeline) -> Floats:
    """The share of each period's interest that is added to the debt."""
    share = np.asarray(amount(tranche.pik)) * np.ones(line.ends.shape)
    if tranche.pik_until is not None:
        share = np.where(line.ends <= np.datetime64(tranche.pik_until, "D"), share, 0.0)
    if tranche.grace_interest == "capitalised":
        share = np.where(np.arange(line.ends.size) < _grace(tranche, line), 1.0, share)
    return np.asarray(share)


def _grace(tranche: Debt, line: Timeline) -> int:
    """How many periods pay no principal; a fraction of a period is a period."""
    months = 0.0 if tranche.grace is None else float(np.max(tranche.grace.value))
    return int(np.sum(line.begins * 12 < months - 1e-7))


def _repaid(
    tranche: Debt, line: Timeline, rate: Floats, count: int, draws: Floats, pik: Floats, cash: Floats
) -> Schedule:
    drawn, profile, grace = each(tranche.amount), tranche.amortisation, _grace(tranche, line)
    if grace >= count:
        raise InputError(f"grace must end before the last of {count} payments, got {grace} periods", "grace")
    if profile == "custom":
        listed = [each(p) for p in tranche.principal]
        if len(listed) > count:
            raise InputError(
                f"principal must list at most {count} payments, one a period, got {len(listed)}", "principal"
            )
        paid = np.stack(
            [*np.broadcast_arrays(*listed), *([np.zeros(np.shape(drawn))] * (count - len(listed)))], axis=-1
        )
        return schedule(drawn, rate, count, "custom", shares=paid / np.asarray(drawn)[..., None])
    if profile == "sculpted":
        return sculpt_to_debt(cash[..., :count], drawn, rate, balloon=each(tranche.balloon)).schedule
    fixed = None
    if profile == "payment":
        profile, fixed = "level", each(tranche.payment)
    elif tranche.amortises_over is not None:
        fixed = _level_over(tranche, line, rate, count)
    return schedule(
        drawn, rate, count, profile, balloon=each(tranche.balloon), grace=grace, grace_interest="paid",
        pik=pik, payment=fixed, draws=draws, draw_timing="end" if tranche.draws else "start",
    )  # fmt: skip


def _level_over(tranche: Debt, line: Timeline, rate: Floats, count: int) -> Floats:
    """The level payment that would repay the tranche over a longer time at its last rate."""
    assert tranche.amortises_over is not None  # noqa: S101  the caller asked
    longer = round(float(np.max(tranche.amortises_over.value)) * line.frequency / 12)
    if longer < count:
        raise InputError(
            f"amortises_over must reach beyond the {count} payments, got {longer} periods", "amortises_over"
        )
    beyond = np.broadcast_to(rate[..., -1:], (*rate.shape[:-1], longer - count))
    return schedule(each(tranche.amount), np.concatenate([rate, beyond], axis=-1), longer).debt_service[..., 0]


def commitment_fees(deal: Deal, found: tuple[Tranche, ...]) -> Floats:
    """Return the fees on what is not drawn yet, USD by period."""
    due = [t.undrawn * amount(d.commitment_fee) * t.accrual for d, t in zip(deal.debt, found, strict=True) if d.draws]
    return np.asarray(sum(due, np.zeros(())))
