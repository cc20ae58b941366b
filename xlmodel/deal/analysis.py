"""From a deal to its numbers: cash, debt, coverage, collateral, covenants, all on one row of dates."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xlmodel.asset.carrying import book_value
from xlmodel.asset.market import collateral_value
from xlmodel.collateral.haircut import Haircut, haircut
from xlmodel.collateral.ltv import three_ltv
from xlmodel.deal.earnings import Earnings, earnings
from xlmodel.deal.inputs import Asset, Covenant, Deal, Measure, Sale
from xlmodel.deal.quantity import Sourced
from xlmodel.deal.reading import DealError
from xlmodel.deal.timeline import Timeline, timeline
from xlmodel.deal.verdict import verdict
from xlmodel.errors import NOT_TESTED
from xlmodel.loan import coverage
from xlmodel.loan.accrual import dated_rates, floating_rate
from xlmodel.loan.covenant import covenant_status, first_breach
from xlmodel.loan.mismatch import underwater
from xlmodel.loan.schedule import Schedule, schedule, stack
from xlmodel.maths.dates import year_fraction
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Tranche:
    """One tranche: its name, the rate of every period and its schedule."""

    name: str
    rate: Floats
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class CovenantTest:
    """A covenant on its dates.

    Attributes
    ----------
    record
        The covenant as described.
    ratio
        The tested ratio, undefined (`NOT_TESTED`) on dates without a test.
    status
        Codes of `xlmodel.loan.covenant.Status` by period.
    first_breach
        Position of the first breach of the default level, −1 for none.
    date
        The end of that period, or None.
    """

    record: Covenant
    ratio: Floats
    status: npt.NDArray[np.intp]
    first_breach: int
    date: np.datetime64 | None


@dataclass(frozen=True, slots=True)
class Values:
    """What the collateral is worth: arrays over the dates, or single numbers at closing.

    `liquidation` is None where the deal assumes no sale.
    """

    cost: Floats
    book: Floats
    economic: Floats
    liquidation: Floats | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything a report shows of a deal; arrays have time last, one place for each of `dates`.

    Attributes
    ----------
    closing, dates
        Closing and the ends of the periods.
    earnings
        Rent, revenue by kind, prepayment, operating cost, CFADS.
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
    underwater
        Position of the first date on which more is owed than the hardware is worth, −1 for none.
    recovery
        Share of the claim that a sale at closing would pay, None without claim or sale.
    measures
        The ratios the deal names itself.
    """

    deal: Deal
    timeline: Timeline
    earnings: Earnings
    tranches: tuple[Tranche, ...]
    debt: Schedule
    dscr: Floats
    dscr_ltm: Floats
    dscr_ntm: Floats
    at_close: Values
    values: Values
    ltv_nominal: Floats
    ltv_adjusted: Floats
    ltv_liquidation: Floats | None
    haircut: Haircut | None
    haircut_date: np.datetime64
    underwater: int
    covenants: tuple[CovenantTest, ...]
    recovery: float | None
    measures: tuple[tuple[Measure, float], ...]

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
    def cfads(self) -> Floats:
        """Cash flow available for debt service."""
        return self.earnings.cfads

    @property
    def debt_service(self) -> Floats:
        """Scheduled service of all tranches."""
        return self.debt.debt_service

    @property
    def balance(self) -> Floats:
        """Owed after each payment."""
        return self.debt.closing

    @property
    def verdict(self) -> list[str]:
        """What it all means, in sentences, worst first."""
        return verdict(self)


def analyse(deal: Deal) -> Analysis:
    """Return the numbers of a deal.

    Raises
    ------
    ModelError
        Inputs that are each possible but have no answer together, such as a payment below the interest.
    """
    line = timeline(deal.timeline)
    earned = earnings(deal, line)
    tranches = tuple(_tranche(deal, i, line) for i in range(len(deal.debt)))
    debt = stack(*(t.schedule for t in tranches))
    year = line.frequency
    ratios = {
        "dscr": coverage.dscr(earned.cfads, debt.debt_service, debt.balloon),
        "dscr_ltm": coverage.dscr_ltm(earned.cfads, debt.debt_service, year),
        "dscr_ntm": coverage.dscr_ntm(earned.cfads, debt.debt_service, year),
    }
    at_close, values = _values(deal, line, np.zeros(1)), _values(deal, line, line.years)
    # Without a sale the liquidation line is never read; the market value stands in to keep one call.
    sold = values.economic if values.liquidation is None else values.liquidation
    loan_to = three_ltv(debt.closing, values.cost, values.economic, sold)
    ratios |= {
        "ltv_nominal": loan_to.nominal,
        "ltv_adjusted": loan_to.adjusted,
        "ltv_liquidation": loan_to.liquidation,
    }
    tests = tuple(_tested(covenant, ratios[covenant.metric], line) for covenant in deal.covenants)
    breaches = [t.first_breach for t in tests if t.first_breach >= 0]
    start = min(breaches) if breaches else None
    cut = None if deal.sale is None else _haircut(deal, deal.sale, line, 0.0 if start is None else line.years[start])
    recovery = None
    if deal.claim is not None and at_close.liquidation is not None:
        recovery = min(1.0, float(at_close.liquidation[0]) / deal.claim.value)
    return Analysis(
        deal=deal,
        timeline=line,
        earnings=earned,
        tranches=tranches,
        debt=debt,
        dscr=ratios["dscr"],
        dscr_ltm=ratios["dscr_ltm"],
        dscr_ntm=ratios["dscr_ntm"],
        at_close=at_close,
        values=values,
        ltv_nominal=loan_to.nominal,
        ltv_adjusted=loan_to.adjusted,
        ltv_liquidation=None if values.liquidation is None else loan_to.liquidation,
        haircut=cut,
        haircut_date=line.closing if start is None else line.ends[start],
        underwater=int(underwater(debt.closing, values.economic).first),
        covenants=tests,
        recovery=recovery,
        measures=tuple((m, _measure(m)) for m in deal.measures),
    )


def _tranche(deal: Deal, index: int, line: Timeline) -> Tranche:
    tranche = deal.debt[index]
    annual = (
        np.asarray(tranche.rate.value)
        if tranche.rate is not None
        else floating_rate(_number(tranche.index), _number(tranche.margin), _optional(tranche.floor))
    )
    rate = dated_rates(annual, line.closing, line.ends, tranche.day_count, line.frequency)
    amount, n = tranche.amount.value, line.ends.size
    if tranche.amortisation == "custom":
        listed = [p.value for p in tranche.principal]
        if len(listed) > n:
            raise DealError(
                [f"debt[{index}].principal must list at most {n} payments, one a period, got {len(listed)}"]
            )
        shares = np.array(listed + [0.0] * (n - len(listed))) / amount
        return Tranche(tranche.name, rate, schedule(amount, rate, n, "custom", shares=shares))
    if tranche.amortisation == "payment":
        return Tranche(tranche.name, rate, schedule(amount, rate, n, "level", payment=_number(tranche.payment)))
    lump = _number(tranche.balloon)
    return Tranche(tranche.name, rate, schedule(amount, rate, n, tranche.amortisation, balloon=lump))


def _values(deal: Deal, line: Timeline, years: Floats) -> Values:
    """Values of all assets, `years` after closing."""
    cost, book, economic = (np.zeros(years.shape) for _ in range(3))
    liquidation = None if deal.sale is None else np.zeros(years.shape)
    for asset in deal.assets:
        cost += asset.cost.value
        book += _book(asset, line, years)
        worth = _market(asset, deal, line, years)
        economic += worth
        if deal.sale is not None and liquidation is not None:
            liquidation += np.asarray(_sold(asset, worth, deal.sale, len(deal.assets)).present_value)
    return Values(cost, book, economic, liquidation)


def _age(asset: Asset, line: Timeline, years: Floats) -> Floats:
    """Years in service, 0 before."""
    return np.maximum(years - _since_closing(asset.in_service, line), 0.0)


def _since_closing(date: object, line: Timeline) -> float:
    """Years from closing to a date, negative before closing."""
    if date is None:
        return 0.0
    day = np.datetime64(str(date), "D")
    if day >= line.closing:
        return float(year_fraction(np.array([line.closing]), np.array([day]), "30/360")[0])
    return -float(year_fraction(np.array([day]), np.array([line.closing]), "30/360")[0])


def _book(asset: Asset, line: Timeline, years: Floats) -> Floats:
    life = asset.useful_life.value / 12
    return book_value(asset.cost.value, _number(asset.salvage), life, _age(asset, line, years))


def _market(asset: Asset, deal: Deal, line: Timeline, years: Floats) -> Floats:
    start = 0.0 if asset.market_value is not None else _since_closing(asset.in_service, line)
    base = asset.cost.value if asset.market_value is None else asset.market_value.value
    new = asset.market_value is None
    releases = [(_since_closing(r.date, line) - start, r.drop.value) for r in deal.releases]
    releases = [(age, drop) for age, drop in releases if age > 0]
    return collateral_value(
        base,
        np.maximum(years - start, 0.0),
        asset.annual_decay.value,
        [age for age, _ in releases],
        [drop for _, drop in releases],
        _number(asset.salvage),
        _number(asset.day_one_loss) if new else 0.0,
    )


def _sold(asset: Asset, worth: Floats, sale: Sale, sharing: int) -> Haircut:
    """One asset sold on its own market; fixed cost is shared evenly."""
    unit_value = worth / asset.units.value if sale.unit_price is None else np.full(worth.shape, sale.unit_price.value)
    return haircut(
        asset.units.value,
        unit_value,
        sale.months_to_sale.value,
        sale.annual_decay.value,
        _optional(sale.depth),
        _number(sale.condition),
        _number(sale.integration),
        "worse",
        _number(sale.selling),
        _number(sale.cost_per_unit),
        _number(sale.fixed_cost) / sharing,
        _number(sale.discount),
        sale.basis,
    )


def _haircut(deal: Deal, sale: Sale, line: Timeline, years: float) -> Haircut:
    """The haircut of all assets on one date, money added up."""
    cuts = [_sold(a, _market(a, deal, line, np.array([years])), sale, len(deal.assets)) for a in deal.assets]
    reference = np.asarray(sum(c.reference_value for c in cuts))
    present = np.asarray(sum(c.present_value for c in cuts))
    lost = np.where(reference > 0, 1 - present / np.where(reference > 0, reference, 1.0), cuts[0].total)
    parts = {name: np.asarray(sum(c.parts[name] for c in cuts)) for name in cuts[0].parts}
    return replace(
        cuts[0],
        total=lost,
        reference_value=reference,
        net_proceeds=np.asarray(sum(c.net_proceeds for c in cuts)),
        present_value=present,
        parts=parts,
        shortfall=np.asarray(sum(c.shortfall for c in cuts)),
    )


def _tested(covenant: Covenant, ratio: Floats, line: Timeline) -> CovenantTest:
    every = max(covenant.test_every_months * line.frequency // 12, 1)
    on = (np.arange(1, line.ends.size + 1) % every) == 0
    if covenant.first_test is not None:
        on &= line.ends >= np.datetime64(covenant.first_test, "D")
    tested = np.where(on, ratio, NOT_TESTED.nan)
    default = covenant.default.value
    lockup = default if covenant.lockup is None else covenant.lockup.value
    first = int(first_breach(tested, default, covenant.direction))
    return CovenantTest(
        covenant,
        tested,
        covenant_status(tested, lockup, default, covenant.direction),
        first,
        None if first < 0 else line.ends[first],
    )


def _measure(measure: Measure) -> float:
    above = sum(float(p.value) for p in measure.numerator)
    return above / sum(float(p.value) for p in measure.denominator)


def _number(sourced: Sourced | None) -> float:
    return 0.0 if sourced is None else float(sourced.value)


def _optional(sourced: Sourced | None) -> float | None:
    return None if sourced is None else sourced.value
