"""A tape: many loans in columns, one row each, read whole; a bad row is named and the good ones are kept.

A blank takes the column's default; where there is none the row is refused. Flows are tables of loans by periods, in
which what lies behind a maturity is never read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.deal.tape.columns import COLUMNS, FREQUENCIES, PROFILES, RENT_TERMS, Flags, Problem
from xlmodel.deal.tape.reading import Reading, Table, read_table
from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats


@dataclass(frozen=True, slots=True)
class Tape:
    """Loans in columns, read by `Tape.of`.

    Attributes
    ----------
    columns
        Each of `COLUMNS` by name, shape (loans,); NaN is "this loan has none".
    profile
        Position in `PROFILES` of each loan's repayment, shape (loans,).
    cfads
        Cash flow available for debt service, shape (loans, periods); None where rent and cost are given.
    index
        Annual index of the floating loans, shape (loans, 1) or (loans, periods); None where all are fixed.
    usable
        Whether the row can be analysed, shape (loans,).
    problems
        Why the others cannot, in the order of the rows.
    """

    columns: Mapping[str, Floats]
    profile: npt.NDArray[np.intp]
    cfads: Floats | None
    index: Floats | None
    usable: Flags
    problems: tuple[Problem, ...]

    def __len__(self) -> int:
        return int(self.profile.size)

    @property
    def periods(self) -> int:
        """The longest term, which is the width of every path of results; at least 1."""
        terms = self.columns["periods"][self.usable]
        return int(terms.max()) if terms.size else 1

    @classmethod
    def of(cls, table: Table, aside: Iterable[str] = ()) -> "Tape":
        """Read a tape from columns.

        Parameters
        ----------
        table
            A mapping of columns or a DataFrame: the names of `COLUMNS`, `type` (one of `PROFILES`, "level" where
            blank), `cfads` as a table (loans, periods) or as columns ``cfads_1``, ``cfads_2``, ... in its stead, and
            `index` as a column or a table. A table of one row, or a single value, holds for every loan. A blank is
            None, NaN, an empty text or pandas' NA.
        aside
            Columns that belong to the reader, such as a number or a borrower. Any other unknown name is refused: a
            misspelt column would otherwise be a default nobody asked for.

        Raises
        ------
        InputError
            Unknown columns, a column that every loan needs left out, columns of different length, cash flow beside
            rent. A cell that cannot be used is never an error: it is a problem of its row.

        Examples
        --------
        >>> tape = Tape.of({"principal": [100, -5], "annual_rate": 0.1, "periods": 4, "cfads": [[40] * 4] * 2,
        ...                 "cost": 120, "annual_decay_eff": 0.3})
        >>> len(tape), tape.usable.tolist(), str(tape.problems[0])
        (2, [True, False], 'row 2: principal must be at least 0, got -5')
        """
        reading = read_table(table, aside)
        beside = [name for name in RENT_TERMS if name in reading.raw]
        if "cfads" in reading.raw and beside:
            raise InputError(f"{beside[0]} and cfads are both given: cash is given or follows from rent", beside[0])
        columns = {name: reading.numbers(name, column) for name, column in COLUMNS.items()}
        profile = reading.profile()
        cfads, index = reading.flow("cfads", columns["periods"]), reading.flow("index", columns["periods"])
        _check_loan(reading, columns, profile)
        _check_flows(reading, columns, cfads, index)
        _check_sale(reading, columns)
        problems = sorted(reading.problems, key=lambda problem: problem.row)
        usable = np.ones(reading.loans, dtype=np.bool_)
        usable[[problem.row - 1 for problem in problems]] = False
        return cls(columns, profile, cfads, index, usable, tuple(problems))


def _check_loan(reading: Reading, c: Mapping[str, Floats], profile: npt.NDArray[np.intp]) -> None:
    """What each column allows and the loan as a whole does not."""
    odd = ~np.isin(c["frequency"], FREQUENCIES) & ~np.isnan(c["frequency"])
    reading.refuse_where(odd, "frequency", "frequency must be 1, 2, 4 or 12, got {got}")
    reading.refuse_where(
        c["grace_periods"] >= c["periods"], "grace_periods", "grace_periods must be fewer than periods, got {got}"
    )
    sculpted = profile == PROFILES.index("sculpted")
    for name in ("grace_periods", "pik"):
        reading.refuse_where(
            sculpted & (c[name] > 0), name, name + " does not apply: a sculpted loan pays when there is cash, got {got}"
        )
    reading.refuse_where(
        (c["balloon"] > c["principal"]) & (c["pik"] == 0), "balloon", "balloon must be at most the principal, got {got}"
    )


def _check_flows(reading: Reading, c: Mapping[str, Floats], cfads: Floats | None, index: Floats | None) -> None:
    """Every loan has one rate and one source of cash, in every period of its life."""
    fixed = ~np.isnan(c["annual_rate"]) | reading.refused("annual_rate")
    floating = np.zeros(reading.loans, dtype=np.bool_)
    if index is not None:
        floating = ~np.isnan(index).all(axis=-1) | reading.refused("index")
        _check_width(reading, "index", index, c["periods"], floating & np.isnan(c["annual_rate"]))
    reading.refuse_where(~fixed & ~floating, "annual_rate", "annual_rate is missing, and so is an index")
    # A curve, a margin or a floor that is given once is there for whichever loan floats.
    both = fixed & floating & (not reading.shared("index"))
    reading.refuse_where(both, "annual_rate", "annual_rate and index are both given, but a loan is fixed or floating")
    for name, given in (("margin", c["margin"] != 0), ("floor", ~np.isnan(c["floor"]))):
        wrong = given & ~floating & ~np.isnan(c[name]) & (not reading.shared(name))
        reading.refuse_where(wrong, name, name + " belongs to a floating loan, but index is missing, got {got}")
    if cfads is not None:
        _check_width(reading, "cfads", cfads, c["periods"], np.ones(reading.loans, dtype=np.bool_))
        return
    for name in ("units", "rent"):
        missing = np.isnan(c[name]) & ~reading.refused(name)
        reading.refuse_where(missing, name, name + " is missing, and so is cfads")


def _check_width(reading: Reading, name: str, flow: Floats, periods: Floats, needed: Flags) -> None:
    """A table reaches to the end of every loan that needs it, without a gap."""
    width = flow.shape[-1]
    if name == "cfads" or width > 1:
        short = needed & (periods > width)
        reading.refuse_where(short, "periods", f"periods must be at most the {width} columns of {name}, got {{got}}")
    blank = np.isnan(flow)
    if not blank.any():
        return
    inside = np.arange(width) < np.where(np.isnan(periods), 0, periods)[:, None]
    gaps = blank & inside & (needed & ~reading.refused(name))[:, None]
    for row in np.flatnonzero(gaps.any(axis=-1)):
        first = int(np.argmax(gaps[row])) + 1
        reading.refuse(int(row), name, None, f"{name} of period {first} is missing")


def _check_sale(reading: Reading, c: Mapping[str, Floats]) -> None:
    """A sale needs a block, a time and a depth."""
    sells = ~np.isnan(c["units_per_month_depth"])
    for name in ("months_to_sale", "units"):
        missing = sells & np.isnan(c[name]) & ~reading.refused(name)
        reading.refuse_where(missing, name, name + " is missing, which a sale needs beside units_per_month_depth")
    depth_refused = reading.refused("units_per_month_depth")
    for name in ("months_to_sale", "advance_rate"):
        wrong = ~np.isnan(c[name]) & ~sells & ~depth_refused & (not reading.shared(name))
        reading.refuse_where(
            wrong, "units_per_month_depth", f"units_per_month_depth is missing, which {name} needs for a sale"
        )
