"""The underwriting template: its sheets in the order of their tabs."""

from typing import Final

from xlmodel.workbook.templates.build import Template, TemplateSheet
from xlmodel.workbook.templates.examples import example
from xlmodel.workbook.templates.frame import checks, cover, sources
from xlmodel.workbook.templates.underwriting.cash import contract, opex_and_tax, rent, sources_and_uses
from xlmodel.workbook.templates.underwriting.collateral import collateral, sizing
from xlmodel.workbook.templates.underwriting.debt import debt, ratios, waterfall
from xlmodel.workbook.templates.underwriting.inputs import inputs
from xlmodel.workbook.templates.underwriting.outlook import returns, stress

_TITLE: Final = "GPU loan underwriting"
_PURPOSE: Final = "Two clocks in one sheet: what the hardware earns and is worth, and what is owed"
_FIGURES: Final = (
    ("Debt to cost", "%", "out_ltc", "percent"),
    ("Lowest DSCR", "x", "out_min_dscr", "multiple"),
    ("On", "date", "out_min_date", "date"),
    ("First breach of the covenant", "date", "out_first_breach", "date"),
    ("LLCR at closing", "x", "out_llcr", "multiple"),
    ("LTV on cost, at closing", "%", "out_ltv_nominal", "percent"),
    ("LTV on market value", "%", "out_ltv_adjusted", "percent"),
    ("LTV on sale value", "%", "out_ltv_liquidation", "percent"),
    ("First date under water, market value", "date", "out_underwater_market", "date"),
    ("Debt capacity", "USD m", "out_capacity", "money"),
    ("What binds", "", "out_binding", "word"),
    ("Refinancing gap", "USD m", "out_refinancing_gap", "money"),
    ("Fall of revenue that brings DSCR to 1", "%", "out_reverse", "percent"),
    ("Yield of the lender", "% a year", "out_lender_yield", "rate"),
    ("IRR of equity", "% a year", "out_equity_irr", "rate"),
)

GPU_LOAN_UNDERWRITING: Final = Template(
    "gpu-loan-underwriting",
    _TITLE,
    _PURPOSE,
    (
        TemplateSheet("Cover", "Checks, key figures and the map", cover(_TITLE, _PURPOSE, _FIGURES, "in_debt_amount")),
        TemplateSheet("Inputs", "The term sheet: hardware, contracts, rent, cost, debt, sale", inputs),
        TemplateSheet("Sources & uses", "What is paid at closing and with what", sources_and_uses),
        TemplateSheet("Contract", "Invoices, take-or-pay, prepayments credited", contract),
        TemplateSheet("Rent", "Three scenarios, four prices, merchant revenue", rent),
        TemplateSheet("Opex & tax", "Operating cost, CFADS before and after tax", opex_and_tax),
        TemplateSheet("Debt", "Every tranche and all together", debt),
        TemplateSheet("Waterfall", "Where the cash goes: service, reserve, sweep, equity", waterfall),
        TemplateSheet("Ratios", "DSCR, LLCR, PLCR, minima and first breach", ratios),
        TemplateSheet("Collateral", "Book, market and sale value, three LTVs", collateral),
        TemplateSheet("Sizing", "Debt capacity, what binds, refinancing gap", sizing),
        TemplateSheet("Stress", "Lowest DSCR under stress, and what it takes to fail", stress),
        TemplateSheet("Returns", "What lender and equity earn", returns),
        TemplateSheet("Checks", "What must hold, in one overall cell", checks),
        TemplateSheet("Sources", "Where every input comes from", sources),
    ),
    example("gpu-loan-underwriting"),
)
