"""The accounts a waterfall steps through time: the cash pool, the debt of a tranche, the cash of a reserve.

Inside, time comes first: an account holds one list entry a period, each an array over the loans.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Final

import numpy as np

from xlmodel.loan.term_sheet import Reserve, Tranche
from xlmodel.loan.waterfall_lines import ReserveLines, TrancheLines
from xlmodel.maths.domain import Floats, real, series

Rows = list[Floats]
"""One array over the loans for each period."""

# What a last instalment leaves owed, relative to what was lent, is rounding below this and is paid with it.
_DUST: Final = 1e-12
_NEVER: Final = 1e9


def timed(array: Floats, count: int) -> Rows:
    """The values of each period of an array with time last, one value standing for all periods.

    Examples
    --------
    >>> [row.tolist() for row in timed(np.array([[1.0, 2.0], [3.0, 4.0]]), 2)]
    [[1.0, 3.0], [2.0, 4.0]]
    """
    rows = np.ascontiguousarray(np.moveaxis(array, -1, 0))
    return list(rows) if rows.shape[0] == count else [rows[0]] * count


def time_last(rows: Floats) -> Floats:
    """An array with time first as one with time last, C-contiguous."""
    return np.ascontiguousarray(np.moveaxis(rows, 0, -1))


class Pool:
    """Cash that is there to pay with."""

    __slots__ = ("cash",)

    def __init__(self, cash: Floats) -> None:
        self.cash = cash

    def add(self, amount: Floats) -> None:
        """Receive an amount."""
        self.cash = self.cash + amount

    def pay(self, due: Floats) -> Floats:
        """Pay what is due as far as the cash goes, and return what was paid."""
        paid = np.minimum(due, self.cash)
        self.cash = self.cash - paid
        return paid

    def pay_out(self, claims: Sequence[Floats], receivers: Sequence[Callable[[Floats], None]]) -> None:
        """Pay claims of one rank, pro rata to what is due when the cash is short."""
        due = claims[0] if claims else np.zeros(())
        for claim in claims[1:]:
            due = due + claim
        paid = self.pay(due)
        part = _over(paid, due)
        for claim, receive in zip(claims, receivers, strict=True):
            receive(claim * part)


class DebtAccount:
    """What one tranche is owed and gets."""

    def __init__(self, terms: Tranche, number: int) -> None:
        self.rank, self.order = terms.rank, terms.order
        name = f"tranche_{number}_"
        self.inputs: dict[str, Floats] = {
            name + "balance": real(name + "balance", terms.balance, 0)[..., None],
            name + "matures": real(name + "matures", _NEVER if terms.matures is None else terms.matures, 1)[..., None],
            name + "rate": series(name + "rate", terms.rate, 0),
            name + "principal": series(name + "principal", terms.principal, 0),
            name + "draws": series(name + "draws", terms.draws, 0),
            name + "pik": series(name + "pik", terms.pik, 0, 1),
            name + "overdue_margin": series(name + "overdue_margin", terms.overdue_margin, 0),
        }
        self.lines: dict[str, Floats] = {}

    def begin(self, count: int, batch: tuple[int, ...]) -> None:
        """Open the account for so many periods and loans."""
        balance, matures, *flows = self.inputs.values()
        zero = np.zeros(batch)
        self._matures = matures[..., 0]
        self.owed = zero + balance[..., 0]
        self._rate, self._plan, self._draws, self._pik, self._margin = (timed(x, count) for x in flows)
        self.lines = {field.name: np.zeros((count, *batch)) for field in fields(TrancheLines)}
        self._left = _sums_ahead(self._plan)
        self._still = _sums_ahead(self._draws)
        self.size = self.owed + self._still[0]
        self.interest_overdue, self.principal_overdue = zero, zero
        # Prepayments take instalments away: the next ones up to a credit, or a share of all.
        self._credit, self._scale = zero, zero + 1.0

    def accrue(self, k: int) -> None:
        """Interest of the period on what was owed at its start."""
        self._k, self._opening = k, self.owed
        ordinary = self._rate[k] * self.owed
        late = self._rate[k] * self.interest_overdue
        late = late + self._margin[k] * (self.interest_overdue + self.principal_overdue)
        # Once all that is owed is past due, nothing is scheduled any more.
        over = (self.principal_overdue > 0) & (self.owed <= self.principal_overdue * (1 + _DUST))
        self._capitalised = np.where(over, 0.0, self._pik[k] * ordinary)
        self.accrued = ordinary + late
        self._current = np.where(over, 0.0, ordinary - self._capitalised)
        self._late = np.where(over, ordinary + late, late)
        self._prepaid, self._swept, self._repaid = (np.zeros(self.owed.shape) for _ in range(3))

    def repay_overdue(self, paid: Floats) -> None:
        """Take overdue interest out of the proceeds of an event."""
        self._repaid = paid
        self.interest_overdue = np.maximum(self.interest_overdue - paid, 0.0)

    def prepay(self, paid: Floats) -> None:
        """Take principal out of the proceeds of an event, before this period's instalment."""
        self._prepaid = self._prepaid + paid
        self._reduce(paid, self._left[self._k])

    def cure(self, paid: Floats) -> None:
        """Take principal that equity prepays to cure a covenant: out of all later instalments alike."""
        self._prepaid = self._prepaid + paid
        left = np.maximum(self.owed - self.principal_due, 0.0)
        self.owed = np.maximum(self.owed - paid, 0.0)
        self._scale = self._scale * np.where(left > 0, 1 - paid / np.where(left > 0, left, 1.0), 1.0)

    def accelerate(self, k: int, now: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
        """Let all that is owed fall due in the period after this one."""
        if now.any():
            self._matures = np.where(now, np.minimum(self._matures, k + 2), self._matures)

    def step(self, k: int, added: Floats) -> None:
        """Add to the rate of a period."""
        if k < len(self._rate) and (added > 0).any():
            self._rate[k] = self._rate[k] + added

    def outstanding(self, k: int) -> Floats:
        """What is owed at the end of a period, interest past due and what is drawn and capitalised included."""
        return np.asarray(self.owed + self.interest_overdue + self._capitalised + self._draws[k])

    def sweep(self, paid: Floats) -> None:
        """Take principal out of excess cash, after this period's instalment."""
        self._swept = self._swept + paid
        self._reduce(paid, self._left[self._k + 1])

    def _reduce(self, paid: Floats, left: Floats) -> None:
        self.owed = np.maximum(self.owed - paid, 0.0)
        late = np.minimum(paid, self.principal_overdue)
        self.principal_overdue = self.principal_overdue - late
        if self.order == "forward":
            self._credit = self._credit + (paid - late)
        elif self.order == "pro_rata":
            self._scale = np.maximum(self._scale - _over(paid - late, left), 0.0)

    def _instalment(self, k: int, owed: Floats, credit: Floats) -> Floats:
        """Scheduled principal of a period after prepayments, at most what is owed, all of it when dust would stay."""
        plan = np.minimum(np.maximum(self._plan[k] * self._scale - credit, 0.0), owed)
        return np.where((owed - plan <= _DUST * self.size) | (k + 1 >= self._matures), owed, plan)

    def fall_due(self, still: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
        """What is to be paid in cash this period, by schedule and from before; no principal in a standstill."""
        k = self._k
        # What is overdue may exceed what is owed by rounding.
        plan = self._instalment(k, np.maximum(self.owed - self.principal_overdue, 0.0), self._credit)
        plan = np.where(still, 0.0, plan) if still.any() else plan
        self._credit = np.maximum(self._credit - self._plan[k], 0.0)
        self.instalment = plan
        self.scheduled = self._current + plan
        self.interest_due = self._current + self._late + self.interest_overdue
        self.principal_due = plan + self.principal_overdue

    def ahead(self, k: int, periods: Floats) -> Floats:
        """Service that falls due in the coming periods if what is due now is paid and nothing is prepaid."""
        total, credit = np.zeros(self.owed.shape), self._credit
        owed = self.owed - self.principal_due + self._capitalised + self._draws[k]
        for j in range(k + 1, min(k + 1 + int(np.ceil(periods.max())), len(self._plan))):
            part = np.minimum(np.maximum(periods - (j - k - 1), 0.0), 1.0)
            interest = self._rate[j] * owed
            more = self._pik[j] * interest
            plan = self._instalment(j, owed, credit)
            credit = np.maximum(credit - self._plan[j], 0.0)
            total = total + part * (interest - more + plan)
            owed = owed - plan + more + self._draws[j]
        return total

    def still_to_draw(self, k: int) -> Floats:
        """Drawn at the end of this period or later."""
        return self._still[k]

    @property
    def interest_unpaid(self) -> Floats:
        """What is due of interest and was not paid in this period yet."""
        return np.asarray(self.interest_due - self.lines["interest_paid"][self._k])

    @property
    def principal_unpaid(self) -> Floats:
        """What is due of principal and was not paid in this period yet."""
        return np.asarray(self.principal_due - self.lines["principal_paid"][self._k])

    def pay_interest(self, paid: Floats) -> None:
        """Take interest, once or again; what is not paid is overdue."""
        self.lines["interest_paid"][self._k] += paid
        self.interest_overdue = self.interest_due - self.lines["interest_paid"][self._k]

    def pay_principal(self, paid: Floats) -> None:
        """Take principal, once or again; what is not paid is overdue and stays owed."""
        self.lines["principal_paid"][self._k] += paid
        self.principal_overdue = self.principal_due - self.lines["principal_paid"][self._k]
        self.owed = np.maximum(self.owed - paid, 0.0)

    def close(self, k: int) -> None:
        """Add what is drawn and capitalised, and write the lines of the period."""
        self.owed = self.owed + self._capitalised + self._draws[k]
        for name, value in (
            ("opening", self._opening), ("draws", self._draws[k]), ("interest", self.accrued),
            ("capitalised", self._capitalised), ("interest_due", self.interest_due), ("scheduled", self.scheduled),
            ("principal_due", self.principal_due), ("prepaid", self._prepaid), ("swept", self._swept),
            ("overdue_repaid", self._repaid), ("interest_overdue", self.interest_overdue),
            ("principal_overdue", self.principal_overdue), ("closing", self.owed),
        ):  # fmt: skip
            self.lines[name][k] = value


class ReserveAccount:
    """What one reserve holds, in cash and under its letter of credit."""

    def __init__(self, terms: Reserve, number: int) -> None:
        self.rank, self.serves = terms.rank, terms.serves
        name = f"reserve_{number}_"
        self.inputs: dict[str, Floats] = {
            name + "opening": real(name + "opening", terms.opening, 0)[..., None],
            name + "periods_ahead": real(name + "periods_ahead", terms.periods_ahead, 0)[..., None],
            name + "target": series(name + "target", terms.target, 0),
            name + "spending": series(name + "spending", terms.spending, 0),
            name + "letter_of_credit": series(name + "letter_of_credit", terms.letter_of_credit, 0),
            name + "letter_rate": series(name + "letter_rate", terms.letter_rate, 0),
        }
        self.lines: dict[str, Floats] = {}

    def begin(self, count: int, batch: tuple[int, ...]) -> None:
        """Open the account for so many periods and loans."""
        opening, ahead, *flows = self.inputs.values()
        self.cash, self.owed = np.zeros(batch) + opening[..., 0], np.zeros(batch)
        self.periods = ahead[..., 0]
        self.looks_ahead = bool((self.periods > 0).any())
        self._target, self._spending, self._letter, self._letter_rate = (timed(x, count) for x in flows)
        self.lines = {field.name: np.zeros((count, *batch)) for field in fields(ReserveLines)}

    def start(self, k: int, ahead: Floats) -> None:
        """Begin a period with the service that lies ahead; what was drawn under the letter of credit bears interest."""
        self._k = k
        self.owed = self.owed * (1 + self._letter_rate[k])
        self._wanted = self._target[k] + ahead
        self.lines["opening"][k] = self.cash

    def release(self) -> Floats:
        """Give up what exceeds the target, and return it."""
        excess = np.maximum(self.cash - self._cash_target(), 0.0)
        self.lines["released"][self._k] = excess
        self.cash = self.cash - excess
        return excess

    def spend(self, k: int) -> Floats:
        """Pay the cost the reserve is for, and return what it cannot pay."""
        paid = np.minimum(self._spending[k], self.cash)
        self.lines["spent"][k] = paid
        self.cash = self.cash - paid
        return self._spending[k] - paid

    def draw(self, need: Floats) -> Floats:
        """Give cash for a need."""
        paid = np.minimum(need, self.cash)
        self.lines["drawn"][self._k] += paid
        self.cash = self.cash - paid
        return paid

    def draw_letter(self, need: Floats) -> Floats:
        """Give cash for a need under the letter of credit."""
        paid = np.minimum(need, self._undrawn())
        self.lines["letter_drawn"][self._k] += paid
        self.owed = self.owed + paid
        return paid

    def fill(self, pool: Pool) -> None:
        """Repay the letter of credit, then fill up to the target."""
        repaid = pool.pay(self.owed)
        self.owed = self.owed - repaid
        target = self._cash_target()
        put_in = pool.pay(np.maximum(target - self.cash, 0.0))
        self.cash = np.minimum(self.cash + put_in, np.maximum(target, self.cash))
        self.lines["letter_repaid"][self._k], self.lines["filled"][self._k] = repaid, put_in
        self.lines["target"][self._k] = target

    def close(self, k: int) -> None:
        """Write the balances of the period."""
        self.lines["closing"][k], self.lines["letter_owed"][k] = self.cash, self.owed

    def _undrawn(self) -> Floats:
        return np.maximum(self._letter[self._k] - self.owed, 0.0)

    def _cash_target(self) -> Floats:
        return np.asarray(np.maximum(self._wanted - self._undrawn(), 0.0))


def _over(part: Floats, whole: Floats) -> Floats:
    """A share of a whole that may be nothing."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)


def _sums_ahead(rows: Rows) -> Rows:
    """The sum of each period's value and those after it, with a last entry of 0 after the end."""
    sums = [np.zeros(rows[0].shape)]
    for row in reversed(rows):
        sums.append(sums[-1] + row)
    return sums[::-1]
