"""Where a spreadsheet calls in."""
