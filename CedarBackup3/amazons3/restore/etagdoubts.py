"""Whether an ETag that does not stand for the content of a file is a digest at all: what encrypts an object tells."""

from __future__ import annotations

import json

from CedarBackup3.amazons3.awsarguments import ENCRYPTION, headArguments
from CedarBackup3.amazons3.awscli import answerOf
from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.amazons3.content.etags import isDigestUnder
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.restore.versionlisting import Version

_ASKED = 3


def isDigest(printed: bytes) -> bool:
    """Whether the ETag of an object is a digest, going by its `ENCRYPTION` as aws prints it."""
    try:
        encryption, customerAlgorithm = json.loads(printed)
    except (ValueError, TypeError):
        return True
    return isDigestUnder(encryption, customerAlgorithm)


class EtagDoubts:
    """A few versions whose ETags seem to be no digests are asked for, an aws each, and speak for the others."""

    def __init__(self, location: S3Location, aws: AwsSettings) -> None:
        self._location, self._aws = location, aws
        self._asked = self._confirmed = 0

    def areRight(self, version: Version) -> bool:
        """Whether the ETag of a version is no digest, as those of all that were asked for are none."""
        if self._asked < _ASKED:
            self._asked += 1
            arguments = headArguments(self._location, version.key.decode(), ENCRYPTION, versionId=version.fetchId)
            result, printed = answerOf(arguments, self._aws)
            self._confirmed += not (result.status or isDigest(printed))
        return self._confirmed == self._asked
