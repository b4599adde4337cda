"""Pairs each bad name with its probable encoding, from the name itself and from its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from CedarBackup3.amazons3.names.charsets import Guess, Votes, detectEncoding, votesOf
from CedarBackup3.amazons3.names.check import BadName, NameCheck

_VOTERS = 50  # names of one directory that vote on its encoding
SURE = 0.95
"""The least probability of a guess to rename by; `python -m util.charsetbench` prints how many of those are right."""


class NameGuess(NamedTuple):
    """A bad name, and what it seems to be."""

    bad: BadName
    guess: Guess | None

    @property
    def sureGuess(self) -> Guess | None:
        """The guess if it is good enough to rename by."""
        guess = self.guess
        return guess if guess is not None and not guess.damaged and guess.confidence >= SURE else None


def nameGuesses(check: NameCheck) -> Iterator[NameGuess]:
    """Every bad name, those of one directory together, deepest directories first."""
    tree = sum(map(votesOf, check.sample), Votes())
    for _, names in check.byDirectory():
        directory = sum((votesOf(bad.name) for bad in names[:_VOTERS] if bad.reason != "too long"), Votes())
        for bad in names:
            yield NameGuess(bad, None if bad.reason == "too long" else _guess(bad, directory, tree))


def _guess(bad: BadName, directory: Votes, tree: Votes) -> Guess | None:
    if bad.reason == "renamed":
        return Guess("utf-8", bad.name.decode(), 1.0)
    return detectEncoding(bad.name, (directory, tree))
