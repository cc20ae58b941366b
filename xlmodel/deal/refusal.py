"""Why a deal is refused: one sentence for each problem, with the path of the field, the value and what was expected."""

import datetime as dt
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel

from xlmodel.deal.inputs import Deal
from xlmodel.deal.quantity import ASSUMPTION, Dimension
from xlmodel.errors import InputError

_EXPECTED: Final = {
    "date": "a date such as 2026-05-29",
    "float": "a number",
    "int": "a whole number",
    "string": "text",
    "tuple": "a list",
    "bool": "true or false",
}
_KINDS: Final = ((dt.date, "a date"), (str, "text"), (int, "a whole number"), (float, "a number"))


class DealError(InputError):
    """A deal file that cannot be used; `problems` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str], file: Path | None = None) -> None:
        where = "" if file is None else f"{file}: "
        more = "" if len(problems) == 1 else f" ({len(problems) - 1} more)"
        super().__init__(f"{where}{problems[0]}{more}")
        self.problems = problems


def sentence(problem: Any) -> str:
    """Return one pydantic problem as a sentence that starts with the path of the field."""
    kind: str = problem["type"]
    place = [p for p in problem["loc"] if not _branch(p)]
    path = _path(place)
    if kind == "extra_forbidden":
        close = get_close_matches(str(place[-1]), _known(place[:-1]), n=1)
        hint = f"did you mean {close[0]}?" if close else f"expected are {', '.join(_known(place[:-1]))}"
        return f"{path} is not a field of a deal: {hint}"
    if kind == "missing":
        return f"{path} is missing: {_wanted(place)} is expected"
    if kind == "value_error":
        text = str(problem["ctx"]["error"])
        return f"{path} {text}" if text.startswith("must ") else f"{path}: {text}" if path else text
    given = problem.get("input")
    shown = given.isoformat() if isinstance(given, dt.date) else repr(given)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    if kind == "literal_error":
        return f"{path} must be {problem['ctx']['expected']}, got {shown}"
    if kind == "finite_number":
        return f"{path} must be a finite number, got {shown}"
    if kind in ("too_short", "string_too_short"):
        return f"{path} must not be empty"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"at least {problem['ctx']['ge']}" if kind.startswith("greater") else f"at most {problem['ctx']['le']}"
        return f"{path} must be {bound}, got {shown}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{path} must be {_wanted(place)}, got {shown}"
    for start, wanted in _EXPECTED.items():
        if kind.startswith(start):
            return f"{path} must be {wanted}, got {shown}"
    return f"{path}: {problem['msg']}, got {shown}"


def _branch(part: int | str) -> bool:
    return isinstance(part, str) and ("[" in part or part.startswith("function-"))


def _path(place: list[int | str]) -> str:
    """`debt[0].rate`, items counted from 0 as in Python and JSON.

    >>> _path(["debt", 0, "rate", "unit"])
    'debt[0].rate.unit'
    """
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _model(place: list[int | str]) -> type[BaseModel] | None:
    """The model at a path, found by walking the annotations."""
    model: type[BaseModel] | None = Deal
    for part in place:
        if isinstance(part, int) or model is None:
            continue
        field = model.model_fields.get(part)
        model = None if field is None else _inner(field.annotation)
    return model


def _units(place: list[int | str]) -> str:
    """The units of the quantity at a path."""
    outer = _model(place[:-1] if isinstance(place[-1], str) else place[:-2])
    name = next(part for part in reversed(place) if isinstance(part, str))
    field = None if outer is None else outer.model_fields[name]
    found = None if field is None else _dimension([*field.metadata, field.annotation])
    return "its units" if found is None else found.units


def _dimension(parts: list[Any]) -> Dimension | None:
    for part in parts:
        if isinstance(part, Dimension):
            return part
        found = _dimension([*getattr(part, "__metadata__", ()), *getattr(part, "__args__", ())])
        if found is not None:
            return found
    return None


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner(argument)
        if found is not None:
            return found
    return None


def _known(place: list[int | str]) -> list[str]:
    model = _model(place)
    return [] if model is None else [name for name in model.model_fields if name != "typed"]


def _wanted(place: list[int | str]) -> str:
    model = _model(place)
    if model is not None:
        return (
            '{ value = …, unit = "…", source = "…" }'
            if "source" in model.model_fields
            else f"a table with {', '.join(model.model_fields)}"
        )
    if place[-1] == "unit":
        return f"one of {_units(place[:-1])}"
    if place[-1] == "source":
        return f'a source, or the word "{ASSUMPTION}",'
    outer = _model(place[:-1])
    kind = None if outer is None else outer.model_fields[str(place[-1])].annotation
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(repr(x) for x in get_args(kind))
    return next((words for type_, words in _KINDS if type_ is kind), "a value")
