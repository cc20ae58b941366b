"""What the way from cells to cells costs beside the computation itself."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from tests.bench.measure import Measured, medians
from xlmodel.errors import NO_DEBT_SERVICE, ExcelError
from xlmodel.functions import CATALOGUE, Record, call
from xlmodel.functions.reading import read
from xlmodel.functions.record import Kind
from xlmodel.functions.remembering import MEMORY

_ADDED = 30e-6
_RANGE = 3.0
_LOANS = 20_000
_ONE_CELL = {Kind.NUMBER, Kind.WHOLE, Kind.FLAG, Kind.CHOICE, Kind.LADDER, Kind.TEXT}


def scalar_call() -> Measured:
    """One call of single cells: what asking, reading and answering cost beside the bare function, at its worst.

    The function is replaced by one that knows its answer, so that the way alone is measured however long it takes.
    """
    worst: tuple[float, str, float] = (0.0, "", 1.0)
    for record in CATALOGUE.values():
        given = record.example.arguments
        if not given or not all(p.arg.kind in _ONE_CELL for p in record.parameters):
            continue
        cells = tuple(((float(a) if isinstance(a, int) and not isinstance(a, bool) else a,),) for a in given)
        values = read(record, cells).values
        known = record.function(*values)
        way = replace(record, function=lambda *_, known=known: known)
        more = medians(partial(_first, way, cells), calls=100)[0]
        if more > worst[0]:
            worst = more, record.name, medians(partial(record.function, *values), calls=10)[0]
    more, name, alone = worst
    figures = {"function": name, "bare_us": alone * 1e6, "added_us": more * 1e6}
    return Measured("call of single cells", 1 + more / alone, "adds at most 30 µs", more <= _ADDED, figures)


def _first(record: Record, cells: tuple[Any, ...]) -> object:
    """A call that nobody asked before."""
    MEMORY.forget()
    return call(record, cells)


def known_call() -> Measured:
    """One call of single cells that was asked before, at its worst, against the bare function."""
    worst: tuple[float, str] = (0.0, "")
    for record in CATALOGUE.values():
        given = record.example.arguments
        if given and all(p.arg.kind in _ONE_CELL for p in record.parameters):
            cells = tuple(((float(a) if isinstance(a, int) and not isinstance(a, bool) else a,),) for a in given)
            worst = max(worst, (medians(partial(call, record, cells), calls=100)[0], record.name))
    record = CATALOGUE[worst[1]]
    values = read(record, tuple((a,) for a in record.example.arguments)).values
    alone = medians(partial(record.function, *values), calls=20)[0]
    figures = {"function": worst[1], "bare_us": alone * 1e6, "known_us": worst[0] * 1e6}
    held = worst[0] <= _ADDED
    return Measured("call of single cells, asked before", worst[0] / alone, "takes at most 30 µs", held, figures)


def haircut_parts() -> Measured:
    """The haircut parts of 20,000 loans in one spilled call, against numpy doing the same from cells to cells."""
    return _against_numpy(0)


def haircut_parts_with_bad_rows() -> Measured:
    """The same when every fifth row is bad in one of three ways."""
    return _against_numpy(5)


def three_ltvs() -> Measured:
    """Three loan-to-value ratios and the illusion of 20,000 loans in one spilled call, against numpy."""
    rng = np.random.default_rng(1)
    columns = [_column(rng.uniform(1e6, 2e6, _LOANS)) for _ in range(4)]
    record = CATALOGUE["XLMODEL_LTV_PATH"]

    def bare() -> list[list[float]]:
        owed, *values = (np.array(c) for c in columns)
        ratios = [owed / v for v in values]
        answer: list[list[float]] = np.concatenate([*ratios, ratios[-1] - ratios[0]], axis=1).tolist()
        return answer

    assert call(record, columns)[1:] == bare()
    reference, whole = medians(bare, lambda: call(record, columns))
    figures = {"bare_ms": reference * 1e3, "whole_ms": whole * 1e3, "us_a_row": whole / _LOANS * 1e6}
    ratio = whole / reference
    return Measured("three LTVs of 20,000 loans", ratio, "at most 3 times bare numpy", ratio <= 3, figures)


def _column(values: Any) -> tuple[tuple[float], ...]:
    return tuple((float(v),) for v in values)


def _against_numpy(every: int) -> Measured:
    rng = np.random.default_rng(1)
    spans = ((100, 5000), (2e4, 4e4), (3, 9), (0.2, 0.5), (100, 1000), (0, 0.2), (0, 0.1))
    columns: list[Any] = [_column(rng.uniform(low, high, _LOANS)) for low, high in spans]
    if every:
        wrong = (-1.0, "abc", ExcelError.NA)
        columns[2] = tuple((wrong[i // every % 3],) if i % every == 0 else c for i, c in enumerate(columns[2]))
    record = CATALOGUE["XLMODEL_HAIRCUT_PARTS"]

    def bare() -> list[list[float]]:
        numbers = [np.array([r if type(r[0]) is float else (0.0,) for r in c])[:, 0] for c in columns]
        units, value, months, decay, depth, worn, stranded = (np.maximum(n, 0.0) for n in numbers)
        left = units * value
        parts = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for share in (1 - (1 - decay) ** (months / 12), worn, stranded, 1 - np.exp(-units / (depth * months))):
                parts.append(left * share)
                left = left - parts[-1]
            shares = [p / (units * value) for p in parts]
        answer: list[list[float]] = np.column_stack(shares).tolist()
        return answer

    shown = call(record, columns)
    assert len(shown) == _LOANS + 1
    assert sum(isinstance(row[0], ExcelError) for row in shown) == (_LOANS // every if every else 0)
    good = next(i for i, row in enumerate(shown[1:]) if not isinstance(row[0], ExcelError))
    np.testing.assert_allclose(shown[good + 1][:4], bare()[good], rtol=1e-9)
    reference, whole = medians(bare, lambda: call(record, columns))
    ratio = whole / reference
    figures = {"bare_ms": reference * 1e3, "whole_ms": whole * 1e3, "us_a_row": whole / _LOANS * 1e6}
    name, most = ("haircut parts of 20,000 loans", 3.0) if not every else ("haircut parts, a fifth of 20,000 bad", 5.0)
    return Measured(name, ratio, f"at most {most:g} times bare numpy", ratio <= most, figures)


def range_call() -> Measured:
    """One call of 20,000 x 2 cells against numpy converting, dividing and giving lists back."""
    record = CATALOGUE["XLMODEL_DSCR"]
    rng = np.random.default_rng(1)
    cash = tuple(map(tuple, rng.uniform(50, 150, (20_000, 2)).tolist()))
    service = tuple(map(tuple, rng.uniform(0, 100, (20_000, 2)).tolist()))

    def bare() -> list[list[float]]:
        over, under = np.array(cash), np.array(service)
        finite = np.isfinite(over).all() and np.isfinite(under).all() and (under >= 0).all()
        assert finite
        with np.errstate(divide="ignore", invalid="ignore"):
            answer: list[list[float]] = np.where(under > 0, over / under, NO_DEBT_SERVICE.nan).tolist()
        return answer

    assert call(record, (cash, service)) == bare()
    reference, whole = medians(bare, lambda: call(record, (cash, service)))
    figures = {"bare_ms": reference * 1e3, "whole_ms": whole * 1e3}
    ratio = whole / reference
    return Measured("call of 20,000 x 2 cells, twice", ratio, "at most 3 times bare numpy", ratio <= _RANGE, figures)
