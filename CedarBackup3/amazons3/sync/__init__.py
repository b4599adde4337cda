"""Makes a bucket the same as a directory, and proves it.

`plan` says what is to be done, `guards` refuse what looks like an accident, `apply` uploads, `deletion` deletes,
`verify` and `contentcheck` compare.
"""
