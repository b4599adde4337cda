"""Bringing back what stood in a bucket at a given time."""
