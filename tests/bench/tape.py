"""Ten thousand loans through the engine in one call, against the same loans one by one; and the memory of ten times."""

import time
import tracemalloc
from typing import Any

import numpy as np

from tests.bench.measure import Measured
from xlmodel.deal.tape import Tape, analyse_tape

_QUARTERS = 40
_SINGLES = 200


def loans(count: int, seed: int = 7) -> dict[str, Any]:
    """A book of mixed structures: six ways to repay, fixed and floating, four terms, with rent, contract and sale."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 6, count)
    units = rng.integers(100, 5000, count).astype(float)
    sculpted, floating = kind == 3, kind == 4
    cost = units * rng.uniform(25e3, 40e3, count)
    principal = cost * rng.uniform(0.3, 0.6, count)
    return {
        "type": np.choose(kind, ["level", "straight", "bullet", "sculpted", "level", "level"]),
        "principal": np.where(sculpted, 0.5 * principal, principal),
        "annual_rate": np.where(floating, np.nan, rng.uniform(0.07, 0.14, count)),
        "index": np.where(floating, rng.uniform(0.02, 0.05, count), np.nan),
        "margin": np.where(floating, 0.06, np.nan),
        "floor": np.where(floating, 0.01, np.nan),
        "periods": rng.choice([20, 24, 32, _QUARTERS], count),
        "grace_periods": np.where(kind == 5, 4, 0),
        "pik": np.where(kind == 1, 0.1, 0.0) * (rng.random(count) < 0.2),
        "balloon": np.where(kind == 0, 0.2 * principal, 0.0),
        "units": units,
        "rent": rng.uniform(2.5, 4.0, count),
        "annual_deflation": rng.uniform(0.0, 0.2, count),
        "usage": rng.uniform(0.7, 0.95, count),
        "cash_cost": rng.uniform(0.1, 0.3, count),
        "share": rng.uniform(0.0, 0.8, count),
        "price": 2.5,
        "term_periods": rng.integers(4, 21, count),
        "cost": cost,
        "annual_decay_eff": rng.uniform(0.2, 0.5, count),
        "salvage": 0.02 * cost,
        "units_per_month_depth": rng.uniform(100, 1000, count),
        "months_to_sale": rng.uniform(3, 9, count),
        "selling_pct": 0.05,
        "cost_per_unit": 500.0,
        "covenant": 1.2,
        "target_dscr": 1.3,
        "max_ltv": 0.7,
        "advance_rate": 0.85,
    }


def row(table: dict[str, Any], i: int) -> dict[str, Any]:
    """One loan of a table, as a table."""
    return {name: np.atleast_1d(column)[[i if np.ndim(column) else 0]] for name, column in table.items()}


def one_call() -> Measured:
    """10,000 loans of 40 quarters in one call against one call a loan, reading the tape included in both."""
    table = loans(10_000)
    table["periods"] = np.full(10_000, _QUARTERS)
    return _against_singles(table, "10,000 loans of 40 quarters")


def mixed_terms() -> Measured:
    """The same with four terms, so four times the groups."""
    return _against_singles(loans(10_000), "10,000 loans of 20 to 40 quarters")


def memory() -> Measured:
    """Working memory of 20,000 loans beyond what goes in and comes out, against that of 2,000."""
    few, many = (_working(count) for count in (2_000, 20_000))
    figures = {"MiB_at_2,000": few, "MiB_at_20,000": many}
    return Measured(
        "memory of a tape, ten times the loans", many / few, "at most 1.1 times", many <= 1.1 * few, figures
    )


def _against_singles(table: dict[str, Any], name: str) -> Measured:
    count = len(table["principal"])
    chosen = np.random.default_rng(1).choice(count, _SINGLES, replace=False)
    ones = [row(table, i) for i in chosen]
    whole = min(_seconds(lambda: analyse_tape(Tape.of(table))) for _ in range(5))
    tapes = [Tape.of(one) for one in ones]
    alone = min(_seconds(lambda: [analyse_tape(Tape.of(one)) for one in ones]) for _ in range(3)) / _SINGLES
    engine = min(_seconds(lambda: [analyse_tape(tape) for tape in tapes]) for _ in range(3)) / _SINGLES
    tracemalloc.start()
    seen = analyse_tape(Tape.of(table))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    figures = {
        "loans_per_second": count / whole,
        "whole_ms": whole * 1e3,
        "alone_ms": alone * 1e3,
        "times_faster": count * alone / whole,
        "times_faster_without_reading_singles": count * engine / whole,
        "peak_MiB": peak / 2**20,
        "refused": len(seen.problems),
    }
    ratio = whole / (count * alone / 100)
    hold = "at most 1 times a hundredth of the time one by one"
    return Measured(name, ratio, hold, ratio <= 1, figures)


def _working(count: int) -> float:
    """MiB at the peak beyond the tape and the figures of each loan."""
    table = loans(count)
    table["periods"] = np.full(count, _QUARTERS)
    tape = Tape.of(table)
    analyse_tape(tape, chunk=200, summary=True)
    tracemalloc.start()
    seen = analyse_tape(tape, chunk=200, summary=True)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen.figures.min_dscr.size == count
    return (peak - kept) / 2**20


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
