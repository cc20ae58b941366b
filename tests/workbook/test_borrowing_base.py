"""The Borrowing base sheet, against a certificate filled in by hand."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.engines import recalculated
from tests.workbook.deals import EXAMPLES, deals, number
from tests.workbook.test_sheets import Filled
from xlmodel.deal import DealError, analyse, read
from xlmodel.workbook.report import fill, write

LINE: dict[str, Any] = tomllib.loads((EXAMPLES / "gpu_borrowing_base.toml").read_text(encoding="utf-8"))
DATE = dt.date(2026, 11, 23)


def changed(**parts: Any) -> Filled:
    return Filled(read(LINE | parts))


@pytest.fixture(scope="module")
def line() -> Filled:
    return Filled(deals()["gpu_borrowing_base"])


def test_every_excluded_asset_names_its_rule(line: Filled) -> None:
    assert [line.one(f"bb{i}.out") for i in range(9)] == [
        "eligible",
        "no waiver of the site",
        "appraisal too old",  # 31 March to 30 November are 244 days
        "eligible",
        "eligible",
        "past due",
        "country not accepted",
        "eligible",
        "no first lien",  # nobody states one
    ]


def test_the_certificate_by_hand(line: Filled) -> None:
    # Gross 14 + 5.6 + 1.6 + 4.2 + 1.4 + 0.9 + 0.7 + 5.4 + 1.8 = 35.6; out are 5.6, 1.6, 0.6 of set-off, 0.9, 0.7, 1.8.
    assert line.one("bb.gross") == pytest.approx(35.6)
    assert line.one("bb.all.ineligible") == pytest.approx(11.2)
    # Of 3.6 + 1.4 = 5.0 of invoices one customer may be 40 %, which is 2.0: 1.6 too much.
    assert line.one("bb3.excess") == pytest.approx(1.6)
    assert line.one("bb4.excess") == 0.0
    # 80 % of 14, 85 % of 2.0 and of 1.4, 50 % of 5.4 = 11.2 + 1.7 + 1.19 + 2.7 = 16.79, less 0.9 + 0.2 + 0.3.
    assert line.one("bb.all.advance") == pytest.approx(16.79)
    assert line.one("bb.base") == pytest.approx(15.39)
    # Below the commitment of 25; 18 drawn and 1.5 of letters stand against it.
    assert line.one("bb.line") == pytest.approx(15.39)
    assert line.one("bb.availability") == pytest.approx(-4.11)
    assert line.one("bb.deficiency") == pytest.approx(4.11)
    assert line.one("bb.used") == pytest.approx(19.5 / 15.39)


def test_the_verdict_says_what_has_to_be_repaid() -> None:
    assert "USD 4.1m have to be repaid at once: the borrowing base is USD 15.4m against USD 18.0m drawn" in " ".join(
        analyse(read(LINE)).verdict
    )
    small = [LINE["debt"][0] | {"amount": number(5, "USD m")}]
    said = " ".join(analyse(read(LINE | {"debt": small})).verdict)
    # 15.39 less 5 and 1.5.
    assert "leaves USD 8.9m to draw; 5 of 9 assets pledged do not count" in said


def test_without_rules_everything_counts() -> None:
    found = changed(borrowing_base={}, reserves=[])
    assert {found.one(f"bb{i}.out") for i in range(9)} == {"eligible"}
    # 0.8 x (14 + 5.6) + 0.6 x 1.6 + 0.85 x (3.6 + 1.4 + 0.9 + 0.7) + 0.5 x (5.4 + 1.8) = 15.68 + 0.96 + 5.61 + 3.6.
    assert found.one("bb.base") == found.one("bb.line") == pytest.approx(25.85)


def test_reserves_beyond_the_advance_leave_no_negative_base() -> None:
    found = changed(reserves=[{"name": "Block", "amount": number(40, "USD m")}])
    assert found.one("bb.base") == 0.0
    assert found.one("bb.reserve0.lost") == pytest.approx(16.79)
    assert found.one("bb.deficiency") == pytest.approx(19.5)
    assert found.one("bb.used") == "n/a"


def test_the_commitment_caps_the_line() -> None:
    found = changed(borrowing_base=LINE["borrowing_base"] | {"commitment": number(10, "USD m")})
    assert found.one("bb.line") == 10.0


@pytest.mark.parametrize(("parts", "sentence"), [
    ({"pledged": []}, "borrowing_base and pledged belong together"),
    ({"borrowing_base": None}, "borrowing_base and pledged belong together"),
    ({"borrowing_base": None, "pledged": None}, "reserves belong to a borrowing_base, which is missing"),
    ({"pledged": [LINE["pledged"][0]] * 2}, 'pledged: the name "1,000 H100, at NOLV" is used twice'),
    ({"pledged": [LINE["pledged"][3] | {"ineligible": number(5, "USD m")}]},
     "pledged[0]: ineligible must be at most the value of 4,200,000 USD, got 5,000,000 USD"),
    ({"pledged": [LINE["pledged"][0] | {"appraised": "2027-01-01"}]},
     "pledged[0].appraised must not come after as_of 2026-11-30, got 2027-01-01"),
    ({"pledged": [LINE["pledged"][0] | {"first_lien": "yes"}]},
     "pledged[0].first_lien must be true or false, got 'yes'"),
    ({"pledged": [LINE["pledged"][0] | {"advance_rate": number(80, "fraction")}]},
     "pledged[0].advance_rate: value must be at most 1 fraction, got 80 fraction"),
    ({"pledged": [LINE["pledged"][3] | {"days_past_due": number(2, "months")}]},
     'pledged[0].days_past_due: unit must be one of "days", got "months"'),
])  # fmt: skip
def test_what_cannot_be_is_refused(parts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DealError) as caught:
        read({key: value for key, value in (LINE | parts).items() if value is not None})
    assert sentence in str(caught.value)


@pytest.mark.libreoffice
@pytest.mark.xdist_group("libreoffice")
def test_typed_over_inputs_reach_the_certificate(tmp_path: Path) -> None:
    path = write(analyse(read(LINE)), tmp_path / "line.xlsx", date=DATE)
    layout = fill(analyse(read(LINE)), DATE)[0].layout
    book = openpyxl.load_workbook(path)
    typed = {
        "borrowing_base.appraisal_days": 300.0,
        "pledged[5].days_past_due": 30.0,
        "borrowing_base.concentration_limit": 0.5,
        "debt[0].amount": 10.0,
    }
    for key, value in typed.items():
        place = layout[key]
        book[place.sheet].cell(place.row + 1, place.column + 1).value = value
    book.save(tmp_path / "changed.xlsx")
    got = recalculated(tmp_path / "changed.xlsx")

    def shown(key: str) -> Any:
        place = layout[key]
        return got[place.sheet, f"{openpyxl.utils.get_column_letter(place.column + 1)}{place.row + 1}"]

    assert (shown("bb2.out"), shown("bb5.out")) == ("eligible", "eligible")
    # Half of 3.6 + 1.4 + 0.9 = 5.9 is 2.95: 0.65 too much. 11.2 + 0.96 + 0.85 x (2.95 + 1.4 + 0.9) + 2.7 - 1.4.
    assert shown("bb3.excess") == pytest.approx(0.65)
    assert shown("bb.base") == pytest.approx(17.9225)
    assert shown("bb.availability") == pytest.approx(17.9225 - 11.5)
    assert shown("bb.deficiency") == 0.0
