"""May cash leave? The coverage test of a lock-up, stepped through time."""

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_DEBT_SERVICE, SHORT_HISTORY
from xlmodel.loan.accounts import Rows, timed
from xlmodel.loan.covenant import breaches
from xlmodel.loan.coverage import cover
from xlmodel.loan.term_sheet import LockUp
from xlmodel.maths.domain import Floats, real, series, whole


class CoverageTest:
    """Coverage over a window against a level, and how long a lock-up has lasted.

    A period that is not tested, without service, without a full window or before the first test, changes nothing:
    it neither locks nor counts as a pass.
    """

    def __init__(self, terms: LockUp | None) -> None:
        self._active = terms is not None
        terms = LockUp(level=1.0) if terms is None else terms
        self._rank = terms.rank
        self._window = whole("window", terms.window, 1)
        self._passes = whole("passes", terms.passes, 1)
        self._first = whole("first_test", terms.first_test, 1) - 1
        self._patience = None if terms.prepays_after is None else whole("prepays_after", terms.prepays_after, 1)
        level = series("lockup_level", terms.level)
        real("lockup_level", level, above=0)
        self.flows: dict[str, Floats] = {"lockup_level": level, "failed": series("failed", terms.failed, 0, 1)}

    def begin(self, count: int, batch: tuple[int, ...]) -> None:
        """Forget what was tested before."""
        self._level, self._failed = (timed(x, count) for x in self.flows.values())
        self._cash: Rows = []
        self._due: Rows = []
        self._passed = np.full(batch, self._passes)
        self._held = np.zeros(batch, dtype=np.intp)
        self.ratio: Floats = np.zeros(batch)
        self.prepays: npt.NDArray[np.bool_] = np.zeros(batch, dtype=np.bool_)

    def counts(self, rank: int) -> bool:
        """Whether the service of a rank is part of the ratio."""
        return self._rank is None or rank <= self._rank

    def passes(self, k: int, cash: Floats, service: Floats) -> npt.NDArray[np.bool_]:
        """Whether distributions are locked after the test of a period."""
        self._cash.append(cash)
        self._due.append(service)
        have, due = self._cash[-1], self._due[-1]
        for lag in range(2, min(self._window, len(self._due)) + 1):
            have, due = have + self._cash[-lag], due + self._due[-lag]
        self.ratio = cover(have, due, NO_DEBT_SERVICE)
        if len(self._due) < self._window:
            self.ratio = np.full(due.shape, SHORT_HISTORY.nan)
        if not self._active:
            return np.zeros(due.shape, dtype=np.bool_)
        low = breaches(self.ratio, self._level[k]) if k >= self._first else np.zeros(due.shape, dtype=np.bool_)
        low = low.reshape(due.shape) | (self._failed[k] > 0)
        tested = (~np.isnan(self.ratio) & (k >= self._first)) | (self._failed[k] > 0)
        self._passed = np.where(tested, np.where(low, 0, self._passed + 1), self._passed)
        locked = self._passed < self._passes
        self._held = np.where(locked, self._held + tested, 0)
        if self._patience is not None:
            self.prepays = self._held >= self._patience
        return locked
