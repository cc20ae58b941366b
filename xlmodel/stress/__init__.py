"""What goes wrong together: scenarios, grids, factors, simulation, reverse stress."""
