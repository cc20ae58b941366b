"""Cells in: every rule of reading, and that reading never fails in any other way than by its own sentence."""

import contextlib
import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import (
    NOT_TESTED,
    TEXT_FOR_NUMBER,
    CellError,
    ExcelError,
    InputError,
    ModelError,
    RangeError,
    cell_error,
    reason,
)
from xlmodel.functions import CATALOGUE, Record
from xlmodel.functions.cells import OMITTED
from xlmodel.functions.reading import Reading, read
from xlmodel.functions.record import Arg, Example, Kind, _record


def declared(*kinds: Kind, default: Any = 7.0) -> Record:
    """A function of arguments a, b, c …, the first one required, that is not in the catalogue."""

    names = "abcdef"[: len(kinds)]
    arguments = ", ".join(f"{n}: T[{i}]" + (" = D" if i else "") for i, n in enumerate(names))
    scope: dict[str, Any] = {
        "T": [Annotated[Any, Arg(kind, "", "Help.", ("one", "Two"))] for kind in kinds],
        "D": default,
    }
    exec(f"def XLMODEL_PROBE({arguments}):\n    'A probe.'\n    return ({names[0]},)", scope)
    return _record(scope["XLMODEL_PROBE"], "Test", Example((), 0), "None.")


def reading(kinds: Sequence[Kind], *arguments: Any) -> Reading:
    return read(declared(*kinds), arguments)


def one(kind: Kind, argument: Any) -> Any:
    return reading([kind], argument).values[0]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.NUMBER, 2, 2.0),
        (Kind.NUMBER, " 1.5e3 ", 1500.0),
        (Kind.NUMBER, True, 1.0),
        (Kind.NUMBER, dt.date(2026, 1, 31), 46053.0),  # Excel: =DATE(2026,1,31) as a number
        (Kind.NUMBER, dt.datetime(2026, 1, 31, 18), 46053.75),
        (Kind.SERIES, 3.0, 3.0),
        (Kind.LADDER, "200", 200.0),
        (Kind.WHOLE, 4.0, 4),
        (Kind.WHOLE, "4", 4),
        (Kind.FLAG, True, True),
        (Kind.FLAG, " false ", False),
        (Kind.FLAG, 1.0, True),
        (Kind.CHOICE, " ONE", "one"),
        (Kind.CHOICE, "two", "Two"),
        (Kind.TEXT, "", ""),
        (Kind.LABELS, " Acme ", ["Acme"]),
        (Kind.LABELS, 12.0, ["12"]),
        (Kind.LABELS, "", [""]),
    ],
)
def test_one_cell(kind: Kind, cell: Any, value: Any) -> None:
    for argument in (cell, [cell], [[cell]], ((cell,),)):
        got = one(kind, argument)
        assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "cell", "sentence"),
    [
        (Kind.NUMBER, "1,5", 'a must be a number, got "1,5"'),
        (Kind.NUMBER, "5%", 'a must be a number, got "5%"'),
        (Kind.NUMBER, "", 'a must be a number, got ""'),
        (Kind.NUMBER, "nan", 'a must be a number, got "nan"'),
        (Kind.WHOLE, 4.5, "a must be a whole number, got 4.5"),
        (Kind.WHOLE, float("inf"), "a must be a whole number, got inf"),
        (Kind.FLAG, "yes", 'a must be TRUE or FALSE, got "yes"'),
        (Kind.FLAG, 2.0, "a must be TRUE or FALSE, got 2.0"),
        (Kind.CHOICE, "three", 'a must be one of "one", "Two", got "three"'),
        (Kind.CHOICE, 1.0, "a must be text, got 1.0"),
        (Kind.TEXT, True, "a must be text, got TRUE"),
        (Kind.DATES, "31.1.2026", 'a must be a date (a date cell or text like 2026-01-31), got "31.1.2026"'),
        (Kind.TEXT, ((1.0, 2.0),), "a takes one cell, got a range of 1 x 2"),
        (Kind.LIST, ((1.0, 2.0), (3.0, 4.0)), "a takes one row or one column, got 2 x 2 cells"),
        (Kind.SERIES, ((1.0, "x", 3.0),), 'a, cell 2, must be a number, got "x"'),
        (Kind.SERIES, ((1.0,), ("x",)), 'a, row 2, must be a number, got "x"'),
        (Kind.SERIES, ((1.0, 2.0), (3.0, "x")), 'a, row 2 column 2, must be a number, got "x"'),
        (Kind.SERIES, ((1.0, 2.0), (3.0,)), "a must be a rectangle of cells"),
    ],
)
def test_what_is_refused_is_refused_by_name(kind: Kind, cell: Any, sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        one(kind, cell)
    assert refused.value.sentence == sentence


def test_a_number_no_count_can_be() -> None:
    with pytest.raises(RangeError, match=r"^a must be at most 2,958,465, got 1e\+300$"):
        one(Kind.WHOLE, 1e300)


@pytest.mark.parametrize("kind", [k for k in Kind if k is not Kind.CELLS])
def test_an_argument_left_out_takes_its_default(kind: Kind) -> None:
    for left_out in ([], [OMITTED], [None], [[None]], [((None,),)], [()]):
        assert reading([Kind.NUMBER, kind], 1.0, *left_out).values == [1.0, 7.0]
    for nothing, how in ((OMITTED, "missing"), (None, "blank"), (((None,),), "blank")):
        with pytest.raises(InputError, match=f"^a is {how}: it has no default$"):
            one(kind, nothing)


@pytest.mark.parametrize("kind", [k for k in Kind if k not in {Kind.RATIO, Kind.CELLS}])
def test_an_error_cell_is_the_answer(kind: Kind) -> None:
    for error in ExcelError:
        with pytest.raises(CellError) as raised:
            one(kind, error)
        assert raised.value.error is error


def test_an_error_in_a_range_is_the_answer_and_is_placed() -> None:
    for kind in (Kind.SERIES, Kind.LIST, Kind.DATES):
        with pytest.raises(CellError, match=r"#N/A") as raised:
            one(kind, ((46000.0, ExcelError.NA),))
        assert raised.value.error is ExcelError.NA


def test_an_error_in_a_ratio_is_an_undefined_period() -> None:
    got = one(Kind.RATIO, ((1.2, ExcelError.DIV0, None, "n/a", "N/A "),))
    assert got[0] == 1.2
    assert reason(got[1]) is cell_error(ExcelError.DIV0)
    assert got[2] == 0.0
    assert reason(got[3]) is NOT_TESTED
    assert reason(got[4]) is NOT_TESTED
    assert reason(one(Kind.RATIO, "n/a")) is NOT_TESTED


def test_a_bad_cell_among_many_numbers_is_its_own_matter() -> None:
    got = one(Kind.NUMBER, ((1.0,), ("x",), (ExcelError.NUM,), ("2",), (None,)))
    assert got.shape == (5, 1)
    assert [reason(x) for x in got[:, 0]] == [None, TEXT_FOR_NUMBER, cell_error(ExcelError.NUM), None, None]
    assert got[[0, 3, 4], 0].tolist() == [1.0, 2.0, 0.0]


def test_labels_are_names_whatever_was_typed_and_a_blank_is_none() -> None:
    assert one(Kind.LABELS, (("A",), (None,), (7.0,), ("",))) == ["A", "", "7", ""]
    with pytest.raises(CellError):
        one(Kind.LABELS, (("A", ExcelError.REF),))


def test_dates_are_read_from_cells_numbers_and_iso_text() -> None:
    day = dt.date(2026, 1, 31)
    assert one(Kind.DATES, ((day, 46053.0, "2026-01-31", dt.datetime(2026, 1, 31, 9), "46053"),)) == [day] * 5
    assert one(Kind.DATES, 46053.9) == [day]
    for early in (0.0, 60.0, -1.0, 2_958_466.0, float("nan")):
        with pytest.raises(InputError, match="a must be a date from 1 March 1900 to 31 December 9999"):
            one(Kind.DATES, early)


class TestTime:
    """Rows and columns of time, tables of loans."""

    ROW, COLUMN, TABLE = ((1.0, 2.0, 3.0),), ((1.0,), (2.0,), (3.0,)), ((1.0, 2.0), (3.0, 4.0))

    def test_a_row_and_a_column_are_time(self) -> None:
        for lying, argument in ((False, self.ROW), (True, self.COLUMN)):
            got = reading([Kind.SERIES], argument)
            assert got.values[0].tolist() == [1.0, 2.0, 3.0]
            assert got.column is lying

    def test_a_row_and_a_column_of_one_length_are_both_time(self) -> None:
        first, second = reading([Kind.SERIES] * 2, self.ROW, self.COLUMN).values
        assert first.shape == second.shape == (3,)

    def test_a_row_against_a_column_of_another_length_is_loans(self) -> None:
        first, second = reading([Kind.SERIES] * 2, self.ROW, ((1.0,), (2.0,))).values
        assert (first.shape, second.shape) == ((1, 3), (2, 1))

    def test_beside_a_table_a_column_is_one_number_a_loan(self) -> None:
        table, column = reading([Kind.SERIES] * 2, self.TABLE, ((5.0,), (6.0,))).values
        assert table.tolist() == [[1.0, 2.0], [3.0, 4.0]]
        assert column.tolist() == [[5.0], [6.0]]

    def test_beside_several_loans_a_row_is_time_and_a_column_is_not(self) -> None:
        loans, row = reading([Kind.LOAN, Kind.SERIES], ((5.0,), (6.0,)), self.ROW).values
        assert loans.tolist() == [5.0, 6.0]
        assert row.tolist() == [[1.0, 2.0, 3.0]]


def test_too_many_arguments_are_refused() -> None:
    with pytest.raises(InputError, match="XLMODEL_PROBE takes at most 1 arguments, got 2"):
        reading([Kind.NUMBER], 1.0, 2.0)


CELL = st.one_of(
    st.none(),
    st.floats(allow_subnormal=True),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.text(max_size=12),
    st.sampled_from(["1.5", "2026-01-31", "TRUE", "#N/A", "below", "1e999", "٣", "  ", "=1"]),
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    st.datetimes(timezones=st.sampled_from([None, dt.UTC])),
    st.sampled_from(ExcelError),
)
SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3))
RECTANGLE = SIZES.flatmap(
    lambda size: st.lists(st.lists(CELL, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
)
RAGGED = st.lists(st.lists(CELL, max_size=3), max_size=3)
ARGUMENT = st.one_of(st.just(OMITTED), CELL, st.lists(CELL, max_size=3), RECTANGLE, RAGGED)


@given(st.sampled_from(sorted(CATALOGUE)), st.lists(ARGUMENT, max_size=8))
@settings(max_examples=400, deadline=None)
def test_reading_raises_nothing_but_its_own_errors(name: str, arguments: list[Any]) -> None:
    with contextlib.suppress(ModelError):
        got = read(CATALOGUE[name], arguments)
        assert len(got.values) >= len([p for p in CATALOGUE[name].parameters if not p.variadic])


@given(st.sampled_from(list(Kind)), ARGUMENT)
@settings(max_examples=300, deadline=None)
def test_each_kind_raises_nothing_but_its_own_errors(kind: Kind, argument: Any) -> None:
    with contextlib.suppress(ModelError):
        one(kind, argument)
