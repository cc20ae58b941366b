"""A mapping: which cell of somebody's own workbook holds which field of a loan, in a file that its owner edits."""

import tomllib
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from xlmodel.desk import fields, toml
from xlmodel.desk.fields import KINDS, Kind
from xlmodel.errors import InputError

VERSION: Final = 1
_OF_FIELD: Final = ("cell", "key", "column", "unit", "kind", "required", "help", "confidence", "found")
_OF_RESULT: Final = ("cell", "name", "unit", "confidence", "found")
_HEAD: Final = """\
# Where a workbook holds what is known of a loan. Correct it: delete what is wrong, add what is missing, in any order.
#
# [[field]] is a cell to be filled: `key` is its path in a deal description (xlmodel schema), `column` its column on a
#   tape, `unit` the unit in which the cell holds it. `cell` is a defined name, 'My sheet'!B4, 'My sheet'!C4:R4
#   or Table[Column]. `required = true` refuses a loan without it.
# [[result]] is a cell with a formula, whose number `xlmodel check` compares with the engine's.
# [fixed] holds what the workbook does not: a key of the deal or a column of the tape, and its value.
# `confidence` and `found` say how sure the finding was and why; they may be deleted.
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One cell, row, column or table column that holds a field.

    Attributes
    ----------
    cell
        The place, as `xlmodel.ooxml.filling.fill` takes it.
    key, column
        Its path in the deal description and its column on a tape; either may be empty, not both.
    unit
        The unit in which the cell holds it; empty for what is no number.
    required
        Whether a loan without it is refused.
    help
        What it is.
    confidence
        How sure the finding was, from 0 to 1; 1 for what a person wrote.
    found
        What it was found by.
    """

    cell: str
    key: str
    column: str
    kind: Kind
    unit: str = ""
    required: bool = False
    help: str = ""
    confidence: float = 1.0
    found: str = ""

    @property
    def name(self) -> str:
        """What sentences call it."""
        return self.column or self.key


@dataclass(frozen=True, slots=True)
class Result:
    """One cell whose formula shows what the engine knows too, under the engine's name."""

    cell: str
    name: str
    unit: str = ""
    confidence: float = 1.0
    found: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping as its file has it."""

    fields: tuple[Field, ...]
    results: tuple[Result, ...] = ()
    fixed: Dictionary[str, Any] = field(default_factory=dict)

    def text(self, workbook: str, others: Dictionary[str, Sequence[str]] | None = None) -> str:
        """Return the file, with the second-best places of a field as remarks."""
        lines = [_HEAD, f"version = {VERSION}", f"workbook = {toml.value(workbook)}"]
        for kind, records, names in (("field", self.fields, _OF_FIELD), ("result", self.results, _OF_RESULT)):
            for record in records:
                lines += ["", f"[[{kind}]]"]
                for name in names:
                    held = getattr(record, name)
                    if held not in ("", False):
                        lines.append(f"{name} = {toml.value(held)}")
                lines += [f"# or {other}" for other in (others or {}).get(record.name, ())]
        if self.fixed:
            lines += ["", "[fixed]", *(f"{toml.key(key)} = {toml.value(held)}" for key, held in self.fixed.items())]
        return "\n".join(lines) + "\n"


def load(path: str | Path) -> Mapping:
    """Return the mapping of a file.

    Raises
    ------
    InputError
        No such file, broken syntax, or something in it that means nothing; the sentence names the place.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(f"there is no file {file}", "mapping")
    try:
        return read(tomllib.loads(file.read_text(encoding="utf-8-sig")), file.name)
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} must be UTF-8 text, byte {error.start} is not", "mapping") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file.name} is not TOML: {error}", "mapping") from None


def read(data: Dictionary[str, Any], file: str = "mapping") -> Mapping:
    """Return the mapping that tables describe.

    >>> read({"version": 1, "field": [{"cell": "in_rate", "column": "annual_rate"}]}).fields[0].unit
    'fraction a year'
    >>> read({"version": 1, "field": [{"cell": "in_rate", "key": "debt[0].rte"}]})
    Traceback (most recent call last):
    xlmodel.errors.InputError: mapping: field 1 (in_rate): debt[0].rte is no field of a deal; did you mean debt[0].rate?
    """
    if data.get("version") != VERSION:
        raise InputError(f"{file}: version must be {VERSION}, got {data.get('version')!r}", "version")
    _only(data, ("version", "workbook", "field", "result", "fixed"), file)
    for name, wanted in (("field", list), ("result", list), ("fixed", dict)):
        if not isinstance(data.get(name, wanted()), wanted):
            raise InputError(f"{file}: {name} must be {'[[...]] tables' if wanted is list else 'a [table]'}", name)
    found = tuple(_field(i, one, file) for i, one in enumerate(data.get("field", []), 1))
    results = tuple(_result(i, one, file) for i, one in enumerate(data.get("result", []), 1))
    if not found:
        raise InputError(f"{file} has no [[field]]: nothing could be filled", "field")
    for what in ("cell", "key", "column"):
        said = [getattr(one, what).casefold() for one in found if getattr(one, what)]
        if twice := next((one for one in said if said.count(one) > 1), None):
            raise InputError(f"{file}: the {what} {twice} stands in two fields, each is expected once", what)
    for name in (fixed := data.get("fixed", {})):
        if fields.of_key(name) is None and fields.of_column(name) is None:
            raise InputError(f"{file}: fixed: {name} is no field of a deal{_meant(name)}", name)
    return Mapping(found, results, fixed)


def _field(i: int, data: Any, file: str) -> Field:
    here = f"{file}: field {i}"
    given = _texts(data, _OF_FIELD, here)
    if not (cell := given.get("cell")):
        raise InputError(f"{here}: cell is missing, such as in_rate or 'My sheet'!B4", "cell")
    here += f" ({cell})"
    key, column = given.get("key", ""), given.get("column", "")
    if not key and not column:
        raise InputError(f"{here}: a key of the deal or a column of the tape is missing", "key")
    of_key, of_column = fields.of_key(key), fields.of_column(column)
    if key and of_key is None:
        raise InputError(f"{here}: {key} is no field of a deal{_meant(key)}", "key")
    known = of_column or of_key
    kind = data.get("kind", "text" if known is None else known.kind)
    if kind not in KINDS:
        raise InputError(f"{here}: kind must be one of {', '.join(KINDS)}, got {kind!r}", "kind")
    base = "" if known is None else known.unit
    unit = given.get("unit", base)
    if base and unit not in (takes := fields.units_beside(base)):
        raise InputError(f"{here}: unit must be one of {', '.join(takes)}, got {unit!r}", "unit")
    required = data.get("required", known is not None and known.required)
    if not isinstance(required, bool):
        raise InputError(f"{here}: required must be true or false, got {required!r}", "required")
    sure = data.get("confidence", 1.0)
    if isinstance(sure, bool) or not isinstance(sure, int | float):
        raise InputError(f"{here}: confidence must be a number, got {sure!r}", "confidence")
    said = given.get("help", "" if known is None else known.help)
    return Field(cell, key, column, kind, unit, required, said, float(sure), given.get("found", ""))


def _result(i: int, data: Any, file: str) -> Result:
    here = f"{file}: result {i}"
    given = _texts(data, _OF_RESULT, here)
    if not given.get("cell") or not given.get("name"):
        raise InputError(f"{here}: a cell and the name of a result are expected", "result")
    return Result(given["cell"], given["name"], given.get("unit", ""), found=given.get("found", ""))


def _texts(data: Any, names: Sequence[str], here: str) -> dict[str, str]:
    """The texts of a table, or refuse what does not belong there."""
    if not isinstance(data, dict):
        raise InputError(f"{here} must be a table, got {data!r}", "field")
    _only(data, names, here)
    texts = {name: held for name, held in data.items() if name not in ("kind", "required", "confidence")}
    for name, held in texts.items():
        if not isinstance(held, str):
            raise InputError(f"{here}: {name} must be text, got {held!r}", name)
    return texts


def _only(data: Dictionary[str, Any], names: Sequence[str], here: str) -> None:
    for name in data:
        if name not in names:
            raise InputError(f"{here}: {name} is not expected, but {', '.join(names)}", name)


def _meant(key: str) -> str:
    close = get_close_matches(key, [one.key for one in fields.known() if one.key], 1)
    return f"; did you mean {close[0]}?" if close else ""
