"""The collateral line by line: equipment, receivables, crypto, each with what keeps it out."""

from collections.abc import Mapping
from typing import Any, Final

from xlmodel.workbook.sheet import Page
from xlmodel.workbook.templates.borrowing_base.lines import YES_NO, Column, Lines, headed
from xlmodel.workbook.templates.borrowing_base.terms import COUNTRIES

EQUIPMENT, RECEIVABLES, CRYPTO = 40, 30, 8
LIEN, LOST, TWICE, STALE = "no first lien", "not found", "pledged twice", "no current appraisal"
CONTROL, PRICE = "no control agreement", "price too old"
REASONS: Final = (("eq", (LIEN, LOST, TWICE, STALE)), ("cr", (CONTROL, PRICE)))
"""What keeps equipment and crypto out, in the order in which it is named."""
BUCKETS: Final = (
    ("unbilled", "Unbilled"), ("past_due", "Past due"), ("too_old", "Too old"), ("foreign", "Foreign"),
    ("cross_aged", "Cross-aged"), ("contra", "Owed to the customer"), ("excess", "Above the concentration limit"),
)  # fmt: skip
"""What keeps receivables out, a column each, in the order in which it is taken."""
AGES: Final = ((None, 0), (0, 30), (30, 60), (60, 90), (90, None))
_TOP: Final = 4


def equipment(page: Page, given: Mapping[str, Any]) -> None:
    """Write the schedule of hardware."""
    headed(page, "Equipment", "One line a lot or unit. What does not count is named by the first rule it fails.",
           (_TOP + 1, 1))  # fmt: skip
    stale = 'IF({in_appraisal_days}="",FALSE,OR({@appraised}="",{in_date}-{@appraised}>{in_appraisal_days}))'
    again = "SUMPRODUCT(({eq.serial.1}:{@serial}={@serial})*1)>1"
    reason = (
        f'IF(N({{@nolv}})=0,"",IF({{@lien}}<>"yes","{LIEN}",IF({{@found}}<>"yes","{LOST}",'
        f'IF({again},"{TWICE}",IF({stale},"{STALE}","")))))'
    )
    Lines(page, "eq", (
        Column("serial", "Serial or lot", "word", width=22),
        Column("model", "Model", "word", width=16),
        Column("site", "Site", "word", width=18),
        Column("units", "Units", "count", total=True),
        Column("nolv", "NOLV, USD k", "count", total=True),
        Column("appraised", "Appraised on", "date", width=13),
        Column("lien", "First lien", "word", choices=YES_NO, width=9),
        Column("found", "Found in the exam", "word", choices=YES_NO, width=9),
        Column("reason", "Does not count: reason", "word", reason, width=22),
        Column("out", "Ineligible, USD k", "count", 'IF({@reason}="",0,N({@nolv}))', total=True),
        Column("eligible", "Eligible, USD k", "count", "N({@nolv})-{@out}", total=True, width=14),
        Column("advance", "Advance, USD k", "count", "{@eligible}*N({in_adv_equipment})", total=True),
    ), EQUIPMENT, given, _TOP)  # fmt: skip


def receivables(page: Page, given: Mapping[str, Any]) -> None:
    """Write the invoices, one column for each rule, and their ageing."""
    headed(page, "Receivables", "Every rule takes from what the rules to its left have left. Days count to the date "
           "of the certificate.", (_TOP + 1, 1))  # fmt: skip
    same = "({ar.customer|all}={@customer})"
    billed = '({ar.billed|all}="yes")'
    late = f"SUMPRODUCT({same}*{billed}*(({{ar.past_due|all}}+{{ar.too_old|all}})>0)*{{ar.amount|all}})"
    account = f"SUMPRODUCT({same}*{billed}*{{ar.amount|all}})"
    left = "N({@amount})"
    taken: dict[str, str] = {}
    known = ",".join(f'AND({{in_country{i}}}<>"",{{@country}}={{in_country{i}}})' for i in range(1, COUNTRIES + 1))
    for key, fails in (
        ("unbilled", '{@billed}<>"yes"'),
        ("past_due", 'IF({in_past_due_days}="",FALSE,OR({@due}="",{in_date}-{@due}>{in_past_due_days}))'),
        ("too_old", 'IF({in_invoice_days}="",FALSE,OR({@invoiced}="",{in_date}-{@invoiced}>{in_invoice_days}))'),
        ("foreign", f'IF({{in_country1}}="",FALSE,NOT(OR({known})))'),
        ("cross_aged", f'IF({{in_cross_age}}="",FALSE,{late}>{{in_cross_age}}*{account}*(1+{{bbc.tie}}))'),
    ):
        taken[key] = f"IF({fails},{left},0)"
        left += f"-{{@{key}}}"
    owed = "SUMPRODUCT(({cc.customer|all}={@customer})*{cc.owed|all})"
    whole = f"SUMPRODUCT({same}*{{ar.left|all}})"
    call = 'XLMODEL_BORROWING_BASE({ar.before|all},0,1,,,,{ar.customer|all},{in_concentration},"excess")'
    table = Lines(page, "ar", (
        Column("customer", "Customer", "word", width=20),
        Column("number", "Invoice", "word", width=11),
        Column("amount", "Open, USD k", "count", total=True),
        Column("invoiced", "Invoiced on", "date", width=13),
        Column("due", "Due on", "date", width=13),
        Column("billed", "Billed", "word", choices=YES_NO, width=8),
        Column("country", "Country", "word", width=9),
        Column("days", "Days past due", "count", "IF(N({@amount})=0,0,{in_date}-{@due})", width=9),
        *(Column(key, f"{head}, USD k", "count", taken[key], total=True, width=11) for key, head in BUCKETS[:5]),
        Column("left", "Left, USD k", "count", left, total=True, width=11),
        Column("contra", "Owed to the customer, USD k", "count",
               f"IF({{@left}}>0,MIN({{@left}},{{@left}}*MIN({owed},{whole})/{whole}),0)", total=True, width=11),
        Column("before", "Before the limit, USD k", "count", "{@left}-{@contra}", total=True, width=11),
        Column("excess", "Above the limit, USD k", "count",
               f'IF({{in_concentration}}="",0*{{ar.before|all}},{call})', spill=True, total=True, width=11),
        Column("eligible", "Eligible, USD k", "count", "{@before}-{@excess}", total=True, width=11),
        Column("advance", "Advance, USD k", "count", "{@eligible}*N({in_adv_receivables})", total=True, width=11),
    ), RECEIVABLES, given, _TOP)  # fmt: skip
    _ageing(page, table.after + 1)


def _ageing(page: Page, row: int) -> None:
    """Write the invoices sent by how late they are."""
    for column, head in enumerate(("Ageing of what is billed", "", "USD k", "Share")):
        page.text(row, column, head, "head" if column < 2 else "head right")
    first = row + 1
    for low, high in AGES:
        row += 1
        words = "Not due" if low is None else f"Over {low} days" if high is None else f"{low + 1} to {high} days"
        page.text(row, 0, words)
        above = "1" if low is None else f"({{ar.days|all}}>{low})"
        below = "1" if high is None else f"({{ar.days|all}}<={high})"
        page.formula(
            row,
            2,
            f'=SUMPRODUCT({above}*{below}*({{ar.billed|all}}="yes")*{{ar.amount|all}})',
            "calc count",
            f"age.{row - first}",
        )
        page.formula(row, 3, f'=IF({{age.total}}>0,{{age.{row - first}}}/{{age.total}},"n/a")', "calc percent")
    page.name_block("age", first, row, 2)
    page.text(row + 1, 0, "Total", "strong label")
    page.text(row + 1, 1, "", "strong label")
    page.formula(row + 1, 2, "=SUM({age|all})", "strong count", "age.total")
    page.layout.checks.append(
        ("The ageing adds up to what is billed",
         '=ABS({age.total}-SUMPRODUCT(({ar.billed|all}="yes")*{ar.amount|all}))<{bbc.cent}')
    )  # fmt: skip


def crypto(page: Page, given: Mapping[str, Any]) -> None:
    """Write the coins, what they are worth, and the haircut that their volatility asks for."""
    headed(page, "Crypto", "The haircut holds with the confidence of the Terms over the days to cure a call and sell; "
           "the advance is the policy's or what the haircut leaves, the lesser.", (_TOP + 1, 1))  # fmt: skip
    old = 'IF({in_price_days}="",FALSE,OR({@priced}="",{in_date}-{@priced}>{in_price_days}))'
    reason = f'IF({{@value}}=0,"",IF({{@control}}<>"yes","{CONTROL}",IF({old},"{PRICE}","")))'
    call = "XLMODEL_CRYPTO_HAIRCUT({cr.volatility|all},{in_crypto_days},{in_crypto_confidence},N({in_crypto_slippage}))"
    typed = 'OR({in_crypto_days}="",{in_crypto_confidence}="")'
    Lines(page, "cr", (
        Column("coin", "Coin", "word", width=20),
        Column("custody", "Held at", "word", width=22),
        Column("quantity", "Quantity", "quantity"),
        Column("price", "Price, USD", "quantity", width=13),
        Column("priced", "Priced on", "date", width=13),
        Column("control", "Control agreement", "word", choices=YES_NO, width=11),
        Column("volatility", "Volatility, % a year", "percent", high=5),
        Column("value", "Value, USD k", "count", "N({@quantity})*N({@price})/{bbc.thousand}", total=True),
        Column("reason", "Does not count: reason", "word", reason, width=22),
        Column("out", "Ineligible, USD k", "count", 'IF({@reason}="",0,{@value})', total=True),
        Column("eligible", "Eligible, USD k", "count", "{@value}-{@out}", total=True, width=14),
        Column("haircut", "Haircut", "percent", f"IF({typed},0*{{cr.volatility|all}}+1,{call})", spill=True),
        Column("rate", "Advance rate", "percent", "MIN(N({in_adv_crypto}),1-{@haircut})"),
        Column("advance", "Advance, USD k", "count", "{@eligible}*{@rate}", total=True),
    ), CRYPTO, given, _TOP)  # fmt: skip
