"""Findings in words: lines that stand alone in a log or a mail."""

from __future__ import annotations

from CedarBackup3.amazons3.model import Difference, Kind, S3Location, VerifyReport
from CedarBackup3.util import displayBytes, displayPath


def differenceLine(found: Difference, source: bytes, location: S3Location) -> str:
    """What is wrong with one key."""
    url, path = displayPath(location.url), displayPath(source.rstrip(b"/") + b"/" + found.key)
    local, remote = _size(found.localSize), _size(found.remoteSize)
    match found.kind:
        case Kind.MISSING:
            return f"Missing: {path} ({local}) is not in {url}"
        case Kind.EXTRA:
            return f"Extra: {url}{displayPath(found.key)} ({remote}) has no file in {displayPath(source)}"
        case Kind.SIZE:
            return f"Size: {path} has {local}, but its object in {url} has {remote}"
        case Kind.UNREADABLE:
            return f"Unreadable: {path} cannot be read by this user, so it is not backed up in {url}"
        case Kind.RACED:
            return f"Raced: {path} changed during the run, so its object in {url} may be out of date; run again"


def summaryLine(report: VerifyReport, source: bytes, location: S3Location) -> str:
    """The whole verification in one line."""
    matched = f"{_count(report.matchedFiles, 'file')} ({displayBytes(report.matchedBytes)})"
    if report.isClean:
        return f"Verified: {matched} in {displayPath(source)}, all in {displayPath(location.url)} with their sizes"
    kinds = ", ".join(f"{report.counts[kind]:,} {kind.value}" for kind in Kind if report.counts.get(kind))
    return (
        f"Not verified: {_count(sum(report.counts.values()), 'difference')} between {displayPath(source)} and "
        f"{displayPath(location.url)} ({kinds}); {matched} agree"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(size: int | None) -> str:
    return "" if size is None else _count(size, "byte")
