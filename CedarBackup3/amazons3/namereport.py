"""What the user reads of the name check: each bad name, what it seems to be, and the ways out."""

from __future__ import annotations

import codecs
import locale
import logging
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from CedarBackup3.amazons3.charsets import Guess, Votes, detectEncoding, votesOf
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import KEY_LIMIT
from CedarBackup3.amazons3.namecheck import BadName, NameCheck
from CedarBackup3.amazons3.renames import convmvCommand, moveCommand
from CedarBackup3.amazons3.unusual import UnusualName
from CedarBackup3.util import childEnvironment, displayPath, displayText, executeCommand

_log = logging.getLogger("CedarBackup3.log")

_SHOWN = 25  # lines of a kind on the screen; all of them go to the log file
_VOTERS = 50  # names of one directory that vote on its encoding
_IN_DOUBT = ""
_SURE = 0.5  # the least probability of a guess that a command is made of


class Finding(NamedTuple):
    """A bad name, and what it seems to be."""

    bad: BadName
    guess: Guess | None

    @property
    def isSure(self) -> bool:
        """Whether the guess is good enough to rename by."""
        return self.guess is not None and not self.guess.damaged and self.guess.confidence >= _SURE


def reportNames(mirror: Mirror, check: NameCheck) -> None:
    """Say every bad name, and then what can be done."""
    named = _Capped("names")
    encodings: Counter[str] = Counter()
    for finding in _findings(check):
        named.say(_nameLine(mirror, finding))
        if finding.bad.reason != "too long":
            encodings[finding.guess.encoding if finding.guess and finding.isSure else _IN_DOUBT] += 1
    named.finish()
    if fitting := _fittingLocale(mirror, check):
        _log.error("Way out: LC_ALL=%s, set for this command, makes all of these names right", fitting)
    _reportRenames(mirror, check, encodings)


def _reportRenames(mirror: Mirror, check: NameCheck, encodings: Counter[str]) -> None:
    sure = [encoding for encoding in encodings if encoding != _IN_DOUBT]
    if len(encodings) == len(sure) == 1 and not mirror.locale.isLegacy:
        _log.error("Way out: rename them all at once, by convmv:")
        _log.error("%s", convmvCommand(mirror.source, sure[0]))
    if encodings[_IN_DOUBT]:
        _log.error("Way out: rename by hand the names whose encoding is in doubt")
    if not sure:
        return
    _log.error("Way out: rename them one by one, in bash; look at the new names first:")
    commands = _Capped("commands")
    for finding in _findings(check):
        if line := _renameLine(mirror, finding):
            commands.say(line)
    commands.finish()


def unusualLine(mirror: Mirror, found: UnusualName) -> str:
    """What is unusual about a name, in one line."""
    shown = displayPath(mirror.pathTo(found.path))
    if found.like is None:
        return f"Unusual: {shown} {found.oddity.value}"
    return f"Unusual: {shown} and {displayPath(mirror.pathTo(found.like))} {found.oddity.value}"


class _Capped:
    """Lines of which the first go to the screen and all to the log file."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.count = 0

    def say(self, line: str) -> None:
        self.count += 1
        _log.log(logging.ERROR if self.count <= _SHOWN else logging.INFO, "%s", line)

    def finish(self) -> None:
        if self.count > _SHOWN:
            _log.error("... and %s more %s, all of them in the log file", f"{self.count - _SHOWN:,}", self.kind)


def _findings(check: NameCheck) -> Iterator[Finding]:
    tree = sum(map(votesOf, check.sample), Votes())
    for _, names in check.byDirectory():
        directory = sum((votesOf(bad.name) for bad in names[:_VOTERS] if bad.reason != "too long"), Votes())
        for bad in names:
            yield Finding(bad, None if bad.reason == "too long" else _guess(bad, directory, tree))


def _guess(bad: BadName, directory: Votes, tree: Votes) -> Guess | None:
    if bad.reason == "renamed":
        return Guess("utf-8", bad.name.decode(), 1.0)
    return detectEncoding(bad.name, (directory, tree))


def _nameLine(mirror: Mirror, finding: Finding) -> str:
    bad, guess = finding
    shown = displayPath(mirror.pathTo(bad.path))
    below = f" ({bad.files:,} file{'' if bad.files == 1 else 's'} below)" if bad.name.endswith(b"/") else ""
    if bad.reason == "too long":
        return (
            f"Name: {shown}: its key has more than {KEY_LIMIT} bytes, and S3 refuses it; shorten the path or the prefix"
        )
    expected = f"expected encoding {mirror.locale.encoding} ({mirror.locale.origin})"
    if guess is None:
        found = "of no encoding known here"
    elif guess.damaged:
        found = f"damaged {guess.encoding}, perhaps {displayText(guess.text.rstrip('/'))}"
    else:
        doubt = "" if finding.isSure else "perhaps "
        found = f"{doubt}in {guess.encoding}, where it reads {displayText(guess.text.rstrip('/'))}"
    fate = "aws would store it under another name" if bad.reason == "renamed" else "aws would fail to store it"
    return f"Name: {shown}{below}: {expected}, found {found}; {fate}"


def _renameLine(mirror: Mirror, finding: Finding) -> str:
    bad, guess = finding
    if not finding.isSure or guess is None:
        return ""
    try:
        new = guess.text.encode(mirror.locale.encoding)
    except UnicodeEncodeError:  # the locale has no such characters
        return ""
    old = mirror.pathTo(bad.path).rstrip(b"/")
    return moveCommand(old, mirror.pathTo(bad.directory) + new.rstrip(b"/"))


def _fittingLocale(mirror: Mirror, check: NameCheck) -> str:
    """A locale in which every name of the tree is right, if there is one."""
    if "too long" in check.reasons:
        return ""
    if mirror.locale.isLegacy:
        return "" if check.hasOther else "C.UTF-8"
    if check.hasUtf8:  # a legacy locale would spoil these names
        return ""
    fitting = _legacyLocales()
    for finding in _findings(check):
        text = finding.guess.text if finding.isSure and finding.guess else None
        fitting = {name: codec for name, codec in fitting.items() if _decoded(finding.bad.name, codec) == text}
    return min(fitting, default="")


def _legacyLocales() -> dict[str, str]:
    """The locales of this machine that have an encoding other than UTF-8, with its codec."""
    _, lines = executeCommand(["locale"], ["-a"], returnOutput=True, ignoreStderr=True, environment=childEnvironment())
    found = {}
    for name in map(str.strip, lines or ()):
        try:
            codec = codecs.lookup(locale.normalize(name).partition(".")[2].partition("@")[0]).name
        except LookupError:
            continue
        if codec not in {"utf-8", "ascii"}:
            found[name] = codec
    return found


def _decoded(name: bytes, codec: str) -> str | None:
    try:
        return name.decode(codec)
    except UnicodeDecodeError:
        return None
