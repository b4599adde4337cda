"""The use of rules: which of them match something, in a walk and in a listing, and which one leaves a path out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from threading import Lock

from CedarBackup3.amazons3.aws.patterns import Matches, anyOf, likelyPattern, literalHead
from CedarBackup3.amazons3.aws.rules import Rule, mayReach

OnLeftOut = Callable[[str, Rule], object]
"""Called with a path or key that is left out, a directory with a slash at the end, and the rule that decides that."""


_MOST = 200  # rules that are followed: each time that one is used for the first time, what is left is compiled


class RuleUse:
    """Is shown what rules match, and knows those that have matched nothing; for several threads at a time."""

    def __init__(self, rules: Sequence[Rule], onLeftOut: OnLeftOut | None = None) -> None:
        """Take the rules in their order, and who wants to know of each path that is left out; None: nobody."""
        self._rules = rules
        self._onLeftOut = onLeftOut
        self._likely: dict[Rule, str] = {}
        self._lock = Lock()
        self._keep([rule for rule in rules[:_MOST] if not likelyPattern(rule.pattern)])

    @property
    def unused(self) -> list[tuple[Rule, str]]:
        """The rules that have matched nothing, and what may have been meant by each; empty: nobody can tell.

        Without those that no path can match.
        """
        return [(rule, self._likely.get(rule, "")) for rule in self._unused]

    def look(self, name: str, isLeftOut: bool) -> None:
        """A path or key is left out, or taken, by one of the rules."""
        if self._matches and self._matches(name):
            self._drop(lambda rule: _matches(rule, name))
        if isLeftOut and self._onLeftOut:
            self._onLeftOut(name, next(rule for rule in reversed(self._rules) if _matches(rule, name)))

    def prune(self, directory: str) -> None:
        """All that can be below a directory, given with a slash at its end, is left out; nobody knows what is there."""
        if self._unused:
            self._drop(lambda rule: mayReach([literalHead(rule.pattern)], directory))
        if self._onLeftOut:
            whole = (rule for rule in reversed(self._rules) if rule.pattern.endswith("*") and _matches(rule, directory))
            self._onLeftOut(directory, next(whole))

    def enter(self, directory: str) -> None:
        """There is a directory, given with a slash at its end, for which patterns may be meant that do not match it."""
        if not self._matches:
            return
        path = directory[:-1]
        name = path.rpartition("/")[2]
        if self._matches(path) or self._matches(name):
            for rule in self._unused:
                if _matches(rule, path):
                    self._likely[rule] = f"{rule.pattern}/*"
                elif "/" not in rule.pattern and _matches(rule, name):
                    self._likely.setdefault(rule, f"*/{rule.pattern}/*")

    def _keep(self, unused: list[Rule]) -> None:
        self._unused = unused
        self._matches: Matches | None = anyOf(rule.pattern for rule in unused)

    def _drop(self, isUsed: Callable[[Rule], bool]) -> None:
        with self._lock:
            unused = [rule for rule in self._unused if not isUsed(rule)]
            if len(unused) < len(self._unused):
                self._keep(unused)


def _matches(rule: Rule, name: str) -> bool:
    return fnmatchcase(name, rule.pattern)
