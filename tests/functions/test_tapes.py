"""A column of loans in one spilled call: its shape, its bad rows, and each row as if it stood alone."""

from typing import Any

import numpy as np
import pytest

from xlmodel.errors import ExcelError
from xlmodel.functions import CATALOGUE, Record, call, why
from xlmodel.functions.cells import OMITTED

PARTS = CATALOGUE["XLMODEL_HAIRCUT_PARTS"]
PATH = CATALOGUE["XLMODEL_LTV_PATH"]
PREMISES = CATALOGUE["XLMODEL_LIQUIDATION_VALUE"]
MARGIN = CATALOGUE["XLMODEL_MARGIN_CALL"]
NAMES = ["obsolescence", "condition", "integration", "depth", "selling", "removal", "fixed", "discounting", "total"]
LOANS = 20_000


def columns(count: int, *spans: tuple[float, float]) -> list[Any]:
    rng = np.random.default_rng(3)
    return [tuple((float(v),) for v in rng.uniform(low, high, count)) for low, high in spans]


def test_twenty_thousand_loans_give_their_parts_in_one_call() -> None:
    """Bad rows show their errors in every column; in the others the parts add up to the haircut of that loan."""
    given = columns(LOANS, (100, 5000), (2e4, 4e4), (3, 9), (0.2, 0.5), (100, 1000), (0, 0.2), (0, 0.1))
    wrong = {7: (-1.0, ExcelError.NUM), 8: ("abc", ExcelError.VALUE), 19_999: (ExcelError.NA, ExcelError.NA)}
    given[2] = tuple((wrong[i][0],) if i in wrong else c for i, c in enumerate(given[2]))
    shown = call(PARTS, given)
    assert shown[0] == NAMES
    assert len(shown) == LOANS + 1
    assert {i: shown[i + 1] for i in wrong} == {i: [error] * len(NAMES) for i, (_, error) in wrong.items()}
    good = np.array([row for i, row in enumerate(shown[1:]) if i not in wrong])
    np.testing.assert_allclose(good[:, :-1].sum(axis=1), good[:, -1], rtol=1e-9)
    totals = call(CATALOGUE["XLMODEL_HAIRCUT"], given)
    assert [row[-1:] for row in shown[1:]] == totals


def test_three_ltvs_of_twenty_thousand_loans() -> None:
    owed, paid, worth, sold = columns(LOANS, (0, 2e6), (2e6, 3e6), (1e6, 2e6), (1e5, 1e6))
    shown = call(PATH, [owed, paid, worth, sold])
    assert shown[0] == ["nominal", "adjusted", "liquidation", "illusion"]
    assert len(shown) == LOANS + 1
    ratios = np.array(shown[1:])
    b, c, v, n = (np.array(x)[:, 0] for x in (owed, paid, worth, sold))
    np.testing.assert_allclose(ratios, np.column_stack([b / c, b / v, b / n, b / n - b / c]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("record", "given"),
    [
        (PARTS, columns(4, (100, 5000), (2e4, 4e4), (3, 9), (0.2, 0.5), (100, 1000))),
        (PATH, columns(4, (1, 2), (3, 4), (2, 3), (1, 2))),
        (PREMISES, columns(4, (100, 5000), (2e4, 4e4), (0.2, 0.5), (100, 1000), (1, 2), (6, 12))),
        (MARGIN, [*columns(4, (60, 70), (75, 80), (0.5, 0.6), (0, 0.2)), OMITTED, "all"]),
    ],
    ids=lambda x: x.name if isinstance(x, Record) else "",
)
def test_a_loan_in_a_tape_is_the_loan_alone_down_and_across(record: Record, given: list[Any]) -> None:
    """To the last bit."""

    def each(change: Any) -> list[Any]:
        return [change(a) if isinstance(a, tuple) else a for a in given]

    down = call(record, given)
    for i in range(4):
        assert call(record, each(lambda a, i=i: a[i][0])) == [down[0], down[i + 1]]
    across = call(record, each(lambda a: (tuple(row[0] for row in a),)))
    assert across == [list(row) for row in zip(*down, strict=True)]


def test_one_part_keeps_the_shape_of_a_table_and_all_of_them_do_not_fit() -> None:
    units = ((100.0, 200.0), (300.0, 400.0))
    one = [units, 1.0, 6.0, 0.5, 100.0, *[OMITTED] * 11, "depth"]
    assert np.shape(call(PARTS, one)) == (2, 2)
    assert call(PARTS, one[:5]) == [[ExcelError.VALUE]]
    assert why(PARTS.name, one[:5]) == "several answers for a table of arguments fit no sheet: ask for one of them."


def test_a_table_without_headings_and_in_money() -> None:
    """By hand: half of 200 is lost in a year, and e^(−1) of the rest is kept."""
    given = [100.0, 2.0, 12.0, 0.5, 100 / 12, *[OMITTED] * 2, "exponential", *[OMITTED] * 8, "all", "money", False]
    (row,) = call(PARTS, given)
    assert row[:4] == pytest.approx([100, 0, 0, 100 * (1 - np.exp(-1))], rel=1e-12)
    assert row[-1] == pytest.approx(200 - 100 * np.exp(-1), rel=1e-12)


def test_a_pool_with_its_obligors_as_a_certificate() -> None:
    """By hand: 80 and 0.9 · 20, less 10; B owes 20 of 40 where half may be owed, C 20 too."""
    pool = [((100.0, 20.0, 20.0),), 0.0, ((0.8, 0.9, 0.0),), 10.0, 70.0, 60.0, (("", "B", "C"),), 0.5, "all"]
    head, row = call(CATALOGUE["XLMODEL_BORROWING_BASE"], pool)
    told = dict(zip(head, row, strict=True))
    assert told == {
        "excess": 0.0,
        "eligible": 140.0,
        "advance": 98.0,
        "reserves": 10.0,
        "base": 88.0,
        "line": 70.0,
        "availability": 10.0,
        "deficiency": 0.0,
    }
    two = [((100.0, 20.0), (10.0, 20.0)), 0.0, 0.5, ((0.0,), (5.0,)), 100.0, 30.0]
    assert call(CATALOGUE["XLMODEL_BORROWING_BASE"], two) == [[30.0], [-20.0]]


def test_lenders_of_one_market_below_each_other() -> None:
    """By hand: 0.92 · e^(−0.05); the first lender sells 100 and is short of its 85."""
    given = [1.0, 0.08, 2000.0, ((100.0, 100.0, 100.0),), ((85.0, 78.0, 60.0),), 0.9, OMITTED, "all"]
    shown = call(CATALOGUE["XLMODEL_FIRE_SALE"], given)
    price = 0.92 * np.exp(-0.05)
    assert shown[0] == ["lender", "price", "sold", "loss"]
    assert [row[2] for row in shown[1:]] == [100.0, 0.0, 0.0]
    assert shown[1] == pytest.approx([1.0, price, 100.0, 0.0], abs=1e-9)


def test_where_more_is_owed_than_the_collateral_is_worth() -> None:
    dates = (("2026-03-31", "2026-06-30", "2026-09-30"),)
    record = CATALOGUE["XLMODEL_UNDERWATER_DATE"]
    loans = [((80.0, 60.0, 30.0), (80.0, 40.0, 20.0)), ((100.0, 50.0, 25.0),) * 2]
    assert call(record, [*loans, dates]) == [[46203.0], ["none"]]  # Excel: DATE(2026,6,30)
    assert call(record, [*loans, dates, "period"]) == [[2.0], ["none"]]
    assert call(record, [*loans, OMITTED, "worst_ltv"]) == [[1.2], [0.8]]
    assert call(record, [*loans, (("2026-03-31",),)]) == [[ExcelError.VALUE]]
