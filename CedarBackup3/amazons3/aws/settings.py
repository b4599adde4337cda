"""The settings that all AWS CLI processes of a run share: locale, time limits, profile, endpoint, encryption."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from CedarBackup3.amazons3.aws.locale import AwsLocale

if TYPE_CHECKING:
    from CedarBackup3.amazons3.aws.session.client import SessionHolder


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """How aws is run; an empty text leaves a matter to aws, its environment and its configuration."""

    locale: AwsLocale
    """The locale that it is run in, in which it reads the names of files."""
    timeLimit: float = 0
    """Seconds after which an aws is stopped; 0: never."""
    idleLimit: float = 3600
    """Seconds after which an aws is stopped that does nothing, as `idle` has it; 0: never.

    Of all that it does by itself only a wait between two attempts takes long, a minute or two.
    """
    profile: str = ""
    """The section of aws's configuration to use."""
    region: str = ""
    endpointUrl: str = ""
    """The address of the S3 service."""
    expectedBucketOwner: str = ""
    """The account that the bucket has to belong to, in twelve digits."""
    isRequesterPaying: bool = False
    """Whether this user agrees to be charged for requests to a bucket whose requester pays."""
    customerKey: bytes = field(default=b"", repr=False)
    """The 32 bytes with which objects are encrypted and read (SSE-C); empty: none."""
    storageClass: str = ""
    """Of uploaded objects."""
    sse: str = ""
    """How uploaded objects are encrypted by the server: AES256 or aws:kms."""
    sseKmsKeyId: str = ""
    """The key for aws:kms: an id, an alias or the ARN of either."""
    addsChecksums: bool = False
    """Whether uploads bring a checksum even where many servers refuse one; a bucket with Object Lock needs it."""
    uploads: int = 0
    """How many aws upload side by side; 0: as many as pay."""
    bandwidth: int = 0
    """Bytes a second of all uploads together; 0: as the configuration says."""
    keptOpen: tuple[int, ...] = ()
    """Descriptors that every aws keeps open as long as it runs: those of the locks under which it works."""
    sessionWanted: str = "auto"
    """Whether one aws is to answer many questions: auto (where that pays), always or never."""
    session: SessionHolder | None = field(default=None, compare=False, repr=False)
    """The place of that aws, as `session.client.awsSession` makes it; None: each question is a command of its own."""
