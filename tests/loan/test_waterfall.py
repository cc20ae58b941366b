"""The waterfall against sums done by hand, one feature at a time."""

import numpy as np
import pytest

from xlmodel.errors import NO_DEBT_SERVICE, InputError, RangeError, reason
from xlmodel.loan.reserves import dsra_target, saved_up
from xlmodel.loan.sweep import banded_share
from xlmodel.loan.term_sheet import LockUp, Reserve, Sweep, Taxation, Tranche
from xlmodel.loan.waterfall import waterfall


def test_two_ranks_a_hedge_a_fee_and_a_reserve() -> None:
    senior = Tranche(100, 0.05, 20)
    junior = Tranche(50, 0.10, 5, rank=2)
    paid = waterfall([30, 60], [senior, junior], [Reserve(target=10, opening=4)], fees=1, hedge=[-2, 3])
    # 30 - 1 - 5 interest - 2 hedge - 20 = 2, which fills the reserve to 6; the junior 5 + 5 stay unpaid, and the
    # reserve is not theirs.
    first, second = paid.tranches
    assert paid.reserves[0].closing.tolist() == [6, 10]
    assert second.interest_overdue.tolist() == [5, 0]
    assert second.principal_overdue.tolist() == [5, 0]
    # 60 + 3 - 1 - 4 - 20 - 4 into the reserve = 34; junior 5 + 10 % of 55 = 10.5, then 5 + 5: 13.5 are left.
    assert first.closing.tolist() == [80, 60]
    assert second.interest_paid.tolist() == [0, 10.5]
    assert second.principal_paid.tolist() == [0, 10]
    assert paid.distribution.tolist() == [0, 13.5]
    assert paid.overdue.tolist() == [10, 0]
    assert paid.shortfall.tolist() == [10, 0]
    # The hedge is part of the service: 30 / (25 + 10 + 2), 60 / (24 + 10 - 3); the overdue interest is not.
    assert paid.dscr.tolist() == [30 / 37, 60 / 31]


def test_tranches_of_one_rank_share_by_what_is_due() -> None:
    paid = waterfall([12], [Tranche(100, 0.1, 0), Tranche(200, 0.1, 0), Tranche(50, 0, 10)])
    # 30 of interest fall due, 10 and 20, and 12 are there; the third has no interest and no principal is reached.
    assert [t.interest_paid.tolist() for t in paid.tranches] == [[4], [8], [0]]
    assert paid.tranches[2].principal_overdue.tolist() == [10]


def test_a_margin_on_what_is_overdue() -> None:
    paid = waterfall([0, 100], [Tranche(100, 0.05, [10, 10], overdue_margin=0.02)])
    # Due and unpaid: interest 5, principal 10. Next: 5 % on 100 + 5, and 2 % on 15.
    assert float(paid.tranches[0].interest[1]) == pytest.approx(5.25 + 0.3)
    assert float(paid.tranches[0].closing[1]) == 80


def test_operating_losses_are_carried_and_come_first() -> None:
    paid = waterfall([-8, -1, 20], [Tranche(10, 0, [0, 0, 10])], cash=3)
    assert paid.operating_paid.tolist() == [3, 0, 6]
    assert paid.operating_due.tolist() == [8, 6, 6]
    # 20 - 6 of old bills - 10 of principal.
    assert paid.distribution.tolist() == [0, 0, 4]


def test_an_operating_reserve_pays_its_bill_and_then_losses() -> None:
    maintenance = Reserve(target=[6, 6, 0], opening=6, rank=0, serves="operating", spending=[0, 4, 9])
    paid = waterfall([10, 1, 20], [Tranche(10, 0, [1, 0, 5])], [maintenance])
    fund = paid.reserves[0]
    # Period 2: 4 from the reserve, then 1 of the 4 back in. Period 3: the target is 0, so 3 come out into the pool
    # and the bill of 9 is paid from the cash: 20 + 3 - 9 - 5 = 9.
    assert fund.spent.tolist() == [0, 4, 0]
    assert fund.filled.tolist() == [0, 1, 0]
    assert fund.released.tolist() == [0, 0, 3]
    assert paid.operating_paid.tolist() == [0, 0, 9]
    assert paid.distribution.tolist() == [9, 0, 9]


def test_cash_then_reserve_then_letter_of_credit() -> None:
    fund = Reserve(target=10, opening=4, letter_of_credit=6, letter_rate=0.05)
    paid = waterfall([0, 20], [Tranche(20, 0, [9, 1])], [fund], cash=2)
    held = paid.reserves[0]
    # 9 due: 2 of cash, 4 of the reserve, 3 of the letter, which stands at 3.15 a period later and is repaid
    # before the reserve is filled to 10 - 6.
    assert (held.drawn.tolist(), held.letter_drawn.tolist()) == ([4, 0], [3, 0])
    assert held.letter_owed.tolist() == [3, 0]
    assert held.letter_repaid.tolist() == pytest.approx([0, 3.15])
    assert held.closing.tolist() == [0, 4]
    assert float(paid.distribution[1]) == pytest.approx(20 - 1 - 3.15 - 4)


@pytest.mark.parametrize(
    ("order", "principal"),
    [("inverse", [25, 25, 0, 0]), ("forward", [0, 0, 25, 25]), ("pro_rata", [12.5, 12.5, 12.5, 12.5])],
)
def test_which_instalments_a_prepayment_takes_away(order: str, principal: list[float]) -> None:
    paid = waterfall([30] * 4, [Tranche(100, 0, 25, order=order)], proceeds=[50, 0, 0, 0])
    assert paid.tranches[0].prepaid.tolist() == [50, 0, 0, 0]
    assert paid.tranches[0].principal_paid.tolist() == principal
    assert float(paid.debt[-1]) == 0


def test_proceeds_repay_what_is_overdue_first_and_by_rank() -> None:
    senior, junior = Tranche(40, 0.05, [5, 5]), Tranche(30, 0.10, [0, 0], rank=2)
    paid = waterfall([0, 0], [senior, junior], proceeds=[0, 60])
    # Overdue 2 and 3 of interest. 60 - 2 - 40 = 18 for the junior: 3 of interest, 15 of principal.
    assert [t.overdue_repaid.tolist() for t in paid.tranches] == [[0, 2], [0, 3]]
    assert [t.prepaid.tolist() for t in paid.tranches] == [[0, 40], [0, 15]]
    # This period's own interest, 5 % of 42 and 10 % of 33, stays unpaid.
    assert [float(t.interest_overdue[1]) for t in paid.tranches] == pytest.approx([2.1, 3.3])


def test_proceeds_beyond_the_debt_are_cash() -> None:
    paid = waterfall([1], [Tranche(40, 0.1, 5)], proceeds=100)
    assert float(paid.tranches[0].prepaid[0]) == 40
    assert float(paid.distribution[0]) == 1 + 60 - 4


def test_a_sweep_by_leverage() -> None:
    # Equality stays in the lower band.
    assert banded_share([50, 100, 101, 200], 50, 0.1, ((2, 0.5), (3, 1.0))).tolist() == [0.1, 0.1, 0.5, 1.0]
    assert banded_share([1, 0], [-5, 0], 0.1, ((2, 0.5),)).tolist() == [0.5, 0.1]
    with pytest.raises(InputError, match="rise"):
        banded_share(1, 1, 0, ((2, 0.5), (2, 0.6)))
    loan = Tranche(100, 0, [10, 10, 10])
    paid = waterfall([30, 30, 30], [loan], sweep=Sweep(0.25, ((2.0, 0.5), (3.0, 1.0)), base=30))
    # After 10 of principal 90 / 30 = 3.0x is not above 3: half of 20. Then 70 / 30 and 50 / 30.
    assert paid.tranches[0].swept.tolist() == [10, 10, 5]
    assert paid.share.tolist() == [0.5, 0.5, 0.25]
    down = waterfall([30, 30, 30], [loan], sweep=Sweep(1.0, down_to=75))
    assert down.tranches[0].swept.tolist() == [15, 0, 0]


def test_a_sweep_leaves_the_minimum_and_does_not_sweep_twice() -> None:
    paid = waterfall([30, 30], [Tranche(100, 0, 10)], sweep=Sweep(0.5), minimum_cash=8, distribute=False)
    # 20 - 8 above the minimum, half of it; then 20 more, all of it above.
    assert paid.tranches[0].swept.tolist() == [6, 10]
    assert paid.cash.tolist() == [14, 24]


def test_a_lock_up_traps_and_releases() -> None:
    flows = [15, 11, 15, 15, 15]
    paid = waterfall(flows, [Tranche(50, 0, 10)], lockup=LockUp(1.2, passes=2))
    assert paid.locked.tolist() == [False, True, True, False, False]
    assert paid.distribution.tolist() == [5, 0, 0, 11, 5]
    prepaid = waterfall(flows, [Tranche(60, 0, 10)], lockup=LockUp(1.2, passes=2, prepays_after=2))
    assert prepaid.tranches[0].swept.tolist() == [0, 0, 6, 0, 0]
    # A look-back of two: 26/20, 26/20; the first period has no test.
    slow = waterfall(flows, [Tranche(50, 0, 10)], lockup=LockUp(1.35, window=2))
    assert slow.locked.tolist() == [False, True, True, False, False]
    other = waterfall(flows, [Tranche(60, 0, 10)], lockup=LockUp(1.0, failed=[1, 0, 0, 0, 0]))
    assert other.distribution.tolist() == [0, 6, 5, 5, 5]


def test_a_repaid_loan_locks_nothing_up() -> None:
    paid = waterfall([1, 5], [Tranche(4, 0, 2)], lockup=LockUp(3.0), cash=10)
    assert paid.locked.tolist() == [True, False]
    assert paid.distribution.tolist() == [0, 12]


def test_tax_follows_the_interest_that_accrues() -> None:
    loan = Tranche(100, 0.1, [50, 50])
    paid = waterfall([80, 80], [loan], fees=2, tax=Taxation(0.25, depreciation=[90, 30], losses=4))
    # 80 - 2 - 10 - 90 = -22, losses 26; 80 - 2 - 5 - 30 = 43, less 26, a quarter of 17.
    assert paid.tax.tolist() == [0, 4.25]
    assert paid.cfads.tolist() == [80, 75.75]
    # A prepayment saves interest and so costs tax: 43 becomes 45.5 when 50 are repaid early.
    early = waterfall([80, 80], [loan], fees=2, proceeds=[25, 0], tax=Taxation(0.25, [90, 30], 4))
    assert early.tax.tolist() == [0, 4.25 + 0.25 * 2.5]


def test_a_reserve_for_service_ahead_falls_with_what_is_swept() -> None:
    fund = Reserve(periods_ahead=2)
    calm = waterfall([60] * 3, [Tranche(90, 0.1, 30)], [fund])
    # After the first payment 60 are owed: 36 and 33 lie ahead; then 33; then nothing.
    assert calm.reserves[0].target.tolist() == pytest.approx([69, 33, 0])
    swept = waterfall([60] * 3, [Tranche(90, 0.1, 30)], [fund], sweep=Sweep(1.0), cash=70, proceeds=[30, 0, 0])
    # 30 prepaid first: 30 are owed after the payment, 33 lie ahead and nothing after.
    assert float(swept.reserves[0].target[0]) == pytest.approx(33)
    half = waterfall([60] * 3, [Tranche(90, 0.1, 30)], [Reserve(periods_ahead=1.5)])
    assert half.reserves[0].target.tolist() == pytest.approx([36 + 16.5, 33, 0])
    with_hedge = waterfall([60] * 3, [Tranche(90, 0.1, 30)], [fund], hedge=[0, -1, 5])
    assert with_hedge.reserves[0].target.tolist() == pytest.approx([70, 33, 0])


def test_interest_added_to_a_bullet_falls_due_at_maturity() -> None:
    paid = waterfall(np.full(8, 20.0), [Tranche(100, 0.04, 0, pik=1.0, matures=8)], cash=0, distribute=False)
    # 100 * 1.04^8 = 136.85690504052738 (rec_pik); in the last period the interest is added as it always was, so the
    # principal due is 100 * 1.04^7.
    loan = paid.tranches[0]
    assert float(loan.principal_due[-1]) == pytest.approx(100 * 1.04**7)
    assert float(loan.principal_due[-1] + loan.capitalised[-1]) == pytest.approx(136.85690504052738)


def test_draws_come_after_the_payment_and_a_break_cost_ranks() -> None:
    paid = waterfall([10, 10], [Tranche(50, 0.1, [5, 5], draws=[20, 0])])
    # 50 - 5 + 20; then 6.5 of interest leave 3.5 for the principal.
    assert paid.tranches[0].closing.tolist() == [65, 61.5]
    assert paid.tranches[0].interest.tolist() == [5, 6.5]
    terms = {"cfads": [10], "hedge_break": 10}
    senior = waterfall(tranches=[Tranche(50, 0, 10), Tranche(9, 0, 9, rank=2)], **terms)
    assert (float(senior.break_paid[0]), float(senior.tranches[0].principal_paid[0])) == (5, 5)
    junior = waterfall(
        tranches=[Tranche(50, 0, 4), Tranche(9, 0, 5, rank=2)], hedge_break_rank="junior", **terms
    )  # fmt: skip
    assert float(junior.break_paid[0]) == 1


def test_targets() -> None:
    # Five months of quarters: all of the next and two thirds of the one after it, by hand 10 + 8, 12 + 20/3, 10.
    assert dsra_target([10, 12, 10], 5, 4).tolist() == pytest.approx([18, 12 + 20 / 3, 10, 0])
    assert dsra_target([10, 12], [0, 12], 4).tolist() == [[0, 0, 0], [22, 12, 0]]
    assert saved_up([0, 60, 0, 90], 3).tolist() == [40, 60 + 30, 60, 90, 0]


def test_nothing_due_has_no_ratio_and_loans_of_other_shapes_broadcast() -> None:
    paid = waterfall([[10, 10], [20, 20]], [Tranche([0, 40], [[0.0], [0.1]], [0, 20])])
    assert reason(float(paid.dscr[0, 0])) is NO_DEBT_SERVICE
    # 4 of interest, then 4 and 16 of the 20 of principal.
    assert paid.tranches[0].closing.tolist() == [[0, 0], [40, 24]]
    assert paid.cash.shape == (2, 2)
    assert all(v.flags.c_contiguous for v in (paid.cash, paid.locked, paid.tranches[0].closing))


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"tranches": []}, "tranches"),
        ({"tranches": [Tranche(-1, 0, 0)]}, "tranche_1_balance"),
        ({"tranches": [Tranche(1, -0.1, 0)]}, "tranche_1_rate"),
        ({"tranches": [Tranche(1, 0, 0)], "reserves": [Reserve(target=-1)]}, "reserve_1_target"),
        ({"tranches": [Tranche(1, 0, 0)], "reserves": [Reserve(rank=2)]}, "reserves"),
        ({"tranches": [Tranche(1e300, 1e300, 0)]}, "tranches"),
        ({"tranches": [Tranche(1, 0, [1, 2, 3])]}, "cfads"),
        ({"tranches": [Tranche(1, 0, 0)], "sweep": Sweep(2)}, "sweep_share"),
        ({"tranches": [Tranche(1, 0, 0)], "lockup": LockUp(0)}, "lockup_level"),
        ({"tranches": [Tranche(1, 0, 0)], "fees": -1}, "fees"),
        ({"tranches": [Tranche(1, 0, 0)], "hedge_break_rank": "first"}, "hedge_break_rank"),
    ],
)
def test_what_cannot_be_used_is_named(arguments: dict, names: str) -> None:
    with pytest.raises((InputError, RangeError)) as refused:
        waterfall([1, 2], **arguments)
    assert refused.value.argument == names


def test_words_are_checked_where_they_are_written() -> None:
    with pytest.raises(InputError, match="order"):
        Tranche(1, 0, 0, order="last")
    with pytest.raises(InputError, match="serves"):
        Reserve(serves="rent")
    with pytest.raises(InputError, match="base"):
        Sweep(0.5, ((2, 1.0),))


def test_a_reserve_pays_its_own_rank_before_it_is_released() -> None:
    # At maturity the target is 0. 4 of the reserve are for the debt although 5 of costs rank before it; what is then
    # left goes to the top: to the costs, and only beyond them to the sponsors.
    for opening, costs, out in ((10, 5, 1), (6, 2, 0)):
        paid = waterfall([-5], [Tranche(4, 0, 4)], [Reserve(opening=opening)])
        assert float(paid.tranches[0].principal_paid[0]) == 4
        assert (float(paid.operating_paid[0]), float(paid.distribution[0])) == (costs, out)
        assert float(paid.reserves[0].released[0]) == opening - 4
    # A junior reserve that is no longer needed pays the senior rank before its own sponsors.
    loans = [Tranche(9, 0, 9), Tranche(3, 0, 3, rank=2)]
    junior = waterfall([2], loans, [Reserve(opening=8, rank=2)])
    assert [float(t.principal_paid[0]) for t in junior.tranches] == [7, 3]
    assert float(junior.distribution[0]) == 0
