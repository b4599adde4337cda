"""Whether files hold what objects were made of: digests beside ETags and stored checksums.

Serves `sync` and `restore` and calls neither. `etags` explains what an ETag tells; `hashing` compares, `followup` asks
S3 where an ETag leaves doubts.
"""
