"""Reads local directories so that nobody who changes them meanwhile leads the program elsewhere.

`tree` names a directory and how it is read, `walk` yields its files, `scan` keeps one walk.
"""
