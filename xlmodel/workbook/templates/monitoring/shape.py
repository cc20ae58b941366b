"""What the sheets of the monitoring template share: how many quarters and covenants, and what may be tested."""

from typing import Final

from xlmodel.workbook.sheet import Page
from xlmodel.workbook.templates.periods import Periods
from xlmodel.workbook.wording import UNDEFINED

PERIODS: Final = 24
COVENANTS: Final = 6
NUMBERS: Final = range(1, COVENANTS + 1)
METRICS: Final = (
    "DSCR",
    "DSCR last 12 months",
    "DSCR next 12 months",
    "Interest cover",
    "LTV market value",
    "LTV liquidation",
    "Liquidity",
)
"""What may be tested, in the order of the rows a test chooses from."""
ROWS: Final = ("dscr", "dscr_ltm", "dscr_ntm", "icr", "ltv_market", "ltv_liquidation", "liquidity")
"""The keys of the rows that hold them."""
LIGHT: Final = "#BDD7EE"


def follow(page: Page, title: str, subtitle: str) -> Periods:
    """Return a grid under the quarters of the Actuals."""
    return Periods(page, PERIODS, title, subtitle, "Quarter")


def known_if(condition: str, then: str) -> str:
    """The formula that shows n/a unless a condition holds."""
    return f'=IF({condition},{then},"{UNDEFINED}")'
