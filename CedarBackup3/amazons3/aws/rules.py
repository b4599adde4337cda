"""Rules: patterns that leave out and patterns that take in, of which the last one that matches decides, as in aws.

What no rule matches is taken. A directory is nothing that a rule could match, but where the rules leave out all that
can be below it, nobody needs to look there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import NamedTuple

from CedarBackup3.amazons3.aws.patterns import Matches, anyOf, literalHead
from CedarBackup3.util import displayPath


class Rule(NamedTuple):
    """A pattern, and what becomes of what it matches."""

    pattern: str
    isInclude: bool = False
    """Whether that is taken; else it is left out."""
    origin: str = ""
    """Where the rule is written, if that is not the command line: `line 3 of /etc/excludes`, safe to print."""

    @property
    def shown(self) -> str:
        """As the user wrote it, safe to print: `--exclude *.tmp`, `*.tmp in line 3 of /etc/excludes`."""
        pattern = displayPath(self.pattern)
        return f"{pattern} in {self.origin}" if self.origin else f"{self.switch} {pattern}"

    @property
    def written(self) -> str:
        """The same behind the word pattern: `of --exclude *.tmp`."""
        return self.shown if self.origin else f"of {self.shown}"

    @property
    def switch(self) -> str:
        """The switch of aws, and of ours."""
        return "--include" if self.isInclude else "--exclude"


Decide = Callable[[str], bool | None]
"""Whether a path or key is left out; None: no rule matches it, so it is not."""


class _Run(NamedTuple):
    """Rules of one kind that stand together, so that it does not matter which of them matches."""

    isLeftOut: bool
    patterns: tuple[str, ...]
    """Of the rules that have to be asked for each name."""
    byName: Matches
    """Whether one of them matches."""
    byDirectory: Matches
    """Of the rules that match all files of a directory or none: their last slash is followed by nothing but a star."""
    wholly: Matches
    """Whether all that can be below a directory is matched by one of the rules."""
    heads: tuple[str, ...]
    """What names begin with that may be matched."""


class RuleSet:
    """Rules to be asked many times."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Take the rules in their order."""
        inOrder = [_run(isInclude, list(run)) for isInclude, run in groupby(rules, attrgetter("isInclude"))]
        self._runs = inOrder[::-1]
        self._isNameMatched = anyOf(chain.from_iterable(run.patterns for run in self._runs)) or _never
        self._byName = _decider(self._runs, self._isNameMatched)
        self._isDirectoryMatched = anyOf(rule.pattern for rule in rules if rule.pattern.endswith("/*")) or _never
        wholly = [rule.pattern for rule in rules if rule.pattern.endswith("*") and not rule.isInclude]
        self._isWhollyMatched = anyOf(wholly) or _never

    def within(self, directory: str) -> Decide:
        """What decides on the files right in a directory, by their whole paths.

        Args:
            directory: its path with a slash at the end; empty: the root
        """
        if not self._isDirectoryMatched(directory):  # as it nearly always is
            return self._byName
        number = next(number for number, run in enumerate(self._runs) if run.byDirectory(directory))
        decide, isLeftOut = _decider(self._runs[:number], self._isNameMatched), self._runs[number].isLeftOut
        return lambda name: isLeftOut if (found := decide(name)) is None else found

    def prunes(self, directory: str) -> bool:
        """Whether all that can be below a directory, given with a slash at its end, is left out."""
        if not self._isWhollyMatched(directory):
            return False
        for run in self._runs:
            if not run.isLeftOut and mayReach(run.heads, directory):
                return False
            if run.isLeftOut and run.wholly(directory):
                return True
        return False

    def inOrder(self) -> Decide:
        """What decides on any paths or keys; quickest for those in order, since one directory after the other is asked.

        Not for several threads at a time.
        """
        last, decide = "", self.within("")

        def decideNext(name: str) -> bool | None:
            nonlocal last, decide
            directory = name[: name.rfind("/") + 1]
            if directory != last:
                last, decide = directory, self.within(directory)
            return decide(name)

        return decideNext


def mayReach(heads: Iterable[str], directory: str) -> bool:
    """Whether a pattern of which this is the literal head may match something below a directory."""
    return any(directory.startswith(head) or head.startswith(directory) for head in heads)


def _never(name: str) -> bool:
    return False


def _run(isInclude: bool, rules: Sequence[Rule]) -> _Run:
    patterns = [rule.pattern for rule in rules]
    heads = {literalHead(pattern) for pattern in patterns}
    return _Run(
        not isInclude,
        byName := tuple(pattern for pattern in patterns if not pattern.endswith("/*")),
        anyOf(byName) or _never,
        anyOf(pattern for pattern in patterns if pattern.endswith("/*")) or _never,
        anyOf(pattern for pattern in patterns if pattern.endswith("*")) or _never,
        ("",) if "" in heads else tuple(heads),
    )


def _decider(runs: Sequence[_Run], isMatched: Matches) -> Decide:
    """What decides by names alone.

    Args:
        runs: the last one first
        isMatched: false of no name that one of them matches
    """
    steps = [(run.byName, run.isLeftOut) for run in runs if run.byName is not _never]
    if not steps:
        return lambda name: None
    if len(steps) == 1:
        ((matches, isLeftOut),) = steps
        return lambda name: isLeftOut if matches(name) else None

    def decide(name: str) -> bool | None:
        if not isMatched(name):  # as most names are
            return None
        for matches, isLeftOut in steps:
            if matches(name):
                return isLeftOut
        return None

    return decide
