"""Two workbooks compared without the engine that filled one: parts by their stored bytes, sheets by their cells."""

import struct
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree
from openxml_audit import FileFormat, OpenXmlValidator

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def stored(path: Path) -> dict[str, bytes]:
    """Every part as it lies in the file, compressed."""
    found = {}
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        data = path.read_bytes()
        for entry in file.infolist():
            name, extra = struct.unpack_from("<2H", data, entry.header_offset + 26)
            start = entry.header_offset + 30 + name + extra
            found[entry.filename] = data[start : start + entry.compress_size]
    return found


def changed(before: Path, after: Path) -> set[str]:
    """The parts that are not the same bytes in both files, or are in one only."""
    old, new = stored(before), stored(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as file:
        return file.read(name)


def cells(sheet: bytes) -> dict[str, tuple[dict[str, str], str]]:
    """The attributes and the inside of every cell of a sheet's part."""
    found = {}
    for cell in etree.fromstring(sheet).iter(f"{MAIN}c"):
        inside = "".join(etree.tostring(child, with_tail=False).decode() for child in cell)
        found[cell.get("r")] = (dict(cell.attrib), inside)
    return found


def formulas(sheet: bytes) -> dict[str, str]:
    """The formula of every cell of a sheet's part that has one."""
    found = {cell.get("r"): cell.findtext(f"{MAIN}f") for cell in etree.fromstring(sheet).iter(f"{MAIN}c")}
    return {at: text for at, text in found.items() if text is not None}


def differing(before: Path, after: Path, name: str) -> set[str]:
    """The addresses of the cells of a sheet that are not the same in both files."""
    old, new = cells(part(before, name)), cells(part(after, name))
    return {at for at in old.keys() | new.keys() if old.get(at) != new.get(at)}


def around(sheet: bytes) -> bytes:
    """A sheet's part without its cells."""
    start = sheet.index(b"<sheetData")
    return sheet[:start] + sheet[sheet.index(b"</sheetData>") :]


def shown(path: Path, name: str, at: str) -> Any:
    """The stored value element of a cell, or None."""
    root = etree.fromstring(part(path, name))
    cell = next(c for c in root.iter(f"{MAIN}c") if c.get("r") == at)
    return cell.findtext(f"{MAIN}v")


def audited(path: Path) -> list[str]:
    """What the validator says of a file."""
    return sorted(str(e) for e in OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(str(path)).errors)
