"""The rows of a sheet's part: found by halving while few are asked for, all of them once many are."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from xlmodel.errors import InputError

NUMBER: Final = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")
_FEW: Final = 16
_NEAR: Final = 4096


@dataclass(slots=True)
class Row:
    """A row as it stands: from its start tag to the next row's."""

    number: int
    start: int
    inside: int
    end: int
    head: bytes

    @property
    def empty(self) -> bool:
        """Whether its tag closes itself."""
        return self.head.endswith(b"/")


class Rows:
    """Rows by their numbers, which rise.

    Parameters
    ----------
    part
        The sheet, plain.
    prefix
        The prefix of its tags.
    start, end
        Where its rows begin and end.
    """

    def __init__(self, part: bytes, prefix: bytes, start: int, end: int) -> None:
        self._part, self._start, self._end = part, start, end
        # No attribute of a row can hold the sign that ends its tag.
        self._tag = re.compile(b"<" + prefix + rb"row((?:\s(?:[^<>]*?\s)??r=\"(\d+)\"[^<>]*|\s[^<>]*)?)>")
        self._all: dict[int, Row] | None = None
        self._order: list[int] = []
        self._asked = 0

    def get(self, number: int) -> Row | None:
        """Return a row, or None when the part has none of that number."""
        if (all_rows := self._everything()) is not None:
            return all_rows.get(number)
        found = self._near(number)
        return found if found is not None and found.number == number else None

    def place(self, number: int) -> int:
        """Return where a new row of that number belongs."""
        if (all_rows := self._everything()) is not None:
            after = bisect_left(self._order, number)
            return all_rows[self._order[after]].start if after < len(self._order) else self._end
        found = self._near(number)
        return self._end if found is None else found.start

    def __iter__(self) -> Iterator[int]:
        self._asked = _FEW
        return iter(self._everything() or ())

    def _everything(self) -> dict[int, Row] | None:
        """All rows, or None while few were asked for."""
        self._asked += 1
        if self._all is None and self._asked > _FEW:
            self._all = self._scanned()
            self._order = sorted(self._all)
        return self._all

    def _near(self, number: int) -> Row | None:
        """The first row of at least that number, or None."""
        low, high = self._start, self._end
        while high - low > _NEAR:
            middle = (low + high) // 2
            found = self._tag.search(self._part, middle, high)
            if found is None:
                high = middle
            elif found[2] is None:
                # A row that does not say its number has to be counted.
                self._asked = _FEW
                rows = self._everything() or {}
                return rows.get(next((n for n in self._order if n >= number), -1))
            elif int(found[2]) <= number:
                low = found.start()
            else:
                high = middle
        last: Row | None = None
        count = 0
        for row in self._tag.finditer(self._part, low, self._end):
            if last is not None:
                last.end = row.start()
                return last
            count = self._number(row, count)
            if count >= number:
                last = Row(count, row.start(), row.end(), self._end, row[1])
        return last

    def _scanned(self) -> dict[int, Row]:
        rows: dict[int, Row] = {}
        last: Row | None = None
        count = 0
        for found in self._tag.finditer(self._part, self._start, self._end):
            count = self._number(found, count)
            start, inside = found.span()
            if last is not None:
                last.end = start
            if count in rows:
                raise InputError(f"a sheet of the workbook has its row {count} twice")
            last = rows[count] = Row(count, start, inside, self._end, found[1])
        return rows

    @staticmethod
    def _number(found: re.Match[bytes], before: int) -> int:
        if found[2] is not None:
            return int(found[2])
        other = NUMBER.search(found[1])
        return before + 1 if other is None else int(other[1])
