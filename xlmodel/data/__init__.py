"""Dated facts with their sources."""
