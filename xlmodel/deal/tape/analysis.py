"""A tape of loans through the whole engine in one call: grouped by structure, run in chunks, answered in order."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xlmodel.deal.tape.batch import Batch, PartlyInfeasibleError, Structure
from xlmodel.deal.tape.columns import LONGEST, PROFILES, Problem
from xlmodel.deal.tape.loans import Tape
from xlmodel.deal.tape.results import Figures, Paths
from xlmodel.errors import AFTER_MATURITY, ROW_REFUSED, ModelError
from xlmodel.maths.domain import Floats, whole

if TYPE_CHECKING:
    import pandas as pd

_Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class TapeAnalysis:
    """The numbers of a tape, loans in its order.

    Attributes
    ----------
    figures
        Results by loan, shape (loans,).
    paths
        Results by period, shape (loans, longest term); `AFTER_MATURITY` behind each loan's own term. None where only
        the figures were asked for.
    problems
        Why a loan has no results, one or more sentences each, in the order of the rows. All its results are
        `ROW_REFUSED`.
    """

    figures: Figures
    paths: Paths | None
    problems: tuple[Problem, ...]

    def table(self) -> "pd.DataFrame":
        """Return the figures as a DataFrame, one row a loan, counted from 1; an undefined figure is NaN."""
        import pandas as pd

        columns = {field.name: getattr(self.figures, field.name) for field in fields(Figures)}
        return pd.DataFrame(columns, index=pd.RangeIndex(1, self.figures.min_dscr.size + 1, name="row"))


def analyse_tape(tape: Tape, chunk: int = 1500, summary: bool = False) -> TapeAnalysis:
    """Analyse every loan of a tape.

    Loans that the engine takes as one batch (same frequency, profile, grace and term) run together, at most `chunk`
    at a time. A loan's numbers depend on its own row alone, to the last bit.

    Parameters
    ----------
    tape
        The loans, as `Tape.of` reads them.
    chunk
        Loans in a batch, at least 1. Working memory grows with it, and with the longest term, not with the tape.
    summary
        Keep the figures of each loan only, which need a small constant of memory a loan.

    Returns
    -------
    TapeAnalysis
        A loan the engine refuses, such as one that cannot be sculpted, joins the problems; the others are answered.

    Examples
    --------
    >>> loans = {"principal": [28e6, 28e6], "annual_rate": 0.12, "periods": 16, "type": ["level", "bullet"],
    ...          "units": 1000, "rent": 2.4, "annual_deflation": 0.3, "usage": 0.85, "cash_cost": 0.3526,
    ...          "cost": 35e6, "annual_decay_eff": 0.5, "covenant": 1.0}
    >>> seen = analyse_tape(Tape.of(loans))
    >>> [float(x[0]) for x in (seen.figures.first_breach, seen.figures.first_breach_ltm, seen.figures.first_breach_ntm)]
    [5.0, 7.0, 3.0]
    >>> seen.paths.dscr[0, :3].round(4).tolist()
    [1.5704, 1.4069, 1.2573]
    """
    size = whole("chunk", chunk, 1)
    loans, width = len(tape), tape.periods
    figures = Figures(**{field.name: np.empty(loans) for field in fields(Figures)})
    paths = None if summary else Paths(**{field.name: np.empty((loans, width)) for field in fields(Paths)})
    problems = list(tape.problems)
    answered = np.zeros(loans, dtype=np.bool_)
    for structure, rows in _groups(tape):
        for begin in range(0, rows.size, size):
            for batch, by_period, by_loan in _answers(tape, rows[begin : begin + size], structure, problems):
                _put(figures, by_loan, batch)
                answered[batch] = True
                if paths is not None:
                    _put(paths, by_period, batch)
    refused = np.flatnonzero(~answered)
    for kept in (figures, paths):
        if kept is not None and refused.size:
            for field in fields(kept):
                getattr(kept, field.name)[refused] = ROW_REFUSED.nan
    return TapeAnalysis(figures, paths, tuple(sorted(problems, key=lambda problem: problem.row)))


def _groups(tape: Tape) -> Iterator[tuple[Structure, _Rows]]:
    """The usable rows by structure, each group in the order of the tape."""
    rows, structures, bounds = _sorted(tape)
    for structure, begin, end in zip(structures, bounds[:-1], bounds[1:], strict=True):
        yield structure, rows[begin:end]


def _sorted(tape: Tape) -> tuple[_Rows, list[Structure], list[int]]:
    """The usable rows sorted by structure: all that is kept of the whole tape while its chunks run."""
    c, rows = tape.columns, np.flatnonzero(tape.usable)
    sizes = (13, len(PROFILES), int(LONGEST) + 1, int(LONGEST) + 1)
    parts = (c["frequency"], tape.profile, c["grace_periods"], c["periods"])
    code = np.ravel_multi_index([part[rows].astype(np.int64) for part in parts], sizes)
    order = np.argsort(code, kind="stable")
    kinds, starts = np.unique(code[order], return_index=True)
    structures = [Structure(*(int(x) for x in np.unravel_index(kind, sizes))) for kind in kinds]
    return rows[order], structures, [*starts.tolist(), rows.size]


def _answers(
    tape: Tape, rows: _Rows, structure: Structure, problems: list[Problem]
) -> Iterator[tuple[_Rows, Paths, Figures]]:
    """Run a batch; where the engine refuses it, find the loan by halving, so that the others are answered."""
    try:
        yield rows, *Batch(tape, rows, structure).run()
    except PartlyInfeasibleError as partly:
        if partly.feasible.any():
            yield from _answers(tape, rows[partly.feasible], structure, problems)
        for row in rows[~partly.feasible]:
            yield from _answers(tape, np.array([row]), structure, problems)
    except ModelError as error:
        if rows.size > 1:
            half = rows.size // 2
            yield from _answers(tape, rows[:half], structure, problems)
            yield from _answers(tape, rows[half:], structure, problems)
        else:
            problems.append(_refused(tape, int(rows[0]), error))


def _refused(tape: Tape, row: int, error: ModelError) -> Problem:
    """What the engine says of one loan, its argument under the name of the column."""
    name = {"debt": "principal", "rate": "annual_rate"}.get(error.argument or "", error.argument or "")
    column = tape.columns.get(name)
    return Problem(row + 1, name, None if column is None else float(column[row]), error.sentence)


def _put(kept: Figures | Paths, found: Figures | Paths, rows: _Rows) -> None:
    for field in fields(kept):
        target: Floats = getattr(kept, field.name)
        values: Floats = getattr(found, field.name)
        if values.ndim == 1:
            target[rows] = values
        else:
            term = values.shape[-1]
            target[rows, :term] = values
            target[rows, term:] = AFTER_MATURITY.nan
