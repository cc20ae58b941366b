"""The contract and the units behind a loan: what they carry, and at which price."""

from typing import Annotated

import numpy as np

from xlmodel.asset import mining
from xlmodel.asset.residual import residual_guarantee
from xlmodel.functions.answer import at
from xlmodel.functions.coverage import DebtService, Period
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.waterfall import CATEGORY
from xlmodel.loan import offtake
from xlmodel.loan.covenant_record import contract_realisation
from xlmodel.maths.domain import Floats

Costs = Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Cash costs that go on.")]


@worksheet(
    CATEGORY,
    Example(((50, 50, 0), 10, (20, 20, 20), 1, 3), -0.5),
    "Coverage with merchant revenue left out; by hand (0 − 10) / 20 once the contract has ended.",
)
def XLMODEL_CONTRACTED_DSCR(
    contracted_revenue: Annotated[
        Floats, Arg(Kind.SERIES, "USD a period", "Cash from contracts, prepayments and credits as they are paid.")
    ],
    costs: Costs,
    debt_service: DebtService,
    window: Annotated[int, Arg(Kind.WHOLE, "periods", "Periods summed; 1 is each period by itself.")] = 1,
    period: Period = None,
) -> Floats:
    """Debt service coverage if nothing but the contracts brought revenue.

    (contracted revenue − costs) / debt service. It shows a loan that outlives its contract before the rent does.
    #DIV/0! where no debt service falls due, #N/A before the first full window.
    """
    return at(period, offtake.contracted_dscr(contracted_revenue, costs, debt_service, window))


@worksheet(
    CATEGORY,
    Example(((160, 130), 40, 10, 20, 0.5, 0, 0, 1, 1), 2.0),
    "Service and costs over the hours rented; by hand (160 + 40) / (10 · 20 · 0.5).",
)
def XLMODEL_BREAKEVEN_PRICE(
    debt_service: DebtService,
    costs: Costs,
    units: Annotated[Floats | float, Arg(Kind.SERIES, "units", "Units in service.")],
    hours: Annotated[Floats | float, Arg(Kind.SERIES, "hours a period", "Hours of a period: 2,190 of a quarter.")],
    usage: Annotated[
        Floats | float, Arg(Kind.SERIES, "fraction", "Share of the hours that capacity without a contract rents.")
    ] = 1.0,
    contracted_revenue: Annotated[Floats | float, Arg(Kind.SERIES, "USD a period", "Cash from contracts.")] = 0.0,
    contracted_share: Annotated[Floats | float, Arg(Kind.SERIES, "fraction", "Share of the units they take.")] = 0.0,
    target_dscr: Annotated[Floats | float, Arg(Kind.SERIES, "ratio", "Coverage wanted; 1 just pays the debt.")] = 1.0,
    period: Period = None,
) -> Floats:
    """Price a unit-hour at which the cash just pays costs and debt service.

    (target · debt service + costs − contracted revenue) / (units · hours · usage · share without contract). 0 where
    the contracts alone suffice; #DIV/0! where something is missing and nothing is left to rent.
    """
    return at(
        period,
        offtake.breakeven_price(
            debt_service, costs, units, hours, usage, contracted_revenue, contracted_share, target_dscr
        ),
    )


@worksheet(
    CATEGORY,
    Example((12_000_000, 1000, 9000, "cover"), 0.75),
    "Debt on a unit against what a unit is resold for; by hand 9,000 / (12,000,000 / 1,000).",
)
def XLMODEL_DEBT_PER_UNIT(
    balance: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Owed on the day, such as the end of the contract.")],
    units: Annotated[Floats, Arg(Kind.NUMBER, "units", "Units in service then.")],
    resale: Annotated[
        Floats | float, Arg(Kind.NUMBER, "USD a unit", "What one unit then brings after cost of sale.")
    ] = 0.0,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "The debt a unit, resale over it, or what is missing a unit.",
            ("debt", "cover", "shortfall"),
        ),
    ] = "debt",
) -> Floats:
    """Debt on each unit, and whether its resale repays it.

    balance / units; "cover" is resale over it, "shortfall" what a sale of all units would leave unpaid on each.
    """
    found = offtake.debt_per_unit(balance, units, resale)
    answer: Floats = {"debt": found.debt, "cover": found.cover, "shortfall": found.shortfall}[return_]
    return np.asarray(answer)


@worksheet(
    CATEGORY,
    Example((20, 0.06), 28.8),
    "One PH/s at e J/TH draws e kW; by hand 20 · 24 · 0.06.",
)
def XLMODEL_HASHPRICE_BREAKEVEN(
    efficiency: Annotated[Floats, Arg(Kind.NUMBER, "J/TH", "Energy a terahash, times the PUE of the site.")],
    usd_per_kwh: Annotated[Floats, Arg(Kind.NUMBER, "USD/kWh", "Price of power.")],
    other_cost: Annotated[
        Floats | float, Arg(Kind.NUMBER, "USD a PH/s and day", "Hosting and other cost while running.")
    ] = 0.0,
    pool_fee: Annotated[Floats | float, Arg(Kind.NUMBER, "fraction", "Share the pool keeps.")] = 0.0,
) -> Floats:
    """Hashprice at which a miner just pays for its power.

    (efficiency · 24 · USD per kWh + other cost) / (1 − pool fee), USD per PH/s and day.
    """
    return mining.hashprice_breakeven(efficiency, usd_per_kwh, other_cost, pool_fee)


@worksheet(
    CATEGORY,
    Example((10, 1000, 30, 3.125), 135.0),
    "Share of the network times 144 blocks a day; by hand 1 % of 4,320 blocks of 3.125 BTC.",
)
def XLMODEL_BITCOIN_MINED(
    hashrate: Annotated[Floats, Arg(Kind.NUMBER, "EH/s", "The miner's, or any unit that the network's has too.")],
    network_hashrate: Annotated[Floats, Arg(Kind.NUMBER, "EH/s", "Of the whole network, the miner included.")],
    days: Annotated[Floats, Arg(Kind.NUMBER, "days", "Length of the period.")],
    subsidy: Annotated[Floats | float, Arg(Kind.NUMBER, "BTC a block", "Block subsidy; it halves about 2028.")] = 3.125,
    fees_per_block: Annotated[Floats | float, Arg(Kind.NUMBER, "BTC a block", "Transaction fees.")] = 0.0,
    uptime: Annotated[Floats | float, Arg(Kind.NUMBER, "fraction", "Share of the time the machines run.")] = 1.0,
    pool_fee: Annotated[Floats | float, Arg(Kind.NUMBER, "fraction", "Share the pool keeps.")] = 0.0,
) -> Floats:
    """Bitcoin mined in a period, by share of the network's hashrate.

    uptime · hashrate / network · (subsidy + fees) · 144 · days · (1 − pool fee).
    """
    return mining.bitcoin_mined(hashrate, network_hashrate, days, subsidy, fees_per_block, uptime, pool_fee)


@worksheet(
    CATEGORY,
    Example(((50, 80, 100), (100, 100, 100), 2, 3), 0.9),
    "Realised over contracted revenue, sums over the look-back; by hand (80 + 100) / 200.",
)
def XLMODEL_CONTRACT_REALISATION(
    realised: Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Revenue the contracts brought.")],
    contracted: Annotated[Floats, Arg(Kind.SERIES, "USD a period", "Revenue they promised when fully delivered.")],
    look_back: Annotated[int, Arg(Kind.WHOLE, "periods", "Periods summed, such as 3 months.")] = 1,
    period: Period = None,
) -> Floats:
    """Share of contracted revenue that was really earned over the last periods.

    A ratio of sums. #N/A before the first full look-back, #DIV/0! where nothing was promised.
    """
    return at(period, contract_realisation(realised, contracted, look_back))


@worksheet(
    CATEGORY,
    Example((60, 100, 0.9, 0.4, 0.1, 0, None, "value"), 93.84),
    "Claim on the guarantor; by hand 0.9 · (100 − 60) = 36, of which 0.9 + 0.1 · 0.4 are expected: 60 + 33.84.",
)
def XLMODEL_RESIDUAL_GUARANTEE(
    value: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Sale value of the fleet without the guarantee.")],
    guaranteed: Annotated[Floats, Arg(Kind.NUMBER, "USD", "Guaranteed value of the fleet.")],
    survival: Annotated[Floats | float, Arg(Kind.NUMBER, "probability", "That the guarantor can pay then.")] = 1.0,
    recovery: Annotated[Floats | float, Arg(Kind.NUMBER, "fraction", "Share it pays if it cannot.")] = 0.0,
    excluded: Annotated[
        Floats | float, Arg(Kind.NUMBER, "fraction", "Share of the fleet outside the guarantee.")
    ] = 0.0,
    deductible: Annotated[Floats | float, Arg(Kind.NUMBER, "USD", "First loss that is not covered.")] = 0.0,
    cap: Annotated[Floats | None, Arg(Kind.NUMBER, "USD", "Most that is paid; no limit when left out.")] = None,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "Value with the guarantee, the expected payment, or the claim.",
            ("value", "expected", "claim"),
        ),
    ] = "value",
    wrong_way: Annotated[
        Floats | float, Arg(Kind.NUMBER, "exponent", "How much likelier the guarantor fails the more it owes.")
    ] = 0.0,
) -> Floats:
    """What a residual value guarantee adds to the hardware, the guarantor's own default taken into account.

    The claim is the guaranteed less the sale value of what is not excluded, less the deductible, at most the cap. A
    manufacturer that guarantees its own product fails when the product is worth little: that is wrong_way.
    """
    found = residual_guarantee(value, guaranteed, survival, recovery, excluded, deductible, cap, wrong_way)
    answer: Floats = {"value": found.value, "expected": found.expected, "claim": found.claim}[return_]
    return np.asarray(answer)
