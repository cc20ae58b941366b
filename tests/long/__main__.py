"""What is too slow for continuous integration: `python -m tests.long [WORD...]` runs those whose name holds a word.

Each check asserts what must hold and returns its figures, printed as one JSON line with the seconds it took. A failure
ends the run with a traceback.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.long import calling, hunting, killing, offline, tape

CHECKS: tuple[Callable[[], dict[str, Any]], ...] = (
    calling.memory_of_calls,
    offline.install_without_a_network,
    killing.batch_killed,
    tape.filled_read_and_reported,
    hunting.laws_with_new_examples,
)


def main(words: list[str]) -> None:
    for check in CHECKS:
        name = f"{check.__module__}.{check.__name__}".removeprefix("tests.long.")
        if not words or any(word in name for word in words):
            begun = time.monotonic()
            figures = check()
            line = {"name": name, "seconds": round(time.monotonic() - begun, 1), **figures}
            print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
