"""The seizures of 2022: the script prints what a calculator gives, and the README quotes what the script prints."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from xlmodel.data import table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def printed() -> str:
    script = ROOT / "examples" / "distressed_2022.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, encoding="utf-8")
    return done.stdout


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"[│|]", line)[1:-1]]


# 71.1 % a year: 1 - (15.71 / 119.25) ^ (365 / 597). Six months of it keep 0.5378, 5 % wear and 8 % selling 0.4700.
KEPT = (15.71 / 119.25) ** (182.5 / 597) * 0.95 * 0.92


@pytest.mark.parametrize(
    ("name", "owed", "terahashes", "usd_per_th", "realised"),
    [
        # 98 of the 229 days from 10 May (90) to 25 December 2022 (15.71), and 176 of them.
        ("Stronghold, 2022-08-16", 67.4, 2.5, 90 * (15.71 / 90) ** (98 / 229), 67.4),
        ("Iris Energy, 2022-11-02", 103.0, 3.6, 90 * (15.71 / 90) ** (176 / 229), 67.5),
        # 27,403 rigs: 60 % at 95 and 40 % at 100 are 97 TH/s each; after the last point its price stays.
        ("Core Scientific, 2023-02-02", 38.6, 27403 * 97 / 1e6, 15.71, 25.0),
    ],
)
def test_a_case_is_the_arithmetic_of_its_sources(
    printed: str, name: str, owed: float, terahashes: float, usd_per_th: float, realised: float
) -> None:
    row = next(cells(line) for line in printed.splitlines() if name in line)
    shown = [float(x.rstrip("%").replace(",", "")) for x in row[1:7]]
    index = terahashes * usd_per_th
    sale = (index * KEPT - 3) / 1.12**0.5  # 3 m counsel, half a year at 12 %
    assert shown[0] == owed
    assert shown[1] == pytest.approx(index, abs=0.051)
    assert shown[2] == pytest.approx(100 * (index / realised - 1), abs=0.51)
    assert shown[3] == pytest.approx(sale, abs=0.051)
    assert shown[4] == pytest.approx(100 * (sale / realised - 1), abs=0.51)
    assert shown[5] == realised


def test_the_readme_quotes_it(printed: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    quoted = [cells(line) for line in readme if re.match(r"\| [\w ]+, 202\d-", line)]
    assert quoted == [cells(line) for line in printed.splitlines() if re.match(r"│ [\w ]+, 202\d-", line)]
    assert len(quoted) == 3


def test_every_case_with_an_outcome_names_what_that_is() -> None:
    for row in table("distressed_collateral_cases"):
        assert bool(row["realised_usd_m"]) == bool(row["realised_is"]), row
