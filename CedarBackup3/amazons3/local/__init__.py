"""Reading directories."""
