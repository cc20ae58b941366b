"""The zip file around a workbook, member by member, so that what is not touched keeps its compressed bytes.

Only what the packaging standard allows is read: members stored or deflated, each name once, none encrypted, none
overlapping. A member is inflated when it is asked for and never beyond the size it declares, and the sizes declared
are limited, so a file built to exhaust memory is refused before anything is inflated.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from xlmodel.errors import InputError

LARGEST_FILE: Final = 512 << 20
LARGEST_MEMBER: Final = 512 << 20
LARGEST_TOTAL: Final = 2 << 30
MOST_MEMBERS: Final = 20_000
# What Excel writes deflates some tenfold; sheets of one repeated row reach about a hundred.
_STEEPEST: Final = 300
_SMALL: Final = 4 << 20

_STORED: Final = 0
_LONG: Final = 1 << 20
_DEFLATED: Final = 8
_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_BIG: Final = 0xFFFFFFFF
_UTF8: Final = 0x800
_DESCRIPTOR: Final = 0x8
_ALLOWED_FLAGS: Final = _UTF8 | _DESCRIPTOR | 0x6  # the last two say how hard the deflater tried
_ZIP64: Final = 1
_FIRST_DAY: Final = 0x21  # 1 January 1980, the earliest date a zip file knows


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a zip file: what its headers say, and its bytes as they are stored.

    Attributes
    ----------
    name
        Its path in the file.
    stored
        Its bytes as they lie in the file.
    size
        How many bytes they are once inflated.
    """

    name: str
    stored: memoryview
    size: int
    crc: int
    method: int = _DEFLATED
    flags: int = _UTF8
    made_by: int = 20
    time: int = 0
    date: int = _FIRST_DAY
    internal: int = 0
    external: int = 0
    extra: bytes = b""
    comment: bytes = b""
    raw_name: bytes = b""

    def content(self) -> bytes:
        """Return its bytes inflated.

        Raises
        ------
        InputError
            They are damaged, or not as many as declared.
        """
        if self.method == _STORED:
            data = bytes(self.stored)
        else:
            inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            try:
                data = inflater.decompress(self.stored, self.size + 1)
            except zlib.error:
                raise _damaged(f"its part {self.name} does not inflate") from None
            if not inflater.eof:
                raise _damaged(f"its part {self.name} is longer or shorter than it says")
        if len(data) != self.size or zlib.crc32(data) != self.crc:
            raise _damaged(f"its part {self.name} is not what was once written")
        return data


def member(name: str, content: bytes, like: Member | None = None) -> Member:
    """Return a member that holds `content` deflated, with the date and attributes of `like`."""
    # One step below the usual takes two thirds of the time for a hundredth more bytes; on long sheets two more steps
    # take half of that again for a twentieth more.
    deflater = zlib.compressobj(5 if len(content) < _LONG else 3, zlib.DEFLATED, -zlib.MAX_WBITS)
    stored = memoryview(deflater.compress(content) + deflater.flush())
    if like is not None:
        name = like.name
    raw = name.encode()
    base = like or Member(name, stored, 0, 0, flags=0 if raw.isascii() else _UTF8, raw_name=raw)
    crc = zlib.crc32(content)
    return replace(base, stored=stored, size=len(content), crc=crc, method=_DEFLATED, flags=base.flags & _UTF8)


def members(file: bytes) -> list[Member]:
    """Return the members of a zip file in the order of its directory.

    Raises
    ------
    InputError
        It is no whole zip file, or one that only a hostile hand or another program builds.
    """
    start, end, count = _directory(file)
    if count > MOST_MEMBERS:
        raise InputError(f"holds {count} parts; a workbook has at most {MOST_MEMBERS}")
    view = memoryview(file)
    found: list[Member] = []
    spans: list[tuple[int, int]] = []
    total = 0
    place = start
    for _ in range(count):
        one, span, place = _member(view, place, end)
        found.append(one)
        spans.append(span)
        total += one.size
        if total > LARGEST_TOTAL:
            raise InputError(f"would unpack to more than {LARGEST_TOTAL >> 20} MB")
    if place != end:
        raise _damaged("its directory has another length than it says")
    done = 0
    for first, last in sorted(spans):
        if first < done or last > start:
            raise InputError("has parts that lie over each other, as only files built to do harm have")
        done = last
    return found


def archive(parts: Iterable[Member]) -> bytes:
    """Return the zip file of the members, the stored bytes of each as they are."""
    body: list[bytes | memoryview] = []
    directory: list[bytes] = []
    place = count = 0
    for part in parts:
        # Sizes stand in the header, so no descriptor follows the bytes, whoever wrote them.
        flags = part.flags & ~_DESCRIPTOR
        sizes = (part.crc, len(part.stored), part.size, len(part.raw_name))
        same = (20, flags, part.method, part.time, part.date)
        head = _LOCAL.pack(b"PK\3\4", *same, *sizes, 0) + part.raw_name
        lengths = (len(part.extra), len(part.comment), 0)
        directory += [
            _CENTRAL.pack(b"PK\1\2", part.made_by, *same, *sizes, *lengths, part.internal, part.external, place),
            part.raw_name + part.extra + part.comment,
        ]
        body += [head, part.stored]
        place += len(head) + len(part.stored)
        count += 1
    if place > _BIG or count >= 0xFFFF:
        raise InputError("would be larger than a workbook can be")
    listed = b"".join(directory)
    return b"".join([*body, listed, _END.pack(b"PK\5\6", 0, 0, count, count, len(listed), place, 0)])


def _directory(file: bytes) -> tuple[int, int, int]:
    """Where the directory begins and ends, and how many members it lists."""
    tail = file.rfind(b"PK\5\6", max(0, len(file) - _END.size - 0xFFFF))
    if tail < 0 or len(file) - tail < _END.size:
        raise _damaged("its end is missing")
    _, disk, first, here, count, size, offset, comment = _END.unpack_from(file, tail)
    if tail + _END.size + comment != len(file):
        raise _damaged("its end is cut off or something follows it")
    end = tail
    if 0xFFFF in (here, count) or _BIG in (size, offset):
        if tail < _LOCATOR.size:
            raise _damaged("its end is missing")
        mark, _, far, _ = _LOCATOR.unpack_from(file, tail - _LOCATOR.size)
        if mark != b"PK\6\7" or far + _END64.size > tail:
            raise _damaged("its end is missing")
        mark, _, _, _, disk, first, here, count, size, offset = _END64.unpack_from(file, far)
        if mark != b"PK\6\6":
            raise _damaged("its end is missing")
        end = far
    if disk or first or here != count or offset + size != end:
        raise _damaged("its directory is not where it should be")
    return offset, end, count


def _member(view: memoryview, place: int, end: int) -> tuple[Member, tuple[int, int], int]:
    """The member listed at a place, from where to where it lies, and where the next one is listed."""
    if place + _CENTRAL.size > end:
        raise _damaged("its directory is cut off")
    head = _CENTRAL.unpack_from(view, place)
    mark, made_by, _, flags, method, time, date, crc, packed, size = head[:10]
    name_length, extra_length, comment_length, disk, internal, external, offset = head[10:]
    cuts = [place + _CENTRAL.size]
    for length in (name_length, extra_length, comment_length):
        cuts.append(cuts[-1] + length)
    if mark != b"PK\1\2" or cuts[-1] > end or disk:
        raise _damaged("its directory cannot be read")
    raw, extra, comment = (bytes(view[a:b]) for a, b in pairwise(cuts))
    extra, (size, packed, offset) = _wide(extra, (size, packed, offset))
    try:
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        raise _damaged("a part has a name that is no text") from None
    if flags & ~_ALLOWED_FLAGS:
        raise InputError(f"has a part, {name!r}, that is encrypted or packed in a way no workbook uses")
    if method not in (_STORED, _DEFLATED) or (method == _STORED and packed != size):
        raise InputError(f"has a part, {name!r}, that is packed in a way no workbook uses")
    if size > LARGEST_MEMBER:
        raise InputError(f"has a part, {name!r}, of {size >> 20} MB; at most {LARGEST_MEMBER >> 20} MB are read")
    if size > _SMALL and size > _STEEPEST * packed:
        raise InputError(f"has a part, {name!r}, that would inflate {size // max(packed, 1)} times, as bombs do")
    if offset + _LOCAL.size > len(view):
        raise _damaged("a part lies beyond its end")
    local = _LOCAL.unpack_from(view, offset)
    begin = offset + _LOCAL.size + local[9] + local[10]
    if local[0] != b"PK\3\4" or view[offset + _LOCAL.size : offset + _LOCAL.size + local[9]] != raw:
        raise _damaged(f"the part {name!r} is listed under another name than it has")
    if begin + packed > len(view):
        raise _damaged(f"the part {name!r} is cut off")
    one = Member(
        name, view[begin : begin + packed], size, crc, method, flags, made_by, time, date, internal, external,
        extra, comment, raw,
    )  # fmt: skip
    return one, (offset, begin + packed), cuts[-1]


def _wide(extra: bytes, narrow: tuple[int, int, int]) -> tuple[bytes, Iterable[int]]:
    """The extra fields without the wide sizes, and the sizes that these or the narrow fields give."""
    if _BIG not in narrow:
        return extra, narrow
    kept = b""
    sizes = list(narrow)
    for key, field in _fields(extra):
        if key != _ZIP64:
            kept += struct.pack("<2H", key, len(field)) + field
            continue
        at = 0
        for i, size in enumerate(sizes):
            if size == _BIG and at + 8 <= len(field):
                (sizes[i],) = struct.unpack_from("<Q", field, at)
                at += 8
    return kept, sizes


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(extra):
        key, length = struct.unpack_from("<2H", extra, place)
        yield key, extra[place + 4 : place + 4 + length]
        place += 4 + length


def _damaged(what: str) -> InputError:
    return InputError(f"is damaged: {what}")
