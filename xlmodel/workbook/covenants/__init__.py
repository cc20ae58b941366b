"""The Covenants sheet: how far every covenant is from its level, and what equity puts in to cure a breach."""

from xlmodel.workbook.covenants.sheet import covenants

__all__ = ["covenants"]
