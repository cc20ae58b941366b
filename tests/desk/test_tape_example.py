"""The tape that is shipped: the same loans as filled templates, as rows of one call, and read back."""

from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from xlmodel.deal.tape import COLUMNS, Figures, Tape, TapeAnalysis, analyse_tape
from xlmodel.desk import fill_each, load, of_tape, tables
from xlmodel.desk.placing import taken
from xlmodel.host.formualizer import calculated
from xlmodel.ooxml.filling import read

ROOT = Path(__file__).parents[2]
TAPE = ROOT / "examples/tape/loans.csv"
MAPPING = load(ROOT / "examples/tape/mapping.toml")
# A floating loan, one with a balloon, one without a contract, one in racks that pays by the month.
CHOSEN = (4, 14, 1, 16)
# What is due by hand of the two that miss it: 73.7m repaid straight over 16 quarters at 3.8 % and 8.2 % a year; 14.7m
# in 12 equal payments at 13 % a year.
MISSES = {
    4: [73.7e6 / 16 * (1 + (16 - k) * 0.12 / 4) for k in range(16)],
    1: [14.7e6 * 0.0325 / (1 - 1.0325**-12)] * 12,
}


@pytest.fixture(scope="module")
def engine() -> TapeAnalysis:
    """The whole tape by the engine that never saw a sheet."""
    table = pd.read_csv(TAPE)
    return analyse_tape(Tape.of(table, aside=[c for c in table if c not in {*COLUMNS, "type", "index"}]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tape")
    loans = [loan for loan in of_tape(tables.load(TAPE), MAPPING) if loan.number in CHOSEN]
    template = ROOT / "templates/gpu-loan-underwriting.xlsx"
    made = fill_each(template, loans, MAPPING, out, recalculate=calculated, processes=1)
    assert [(one.state, one.dropped) for one in made] == [("made", 0)] * len(CHOSEN)
    return out


def test_every_loan_of_the_tape_is_answered(engine: TapeAnalysis) -> None:
    assert engine.problems == ()
    assert engine.figures.min_dscr.size == 20
    # By hand, loan 18: 512 A100 rented at 1.25 for 70 % of the hours, 0.22 an hour of cost, rent falling by 15 % a
    # year and counted in the middle of the quarter. The last of twelve quarters earns
    # 512 · 2,190 · (1.25 · 0.7 · 0.85^(11.5/4) - 0.22) = 368,214, and 2.6m at 13 % / 4 costs 265,115 a quarter.
    assert engine.figures.min_dscr[17] == pytest.approx(1.38889, abs=1e-5)


def test_the_filled_templates_show_what_the_tape_engine_says(engine: TapeAnalysis, folder: Path) -> None:
    known = {field.name for field in fields(Figures)}
    for number in CHOSEN:
        shown = read(folder / f"GPU-{number:03}.xlsx", [result.cell for result in MAPPING.results])
        for result in MAPPING.results:
            assert result.name in known
            want = getattr(engine.figures, result.name)[number - 1]
            if result.name == "min_dscr" and number in MISSES:
                # It misses service: the engine adds interest on what is past due, the sheet pays by the schedule.
                assert engine.paths is not None
                due = MISSES[number]
                scheduled = min(engine.paths.cfads[number - 1, : len(due)] / due)
                assert want < scheduled
                want = scheduled
            assert shown[result.cell] == pytest.approx(want, rel=1e-9), (number, result.name)


def test_what_was_filled_is_read_back(folder: Path) -> None:
    by_number = {loan.number: loan for loan in of_tape(tables.load(TAPE), MAPPING)}
    for number in CHOSEN:
        values, wrong = taken(folder / f"GPU-{number:03}.xlsx", MAPPING)
        assert wrong == []
        assert values == by_number[number].values
