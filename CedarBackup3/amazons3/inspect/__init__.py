"""Looks at a bucket before something is trusted to it: what it keeps, what it deletes, who may do what.

Nothing is changed. `questions` asks, `judgement` and `lifecycle` judge, `page` shows.
"""
