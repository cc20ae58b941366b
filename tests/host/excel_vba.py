"""An Excel for the generated VBA: ranges, the Application and XLPy, whose calls go through xlwings' own COM server.

The values a stub hands over are turned into what pywin32 makes of a VARIANT, and back.
"""

from typing import Any

from pyopenvba.interpreter import (
    EMPTY,
    MISSING,
    HostBridge,
    Interpreter,
    VBAArray,
    VBAErrorValue,
    VBAInt,
    VBAObject,
    VBARuntimeError,
    member,
    method,
)
from pyopenvba.interpreter._runtime import UNRESOLVED

from xlmodel.errors import ExcelError
from xlmodel.functions.cells import OMITTED
from xlmodel.host.vba import modules

NUMBERS = dict(zip(ExcelError, (2000, 2007, 2015, 2023, 2029, 2036, 2042), strict=True))
ERRORS = {number: error for error, number in NUMBERS.items()}
ARGUMENT_NOT_OPTIONAL = 449
VT_ERROR = -2146828288
PARAMNOTFOUND = -2147352572
XL_ERRORS = dict(zip(("Null", "Div0", "Value", "Ref", "Name", "Num", "NA"), ExcelError, strict=True))


class Areas(VBAObject):
    """The areas of a range, of which only the number is asked."""

    def __init__(self, count: int) -> None:
        self.count = count

    @member
    def Count(self) -> Any:  # noqa: N802
        return VBAInt(self.count, "Long")


class Range(VBAObject):
    """Cells of a sheet."""

    vba_type_name = "Range"

    def __init__(self, rows: Any, areas: int = 1) -> None:
        self.rows, self.areas = rows, areas

    @member
    def Value2(self) -> Any:  # noqa: N802
        if len(self.rows) == len(self.rows[0]) == 1:
            return variant(self.rows[0][0])
        items = [variant(row[j]) for j in range(len(self.rows[0])) for row in self.rows]
        return VBAArray([(1, len(self.rows)), (1, len(self.rows[0]))], items=items)

    @member
    def Areas(self) -> Areas:  # noqa: N802
        return Areas(self.areas)


class Button(VBAObject):
    """The button that is disabled while the function wizard is open."""

    enabled = True

    @method
    def Controls(self, index: Any) -> Any:  # noqa: N802
        return self

    @member
    def Enabled(self) -> bool:  # noqa: N802
        return Button.enabled


class ThisWorkbook(VBAObject):
    """The add-in's own file."""

    @member
    def Name(self) -> str:  # noqa: N802
        return "xlmodel.xlam"


class Application(VBAObject):
    """Excel; a stub asks it for nothing but that button, and never for the caller."""

    vba_type_name = "Application"

    def __init__(self) -> None:
        self.options: list[dict[str, Any]] = []

    @method
    def CommandBars(self, name: Any) -> Button:  # noqa: N802
        return Button()

    @method
    def MacroOptions(  # noqa: N802
        self, Macro: Any, Description: Any, Category: Any, ArgumentDescriptions: Any = MISSING
    ) -> None:
        texts = [] if ArgumentDescriptions is MISSING else ArgumentDescriptions.elements()
        self.options.append(
            {"macro": Macro, "description": Description, "category": Category, "arguments": list(map(str, texts))}
        )


class XLPy(VBAObject):
    """xlwings' COM server, called with exactly a module, a function and an array."""

    def __init__(self, server: Any) -> None:
        self.server = server

    @method
    def CallUDF(self, module: Any, function: Any, arguments: Any) -> Any:  # noqa: N802
        return variant(self.server.CallUDF(module, function, tuple(map(python, arguments.elements()))))


class Excel(HostBridge):
    """The host of the generated modules."""

    def __init__(self, server: Any) -> None:
        self.application, self.server = Application(), server
        self.vba = Interpreter(self)
        for name, text in modules().items():
            self.vba.add_module(text, name=name)

    def formula(self, name: str, arguments: Any) -> Any:
        """What a formula shows: rows of cells. Arguments are OMITTED, rows of cells, or a scalar for a constant."""
        given = [MISSING if a is OMITTED else Range(a) if isinstance(a, tuple) else variant(a) for a in arguments]
        try:
            return rows(self.vba.run(name, given))
        except VBARuntimeError as error:
            if error.number != ARGUMENT_NOT_OPTIONAL:
                raise
            return [[ExcelError.VALUE]]  # what Excel shows of a function it cannot call

    def global_object(self, name: str) -> Any:
        return {"application": self.application, "thisworkbook": ThisWorkbook()}.get(name.lower(), UNRESOLVED)

    def has_global_member(self, name: str) -> bool:
        return name.lower() == "xlpy"

    def call_global(self, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        return XLPy(self.server)

    def constant(self, name: str) -> Any:
        for short, error in XL_ERRORS.items():
            if name.lower() == f"xlerr{short}".lower():
                return VBAInt(NUMBERS[error], "Long")
        return UNRESOLVED


def variant(cell: Any) -> Any:
    """A value as VBA holds it."""
    if cell is None:
        return EMPTY
    if isinstance(cell, ExcelError):
        return VBAErrorValue(NUMBERS[cell])
    if isinstance(cell, list | tuple):
        if isinstance(cell[0], list | tuple):
            items = [variant(row[j]) for j in range(len(cell[0])) for row in cell]
            return VBAArray([(0, len(cell) - 1), (0, len(cell[0]) - 1)], items=items)
        return VBAArray([(0, len(cell) - 1)], items=list(map(variant, cell)))
    return cell


def python(value: Any) -> Any:
    """A value as pywin32 hands it to Python."""
    if value is MISSING:
        return PARAMNOTFOUND
    if value is EMPTY:
        return None
    if isinstance(value, VBAErrorValue):
        return VT_ERROR + value.number
    if isinstance(value, VBAArray):
        return (
            tuple(tuple(map(python, row)) for row in rows_of(value))
            if value.dimensions == 2
            else tuple(map(python, value.items))
        )
    if isinstance(value, bool | float | str):
        return value
    assert isinstance(value, VBAInt), value
    return int(value)


def rows(value: Any) -> Any:
    """What a cell shows of a value, as rows of cells."""
    if isinstance(value, VBAArray):
        return [list(map(shown, row)) for row in (rows_of(value) if value.dimensions == 2 else [value.items])]
    return [[shown(value)]]


def rows_of(array: VBAArray) -> list[list[Any]]:
    (top, bottom), (left, right) = array.bounds
    return [[array.get([i, j]) for j in range(left, right + 1)] for i in range(top, bottom + 1)]


def shown(value: Any) -> Any:
    assert value is not EMPTY
    return ERRORS[value.number] if isinstance(value, VBAErrorValue) else value
