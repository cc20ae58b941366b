"""Workbooks that an analyst opens and types into."""

from typing import Final

from xlmodel.workbook.templates.borrowing_base import BORROWING_BASE_CERTIFICATE
from xlmodel.workbook.templates.build import Template, build
from xlmodel.workbook.templates.credit_memo import CREDIT_MEMO
from xlmodel.workbook.templates.monitoring import COVENANT_MONITORING
from xlmodel.workbook.templates.underwriting import GPU_LOAN_UNDERWRITING

TEMPLATES: Final[dict[str, Template]] = {
    template.name: template
    for template in (GPU_LOAN_UNDERWRITING, BORROWING_BASE_CERTIFICATE, COVENANT_MONITORING, CREDIT_MEMO)
}
"""Every template by its name."""

__all__ = ["TEMPLATES", "Template", "build"]
