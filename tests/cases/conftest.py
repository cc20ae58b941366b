"""`pytest tests/cases --cases PATH` judges the engine by any file of the same columns."""

import csv
from pathlib import Path

import pytest

GOLDENS = Path(__file__).with_name("goldens.csv")
WITHOUT_ADAPTER = Path(__file__).with_name("without_adapter.txt")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    rows = _rows(metafunc.config)
    missing = set(WITHOUT_ADAPTER.read_text().split())
    if "case" in metafunc.fixturenames:
        judged = [row for row in rows if row["measure"] not in missing]
        metafunc.parametrize("case", judged, ids=[row["name"] for row in judged])
    if "measure" in metafunc.fixturenames:
        metafunc.parametrize("measure", sorted({row["measure"] for row in rows}))


def _rows(config: pytest.Config) -> list[dict[str, str]]:
    path = Path(config.getoption("--cases") or GOLDENS)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
