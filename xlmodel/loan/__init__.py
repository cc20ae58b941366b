"""What is owed, and whether the cash pays it."""
