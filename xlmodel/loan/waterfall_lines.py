"""The answer of a waterfall: every payment by period, its sources and its uses."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class TrancheLines:
    """One tranche, money by period with time last.

    ``closing = opening + draws + capitalised − principal − prepaid − swept``

    Attributes
    ----------
    opening
        Owed at the start of the period, overdue principal included.
    draws
        Drawn at its end.
    interest
        Accrued, on what is overdue included.
    capitalised
        The part of it added to the debt.
    interest_due
        What fell due in cash, and what was overdue.
    interest_paid, principal_paid
        Paid on what was due.
    scheduled
        Interest and principal that fall due by the schedule alone, nothing overdue in it: the service of a ratio.
    principal_due
        Scheduled and overdue principal.
    prepaid, swept
        Principal repaid out of proceeds of an event, and out of excess cash.
    overdue_repaid
        Overdue interest paid out of proceeds of an event.
    interest_overdue, principal_overdue
        Due and unpaid at the end of the period.
    closing
        Owed at its end, overdue principal included, overdue interest not.
    """

    opening: Floats
    draws: Floats
    interest: Floats
    capitalised: Floats
    interest_due: Floats
    interest_paid: Floats
    scheduled: Floats
    principal_due: Floats
    principal_paid: Floats
    prepaid: Floats
    swept: Floats
    overdue_repaid: Floats
    interest_overdue: Floats
    principal_overdue: Floats
    closing: Floats

    @property
    def received(self) -> Floats:
        """What the lender gets in a period, less what it lends."""
        paid = self.interest_paid + self.principal_paid + self.prepaid + self.swept + self.overdue_repaid
        return np.asarray(paid - self.draws)


@dataclass(frozen=True, slots=True)
class ReserveLines:
    """One reserve, money by period with time last.

    ``closing = opening + filled − released − drawn − spent``

    Attributes
    ----------
    opening, closing
        Cash held.
    target
        What it should hold, a letter of credit already taken off.
    released
        Cash above the target, which goes to the top of the waterfall.
    drawn
        Cash used for what was due.
    spent
        Cash used for the cost the reserve is for.
    filled
        Cash put in.
    letter_drawn, letter_repaid, letter_owed
        Drawn under the letter of credit, repaid to its issuer, and owed at the end of the period.
    """

    opening: Floats
    target: Floats
    released: Floats
    drawn: Floats
    spent: Floats
    filled: Floats
    letter_drawn: Floats
    letter_repaid: Floats
    letter_owed: Floats
    closing: Floats


@dataclass(frozen=True, slots=True)
class CovenantLines:
    """One covenant by period, time last.

    Attributes
    ----------
    ratio
        Before anything equity puts in, undefined where nothing is tested.
    after_cures
        After all that it puts in on the date, for whichever covenant.
    numerator, denominator
        What the ratio is built of, before cures: cash and service over the window, or debt and its base.
    needed
        Money that would repair the breach, given what was put in before; 0 where none is needed or none can.
    amount
        What equity puts in.
    status, status_after
        Codes of `xlmodel.loan.covenant.Status` before and after it.
    """

    ratio: Floats
    after_cures: Floats
    numerator: Floats
    denominator: Floats
    needed: Floats
    amount: Floats
    status: npt.NDArray[np.intp]
    status_after: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Where the cash of every period came from and went, money by period with time last.

    Attributes
    ----------
    cfads
        Cash flow available for debt service, after tax.
    tax
        Cash tax, 0 without taxation.
    operating_due, operating_paid
        Negative cash flow, spending beyond its reserve, and what of both was unpaid before; and what was paid.
    fees_due, fees_paid
        Fees of the period and unpaid ones.
    hedge_received, hedge_due, hedge_paid
        Settlement of the hedge, in either direction.
    break_due, break_paid
        Cost of breaking the hedge.
    equity, proceeds
        Put in by the sponsors, and received from events.
    debt_service
        What falls due by the schedule alone, and the hedge's net payment of the period: all ranks.
    dscr
        The coverage that the lock-up tests, or the periodic one without a lock-up; undefined where it is not tested.
    locked
        True where distributions are locked up after the test of the period.
    share
        Share of the excess cash swept.
    distribution
        Paid to the sponsors.
    opening_cash, cash
        Cash on the account at the start and at the end of the period, reserves not included.
    cure, cure_prepaid
        The part of `equity`, and of `proceeds`, that cures covenants.
    trapped
        What a lock-up keeps from being distributed, at the end of each period.
    tranches, reserves, covenants
        In the order they were given.
    """

    cfads: Floats
    tax: Floats
    operating_due: Floats
    operating_paid: Floats
    fees_due: Floats
    fees_paid: Floats
    hedge_received: Floats
    hedge_due: Floats
    hedge_paid: Floats
    break_due: Floats
    break_paid: Floats
    equity: Floats
    proceeds: Floats
    debt_service: Floats
    dscr: Floats
    locked: npt.NDArray[np.bool_]
    share: Floats
    distribution: Floats
    opening_cash: Floats
    cash: Floats
    cure: Floats
    cure_prepaid: Floats
    trapped: Floats
    tranches: tuple[TrancheLines, ...]
    reserves: tuple[ReserveLines, ...]
    covenants: tuple[CovenantLines, ...] = ()

    @property
    def sources(self) -> dict[str, Floats]:
        """Where cash came from, by name."""
        return {
            "opening cash": self.opening_cash,
            "cash flow": np.maximum(self.cfads, 0.0),
            "hedge received": self.hedge_received,
            "equity": self.equity,
            "proceeds of events": self.proceeds,
            "released from reserves": _sum(self.cash, [r.released for r in self.reserves]),
            "drawn from reserves": _sum(self.cash, [r.drawn + r.spent for r in self.reserves]),
            "letters of credit": _sum(self.cash, [r.letter_drawn for r in self.reserves]),
        }

    @property
    def uses(self) -> dict[str, Floats]:
        """Where cash went, by name."""
        t, r = self.tranches, self.reserves
        return {
            "operating costs": self.operating_paid + _sum(self.cash, [x.spent for x in r]),
            "fees": self.fees_paid,
            "hedge paid": self.hedge_paid + self.break_paid,
            "interest": _sum(self.cash, [x.interest_paid + x.overdue_repaid for x in t]),
            "scheduled principal": _sum(self.cash, [x.principal_paid for x in t]),
            "prepaid from events": _sum(self.cash, [x.prepaid for x in t]),
            "swept": _sum(self.cash, [x.swept for x in t]),
            "letters of credit repaid": _sum(self.cash, [x.letter_repaid for x in r]),
            "paid into reserves": _sum(self.cash, [x.filled for x in r]),
            "distributions": self.distribution,
            "closing cash": self.cash,
        }

    @property
    def imbalance(self) -> Floats:
        """Sources less uses: rounding and nothing else."""
        sources, uses = _sum(self.cash, list(self.sources.values())), _sum(self.cash, list(self.uses.values()))
        return np.asarray(sources - uses)

    @property
    def debt(self) -> Floats:
        """Owed at the end of each period, all tranches."""
        return _sum(self.cash, [t.closing for t in self.tranches])

    @property
    def overdue(self) -> Floats:
        """Interest and principal due and unpaid at the end of each period, from before included."""
        return _sum(self.cash, [t.interest_overdue + t.principal_overdue for t in self.tranches])

    @property
    def shortfall(self) -> Floats:
        """By how much each period left more interest and principal unpaid than it found."""
        return np.maximum(np.diff(self.overdue, axis=-1, prepend=0.0), 0.0)


def _sum(like: Floats, parts: list[Floats]) -> Floats:
    total = np.zeros(like.shape)
    for part in parts:
        total = total + part
    return total
