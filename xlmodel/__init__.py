"""xlmodel: what hardware-backed loans are worth, and whether the cash pays them."""

__version__ = "0.1.0"
