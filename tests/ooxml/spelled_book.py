"""One workbook with 500 calls of ours in every place a formula can be, written directly in a host's spelling.

Written twice, in two spellings, the two files differ in nothing but the spelling: what a rewriting must reproduce.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import xlsxwriter

SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "plain": "XLMODEL_{}".format,
    "office": "_xldudf_XLMODEL_{}".format,
    "libreoffice": "XLMODEL.{}".format,
    "com": "[1]!XLMODEL_{}".format,
}
# Cells 8 x 56 = 448, two arrays 2, a shared formula 1, names 3, validations 5, conditional formats 8, a table 33.
CALLS: Final = 500
ROWS: Final = 56
TRAP: Final = "XLMODEL_LTV(1,2) [1]!XLMODEL_LTV(1,2) XLMODEL.LTV(1,2) _xldudf_XLMODEL_LTV(1,2)"
NAMES: Final = ("BOOK_VALUE", "COLLATERAL_VALUE", "DSCR", "HALF_LIFE", "LTV", "WAL")
_CELLS: Final = (
    "{LTV}(A§,B§)",
    "IF({LTV}(A§,B§)>0.5,{HALF_LIFE}(0.5),{WAL}(A§:B§,1))",
    'IF("XLMODEL_LTV(1)"&$A$1<>"[1]!XLMODEL_LTV(",{BOOK_VALUE}({BOOK_VALUE}(A§,1,4),0,B§),"""XLMODEL_WAL(")',
    "SUM('XLMODEL_LTV(a) & b''s'!A1,{COLLATERAL_VALUE}(A§,2,{LTV}(1,2)))",
)
_EXTRA_VALIDATION: Final = (
    '<ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="custom" '
    'allowBlank="1"><x14:formula1><xm:f>@</xm:f></x14:formula1><xm:sqref>H9</xm:sqref></x14:dataValidation>'
    "</x14:dataValidations></ext></extLst></worksheet>"
)


def write(path: Path, spelling: str) -> Path:
    """Write the workbook with its calls spelled in one of `SPELLINGS`; the links of com's are not written."""

    def f(template: str, row: int = 1) -> str:
        return "=" + template.replace("§", str(row)).format(**{name: SPELLINGS[spelling](name) for name in NAMES})

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.set_properties({"created": dt.datetime(2026, 1, 1), "comments": TRAP})
        calls = book.add_worksheet("Calls")
        trap = book.add_worksheet("XLMODEL_LTV(a) & b's")
        places = book.add_worksheet("Places")
        for row in range(1, ROWS + 1):
            calls.write_row(row - 1, 0, [row, 2 * row])
            for column, template in enumerate(_CELLS):
                calls.write_formula(row - 1, 2 + column, f(template, row), None, 0)
        calls.write_array_formula("H1:H3", "{" + f("{DSCR}(A1:A3,B1:B3)") + "}")
        calls.write_dynamic_array_formula("J1:J3", f("{DSCR}(A1:A3,B1:B3)"))
        for row in (1, 2, 3):
            calls.write_formula(row - 1, 11, f"=SHARED{row}", None, 0)
        trap.write("A1", 3)
        trap.write("A2", TRAP)
        trap.write_comment("A3", TRAP)
        trap.write_formula("A4", f'="{TRAP}"', None, TRAP)
        trap.write_url("A5", "internal:'Calls'!A1", None, TRAP, TRAP)
        trap.set_header("&L" + TRAP)
        _places(book, places, f)
    return _patched(path, content, f)


def _places(book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, f: Callable[[str], str]) -> None:
    for name, formula in {
        "half": "{HALF_LIFE}(Calls!$A$1/100)",
        "Places!share": "{LTV}(Calls!$A$1,{LTV}(1,2))",
        "nothing": '"XLMODEL_LTV(1)"',
    }.items():
        book.define_name(name, f(formula))
    page.data_validation("H1", {"validate": "custom", "value": f("{LTV}(A1,B1)<1"), "input_message": TRAP[:80]})
    bounds = {"criteria": "between", "minimum": f("{LTV}(1,2)"), "maximum": f("{HALF_LIFE}(0.5)")}
    page.data_validation("H2", {"validate": "decimal", **bounds})
    page.data_validation("H3", {"validate": "list", "source": f("INDEX(A1:A9,{LTV}(1,1))")})
    page.conditional_format("I1:I9", {"type": "formula", "criteria": f('AND({LTV}(A1,B1)<1,"XLMODEL_LTV("<>"")')})
    page.conditional_format("J1:J9", {"type": "cell", **bounds})
    scale = {"type": "2_color_scale", "min_type": "formula", "max_type": "formula"}
    page.conditional_format("K1:K9", {**scale, "min_value": f("{LTV}(1,2)"), "max_value": f("{LTV}(2,1)")})
    bar = {"type": "data_bar", "data_bar_2010": True, "min_type": "formula", "min_value": f("{LTV}(1,2)")}
    page.conditional_format("L1:L9", bar)
    icons = [{"criteria": ">=", "type": "formula", "value": f("{LTV}(1,2)")}, {"type": "percent", "value": 10}]
    page.conditional_format("M1:M9", {"type": "icon_set", "icon_style": "3_arrows", "icons": icons})
    columns = [
        {"header": "debt"},
        {"header": "XLMODEL_LTV(x)"},
        {"header": "share", "formula": f("{LTV}(Table1[[#This Row],[debt]],Table1[[#This Row],[XLMODEL_LTV(x)]])")},
    ]
    page.add_table("A1:C33", {"columns": columns, "total_row": True})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Calls!$C$1:$C$9", "name": TRAP})
    page.insert_chart("N1", chart)


def _patched(path: Path, content: io.BytesIO, f: Callable[[str], str]) -> Path:
    """What XlsxWriter does not write: a shared formula, a total of a table, and a validation in an extension."""
    shared = f("{LTV}(A1,B1)")[1:]
    changes = {
        "<f>SHARED1</f>": f'<f t="shared" ref="L1:L3" si="0">{shared}</f>',
        "<f>SHARED2</f>": '<f t="shared" si="0"/>',
        "<f>SHARED3</f>": '<f t="shared" si="0"></f>',
        "</calculatedColumnFormula></tableColumn>": "</calculatedColumnFormula><totalsRowFormula>"
        f"{f('{WAL}(Table1[debt],1)')[1:]}</totalsRowFormula></tableColumn>",
        "</extLst></worksheet>": _EXTRA_VALIDATION.replace("@", f("{LTV}(H9,&quot;XLMODEL_LTV(&#49;)&quot;)")[1:]),
    }
    with zipfile.ZipFile(content) as written, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for entry in written.infolist():
            text = written.read(entry)
            for old, new in changes.items():
                if entry.filename.startswith(("xl/worksheets/sheet", "xl/tables")):
                    text = text.replace(old.encode(), new.encode())
            file.writestr(entry, text)
    return path
