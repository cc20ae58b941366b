"""Numbers in, numbers out: rates, dates, annuities, cash flow, roots."""
