"""One workbook per loan: in parallel, each file whole or not at all, and taken up again where it was broken off.

A workbook is made in a folder of its own beside its place. Before it moves there in one step, its fingerprint is noted
together with what it was made of, so whatever happens, a file that stands is whole, and is known to be ours as long as
nobody changed it. Ours and up to date is kept; ours and out of date is made again; anything else stays as it is.
"""

import hashlib
import json
import multiprocessing
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from xlmodel import __version__
from xlmodel.deal.tape import Problem
from xlmodel.desk.claim import claimed
from xlmodel.desk.loans import Loan
from xlmodel.desk.mapping import Mapping
from xlmodel.desk.placing import Places
from xlmodel.errors import InfeasibleError, ModelError
from xlmodel.ooxml.filling import Recalculate, Value, fill
from xlmodel.ooxml.saving import put

ASIDE: Final = ".xlmodel"
"""The folder, in the one that is filled, that holds what was made of what, and what is being made."""
_FEW: Final = 8
_AHEAD: Final = 4
_UNSAFE: Final = re.compile(r"[^\w .()&+,=@-]+")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one loan.

    Attributes
    ----------
    loan
        Its row.
    file
        The workbook's name in the folder.
    state
        "made", "kept" for one that was there and is up to date, or "refused".
    problems
        Why it was refused.
    recomputed, dropped
        How many formulas show a value calculated anew, and how many show none until Excel calculates.
    notes
        Sentences of the filling.
    """

    loan: int
    file: str
    state: str
    problems: tuple[Problem, ...] = ()
    recomputed: int = 0
    dropped: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    """What a worker needs of one loan."""

    number: int
    file: str
    made_of: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all loans of a batch have in common."""

    template: Path
    folder: Path
    force: bool
    recalculate: Recalculate | None


def fill_each(
    template: Path,
    loans: Sequence[Loan],
    mapping: Mapping,
    folder: Path,
    *,
    force: bool = False,
    recalculate: Recalculate | None = None,
    processes: int | None = None,
    seen: Callable[[Made], None] = lambda made: None,
) -> list[Made]:
    """Fill one copy of a workbook for each loan.

    Parameters
    ----------
    template
        The workbook to copy.
    loans
        Whom for, as `xlmodel.desk.loans` reads them; one with problems is refused, the others are filled.
    mapping
        Where what goes.
    folder
        Where the workbooks go, named after the loans; made if it does not exist.
    force
        Whether files that are not ours, or were changed since, are replaced.
    recalculate
        As `xlmodel.ooxml.filling.fill` takes it; a function of a module, because other processes call it.
    processes
        How many work at once; as many as there are processors unless given. A few loans are filled in this one.
    seen
        Told of each loan when it is done.

    Returns
    -------
    list of Made
        In the order of the loans.

    Raises
    ------
    InputError
        The workbook or a place of the mapping does not exist, or another batch is filling this folder.
    """
    places = Places(template, mapping)
    folder.mkdir(parents=True, exist_ok=True)
    bench = _Bench(template, folder, force, recalculate)
    common = hashlib.sha256(template.read_bytes())
    # What a field is called and how it was found makes no workbook another one.
    placed = [(field.cell, field.key, field.column, field.kind, field.unit) for field in mapping.fields]
    common.update(repr((placed, __version__, recalculate is not None)).encode())
    done: dict[int, Made] = {}

    def tell(made: Made) -> None:
        done[made.loan] = made
        seen(made)

    with claimed(folder / ASIDE):
        work = folder / ASIDE / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        jobs = []
        for loan, file in _named(loans, template):
            if isinstance(job := _job(loan, file, places, common.hexdigest(), bench), _Job):
                jobs.append(job)
            else:
                tell(job)
        workers = min(processes or os.cpu_count() or 1, len(jobs))
        if workers <= 1 or (processes is None and len(jobs) <= _FEW):
            for job in jobs:
                tell(_filled(bench, job))
        else:
            for made in _in_parallel(bench, jobs, workers):
                tell(made)
        shutil.rmtree(work, ignore_errors=True)
    return [done[loan.number] for loan in loans]


def file_name(label: str, template: Path, number: int) -> str:
    """Return the name of a loan's workbook: its label as every file system takes it, or the template's and its row.

    >>> file_name("A/B: 1", Path("m.xlsx"), 7), file_name("", Path("m.xlsm"), 7), file_name("CON", Path("m.xlsx"), 7)
    ('A-B- 1.xlsx', 'm-00007.xlsm', 'CON-.xlsx')
    """
    stem = _UNSAFE.sub("-", label).strip(" .")[:_LONGEST].rstrip(" .")
    if not stem:
        stem = f"{template.stem}-{number:05}"
    if _RESERVED.fullmatch(stem):
        stem += "-"
    return stem + template.suffix.lower()


def _named(loans: Sequence[Loan], template: Path) -> Iterator[tuple[Loan, str]]:
    """Every loan with the name of its file; a name a second time is a problem of that loan."""
    first: dict[str, int] = {}
    for loan in loans:
        file = file_name(loan.label, template, loan.number)
        owner = first.setdefault(file.casefold(), loan.number)
        if owner != loan.number:
            why = f"its workbook would be {file}, which is that of row {owner}"
            problem = Problem(loan.number, "", loan.label, why)
            loan = Loan(loan.number, loan.label, loan.values, (*loan.problems, problem))
        yield loan, file


def _job(loan: Loan, file: str, places: Places, common: str, bench: _Bench) -> _Job | Made:
    if loan.problems:
        return Made(loan.number, file, "refused", loan.problems)
    try:
        values = places.cells(loan)
    except ModelError as error:
        return _refused(loan.number, file, error)
    made_of = hashlib.sha256(f"{common} {loan.digest}".encode()).hexdigest()
    target = bench.folder / file
    if target.exists():
        noted = _noted(bench.folder, file)
        ours = noted.get("content") == _fingerprint(target)
        if ours and noted.get("made_of") == made_of:
            return Made(
                loan.number, file, "kept", recomputed=noted.get("recomputed", 0), dropped=noted.get("dropped", 0)
            )
        if not ours and not bench.force:
            why = f"{file} exists already and is not as it was filled; it is replaced only with --force"
            return Made(loan.number, file, "refused", (Problem(loan.number, "", None, why),))
    return _Job(loan.number, file, made_of, values)


def _in_parallel(bench: _Bench, jobs: Sequence[_Job], workers: int) -> Iterator[Made]:
    """Fill in several processes, a few loans ahead of them, so that nothing grows with the tape."""
    waiting = iter(jobs)
    running: set[Future[Made]] = set()
    # Started afresh: a copy of a process with threads may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _end_with_parent) as pool:
        while True:
            for job in waiting:
                running.add(pool.submit(_filled, bench, job))
                if len(running) >= workers * _AHEAD:
                    break
            if not running:
                return
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            try:
                yield from [future.result() for future in ended]
            except BrokenProcessPool:
                raise InfeasibleError(
                    "a process that filled workbooks was ended; run the command again, and it goes on from here"
                ) from None


def _end_with_parent() -> None:
    """End this process when the one that started it ends, even if it was killed and could not say so."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _filled(bench: _Bench, job: _Job) -> Made:
    """Fill one workbook, note what it is, and move it to its place."""
    # With the number of the process: one that outlives a killed run by a moment gets into nobody's way.
    work = bench.folder / ASIDE / "work" / f"{os.getpid()}-{job.file}"
    try:
        filled = fill(bench.template, work, job.values, force=True, recalculate=bench.recalculate)
    except ModelError as error:
        return _refused(job.number, job.file, error)
    recomputed, dropped = (sum(map(len, cells.values())) for cells in (filled.recomputed, filled.dropped))
    note = {"made_of": job.made_of, "content": _fingerprint(work), "recomputed": recomputed, "dropped": dropped}
    put(json.dumps(note).encode(), _note(bench.folder, job.file))
    work.replace(bench.folder / job.file)
    return Made(job.number, job.file, "made", (), recomputed, dropped, filled.notes)


def _refused(number: int, file: str, error: ModelError) -> Made:
    return Made(number, file, "refused", (Problem(number, error.argument or "", None, error.sentence),))


def _note(folder: Path, file: str) -> Path:
    return folder / ASIDE / f"{file}.json"


def _noted(folder: Path, file: str) -> dict[str, Any]:
    """What was noted of a file; nothing where no note can be read."""
    note = _note(folder, file)
    if not note.is_file():
        return {}
    try:
        held = json.loads(note.read_bytes())
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _fingerprint(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
