"""The terms of a deal, one module each: what it computes from the description, for one loan or a stack of them."""
