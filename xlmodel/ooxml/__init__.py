"""Workbooks as the files they are: containers, parts, cells filled and read in place, formulas as they are stored."""
