"""Rent, Debt and Sizing: what their cells say, against published goldens and arithmetic that is shown."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from tests.deal.plain import case_a as plain_case_a
from tests.engines import recalculated
from tests.workbook.deals import CASE_A, deals, number
from xlmodel.deal import Deal, analyse, read
from xlmodel.workbook.panel import highest
from xlmodel.workbook.report import fill, write
from xlmodel.workbook.sheet import Page

DATE = dt.date(2026, 11, 23)
DEALS = deals()


class Filled:
    """The pages of a report, whose cells are asked for by key."""

    def __init__(self, deal: Deal) -> None:
        self.pages = {page.name: page for page in fill(analyse(deal), DATE)}
        self.layout = self.pages["Cover"].layout

    def row(self, key: str) -> list[Any]:
        place = self.layout[key]
        assert place.columns is not None
        return [self._at(self.pages[place.sheet], place.row, c)
                for c in range(place.columns.first, place.columns.last + 1)]  # fmt: skip

    def one(self, key: str) -> Any:
        """The number in the closing column, or the single cell."""
        place = self.layout[key]
        column = place.column if place.columns is None else place.columns.closing
        return self._at(self.pages[place.sheet], place.row, column)

    def _at(self, page: Page, row: int, column: int) -> Any:
        for line in page.series:
            if line.row == row and 0 <= column - line.first_column < len(line.values):
                return line.values[column - line.first_column]
        found = [value for r, c, _, value, _ in page.formulas if (r, c) == (row, column)]
        return (found + [value for r, c, value, _ in page.numbers if (r, c) == (row, column)])[0]


@pytest.fixture(scope="module")
def case_a() -> Filled:
    return Filled(DEALS["case_a"])


def without(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in names}


def test_the_rent_of_case_a(case_a: Filled) -> None:
    # rec_breakeven_rental_multiplier and rec_breakeven_deflation of the goldens, made with numpy and brentq.
    multiple = case_a.row("rent.multiple")
    assert multiple[0] == pytest.approx(0.7024211012841138, rel=1e-9)
    assert multiple[4] == pytest.approx(1.0034587161201627, rel=1e-9)
    # The last service has interest on what could not be paid before: a second model, in plain loops.
    _, paid = plain_case_a()
    rent = 2.4 * 0.7 ** (15.5 / 4)
    assert multiple[15] == pytest.approx((paid.service[15] + 2.19e6 * 0.3526) / (2.19e6 * 0.85 * rent), rel=1e-9)
    assert case_a.one("rent.binding") == multiple[15]
    assert case_a.one("rent.binding.date") == 47483  # 31 December 2029, counted by Excel
    assert case_a.one("rent.headroom") == pytest.approx(0.29757889871588616, rel=1e-9)
    assert case_a.one("rent.short") == 12
    each = [
        1 - ((s + 2.19e6 * 0.3526) / (2.19e6 * 0.85 * 2.4)) ** (1 / ((k + 0.5) / 4)) for k, s in enumerate(paid.service)
    ]
    assert case_a.one("rent.deflation") == pytest.approx(min(each), rel=1e-9)
    # A merchant fleet: the break-even rent is the service and 0.7722 m over 1,000 x 2,190 h x 85 %.
    assert case_a.row("rent.even") == pytest.approx([(s / 1e6 + 0.772194) / 1.8615 for s in paid.service], rel=1e-6)


def test_the_debt_of_case_a(case_a: Filled) -> None:
    # rec_llcr_16q and rec_duration_mismatch of the goldens; after the last payment nothing is owed.
    assert case_a.one("lives.llcr") == pytest.approx(0.7789751701052924, rel=1e-9)
    llcr = case_a.row("lives.llcr")
    assert llcr[0] == pytest.approx(0.7126797932537499, rel=1e-9)
    # From the fifth quarter on cash is short: what is then outstanding comes from a second model, in plain loops.
    cash, paid = plain_case_a()
    assert llcr[14] == pytest.approx(cash[15] / 1.03 / paid.owed[14], rel=1e-9)
    # No cash is to come for what is then still owed.
    assert llcr[15] == 0.0
    repaid = [a - b for a, b in zip([28e6, *paid.owed], paid.owed, strict=False)]
    years = [(k + 1) / 4 for k in range(16)]
    assert case_a.one("lives.average") == pytest.approx(
        sum(t * p for t, p in zip(years, repaid, strict=True)) / sum(repaid), rel=1e-9
    )
    worth = [s / 1.03 ** (k + 1) for k, s in enumerate(paid.service)]
    assert case_a.one("lives.debt") == pytest.approx(
        sum(t * w for t, w in zip(years, worth, strict=True)) / sum(worth), rel=1e-9
    )


def test_cash_is_discounted_where_it_falls() -> None:
    # 2.4 a year on 4 straight over 2 years at 10 %: interest 0.4 and 0.2, service 2.4 and 2.2.
    deal = read(without(CASE_A, "merchant", "opex", "covenants", "sale") | {
        "timeline": {"closing": "2025-12-31", "frequency": 1, "periods": 2},
        "cash": {"name": "Cash", "amount": number(2.4, "USD m a year")},
        "debt": [{"name": "Loan", "amount": number(4, "USD m"), "rate": number(10, "% a year"),
                  "amortisation": "straight"}],
    })  # fmt: skip
    found = Filled(deal)
    assert "Rent" not in found.pages
    assert found.row("lives.icr") == pytest.approx([6.0, 12.0])
    # PV of the cash 2.4/1.1 + 2.4/1.21 = 4.16529 over 4; then 2.4/1.1 over 2.
    assert found.one("lives.llcr") == pytest.approx(4.165289256198347 / 4)
    assert found.row("lives.llcr") == [pytest.approx(2.4 / 1.1 / 2), "n/a"]
    assert found.one("lives.average") == pytest.approx(1.5)
    # Service is worth 2.4/1.1 + 2.2/1.21 = 4, its second part 1.81818: (2.18182 + 2 x 1.81818) / 4.
    assert found.one("lives.debt") == pytest.approx(1.4545454545454546)
    # Of the cash 1.98347 of 4.16529 falls in the second year.
    assert found.one("lives.cash") == pytest.approx(1 + 1.9834710743801653 / 4.165289256198347)
    assert found.one("lives.gap") == pytest.approx(-0.021645021645021)


def test_irregular_dates_weigh_with_their_own_time() -> None:
    found = Filled(DEALS["given ends, no covenant, no sale"])
    # Ends 30 June 2026, 31 January and 30 June 2027 from 15 January 2026, by 30/360: 165, 375 (31 counts as 30
    # only after a 30th: 30 June to 31 January is 210 days), 525 days.
    years, principal = [165 / 360, 375 / 360, 525 / 360], found.row("lives.principal")
    assert found.one("lives.average") == pytest.approx(
        sum(t * p for t, p in zip(years, principal, strict=True)) / sum(principal), rel=1e-9
    )


def test_debt_repaid_when_a_contract_and_the_hardware_end() -> None:
    # Straight over four years: half is repaid after two, three quarters when hardware of 3 years is written off.
    deal = read(without(CASE_A, "covenants") | {
        "timeline": {"closing": "2025-12-31", "frequency": 4, "periods": 16},
        "assets": [CASE_A["assets"][0] | {"useful_life": number(3, "years")}],
        "contracts": [{"name": "Half", "term": number(24, "months"), "price": number(2, "USD a unit-hour"),
                       "share": number(50, "%")}],
        "debt": [CASE_A["debt"][0] | {"amortisation": "straight"}],
        "merchant": CASE_A["merchant"] | {"rent": number(9, "USD a unit-hour")},
    })  # fmt: skip
    found = Filled(deal)
    assert found.one("lives.repaid.contract0") == pytest.approx(0.5)
    assert found.one("lives.repaid.asset0") == pytest.approx(0.75)
    assert found.row("rent.contracted") == [0.5] * 8 + [0.0] * 8
    assert found.row("rent.rolled") == [0.0] * 8 + [0.5] + [0.0] * 7
    # Quarter 8 and 9: the contract's price is there and gone.
    assert found.row("rent.price0")[7:9] == [2.0, "n/a"]
    # Quarter 1: the contract pays 1,000 x 2,190 x 50 % x 2 = 2.19 m of the service and of 0.772194 m of cost; the rest
    # comes from 500 x 2,190 x 85 % hours.
    service = found.row("rent.service")[0]
    assert found.row("rent.even")[0] == pytest.approx((service + 0.772194 - 2.19) / 0.93075, rel=1e-9)


def test_a_project_margin_moves_with_the_rent() -> None:
    found = Filled(DEALS["iren_microsoft_2026"])
    # 9,700 / 60 = 161.67 a month, 85 % of it is left; level service of 3,650 at 0.5 % a month over 60 is 70.5647.
    assert found.row("rent.multiple")[0] == pytest.approx(70.564730 / (161.6666667 * 0.85), rel=1e-6)
    # From month 25 a credit of 1,940 / 36 has to be earned as well.
    assert found.row("rent.multiple")[30] == pytest.approx((70.564730 + 53.8888889) / 137.4166667, rel=1e-6)
    assert found.row("rent.fixed") == [0.0] * 60
    # Break-even and coverage say the same: above 1 exactly where the cash does not pay.
    for name in ("two fleets", "iren_microsoft_2026_dated", "end of a stub at the start"):
        other = Filled(DEALS[name])
        pairs = zip(other.row("rent.multiple"), other.row("dscr"), strict=True)
        assert all((m > 1) == (d < 1) for m, d in pairs if "n/a" not in (m, d))


def test_no_deflation_breaks_even_where_rent_must_rise_too_fast() -> None:
    found = Filled(DEALS["given ends, no covenant, no sale"])
    assert found.one("rent.deflation") == "n/a"
    assert found.row("rent.fall")[0] == "none"


def test_sizing_of_case_a_at_130() -> None:
    # rec_sculpt_16q_merchant of the goldens: 1.30x and 3 % a quarter; without a covenant that is what is assumed.
    found = Filled(read(without(CASE_A, "covenants", "sale")))
    assert found.one("size.target") == 1.3
    assert found.one("size.by_cash") == pytest.approx(16.777926740729377, rel=1e-9)
    assert found.one("size.balance") == pytest.approx(16.777926740729377, rel=1e-9)
    assert found.row("size.principal")[0] == pytest.approx(2.1894282662907536, rel=1e-9)
    assert found.row("size.principal")[15] == pytest.approx(0.26092848333095922, rel=1e-9)
    # 80 % of a value of 35 is 28: the cash binds.
    assert found.one("size.by_ltv") == pytest.approx(28.0)
    assert found.one("size.binding") == "cash over the target"
    assert found.one("size.room") == pytest.approx(16.777926740729377 - 28, rel=1e-9)
    assert "repaid in full" in found.one("size.sentence")


def test_covenants_name_the_terms(case_a: Filled) -> None:
    # Case A: defaults of 1.00x and 1.05x, a lock-up of 1.20x, which is the strictest.
    assert case_a.one("size.target") == 1.2
    assert case_a.one("size.binding") == "liquidation value"
    two = Filled(DEALS["two fleets"])
    assert (two.one("size.target"), two.one("size.max_ltv")) == (1.3, 0.5)


RISING = without(CASE_A, "covenants", "sale", "opex") | {
    "timeline": {"closing": "2025-12-31", "frequency": 1, "periods": 2},
    "assets": [CASE_A["assets"][0] | {"cost": number(300, "USD m")}],
    "merchant": {
        "points": [{"date": "2025-12-31", "rent": number(10 / 8.76, "USD a unit-hour")},
                   {"date": "2026-12-31", "rent": number(200 / 8.76, "USD a unit-hour")}],
        "usage": number(100, "%"), "timing": "start",
    },
    "debt": [CASE_A["debt"][0] | {"amount": number(5, "USD m"), "rate": number(10, "% a year")}],
}  # fmt: skip
"""Cash of 10 and 200 at 10 %."""

_FIRST = RISING["merchant"]["points"][0]
FLAT = RISING | {"merchant": RISING["merchant"] | {"points": [_FIRST, _FIRST | {"date": "2026-12-31"}]}}
"""Cash of 10 twice."""


def test_cash_that_cannot_carry_its_interest_is_said_so() -> None:
    # At 1.30x service is 7.6923 and 153.8462, worth 6.9930 + 127.1456; its interest of 13.41 is not paid by 7.69.
    found = Filled(read(RISING))
    assert found.row("size.cfads") == pytest.approx([10.0, 200.0])
    assert found.one("size.by_cash") == pytest.approx(6.993006993006993 + 127.14558169103624)
    assert found.one("size.by_interest") == pytest.approx(76.92307692307692)
    assert found.one("size.binding") == "interest of a period"
    assert "does not carry its interest in period 1." in found.one("size.sentence")
    assert found.row("size.balance") == ["n/a", "n/a"]
    assert found.one("size.balance") == "n/a"
    assert found.row("size.missing") == pytest.approx([13.413858868404323 - 7.6923076923076925, 0.0])


def test_without_positive_cash_nothing_is_carried() -> None:
    found = Filled(read(RISING | {"opex": {"fixed": number(300, "USD m a year")}}))
    assert found.one("size.debt") == 0.0
    assert found.one("size.binding") == "no positive cash"
    assert "carries no debt" in found.one("size.sentence")
    assert found.row("size.balance") == [0.0, 0.0]
    # Level service of 5 at 10 % over two years is 2.8810, to which 300 of cost come, over revenue of 10.
    assert found.row("rent.multiple")[0] == pytest.approx((2.8809523809523809 + 300) / 10)


def test_a_bullet_is_refinanced_by_what_is_left_of_the_collateral() -> None:
    # 35 halved four times is 2.1875, of which 80 % is 1.75; of 28 that leaves 26.25.
    data = without(CASE_A, "covenants", "sale") | {"debt": [CASE_A["debt"][0] | {"amortisation": "bullet"}]}
    found = Filled(read(data))
    assert found.one("size.lump") == 28.0
    assert found.one("size.refinanced") == pytest.approx(1.75)
    assert found.one("size.gap") == pytest.approx(26.25)
    assert found.one("size.gap_share") == pytest.approx(0.9375)
    assert "size.lump" not in Filled(DEALS["case_a"]).layout
    # Three tranches with a lump: balloons of 3 and 1 and a bullet of 4.
    assert Filled(DEALS["two fleets"]).one("size.lump") == pytest.approx(8.0)


def test_the_highest_of_equals_is_the_first() -> None:
    import numpy as np

    _, value, _, date = highest("x", np.array([np.nan, 1.0, 1.0 + 1e-15]), np.array([1.0, 2.0, 3.0]))
    assert (value, date) == (1.0 + 1e-15, 2.0)
    _, value, _, date = highest("x", np.array([np.nan]), np.array([1.0]))
    assert (value, date) == ("n/a", "n/a")


@pytest.mark.libreoffice
@pytest.mark.xdist_group("libreoffice")
@pytest.mark.parametrize(
    ("data", "typed", "changed"),
    [
        (
            CASE_A,
            {"merchant.annual_deflation": -0.1, "debt[0].amount": 20.0, "covenants[3].lockup": 1.5},
            {
                "merchant": CASE_A["merchant"] | {"annual_deflation": number(-10, "% a year")},
                "debt": [CASE_A["debt"][0] | {"amount": number(20, "USD m")}],
                "covenants": [*CASE_A["covenants"][:3],
                              CASE_A["covenants"][3] | {"lockup": number(1.5, "x")}],
            },
        ),
        (
            # From a loan that exists to one that does not, whose cells turn into words.
            FLAT,
            {"merchant.points[1].rent": 200 / 8.76},
            {"merchant": RISING["merchant"]},
        ),
    ],
)  # fmt: skip
def test_a_changed_input_reaches_the_sheets(
    tmp_path: Path, data: dict[str, Any], typed: dict[str, float], changed: dict[str, Any]
) -> None:
    got, layout = _typed(tmp_path, read(data), typed)
    want = Filled(read(data | changed))
    rows = ["rent.multiple", "rent.even", "lives.llcr", "lives.icr", "size.balance", "size.missing"]
    ones = ["rent.binding", "lives.gap", "size.debt", "size.binding", "size.sentence", "size.room"]
    if "rent.fall" in layout:
        rows, ones = [*rows, "rent.fall"], [*ones, "rent.deflation"]
    for key in rows:
        place = layout[key]
        cells = [got[place.sheet, f"{get_column_letter(place.columns.first + 1 + k)}{place.row + 1}"]
                 for k in range(len(want.row(key)))]  # fmt: skip
        assert cells == [x if isinstance(x, str) else pytest.approx(x, rel=1e-9, abs=1e-12) for x in want.row(key)], key
    for key in ones:
        place = layout[key]
        column = place.column if place.columns is None else place.columns.closing
        cell, one = got[place.sheet, f"{get_column_letter(column + 1)}{place.row + 1}"], want.one(key)
        assert cell == (one if isinstance(one, str) else pytest.approx(one, rel=1e-9, abs=1e-12)), key


@pytest.mark.libreoffice
@pytest.mark.xdist_group("libreoffice")
def test_a_target_typed_over_the_covenant_is_followed(tmp_path: Path) -> None:
    # What the cash carries is inversely proportional to the target: at 1.30x the golden, at 2.60x half of it.
    got, layout = _typed(tmp_path, DEALS["case_a"], {"size.target": 2.6, "size.advance": 1.0})
    place = layout["size.by_cash"]
    cell = f"{get_column_letter(place.columns.closing + 1)}{place.row + 1}"
    assert got["Sizing", cell] == pytest.approx(16.777926740729377 / 2, rel=1e-9)


def _typed(tmp_path: Path, deal: Deal, typed: dict[str, float]) -> tuple[Any, Any]:
    """The cells of a report after somebody typed over some of its inputs, and where everything lies."""
    path = write(analyse(deal), tmp_path / "report.xlsx", date=DATE)
    layout = fill(analyse(deal), DATE)[0].layout
    book = openpyxl.load_workbook(path)
    for key, value in typed.items():
        place = layout[key]
        column = place.column if place.columns is None else place.columns.closing
        book[place.sheet].cell(place.row + 1, column + 1).value = value
    book.save(tmp_path / "changed.xlsx")
    return recalculated(tmp_path / "changed.xlsx"), layout


def test_the_terms_of_sizing_are_unlocked_and_say_that_they_are_assumed(tmp_path: Path) -> None:
    for name in ("case_a", "given ends, no covenant, no sale"):
        path = write(analyse(DEALS[name]), tmp_path / f"{len(name)}.xlsx", date=DATE)
        filled = Filled(DEALS[name])
        sheet = openpyxl.load_workbook(path)["Sizing"]
        for key in ("size.target", "size.max_ltv"):
            place = filled.layout[key]
            assert place.columns is not None
            cell = sheet.cell(place.row + 1, place.columns.closing + 1)
            assert not cell.protection.locked
            assert cell.font.color.rgb == "FF0000FF"
            assert sheet.cell(place.row + 1, place.columns.first + 1).value.startswith("Assumption: ")
