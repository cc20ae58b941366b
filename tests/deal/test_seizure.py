"""The seizure of 10,000 H100s: the script prints what a calculator gives, and its columns add up."""

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "seizure_10000_h100.py"


@pytest.fixture(scope="module")
def printed() -> str:
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=True, encoding="utf-8")
    return done.stdout


def row(printed: str, name: str) -> list[float]:
    """The numbers of the row of a table, percentages as shown."""
    line = next(line for line in printed.splitlines() if re.match(rf"│ {re.escape(name)} +│", line))
    return [float(x.strip(" %").replace(",", "")) for x in line.split("│")[2:-1] if re.match(r"^[\d., %]+$", x)]


WAIT = 0.65**0.5  # six months at 35 % a year
BEST = math.sqrt(24 * 2.5 / -math.log(0.65))  # months at which decay takes as much as 4,000 units a month more bring
ORDERLY = 0.65 ** ((3 + BEST / 2) / 12) * math.exp(-2.5 / BEST)  # decay to the middle, 10,000 over 4,000 a month
FORCED = 0.65 ** ((3 + 1) / 12) * math.exp(-2.5 / 2)
CASH = {
    "orderly, in place": 165 * 0.95 * ORDERLY * 0.92 - 3,
    "forced, in place": 165 * 0.95 * FORCED * 0.92 - 3,
    "orderly, removed": 165 * 0.95 * 0.85 * ORDERLY * 0.92 - 4 - 3,
    "forced, removed": 165 * 0.95 * 0.85 * FORCED * 0.92 - 4 - 3,
    "6 months, discounted": (165 * WAIT * 0.95 * 0.85 * math.exp(-10 / 24) * 0.92 - 4 - 3) / 1.12**0.5,
}
"""From 165 m in use: wear of 5 %, 15 % outside its racks, depth, 8 % selling cost, 400 a unit, 3 m."""


def test_the_three_ratios(printed: str) -> None:
    assert row(printed, "cost") == [300.0, 60.0]
    assert row(printed, "market value in use") == [165.0, 109.1]  # 180 / 165
    for name, cash in CASH.items():
        assert row(printed, name) == [pytest.approx(cash, abs=0.0051), pytest.approx(18_000 / cash, abs=0.051)]


def test_every_column_adds_up(printed: str) -> None:
    parts = ("obsolescence", "condition", "integration", "depth", "selling", "removal", "fixed", "discounting")
    value, cash = row(printed, "value in use"), row(printed, "cash")
    assert cash == pytest.approx(list(CASH.values()), abs=0.0051)
    for i in range(len(CASH)):
        # Eight numbers rounded to the cent.
        assert value[i] - sum(row(printed, part)[i] for part in parts) == pytest.approx(cash[i], abs=0.05)
    assert row(printed, "integration")[:2] == row(printed, "removal")[:2] == [0.0, 0.0], "in place nothing is moved"


@pytest.mark.parametrize(("name", "units", "owed"), [
    ("This loan", 10, 180), ("Lender B", 8, 110), ("Lender C", 6, 65), ("Lender D", 3, 12),
])  # fmt: skip
def test_a_lender_alone_and_together(printed: str, name: str, units: int, owed: int) -> None:
    unit = 16.5 * 0.9 * WAIT * 0.95 * 0.85 * 0.92  # USD m a thousand, before depth
    alone, together = (
        (units * unit * math.exp(-sold / 24) - units * 0.4 - 3) / 1.12**0.5 for sold in (units, 10 + 8 + 6 + 3)
    )
    shown = row(printed, name)
    assert shown[:2] == [units * 1000, owed]
    assert shown[2] == pytest.approx(alone, abs=0.0051)
    assert shown[3] == pytest.approx(min(100 * alone / owed, 100), abs=0.051)
    assert shown[4] == pytest.approx(together, abs=0.0051)
    assert shown[5] == pytest.approx(100 * together / owed, abs=0.051)


def test_the_cascade_stops_before_the_fourth_lender(printed: str) -> None:
    # 14,850 e^(-24/24) = 5,463: lender D's 12 m on 3,000 units is 73 %, below its 85 %.
    assert "from USD 16,500 to USD 5,463" in printed
    assert re.search(r"Lender C .*yes", printed)
    assert re.search(r"Lender D .*no", printed)


def test_every_answer_has_a_command_that_explains_it(printed: str) -> None:
    commands = re.findall(r"^  xlmodel (explain .*)$", printed, re.MULTILINE)
    assert len(commands) == 5 + 2 * 4 + 1
    program = Path(sys.executable).parent / "xlmodel"
    done = subprocess.run(
        f"{program} {commands[2]}", shell=True, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    answer = next(line for line in done.stdout.splitlines() if line.startswith("= NOLV"))
    assert float(answer.split("\t")[1]) == pytest.approx(CASH["orderly, removed"] * 1e6, rel=1e-9)
