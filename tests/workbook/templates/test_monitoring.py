"""The monitoring template against the engine, and by hand where the sheet has an arithmetic of its own."""

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import openpyxl
import pytest

from xlmodel.asset.market import collateral_value
from xlmodel.host.formualizer import calculated
from xlmodel.loan import coverage
from xlmodel.loan.covenant import covenant_status, first_breach
from xlmodel.workbook.templates import TEMPLATES
from xlmodel.workbook.templates.build import build

TEMPLATE = TEMPLATES["covenant-monitoring"]
DATE = dt.date(2026, 11, 23)
QUARTERS = 22
EXAMPLE = TEMPLATE.example()

# Three quarters reported, no plan: cash moves on by -5 % a quarter, and the downside loses 20 % at once and 3 % a
# quarter more. Appraised in the second quarter only.
MOVED: dict[str, Any] = {
    **{key: value for key, value in EXAMPLE.items() if key != "planned"},
    "revenue": [434.0, 420.0, 400.0], "cost_paid": [65.0, 66.0, 67.0], "growth": -0.05, "growth_down": -0.03,
    "shock_down": 0.2, "appraised": [None, 4000.0], "cure": [None, 30.0, 20.0, None, None, 5.0],
}  # fmt: skip


def sheets(given: Mapping[str, Any]) -> dict[tuple[str, str], list[Any]]:
    """Rows of the quarters by sheet and label; a label that repeats counts the copies: "CFADS", "CFADS 2"."""
    book = openpyxl.load_workbook(io.BytesIO(build(TEMPLATE, calculated, DATE, given)), data_only=True)
    rows: dict[tuple[str, str], list[Any]] = {}
    for sheet in book:
        for line in sheet.iter_rows(values_only=True):
            if isinstance(line[0], str):
                count = sum(key[0] == sheet.title and key[1].split("#")[0] == line[0] for key in rows)
                rows[sheet.title, line[0] if not count else f"{line[0]}#{count + 1}"] = list(line[3:])
    return rows


def numbers(cells: list[Any]) -> np.ndarray:
    return np.array([np.nan if cell in ("n/a", None) else float(cell) for cell in cells[1 : QUARTERS + 1]])


@pytest.fixture(scope="module", params=["example", "moved"])
def both(request: pytest.FixtureRequest) -> tuple[Mapping[str, Any], dict[tuple[str, str], list[Any]]]:
    given = EXAMPLE if request.param == "example" else MOVED
    return given, sheets(given)


def paths(given: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """CFADS of both cases, quarter by quarter, as the sheet says it moves them."""
    reported = [r - c for r, c in zip(given["revenue"], given["cost_paid"], strict=True)]
    base, lost = list(reported), [0.0] * len(reported)
    for quarter in range(len(reported), QUARTERS):
        planned = given.get("planned")
        base.append(planned[quarter] if planned else base[-1] * (1 + given["growth"]))
        kept = (1 - lost[-1]) * (1 + given["growth_down"])
        lost.append(1 - kept * (1 - given["shock_down"] if quarter == len(reported) else 1))
    flow = np.array(base)
    return flow, flow - np.array(lost) * np.abs(flow)


def test_coverage_is_the_engines(both: tuple[Mapping[str, Any], dict[tuple[str, str], list[Any]]]) -> None:
    given, rows = both
    service = np.array(given["interest"]) + np.array(given["principal"])
    for flow, copy in zip(paths(given), ("", "#2"), strict=True):
        assert np.isfinite(flow).all()
        want = {
            "CFADS": flow,
            "DSCR": coverage.dscr(flow, service),
            "DSCR, last 12 months": coverage.dscr_ltm(flow, service, 4),
            "Interest cover": flow / np.array(given["interest"]),
        }
        for label, values in want.items():
            np.testing.assert_allclose(numbers(rows["Forecast", label + copy]), values, rtol=1e-9, err_msg=label)
        ahead = coverage.dscr_ntm(flow, service, 4)[:-4]
        np.testing.assert_allclose(
            numbers(rows["Forecast", f"DSCR, next 12 months{copy}"])[: ahead.size], ahead, rtol=1e-9
        )


def test_collateral_moves_along_the_curve(both: tuple[Mapping[str, Any], dict[tuple[str, str], list[Any]]]) -> None:
    given, rows = both
    ages = given["age"] + np.arange(1, QUARTERS + 1) / 4
    curve = collateral_value(given["cost"], ages, given["decay"])
    np.testing.assert_allclose(numbers(rows["Collateral", "Value on the lender's curve"]), curve, rtol=1e-9)
    tested = curve.copy()
    if "appraised" in given:
        tested[1:] = 4000.0 * curve[1:] / curve[1]
    owed = np.array(given["owed"])
    np.testing.assert_allclose(numbers(rows["Collateral", "LTV, market value"]), owed / tested, rtol=1e-9)


def test_status_and_first_breach_are_the_engines(
    both: tuple[Mapping[str, Any], dict[tuple[str, str], list[Any]]],
) -> None:
    given, rows = both
    service = np.array(given["interest"]) + np.array(given["principal"])
    ends = np.array(rows["Tests", "Quarter ending"][1 : QUARTERS + 1], dtype="datetime64[D]")
    for case, (flow, label) in enumerate(zip(paths(given), ("base", "downside"), strict=True)):
        ratio = coverage.dscr_ltm(flow, service, 4)
        ratio = np.where(ends < np.datetime64("2027-06-30"), np.nan, ratio)
        first = int(first_breach(ratio, 1.05, "below"))
        shown = rows["Tests", f"First breach, {label}#2"][0]
        assert shown == "none" if first < 0 else np.datetime64(shown, "D") == ends[first]
        codes = covenant_status(ratio, 1.2, 1.05, "below")
        words = ["ok", "lockup", "default", "n/a"]
        got = rows["Tests", "Status#2" if case == 0 else "Status, downside#2"][1 : QUARTERS + 1]
        assert got == [words[code] for code in codes]


def test_cures_by_hand() -> None:
    rows = sheets(MOVED)
    # Paid in quarters 2, 3 and 6: used 0 1 2 2 2 3; in a row 0 1 2 0 0 1; in four quarters 0 1 2 2 2 2.
    assert numbers(rows["Cures", "Used so far"])[:6].tolist() == [0, 1, 2, 2, 2, 3]
    assert numbers(rows["Cures", "In a row"])[:6].tolist() == [0, 1, 2, 0, 0, 1]
    assert numbers(rows["Cures", "In the last four quarters"])[:6].tolist() == [0, 1, 2, 2, 2, 2]
    assert set(rows["Cures", "Within the limits"][1:]) == {"ok"}
    beyond = sheets(MOVED | {"cure": [None, 30.0, 20.0, 5.0]})
    assert beyond["Cures", "Within the limits"][1:6] == ["ok", "ok", "ok", "beyond", "ok"]
