"""Rows of the timeline: rent, contracts, prepayments, operating cost, and the cash that is left for the debt."""

from typing import Final

import numpy as np

from xlmodel.deal import Analysis
from xlmodel.deal.inputs import Contract, Merchant
from xlmodel.deal.terms.contracts import invoiced
from xlmodel.deal.terms.hardware import fleets
from xlmodel.deal.terms.market import BASE
from xlmodel.maths.dates import to_serial
from xlmodel.maths.domain import Floats
from xlmodel.workbook.grid import Grid
from xlmodel.workbook.units import MILLION

_BEGINS: Final = "({years}-{length})"
_MONTH: Final = "{months_per_year}"


def cash(grid: Grid, analysis: Analysis) -> None:
    """Write everything from rent to CFADS."""
    deal, _earned = analysis.deal, analysis.earnings
    if deal.cash is not None:
        grid.section("Cash")
        _cfads(grid, analysis, f"CFADS: {deal.cash.name}", "={cash.amount}*{length}")
        return
    hours = analysis.timeline.length * 8760
    units = float(sum(asset.units.value for asset in deal.assets))
    grid.section("Revenue")
    fleet = "+".join(f"{{assets[{i}].units}}" for i in range(len(deal.assets)))
    grid.row("units", "Installed units", "units", f"={fleet}", "count")
    grid.row("hours", "Hours of the period", "hours", "={hours_per_year}*{length}", "count")
    for i, contract in enumerate(deal.contracts):
        _contract(grid, analysis, i, contract, units * hours)
    if deal.contracts:
        grid.row(
            "contract_revenue", "Contract revenue", "USD m",
            "=" + "+".join(f"{{contract{i}}}" for i in range(len(deal.contracts))),
            "money", weight="strong", total=True,
        )  # fmt: skip
    if deal.merchant is not None:
        _merchant(grid, analysis, deal.merchant, units * hours)
    _prepayments(grid, analysis)
    _revenue(grid, analysis)
    _opex(grid, analysis, units * hours)


def term_of(analysis: Analysis, contract: Contract) -> Floats:
    """Return 1 for the periods that a contract's term reaches into, else 0; a term is paid to its period's end."""
    line = analysis.timeline
    return (line.years - line.length < contract.term.value / 12 - 1e-9).astype(np.float64)


def _contract(grid: Grid, analysis: Analysis, i: int, contract: Contract, unit_hours: Floats) -> None:
    path, line = f"contracts[{i}]", analysis.timeline
    if contract.amount is not None:
        term = contract.term.value / 12
        values = contract.amount.value * line.overlap(0.0, term) / term
        years = f"({{{path}.term}}/{_MONTH})"
        formula = f"={{{path}.amount}}*MAX(0,MIN({{years}},{years})-MAX({_BEGINS},0))/{years}"
        grid.row(f"contract{i}", f"{contract.name}: invoiced", "USD m", formula, "money",
                 total=True)  # fmt: skip
        return
    grid.row(
        f"contract{i}.runs", f"{contract.name}: contract runs", "1 or 0",
        f"=IF({_BEGINS}<{{{path}.term}}/{_MONTH}-{{instant}},1,0)", "count",
    )  # fmt: skip
    assert contract.price is not None and contract.share is not None  # noqa: S101, PT018  the description holds it
    paid, values = "", contract.share.value * contract.price.value * term_of(analysis, contract) * unit_hours
    shares = [f"{{{path}.{name}}}" for name in ("take_or_pay", "own_usage") if getattr(contract, name) is not None]
    if contract.take_or_pay is not None:
        # Nothing said about take-or-pay means that every hour is paid for.
        paid = f"*MAX({','.join(shares)})"
        own = 0.0 if contract.own_usage is None else contract.own_usage.value
        values = values * max(contract.take_or_pay.value, own)
    grid.row(
        f"contract{i}", f"{contract.name}: invoiced", "USD m",
        f"={{contract{i}.runs}}*{{{path}.share}}{paid}*{{{path}.price}}*{{units}}*{{hours}}/{{million}}",
        "money", total=True,
    )  # fmt: skip


def _merchant(grid: Grid, analysis: Analysis, merchant: Merchant, unit_hours: Floats) -> None:
    line, _earned = analysis.timeline, analysis.earnings
    back = {"start": 1.0, "end": 0.0}.get(merchant.timing, 0.5)
    averaged = merchant.timing == "average"
    if merchant.rent is not None and not averaged:
        grid.row(
            "moment", "Rent is read at", "years", "={years}-{rent.back}*{length}", "years"
        )  # fmt: skip
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
    blocks = [i for i, contract in enumerate(analysis.deal.contracts) if contract.price is not None]
    share = "=1" + "".join(f"-{{contract{i}.runs}}*{{contracts[{i}].share}}" for i in blocks)
    free = np.ones(line.years.size)
    for i in blocks:
        contract = analysis.deal.contracts[i]
        assert contract.share is not None  # noqa: S101  a priced contract has a share
        free = free - contract.share.value * term_of(analysis, contract)
    if blocks:
        grid.row("free", "Share of the fleet without a contract", "%", share, "percent")
    grid.row(
        "merchant_revenue", "Merchant revenue", "USD m",
        ("=MAX({free},0)*" if blocks else "=")
        + "{units}*{hours}*{merchant.usage}*{rental}/{million}",
        "money", weight="strong", total=True,
    )  # fmt: skip


def _through_points(grid: Grid, analysis: Analysis, merchant: Merchant, back: float) -> str:
    """Write on which day the curve is read and after which of its points; return the formula of the rent there."""
    to_serial(analysis.dates)
    to_serial([point.date for point in merchant.points])
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
    line, deal = analysis.timeline, analysis.deal
    begins = line.years - line.length
    for i, contract in enumerate(deal.contracts):
        paid = contract.prepayment
        if paid is None:
            continue
        path, key = f"{{contracts[{i}].prepayment.", f"prepaid{i}"
        grid.section(f"Prepayment of {contract.name}")
        first = int(np.sum(begins < (paid.credit_from_month.value - 1) / 12 - 1e-9))
        last = int(np.sum(begins < paid.credit_to_month.value / 12 - 1e-9))
        left = np.zeros(line.years.size)
        left[first:] = np.maximum(first + max(last - first, 1) - np.arange(first, line.years.size), 1)
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
        _corkscrew(grid, analysis, i, contract, left)


def _corkscrew(grid: Grid, analysis: Analysis, i: int, contract: Contract, left: Floats) -> None:
    paid, key, line = contract.prepayment, f"prepaid{i}", analysis.timeline
    assert paid is not None  # noqa: S101  the caller asked
    amount, date = f"{{contracts[{i}].prepayment.amount}}", f"{{contracts[{i}].prepayment.received}}"
    received = np.zeros(line.years.size)
    late = paid.received is not None and np.datetime64(paid.received, "D") > line.closing
    if late:
        received[min(int(np.searchsorted(line.ends, np.datetime64(paid.received, "D"))), received.size - 1)] = 1.0
    received = received * paid.amount.value / MILLION
    invoices = invoiced(contract, fleets(analysis.deal, line), line, BASE) / MILLION
    opening, credit = np.zeros(received.size), np.zeros(received.size)
    owed = 0.0 if late else paid.amount.value / MILLION
    for k in range(received.size):
        opening[k] = owed
        credit[k] = min((owed + received[k]) / left[k], invoices[k]) if left[k] else 0.0
        owed = owed + received[k] - credit[k]
    grid.row(f"{key}.opening", "Not yet credited, opening", "USD m", f"={{{key}.closing|prev}}", "money")
    falls = f"OR(AND({date}>{{date|prev}},{date}<={{date}}),AND({{period}}={{period|last}},{date}>{{date}}))"
    grid.row(
        f"{key}.received", "Received", "USD m", f"=IF({falls},{amount},0)" if paid.received is not None else "=0",
        "money", total=True, closing=True,
        closing_formula=f"=IF({date}<={{timeline.closing}},{amount},0)" if paid.received is not None else f"={amount}",
    )  # fmt: skip
    grid.row(
        f"{key}.credit", "Credited against invoices", "USD m",
        f"=IF({{{key}.left}}>0,MIN(({{{key}.opening}}+{{{key}.received}})/{{{key}.left}},{{contract{i}}}),0)",
        "money", total=True,
    )  # fmt: skip
    grid.row(
        f"{key}.closing", "Not yet credited, closing", "USD m",
        f"={{{key}.opening}}+{{{key}.received}}-{{{key}.credit}}", "money", weight="strong",
        closing=True, closing_formula=f"={{{key}.received|closing}}",
    )  # fmt: skip


def _revenue(grid: Grid, analysis: Analysis) -> None:
    earned, deal = analysis.earnings, analysis.deal
    prepaid = [i for i, contract in enumerate(deal.contracts) if contract.prepayment is not None]
    if prepaid:
        grid.section("Cash revenue")
        for key, label, values, sign in (
            ("received", "Prepayments received in the period", earned.prepayment_received, 1),
            ("credit", "Less prepayments credited", earned.prepayment_credit, -1),
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


def _opex(grid: Grid, analysis: Analysis, unit_hours: Floats) -> None:
    deal, earned = analysis.deal, analysis.earnings
    costs, length = deal.opex, analysis.timeline.length
    grid.section("Operating cost")
    parts: list[str] = []

    def cost(key: str, label: str, formula: str, values: Floats) -> None:
        parts.append(f"{{{key}}}")
        grid.row(key, label, "USD m", formula, "money", total=True)

    if costs.project_margin is not None:
        invoiced = [f"{{{x}}}" for x, there in (
            ("contract_revenue", bool(deal.contracts)), ("merchant_revenue", deal.merchant is not None)
        ) if there]  # fmt: skip
        revenue = earned.contract_revenue + earned.merchant_revenue
        margin = f"=(1-{{opex.project_margin}})*({'+'.join(invoiced)})"
        cost("cost.margin", "Cost that the project margin leaves", margin, (1 - costs.project_margin.value) * revenue)
    if costs.cash_cost is not None:
        cost("cost.cash", "Cash cost of installed hours", "={units}*{hours}*{opex.cash_cost}/{million}",
             unit_hours * costs.cash_cost.value)  # fmt: skip
    if costs.power_price is not None:
        drawn = [(i, a) for i, a in enumerate(deal.assets) if a.power is not None]
        kilowatts = "+".join(f"{{assets[{i}].units}}*{{assets[{i}].power}}" for i, _ in drawn)
        pue, factor = ("", 1.0) if costs.pue is None else ("*{opex.pue}", costs.pue.value)
        kw = sum(a.units.value * a.power.value for _, a in drawn if a.power is not None)
        hours = analysis.timeline.length * 8760
        cost("cost.power", "Power", f"={{hours}}*({kilowatts}){pue}*{{opex.power_price}}/{{million}}",
             hours * kw * factor * costs.power_price.value)  # fmt: skip
    if costs.fixed is not None:
        cost("cost.fixed", "Fixed cost", "={opex.fixed}*{length}", costs.fixed.value * length)
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


def _millions(values: Floats) -> list[float]:
    return (values / MILLION).tolist()  # type: ignore[no-any-return]


def _total(values: Floats) -> float:
    return float(values.sum()) / MILLION
