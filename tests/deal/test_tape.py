"""A tape against hand arithmetic, against one loan at a time and against itself: order, neighbours, chunks, memory."""

import tracemalloc
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.tape import loans as mixed
from tests.bench.tape import row as one
from tests.deal.describing import analysed
from xlmodel.asset.rental import rent_path
from xlmodel.collateral.haircut import haircut
from xlmodel.deal.tape import Figures, Paths, Problem, Tape, TapeAnalysis, analyse_tape
from xlmodel.errors import (
    AFTER_MATURITY,
    NEVER_UNDERWATER,
    NO_BREACH,
    NO_COLLATERAL_VALUE,
    NO_LIMIT,
    NO_SALE,
    NOTHING_AHEAD,
    ROW_REFUSED,
    InputError,
    reason,
)
from xlmodel.loan import coverage
from xlmodel.loan.accrual import floating_rate
from xlmodel.loan.balance_cap import Limb
from xlmodel.loan.life_coverage import loan_life_coverage
from xlmodel.loan.schedule import Schedule, schedule
from xlmodel.loan.sculpt import sculpt_to_debt

BOOK: dict[str, Any] = {"annual_rate": 0.1, "periods": 3, "frequency": 1, "cost": 1200, "annual_decay_eff": 0.5}
CASH = [[500.0, 500.0, 500.0]]


def tape(**columns: Any) -> Tape:
    return Tape.of(BOOK | {"principal": [1000.0], "cfads": CASH} | columns)


def paths(seen: TapeAnalysis) -> Paths:
    assert seen.paths is not None
    return seen.paths


def why(value: float) -> Any:
    return reason(float(value))


def bits(seen: TapeAnalysis, rows: Any, periods: Any = None) -> dict[str, bytes]:
    """Every number of some loans to the last bit, within their term where the width of the tape differs."""
    kept = {f.name: getattr(seen.figures, f.name)[rows].tobytes() for f in fields(Figures)}
    by_period = {f.name: getattr(paths(seen), f.name)[rows] for f in fields(Paths)}
    return kept | {name: np.ascontiguousarray(path[..., :periods]).tobytes() for name, path in by_period.items()}


def structures(count: int = 60) -> dict[str, Any]:
    """All structures, cash as a table, an index curve, three frequencies; blanks where a loan has no such thing."""
    rng, table = np.random.default_rng(3), mixed(count)
    for name in ("rent", "annual_deflation", "usage", "cash_cost", "share", "price", "term_periods"):
        del table[name]
    floats = np.isnan(table["annual_rate"])
    table["index"] = np.where(floats[:, None], rng.uniform(0.0, 0.06, (count, 40)), np.nan)
    table["cfads"] = table["principal"][:, None] * rng.uniform(0.06, 0.2, (count, 40))
    table["cfads"][np.arange(40) >= table["periods"][:, None]] = np.nan
    table["frequency"] = rng.choice([1, 4, 12], count)
    table["annual_rate"] /= np.where(table["frequency"] == 1, 2, 1)
    blank = rng.random(count) < 0.3
    for name in ("covenant", "target_dscr", "max_ltv", "advance_rate"):
        table[name] = np.where(rng.random(count) < 0.3, np.nan, table[name])
    for name in ("units_per_month_depth", "months_to_sale", "advance_rate"):
        table[name] = np.where(blank, np.nan, table[name])
    return table


SHUFFLED = structures(24)
STRAIGHT = analyse_tape(Tape.of(SHUFFLED))


def test_a_level_loan_by_hand() -> None:
    """1,000 at 10 % in three yearly payments, cash of 500, hardware of 1,200 that halves every year.

    1.1^3 = 1.331; payment = 1000 · 0.1 · 1.331 / 0.331 = 133.1 / 0.331 = 402.114804 (Excel: PMT(10%,3,-1000)).
    interest 100, principal 302.114804, owed 697.885196; then 69.788520, 332.326284, 365.558912; then 36.555891.
    coverage = 500 · 0.331 / 133.1 = 165.5 / 133.1 = 1.243426 in each period, each year, and over the life.
    hardware 1200, 600, 300, 150; owed over it 0.833333, 1.163142, 1.218530, 0.
    A sale of 1,200 units takes 12 months, in which the hardware halves and the market takes 100 · 12 units: e^-1.
    """
    seen = analyse_tape(
        tape(units=1200, units_per_month_depth=100, months_to_sale=12, covenant=1.25, target_dscr=1.25, max_ltv=0.75)
    )
    path, figure = paths(seen), seen.figures
    payment = 133.1 / 0.331
    owed = [697.8851963746224, 365.5589123867069, 0.0]
    assert path.debt_service[0] == pytest.approx([payment] * 3, rel=1e-14)
    assert path.interest[0] == pytest.approx([100, 69.78851963746224, 36.55589123867069], rel=1e-13)
    assert path.closing[0] == pytest.approx(owed, rel=1e-13, abs=1e-12)
    cover = 165.5 / 133.1
    assert path.dscr[0] == pytest.approx([cover] * 3, rel=1e-14)
    assert path.dscr_ltm[0] == pytest.approx([cover] * 3, rel=1e-14)
    assert path.dscr_ntm[0, :2] == pytest.approx([cover] * 2, rel=1e-14)
    assert why(path.dscr_ntm[0, 2]) is NOTHING_AHEAD
    assert path.llcr[0] == pytest.approx([cover] * 3, rel=1e-13)
    assert path.market_value[0].tolist() == [600, 300, 150]
    sold = 0.5 * np.exp(-1.0)
    assert path.liquidation_value[0] == pytest.approx([600 * sold, 300 * sold, 150 * sold], rel=1e-14)
    assert path.haircut[0] == pytest.approx([1 - sold] * 3, rel=1e-14)
    assert path.ltv_nominal[0] == pytest.approx([owed[0] / 1200, owed[1] / 1200, 0], rel=1e-13, abs=1e-15)
    assert path.ltv_adjusted[0] == pytest.approx([owed[0] / 600, owed[1] / 300, 0], rel=1e-13, abs=1e-15)
    assert figure.ltv_adjusted_at_close[0] == 1000 / 1200
    assert figure.worst_ltv_nominal[0] == 1000 / 1200
    assert figure.worst_ltv_adjusted[0] == pytest.approx(owed[1] / 300, rel=1e-13)
    assert figure.worst_ltv_liquidation[0] == pytest.approx(owed[1] / 300 / sold, rel=1e-13)
    assert (figure.underwater_period[0], figure.first_breach[0]) == (1, 1)
    assert figure.min_dscr[0] == pytest.approx(cover, rel=1e-14)
    # The cash carries 500 / 1.25 · (1 − 1.1^-3) / 0.1 = 400 · 2.48685 = 994.74, three quarters of 1,200 are less.
    assert (figure.debt_capacity[0], Limb(int(figure.capacity_limit[0]))) == (900, Limb.LTV)


def test_case_a_on_a_tape() -> None:
    """1.0x is broken in quarter 5, looking back in 7, looking ahead on test date 3; numpy recomputed the life cover."""
    columns = {"units": 1000, "rent": 2.4, "annual_deflation": 0.3, "usage": 0.85, "cash_cost": 0.3526, "covenant": 1.0}
    terms = {"principal": [28e6], "annual_rate": 0.12, "periods": 16, "cost": 35e6, "annual_decay_eff": 0.5}
    seen = analyse_tape(Tape.of(terms | columns))
    figure = seen.figures
    assert [float(x[0]) for x in (figure.first_breach, figure.first_breach_ltm, figure.first_breach_ntm)] == [5, 7, 3]
    expected = [1.5704050755123662, 1.4068835296376256, 1.2573118074712988, 1.1204998665608454]
    assert paths(seen).dscr[0, :4] == pytest.approx(expected, rel=1e-12)
    assert float(figure.llcr_at_close[0]) == pytest.approx(0.7789751701052924, rel=1e-12)


def test_a_tape_of_one_says_what_the_deal_says() -> None:
    deal = analysed(covenants=[])
    sale = {"units_per_month_depth": 500, "months_to_sale": 6, "condition": 0.05, "integration": 0.1}
    sale |= {"selling_pct": 0.1, "cost_per_unit": 500, "annual_decay_eff": 0.5, "cost": 35e6}
    cash = {"units": 1000, "rent": 2.4, "annual_deflation": 0.3, "usage": 0.85, "cash_cost": 0.22 + 1.275 * 1.3 * 0.08}
    got = paths(analyse_tape(Tape.of({"principal": [28e6], "annual_rate": 0.12, "periods": 16, **sale, **cash})))
    names = ("cfads", "debt_service", "dscr", "dscr_ltm", "dscr_ntm", "ltv_nominal", "ltv_adjusted", "ltv_liquidation")
    for name in names:
        np.testing.assert_allclose(getattr(got, name)[0], getattr(deal, name), rtol=1e-12, err_msg=name)
    np.testing.assert_allclose(got.closing[0], deal.balance, rtol=1e-12)
    assert deal.values.liquidation is not None
    np.testing.assert_allclose(got.liquidation_value[0], deal.values.liquidation, rtol=1e-12)


@pytest.mark.parametrize("table", [mixed(60), structures()], ids=["rent", "cash"])
def test_a_loan_alone_and_in_the_batch_agree_to_the_last_bit(table: dict[str, Any]) -> None:
    together = analyse_tape(Tape.of(table), chunk=17)
    assert len({(t, int(n)) for t, n in zip(table["type"], table["periods"], strict=True)}) > 10
    for i in range(60):
        term = int(table["periods"][i])
        alone = analyse_tape(Tape.of(one(table, i)))
        if together.problems and i + 1 in {p.row for p in together.problems}:
            assert alone.problems[0].expected in {p.expected for p in together.problems if p.row == i + 1}
            continue
        assert not alone.problems
        assert bits(together, i, term) == bits(alone, 0, term)
        behind = [getattr(paths(together), f.name)[i, term:] for f in fields(Paths)]
        assert all(why(x) is AFTER_MATURITY for path in behind for x in path)


def test_most_of_the_mixed_loans_are_answered() -> None:
    """Otherwise the comparison above would compare refusals."""
    assert len(analyse_tape(Tape.of(mixed(60))).problems) == 0
    answered = np.setdiff1d(np.arange(60), [p.row - 1 for p in analyse_tape(Tape.of(structures())).problems])
    assert {structures()["type"][i] for i in answered} == {"level", "straight", "bullet", "sculpted"}
    assert answered.size > 50


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(24)), st.integers(2, 30), st.booleans())
def test_order_and_chunk_do_not_matter(order: list[int], chunk: int, fortran: bool) -> None:
    moved = {name: np.asarray(column)[order] if np.ndim(column) else column for name, column in SHUFFLED.items()}
    if fortran:
        moved = {name: np.asfortranarray(column) if np.ndim(column) else column for name, column in moved.items()}
    here = analyse_tape(Tape.of(moved), chunk)
    assert bits(STRAIGHT, order) == bits(here, slice(None))
    rows = [order.index(p.row - 1) for p in STRAIGHT.problems]
    assert [p.row - 1 for p in here.problems] == sorted(rows)


def test_bad_neighbours_change_nothing() -> None:
    table = mixed(40)
    before = analyse_tape(Tape.of(table))
    spoilt = {name: np.array(column, copy=True) for name, column in table.items()}
    spoilt["principal"][[3, 17]] = [-1, np.nan]
    after = analyse_tape(Tape.of(spoilt))
    good = np.setdiff1d(np.arange(40), [3, 17])
    assert bits(before, good) == bits(after, good)
    assert [str(p) for p in after.problems] == [
        "row 4: principal must be at least 0, got -1",
        "row 18: principal is missing",
    ]
    for kept in (after.figures, paths(after)):
        for f in fields(kept):
            assert all(why(x) is ROW_REFUSED for x in getattr(kept, f.name)[[3, 17]].ravel())


RICH = [[4000.0, 4000.0, 4000.0]]
"""Cash that pays everything when it falls due, so that what is outstanding is the schedule."""


SINGLES: dict[str, tuple[dict[str, Any], Any]] = {
    "level": ({}, lambda: schedule(1000, 0.1, 3)),
    "straight": ({"type": "straight"}, lambda: schedule(1000, 0.1, 3, "straight")),
    "bullet": ({"type": "bullet"}, lambda: schedule(1000, 0.1, 3, "bullet")),
    "balloon": ({"balloon": 250}, lambda: schedule(1000, 0.1, 3, balloon=250)),
    "straight to a balloon": (
        {"balloon": 250, "type": "straight"},
        lambda: schedule(1000, 0.1, 3, "straight", balloon=250),
    ),
    "grace": ({"grace_periods": 1}, lambda: schedule(1000, 0.1, 3, grace=1)),
    "pik": ({"pik": 0.4}, lambda: schedule(1000, 0.1, 3, pik=0.4)),
    "floating at its floor": (
        {"annual_rate": None, "index": [0.01], "margin": 0.06, "floor": 0.03},
        lambda: schedule(1000, floating_rate(0.01, 0.06, 0.03), 3),
    ),
    "floating on a curve": (
        {"annual_rate": None, "index": [[0.01, 0.04, 0.07]], "margin": 0.06},
        lambda: schedule(1000, floating_rate([0.01, 0.04, 0.07], 0.06), 3),
    ),
    "sculpted": ({"type": "sculpted"}, lambda: sculpt_to_debt(RICH[0], 1000, 0.1).schedule),
}


@pytest.mark.parametrize("name", SINGLES)
def test_every_structure_is_the_function_of_one_loan(name: str) -> None:
    columns, function = SINGLES[name]
    got, loan = paths(analyse_tape(tape(cfads=RICH, **columns))), function()
    for f in fields(Schedule):
        if f.name != "draw":
            assert getattr(got, f.name)[0].tolist() == getattr(loan, f.name).tolist(), f.name
    assert got.dscr[0].tolist() == coverage.dscr(RICH[0], loan.debt_service).tolist()
    rate = {"floating at its floor": 0.09, "floating on a curve": [0.07, 0.1, 0.13]}.get(name, 0.1)
    np.testing.assert_allclose(got.llcr[0], loan_life_coverage(RICH[0], loan.opening, rate), rtol=1e-14)


def test_rent_and_sale_are_the_functions_of_one_loan() -> None:
    rent = {"units": 10, "rent": 2.0, "annual_deflation": 0.2, "usage": 0.8, "cash_cost": 0.3}
    contract = {"share": 0.5, "price": 3.0, "term_periods": 2, "take_or_pay": 0.9, "downtime_periods": 0.5}
    sale = {"units_per_month_depth": 4, "months_to_sale": 3, "selling_pct": 0.1, "cost_per_unit": 5, "fixed_cost": 7}
    given_ = BOOK | {"principal": 1000} | rent | contract | sale
    got = paths(analyse_tape(Tape.of(given_)))
    spot = rent_path(2.0, 3, 1, 0.2)
    # By hand: half at 3.00 for nine tenths of the hours in two years; the third year half of that half stands empty.
    hours = 10 * 8760
    cash = [hours * (1.35 + 0.5 * 0.8 * spot[k] - 0.3) for k in (0, 1)] + [hours * (0.75 * 0.8 * spot[2] - 0.3)]
    np.testing.assert_allclose(got.cfads[0], cash, rtol=1e-13)
    sold = haircut(10, [60, 30, 15], 3, 0.5, 4, selling_pct=0.1, cost_per_unit=5, fixed_cost=7)
    np.testing.assert_allclose(got.haircut[0], sold.total, rtol=1e-14)
    np.testing.assert_allclose(got.liquidation_value[0], sold.present_value, rtol=1e-14)


def test_what_a_loan_does_not_have_is_said() -> None:
    figure = analyse_tape(tape(cost=0)).figures
    assert why(figure.first_breach[0]) is NO_LIMIT
    assert why(figure.debt_capacity[0]) is NO_LIMIT
    assert why(figure.worst_ltv_liquidation[0]) is NO_SALE
    assert why(figure.worst_ltv_nominal[0]) is NO_COLLATERAL_VALUE
    assert figure.underwater_period[0] == 0
    safe = analyse_tape(tape(covenant=1.0, cost=1e6)).figures
    assert why(safe.first_breach[0]) is NO_BREACH
    assert why(safe.underwater_period[0]) is NEVER_UNDERWATER
    nothing = analyse_tape(tape(principal=0.0, type="bullet")).figures
    assert why(nothing.min_dscr[0]) is why(nothing.min_dscr_period[0])
    assert np.isnan(nothing.min_dscr[0])


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"principal": ["much"]}, "principal must be numeric, got 'much'"),
    ({"principal": [np.inf]}, "principal must be finite, got inf"),
    ({"principal": [None]}, "principal is missing"),
    ({"principal": [np.datetime64("2026-01-01")]}, "principal must be numeric, got datetime.date(2026, 1, 1)"),
    ({"annual_rate": [-1]}, "annual_rate must be greater than -1, got -1"),
    ({"annual_rate": None}, "annual_rate is missing, and so is an index"),
    ({"index": [0.04]}, "annual_rate and index are both given, but a loan is fixed or floating"),
    ({"margin": [0.04]}, "margin belongs to a floating loan, but index is missing, got 0.04"),
    ({"floor": [0.04]}, "floor belongs to a floating loan, but index is missing, got 0.04"),
    ({"annual_rate": None, "index": [[0.04, None, 0.05]]}, "index of period 2 is missing"),
    ({"annual_rate": None, "index": [[0.04, 0.05]]}, "periods must be at most the 2 columns of index, got 3"),
    ({"periods": [2.5]}, "periods must be a whole number, got 2.5"),
    ({"periods": [0]}, "periods must lie between 1 and 1200, got 0"),
    ({"periods": [4]}, "periods must be at most the 3 columns of cfads, got 4"),
    ({"frequency": [3]}, "frequency must be 1, 2, 4 or 12, got 3"),
    ({"type": ["annuity"]}, "type must be one of level, straight, bullet, sculpted, got 'annuity'"),
    ({"grace_periods": [3]}, "grace_periods must be fewer than periods, got 3"),
    (
        {"type": "sculpted", "grace_periods": [1]},
        "grace_periods does not apply: a sculpted loan pays when there is cash",
    ),
    ({"type": "sculpted", "pik": [0.5]}, "pik does not apply: a sculpted loan pays when there is cash, got 0.5"),
    ({"balloon": [1001]}, "balloon must be at most the principal, got 1001"),
    ({"pik": [1.5]}, "pik must lie between 0 and 1, got 1.5"),
    ({"cfads": [[1, None, 3]]}, "cfads of period 2 is missing"),
    ({"cfads": [[1, 2, "x"]]}, "cfads of period 3 must be numeric, got 'x'"),
    ({"cfads": [[1, 2, np.inf]]}, "cfads of period 3 must be finite, got inf"),
    ({"cost": [-1]}, "cost must be at least 0, got -1"),
    ({"annual_decay_eff": [1.0]}, "annual_decay_eff must be less than 1, got 1"),
    ({"units_per_month_depth": [100], "units": 5}, "months_to_sale is missing, which a sale needs"),
    ({"units_per_month_depth": [100], "months_to_sale": 5}, "units is missing, which a sale needs"),
    ({"months_to_sale": [6]}, "units_per_month_depth is missing, which months_to_sale needs for a sale"),
    ({"advance_rate": [0.85]}, "units_per_month_depth is missing, which advance_rate needs for a sale"),
    ({"covenant": [0]}, "covenant must be greater than 0, got 0"),
]


@pytest.mark.parametrize(("columns", "sentence"), MALFORMED, ids=[sentence for _, sentence in MALFORMED])
def test_a_bad_row_is_named_once_and_the_next_is_answered(columns: dict[str, Any], sentence: str) -> None:
    good = BOOK | {"principal": 1000.0, "cfads": CASH[0], "type": "level"}
    names = {**good, **columns}
    table: dict[str, Any] = {}
    for name, cell in names.items():
        bad = cell[0] if isinstance(cell, list) and name != "cfads" else cell
        bad = cell[0] if name == "cfads" and isinstance(cell[0], list) else bad
        fine = good.get(name, [None] * len(bad) if isinstance(bad, list) else None)
        table[name] = np.array([bad, fine], dtype=object)
    read = Tape.of(table)
    assert [(p.row, sentence in p.expected) for p in read.problems] == [(1, True)], [str(p) for p in read.problems]
    assert read.usable.tolist() == [False, True]
    seen = analyse_tape(read)
    alone = analyse_tape(tape())
    assert bits(seen, 1, 3) == bits(alone, 0, 3)
    assert why(seen.figures.min_dscr[0]) is ROW_REFUSED


def test_a_loan_the_engine_refuses_joins_the_problems() -> None:
    cash = np.tile(CASH[0], (6, 1))
    cash[1], cash[4] = [-1, 0, -2], [50, 900, 900]
    table = BOOK | {"principal": 1000.0, "cfads": cash, "type": ["sculpted"] * 5 + ["level"]}
    table["pik"], table["balloon"] = [0, 0, 0, 0, 0, 0.5], [0, 0, 0, 0, 0, 5000]
    seen = analyse_tape(Tape.of(table))
    assert [(p.row, p.column) for p in seen.problems] == [(2, "principal"), (5, "cfads"), (6, "principal")]
    assert "no sculpted service exists" in seen.problems[0].expected
    # 1,000 at 10 % bear 100 of interest; the first service is the cash over a coverage below 2, so less than 50.
    assert "the cash over the target is below the interest in period 1" in seen.problems[1].expected
    assert "new loan" in seen.problems[2].expected
    assert np.isnan(seen.figures.min_dscr).tolist() == [False, True, False, False, True, True]
    assert bits(seen, 0) == bits(analyse_tape(tape(type="sculpted")), 0)


def test_nothing_but_bad_rows() -> None:
    seen = analyse_tape(tape(principal=[-1.0]))
    assert paths(seen).dscr.shape == (1, 1)
    assert why(paths(seen).dscr[0, 0]) is ROW_REFUSED


def test_a_frame_with_blanks_reads_like_a_mapping() -> None:
    frame = pd.DataFrame(
        {
            "loan": ["a", "b"],
            "type": pd.Categorical(["bullet", None], categories=["bullet", "level"]),
            "principal": pd.array([1000, 1000], dtype="Int64"),
            "annual_rate": [0.1, np.nan],
            "index": pd.array([pd.NA, 0.04], dtype="Float64"),
            "margin": pd.array([pd.NA, 0.06], dtype="Float64"),
            "periods": [2, 3],
            "frequency": 1,
            "cfads_1": [500, 500],
            "cfads_2": [500, 500],
            "cfads_3": ["repaid", 500],
            "cost": 1200,
            "annual_decay_eff": ["0.5", "0.5"],
        },
        index=[7, 7],
    )
    seen = analyse_tape(Tape.of(frame, aside=["loan"]))
    assert not seen.problems
    assert bits(seen, 1) == bits(analyse_tape(tape()), 0)
    assert paths(seen).debt_service[0, :2].tolist() == [100, 1100]
    table = seen.table()
    assert table.index.tolist() == [1, 2]
    assert table["underwater_period"].tolist() == [1, 1]


def test_one_curve_serves_the_loans_that_float() -> None:
    table = {"principal": 1000.0, "annual_rate": [0.1, None], "index": [[0.01, 0.04, 0.07]], "margin": 0.06}
    seen = analyse_tape(Tape.of(BOOK | {"cfads": CASH} | table))
    assert not seen.problems
    assert paths(seen).debt_service[0].tolist() == schedule(1000, 0.1, 3).debt_service.tolist()
    assert paths(seen).debt_service[1].tolist() == schedule(1000, [0.07, 0.1, 0.13], 3).debt_service.tolist()


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (BOOK | {"principal": 1, "cfads": CASH, "ballon": 5}, "ballon is no column of a tape"),
        (BOOK | {"cfads": CASH}, "principal is missing: every loan needs it"),
        (BOOK | {"principal": [1, 2], "cost": [1, 2, 3]}, "principal has 2 rows where the tape has 3"),
        (BOOK | {"principal": 1, "cfads": CASH, "rent": 2}, "rent and cfads are both given"),
        (BOOK | {"principal": 1, "cfads": [1, 2, 3]}, "cfads must be a table of loans by periods, got 1 dimensions"),
        (BOOK | {"principal": 1, "cfads": [[1, 2], [1]]}, "cfads must have equally long rows"),
        (BOOK | {"principal": [[1, 2]], "cfads": CASH}, "principal must be a column"),
        (BOOK | {"principal": 1, "cfads_1": 1, "cfads_3": 1}, "cfads must be one table or the columns cfads_1"),
        ({}, "the tape is empty"),
        (BOOK | {"principal": []}, "the tape is empty"),
    ],
)
def test_a_table_that_is_no_tape_is_refused(table: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Tape.of(table)


def test_the_summary_holds_the_same_figures() -> None:
    read = Tape.of(mixed(50))
    full, short = analyse_tape(read), analyse_tape(read, summary=True)
    assert short.paths is None
    for f in fields(Figures):
        assert getattr(short.figures, f.name).tobytes() == getattr(full.figures, f.name).tobytes()


def test_working_memory_does_not_grow_with_the_tape() -> None:
    """Beyond what goes in and what comes out, ten times the loans need an index of 8 bytes a loan more, 0.14 MiB."""
    few, many = working(2_000), working(20_000)
    # A chunk in which more loans miss a payment needs a little more.
    assert many - few < 18_000 * 32
    assert many < 1.1 * few


def working(count: int) -> float:
    table = mixed(count)
    table["periods"] = 40
    read = Tape.of(table)
    analyse_tape(read, chunk=200, summary=True)
    tracemalloc.start()
    seen = analyse_tape(read, chunk=200, summary=True)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen.figures.min_dscr.size == count
    return peak - kept


def test_a_problem_is_a_sentence() -> None:
    assert str(Problem(3, "cost", -1, "cost must be at least 0, got -1")) == "row 3: cost must be at least 0, got -1"
