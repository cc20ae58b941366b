"""A file made to fit another host: only the spelling of our calls changes, wherever they stand."""

import re
import string
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.engines import converted, needs_libreoffice, profile, recalculated
from tests.engines import shown as cells_of
from tests.ooxml.spelled_book import CALLS, SPELLINGS, TRAP, write
from xlmodel.cli import app
from xlmodel.errors import InputError
from xlmodel.functions import CATALOGUE
from xlmodel.host import libreoffice
from xlmodel.ooxml.stored_form import Host, retarget
from xlmodel.ooxml.stored_form.parts import MAIN, respelled
from xlmodel.ooxml.stored_form.spelling import calls, speller

# The four ways Excel 2016 to 365, LibreOffice 7 and the engines store one call.
STORED = {
    Host.COM: "[1]!XLMODEL_DSCR_LTM",
    Host.OFFICE: "_xldudf_XLMODEL_DSCR_LTM",
    Host.LIBREOFFICE: "XLMODEL.DSCR_LTM",
    Host.PLAIN: "XLMODEL_DSCR_LTM",
}
LINK_PARTS = {"xl/externalLinks/externalLink1.xml", "xl/externalLinks/_rels/externalLink1.xml.rels"}
LINKED = {"[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/workbook.xml"}


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def packed(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return path


def altered(path: Path, name: str, old: str, new: str) -> Path:
    """The file with a text of one part replaced."""
    contents = parts(path)
    assert old.encode() in contents[name]
    return packed(path, {**contents, name: contents[name].replace(old.encode(), new.encode(), 1)})


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[Host, Path]:
    folder = tmp_path_factory.mktemp("spelled")
    return {host: write(folder / f"{host}.xlsx", host) for host in Host}


# Whole files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", Host)
@pytest.mark.parametrize("here", [Host.PLAIN, Host.OFFICE, Host.LIBREOFFICE])
def test_a_file_gets_the_spelling_of_a_host_and_back(
    here: Host, there: Host, books: dict[Host, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out.xlsx"
    done = retarget(books[here], there, out)
    assert (done.calls, done.changed) == (CALLS, 0 if here is there else CALLS)
    before, after, wanted = parts(books[here]), parts(out), parts(books[there])
    # The writer lists names with a "!" in them as ranges among the document's titles; we change no title.
    wanted["docProps/app.xml"] = before["docProps/app.xml"]
    if there is Host.COM:
        assert after.keys() - before.keys() == LINK_PARTS
        assert {n for n in wanted if after[n] != wanted[n]} == LINKED
    else:
        assert after == wanted
    retarget(out, here)
    assert list(parts(out).items()) == list(before.items())


def test_untouched_parts_keep_their_compressed_bytes(books: dict[Host, Path], tmp_path: Path) -> None:
    def raw(path: Path) -> dict[str, bytes]:
        content, found = path.read_bytes(), {}
        with zipfile.ZipFile(path) as file:
            for entry in file.infolist():
                name, extra = (int.from_bytes(content[entry.header_offset + i :][:2], "little") for i in (26, 28))
                start = entry.header_offset + 30 + name + extra
                found[entry.filename] = content[start : start + entry.compress_size]
        return found

    retarget(books[Host.PLAIN], Host.OFFICE, tmp_path / "out.xlsx")
    before, after = raw(books[Host.PLAIN]), raw(tmp_path / "out.xlsx")
    changed = {n for n in before if before[n] != after[n]}
    assert changed == {f"xl/worksheets/sheet{i}.xml" for i in (1, 3)} | {"xl/workbook.xml", "xl/tables/table1.xml"}


def test_text_that_looks_like_a_call_stays(books: dict[Host, Path], tmp_path: Path) -> None:
    retarget(books[Host.PLAIN], Host.OFFICE, tmp_path / "out.xlsx")
    after = parts(tmp_path / "out.xlsx")
    for name in ("xl/sharedStrings.xml", "xl/comments1.xml", "xl/charts/chart1.xml", "xl/worksheets/sheet2.xml"):
        assert TRAP.encode() in after[name]
    assert b'"XLMODEL_LTV(1)"&amp;$A$1&lt;&gt;"[1]!XLMODEL_LTV("' in after["xl/worksheets/sheet1.xml"]
    assert b"_xldudf_XLMODEL_LTV(H9,&quot;XLMODEL_LTV(&#49;)&quot;)" in after["xl/worksheets/sheet3.xml"]
    assert b"[XLMODEL_LTV(x)]" in after["xl/tables/table1.xml"]


def test_the_link_leads_to_the_add_in_of_any_machine_and_knows_every_function(
    books: dict[Host, Path], tmp_path: Path
) -> None:
    done = retarget(books[Host.PLAIN], Host.COM, tmp_path / "out.xlsx")
    after = parts(tmp_path / "out.xlsx")
    link = after["xl/externalLinks/externalLink1.xml"].decode()
    assert re.findall(r'definedName name="XLMODEL_(\w+)"', link) == [
        "BOOK_VALUE",
        "COLLATERAL_VALUE",
        "DSCR",
        "HALF_LIFE",
        "LTV",
        "WAL",
    ]
    relation = after["xl/externalLinks/_rels/externalLink1.xml.rels"].decode()
    assert 'relationships/xlExternalLinkPath/xlStartup" Target="xlmodel.xlam" TargetMode="External"' in relation
    book = after["xl/workbook.xml"].decode()
    assert '</sheets><externalReferences><externalReference r:id="rId8"/></externalReferences><definedNames>' in book
    assert 'Id="rId8"' in after["xl/_rels/workbook.xml.rels"].decode()
    assert any("11 calls stand in validations or conditional formats" in note for note in done.notes)


def test_a_file_for_windows_excel_is_valid_ooxml(books: dict[Host, Path], tmp_path: Path) -> None:
    retarget(books[Host.PLAIN], Host.COM, tmp_path / "out.xlsx")
    assert complaints(tmp_path / "out.xlsx") == complaints(books[Host.PLAIN])


def complaints(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "openxml_audit", str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    return (done.stdout + done.stderr).replace(path.name, "FILE").replace(str(path.parent), "")


# Links that were there before ----------------------------------------------------------------------------------------

OTHER = """<externalReferences><externalReference r:id="rId90"/></externalReferences>"""


def with_other_link(path: Path) -> Path:
    """A workbook of one call that is linked to another add-in, whose function has a name like ours."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_formula("A1", "=XLMODEL_LTV(1,2)+[1]!XLMODEL_LTV(1,2)")
    altered(path, "xl/workbook.xml", "</sheets>", f"</sheets>{OTHER}")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    altered(
        path,
        "[Content_Types].xml",
        "</Types>",
        f'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="{kind}"/></Types>',
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = '<Relationship Id="{}" Type="{}" Target="{}"{}/></Relationships>'
    altered(
        path,
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        relation.format("rId90", f"{office}/externalLink", "/xl/externalLinks/externalLink1.xml", ""),
    )
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    target = relation.format("rId1", f"{office}/externalLinkPath", "file:///C:\\other.xlam", ' TargetMode="External"')
    book_ = f'<externalBook xmlns:r="{office}" r:id="rId1"><sheetNames/></externalBook>'
    return packed(
        path,
        {
            **parts(path),
            "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN[0]}">{book_}</externalLink>'.encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": f"{head}{target}".encode(),
        },
    )


def test_the_functions_of_another_link_are_not_ours(tmp_path: Path) -> None:
    path = with_other_link(tmp_path / "other.xlsx")
    before = parts(path)
    assert retarget(path, Host.COM).calls == 1
    assert b"<f>[2]!XLMODEL_LTV(1,2)+[1]!XLMODEL_LTV(1,2)</f>" in parts(path)["xl/worksheets/sheet1.xml"]
    assert b'<externalReference r:id="rId90"/><externalReference r:id="rId4"/>' in parts(path)["xl/workbook.xml"]
    retarget(path, Host.PLAIN)
    assert parts(path) == before


def test_a_link_as_excel_keeps_it_is_used_and_taught(tmp_path: Path) -> None:
    """After typing a formula Excel stores the path of the add-in's file on that machine."""
    path = with_other_link(tmp_path / "typed.xlsx")
    rels = "xl/externalLinks/_rels/externalLink1.xml.rels"
    altered(path, rels, "C:\\other.xlam", "C:\\Users\\Ann\\XLSTART\\XLMODEL.xlam")
    done = retarget(path, Host.COM)
    assert (done.calls, done.changed) == (2, 1)
    after = parts(path)
    assert b"<f>[1]!XLMODEL_LTV(1,2)+[1]!XLMODEL_LTV(1,2)</f>" in after["xl/worksheets/sheet1.xml"]
    known = b'<sheetNames/><definedNames><definedName name="XLMODEL_LTV"/></definedNames></externalBook>'
    assert known in after["xl/externalLinks/externalLink1.xml"]
    altered(path, "xl/worksheets/sheet1.xml", "XLMODEL_LTV(1,2)</f>", "XLMODEL_WAL(1,2)</f>")
    retarget(path, Host.COM)
    taught = b'<definedName name="XLMODEL_LTV"/><definedName name="XLMODEL_WAL"/>'
    assert taught in parts(path)["xl/externalLinks/externalLink1.xml"]
    assert retarget(path, Host.LIBREOFFICE).changed == 2
    assert not [name for name in parts(path) if "externalLink" in name]
    assert b"externalReference" not in parts(path)["xl/workbook.xml"]


@pytest.mark.parametrize(
    ("formula", "stays"),
    [("[1]!XLMODEL_LTV(1,2)+[1]!in_rate", True), ('[1]!XLMODEL_LTV(1,2)&amp;"[1]!in_rate"', False)],
)
def test_a_link_in_use_stays(formula: str, stays: bool, tmp_path: Path) -> None:
    path = with_other_link(tmp_path / "typed.xlsx")
    altered(path, "xl/externalLinks/_rels/externalLink1.xml.rels", "C:\\other.xlam", "xlmodel.xlam")
    altered(path, "xl/worksheets/sheet1.xml", "XLMODEL_LTV(1,2)+[1]!XLMODEL_LTV(1,2)", formula)
    done = retarget(path, Host.PLAIN)
    assert ("xl/externalLinks/externalLink1.xml" in parts(path)) is stays
    assert [note for note in done.notes if "link to xlmodel.xlam stays" in note] == list(done.notes)
    assert len(done.notes) == stays


def strict(name: str, part: bytes) -> bytes:
    """A part as the strict variant of the standard has it."""
    strict_ = b"http://purl.oclc.org/ooxml/"
    part = part.replace(MAIN[0].encode(), MAIN[1].encode())
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return part.replace(office, strict_ + b"officeDocument/relationships")


def prefixed(name: str, part: bytes) -> bytes:
    """A part whose elements bear a prefix and whose relationships have another one than usual."""
    if name not in {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}:
        return part
    part = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", part).replace(b" xmlns=", b" xmlns:x=")
    return part.replace(b"xmlns:r=", b"xmlns:rel=").replace(b" r:id=", b" rel:id=")


def utf16(name: str, part: bytes) -> bytes:
    """A part in the other encoding the standard allows."""
    text = part.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    return text.encode("utf-16") if name.endswith((".xml", ".rels")) else part


@pytest.mark.parametrize("write_so", [strict, prefixed, utf16])
def test_a_workbook_written_in_another_manner_keeps_it(write_so: Callable[[str, bytes], bytes], tmp_path: Path) -> None:
    usual = parts(plain(tmp_path / "usual.xlsx"))
    path = packed(tmp_path / "other.xlsx", {name: write_so(name, part) for name, part in usual.items()})
    before = parts(path)
    assert retarget(path, Host.COM).changed == 1
    after = parts(path)
    retarget(tmp_path / "usual.xlsx", Host.COM)
    wanted = parts(tmp_path / "usual.xlsx")
    for name in before:
        assert after[name] == write_so(name, wanted[name]), name
    assert MAIN[write_so is strict].encode() in after["xl/externalLinks/externalLink1.xml"]
    retarget(path, Host.PLAIN)
    assert parts(path) == before


# What is refused, and what is said ------------------------------------------------------------------------------------


def plain(path: Path, formula: str = "XLMODEL_LTV(1,2)") -> Path:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("S").write_formula("A1", f"={formula}")
    return path


def test_a_file_that_needs_nothing_is_not_written(tmp_path: Path) -> None:
    path = plain(tmp_path / "plain.xlsx")
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert retarget(path, Host.PLAIN).changed == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_name_of_ours_given_to_something_else_is_refused(tmp_path: Path) -> None:
    path = plain(tmp_path / "own.xlsx")
    altered(
        path,
        "xl/workbook.xml",
        "</sheets>",
        '</sheets><definedNames><definedName name="Xlmodel_Ltv">_xlfn.LAMBDA(_xlpm.a,1)</definedName></definedNames>',
    )
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"own\.xlsx defines the name Xlmodel_Ltv itself: rename it"):
        retarget(path, Host.COM)
    assert path.read_bytes() == before
    altered(path, "xl/workbook.xml", 'name="Xlmodel_Ltv"', 'name="Xlmodel_Ltv" hidden="1"')
    assert retarget(path, Host.COM).changed == 1


def test_a_function_of_another_version_is_respelled_and_named(tmp_path: Path) -> None:
    done = retarget(plain(tmp_path / "newer.xlsx", "XLMODEL_NOT_YET(1)"), Host.LIBREOFFICE)
    assert done.notes == ("Not a function of this xlmodel, and spelled like the others: XLMODEL_NOT_YET.",)
    assert b"<f>XLMODEL.NOT_YET(1)</f>" in parts(tmp_path / "newer.xlsx")["xl/worksheets/sheet1.xml"]


def test_a_name_calc_cannot_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="XLMODEL_A__B cannot be a function of LibreOffice's add-in"):
        retarget(plain(tmp_path / "odd.xlsx", "XLMODEL_A__B(1)"), Host.LIBREOFFICE)


@pytest.mark.parametrize("suffix", [".xls", ".xlsb", ".ods", ".csv", ""])
def test_other_kinds_of_files_are_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"book{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(InputError, match=r"a workbook ends in \.xlsx, .*, got book"):
        retarget(path, Host.PLAIN)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<workbook ", '<!DOCTYPE a [<!ENTITY b "c">]><workbook ', "declares a document type"),
        ("</sheets>", "</sheet>", "no well-formed XML"),
        ("sheets>", "leaves>", "the workbook has no <sheets> where one belongs"),
    ],
)
def test_broken_parts_are_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    contents = parts(plain(tmp_path / "broken.xlsx"))
    book = contents["xl/workbook.xml"].replace(old.encode(), new.encode())
    path = packed(tmp_path / "broken.xlsx", {**contents, "xl/workbook.xml": book})
    before = path.read_bytes()
    with pytest.raises(InputError, match=said):
        retarget(path, Host.COM)
    assert path.read_bytes() == before


def test_the_command_line_says_what_it_did(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx")
    out = tmp_path / "b.xlsx"
    done = CliRunner().invoke(app, ["retarget", str(path), "--host", "libreoffice", "-o", str(out)])
    assert done.exit_code == 0
    assert done.output == f"{out}: 1 of 1 calls spelled anew for LibreOffice Calc.\n"
    again = CliRunner().invoke(app, ["retarget", str(path), "--host", "com", "-o", str(out)])
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert CliRunner().invoke(app, ["retarget", str(path), "--host", "com", "-o", str(out), "--force"]).exit_code == 0
    assert b"[1]!XLMODEL_LTV(1,2)" in parts(out)["xl/worksheets/sheet1.xml"]


# Formulas and XML -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", Host)
def test_the_forms_are_those_the_hosts_store(host: Host) -> None:
    assert speller(host, 1)("XLMODEL_DSCR_LTM") == STORED[host]


def test_calcs_form_is_that_of_its_add_in() -> None:
    spell = speller(Host.LIBREOFFICE)
    assert {name: spell(name) for name in CATALOGUE} == {n: libreoffice.spelled(r) for n, r in CATALOGUE.items()}


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("XLMODEL_LTV(1,XLMODEL_LTV(1,2))", ["XLMODEL_LTV", "XLMODEL_LTV"]),
        ("-XLMODEL_LTV(1)%", ["XLMODEL_LTV"]),
        ("{XLMODEL_LTV(1)}", ["XLMODEL_LTV"]),
        ("_xlfn.SINGLE(XLMODEL_LTV(A1:A3))", ["XLMODEL_LTV"]),
        ("_xldudf_xlmodel_ltv(1)+xlmodel.Ltv(1)", ["_xldudf_xlmodel_ltv", "xlmodel.Ltv"]),
        ("'C:\\A b\\xlmodel.xlam'!XLMODEL_LTV(1)", ["'C:\\A b\\xlmodel.xlam'!XLMODEL_LTV"]),
        ("xlmodel.xlam!XLMODEL_LTV(1)", ["xlmodel.xlam!XLMODEL_LTV"]),
        ("[7]!XLMODEL_LTV(1)", ["[7]!XLMODEL_LTV"]),
        ("[0]!XLMODEL_LTV(1)", ["[0]!XLMODEL_LTV"]),
        ("[8]!XLMODEL_LTV(1)", []),
        ("[7]Sheet1!XLMODEL_LTV(1)", []),
        ("'other.xlam'!XLMODEL_LTV(1)", []),
        ("'C:\\not-xlmodel.xlam'!XLMODEL_LTV(1)", []),
        ("Sheet1!XLMODEL_LTV(1)", []),
        ("XLMODEL_LTV+1", []),
        ("MY_XLMODEL_LTV(1)+_xll.XLMODEL_LTV(1)+XLMODEL_LTV.A(1)+AXLMODEL.LTV(1)", []),
        ('"XLMODEL_LTV(1)"&"a""XLMODEL_LTV(1)"', []),
        ("'XLMODEL_LTV(1)'!A1+'it''s XLMODEL_LTV(1)'!A1", []),
        ("T[XLMODEL_LTV(1)]+T[[#All],[a'[XLMODEL_LTV(1)]]", []),
        ("T['XLMODEL_LTV(1)]+XLMODEL_LTV(2)", ["XLMODEL_LTV"]),
        ('"unfinished XLMODEL_LTV(1)', ["XLMODEL_LTV"]),
    ],
)
def test_calls_are_told_from_what_looks_like_one(formula: str, found: list[str]) -> None:
    assert [formula[c.start : c.end] for c in calls(formula, {7})] == found


_NAMES = st.sampled_from(sorted(CATALOGUE))
_LEAVES = st.one_of(
    st.sampled_from(["1", "A1:B$2", "TRUE", "{1,2;3,4}", "#N/A", "T[[#All],[a b]]", "[3]!F(1)", "in_rate"]),
    st.text("XLMODEL_LTV(1)[]'!&<\"é", max_size=9).map(lambda s: '"' + s.replace('"', '""') + '"'),
    st.text("XLMODEL_LTV(1)[]!&<\"'é", min_size=1, max_size=9).map(lambda s: "'" + s.replace("'", "''") + "'!A1"),
)


def _branches(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """A formula is a list of pieces; a piece that begins with a NUL is the name of a call of ours."""
    several = st.lists(inner, min_size=1, max_size=3).map(lambda a: [x for b in a for x in [",", *b]][1:])
    return st.one_of(
        st.tuples(_NAMES, several).map(lambda t: ["\0" + t[0], "(", *t[1], ")"]),
        st.tuples(st.sampled_from(["SUM", "_xlfn.XLOOKUP"]), several).map(lambda t: [t[0], "(", *t[1], ")"]),
        st.tuples(inner, st.sampled_from(["+", "<>", "&", " ", "\n*"]), inner).map(lambda t: [*t[0], t[1], *t[2]]),
    )


FORMULAS = st.recursive(_LEAVES.map(lambda leaf: [leaf]), _branches, max_leaves=8)


def spelled(pieces: list[str], host: Host) -> str:
    """The formula written directly in the spelling of a host."""
    return "".join(SPELLINGS[host](p[len("\0XLMODEL_") :]) if p.startswith("\0") else p for p in pieces)


@given(FORMULAS, st.sampled_from(Host), st.sampled_from(Host), st.sampled_from(['"', "'", "", "cdata"]))
@settings(max_examples=100, deadline=None)
def test_any_formula_changes_only_in_its_calls(pieces: list[str], here: Host, there: Host, style: str) -> None:
    """Escaped in any of the ways of XML, as text or as a value of a colour scale."""
    spell = speller(there, 1)

    def written(host: Host) -> bytes:
        formula = spelled(pieces, host)
        if style == "cdata":
            return f'<f xmlns="{MAIN[0]}"><![CDATA[{formula}]]></f>'.encode()
        escaped = formula.replace("&", "&amp;").replace("<", "&#60;").replace('"', "&quot;").replace("'", "&apos;")
        if style:
            return f"<cfvo xmlns='{MAIN[0]}' type='num' val={style}{escaped}{style} gte='0'/>".encode()
        return f'<f xmlns="{MAIN[0]}" t="array" ref="A1">{escaped}</f>'.encode()

    found = respelled(written(here), lambda f, _: [(c.start, c.end, spell(c.name)) for c in calls(f, {1})])
    assert found == written(there)


@given(st.text(string.printable, max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    for call in calls(text, {1}):
        assert call.name.startswith("XLMODEL_")
        assert text[call.end] == "("


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_of_a_part_is_kept(encoding: str) -> None:
    text = f'<?xml version="1.0"?><!-- <f>é</f> --><x:c xmlns:x="{MAIN[0]}" a=">"><x:f a="/>" >"é"&amp;@</x:f></x:c>'
    part = text.replace("@", "A1").encode(encoding)
    new = respelled(part, lambda f, _: [(f.index("A1"), len(f), "B22")])
    assert new == text.replace("@", "B22").encode(encoding)


# In LibreOffice -------------------------------------------------------------------------------------------------------


@needs_libreoffice[0]
@needs_libreoffice[1]
@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl, reading what is shown
def test_calc_shows_after_retargeting_what_was_shown_before(books: dict[Host, Path], tmp_path: Path) -> None:
    """The cells of the plain workbook as formualizer calculates them, by hand in the first column: A over 2 A."""
    for host in (Host.PLAIN, Host.OFFICE, Host.COM):
        retarget(books[Host.PLAIN], host, tmp_path / f"{host}.xlsx")
    retarget(tmp_path / "com.xlsx", Host.LIBREOFFICE)
    saved = converted(tmp_path / "com.xlsx", profile(), tmp_path / "saved")
    shown = {at: v for (sheet, at), v in cells_of(saved).items() if sheet == "Calls"}
    wanted = {at: v for (sheet, at), v in recalculated(books[Host.PLAIN], "formualizer").items() if sheet == "Calls"}
    assert [shown[f"C{row}"] for row in range(1, 57)] == [0.5] * 56
    cells = [f"{column}{row}" for column in "CDEF" for row in range(1, 57)]
    # Calc stores 15 digits.
    assert [shown[at] for at in cells] == pytest.approx([wanted[at] for at in cells], rel=1e-14)
    assert shown["H1"] == shown["H3"] == shown["J1"] == shown["L1"] == shown["L2"] == 0.5
    # Calc saves some of the names in small letters, and its files come back too.
    assert retarget(saved, Host.COM).changed == CALLS
    assert "xl/externalLinks/externalLink1.xml" in parts(saved)
