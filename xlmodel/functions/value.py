"""Value: what the hardware is worth."""

from typing import Annotated, Any

from xlmodel.asset import calibrate, carrying, income, market
from xlmodel.errors import InputError
from xlmodel.functions.record import Arg, Example, Kind, worksheet
from xlmodel.functions.step import Step, Tape
from xlmodel.maths.domain import Floats, real
from xlmodel.maths.rates import half_life

_CATEGORY = "Value"

Cost = Annotated[Floats, Arg(Kind.NUMBER, "USD", "Price of the asset when new.")]
AgeYears = Annotated[Floats, Arg(Kind.NUMBER, "years", "Time since that price.")]
ReleaseDrops = Annotated[
    Floats | tuple[()], Arg(Kind.LIST, "fraction", "Share of value lost at each release, one for each age.")
]
Salvage = Annotated[Floats | float, Arg(Kind.NUMBER, "USD", "Floor below which the value does not fall.")]
DayOneLoss = Annotated[Floats | float, Arg(Kind.NUMBER, "fraction", "Share of value lost on first use.")]
LifeYears = Annotated[Floats, Arg(Kind.NUMBER, "years", "Depreciable life.")]
AnnualDecayEff = Annotated[Floats, Arg(Kind.NUMBER, "fraction a year", "Share of value lost in a year.")]
Rent = Annotated[Floats, Arg(Kind.NUMBER, "USD a unit-hour", "Spot rent today.")]
Usage = Annotated[Floats, Arg(Kind.NUMBER, "fraction", "Share of its hours that spot capacity rents.")]
CashCost = Annotated[Floats, Arg(Kind.NUMBER, "USD a unit-hour", "Cash cost of an installed hour.")]
AnnualDeflation = Annotated[
    Floats, Arg(Kind.NUMBER, "fraction a year", "Share of rent lost in a year; negative where rent rises.")
]
HorizonYears = Annotated[
    Floats | None, Arg(Kind.NUMBER, "years", "Longest life considered; needed where rent does not fall.")
]


def _value_tape(
    cost: Any, age: Any, decay: Any, release_ages: Any, release_drops: Any, salvage: Any, day_one_loss: Any
) -> Tape:
    """Cost, and what each cause takes of what the causes before it left."""
    lasting = 0.0 if decay is None else decay
    used = market.collateral_value(cost, age, 0.0, day_one_loss=day_one_loss)
    older = market.collateral_value(cost, age, lasting, day_one_loss=day_one_loss)
    newer = market.collateral_value(cost, age, lasting, release_ages, release_drops, 0.0, day_one_loss)
    floored = market.collateral_value(cost, age, lasting, release_ages, release_drops, salvage, day_one_loss)
    steps = (
        Step("+", "cost", cost, "USD"),
        Step("−", "first use", cost - used, "USD", "day_one_loss of the cost"),
        Step("−", "decay", used - older, "USD", "1 − (1 − annual_decay_eff)^age_years, of what is left"),
        Step("−", "newer generations", older - newer, "USD", "each release drop of what is left"),
        Step("+", "up to salvage", floored - newer, "USD", "the floor below which the value does not fall"),
    )
    return Tape(steps, "collateral value", "USD")


@worksheet(
    _CATEGORY,
    Example((35000, 2, 0.5), 8750.0),
    "Hulten and Wykoff (1981) for geometric economic depreciation; a value that halves every year is a quarter of "
    "its cost after two.",
    _value_tape,
)
def XLMODEL_COLLATERAL_VALUE(
    cost: Cost,
    age_years: AgeYears,
    annual_decay_eff: Annotated[
        Floats | float | None,
        Arg(
            Kind.NUMBER,
            "fraction a year",
            "Share of value lost in a year; needed unless release drops are given.",
        ),
    ] = None,
    release_ages: Annotated[
        Floats | tuple[()], Arg(Kind.LIST, "years", "Ages at which a newer generation ships in volume.")
    ] = (),
    release_drops: ReleaseDrops = (),
    salvage: Salvage = 0.0,
    day_one_loss: DayOneLoss = 0.0,
) -> Floats:
    """Depreciation-adjusted collateral value: what the asset is worth at an age.

    max(salvage, cost · (1 − day_one_loss) · (1 − annual_decay_eff)^age · Π(1 − drop)), the product over the
    releases that have shipped by that age. Each argument takes a cell or a range.
    """
    if annual_decay_eff is None:
        if len(release_drops) == 0:
            raise InputError(
                "annual_decay_eff is missing: it is needed unless release drops are given", "annual_decay_eff"
            )
        annual_decay_eff = 0.0
    return market.collateral_value(
        cost, age_years, annual_decay_eff, release_ages, release_drops, salvage, day_one_loss
    )


def _book_tape(cost: Any, age_years: Any, life_years: Any, salvage: Any) -> Tape:
    charged = cost - carrying.book_value(cost, salvage, life_years, age_years)
    steps = (
        Step("+", "cost", cost, "USD"),
        Step("−", "depreciation", charged, "USD", "(cost − salvage) · age_years / life_years, at most cost − salvage"),
    )
    return Tape(steps, "book value", "USD")


@worksheet(
    _CATEGORY,
    Example((100, 1.5, 6), 75.0),
    "Excel's SLN over part of a life; by hand 100 − 100 · 1.5 / 6.",
    _book_tape,
)
def XLMODEL_BOOK_VALUE(
    cost: Cost,
    age_years: AgeYears,
    life_years: LifeYears,
    salvage: Salvage = 0.0,
) -> Floats:
    """Straight-line book value at an age, which does not move with the market.

    max(salvage, cost − (cost − salvage) · age / life).
    """
    return carrying.book_value(cost, salvage, life_years, age_years)


def _gap_tape(cost: Any, age_years: Any, life_years: Any, annual_decay_eff: Any, salvage: Any) -> Tape:
    book = carrying.book_value(cost, salvage, life_years, age_years)
    worth = market.collateral_value(cost, age_years, annual_decay_eff, salvage=salvage)
    steps = (
        Step("+", "book value", book, "USD", "straight line over life_years"),
        Step("−", "market value", worth, "USD", "cost · (1 − annual_decay_eff)^age_years, at least salvage"),
    )
    return Tape(steps, "book minus market", "USD")


@worksheet(
    _CATEGORY,
    Example((100, 1, 6, 0.5), 100 * 5 / 6 - 50),
    "By hand: five sixths on the books against half on the market after a year.",
    _gap_tape,
)
def XLMODEL_BOOK_MINUS_MARKET(
    cost: Cost,
    age_years: AgeYears,
    life_years: LifeYears,
    annual_decay_eff: AnnualDecayEff,
    salvage: Salvage = 0.0,
) -> Floats:
    """What the books still show that a sale would not bring, at an age.

    Straight-line book value less depreciation-adjusted market value; positive means a loss waits to be recognised.
    """
    return carrying.book_minus_market(
        carrying.book_value(cost, salvage, life_years, age_years),
        market.collateral_value(cost, age_years, annual_decay_eff, salvage=salvage),
    ).gap


@worksheet(
    _CATEGORY,
    Example((35000, 1.75, 0.2, 0.05, 0.1, None, 1.2, 0.25, 0, 0.05), 13515.98007470098),
    "Geske, Ramey and Shapiro (2007) and Doms, Dunn, Oliner and Sichel (2004); by hand 35,000 · 0.95 · "
    "exp(−0.35 · 1.75) · 0.75.",
)
def XLMODEL_MARKET_VALUE(
    price_new: Annotated[Floats, Arg(Kind.NUMBER, "USD", "What the same asset costs new on the date of the price.")],
    age_years: AgeYears,
    revaluation_cc: Annotated[
        Floats | float, Arg(Kind.NUMBER, "continuous, a year", "Fall of the price of the same asset when new.")
    ] = 0.0,
    obsolescence_cc: Annotated[
        Floats | float, Arg(Kind.NUMBER, "continuous, a year", "Loss to better assets between releases.")
    ] = 0.0,
    wear_cc: Annotated[Floats | float, Arg(Kind.NUMBER, "continuous, a year", "Loss to age alone.")] = 0.0,
    calendar_years: Annotated[
        Floats | None, Arg(Kind.NUMBER, "years", "Time since the price, where the asset is older or younger.")
    ] = None,
    release_years: Annotated[
        Floats | tuple[()], Arg(Kind.LIST, "years", "When a newer generation ships, from the date of the price.")
    ] = (),
    release_drops: ReleaseDrops = (),
    salvage: Salvage = 0.0,
    day_one_loss: DayOneLoss = 0.0,
) -> Floats:
    """Market value from its components: price of the new asset, obsolescence, wear, releases.

    max(salvage, price_new · (1 − day_one_loss) · exp(−(revaluation + obsolescence + wear) · age) · Π(1 − drop)). The
    fall of new prices runs on the calendar, wear on the age.
    """
    return market.component_value(
        price_new,
        age_years,
        revaluation_cc,
        obsolescence_cc,
        wear_cc,
        calendar_years,
        release_years,
        release_drops,
        salvage,
        day_one_loss,
    )


@worksheet(_CATEGORY, Example((0.5,), 1.0), "By hand: half is lost in a year.")
def XLMODEL_HALF_LIFE(
    annual_decay_eff: AnnualDecayEff,
) -> Floats:
    """Years in which value, or rent, halves.

    ln(0.5) / ln(1 − annual_decay_eff). Set beside the tenor of the loan it is the first question to ask.
    """
    return half_life(annual_decay_eff)


@worksheet(
    _CATEGORY,
    Example((1, (0.5, 1.5), (0.2, 0.25)), 0.2),
    "Product of what each release leaves; by hand, at age 1 only the first has shipped.",
)
def XLMODEL_GENERATION_STEP(
    age_years: AgeYears,
    release_ages: Annotated[Floats, Arg(Kind.LIST, "years", "Ages at which a newer generation ships in volume.")],
    release_drops: Annotated[
        Floats, Arg(Kind.LIST, "fraction", "Share of value lost at each release, one for each age.")
    ],
) -> Floats:
    """Share of value that newer generations have taken away by an age.

    1 − Π(1 − drop) over the releases that have shipped. Use the dates of volume availability, not of announcement.
    """
    return 1 - market.released(real("age_years", age_years, 0), release_ages, release_drops)


@worksheet(
    _CATEGORY,
    Example((2.4, 0.85, 0.3526, 0.3), 4.921486206712686),
    "Hotelling (1925): run until the rent earned falls to the cash cost; ln(0.85 · 2.40 / 0.3526) / −ln(1 − 0.3).",
)
def XLMODEL_ECONOMIC_LIFE(
    rent: Rent,
    usage: Usage,
    cash_cost: CashCost,
    annual_deflation: AnnualDeflation,
    horizon_years: HorizonYears = None,
) -> Floats:
    """Years until running the asset no longer pays its cash cost.

    ln(usage · rent / cash_cost) / −ln(1 − annual_deflation); 0 where it does not pay today. A loan that matures later
    lives on cash that will not come.
    """
    return income.economic_life(rent, usage, cash_cost, annual_deflation, horizon_years)


@worksheet(
    _CATEGORY,
    Example((2.4, 0.85, 0.3526, 0.3, 0.12), 22607.91271872608),
    "Jorgenson's user cost as an income value, closed form and quadrature agreeing (golden row rec_income_value_cont).",
)
def XLMODEL_INCOME_VALUE(
    rent: Rent,
    usage: Usage,
    cash_cost: CashCost,
    annual_deflation: AnnualDeflation,
    discount_eff: Annotated[Floats, Arg(Kind.NUMBER, "fraction a year", "Rate that discounts the wait.")],
    as_of_years: Annotated[Floats | float, Arg(Kind.NUMBER, "years", "When the value is taken, from today.")] = 0.0,
    horizon_years: HorizonYears = None,
    salvage: Salvage = 0.0,
) -> Floats:
    """What the remaining net rent of one unit is worth, given up as soon as it no longer pays.

    Present value of usage · rent − cash_cost for 8,760 hours a year until the economic life ends, and the salvage then.
    """
    return income.income_value(
        rent, usage, cash_cost, annual_deflation, discount_eff, as_of_years, horizon_years, salvage
    )


@worksheet(
    _CATEGORY,
    Example(((50, 25, 12.5), (100, 100, 100), (1, 2, 3), False, "annual_decay"), 0.5),
    "Least squares on logarithms (Hulten and Wykoff 1981); three quotes that halve every year.",
)
def XLMODEL_FIT_DECAY(
    prices: Annotated[Floats, Arg(Kind.LIST, "USD", "Observed prices of used units.")],
    cost: Annotated[Floats, Arg(Kind.LIST, "USD", "Price of the asset when new.")],
    ages: Annotated[Floats, Arg(Kind.LIST, "years", "Age of the unit at each price.")],
    intercept: Annotated[bool, Arg(Kind.FLAG, "", "TRUE also fits a loss on first use.")] = True,
    return_: Annotated[
        str,
        Arg(
            Kind.CHOICE,
            "",
            "Annual decay, or its continuous rate, its standard error, the fit or the day-one loss.",
            ("annual_decay", "rate_cc", "standard_error", "r_squared", "day_one_loss"),
        ),
    ] = "annual_decay",
) -> float:
    """Annual decay that fits observed prices of used units.

    Slope of ln(price / cost) on age. Needs more quotes than it fits parameters; asking prices overstate.
    """
    fit = calibrate.fit_decay(prices, cost, ages, intercept)
    names = {"rate_cc": "decay_cc", "annual_decay": "annual_decay_eff", "standard_error": "decay_cc_error"}
    return float(getattr(fit, names.get(return_, return_)))
