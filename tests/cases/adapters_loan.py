"""Adapters of the measures of the loan room. ``merchant`` and ``loan`` objects are the fleet and the loan of a case."""

import re
from typing import Any

import numpy as np

from tests.cases.registry import adapter
from xlmodel.asset import cfads as asset_cfads
from xlmodel.asset.contract import rental_revenue
from xlmodel.asset.rental import rent_path
from xlmodel.loan import covenant, coverage, life_coverage, mismatch, sizing
from xlmodel.loan.accrual import floating_rate, interest
from xlmodel.loan.balance_cap import Limb, balance_caps, max_debt_for_profile
from xlmodel.loan.breakeven import breakeven, rental_breakeven
from xlmodel.loan.mini_perm import hard_mini_perm
from xlmodel.loan.schedule import Schedule, schedule
from xlmodel.loan.sculpt import sculpt, sculpt_to_debt
from xlmodel.maths import annuity
from xlmodel.maths.cashflow import npv
from xlmodel.maths.domain import Floats
from xlmodel.maths.duration import macaulay_duration, modified_duration, weighted_average_life
from xlmodel.maths.rates import effective_from_continuous

Row = dict[str, Any]


def _revenue(merchant: Row, periods: int, deflation: Any = None) -> Floats:
    fall = merchant["deflation_eff"] if deflation is None else deflation
    rent = rent_path(merchant["R0"], periods, 4, fall, merchant["rate_timing"])
    return rental_revenue(merchant["n"], merchant["hours_q"], rent, merchant["u"]).total


def _opex(merchant: Row) -> Floats:
    return asset_cfads.installed_cost(merchant["n"], merchant["hours_q"], merchant["cash_cost_per_installed_hour"])


def _cfads(merchant: Row, periods: int, deflation: Any = None) -> Floats:
    return asset_cfads.cfads(_revenue(merchant, periods, deflation), hosting=_opex(merchant))


def _loan(loan: Row) -> Schedule:
    return schedule(loan["principal"], loan["i_per_quarter"], loan["n"], loan["type"])


def _deal(inputs: Row) -> tuple[Floats, Floats]:
    return _cfads(inputs["merchant"], inputs["quarters"]), _loan(inputs["loan"]).debt_service


def _ratio(inputs: Row, test: str) -> Floats:
    window = inputs.get("window", 4)
    tests = {
        "periodic": lambda flows: coverage.dscr(*flows),
        "LTM": lambda flows: coverage.dscr_ltm(*flows, window, inputs.get("insufficient") == "partial"),
        "NTM": lambda flows: coverage.dscr_ntm(*flows, window),
    }
    return tests[test](_deal(inputs))


def _target(inputs: Row) -> float:
    found = re.search(r"=\s*([0-9.]+)", inputs["target"])
    assert found, inputs["target"]
    return float(found[1])


@adapter("pmt")
def pmt(inputs: Row) -> Any:
    return annuity.pmt(inputs["rate"], inputs["nper"], inputs["pv"])


@adapter("cumprinc_y2")
def cumprinc(inputs: Row) -> Any:
    return annuity.cumulative_principal(inputs["rate"], inputs["nper"], inputs["pv"], inputs["start"], inputs["end"])


@adapter("level_annuity")
def level_annuity(inputs: Row) -> Any:
    loan = schedule(inputs["principal"], inputs["i"], inputs["n"])
    return {"payment": loan.debt_service[0], "balance_8": loan.closing[7], "total_interest": loan.interest.sum()}


@adapter("level_annuity_zero_rate")
def level_annuity_zero_rate(inputs: Row) -> Any:
    return schedule(inputs["principal"], inputs["i"], inputs["n"]).debt_service[0]


@adapter("straight_line")
def straight_line(inputs: Row) -> Any:
    loan = schedule(inputs["principal"], inputs["i"], inputs["n"], "straight")
    return {"principal": loan.principal, "interest": loan.interest}


@adapter("bullet")
def bullet(inputs: Row) -> Any:
    return {"debt_service": schedule(inputs["principal"], inputs["i"], inputs["n"], "bullet").debt_service}


@adapter("balloon_payment")
def balloon_payment(inputs: Row) -> Any:
    return schedule(inputs["principal"], inputs["i"], inputs["n"], balloon=inputs["balloon"]).debt_service[0]


@adapter("custom_profile")
def custom_profile(inputs: Row) -> Any:
    shares = inputs["shares"]
    loan = schedule(inputs["principal"], inputs["i"], len(shares), "custom", shares=shares)
    return {"principal": loan.principal, "interest": loan.interest}


@adapter("sculpt_3")
def sculpt_3(inputs: Row) -> Any:
    loan = sculpt(inputs["cfads"], inputs["dscr"], inputs["i"])
    return {
        "debt": loan.debt,
        "debt_service": loan.schedule.debt_service,
        "interest": loan.schedule.interest,
        "principal": loan.schedule.principal,
        "balance": [loan.debt, *loan.schedule.closing],
    }


@adapter("sculpt_16q_merchant")
def sculpt_16q_merchant(inputs: Row) -> Any:
    loan = sculpt(_cfads(inputs["merchant"], inputs["quarters"]), inputs["dscr"], inputs["i"])
    principal = enumerate(loan.schedule.principal, 1)
    return {"debt": loan.debt, **{f"principal_{k}": repaid for k, repaid in principal}}


@adapter("sculpt_fixed_debt")
def sculpt_fixed_debt(inputs: Row) -> Any:
    loan = sculpt_to_debt(inputs["cfads"], inputs["debt"], inputs["i"])
    return {"dscr": loan.dscr[0], "debt_service": loan.schedule.debt_service}


@adapter("idc_end_draw", "idc_start_draw")
def idc(inputs: Row) -> Any:
    draws = inputs["draws"]
    building = schedule(
        0, inputs["i"], len(draws) + 1, "bullet", draws=[*draws, 0], draw_timing=inputs["draw_timing"],
        grace=len(draws), grace_interest="capitalised" if inputs["capitalise"] else "paid",
    )  # fmt: skip
    return building.closing[len(draws) - 1]


@adapter("floating_act360")
def floating_act360(inputs: Row) -> Any:
    rate = floating_rate(inputs["sofr"], inputs["margin"], inputs["floor"])
    return interest(inputs["balance"], rate, inputs["days"])


@adapter("pik")
def pik(inputs: Row) -> Any:
    loan = schedule(inputs["principal"], inputs["pik_rate_period"], inputs["n"], "bullet", pik=1.0)
    return loan.debt_service[-1]


@adapter("miniperm_balloon")
def miniperm_balloon(inputs: Row) -> Any:
    return hard_mini_perm(inputs["principal"], inputs["i"], inputs["amort_periods"], inputs["maturity_period"]).balloon[
        -1
    ]


@adapter("cap_sizing_min")
def cap_sizing_min(inputs: Row) -> Any:
    sized = sizing.capacity(
        inputs["cfads"], inputs["dscr"], inputs["i"], inputs["value"], inputs["ltv_max"], inputs["nolv"],
        inputs["advance_rate"], allow_negam=inputs.get("allow_negam", True),
    )  # fmt: skip
    binding = Limb(int(sized.binding)).name.lower()
    return {
        "by_dscr": sized.by_dscr,
        "by_ltv": sized.by_ltv,
        "by_nolv": sized.by_nolv,
        "debt": sized.debt,
        "binding": binding,
    }


@adapter("collateral_aware_sizing")
def collateral_aware_sizing(inputs: Row) -> Any:
    return balance_caps(
        inputs["cfads"], inputs["dscr"], inputs["i"], inputs["caps_on_balance"], inputs["terminal"],
        inputs.get("allow_negam", False),
    )  # fmt: skip


@adapter("max_debt_profile_cap")
def max_debt_profile_cap(inputs: Row) -> Any:
    return max_debt_for_profile(inputs["amort_profile_share_of_B0"], inputs["caps"])


@adapter("refi_gap")
def refi_gap(inputs: Row) -> Any:
    cash = _cfads(inputs["merchant"], inputs["last_quarter"])[inputs["maturity_quarter"] :]
    gap = sizing.refinancing_gap(
        inputs["balance_at_maturity"], cash, inputs["dscr_refi"], inputs["i_refi"],
        inputs.get("value"), inputs.get("ltv_refi"),
    )  # fmt: skip
    return {"refi_capacity": gap.capacity, "gap": gap.gap, "gap_pct": gap.gap_share}


@adapter("dscr_16q")
def dscr_16q(inputs: Row) -> Any:
    return _ratio(inputs, "periodic")


@adapter("dscr_zero_ds", "dscr_negative_cfads")
def dscr_rows(inputs: Row) -> Any:
    ratio = coverage.dscr(inputs["cfads"], inputs["debt_service"])
    first = covenant.first_breach(ratio, 1.0)
    return {
        "dscr": ratio,
        "min": coverage.minimum(ratio).value,
        "avg": coverage.average_dscr(ratio),
        "first_breach_1x": None if first < 0 else first + 1,
    }


@adapter("dscr_mean_vs_ratio_of_sums")
def dscr_mean_vs_ratio_of_sums(inputs: Row) -> Any:
    ratio = coverage.dscr(inputs["cfads"], inputs["debt_service"])
    return {
        "average_dscr": coverage.average_dscr(ratio),
        "aggregate": coverage.aggregate_dscr(inputs["cfads"], inputs["debt_service"]),
        "minimum": coverage.minimum(ratio).value,
    }


@adapter("dscr_ltm")
def dscr_ltm(inputs: Row) -> Any:
    return _ratio(inputs, "LTM")


@adapter("dscr_ntm")
def dscr_ntm(inputs: Row) -> Any:
    ahead = _ratio(inputs, "NTM")
    if inputs.get("at_close_excluded", True):
        return ahead
    return [coverage.dscr_ntm_at_close(*_deal(inputs), inputs["window"]), *ahead]


@adapter("first_breach")
def first_breach(inputs: Row) -> Any:
    names = {"periodic_quarter": "periodic", "ltm_quarter": "LTM", "ntm_test_date_quarter": "NTM"}
    found = {name: covenant.first_breach(_ratio(inputs, test), inputs["threshold"]) for name, test in names.items()}
    return {name: None if index < 0 else index + 1 for name, index in found.items()}


@adapter("covenant_status")
def covenant_status(inputs: Row) -> Any:
    words = {
        covenant.Status.UNTESTED: None,
        covenant.Status.OK: "ok",
        covenant.Status.LOCKUP: "lockup",
        covenant.Status.DEFAULT: "default",
    }
    ratio = _ratio(inputs, inputs["test"])
    return [words[code] for code in covenant.covenant_status(ratio, inputs["lockup"], inputs["default"])]


@adapter("headroom")
def headroom(inputs: Row) -> Any:
    return covenant.headroom(inputs["dscr"], inputs["covenant"])


@adapter("llcr_16q")
def llcr_16q(inputs: Row) -> Any:
    cash = _cfads(inputs["merchant"], inputs["quarters"])
    return life_coverage.loan_life_coverage(cash, _loan(inputs["loan"]).opening, inputs["i"])


@adapter("llcr_dsra_variants")
def llcr_dsra_variants(inputs: Row) -> Any:
    names = {"plain": "none", "numerator": "numerator", "net_debt": "net_debt"}
    return {
        name: life_coverage.loan_life_coverage(inputs["pv_cfads"], inputs["debt"], 0.0, inputs["dsra"], treatment)[0]
        for name, treatment in names.items()
    }


@adapter("llcr_sculpted_identity")
def llcr_sculpted_identity(inputs: Row) -> Any:
    return life_coverage.loan_life_coverage(inputs["cfads"], inputs["debt"], inputs["i"])[0]


@adapter("plcr_0")
def plcr_0(inputs: Row) -> Any:
    cash = _cfads(inputs["merchant"], inputs["last_quarter"])
    return life_coverage.project_life_coverage(cash, inputs["debt"], inputs["i"])[0]


@adapter("icr_debt_yield")
def icr_debt_yield(inputs: Row) -> Any:
    # The row's loan is the 28 m of its deal, in quarters.
    owed = inputs.get("debt", 28e6)
    return {
        "icr": life_coverage.interest_cover(inputs["ebitda_1"], inputs["interest_1"]),
        "debt_yield_annualised": life_coverage.debt_yield(inputs["cfads_1"], owed, inputs.get("freq", 4)),
    }


@adapter("breakeven_rental_multiplier")
def breakeven_rental_multiplier(inputs: Row) -> Any:
    merchant = inputs["merchant"]
    rent = rental_breakeven(
        _loan(inputs["loan"]).debt_service, _opex(merchant), _revenue(merchant, inputs["quarters"]),
        inputs["target_dscr"],
    )  # fmt: skip
    return {"per_quarter": rent.multiplier, "binding": rent.binding, "headroom_q1": rent.headroom[0]}


@adapter("breakeven_deflation")
def breakeven_deflation(inputs: Row) -> Any:
    due = _loan(inputs["loan"]).debt_service

    def lowest(deflation: Floats) -> Floats:
        cash = _cfads(inputs["merchant"], inputs["quarters"], deflation)
        return coverage.minimum(coverage.dscr(cash, due)).value

    return breakeven(lowest, _target(inputs))


@adapter("breakeven_deflation_llcr")
def breakeven_deflation_llcr(inputs: Row) -> Any:
    loan = inputs["loan"]

    def at_close(deflation: Floats) -> Floats:
        cash = _cfads(inputs["merchant"], inputs["quarters"], deflation)
        return life_coverage.loan_life_coverage(cash, loan["principal"], loan["i_per_quarter"])[..., 0]

    return breakeven(at_close, _target(inputs))


@adapter("tail_ratio")
def tail_ratio(inputs: Row) -> Any:
    cash = _cfads(inputs["merchant"], inputs["last_quarter"])
    return mismatch.tail(cash, inputs["i"], inputs["loan_quarters"]).share


@adapter("duration_mismatch")
def duration_mismatch(inputs: Row) -> Any:
    loan, cash = _loan(inputs["loan"]), _cfads(inputs["merchant"], inputs["last_quarter"])
    gap = mismatch.duration_mismatch(loan.principal, loan.debt_service, cash, inputs["i"])
    return {
        "WAL_debt": gap.average_life,
        "macaulay_debt": gap.debt,
        "macaulay_asset": gap.asset,
        "mismatch": gap.mismatch,
    }


@adapter("wal_bullet_vs_halflife")
def wal_bullet_vs_halflife(inputs: Row) -> Any:
    loan = schedule(1, 0, 12 * inputs["bullet_years"], "bullet")
    life = weighted_average_life(loan.principal, 12)
    passed = mismatch.half_lives(life, inputs["value_halflife_years"])
    return {
        "WAL": life,
        "halflives_to_maturity": passed.count,
        "residual_share": passed.residual_share,
    }


@adapter("underwater_quarter")
def underwater_quarter(inputs: Row) -> Any:
    closing = _loan(inputs["loan"]).closing
    balance = [inputs["loan"]["principal"], *closing]
    value = inputs["V0"] * np.exp(-inputs["delta"] * np.arange(len(balance)) / 4)
    deal = mismatch.underwater(balance, value)
    return {
        "first_quarter_LTV_above_1": None if deal.first < 0 else deal.first,
        "max_LTV": deal.worst,
        "quarter_of_max": deal.worst_at,
    }


@adapter("duration")
def duration(inputs: Row) -> Any:
    frequency = inputs["freq"]
    if "yield_cc" not in inputs:
        coupon = inputs["coupon"] / frequency
        flows = [coupon] * (inputs["periods"] - 1) + [1 + coupon]
        return macaulay_duration(flows, inputs["yield_"] / frequency, frequency)
    flows = [inputs["coupon_cash"]] * (inputs["years"] * frequency)
    flows[-1] += inputs["face"]
    rate = effective_from_continuous(inputs["yield_cc"] / frequency)
    return {"price": npv(rate, flows), "duration": macaulay_duration(flows, rate, frequency)}


@adapter("mduration")
def mduration(inputs: Row) -> Any:
    frequency = inputs["freq"]
    coupon = inputs["coupon"] / frequency
    flows = [coupon] * (inputs["periods"] - 1) + [1 + coupon]
    return modified_duration(flows, inputs["yield_"] / frequency, frequency)
