"""Checking a filled workbook: what is missing, what is wrong, and where it disagrees with the engine."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from xlmodel.collateral.ltv import loan_to_value
from xlmodel.deal import Analysis, analyse
from xlmodel.deal.refusal import DealError
from xlmodel.deal.tape import COLUMNS, Figures, Paths, Tape, analyse_tape
from xlmodel.desk import fields as known
from xlmodel.desk.loans import judged
from xlmodel.desk.mapping import Field, Result
from xlmodel.desk.mapping import Mapping as Placed
from xlmodel.desk.placing import as_read, as_rows, taken
from xlmodel.desk.seeing import View
from xlmodel.desk.words import unit_of_result
from xlmodel.errors import InputError, ModelError, reason
from xlmodel.ooxml.filling import read

Kind = Literal["missing", "wrong", "formula", "disagrees", "agrees"]

TOLERANCE: Final = 1e-6
_NEEDED: Final = tuple(name for name, column in COLUMNS.items() if column.blank is None)
_OF_A_DEAL: Final = ("name", "borrower", "as_of", "timeline.closing")
_CASH: Final = ("opex.", "contracts[", "cash.", "debt[")
_OF_DEAL: Final = ("dscr", "dscr_ltm", "dscr_ntm", "ltv_nominal", "ltv_adjusted", "ltv_liquidation")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    kind
        "missing", "wrong", "formula" for a formula where a number is to be typed, "disagrees" or "agrees".
    cell, name
        Where, and which field or result.
    sentence
        What about it.
    shown, expected
        The number of the workbook and that of the engine, in the unit of the cell; None where there is none.
    """

    kind: Kind
    cell: str
    name: str
    sentence: str
    shown: float | None = None
    expected: float | None = None


def check(workbook: Path, mapping: Placed, tolerance: float = TOLERANCE) -> list[Finding]:
    """Return what is to be said about a workbook.

    The engine is given the inputs the workbook holds: as a loan of a tape where the mapping places the columns that
    needs, and as a deal where it places what a deal needs. It answers what the mapping names as results.

    Parameters
    ----------
    workbook
        A workbook whose values are up to date.
    mapping
        Where what stands.
    tolerance
        How far two numbers may lie apart and still agree, as a share of the larger.

    Raises
    ------
    InputError
        The workbook cannot be opened.
    """
    view = View(workbook)
    findings: list[Finding] = []
    here: list[Field | Result] = []
    every: list[Field | Result] = [*mapping.fields, *mapping.results]
    for one in every:
        try:
            at = view.at(one.cell)
        except InputError as error:
            findings.append(Finding("missing", one.cell, one.name, error.sentence))
            continue
        here.append(one)
        if isinstance(one, Field) and (formulas := view.formulas(at)):
            said = f"{formulas[0]} holds a formula where {one.name} would be filled in"
            findings.append(Finding("formula", one.cell, one.name, said))
    placed = Placed(
        tuple(one for one in here if isinstance(one, Field)),
        tuple(one for one in here if isinstance(one, Result)),
        mapping.fixed,
    )
    values, _ = taken(workbook, placed)
    inputs = list(_inputs(workbook, placed, values))
    findings += inputs
    findings += _results(workbook, placed, values, tolerance, told=bool(inputs))
    return findings


def _inputs(workbook: Path, mapping: Placed, values: Mapping[str, Any]) -> Iterator[Finding]:
    """What is missing or wrong of the inputs themselves."""
    _, wrong = taken(workbook, mapping)
    for sentence in wrong:
        cell, _, said = sentence.partition(": ")
        name = next(field.name for field in mapping.fields if field.cell == cell)
        yield Finding("wrong", cell, name, said)
    broken = {sentence.partition(": ")[0] for sentence in wrong}
    for field in mapping.fields:
        value = values[field.name]
        if field.cell in broken:
            continue
        if field.required and value in (None, []):
            yield Finding("missing", field.cell, field.name, f"{field.name} is missing")
        for one in value if isinstance(value, list) else [value]:
            if why := judged(field, one):
                yield Finding("wrong", field.cell, field.name, why)


def _results(
    workbook: Path, mapping: Placed, values: Mapping[str, Any], tolerance: float, *, told: bool
) -> Iterator[Finding]:
    """What the results of the workbook are beside those of the engine; why there are none, unless that was told."""
    answers, refusals = _answers(mapping, values, workbook.name)
    if not told:
        yield from (Finding("wrong", "", name, said) for name, said in refusals)
    shown = read(workbook, [result.cell for result in mapping.results])
    for result in mapping.results:
        if result.name not in answers:
            if not refusals:
                said = (
                    f"the engine has no {result.name} of what the workbook holds; it has {', '.join(sorted(answers))}"
                )
                yield Finding("wrong", result.cell, result.name, said)
            continue
        held: Any = shown[result.cell]
        yield from _compared(result, held if isinstance(held, list) else [held], answers[result.name], tolerance)


def _answers(
    mapping: Placed, values: Mapping[str, Any], file: str
) -> tuple[dict[str, np.ndarray[Any, Any]], list[tuple[str, str]]]:
    """What the engine knows of the loan, each an array, and why it knows nothing."""
    answers: dict[str, np.ndarray[Any, Any]] = {}
    refusals: list[tuple[str, str]] = []
    columns = {field.column for field in mapping.fields} | {*mapping.fixed}
    keys = {field.key for field in mapping.fields} | {*mapping.fixed}
    if keys.issuperset(_OF_A_DEAL):
        try:
            answers |= _of_deal(analyse(as_read(values, mapping, file)))
        except DealError as error:
            refusals += [("", problem) for problem in error.problems]
        except ModelError as error:
            refusals.append((error.argument or "", error.sentence))
    elif columns.issuperset(_NEEDED):
        if beyond := next((f for f in mapping.fields if _beyond(f) and values[f.name] not in (None, [], 0)), None):
            said = (
                f"nothing is compared: {beyond.cell} holds {beyond.key}, for which a tape has no column; "
                f"place {', '.join(key for key in _OF_A_DEAL if key not in keys)} too, and it is read as a deal"
            )
            return {}, [(beyond.name, said)]
        try:
            rows = as_rows(values, mapping)
            wanted = {n: [v] for n, v in zip(rows.headings, rows.cells[0], strict=True) if v is not None}
            own = [n for n in wanted if known.of_column(n.rpartition("_")[0] if n[-1].isdigit() else n) is None]
            tape = analyse_tape(Tape.of(wanted, aside=own))
            refusals += [(problem.column, problem.expected) for problem in tape.problems]
            if not tape.problems and tape.paths is not None:
                answers |= {field.name: getattr(tape.figures, field.name) for field in fields(Figures)}
                answers |= {field.name: getattr(tape.paths, field.name)[0] for field in fields(Paths)}
        except ModelError as error:
            refusals.append((error.argument or "", error.sentence))
    if not answers and not refusals and mapping.results:
        lacking = ", ".join(name for name in _NEEDED if name not in columns)
        refusals.append(("", f"nothing is compared with the engine: the mapping does not place {lacking}"))
    return answers, refusals


def _beyond(field: Field) -> bool:
    """Whether a field changes the cash or the debt in a way a tape cannot say."""
    return not field.column and field.kind == "number" and field.key.startswith(_CASH)


def _of_deal(analysis: Analysis) -> dict[str, np.ndarray[Any, Any]]:
    """The numbers of a deal by the names a tape has for them."""
    found = {name: held for name in _OF_DEAL if (held := getattr(analysis, name)) is not None}
    debt = analysis.debt
    found |= {name: getattr(debt, name) for name in ("opening", "interest", "principal", "debt_service", "closing")}
    found |= {"cfads": analysis.cfads}
    worth = analysis.at_close
    drawn = debt.opening[..., :1]
    at_close = {"nominal": worth.cost, "adjusted": worth.economic, "liquidation": worth.liquidation}
    found |= {
        f"ltv_{name}_at_close": loan_to_value(drawn, value) for name, value in at_close.items() if value is not None
    }
    defined = analysis.dscr[~np.isnan(analysis.dscr)]
    return found | {"min_dscr": np.array([defined.min() if defined.size else np.nan])}


def _compared(
    result: Result, shown: Sequence[Any], engine: np.ndarray[Any, Any], tolerance: float
) -> Iterator[Finding]:
    """One result, or the first period of one that disagrees, and how many more do."""
    unit = result.unit or unit_of_result(result.name)
    apart: list[Finding] = []
    for i, cell in enumerate(shown):
        title = result.name if len(shown) == 1 else f"{result.name} of period {i + 1}"
        exact = float(engine[i]) if i < engine.size else math.nan
        expected = None if math.isnan(exact) else known.into(exact, unit)
        number = float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None
        number = None if number is not None and math.isnan(number) else number
        if (number is None and expected is None) or (i >= engine.size and not number):
            continue
        if number is None or expected is None:
            undefined = reason(exact)
            because = f": {undefined.sentence}" if undefined and i < engine.size else ""
            there = f"none{because}" if expected is None else f"{expected:.10g}"
            here = (
                "nothing"
                if cell is None
                else "an error"
                if number is None and not isinstance(cell, str)
                else repr(cell)
            )
            here = here if number is None else f"{number:.10g}"
        elif abs(number - expected) > tolerance * max(abs(number), abs(expected)):
            here, there = f"{number:.10g}", f"{expected:.10g}"
        else:
            continue
        kind: Kind = "missing" if cell is None else "disagrees"
        hint = ": calculate and save it in Excel" if cell is None else ""
        said = f"{title} is {here}, the engine has {there}{hint}"
        apart.append(Finding(kind, result.cell, result.name, said, number, expected))
    if apart:
        more = len(apart) - 1
        yield replace(apart[0], sentence=apart[0].sentence + (f"; {more} more periods are apart" if more else ""))
    elif any(cell is not None for cell in shown):
        first = known.into(float(engine[0]), unit) if not math.isnan(engine[0]) else None
        both = "" if first is not None else ", which has none either"
        yield Finding("agrees", result.cell, result.name, f"{result.name} agrees with the engine{both}", first, first)
