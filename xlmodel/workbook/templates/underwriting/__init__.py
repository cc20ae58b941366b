"""GPU loan underwriting: two clocks in one workbook, what the hardware earns and is worth against what is owed."""

from xlmodel.workbook.templates.underwriting.template import GPU_LOAN_UNDERWRITING

__all__ = ["GPU_LOAN_UNDERWRITING"]
