"""Formats versions as lines: columns for people, JSON for programs."""

from __future__ import annotations

import json
import stat

from CedarBackup3.amazons3.attributes.records import AttributeRecord, recordLine, timeOfFile
from CedarBackup3.amazons3.aws.times import shownTime
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.util import displayPath, displayText

_ID_WIDTH = 32  # characters of Amazon's own version ids


def versionRow(location: S3Location, version: Version) -> str:
    """Size (or `deleted`), time in UTC, version id and key, in columns."""
    size = "deleted" if version.size is None else f"{version.size:,}"
    key = displayPath(location.prefix + version.key.decode())
    return f"{size:>17}  {shownTime(version.lastModified)}  {displayText(version.versionId):{_ID_WIDTH}}  {key}"


def versionJson(location: S3Location, version: Version) -> str:
    """The same and more as a JSON object in one line of ASCII, the key exactly as it is."""
    facts = {
        "key": location.prefix + version.key.decode(),
        "versionId": version.versionId,
        "lastModified": shownTime(version.lastModified),
        "isLatest": version.isLatest,
        "isDeleteMarker": version.size is None,
    }
    if version.size is not None:
        facts |= {"size": version.size, "etag": version.etag, "storageClass": version.storageClass}
    return json.dumps(facts)


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
    facts = {} if version is None else json.loads(versionJson(location, version))
    if record is not None and (version is None or version.mtimeNs is not None):
        facts["attributes"] = json.loads(recordLine(record))
    return json.dumps(facts)


def _row(mode: str, user: str, group: str, size: str, time: str, name: str) -> str:
    return f"{mode} {user:<8} {group:<8} {size:>15}  {time:30}  {name}"


def _comesBack(record: AttributeRecord) -> bool:
    """Whether what a record is of is made without an object."""
    return stat.S_ISDIR(record.mode) or stat.S_ISLNK(record.mode)
