"""What a formula's number is made of: its inputs as they were read, its parts down to the answer, its formula.

The parts are the tape that a record declares; a function without one shows its inputs, formula and answer. Many answers
are explained one below the other, as many as a person would read.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from xlmodel.errors import ExcelError, ModelError, reason
from xlmodel.functions.answer import Table, cells
from xlmodel.functions.calling import elements, named, place
from xlmodel.functions.cells import Argument, Cell
from xlmodel.functions.reading import Decode, plain, read
from xlmodel.functions.record import Kind, Parameter, Record
from xlmodel.functions.step import Step, Tape, fitted

HEAD: Final = ("what", "value", "unit", "how")
Line = tuple[str, Cell, str, str]

_ANSWERS: Final = 100
_LISTED: Final = 6
UNDEFINED: Final = "undefined"


def explain(name: str, arguments: Sequence[Argument], decode: Decode = plain) -> list[Line]:
    """Return the lines of an explanation: what, value, unit and how, their headings first.

    A number that does not exist is the word "undefined" with its Excel error and reason beside it, so that an
    explanation has no error cell of its own.

    >>> for what, value, *_ in explain("LTV", [20.0, 35.0])[3:-2]:
    ...     print(what, value)
    balance 20.0
    value 35.0
    prior_claims 0.0
    cash_collateral 0.0
    parts
    balance 20.0
    − cash collateral 0.0
    ÷ value after prior claims 35.0
    = loan to value 0.5714285714285714
    """
    record = named(name)
    lines: list[Line] = [HEAD, (record.name, "", "", record.summary)]
    try:
        values = read(record, arguments, decode).values
    except ModelError as error:
        return [*lines, _refused("answer", error)]
    inputs = [_input(p, v) for p, v in zip(record.parameters, values, strict=False) if _given(p, v)]
    if inputs:
        lines += [("inputs", "", "", "as they were read"), *inputs]
    how = "each line is applied to what stands above it" if record.parts else ""
    lines += [("parts" if record.parts else "answers", "", "", how), *_answers(record, values)]
    formula = [" ".join(paragraph.split()) for paragraph in record.text.split("\n\n")[1:2]]
    return [*lines, *(("formula", "", "", text) for text in formula), ("source", "", "", record.source)]


def _answers(record: Record, values: list[Any]) -> Iterator[Line]:
    alone = elements(record, values)
    if alone is None:
        yield from _answer(record, values, "")
        return
    count = alone.shape[0] * alone.shape[1]
    for i in range(min(count, _ANSWERS)):
        yield from _answer(record, alone.only(i), f"{place(alone.shape, i)}: ")
    if count > _ANSWERS:
        yield _more(count - _ANSWERS)


def _answer(record: Record, values: list[Any], where: str) -> Iterator[Line]:
    """The lines of one call, each named by where its element lies."""
    try:
        answer = record.function(*values)
        tape = record.parts(*values) if record.parts else None
    except ModelError as error:
        yield _refused(f"{where}answer", error)
        return
    if isinstance(answer, Table):
        yield from _table(answer, tape, where)
    elif isinstance(answer, list | tuple):
        shown = cells(answer)
        yield (f"{where}answer", f"{len(shown)} x {len(shown[0])} cells", "", "")
    else:
        yield from _array(record, np.asarray(answer), tape, where)


def _array(record: Record, answer: Any, tape: Tape | None, where: str) -> Iterator[Line]:
    shape = answer.shape
    for i, at in enumerate(np.ndindex(shape)):
        if i == _ANSWERS:
            yield _more(answer.size - _ANSWERS)
            return
        spot = where or _spot(record, shape, at)
        if tape is None:
            yield _told(f"{spot}answer", answer[at], "")
            continue
        for j, step in enumerate(tape.steps):
            yield _step(spot, j, step, fitted(step.value, shape)[at])
        yield _told(f"{spot}= {tape.total}", answer[at], tape.unit)


def _table(table: Table, tape: Tape | None, where: str) -> Iterator[Line]:
    """The steps of the answer that the tape leads to, and the answers that are no steps of it."""
    if table.values.ndim > 1:
        rows = cells(table)
        yield (f"{where}answer", f"{len(rows)} x {len(rows[0])} cells", "", "")
        return
    told = set()
    if tape is not None:
        for j, step in enumerate(tape.steps):
            yield _step(where, j, step, step.value)
            told.add(step.name)
    answers = dict(zip(table.headings, table.values.tolist(), strict=True))
    if tape is not None and tape.heading is not None:
        yield _told(f"{where}= {tape.total}", answers.pop(tape.heading), tape.unit)
    for heading, value in answers.items():
        if heading not in told:
            yield _told(f"{where}{heading}", value, "")


def _spot(record: Record, shape: tuple[int, ...], at: tuple[int, ...]) -> str:
    """Where an answer lies among several, empty for an only one: a loan's row, and its period in a path."""
    named_ = []
    if len(shape) > 1 and shape[0] > 1:
        named_.append(f"row {at[0] + 1}")
    if shape and shape[-1] > 1:
        over_time = any(p.arg.kind in (Kind.SERIES, Kind.RATIO) for p in record.parameters)
        named_.append(f"{'period' if over_time else 'cell'} {at[-1] + 1}")
    return f"{' '.join(named_)}: " if named_ else ""


def _step(where: str, place_: int, step: Step, value: Any) -> Line:
    return (f"{where}{step.sign} {step.name}" if place_ else f"{where}{step.name}", _value(value), step.unit, step.how)


def _told(what: str, value: Any, unit: str) -> Line:
    why = reason(float(value)) if isinstance(value, float) else None
    return (what, _value(value), unit, f"{why.error}: {why.sentence}" if why else "")


def _refused(what: str, error: ModelError) -> Line:
    return (what, UNDEFINED, "", f"{error.error}: {error}")


def _more(count: int) -> Line:
    return ("…", "", "", f"and {count:,} more: ask for them in smaller ranges")


def _value(value: Any) -> Cell:
    cell = cells(value.item() if isinstance(value, np.generic | np.ndarray) else value)[0][0]
    return UNDEFINED if isinstance(cell, ExcelError) else cell


def _given(parameter: Parameter, value: Any) -> bool:
    return not parameter.variadic and value is not None and not (isinstance(value, tuple) and not value)


def _input(parameter: Parameter, value: Any) -> Line:
    left_out = not parameter.required and isinstance(value, type(parameter.default)) and value == parameter.default
    how = f"{parameter.arg.help} Left at its default." if left_out else parameter.arg.help
    return (parameter.label, _shown(value), parameter.arg.unit, how)


def _shown(value: Any) -> Cell:
    """One number or text as it is; a range as its size and its first and last numbers."""
    if not isinstance(value, list | np.ndarray | tuple) or np.ndim(value) == 0:
        return _value(value)
    flat = list(np.asarray(value, dtype=object).ravel())
    listed = [_text(v) for v in (flat if len(flat) <= _LISTED else flat[: _LISTED - 1])]
    if len(flat) > _LISTED:
        listed += ["…", _text(flat[-1])]
    size = np.shape(value)
    count = f"{size[0]} x {size[1]} cells" if len(size) == 2 and 1 not in size else f"{len(flat)} cells"
    return f"{count}: {', '.join(listed)}"


def _text(value: Any) -> str:
    if isinstance(value, float):
        return UNDEFINED if value != value else f"{value:.15g}"
    return str(value)
