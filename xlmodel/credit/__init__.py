"""What the risk costs: default curves, loss, fair spread, structural models, capital, portfolio loss."""
