"""Many calls in a row: what a day of typing and recalculating leaves behind."""

import gc
import tracemalloc
from typing import Any

from tests.functions.inputs import cases
from xlmodel.functions import CATALOGUE, call
from xlmodel.functions.remembering import MEMORY

_ROUNDS = 5
_LEFT = 200_000


def memory_of_calls() -> dict[str, Any]:
    """Every input of every function, five times over: memory stays where it was after the first round.

    What is remembered on purpose is bounded, and told apart from what is left.
    """
    asked = [(record, case.arguments) for record in CATALOGUE.values() for case in cases(record)]
    for record, arguments in asked:
        call(record, arguments)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(_ROUNDS):
            for record, arguments in asked:
                call(record, arguments)
        gc.collect()
        full, _ = tracemalloc.get_traced_memory()
        MEMORY.forget()
        gc.collect()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < _LEFT, f"{after - before} bytes are left after {_ROUNDS * len(asked)} calls"
    return {
        "calls": _ROUNDS * len(asked),
        "bytes_left": after - before,
        "bytes_remembered": full - after,
        "bytes_at_most": peak,
    }
