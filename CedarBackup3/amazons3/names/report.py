"""The lines that the user reads about bad and unusual names."""

from __future__ import annotations

from CedarBackup3.amazons3.cappedlines import SHOWN, CappedLines
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import KEY_LIMIT
from CedarBackup3.amazons3.names.check import NameCheck
from CedarBackup3.amazons3.names.guesses import NameGuess, nameGuesses
from CedarBackup3.amazons3.names.remedies import reportRemedies
from CedarBackup3.amazons3.names.unusual import UnusualName
from CedarBackup3.util import displayPath, displayText


def reportNames(mirror: Mirror, check: NameCheck) -> None:
    """Report every bad name, and then what can be done."""
    named = CappedLines("names", shown=SHOWN)
    for finding in nameGuesses(check):
        named.log(_nameLine(mirror, finding))
    named.finish()
    reportRemedies(mirror, check)


def unusualLine(mirror: Mirror, found: UnusualName) -> str:
    """What is unusual about a name, in one line."""
    shown = displayPath(mirror.pathTo(found.path))
    if found.like is None:
        return f"Unusual: {shown} {found.oddity.value}"
    return f"Unusual: {shown} and {displayPath(mirror.pathTo(found.like))} {found.oddity.value}"


def _nameLine(mirror: Mirror, finding: NameGuess) -> str:
    bad, guess = finding
    shown = displayPath(mirror.pathTo(bad.path))
    below = f" ({bad.files:,} file{'' if bad.files == 1 else 's'} below)" if bad.name.endswith(b"/") else ""
    if bad.reason == "too long":
        return (
            f"Name: {shown}: its key has more than {KEY_LIMIT} bytes, and S3 refuses it; shorten the path or the prefix"
        )
    expected = f"expected encoding {mirror.locale.encoding} ({mirror.locale.origin})"
    if guess is None:
        found = "in no known encoding"
    elif guess.damaged:
        found = f"damaged {guess.encoding}, perhaps {displayText(guess.text.rstrip('/'))}"
    else:
        doubt = "" if finding.sureGuess else "perhaps "
        found = f"{doubt}in {guess.encoding}, where it reads {displayText(guess.text.rstrip('/'))}"
    fate = (
        "the AWS CLI would store it under another name"
        if bad.reason == "renamed"
        else "the AWS CLI would fail to store it"
    )
    return f"Name: {shown}{below}: {expected}, found {found}; {fate}"
