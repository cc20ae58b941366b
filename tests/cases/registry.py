"""One adapter per measure: JSON inputs of a golden row in, what the engine answers out."""

from collections.abc import Callable
from typing import Any

Adapter = Callable[[dict[str, Any]], Any]
ADAPTERS: dict[str, Adapter] = {}


def adapter(*measures: str) -> Callable[[Adapter], Adapter]:
    """Register the decorated function for `measures`; a measure has one adapter."""

    def register(function: Adapter) -> Adapter:
        for measure in measures:
            if measure in ADAPTERS:
                raise RuntimeError(f"the measure {measure!r} has two adapters")
            ADAPTERS[measure] = function
        return function

    return register
