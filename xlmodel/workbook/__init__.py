"""Workbooks as files: reports, templates, reading back."""
