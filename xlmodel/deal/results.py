"""From descriptions to their numbers: cash, debt, coverage, collateral, covenants, all on one row of dates.

The terms of a deal run in their order over a stack: one deal, the loans of a tape, or the paths of a simulation. What
is owed, due and paid is what the waterfall says, in every one of its lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.haircut import Haircut
from xlmodel.collateral.ltv import three_ltv
from xlmodel.deal.inputs import Deal, Measure
from xlmodel.deal.quantity import each
from xlmodel.deal.stack import PerLoan, stacked
from xlmodel.deal.terms.covenants import CovenantTest, agreed, tested
from xlmodel.deal.terms.earnings import Earnings, earnings
from xlmodel.deal.terms.hardware import Values
from xlmodel.deal.terms.hedge import Swap, swapped
from xlmodel.deal.terms.market import BASE, Market
from xlmodel.deal.terms.outstanding import as_paid, outstanding
from xlmodel.deal.terms.returns import Financed, financed
from xlmodel.deal.terms.sale import on_date, range_at_closing, values_of
from xlmodel.deal.terms.tax import Taxed, taxed
from xlmodel.deal.terms.tranche import Tranche, commitment_fees, tranches
from xlmodel.deal.terms.waterfall import Terms, payments, reserve_target, uses_of
from xlmodel.deal.timeline import Timeline, timeline
from xlmodel.errors import NO_BALANCE
from xlmodel.loan import coverage
from xlmodel.loan.covenant import Status
from xlmodel.loan.mismatch import underwater
from xlmodel.loan.schedule import Schedule, stack
from xlmodel.loan.waterfall_lines import Waterfall
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Results:
    """The numbers of a stack of deals, or of one; arrays have time last, one place for each of `dates`.

    In a stack every array has the loans, or the paths, in front. A year is so many periods of the frequency, which on
    dates with a stub is not exactly twelve months.

    Attributes
    ----------
    closing, dates
        Closing and the ends of the periods.
    earnings
        Rent, revenue by kind, prepayment, operating cost, CFADS before tax.
    tax, swap
        The tax and what it leaves, and the swap; None where the deal describes none.
    tranches
        Every tranche: its rates and its schedule.
    scheduled, debt
        All tranches together: by the schedule alone, and as the waterfall pays them.
    paid_tranches
        Every tranche as the waterfall pays it.
    paid
        The waterfall: who is paid from the cash of every period.
    balance
        Outstanding after each payment, interest past due included.
    cfads, debt_service
        What coverage is made of: cash flow after tax, and the service of all tranches that falls due on the balance
        then outstanding, after what a swap settles.
    dscr, dscr_ltm, dscr_ntm
        Coverage of the period, of the year back, of the year ahead.
    at_close, values
        Values at closing and on the dates.
    ltv_nominal, ltv_adjusted, ltv_liquidation
        Loan to cost, to market value and to sale proceeds; the last is None without a sale.
    haircut
        The haircut of a sale that starts on the first default, or at closing when there is none.
    sold
        The position of the period in which that sale starts, −1 for closing.
    range_at_close
        Lowest and highest value found for the hardware at closing, None where nobody gave a range.
    underwater
        Position of the first date on which more is owed than the hardware is worth, −1 for none.
    recovery
        Share of the claim that a sale at closing would pay, None without claim or sale.
    measures
        The ratios the deal names itself.
    financing
        What a financing comes to and earns, None where the deal describes none.
    """

    deal: Deal
    timeline: Timeline
    earnings: Earnings
    tax: Taxed | None
    swap: Swap | None
    tranches: tuple[Tranche, ...]
    scheduled: Schedule
    debt: Schedule
    paid_tranches: tuple[Schedule, ...]
    paid: Waterfall
    balance: Floats
    cfads: Floats
    debt_service: Floats
    dscr: Floats
    dscr_ltm: Floats
    dscr_ntm: Floats
    at_close: Values
    values: Values
    range_at_close: tuple[PerLoan, PerLoan] | None
    ltv_nominal: Floats
    ltv_adjusted: Floats
    ltv_liquidation: Floats | None
    haircut: Haircut | None
    sold: PerLoan
    underwater: PerLoan
    covenants: tuple[CovenantTest, ...]
    recovery: PerLoan | None
    measures: tuple[tuple[Measure, PerLoan], ...]
    financing: Financed | None

    @property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """Ends of the periods."""
        return self.timeline.ends

    @property
    def closing(self) -> np.datetime64:
        """The closing date."""
        return self.timeline.closing

    @property
    def periods_per_year(self) -> int:
        """12, 4, 2 or 1."""
        return self.timeline.frequency

    @property
    def haircut_date(self) -> Any:
        """The date on which the sale of the haircut starts."""
        return self.closing if self.sold < 0 else self.dates[self.sold]

    @property
    def underwater_date(self) -> Any:
        """The first date on which more is owed than the hardware is worth, closing included, or None."""
        if float(self.debt.opening[0]) > float(self.at_close.economic[0]):
            return self.closing
        return None if self.underwater < 0 else self.dates[self.underwater]

    @property
    def coverage_name(self) -> str:
        """What cash over debt service is called: DSCR, unless the deal says that it is none."""
        return "DSCR" if self.deal.cash is None else self.deal.cash.ratio


def analyse_stack(
    deal: Deal, loans: int, columns: Mapping[str, Floats] | None = None, market: Market = BASE
) -> Results:
    """Return the numbers of many loans of one structure, or of one deal over many paths of the market.

    Parameters
    ----------
    deal
        What all have in common, and the number of every path of the description that has no column.
    loans
        How many there are; 1 for paths of the market.
    columns
        Numbers by path of the description, such as `debt[0].margin`, shape (loans,), in base units.
    market
        What the market does; its paths are the leading axis.

    Returns
    -------
    Results
        Every array has the loans, or the paths, in front.

    Raises
    ------
    ModelError
        Inputs that are each possible but have no answer together, such as a payment below the interest.
    """
    line = timeline(deal.timeline)
    many = stacked(deal, loans, columns)
    rows = (max(loans, market.paths),)
    shape = (*rows, line.ends.size)
    base = earnings(many, line)
    earned = base if market is BASE else earnings(many, line, market)
    found = tranches(many, line, market, base.cfads)
    swap = swapped(many, line, market, found)
    settled = np.zeros(shape) if swap is None else swap.settlement + np.zeros(shape)
    now, cut_now = values_of(many, line, np.zeros(1), market, at_closing=True)
    values, cuts = values_of(many, line, line.years, market)
    agent = (
        np.zeros(())
        if deal.financing is None or deal.financing.agency_fee is None
        else (
            many.financing.agency_fee.value  # type: ignore[union-attr]
        )
    )
    terms = Terms(
        cash=earned.cfads + np.zeros(shape),
        fees=agent * line.length + commitment_fees(many, found) + np.zeros(shape),
        settled=settled,
        base=values.economic + np.zeros(shape),
        target=reserve_target(many, line, found, settled),
    )
    paid, tests, ratios = _covenanted(many, line, found, terms, _full(values, shape))
    after = as_paid(found, paid)
    debt, balance = stack(*after), outstanding(paid)
    # A sale starts on the first default that no cure repairs.
    broken = np.any([t.holds == Status.DEFAULT for t in tests], axis=0) if tests else np.zeros(shape, dtype=np.bool_)
    start = np.where(broken.any(axis=-1), np.argmax(broken, axis=-1), -1)
    claim = None
    if many.claim is not None and now.liquidation is not None:
        owed = each(many.claim)
        claim = np.where(
            owed > 0, np.minimum(1.0, now.liquidation[..., 0] / np.where(owed > 0, owed, 1.0)), NO_BALANCE.nan
        )
    deducted = sum((t.interest for t in paid.tranches), np.zeros(shape)) + terms.fees - settled
    return Results(
        deal=many,
        timeline=line,
        earnings=_full(earned, shape),
        tax=taxed(many, line, terms.cash, deducted, paid.tax),
        swap=None if swap is None else replace(_full(replace(swap, tranche=0), shape), tranche=swap.tranche),
        tranches=_full(found, shape),
        scheduled=_full(stack(*(t.schedule for t in found)), shape),
        debt=debt,
        paid_tranches=after,
        paid=paid,
        balance=balance,
        cfads=paid.cfads,
        debt_service=paid.debt_service,
        **ratios,
        at_close=_full(now, (*rows, 1)),
        values=_full(values, shape),
        range_at_close=_full(range_at_closing(many, line), rows),
        haircut=None if cuts is None or cut_now is None else on_date(cut_now, _full(cuts, shape), start),
        sold=start,
        underwater=np.asarray(underwater(balance, _full(values, shape).economic).first),
        covenants=tests,
        recovery=claim,
        measures=tuple((m, _measure(m) + np.zeros(rows)) for m in many.measures),
        financing=financed(many, line, uses_of(many, line, found, terms.target), paid),
    )


def _covenanted(
    deal: Deal, line: Timeline, found: tuple[Tranche, ...], terms: Terms, values: Values
) -> tuple[Waterfall, tuple[CovenantTest, ...], dict[str, Any]]:
    """The waterfall, the covenants it is tested by, and the ratios they measure."""
    plans = [t.schedule for t in found]
    ordinary = np.asarray(sum((p.principal - p.balloon for p in plans), np.zeros(terms.cash.shape)))
    written = [agreed(c, line, values, ordinary, line.length) for c in deal.covenants]
    paid = payments(deal, line, found, terms, written)
    ratios = _ratios(line, paid, values)
    tests = tuple(
        tested(covenant, ratios["dscr_ntm"], line, lines)
        for covenant, lines in zip(deal.covenants, paid.covenants, strict=True)
    )
    return paid, tests, ratios


def _ratios(line: Timeline, paid: Waterfall, values: Values) -> dict[str, Any]:
    """Coverage of what falls due, and the balance outstanding over cost, market value and sale proceeds."""
    cash, year = paid.cfads, line.frequency
    service = paid.debt_service
    # Without a sale the liquidation line is never read; the market value stands in to keep one call.
    sold = values.economic if values.liquidation is None else values.liquidation
    loan_to = three_ltv(outstanding(paid), values.cost, values.economic, sold)
    return {
        "dscr": coverage.dscr(cash, service),
        "dscr_ltm": coverage.dscr_ltm(cash, service, year),
        "dscr_ntm": coverage.dscr_ntm(cash, service, year),
        "ltv_nominal": loan_to.nominal,
        "ltv_adjusted": loan_to.adjusted,
        "ltv_liquidation": None if values.liquidation is None else loan_to.liquidation,
    }


def _measure(measure: Measure) -> Floats:
    above = np.asarray(sum((each(p) for p in measure.numerator), np.zeros(())))
    return np.asarray(above / sum((each(p) for p in measure.denominator), np.zeros(())))


def _full(part: Any, shape: tuple[int, ...]) -> Any:
    """Every array of a record with all its loans in front, as the arrays of a stack are."""
    if part is None or isinstance(part, str | int):
        return part
    if isinstance(part, np.ndarray):
        return np.ascontiguousarray(np.broadcast_to(part, shape))
    if isinstance(part, tuple):
        return tuple(_full(one, shape) for one in part)
    if isinstance(part, dict):
        return {name: _full(one, shape) for name, one in part.items()}
    return type(part)(**{f.name: _full(getattr(part, f.name), shape) for f in fields(part)})
