"""From a deal to its numbers: cash, debt, coverage, collateral, covenants, all on one row of dates."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.collateral.haircut import Haircut
from xlmodel.collateral.ltv import three_ltv
from xlmodel.deal.covenants import CovenantTest, equity_put_in, tested
from xlmodel.deal.earnings import Earnings, earnings
from xlmodel.deal.financing import Financed, financed
from xlmodel.deal.inputs import Deal, Debt, Measure
from xlmodel.deal.quantity import amount, given
from xlmodel.deal.rates import Rates, rates, swapped
from xlmodel.deal.refusal import DealError
from xlmodel.deal.security import Values, haircut_of, range_at_closing, values_of
from xlmodel.deal.taxed import Taxed, taxed
from xlmodel.deal.timeline import Timeline, timeline
from xlmodel.deal.verdict import verdict
from xlmodel.errors import InputError, ModelError
from xlmodel.loan import coverage
from xlmodel.loan.accrual import dated_rates, floating_rate
from xlmodel.loan.mismatch import underwater
from xlmodel.loan.schedule import Schedule, schedule, stack
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Tranche:
    """One tranche: its name, the rate of every period and its schedule."""

    name: str
    rate: Floats
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything a report shows of a deal; arrays have time last, one place for each of `dates`.

    A year is so many periods of the frequency, which on dates with a stub is not exactly twelve months.

    Attributes
    ----------
    closing, dates
        Closing and the ends of the periods.
    earnings
        Rent, revenue by kind, prepayment, operating cost, CFADS before tax.
    tax, rates
        The tax and what it leaves, None where the deal describes none; what the index does, None where no tranche
        floats.
    cfads, debt_service
        What coverage is made of: cash flow after tax, and scheduled service of all tranches after what a swap settles.
    tranches, debt
        Every tranche, and all together.
    dscr, dscr_ltm, dscr_ntm
        Coverage of the period, of the year back, of the year ahead.
    at_close, values
        Values at closing and on the dates.
    ltv_nominal, ltv_adjusted, ltv_liquidation
        Loan to cost, to market value and to sale proceeds; the last is None without a sale.
    haircut, haircut_date
        The haircut of a sale that starts on the first default, or at closing when there is none.
    range_at_close
        Lowest and highest value found for the hardware at closing, None where nobody gave a range.
    underwater
        Position of the first date on which more is owed than the hardware is worth, −1 for none.
    recovery
        Share of the claim that a sale at closing would pay, None without claim or sale.
    measures
        The ratios the deal names itself.
    financing
        The waterfall and what it earns, None where the deal describes none.
    """

    deal: Deal
    timeline: Timeline
    earnings: Earnings
    tax: Taxed | None
    rates: Rates | None
    tranches: tuple[Tranche, ...]
    debt: Schedule
    cfads: Floats
    debt_service: Floats
    dscr: Floats
    dscr_ltm: Floats
    dscr_ntm: Floats
    at_close: Values
    values: Values
    range_at_close: tuple[float, float] | None
    ltv_nominal: Floats
    ltv_adjusted: Floats
    ltv_liquidation: Floats | None
    haircut: Haircut | None
    haircut_date: np.datetime64
    underwater: int
    covenants: tuple[CovenantTest, ...]
    recovery: float | None
    measures: tuple[tuple[Measure, float], ...]
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
    def balance(self) -> Floats:
        """Owed after each payment."""
        return self.debt.closing

    @property
    def underwater_date(self) -> np.datetime64 | None:
        """The first date on which more is owed than the hardware is worth, closing included, or None."""
        if float(self.debt.opening[0]) > float(self.at_close.economic[0]):
            return self.closing
        return None if self.underwater < 0 else np.datetime64(self.dates[self.underwater], "D")

    @property
    def coverage_name(self) -> str:
        """What cash over debt service is called: DSCR, unless the deal says that it is none."""
        return "DSCR" if self.deal.cash is None else self.deal.cash.ratio

    @property
    def verdict(self) -> list[str]:
        """What it all means, in sentences, worst first."""
        return verdict(self)


def analyse(deal: Deal) -> Analysis:
    """Return the numbers of a deal.

    Parameters
    ----------
    deal
        The description, as `xlmodel.deal.load` reads it from a file.

    Raises
    ------
    ModelError
        Inputs that are each possible but have no answer together, such as a payment below the interest.

    Examples
    --------
    >>> from xlmodel.deal import read
    >>> def n(value, unit):
    ...     return {"value": value, "unit": unit, "source": "assumption"}
    >>> deal = read({
    ...     "name": "A", "borrower": "B", "purpose": "C", "as_of": "2025-12-31",
    ...     "timeline": {"closing": "2025-12-31", "frequency": 1, "periods": 2},
    ...     "assets": [{"name": "GPUs", "units": n(100, "units"), "cost": n(5, "USD m"),
    ...                 "useful_life": n(5, "years"), "annual_decay": n(40, "% a year")}],
    ...     "cash": {"name": "Cash", "amount": n(2.4, "USD m a year")},
    ...     "debt": [{"name": "Loan", "amount": n(4, "USD m"), "rate": n(10, "% a year"), "amortisation": "straight"}],
    ... })
    >>> found = analyse(deal)
    >>> found.dscr.round(4).tolist(), found.ltv_adjusted.round(4).tolist()
    ([1.0, 1.0909], [0.6667, 0.0])
    """
    line = timeline(deal.timeline)
    earned = earnings(deal, line)
    tranches = tuple(_tranche(deal, i, line) for i in range(len(deal.debt)))
    debt = stack(*(t.schedule for t in tranches))
    schedules = [t.schedule for t in tranches]
    swap = swapped(deal, line, schedules)
    settled = np.zeros(line.ends.size) if swap is None else swap.settlement
    levied = taxed(deal, line, earned.cfads, debt.interest - settled)
    cash = earned.cfads if levied is None else levied.post_tax
    service = debt.debt_service if swap is None else np.maximum(debt.debt_service - settled, 0.0)
    year = line.frequency
    ratios = {
        "dscr": coverage.dscr(cash, service, debt.balloon),
        "dscr_ltm": coverage.dscr_ltm(cash, service, year),
        "dscr_ntm": coverage.dscr_ntm(cash, service, year),
    }
    at_close, values = values_of(deal, line, np.zeros(1)), values_of(deal, line, line.years)
    # Without a sale the liquidation line is never read; the market value stands in to keep one call.
    sold = values.economic if values.liquidation is None else values.liquidation
    loan_to = three_ltv(debt.closing, values.cost, values.economic, sold)
    ratios |= {
        "ltv_nominal": loan_to.nominal,
        "ltv_adjusted": loan_to.adjusted,
        "ltv_liquidation": loan_to.liquidation,
    }
    tests = tuple(
        tested(covenant, ratios[covenant.metric], line, cash, service, debt.closing) for covenant in deal.covenants
    )
    breaches = [t.first_breach for t in tests if t.first_breach >= 0]
    start = min(breaches) if breaches else None
    cut = None if deal.sale is None else haircut_of(deal, deal.sale, line, 0.0 if start is None else line.years[start])
    recovery = None
    if deal.claim is not None and at_close.liquidation is not None:
        recovery = min(1.0, float(at_close.liquidation[0]) / deal.claim.value)
    return Analysis(
        deal=deal,
        timeline=line,
        earnings=earned,
        tax=levied,
        rates=rates(deal, line, schedules, cash, swap),
        tranches=tranches,
        debt=debt,
        cfads=cash,
        debt_service=service,
        dscr=ratios["dscr"],
        dscr_ltm=ratios["dscr_ltm"],
        dscr_ntm=ratios["dscr_ntm"],
        at_close=at_close,
        values=values,
        range_at_close=range_at_closing(deal, line),
        ltv_nominal=loan_to.nominal,
        ltv_adjusted=loan_to.adjusted,
        ltv_liquidation=None if values.liquidation is None else loan_to.liquidation,
        haircut=cut,
        haircut_date=line.closing if start is None else line.ends[start],
        underwater=int(underwater(debt.closing, values.economic).first),
        covenants=tests,
        recovery=recovery,
        measures=tuple((m, _measure(m)) for m in deal.measures),
        financing=financed(
            deal,
            line,
            cash,
            [(t.rate, t.schedule) for t in tranches],
            values.economic,
            settled,
            equity_put_in(tests, line.ends.size),
        ),
    )


def _tranche(deal: Deal, index: int, line: Timeline) -> Tranche:
    tranche = deal.debt[index]
    try:
        return _scheduled(tranche, line)
    except ModelError as error:
        # The engine knows its arguments, the reader of a deal file knows fields.
        raise DealError([f"debt[{index}]: {error.sentence}"]) from None


def _scheduled(tranche: Debt, line: Timeline) -> Tranche:
    annual = (
        np.asarray(tranche.rate.value)
        if tranche.rate is not None
        else floating_rate(amount(tranche.index), amount(tranche.margin), given(tranche.floor))
    )
    rate = dated_rates(annual, line.closing, line.ends, tranche.day_count, line.frequency)
    drawn, n, profile = tranche.amount.value, line.payments(tranche.maturity), tranche.amortisation
    whole_rate, rate = rate, rate[:n]
    if profile == "custom":
        listed = [p.value for p in tranche.principal]
        if len(listed) > n:
            raise InputError(f"principal must list at most {n} payments, one a period, got {len(listed)}", "principal")
        shares = np.array(listed + [0.0] * (n - len(listed))) / drawn
        plan = schedule(drawn, rate, n, "custom", shares=shares)
    elif profile == "payment":
        plan = schedule(drawn, rate, n, "level", payment=amount(tranche.payment))
    else:
        plan = schedule(drawn, rate, n, profile, balloon=amount(tranche.balloon))
    # Beside a loan of nothing over all periods it is as long as they are.
    return Tranche(tranche.name, whole_rate, stack(plan, schedule(0, 0, line.ends.size)))


def _measure(measure: Measure) -> float:
    above = sum(float(p.value) for p in measure.numerator)
    return above / sum(float(p.value) for p in measure.denominator)
