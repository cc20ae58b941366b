"""What the lender gets back."""
