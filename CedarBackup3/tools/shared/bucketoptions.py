"""What every tool for a bucket makes of its command line alike: how aws is run, the bucket, what is left out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import Switch
from CedarBackup3.errors import UsageError
from CedarBackup3.tools.shared.awsswitches import awsSettings

if TYPE_CHECKING:
    from CedarBackup3.amazons3.aws.settings import AwsSettings


def excludeSwitch(help: str, directory: str) -> Switch:  # noqa: A002 - as in Switch
    """The switch `--exclude`.

    Args:
        help: what it does
        directory: what the patterns are relative to, in words
    """

    def pattern(text: str) -> str:
        if not text or text.startswith("/"):
            raise ValueError(f"must be relative to the {directory} directory")
        return text

    return Switch("x", "exclude", help, "PATTERN", "", pattern, isRepeatable=True)


def warnOfVainPatterns(patterns: Iterable[str]) -> None:
    """Warn of each pattern that no file's path can match, with what was probably meant, in the log and on the screen.

    A pattern that might match, and only does not today, is no mistake of which a job should complain every night.
    """
    import logging

    from CedarBackup3.amazons3.aws.patterns import likelyPattern
    from CedarBackup3.util import displayPath

    for pattern in patterns:
        if meant := likelyPattern(pattern):
            logging.getLogger("CedarBackup3.log").error(
                "No file's path can match the pattern of --exclude %s; did you mean %s?",
                displayPath(pattern),
                displayPath(meant),
            )


def warnOfOpenEndpoint(aws: AwsSettings) -> None:
    """Warn in the log if what is sent to the endpoint can be read on the way."""
    import logging

    from CedarBackup3.amazons3.aws.command import openEndpoint
    from CedarBackup3.util import displayPath

    if endpoint := openEndpoint(aws, os.environ):
        logging.getLogger("CedarBackup3.log").warning(
            "Not encrypted on the way: whoever can listen between here and %s can read names and contents of the "
            "files, though not the credentials; use https if the server has it",
            displayPath(endpoint),
        )


def withCustomerKey(aws: AwsSettings, path: str) -> AwsSettings:
    """The settings with the key in the file of `--sseCustomerKeyFile`, if one is given.

    Raises:
        UsageError: the file has no key that is safe, or the key would be sent unencrypted or written to a file
    """
    if not path:
        return aws
    from dataclasses import replace

    from CedarBackup3.amazons3.aws.command import openEndpoint
    from CedarBackup3.amazons3.aws.configuration import keepsHistory
    from CedarBackup3.amazons3.aws.customerkey import readCustomerKey
    from CedarBackup3.util import displayPath

    key = readCustomerKey(os.fsencode(path))
    if endpoint := openEndpoint(aws, os.environ):
        raise UsageError(
            f"the key of --sseCustomerKeyFile would go to {displayPath(endpoint)} unencrypted, which Amazon S3 refuses "
            "too; use an https endpoint"
        )
    if keepsHistory(os.environ, aws.profile, aws.locale.encoding):
        raise UsageError(
            "the AWS CLI would write the key of --sseCustomerKeyFile to the history of its requests; remove "
            "cli_history from the AWS configuration, or use another --profile"
        )
    return replace(aws, customerKey=key)


class BucketOptions(NamedTuple):
    """The options that every tool for a bucket has."""

    s3BucketUrl: str
    aws: AwsSettings
    exclude: tuple[str, ...]


def bucketOptions(values: Mapping[str, Any]) -> BucketOptions:
    """These options, their names decoded as aws will decode them.

    Args:
        values: of a command line, by the names of switches and arguments

    Raises:
        UsageError: the URL is none
    """
    from CedarBackup3.amazons3.model import S3Location

    aws = awsSettings(values)
    url = aws.locale.decoded(os.fsencode(values["s3BucketUrl"]))
    S3Location.parse(url)
    patterns = tuple(aws.locale.decoded(os.fsencode(pattern)) for pattern in values["exclude"])
    return BucketOptions(url, aws, patterns)
