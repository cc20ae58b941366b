"""A workbook as the package of parts it is: parts are read and changed one by one, the others keep their bytes.

>>> import io, tempfile, zipfile
>>> from pathlib import Path
>>> import xlsxwriter
>>> folder = tempfile.TemporaryDirectory()
>>> path = Path(folder.name) / "a.xlsx"
>>> with xlsxwriter.Workbook(str(path)) as book:
...     _ = book.add_worksheet("Deal").write("A1", 5)
>>> package = Package.open(path)
>>> package.replace("xl/worksheets/sheet1.xml", package.read("xl/worksheets/sheet1.xml").replace(b">5<", b">6<"))
>>> package.save(path, force=True)
>>> b"<v>6</v>" in Package.open(path).read("xl/worksheets/sheet1.xml")
True
>>> folder.cleanup()
"""

import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn
from xml.parsers import expat

from lxml import etree

from xlmodel.errors import InputError
from xlmodel.ooxml import archive
from xlmodel.ooxml.saving import put, refuse_existing

CONTENT_TYPES: Final = "[Content_Types].xml"
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SIGNATURE: Final = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/"
_OPEN: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MACRO: Final = "application/vnd.ms-excel."
_SUFFIXES: Final = {
    f"{_OPEN}sheet.main+xml": ".xlsx",
    f"{_OPEN}template.main+xml": ".xltx",
    f"{_MACRO}sheet.macroEnabled.main+xml": ".xlsm",
    f"{_MACRO}template.macroEnabled.main+xml": ".xltm",
    f"{_MACRO}addin.macroEnabled.main+xml": ".xlam",
    f"{_MACRO}sheet.binary.macroEnabled.main": ".xlsb",
}
_READ: Final = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam")
_UNSAFE: Final = re.compile(r"[\x00-\x1f\\:*?\"<>|]|(?:^|/)\.*(?:/|$)")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part.

    Attributes
    ----------
    key
        Its identifier within the part.
    kind
        Its type, an address.
    target
        The name of the part it leads to; for an external one, the address as it is written.
    external
        Whether it leads out of the package.
    """

    key: str
    kind: str
    target: str
    external: bool


class Package:
    """An open workbook; made by `open`.

    Names of parts have no leading slash and are the same in small and capital letters, as the standard says.

    Attributes
    ----------
    path
        The file it was read from.
    """

    def __init__(self, path: Path, members: list[archive.Member]) -> None:
        self.path = path
        self._members: dict[str, archive.Member] = {}
        for member in members:
            key = member.name.lower()
            if _UNSAFE.search(member.name.removesuffix("/")):
                raise InputError(f"has a part with the name {member.name!r}, which no workbook has")
            if key in self._members:
                raise InputError(f"has the part {member.name!r} twice")
            self._members[key] = member
        self._contents: dict[str, bytes] = {}
        self._changed: set[str] = set()
        self._waiting: set[str] = set()
        self._decorated: set[str] = set()
        self._related: dict[str, tuple[Relation, ...]] = {}

    @classmethod
    def open(cls, path: Path) -> "Package":
        """Open a workbook.

        Raises
        ------
        InputError
            There is no such file, it is none of the kinds read, is not the kind its ending says, is encrypted,
            damaged, or built to do harm.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in _READ:
            more = "; save it as .xlsx or .xlsm in Excel first" if suffix in (".xls", ".xlsb") else ""
            raise InputError(f"a workbook ends in {', '.join(_READ)}, got {path.name}{more}", "file")
        with _named(path):
            try:
                size = path.stat().st_size
                if size > archive.LARGEST_FILE:
                    raise InputError(f"has {size >> 20} MB; at most {archive.LARGEST_FILE >> 20} MB are read")
                content = path.read_bytes()
            except OSError as error:
                raise InputError(f"cannot be read: {error.strerror}") from None
            if content.startswith(_OLE):
                raise InputError("is encrypted, or an old .xls under another name: save it without a password first")
            if not content.startswith(b"PK"):
                raise InputError("is not an Excel workbook, whatever its name says")
            package = cls(path, archive.members(content))
            package._check(suffix)
        return package

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the file."""
        return tuple(member.name for member in self._members.values() if not member.name.endswith("/"))

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of parts that were replaced, added or removed since, sorted."""
        return tuple(sorted(self._changed))

    @property
    def signed(self) -> bool:
        """Whether the workbook bears a digital signature, which any change would break."""
        return any(relation.kind.startswith(_SIGNATURE) for relation in self.relations(""))

    @property
    def main(self) -> str:
        """The name of the workbook part."""
        found = [r.target for r in self.relations("") if r.kind.endswith("/officeDocument")]
        if len(found) != 1 or found[0] not in self:
            raise InputError(f"{self.path.name} has no workbook in it")
        return self._members[found[0].lower()].name

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._members and not name.endswith("/")

    def read(self, name: str) -> bytes:
        """Return the content of a part; XML is well-formed and declares no document type.

        Raises
        ------
        InputError
            The part is damaged, or not such XML.
        KeyError
            There is no such part.
        """
        key = name.lower()
        if key not in self._contents:
            with _named(self.path):
                content = self._members[key].content()
                if key.endswith((".xml", ".rels", ".vml")) and _decorated(name, content, strict=key[-4:] != ".vml"):
                    self._decorated.add(key)
            self._contents[key] = content
        return self._contents[key]

    def seen(self, name: str) -> bytes:
        """Return the content of a part to search in: as `read`, but whatever it holds."""
        key = name.lower()
        if key in self._contents:
            return self._contents[key]
        with _named(self.path):
            return self._members[key].content()

    def plain(self, name: str) -> bytes:
        """Return the content of a part in UTF-8 without comments, character data sections and instructions.

        Then a tag is a tag wherever it stands. Nearly every part is so already and returned unchanged.
        """
        content = self.read(name)
        if name.lower() not in self._decorated:
            return content
        bare: bytes = etree.tostring(self.xml(name), xml_declaration=True, encoding="UTF-8", standalone=True)
        return bare

    def xml(self, name: str) -> Any:
        """Return the root of a part that is XML, without its comments."""
        options = {"resolve_entities": False, "no_network": True, "remove_comments": True, "remove_pis": True}
        try:
            return etree.fromstring(self.read(name), etree.XMLParser(**options))
        except etree.XMLSyntaxError as error:
            raise InputError(f"{self.path.name} has a part, {name}, that cannot be read: {error.msg}") from None

    def kind(self, name: str) -> str:
        """Return the content type of a part, empty when it has none."""
        extension = name.rpartition(".")[2].lower()
        default = ""
        for entry in self.xml(CONTENT_TYPES):
            if entry.tag == f"{_TYPES}Override" and entry.get("PartName", "").lower() == f"/{name}".lower():
                return str(entry.get("ContentType", ""))
            if entry.tag == f"{_TYPES}Default" and entry.get("Extension", "").lower() == extension:
                default = str(entry.get("ContentType", ""))
        return default

    def relations(self, name: str) -> tuple[Relation, ...]:
        """Return the relationships of a part, or those of the package for an empty name."""
        listed = relations_part(name)
        if listed not in self:
            return ()
        if (known := self._related.get(listed.lower())) is not None:
            return known
        folder = posixpath.dirname(name)
        found = []
        for entry in self.xml(listed).iter(_RELATIONSHIP):
            target, external = entry.get("Target", ""), entry.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found.append(Relation(entry.get("Id", ""), entry.get("Type", ""), target, external))
        self._related[listed.lower()] = tuple(found)
        return self._related[listed.lower()]

    def replace(self, name: str, content: bytes) -> None:
        """Give a part another content; the same content changes nothing."""
        self._refuse_signed()
        key = name.lower()
        if key in self._contents and self._contents[key] == content:
            return
        self._change(self._members[key].name, content)

    def add(self, name: str, content: bytes) -> None:
        """Add a part; its content type and relationships are the caller's."""
        self._refuse_signed()
        if name.lower() in self._members or _UNSAFE.search(name):
            raise ValueError(f"the part {name} exists already or has a name no part may have")
        self._members[name.lower()] = archive.member(name, b"")
        self._change(name, content)

    def remove(self, name: str) -> None:
        """Take a part out; its content type and relationships are the caller's."""
        self._refuse_signed()
        key = name.lower()
        self._changed.add(self._members.pop(key).name)
        self._contents.pop(key, None)
        self._related.pop(key, None)
        self._waiting.discard(key)

    def save(self, path: Path, force: bool = False) -> None:
        """Write the workbook, whole or not at all; parts that were not changed keep their compressed bytes.

        Raises
        ------
        InputError
            The file exists and `force` is not given, its folder does not exist, or its ending is not the workbook's.
        """
        suffix = _SUFFIXES[self.kind(self.main)]
        refuse_existing(Path(path), suffix, force=force)
        put(self.content(), Path(path))

    def content(self) -> bytes:
        """Return the workbook as it stands, as the content of a file."""
        # Deflated only now, since a part may change several times.
        for key in self._waiting:
            self._members[key] = archive.member("", self._contents[key], self._members[key])
        self._waiting.clear()
        return archive.archive(self._members.values())

    def _change(self, name: str, content: bytes) -> None:
        key = name.lower()
        self._contents[key] = content
        self._waiting.add(key)
        self._decorated.discard(key)
        self._related.pop(key, None)
        self._changed.add(name)

    def _refuse_signed(self) -> None:
        if self.signed:
            raise InputError(
                f"{self.path.name} bears a digital signature, which any change would break: save a copy without it",
                "file",
            )

    def _check(self, suffix: str) -> None:
        if CONTENT_TYPES not in self:
            raise InputError("is a zip file, but no workbook")
        real = _SUFFIXES.get(self.kind(self.main))
        if real is None:
            raise InputError("is an Office file, but no workbook")
        if real != suffix:
            raise InputError(f"is a {real} by its content: give it that ending, or save it as {suffix} in Excel")


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Put the file's name before what is wrong with it, once."""
    try:
        yield
    except InputError as error:
        said = error.sentence
        raise InputError(said if said.startswith(path.name) else f"{path.name} {said}", "file") from None


def relations_part(name: str) -> str:
    """Return the name of the part that holds the relationships of a part, or of the package for an empty name.

    >>> relations_part("xl/workbook.xml"), relations_part("")
    ('xl/_rels/workbook.xml.rels', '_rels/.rels')
    """
    folder, own = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{own}.rels")


def _decorated(name: str, content: bytes, *, strict: bool) -> bool:
    """Refuse XML that is not well-formed or declares a document type, and with it every entity trick.

    Returns whether something hides in comments, character data sections or instructions, or it is not UTF-8.
    """
    hidden = content.startswith((b"\xff\xfe", b"\xfe\xff"))

    def note(*_: object) -> None:
        nonlocal hidden
        hidden = True

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            note()

    def refuse(*_: object) -> NoReturn:
        raise InputError(f"has a part, {name}, that declares a document type, which no workbook does")

    reader = expat.ParserCreate()
    reader.StartDoctypeDeclHandler = refuse
    reader.XmlDeclHandler = declared
    reader.CommentHandler = reader.StartCdataSectionHandler = reader.ProcessingInstructionHandler = note
    try:
        reader.Parse(content, True)
    except expat.ExpatError as error:
        # Old drawings of Office are XML only in name, and nothing but their references is edited.
        if strict:
            raise InputError(f"has a part, {name}, that is no well-formed XML ({error})") from None
    return hidden and strict
