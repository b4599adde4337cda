"""Cedar Backup tools for Amazon S3: mirror a directory to a bucket, and prove that it arrived.

This package imports nothing, so that a tool's `--help` costs little more than starting Python.
"""
