"""Every benchmark, one JSON line each: `python -m tests.bench [WORD...]` runs those whose name holds a word.

Ratios are measured in one run and printed; nothing here is a test, since a busy machine must not fail a check.
"""

import dataclasses
import json
import sys
from collections.abc import Callable

from tests.bench import calling, desk, filling, financing, hosts, report, tape
from tests.bench.measure import Measured

BENCHMARKS: tuple[Callable[[], Measured], ...] = (
    calling.scalar_call,
    calling.known_call,
    calling.haircut_parts,
    calling.haircut_parts_with_bad_rows,
    calling.three_ltvs,
    calling.range_call,
    hosts.calc_cells,
    hosts.formualizer_cells,
    hosts.com_cells,
    report.one_report,
    tape.one_call,
    tape.mixed_terms,
    tape.memory,
    financing.mixed_waterfalls,
    filling.template,
    filling.long_template,
    filling.long_sheet,
    filling.openpyxl_template,
    filling.openpyxl_long_sheet,
    desk.calculated_anew,
    desk.left_to_excel,
    desk.memory,
)


def main(words: list[str]) -> None:
    for benchmark in BENCHMARKS:
        if not words or any(word in f"{benchmark.__module__}.{benchmark.__name__}" for word in words):
            line = dataclasses.asdict(benchmark())
            line["ratio"] = round(line["ratio"], 2)
            line["figures"] = {k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in line["figures"].items()}
            print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
