"""The declaration of a worksheet function, and the frozen record derived from it.

A function is declared once, by a thin typed function under `@worksheet`; names, kinds, units, help and defaults
come from its signature and docstring. Everything else (stubs, add-ins, help, README tables, inherited tests) is
derived from the records in `CATALOGUE`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints


class Kind(StrEnum):
    """How the cells of an argument are read."""

    NUMBER = "number"  # one cell or a range; ranges broadcast element by element
    SERIES = "series"  # time: a row, a column, or loans down and periods across
    RATIO = "ratio"  # a series in which an error cell means "undefined in this period"
    LOAN = "loan"  # one number a loan: one cell, or a column of loans
    LIST = "list"  # a row or column taken as a whole
    LADDER = "ladder"  # numbers, or a table of two columns
    WHOLE = "whole number"  # one cell
    FLAG = "true or false"  # one cell
    CHOICE = "choice"  # one cell, a text out of a few
    TEXT = "text"  # one cell
    LABELS = "labels"  # a row or column of names, blanks allowed
    DATES = "dates"  # a row or column of dates
    CELLS = "anything"  # cells as they are


@dataclass(frozen=True, slots=True)
class Arg:
    """What the signature says of an argument beside its name and default."""

    kind: Kind
    unit: str
    help: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a worksheet function."""

    name: str
    arg: Arg
    required: bool
    default: Any
    variadic: bool

    @property
    def label(self) -> str:
        """The name a person sees; a trailing underscore only avoids a Python keyword."""
        return self.name.rstrip("_")


@dataclass(frozen=True, slots=True)
class Example:
    """Arguments as a person would type them, and what the formula then shows."""

    arguments: tuple[Any, ...]
    gives: Any

    def formula(self, name: str) -> str:
        """The example as Excel spells it, ranges as array constants.

        >>> Example(([1.5, 2], "LTM", None, True), 1).formula("F")
        '=F({1.5,2},"LTM",,TRUE)'
        """
        return f"={name}({','.join(map(_constant, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Record:
    """One worksheet function, as every host, document and test sees it.

    `parts` takes the same arguments as `function` and returns what the answer is made of; `elementwise` says whether
    each element of the answer depends on the same element of the arguments only.
    """

    name: str
    category: str
    summary: str
    text: str
    parameters: tuple[Parameter, ...]
    example: Example
    source: str
    function: Callable[..., Any]
    parts: Callable[..., Any] | None
    elementwise: bool

    @property
    def signature(self) -> str:
        """Name and arguments as a person reads them, optional ones in brackets.

        >>> CATALOGUE["XLMODEL_VERSION"].signature
        'XLMODEL_VERSION()'
        """
        return f"{self.name}({', '.join(map(_shown, self.parameters))})"


CATALOGUE: Final[dict[str, Record]] = {}
PREFIX: Final = "XLMODEL_"


def worksheet(
    category: str, example: Example, source: str, parts: Callable[..., Any] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the decorated function as a worksheet function and put its record into `CATALOGUE`.

    Parameters
    ----------
    category
        The heading under which help and the function wizard list it.
    example
        Arguments and the value they give, from outside the engine.
    source
        Where the formula comes from.
    parts
        What the answer is made of, for `XLMODEL_EXPLAIN`; it takes the same arguments.

    Raises
    ------
    TypeError
        The name lacks the prefix or is taken, an argument lacks its `Arg`, or the text lacks a summary.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        record = _record(function, category, example, source, parts)
        if record.name in CATALOGUE:
            raise TypeError(f"{record.name} is declared twice")
        CATALOGUE[record.name] = record
        return function

    return declare


def _record(
    function: Callable[..., Any],
    category: str,
    example: Example,
    source: str,
    parts: Callable[..., Any] | None = None,
) -> Record:
    name = function.__name__
    if not name.startswith(PREFIX) or name != name.upper():
        raise TypeError(f"{name}: a worksheet function is spelled {PREFIX}… in capitals")
    text = inspect.getdoc(function) or ""
    summary = " ".join(text.split("\n\n")[0].split())
    if not summary.endswith("."):
        raise TypeError(f"{name}: the docstring must begin with one sentence")
    hints = get_type_hints(function, include_extras=True)
    parameters = tuple(_parameter(name, p, hints.get(p.name)) for p in inspect.signature(function).parameters.values())
    kinds = {p.arg.kind for p in parameters}
    elementwise = Kind.NUMBER in kinds and not kinds & {Kind.SERIES, Kind.RATIO, Kind.CELLS}
    return Record(name, category, summary, text, parameters, example, source, function, parts, elementwise)


def _parameter(function: str, parameter: inspect.Parameter, hint: Any) -> Parameter:
    argument = next((a for a in get_args(hint) if isinstance(a, Arg)), None)
    if get_origin(hint) is not Annotated or argument is None:
        raise TypeError(f"{function}: {parameter.name} must be Annotated with an Arg")
    variadic = parameter.kind is inspect.Parameter.VAR_POSITIONAL
    if not variadic and parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
        raise TypeError(f"{function}: {parameter.name} must be an ordinary argument")
    required = not variadic and parameter.default is inspect.Parameter.empty
    default = None if required or variadic else parameter.default
    return Parameter(parameter.name, argument, required, default, variadic)


def _shown(parameter: Parameter) -> str:
    if parameter.variadic:
        return f"{parameter.label}…"
    if parameter.required:
        return parameter.label
    if parameter.default is None or parameter.default == ():
        return f"[{parameter.label}]"
    return f"[{parameter.label}={_constant(parameter.default)}]"


def _constant(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, list | tuple):
        rows = value if value and isinstance(value[0], list | tuple) else [value]
        return "{" + ";".join(",".join(map(_constant, row)) for row in rows) + "}"
    return f"{value:.15g}"
