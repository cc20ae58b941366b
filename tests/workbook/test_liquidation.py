"""Collateral and Liquidation: what their cells say, against arithmetic that is shown and the engine's own search."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbook.deals import CASE_A, deals, number
from tests.workbook.test_sheets import Filled
from xlmodel.collateral.sale import liquidation_values
from xlmodel.deal import analyse, read
from xlmodel.workbook.premises import Terms, terms

DEALS = deals()


@pytest.fixture(scope="module")
def seizure() -> Filled:
    return Filled(DEALS["seizure_10000_h100"])


def test_three_ratios_and_the_illusion(seizure: Filled) -> None:
    # 180 over 300, over 165, and over what the sale below brings.
    # 165 x 0.65^0.5 = 133.0277; x 0.95 x 0.85 = 107.4195; x e^(-10,000/24,000) = 70.8153; x 0.92 = 65.1501;
    # less 4 of removal and 3 of fixed cost 58.1501; over 1.12^0.5 = 54.9467.
    net = (165 * math.sqrt(0.65) * 0.95 * 0.85 * math.exp(-10 / 24) * 0.92 - 7) / math.sqrt(1.12)
    assert net == pytest.approx(54.9467, abs=5e-5)
    assert seizure.one("col.ltv_nominal0") == pytest.approx(0.60)
    assert seizure.one("col.ltv_adjusted0") == pytest.approx(180 / 165)
    assert seizure.one("col.ltv_liquidation0") == pytest.approx(180 / net)
    assert seizure.one("col.gap0") == pytest.approx(180 / net - 0.60)
    assert seizure.one("col.money0") == pytest.approx(300 - net)
    assert seizure.one("col.critical") == pytest.approx(net / 165)
    assert seizure.one("col.critical.cost") == pytest.approx(net / 300)
    # 30 November 2026, counted by Excel: the loan is under water from the first day.
    assert seizure.one("col.under") == 46356


def test_the_bridge_ends_in_the_cash_and_its_parts_add_up(seizure: Filled) -> None:
    page = seizure.pages["Collateral"]
    place = seizure.layout["col.bridge.loss"]
    lost = [v for r, c, _, v, _ in page.formulas if c == place.column and place.row <= r <= place.last_row]
    assert sum(lost) == pytest.approx(300 - 54.94666, abs=1e-4)
    assert lost[1] == pytest.approx(135.0)  # 300 less 165


def test_how_much_hangs_on_each_assumption(seizure: Filled) -> None:
    def cash(decay: float = 0.35, depth: float = 4.0, months: float = 6.0, fixed: float = 3.0) -> float:
        kept = 165 * (1 - decay) ** (months / 12) * 0.95 * 0.85 * math.exp(-10 / (depth * months)) * 0.92
        return (kept - 4 - fixed) / 1.12 ** (months / 12)

    assert seizure.one("tornado.depth.low") == pytest.approx(cash(depth=2))
    assert seizure.one("tornado.depth.high") == pytest.approx(cash(depth=8))
    assert seizure.one("tornado.annual_decay.high") == pytest.approx(cash(decay=0.7))
    assert seizure.one("tornado.months_to_sale.low") == pytest.approx(cash(months=3))
    assert seizure.one("tornado.fixed_cost.high") == pytest.approx(cash(fixed=6))
    # Depth is nobody's fact and moves the cash most, so it stands at the top.
    assert seizure.layout["tornado.depth.low"].row == seizure.layout["tornado.label"].row


def test_a_doubled_share_stays_a_share() -> None:
    # 80 % a year doubled is tried as 99 %: six months leave 0.1 of the value, 60 x 6 units of depth e^(-1000/360).
    found = Filled(DEALS["scrap makes a forced sale the best"])
    worth = found.one("haircut.reference")
    net = max(worth * 0.1 * 0.95 * 0.9 * math.exp(-1000 / 360) * 0.9 - 0.5, 0.0)
    assert found.one("tornado.annual_decay.high") == pytest.approx(net)


def test_a_loan_that_goes_under_water_later_names_the_date() -> None:
    # Golden row rec_underwater_quarter: Case A goes under water in quarter 2, on 30 June 2026.
    assert Filled(DEALS["case_a"]).one("col.under") == 46203


def test_the_premises_of_the_seizure(seizure: Filled) -> None:
    # Removed 165 x 0.95 x 0.85 = 133.2375, in place 156.75. Forced: decay to the middle, 3 + 1 months, 0.65^(1/3) =
    # 0.866239; depth e^(-10/8) = 0.286505.
    forced = 0.65 ** (4 / 12) * math.exp(-10 / 8)
    assert seizure.one("prem0.out.flv") == pytest.approx(133.2375 * forced)
    assert seizure.one("prem0.in.flv") == pytest.approx(156.75 * forced)
    assert seizure.one("prem0.out.nflv") == pytest.approx(133.2375 * forced * 0.92 - 7)
    assert seizure.one("prem0.in.nflv") == pytest.approx(156.75 * forced * 0.92 - 3)
    # The best length: d/dT of T/24 ln 0.65 - 2.5/T is 0 at T = sqrt(24 x 2.5 / 0.430783) = 11.80174.
    best = math.sqrt(24 * 2.5 / -math.log(0.65))
    assert seizure.one("prem0.best") == pytest.approx(best)
    orderly = 0.65 ** ((3 + best / 2) / 12) * math.exp(-2.5 / best)
    assert seizure.one("prem0.out.olv") == pytest.approx(133.2375 * orderly)
    assert seizure.one("prem0.out.nolv") == pytest.approx(133.2375 * orderly * 0.92 - 7)
    assert seizure.one("prem.out.nolv.ltv") == pytest.approx(180 / (133.2375 * orderly * 0.92 - 7))
    # Both depth laws: 10,000 against 48,000 a year at 60 %: 2/3 x 0.6 x sqrt(10/48) = 0.182574 at any length.
    assert seizure.one("prem0.root") == pytest.approx(0.4 * math.sqrt(10 / 48))
    assert seizure.one("prem0.law.forced") == pytest.approx(1 - math.exp(-10 / 8))
    # From the length at which e^(-2.5/T) leaves more than 1 - 0.182574.
    assert seizure.one("prem0.flat") == pytest.approx(2.5 / -math.log(1 - 0.4 * math.sqrt(10 / 48)))
    assert seizure.one("prem0.said") == "no"


def test_a_lender_alone_and_among_four(seizure: Filled) -> None:
    # A unit: 16,500 less 10 % is 14,850; x 0.65^0.5 x 0.95 x 0.85 x 0.92 is 8,894.3 before depth.
    unit = 14_850 * math.sqrt(0.65) * 0.95 * 0.85 * 0.92 / 1e6
    alone = (10_000 * unit * math.exp(-10 / 24) - 4 - 3) / math.sqrt(1.12)
    among = (10_000 * unit * math.exp(-27 / 24) - 4 - 3) / math.sqrt(1.12)
    assert seizure.one("fire0.alone") == pytest.approx(alone)
    assert seizure.one("fire0.together") == pytest.approx(among)
    assert seizure.one("fire3.alone") == pytest.approx((3_000 * unit * math.exp(-3 / 24) - 1.2 - 3) / math.sqrt(1.12))
    # The cascade: marks of 148.5, 118.8, 89.1, 44.55 make LTVs of 121, 93, 73 and 27 %: this loan and B sell; 18,000
    # units take 14,850 down to 7,014.6, where C's 65 stand on 42.1: it sells; at 5,463.0 D's 12 stand on 16.4: 73 %.
    assert seizure.one("fire.price1") == pytest.approx(14_850 * math.exp(-18 / 24))
    assert seizure.one("fire.price4") == pytest.approx(14_850 * math.exp(-1))
    end = 14_850 * math.exp(-1) / 1e6
    lost = 180 - 10_000 * end + 110 - 8_000 * end + 65 - 6_000 * end
    assert seizure.one("fire.loss") == pytest.approx(lost)


def test_where_scrap_is_the_floor_the_orderly_sale_may_be_the_forced_one() -> None:
    found = Filled(DEALS["scrap makes a forced sale the best"])
    # 1,000 units against 60 a month: any length up to six months ends at scrap, so every month only costs decay.
    assert found.one("prem0.said") == "yes"
    assert found.one("prem0.best") == 1.0
    assert found.one("prem0.in.olv") == found.one("prem0.in.flv") > 0


def test_without_a_market_only_scrap_is_left() -> None:
    found = Filled(DEALS["no market"])
    # Wear, scrap and decay are all that is left of the value on that day.
    worth = found.one("prem0.fmv")
    # 8 % of it after wear of 5 %, at 50 % a year to the middle, 2.5 months.
    assert found.one("prem0.in.flv") == pytest.approx(worth * 0.95 * 0.08 * 0.5 ** (2.5 / 12))
    assert found.one("prem0.best") == 1.0


@settings(max_examples=60, deadline=None)
@given(
    depth=st.one_of(st.just(0.0), st.floats(0.01, 5_000)),
    decay=st.floats(0, 0.9),
    forced=st.floats(0.1, 6),
    longer=st.floats(0, 24),
    volatility=st.one_of(st.none(), st.floats(0, 4)),
    scrap=st.floats(0, 0.6),
)
def test_the_closed_form_is_what_a_search_finds(
    depth: float, decay: float, forced: float, longer: float, volatility: float | None, scrap: float
) -> None:
    one = Terms(0, 1_000, 35.0, depth, decay, forced, forced + longer, 3.0, volatility, 1 - scrap, 0.05, 0.1, 0.08, 0.4,
                0.2, {})  # fmt: skip
    found = liquidation_values(
        1_000, 0.035, decay, depth, forced, forced + longer, 3.0, 0.05, 0.1, "worse", 0.08, 0.0004, 0.2,
        annual_volatility=volatility, scrap_share=scrap,
    )  # fmt: skip
    # A search on a grid may stop just beside a kink, never above the closed form by more than that.
    assert one.gross(one.best, removed=True) == pytest.approx(float(found.olv), rel=1e-7)
    assert one.net(one.best, removed=True) == pytest.approx(float(found.nolv), rel=1e-6, abs=1e-9)
    assert one.gross(one.forced, removed=True) == pytest.approx(float(found.flv), rel=1e-12)


def test_several_kinds_of_hardware_are_sold_on_their_own_markets() -> None:
    found = Filled(DEALS["two fleets"])
    analysis = analyse(DEALS["two fleets"])
    each = [terms(analysis, i, found.one(f"prem{i}.fmv")) for i in range(3)]
    assert found.one("prem.out.nolv") == pytest.approx(sum(t.net(t.best, removed=True) for t in each))
    assert found.one("prem.fmv") == pytest.approx(sum(found.one(f"sold{i}.reference") for i in range(3)))


def test_a_deal_without_premises_has_no_liquidation_sheet() -> None:
    assert "Liquidation" not in Filled(DEALS["case_a"]).pages
    assert "Collateral" not in Filled(DEALS["given ends, no covenant, no sale"]).pages


def test_value_that_rose_is_a_column_upwards() -> None:
    data = {k: v for k, v in CASE_A.items() if k != "covenants"} | {
        "sale": CASE_A["sale"] | {"unit_price": number(40, "USD k a unit")}
    }
    found = Filled(read(data))
    place = found.layout["col.bridge.loss"]
    rows = {r: v for r, c, _, v, _ in found.pages["Collateral"].formulas if c == place.column}
    # 1,000 units that cost 35 stand at 40.
    assert rows[place.row + 1] == pytest.approx(5.0)
    assert np.isclose(found.one("col.bridge.reference"), 40.0)
