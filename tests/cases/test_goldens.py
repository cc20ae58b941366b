"""The engine against numbers from outside, each row with its source and tolerance."""

import json
from typing import Any

import numpy as np

from tests.cases.adapters import ADAPTERS
from tests.cases.conftest import WITHOUT_ADAPTER


def test_golden(case: dict[str, str]) -> None:
    answer = ADAPTERS[case["measure"]](json.loads(case["inputs"]))
    expected = json.loads(case["expected"])
    # A published table is kept one column a row: `name__column` judges that entry of the answer.
    column = case["name"].partition("__")[2]
    if isinstance(answer, dict) and column in answer and not isinstance(expected, dict):
        answer = answer[column]
    _agrees(_plain(answer), expected, float(case["tolerance"]), case["name"])


def test_measure_has_an_adapter_or_is_listed_as_missing(measure: str) -> None:
    missing = WITHOUT_ADAPTER.read_text().split()
    assert (measure in ADAPTERS) != (measure in missing), (
        f"{measure}: write its adapter, or take it off {WITHOUT_ADAPTER.name} once it has one"
    )


def test_the_list_of_missing_measures_is_sorted_and_unique() -> None:
    missing = WITHOUT_ADAPTER.read_text().split()
    assert missing == sorted(set(missing))


def _plain(value: Any) -> Any:
    """Arrays become lists, numpy scalars Python numbers, undefined None."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float) and value != value:
        return None
    return value


def _agrees(got: Any, expected: Any, tolerance: float, where: str) -> None:
    if isinstance(expected, dict):
        assert isinstance(got, dict), f"{where}: expected {expected}, got {got}"
        assert set(expected) <= set(got), f"{where}: {set(expected) - set(got)} not answered"
        for key, value in expected.items():
            _agrees(got[key], value, tolerance, f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(got, list), f"{where}: expected {expected}, got {got}"
        assert len(got) == len(expected), f"{where}: {len(expected)} values expected, got {len(got)}"
        for i, (g, e) in enumerate(zip(got, expected, strict=True)):
            _agrees(g, e, tolerance, f"{where}[{i}]")
    elif isinstance(expected, bool) or expected is None or isinstance(expected, str):
        assert got == expected, f"{where}: expected {expected!r}, got {got!r}"
    else:
        assert isinstance(got, int | float), f"{where}: expected {expected}, got {got!r}"
        assert not isinstance(got, bool), f"{where}: expected {expected}, got {got!r}"
        assert abs(got - expected) <= tolerance, f"{where}: expected {expected} ± {tolerance}, got {got}"
