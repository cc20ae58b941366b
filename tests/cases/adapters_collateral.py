"""Adapters of the measures of the collateral room."""
