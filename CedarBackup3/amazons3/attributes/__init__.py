"""What S3 cannot store of a directory: modes, owners, times, links, empty directories, extended attributes.

All of it is kept in one object below the target. `records` says what is known of a path, `storage` how the object holds
it; serves `sync` and `restore` and calls neither.
"""
