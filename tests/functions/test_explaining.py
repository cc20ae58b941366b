"""EXPLAIN: the parts lead to the answer for every function that declares them, and nothing is told that is not so."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.functions.inputs import cases
from xlmodel.errors import ExcelError, ModelError
from xlmodel.functions import CATALOGUE, Record, call
from xlmodel.functions.answer import Table
from xlmodel.functions.calling import elements
from xlmodel.functions.cells import OMITTED
from xlmodel.functions.explaining import HEAD, UNDEFINED, explain
from xlmodel.functions.reading import read
from xlmodel.functions.record import Kind
from xlmodel.functions.step import fitted

EXPLAIN = CATALOGUE["XLMODEL_EXPLAIN"]
WITH_PARTS = [r for r in CATALOGUE.values() if r.parts]

# What must have parts, whatever else has.
PROMISED = (
    "HAIRCUT HAIRCUT_PARTS LIQUIDATION_VALUE LTV LTV_PATH BORROWING_BASE MARGIN_CALL COLLATERAL_VALUE BOOK_VALUE DSCR "
    "DSCR_LTM DSCR_NTM AVG_DSCR LLCR PLCR ICR CFADS CRYPTO_HAIRCUT BASEL_HAIRCUT FIRE_SALE REFINANCING_GAP"
)


def test_what_was_promised_has_parts() -> None:
    assert {f"XLMODEL_{name}" for name in PROMISED.split()} <= {r.name for r in WITH_PARTS}


def compare(record: Record, values: list[Any]) -> int:
    """Hold the result of a tape against the answer of its function; how many numbers were compared."""
    alone = elements(record, values)
    if alone is not None:
        count = alone.shape[0] * alone.shape[1]
        return sum(compare(record, alone.only(i)) for i in range(count))
    try:
        answer = record.function(*values)
        tape = record.parts(*values) if record.parts else None
    except ModelError:
        return 0
    if tape is None or isinstance(answer, list):
        return 0
    if isinstance(answer, Table):
        if answer.values.ndim > 1 or tape.heading is None:
            return 0
        answer = answer.values[answer.headings.index(tape.heading) :][:1]  # as an axis, which a pool has too
    wanted = np.asarray(answer)
    if wanted.dtype.kind != "f":
        return 0
    got = fitted(tape.result(), wanted.shape)
    defined = np.isfinite(wanted) & (np.abs(wanted) < 1e200)
    scale = max((float(np.max(np.abs(s.value))) for s in tape.steps if np.all(np.isfinite(s.value))), default=1.0)
    if scale < 1e200:  # beyond that the lines themselves overflow
        np.testing.assert_allclose(got[defined], wanted[defined], rtol=1e-9, atol=1e-12 * max(1.0, min(scale, 1e12)))
    return int(defined.sum())


@pytest.mark.parametrize("record", WITH_PARTS, ids=lambda r: r.name)
def test_the_parts_lead_to_the_answer_of_every_inherited_input(record: Record) -> None:
    compared = 0
    for case in cases(record):
        try:
            values = read(record, case.arguments).values
        except ModelError:
            continue
        compared += compare(record, values)
    assert compared > 0


@st.composite
def arguments(draw: st.DrawFn) -> tuple[Record, list[Any]]:
    """Numbers an analyst could have, by the unit of each argument; every choice of every text."""
    record = draw(st.sampled_from(WITH_PARTS))
    periods = draw(st.integers(1, 5))
    given_: list[Any] = []
    for parameter in record.parameters:
        kind, unit = parameter.arg.kind, parameter.arg.unit
        span = {"fraction": (0.0, 0.9), "fraction a year": (0.0, 0.9), "ratio": (0.5, 2.0), "years": (0.0, 6.0)}
        low, high = span.get(unit, (0.0, 200.0))
        number = st.floats(low, high).map(lambda x: round(x, 6))
        if not parameter.required and draw(st.booleans()):
            given_.append(OMITTED)
        elif kind is Kind.CHOICE:
            given_.append(draw(st.sampled_from(parameter.arg.choices)))
        elif kind is Kind.FLAG:
            given_.append(draw(st.booleans()))
        elif kind in (Kind.SERIES, Kind.RATIO):
            given_.append([draw(number) for _ in range(periods)])
        elif kind is Kind.WHOLE:
            given_.append(float(draw(st.sampled_from((1, 2, 4)))))
        elif kind in (Kind.DATES, Kind.LABELS, Kind.LIST, Kind.CELLS, Kind.TEXT):
            given_.append(OMITTED)
        else:
            given_.append(draw(number))
    return record, given_


@given(arguments())
@settings(max_examples=200, deadline=None)
def test_the_parts_lead_to_the_answer(case: tuple[Record, list[Any]]) -> None:
    record, given_ = case
    try:
        values = read(record, given_).values
    except ModelError:
        return
    compare(record, values)


@given(st.sampled_from(sorted(CATALOGUE)), st.lists(st.one_of(st.floats(-1, 3), st.just("x"), st.none()), max_size=6))
@settings(max_examples=100, deadline=None)
def test_an_explanation_is_a_table_without_errors(name: str, given_: list[Any]) -> None:
    shown = call(EXPLAIN, [name, *given_])
    assert shown[0] == list(HEAD)
    assert {len(row) for row in shown} == {4}
    assert not any(isinstance(cell, ExcelError) for row in shown for cell in row)


def lines(name: str, *given_: Any) -> dict[str, tuple[Any, ...]]:
    told = explain(name, given_)
    return {what: rest for what, *rest in told}  # type: ignore[misc]


def test_the_haircut_of_a_seizure_is_told_part_by_part() -> None:
    """By hand: half lost to a year, a tenth of the rest worn, then 1/e, and 5 % commission on that."""
    told = lines("HAIRCUT", 1200.0, 35000.0, 12.0, 0.5, 100.0, 0.1, OMITTED, OMITTED, 0.05)
    left = 0.5 * 0.9 * math.exp(-1)
    by_hand = {
        "obsolescence": 0.5,
        "+ condition": 0.05,
        "+ depth": 0.45 * (1 - math.exp(-1)),
        "+ selling": left * 0.05,
        "= haircut": 1 - left * 0.95,
    }
    assert {what: told[what][0] for what in by_hand} == pytest.approx(by_hand, rel=1e-12)
    assert told["annual_decay_eff"] == [0.5, "fraction a year", "Share of value lost in a year."]
    assert told["condition"][2].endswith("no warranty.")
    assert told["fixed_cost"][2].endswith("Left at its default.")


def test_a_bad_row_is_told_with_its_reason_and_the_others_with_their_parts() -> None:
    told = lines("LTV", ((20.0,), (30.0,), (-1.0,)), ((40.0,), (0.0,), (5.0,)))
    assert told["balance"][0] == "3 cells: 20, 30, -1"
    assert told["row 1: = loan to value"][0] == 0.5
    assert told["row 2: = loan to value"][0] == UNDEFINED
    assert told["row 2: = loan to value"][2].startswith("#DIV/0!: the collateral has no value")
    assert told["row 3: answer"] == [UNDEFINED, "", "#NUM!: balance must be at least 0, got -1"]


def test_periods_and_loans_are_told_apart() -> None:
    told = lines("DSCR_LTM", ((10.0, 20.0), (30.0, 50.0)), ((10.0, 10.0), (10.0, 10.0)), 2.0)
    assert told["row 2 period 1: = debt service coverage"][0] == UNDEFINED
    assert told["row 2 period 2: cash available for debt service"][0] == 80.0
    assert told["row 2 period 2: = debt service coverage"][0] == 4.0
    one = lines("DSCR_LTM", [10.0, 20.0], [10.0, 10.0], 2.0, OMITTED, 2.0)
    assert one["÷ debt service"][0] == 20.0
    assert one["= debt service coverage"][0] == 1.5


def test_a_long_tape_is_told_as_far_as_a_person_reads() -> None:
    told = explain("LTV", [tuple((float(i),) for i in range(500)), 1000.0])
    assert ("…", "", "", "and 400 more: ask for them in smaller ranges") in told
    assert len(told) < 600


def test_what_cannot_be_read_is_told_too() -> None:
    assert explain("DSCR", ["x"])[-1] == ("answer", UNDEFINED, "", '#VALUE!: cfads must be a number, got "x"')
    assert call(EXPLAIN, ["NPV"]) == [[ExcelError.VALUE]]


def test_a_function_without_parts_shows_inputs_answer_and_formula() -> None:
    told = lines("WAL", [25.0, 25.0, 50.0], 1.0)
    assert told["answer"][0] == 2.25
    assert told["formula"] == ["", "", "Σ principal · time / Σ principal."]
    assert lines("DEBT_SCHEDULE", 100.0, 0.1, 2.0, 1.0)["answer"][0] == "3 x 6 cells"
