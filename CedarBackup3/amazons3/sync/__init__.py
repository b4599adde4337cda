"""Mirroring a directory to a bucket."""
