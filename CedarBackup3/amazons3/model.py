"""The data that modules hand to each other: locations, entries, steps, differences, findings, reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Literal, NamedTuple

from CedarBackup3.errors import UsageError
from CedarBackup3.util import displayPath

KEY_LIMIT = 1024
"""The longest key, in bytes of UTF-8 (S3 User Guide, "Naming Amazon S3 objects")."""
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
"""The storage classes from which nothing can be read at once; from GLACIER_IR everything can."""

# What aws takes (`botocore.handlers.VALID_BUCKET`): older buckets of Amazon, and those of other services, have
# underscores, capitals and up to 255 characters. But `.` and `..` would be taken out of the path of the request.
_BUCKET_NAME = re.compile(r"(?!\.{1,2}\Z)[a-zA-Z0-9.\-_]{1,255}\Z")
# What holds no objects that can be listed and compared, and why (S3 User Guide, on directory buckets, Object Lambda,
# Outposts and their names).
_UNUSABLE = (
    (
        re.compile(r"[^/]*--xa?-s3(/|\Z)|arn:[^:/]*:s3express:"),
        "a directory bucket, which lists its keys in no order, so nothing can be proven; use a general purpose bucket",
    ),
    (
        re.compile(r"[^/]*--ol-s3(/|\Z)|arn:[^:/]*:s3-object-lambda:"),
        "an Object Lambda access point, whose objects are made when they are read, so nothing can be proven; use the "
        "access point behind it",
    ),
    (
        re.compile(r"arn:[^:/]*:s3-outposts:[^/]*:outpost[:/][^:/]*[:/]bucket[:/]"),
        "a bucket of an Outpost, which the AWS CLI reaches through access points only; use the ARN of one",
    ),
    (re.compile(r"arn:[^:/]*:s3:::"), "a bucket by its ARN; use the name alone, as in s3://bucket/prefix"),
)
# What `aws s3 sync` takes in a bucket's place: access points, also those of Outposts and of several regions.
_BUCKET_ARN = re.compile(
    r"arn:aws[a-z-]*:s3:[a-z0-9-]*:\d{12}:accesspoint[:/][^/:]+"
    r"|arn:aws[a-z-]*:s3-outposts:[a-z0-9-]+:\d{12}:outpost[:/][a-zA-Z0-9-]{1,63}[:/]accesspoint[:/][a-zA-Z0-9-]{1,63}"
)


@dataclass(frozen=True, slots=True)
class S3Location:
    """A bucket, and a prefix that is empty or ends with a slash."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, url: str) -> S3Location:
        """The location of an `s3://bucket[/prefix]` URL; every character of the prefix is literal.

        Instead of the bucket an access point may stand there, as its alias or its ARN, whose parts are divided by
        slashes then, as in policies.

        Raises:
            UsageError: it is no such URL, or S3 allows no such bucket
        """
        if not url.startswith("s3://"):
            raise UsageError(f"the URL {displayPath(url)} does not begin with s3://")
        rest = url.removeprefix("s3://")
        arn = _BUCKET_ARN.match(rest)
        bucket = arn[0] if arn else rest.partition("/")[0]
        if problem := _problemOf(rest, bucket, isArn=bool(arn)):
            raise UsageError(f"the URL {displayPath(url)} names {problem}")
        if rest[len(bucket) : len(bucket) + 1] not in {"", "/"}:
            raise UsageError(f"the URL {displayPath(url)} continues after the access point without a slash")
        prefix = rest[len(bucket) + 1 :]
        try:
            prefix.encode()
        except UnicodeEncodeError:
            raise UsageError(f"the prefix of the URL {displayPath(url)} cannot be decoded in this locale") from None
        *start, resource = bucket.split(":", 5) if arn else [bucket]
        whole = ":".join([*start, resource.replace(":", "/")])  # so that one access point has one lock
        return cls(whole, prefix if not prefix or prefix.endswith("/") else prefix + "/")

    @property
    def url(self) -> str:
        """The URL, always with its last slash."""
        return f"s3://{self.bucket}/{self.prefix}"


def _problemOf(rest: str, bucket: str, *, isArn: bool) -> str:
    """What a URL names that is no bucket for us; empty: it is one."""
    if not bucket:
        return "no bucket"
    if reason := next((reason for pattern, reason in _UNUSABLE if pattern.match(rest)), ""):
        return reason
    if isArn or _BUCKET_NAME.match(bucket):
        return ""
    if bucket.startswith("arn:"):
        return (
            "an ARN that the AWS CLI does not accept as a bucket; that of an access point is "
            "arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME"
        )
    allowed = "a name has letters, digits, dots, dashes and underscores, at most 255"
    return f"a bucket that the AWS CLI does not accept: {allowed}"


class SourceEntry(NamedTuple):
    """A file of the source."""

    key: bytes
    """Its key below the target's prefix, in UTF-8; of an unreadable directory with a slash at the end."""
    size: int | None
    """In bytes; None: it cannot be read, and for a directory neither can anything below."""
    mtimeNs: int
    """Of what has no size for a reason of its own, that reason: `LEADS_NOWHERE`, or one of `LEFT_ALONE`."""
    path: bytes
    """Its path below the source, as the disk has it; in UTF-8 locales the same as the key."""
    ctimeNs: int = 0
    """When anything of it changed: with the inode it tells a change that leaves size and modification time alone."""
    inode: int = 0

    @property
    def leadsNowhere(self) -> bool:
        """Whether it is a followed link whose target is gone, or has no files: where its disk is not mounted, say."""
        return self.size is None and self.mtimeNs == LEADS_NOWHERE

    @property
    def mayHide(self) -> bool:
        """Whether objects below its key may have files that this run cannot see, since it may be a directory."""
        return self.size is None and self.mtimeNs != TOO_LARGE

    @property
    def leftAlone(self) -> LeftAlone | None:
        """Why it is neither uploaded nor a difference, and what the bucket has of it stays; None: it is not so."""
        return LEFT_ALONE.get(self.mtimeNs) if self.size is None else None


LEADS_NOWHERE, NOT_FOLLOWED, TOO_LARGE, MARKED, CACHE, ELSEWHERE = (-(1 << 63) + number for number in range(6))
"""No modification times of any file."""

LeftAlone = Literal["notFollowed", "tooLarge", "marked", "cache", "otherFileSystem"]
"""Why something is left alone: a link that gives away what its owner cannot read, or what lies behind such a link; a
file above the size that the user allows; a directory that holds a marker, or is tagged as a cache, or is on another
file system than the source. It is the class of the record, too."""

LEFT_ALONE: Mapping[int, LeftAlone] = {
    NOT_FOLLOWED: "notFollowed",
    TOO_LARGE: "tooLarge",
    MARKED: "marked",
    CACHE: "cache",
    ELSEWHERE: "otherFileSystem",
}
"""The reason that stands for each of these times."""


class ObjectEntry(NamedTuple):
    """An object of the target."""

    key: bytes
    """Below the target's prefix, in UTF-8."""
    size: int
    lastModified: str
    """As aws printed it: ISO 8601 in UTC, with Z or +00:00."""
    etag: str = ""
    """As aws printed it, with its quotation marks; empty: the server gave none."""


ATTRIBUTES_KEY = b".cback-attributes.jsonl.gz"
"""The key below the target's prefix of the object that holds what S3 cannot store of the source."""


def isFolderMarker(key: bytes, size: int | None) -> bool:
    """Whether an object is one of those that only make a folder show, which aws neither uploads nor downloads.

    Args:
        key: below the prefix; that of the prefix itself is empty
        size: in bytes
    """
    return not size and key[-1:] in {b"", b"/"}


Action = Literal["upload", "replace", "move", "delete"]
"""What the plan does to an object; a move makes or replaces it by a copy of one that is to be deleted."""


class Step(NamedTuple):
    """One thing to do."""

    action: Action
    key: bytes
    """Of the object, below the target's prefix."""
    path: bytes
    """Of the file, below the source; for a deletion the key again."""
    size: int
    """Of the file, or of the object to delete, in bytes."""
    etag: str = ""
    """Of the object that is to be replaced or deleted, as aws printed it."""
    lastModified: str = ""
    """The same, of one that is to be replaced."""
    isOurs: bool = False
    """Whether `aws s3 sync` would leave it out, since it has the size of its object and is not newer."""
    mtimeNs: int = 0
    """Of the file, when it was walked."""
    origin: bytes = b""
    """The key of the object of which a move is a copy; of the upload in the place of a move that failed, too."""


class Move(NamedTuple):
    """A file whose content an object has that is to be deleted."""

    key: bytes
    """Of the object to be made, below the target's prefix."""
    path: bytes
    """Of the file, below the source."""
    size: int
    """Of both, in bytes."""
    mtimeNs: int
    """Of the file, as it was read; so are the next two."""
    ctimeNs: int
    inode: int
    origin: bytes
    """The key of the object to be copied."""
    etag: str
    """Of that, as aws printed it."""
    whole: bytes
    """The MD5 of the content: the ETag of the copy, as a rule."""
    partSize: int = 0
    """Of the parts that the ETag of the origin was made of; 0: of none."""
    parted: bytes = b""
    """The MD5 of the MD5s of these parts."""


class Kind(Enum):
    """The ways in which source and target can disagree on a key."""

    MISSING = "missing"
    EXTRA = "extra"
    SIZE = "size"
    CONTENT = "content"
    UNREADABLE = "unreadable"
    CHANGED = "changed"
    """It changed during the run, so that nothing can be proven of it."""
    ATTRIBUTES = "attributes"
    """What S3 cannot store of it is not what is recorded of it."""


class Difference(NamedTuple):
    """One key on which source and target disagree."""

    kind: Kind
    key: bytes
    """Below the target's prefix; for what is local, the path as the disk has it."""
    localSize: int | None
    remoteSize: int | None
    leadsNowhere: bool = False
    """Whether what cannot be read is a link that leads nowhere."""
    detail: str = ""
    """What differs, of attributes: words that continue its name."""


Verdict = Literal["matched", "differs", "unknown", "changed", "unreadable"]
"""What comparing the content of a file with its object can show."""

RunEffect = Literal["none", "uploaded", "unmoved", "changed"]
"""What the run has done with a file: nothing, or uploaded it, and its object is another than before, or is not; or it
changed before it was uploaded once more, so that it is changed whatever it holds now."""


class Claim(NamedTuple):
    """A file that agrees with its object in size, and what the ETag claims of its content."""

    path: bytes
    """Of the file, below the source."""
    key: bytes
    """Of the object, below the target's prefix."""
    size: int
    """Of both, in bytes."""
    mtimeNs: int
    """Of the file, when it was walked."""
    etag: str
    lastModified: str
    """Of the object, as aws printed it."""
    ctimeNs: int = 0
    inode: int = 0
    effect: RunEffect = "none"
    isChanged: bool = False
    """Whether the file is another than when the run began."""
    versionId: str = ""
    """Of the object; empty: it is the object as it is now."""


class ContentFinding(NamedTuple):
    """What comparing the content of one file with its object has shown; behind `why` come the fields of the claim."""

    verdict: Verdict
    why: str
    """What makes it unknown, changed or unreadable."""
    path: bytes
    key: bytes
    size: int
    mtimeNs: int
    etag: str
    lastModified: str
    ctimeNs: int = 0
    inode: int = 0
    effect: RunEffect = "none"
    isChanged: bool = False
    versionId: str = ""

    @property
    def claim(self) -> Claim:
        """What was compared."""
        return Claim(*self[2:])


@dataclass(frozen=True, slots=True)
class ContentReport:
    """What comparing the content of files with their objects has shown."""

    files: Mapping[Verdict, int]
    sizes: Mapping[Verdict, int]
    """In bytes."""
    unknown: tuple[ContentFinding, ...]
    """The first of those that nothing is proven of; `files` counts them all."""


class Part(NamedTuple):
    """One of several parts of the files, into which a hash of their keys divides them."""

    number: int
    """From 0 on."""
    parts: int
    """How many there are; 1: this is all of them."""
    day: int
    """On which it has its turn, in UTC, counted from 1970-01-01."""


class Coverage(NamedTuple):
    """When the contents of the parts were last proven; days are counted as in `Part`."""

    parts: int = 1
    days: Mapping[int, int] = MappingProxyType({})
    """The last day of each part, by its number, as far as there was one."""
    since: int | None = None
    """A day of which it was known, when the parts may have been others, that everything was proven then or later."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a verification found."""

    matchedFiles: int
    matchedBytes: int
    counts: Mapping[Kind, int]
    """How many differences there are of each kind."""
    differences: tuple[Difference, ...]
    """The first of them; `counts` counts them all."""
    newerFiles: int = 0
    """How many files agree with their objects in size, but were modified later."""
    content: ContentReport | None = None
    """What comparing contents has shown of the files that agree in size; None: they were not compared.

    What differs, has changed or cannot be read is among the differences, too, and is not among the files that matched.
    """
    uploads: ContentReport | None = None
    """The same of just the files that the run has uploaded or that changed meanwhile; None: there were none, or
    `content` has them."""
    part: Part | None = None
    """The part of the files that `content` is of; None: it is of all."""
    coverage: Coverage | None = None
    """What is known, with this report, of the contents of all the parts; None: nothing is kept."""

    leftAlone: Mapping[LeftAlone, int] = field(default_factory=dict)
    """How many paths were left alone, by the reason."""
    moved: int = 0
    """How many files the run has not uploaded, because the server has copied objects with their content."""
    recorded: int = 0
    """How many paths have the same attributes in the bucket and in the source; 0: nobody asked, or some have not."""
    isRecordProven: bool = True
    """Whether it is shown that the object with these attributes holds them."""

    @property
    def isClean(self) -> bool:
        """Whether source and target agree on every key."""
        return not any(self.counts.values())
