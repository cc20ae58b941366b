"""The credit memo template: one page for the committee, and the numbers behind it."""

from xlmodel.workbook.templates.credit_memo.template import CREDIT_MEMO

__all__ = ["CREDIT_MEMO"]
