"""Adapters of the whole financing: sweeps, reserves, and what a mine earns."""

from typing import Any

import numpy as np

from tests.cases.registry import adapter
from xlmodel.asset import mining
from xlmodel.loan.reserves import dsra_target
from xlmodel.loan.term_sheet import Reserve, Sweep, Tranche
from xlmodel.loan.waterfall import waterfall

Row = dict[str, Any]


@adapter("cash_sweep")
def cash_sweep(inputs: Row) -> Any:
    loan = Tranche(inputs["principal"], inputs["i"], inputs["scheduled"])
    paid = waterfall(inputs["cfads"], [loan], sweep=Sweep(inputs["sweep"]))
    return [inputs["principal"], *paid.tranches[0].closing]


@adapter("dsra_target")
def reserve_target(inputs: Row) -> Any:
    return dsra_target(inputs["debt_service"], inputs["months"], inputs["freq"])[inputs["k"]]


@adapter("dsra_waterfall")
def dsra_waterfall(inputs: Row) -> Any:
    service = np.asarray(inputs["debt_service"], dtype=float)
    loan = Tranche(service.sum(), 0.0, service)
    reserve = Reserve(target=inputs["dsra_target"], opening=inputs["dsra0"])
    paid = waterfall(inputs["cfads"], [loan], [reserve], cash=inputs["cash0"], distribute=inputs["distribute"])
    return {"dsra": paid.reserves[0].closing, "cash": paid.cash, "shortfall": paid.shortfall}


@adapter("hashprice_breakeven")
def power_breakeven(inputs: Row) -> Any:
    return mining.hashprice_breakeven(inputs["efficiency_J_per_TH"], inputs["usd_per_kwh"])
