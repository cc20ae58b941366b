"""The component that LibreOffice loads: decode, call, encode.

A copy of this file lies in `xlmodel.oxt` beside two generated ones: `functions.json`, what Calc must know of every
function before anything is computed, and `environment.json`, where the xlmodel that built the add-in lives on this
machine. It runs in LibreOffice's own Python, which has neither numpy nor xlmodel, so both are imported at the first
call and never before. When that fails every function shows #VALUE! and WHY says the reason.
"""

import json
import struct
import sys
from pathlib import Path

import unohelper
from com.sun.star.lang import Locale, XServiceInfo, XServiceName
from com.sun.star.sheet import XAddIn

try:
    from org.xlmodel import XFunctions
except ImportError:  # while the extension is being installed its types are not known yet
    FUNCTION_TYPES = ()
else:
    FUNCTION_TYPES = (XFunctions,)

HERE = Path(__file__).resolve().parent
SERVICE = "XLMODEL"
IMPLEMENTATION = "org.xlmodel.addin"
FUNCTIONS = {f["method"]: f for f in json.loads((HERE / "functions.json").read_text(encoding="utf-8"))}
ENVIRONMENT = json.loads((HERE / "environment.json").read_text(encoding="utf-8"))
ERROR_CODES = {
    "#NULL!": 521,
    "#DIV/0!": 532,
    "#VALUE!": 519,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#N/A": 0x7FFF,
}


def shown_as(code):
    """Return the number that Calc shows as an error: a NaN whose payload is Calc's code."""
    return struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | code))[0]


ERROR_NUMBERS = {name: shown_as(code) for name, code in ERROR_CODES.items()}


class Engine:
    """xlmodel on this machine, or the sentence that says why it cannot be had."""

    def __init__(self):
        self.trouble = None
        if ENVIRONMENT["tag"] != sys.implementation.cache_tag:
            self.trouble = (
                f"xlmodel was installed with Python {ENVIRONMENT['python']}, but LibreOffice runs Python "
                f"{sys.version_info.major}.{sys.version_info.minor}: install xlmodel with that version and build "
                "the add-in again."
            )
            return
        sys.path[:0] = [folder for folder in ENVIRONMENT["path"] if folder not in sys.path]
        try:
            from xlmodel.errors import ExcelError
            from xlmodel.functions import CATALOGUE, call
            from xlmodel.functions.cells import OMITTED
        except Exception as error:  # noqa: BLE001  whatever it is, the sheet must be able to say it
            self.trouble = f"xlmodel cannot be imported by LibreOffice ({type(error).__name__}: {error})."
            return
        self.catalogue, self.call, self.omitted = CATALOGUE, call, OMITTED
        self.errors = {code: ExcelError(name) for name, code in ERROR_CODES.items()}

    def answer(self, name, arguments):
        """Return the cells of a call as Calc takes them."""
        record = None if self.trouble else self.catalogue.get(name)
        if record is None:
            trouble = self.trouble or f"{name} is not in the installed xlmodel: build the add-in again."
            return ((trouble if name == "XLMODEL_WHY" else ERROR_NUMBERS["#VALUE!"],),)
        rows = self.call(record, [self.argument(a) for a in arguments], self.decode)
        return tuple(tuple(map(encode, row)) for row in rows)

    def argument(self, value):
        """Return an argument as rows of cells; Calc leaves an omitted one void."""
        if value is None:
            return self.omitted
        return self.cells(value) if hasattr(value, "getDataArray") else value

    def cells(self, area):
        """Return the cells of a range that Calc hands over by reference; it leaves error cells void."""
        return tuple(
            tuple(
                self.errors.get(area.getCellByPosition(j, i).getError(), self.errors[519]) if cell is None else cell
                for j, cell in enumerate(row)
            )
            for i, row in enumerate(area.getDataArray())
        )

    @staticmethod
    def decode(cell):
        """Return a cell as xlmodel spells it: Calc hands over a blank in a range as an empty text."""
        return None if cell == "" else cell


def encode(cell):
    """Return a cell as Calc takes it."""
    if type(cell) is float:
        return cell
    if isinstance(cell, bool):
        return float(cell)
    return ERROR_NUMBERS.get(cell, cell) if hasattr(cell, "value") else cell


class AddIn(unohelper.Base, *FUNCTION_TYPES, XAddIn, XServiceInfo, XServiceName):
    """The service whose methods are the functions."""

    engine = None

    def __init__(self, context):
        self.context = context
        self.locale = Locale("en", "US", "")

    def getServiceName(self):
        return SERVICE

    def getImplementationName(self):
        return IMPLEMENTATION

    def supportsService(self, name):
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):
        return (SERVICE, "com.sun.star.sheet.AddIn")

    def setLocale(self, locale):
        self.locale = locale

    def getLocale(self):
        return self.locale

    def getProgrammaticFuntionName(self, display):
        method = display.upper().removeprefix(SERVICE + ".")
        return method if method in FUNCTIONS else ""

    def getDisplayFunctionName(self, method):
        return f"{SERVICE}.{method}"

    def getFunctionDescription(self, method):
        return FUNCTIONS[method]["description"]

    def getDisplayArgumentName(self, method, place):
        return self._argument(method, place)[0]

    def getArgumentDescription(self, method, place):
        return self._argument(method, place)[1]

    def getProgrammaticCategoryName(self, method):
        return "Add-In"

    def getDisplayCategoryName(self, method):
        return f"xlmodel: {FUNCTIONS[method]['category']}"

    def _argument(self, method, place):
        arguments = FUNCTIONS[method]["arguments"]
        return arguments[min(place, len(arguments) - 1)] if arguments else ("", "")


def method_of(function):
    """Return the method through which Calc calls a function."""

    def method(self, *arguments):
        if AddIn.engine is None:
            AddIn.engine = Engine()
        if function["variadic"]:
            arguments = (*arguments[:-1], *arguments[-1])
        return AddIn.engine.answer(function["name"], arguments)

    return method


for function_name, function_record in FUNCTIONS.items():
    setattr(AddIn, function_name, method_of(function_record))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(AddIn, IMPLEMENTATION, (SERVICE, "com.sun.star.sheet.AddIn"))
