"""File names: which will not survive the trip to S3, which encoding they are in, and what the user can do.

`problems` decides, `charsets` guesses encodings, `remedies` proposes a locale or rename commands.
"""
