"""The Waterfall sheet: who is paid from the cash of every period, rank by rank."""

from xlmodel.workbook.waterfall.sheet import waterfall

__all__ = ["waterfall"]
