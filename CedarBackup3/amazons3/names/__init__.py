"""File names: which will not survive the trip, what encoding they are in, and the ways out."""
