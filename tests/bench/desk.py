"""What a batch costs: workbooks a minute with and without calculating them anew, and memory, in processes of their own.

Every figure is of one process; `xlmodel fill` runs as many as there are processors.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from tests.bench.measure import Measured
from xlmodel.desk import fill_each, load, of_tape, tables
from xlmodel.host.formualizer import calculated
from xlmodel.ooxml.filling import Recalculate

ROOT = Path(__file__).resolve().parents[2]
_TEMPLATE = ROOT / "templates" / "gpu-loan-underwriting.xlsx"
_EXAMPLE = ROOT / "templates" / "gpu-loan-underwriting-example.xlsx"
_TAPE = ROOT / "examples" / "tape"
_LOANS = 20


def calculated_anew() -> Measured:
    """The shipped tape into the shipped template, every formula calculated, against calculating a filled one alone."""
    filled, alone = _asked("calculated"), _asked("alone")
    ratio = filled["seconds"] / alone["seconds"]
    figures = {
        "workbooks_a_minute": 60 / filled["seconds"],
        "engine_alone_ms": alone["seconds"] * 1e3,
        "peak_MB": filled["peak"],
        "engine_alone_peak_MB": alone["peak"],
    }
    held = ratio <= 3
    return Measured("a tape filled and calculated", ratio, "at most 3 times the engine alone", held, figures)


def left_to_excel() -> Measured:
    """The same without calculating, checks and journal included, against openpyxl's load and save of each workbook."""
    filled, slow = _asked("filled"), _asked("openpyxl")
    ratio = slow["seconds"] / filled["seconds"]
    figures = {
        "workbooks_a_minute": 60 / filled["seconds"],
        "openpyxl_a_minute": 60 / slow["seconds"],
        "peak_MB": filled["peak"],
        "openpyxl_peak_MB": slow["peak"],
    }
    return Measured("openpyxl beside a tape filled", ratio, "at least twice as long", ratio >= 2, figures)


def memory() -> Measured:
    """The peak of a batch of twenty loans against that of two: nothing is kept of a workbook that is done."""
    few, many = _asked("filled", 2)["peak"], _asked("filled", _LOANS)["peak"]
    figures = {"peak_MB_at_2": few, f"peak_MB_at_{_LOANS}": many}
    held = many <= 1.1 * few
    return Measured("memory of a batch, ten times the loans", many / few, "at most 1.1 times", held, figures)


def _asked(way: str, loans: int = _LOANS) -> dict[str, float]:
    """Seconds a workbook, and the peak in MB, of a process that does nothing else."""
    command = [sys.executable, "-m", __name__, way, str(loans)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _batch(recalculate: Recalculate | None) -> Callable[[int, Path], None]:
    def run(loans: int, folder: Path) -> None:
        mapping = load(_TAPE / "mapping.toml")
        rows = list(of_tape(tables.load(_TAPE / "loans.csv"), mapping))[:loans]
        made = fill_each(_TEMPLATE, rows, mapping, folder, recalculate=recalculate, processes=1)
        assert all(one.state == "made" and bool(one.dropped) == (recalculate is None) for one in made)

    return run


def _alone(loans: int, folder: Path) -> None:
    content = _EXAMPLE.read_bytes()
    for _ in range(loans):
        calculated(content)


def _by_openpyxl(loans: int, folder: Path) -> None:
    for number in range(loans):
        book = openpyxl.load_workbook(_TEMPLATE)
        book["Inputs"]["B52"] = 28.0
        book.save(folder / f"{number}.xlsx")


_WAYS: dict[str, Callable[[int, Path], None]] = {
    "calculated": _batch(calculated),
    "filled": _batch(None),
    "alone": _alone,
    "openpyxl": _by_openpyxl,
}


def main(way: str, loans: int) -> None:
    with TemporaryDirectory() as folder:
        _WAYS[way](1, Path(folder))  # what is read once for all
        begun = time.perf_counter()
        _WAYS[way](loans, Path(folder) / "more" if way in ("calculated", "filled") else Path(folder))
        seconds = (time.perf_counter() - begun) / loans
    print(json.dumps({"seconds": seconds, "peak": _peak()}))


def _peak() -> float:
    """Most memory this process has held, MB; what getrusage says begins with what its parent held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
