"""One batch of loans of the same structure through the engine: cash, debt, coverage, collateral, loan to value."""

from dataclasses import fields
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from xlmodel.asset.cfads import cfads, installed_cost
from xlmodel.asset.contract import Contract, rental_revenue
from xlmodel.asset.market import collateral_value
from xlmodel.asset.rental import constant_curve
from xlmodel.collateral.haircut import haircut
from xlmodel.collateral.ltv import loan_to_value
from xlmodel.deal.tape.columns import PROFILES, Flags
from xlmodel.deal.tape.loans import Tape
from xlmodel.deal.tape.results import Figures, Paths
from xlmodel.errors import NEVER_UNDERWATER, NO_BREACH, NO_COLLATERAL_VALUE, NO_LIMIT, NO_SALE, Undefined
from xlmodel.loan import coverage
from xlmodel.loan.accrual import floating_rate
from xlmodel.loan.covenant import first_breach
from xlmodel.loan.life_coverage import loan_life_coverage
from xlmodel.loan.mismatch import underwater
from xlmodel.loan.schedule import Schedule, schedule
from xlmodel.loan.sculpt import sculpt_to_debt
from xlmodel.loan.sizing import capacity
from xlmodel.loan.term_sheet import Tranche
from xlmodel.loan.waterfall import waterfall
from xlmodel.maths.domain import Floats

_HOURS: Final = 8760.0
_NO_FLOOR: Final = -1.0  # an index lies above it
_TOLERANCE: Final = 1e-12
_NO_CAP: Final = 1e300  # a limit that no cash reaches


class Structure(NamedTuple):
    """What the loans of a batch have in common, because the engine takes it once."""

    frequency: int
    profile: int
    grace: int
    periods: int


class PartlyInfeasibleError(Exception):
    """Some loans of a batch cannot be sculpted; `feasible` says which can."""

    def __init__(self, feasible: Flags) -> None:
        super().__init__("not every loan of the batch can be sculpted")
        self.feasible = feasible


class Batch:
    """Loans of one structure; one loan is a batch of one, so that every figure is computed by the same operations."""

    def __init__(self, tape: Tape, rows: npt.NDArray[np.intp], structure: Structure) -> None:
        self._tape, self._rows, self.structure = tape, rows, structure

    def row(self, name: str) -> Floats:
        """One column of the batch, shape (loans,)."""
        return self._tape.columns[name][self._rows]

    def column(self, name: str) -> Floats:
        """One column of the batch, shape (loans, 1), to be read along with periods."""
        return self.row(name)[:, None]

    def given(self, name: str) -> Flags:
        """Which loans have a value in that column."""
        return ~np.isnan(self.row(name))

    def run(self) -> tuple[Paths, Figures]:
        """Return everything about the batch."""
        cash, rate = self._cash(), self._rate()
        debt = self._paid(cash, rate, self._debt(cash, rate))
        market, liquid, cut = self._collateral()
        owed = np.concatenate([debt.opening, debt.closing[:, -1:]], axis=-1)
        nominal, adjusted = loan_to_value(owed, self.column("cost")), loan_to_value(owed, market)
        sells = self.given("units_per_month_depth")[:, None]
        liquidation = np.where(sells, loan_to_value(owed, np.where(sells, liquid, 0.0)), NO_SALE.nan)
        year = self.structure.frequency
        dscr = coverage.dscr(cash, debt.debt_service)
        ltm = coverage.dscr_ltm(cash, debt.debt_service, year)
        ntm = coverage.dscr_ntm(cash, debt.debt_service, year)
        life = loan_life_coverage(cash, debt.opening, rate)
        lowest = coverage.minimum(dscr)
        size, limit = self._capacity(cash, rate, market[:, 0], liquid[:, 0])
        paths = Paths(
            cfads=cash,
            opening=debt.opening,
            interest=debt.interest,
            capitalised=debt.capitalised,
            principal=debt.principal,
            balloon=debt.balloon,
            debt_service=debt.debt_service,
            closing=debt.closing,
            dscr=dscr,
            dscr_ltm=ltm,
            dscr_ntm=ntm,
            llcr=life,
            market_value=market[:, 1:],
            liquidation_value=liquid[:, 1:],
            haircut=cut[:, 1:],
            ltv_nominal=nominal[:, 1:],
            ltv_adjusted=adjusted[:, 1:],
            ltv_liquidation=liquidation[:, 1:],
        )
        figures = Figures(
            min_dscr=lowest.value,
            min_dscr_period=np.where(lowest.index >= 0, lowest.index + 1.0, lowest.value),
            llcr_at_close=life[:, 0],
            first_breach=self._breach(dscr),
            first_breach_ltm=self._breach(ltm),
            first_breach_ntm=self._breach(ntm),
            ltv_nominal_at_close=nominal[:, 0],
            ltv_adjusted_at_close=adjusted[:, 0],
            ltv_liquidation_at_close=liquidation[:, 0],
            worst_ltv_nominal=_worst(nominal),
            worst_ltv_adjusted=_worst(adjusted),
            worst_ltv_liquidation=_worst(liquidation),
            underwater_period=_period(underwater(owed, market).first, 0, NEVER_UNDERWATER),
            debt_capacity=size,
            capacity_limit=limit,
        )
        return paths, figures

    def _cash(self) -> Floats:
        n, hours = self.structure.periods, _HOURS / self.structure.frequency
        if self._tape.cfads is not None:
            return np.ascontiguousarray(self._tape.cfads[self._rows, :n])
        spot = constant_curve(self.row("rent"), self.row("annual_deflation")).path(n, self.structure.frequency)
        blocks = []
        if (self.row("share") > 0).any():
            blocks = [
                Contract(
                    self.column("share"),
                    self.column("price"),
                    self.row("term_periods"),
                    self.column("take_or_pay"),
                    downtime_periods=self.row("downtime_periods"),
                )
            ]
        units = self.column("units")
        let = rental_revenue(units, hours, spot, self.column("usage"), blocks)
        return cfads(let.total, hosting=installed_cost(units, hours, self.column("cash_cost")))

    def _rate(self) -> Floats:
        """Rate of a period, shape (loans, 1) or (loans, periods)."""
        fixed, index = self.column("annual_rate"), self._tape.index
        floats = np.isnan(fixed)
        # Where all are fixed the curve may be shorter than their term.
        if index is None or not floats.any():
            return fixed / self.structure.frequency
        moving = np.ascontiguousarray(index[self._rows, : self.structure.periods])
        floor = np.where(self.given("floor")[:, None], self.column("floor"), _NO_FLOOR)
        annual = floating_rate(np.where(floats, moving, 0.0), self.column("margin"), floor)
        return np.where(floats, annual, fixed) / self.structure.frequency

    def _debt(self, cash: Floats, rate: Floats) -> Schedule:
        profile = PROFILES[self.structure.profile]
        drawn, lump = self.row("principal"), self.row("balloon")
        if profile != "sculpted":
            return schedule(
                drawn, rate, self.structure.periods, profile,
                balloon=lump, grace=self.structure.grace, pik=self.column("pik"),
            )  # fmt: skip
        several = self._rows.size > 1
        loan = sculpt_to_debt(cash, drawn, rate, balloon=lump, mark=several)
        if not loan.feasible.all():
            raise PartlyInfeasibleError(loan.feasible)
        return loan.schedule

    def _paid(self, cash: Floats, rate: Floats, plan: Schedule) -> Schedule:
        """What is outstanding and due where cash does not pay everything: what is not paid stays owed.

        A loan whose cash pays everything when it falls due is its schedule.
        """
        missing = plan.debt_service - cash > _TOLERANCE * plan.debt_service
        short = (missing & (plan.debt_service > 0)).any(axis=-1) | (cash < 0).any(axis=-1)
        if not short.any():
            return plan
        full = np.broadcast_to(rate, plan.opening.shape)
        pik = np.broadcast_to(self.column("pik"), plan.opening.shape)
        loan = Tranche(
            plan.opening[short, 0], full[short], plan.principal[short], pik=pik[short], matures=self.structure.periods
        )
        lines = waterfall(cash[short], [loan]).tranches[0]
        # What is outstanding holds interest that is past due.
        late = lines.interest_overdue
        found = {
            "opening": lines.opening + np.concatenate([np.zeros((late.shape[0], 1)), late[:, :-1]], axis=-1),
            "interest": lines.interest,
            "capitalised": lines.capitalised,
            "principal": lines.principal_paid,
            "debt_service": lines.scheduled,
            "closing": lines.closing + late,
        }
        kept = {field.name: getattr(plan, field.name).copy() for field in fields(Schedule)}
        for name, values in found.items():
            kept[name][short] = values
        return Schedule(**kept)

    def _collateral(self) -> tuple[Floats, Floats, Floats]:
        """Market value, liquidation value and haircut at closing and at the ends of the periods."""
        years = np.arange(self.structure.periods + 1) / self.structure.frequency
        decay = self.column("annual_decay_eff")
        market = collateral_value(
            self.column("cost"), years, decay, salvage=self.column("salvage"), day_one_loss=self.column("day_one_loss")
        )
        sells = self.given("units_per_month_depth")[:, None]
        if not sells.any():
            nothing = np.full(market.shape, NO_SALE.nan)
            return market, nothing, nothing
        units = np.where(sells, self.column("units"), 0.0)
        sale = haircut(
            units,
            market / np.where(units > 0, units, 1.0),
            np.where(sells, self.column("months_to_sale"), 0.0),
            np.maximum(decay, 0.0),
            np.where(sells, self.column("units_per_month_depth"), 0.0),
            self.column("condition"),
            self.column("integration"),
            selling_pct=self.column("selling_pct"),
            cost_per_unit=self.column("cost_per_unit"),
            fixed_cost=self.column("fixed_cost"),
            discount_eff=self.column("discount_eff"),
        )
        if sells.all():
            return market, sale.present_value, sale.total
        return market, np.where(sells, sale.present_value, NO_SALE.nan), np.where(sells, sale.total, NO_SALE.nan)

    def _breach(self, ratio: Floats) -> Floats:
        agreed = self.given("covenant")
        level = np.where(agreed, self.row("covenant"), 0.0)[:, None]
        return np.where(agreed, _period(first_breach(ratio, level), 1, NO_BREACH), NO_LIMIT.nan)

    def _capacity(self, cash: Floats, rate: Floats, market: Floats, liquid: Floats) -> tuple[Floats, Floats]:
        wanted = self.given("target_dscr")
        if not wanted.any():
            none = np.full(wanted.shape, NO_LIMIT.nan)
            return none, none
        by_ltv, by_nolv = self.given("max_ltv"), self.given("advance_rate")
        sized = capacity(
            cash,
            np.where(wanted, self.row("target_dscr"), 1.0)[:, None],
            rate,
            np.where(by_ltv, market, _NO_CAP),
            np.where(by_ltv, self.row("max_ltv"), 1.0),
            np.where(by_nolv, liquid, _NO_CAP),
            np.where(by_nolv, self.row("advance_rate"), 1.0),
        )
        return np.where(wanted, sized.debt, NO_LIMIT.nan), np.where(wanted, sized.binding, NO_LIMIT.nan)


def _period(index: npt.NDArray[np.intp], first: int, never: Undefined) -> Floats:
    return np.where(index >= 0, index + float(first), never.nan)


def _worst(ltv: Floats) -> Floats:
    """The highest of each loan. No sale leaves none at all; otherwise only collateral without value is undefined."""
    gone = np.isnan(ltv)
    highest = np.max(np.where(gone, -np.inf, ltv), axis=-1)
    return np.where(gone.all(axis=-1), ltv[:, 0], np.where(gone.any(axis=-1), NO_COLLATERAL_VALUE.nan, highest))
