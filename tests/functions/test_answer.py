"""Cells out: a rectangle of what a sheet can show, and nothing a sheet would misread."""

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from xlmodel.errors import NO_DEBT_SERVICE, NOT_THIS_PERIOD, ExcelError, InputError, RangeError, reasons
from xlmodel.functions.answer import Table, at, cells


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.5, [[1.5]]),
        (3, [[3.0]]),
        (np.float64(2.5), [[2.5]]),
        (np.int64(4), [[4.0]]),
        (np.array(2.5), [[2.5]]),
        (True, [[True]]),
        (np.bool_(False), [[False]]),
        ("#5", [["#5"]]),
        (dt.date(2026, 1, 31), [[46053.0]]),
        (None, [[ExcelError.NA]]),
        (float("nan"), [[ExcelError.NUM]]),
        (float("-inf"), [[ExcelError.NUM]]),
        (NO_DEBT_SERVICE.nan, [[ExcelError.DIV0]]),
        (np.array([1.0, NOT_THIS_PERIOD.nan, np.inf]), [[1.0, ExcelError.NA, ExcelError.NUM]]),
        (np.array([[1.0], [2.0]]), [[1.0], [2.0]]),
        (np.array([1, 2]), [[1.0, 2.0]]),
        (np.array([True, False]), [[True, False]]),
        (np.array(["a", None], dtype=object), [["a", ExcelError.NA]]),
        (["a", 1.0, None], [["a", 1.0, ExcelError.NA]]),
        ([["a", 1.0], ["b", NO_DEBT_SERVICE.nan]], [["a", 1.0], ["b", ExcelError.DIV0]]),
        ([[ExcelError.REF]], [[ExcelError.REF]]),
    ],
)
def test_what_a_cell_shows(value: Any, shown: Any) -> None:
    got = cells(value)
    assert got == shown
    assert [[type(c) for c in row] for row in got] == [[type(c) for c in row] for row in shown]


def test_an_answer_lies_as_its_series_did() -> None:
    assert cells(np.array([1.0, 2.0]), column=True) == [[1.0], [2.0]]
    assert cells([1.0, "x"], column=True) == [[1.0], ["x"]]
    assert cells(np.array([[1.0, 2.0]]), column=True) == [[1.0, 2.0]]


def test_a_table_has_its_loans_down_or_across_as_they_lay() -> None:
    names, loans = ("a", "b"), [[1.0, 2.0], [3.0, 4.0]]
    assert cells(Table(names, np.array(loans[0]))) == [["a", "b"], [1.0, 2.0]]
    assert cells(Table(names, np.array(loans))) == [["a", "b"], *loans]
    assert cells(Table(names, np.array(loans)[:, None])) == [["a", "b"], *loans]
    assert cells(Table(names, np.array(loans)[None])) == [["a", 1.0, 3.0], ["b", 2.0, 4.0]]
    assert cells(Table(names, np.array(loans), headed=False)) == loans
    assert cells(Table(names, np.array(loans)[None], headed=False)) == [[1.0, 3.0], [2.0, 4.0]]
    with pytest.raises(InputError, match="ask for one of them"):
        cells(Table(names, np.zeros((2, 3, 2))))


def test_columns_of_a_table_broadcast() -> None:
    table = Table.of({"one": 1.0, "all": np.array([2.0, NO_DEBT_SERVICE.nan])})
    assert cells(table) == [["one", "all"], [1.0, 2.0], [1.0, ExcelError.DIV0]]


def test_what_no_sheet_can_show_is_refused() -> None:
    with pytest.raises(InputError, match="two dimensions, the answer has 3"):
        cells(np.zeros((1, 1, 1)))
    with pytest.raises(InputError, match="the answer is empty"):
        cells(np.zeros(0))
    with pytest.raises(TypeError, match="a cell cannot show complex"):
        cells(1j)


@given(arrays(np.float64, array_shapes(min_dims=0, max_dims=2, max_side=4), elements=st.floats()))
@settings(max_examples=100, deadline=None)
def test_a_number_is_kept_to_the_bit_and_anything_else_is_an_error(values: Any) -> None:
    shown = [c for row in cells(values) for c in row]
    for got, value in zip(shown, np.ravel(values).tolist(), strict=True):
        assert got == value if math.isfinite(value) else isinstance(got, ExcelError)


@pytest.mark.parametrize("why", reasons(), ids=lambda why: str(why.code))
def test_every_reason_shows_its_error(why: Any) -> None:
    assert cells(why.nan) == cells(np.array([why.nan])) == [[why.error]]


def test_one_period_of_many() -> None:
    values = np.array([1.5, 1.4, 1.3])
    assert [float(at(k, values)) for k in (1, 2, 3)] == [1.5, 1.4, 1.3]
    assert at(None, values) is values
    assert float(at(1, np.array(7.0))) == 7.0
    assert at(2, np.array([[1.0, 2.0], [3.0, 4.0]])).tolist() == [[2.0], [4.0]]
    for period in (0, 4, -1):
        with pytest.raises(RangeError, match=f"period must lie between 1 and 3, got {period}"):
            at(period, values)
