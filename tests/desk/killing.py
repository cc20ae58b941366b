"""A batch that is killed, again and again, at moments nobody chose, and run once more."""

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from tests.desk.books import MAPPING, own
from xlmodel.desk.batch import ASIDE
from xlmodel.ooxml.filling import read

COMMAND = "from xlmodel.cli import app; app()"


def killed_and_finished(folder: Path, loans: int, kills: int, seed: int = 7) -> dict[str, Any]:
    """Fill so many workbooks, killed so often on the way, and assert what must hold after every kill and at the end."""
    own(folder / "own.xlsx")
    (folder / "m.toml").write_text(MAPPING)
    rows = [f"L{i:04},Borrower {i},{1000000 + i},0.1,3,2000000,0.5,1,2,3" for i in range(loans)]
    head = "loan_id,borrower,principal,annual_rate,periods,cost,annual_decay_eff,cfads_1,cfads_2,cfads_3"
    (folder / "tape.csv").write_text("\n".join([head, *rows]))
    out = folder / "out"
    command = [sys.executable, "-c", COMMAND, "fill", "own.xlsx", "--data", "tape.csv", "-m", "m.toml", "-o", "out"]
    command += ["--processes", "2"]
    chance = random.Random(seed)
    at_kill: list[int] = []
    whole: dict[str, tuple[int, int]] = {}
    for i in range(kills):
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Killed when a few more are done, and a moment of chance later; the first time before anything is.
        wanted = len(whole) + loans * chance.random() / (2 * kills) if i else 0
        while process.poll() is None and len(_files(out)) < wanted:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 10
        while _workers(folder) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not _workers(folder), "a process outlived the run that started it"
        files = _files(out)
        for name, mark in whole.items():
            assert files[name] == mark, f"{name} was made again"
        _all_whole(out)
        whole = files
        at_kill.append(len(files))
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    files = _files(out)
    assert len(files) == loans
    assert all(files[name] == mark for name, mark in whole.items())
    _all_whole(out)
    assert not (out / ASIDE / "work").exists()
    return {"files": len(files), "at_kill": at_kill}


def _files(out: Path) -> dict[str, tuple[int, int]]:
    """The workbooks in a folder, each with what changes when it is made again."""
    found = {}
    for file in out.iterdir() if out.is_dir() else ():
        if file.name != ASIDE:
            stat = file.stat()
            found[file.name] = (stat.st_ino, stat.st_mtime_ns)
    return found


def _all_whole(out: Path) -> None:
    for name in _files(out):
        with zipfile.ZipFile(out / name) as book:
            assert book.testzip() is None
        number = int(name[1:5])
        keys = ["Inputs!B2", "Inputs!B4", "Cash[CFADS]"]
        assert read(out / name, keys) == {keys[0]: f"Borrower {number}", keys[1]: 1 + number / 1e6, keys[2]: [1, 2, 3]}


def _workers(folder: Path) -> list[int]:
    """Processes that work in the folder; where the system does not show them, none."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            here = (entry / "cwd").resolve() == folder.resolve() and b"spawn" in (entry / "cmdline").read_bytes()
        except OSError:
            continue  # ended meanwhile
        if here and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found
