"""Windows Excel through xlwings: the module its COM server imports, one function for each record of the catalogue.

The stubs that `xlmodel.host.vba` writes call these functions by name. Arguments and answers are raw: xlwings converts
nothing, which keeps an error cell apart from a blank and a large range cheap. Away from Windows the decorators of
xlwings do nothing, and the module is the same functions without their marks.
"""

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from xlwings import arg, func, ret

from xlmodel.errors import ExcelError
from xlmodel.functions import CATALOGUE, Record, call
from xlmodel.functions.cells import OMITTED, Cell

HELP_LENGTH: Final = 255
"""Excel refuses a longer text in the function wizard."""

_MISSING: Final = -2147352572
_FIRST_ERROR: Final = -2146826288
_ERROR_CODES: Final = range(_FIRST_ERROR, _FIRST_ERROR + 100)
_ERRORS: Final = {
    _FIRST_ERROR + 0: ExcelError.NULL,
    _FIRST_ERROR + 7: ExcelError.DIV0,
    _FIRST_ERROR + 15: ExcelError.VALUE,
    _FIRST_ERROR + 23: ExcelError.REF,
    _FIRST_ERROR + 29: ExcelError.NAME,
    _FIRST_ERROR + 36: ExcelError.NUM,
    _FIRST_ERROR + 42: ExcelError.NA,
    _FIRST_ERROR + 43: ExcelError.NA,  # #GETTING_DATA, a number that is not there yet
}


def decode(cell: Any) -> Cell:
    """Return what COM hands over for one cell as a cell.

    An error arrives as its whole number, which no cell can hold otherwise: every number of a sheet is a float. The
    errors of newer Excels (#SPILL!, #CALC!, #FIELD! and so on) are read as #VALUE!.

    >>> decode(-2146826246), decode(-2147352572), decode(True), decode(3)
    (<ExcelError.NA: '#N/A'>, OMITTED, True, 3.0)
    """
    if type(cell) is int:
        if cell == _MISSING:
            return OMITTED  # type: ignore[return-value]  # not a cell; only ever an argument of its own
        if cell in _ERROR_CODES:
            return _ERRORS.get(cell, ExcelError.VALUE)
        return float(cell)
    if type(cell) is Decimal:
        return float(cell)
    value: Cell = cell
    return value


def encode(cell: Cell) -> Cell:
    """Return a cell of an answer as COM takes it: an error as its text, which the stub turns into the error.

    >>> encode(ExcelError.NUM), type(encode(ExcelError.NUM)).__name__, encode(1.5)
    ('#NUM!', 'str', 1.5)
    """
    return cell.value if isinstance(cell, ExcelError) else cell


def help_text(text: str) -> str:
    """Return a text as the function wizard takes it: at most 255 characters, cut at a word.

    >>> help_text("word " * 80)[-12:]
    'word word...'
    """
    if len(text) <= HELP_LENGTH:
        return text
    return text[: HELP_LENGTH - 3].rsplit(" ", 1)[0] + "..."


def _served(record: Record) -> Callable[..., list[list[Cell]]]:
    """The function xlwings serves for a record."""

    def answer(*arguments: Any) -> list[list[Cell]]:
        return [[encode(cell) for cell in row] for row in call(record, arguments, decode)]

    answer.__name__ = answer.__qualname__ = record.name
    answer.__doc__ = help_text(record.summary)
    answer.__annotations__ = {}  # xlwings would take them for converters
    # Every argument has the default OMITTED, because xlwings puts the default where Excel says "missing". It does not
    # allow that beside *arguments, so the last of these stands for all that follow, as it does in xlwings' own calls.
    answer.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(p.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=OMITTED) for p in record.parameters]
    )
    marked: Any = ret("raw")(answer)
    for parameter in record.parameters:
        marked = arg(parameter.name, "raw", doc=help_text(parameter.arg.help))(marked)
    # Last, since each of the marks before sets the category anew.
    served: Callable[..., list[list[Cell]]] = func(category=f"xlmodel {record.category}", call_in_wizard=False)(marked)
    return served


globals().update({name: _served(record) for name, record in CATALOGUE.items()})
