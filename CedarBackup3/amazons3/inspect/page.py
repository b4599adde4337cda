"""Shows what was found of a bucket: a page of 80 columns for people, one JSON document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from textwrap import wrap

from CedarBackup3.amazons3.inspect.findings import Finding
from CedarBackup3.amazons3.inspect.questions import BucketAnswers
from CedarBackup3.util import displayCount, displayPath

_WIDTH = 80
_LEVEL, _TOPIC = 9, 19  # columns
_LEVELS = {"good": "ok", "note": "note", "warning": "WARNING", "unknown": "unknown"}
_TOPICS = {
    "versioning": "Versioning",
    "mfaDelete": "MFA delete",
    "objectLock": "Object Lock",
    "lifecycle": "Lifecycle",
    "encryption": "Encryption",
    "publicAccess": "Public access",
    "incompleteUploads": "Incomplete uploads",
    "mayList": "May list",
    "mayPut": "May upload",
    "mayDelete": "May delete",
    "mayGet": "May read",
    "mayEndUploads": "May end uploads",
    "mayDeleteVersions": "May delete versions",
}


def pageText(found: BucketAnswers, findings: Sequence[Finding]) -> str:
    """The page: a line for each finding, with what to do below it, and a summary.

    A command stands in lines of its own, joined by backslashes where it is too long for one.
    """
    lines = [displayPath(found.location.url), ""]
    topic = ""
    for each in findings:
        lines += _rows(each, isFirst=each.topic != topic)
        topic = each.topic
    return "\n".join([*lines, "", summary(findings), ""])


def pageJson(found: BucketAnswers, findings: Sequence[Finding]) -> str:
    """The same and more as one JSON document in ASCII, names exactly as they are."""
    uploads = [
        {
            "key": each.upload.key,
            "uploadId": each.upload.uploadId,
            "initiated": datetime.fromtimestamp(each.upload.initiated, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "size": each.size,
        }
        for each in found.uploads
    ]
    facts = {
        "bucket": found.location.bucket,
        "prefix": found.location.prefix,
        "warnings": sum(each.level == "warning" for each in findings),
        "unknown": sum(each.level == "unknown" for each in findings),
        "findings": [
            {"topic": each.topic, "level": each.level, "text": each.text, "advice": each.advice}
            | {"command": list(each.command)}
            for each in findings
        ],
        "incompleteUploads": uploads,
    }
    return json.dumps(facts, indent=2) + "\n"


def isSound(findings: Sequence[Finding]) -> bool:
    """Whether everything could be asked, and there is nothing to warn of."""
    return all(each.level in {"good", "note"} for each in findings)


def summary(findings: Sequence[Finding]) -> str:
    """What it comes to, in a line."""
    warnings = sum(each.level == "warning" for each in findings)
    unknown = sum(each.level == "unknown" for each in findings)
    text = displayCount(warnings, "warning") if warnings else "No warnings"
    return f"{text}; {displayCount(unknown, 'question')} without an answer" if unknown else text


def _rows(finding: Finding, *, isFirst: bool) -> Iterator[str]:
    topic = _TOPICS[finding.topic] if isFirst else ""
    start = f"{_LEVELS[finding.level]:{_LEVEL}}{topic:{_TOPIC}} "
    indent = " " * len(start)
    room = _WIDTH - len(indent)
    for text in (finding.text, *finding.details, f"-> {finding.advice}" if finding.advice else ""):
        hanging = "   " if text.startswith("-> ") else ""
        for line in wrap(text, room, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False):
            yield (start + line).rstrip()
            start = indent
    yield from _commandRows(finding.command)


def _commandRows(words: Sequence[str]) -> Iterator[str]:
    line = "   "
    for word in words:
        if len(line) + len(word) + 3 > _WIDTH and line.strip():
            yield f"{line} \\"
            line = "       "
        line += f" {word}"
    if words:
        yield line
