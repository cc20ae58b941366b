"""What every host is asked, and what it must show: the inherited inputs, as cells, as constants and through WHY.

A *question* is one formula. Its expected answer is what `call` gives in Python with the same cells, after the
differences that `xlmodel.host.differences` names for the host; nothing else may differ.
"""

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.functions.inputs import Case, cases
from xlmodel.errors import ExcelError
from xlmodel.functions import CATALOGUE, Record, call
from xlmodel.functions.cells import OMITTED, serial
from xlmodel.host.differences import CALC, Difference, arrived

WHY = CATALOGUE["XLMODEL_WHY"]
CELLS, CONSTANTS, EXPLAIN = "cells", "constants", "why"
EPSILON = 1e-12  # an engine may write 15 digits of a number into its file

Rectangle = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Question:
    """One formula: a case of the inherited inputs, in one of three forms."""

    case: Case
    form: str

    def __str__(self) -> str:
        return f"{self.case} as {self.form}"

    @property
    def record(self) -> Record:
        return WHY if self.form == EXPLAIN else CATALOGUE[self.case.function]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The arguments as they stand in a sheet, dates as serial numbers."""
        given = tuple(_serials(a) for a in self.case.arguments)
        return (((self.case.function,),), *given) if self.form == EXPLAIN else given

    def formula(self, name: str, places: list[str]) -> str:
        """The formula, with `places` the addresses at which the arguments of the case lie."""
        written = [_constant(a) for a in self.arguments] if self.form == CONSTANTS else places
        if self.form == EXPLAIN:
            written = [f'"{self.case.function}"', *places]
        return f"{name}({','.join(written)})"


def questions(record: Record) -> Iterator[Question]:
    """Every question about one function."""
    for case in cases(record):
        yield Question(case, CELLS)
        if all(map(_writable, case.arguments)):
            yield Question(case, CONSTANTS)
        if record is not WHY:
            yield Question(case, EXPLAIN)


@functools.cache
def expected(host: str, question: Question, without: Difference | None = None) -> list[list[Any]]:
    """What the host must show."""
    declared = question.record.parameters
    received = [
        arrived(
            host,
            declared[min(i, len(declared) - 1)],
            argument,
            question.form == CONSTANTS or (question.form == EXPLAIN and i == 0),
            without,
        )
        for i, argument in enumerate(question.arguments)
    ]
    if refused := [got for got in received if isinstance(got, ExcelError)]:
        return [[refused[-1]]]  # Calc takes the arguments from the last to the first
    answer = call(question.record, received)
    return [[float(c) if host == CALC and isinstance(c, bool) else c for c in row] for row in answer]


def same(found: Any, wanted: Any) -> bool:
    """Whether two cells show the same."""
    if type(found) is float and type(wanted) is float:
        return abs(found - wanted) <= EPSILON * max(1.0, abs(wanted))
    return type(found) is type(wanted) and found == wanted


@dataclass(frozen=True)
class Placed:
    """A question in a sheet: where its formula stands, and how large the area is in which its answer is looked for."""

    question: Question
    sheet: str
    row: int
    column: int
    rows: int
    columns: int


def placed(
    host: str, record: Record, sheet: str, put: Callable[[int, int, Any], None]
) -> Iterator[tuple[Placed, list[str]]]:
    """Lay the questions of a function out on a sheet, one case below another, each answer with a cell to spare.

    `put(row, column, cell)` writes a cell of an argument; rows and columns count from 1.
    """
    row, before, places = 1, None, []
    column = height = 1
    for question in questions(record):
        if question.case != before:
            row += height + 1
            column, height, places = 1, 1, []
            for argument in question.case.arguments:
                if argument is OMITTED:
                    places.append("")
                    continue
                for i, cells in enumerate(argument):
                    for j, cell in enumerate(cells):
                        put(row + i, column + j, cell)
                size = len(argument), len(argument[0])
                places.append(area(row, column, *size))
                column, height = column + size[1] + 1, max(height, size[0])
            before = question.case
        answer = expected(host, question)
        # A sentence is one cell; asked for as an array it would be given its ranges in another way.
        spare = 0 if question.form == EXPLAIN else 1
        rows, columns = len(answer) + spare, len(answer[0]) + spare
        yield Placed(question, sheet, row, column, rows, columns), places
        column, height = column + columns + 1, max(height, rows)


def area(row: int, column: int, rows: int, columns: int) -> str:
    """The address of a rectangle of cells."""
    first = f"{letters(column)}{row}"
    return first if rows == columns == 1 else f"{first}:{letters(column + columns - 1)}{row + rows - 1}"


def letters(column: int) -> str:
    """The letters of a column counted from 1."""
    text = ""
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def _serials(argument: Any) -> Any:
    if argument is OMITTED:
        return OMITTED
    return tuple(tuple(serial(c) if isinstance(c, dt.date) else c for c in row) for row in argument)


def _writable(argument: Any) -> bool:
    """Whether an argument can be written into a formula: neither blanks nor dates can."""
    if argument is OMITTED:
        return True
    return not any(c is None or isinstance(c, dt.date) for row in argument for c in row)


def _constant(argument: Any) -> str:
    if argument is OMITTED:
        return ""
    if len(argument) == len(argument[0]) == 1:
        return _spelled(argument[0][0])
    return "{" + ";".join(",".join(map(_spelled, row)) for row in argument) + "}"


def _spelled(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, ExcelError):
        return cell.value
    if isinstance(cell, str):
        return '"' + cell.replace('"', '""') + '"'
    return f"{cell:.15g}"
