"""What a lender's own workbook may hold: every number of the deal description and every column of a tape.

Both say the same of one loan in different shapes, so a field has the path in the description (`debt[0].rate`), the
column of the tape (`annual_rate`), or both. A tape may have columns of its own, which a mapping may place too.
"""

import datetime as dt
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from xlmodel.deal.inputs import Deal
from xlmodel.deal.quantity import UNITS, Dimension, Sourced
from xlmodel.deal.tape.columns import COLUMNS, FLOWS
from xlmodel.functions import CATALOGUE

Kind = Literal["number", "whole", "text", "date", "yes/no"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
SOURCE: Final = ".source"
"""What follows the path of a number to name the cell that says where it comes from."""

_INDEX: Final = re.compile(r"\[\d*\]")
_OF_DEAL: Final = {
    "principal": "debt[0].amount",
    "annual_rate": "debt[0].rate",
    "margin": "debt[0].margin",
    "floor": "debt[0].floor",
    "index": "debt[0].index",
    "balloon": "debt[0].balloon",
    "type": "debt[0].amortisation",
    "periods": "timeline.periods",
    "frequency": "timeline.frequency",
    "units": "assets[0].units",
    "cost": "assets[0].cost",
    "annual_decay_eff": "assets[0].annual_decay",
    "salvage": "assets[0].salvage",
    "day_one_loss": "assets[0].day_one_loss",
    "rent": "merchant.rent",
    "annual_deflation": "merchant.annual_deflation",
    "usage": "merchant.usage",
    "cash_cost": "opex.cash_cost",
    "share": "contracts[0].share",
    "price": "contracts[0].price",
    "take_or_pay": "contracts[0].take_or_pay",
    "covenant": "covenants[0].default",
    "units_per_month_depth": "sale.depth",
    "months_to_sale": "sale.months_to_sale",
    "condition": "sale.condition",
    "integration": "sale.integration",
    "selling_pct": "sale.selling",
    "cost_per_unit": "sale.cost_per_unit",
    "fixed_cost": "sale.fixed_cost",
    "discount_eff": "sale.discount",
}
"""The column of a tape, and where a description says the same."""

_WHOLE: Final = ("periods", "frequency", "grace_periods")


@dataclass(frozen=True, slots=True)
class Known:
    """A field that is known before any workbook is seen.

    Attributes
    ----------
    key
        Its path in the deal description, empty where that has none.
    column
        The column of a tape, empty where that has none.
    unit
        The unit of size 1 in its dimension, in which a tape states it; empty for what is no number.
    required
        Whether a tape or a description cannot do without it.
    help
        What it is.
    """

    key: str
    column: str
    kind: Kind
    unit: str
    required: bool
    help: str


@cache
def known() -> tuple[Known, ...]:
    """Return every known field, those of a tape first.

    >>> by_column = {field.column: field for field in known()}
    >>> by_column["annual_rate"].key, by_column["annual_rate"].unit
    ('debt[0].rate', 'fraction a year')
    """
    deal = {field.key: field for field in _walk(Deal, "", True)}
    helps = _helps()
    fields = []
    for column in ("type", *COLUMNS, *FLOWS):
        key = _OF_DEAL.get(column, "")
        of_tape = COLUMNS.get(column) or FLOWS.get(column)
        kind: Kind = "text" if column == "type" else "whole" if column in _WHOLE else "number"
        needed = column in COLUMNS and COLUMNS[column].blank is None
        fields.append(
            Known(
                key,
                column,
                kind,
                "" if of_tape is None else base_unit(of_tape.unit),
                needed,  # what a description cannot do without is refused when it is read
                helps.get(column) or _words(key or column),
            )
        )
    taken = {field.key for field in fields}
    return (*fields, *(field for key, field in deal.items() if key not in taken))


@cache
def of_key(key: str) -> Known | None:
    """Return what a path of the deal description means, None where it has no such field.

    >>> of_key("debt[3].rate").unit, of_key("debt[0].rate.source").kind, of_key("debt[0].rte")
    ('fraction a year', 'text', None)
    """
    pattern = _INDEX.sub("[]", key)
    by_key = _by_pattern()
    if pattern in by_key:
        return by_key[pattern]
    if pattern.endswith(SOURCE) and (number := by_key.get(pattern.removesuffix(SOURCE))) and number.unit:
        return Known(key, "", "text", "", False, f"Source: {number.help}")
    return None


def is_source(key: str) -> bool:
    """Whether a path is the source of a number, and no field that is merely called so.

    >>> is_source("debt[0].rate.source"), is_source("covenants[0].cure.source"), is_source("debt[0].rate")
    (True, False, False)
    """
    return key.endswith(SOURCE) and _INDEX.sub("[]", key) not in _by_pattern()


@cache
def of_column(column: str) -> Known | None:
    """Return what a column of a tape means, None for a column of the reader's own."""
    return next((field for field in known() if column and field.column == column), None)


@cache
def _by_pattern() -> Mapping[str, Known]:
    return {_INDEX.sub("[]", field.key): field for field in _walk(Deal, "", True)}


def base_unit(unit: str) -> str:
    """Return the unit of size 1 in which the deal description keeps what a tape calls `unit`."""
    return {"USD an installed hour": "USD a unit-hour", "ratio": "x"}.get(unit, unit)


def size(unit: str) -> float:
    """Return the size of a unit in the base unit of its dimension; 1 for a unit that stands alone, such as periods.

    >>> size("USD m"), size("% a year"), size("periods")
    (1000000.0, 0.01, 1.0)
    """
    return next((sizes[unit] for sizes in UNITS.values() if unit in sizes), 1.0)


def units_beside(unit: str) -> tuple[str, ...]:
    """Return every unit in which a number of this unit may be typed, itself included."""
    return next((tuple(sizes) for sizes in UNITS.values() if unit in sizes), (unit,))


def into(value: float, unit: str) -> float:
    """Return a number in base units as a cell holds it in `unit`.

    >>> into(0.07, "% a year"), into(28e6, "USD m"), into(7.0, "years")
    (7.0, 28.0, 0.5833333333333334)
    """
    of_unit = size(unit)
    if of_unit == 1:
        return value
    exact = value / of_unit
    plain = _to_15(exact)
    # 0.07 in per cent is 7, not 7.000000000000001; a seventh part of something keeps all its digits.
    shorter = len(repr(plain)) < len(repr(exact)) - 1
    return plain if shorter and out_of(plain, unit) == value else exact


def out_of(value: float, unit: str) -> float:
    """Return a number as a cell holds it in base units.

    Rounded to the fifteen digits that Excel keeps of a number typed, so that what `into` wrote comes back: exactly
    where it had no more than fifteen digits, and exactly in any case where the unit is the base unit.

    >>> out_of(into(7.0, "years"), "years"), out_of(6.25, "% a year")
    (7.0, 0.0625)
    """
    of_unit = size(unit)
    return value if of_unit == 1 else _to_15(value * of_unit)


def _to_15(value: float) -> float:
    return float(f"{value:.15g}")


def _walk(model: type[BaseModel], path: str, needed: bool) -> Iterator[Known]:
    for name, field in model.model_fields.items():
        inner, many, dimension = _inner(field.annotation, list(field.metadata))
        here = f"{path}{name}"
        required = needed and field.is_required()
        if isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not Sourced:
            yield from _walk(inner, f"{here}[0]." if many else f"{here}.", required)
            continue
        unit = "" if dimension is None else next(unit for unit, one in UNITS[dimension.name].items() if one == 1)
        key = f"{here}[]" if many else here
        yield Known(key, "", _kind(inner), unit, required, _words(key))


def _inner(annotation: Any, metadata: list[Any]) -> tuple[Any, bool, Dimension | None]:
    """The type inside, whether there is a list of it, and the dimension of a number."""
    found = next((m for m in metadata if isinstance(m, Dimension)), None)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, many, deeper = _inner(parts[0], list(parts[1:]))
        return inner, many, found or deeper
    if origin in (Union, types.UnionType):
        inner, many, deeper = _inner(next(p for p in parts if p is not type(None)), [])
        return inner, many, found or deeper
    if origin is tuple:
        inner, _, deeper = _inner(parts[0], [])
        return inner, True, found or deeper
    return annotation, False, found


def _kind(inner: Any) -> Kind:
    if get_origin(inner) is Literal:
        return "whole" if all(isinstance(choice, int) for choice in get_args(inner)) else "text"
    kinds: dict[Any, Kind] = {Sourced: "number", dt.date: "date", bool: "yes/no", int: "whole"}
    return kinds.get(inner, "text")


def _words(key: str) -> str:
    """The words of a path: its last name, after the part it belongs to.

    >>> _words("debt[0].rate"), _words("as_of")
    ('Debt: rate', 'As of')
    """
    *parts, last = [name.replace("_", " ") for name in _INDEX.sub("", key).split(".")]
    text = f"{parts[-1]}: {last}" if parts else last
    return text[:1].upper() + text[1:]


@cache
def _helps() -> Mapping[str, str]:
    """What the worksheet functions say of arguments with the names of columns."""
    found: dict[str, str] = {}
    for record in CATALOGUE.values():
        for parameter in record.parameters:
            found.setdefault(parameter.name, parameter.arg.help)
    return found
