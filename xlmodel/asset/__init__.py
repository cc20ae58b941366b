"""What the hardware is worth and what it earns."""
