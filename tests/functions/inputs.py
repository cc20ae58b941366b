"""What every function must survive: the same table of inputs for every function and every host.

Each case is one call, its arguments as rectangles of cells the way they stand in a sheet. The cases are derived from
the record and its example, so a new function inherits them without an edit.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xlmodel.errors import ExcelError
from xlmodel.functions import Record
from xlmodel.functions.cells import OMITTED
from xlmodel.functions.record import Kind

NUMERIC = {Kind.NUMBER, Kind.SERIES, Kind.RATIO, Kind.LOAN, Kind.LIST, Kind.LADDER, Kind.WHOLE}
RANGES = {Kind.NUMBER, Kind.SERIES, Kind.RATIO, Kind.LADDER}

Rectangle = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Case:
    """One call: which function, which input of the table, and the cells it gets."""

    function: str
    label: str
    arguments: tuple[Any, ...]  # of Rectangle or OMITTED

    def __str__(self) -> str:
        return f"{self.function}-{self.label}"


def cases(record: Record) -> Iterator[Case]:
    """Every input of the table, put into every argument it can be put into."""
    given = [_rectangle(a) for a in record.example.arguments]

    def case(label: str, place: int | None = None, value: Any = None) -> Case:
        arguments = list(given)
        if place is not None:
            arguments += [OMITTED] * (place + 1 - len(arguments))
            arguments[place] = value
        return Case(record.name, label, tuple(arguments))

    yield case("example")
    for place, parameter in enumerate(record.parameters):
        kind, name = parameter.arg.kind, parameter.label
        if parameter.variadic:
            continue
        start = given[place] if place < len(given) else OMITTED
        yield case(f"{name} omitted", place, OMITTED)
        yield case(f"{name} blank", place, ((None,),))
        yield case(f"{name} error cell", place, ((ExcelError.NA,),))
        yield case(f"{name} error cell #DIV/0!", place, ((ExcelError.DIV0,),))
        yield case(f"{name} wrong text", place, (("abc",),))
        yield case(f"{name} text that begins with #", place, (("#5",),))
        yield case(f"{name} empty text", place, (("",),))
        yield case(f"{name} TRUE", place, ((True,),))
        if kind in NUMERIC:
            number = start[0][0] if start is not OMITTED and isinstance(start[0][0], int | float) else 1.0
            yield case(f"{name} text number", place, ((f"{number:.12g}",),))
            yield case(f"{name} negative", place, ((-1.0,),))
            yield case(f"{name} zero", place, ((0.0,),))
            yield case(f"{name} huge", place, ((1e300,),))
            # An early date for a count, since a schedule of 46,053 periods takes seconds.
            day, number = (dt.date(1900, 4, 9), 100.0) if kind is Kind.WHOLE else (dt.date(2026, 1, 31), 46053.0)
            yield case(f"{name} date cell", place, ((day,),))
            yield case(f"{name} date serial", place, ((number,),))
        if kind in NUMERIC | {Kind.DATES}:
            base = start[0][0] if start is not OMITTED else 1.0
            row = tuple(base for _ in range(3))
            yield case(f"{name} row", place, (row,))
            yield case(f"{name} column", place, tuple((v,) for v in row))
            yield case(f"{name} table", place, (row, row))
            yield case(f"{name} row with a blank", place, ((base, None, base),))
            yield case(f"{name} row with an empty text", place, ((base, "", base),))
            yield case(f"{name} row with text", place, ((base, "abc", base),))
            yield case(f"{name} row with an error", place, ((base, ExcelError.NUM, base),))
            yield case(f"{name} wrong shape", place, ((base,) * 2, (base,) * 2, (base,) * 2, (base,) * 2, (base,) * 2))
        if kind is Kind.CHOICE:
            for choice in parameter.arg.choices:
                yield case(f"{name} {choice}", place, ((choice.upper(),),))


def _rectangle(value: Any) -> Any:
    if value is None:
        return OMITTED
    if isinstance(value, tuple | list):
        rows = value if value and isinstance(value[0], tuple | list) else (value,)
        return tuple(tuple(map(_cell, row)) for row in rows)
    return ((_cell(value),),)


def _cell(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
