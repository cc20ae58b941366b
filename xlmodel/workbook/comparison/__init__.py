"""Deals side by side in one workbook: structures or scenarios, their figures, terms and paths, and what held."""

from xlmodel.workbook.comparison.book import MOST, comparison, filled

__all__ = ["MOST", "comparison", "filled"]
