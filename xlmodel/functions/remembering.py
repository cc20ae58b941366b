"""Answers kept for the next time the same is asked: a sheet is calculated far more often than its inputs change.

Every function is pure, so an answer holds for as long as the process lives. What is kept is bounded twice, by the
number of answers and by the cells in them, and the answer used longest ago goes first. Only calls of few cells are
kept: a large range costs more to compare than it is likely to be asked again. A defect is never kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from itertools import chain
from threading import Lock
from typing import Any, Final

from xlmodel.functions.answer import Answer
from xlmodel.functions.cells import Argument
from xlmodel.functions.record import Record

_ANSWERS: Final = 4096
_CELLS: Final = 200_000
_ASKED: Final = 200
_ANSWERED: Final = 2_000


class Memory:
    """Answers by what was asked, the most recently used last.

    >>> memory = Memory(answers=1)
    >>> memory.keep("a", [[1.0]]); memory.keep("b", [[2.0]])
    >>> memory.recall("a"), memory.recall("b")
    (None, [[2.0]])
    """

    def __init__(self, answers: int = _ANSWERS, cells: int = _CELLS) -> None:
        self._answers, self._cells = answers, cells
        self._held = 0
        self._known: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()  # a host may call from several threads

    def recall(self, asked: Hashable) -> Answer | None:
        """The answer to what was asked, a copy of its own, or None."""
        with self._lock:
            answer = self._known.get(asked)
            if answer is None:
                return None
            self._known.move_to_end(asked)
        return [row.copy() for row in answer]

    def keep(self, asked: Hashable, answer: Answer) -> None:
        """Keep an answer; others go until it fits, and one of very many cells is not kept."""
        size = len(answer) * len(answer[0])
        if size > min(_ANSWERED, self._cells):
            return
        with self._lock:
            known = self._known.pop(asked, None)
            if known is not None:
                self._held -= len(known) * len(known[0])
            self._known[asked] = [row.copy() for row in answer]
            self._held += size
            while len(self._known) > self._answers or self._held > self._cells:
                _, gone = self._known.popitem(last=False)
                self._held -= len(gone) * len(gone[0])

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()
            self._held = 0

    def __len__(self) -> int:
        return len(self._known)


MEMORY: Final = Memory()


def asked(record: Record, arguments: Sequence[Argument], decode: Any) -> Hashable | None:
    """Return what was asked, as a key, or None for a call that is not kept.

    Types are part of it: TRUE and 1, an error and the text of its name, are different cells that compare equal. How the
    host spells its cells is part of it too. A function of functions (WHY, EXPLAIN) is not kept.
    """
    if record.parameters and record.parameters[-1].variadic:
        return None
    key: list[Any] = [record.function, decode]
    add = key.append
    for argument in arguments:
        cell = argument
        if type(cell) is tuple and len(cell) == 1:  # a range of one cell is that cell
            cell = cell[0]
            if type(cell) is tuple and len(cell) == 1:
                cell = cell[0]
        kind = type(cell)
        add(kind)
        if kind is tuple or kind is list:
            if not _range(argument, add):
                return None
        else:
            add(cell)
    found = tuple(key)
    try:
        hash(found)
    except TypeError:  # a cell of a host that cannot be compared
        return None
    return found


def _range(argument: Any, add: Callable[[Any], None]) -> bool:
    """Add the shape, the types and the cells of a range to a key, or refuse one of too many cells."""
    nested = bool(argument) and isinstance(argument[0], list | tuple)
    if len(argument) * (len(argument[0]) if nested else 1) > _ASKED:
        return False
    cells = tuple(chain.from_iterable(argument)) if nested else tuple(argument)
    add(tuple(map(len, argument)) if nested else 0)
    add(tuple(map(type, cells)))
    add(cells)
    return True
