"""The AWS CLI's patterns for names: `*`, `?` and `[...]`, which match slashes as well.

(AWS CLI reference, "Use of Exclude and Include Filters".) aws puts the source's path, or bucket and prefix, in front of
a pattern and matches the whole; for relative patterns that is the same as matching what is below by the pattern alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import translate

_SPECIAL = re.compile(r"[*?\[]")


def matcher(patterns: Iterable[str]) -> Callable[[str], bool] | None:
    """Whether any of the patterns matches a path or key as aws understands it; None if there are no patterns."""
    whole = "|".join(map(translate, patterns))
    matches = re.compile(whole).match
    return (lambda name: matches(name) is not None) if whole else None


def treeMatcher(patterns: Iterable[str]) -> Callable[[str], bool] | None:
    """Whether all that is below a directory, given with its last slash, is matched; None if there are no patterns."""
    return matcher(pattern for pattern in patterns if pattern.endswith("*"))


def likelyPattern(pattern: str) -> str:
    """The pattern that was probably meant by one that no file's path can match; empty if that is no such one.

    A path has no empty part, no `.` or `..` among its parts, and no slash at its end. Keys may have all of these, and
    who leaves such keys out on purpose begins with a star: `*//*`.
    """
    parts = pattern.split("/")
    named = [part for part in parts if part not in {"", ".", ".."}]
    if not named or (pattern.startswith("*") and parts[-1]) or len(named) == len(parts):
        return ""
    return "/".join(named) + "/*" * (not parts[-1])


def escaped(name: str) -> str:
    """The pattern that matches this name only."""
    return _SPECIAL.sub(r"[\g<0>]", name)


def hasSpecial(name: str) -> bool:
    """Whether a name holds characters that mean something in a pattern."""
    return _SPECIAL.search(name) is not None
