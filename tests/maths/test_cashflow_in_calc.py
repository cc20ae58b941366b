"""NPV, IRR, XNPV, XIRR, MIRR, DURATION and MDURATION against LibreOffice Calc on flows drawn at random.

Calc is no witness where its IRR runs off from the guess of 10 %: on large losses it shows an error or a rate below
-100 %. There the value at our rate is held to zero instead, which has one solution, as the flows change sign once.
"""

from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from tests.engines import needs_libreoffice, recalculated
from xlmodel.errors import ExcelError
from xlmodel.maths.cashflow import irr, mirr, npv, xirr, xnpv
from xlmodel.maths.duration import macaulay_duration, modified_duration

pytestmark = needs_libreoffice

COUNT, LENGTH = 150, 9
RATES = (0.03, 0.12, 0.4)
BONDS = [(coupon, rate, years, times) for coupon in (0.02, 0.08) for rate in (0.01, 0.09) for years in (3, 8)
         for times in (1, 2, 4)]  # fmt: skip


def _draws() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2026)
    flows = np.round(rng.uniform(0, 60, (COUNT, LENGTH)) * rng.integers(0, 2, (COUNT, LENGTH)), 2)
    flows[:, 0] = -np.round(rng.uniform(50, 250, COUNT), 2)
    flows[:, -1] += 5
    gaps = rng.integers(5, 300, (COUNT, LENGTH - 1))
    serials = 45_000 + np.concatenate([np.zeros((COUNT, 1), int), np.cumsum(gaps, axis=1)], axis=1)
    return flows, serials


@pytest.fixture(scope="module")
def calc(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    path: Path = tmp_path_factory.mktemp("calc") / "flows.xlsx"
    flows, serials = _draws()
    written = ["NPV(0.12,{f})", "IRR({f})", "XIRR({f},{d})", "MIRR({f},0.12,0.4)"]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("flows")
        for i in range(COUNT):
            sheet.write_row(i, 10, flows[i])
            sheet.write_row(i, 20, serials[i])
            ranges = {"f": f"$K${i + 1}:$S${i + 1}", "d": f"$U${i + 1}:$AC${i + 1}"}
            formulas = [formula.format(**ranges) for formula in written]
            formulas += [f"XNPV({rate},{ranges['f']},{ranges['d']})" for rate in RATES]
            for column, formula in enumerate(formulas):
                sheet.write_formula(i, column, f"={formula}")
        bonds = book.add_worksheet("bonds")
        for i, (coupon, rate, years, times) in enumerate(BONDS):
            dated = f"DATE(2020,1,1),DATE({2020 + years},1,1),{coupon},{rate},{times},0"
            bonds.write_formula(i, 0, f"=DURATION({dated})")
            bonds.write_formula(i, 1, f"=MDURATION({dated})")
    shown = recalculated(path)
    answers: dict[str, list[object]] = {c: [shown["flows", f"{c}{i}"] for i in range(1, COUNT + 1)] for c in "ABCDEFG"}
    for column, name in (("A", "DURATION"), ("B", "MDURATION")):
        answers[name] = [shown["bonds", f"{column}{i}"] for i in range(1, len(BONDS) + 1)]
    return answers


def test_values_and_returns_are_calcs(calc: dict[str, list[object]]) -> None:
    flows, serials = _draws()
    assert npv(0.12, flows) == pytest.approx(calc["A"], rel=1e-10)
    ours, theirs = irr(flows), calc["B"]
    astray = np.array([isinstance(rate, ExcelError) or float(str(rate)) <= -1 for rate in theirs])
    assert astray.mean() < 0.2
    assert ours[~astray] == pytest.approx([rate for rate, off in zip(theirs, astray, strict=True) if not off], abs=1e-9)
    assert npv(ours[astray, None], flows[astray, 1:]) == pytest.approx(-flows[astray, 0], rel=1e-10)
    assert mirr(flows, 0.12, 0.4) == pytest.approx(calc["D"], rel=1e-9, abs=1e-12)
    # Calc's XIRR stops at 1e-10, its dates differ by row, ours share one row.
    assert [float(xirr(f, d)) for f, d in zip(flows, serials, strict=True)] == pytest.approx(calc["C"], abs=1e-8)
    for rate, column in zip(RATES, "EFG", strict=True):
        assert [float(xnpv(rate, f, d)) for f, d in zip(flows, serials, strict=True)] == pytest.approx(
            calc[column], rel=1e-10, abs=1e-9
        )


def test_durations_are_calcs(calc: dict[str, list[object]]) -> None:
    bonds = [([100 * c / f] * (n * f - 1) + [100 + 100 * c / f], r / f, f) for c, r, n, f in BONDS]
    assert [float(macaulay_duration(*bond)) for bond in bonds] == pytest.approx(calc["DURATION"], rel=1e-9)
    assert [float(modified_duration(*bond)) for bond in bonds] == pytest.approx(calc["MDURATION"], rel=1e-9)
