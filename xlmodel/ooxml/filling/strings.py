"""The texts a workbook's cells share: new ones are added at the end, so that every number given so far stays right."""

import re

from xlmodel.ooxml.filling import markup
from xlmodel.ooxml.filling.book import Book
from xlmodel.ooxml.filling.values import decoded, encoded


class Strings:
    """The shared texts of a workbook; one that has no table of them keeps each text in its own cell."""

    def __init__(self, book: Book) -> None:
        self.name = book.strings_part
        self._package = book.package
        self._part: bytes | None = None
        self._added: dict[str, int] = {}
        self._count = self._cells = 0
        self._prefix = b""

    def kind_and_inner(self, text: str, prefix: bytes) -> tuple[str, bytes]:
        """Return the type and the content of a cell with a text, and remember the text."""
        if self.name is None:
            name = prefix + b"is"
            return "inlineStr", b"<" + name + b">" + written(text, prefix) + b"</" + name + b">"
        if self._part is None:
            self._read(self.name)
        self._cells += 1
        index = self._added.setdefault(text, self._count + len(self._added))
        value = prefix + b"v"
        return "s", b"<" + value + b">%d</" % index + value + b">"

    def save(self) -> None:
        """Put the new texts into the part."""
        if self.name is None or not self._added or self._part is None:
            return
        part, p = self._part, self._prefix
        new = b"".join([b"<" + p + b"si>" + written(text, p) + b"</" + p + b"si>" for text in self._added])
        root = markup.must(part, "sst")
        given = root.attributes
        counts: dict[str, str | None] = {
            key: str(int(given[key]) + more)
            for key, more in (("count", self._cells), ("uniqueCount", len(self._added)))
            if key in given
        }
        edits = [markup.retagged(part, root, counts)]
        if root.empty:
            slash = part.rindex(b"/", root.start, root.end)
            edits.append((slash, root.end, b">" + new + b"</" + p + b"sst>"))
        else:
            close = part.rindex(b"</" + p + b"sst")
            edits.append((close, close, new))
        self._package.replace(self.name, markup.spliced(part, edits))

    def _read(self, name: str) -> None:
        part = self._package.plain(name)
        root = markup.first(part, "sst")
        self._prefix = b"" if root is None else root.prefix
        self._count = len(re.findall(b"<" + self._prefix + rb"si[\s/>]", part))
        self._part = part


def written(text: str, prefix: bytes) -> bytes:
    """Return a text as the element that holds it.

    >>> written(" a", b"")
    b'<t xml:space="preserve"> a</t>'
    """
    edge = text != text.strip() or "\n" in text or "\t" in text
    space = b' xml:space="preserve"' if edge else b""
    return b"<" + prefix + b"t" + space + b">" + markup.escaped(encoded(text)) + b"</" + prefix + b"t>"


def texts(part: bytes, item: str = "si") -> list[str]:
    """Return the texts of a part's items, of rich ones the words without their looks, and without their readings.

    >>> texts(b"<sst><si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r><rPh><t>x</t></rPh></si><si/></sst>")
    ['a', 'bc', '']
    """
    found = []
    for tag in markup.tags(part, item):
        end = markup.closing(part, tag, item)
        inside = part[tag.end : end]
        p = tag.prefix
        if b"<" + p + b"rPh" in inside:
            inside = re.sub(b"<" + p + rb"rPh[\s>].*?</" + p + rb"rPh\s*>", b"", inside, flags=re.DOTALL)
        words = [inside[t.end : markup.closing(inside, t, "t")] for t in markup.tags(inside, "t") if not t.empty]
        found.append(decoded(markup.unescaped(b"".join(words)).replace("\r\n", "\n")))
    return found
