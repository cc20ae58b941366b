"""Where the formulas are in a part of a workbook, byte by byte, so that everything else can stay as it is."""

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from xlmodel.errors import InputError

MAIN: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_EXTENSION: Final = "http://schemas.microsoft.com/office/excel/2006/main"
_X14: Final = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
# The formulas of cells, validations, conditional formats, names and tables. A chart draws ranges and calls nothing.
_IN_TEXT: Final = ("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula")
FORMULAS: Final = frozenset({f"{ns} {name}" for ns in MAIN for name in _IN_TEXT} | {f"{_EXTENSION} f"})
_LIMITS: Final = frozenset(f"{ns} cfvo" for ns in (*MAIN, _X14))  # of colour scales, data bars and icons
_START: Final = re.compile(rb"<[^>\"']*+(?:\"[^\"]*+\"[^>\"']*+|'[^']*+'[^>\"']*+)*+>")
_NAME_END: Final = re.compile(rb"[\s/>]")
_VALUE: Final = re.compile(rb"\bval\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PIECE: Final = re.compile(
    r"&(?P<entity>[^;]+);|<!\[CDATA\[(?P<data>.*?)\]\]>|<!--.*?-->|<\?.*?\?>|(?P<letter>.)", re.DOTALL
)
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

Edit = tuple[int, int, bytes]
"""Bytes from, bytes to, and what stands there instead."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a part, by the places of its bytes.

    Attributes
    ----------
    name
        Namespace, a blank, and the local name.
    tag
        The name as written, with its prefix.
    attributes
        By namespace, blank and name, or the bare name.
    start, inside, close, end
        The start tag begins, the content begins, the content ends, the element ends.
    """

    name: str
    tag: str
    attributes: dict[str, str]
    start: int
    inside: int
    close: int
    end: int

    @property
    def prefix(self) -> str:
        """The prefix of its name with the colon, or nothing."""
        return self.tag[: self.tag.rfind(":") + 1]


def elements(part: bytes, wanted: Collection[str]) -> list[Element]:
    """Return the elements of a part whose names are wanted, in the order in which they end, placed in its UTF-8.

    Raises
    ------
    InputError
        The part is not well-formed XML in UTF-8 or UTF-16, or declares a document type.

    Examples
    --------
    >>> [(e.tag, e.attributes) for e in elements(b'<a><b c="1"/></a>', {"b"})]
    [('b', {'c': '1'})]
    """
    part, _ = utf8(part)
    found: list[Element] = []
    open_: list[tuple[str, dict[str, str], int]] = []

    def begun(name: str, attributes: dict[str, str]) -> None:
        if name in wanted:
            open_.append((name, attributes, reader.CurrentByteIndex))

    def ended(name: str) -> None:
        if name not in wanted:
            return
        name, attributes, start = open_.pop()
        head = _START.match(part, start)
        if head is None:
            raise InputError("a part of the workbook is XML in a form that cannot be edited in place")
        close, end = head.end(), head.end()
        if not head[0].endswith(b"/>"):
            close = reader.CurrentByteIndex
            end = part.index(b">", close) + 1
        tag = part[start + 1 : _NAME_END.search(part, start).start()]  # type: ignore[union-attr]  # the tag has an end
        found.append(Element(name, tag.decode(), attributes, start, head.end(), close, end))

    def refused(*_: Any) -> None:
        raise InputError("a part of the workbook declares a document type, which no spreadsheet does")

    reader = expat.ParserCreate("utf-8", " ")
    reader.StartElementHandler, reader.EndElementHandler = begun, ended
    reader.StartDoctypeDeclHandler = refused
    try:
        reader.Parse(part, True)
    except expat.ExpatError as error:
        raise InputError(f"a part of the workbook is not well-formed XML ({error})") from None
    return found


def respelled(part: bytes, change: Callable[[str, Element], Iterable[tuple[int, int, str]]]) -> bytes:
    """Return a part whose formulas are changed and nothing else, not even how their letters are escaped.

    Parameters
    ----------
    part
        XML in UTF-8 or UTF-16.
    change
        Given a formula and the element it is in, yields from where to where which text goes; the text needs no
        escaping.

    Examples
    --------
    >>> part = b'<f xmlns="%s">A1 &lt; B1</f>' % MAIN[0].encode()
    >>> respelled(part, lambda formula, _: [(formula.index("<"), formula.index("<") + 1, "=")])[-12:]
    b'>A1 = B1</f>'
    """
    return rewritten(part, lambda text: _formula_edits(text, change))


def rewritten(part: bytes, edits: Callable[[bytes], Sequence[Edit]]) -> bytes:
    """Return a part in its own encoding after edits that were found in its UTF-8."""
    text, back = utf8(part)
    found = edits(text)
    return back(spliced(text, found)) if found else part


def _formula_edits(text: bytes, change: Callable[[str, Element], Iterable[tuple[int, int, str]]]) -> list[Edit]:
    edits: list[Edit] = []
    for element in elements(text, FORMULAS | _LIMITS):
        start, end = _limit(text, element) if element.name in _LIMITS else (element.inside, element.close)
        raw = text[start:end].decode()
        as_it_is = "&" not in raw and "<" not in raw  # most formulas, and several times faster
        formula, places = (raw, []) if as_it_is else unescaped(raw)
        for first, last, new in change(formula, element):
            begin, stop = (first, last) if as_it_is else (places[first][0], places[last - 1][1])
            before, within = len(raw[:begin].encode()), len(raw[begin:stop].encode())
            edits.append((start + before, start + before + within, new.encode()))
    return edits


def spliced(text: bytes, edits: Sequence[Edit]) -> bytes:
    """Return bytes with each edit made; the edits do not overlap.

    >>> spliced(b"abcd", [(3, 4, b"!"), (0, 1, b"AA")])
    b'AAbc!'
    """
    pieces: list[bytes] = []
    done = 0
    for start, end, new in sorted(edits):
        pieces += [text[done:start], new]
        done = end
    return b"".join([*pieces, text[done:]])


def unescaped(raw: str) -> tuple[str, Sequence[tuple[int, int]]]:
    """Return what escaped text says, and where each of its letters begins and ends in the escaped text.

    >>> unescaped("1&lt;2")
    ('1<2', [(0, 1), (1, 5), (5, 6)])
    """
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for piece in _PIECE.finditer(raw):
        if (entity := piece["entity"]) is not None:
            letters.append(_letter(entity))
            places.append(piece.span())
        elif (data := piece["data"]) is not None:
            letters += data
            places += [(i, i + 1) for i in range(*piece.span("data"))]
        elif (letter := piece["letter"]) is not None:
            letters.append(letter)
            places.append(piece.span())
    return "".join(letters), places


def attribute(name: str, value: str) -> str:
    """Return an attribute as written, with the blank before it.

    >>> attribute("name", "a < b")
    ' name="a &lt; b"'
    """
    return f" {name}={quoteattr(value)}"


def _limit(text: bytes, element: Element) -> tuple[int, int]:
    found = _VALUE.search(text, element.start, element.inside)
    return (element.inside, element.inside) if found is None else found.span(found.lastindex or 0)


def _letter(entity: str) -> str:
    if entity.startswith("#"):
        return chr(int(entity[2:], 16) if entity[1] in "xX" else int(entity[1:]))
    return _ENTITIES[entity]


def utf8(part: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """Return a part in UTF-8, and the way back to its own encoding.

    >>> text, back = utf8("<f/>".encode("utf-16"))
    >>> text.decode("utf-8-sig"), back(text) == "<f/>".encode("utf-16")
    ('<f/>', True)
    """
    encoding = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(part[:2])
    if encoding is None:
        return part, lambda changed: changed
    return part.decode(encoding).encode(), lambda changed: changed.decode().encode(encoding)
