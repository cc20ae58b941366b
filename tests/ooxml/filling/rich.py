"""A workbook with nearly everything that a library which loads and saves would lose, made for the tests."""

import datetime as dt
import io
import struct
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter
from pyopenvba import ExcelFile

from xlmodel.ooxml.package import CONTENT_TYPES, Package, relations_part

LOANS = [["Alpha", 100.0, 0.10], ["Beta", 250.0, 0.12], ["Gamma", 50.0, 0.08]]
"""Name, balance and rate of the loans in the table, which stands in Tape!B5:E9 with its totals."""

TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
MACRO = "Sub Recalculate()\r\n    Application.Calculate\r\nEnd Sub\r\n"


def rich(path: Path, *, epoch_1904: bool = False) -> Path:
    """Write the workbook; one that ends in .xlsm has a macro behind its button."""
    with TemporaryDirectory() as folder:
        project = _project(Path(folder)) if path.suffix == ".xlsm" else None
        _written(path, project, epoch_1904=epoch_1904)
    package = Package.open(path)
    _thread(package)
    _pivot(package)
    _custom(package)
    _printer(package)
    package.save(path, force=True)
    return path


def _written(path: Path, project: Path | None, *, epoch_1904: bool) -> None:
    with xlsxwriter.Workbook(str(path), {"date_1904": epoch_1904}) as book:
        if project is not None:
            book.add_vba_project(str(project))
        bold, money = (
            book.add_format({"bold": True}),
            book.add_format({"num_format": "#,##0.00", "bg_color": "#FFF2CC"}),
        )
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        inputs, tape, summary = (book.add_worksheet(name) for name in ("Inputs", "Tape", "The summary"))
        inputs.write("A1", "Rate", bold)
        inputs.write("B1", 0.05, money)
        inputs.write("A2", "Borrower", bold)
        inputs.write("B2", "Nobody & Sons", bold)
        inputs.write("A3", "Closing", bold)
        inputs.write_datetime("B3", dt.datetime(2025, 1, 31), day)
        inputs.write("A4", "Secured", bold)
        inputs.write_boolean("B4", False)
        inputs.write_formula("B5", "=B1*2", money, 0.1)
        inputs.write_rich_string("A6", "a ", bold, "bold", " word")
        inputs.merge_range("A8:C8", "A merged title", bold)
        for name, cell in (("in_rate", "B1"), ("in_name", "B2"), ("in_date", "B3"), ("in_flag", "B4")):
            book.define_name(name, f"=Inputs!${cell[0]}${cell[1]}")
        book.define_name("in_empty", "=Inputs!$H$20")
        book.define_name("in_title", "=Inputs!$A$8:$C$8")
        inputs.insert_textbox("D1", "A box of text", {"width": 100, "height": 40})
        inputs.insert_button("D5", {"macro": "Recalculate", "caption": "Go"})
        inputs.insert_checkbox("D9", True)
        inputs.embed_image("D11", "dot.png", {"image_data": io.BytesIO(_dot())})
        inputs.insert_image("F1", "dot.png", {"image_data": io.BytesIO(_dot())})
        inputs.set_header("&L&G", {"image_left": "dot.png", "image_data_left": io.BytesIO(_dot())})
        inputs.set_background(io.BytesIO(_dot()))
        inputs.data_validation("B1", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1})
        inputs.protect("", {"format_cells": True})
        tape.write("B3", "Loans on the tape", bold)
        columns = [
            {"header": "Loan", "total_string": "Total"},
            {"header": "Balance", "format": money, "total_function": "sum"},
            {"header": "Rate"},
            {"header": "Interest", "formula": "=Loans[[#This Row],[Balance]]*Loans[[#This Row],[Rate]]",
             "total_function": "sum"},
        ]  # fmt: skip
        tape.add_table("B5:E9", {"name": "Loans", "columns": columns, "data": LOANS, "total_row": True})
        for row, (_, balance, rate) in enumerate(LOANS, 6):
            formula = "=Loans[[#This Row],[Balance]]*Loans[[#This Row],[Rate]]"
            tape.write_formula(f"E{row}", formula, None, balance * rate)
        tape.write_formula("C9", "=SUBTOTAL(109,Loans[Balance])", None, 400)
        tape.write_formula("E9", "=SUBTOTAL(109,Loans[Interest])", None, 44)
        tape.write("B11", "Half the balance")
        tape.write_formula("C11", "=C9/2", money, 200)
        tape.write("G6", "beside the table")
        tape.write("G12", "beside and below")
        tape.data_validation("C6:C8", {"validate": "decimal", "criteria": ">", "value": 0})
        tape.conditional_format("C6:C8", {"type": "data_bar", "data_bar_2010": True, "bar_color": "#63C384"})
        tape.conditional_format("D6:D8", {"type": "cell", "criteria": ">", "value": 0.1, "format": bold})
        tape.write_comment("B5", "Who owes", {"author": "An analyst"})
        summary.write_formula("A1", "=SUM(Tape!$C$6:$C$8)", None, 400)
        summary.write_formula("A2", "=SUM(Loans[Balance])", None, 400)
        summary.write_formula("A3", "=Tape!C9+Tape!C11", None, 600)
        summary.write_formula("A4", "=in_rate*100", None, 5)
        summary.write_dynamic_array_formula("C1:C3", "=_xlfn._xlws.SORT(Tape!C6:C8)", None, 50)
        summary.write_number("C2", 100)
        summary.write_number("C3", 250)
        summary.write_array_formula("E1:E2", "{=Tape!C6:C7*2}", None, 200)
        summary.write_number("E2", 500)
        summary.add_sparkline("G1", {"range": "Tape!C6:C8"})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": "=Tape!$B$6:$B$8", "values": "=Tape!$C$6:$C$8"})
        summary.insert_chart("A10", chart)
        pivot = book.add_worksheet("Pivot")
        pivot.write("A3", "Row Labels")
        pivot.write("B3", "Sum of Balance")
        for row, (name, balance, _) in enumerate(LOANS, 4):
            pivot.write(f"A{row}", name)
            pivot.write(f"B{row}", balance)


def _project(folder: Path) -> Path:
    """A VBA project with one macro, as XlsxWriter takes it."""
    book = folder / "macro.xlsx"
    xlsxwriter.Workbook(str(book)).close()
    package = Package.open(book)
    types = package.read(CONTENT_TYPES)
    package.replace(
        CONTENT_TYPES,
        types.replace(f"{TYPES}sheet.main+xml".encode(), b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    )
    macro = folder / "macro.xlsm"
    package.save(macro)
    with ExcelFile(macro) as file:
        file.add_vba_project().add_module("Buttons", MACRO)
        file.save()
    binary = folder / "vbaProject.bin"
    binary.write_bytes(Package.open(macro).read("xl/vbaProject.bin"))
    return binary


def _added(package: Package, name: str, content: str | bytes, kind: str) -> None:
    package.add(name, content.encode() if isinstance(content, str) else content)
    types = package.read(CONTENT_TYPES)
    entry = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    package.replace(CONTENT_TYPES, types.replace(b"</Types>", entry.encode()))


def _related(package: Package, part: str, kind: str, target: str) -> str:
    name = relations_part(part)
    if name not in package:
        package.add(name, _relations("").encode())
    key = f"rId{900 + len(package.relations(part))}"
    entry = f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/></Relationships>'
    package.replace(name, package.read(name).replace(b"</Relationships>", entry.encode()))
    return key


def _relations(inside: str) -> str:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{space}">{inside}</Relationships>'


def _thread(package: Package) -> None:
    """A conversation on the comment that is there."""
    person, comment = "{11111111-1111-4111-8111-111111111111}", "{22222222-2222-4222-8222-222222222222}"
    people = (
        f'<personList xmlns="{THREADS}"><person displayName="An analyst" id="{person}" userId="a" providerId="None"/>'
    )
    _added(package, "xl/persons/person.xml", f"{HEAD}{people}</personList>", "application/vnd.ms-excel.person+xml")
    _related(
        package,
        "xl/workbook.xml",
        "http://schemas.microsoft.com/office/2017/10/relationships/person",
        "persons/person.xml",
    )
    mark = f'ref="B5" dT="2026-01-02T03:04:05.00" personId="{person}" id="{comment}"'
    said = f"<threadedComment {mark}><text>Who owes?</text>"
    _added(
        package,
        "xl/threadedComments/threadedComment1.xml",
        f'{HEAD}<ThreadedComments xmlns="{THREADS}">{said}</threadedComment></ThreadedComments>',
        "application/vnd.ms-excel.threadedcomments+xml",
    )
    _related(
        package,
        "xl/worksheets/sheet2.xml",
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
        "../threadedComments/threadedComment1.xml",
    )


def _pivot(package: Package) -> None:
    """A pivot table of the tape."""
    names = "".join(f'<s v="{name}"/>' for name, _, _ in LOANS)
    fields = (
        f'<cacheField name="Loan"><sharedItems count="3">{names}</sharedItems></cacheField>'
        '<cacheField name="Balance"><sharedItems containsSemiMixedTypes="0" containsString="0" containsNumber="1"'
        ' minValue="50" maxValue="250"/></cacheField>'
    )
    _added(
        package,
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f'{HEAD}<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rId1" recordCount="3">'
        f'<cacheSource type="worksheet"><worksheetSource ref="B5:C8" sheet="Tape"/></cacheSource>'
        f'<cacheFields count="2">{fields}</cacheFields></pivotCacheDefinition>',
        f"{TYPES}pivotCacheDefinition+xml",
    )
    records = "".join(f'<r><x v="{i}"/><n v="{loan[1]}"/></r>' for i, loan in enumerate(LOANS))
    _added(
        package,
        "xl/pivotCache/pivotCacheRecords1.xml",
        f'{HEAD}<pivotCacheRecords xmlns="{MAIN}" count="3">{records}</pivotCacheRecords>',
        f"{TYPES}pivotCacheRecords+xml",
    )
    package.add(
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels",
        _relations(
            f'<Relationship Id="rId1" Type="{OFFICE}/pivotCacheRecords" Target="pivotCacheRecords1.xml"/>'
        ).encode(),
    )
    items = "".join(f'<item x="{i}"/>' for i in range(3)) + '<item t="default"/>'
    rows = "".join(f'<i><x v="{i}"/></i>' for i in range(3)) + '<i t="grand"><x/></i>'
    _added(
        package,
        "xl/pivotTables/pivotTable1.xml",
        f'{HEAD}<pivotTableDefinition xmlns="{MAIN}" name="ByLoan" cacheId="7" dataCaption="Values">'
        '<location ref="A3:B7" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pivotFields count="2">'
        f'<pivotField axis="axisRow" showAll="0"><items count="4">{items}</items></pivotField>'
        '<pivotField dataField="1" showAll="0"/></pivotFields><rowFields count="1"><field x="0"/></rowFields>'
        f'<rowItems count="4">{rows}</rowItems><colItems count="1"><i/></colItems>'
        '<dataFields count="1"><dataField name="Sum of Balance" fld="1"/></dataFields></pivotTableDefinition>',
        f"{TYPES}pivotTable+xml",
    )
    package.add(
        "xl/pivotTables/_rels/pivotTable1.xml.rels",
        _relations(
            f'<Relationship Id="rId1" Type="{OFFICE}/pivotCacheDefinition"'
            ' Target="../pivotCache/pivotCacheDefinition1.xml"/>'
        ).encode(),
    )
    _related(package, "xl/worksheets/sheet4.xml", f"{OFFICE}/pivotTable", "../pivotTables/pivotTable1.xml")
    key = _related(package, "xl/workbook.xml", f"{OFFICE}/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")
    book = package.read("xl/workbook.xml")
    entry = f'<pivotCaches><pivotCache cacheId="7" r:id="{key}"/></pivotCaches></workbook>'
    # The writer asks Excel to calculate on opening; a saved workbook does not.
    book = book.replace(b' fullCalcOnLoad="1"', b"").replace(b"</workbook>", entry.encode())
    package.replace("xl/workbook.xml", book)


def _custom(package: Package) -> None:
    """Data of another program, in a part of its own."""
    package.add("customXml/item1.xml", b'<deal xmlns="urn:example:deal"><id>42</id></deal>')
    _related(package, "xl/workbook.xml", f"{OFFICE}/customXml", "../customXml/item1.xml")


def _printer(package: Package) -> None:
    """The settings of a printer, which are bytes only it can read."""
    binary = "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
    _added(package, "xl/printerSettings/printerSettings1.bin", bytes(range(256)) * 4, binary)
    _related(
        package, "xl/worksheets/sheet2.xml", f"{OFFICE}/printerSettings", "../printerSettings/printerSettings1.bin"
    )


def _dot() -> bytes:
    """A picture of four red points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress((b"\0" + b"\xff\0\0" * 2) * 2)
    head = chunk(b"IHDR", struct.pack(">2I5B", 2, 2, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
