"""Deals side by side: against LibreOffice, against the reports of each deal, and as a living model."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines import needs_libreoffice, recalculated, shown
from tests.test_cli import run
from tests.workbook.deals import CASE_A, EXAMPLES, deals, number
from tests.workbook.test_recalculation import differs
from xlmodel.deal import Deal, analyse, load, read
from xlmodel.deal.structures import structures
from xlmodel.errors import InputError
from xlmodel.workbook import comparison as room
from xlmodel.workbook.comparison import comparison
from xlmodel.workbook.report import write

pytestmark = needs_libreoffice

DATE = dt.date(2026, 11, 23)
DEALS = deals()
FASTER = read(CASE_A | {"name": "Case A, dearer", "debt": [CASE_A["debt"][0] | {"rate": number(14, "% a year")}]})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ("case_a", "hedged and taxed", "coreweave_2025")
    return comparison([DEALS[name] for name in names], tmp_path_factory.mktemp("compared") / "c.xlsx", date=DATE)


def test_every_formula_gives_the_value_it_stores(book: Path) -> None:
    want, got = shown(book), recalculated(book)
    formulas = [
        (sheet.title, cell.coordinate)
        for sheet in openpyxl.load_workbook(book)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(formulas) > 5000
    assert [(at, want.get(at), got.get(at)) for at in formulas if differs(want.get(at), got.get(at))] == []


def test_a_term_typed_over_moves_its_own_column_only(tmp_path: Path) -> None:
    """The rate of B becomes what it is in another deal: B's column is that deal's, A's stays."""
    case_a = read(CASE_A)
    path = comparison([case_a, case_a], tmp_path / "c.xlsx", date=DATE)
    typed = openpyxl.load_workbook(path)
    (cell,) = (row[1] for row in typed["B Inputs"].iter_rows() if row[4].value == "debt[0].rate")
    cell.value = 0.14
    typed.save(tmp_path / "typed.xlsx")
    got = recalculated(tmp_path / "typed.xlsx")
    want = shown(comparison([case_a, FASTER], tmp_path / "want.xlsx", date=DATE))
    rows = [
        row for (sheet, row) in want if sheet == "Comparison" and row[0] in "CDEFG" and int(row[1:]) in range(9, 30)
    ]
    assert len(rows) > 60
    # Whether its own checks pass is another matter: xlmodel was not asked again.
    assert [(r, want["Comparison", r], got["Comparison", r]) for r in rows
            if differs(want["Comparison", r], got["Comparison", r])] == []  # fmt: skip


def test_coverages_stand_in_one_row_whatever_each_deal_calls_its_own(book: Path) -> None:
    sheet = openpyxl.load_workbook(book, data_only=True)["Comparison"]
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}
    lowest = [float(np.nanmin(analyse(DEALS[name]).dscr)) for name in ("case_a", "hedged and taxed", "coreweave_2025")]
    assert rows["Minimum coverage, each period"][2:8:2] == pytest.approx(lowest)
    assert rows["LTV on cost, at closing"][2] == pytest.approx(0.8)
    assert rows["Under water from"][2] == dt.datetime(2026, 6, 30)
    assert rows["What binds it"][2] == "liquidation value"


def test_sheets_of_a_deal_are_those_of_its_report(tmp_path: Path, book: Path) -> None:
    report = shown(write(analyse(DEALS["hedged and taxed"]), tmp_path / "report.xlsx", date=DATE))
    compared = shown(book)
    own = {at: value for at, value in report.items() if at[0] not in ("Cover", "Sources", "Checks")}
    assert len(own) > 5000
    assert {at for at, value in own.items() if compared["B " + at[0], at[1]] != value} == set()


def test_values_only_are_the_same_numbers_without_a_formula(tmp_path: Path) -> None:
    files = [EXAMPLES / "case_a.toml", EXAMPLES / "iris_2022.toml"]
    with_formulas = comparison(files, tmp_path / "f.xlsx", date=DATE)
    without = comparison(files, tmp_path / "v.xlsx", date=DATE, values=True)
    kinds = {cell.data_type for sheet in openpyxl.load_workbook(without) for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    want, got = shown(with_formulas), shown(without)
    assert {at for at, value in want.items() if differs(value, got.get(at))} == set()


@settings(max_examples=40, deadline=None)
@given(cash=st.floats(6, 30), fall=st.floats(0, 60), kind=st.sampled_from(["level", "straight"]))
def test_structures_lend_the_same_and_lose_no_cash(cash: float, fall: float, kind: str) -> None:
    deal = read(
        CASE_A
        | {"merchant": CASE_A["merchant"] | {"annual_deflation": number(fall, "% a year"),
                                             "rent": number(cash / 10, "USD a unit-hour")},
           "debt": [CASE_A["debt"][0] | {"amortisation": kind}]}
    )  # fmt: skip
    analysis = analyse(deal)
    rigid, contingent, *_ = found = structures(analysis)
    for one in found:
        paid = one.paid
        assert float(sum(t.opening[0] for t in paid.tranches)) == pytest.approx(28e6)
        received = np.sum([t.received for t in paid.tranches], axis=0)
        held = paid.reserves[0] if paid.reserves else None
        from_reserve = 0.0 if held is None else held.drawn + held.released - held.filled
        assert paid.opening_cash + np.maximum(paid.cfads, 0) + from_reserve == pytest.approx(
            received + paid.operating_paid + paid.distribution + paid.cash, abs=0.01
        )
    if np.all(analysis.dscr >= 1.3):
        assert contingent.due == pytest.approx(rigid.due)


def test_a_contingent_schedule_holds_where_the_rigid_one_misses_a_payment() -> None:
    """CoreWeave's schedule of mid-2025: cash of the year is short of two of its payments, not of all of them."""
    held = {one.name: bool(one.outcome.held) for one in structures(analyse(DEALS["coreweave_2025"]))}
    assert held == {"Rigid": False, "Contingent": True, "Venture-style": False, "Utility-style": True}


@pytest.mark.parametrize("count", [0, room.MOST + 1])
def test_too_few_or_too_many_are_refused(count: int, tmp_path: Path) -> None:
    given_deals: list[Deal | str | Path] = [load(EXAMPLES / "case_a.toml")] * count
    with pytest.raises(InputError, match=f"deals must be 1 to 4, got {count}"):
        comparison(given_deals, tmp_path / "c.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_the_command(tmp_path: Path) -> None:
    files: list[Any] = [str(EXAMPLES / name) for name in ("case_a.toml", "coreweave_2025.toml")]
    said = run("compare", *files, "-o", str(tmp_path / "c.xlsx"))
    assert said.exit_code == 0
    assert "Venture-style" in said.stdout
    again = run("compare", *files, "-o", str(tmp_path / "c.xlsx"))
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    missing = run("compare", files[0], str(tmp_path / "none.toml"), "-o", str(tmp_path / "d.xlsx"))
    assert missing.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["c.xlsx"]
