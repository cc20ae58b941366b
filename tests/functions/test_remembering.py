"""Answers are remembered, bounded, never confused and never shared."""

import datetime as dt
import threading
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.functions.inputs import cases
from xlmodel.errors import ExcelError
from xlmodel.functions import CATALOGUE, call
from xlmodel.functions.cells import OMITTED
from xlmodel.functions.reading import plain
from xlmodel.functions.remembering import MEMORY, Memory, asked

VALUE = CATALOGUE["XLMODEL_COLLATERAL_VALUE"]
LTV = CATALOGUE["XLMODEL_LTV"]


def counted(record: Any) -> tuple[Any, list[int]]:
    """The function of a record with every call of it noted."""
    calls: list[int] = []

    def function(*values: Any) -> Any:
        calls.append(1)
        return record.function(*values)

    return replace(record, function=function), calls


def test_the_same_call_is_computed_once() -> None:
    record, calls = counted(VALUE)
    assert [call(record, [35000.0, 2.0, 0.5]) for _ in range(3)] == [[[8750.0]]] * 3
    assert call(record, (35000.0, 2.0, 0.5)) == [[8750.0]]
    assert len(calls) == 1


def test_an_error_is_remembered_and_a_defect_is_not() -> None:
    record, calls = counted(VALUE)
    assert [call(record, [35000.0, -1.0, 0.5]) for _ in range(2)] == [[[ExcelError.NUM]]] * 2
    assert len(calls) == 1
    broken: list[Exception] = [MemoryError(), ZeroDivisionError()]

    def function(*values: Any) -> Any:
        if broken:
            raise broken.pop()
        return VALUE.function(*values)

    failing = replace(VALUE, function=function)
    assert [call(failing, [35000.0, 2.0, 0.5])[0][0] for _ in range(3)] == [ExcelError.VALUE, ExcelError.VALUE, 8750.0]


def test_an_answer_belongs_to_whoever_asked() -> None:
    record, _ = counted(VALUE)
    asked_for = [((35000.0,), (70000.0,)), 2.0, 0.5]
    first = call(record, asked_for)
    first[0][0] = "scribbled"
    first.append(["more"])
    assert call(record, asked_for) == [[8750.0], [17500.0]]


# Cells that Python holds equal, or that read alike, and that a sheet does not.
ALIKE: list[Any] = [
    1.0, 1, True, "1", 0.0, False, None, "", OMITTED, ExcelError.NA, "#N/A", 46053.0, dt.date(2026, 1, 31),
    [1.0, 1.0], [[1.0], [1.0]], [[1.0, 1.0]], [1.0, True], [1.0, "1"], [ExcelError.NA, 1.0], ["#N/A", 1.0],
    [[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0, 3.0, 4.0]], [[1.0], [2.0], [3.0], [4.0]],
]  # fmt: skip


def test_cells_that_compare_equal_are_not_confused() -> None:
    keys = [asked(LTV, [cell, 2.0], plain) for cell in ALIKE]
    for (one, first), (other, second) in combinations(zip(ALIKE, keys, strict=True), 2):
        same = first == second
        assert not same, (one, other)


@pytest.mark.parametrize("name", ["XLMODEL_LTV", "XLMODEL_DSCR", "XLMODEL_FIRST_BREACH", "XLMODEL_BORROWING_BASE"])
def test_a_remembered_answer_is_the_answer(name: str) -> None:
    """Every inherited input, after all others have been asked."""
    record = CATALOGUE[name]
    fresh = []
    for case in cases(record):
        MEMORY.forget()
        fresh.append(call(record, case.arguments))
    for _ in range(2):
        assert [call(record, case.arguments) for case in cases(record)] == fresh


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), max_size=80), st.integers(1, 6), st.integers(1, 90))
@settings(max_examples=60, deadline=None)
def test_a_memory_is_bounded_and_keeps_what_was_used_last(
    kept: list[tuple[int, int]], answers: int, cells: int
) -> None:
    memory = Memory(answers, cells)
    for key, size in kept:
        memory.keep(key, [[float(key)] * size])
        held = [a for a in (memory.recall(k) for k in range(31)) if a is not None]
        assert len(memory) == len(held) <= answers
        assert sum(len(a[0]) for a in held) <= cells
        recalled = memory.recall(key)
        assert recalled == ([[float(key)] * size] if size <= cells else None) or recalled is not None


def test_what_was_used_longest_ago_goes_first() -> None:
    memory = Memory(answers=2)
    memory.keep("a", [[1.0]])
    memory.keep("b", [[2.0]])
    assert memory.recall("a") == [[1.0]]
    memory.keep("c", [[3.0]])
    assert [memory.recall(key) for key in "abc"] == [[[1.0]], None, [[3.0]]]
    memory.forget()
    assert len(memory) == 0


def test_large_ranges_and_functions_of_functions_are_not_kept() -> None:
    column = tuple((float(i),) for i in range(201))
    assert asked(LTV, [column, 1.0], plain) is None
    assert asked(LTV, [[1.0] * 201, 1.0], plain) is None
    assert asked(LTV, [column[:200], 1.0], plain) is not None
    assert asked(LTV, [{"type": "Error"}, 1.0], plain) is None
    assert asked(CATALOGUE["XLMODEL_WHY"], ["LTV", 1.0], plain) is None
    memory = Memory()
    memory.keep("large", [[0.0]] * 2001)
    assert memory.recall("large") is None


def test_threads_share_a_memory() -> None:
    memory, wrong = Memory(answers=8), []

    def work(seed: int) -> None:
        for i in range(2000):
            key = (seed * 7 + i) % 20
            memory.keep(key, [[float(key)]])
            if memory.recall(key) not in (None, [[float(key)]]):
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(memory) == 8
