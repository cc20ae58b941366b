"""What every function of the catalogue inherits; nothing here is written for one function."""

import difflib
import math
import re
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.functions.inputs import Case, cases
from xlmodel.errors import ExcelError
from xlmodel.functions import CATALOGUE, Record, call, why
from xlmodel.functions.cells import OMITTED, rectangle
from xlmodel.functions.record import Kind, Parameter
from xlmodel.host.vba import ARGUMENTS, RESERVED, vba_name

SIGNATURES = Path(__file__).with_name("signatures.txt")
UPDATE = "python -m tests.functions.test_catalogue"
RECORDS = pytest.mark.parametrize("record", CATALOGUE.values(), ids=CATALOGUE)
PARAMETERS = [(r, p) for r in CATALOGUE.values() for p in r.parameters]
EACH_PARAMETER = pytest.mark.parametrize(
    ("record", "parameter"), PARAMETERS, ids=[f"{r.name}-{p.label}" for r, p in PARAMETERS]
)
HELP_LENGTH = 255  # Excel's function wizard
TEXT_LENGTH = 32_767  # a cell
ABSORBING = {Kind.RATIO, Kind.CELLS}  # an error cell means something to these


def example(record: Record) -> list[Any]:
    return list(next(cases(record)).arguments)


def with_argument(record: Record, parameter: Parameter, value: Any) -> list[Any]:
    arguments = example(record)
    place = record.parameters.index(parameter)
    arguments += [OMITTED] * (place + 1 - len(arguments))
    arguments[place] = value
    return arguments


@RECORDS
def test_the_example_gives_what_it_says(record: Record) -> None:
    shown = call(record, example(record))
    expected = [list(row) for row in rectangle(record.example.gives)]
    assert [len(row) for row in shown] == [len(row) for row in expected]
    for got, want in zip(chain.from_iterable(shown), chain.from_iterable(expected), strict=True):
        if isinstance(want, str | bool | ExcelError):
            assert got == want
        else:
            assert got == pytest.approx(want, rel=1e-9)


@RECORDS
def test_every_input_gives_a_rectangle_of_cells(record: Record) -> None:
    for case in cases(record):
        shown = call(record, case.arguments)
        assert shown, case
        assert len({len(row) for row in shown}) == 1, case
        assert all(legal(cell) for row in shown for cell in row), (str(case), shown)


def legal(cell: Any) -> bool:
    if type(cell) is float:
        return math.isfinite(cell)
    return type(cell) in {bool, ExcelError} or (type(cell) is str and len(cell) <= TEXT_LENGTH)


@RECORDS
def test_every_error_has_its_sentence_and_no_number_has_one(record: Record) -> None:
    wrong = []
    for case in cases(record):
        shown = call(record, case.arguments)
        sentence = why(record.name, case.arguments)
        if "failed inside" in sentence or errors(shown) is ("nothing to explain" in sentence):
            wrong.append((str(case), shown, sentence))
        assert len(sentence) <= TEXT_LENGTH
        assert sentence.endswith(".")
        assert ".." not in sentence
    assert wrong == []


def errors(shown: Any) -> bool:
    return any(isinstance(cell, ExcelError) for row in shown for cell in row)


@EACH_PARAMETER
def test_a_required_argument_is_asked_for_by_name(record: Record, parameter: Parameter) -> None:
    arguments = with_argument(record, parameter, OMITTED)
    if parameter.required:
        assert call(record, arguments) == [[ExcelError.VALUE]]
        assert why(record.name, arguments) == f"{parameter.label} is missing: it has no default."
    else:
        assert "it has no default" not in why(record.name, arguments)


@EACH_PARAMETER
@pytest.mark.parametrize("error", ExcelError)
def test_an_error_cell_makes_the_answer_that_error(record: Record, parameter: Parameter, error: ExcelError) -> None:
    if parameter.arg.kind not in ABSORBING:
        assert call(record, with_argument(record, parameter, ((error,),))) == [[error]]
    elif parameter.arg.kind is Kind.RATIO:
        place = record.parameters.index(parameter)
        row = ((error, *example(record)[place][0][1:]),)
        answer = call(record, with_argument(record, parameter, row))
        assert {cell for cells_ in answer for cell in cells_ if isinstance(cell, ExcelError)} <= {error, ExcelError.NA}


def elementwise() -> list[tuple[Record, Parameter]]:
    found = []
    for record, parameter in PARAMETERS:
        shown = call(record, example(record))
        if record.elementwise and parameter.arg.kind is Kind.NUMBER and len(shown) == len(shown[0]) == 1:
            found.append((record, parameter))
    return found


@pytest.mark.parametrize(("record", "parameter"), elementwise(), ids=[f"{r.name}-{p.label}" for r, p in elementwise()])
def test_a_range_answers_as_its_cells_do_one_by_one(record: Record, parameter: Parameter) -> None:
    """To the last bit, and a bad cell spoils its own answer only."""
    place = record.parameters.index(parameter)
    given = example(record)
    start = given[place][0][0] if place < len(given) and given[place] is not OMITTED else 0.25
    column = [start, start / 2, 0.0, -1.0, "abc", ExcelError.NA, start * 1.25, True, f"{start}", 1e300]
    alone = [call(record, with_argument(record, parameter, ((cell,),))) for cell in column]
    assert call(record, with_argument(record, parameter, tuple((c,) for c in column))) == [a[0] for a in alone]
    assert call(record, with_argument(record, parameter, (tuple(column),))) == [[a[0][0] for a in alone]]


def of_time() -> list[Record]:
    return [r for r in CATALOGUE.values() if {p.arg.kind for p in r.parameters} & {Kind.SERIES, Kind.RATIO}]


@pytest.mark.parametrize("record", of_time(), ids=[r.name for r in of_time()])
def test_two_loans_answer_as_each_does_alone(record: Record) -> None:
    """A table of two loans, where one loan answers in one row."""
    given = example(record)
    alone = call(record, given)
    tables = [
        a * 2 if a is not OMITTED and len(a[0]) > 1 and p.arg.kind in {Kind.SERIES, Kind.RATIO} else a
        for p, a in zip(record.parameters, given, strict=False)
    ]
    if tables != given and len(alone) == 1:
        assert call(record, tables) == alone * 2


def test_the_signatures_are_those_promised() -> None:
    promised = SIGNATURES.read_text(encoding="utf-8").splitlines()
    change = "\n".join(difflib.unified_diff(promised, signatures(), "promised", "now", lineterm="", n=0))
    assert not change, f"{change}\nThe sheet is a public interface. If the change is meant: {UPDATE}"


def signatures() -> list[str]:
    return [CATALOGUE[name].signature for name in sorted(CATALOGUE)]


@RECORDS
def test_new_arguments_come_last(record: Record) -> None:
    assert all(a.required or not b.required for a, b in pairwise(record.parameters))
    assert not any(p.variadic for p in record.parameters[:-1])


@RECORDS
def test_names_are_legal_in_every_host(record: Record) -> None:
    """VBA: a letter first, no reserved word, 60 arguments. UNO: no double or last underscore. Excel: not a cell."""
    assert re.fullmatch(r"XLMODEL(_[A-Z][A-Z0-9]*)+", record.name)
    assert len(record.name) <= 64
    labels = [p.label for p in record.parameters]
    assert len({vba_name(p).lower() for p in record.parameters}) == len(labels) <= ARGUMENTS
    for parameter in record.parameters:
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", parameter.label)
        assert len(parameter.label) <= 64
        assert vba_name(parameter).lower() not in RESERVED


@RECORDS
def test_help_is_one_sentence_that_fits(record: Record) -> None:
    assert len(record.summary) <= HELP_LENGTH
    assert record.summary.endswith(".")
    assert not re.search(r"[.!?] [A-Z]", record.summary)
    assert len(record.source) > 20
    assert record.source.endswith(".")
    assert record.category == record.category.strip() != ""
    for parameter in record.parameters:
        assert 0 < len(parameter.arg.help) <= HELP_LENGTH
        assert parameter.arg.help.endswith(".")
        assert bool(parameter.arg.choices) is (parameter.arg.kind is Kind.CHOICE)


def test_a_name_has_one_unit_everywhere() -> None:
    units: dict[str, set[str]] = {}
    for _, parameter in PARAMETERS:
        units.setdefault(parameter.label, set()).add(parameter.arg.unit)
    assert {name: found for name, found in units.items() if len(found) > 1} == {}


@EACH_PARAMETER
def test_a_default_is_legal(record: Record, parameter: Parameter) -> None:
    """Writing a default out changes nothing."""
    default = parameter.default
    if parameter.required or parameter.variadic or default is None or default == ():
        return
    given = example(record)
    place = record.parameters.index(parameter)
    if place >= len(given) or given[place] is OMITTED:
        written = with_argument(record, parameter, ((default,),))
        assert call(record, written) == call(record, given)


def test_every_kind_is_read_by_some_case() -> None:
    """The table of inputs reaches every kind that a function uses."""
    used = {p.arg.kind for _, p in PARAMETERS if not p.variadic}
    reached = {p.arg.kind for r, p in PARAMETERS for c in cases(r) if names(c, p)}
    assert reached == used


def names(case: Case, parameter: Parameter) -> bool:
    return case.label.startswith(f"{parameter.label} ")


if __name__ == "__main__":
    SIGNATURES.write_text("\n".join([*signatures(), ""]), encoding="utf-8")
