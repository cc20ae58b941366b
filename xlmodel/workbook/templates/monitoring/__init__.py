"""Covenant monitoring over time: what is promised, reported and tested, and when it will break."""

from xlmodel.workbook.templates.monitoring.template import COVENANT_MONITORING

__all__ = ["COVENANT_MONITORING"]
