"""A tape of loans as a workbook: the portfolio, every loan in a line, and a sheet for each of those that need one."""

from xlmodel.workbook.portfolio.book import portfolio

__all__ = ["portfolio"]
