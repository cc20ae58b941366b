"""The number formats of cells: which show a date, and a date format for a cell that has none yet."""

import re
from functools import cached_property
from typing import Any, Final

from xlmodel.ooxml.filling import markup
from xlmodel.ooxml.filling.book import Book
from xlmodel.ooxml.filling.values import Form

_GENERAL: Final = 0
_DATES: Final = {*range(14, 18), *range(27, 32), 34, 35, 36, *range(50, 59)}
_MOMENTS: Final = {22}
_PERCENT: Final = {9, 10}
# What is quoted, escaped, a space as wide as a letter, a filling letter, or in brackets shows no date.
_SAID: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


class Formats:
    """The formats of a workbook."""

    def __init__(self, book: Book) -> None:
        self._package = book.package
        self.name = book.styles_part
        self._added: dict[tuple[int, Form], int] = {}

    def form(self, style: int) -> Form:
        """Return whether a format shows a day, a day with its time, or no date."""
        numbers = self._numbers
        return self._form_of(numbers[style]) if style < len(numbers) else Form.ANY

    def percent(self, style: int) -> bool:
        """Return whether a format shows a number times a hundred, with a percent sign."""
        number = self._numbers[style] if style < len(self._numbers) else _GENERAL
        return number in _PERCENT or "%" in _SAID.sub("", self._codes.get(number, ""))

    def for_date(self, style: int, form: Form) -> int | None:
        """Return the number of the format a date needs in a cell: None keeps the one there is.

        As in Excel, only a cell in the General format changes its look when a date is typed into it.
        """
        numbers = self._numbers
        if self.name is None or style >= len(numbers) or numbers[style] != _GENERAL:
            return None
        return self._added.setdefault((style, form), len(numbers) + len(self._added))

    def save(self) -> None:
        """Put the new formats into the part."""
        if self.name is None or not self._added:
            return
        part = self._package.plain(self.name)
        root = markup.must(part, "cellXfs")
        close = markup.closing(part, root, "cellXfs")
        known = [part[tag.start : markup.after(part, tag, "xf")] for tag in markup.tags(part, "xf", root.end, close)]
        new = []
        for style, form in self._added:
            text = known[style]
            tag = next(markup.tags(text, "xf"))
            change: dict[str, str | None] = {"numFmtId": str(form.value), "applyNumberFormat": "1"}
            new.append(markup.spliced(text, [markup.retagged(text, tag, change)]))
        edits = [(close, close, b"".join(new))]
        if "count" in root.attributes:
            edits.append(markup.retagged(part, root, {"count": str(len(known) + len(new))}))
        self._package.replace(self.name, markup.spliced(part, edits))

    @cached_property
    def _root(self) -> Any:
        return None if self.name is None else self._package.xml(self.name)

    @cached_property
    def _numbers(self) -> list[int]:
        """The number format of every cell format."""
        if self._root is None:
            return []
        return [int(e.get("numFmtId", _GENERAL)) for e in self._root.iterfind("{*}cellXfs/{*}xf")]

    @cached_property
    def _codes(self) -> dict[int, str]:
        if self._root is None:
            return {}
        return {int(e.get("numFmtId")): e.get("formatCode", "") for e in self._root.iterfind("{*}numFmts/{*}numFmt")}

    def _form_of(self, number: int) -> Form:
        if number in self._codes:
            return shows(self._codes[number])
        return Form.DATE if number in _DATES else Form.MOMENT if number in _MOMENTS else Form.ANY


def shows(code: str) -> Form:
    """Return what a format code shows: a day, a day with its time, or no date.

    >>> [shows(code).name for code in ("yyyy-mm-dd", "d.m.yy hh:mm", '0.0 "days"', "[h]:mm", "[Red]0")]
    ['DATE', 'MOMENT', 'ANY', 'ANY', 'ANY']
    """
    bare = _SAID.sub("", code.split(";")[0]).lower()
    if "general" in bare:
        return Form.ANY
    day = "y" in bare or "d" in bare or ("m" in bare and "h" not in bare and "s" not in bare)
    time = "h" in bare or "s" in bare
    return Form.ANY if not day else Form.MOMENT if time else Form.DATE
