"""A workbook that carries its functions: what is in it, what it may start, and that it stays a workbook."""

import json
import re
import shlex
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
import xlsxwriter
from pyopenvba import ExcelFile
from pyopenvba.interpreter import HostBridge, Interpreter, VBARuntimeError
from typer.testing import CliRunner

from tests.ooxml.spelled_book import CALLS, write
from xlmodel.cli import app
from xlmodel.errors import InputError
from xlmodel.functions import CATALOGUE
from xlmodel.host import bridge, vba
from xlmodel.host.standalone import modules, standalone

PYTHON = r"C:\Users\Ann Lee\xlmodel\Scripts\python.exe"

# What a scanner says of the workbook, and why that is so. It starts a program only by way of the library.
FINDINGS = {
    "Environ": "the folder of the user's own settings file",
    "Open": "reading that file",
    "Lib": "the library that xlwings puts beside the interpreter, and the system's LoadLibrary to load it by full path",
    "call": "a word in comments",
    "Hex Strings": "parts of function names that happen to be hexadecimal digits",
    "Base64 Strings": "function names long enough to look encoded",
    "8.dll": "the end of that library's name",
    "python.exe": "a sentence that says what the settings must name",
}


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standalone")
    path = folder / "travels.xlsm"
    assert standalone(write(folder / "book.xlsx", "libreoffice"), path).changed == CALLS
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_it_carries_a_stub_of_every_function_and_the_bridge(carried: Path) -> None:
    with ExcelFile(carried) as book:
        found = book.vba_modules()
        assert book.validate() == []
    documents = {"ThisWorkbook", "Sheet1", "Sheet2", "Sheet3"}
    assert found.keys() == modules().keys() | documents
    for name, text in modules().items():
        assert found[name].replace("\r\n", "\n").strip() == text.replace("\r\n", "\n").strip()
    assert modules().items() >= {n: t for n, t in vba.modules().items() if n != "xlmodel_help"}.items()
    stubs = set(re.findall(r"Public Function (XLMODEL_\w+)", found["xlmodel_stubs"]))
    assert stubs == set(CATALOGUE)
    assert not [name for name in documents if "Sub " in found[name] or "Function " in found[name]]


def test_everything_else_of_the_workbook_stays(carried: Path, tmp_path: Path) -> None:
    before, after = parts(write(tmp_path / "plain.xlsx", "plain")), parts(carried)
    assert after.keys() - before.keys() == {"xl/vbaProject.bin"}
    sheets = {f"xl/worksheets/sheet{i}.xml" for i in (1, 2, 3)}
    changed = {n for n in before if before[n] != after[n]}
    assert changed - {"docProps/app.xml"} == sheets | {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
    }
    # Excel knows a sheet's module by the sheet's code name, and that is all that a sheet gains.
    for i, name in enumerate(sorted(sheets), 1):
        assert after[name].replace(f'<sheetPr codeName="Sheet{i}"/>'.encode(), b"") == before[name]
    assert after["xl/workbook.xml"].replace(b' codeName="ThisWorkbook"', b"") == before["xl/workbook.xml"]


def test_it_is_valid_ooxml_with_macros(carried: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openxml_audit", str(carried)], capture_output=True, text=True, timeout=120, check=False
    )
    assert "Errors: 0" in done.stdout, done.stdout
    assert b"application/vnd.ms-excel.sheet.macroEnabled.main+xml" in parts(carried)["[Content_Types].xml"]


def test_a_scanner_finds_what_is_explained_and_nothing_that_runs_by_itself(carried: Path) -> None:
    # In a process of its own, because the scanner warns of what it imports.
    done = subprocess.run(
        [sys.executable, "-m", "oletools.olevba", "--json", str(carried)], capture_output=True, text=True, check=False
    )
    scanned = next(part for part in json.loads(done.stdout) if part.get("type") == "OpenXML")
    assert {macro["ole_stream"].removeprefix("VBA/") for macro in scanned["macros"]} >= modules().keys()
    found = {finding["keyword"]: finding["type"] for finding in scanned["analysis"]}
    assert found.keys() == FINDINGS.keys()
    assert set(found.values()) == {"Suspicious", "IOC"}


def test_no_module_knows_a_workbook_or_a_folder_of_one() -> None:
    code = "\n".join(
        line.split(" '")[0] for text in modules().values() for line in text.splitlines() if not line.startswith("'")
    )
    reach = r"\b(\w*Workbooks?|\w*Sheets?|ActiveCell|Caller|CurDir|ChDir|Names|Evaluate|Shell|CreateObject|GetObject)\b"
    assert re.findall(reach, code) == []
    assert set(re.findall(r"\bApplication\.(\w+)", code)) == {"CommandBars"}
    assert re.findall(r'Environ\$\("(\w+)"\)', code) == ["USERPROFILE"]


def test_the_library_is_called_as_xlwings_calls_it() -> None:
    with ExcelFile(str(files("xlwings") / "quickstart_standalone.xlsm")) as book:
        theirs = book.get_module("xlwings")
    pattern = r'Declare PtrSafe Function XLPyDLLActivateAuto Lib "([^"]+)" \(([^)]*)\) As Long'

    def declared(text: str) -> list[tuple[str, list[str]]]:
        plain = re.sub(r" _\r?\n\s*", " ", text)
        return [
            (library, [re.sub(r"\w+ As", "As", a.strip()) for a in arguments.split(",")])
            for library, arguments in re.findall(pattern, plain)
        ]

    assert declared(bridge.modules()["xlmodel_bridge"]) == declared(theirs)
    assert len(declared(theirs)) == 2


# What is started -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def settings() -> Interpreter:
    interpreter = Interpreter(HostBridge())
    interpreter.add_module(bridge.modules()["xlmodel_settings"], name="xlmodel_settings")
    return interpreter


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f'"INTERPRETER_WIN","{PYTHON}"\r\n"UDF MODULES","evil"\r\n', PYTHON),
        (f'\n  "interpreter_win","{PYTHON}"  \n', PYTHON),
        ('"INTERPRETER_WIN","first"\n"INTERPRETER_WIN","second"', "first"),
        ('"INTERPRETER","x"\n"INTERPRETER_WIN_","y"', ""),
        ('INTERPRETER_WIN,x\n"INTERPRETER_WIN","x\n"INTERPRETER_WIN"\n"",""\n,\n"', ""),
        ('"INTERPRETER_WIN",""', ""),
        ("", ""),
    ],
)
def test_a_setting_is_read_from_its_line(settings: Interpreter, text: str, value: str) -> None:
    assert settings.run("SettingIn", [text, "INTERPRETER_WIN"]) == value


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("", "xlmodel is not set up for this user; do so with xlmodel addin install"),
        *((p, "must be the full path of python.exe") for p in ("pythonw", r"..\python.exe", r"C:python.exe")),
        *((p, "must be the full path") for p in ('C:\\a" & calc & "\\python.exe', r"\python.exe", r"cmd.exe /c C:\x")),
    ],
)
def test_only_a_full_path_is_started(settings: Interpreter, python: str, said: str) -> None:
    with pytest.raises(VBARuntimeError, match=re.escape(said)):
        settings.run("CommandOf", [python])


def test_the_folder_of_a_file(settings: Interpreter) -> None:
    assert settings.run("FolderOf", [PYTHON]) == r"C:\Users\Ann Lee\xlmodel\Scripts"
    assert settings.run("FolderOf", [r"C:\Users\Ann Lee\xlmodel\Scripts"]) == r"C:\Users\Ann Lee\xlmodel"


def test_python_imports_nothing_from_the_folder_it_is_started_in(settings: Interpreter, tmp_path: Path) -> None:
    """The very command, with this machine's interpreter and something to print instead of serving."""
    started = settings.run("CommandOf", [PYTHON])
    program, *options, code = shlex.split(started.replace("\\", "/"))
    assert (program, code) == (PYTHON.replace("\\", "/"), "import xlwings; xlwings.serve('$(CLSID)')")
    for name in ("numpy", "xlwings", "xlmodel"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('read from the folder')\n")
    done = subprocess.run(
        [sys.executable, *options, "import numpy, xlmodel, xlwings; print(numpy.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) not in done.stdout


def test_the_bridge_is_vba_that_can_be_read() -> None:
    """Its declarations cannot be called here; that it parses on both sides of each #If can be seen."""
    text = bridge.modules()["xlmodel_bridge"]
    interpreter = Interpreter(HostBridge())
    interpreter.add_module(text, name="xlmodel_bridge")
    assert text.count("#If") == text.count("#End If") == 2
    assert text.isascii()
    assert max(map(len, text.splitlines())) < 1024


# What is refused -----------------------------------------------------------------------------------------------------


def test_the_same_workbook_gives_the_same_bytes_and_renewing_changes_nothing(carried: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsm"
    standalone(write(tmp_path / "book.xlsx", "libreoffice"), again)
    assert again.read_bytes() == carried.read_bytes()
    standalone(carried, tmp_path / "renewed.xlsm")
    assert (tmp_path / "renewed.xlsm").read_bytes() == carried.read_bytes()


def test_old_stubs_are_renewed(carried: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.xlsm"
    old.write_bytes(carried.read_bytes())
    with ExcelFile(old) as book:
        book.set_module("xlmodel_stubs", 'Attribute VB_Name = "xlmodel_stubs"\r\nFunction Old()\r\nEnd Function\r\n')
        book.save()
    standalone(old, tmp_path / "new.xlsm")
    with ExcelFile(tmp_path / "new.xlsm") as book:
        assert "XLMODEL_DSCR" in book.get_module("xlmodel_stubs")


def test_a_workbook_with_macros_of_its_own_is_left_alone(carried: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.xlsm"
    own.write_bytes(carried.read_bytes())
    with ExcelFile(own) as book:
        book.vba_project().add_module("Mine", 'Attribute VB_Name = "Mine"\r\nSub Mine()\r\nEnd Sub\r\n')
        book.save()
    with pytest.raises(InputError, match=r"own\.xlsm has macros of its own"):
        standalone(own, tmp_path / "out.xlsm")
    assert not (tmp_path / "out.xlsm").exists()


def test_a_workbook_whose_type_is_that_of_its_ending_gets_its_own(tmp_path: Path) -> None:
    """Small writers give every .xml the type of a workbook, and name the type of the others only."""
    contents = parts(write(tmp_path / "book.xlsx", "plain"))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = contents["[Content_Types].xml"].decode()
    types = types.replace(f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/>', "")
    types = types.replace('Extension="xml" ContentType="application/xml"', f'Extension="xml" ContentType="{kind}"')
    with zipfile.ZipFile(tmp_path / "small.xlsx", "w") as file:
        for name, content in {**contents, "[Content_Types].xml": types.encode()}.items():
            file.writestr(name, content)
    standalone(tmp_path / "small.xlsx", tmp_path / "small.xlsm")
    macros = (
        b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
    )
    assert macros in parts(tmp_path / "small.xlsm")["[Content_Types].xml"]


def test_the_command_line_makes_one(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write_formula("A1", "=[1]!XLMODEL_LTV(1,2)+_xldudf_XLMODEL_LTV(1,2)")
    out = tmp_path / "a.xlsm"
    arguments = ["retarget", str(tmp_path / "a.xlsx"), "--host", "plain", "-o", str(out)]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.output) == (
        0,
        f"{out}: 1 of 1 calls spelled anew for a workbook that carries its functions.\n",
    )
    assert "xl/vbaProject.bin" in parts(out)
    assert CliRunner().invoke(app, arguments).exit_code == 1
    for host in ("com", "libreoffice"):
        refused = CliRunner().invoke(app, [*arguments[:3], host, "-o", str(tmp_path / "b.xlsm")])
        assert refused.exit_code == 1
        assert "must end in .xlsx" in refused.output
