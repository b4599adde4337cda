"""Formats versions as lines: columns for people, JSON for programs."""

from __future__ import annotations

import json
import stat

from CedarBackup3.amazons3.attributes.records import AttributeRecord, recordLine, timeOfFile
from CedarBackup3.amazons3.aws.times import shownSecond, shownTime
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.restore.between import Change, ChangeKind
from CedarBackup3.amazons3.restore.found import Found
from CedarBackup3.util import displayPath, displayText

_ID_WIDTH = 32  # characters of Amazon's own version ids


def versionRow(location: S3Location, version: Version) -> str:
    """Size (or `deleted`), time in UTC, version id and key, in columns."""
    size = "deleted" if version.size is None else f"{version.size:,}"
    key = displayPath(location.prefix + version.key.decode())
    return f"{size:>17}  {shownTime(version.lastModified)}  {displayText(version.versionId):{_ID_WIDTH}}  {key}"


def versionJson(location: S3Location, version: Version) -> str:
    """The same and more as a JSON object in one line of ASCII, the key exactly as it is."""
    return json.dumps(_facts(location, version))


def _facts(location: S3Location, version: Version) -> dict[str, object]:
    facts: dict[str, object] = {
        "key": location.prefix + version.key.decode(),
        "versionId": version.versionId,
        "lastModified": shownTime(version.lastModified),
        "isLatest": version.isLatest,
        "isDeleteMarker": version.size is None,
    }
    if version.size is not None:
        facts |= {"size": version.size, "etag": version.etag, "storageClass": version.storageClass}
    return facts


def foundRow(location: S3Location, found: Found) -> str:
    """Size (or `deleted`), time in UTC, whether it is current, the moment that brings it back, storage class, version
    id and key, in columns; `-` where there is none.
    """
    version = found.version
    isMarker = version.size is None
    size, storageClass = ("deleted", "-") if isMarker else (f"{version.size:,}", displayText(version.storageClass))
    columns = (
        f"{size:>17}  {shownTime(version.lastModified)}",
        f"{'current' if version.isLatest else '-':7}",
        f"{'-' if found.moment is None else shownSecond(found.moment):20}",
        f"{storageClass:12}",
        f"{displayText(version.versionId):{_ID_WIDTH}}",
        displayPath(location.prefix + version.key.decode()),
    )
    return "  ".join(columns)


def foundJson(location: S3Location, found: Found) -> str:
    """The JSON object of a version, with the moment that brings it back; null: there is none."""
    moment = None if found.moment is None else shownSecond(found.moment)
    return json.dumps(_facts(location, found.version) | {"atTime": moment})


def changeRow(location: S3Location, change: Change) -> str:
    """What became of a key, sizes before and after, when, and the key, in columns; `-` is no file, `?` not known."""
    before, after = ("?" if not isKnown else f"{file.size:,}" if file else "-" for isKnown, file in _sides(change))
    key = displayPath(location.prefix + change.key.decode())
    return f"{change.kind.value:7} {before:>15} {after:>15}  {shownTime(change.lastModified)}  {key}"


def changeJson(location: S3Location, change: Change) -> str:
    """The same as a JSON object, with the versions before and after: null is no file, what is not known is left out."""
    facts: dict[str, object] = {
        "key": location.prefix + change.key.decode(),
        "change": change.kind.value,
        "time": shownTime(change.lastModified),
    }
    for name, (isKnown, version) in zip(("before", "after"), _sides(change), strict=True):
        if isKnown:
            facts[name] = version and _facts(location, version)
    return json.dumps(facts)


def _sides(change: Change) -> tuple[tuple[bool, Version | None], tuple[bool, Version | None]]:
    """Whether it is known what stood there, and what did: before and after."""
    return (change.kind is not ChangeKind.UNKNOWN, change.before), (change.isAfterKnown, change.after)


def longRow(location: S3Location, record: AttributeRecord | None, version: Version | None) -> str:
    """Mode, owner, group, size, time of the file in UTC, key and what a link leads to, as `ls -l` has them; `?` is what
    is not recorded. Empty for what does not come back: a socket, say.
    """
    if version is not None and (record is None or version.mtimeNs is None):
        size, key = f"{version.size or 0:,}", displayPath(location.prefix + version.key.decode())
        return _row("-?????????", "?", "?", size, "?", key)
    if record is None or (version is None and not _comesBack(record)):
        return ""
    key = displayPath(location.prefix.encode() + record.orderKey)
    leads = f" -> {displayPath(record.target)}" if version is None and record.target else ""
    size = f"{record.size:,}" if record.size is not None else "-"
    return _row(
        stat.filemode(record.mode),
        displayText(record.user) or str(record.uid),
        displayText(record.group) or str(record.gid),
        size,
        timeOfFile(record.mtimeNs),
        key + leads,
    )


def longJson(location: S3Location, record: AttributeRecord | None, version: Version | None) -> str:
    """The JSON object of a version with that of its record below `attributes`; of what has no version, only these."""
    if version is None and (record is None or not _comesBack(record)):
        return ""
    facts = {} if version is None else _facts(location, version)
    if record is not None and (version is None or version.mtimeNs is not None):
        facts["attributes"] = json.loads(recordLine(record))
    return json.dumps(facts)


def _row(mode: str, user: str, group: str, size: str, time: str, name: str) -> str:
    return f"{mode} {user:<8} {group:<8} {size:>15}  {time:30}  {name}"


def _comesBack(record: AttributeRecord) -> bool:
    """Whether what a record is of is made without an object."""
    return stat.S_ISDIR(record.mode) or stat.S_ISLNK(record.mode)
