"""Timing two ways of doing the same in one run, so that a figure is a ratio and not a property of the machine."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Measured:
    """The result of one benchmark.

    Attributes
    ----------
    name
        What was measured.
    ratio
        How many times the reference's time (or memory, or whatever the benchmark says) was needed.
    hold
        What the ratio, or the figure named in `figures`, must not exceed, in words.
    held
        Whether it did not.
    figures
        The numbers behind the ratio.
    """

    name: str
    ratio: float
    hold: str
    held: bool
    figures: dict[str, Any] = field(default_factory=dict)


def medians(*ways: Callable[[], object], rounds: int = 15, calls: int = 1) -> list[float]:
    """The median seconds that each way takes for one call."""
    return [statistics.median(taken) for taken in _times(ways, rounds, calls)]


def _times(ways: tuple[Callable[[], object], ...], rounds: int, calls: int) -> list[list[float]]:
    """The ways take turns in every round, so that a slow moment of the machine hits all of them."""
    for way in ways:
        way()
    times: list[list[float]] = [[] for _ in ways]
    collecting = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            for way, taken in zip(ways, times, strict=True):
                begun = time.perf_counter()
                for _ in range(calls):
                    way()
                taken.append((time.perf_counter() - begun) / calls)
    finally:
        if collecting:
            gc.enable()
    return times
