"""Everything that knows the AWS CLI: how it is started, what it is given, and how what it prints is read.

`command` is the one place from which it runs; `arguments` and `settings` say with what.
"""
