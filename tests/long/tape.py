"""A tape of two hundred loans through the shipped template, from the command line, broken off once on the way."""

import csv
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

from xlmodel.deal.tape import COLUMNS, Tape, analyse_tape
from xlmodel.desk import load
from xlmodel.ooxml.filling import read

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "tape"
LOANS = 200
_COMMAND = [sys.executable, "-c", "from xlmodel.cli import app; app()"]
_VARIED = ("principal", "rent", "price", "annual_decay_eff", "cash_cost", "usage", "units_per_month_depth")


def filled_read_and_reported() -> dict[str, Any]:
    """Fill, break off, fill the rest, check, read back and report; each workbook says what the engine does."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tape = _tape(folder / "tape.csv")
        mapping = ["--mapping", str(EXAMPLE / "mapping.toml")]
        _run(folder, "template", "gpu-loan-underwriting", "-o", "model.xlsx")
        fill = ["fill", "model.xlsx", "--data", "tape.csv", *mapping, "-o", "filled"]
        seconds = {"fill": _broken_off(folder, fill)}
        kept = {file.name: file.stat().st_mtime_ns for file in (folder / "filled").glob("*.xlsx")}
        seconds["rest"], said = _run(folder, *fill)
        made = LOANS - len(kept)
        assert f"{made} workbooks filled, {len(kept)} were up to date." in said, said
        assert " 0 show none until Excel calculates" in said, said
        files = sorted((folder / "filled").glob("*.xlsx"))
        assert len(files) == LOANS
        assert all((folder / "filled" / file).stat().st_mtime_ns == when for file, when in kept.items())
        seconds["again"], said = _run(folder, *fill)
        assert f"0 workbooks filled, {LOANS} were up to date." in said, said
        apart = _apart(tape, files)
        seconds["check"], said = _run(folder, "check", "filled/GPU-004.xlsx", *mapping)
        assert "0 to look at, 4 results agree" in said, said
        seconds["read"], _ = _run(folder, "read", *map(str, files), *mapping, "-o", "again.csv")
        _same(tape, pd.read_csv(folder / "again.csv"))
        _run(folder, "read", "filled/GPU-004.xlsx", *mapping, "-o", "deal.toml")
        seconds["report"], _ = _run(folder, "report", "deal.toml", "-o", "report.xlsx")
        assert (folder / "report.xlsx").stat().st_size > 50_000
    spent = seconds["fill"] + seconds["rest"]
    return {
        "loans": LOANS,
        "filled_before_broken_off": len(kept),
        "workbooks_a_minute": round(60 * LOANS / spent),
        "farthest_from_the_engine": apart,
        "largest_process_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        **{f"{step}_seconds": round(taken, 1) for step, taken in seconds.items()},
    }


def _tape(path: Path) -> pd.DataFrame:
    """The example's loans ten times over, each with numbers of its own."""
    chance = random.Random(9)
    with (EXAMPLE / "loans.csv").open(newline="") as file:
        loans = list(csv.DictReader(file))
    rows = []
    for number in range(LOANS):
        row = dict(loans[number % len(loans)], loan_id=f"GPU-{number + 1:03}")
        row |= {c: f"{float(row[c]) * chance.uniform(0.85, 1.1):.6g}" for c in _VARIED if row[c]}
        row["balloon"] = f"{float(row['principal']) * 0.2:.6g}" if row["balloon"] else ""
        # A tape knows one decay, in use and for sale.
        rows.append(row | {"sale_decay": row["annual_decay_eff"]})
    table = pd.DataFrame(rows)
    table.to_csv(path, index=False)
    return pd.read_csv(path)


def _run(folder: Path, *arguments: str) -> tuple[float, str]:
    begun = time.monotonic()
    done = subprocess.run([*_COMMAND, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return time.monotonic() - begun, done.stdout


def _broken_off(folder: Path, fill: list[str]) -> float:
    """The seconds until a third of the loans was there and the run was killed."""
    begun = time.monotonic()
    process = subprocess.Popen([*_COMMAND, *fill], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and len(list(folder.glob("filled/*.xlsx"))) < LOANS // 3:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    taken = time.monotonic() - begun
    time.sleep(2)  # its workers end themselves when they see that it is gone
    return taken


def _apart(tape: pd.DataFrame, files: list[Path]) -> float:
    """How far a result of a workbook is from the engine's, at most; the engine takes the tape in one call."""
    found = analyse_tape(Tape.of(tape, aside=[c for c in tape if c not in {*COLUMNS, "type", "index"}]))
    assert found.problems == ()
    results = load(EXAMPLE / "mapping.toml").results
    worst = 0.0
    for number, file in enumerate(files):
        shown = read(file, [result.cell for result in results])
        for result in results:
            want = float(getattr(found.figures, result.name)[number])
            got = shown[result.cell]
            assert isinstance(got, float), (file.name, result.name, got, want)
            assert abs(got - want) <= 1e-9 * abs(want), (file.name, result.name, got, want)
            worst = max(worst, abs(got - want) / abs(want))
    return worst


def _same(tape: pd.DataFrame, again: pd.DataFrame) -> None:
    """What was read back is what went in, but for the column that no cell of the template holds."""
    wanted = tape.drop(columns="term_periods")
    pd.testing.assert_frame_equal(again[wanted.columns], wanted, check_dtype=False, check_exact=True)
