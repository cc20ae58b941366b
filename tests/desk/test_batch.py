"""One workbook per loan: what is made, kept, refused; who may replace what; killed and taken up again."""

import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.desk.books import MAPPING, own
from tests.desk.killing import killed_and_finished
from xlmodel.desk import Made, fill_each, load, of_tape, tables
from xlmodel.desk.batch import ASIDE
from xlmodel.desk.claim import claimed
from xlmodel.errors import InputError
from xlmodel.ooxml.filling import read

HEAD = "loan_id,borrower,principal,annual_rate,periods,cost,annual_decay_eff,cfads_1,cfads_2,cfads_3,extra"
GOOD = "A1,Acme,28000000,12%,3,35000000,0.5,1,2,3,x"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    own(tmp_path / "own.xlsx")
    (tmp_path / "m.toml").write_text(MAPPING)
    return tmp_path


def filled(desk: Path, *rows: str, force: bool = False, processes: int | None = 1) -> list[Made]:
    (desk / "tape.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    mapping = load(desk / "m.toml")
    loans = list(of_tape(tables.load(desk / "tape.csv"), mapping))
    return fill_each(desk / "own.xlsx", loans, mapping, desk / "out", force=force, processes=processes)


def test_a_loan_becomes_a_workbook_in_its_own_units(desk: Path) -> None:
    made = filled(desk, GOOD)
    assert [(one.file, one.state) for one in made] == [("A1.xlsx", "made")]
    keys = ["Inputs!B2", "Inputs!B4", "in_rate", "Inputs!B10", "Cash[CFADS]", "Inputs!B7"]
    # 28,000,000 is 28 under USD m, 0.5 is 50 beside % a year; payments a year is not mapped and stays.
    assert list(read(desk / "out/A1.xlsx", keys).values()) == ["Acme", 28, 0.12, 50, [1, 2, 3], 4]


def test_a_bad_row_is_named_and_the_others_are_filled(desk: Path) -> None:
    bad = ["A2,Acme,-5,0.1,3,1,0.5,1,2,3,", "A3,Acme,abc,0.1,3,1,0.5,1,2,3,", "A4,Acme,,0.1,3,1,1.5,1,two,3,"]
    made = filled(desk, GOOD, *bad, "A5,Acme,5,0.1,3,1,0.5,1,2,,")
    assert [one.state for one in made] == ["made", "refused", "refused", "refused", "made"]
    assert [str(problem) for one in made for problem in one.problems] == [
        "row 2: principal must be at least 0, got -5",
        "row 3: principal must be a number, got 'abc'",
        "row 4: principal is missing",
        "row 4: annual_decay_eff must be less than 1, got 1.5",
        "row 4: cfads must be a number, got 'two'",
    ]
    assert sorted(file.name for file in (desk / "out").glob("*.xlsx")) == ["A1.xlsx", "A5.xlsx"]
    assert read(desk / "out/A5.xlsx", ["Cash[CFADS]"])["Cash[CFADS]"] == [1, 2]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)"])
def test_formulas_of_the_tape_are_text(desk: Path, text: str) -> None:
    filled(desk, GOOD.replace("Acme", text))
    assert read(desk / "out/A1.xlsx", ["Inputs!B2"]) == {"Inputs!B2": text}
    with zipfile.ZipFile(desk / "out/A1.xlsx") as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<f>") == 2  # the two the workbook came with


def test_a_name_cannot_leave_the_folder_and_is_taken_once(desk: Path) -> None:
    rows = [GOOD.replace("A1,", name + ",", 1) for name in ("../../up", "CON", "a", "A", "")]
    made = filled(desk, *rows)
    assert [one.file for one in made] == ["-..-up.xlsx", "CON-.xlsx", "a.xlsx", "A.xlsx", "own-00005.xlsx"]
    assert [one.state for one in made] == ["made", "made", "made", "refused", "made"]
    assert made[3].problems[0].expected == "its workbook would be A.xlsx, which is that of row 3"
    assert not (desk.parent / "up.xlsx").exists()


def test_what_is_up_to_date_is_kept_and_what_changed_is_made_again(desk: Path) -> None:
    filled(desk, GOOD, GOOD.replace("A1", "A2"))
    before = (desk / "out/A1.xlsx").stat().st_mtime_ns
    made = filled(desk, GOOD, GOOD.replace("A1", "A2").replace("Acme", "Other"))
    assert [one.state for one in made] == ["kept", "made"]
    assert (desk / "out/A1.xlsx").stat().st_mtime_ns == before
    assert read(desk / "out/A2.xlsx", ["Inputs!B2"]) == {"Inputs!B2": "Other"}
    (desk / "m.toml").write_text(
        MAPPING.replace('unit = "USD m"', 'unit = "USD m"\nhelp = "Drawn."\nfound = "seen"', 1)
    )
    assert [one.state for one in filled(desk, GOOD)] == ["kept"]
    (desk / "m.toml").write_text(MAPPING.replace('unit = "USD m"', 'unit = "USD k"', 1))
    assert [one.state for one in filled(desk, GOOD)] == ["made"]
    assert read(desk / "out/A1.xlsx", ["Inputs!B4"]) == {"Inputs!B4": 28000}


def test_what_somebody_changed_is_replaced_only_when_forced(desk: Path) -> None:
    filled(desk, GOOD)
    theirs = own(desk / "theirs.xlsx").read_bytes()
    (desk / "out/A1.xlsx").write_bytes(theirs)
    made = filled(desk, GOOD)
    assert made[0].problems[0].expected.startswith("A1.xlsx exists already and is not as it was filled")
    assert (desk / "out/A1.xlsx").read_bytes() == theirs
    assert filled(desk, GOOD, force=True)[0].state == "made"
    assert read(desk / "out/A1.xlsx", ["Inputs!B4"]) == {"Inputs!B4": 28}


@pytest.mark.parametrize("note", ["", "{", "[]", '{"content": 3}'])
def test_a_note_that_cannot_be_read_makes_a_file_somebody_elses(desk: Path, note: str) -> None:
    filled(desk, GOOD)
    (desk / "out" / ASIDE / "A1.xlsx.json").write_text(note)
    assert filled(desk, GOOD)[0].state == "refused"


def test_several_processes_make_the_same_files(desk: Path) -> None:
    rows = [GOOD.replace("A1", f"A{i}") for i in range(12)]
    assert {one.state for one in filled(desk, *rows, processes=2)} == {"made"}
    assert len(list((desk / "out").glob("*.xlsx"))) == 12
    assert {one.state for one in filled(desk, *rows)} == {"kept"}
    assert not (desk / "out" / ASIDE / "work").exists()


def test_a_folder_is_filled_by_one_run_at_a_time(desk: Path) -> None:
    (desk / "out").mkdir()
    with claimed(desk / "out" / ASIDE), pytest.raises(InputError, match="is being filled by another run"):
        filled(desk, GOOD)
    assert filled(desk, GOOD)[0].state == "made"


def test_what_is_wrong_with_the_whole_tape_stops_it(desk: Path) -> None:
    mapping = load(desk / "m.toml")
    for text, sentence in (
        ("a,b\n1,2", "none of the columns that the mapping places"),
        ("principal,cost\n1,2", "the tape has no column periods"),
        ("principal,cfads_2\n1,2", "columns of cfads must be cfads_1"),
        ("principal,principal\n1,2", "heading principal stands twice"),
        ("principal,\n1,2\n", "row 1 has 2 cells where there are 1 headings"),
        ("principal,,b\n1,2,3\n", "heading of column 2 is blank"),
        ("principal\n", "is empty"),
    ):
        (desk / "tape.csv").write_text(text)
        with pytest.raises(InputError, match=sentence):
            list(of_tape(tables.load(desk / "tape.csv"), mapping))


def test_parquet_says_what_it_needs(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "tape.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install 'xlmodel\[parquet\]', or save the tape as CSV"):
        tables.load(desk / "tape.parquet")


def test_killed_at_any_moment_it_leaves_whole_files_and_is_finished_by_the_next_run(tmp_path: Path) -> None:
    figures = killed_and_finished(tmp_path, loans=16, kills=2)
    assert figures["files"] == 16


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Acme", "x" * 32768, "32768 letters; a cell holds 32767"),
        ("28000000", "1e999", "principal must be a number"),
        ("28000000", "nan", "principal must be a number"),
        ("28000000", '"28,000,000"', "principal must be a number"),
        ("12%", "-101%", "annual_rate must be greater than -1"),
        (",3,", ",2.5,", "periods must be a whole number"),
    ],
)
def test_what_a_cell_cannot_hold_is_a_problem_of_its_row(desk: Path, old: str, new: str, why: str) -> None:
    bad, good = filled(desk, GOOD.replace(old, new, 1), GOOD.replace("A1", "A2"))
    assert (bad.state, good.state) == ("refused", "made")
    assert why in str(bad.problems[0])
    assert str(bad.problems[0]).startswith("row 1: ")


def test_a_tape_in_a_table_of_a_workbook(desk: Path) -> None:
    with xlsxwriter.Workbook(str(desk / "tape.xlsx")) as book:
        sheet = book.add_worksheet("Notes")
        sheet.write("A1", "not the tape")
        columns = [{"header": name} for name in ("loan_id", "principal", "periods", "cost", "annual_decay_eff")]
        data = [["A1", 5e6, 3, 6e6, 0.5], ["A2", "=1+1", 3, 6e6, 0.5]]
        sheet.add_table("C5:G7", {"columns": columns})
        for i, row in enumerate(data):
            for j, cell in enumerate(row):
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(5 + i, 2 + j, cell)
    loans = list(of_tape(tables.load(desk / "tape.xlsx"), load(desk / "m.toml")))
    assert [loan.label for loan in loans] == ["A1", "A2"]
    assert loans[0].values["principal"] == 5e6
    assert str(loans[1].problems[0]) == "row 2: principal must be a number, got '=1+1'"
