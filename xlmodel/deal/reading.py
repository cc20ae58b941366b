"""A deal from a file: TOML or JSON in, every problem as one sentence, JSON Schema out."""

import datetime as dt
import json
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from xlmodel.deal.inputs import Deal
from xlmodel.deal.quantity import Dimension
from xlmodel.errors import InputError

_EXPECTED: Final = {
    "date": "a date such as 2026-05-29",
    "float": "a number",
    "int": "a whole number",
    "string": "text",
    "tuple": "a list",
    "bool": "true or false",
}


class DealError(InputError):
    """A deal file that cannot be used; `problems` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str], file: Path | None = None) -> None:
        where = "" if file is None else f"{file}: "
        more = "" if len(problems) == 1 else f" ({len(problems) - 1} more)"
        super().__init__(f"{where}{problems[0]}{more}")
        self.problems = problems


def load(path: str | Path) -> Deal:
    """Return the deal that a TOML or JSON file describes.

    Parameters
    ----------
    path
        A file that ends in `.toml` or `.json`.

    Raises
    ------
    DealError
        No such file, another kind of file, broken syntax, or a field that is unknown, missing or impossible; the
        sentences name the path of each field and what was expected.
    """
    file = Path(path)
    if file.suffix.lower() not in (".toml", ".json"):
        raise DealError([f"a deal is a .toml or .json file, got {file.name}"])
    if not file.is_file():
        raise DealError([f"there is no file {file}"])
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise DealError([f"the file must be UTF-8 text, byte {error.start} is not"], file) from None
    except tomllib.TOMLDecodeError as error:
        raise DealError([f"this is not TOML: {error}"], file) from None
    except json.JSONDecodeError as error:
        raise DealError([f"this is not JSON: {error.msg} at line {error.lineno}"], file) from None
    except DealError as error:
        raise DealError(error.problems, file) from None
    except OSError as error:
        raise DealError([f"the file cannot be read: {error.strerror}"], file) from None
    return read(data, file)


def read(data: Any, file: Path | None = None) -> Deal:
    """Return the deal that a mapping describes; raises as `load` does."""
    if not isinstance(data, dict) or not data:
        raise DealError(
            ["the deal is empty: name, borrower, purpose, as_of, timeline, assets, debt are expected"], file
        )
    try:
        return Deal.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A list whose items are all wrong is also reported as empty, which it is not.
        full = {tuple(p["loc"][:i]) for p in found for i in range(len(p["loc"]))}
        problems = [_sentence(p) for p in found if p["type"] != "too_short" or tuple(p["loc"]) not in full]
        raise DealError(list(dict.fromkeys(problems)), file) from None


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a deal file.

    >>> schema()["title"]
    'Deal'
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Deal.model_json_schema()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice, of which JSON would silently keep the last; TOML refuses it itself."""
    table = dict(pairs)
    if len(table) < len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        raise DealError([f'the key "{twice}" stands twice in one table, each is expected once'])
    return table


def _sentence(problem: Any) -> str:
    """One pydantic problem as a sentence that starts with the path of the field."""
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
    last = place[-1]
    if last == "unit":
        return f"one of {_units(place[:-1])}"
    return {
        "source": 'a source, or the word "assumption",',
        "value": "a number",
        "closing": "a date",
        "as_of": "a date",
        "date": "a date",
        "first_test": "a date",
    }.get(str(last), "a value")
