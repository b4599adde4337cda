"""Formats versions as lines: columns for people, JSON for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.util import displayPath, displayText

_ID_WIDTH = 32  # characters of Amazon's own version ids


def versionRow(location: S3Location, version: Version) -> str:
    """Size (or `deleted`), time in UTC, version id and key, in columns."""
    size = "deleted" if version.size is None else f"{version.size:,}"
    key = displayPath(location.prefix + version.key.decode())
    return f"{size:>17}  {_time(version)}  {displayText(version.versionId):{_ID_WIDTH}}  {key}"


def versionJson(location: S3Location, version: Version) -> str:
    """The same and more as a JSON object in one line of ASCII, the key exactly as it is."""
    facts = {
        "key": location.prefix + version.key.decode(),
        "versionId": version.versionId,
        "lastModified": _time(version),
        "isLatest": version.isLatest,
        "isDeleteMarker": version.size is None,
    }
    if version.size is not None:
        facts |= {"size": version.size, "etag": version.etag, "storageClass": version.storageClass}
    return json.dumps(facts)


def _time(version: Version) -> str:
    return datetime.fromtimestamp(secondsOf(version.lastModified), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
