"""The description of a deal: what stands in its TOML or JSON file, every number with unit and source."""

from xlmodel.deal.inputs.borrowing import BorrowingBase, Pledged, Reserve
from xlmodel.deal.inputs.deal import Deal, Timeline
from xlmodel.deal.inputs.enforcement import FireSale, Lender, Premises
from xlmodel.deal.inputs.financing import Financing
from xlmodel.deal.inputs.hardware import Asset, Release, Sale
from xlmodel.deal.inputs.hedge import Hedge
from xlmodel.deal.inputs.lending import Covenant, Cure, Debt, Measure
from xlmodel.deal.inputs.offtaker import Offtaker
from xlmodel.deal.inputs.revenue import Cash, Contract, Merchant, Opex, Prepayment, RentPoint
from xlmodel.deal.inputs.tax import Tax

__all__ = [
    "Asset",
    "BorrowingBase",
    "Cash",
    "Contract",
    "Covenant",
    "Cure",
    "Deal",
    "Debt",
    "Financing",
    "FireSale",
    "Hedge",
    "Lender",
    "Measure",
    "Merchant",
    "Offtaker",
    "Opex",
    "Pledged",
    "Premises",
    "Prepayment",
    "Release",
    "RentPoint",
    "Reserve",
    "Sale",
    "Tax",
    "Timeline",
]
