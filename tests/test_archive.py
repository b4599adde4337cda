"""Where an archived object is, by what S3 reports of it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.session.client import Session
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.restore.archive import ArchiveFacts, archiveFacts, mayBeArchived
from CedarBackup3.errors import CommandFailed

SETTINGS, HERE = AwsSettings(AwsLocale("C.UTF-8", "utf-8", "")), S3Location("bucket", "p/")
VERSION = Version(b"key", "id", True, "2026-01-01T00:00:00Z", 4, "abc", "GLACIER")
ONGOING, BACK = 'ongoing-request="true"', 'ongoing-request="false"'
UNTIL = f'{BACK}, expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"'


class _Told:
    """A session that answers HeadObject: what it is told for each version id, or an error."""

    def __init__(self, **byId: dict[str, Any] | CommandFailed) -> None:
        self._byId = byId

    def headObject(self, bucket: str, key: str, versionId: str, **_: Any) -> dict[str, Any]:
        assert (bucket, key) == ("bucket", "p/key")
        told = self._byId[versionId or "now"]
        if isinstance(told, CommandFailed):
            raise told
        return told


def _facts(version: Version = VERSION, **byId: dict[str, Any] | CommandFailed) -> ArchiveFacts:
    return archiveFacts(HERE, SETTINGS, version, cast("Session", _Told(**byId)), lambda: False)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"StorageClass": "GLACIER"}, ArchiveFacts("archived", "GLACIER")),
        ({"StorageClass": "DEEP_ARCHIVE"}, ArchiveFacts("archived", "DEEP_ARCHIVE", True)),
        ({"StorageClass": "GLACIER", "Restore": ONGOING}, ArchiveFacts("thawing", "GLACIER")),
        ({"StorageClass": "GLACIER", "Restore": UNTIL}, ArchiveFacts("readable", "GLACIER", False, 1356048000)),
        ({"StorageClass": "DEEP_ARCHIVE", "Restore": BACK}, ArchiveFacts("readable", "DEEP_ARCHIVE", True)),
        (
            {"StorageClass": "GLACIER", "Restore": f'{BACK}, expiry-date="soon"'},
            ArchiveFacts("readable", "GLACIER"),
        ),
        ({}, ArchiveFacts("archived", "GLACIER")),  # as it is listed
        ({"StorageClass": "STANDARD"}, ArchiveFacts("readable", "STANDARD")),  # it was moved
        ({"StorageClass": "INTELLIGENT_TIERING"}, ArchiveFacts("readable", "INTELLIGENT_TIERING")),
        (
            {"StorageClass": "INTELLIGENT_TIERING", "ArchiveStatus": "ARCHIVE_ACCESS"},
            ArchiveFacts("archived", "INTELLIGENT_TIERING"),
        ),
        (
            {"StorageClass": "INTELLIGENT_TIERING", "ArchiveStatus": "DEEP_ARCHIVE_ACCESS", "Restore": ONGOING},
            ArchiveFacts("thawing", "INTELLIGENT_TIERING", True),
        ),
        ({"StorageClass": "INTELLIGENT_TIERING", "Restore": BACK}, ArchiveFacts("readable", "INTELLIGENT_TIERING")),
    ],
)
def test_what_is_reported_tells_where_an_object_is(told: dict[str, Any], expected: ArchiveFacts) -> None:
    assert _facts(id=told) == expected


def test_who_may_read_only_what_is_there_now_asks_for_that_if_it_is_the_same() -> None:
    now, denied = {"StorageClass": "GLACIER", "ETag": '"abc"'}, CommandFailed("no", "403")
    assert _facts(id=denied, now=now).state == "archived"
    assert _facts(VERSION._replace(versionId="null"), now=now).state == "archived"
    with pytest.raises(CommandFailed, match="another object has taken its place"):
        _facts(id=denied, now={**now, "ETag": '"other"'})
    with pytest.raises(CommandFailed, match="no"):
        _facts(VERSION._replace(isLatest=False), id=denied, now=now)


@pytest.mark.parametrize("name", ["GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING"])
def test_only_what_may_be_archived_is_looked_at(name: str) -> None:
    assert mayBeArchived(VERSION._replace(storageClass=name))
    for other in ("STANDARD", "GLACIER_IR", "STANDARD_IA", "ONEZONE_IA", "REDUCED_REDUNDANCY"):
        assert not mayBeArchived(VERSION._replace(storageClass=other))
