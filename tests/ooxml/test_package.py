"""Hostile and damaged files are refused with a sentence, quickly; whole ones keep what is not touched."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ooxml.filling.compared import stored
from xlmodel.errors import InputError
from xlmodel.ooxml import archive
from xlmodel.ooxml.package import CONTENT_TYPES, Package

SHEET = "xl/worksheets/sheet1.xml"
Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "plain.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("S").write("A1", "text")
    return path


def parts(path: Path) -> Parts:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(path: Path, content: Parts, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in content.items():
            file.writestr(name, data)
    return path


def opened_and_read(path: Path, *names: str) -> None:
    package = Package.open(path)
    for name in names or package.names:
        package.read(name)


def refused(path: Path, *, read: str = "") -> str:
    """What is said of a file, which takes little memory to say."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as error:
            opened_and_read(path, read)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    said = error.value.sentence
    assert said.startswith(path.name) or "ends in" in said
    assert "\n" not in said
    return said


def test_bombs_are_refused_before_they_inflate(plain: Path, tmp_path: Path) -> None:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = b"".join([deflater.compress(bytes(1 << 20)) for _ in range(300)] + [deflater.flush()])
    content = [archive.member(name, data) for name, data in parts(plain).items()]
    bomb = archive.Member("xl/media/a.bin", memoryview(zeros), 300 << 20, 0, raw_name=b"xl/media/a.bin")
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(archive.archive([*content, bomb]))
    assert "inflate" in refused(path)
    liar = archive.Member(SHEET, memoryview(zeros), 1000, 0, raw_name=SHEET.encode())
    path.write_bytes(archive.archive([*(c for c in content if c.name != SHEET), liar]))
    assert "longer or shorter than it says" in refused(path, read=SHEET)
    flat = archive.Member("a.bin", memoryview(b""), 600 << 20, 0, raw_name=b"a.bin")
    path.write_bytes(archive.archive([*content, flat]))
    assert "600 MB" in refused(path)


def test_many_and_overlapping_parts_are_refused(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    content = [archive.member(name, data) for name, data in parts(plain).items()]
    names = [f"a{i}" for i in range(20_001)]
    empty = [archive.Member(n, memoryview(b""), 0, 0, 0, raw_name=n.encode()) for n in names]
    path.write_bytes(archive.archive(content + empty))
    assert "at most 20000" in refused(path)
    # A second entry of the directory that leads to the bytes of the first.
    whole = plain.read_bytes()
    end = whole.rfind(b"PK\5\6")
    count, _, size, offset = struct.unpack_from("<2H2L", whole, end + 8)
    entry = whole[offset : whole.index(b"PK\1\2", offset + 4)]
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count + 1, count + 1, size + len(entry), offset, 0)
    path.write_bytes(whole[:end] + entry + tail)
    assert "over each other" in refused(path)


@pytest.mark.parametrize(
    "name", ["../evil.xml", "xl/../../evil.xml", "/evil.xml", "xl\\evil.xml", "C:/evil.xml", "xl/./a", "a\x00b"]
)
def test_paths_that_lead_out_are_refused(plain: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "paths.xlsx"
    content = [archive.member(n, data) for n, data in parts(plain).items()]
    path.write_bytes(archive.archive([*content, archive.member(name, b"x")]))
    assert "no workbook has" in refused(path)


@pytest.mark.parametrize("name", [SHEET, "XL/worksheets/Sheet1.xml", "[content_types].XML"])
def test_a_part_twice_is_refused(plain: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "twice.xlsx"
    content = [archive.member(n, data) for n, data in parts(plain).items()]
    path.write_bytes(archive.archive([*content, archive.member(name, b"<x/>")]))
    assert "twice" in refused(path)


DOCTYPES = [
    b'<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a PUBLIC "a" "http://example.com/a.dtd"><a/>',
]


@pytest.mark.parametrize("head", [b"", b'<?xml version="1.0" encoding="UTF-8"?>\n', b"<!-- -->"])
@pytest.mark.parametrize("body", DOCTYPES)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", CONTENT_TYPES, "_rels/.rels"])
def test_entity_tricks_are_refused(plain: Path, tmp_path: Path, part: str, body: bytes, head: bytes) -> None:
    path = packed(tmp_path / "tricks.xlsx", parts(plain) | {part: head + body})
    assert "document type" in refused(path, read=part)
    utf16 = packed(tmp_path / "tricks.xlsx", parts(plain) | {part: body.decode().encode("utf-16")})
    assert "document type" in refused(utf16, read=part)


@pytest.mark.parametrize("body", [b"", b"<a>", b"<a></b>", b"text", b"<a>\x00</a>", b"<a>&x;</a>", b'<a b="1" b="2"/>'])
def test_broken_xml_is_refused(plain: Path, tmp_path: Path, body: bytes) -> None:
    assert "well-formed" in refused(packed(tmp_path / "broken.xlsx", parts(plain) | {SHEET: body}), read=SHEET)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda whole: whole[: len(whole) // 2], "its end is missing"),
        (lambda whole: whole[:-1], "is damaged"),
        (lambda whole: whole + b"x", "is damaged"),
        (lambda whole: b"x" * 10 + whole, "is not an Excel workbook"),
        (lambda _: b"", "is not an Excel workbook"),
        (lambda _: b"PK\3\4", "its end is missing"),
        (lambda _: b"%PDF-1.7", "is not an Excel workbook"),
        (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "is encrypted, or an old .xls"),
    ],
)
def test_files_that_are_no_workbook(plain: Path, tmp_path: Path, change: Callable[[bytes], bytes], said: str) -> None:
    path = tmp_path / "other.xlsx"
    path.write_bytes(change(plain.read_bytes()))
    assert said in refused(path)


def test_wrong_endings(plain: Path, tmp_path: Path) -> None:
    for ending, said in ((".xlsm", "is a .xlsx by its content"), (".xls", "save it as .xlsx"), (".txt", "ends in")):
        path = tmp_path / f"book{ending}"
        path.write_bytes(plain.read_bytes())
        assert said in refused(path)
    word = parts(plain)
    word[CONTENT_TYPES] = word[CONTENT_TYPES].replace(b"spreadsheetml.sheet.main", b"wordprocessingml.document.main")
    assert "no workbook" in refused(packed(tmp_path / "word.xlsx", word))
    assert "no workbook" in refused(packed(tmp_path / "zip.xlsx", {"a.txt": b"a"}))
    with pytest.raises(InputError, match="cannot be read"):
        Package.open(tmp_path / "missing.xlsx")


def test_encrypted_parts_and_foreign_packing_are_refused(plain: Path, tmp_path: Path) -> None:
    whole = bytearray(plain.read_bytes())
    whole[whole.rfind(b"PK\1\2") + 8] |= 1
    path = tmp_path / "locked.xlsx"
    path.write_bytes(whole)
    assert "encrypted" in refused(path)
    assert "packed" in refused(packed(tmp_path / "lzma.xlsx", parts(plain), zipfile.ZIP_LZMA))


def test_a_changed_byte_in_a_part_is_noticed(plain: Path, tmp_path: Path) -> None:
    content = parts(plain)
    whole = bytearray(packed(tmp_path / "bits.xlsx", content, zipfile.ZIP_STORED).read_bytes())
    whole[whole.index(b"sheetData")] ^= 1
    path = tmp_path / "bits.xlsx"
    path.write_bytes(whole)
    assert "not what was once written" in refused(path, read=SHEET)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_whatever_is_broken_there_is_a_sentence(plain: Path, data: st.DataObject) -> None:
    whole = bytearray(plain.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        # Most bytes of a zip file are data; the directory at its end is where parsers fall.
        place = data.draw(st.one_of(st.integers(0, len(whole) - 1), st.integers(len(whole) - 700, len(whole) - 1)))
        whole[place] = data.draw(st.integers(0, 255))
    path = plain.with_name("fuzzed.xlsx")
    path.write_bytes(whole[: data.draw(st.one_of(st.just(len(whole)), st.integers(0, len(whole))))])
    sentence = path.name
    try:
        opened_and_read(path)
    except InputError as error:
        sentence = error.sentence
    assert sentence.startswith(path.name)


def test_a_signed_workbook_is_not_changed(plain: Path, tmp_path: Path) -> None:
    content = parts(plain)
    kind = b"http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    entry = b'<Relationship Id="rId99" Type="' + kind + b'" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    content["_rels/.rels"] = content["_rels/.rels"].replace(b"</Relationships>", entry)
    package = Package.open(packed(tmp_path / "signed.xlsx", content | {"_xmlsignatures/origin.sigs": b""}))
    assert package.read(SHEET) == content[SHEET]
    for change in (
        lambda: package.replace(SHEET, b"<a/>"),
        lambda: package.add("a.xml", b"<a/>"),
        lambda: package.remove(SHEET),
    ):
        with pytest.raises(InputError, match="signature"):
            change()


def test_saving_keeps_what_is_not_touched(plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    package = Package.open(plain)
    package.replace(SHEET, package.read(SHEET).replace(b"A1", b"B1"))
    package.add("custom/a.bin", b"a")
    package.remove("docProps/app.xml")
    package.save(out)
    old, new = stored(plain), stored(out)
    assert package.changed == ("custom/a.bin", "docProps/app.xml", SHEET)
    assert {n for n in old.keys() | new.keys() if old.get(n) != new.get(n)} == set(package.changed)
    assert parts(out)[SHEET] == parts(plain)[SHEET].replace(b"A1", b"B1")
    with pytest.raises(InputError, match="exists already"):
        package.save(out)
    with pytest.raises(InputError, match=r"must end in \.xlsx"):
        package.save(tmp_path / "out.xlsm")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.xlsx"]


def test_zips_of_other_programs_are_read(plain: Path, tmp_path: Path) -> None:
    content = parts(plain)
    # With folders, stored, with sizes after the data, and with wide sizes, as archivers and streams write them.
    folders = packed(tmp_path / "folders.xlsx", {"xl/": b"", **content}, zipfile.ZIP_STORED)
    assert "xl/" not in Package.open(folders).names

    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.data += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in content.items():
            with file.open(name, "w", force_zip64=True) as entry:
                entry.write(data)
    streamed = tmp_path / "stream.xlsx"
    streamed.write_bytes(stream.data)
    for path in (folders, streamed):
        package = Package.open(path)
        package.replace(SHEET, content[SHEET].replace(b"A1", b"B1"))
        package.save(path, force=True)
        found = parts(path)
        assert {name: found[name] for name in content if name != SHEET} == {
            n: d for n, d in content.items() if n != SHEET
        }
