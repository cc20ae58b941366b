"""Adapters of the measures of the asset room."""
