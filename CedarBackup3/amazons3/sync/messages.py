"""The wording of differences, steps and summaries: each line stands alone in a log or a mail."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import (
    Action,
    ContentFinding,
    ContentReport,
    Difference,
    Kind,
    LeftAlone,
    Move,
    Part,
    Step,
    Verdict,
    VerifyReport,
)
from CedarBackup3.amazons3.sync.coverage import coveredSince, partsCovered
from CedarBackup3.amazons3.sync.plan import Plan
from CedarBackup3.util import displayBytes, displayCount, displayPath


def differenceLine(mirror: Mirror, found: Difference) -> str:  # noqa: PLR0911 - a sentence for each kind
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
                f"Content: {path} ({local}) differs from its object in {url}; if the object is wrong, --repairContent "
                "uploads the file again"
            )
        case Kind.UNREADABLE:
            return _unreadableLine(mirror, found)
        case Kind.CHANGED:
            return f"Changed: {path} changed during the run, so its object in {url} may be out of date; run again"
        case Kind.ATTRIBUTES:
            return f"Attributes: {path} {found.detail}"


def _unreadableLine(mirror: Mirror, found: Difference) -> str:
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(found.key))
    if found.leadsNowhere:
        return (
            f"Unreadable: the link {path} leads nowhere, or to no files, so its objects in {url} are left alone; "
            "mount its disk, or remove the link if what it led to is gone for good, then run again"
        )
    return f"Unreadable: {path} cannot be read by this user, so it is not backed up in {url}"


def leftAloneLine(mirror: Mirror, path: bytes, reason: LeftAlone) -> str:
    """What is left alone, and why."""
    shown = displayPath(mirror.pathTo(path))
    if reason in _HELD:
        return f"Left out: {shown} {_HELD[reason]}, so its objects stay as they are"
    if reason == "tooLarge":
        limit = displayCount(mirror.tree.filters.maxSize, "byte")
        return (
            f"Too large: {shown} has more than {limit}, so it is not uploaded, and "
            "its object stays as it is; a larger --maxSize uploads it"
        )
    return (
        f"Not followed: {shown} leads to what the user who made the link cannot read, so it "
        "is not uploaded, and its objects stay as they are; --followLinks all follows every link"
    )


def rootLine(mirror: Mirror, reason: LeftAlone) -> str:
    """The source itself is what would be left out below it."""
    return f"{displayPath(mirror.source)} {_HELD[reason]}, but is the source, which is never left out as a whole"


def leftOutLine(mirror: Mirror, name: str, rule: Rule) -> str:
    """A path, or a key, that a rule leaves out; of a directory, which ends with a slash, it leaves out all."""
    return f"Left out: {displayPath(name)} below {displayPath(mirror.source)}, by {rule.shown}"


def unusedLine(mirror: Mirror, rule: Rule, likely: str) -> str:
    """A rule that has matched nothing, and what may have been meant by it."""
    source, url = displayPath(mirror.source), displayPath(mirror.location.url)
    meant = f"; did you mean {displayPath(likely)}?" if likely else ""
    return f"Nothing in {source} or {url} matches the pattern {rule.written}{meant}"


def summaryLine(mirror: Mirror, report: VerifyReport) -> str:
    """The whole verification in one line."""
    source, url = displayPath(mirror.source), displayPath(mirror.location.url)
    matched = f"{displayCount(report.matchedFiles, 'file')} ({displayBytes(report.matchedBytes)})"
    content = f"; content{_partOf(report)}: {contentLine(report.content)}" if report.content else ""
    content += coverageText(report) if report.content else ""
    content += f"; uploads: {contentLine(report.uploads)}" if report.uploads else ""
    content += f"; {report.moved:,} of them moved" if report.moved else ""
    if report.recorded:
        content += f"; attributes of {displayCount(report.recorded, 'path')}"
        content += "" if report.isRecordProven else " unproven"
    for reason, what in _LEFT_ALONE.items():
        content += f"; {displayCount(report.leftAlone[reason], 'path')} {what}" if report.leftAlone.get(reason) else ""
    if report.isClean:
        return f"Verified: {matched} in {source}, all in {url} with their sizes{content}"
    kinds = ", ".join(f"{report.counts[kind]:,} {kind.value}" for kind in Kind if report.counts.get(kind))
    total = displayCount(sum(report.counts.values()), "difference")
    return f"Not verified: {total} between {source} and {url} ({kinds}); {matched} agree{content}"


def partText(part: Part | None) -> str:
    """Names the part that is compared: `of part 5 of 30 `; empty: it is all."""
    return f"of part {part.number + 1:,} of {part.parts:,} " if part and part.parts > 1 else ""


def _partOf(report: VerifyReport) -> str:
    return f" {partText(report.part)}".rstrip()


def coverageText(report: VerifyReport) -> str:
    """What is known of the contents of all the parts, as the end of a summary; empty: nothing, or there is one part."""
    if not (report.part and report.coverage) or report.part.parts == 1:
        return ""
    since = coveredSince(report.coverage)
    if since is not None:
        return f"; every part proven on {date.fromordinal(_FIRST_DAY + since)} or later"
    count = partsCovered(report.coverage, report.part.parts)
    return f"; {count:,} of {report.part.parts:,} parts proven so far"


_FIRST_DAY = date(1970, 1, 1).toordinal()


_LEFT_ALONE: dict[LeftAlone, str] = {
    "notFollowed": "not followed",
    "tooLarge": "above --maxSize",
    "marked": "with a marker",
    "cache": "tagged as a cache",
    "otherFileSystem": "on another file system",
}
_HELD: dict[LeftAlone, str] = {
    "marked": "holds what --excludeIfPresent names",
    "cache": "is tagged as a cache",
    "otherFileSystem": "is on another file system",
}


def unknownLine(mirror: Mirror, found: ContentFinding) -> str:
    """A file whose content nothing is proven of."""
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(found.path))
    return f"Unproven: nothing proves what the object of {path} ({_size(found.size)}) in {url} holds: {found.why}"


def contentLine(report: ContentReport) -> str:
    """What comparing contents has shown, as the end of a summary."""
    return ", ".join(
        _verdictText(verdict, report.files.get(verdict, 0), displayBytes(report.sizes.get(verdict, 0)))
        for verdict in sorted(get_args(Verdict), key="unknown".__eq__)
        if report.files.get(verdict) or verdict == "matched"
    )


def _verdictText(verdict: Verdict, files: int, size: str) -> str:
    if verdict == "unknown":
        return f"{displayCount(files, 'file')} ({size}) unproven"
    return f"{files:,} {'differ' if verdict == 'differs' else verdict} ({size})"


def repairLine(mirror: Mirror, found: ContentFinding) -> str:
    """A file that is uploaded although `aws s3 sync` would not."""
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(found.path))
    modified = _date(found.mtimeNs)
    return (
        f"Uploading again: {path} to {url}; it was skipped, because it has the size of its object "
        f"({_size(found.size)}) and was not modified later ({modified}) than the object was stored "
        f"({found.lastModified})"
    )


def againLine(mirror: Mirror, found: ContentFinding) -> str:
    """A file that goes up once more, since nothing shows that its upload has arrived."""
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(found.path))
    if found.verdict == "changed":
        why = "it changed during the run"
    elif found.effect == "unmoved":
        why = f"its object is still the one from before the run ({found.lastModified}, {found.etag})"
    else:
        why = "its object differs from the file"
    return f"Uploading again: {path} to {url}; {why}"


def clockLine(mirror: Mirror, seconds: float) -> str:
    """What follows if the server's clock is ahead of that of this machine."""
    return (
        f"The clock of the server of {displayPath(mirror.location.url)} is at least {seconds:.0f} s ahead of the "
        "clock of this machine: a file that changes within that time after its upload, and keeps its size, looks up "
        "to date to the next run; set the clock of this machine (timedatectl), then run with --repairContent"
    )


def oddDateLine(mirror: Mirror, path: bytes) -> str:
    """A file with a date that aws cannot read."""
    return (
        f"Date: {displayPath(mirror.pathTo(path))} is dated before the year 1 or after 9999, and the AWS CLI warns "
        "about it; if every run uploads it, change its date with 'touch'"
    )


def hasOddDate(mtimeNs: int) -> bool:
    """Whether aws cannot read that modification time."""
    return not _FIRST_DATE_NS <= mtimeNs <= _LAST_DATE_NS


# The years 1 and 9999, a day less at both ends for the time zone in which aws reads them.
_FIRST_DATE_NS = (-62_135_596_800 + 86_400) * 1_000_000_000
_LAST_DATE_NS = (253_402_300_799 - 86_400) * 1_000_000_000


def _date(ns: int) -> str:
    if hasOddDate(ns):
        return f"{ns // 1_000_000_000} s since 1970"
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=ns // 1_000_000_000)).isoformat(" ")


def newerLine(mirror: Mirror, report: VerifyReport) -> str:
    """What names and sizes cannot tell, in one line."""
    return (
        f"Newer: {displayCount(report.newerFiles, 'file')} in {displayPath(mirror.source)} of the same size as in "
        f"{displayPath(mirror.location.url)} but modified later; a run uploads them"
    )


def stepLine(mirror: Mirror, step: Step) -> str:
    """What a step would do, for a dry run."""
    url = f"{displayPath(mirror.location.url)}{displayPath(step.key)}"
    if step.action == "delete":
        return f"Would delete {url} ({_size(step.size)})"
    if step.action == "move":
        origin = f"{displayPath(mirror.location.url)}{displayPath(step.origin)}"
        return f"Would move {origin} to {url} for {displayPath(mirror.pathTo(step.path))} ({_size(step.size)})"
    return f"Would {step.action} {url} from {displayPath(mirror.pathTo(step.path))} ({_size(step.size)})"


def notMovedLine(mirror: Mirror, move: Move, why: str) -> str:
    """A move that failed."""
    url, path = displayPath(mirror.location.url), displayPath(mirror.pathTo(move.path))
    return f"Not moved: {url}{displayPath(move.origin)}, so {path} is uploaded: {why}"


def keptLine(mirror: Mirror, key: bytes) -> str:
    """An object that is not deleted because what it holds is nowhere else."""
    return (
        f"Kept: {displayPath(mirror.location.url)}{displayPath(key)} is not deleted, because it was to be moved, which "
        "failed, and the file has not been uploaded either; run again"
    )


def planLine(mirror: Mirror, plan: Plan) -> str:
    """What is about to be done, in one line."""
    parts = [
        f"{plan.counts[action]:,} to {action} ({displayBytes(plan.sizes[action])})"
        for action in get_args(Action)
        if plan.counts.get(action)
    ]
    upToDate = f"{displayCount(plan.upToDateFiles, 'file')} ({displayBytes(plan.upToDateSize)}) up to date"
    return f"Plan for {displayPath(mirror.location.url)}: {', '.join(parts) or 'nothing to do'}; {upToDate}"


def _size(size: int | None) -> str:
    return "" if size is None else displayCount(size, "byte")
