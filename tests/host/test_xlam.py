"""The add-in of Windows Excel: what is in it, what it may read and start, and that its buttons do what they say."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xlsxwriter
from pyopenvba import ExcelFile
from pyopenvba.interpreter import HostBridge, Interpreter
from typer.testing import CliRunner

from tests.engines import shown
from tests.host.excel_vba import Excel
from tests.workbook.deals import EXAMPLES
from xlmodel.cli import app
from xlmodel.errors import InputError
from xlmodel.functions import CATALOGUE, call
from xlmodel.host import ribbon, ribbon_vba, xlam
from xlmodel.host.xlam import build, intellisense, modules

# What a scanner says of the add-in, and why that is so.
FINDINGS = {
    "Workbook_Open": "Excel's function wizard is told what the functions mean",
    "Environ": "the folder of the user's own settings file",
    "Open": "reading that file; titles of dialogs",
    "put": "a part of words",
    "run": "a part of words",
    "command": "the name of what a button asks for",
    "call": "a word in comments",
    "Lib": "the library that xlwings puts beside the interpreter, and the system's LoadLibrary to load it by full path",
    "Hex Strings": "parts of function names that happen to be hexadecimal digits",
    "Base64 Strings": "function names long enough to look encoded",
    "8.dll": "the end of that library's name",
    "python.exe": "a sentence that says what the settings must name",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("add-in") / "xlmodel.xlam")


def test_it_holds_every_module_and_every_function(made: Path) -> None:
    with ExcelFile(made) as book:
        found = book.vba_modules()
        assert book.validate() == []
    assert found.keys() - modules().keys() == {"ThisWorkbook", "Sheet1", "Sheet2"}
    for name, text in modules().items():
        assert found[name].replace("\r\n", "\n").strip() == text.replace("\r\n", "\n").strip()
    assert set(re.findall(r"Public Function (XLMODEL_\w+)", found["xlmodel_stubs"])) == set(CATALOGUE)
    for name in ("Sheet1", "Sheet2"):
        assert "Sub " not in found[name]
    assert re.findall(r"Sub (\w+)", found["ThisWorkbook"]) == [
        "Workbook_Open",
        "Host_WorkbookActivate",
        "DescribeSoon",
    ]


def test_building_twice_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    again = build(tmp_path / "again.xlam")
    assert again.read_bytes() == made.read_bytes()
    with pytest.raises(InputError, match="exists already"):
        build(again)


def test_it_is_a_valid_add_in(made: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openxml_audit", str(made)], capture_output=True, text=True, timeout=120, check=False
    )
    assert "Errors: 0" in done.stdout, done.stdout
    with zipfile.ZipFile(made) as file:
        assert b"application/vnd.ms-excel.addin.macroEnabled.main+xml" in file.read("[Content_Types].xml")
        tree = ET.fromstring(file.read("customUI/customUI14.xml"))
        assert b"customUI/customUI14.xml" in file.read("_rels/.rels")
    buttons = [e.attrib for e in tree.iter() if e.tag.endswith("}button")]
    assert len(buttons) == len(ribbon_vba.BUTTONS)
    code = modules()["xlmodel_ribbon"]
    assert all(f"Public Sub {button['onAction']}(control As Object)" in code for button in buttons)


def test_a_scanner_finds_what_is_explained(made: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "oletools.olevba", "--json", str(made)], capture_output=True, text=True, check=False
    )
    scanned = next(part for part in json.loads(done.stdout) if part.get("type") == "OpenXML")
    assert {macro["ole_stream"].removeprefix("VBA/") for macro in scanned["macros"]} >= modules().keys()
    found = {finding["keyword"]: finding["type"] for finding in scanned["analysis"]}
    assert found.keys() == FINDINGS.keys()
    assert [keyword for keyword, kind in found.items() if kind == "AutoExec"] == ["Workbook_Open"]


def test_nothing_takes_a_setting_path_or_module_from_a_workbook() -> None:
    """The hostile workbook has nothing to be read by: no module looks at sheets, names or the folder of a workbook."""
    quiet = {name: text for name, text in modules().items() if name != "xlmodel_ribbon"}
    code = "\n".join(line for text in quiet.values() for line in text.splitlines() if not line.lstrip().startswith("'"))
    reach = r"\b(ActiveWorkbook|ActiveSheet|\w*Workbooks|\w*Sheets|ActiveCell|Caller|CurDir|ChDir|Evaluate|Shell)\b"
    assert re.findall(reach, code) == []
    # The ribbon reads the path and the formula a person sees; it starts and imports nothing that is not named here.
    shown_ = modules()["xlmodel_ribbon"]
    assert set(re.findall(r'CallUDF\("([^"]+)"', shown_)) == {"xlmodel.host.ribbon"}
    assert set(re.findall(r'Served\("(\w+)"', shown_)) == {"Fill", "Report", "Doctor"}
    assert not re.search(r"\b(Shell|CreateObject|GetObject|Run|ExecuteExcel4Macro|RegisterXLL)\b", shown_)


def listed(made: Path) -> list[str]:
    """The first column of the sheet that IntelliSense reads."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(made) as file:
        texts = ["".join(si.itertext()) for si in ET.fromstring(file.read("xl/sharedStrings.xml"))]
        sheet = ET.fromstring(file.read("xl/worksheets/sheet2.xml"))
    return [
        texts[int(cell[0].text or "")] for cell in sheet.iter(f"{main}c") if re.fullmatch(r"A\d+", cell.attrib["r"])
    ]


def test_help_stays_within_what_excel_takes(made: Path) -> None:
    tree = ET.fromstring(intellisense())
    texts = [e.attrib["Description"] for e in tree.iter() if "Description" in e.attrib]
    assert len(texts) > len(CATALOGUE)
    assert max(map(len, texts)) <= 255
    names = [e.attrib["Name"] for e in tree.iter() if e.tag.endswith("}Argument")]
    assert all(re.fullmatch(r"[A-Za-z]\w*", name) for name in names)
    assert (made.parent / xlam.HELP).read_text(encoding="utf-8") == intellisense()
    cells = listed(made)
    assert cells == ["FunctionInfo", *CATALOGUE]


# The buttons ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def formulas() -> Interpreter:
    interpreter = Interpreter(HostBridge())
    interpreter.add_module(modules()["xlmodel_formulas"], name="xlmodel_formulas")
    return interpreter


@pytest.mark.parametrize(
    ("formula", "asked"),
    [
        ("=XLMODEL_LTV(A1,B1)", 'XLMODEL_WHY("XLMODEL_LTV",A1,B1)'),
        ("=xlmodel.xlam!XLMODEL_LTV(A1,(B1+2))", 'XLMODEL_WHY("XLMODEL_LTV",A1,(B1+2))'),
        ("='C:\\A!B\\xlmodel.xlam'!XLMODEL_LTV(A1,B1)", 'XLMODEL_WHY("XLMODEL_LTV",A1,B1)'),
        ("=@XLMODEL_LTV(A1,B1)", 'XLMODEL_WHY("XLMODEL_LTV",A1,B1)'),
        ("=XLMODEL_VERSION()", 'XLMODEL_WHY("XLMODEL_VERSION")'),
        ('=XLMODEL_SOURCE(")(")', 'XLMODEL_WHY("XLMODEL_SOURCE",")(")'),
        ("=XLMODEL_DSCR({1,2},{1,2})", 'XLMODEL_WHY("XLMODEL_DSCR",{1,2},{1,2})'),
        ("=XLMODEL_LTV(A1,B1)+XLMODEL_LTV(A2,B2)", ""),
        ("=SUM(XLMODEL_LTV(A1,B1))", ""),
        ("=1+1", ""),
        ("XLMODEL_", ""),
        ("", ""),
    ],
)
def test_a_cell_is_asked_about_with_its_own_arguments(formulas: Interpreter, formula: str, asked: str) -> None:
    assert formulas.run("Asked", ["WHY", formula]) == asked


def test_the_report_button_writes_a_report(tmp_path: Path) -> None:
    answer: Any = ribbon.Report(str(EXAMPLES / "case_a.toml"), str(tmp_path / "report.xlsx"))
    assert answer == [[f"The report is in {tmp_path / 'report.xlsx'}."]]
    assert shown(tmp_path / "report.xlsx")["Cover", "B4"] == "All checks pass"


def test_a_button_answers_a_refusal_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("name = 1\n", encoding="utf-8")
    [[said]] = ribbon.Report(str(tmp_path / "bad.toml"), str(tmp_path / "report.xlsx"))
    assert "name" in said
    assert "Traceback" not in said
    assert not (tmp_path / "report.xlsx").exists()


def test_explain_spills_what_the_ribbon_shows() -> None:
    rows = call(CATALOGUE["XLMODEL_EXPLAIN"], ["XLMODEL_LTV", 20.0, 35.0])
    assert all(len(row) == 4 for row in rows)


def test_the_command_line_builds_both(tmp_path: Path) -> None:
    for arguments, name in (([], "xlmodel.xlam"), (["--libreoffice"], "xlmodel.oxt")):
        done = CliRunner().invoke(app, ["addin", "build", "-o", str(tmp_path / name), *arguments])
        assert done.exit_code == 0, done.output
        assert zipfile.is_zipfile(tmp_path / name)
        again = CliRunner().invoke(app, ["addin", "build", "-o", str(tmp_path / name), *arguments])
        assert again.exit_code == 1
        assert "exists already" in again.output


class Hostile(Excel):
    """An Excel whose active workbook would steer whoever asks for it, and that notes what it is asked for."""

    def __init__(self, server: Any, code: dict[str, str]) -> None:
        super().__init__(server)
        self.asked: set[str] = set()
        self.vba = Interpreter(self)
        for name, text in code.items():
            self.vba.add_module(text, name=name)

    def global_object(self, name: str) -> Any:
        self.asked.add(name.lower())
        return super().global_object(name)


class Server:
    """Notes what it is asked to import and to call."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def CallUDF(self, module: Any, function: Any, arguments: Any, *more: Any) -> Any:  # noqa: N802
        self.calls.append((module, function, arguments, *more))
        return ((0.5,),)


def test_a_hostile_workbook_is_not_read(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of the built file runs beside a settings file, a module and a sheet that would take it over."""
    with xlsxwriter.Workbook(tmp_path / "loan.xlsx") as book:
        for row, pair in enumerate((("INTERPRETER_WIN", "calc.exe"), ("UDF MODULES", "evil"), ("PYTHONPATH", "."))):
            book.add_worksheet("xlmodel.conf" if row == 0 else f"s{row}").write_row(0, 0, pair)
    for name in ("xlmodel.conf", "xlwings.conf"):
        (tmp_path / name).write_text('"INTERPRETER_WIN","calc.exe"\n"UDF MODULES","evil"\n', encoding="utf-8")
    (tmp_path / "numpy.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with ExcelFile(made) as book:
        code = {name: text for name, text in book.vba_modules().items() if name in ("xlmodel_shared", "xlmodel_stubs")}
    server = Server()
    excel = Hostile(server, code)
    assert excel.formula("XLMODEL_LTV", [20.0, 35.0]) == [[0.5]]
    [(module, function, arguments)] = server.calls
    assert (module, function, arguments[:2]) == ("xlmodel.host.com", "XLMODEL_LTV", (20.0, 35.0))
    assert (
        excel.asked & {"activeworkbook", "activesheet", "workbooks", "worksheets", "thisworkbook", "activecell"}
        == set()
    )
    # The settings come from the user's own file and no other: what is asked of the system is the user's folder.
    bridge = modules()["xlmodel_bridge"]
    assert re.findall(r'Environ\$\("(\w+)"\)', bridge) == ["USERPROFILE"]
    assert "-P -B -c" in modules()["xlmodel_settings"]
