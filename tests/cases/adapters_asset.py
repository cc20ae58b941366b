"""Adapters of the measures of the asset room and of the cash-flow mathematics below it."""

from typing import Any

from tests.cases.registry import adapter
from xlmodel.asset import (
    abandonment,
    book,
    calibrate,
    carrying,
    cfads,
    contract,
    counterparty,
    hedonic,
    income,
    market,
    releases,
    rental,
)
from xlmodel.maths import cashflow, rates

Inputs = dict[str, Any]
DISTANT = 400  # quarters, beyond the life of any machine


@adapter("xirr")
def _(row: Inputs) -> Any:
    assert row.get("day_count", "ACT/365F") == "ACT/365F"
    return cashflow.xirr(row["flows"], row["dates"], row.get("guess", 0.1))


@adapter("xnpv")
def _(row: Inputs) -> Any:
    assert row.get("day_count", "ACT/365F") == "ACT/365F"
    return cashflow.xnpv(row["rate"], row["flows"], row["dates"])


@adapter("rate_conv")
def _(row: Inputs) -> Any:
    deflation = row["annual_effective_deflation"]
    return {
        "pi_continuous": rates.deflation_cc(deflation),
        "monthly": rates.period_deflation(deflation, 12),
        "quarterly": rates.period_deflation(deflation, 4),
        "half_life_years": rates.half_life(deflation),
    }


@adapter("sln")
def _(row: Inputs) -> Any:
    return book.sln(row["cost"], row["salvage"], row["life"])


@adapter("syd")
def _(row: Inputs) -> Any:
    return book.syd(row["cost"], row["salvage"], row["life"], row["period"])


@adapter("db")
def _(row: Inputs) -> Any:
    return book.db(row["cost"], row["salvage"], row["life"], row["period"], row.get("month", 12))


@adapter("ddb")
def _(row: Inputs) -> Any:
    return book.ddb(row["cost"], row["salvage"], row["life"], row["period"], row.get("factor", 2))


@adapter("vdb")
def _(row: Inputs) -> Any:
    asset = (row["cost"], row["salvage"], row["life"])
    factor, no_switch = row.get("factor", 2), row.get("no_switch", False)
    if "start" in row:
        return book.vdb(*asset, row["start"], row["end"], factor, no_switch)
    ends = range(1, int(row["life"]) + 1)
    return book.vdb(*asset, [end - 1 for end in ends], list(ends), factor, no_switch)


@adapter("exp_value", "exp_value_floor")
def _(row: Inputs) -> Any:
    return market.component_value(row["C"], row["age"], wear_cc=row["delta"], salvage=row.get("floor", 0))


@adapter("component_value")
def _(row: Inputs) -> Any:
    return market.component_value(
        row["P0"],
        row["age"],
        row["pi"],
        row["omega"],
        row["delta_age"],
        calendar_years=row.get("t"),
        release_years=[jump["t"] for jump in row["jumps"]],
        release_drops=[jump["phi"] for jump in row["jumps"]],
        salvage=row.get("floor", 0),
        day_one_loss=row["instant"],
    )


@adapter("epoch_doubling_to_deflation")
def _(row: Inputs) -> Any:
    return hedonic.deflation_from_doubling(row["doubling_years"])


@adapter("parity_value")
def _(row: Inputs) -> Any:
    return hedonic.parity_value(
        row["P_new"],
        row["q_ratio_new_over_old"],
        row["pv_opex_new"],
        row["pv_opex_old"],
        row.get("pv_residual_new", 0),
    )


@adapter("hazard_jump_moments")
def _(row: Inputs) -> Any:
    moments = releases.random_release_moments(row["V0"], row["t"], row["delta"], row["lam"], row["phi"])
    return {"mean": moments.mean, "sd": moments.sd}


@adapter("calib_ols_loglinear")
def _(row: Inputs) -> Any:
    fit = calibrate.fit_decay(row["price_over_cost"], 1, row["ages"], row["intercept"])
    return {
        "ln_intercept": fit.log_intercept,
        "instant": fit.day_one_loss,
        "delta": fit.decay_cc,
        "se_delta": fit.decay_cc_error,
        "r2": fit.r_squared,
    }


@adapter("calib_origin")
def _(row: Inputs) -> Any:
    return calibrate.fit_decay(row["price_over_cost"], 1, row["ages"], row["intercept"]).decay_cc


@adapter("economic_life")
def _(row: Inputs) -> Any:
    return income.economic_life(row["R0"], row["u"], row["c_per_installed_hour"], row["deflation_eff"])


@adapter("economic_life_periods")
def _(row: Inputs) -> Any:
    return abandonment.economic_life_periods(_merchant_cfads({"quarters": DISTANT, **row["merchant"]}))


@adapter("income_value_cont", "income_value_cont_t1", "income_value_forced_6y", "income_value_zero_when_out_of_money")
def _(row: Inputs) -> Any:
    return income.income_value(
        row["R0"],
        row["u"],
        row["c_per_installed_hour"],
        row["deflation_eff"],
        row["discount_eff"],
        as_of_years=row.get("as_of", 0),
        horizon_years=row.get("horizon"),
        salvage=row.get("salvage", 0),
        abandonment=row.get("abandonment", True),
        hours_per_year=row.get("hours_per_year", 8760),
    )


@adapter("shutdown_option")
def _(row: Inputs) -> Any:
    deflation = rates.deflation_from_continuous(row["pi"])
    return income.shutdown_option(row["uR0"], row["c"], deflation, row["sigma"], row["t"])


@adapter("book_vs_econ")
def _(row: Inputs) -> Any:
    carried = carrying.book_value(row["cost"], row.get("salvage", 0), row["sl_life"], row["t"])
    gap = carrying.book_minus_market(carried, market.component_value(row["cost"], row["t"], wear_cc=row["delta"]))
    return list(zip(gap.book, gap.market, gap.ratio, strict=True))


@adapter("rate_mid_vs_avg")
def _(row: Inputs) -> Any:
    curve = rental.constant_curve(row["R0"], row["deflation_eff"])
    timings: tuple[rental.Timing, ...] = ("start", "mid", "average", "end")
    return {timing: curve.path(1, round(1 / row["period_years"]), timing)[0] for timing in timings}


@adapter("cfads_merchant_16q", "cfads_contract70_16q")
def _merchant_cfads(row: Inputs) -> Any:
    quarters = row["quarters"]
    rent = rental.rent_path(row["R0"], quarters, 4, row["deflation_eff"], row["rate_timing"])
    blocks = []
    if "contract_share" in row:
        block = contract.Contract(
            row["contract_share"], row["contract_price"], 4 * row["contract_years"], row["take_or_pay"]
        )
        blocks = [block]
    revenue = contract.rental_revenue(row["n"], row["hours_q"], rent, row["u"], blocks)
    costs = cfads.installed_cost(row["n"], row["hours_q"], row["cash_cost_per_installed_hour"])
    return cfads.cfads(revenue.total, hosting=costs)


@adapter("market_value_of_contract")
def _(row: Inputs) -> Any:
    return counterparty.contract_value(
        row["P_c"],
        row["R0"],
        row["deflation_eff"],
        row["years"],
        rates.effective_from_continuous(row["r_cc"]),
        share=row.get("share", 1),
        usage=row["u_spot"],
    )


@adapter("contract_counterparty_default")
def _(row: Inputs) -> Any:
    now = row["t"]
    return counterparty.rent_with_default(
        row["P_c"],
        rental.constant_curve(row["R0"], row["deflation_eff"]).at(now),
        counterparty.contract_survival(row["lam_c"], now),
        counterparty.contract_survival(row["lam_c"], now - row["downtime_years"]),
        row["u"],
        row["recovery_claim"],
    )[0]


@adapter("renegotiation")
def _(row: Inputs) -> Any:
    # The formula by itself, which sets a contract below the market to the market.
    return counterparty.renegotiated_price(row["P_c"], row["R_t"], row["theta"], below_market="rent")


@adapter("power_cost")
def _(row: Inputs) -> Any:
    return cfads.power_cost(row["kw_per_gpu"], row["pue"], row["usd_per_kwh"])
