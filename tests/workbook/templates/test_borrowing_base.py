"""The borrowing base certificate against the engine's rules, line by line, for the example and for other numbers."""

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import openpyxl
import pytest

from xlmodel.collateral.borrowing_base import borrowing_base
from xlmodel.collateral.concentration import concentration_excess
from xlmodel.collateral.crypto import crypto_haircut
from xlmodel.collateral.dominion import compliance, fixed_charge_cover
from xlmodel.collateral.eligibility import Rule, eligibility
from xlmodel.collateral.liens import Item, lien_reserves, tie_out
from xlmodel.collateral.receivables import dilution_reserve, eligible_receivables, receivable_rules
from xlmodel.host.formualizer import calculated
from xlmodel.workbook.templates import TEMPLATES
from xlmodel.workbook.templates.borrowing_base.assets import LIEN, LOST, STALE
from xlmodel.workbook.templates.build import build

TEMPLATE = TEMPLATES["borrowing-base-certificate"]
DATE = dt.date(2026, 11, 23)
EXAMPLE = dict(TEMPLATE.example())
BUCKETS = {
    "Unbilled": "unbilled", "Past due": "past due", "Too old": "invoice too old", "Foreign": "foreign",
    "Cross-aged": "cross-aged", "Owed to the customer": "contra",
}  # fmt: skip


def moved(seed: int) -> dict[str, Any]:
    """Numbers of the example changed, and who passes which rule drawn anew."""
    chance = np.random.default_rng(seed)
    given = dict(EXAMPLE)
    for key in ("eq_nolv", "ar_amount", "cr_quantity", "cr_price", "cr_volatility", "st_rent", "cc_owed", "ex_amount"):
        given[key] = [value * float(chance.uniform(0.5, 1.5)) for value in EXAMPLE[key]]
    for key in ("commitment", "loans", "letters", "credits", "priority", "block", "trigger_amount", "ebitda", "capex",
                "interest", "principal", "cash", "overdue", "minimum_liquidity"):  # fmt: skip
        given[key] = EXAMPLE[key] * float(chance.uniform(0.5, 1.6))
    for key in ("eq_lien", "eq_found", "ar_billed", "cr_control", "st_waiver", "ex_place"):
        given[key] = [str(word) for word in chance.choice(["yes", "yes", "no"], len(EXAMPLE[key]))]
    given["ar_due"] = [int(EXAMPLE["date"] + n) for n in chance.integers(-110, 40, len(EXAMPLE["ar_due"]))]
    given["ar_invoiced"] = [due - 30 for due in given["ar_due"]]
    given |= {"cross_age": float(chance.uniform(0.1, 0.8)), "concentration": float(chance.uniform(0.2, 0.6))}
    given |= {"adv_crypto": float(chance.uniform(0.4, 0.9)), "default": "yes" if seed % 2 else "no"}
    return given


@pytest.fixture(scope="module", params=[None, 1, 2, 3], ids=["example", "moved 1", "moved 2", "moved 3"])
def both(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Any]:
    given = EXAMPLE if request.param is None else moved(request.param)
    return given, openpyxl.load_workbook(io.BytesIO(build(TEMPLATE, calculated, DATE, given)), data_only=True)


def figure(book: Any, name: str) -> Any:
    ((sheet, cell),) = book.defined_names[f"out_{name}"].destinations
    return book[sheet][cell].value


def column(book: Any, sheet: str, head: str, count: int) -> list[Any]:
    heads = [str(cell.value).removesuffix(", USD k") for cell in book[sheet][5]]
    return [book[sheet].cell(6 + i, heads.index(head) + 1).value for i in range(count)]


def near(got: Any, want: Any, name: str) -> None:
    np.testing.assert_allclose(np.asarray(got, dtype=float), want, rtol=1e-9, atol=1e-9, err_msg=name)


def equipment(given: Mapping[str, Any]) -> tuple[np.ndarray, list[str]]:
    """Eligible value of every line, and the first rule it fails."""
    value = np.array(given["eq_nolv"], dtype=float)
    serials = given["eq_serial"]
    again = [serial in serials[:i] for i, serial in enumerate(serials)]
    doubled = {serial.upper() for serial, twice in zip(serials, again, strict=True) if twice}
    assert doubled == set(tie_out(serials, serials).twice)
    found = eligibility(
        {"lien": [word == "yes" for word in given["eq_lien"]], "found": [word == "yes" for word in given["eq_found"]],
         "once": [not twice for twice in again], "age": [given["date"] - day for day in given["eq_appraised"]]},
        [Rule(LIEN, "lien", "is_true"), Rule(LOST, "found", "is_true"), Rule("pledged twice", "once", "is_true"),
         Rule(STALE, "age", "at_most", given["appraisal_days"])],
    )  # fmt: skip
    failed = found.failures
    names = [LIEN, LOST, "pledged twice", STALE]
    why = ["" if not failed[:, i].any() else names[int(failed[:, i].argmax())] for i in range(value.size)]
    return np.where(failed.any(axis=0), 0.0, value), why


def invoices(given: Mapping[str, Any]) -> Any:
    """The engine's book of invoices; concentration comes after, in the sheet as in a certificate."""
    return eligible_receivables(
        given["ar_amount"], given["ar_customer"],
        {"billed": [word == "yes" for word in given["ar_billed"]],
         "days_past_due": [given["date"] - due for due in given["ar_due"]],
         "invoice_age_days": [given["date"] - day for day in given["ar_invoiced"]], "country": given["ar_country"]},
        receivable_rules(given["past_due_days"], given["invoice_days"], [given["country1"], given["country2"]]),
        cross_age=given["cross_age"],
        contra={who: owed for who, owed in zip(given["cc_customer"], given["cc_owed"], strict=True) if owed},
    )  # fmt: skip


def test_equipment_counts_by_the_engines_rules(both: tuple[dict[str, Any], Any]) -> None:
    given, book = both
    eligible, why = equipment(given)
    near(column(book, "Equipment", "Eligible", eligible.size), eligible, "eligible")
    assert [word or "" for word in column(book, "Equipment", "Does not count: reason", eligible.size)] == why


def test_receivables_fall_into_the_engines_buckets(both: tuple[dict[str, Any], Any]) -> None:
    given, book = both
    found = invoices(given)
    count = len(given["ar_amount"])
    for head, name in BUCKETS.items():
        near(column(book, "Receivables", head, count), found.ineligible.get(name, np.zeros(count)), head)
    left = np.asarray(found.eligible)
    excess = concentration_excess(left, given["concentration"], given["ar_customer"]).excess
    near(column(book, "Receivables", "Above the limit", count), excess, "excess")
    near(column(book, "Receivables", "Eligible", count), left - excess, "eligible")


def test_crypto_is_lent_against_as_its_haircut_leaves(both: tuple[dict[str, Any], Any]) -> None:
    given, book = both
    cut = crypto_haircut(given["cr_volatility"], given["crypto_days"], given["crypto_confidence"],
                         given["crypto_slippage"]).total  # fmt: skip
    count = len(given["cr_coin"])
    near(column(book, "Crypto", "Haircut", count), cut, "haircut")
    value = np.array(given["cr_quantity"]) * np.array(given["cr_price"]) / 1000
    kept = np.where(np.array(given["cr_control"]) == "yes", value, 0.0)
    near(column(book, "Crypto", "Advance", count), kept * np.minimum(given["adv_crypto"], 1 - cut), "advance")


def test_reserves_are_the_engines(both: tuple[dict[str, Any], Any]) -> None:
    given, book = both
    eligible, _ = equipment(given)
    at = {site: float(eligible[np.array(given["eq_site"]) == site].sum()) for site in given["st_site"]}
    held = lien_reserves([
        Item("landlord or colocation waiver", site, waiver == "yes", months=given["rent_months"], monthly_rent=rent,
             value=at[site])
        for site, rent, waiver in zip(given["st_site"], given["st_rent"], given["st_waiver"], strict=True)
    ])  # fmt: skip
    left = np.asarray(invoices(given).eligible)
    pool = float((left - concentration_excess(left, given["concentration"], given["ar_customer"]).excess).sum())
    diluted = float(dilution_reserve(pool, given["credits"], given["sales"], given["diluted"]))
    missing = 0.0
    columns = (given[f"ex_{key}"] for key in ("amount", "place", "last", "days"))
    for amount, place, last, days in zip(*columns, strict=True):
        expired = bool(days) and (not last or given["date"] - last > days)
        missing += amount if place != "yes" or expired else 0.0
    want = sum(line.amount for line in held) + diluted + missing + given["priority"] + given["block"]
    near(figure(book, "reserves"), want, "reserves")


def test_the_line_is_the_engines(both: tuple[dict[str, Any], Any]) -> None:
    """Every line of collateral as an asset of its own, in one pool."""
    given, book = both
    eligible, _ = equipment(given)
    left = np.asarray(invoices(given).eligible)
    kept = left - concentration_excess(left, given["concentration"], given["ar_customer"]).excess
    cut = crypto_haircut(given["cr_volatility"], given["crypto_days"], given["crypto_confidence"],
                         given["crypto_slippage"]).total  # fmt: skip
    coins = np.array(given["cr_quantity"]) * np.array(given["cr_price"]) / 1000
    gross = np.concatenate([given["eq_nolv"], given["ar_amount"], coins])
    counts = np.concatenate([eligible, kept, np.where(np.array(given["cr_control"]) == "yes", coins, 0.0)])
    own = [given["adv_equipment"]] * eligible.size + [given["adv_receivables"]] * kept.size
    rates = np.concatenate([own, np.minimum(given["adv_crypto"], 1 - cut)])
    found = borrowing_base(gross, gross - counts, rates, figure(book, "reserves"), given["commitment"],
                           given["loans"] + given["letters"])  # fmt: skip
    for name in ("base", "line", "availability", "deficiency"):
        near(figure(book, name), float(getattr(found, name)), name)
    cover = fixed_charge_cover([given["ebitda"]], given["capex"], given["taxes"], [given["interest"]],
                               [given["principal"]], [given["distributions"]])  # fmt: skip
    kept_to = compliance(
        [float(found.line)], [given["loans"]], [given["letters"]], cover, [given["minimum_cover"]], [given["cash"]],
        [given["overdue"]], [given["trigger_amount"]], [given["trigger_share"]], 1, [given["default"] == "yes"],
    )  # fmt: skip
    near(figure(book, "cover"), cover[0], "cover")
    near(figure(book, "excess"), kept_to.excess_availability[0], "excess availability")
    near(figure(book, "liquidity"), kept_to.liquidity[0], "liquidity")
    assert figure(book, "dominion") == ("on" if kept_to.dominion.on[0] else "off")
    word = "not tested" if not kept_to.dominion.on[0] else "kept" if kept_to.passed[0] else "broken"
    assert figure(book, "covered") == word
    assert figure(book, "liquid") == ("kept" if kept_to.liquidity[0] >= given["minimum_liquidity"] else "broken")


def test_nothing_typed_says_so() -> None:
    book = openpyxl.load_workbook(io.BytesIO(build(TEMPLATE, calculated, DATE)), data_only=True)
    assert {figure(book, name) for name in ("base", "line", "availability", "deficiency", "dominion")} == {"n/a"}
    assert book["Cover"]["B4"].value == "Nothing is typed in yet"


def test_a_rule_without_its_number_is_not_tested() -> None:
    limits = {"past_due_days", "invoice_days", "cross_age", "concentration", "appraisal_days", "country1"}
    loose = {key: value for key, value in EXAMPLE.items() if key not in limits}
    book = openpyxl.load_workbook(io.BytesIO(build(TEMPLATE, calculated, DATE, loose)), data_only=True)
    count = len(EXAMPLE["ar_amount"])
    for head in ("Past due", "Too old", "Foreign", "Cross-aged", "Above the limit"):
        near(column(book, "Receivables", head, count), np.zeros(count), head)
    assert STALE not in column(book, "Equipment", "Does not count: reason", len(EXAMPLE["eq_nolv"]))
