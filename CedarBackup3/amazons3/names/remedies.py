"""Remedies for bad names: a locale in which they are right, or commands that rename them."""

from __future__ import annotations

import codecs
import locale
import logging
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from CedarBackup3.amazons3.cappedlines import SHOWN, CappedLines
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.names.charmaps import decodeText
from CedarBackup3.amazons3.names.check import NameCheck
from CedarBackup3.amazons3.names.guesses import NameGuess, nameGuesses
from CedarBackup3.amazons3.names.problems import nameReason
from CedarBackup3.amazons3.names.renames import convmvCommand, moveCommand, newNameProblem, readsAsConvmv
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.util import childEnvironment, displayPath, displayText, executeCommand

_log = logging.getLogger("CedarBackup3.log")


class _Rename(NamedTuple):
    """What can be done about one bad name."""

    old: bytes
    """Its path below the source, without a slash at the end."""
    new: bytes
    """The path that it should have; empty if its encoding is in doubt."""
    problem: str
    """Why it cannot simply be given that, in words that follow "its new name"."""
    convmvEncoding: str
    """The encoding that convmv would need; empty if convmv cannot do it."""

    @property
    def isSafe(self) -> bool:
        """Whether a command can do it."""
        return bool(self.new) and not self.problem


def reportRemedies(mirror: Mirror, check: NameCheck) -> None:
    """Report what can be done about the bad names: the locale, what only a person can do, the commands for the rest."""
    if fitting := _fittingLocale(mirror, check):
        _log.error("Remedy: run this command with LC_ALL=%s, in which all of these names are right", fitting)
    with Spool(_Rename._make) as renames:
        renames.extend(_renames(mirror, check))
        _logByHand(mirror, renames)
        _logCommands(mirror, renames)


def _logByHand(mirror: Mirror, renames: Iterable[_Rename]) -> None:
    inDoubt = 0
    byHand = CappedLines("names", shown=SHOWN)
    for rename in renames:
        inDoubt += not rename.new
        if rename.problem:
            old, new = displayPath(mirror.pathTo(rename.old)), rename.new.rpartition(b"/")[2]
            shown = displayText(mirror.locale.decoded(new))
            byHand.log(f"Remedy: rename {old} by hand; its new name {shown} {rename.problem}")
    byHand.finish()
    if inDoubt:
        _log.error("Remedy: rename by hand the names whose encoding is in doubt: %s of them", f"{inDoubt:,}")


def _logCommands(mirror: Mirror, renames: Iterable[_Rename]) -> None:
    isScreenUtf8 = _isScreenUtf8()
    encodings = {rename.convmvEncoding for rename in renames}
    if len(encodings) == 1 and (encoding := encodings.pop()):
        _log.error("Remedy: rename them all at once with convmv; without --notest it only prints what it would do:")
        _log.error("%s", convmvCommand(mirror.source, encoding, isScreenUtf8))
    commands = CappedLines("commands", shown=SHOWN)
    for rename in renames:
        if rename.isSafe:
            if not commands.count:
                _log.error("Remedy: rename them one by one in bash; check the new names first:")
            commands.log(moveCommand(mirror.pathTo(rename.old), mirror.pathTo(rename.new), isScreenUtf8))
    commands.finish()


def _renames(mirror: Mirror, check: NameCheck) -> Iterator[_Rename]:
    directory, given = b"", set[bytes]()
    for finding in nameGuesses(check):
        bad, guess = finding
        if bad.reason == "too long":
            continue
        if bad.directory != directory:
            directory, given = bad.directory, set()
        new = _newName(mirror, finding)
        problem = newNameProblem(mirror.pathTo(directory), new, given) if new else ""
        given.add(new)
        isForConvmv = new and not problem and guess and not mirror.locale.isLegacy
        encoding = guess.encoding if guess and isForConvmv and readsAsConvmv(bad.name, guess.encoding) else ""
        yield _Rename(bad.path.rstrip(b"/"), new and directory + new, problem, encoding)


def _newName(mirror: Mirror, finding: NameGuess) -> bytes:
    """The name that will survive and reads as the bad one was meant; empty if that is in doubt, or cannot be."""
    guess = finding.sureGuess
    if guess is None:
        return b""
    try:
        new = guess.text.encode(mirror.locale.encoding)
    except UnicodeEncodeError:  # the locale has no such characters
        return b""
    return b"" if nameReason(new, mirror.locale) else new.rstrip(b"/")


def _isScreenUtf8() -> bool:
    """Whether what is printed arrives as UTF-8; where that is not known, it does not."""
    try:
        return codecs.lookup(sys.stderr.encoding).name == "utf-8"
    except (LookupError, AttributeError, TypeError):
        return False


def _fittingLocale(mirror: Mirror, check: NameCheck) -> str:
    """A locale in which every name of the tree is right, if there is one."""
    if "too long" in check.reasons:
        return ""
    if mirror.locale.isLegacy:
        return "" if check.hasOther else "C.UTF-8"
    if check.hasUtf8:  # a legacy locale would spoil these names
        return ""
    fitting = _legacyLocales()
    for finding in nameGuesses(check):
        text = finding.sureGuess.text if finding.sureGuess else None
        fitting = {name: codec for name, codec in fitting.items() if decodeText(finding.bad.name, codec) == text}
        if not fitting:
            break
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
