"""Directories and Amazon S3: what is in the one, what is in the other, where they differ. No switches, no screens."""
