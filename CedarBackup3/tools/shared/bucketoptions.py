"""What every tool for a bucket makes of its command line alike: how aws is run, the bucket, what is left out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import Switch, notEmpty
from CedarBackup3.errors import UsageError
from CedarBackup3.tools.shared.awsswitches import awsSettings
from CedarBackup3.tools.shared.patternfiles import patternProblem

if TYPE_CHECKING:
    from CedarBackup3.amazons3.aws.locale import AwsLocale
    from CedarBackup3.amazons3.aws.rules import Rule
    from CedarBackup3.amazons3.aws.settings import AwsSettings


Patterns = tuple[tuple[str, str], ...]
"""Switches with their values, in the order of the command line."""


def filterSwitches(what: str, directory: str) -> tuple[Switch, ...]:
    """The switches `--exclude`, `--include` and `--excludeFrom`.

    Args:
        what: is left out, as a plural
        directory: what the patterns are relative to, in words
    """

    def pattern(text: str) -> str:
        if problem := patternProblem(text, directory):
            raise ValueError(problem)
        return text

    return (
        Switch("x", "exclude", f"Exclude {what} like PATTERN; repeatable", "PATTERN", "", pattern, isRepeatable=True),
        Switch(
            "", "include", "Take PATTERN all the same; the last one counts", "PATTERN", "", pattern, isRepeatable=True
        ),
        Switch("", "excludeFrom", "Exclude the patterns in FILE; repeatable", "FILE", "", notEmpty, isRepeatable=True),
    )


def patternsIn(values: Mapping[str, Any]) -> Patterns:
    """What these switches say on a command line."""
    switches = ("exclude", "include", "excludeFrom")
    remaining = {name: iter(values[name]) for name in switches}
    return tuple((name, next(remaining[name])) for name in values["order"] if name in remaining)


def rulesOf(patterns: Patterns, locale: AwsLocale, directory: str) -> tuple[Rule, ...]:
    """The rules that these switches make, decoded as aws will decode them.

    A pattern that no file's path can match is reported in the log and on the screen, with what was probably meant.

    Raises:
        PatternsError: a file of patterns cannot be read
    """
    import logging

    from CedarBackup3.amazons3.aws.patterns import likelyPattern
    from CedarBackup3.amazons3.aws.rules import Rule
    from CedarBackup3.tools.shared.patternfiles import readPatterns
    from CedarBackup3.util import displayPath

    rules: list[Rule] = []
    for switch, text in patterns:
        if switch == "excludeFrom":
            rules += readPatterns(text, locale, directory)
        else:
            rules.append(Rule(locale.decoded(os.fsencode(text)), switch == "include"))
    for rule in rules:
        if meant := likelyPattern(rule.pattern):
            logging.getLogger("CedarBackup3.log").error(
                "No file's path can match the pattern %s; did you mean %s?", rule.written, displayPath(meant)
            )
    return tuple(rules)


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
    patterns: Patterns


def bucketOptions(values: Mapping[str, Any]) -> BucketOptions:
    """These options, the URL decoded as aws will decode it.

    Args:
        values: of a command line, by the names of switches and arguments

    Raises:
        UsageError: the URL is none
    """
    from CedarBackup3.amazons3.model import S3Location

    aws = awsSettings(values)
    url = aws.locale.decoded(os.fsencode(values["s3BucketUrl"]))
    S3Location.parse(url)
    return BucketOptions(url, aws, patternsIn(values))
