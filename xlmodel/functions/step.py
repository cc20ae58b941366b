"""How an answer comes about: a calculator's tape, each line applied to what stands above it.

The parts of a function give such a tape for `XLMODEL_EXPLAIN`. Its last result is the function's answer, whatever the
arguments, so that nothing can be told about a number that the number does not contain.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from xlmodel.maths.domain import Floats

Sign = Literal["+", "−", "×", "÷"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line: what is done with which number, of the answer's shape or broadcasting to it."""

    sign: Sign
    name: str
    value: Any
    unit: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Tape:
    """The lines of an answer.

    Attributes
    ----------
    steps
        The lines; the first is added to nothing.
    total
        What the result is called.
    unit
        Of the result.
    heading
        Which answer of a table the result is, where the function answers with a table.
    """

    steps: tuple[Step, ...]
    total: str
    unit: str = ""
    heading: str | None = None

    def result(self) -> Floats:
        """What the lines come to.

        >>> tape = Tape((Step("+", "cash", 120.0), Step("−", "tax", 20.0), Step("÷", "debt service", 80.0)), "DSCR")
        >>> float(tape.result())
        1.25
        """
        return result(self.steps)


_DO: Final[dict[Sign, Callable[[Any, Any], Any]]] = {
    "+": np.add,
    "−": np.subtract,
    "×": np.multiply,
    "÷": np.divide,
}


def fitted(value: Any, shape: tuple[int, ...]) -> Any:
    """A line's number or numbers in the shape of the answer.

    >>> fitted([2.0], ()).tolist(), fitted(2.0, (2,)).tolist()
    (2.0, [2.0, 2.0])
    """
    array = np.asarray(value)
    return np.broadcast_to(array.reshape(()) if array.size == 1 else array, shape)


def result(steps: Iterable[Step]) -> Floats:
    """Apply the lines one after the other, from nothing."""
    amount: Any = np.zeros(())
    with np.errstate(all="ignore"):  # where nothing is owed or worth the answer is undefined, and so may this be
        for step in steps:
            amount = _DO[step.sign](amount, step.value)
    return np.asarray(amount, dtype=np.float64)
