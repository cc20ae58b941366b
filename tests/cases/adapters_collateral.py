"""Adapters of the measures of the collateral room."""

from typing import Any

from tests.cases.registry import adapter
from xlmodel.collateral import (
    basel,
    borrowing_base,
    composition,
    crypto,
    deleveraging,
    depth,
    execution,
    firesale,
    ltv,
    margin,
    sale,
    timing,
)
from xlmodel.maths import rates


@adapter("haircut_composition")
def haircut_composition(inputs: dict[str, Any]) -> Any:
    value = inputs["reference_value"]
    block = composition.compose(
        value,
        {part: inputs[f"h_{part}"] for part in ("obsolescence", "condition", "depth")},
        {"removal": inputs["removal_logistics_pct_of_ref"] * value, "legal": inputs["legal_fixed"]},
        inputs["tau_years"],
        rates.effective_from_continuous(inputs["discount_cc"]),
    )
    return {
        "gross_multiplier": block.price_kept,
        "net": block.net_proceeds,
        "pv_net": block.present_value,
        "total_haircut": block.total,
    }


@adapter("haircut_not_additive")
def haircut_not_additive(inputs: dict[str, Any]) -> Any:
    return composition.composed(inputs["haircuts"])


@adapter("sqrt_impact")
def sqrt_impact(inputs: dict[str, Any]) -> Any:
    block = depth.square_root(inputs["Q"], inputs["V_daily"], inputs["sigma_daily"], inputs["Y"])
    return {"peak": block.uniform, "average": block.walk_down, "critical_ltv": ltv.critical_ltv(block.walk_down)}


@adapter("sqrt_impact_edges")
def sqrt_impact_edges(inputs: dict[str, Any]) -> Any:
    cases = inputs["cases"]
    return depth.square_root(
        [c["Q"] for c in cases], [c["V"] for c in cases], inputs["sigma_daily"], inputs["Y"], inputs["cap"]
    ).uniform


@adapter("sqrt_impact_horizon_invariance")
def sqrt_impact_horizon_invariance(inputs: dict[str, Any]) -> Any:
    days = inputs["horizon_days"]
    return depth.square_root(
        inputs["Q"], [inputs["V_daily"] * d for d in days], [inputs["sigma_daily"] * d**0.5 for d in days], inputs["Y"]
    ).uniform


@adapter("kyle")
def kyle(inputs: dict[str, Any]) -> Any:
    block = depth.linear(inputs["Q"], inputs["lam_rel"])
    return {"peak": block.uniform, "average": block.walk_down}


@adapter("isoelastic", "isoelastic_unit")
def isoelastic(inputs: dict[str, Any]) -> Any:
    block = depth.isoelastic(inputs["Q"], inputs["Q0"], inputs["eps"])
    return {"uniform": block.uniform, "walk_down": block.walk_down}


@adapter("exp_demand")
def exp_demand(inputs: dict[str, Any]) -> Any:
    block = depth.exponential(inputs["Q"], inputs["D"])
    return {"uniform": block.uniform, "walk_down": block.walk_down}


@adapter("ltv_edges")
def ltv_edges(inputs: dict[str, Any]) -> Any:
    return ltv.loan_to_value([b for b, _ in inputs["cases"]], [v for _, v in inputs["cases"]])


@adapter("three_ltv")
def three_ltv(inputs: dict[str, Any]) -> Any:
    ratios = ltv.three_ltv(inputs["balance"], inputs["cost"], inputs["economic_value"], inputs["net_liquidation_value"])
    return {
        "nominal": ratios.nominal,
        "depreciation_adjusted": ratios.adjusted,
        "liquidation": ratios.liquidation,
    }


@adapter("nolv")
def nolv(inputs: dict[str, Any]) -> Any:
    value = sale.net_liquidation_value(
        inputs["OLV"], inputs["liquidation_expense_pct_of_OLV"], inputs["fixed_expense"], inputs["advance_rate"]
    )
    return {"NOLV": value.net, "line": value.line}


@adapter("optimal_sale_horizon")
def optimal_sale_horizon(inputs: dict[str, Any]) -> Any:
    best = timing.optimal_sale_horizon(inputs["eta_rel_per_unit_rate"], inputs["Q"], inputs["decay_plus_carry"])
    return {"T_star": best.years, "min_cost": best.cost}


@adapter("staged_sale")
def staged_sale(inputs: dict[str, Any]) -> Any:
    tranches = [inputs["ref_value"] / inputs["tranches"]] * inputs["tranches"]
    return timing.staged_sale(
        tranches, inputs["enforcement_years"], inputs["monthly_spacing"], inputs["delta"], inputs["discount_cc"]
    )


@adapter(
    "almgren_chriss",
    "almgren_chriss_E_musd",
    "almgren_chriss_U_musd",
    "almgren_chriss_V_musd2",
    "almgren_chriss_half_life",
    "almgren_chriss_kappa",
)
def almgren_chriss(inputs: dict[str, Any]) -> Any:
    block = execution.execution_schedule(
        inputs["X"],
        inputs["T"],
        inputs["N"],
        inputs["sigma"],
        inputs["eta"],
        inputs["gamma"],
        inputs["epsilon"],
        inputs["lam"],
    )
    return {
        "kappa": block.urgency,
        "holdings": block.holdings,
        "E": block.expected_cost,
        "V": block.variance,
        "half_life": block.half_life,
        "E_musd": block.expected_cost / 1e6,
        "U_musd": block.utility / 1e6,
        "V_musd2": block.variance / 1e12,
    }


@adapter("almgren2005")
def almgren2005(inputs: dict[str, Any]) -> Any:
    block = execution.execution_cost(
        inputs["X_over_V"] * inputs["ADV_m"],
        inputs["ADV_m"],
        inputs["shares_out_m"],
        inputs["daily_vol_pct"] / 100,
        inputs["T_days"],
        inputs["gamma"],
        inputs["eta"],
        inputs["beta"],
        inputs["delta"],
    )
    return {
        "cost_bp": block.cost * 1e4,
        "temp_norm": block.temporary_per_volatility,
        "perm_bp": block.permanent * 1e4,
    }


@adapter("margin_call_cash", "margin_call_sale")
def margin_call(inputs: dict[str, Any]) -> Any:
    call = margin.margin_call(inputs["B"], inputs["V"], inputs["ltv_target"], inputs.get("liq_discount", 0.0))
    return {
        "ltv": call.ltv,
        "cash_cure": call.cash,
        "collateral_cure": call.collateral,
        "gross_sale": call.sale,
        "proceeds": call.proceeds,
        "B_after": call.balance_after,
        "V_after": call.value_after,
    }


@adapter("margin_call_infeasible")
def margin_call_infeasible(inputs: dict[str, Any]) -> Any:
    return margin.margin_call(inputs["B"], inputs["V"], inputs["ltv_target"], inputs["liq_discount"]).sale


@adapter("btc_margin_price")
def btc_margin_price(inputs: dict[str, Any]) -> Any:
    return {
        "margin_call": margin.call_price(inputs["loan"], inputs["btc"], inputs["ltv_margin"]),
        "liquidation": margin.call_price(inputs["loan"], inputs["btc"], inputs["ltv_liq"]),
    }


@adapter("margin_sale_sqrt_impact")
def margin_sale_sqrt_impact(inputs: dict[str, Any]) -> Any:
    marked = inputs["mark_remaining_to_impacted_price"]
    block = deleveraging.deleveraging_sale(inputs["B"], inputs["V"], inputs["ltv_target"], inputs["I_full"], marked)
    return {
        "fraction_sold": block.fraction,
        "B_after": block.balance_after,
        "V_after": block.value_after,
        "ltv_after_1pct_sold": deleveraging.ltv_after_sale(inputs["B"], inputs["V"], 0.01, inputs["I_full"], marked),
        "peak_ltv": block.peak_ltv,
    }


@adapter("margin_sale_sqrt_infeasible")
def margin_sale_sqrt_infeasible(inputs: dict[str, Any]) -> Any:
    return deleveraging.deleveraging_sale(
        inputs["B"],
        inputs["V"],
        inputs["ltv_target"],
        inputs["I_full"],
        inputs["mark_remaining_to_impacted_price"],
    ).fraction


@adapter("btc_haircut_lognormal")
def btc_haircut_lognormal(inputs: dict[str, Any]) -> Any:
    loss = crypto.crypto_haircut(
        inputs["sigma"],
        inputs["tau_days"],
        inputs["alpha"],
        inputs["slippage"],
        inputs["mu"],
        days_per_year=inputs["days_per_year"],
    )
    return {"h_price": loss.price, "h_total": loss.total}


@adapter("btc_haircut_t4")
def btc_haircut_t4(inputs: dict[str, Any]) -> Any:
    return crypto.crypto_haircut(
        inputs["sigma"],
        inputs["tau_days"],
        inputs["alpha"],
        log_drift_cc=inputs["mu_log"],
        degrees_of_freedom=inputs["nu"],
        days_per_year=inputs["days_per_year"],
    ).price


@adapter("cascade_D500", "cascade_D2000")
def cascade(inputs: dict[str, Any]) -> Any:
    lenders = inputs["lenders"]
    end = firesale.fire_sale(
        inputs["P0"],
        inputs["shock"],
        inputs["depth_D"],
        [lender["q"] for lender in lenders],
        [lender["B"] for lender in lenders],
        [lender["trig"] for lender in lenders],
    )
    sold = [lender["id"] for lender, sells in zip(lenders, end.sellers.tolist(), strict=True) if sells]
    return {"price": end.price, "sold": sold, "rounds": end.rounds}


@adapter("glt_single_asset")
def glt_single_asset(inputs: dict[str, Any]) -> Any:
    spill = firesale.leverage_targeting(
        inputs["assets"], inputs["equity"], inputs["shock"], inputs["price_impact_per_usd"]
    )
    return {
        "leverage": spill.leverage,
        "sales": spill.sales,
        "price_impact": spill.price_impact,
        "second_round_loss": spill.second_round_loss,
        "AV": spill.aggregate_vulnerability,
    }


@adapter("basel_Estar")
def basel_estar(inputs: dict[str, Any]) -> Any:
    return basel.exposure_after_mitigation(inputs["E"], inputs["C"], inputs["Hc"], inputs["He"], inputs["Hfx"])


@adapter("basel_H")
def basel_h(inputs: dict[str, Any]) -> Any:
    return basel.haircut_for_revaluation(inputs["H_M"], inputs["T_M"], inputs["N_R"])


@adapter("holding_period_scale")
def holding_period_scale(inputs: dict[str, Any]) -> Any:
    return basel.haircut_for_holding(inputs["H_known_pct"], inputs["T_known_bd"], inputs["T_targets_bd"])


@adapter("firb_lgd_star")
def firb_lgd_star(inputs: dict[str, Any]) -> Any:
    return basel.secured_lgd(
        inputs["E"],
        inputs["C"],
        inputs["Hc"],
        inputs["LGD_U"],
        inputs["LGD_S"],
        inputs["HE"],
        inputs.get("Hfx", 0.0),
    )


@adapter("borrowing_base")
def borrowing_base_certificate(inputs: dict[str, Any]) -> Any:
    receivables = inputs["receivables"]
    n = len(receivables)
    certificate = borrowing_base.borrowing_base(
        [inputs["gpu_nolv"], *receivables, inputs["btc_value"]],
        0,
        [inputs["ar_gpu"], *[inputs["ar_rec"]] * n, inputs["ar_btc"]],
        inputs["reserves"],
        inputs["commitment"],
        inputs["outstanding"],
        ["", *range(1, n + 1), ""],
        inputs["conc_limit"],
        inputs["conc_basis"],
    )
    return {
        "excess_concentration": certificate.excess.sum(),
        "eligible_receivables": certificate.eligible[1:-1].sum(),
        "borrowing_base": certificate.base,
        "availability": certificate.availability,
    }
