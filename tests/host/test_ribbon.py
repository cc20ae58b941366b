"""The buttons of the ribbon: the VBA of the built add-in, run beside a workbook made for the test."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from pyopenvba import ExcelFile
from pyopenvba.interpreter import (
    NOTHING,
    Interpreter,
    VBAArray,
    VBACollection,
    VBAErrorValue,
    VBAInt,
    VBAObject,
    VBARuntimeError,
    member,
    method,
    setter,
)

from tests.host.excel_vba import Application, Excel, variant
from tests.host.excel_vba import ThisWorkbook as AddIn
from tests.workbook.deals import EXAMPLES
from xlmodel.host import ribbon
from xlmodel.host.xlam import build
from xlmodel.ooxml.filling import read

YES, NO = 6, 7
CONSTANTS = {"xldialogfunctionwizard": VBAInt(450, "Long"), "xlpart": VBAInt(2, "Long")}


class Cells(VBAObject):
    """All cells of a sheet; notes what is replaced."""

    def __init__(self) -> None:
        self.replaced: list[tuple[str, str]] = []

    @method
    def Replace(self, What: Any, Replacement: Any, LookAt: Any, MatchCase: Any) -> bool:  # noqa: N802
        self.replaced.append((What, Replacement))
        return True


class Sheet(VBAObject):
    """A sheet that answers what is evaluated with what the test put there."""

    vba_type_name = "Worksheet"

    def __init__(self, name: str, protected: bool = False) -> None:
        self.name, self.protected, self.cells = name, protected, Cells()
        self.questions: list[str] = []
        self.answer: Any = None

    @member
    def Name(self) -> str:  # noqa: N802
        return self.name

    @member
    def ProtectContents(self) -> bool:  # noqa: N802
        return self.protected

    @member
    def Cells(self) -> Cells:  # noqa: N802
        return self.cells

    @method
    def Evaluate(self, question: Any) -> Any:  # noqa: N802
        self.questions.append(question)
        return self.answer


class Sheets(VBACollection):
    def __init__(self, sheets: list[Sheet]) -> None:
        self.sheets = sheets

    def vba_items(self) -> list[object]:
        return list(self.sheets)


class Cell(VBAObject):
    """The selected cell."""

    vba_type_name = "Range"

    def __init__(self, sheet: Sheet, formula: str) -> None:
        self.sheet, self.formula = sheet, formula

    @member
    def Worksheet(self) -> Sheet:  # noqa: N802
        return self.sheet

    @member
    def Formula(self) -> str:  # noqa: N802
        return self.formula


class Book(VBAObject):
    """The open workbook."""

    vba_type_name = "Workbook"

    def __init__(self, path: Path, sheets: list[Sheet]) -> None:
        self.path, self.sheets, self.saved = path, sheets, True

    @member
    def Name(self) -> str:  # noqa: N802
        return self.path.name

    @member
    def FullName(self) -> str:  # noqa: N802
        return str(self.path)

    @member
    def Path(self) -> str:  # noqa: N802
        return str(self.path.parent) if self.path.is_absolute() else ""

    @member
    def Saved(self) -> bool:  # noqa: N802
        return self.saved

    @member
    def Worksheets(self) -> Sheets:  # noqa: N802
        return Sheets(self.sheets)


class Wizard(VBAObject):
    def __init__(self, desk: "Desk") -> None:
        self.desk = desk

    @method
    def Show(self) -> bool:  # noqa: N802
        if self.desk.wizard_fails:
            raise VBARuntimeError(1004, "no cell")
        self.desk.wizards += 1
        return True


class Folder(VBAObject):
    """The dialog that asks for a folder."""

    def __init__(self, chosen: Path | None) -> None:
        self.chosen, self.title = chosen, ""

    @member
    def Title(self) -> str:  # noqa: N802
        return self.title

    @setter("Title")
    def _title(self, text: Any) -> None:
        self.title = text

    @method
    def Show(self) -> VBAInt:  # noqa: N802
        return VBAInt(0 if self.chosen is None else -1, "Long")

    @method
    def SelectedItems(self, index: Any) -> str:  # noqa: N802
        assert int(index) == 1
        return str(self.chosen)


class Office(Application):
    """Excel with its dialogs, which answer what the test chose."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self.desk = desk
        self.later: list[str] = []

    @method
    def Dialogs(self, number: Any) -> Wizard:  # noqa: N802
        return Wizard(self.desk)

    @method
    def GetOpenFilename(self, kinds: Any, index: Any, title: Any) -> Any:  # noqa: N802
        return self.desk.opened.pop(0)

    @method
    def FileDialog(self, kind: Any) -> Folder:  # noqa: N802
        assert int(kind) == 4  # msoFileDialogFolderPicker
        return Folder(self.desk.folder)

    @method
    def GetSaveAsFilename(self, proposed: Any, kinds: Any, index: Any, title: Any) -> Any:  # noqa: N802
        self.desk.proposed = proposed
        return self.desk.target

    @method
    def OnTime(self, when: Any, macro: Any) -> None:  # noqa: N802
        self.later.append(macro)


class Server:
    """Calls what the ribbon names, as xlwings' server does: by module and function."""

    def __init__(self) -> None:
        self.fails = False

    def CallUDF(self, module: Any, function: Any, arguments: Any) -> Any:  # noqa: N802
        if self.fails:
            raise VBARuntimeError(1000, "no Python")
        assert module == ribbon.__name__
        return getattr(importlib.import_module(module), function)(*arguments)


def found(interpreter: Interpreter, arguments: list[Any], named: dict[str, Any]) -> str:
    """What VBA's `Dir` says of a path."""
    path = Path(arguments[0])
    return path.name if path.is_file() else ""


class Desk(Excel):
    """An Excel with an open workbook, a selected cell and the whole code of the built add-in."""

    def __init__(self, code: dict[str, str], book: Book | None, formula: str = "") -> None:
        super().__init__(Server())
        self.application: Office = Office(self)
        self.book, self.formula_shown = book, formula
        self.opened: list[Any] = []
        self.folder: Path | None = None
        self.target: Any = False
        self.proposed = ""
        self.wizards, self.wizard_fails = 0, False
        self.vba = Interpreter(self)
        self.vba._intrinsics = self.vba._intrinsics | {"dir": found}  # the interpreter keeps away from the disk
        for name, text in code.items():
            if name != "xlmodel_bridge":  # what stands between VBA and Python is this host's own
                # The interpreter connects no events: the test raises them itself.
                self.vba.add_module(text.replace("Private WithEvents ", "Private "), name=name)

    def press(self, button: str) -> list[str]:
        """Press a button; what is said."""
        before = len(self.vba.dialogs)
        self.vba.run(f"xlmodel_{button}", [NOTHING])
        return [str(said[1]) for said in self.vba.dialogs[before:]]

    def constant(self, name: str) -> Any:
        return CONSTANTS.get(name.lower(), super().constant(name))

    def global_object(self, name: str) -> Any:
        cell = NOTHING if self.book is None else Cell(self.book.sheets[0], self.formula_shown)
        known: dict[str, Any] = {
            "application": self.application,
            "thisworkbook": AddIn(),
            "activeworkbook": NOTHING if self.book is None else self.book,
            "activecell": cell,
        }
        return known.get(name.lower(), super().global_object(name))


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with ExcelFile(build(tmp_path_factory.mktemp("ribbon") / "xlmodel.xlam")) as book:
        return {name: text for name, text in book.vba_modules().items() if name.startswith(("xlmodel_", "ThisW"))}


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "loan.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Terms").write_row(0, 0, ["rate", 0.1])
        book.define_name("in_rate", "=Terms!$B$1")
    return path


@pytest.fixture
def desk(code: dict[str, str], workbook: Path) -> Desk:
    return Desk(code, Book(workbook, [Sheet("Terms"), Sheet("Locked", protected=True), Sheet("Cash")]))


def test_without_a_workbook_no_button_fails(code: dict[str, str]) -> None:
    desk = Desk(code, None)
    assert [desk.press(button) for button in ("explain", "why", "rebind", "fill")] == [[]] * 4
    desk.press("insert")
    assert desk.wizards == 1
    desk.wizard_fails = True
    assert desk.press("insert") == ["Select a cell that may be changed first."]


def test_rebind_enters_formulas_anew_and_names_what_is_protected(desk: Desk) -> None:
    assert desk.book is not None
    [said] = desk.press("rebind")
    assert said == "The formulas of loan.xlsx were entered anew.\n\nProtected and left alone:\nLocked"
    assert [len(sheet.cells.replaced) for sheet in desk.book.sheets] == [1, 0, 1]
    assert desk.book.sheets[0].cells.replaced == [("XLMODEL_", "XLMODEL_")]


def table(rows: list[list[Any]]) -> VBAArray:
    """An array as `Evaluate` returns it, counted from 1."""
    items = [variant(row[j]) for j in range(len(rows[0])) for row in rows]
    return VBAArray([(1, len(rows)), (1, len(rows[0]))], items=items)


def test_why_asks_about_the_selected_cell(desk: Desk) -> None:
    assert desk.book is not None
    sheet = desk.book.sheets[0]
    desk.formula_shown = "=xlmodel.xlam!XLMODEL_LTV(B1,B2)"
    for answer in ("The loan is uncollateralised.", table([["The loan is uncollateralised."]])):
        sheet.answer = answer
        assert desk.press("why") == ["The loan is uncollateralised."]
    assert sheet.questions == ['XLMODEL_WHY("XLMODEL_LTV",B1,B2)'] * 2
    sheet.answer = VBAErrorValue(2015)
    desk.vba.run("Failed", ["xlmodel is not set up for this user"])
    assert desk.press("why") == ["Python did not answer: xlmodel is not set up for this user"]


def test_explain_shows_every_part_in_as_many_boxes_as_it_needs(desk: Desk) -> None:
    assert desk.book is not None
    desk.formula_shown = "=XLMODEL_LTV(B1,B2)"
    parts = [["what", "value", "unit", "how"], *([f"part {i}", float(i), "USD", "a sum of money"] for i in range(60))]
    desk.book.sheets[0].answer = table(parts)
    said = desk.press("explain")
    assert desk.book.sheets[0].questions == ['XLMODEL_EXPLAIN("XLMODEL_LTV",B1,B2)']
    assert len(said) > 1
    assert max(map(len, said)) <= 900
    lines = "".join(said).splitlines()
    assert len(lines) == len(parts)
    assert lines[3].split("\t") == ["part 2", "2 USD", "a sum of money"]


def test_what_cannot_be_asked_is_said(desk: Desk) -> None:
    desk.formula_shown = "=1+1"
    assert desk.press("why") == ["Select a cell whose formula is one call of a function XLMODEL_."]
    desk.formula_shown = f"=XLMODEL_DSCR({'1+' * 200}1,1)"
    [said] = desk.press("explain")
    assert said.endswith("=" + f'XLMODEL_EXPLAIN("XLMODEL_DSCR",{desk.formula_shown[14:]}')


@pytest.fixture
def tape(workbook: Path) -> tuple[Path, Path]:
    """A tape of three loans, the second with a rate that is no number, and where its columns go."""
    data, mapping = workbook.with_name("tape.csv"), workbook.with_name("mapping.toml")
    data.write_text("loan_id,annual_rate\nA,0.12\nB,twelve\nC,0.14\n", encoding="utf-8")
    mapping.write_text('version = 1\n[[field]]\ncell = "in_rate"\ncolumn = "annual_rate"\n', encoding="utf-8")
    return data, mapping


def test_fill_writes_one_copy_a_loan_and_leaves_the_open_file(
    desk: Desk, workbook: Path, tape: tuple[Path, Path]
) -> None:
    before, folder = workbook.read_bytes(), workbook.with_name("out")
    folder.mkdir()
    (folder / "C.xlsx").write_bytes(b"theirs")
    data, mapping = map(str, tape)
    for chosen in ([False], [data, False], [data, mapping]):  # and then no folder
        desk.opened = list(chosen)
        assert desk.press("fill") == []
    desk.folder, desk.opened = folder, [data, mapping]
    [said] = desk.press("fill")
    first, *problems = said.splitlines()
    assert first == f"{folder}: 1 filled, 0 up to date, 2 refused."
    assert problems[0].startswith("row 2: annual_rate")
    assert problems[1].startswith("row 3: C.xlsx exists already")
    assert read(folder / "A.xlsx", ["in_rate"]) == {"in_rate": 0.12}
    assert (folder / "C.xlsx").read_bytes() == b"theirs"
    assert workbook.read_bytes() == before


def test_fill_takes_a_deal(workbook: Path, tmp_path: Path) -> None:
    """Case A: 28m over 16 quarters at 12 %, in its file."""
    mapping, folder = tmp_path / "mapping.toml", tmp_path / "out"
    mapping.write_text('version = 1\n[[field]]\ncell = "in_rate"\nkey = "debt[0].rate"\n', encoding="utf-8")
    [[said]] = ribbon.Fill(str(workbook), str(EXAMPLES / "case_a.toml"), str(mapping), str(folder))
    assert said.splitlines()[0] == f"{folder}: 1 filled, 0 up to date, 0 refused."
    [made] = folder.glob("*.xlsx")
    assert read(made, ["in_rate"]) == {"in_rate": 0.12}


def test_fill_shows_no_more_than_can_be_read(workbook: Path, tape: tuple[Path, Path], tmp_path: Path) -> None:
    data, mapping = tape
    data.write_text("loan_id,annual_rate\n" + "".join(f"L{i},x\n" for i in range(50)), encoding="utf-8")
    [[said]] = ribbon.Fill(str(workbook), str(data), str(mapping), str(tmp_path / "out"))
    assert len(said.splitlines()) == 22
    assert said.splitlines()[-1] == "and 30 more problems"


def test_a_workbook_that_is_not_saved_is_not_filled(desk: Desk) -> None:
    assert desk.book is not None
    desk.book.saved = False
    assert desk.press("fill") == ["Save this workbook first: its file is what is filled."]
    desk.book.saved, desk.book.path = True, Path("Book1.xlsx")
    assert desk.press("fill") == ["Save this workbook first: its file is what is filled."]


def test_fill_refuses_with_a_sentence(workbook: Path, tape: tuple[Path, Path], tmp_path: Path) -> None:
    data, mapping = map(str, tape)
    out = str(tmp_path / "out")
    [[cloud]] = ribbon.Fill("https://somebody.sharepoint.com/loan.xlsx", data, mapping, out)
    assert "cloud" in cloud
    [[missing]] = ribbon.Fill(str(workbook), data, str(tmp_path / "none.toml"), out)
    assert missing == f"there is no file {tmp_path / 'none.toml'}"
    tape[1].write_text("version = ", encoding="utf-8")
    [[broken]] = ribbon.Fill(str(workbook), data, mapping, out)
    assert "is not TOML" in broken
    assert not (tmp_path / "out").exists()


def test_a_report_that_exists_is_replaced_only_after_a_yes(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "report.xlsx"
    target.write_bytes(b"theirs")
    desk.target = str(target)
    for answer, said in ((NO, 1), (YES, 2)):
        desk.opened = [str(EXAMPLES / "case_a.toml")]
        desk.vba.answers = [VBAInt(answer, "Integer")]
        told = desk.press("report")
        assert told[0] == f"{target} exists. Replace it?"
        assert len(told) == said
        assert (target.read_bytes() == b"theirs") is (answer == NO)


def test_report_and_doctor_answer_through_the_buttons(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = str(EXAMPLES / "case_a.toml")
    desk.opened, desk.target = [False, deal, deal, deal], False
    assert desk.press("report") == desk.press("report") == []  # no deal chosen, no target chosen
    desk.target = str(tmp_path / "report.xlsx")
    assert desk.proposed == "report.xlsx"
    assert desk.press("report") == [f"The report is in {tmp_path / 'report.xlsx'}."]
    assert "installed on Windows" in desk.press("doctor")[0]
    desk.server.fails = True
    desk.target = str(tmp_path / "other.xlsx")
    assert desk.press("doctor") == ["Python did not answer: no Python"]
    assert desk.press("report")[-1] == "no Python"

    def broken(*given: Any) -> str:
        raise KeyError("x")

    monkeypatch.setattr(ribbon.doctor, "findings", broken)
    monkeypatch.setattr(ribbon.profile, "here", lambda: None)
    desk.server.fails = False
    assert desk.press("doctor") == ["xlmodel failed (KeyError: 'x'); please report it."]


def test_the_wizard_is_told_once_a_workbook_is_shown(code: dict[str, str], desk: Desk, workbook: Path) -> None:
    assert desk.book is not None
    desk.vba.run("Workbook_Open", [])
    assert desk.application.later == ["'xlmodel.xlam'!xlmodel_describe"]
    early = Desk(code, None)
    early.vba.run("Workbook_Open", [])
    assert early.application.later == []
    early.vba.run("Host_WorkbookActivate", [desk.book])
    assert early.application.later == ["'xlmodel.xlam'!xlmodel_describe"]
    early.vba.run("xlmodel_describe", [])
    assert early.application.options[0]["macro"].startswith("'xlmodel.xlam'!XLMODEL_")
