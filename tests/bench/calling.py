"""What the way from cells to cells costs beside the computation itself."""

from functools import partial

import numpy as np

from tests.bench.measure import Measured, added, medians
from xlmodel.errors import NO_DEBT_SERVICE
from xlmodel.functions import CATALOGUE, call
from xlmodel.functions.reading import read
from xlmodel.functions.record import Kind

_ADDED = 30e-6
_RANGE = 3.0
_ONE_CELL = {Kind.NUMBER, Kind.WHOLE, Kind.FLAG, Kind.CHOICE, Kind.LADDER, Kind.TEXT}


def scalar_call() -> Measured:
    """One call of single cells: what reading and answering add to the bare function, at its worst."""
    worst: tuple[float, str, float] = (0.0, "", 1.0)
    for record in CATALOGUE.values():
        given = record.example.arguments
        if not given or not all(p.arg.kind in _ONE_CELL for p in record.parameters):
            continue
        cells = tuple(((float(a) if isinstance(a, int) and not isinstance(a, bool) else a,),) for a in given)
        bare, whole = partial(record.function, *read(record, cells).values), partial(call, record, cells)
        more = added(bare, whole)
        if more > worst[0]:
            worst = more, record.name, medians(bare, calls=100)[0]
    more, name, alone = worst
    figures = {"function": name, "bare_us": alone * 1e6, "added_us": more * 1e6}
    return Measured("call of single cells", 1 + more / alone, "adds at most 30 µs", more <= _ADDED, figures)


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
