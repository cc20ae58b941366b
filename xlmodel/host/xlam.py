"""The add-in of Windows Excel: one .xlam, made on any machine in well under a second, the same bytes each time.

It holds our stubs, the help of the function wizard, the bridge that starts Python, and a ribbon. Nothing of xlwings is
copied into it: its library is loaded from beside the user's interpreter, in the version installed there.
"""

import datetime as dt
import io
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from pyopenvba import ExcelFile

from xlmodel import __version__
from xlmodel.functions import CATALOGUE, Record
from xlmodel.host import bridge, ribbon_vba, vba
from xlmodel.host.com import help_text
from xlmodel.ooxml.package import CONTENT_TYPES, Package
from xlmodel.ooxml.saving import put, refuse_existing

FILE: Final = "xlmodel.xlam"
HELP: Final = "xlmodel.intellisense.xml"
"""What shows arguments while a formula is typed, where Excel-DNA IntelliSense is installed; beside the add-in."""

_WORKBOOK: Final = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS: Final = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADD_IN: Final = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
_RIBBON: Final = "customUI/customUI14.xml"
_RELATION: Final = (
    '<Relationship Id="xlmodelRibbon" Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" '
    f'Target="{_RIBBON}"/></Relationships>'
)
_NEVER_CHANGES: Final = dt.datetime(2020, 1, 1)
_INTELLISENSE: Final = "http://schemas.excel-dna.net/intellisense/1.0"


def modules() -> dict[str, str]:
    """Return the VBA modules of the add-in by name.

    >>> len(modules())
    7
    """
    return {**vba.modules(), **bridge.modules(), **ribbon_vba.modules()}


def build(out: Path, *, force: bool = False) -> Path:
    """Write the add-in, and the help of its arguments beside it; return its path.

    Parameters
    ----------
    out
        Where it goes, ending in `.xlam`.
    force
        Whether it may replace what is there.

    Raises
    ------
    InputError
        The file exists, or its folder does not.
    """
    refuse_existing(out, ".xlam", force=force)
    content, described = content_of(), intellisense()
    put(content, out)
    put(described.encode(), out.with_name(HELP))
    return out


def content_of() -> bytes:
    """Return the content of the add-in's file."""
    with tempfile.TemporaryDirectory() as folder:
        plain, made = Path(folder) / "plain.xlsx", Path(folder) / "made.xlsm"
        plain.write_bytes(_sheet())
        package = Package.open(plain)
        types = package.read(CONTENT_TYPES)
        package.replace(CONTENT_TYPES, types.replace(_WORKBOOK, _MACROS))
        package.save(made)
        with ExcelFile(made) as book:
            project = book.add_vba_project()
            for name, text in sorted(modules().items()):
                project.add_module(name, text)
            book.set_module("ThisWorkbook", book.get_module("ThisWorkbook").rstrip() + "\r\n" + ribbon_vba.opened())
            book.save()
        package = Package.open(made)
        package.replace(CONTENT_TYPES, package.read(CONTENT_TYPES).replace(_MACROS, _ADD_IN))
        package.add(_RIBBON, ribbon_vba.interface().encode())
        relations = package.read("_rels/.rels").decode()
        package.replace("_rels/.rels", relations.replace("</Relationships>", _RELATION).encode())
        finished = Path(folder) / FILE
        package.save(finished)
        return finished.read_bytes()


def intellisense(records: Iterable[Record] = CATALOGUE.values()) -> str:
    """Return the description of every function and argument as Excel-DNA IntelliSense reads it.

    >>> intellisense([CATALOGUE["XLMODEL_HALF_LIFE"]]).count("<Argument ")
    1
    """
    functions = "".join(
        f"<Function Name={quoteattr(record.name)} Description={quoteattr(help_text(record.summary))}>"
        + "".join(
            f"<Argument Name={quoteattr(vba.vba_name(p))} Description={quoteattr(help_text(p.arg.help))}/>"
            for p in record.parameters
        )
        + "</Function>\n"
        for record in records
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<IntelliSense xmlns="{escape(_INTELLISENSE)}">\n<FunctionInfo>\n'
        f"{functions}</FunctionInfo>\n</IntelliSense>\n"
    )


def _sheet() -> bytes:
    """A workbook that says what the file is, and what IntelliSense shows; Excel lists an add-in by its properties."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": "xlmodel",
                "comments": "What hardware-backed loans are worth, and whether the cash pays them.",
                "created": _NEVER_CHANGES,
            }
        )
        book.add_worksheet("xlmodel").write_string(0, 0, f"xlmodel {__version__}, the add-in. Nothing to type in here.")
        # Found by this name, as the last sheet, with this word in its first cell.
        help_ = book.add_worksheet("_IntelliSense_")
        help_.hide()
        help_.write_string(0, 0, "FunctionInfo")
        for row, record in enumerate(CATALOGUE.values(), 1):
            texts = [record.name, help_text(record.summary), ""]
            for parameter in record.parameters:
                texts += [vba.vba_name(parameter), help_text(parameter.arg.help)]
            for column, text in enumerate(texts):
                help_.write_string(row, column, text)
    return content.getvalue()
