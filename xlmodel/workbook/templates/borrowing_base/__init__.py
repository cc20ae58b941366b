"""The borrowing base certificate: collateral line by line, what counts, what may be drawn, whether terms are kept."""

from xlmodel.workbook.templates.borrowing_base.template import BORROWING_BASE_CERTIFICATE

__all__ = ["BORROWING_BASE_CERTIFICATE"]
