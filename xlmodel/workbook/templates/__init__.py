"""Workbooks that an analyst opens and types into."""

from typing import Final

from xlmodel.workbook.templates.build import Template
from xlmodel.workbook.templates.covenants import COVENANT_MONITORING

TEMPLATES: Final[dict[str, Template]] = {template.name: template for template in (COVENANT_MONITORING,)}
"""Every template by its name."""

__all__ = ["TEMPLATES", "Template"]
