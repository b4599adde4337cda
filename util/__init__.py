"""Development scripts; none is installed."""
