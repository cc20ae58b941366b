"""The one path of a call: cells in, read by kind, compute, cells out; and the reason when it shows an error.

Every host and every test goes through `call`. No exception leaves it: a host would show the sheet a traceback.
What it shows instead is an Excel error, and `why` says the reason in a sentence.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlmodel.errors import ExcelError, InputError, ModelError, reason
from xlmodel.functions.answer import Answer, cells
from xlmodel.functions.cells import Argument
from xlmodel.functions.reading import Decode, Reading, plain, read
from xlmodel.functions.record import CATALOGUE, PREFIX, Kind, Parameter, Record
from xlmodel.maths.domain import Floats


def call(record: Record, arguments: Sequence[Argument], decode: Decode = plain) -> Answer:
    """Return the cells a formula shows.

    Parameters
    ----------
    record
        The function, from `CATALOGUE`.
    arguments
        Its arguments as the host hands them over; trailing ones may be left out.
    decode
        How this host spells errors, blanks and dates, for every cell that is not a plain number.

    >>> call(CATALOGUE["XLMODEL_COLLATERAL_VALUE"], [35000.0, 2.0, 0.5])
    [[8750.0]]
    >>> call(CATALOGUE["XLMODEL_COLLATERAL_VALUE"], [35000.0, "two", 0.5])
    [[<ExcelError.VALUE: '#VALUE!'>]]
    """
    try:
        reading = read(record, arguments, decode)
        try:
            value = record.function(*reading.values)
        except ModelError as error:
            value, _ = _one_by_one(record, reading, error)
        return cells(value, reading.column)
    except ModelError as error:
        return [[error.error]]
    except Exception:  # noqa: BLE001  a defect of ours: the sheet gets #VALUE!, `why` names the defect
        return [[ExcelError.VALUE]]


def why(name: str, arguments: Sequence[Argument], decode: Decode = plain) -> str:
    """Return in sentences why a formula shows an error, or that it shows none.

    >>> why("XLMODEL_COLLATERAL_VALUE", [35000.0, "two", 0.5])
    'age_years must be a number, got "two".'
    """
    record = named(name)
    try:
        reading = read(record, arguments, decode)
        try:
            value = record.function(*reading.values)
        except ModelError as error:
            _, stopped = _one_by_one(record, reading, error)
            return " ".join(_sentences(f"In {s.place}: {s.error}" for s in stopped))
        return _undefined(value, record.elementwise) or f"{record.name} has a value: there is nothing to explain."
    except ModelError as error:
        return " ".join(_sentences([str(error)]))
    except Exception as error:  # noqa: BLE001  said in a sentence, with what a report of the defect needs
        return f"{record.name} failed inside xlmodel ({type(error).__name__}: {error}); please report it."


def named(name: str) -> Record:
    """Return the record of a function, its prefix and capitals optional; Calc spells the prefix with a dot.

    >>> named("dscr_ltm").name, named("XLMODEL.DSCR_LTM").name
    ('XLMODEL_DSCR_LTM', 'XLMODEL_DSCR_LTM')
    """
    wanted = name.strip().upper().lstrip("=").split("(")[0].replace(".", "_")
    record = CATALOGUE.get(wanted) or CATALOGUE.get(PREFIX + wanted)
    if record is None:
        raise InputError(f'there is no function "{name}"; =XLMODEL_ lists them', "name")
    return record


@dataclass(frozen=True, slots=True)
class _Stopped:
    """An element that could not be answered, and where it lies."""

    place: str
    error: ModelError


def _one_by_one(record: Record, reading: Reading, error: ModelError) -> tuple[list[list[Any]], list[_Stopped]]:
    """Answer the elements of a range that can be answered after one of them stopped the whole call.

    Only where each element stands alone; otherwise `error` is raised again. Halving finds k bad elements among n in
    k·log(n) calls.
    """
    if not record.elementwise:
        raise error
    ranges = {
        i: v
        for i, (p, v) in enumerate(zip(record.parameters, reading.values, strict=True))
        if isinstance(v, np.ndarray) and v.ndim == 2 and not _ladder(p, v)
    }
    if not ranges:
        raise error
    try:
        shape = np.broadcast_shapes(*(a.shape for a in ranges.values()))
    except ValueError:
        raise error from None
    flat = [np.broadcast_to(v, shape).ravel() if i in ranges else v for i, v in enumerate(reading.values)]
    answer: list[Any] = []
    stopped: list[tuple[int, ModelError]] = []
    _halve(record.function, flat, frozenset(ranges), shape[0] * shape[1], answer, stopped)
    rows = [answer[i : i + shape[1]] for i in range(0, len(answer), shape[1])]
    return rows, [_Stopped(_element(shape, i), cause) for i, cause in stopped]


def _halve(
    function: Callable[..., Any],
    values: list[Any],
    ranges: frozenset[int],
    count: int,
    answer: list[Any],
    stopped: list[tuple[int, ModelError]],
) -> None:
    try:
        answer.extend(np.broadcast_to(np.asarray(function(*values)), (count,)).tolist())
    except ModelError as error:
        if count == 1:
            stopped.append((len(answer), error))
            answer.append(error.error)
            return
        middle = count // 2
        for part, size in ((slice(None, middle), middle), (slice(middle, None), count - middle)):
            half = [v[part] if i in ranges else v for i, v in enumerate(values)]
            _halve(function, half, ranges, size, answer, stopped)


def _ladder(parameter: Parameter, value: Floats) -> bool:
    return parameter.arg.kind is Kind.LADDER and value.shape[1] == 2 and value.shape[0] > 1


def _element(shape: tuple[int, ...], index: int) -> str:
    row, column = divmod(index, shape[1])
    if shape[1] == 1:
        return f"row {row + 1}"
    return f"column {column + 1}" if shape[0] == 1 else f"row {row + 1} column {column + 1}"


def _undefined(value: Any, elementwise: bool) -> str:
    """Why some of an answer is undefined, or an empty text."""
    values = np.asarray(value)
    if values.dtype.kind not in "fO":
        return ""
    if values.ndim == 0:
        lone = _reason(values.item())
        return f"Undefined: {lone}." if lone else ""
    found: dict[str, list[int]] = {}
    if elementwise or (values.ndim > 1 and values.shape[-1] == 1):
        grid = np.atleast_2d(values)
        for i, element in enumerate(grid.ravel().tolist()):
            if sentence := _reason(element):
                found.setdefault(sentence, []).append(i)
        return " ".join(
            f"In {', '.join(_element(grid.shape, i) for i in places)}: {sentence}."
            for sentence, places in found.items()
        )
    for period in range(values.shape[-1]):
        for sentence in dict.fromkeys(map(_reason, values[..., period].ravel().tolist())):
            if sentence:
                found.setdefault(sentence, []).append(period + 1)
    return " ".join(f"{_runs(places)}: {sentence}." for sentence, places in found.items())


def _reason(value: Any) -> str:
    cause = reason(value) if isinstance(value, float) else None
    return cause.sentence if cause else ""


def _runs(places: list[int]) -> str:
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    texts = [f"{a}" if a == b else f"{a} to {b}" for a, b in runs]
    return f"Period{'s' if len(places) > 1 else ''} {', '.join(texts)}"


def _sentences(texts: Iterable[str]) -> list[str]:
    """Each text once, with a full stop at the end."""
    return [t if t.endswith(".") else f"{t}." for t in dict.fromkeys(texts)]
