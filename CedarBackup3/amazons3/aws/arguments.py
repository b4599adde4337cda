"""The argument list of each AWS CLI command that the program uses. Pure: nothing is run here."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Literal, NamedTuple

from CedarBackup3.amazons3.model import S3Location

Kind = Literal["upload", "download", "listing", "question", "configure", "session"]
"""Uploads and downloads are commands of `aws s3`, listings and other questions those of `aws s3api`, a session is the
command of our plugin."""


class Arguments(NamedTuple):
    """What comes behind `aws`, and what kind of command that is."""

    kind: Kind
    words: tuple[str | bytes, ...]

    @property
    def subcommand(self) -> str:
        """The first two words, for a message."""
        return " ".join(map(str, self.words[:2]))


def syncArguments(
    source: bytes,
    location: S3Location,
    *,
    delete: bool,
    excludes: Iterable[str] = (),
    followLinks: bool = True,
    progress: bool = False,
) -> Arguments:
    """The arguments that mirror a directory, given by an absolute path, to a location.

    The slash at its end lets aws fail where the directory has become a file; without it, aws would delete everything.
    """
    switches = [f"--exclude={pattern}" for pattern in excludes]
    if delete:
        switches.append("--delete")
    if not followLinks:
        switches.append("--no-follow-symlinks")
    if not progress:
        switches.append("--no-progress")
    return Arguments("upload", ("s3", "sync", _directory(source), location.url, *switches))


def copyArguments(directory: bytes, location: S3Location, *, progress: bool = False) -> Arguments:
    """The arguments that copy all that is in a directory to a location."""
    words = ("s3", "cp", _directory(directory), location.url, "--recursive")
    return Arguments("upload", words if progress else (*words, "--no-progress"))


def _directory(path: bytes) -> bytes:
    """A directory as aws takes it for one, wherever it is started: `tempfile` may have given a relative path."""
    return os.path.abspath(path).rstrip(b"/") + b"/"


def deleteArguments(file: str) -> Arguments:
    """The arguments that delete the objects which a JSON file names; aws prints the errors there were, one a line."""
    query = "Errors[].[to_string([Code,Key])]"
    return _question("delete-objects", f"file://{file}", query)


def deleteOneArguments(location: S3Location, key: str) -> Arguments:
    """The arguments that delete one object, whichever key it has; the name goes as JSON, as in a listing."""
    names = json.dumps({"Bucket": location.bucket, "Key": location.prefix + key})
    return Arguments("question", ("s3api", "delete-object", "--cli-input-json", names))


def _question(operation: str, request: str, query: str) -> Arguments:
    return Arguments(
        "question", ("s3api", operation, "--cli-input-json", request, "--output", "text", "--query", query)
    )


def listArguments(location: S3Location, after: str = "", *, isOnePage: bool = False) -> Arguments:
    """The arguments that print the objects below a location: a line a page.

    A line is a JSON array: an array of `[size, time, etag, key]`, or null; whether more follows, or null; and the token
    with which aws goes on, or null. With `after` only those come whose key below the location is greater.

    The names go as JSON, since aws would take a prefix such as `file://x` for the name of a file to read. The output is
    pure ASCII in every locale.
    """
    start = {"StartAfter": location.prefix + after} if after else {}
    names = json.dumps({"Bucket": location.bucket, "Prefix": location.prefix, **start})
    query = "[to_string([Contents[].[Size,LastModified,ETag,Key],IsTruncated,NextContinuationToken])]"
    words = ("s3api", "list-objects-v2", "--cli-input-json", names, "--output", "text", "--query", query)
    return Arguments("listing", (*words, "--no-paginate") if isOnePage else words)


def headArguments(
    location: S3Location, key: str, fields: Iterable[str], part: int = 0, versionId: str = ""
) -> Arguments:
    """The arguments that print what S3 reports of one object, or of its `part`, as a JSON array of those fields.

    Its stored checksums are among the fields. As in a listing, the name goes as JSON, and the output is pure ASCII.
    """
    names = {"Bucket": location.bucket, "Key": location.prefix + key} | ({"VersionId": versionId} if versionId else {})
    asked = {"PartNumber": part} if part else {"ChecksumMode": "ENABLED"}
    query = f"to_string([{','.join(fields)}])"
    request = json.dumps(names | asked)
    return _question("head-object", request, query)


def headBucketArguments(location: S3Location) -> Arguments:
    """The arguments that ask whether this user can see a bucket."""
    return Arguments("question", ("s3api", "head-bucket", f"--bucket={location.bucket}"))


def versionArguments(bucket: str, prefix: str, pageSize: int = 0, after: tuple[str, str] | None = None) -> Arguments:
    """The arguments that print every version and delete marker of the keys that begin with a prefix: a line a page.

    A line is a JSON array: two arrays, or nulls, of `[key, id, is latest, time, size, ETag, class]` for each version
    and of `[key, id, is latest, time]` for each marker; whether more follows, or null; and the key and version id
    behind which it does, or nulls. As aws gives versions and markers apart, nothing tells which of a version and a
    marker of the same second is the newer one, except with a `pageSize` of 1.

    With `after`, a whole key and perhaps a version id, one page comes, of what is behind that. (Version 1 of aws
    ignores markers while it asks for all pages, and a `--starting-token` takes the delete markers from the first.)
    """
    facts = "Key,VersionId,IsLatest,LastModified"
    lists = f"Versions[].[{facts},Size,ETag,StorageClass],DeleteMarkers[].[{facts}]"
    query = f"[to_string([{lists},IsTruncated,NextKeyMarker,NextVersionIdMarker])]"
    request: dict[str, str | int] = {"Bucket": bucket, "Prefix": prefix}
    paging: list[str] = ["--page-size", str(pageSize)] if pageSize else []
    if after:
        key, versionId = after
        request |= {"KeyMarker": key} | ({"VersionIdMarker": versionId} if versionId else {})
        request |= {"MaxKeys": pageSize} if pageSize else {}
        paging = ["--no-paginate"]
    words = ("s3api", "list-object-versions", "--cli-input-json", json.dumps(request))
    return Arguments("listing", (*words, "--output", "text", "--query", query, *paging))


def getArguments(bucket: str, key: str, versionId: str, file: bytes) -> Arguments:
    """The arguments that fetch one version, or without an id the object as it is now, into a file.

    What aws prints is a JSON array: what the object is encrypted with. Names go one by one, since aws takes them as
    JSON for no command that writes a file. The key is taken as it is only if `isTakenLiterally`.
    """
    names = [f"--bucket={bucket}", f"--key={key}"]
    if versionId:
        names.append(f"--version-id={versionId}")
    query = f"to_string([{','.join(ENCRYPTION)}])"
    return Arguments("question", ("s3api", "get-object", *names, "--output", "text", "--query", query, file))


ENCRYPTION = ("ServerSideEncryption", "SSECustomerAlgorithm")
"""The fields that tell what an object is encrypted with."""


def isTakenLiterally(value: str) -> bool:
    """Whether aws takes a value as it is, and not as the address of the value.

    (AWS CLI user guide, "Load a parameter from a file".)
    """
    return not value.startswith(("file://", "fileb://", "http://", "https://"))


def downloadArguments(
    location: S3Location, directory: bytes, excludes: Iterable[str] = (), *, progress: bool = False
) -> Arguments:
    """The arguments that fetch what is below a location into a directory, whatever its storage class."""
    switches = [f"--exclude={pattern}" for pattern in excludes]
    if not progress:
        switches.append("--no-progress")
    return Arguments("download", ("s3", "sync", location.url, directory + b"/", "--force-glacier-transfer", *switches))


def downloadOneArguments(location: S3Location, key: str, file: bytes) -> Arguments:
    """The arguments that fetch one object, whose key has nothing that means something to aws, into a file."""
    return Arguments("download", ("s3", "cp", location.url + key, os.path.abspath(file), "--no-progress"))


def configureArguments(*words: str) -> Arguments:
    """The arguments that print a setting of the user's: `get` and its name."""
    return Arguments("configure", ("configure", *words))


def restoreArguments(request: str) -> Arguments:
    """The arguments that bring an archived object back, described by JSON."""
    return Arguments("question", ("s3api", "restore-object", "--cli-input-json", request))
