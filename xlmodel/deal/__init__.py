"""One deal, every number named: typed inputs in, an analysis out."""
