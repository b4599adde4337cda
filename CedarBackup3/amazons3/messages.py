"""Findings in words: lines that stand alone in a log or a mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import (
    PATH_MAX,
    Action,
    ContentReport,
    Difference,
    Finding,
    Kind,
    Step,
    Verdict,
    VerifyReport,
)
from CedarBackup3.amazons3.plan import Plan
from CedarBackup3.util import displayBytes, displayPath


def differenceLine(mirror: Mirror, found: Difference) -> str:
    """What is wrong with one key."""
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(found.key))
    local, remote = _size(found.localSize), _size(found.remoteSize)
    match found.kind:
        case Kind.MISSING:
            return f"Missing: {path} ({local}) is not in {url}"
        case Kind.EXTRA:
            return f"Extra: {url}{displayPath(found.key)} ({remote}) has no file in {displayPath(mirror.source)}"
        case Kind.SIZE:
            return f"Size: {path} has {local}, but its object in {url} has {remote}"
        case Kind.CONTENT:
            return (
                f"Content: {path} ({local}) is not what its object in {url} was made of; --repairContent uploads it, "
                "if it is the object that is wrong"
            )
        case Kind.UNREADABLE:
            return _unreadableLine(mirror, found)
        case Kind.RACED:
            return f"Raced: {path} changed during the run, so its object in {url} may be out of date; run again"


def _unreadableLine(mirror: Mirror, found: Difference) -> str:
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(found.key))
    if found.leadsNowhere:
        return (
            f"Unreadable: the link {path} leads nowhere, or to no files, so its objects in {url} are left alone; "
            "mount its disk, or remove the link if what it led to is gone for good, then run again"
        )
    if len(mirror.pathTo(found.key)) >= PATH_MAX:
        return f"Unreadable: {path} is longer than a path can be, so it is not backed up in {url}"
    return f"Unreadable: {path} cannot be read by this user, so it is not backed up in {url}"


def summaryLine(mirror: Mirror, report: VerifyReport) -> str:
    """The whole verification in one line."""
    source, url = displayPath(mirror.source), displayPath(mirror.location.url)
    matched = f"{counted(report.matchedFiles, 'file')} ({displayBytes(report.matchedBytes)})"
    content = f"; {contentLine(report.content)}" if report.content else ""
    if report.isClean:
        return f"Verified: {matched} in {source}, all in {url} with their sizes{content}"
    kinds = ", ".join(f"{report.counts[kind]:,} {kind.value}" for kind in Kind if report.counts.get(kind))
    total = counted(sum(report.counts.values()), "difference")
    return f"Not verified: {total} between {source} and {url} ({kinds}); {matched} agree{content}"


def unknownLine(mirror: Mirror, found: Finding) -> str:
    """A file whose content nothing is proven of."""
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(found.path))
    return f"Unknown: nothing proves what the object of {path} ({_size(found.size)}) in {url} holds: {found.why}"


def contentLine(report: ContentReport) -> str:
    """What comparing contents has shown, as the end of a summary."""
    words = {verdict: "differ" if verdict == "differs" else verdict for verdict in get_args(Verdict)}
    parts = [
        f"{report.files[verdict]:,} {word} ({displayBytes(report.sizes[verdict])})"
        for verdict, word in words.items()
        if report.files.get(verdict) or verdict == "matched"
    ]
    return f"content: {', '.join(parts)}"


def repairLine(mirror: Mirror, found: Finding) -> str:
    """A file that is uploaded although `aws s3 sync` would not."""
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(found.path))
    modified = datetime.fromtimestamp(found.mtimeNs / 1e9, UTC).isoformat(" ", "seconds")
    return (
        f"Uploading again: {path} to {url}; sync had skipped it, because it has the size of its object "
        f"({_size(found.size)}) and was not modified later ({modified}) than that was stored ({found.lastModified})"
    )


def newerLine(mirror: Mirror, report: VerifyReport) -> str:
    """What names and sizes cannot tell, in one line."""
    return (
        f"Newer: {counted(report.newerFiles, 'file')} in {displayPath(mirror.source)} of the same size as in "
        f"{displayPath(mirror.location.url)} but modified later; a run uploads them"
    )


def stepLine(mirror: Mirror, step: Step) -> str:
    """What a step would do, for a dry run."""
    url = f"{displayPath(mirror.location.url)}{displayPath(step.key)}"
    if step.action == "delete":
        return f"Would delete {url} ({_size(step.size)})"
    return f"Would {step.action} {url} from {displayPath(mirror.pathTo(step.path))} ({_size(step.size)})"


def planLine(mirror: Mirror, plan: Plan) -> str:
    """What is about to be done, in one line."""
    parts = [
        f"{plan.counts[action]:,} to {action} ({displayBytes(plan.sizes[action])})"
        for action in get_args(Action)
        if plan.counts.get(action)
    ]
    settled = f"{counted(plan.settledFiles, 'file')} ({displayBytes(plan.settledSize)}) up to date"
    return f"Plan for {displayPath(mirror.location.url)}: {', '.join(parts) or 'nothing to do'}; {settled}"


def counted(number: int, noun: str) -> str:
    """`1 file`, `1,200 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(size: int | None) -> str:
    return "" if size is None else counted(size, "byte")
