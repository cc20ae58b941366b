"""Adapters of the measures of the loan room."""
