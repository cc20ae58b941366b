"""Rows of the timeline: rent, contracts, prepayments, operating cost, and the cash that is left for the debt."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Contract, Merchant
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.timeline.dates import year_share

_BEGINS: Final = "({years}-{length})"
_MONTH: Final = "{months_per_year}"


def cash(grid: Grid, analysis: Analysis) -> None:
    """Write everything from rent to CFADS."""
    deal = analysis.deal
    if deal.cash is not None:
        grid.section("Cash")
        _cfads(grid, analysis, f"CFADS: {deal.cash.name}", "={cash.amount}*{length}")
        return
    grid.section("Revenue")
    _units(grid, analysis)
    for i, contract in enumerate(deal.contracts):
        _contract(grid, analysis, i, contract)
    if deal.contracts:
        grid.row(
            "contract_revenue", "Contract revenue", "USD m",
            "=" + "+".join(f"{{contract{i}}}" for i in range(len(deal.contracts))),
            "money", weight="strong", total=True,
        )  # fmt: skip
    if deal.merchant is not None:
        _merchant(grid, analysis, deal.merchant)
    _prepayments(grid, analysis)
    _revenue(grid, analysis)
    _opex(grid, analysis)


def _late(analysis: Analysis) -> list[int]:
    """Positions of the assets that come into service after closing."""
    closing = analysis.closing
    return [
        i
        for i, asset in enumerate(analysis.deal.assets)
        if asset.in_service is not None and np.datetime64(asset.in_service, "D") > closing
    ]


def _there(analysis: Analysis, i: int) -> str:
    """The share of the period in which an asset is in service."""
    return f"{{assets[{i}].there}}" if i in _late(analysis) else ""


def _units(grid: Grid, analysis: Analysis) -> None:
    """Write the units in service, each counted for the part of the period in which it is."""
    assets = analysis.deal.assets
    for i in _late(analysis):
        key = f"assets[{i}]"
        since = year_share("30/360", "{timeline.closing}", f"{{{key}.in_service}}")
        grid.scalar(f"{key}.begins", f"{assets[i].name}: years from closing to its in-service date", "years",
                    f"={since}", "years")  # fmt: skip
        grid.row(
            f"{key}.there", f"{assets[i].name}: share of the period in service", "%",
            f"=MAX(0,MIN(1,({{years}}-{{{key}.begins|closing}})/{{length}}))", "percent",
        )  # fmt: skip
    fleet = "+".join(
        f"{{assets[{i}].units}}" + (f"*{_there(analysis, i)}" if _there(analysis, i) else "")
        for i in range(len(assets))
    )
    grid.row("units", "Units in service", "units", f"={fleet}", "count")
    grid.row("hours", "Hours of the period", "hours", "={hours_per_year}*{length}", "count")


def starts(contract: Contract, i: int) -> str:
    """The formula of the years from closing to the start of a contract."""
    if contract.start is None:
        return "0"
    return f"{{contract{i}.start|closing}}"


def _inside(analysis: Analysis, start: str, end: str) -> str:
    """The formula of the units that a stretch of time binds, each counted for its share of a year in it."""
    parts = []
    for i in range(len(analysis.deal.assets)):
        first = [_BEGINS, *([start] if start != "0" else [])]
        if i in _late(analysis):
            first.append(f"{{assets[{i}].begins|closing}}")
        low = first[0] if len(first) == 1 else f"MAX({','.join(first)})"
        parts.append(f"{{assets[{i}].units}}*MAX(0,MIN({end},{{years}})-{low})")
    return "+".join(parts)


def _contract(grid: Grid, analysis: Analysis, i: int, contract: Contract) -> None:
    path = f"contracts[{i}]"
    years = f"({{{path}.term}}/{_MONTH})"
    if contract.start is not None:
        since = year_share("30/360", "{timeline.closing}", f"{{{path}.start}}")
        before = year_share("30/360", f"{{{path}.start}}", "{timeline.closing}")
        grid.scalar(f"contract{i}.start", f"{contract.name}: years from closing to its start", "years",
                    f"=IF({{{path}.start}}>={{timeline.closing}},{since},-({before}))", "years")  # fmt: skip
    start = starts(contract, i)
    end = years if start == "0" else f"({start}+{years})"
    if contract.amount is not None:
        low = _BEGINS if start == "0" else f"MAX({_BEGINS},{start})"
        formula = f"={{{path}.amount}}*MAX(0,MIN({end},{{years}})-MAX({low},0))/{years}"
        if contract.start is not None:
            formula = f"={{{path}.amount}}*MAX(0,MIN({end},{{years}})-{low})/{years}"
        grid.row(f"contract{i}", f"{contract.name}: invoiced", "USD m", formula, "money", total=True)
        return
    shares = [f"{{{path}.{name}}}" for name in ("take_or_pay", "own_usage") if getattr(contract, name) is not None]
    # Nothing said about take-or-pay means that every hour is paid for.
    paid = f"*MAX({','.join(shares)})" if contract.take_or_pay is not None else ""
    if contract.escalation is not None:
        _escalated(grid, analysis, i, contract, start, end, paid)
    else:
        _stepped(grid, analysis, i, contract, start, end, paid)
    again = f"({{{path}.{'renewal_term' if contract.renewal_term is not None else 'term'}}}/{_MONTH})"
    idle = f"({{{path}.downtime}}/{_MONTH})" if contract.downtime is not None else "0"
    bound, money, empty = [f"{{contract{i}.first_hours}}"], [f"{{contract{i}.first}}"], []
    for n in range(contract.renewals):
        begins = f"({end}+{idle})" if idle != "0" else end
        less = f"*(1-{{{path}.renewal_discount}})" if contract.renewal_discount is not None else ""
        grid.scalar(f"contract{i}.rent{n}", f"{contract.name}: price of renewal {n + 1}", "USD a unit-hour",
                    f"={{merchant.rent}}*(1-{{merchant.annual_deflation}})^MAX({begins},0){less}", "price")  # fmt: skip
        if idle != "0":
            empty.append(_inside(analysis, end, begins))
        end = f"({begins}+{again})"
        key = f"contract{i}.hours{n}"
        grid.row(key, f"{contract.name}: unit-hours, renewal {n + 1}", "hours",
                 f"={{{path}.share}}*{{hours_per_year}}*({_inside(analysis, begins, end)})", "count")  # fmt: skip
        bound.append(f"{{{key}}}")
        money.append(f"{{{key}}}{paid}*{{contract{i}.rent{n}|closing}}/{{million}}")
    if idle != "0":
        empty.append(_inside(analysis, end, f"({end}+{idle})"))
        grid.row(f"contract{i}.idle", f"{contract.name}: unit-hours empty between two tenants", "hours",
                 f"={{{path}.share}}*{{hours_per_year}}*({'+'.join(empty)})", "count")  # fmt: skip
    grid.row(f"contract{i}.hours", f"{contract.name}: unit-hours under contract", "hours", "=" + "+".join(bound),
             "count")  # fmt: skip
    grid.row(f"contract{i}", f"{contract.name}: invoiced", "USD m", "=" + "+".join(money), "money", total=True)


def _stepped(grid: Grid, analysis: Analysis, i: int, contract: Contract, start: str, end: str, paid: str) -> None:
    """Write the first term at one price, or at one from each date on."""
    path = f"contracts[{i}]"
    bounds, prices = [start], [f"{{{path}.price}}"]
    for j in range(len(contract.steps)):
        since = year_share("30/360", "{timeline.closing}", f"{{{path}.steps[{j}].date}}")
        before = year_share("30/360", f"{{{path}.steps[{j}].date}}", "{timeline.closing}")
        grid.scalar(f"contract{i}.step{j}", f"{contract.name}: years from closing to price step {j + 1}", "years",
                    f"=IF({{{path}.steps[{j}].date}}>={{timeline.closing}},{since},-({before}))", "years")  # fmt: skip
        bounds.append(f"MAX({start},{{contract{i}.step{j}|closing}})")
        prices.append(f"{{{path}.steps[{j}].price}}")
    ends = [*(f"MIN({bound},{end})" for bound in bounds[1:]), end]
    inside = [_inside(analysis, a, b) for a, b in zip(bounds, ends, strict=True)]
    per_hour = f"{{{path}.share}}*{{hours_per_year}}"
    grid.row(f"contract{i}.first_hours", f"{contract.name}: unit-hours of its first term", "hours",
             f"={per_hour}*({'+'.join(inside)})", "count")  # fmt: skip
    if len(prices) == 1:
        money = f"={{contract{i}.first_hours}}{paid}*{prices[0]}/{{million}}"
    else:
        priced = "+".join(f"({x})*{price}" for x, price in zip(inside, prices, strict=True))
        money = f"={per_hour}{paid}*({priced})/{{million}}"
    grid.row(f"contract{i}.first", f"{contract.name}: invoiced for its first term", "USD m", money, "money")


def _escalated(grid: Grid, analysis: Analysis, i: int, contract: Contract, start: str, end: str, paid: str) -> None:
    """Write the first term at a price that rises on every anniversary of its start."""
    path, growth = f"contracts[{i}]", f"(1+{{contracts[{i}].escalation}})"
    low = f"MAX({start},{_BEGINS})"
    grid.row(f"contract{i}.year", f"{contract.name}: contract years before the period", "years",
             f"=MAX(INT({low}-{start}+{{instant}}),0)", "count")  # fmt: skip
    turn = f"MIN({start}+{{contract{i}.year}}+1,{end})"
    before, after = _inside(analysis, start, turn), _inside(analysis, turn, end)
    per_hour = f"{{{path}.share}}*{{hours_per_year}}"
    grid.row(f"contract{i}.first_hours", f"{contract.name}: unit-hours of its first term", "hours",
             f"={per_hour}*({before}+{after})", "count")  # fmt: skip
    price = f"{{{path}.price}}*{growth}^{{contract{i}.year}}"
    grid.row(f"contract{i}.first", f"{contract.name}: invoiced for its first term", "USD m",
             f"={per_hour}{paid}*{price}*({before}+({after})*{growth})/{{million}}", "money")  # fmt: skip


def _merchant(grid: Grid, analysis: Analysis, merchant: Merchant) -> None:
    back = {"start": 1.0, "end": 0.0}.get(merchant.timing, 0.5)
    averaged = merchant.timing == "average"
    if merchant.rent is not None and not averaged:
        grid.row("moment", "Rent is read at", "years", "={years}-{rent.back}*{length}", "years")
    if merchant.rent is not None:
        if averaged:
            kept, lost = "(1-{merchant.annual_deflation})", "{merchant.annual_deflation}"
            formula = (
                f"=IF({lost}=0,{{merchant.rent}},"
                f"{{merchant.rent}}*({kept}^{_BEGINS}-{kept}^{{years}})/(-LN({kept})*{{length}}))"
            )
        else:
            formula = "={merchant.rent}*(1-{merchant.annual_deflation})^{moment}"
    else:
        formula = _through_points(grid, analysis, merchant, back)
    grid.row("rental", "Spot rent", "USD a unit-hour", formula, "price")
    blocks = [(i, contract) for i, contract in enumerate(analysis.deal.contracts) if contract.price is not None]
    let = "".join(f"-{{contract{i}.hours}}" for i, _ in blocks)
    let += "".join(f"-{{contract{i}.idle}}" for i, contract in blocks if contract.downtime is not None)
    if blocks:
        # What is let to the hour leaves rounding.
        spare = f"({{units}}*{{hours}}{let})"
        grid.row(
            "free_hours",
            "Uncontracted unit-hours",
            "hours",
            f"=IF(ABS{spare}<={{tie}}*{{units}}*{{hours}},0,MAX{spare})".replace("MAX(", "MAX(0,", 1),
            "count",
        )
        grid.row("free", "Uncontracted capacity (%)", "%",
                 "=IF({units}*{hours}>0,{free_hours}/({units}*{hours}),0)", "percent")  # fmt: skip
    grid.row(
        "merchant_revenue", "Uncontracted (spot) revenue", "USD m",
        ("={free_hours}" if blocks else "={units}*{hours}") + "*{merchant.usage}*{rental}/{million}",
        "money", weight="strong", total=True,
    )  # fmt: skip


def _through_points(grid: Grid, analysis: Analysis, merchant: Merchant, back: float) -> str:
    """Write on which day the curve is read and after which of its points; return the formula of the rent there."""
    grid.row("rent.day", "Rent is read on", "date", "={date}-{rent.back}*({date}-{date|prev})", "period")
    grid.row(
        "rent.point", "Point of the curve before", "number",
        "=IF({rent.day}<INDEX({merchant.points.date|all},1),1,MATCH({rent.day},{merchant.points.date|all},1))",
        "count",
    )  # fmt: skip
    rent, day = (f"INDEX({{merchant.points.{x}|all}},{{rent.point}}{{}})" for x in ("rent", "date"))
    return (
        "=IF(OR({rent.day}<INDEX({merchant.points.date|all},1),{rent.point}=ROWS({merchant.points.date|all})),"
        f"{rent.replace('{}', '')},"
        f"{rent.replace('{}', '')}*({rent.replace('{}', '+1')}/{rent.replace('{}', '')})"
        f"^(({{rent.day}}-{day.replace('{}', '')})/({day.replace('{}', '+1')}-{day.replace('{}', '')})))"
    )


def _prepayments(grid: Grid, analysis: Analysis) -> None:
    """Write the corkscrew of every prepayment: what the customer has paid ahead, and the credits against invoices."""
    for i, contract in enumerate(analysis.deal.contracts):
        paid = contract.prepayment
        if paid is None:
            continue
        path, key = f"{{contracts[{i}].prepayment.", f"prepaid{i}"
        grid.section(f"Prepayment of {contract.name}")
        begun = "SUMPRODUCT(--(({years|all}-{length|all})<"
        grid.scalar(
            f"{key}.last", "Last period in which it is credited", "number",
            f"=MAX({begun}{path}credit_to_month}}/{_MONTH}-{{instant}})),"
            f"{begun}({path}credit_from_month}}-1)/{_MONTH}-{{instant}}))+1)",
            "count",
        )  # fmt: skip
        grid.row(
            f"{key}.left", "Periods left in which it is credited", "periods",
            f"=IF({_BEGINS}<({path}credit_from_month}}-1)/{_MONTH}-{{instant}},0,MAX({{{key}.last|closing}}-{{period}}+1,1))",
            "count",
        )  # fmt: skip
        _corkscrew(grid, i, contract)


def _corkscrew(grid: Grid, i: int, contract: Contract) -> None:
    paid, key = contract.prepayment, f"prepaid{i}"
    assert paid is not None  # noqa: S101  the caller asked
    amount, date = f"{{contracts[{i}].prepayment.amount}}", f"{{contracts[{i}].prepayment.received}}"
    grid.row(f"{key}.opening", "Customer prepayment balance, opening", "USD m", f"={{{key}.closing|prev}}", "money")
    falls = f"AND({date}>{{date|prev}},{date}<={{date}})"
    grid.row(
        f"{key}.received", "Received", "USD m", f"=IF({falls},{amount},0)" if paid.received is not None else "=0",
        "money", total=True, closing=True,
        closing_formula=f"=IF({date}<={{timeline.closing}},{amount},0)" if paid.received is not None else f"={amount}",
    )  # fmt: skip
    grid.row(
        f"{key}.credit", "Prepayment credits applied", "USD m",
        f"=IF({{{key}.left}}>0,MIN(({{{key}.opening}}+{{{key}.received}})/{{{key}.left}},{{contract{i}}}),0)",
        "money", total=True,
    )  # fmt: skip
    grid.row(
        f"{key}.closing", "Customer prepayment balance, closing", "USD m",
        f"={{{key}.opening}}+{{{key}.received}}-{{{key}.credit}}", "money", weight="strong",
        closing=True, closing_formula=f"={{{key}.received|closing}}",
    )  # fmt: skip


def _revenue(grid: Grid, analysis: Analysis) -> None:
    _earned, deal = analysis.earnings, analysis.deal
    prepaid = [i for i, contract in enumerate(deal.contracts) if contract.prepayment is not None]
    if prepaid:
        grid.section("Cash revenue")
        for key, label, sign in (
            ("received", "Prepayments received in the period", 1),
            ("credit", "Less prepayments credited", -1),
        ):
            formula = "=" + ("" if sign > 0 else "-(") + "+".join(f"{{prepaid{i}.{key}}}" for i in prepaid)
            grid.row(
                f"prepayment_{key}", label, "USD m", formula + ("" if sign > 0 else ")"), "money", total=True,
            )  # fmt: skip
    terms = ["{contract_revenue}"] if deal.contracts else []
    terms += ["{merchant_revenue}"] if deal.merchant is not None else []
    terms += ["{prepayment_received}", "{prepayment_credit}"] if prepaid else []
    grid.row(
        "cash_revenue", "Cash revenue", "USD m", "=" + "+".join(terms), "money",
        weight="strong", total=True,
    )  # fmt: skip


def _opex(grid: Grid, analysis: Analysis) -> None:
    deal = analysis.deal
    costs = deal.opex
    grid.section("Operating cost")
    parts: list[str] = []

    def cost(key: str, label: str, formula: str) -> None:
        parts.append(f"{{{key}}}")
        grid.row(key, label, "USD m", formula, "money", total=True)

    if costs.project_margin is not None:
        invoiced = [f"{{{x}}}" for x, there in (
            ("contract_revenue", bool(deal.contracts)), ("merchant_revenue", deal.merchant is not None)
        ) if there]  # fmt: skip
        cost("cost.margin", "Cost that the project margin leaves",
             f"=(1-{{opex.project_margin}})*({'+'.join(invoiced)})")  # fmt: skip
    if costs.cash_cost is not None:
        cost("cost.cash", "Cash opex of installed hours", "={units}*{hours}*{opex.cash_cost}/{million}")
    if costs.power_price is not None:
        drawn = [i for i, asset in enumerate(deal.assets) if asset.power is not None]
        kilowatts = "+".join(
            f"{{assets[{i}].units}}*{{assets[{i}].power}}" + (f"*{_there(analysis, i)}" if _there(analysis, i) else "")
            for i in drawn
        )
        pue = "" if costs.pue is None else "*{opex.pue}"
        cost("cost.power", "Power", f"={{hours}}*({kilowatts}){pue}*{{opex.power_price}}/{{million}}")
    if costs.fixed is not None:
        cost("cost.fixed", "Fixed cost", "={opex.fixed}*{length}")
    grid.row(
        "opex", "Operating cost", "USD m", "=" + ("+".join(parts) or "0"), "money",
        weight="strong", total=True,
    )  # fmt: skip
    grid.section("Cash flow available for debt service")
    _cfads(grid, analysis, "CFADS", "={cash_revenue}-{opex}")


def _cfads(grid: Grid, analysis: Analysis, label: str, formula: str) -> None:
    """Write the cash flow, before tax and after it where there is one."""
    _before, _after = analysis.earnings.cfads, analysis.cfads
    if analysis.tax is not None:
        grid.row("pre_tax", f"{label}, before tax", "USD m", formula, "money",
                 total=True)  # fmt: skip
        grid.row("levy", "Tax", "USD m", "={tax.due}", "money",
                 total=True)  # fmt: skip
        label, formula = f"{label}, after tax", "={pre_tax}-{levy}"
    grid.row("cfads", label, "USD m", formula, "money", weight="strong",
             total=True)  # fmt: skip
