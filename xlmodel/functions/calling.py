"""The one path of a call: cells in, read by kind, compute, cells out; and the reason when it shows an error.

Every host and every test goes through `call`. No exception leaves it: a host would show the sheet a traceback.
What it shows instead is an Excel error, and `why` says the reason in a sentence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from xlmodel.errors import ExcelError, InputError, ModelError, cell_error, reason
from xlmodel.functions.answer import Answer, Table, cells
from xlmodel.functions.cells import Argument
from xlmodel.functions.reading import Decode, Reading, plain, read
from xlmodel.functions.record import CATALOGUE, PREFIX, Kind, Parameter, Record
from xlmodel.functions.remembering import MEMORY, asked
from xlmodel.maths.domain import Floats

_TOLD: Final = 100
"""How many elements with an error of their own are explained; a cell has room for about three times as many."""


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
        key = asked(record, arguments, decode)
        if key is not None and (known := MEMORY.recall(key)) is not None:
            return known
        answer = _answer(record, arguments, decode)
        if key is not None:
            MEMORY.keep(key, answer)
    except Exception:  # noqa: BLE001  a defect of ours: the sheet gets #VALUE!, `why` names the defect
        return [[ExcelError.VALUE]]
    return answer


def _answer(record: Record, arguments: Sequence[Argument], decode: Decode) -> Answer:
    try:
        reading = read(record, arguments, decode)
        try:
            value = record.function(*reading.values)
        except ModelError as error:
            value = _one_by_one(record, reading, error)[0]
        return cells(value, reading.column)
    except ModelError as error:
        return [[error.error]]


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
            return _stops(record, *_one_by_one(record, reading, error)[1:])
        cells(value, reading.column)  # an answer that no sheet can show is refused there
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
class Elements:
    """The elements of a range: their shape, the arguments with every range flattened, and which arguments those are."""

    shape: tuple[int, int]
    flat: list[Any]
    ranges: frozenset[int]

    def only(self, chosen: Any) -> list[Any]:
        """The arguments of some elements."""
        return [v[chosen] if i in self.ranges else v for i, v in enumerate(self.flat)]


def elements(record: Record, values: list[Any]) -> Elements | None:
    """The elements of a call in which each stands alone; None where it has no range or they do not."""
    if not record.elementwise:
        return None
    ranges = {
        i: v
        for i, (p, v) in enumerate(zip(record.parameters, values, strict=True))
        if isinstance(v, np.ndarray) and v.ndim == 2 and not _ladder(p, v)
    }
    if not ranges:
        return None
    try:
        rows, columns = np.broadcast_shapes(*(a.shape for a in ranges.values()))
    except ValueError:
        return None
    flat = [np.broadcast_to(v, (rows, columns)).ravel() if i in ranges else v for i, v in enumerate(values)]
    return Elements((rows, columns), flat, frozenset(ranges))


_Stopped = list[tuple[Any, ModelError]]
"""Elements that could not be answered, by what stopped them."""


def _one_by_one(record: Record, reading: Reading, error: ModelError) -> tuple[Any, Elements, _Stopped]:
    """Answer the elements of a range that can be answered after one of them stopped the whole call.

    Only where each element stands alone; otherwise `error` is raised again. A check that says which elements it
    refuses takes all of them out at once; after any other, halving finds k bad elements among n in k·log(n) calls.
    """
    parts = elements(record, reading.values)
    if parts is None:
        raise error
    answered: list[tuple[Any, Any]] = []
    stopped: _Stopped = []
    waiting = [np.arange(parts.shape[0] * parts.shape[1])]
    while waiting:
        these = waiting.pop()
        try:
            answered.append((these, record.function(*parts.only(these))))
        except ModelError as cause:
            refused = cause.elements
            if refused is not None and refused.shape == these.shape:
                stopped.append((these[refused], cause))
                these = these[~refused]
                waiting.extend([these] if these.size else [])
            elif these.size == 1:
                stopped.append((these, cause))
            else:
                middle = these.size // 2
                waiting.extend((these[:middle], these[middle:]))
    return _gathered(parts.shape, answered, stopped), parts, stopped


def _gathered(shape: tuple[int, int], answered: list[tuple[Any, Any]], stopped: _Stopped) -> Any:
    """The answers in the shape of their range, and for every element that was stopped its error."""
    found = [(at, a.values if isinstance(a, Table) else np.asarray(a)) for at, a in answered]
    tables = [a for _, a in answered if isinstance(a, Table)]
    size = (len(tables[0].headings),) if tables else ()
    numbers = all(values.dtype.kind == "f" for _, values in found)
    out = np.empty((shape[0] * shape[1], *size), dtype=np.float64 if numbers else object)
    for at, values in found:
        out[at] = values
    for at, error in stopped:
        out[at] = cell_error(error.error).nan
    out = out.reshape(*shape, *size)
    return Table(tables[0].headings, out, tables[0].headed) if tables else out


def _ladder(parameter: Parameter, value: Floats) -> bool:
    return parameter.arg.kind is Kind.LADDER and value.shape[1] == 2 and value.shape[0] > 1


def place(shape: tuple[int, ...], index: int) -> str:
    """Where an element of a range lies, its rows and columns counted from 1.

    >>> place((3, 1), 1), place((2, 3), 4)
    ('row 2', 'row 2 column 2')
    """
    row, column = divmod(index, shape[1])
    if shape[1] == 1:
        return f"row {row + 1}"
    return f"column {column + 1}" if shape[0] == 1 else f"row {row + 1} column {column + 1}"


def _places(shape: tuple[int, ...], places: Iterable[int]) -> str:
    listed = list(places)
    more = [f"{len(listed) - _TOLD:,} more"] if len(listed) > _TOLD else []
    return ", ".join([*(place(shape, i) for i in listed[:_TOLD]), *more])


def _stops(record: Record, parts: Elements, stopped: _Stopped) -> str:
    """Why each of the elements was stopped, at most the first few of many."""
    causes = {int(i): cause for at, cause in stopped for i in at}
    told = []
    for i in sorted(causes)[:_TOLD]:
        try:
            record.function(*parts.only(i))
        except ModelError as own:  # the same check, with the number of this element
            causes[i] = own
        told.append(f"In {place(parts.shape, i)}: {causes[i]}")
    more = len(causes) - len(told)
    return " ".join([*_sentences(told), *([f"And {more:,} more."] if more else [])])


def _undefined(value: Any, elementwise: bool) -> str:
    """Why some of an answer is undefined, or an empty text."""
    table = isinstance(value, Table)
    values = np.asarray(value.values if table else value)
    if values.dtype.kind not in "fO":
        return ""
    if values.ndim == table:
        lone = next(filter(None, map(_reason, values.ravel().tolist())), "")
        return f"Undefined: {lone}." if lone else ""
    found: dict[str, list[int]] = {}
    if table or elementwise or (values.ndim > 1 and values.shape[-1] == 1):
        answers = values.shape[-1] if table else 1
        shape = values.shape[:-1] if table else values.shape
        shape = (*shape, 1) if table and len(shape) == 1 else (1, *shape)[-2:]
        for i, element in enumerate(values.ravel().tolist()):
            if sentence := _reason(element):
                found.setdefault(sentence, []).append(i // answers)
        return " ".join(f"In {_places(shape, dict.fromkeys(at))}: {sentence}." for sentence, at in found.items())
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
