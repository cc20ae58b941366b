"""SLN, SYD, DB, DDB and VDB against LibreOffice Calc over a grid far beyond the printed examples.

Where Calc is no witness for Excel, which is asserted here so that a change is noticed:

- VDB with a start inside a period charged straight line: Calc restarts the schedule from that fraction of a period;
  Excel's answer is not on record, so xlmodel refuses.
- SYD and DB one period beyond the life: Calc shows 0, Excel #NUM!.
- DB of a cost of 0: Calc shows an error, because it divides the salvage by the cost.
"""

import itertools
from pathlib import Path

import pytest
import xlsxwriter

from tests.engines import needs_libreoffice, recalculated
from xlmodel.asset.book import db, ddb, sln, syd, vdb
from xlmodel.errors import ExcelError, ModelError

pytestmark = needs_libreoffice

FUNCTIONS = {"SLN": sln, "SYD": syd, "DB": db, "DDB": ddb, "VDB": vdb}
ASSETS = [(1000, 0), (1000, 1), (2400, 300), (35000, 3500), (1_000_000, 100_000), (700, 650), (0, 0), (500, 500)]
LIVES = [1, 2, 3, 5, 6, 10, 24]
FACTORS = [0.5, 1, 1.5, 2, 4]
MOMENTS = [0, 0.875, 1, 2, 2.75, 3, 5, 9.3, 24]


def _calls() -> list[tuple[str, tuple[float, ...]]]:
    calls: list[tuple[str, tuple[float, ...]]] = []
    for (cost, salvage), life in itertools.product(ASSETS, LIVES):
        asset = (cost, salvage, life)
        calls.append(("SLN", asset))
        for period in [p for p in range(1, 26) if p <= life + 1]:
            calls += [("SYD", (*asset, period)), ("DDB", (*asset, period))]
            calls += [("DB", (*asset, period, month)) for month in (1, 7, 12)]
            calls += [("DDB", (*asset, period + 0.5, factor)) for factor in FACTORS]
        spans = [(a, b) for a, b in itertools.combinations_with_replacement(MOMENTS, 2) if b <= life]
        calls += [("VDB", (*asset, *span, factor, switch)) for span in spans for factor in FACTORS for switch in (0, 1)]
        calls += [("VDB", (cost, salvage, life + 0.5, 0, end, 2, 0)) for end in (0.5, life, life + 0.5)]
    return calls


@pytest.fixture(scope="module")
def calc(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, tuple[float, ...]], object]:
    path: Path = tmp_path_factory.mktemp("calc") / "book.xlsx"
    calls = _calls()
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("book")
        for row, (name, arguments) in enumerate(calls):
            sheet.write_formula(row, 0, f"={name}({','.join(map(str, arguments))})")
    shown = recalculated(path)
    return {call: shown["book", f"A{row}"] for row, call in enumerate(calls, 1)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_number_is_calcs(name: str, calc: dict[tuple[str, tuple[float, ...]], object]) -> None:
    compared = 0
    for (function, arguments), shown in calc.items():
        if function != name or isinstance(shown, ExcelError):
            continue
        ours = _answer(name, arguments)
        if isinstance(ours, str):
            witnessed = not _calc_is_no_witness(name, arguments, ours)
            assert not witnessed, f"{name}{arguments}: {ours} Calc shows {shown}"
            continue
        assert ours == pytest.approx(shown, abs=1e-9 * max(1, arguments[0])), arguments
        compared += 1
    assert compared > 50, "Calc must have answered most of the grid"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_calc_refuses_is_refused(name: str, calc: dict[tuple[str, tuple[float, ...]], object]) -> None:
    for (function, arguments), shown in calc.items():
        if function != name or not isinstance(shown, ExcelError):
            continue
        if name == "DB" and arguments[0] == 0 and arguments[3] <= arguments[2] + (arguments[4] < 12):
            # Calc takes the power of 0/0; an asset that cost nothing is charged nothing.
            assert float(db(*arguments)) == 0
            continue
        with pytest.raises(ModelError):
            FUNCTIONS[name](*arguments)


def _answer(name: str, arguments: tuple[float, ...]) -> float | str:
    try:
        return float(FUNCTIONS[name](*arguments))
    except ModelError as error:
        return str(error)


def _calc_is_no_witness(name: str, arguments: tuple[float, ...], sentence: str) -> bool:
    if name == "VDB":
        return arguments[3] % 1 > 0 and "what Excel returns there is not on record" in sentence
    # Calc shows 0 one period beyond the life, Excel #NUM!.
    return name in ("SYD", "DB") and arguments[3] == arguments[2] + 1 and "beyond the life" in sentence
