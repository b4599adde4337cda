"""What is in a bucket: listings of objects and of versions.

`pages` reads what the AWS CLI prints and decides whether a listing is whole; `objects` and `versions` build on it.
"""
