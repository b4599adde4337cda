"""Directories and Amazon S3: reads both, compares them, and transfers through the AWS CLI.

It knows nothing of switches and screens. The modules here are the data and tools that the packages below share; begin
with `model` and `compare`.
"""
