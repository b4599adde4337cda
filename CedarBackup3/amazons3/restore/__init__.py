"""Brings the snapshot of a bucket at a moment back into a directory, and proves it.

`history` lists, `plan` decides what is missing, `apply` fetches into `staging` and places, `proof` compares.
"""
