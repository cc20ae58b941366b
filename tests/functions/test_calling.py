"""The one path of a call: nothing leaves it but cells, a bad row spoils its own row, and every error has a reason."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlmodel.errors import ExcelError, InputError
from xlmodel.functions import CATALOGUE, call, named, why
from xlmodel.functions.cells import OMITTED

VALUE = CATALOGUE["XLMODEL_COLLATERAL_VALUE"]
DSCR_LTM = CATALOGUE["XLMODEL_DSCR_LTM"]
BAD: dict[str, tuple[Any, ExcelError]] = {
    "out of range": (-1.0, ExcelError.NUM),
    "text": ("abc", ExcelError.VALUE),
    "an error": (ExcelError.NA, ExcelError.NA),
}


def tape(rows: int, bad: dict[int, str]) -> tuple[list[Any], list[Any]]:
    """Costs and ages of a tape whose bad rows are bad in their age, and what it must show.

    A value that halves every year is cost / 2**age.
    """
    cost = [1000.0 * (i + 1) for i in range(rows)]
    ages = [[BAD[bad[i]][0] if i in bad else float(i % 4)] for i in range(rows)]
    shown = [[BAD[bad[i]][1] if i in bad else cost[i] / 2 ** (i % 4)] for i in range(rows)]
    return [[[c] for c in cost], ages, 0.5], shown


@given(
    st.integers(1, 60).flatmap(
        lambda n: st.tuples(
            st.just(n), st.dictionaries(st.integers(0, n - 1), st.sampled_from(sorted(BAD)), max_size=n)
        )
    )
)
@settings(max_examples=60, deadline=None)
def test_bad_rows_show_their_own_errors_and_good_rows_keep_their_numbers(case: tuple[int, dict[int, str]]) -> None:
    arguments, shown = tape(*case)
    assert call(VALUE, arguments) == shown


def test_few_bad_rows_of_many_cost_few_calls() -> None:
    """Halving: 3 bad rows of 4,096 take at most 3 · 2 · 12 + 1 calls of the engine, not 4,096."""
    calls = []

    def counted(*values: Any) -> Any:
        calls.append(1)
        return VALUE.function(*values)

    arguments, shown = tape(4096, dict.fromkeys((7, 1000, 4095), "out of range"))
    assert call(replace(VALUE, function=counted), arguments) == shown
    assert len(calls) <= 3 * 2 * 12 + 1


def test_many_bad_rows_of_one_kind_cost_one_call_more_each_kind() -> None:
    """The check that refuses them says which they are: no halving, however many."""
    calls = []

    def counted(*values: Any) -> Any:
        calls.append(1)
        return VALUE.function(*values)

    kinds = sorted(BAD)
    arguments, shown = tape(3000, {i: kinds[i // 2 % 3] for i in range(0, 3000, 2)})
    assert call(replace(VALUE, function=counted), arguments) == shown
    assert len(calls) <= 2 + len(kinds)


def test_only_the_first_of_very_many_errors_are_told() -> None:
    arguments, _ = tape(400, dict.fromkeys(range(0, 400, 2), "out of range"))
    sentence = why(VALUE.name, arguments)
    assert "In row 199: age_years must be at least 0, got -1." in sentence
    assert sentence.endswith("And 100 more.")


def test_the_reason_names_the_row_that_is_bad() -> None:
    arguments, _ = tape(5, {1: "out of range", 3: "text"})
    sentence = why(VALUE.name, arguments)
    assert "In row 2: age_years must be" in sentence
    assert "-1" in sentence


def test_a_call_that_nothing_can_answer_has_one_error() -> None:
    """The decay is bad for every row, so every row says so."""
    assert call(VALUE, [((1.0,), (2.0,)), 1.0, 1.5]) == [[ExcelError.NUM]] * 2
    assert call(VALUE, [((1.0, 2.0, 3.0),), ((1.0, 2.0),), 0.5]) == [[ExcelError.VALUE]]
    assert call(DSCR_LTM, [((1.0, 2.0, 3.0),), ((1.0, 2.0),)]) == [[ExcelError.VALUE]]


def test_rows_and_columns_cross_into_a_table() -> None:
    """By hand: 1000 and 2000 halved once and twice."""
    assert call(VALUE, [((1000.0,), (2000.0,)), ((1.0, 2.0),), 0.5]) == [[500.0, 250.0], [1000.0, 500.0]]


@pytest.mark.parametrize("defect", [ZeroDivisionError("x"), KeyError("y"), RecursionError(), MemoryError()])
def test_a_defect_of_ours_is_an_error_with_a_sentence(defect: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*values: Any) -> Any:
        raise defect

    record = replace(VALUE, function=broken)
    monkeypatch.setitem(CATALOGUE, VALUE.name, record)
    assert call(record, [1.0, 2.0, 0.5]) == [[ExcelError.VALUE]]
    assert type(defect).__name__ in why(VALUE.name, [1.0, 2.0, 0.5])
    assert "please report it" in why(VALUE.name, [1.0, 2.0, 0.5])


def test_an_unknown_function_is_refused_and_the_known_are_found_by_any_spelling() -> None:
    for spelling in ("DSCR_LTM", "dscr_ltm", " XLMODEL_DSCR_LTM", "=XLMODEL_DSCR_LTM(A1:A4,B1:B4)"):
        assert named(spelling) is DSCR_LTM
    with pytest.raises(InputError, match=r'there is no function "NPV"'):
        named("NPV")
    assert call(CATALOGUE["XLMODEL_WHY"], ["NPV"]) == [[ExcelError.VALUE]]
    assert "there is no function" in why("WHY", ["NPV"])


def test_why_says_periods_in_runs() -> None:
    assert why("DSCR_LTM", [((1.0, 1.0, 1.0, 1.0, 1.0, 1.0),), ((1.0, 1.0, 1.0, 0.0, 0.0, 0.0),), 2]) == (
        "Period 1: fewer periods have passed than the look-back needs. "
        "Periods 5 to 6: no debt service falls due, so there is nothing to cover."
    )


def test_why_says_nothing_where_there_is_a_number() -> None:
    assert (
        why("COLLATERAL_VALUE", [1.0, 2.0, 0.5]) == "XLMODEL_COLLATERAL_VALUE has a value: there is nothing to explain."
    )


def test_one_period_of_two_loans_is_explained_by_loan() -> None:
    sentence = why("DSCR", [((1.0, 1.0), (1.0, 1.0)), ((1.0, 1.0), (1.0, 0.0)), OMITTED, OMITTED, 2.0])
    assert sentence == "In row 2: no debt service falls due, so there is nothing to cover."


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=12),
    st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_a_loan_in_a_table_is_the_loan_alone(cfads: list[float], loans: int) -> None:
    """To the last bit, lying either way."""
    service = [1.0 + i for i in range(len(cfads))]
    table = [tuple(c * (k + 1) for c in cfads) for k in range(loans)]
    together = call(DSCR_LTM, [tuple(table), (tuple(service),) * loans])
    for row, shown in zip(table, together, strict=True):
        assert call(DSCR_LTM, [(row,), (tuple(service),)]) == [shown]
        down = call(DSCR_LTM, [tuple((c,) for c in row), tuple((s,) for s in service)])
        assert np.ravel(np.array(down, dtype=object)).tolist() == shown
