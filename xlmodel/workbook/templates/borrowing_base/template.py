"""The borrowing base certificate: its sheets in the order of their tabs."""

from typing import Final

from xlmodel.workbook.templates.borrowing_base.assets import crypto, equipment, receivables
from xlmodel.workbook.templates.borrowing_base.certificate import certificate, compliance, rollforward
from xlmodel.workbook.templates.borrowing_base.terms import terms
from xlmodel.workbook.templates.borrowing_base.watched import concentration, exam, reserves
from xlmodel.workbook.templates.build import Template, TemplateSheet
from xlmodel.workbook.templates.examples import example
from xlmodel.workbook.templates.frame import checks, cover, sources

_TITLE: Final = "Borrowing base certificate"
_PURPOSE: Final = (
    "What may be drawn against GPUs, invoices and crypto, what keeps the rest out, and whether terms are kept"
)
_FIGURES: Final = (
    ("Borrowing base", "USD k", "out_base", "count"),
    ("Availability", "USD k", "out_availability", "count"),
    ("Deficiency", "USD k", "out_deficiency", "count"),
    ("Fixed-charge cover", "x", "out_cover", "multiple"),
    ("Cash dominion", "", "out_dominion", "word"),
    ("Liquidity", "USD k", "out_liquidity", "count"),
)

BORROWING_BASE_CERTIFICATE: Final = Template(
    "borrowing-base-certificate",
    _TITLE,
    _PURPOSE,
    (
        TemplateSheet("Cover", "Checks, key figures and the map", cover(_TITLE, _PURPOSE, _FIGURES, "in_commitment")),
        TemplateSheet("Certificate", "The page that is signed: base, line, availability, deficiency", certificate),
        TemplateSheet("Terms", "Commitment, advance rates, what counts, reserves, tests", terms),
        TemplateSheet("Equipment", "Hardware line by line, at its appraisal, and what keeps it out", equipment),
        TemplateSheet("Receivables", "Invoices, a column for each rule, and their ageing", receivables),
        TemplateSheet("Concentration", "Customers: what they owe, are owed, and their share", concentration),
        TemplateSheet("Crypto", "Coins, custody, price and the haircut for their volatility", crypto),
        TemplateSheet("Reserves", "Rent by site, dilution, priority claims, block", reserves),
        TemplateSheet("Rollforward", "From the last certificate to this one: collateral and loans", rollforward),
        TemplateSheet("Exam", "Liens, insurance, waivers, appraisal and exam with their dates", exam),
        TemplateSheet("Compliance", "Fixed-charge cover, cash dominion, liquidity", compliance),
        TemplateSheet("Checks", "What must hold, in one overall cell", checks),
        TemplateSheet("Sources", "Where every input comes from", sources),
    ),
    example("borrowing-base-certificate"),
)
