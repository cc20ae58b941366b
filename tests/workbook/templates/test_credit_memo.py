"""The credit memo against the engine, for the example and for other numbers, and by hand for its own arithmetic."""

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import openpyxl
import pytest

from xlmodel.asset.market import collateral_value
from xlmodel.collateral.ltv import loan_to_value
from xlmodel.host.formualizer import calculated
from xlmodel.loan import coverage
from xlmodel.loan.covenant import first_breach
from xlmodel.workbook.templates import TEMPLATES
from xlmodel.workbook.templates.build import build

TEMPLATE = TEMPLATES["credit-memo"]
DATE = dt.date(2026, 11, 23)
PERIODS = 60
EXAMPLE = dict(TEMPLATE.example())
RANDOM = np.random.default_rng(9)


def moved() -> dict[str, Any]:
    """Every number of the example changed by up to a tenth; paid by the quarter, a contract that ends before it."""
    numbers = ("cost", "prepaid", "contract_amount", "margin", "debt_amount", "debt_rate", "decay", "haircut", "fall",
               "worst_decay")  # fmt: skip
    changed = {key: EXAMPLE[key] * float(RANDOM.uniform(0.9, 1.1)) for key in numbers}
    return EXAMPLE | changed | {
        "frequency": 4.0, "debt_periods": 24.0, "contract_term": 49.5, "prepaid_from": 8.0, "prepaid_to": 29.0,
        "merchant": 800.0, "fees": 31.0, "reserve": 54.0, "day_one": 0.07, "covenant": 1.3,
    }  # fmt: skip


def opened(given: Mapping[str, Any]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(build(TEMPLATE, calculated, DATE, given)), data_only=True)


def figure(book: Any, name: str) -> Any:
    ((sheet, cell),) = book.defined_names[f"out_{name}"].destinations
    return book[sheet][cell].value


def row(book: Any, label: str) -> np.ndarray:
    for line in book["Backup"].iter_rows(min_row=24, values_only=True):
        if line[0] == label:
            return np.array([np.nan if cell == "n/a" else float(cell) for cell in line[4 : 4 + PERIODS]])
    raise KeyError(label)


@pytest.fixture(scope="module", params=[EXAMPLE, moved()], ids=["example", "moved"])
def both(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Any]:
    return request.param, opened(request.param)


def overlap(given: Mapping[str, Any], first: float, last: float) -> np.ndarray:
    """Months of each period between two months, counted month by month in hundredths."""
    step = 12 / given["frequency"]
    fine = (np.arange(round(first * 100), round(last * 100)) + 0.5) / 100
    return np.histogram(fine, bins=np.arange(PERIODS + 1) * step)[0] / 100


def test_the_figures_are_the_engines(both: tuple[dict[str, Any], Any]) -> None:
    given, book = both
    per, count = given["frequency"], int(given["debt_periods"])
    rate, owed = given["debt_rate"] / per, given["debt_amount"]
    # A level payment: owed · r / (1 - (1 + r)^-n); the balance from its closed form.
    service = np.where(np.arange(PERIODS) < count, owed * rate / (1 - (1 + rate) ** -count), 0.0)
    ends = np.minimum(np.arange(PERIODS + 1), count)
    balance = owed * (1 + rate) ** ends - service[0] * ((1 + rate) ** ends - 1) / rate
    interest = np.where(service > 0, balance[:-1] * rate, 0.0)
    revenue = given["contract_amount"] / given["contract_term"] * overlap(given, 0, given["contract_term"])
    horizon = PERIODS * 12 / per
    revenue = revenue + given.get("merchant", 0.0) / 12 * overlap(given, given["contract_term"], horizon)
    months = given["prepaid_to"] - given["prepaid_from"] + 1
    credit = given["prepaid"] / months * overlap(given, given["prepaid_from"] - 1, given["prepaid_to"])
    flow = revenue * given["margin"] - credit
    worst = flow - revenue * given["fall"]
    ages = np.arange(1, PERIODS + 1) / per
    first_use = given.get("day_one", 0.0)
    market, worst_market = (
        collateral_value(given["cost"], ages, given[key], day_one_loss=first_use) for key in ("decay", "worst_decay")
    )
    dscr, stressed = coverage.dscr(flow, service), coverage.dscr(worst, service)
    new = given["cost"] * (1 - first_use)
    alive = service > 0
    uses = given["cost"] + given.get("fees", 0.0) + given.get("reserve", 0.0)
    for name, want in {
        "uses": uses,
        "equity": uses - owed - given["prepaid"],
        "min_dscr": np.nanmin(dscr),
        "avg_dscr": np.nanmean(dscr),
        "min_icr": np.min(flow[alive] / interest[alive]),
        "llcr": np.sum(flow[alive] / (1 + rate) ** np.arange(1, count + 1)) / owed,
        "debt_cfads": owed / flow[: int(per)].sum(),
        "ltv_cost": owed / given["cost"],
        "ltv_market": owed / new,
        "ltv_sale": owed / (new * (1 - given["haircut"])),
        "max_ltv": np.max(balance[1:] / market),
        "worst_dscr": np.nanmin(stressed),
        "worst_ltv": np.max(balance[1:] / worst_market),
    }.items():
        np.testing.assert_allclose(figure(book, name), want, rtol=1e-9, err_msg=name)
    np.testing.assert_allclose(row(book, "CFADS"), flow, rtol=1e-9)
    np.testing.assert_allclose(row(book, "DSCR, worst case"), stressed, rtol=1e-9)
    np.testing.assert_allclose(
        row(book, "LTV on sale value"), loan_to_value(np.maximum(balance[1:], 0), market * (1 - given["haircut"])),
        rtol=1e-9, atol=1e-9,
    )  # fmt: skip
    dates = [cell.value for cell in book["Backup"][4][4 : 4 + PERIODS]]
    for name, at in (
        ("breach", int(first_breach(dscr, given["covenant"], "below"))),
        ("worst_breach", int(first_breach(stressed, given["covenant"], "below"))),
    ):
        assert figure(book, name) == ("none" if at < 0 else dates[at])
    for name, value in (("underwater", market), ("worst_underwater", worst_market)):
        under = np.flatnonzero(balance[1:] > value + 1e-6)
        assert figure(book, name) == (dates[under[0]] if under.size else "none")


def test_the_memo_shows_the_figures() -> None:
    book = opened(EXAMPLE)
    cells = {cell.value for line in book["Memo"].iter_rows() for cell in line if cell.value is not None}
    for name in ("min_dscr", "llcr", "ltv_cost", "ltv_market", "ltv_sale", "worst_dscr", "worst_breach", "equity"):
        assert figure(book, name) in cells, name
    assert EXAMPLE["recommendation"] in cells
    # 5,810 of uses less 3,650 of loan and 1,940 of prepayment.
    assert figure(book, "equity") == 220.0


def test_a_blank_memo_says_so() -> None:
    book = opened({})
    assert figure(book, "min_dscr") == figure(book, "ltv_sale") == figure(book, "worst_breach") == "n/a"
    assert book["Cover"]["B4"].value == "Nothing is typed in yet"
