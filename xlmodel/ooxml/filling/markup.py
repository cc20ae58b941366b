"""XML as bytes: elements are found and attributes set where they stand, so that everything around keeps its bytes.

A part must be well-formed, without a document type and plain, which `Package.plain` sees to: then no tag can hide in a
comment or in character data, and a pattern finds what a parser would.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final
from xml.sax.saxutils import unescape

from xlmodel.errors import InputError

_ATTRIBUTES: Final = rb"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*"
_ATTRIBUTE: Final = re.compile(rb"\s([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}
_NUMBERED: Final = re.compile(r"&#(x?)([0-9a-fA-F]+);")


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag, or a tag that is an element of its own.

    Attributes
    ----------
    start, end
        Where it begins and ends.
    prefix
        The prefix of its name, with the colon.
    text
        Its attributes as written.
    empty
        Whether it closes itself.
    """

    start: int
    end: int
    prefix: bytes
    text: bytes
    empty: bool

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes, by their names as written."""
        return attributes(self.text)


@cache
def _pattern(local: str) -> re.Pattern[bytes]:
    return re.compile(rb"<((?:[\w.-]+:)?)" + local.encode() + rb"(" + _ATTRIBUTES + rb")\s*(/?)>")


def tags(part: bytes, local: str, start: int = 0, end: int | None = None) -> Iterator[Tag]:
    """Every start tag of a name, whatever its prefix; `local` may be a pattern such as ``a|b`` in a group.

    >>> [(t.prefix, t.attributes, t.empty) for t in tags(b"<x:a b='1'/><ab/>", "a")]
    [(b'x:', {'b': '1'}, True)]
    """
    for found in _pattern(local).finditer(part, start, len(part) if end is None else end):
        yield Tag(found.start(), found.end(), found[1], found[2], bool(found[3]))


def first(part: bytes, local: str, start: int = 0) -> Tag | None:
    """The first start tag of a name, or None."""
    return next(tags(part, local, start), None)


def must(part: bytes, local: str) -> Tag:
    """The first start tag of a name, without which the part is none.

    Raises
    ------
    InputError
        There is none.
    """
    found = first(part, local)
    if found is None:
        raise InputError(f"a part of the workbook has no {local}, which Excel never leaves out")
    return found


def closing(part: bytes, tag: Tag, local: str) -> int:
    """Where the end tag of an element begins that holds none of its own name; for an empty one, its end.

    >>> part = b"<a><b>1</b></a>"
    >>> closing(part, first(part, "b"), "b")
    7
    """
    return tag.end if tag.empty else part.index(b"</" + tag.prefix + local.encode(), tag.end)


def after(part: bytes, tag: Tag, local: str) -> int:
    """Where an element ends that holds none of its own name."""
    return tag.end if tag.empty else part.index(b">", closing(part, tag, local)) + 1


def attributes(text: bytes) -> dict[str, str]:
    """Return attributes as written as names and values."""
    return {
        found[1].decode(): unescaped(found[2] if found[2] is not None else found[3])
        for found in _ATTRIBUTE.finditer(text)
    }


def with_attribute(text: bytes, name: str, value: str | None) -> bytes:
    """Return attributes as written with one set, or taken out for None.

    >>> with_attribute(b' r="A1" s="2"', "s", "3"), with_attribute(b' s="2"', "s", None)
    (b' r="A1" s="3"', b'')
    """
    key = name.encode()
    new = b"" if value is None else b" " + key + b'="' + escaped(value, quoted=True) + b'"'
    for found in _ATTRIBUTE.finditer(text):
        if found[1] == key:
            return text[: found.start()] + new + text[found.end() :]
    return text + new


def retagged(part: bytes, tag: Tag, changes: dict[str, str | None]) -> tuple[int, int, bytes]:
    """Return the edit that sets attributes of a tag."""
    text = tag.text
    for name, value in changes.items():
        text = with_attribute(text, name, value)
    start = tag.start + part[tag.start : tag.end].index(tag.text) if tag.text else _name_end(part, tag)
    return start, start + len(tag.text), text


def _name_end(part: bytes, tag: Tag) -> int:
    return tag.end - (2 if tag.empty else 1)


def spliced(part: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """Return bytes with each edit (from, to, what stands there instead) made; edits do not overlap."""
    pieces: list[bytes] = []
    done = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [part[done:start], new]
        done = end
    return b"".join([*pieces, part[done:]])


def escaped(text: str, *, quoted: bool = False) -> bytes:
    """Return text as XML writes it.

    >>> escaped('a<b & "c"'), escaped('"', quoted=True)
    (b'a&lt;b &amp; "c"', b'&quot;')
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quoted:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    return text.encode()


def unescaped(raw: bytes) -> str:
    """Return what XML text says.

    >>> unescaped(b"1 &lt; 2&#x20AC; &amp;lt;")
    '1 < 2€ &lt;'
    """
    text = raw.decode()
    if "&" not in text:
        return text
    text = _NUMBERED.sub(lambda found: chr(int(found[2], 16 if found[1] else 10)).replace("&", "&amp;"), text)
    return unescape(text, _QUOTES)
