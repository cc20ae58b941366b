"""A covenant stepped through time: what it measures, what equity puts in, and what breaking it does to the cash."""

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_COLLATERAL_VALUE, NO_DEBT_SERVICE, NOT_TESTED, SHORT_HISTORY
from xlmodel.loan.accounts import Rows, timed
from xlmodel.loan.coverage import cover
from xlmodel.loan.cures import Allowance, need
from xlmodel.loan.term_sheet import Covenant
from xlmodel.loan.waterfall_lines import CovenantLines
from xlmodel.maths.domain import Floats, real, series, whole

Flags = npt.NDArray[np.bool_]

# Equality passes, and so does what rounding makes of it.
_TOLERANCE = 1e-12


class CovenantAccount:
    """One covenant over the periods of a waterfall."""

    def __init__(self, terms: Covenant, number: int) -> None:
        self.terms = terms
        name = f"covenant_{number}_"
        self._window = whole(name + "window", terms.window, 1)
        self._after = whole(name + "releases_after", terms.releases_after, 1)
        none = float("nan")
        self.inputs: dict[str, Floats] = {
            name + "default": np.atleast_1d(real(name + "default", terms.default, above=0, undefined=True)),
            name + "lockup": np.atleast_1d(
                real(name + "lockup", none if terms.lockup is None else terms.lockup, above=0, undefined=True)
            ),
            name + "base": series(name + "base", terms.base),
            name + "numerator": series(name + "numerator", 0.0 if terms.numerator is None else terms.numerator),
            name + "ordinary": series(name + "ordinary", terms.ordinary, 0),
            name + "sweep": series(name + "sweep", terms.sweep, 0, 1),
            name + "margin_step": series(name + "margin_step", terms.margin_step, 0),
        }

    def begin(self, count: int, batch: tuple[int, ...]) -> None:
        """Forget what was tested before."""
        rows = [timed(x, count) for x in self.inputs.values()]
        self._default, self._lockup, self._base, self._numerator, self._ordinary, *rest = rows
        self._sweep, self._margin = rest
        self._cash: Rows = []
        self._due: Rows = []
        zero = np.zeros(batch)
        # Passes since each level was last broken; before the first test nothing is broken.
        self._passed = {1: np.full(batch, self._after), 2: np.full(batch, self._after)}
        self._allowed = None if self.terms.cure is None else Allowance(self.terms.cure, (*batch, count))
        names = ("ratio", "after_cures", "amount", "needed", "numerator", "denominator")
        self.lines = {name: np.full((count, *batch), NOT_TESTED.nan if name[0] in "ra" else 0.0) for name in names}
        self.lines["amount"] = np.zeros((count, *batch))
        self.status = np.full((count, *batch), -1, dtype=np.intp)
        self.status_after = np.full((count, *batch), -1, dtype=np.intp)
        self._zero = zero

    def coverage(self, k: int, cash: Floats, opening_cash: Floats, service: Floats, principal: Floats) -> None:
        """Take the flows of a period before anything is put in."""
        if self.terms.numerator is not None:
            cash = self._numerator[k] + self._zero
        if not self.terms.includes_balloon:
            service = np.maximum(service - np.maximum(principal - self._ordinary[k], 0.0), 0.0)
        self._opening_cash = [*getattr(self, "_opening_cash", []), opening_cash] if k else [opening_cash]
        self._cash.append(cash)
        self._due.append(service)

    def counted(self, put_in: Floats) -> None:
        """Count cash that equity puts in on this date, for whichever covenant."""
        self._cash[-1] = self._cash[-1] + put_in

    def shrunk(self, kept: Floats) -> None:
        """Count past service as if what equity prepays had never been lent."""
        self._due = [due * kept for due in self._due]

    def test_coverage(self, k: int, owed_after: Floats, alive: Flags) -> tuple[Floats, Floats]:
        """Test a coverage; return what equity puts in as cash, and as a prepayment."""
        have, due = self._sums(k)
        level = self._default[k] + self._zero
        short_history = len(self._due) < self._window
        on = ~np.isnan(level) & alive & (not short_history)
        self.lines["numerator"][k], self.lines["denominator"][k] = have, due
        ratio = cover(have, due, NO_DEBT_SERVICE)
        if short_history:
            ratio = np.full(due.shape, SHORT_HISTORY.nan)
        self.lines["ratio"][k] = np.where(on, ratio, NOT_TESTED.nan)
        self.status[k] = self._judged(k, ratio, on & ~np.isnan(ratio), below=True)
        cash, prepaid = self._zero, self._zero
        after = ratio
        if self._allowed is not None:
            kind = self.terms.counts_as
            at = np.where(on, level, np.finfo(np.float64).tiny)
            gap, possible = need(have, due, at, self._due[-1], owed_after, kind)
            possible = possible & on
            self.lines["needed"][k] = np.where(possible, gap, 0.0)
            possible = possible & self._allowed.at(k, gap)
            amount = np.where(possible, gap, 0.0)
            self._allowed.use(k, amount, possible)
            self.lines["amount"][k] = amount
            if kind == "prepayment":
                prepaid = amount
                kept = np.where(possible, have / np.where(due > 0, at * due, 1.0), 1.0)
                after = cover(have, due * kept, NO_DEBT_SERVICE)
            elif kind == "debt_service":
                cash = amount
                self._due[-1] = self._due[-1] - amount
                after = cover(have, due - amount, NO_DEBT_SERVICE)
            else:
                cash = amount
                after = cover(have + amount, due, NO_DEBT_SERVICE)
        self.lines["after_cures"][k] = np.where(on, after, NOT_TESTED.nan)
        return cash, prepaid

    def settle_coverage(self, k: int, alive: Flags) -> None:
        """Judge a coverage after all that equity put in on the date."""
        have, due = self._sums(k)
        on = ~np.isnan(self._default[k] + self._zero) & alive & (len(self._due) >= self._window)
        after = np.where(on, cover(have, due, NO_DEBT_SERVICE), NOT_TESTED.nan)
        self.lines["after_cures"][k] = after
        self._count(k, self._judged(k, after, on & ~np.isnan(after), below=True))

    def test_leverage(self, k: int, owed: Floats, alive: Flags) -> None:
        """Test debt over its base, after payments."""
        level = self._default[k] + self._zero
        on = ~np.isnan(level) & alive
        ratio = np.where(owed > 0, cover(owed, self._base[k] + self._zero, NO_COLLATERAL_VALUE), 0.0)
        self.lines["numerator"][k], self.lines["denominator"][k] = owed, self._base[k] + self._zero
        self.lines["ratio"][k] = self.lines["after_cures"][k] = np.where(on, ratio, NOT_TESTED.nan)
        # Debt on collateral without value has no ratio, and is the worst breach there is.
        worst = np.where(np.isnan(ratio), np.inf, ratio)
        self._count(k, self._judged(k, worst, on, below=False))

    def _sums(self, k: int) -> tuple[Floats, Floats]:
        have, due = self._cash[-1], self._due[-1]
        for lag in range(2, min(self._window, len(self._due)) + 1):
            have, due = have + self._cash[-lag], due + self._due[-lag]
        if self.terms.counts_cash:
            have = have + self._opening_cash[max(k + 1 - self._window, 0)]
        return have, due

    def _judged(self, k: int, ratio: Floats, on: Flags, *, below: bool) -> npt.NDArray[np.intp]:
        """Codes of `xlmodel.loan.covenant.Status`."""
        default, lockup = self._default[k] + self._zero, self._lockup[k] + self._zero

        def broken(level: Floats) -> Flags:
            near = _TOLERANCE * level
            return np.asarray(level - ratio > near if below else ratio - level > near)

        with np.errstate(invalid="ignore"):
            found = np.where(broken(default), 2, np.where(broken(lockup), 1, 0))
        return np.where(on, found, -1)

    def _count(self, k: int, status: npt.NDArray[np.intp]) -> None:
        if self.terms.kind != "coverage":
            self.status[k] = status
        self.status_after[k] = status
        for grade, passed in self._passed.items():
            again = np.where(status >= grade, 0, passed + 1)
            self._passed[grade] = np.where(status >= 0, again, passed)

    def does(self, consequence: str) -> Flags:
        """Where a consequence holds after the test of the period."""
        held = np.zeros(self._zero.shape, dtype=np.bool_)
        for grade, words in ((1, self.terms.on_lockup), (2, self.terms.on_default)):
            if consequence in words:
                held = held | (self._passed[grade] < self._after)
        return held

    def sweep(self, k: int) -> Floats:
        """The share of the excess that it sweeps in a period."""
        return np.where(self.does("cash_dominion"), 1.0, np.where(self.does("sweep"), self._sweep[k], 0.0))

    def margin(self, k: int) -> Floats:
        """What it adds to the rate of a period."""
        return np.where(self.does("margin_step"), self._margin[k], 0.0)

    def written(self) -> CovenantLines:
        """Return its lines, time last."""

        def last(rows: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
            return np.ascontiguousarray(np.moveaxis(rows, 0, -1))

        found = {name: last(rows) for name, rows in self.lines.items()}
        return CovenantLines(**found, status=last(self.status), status_after=last(self.status_after))  # type: ignore[arg-type]
