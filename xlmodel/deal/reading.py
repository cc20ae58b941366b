"""A deal from a file: TOML or JSON in, JSON Schema out."""

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from xlmodel.deal.inputs import Deal
from xlmodel.deal.refusal import DealError, sentence


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
        text = file.read_text(encoding="utf-8-sig")  # Windows' editor begins UTF-8 with a mark
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
    """Return the deal that a mapping describes.

    Parameters
    ----------
    data
        Tables, lists, numbers, texts and dates as TOML or JSON give them.
    file
        Where it comes from, for the sentence of an error.

    Raises
    ------
    DealError
        As `load` does.

    Examples
    --------
    >>> read({"name": "A loan", "borrower": "A borrower"})
    Traceback (most recent call last):
    xlmodel.deal.refusal.DealError: purpose is missing: text is expected (4 more)
    """
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
        problems = [sentence(p) for p in found if p["type"] != "too_short" or tuple(p["loc"]) not in full]
        raise DealError(list(dict.fromkeys(problems)), file) from None


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a deal file.

    Ranges that depend on the unit, and what must fit together, are checked by the reading alone.

    Examples
    --------
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
