"""The AWS CLI: the one call of it, what every command needs, and what its exit statuses mean."""

from __future__ import annotations

import io
import logging
import math
import os
import re
import shutil
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import NOT_STARTED, displayText, executeCommand

_log = logging.getLogger("CedarBackup3.log")

_ERROR_LINES_KEPT = 5
_VERSION_LIMIT = 10.0  # seconds; half a one is usual
# Of a file that it skipped, or whose date it cannot read but which it has uploaded.
_WARNINGS = ("warning: Skipping file ", "warning: File has an invalid timestamp")
_ERROR_LENGTH = 500  # characters of a line
# What would change how aws decodes, prints or asks; PYTHONUNBUFFERED costs a listing a fifth of its time.
_UNWANTED = ("LANG", "LANGUAGE", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONUNBUFFERED")


@dataclass(frozen=True, slots=True)
class AwsResult:
    """How a run of aws ended."""

    subcommand: str
    """The first two words after `aws`."""
    status: int
    errorLines: tuple[str, ...]
    """The last lines of its standard error."""
    hasWarned: bool
    """Whether it warned of files that it skipped, or whose date it cannot read."""
    timeLimit: float = 0
    """The seconds after which it was stopped; 0: it was not."""

    @property
    def isComplete(self) -> bool:
        """Whether it did all that it was asked, short of files it skipped with a warning.

        Status 2 means such warnings, but a usage error too in version 1 ("AWS CLI return codes" in its user guide).
        """
        return self.status == 0 or (self.status == 2 and self.hasWarned)

    def __str__(self) -> str:
        """What happened and what to do, for the user."""
        if self.status == NOT_STARTED:
            return _notStartedMessage()
        if self.timeLimit:
            return f"'aws {self.subcommand}' was stopped: it had not ended after {self.timeLimit:g} s (--awsTimeout)"
        how = f"was ended by signal {-self.status}" if self.status < 0 else f"ended with status {self.status}"
        said = displayText(" / ".join(line for line in map(str.strip, self.errorLines) if line))
        told = f"'aws {self.subcommand}' {how}: {said or 'it printed no error'}"
        advice = next((advice for sign, advice in _ADVICE if sign in said), "")
        return f"{told.rstrip('.')}; {advice}" if advice else told


_ADVICE = (
    ("NoSuchBucket", "check the bucket's name, or create it by 'aws s3 mb'"),
    (
        "AccessDenied",
        "check what this user may do (--printPolicy prints it), and with --expectedBucketOwner whose bucket it is",
    ),
    ("Unable to locate credentials", "configure them for the user who runs this"),
    ("InvalidAccessKeyId", "check the credentials"),
    ("SignatureDoesNotMatch", "check the credentials"),
    ("The config profile", "check --profile, AWS_PROFILE and ~/.aws/config"),
    ("Unknown options", "this aws may be too old, --diagnostics shows which it is"),
    ("Could not connect", "check the network and the endpoint, then run again"),
    # aws's own crash on an error without a message
    ("'NoneType' is not iterable", "look for a missing bucket, denied access or wrong credentials"),
)


def runAws(
    arguments: Sequence[str | bytes],
    settings: AwsSettings,
    outputFile: BinaryIO | None = None,
    onOutput: Callable[[bytes], object] | None = None,
    shouldStop: Callable[[], bool] = lambda: False,
) -> AwsResult:
    """Run aws and say how it ended; what it prints goes to the output log, or else to the file given.

    Args:
        arguments: what comes behind `aws`
        settings: how to run it
        outputFile: receives what it prints
        onOutput: is told what it prints, as it comes
        shouldStop: asked now and then; aws is stopped once it says yes
    """
    timeLimit = settings.timeLimit
    words = [*arguments, *settingArguments(arguments, settings, os.environ)]
    encoded = [w if isinstance(w, bytes) else w.encode(settings.locale.encoding, "surrogateescape") for w in words]
    errors: deque[str] = deque(maxlen=_ERROR_LINES_KEPT)
    hasWarned = False
    deadline = time.monotonic() + timeLimit if timeLimit else math.inf

    def keep(line: str) -> None:
        nonlocal hasWarned
        hasWarned = hasWarned or line.startswith(_WARNINGS)
        errors.append(line[:_ERROR_LENGTH])

    if outputFile is not None:  # a listing is no reading for people, so it is not left to executeCommand to log
        _log.debug("Running aws %s", encoded)
    status, _ = executeCommand(
        ["aws"],
        encoded,
        doNotLog=outputFile is not None,
        outputFile=outputFile,
        environment=awsEnvironment(os.environ, settings),
        onErrorLine=keep,
        onOutput=onOutput,
        shouldStop=lambda: shouldStop() or time.monotonic() > deadline,
    )
    isLate = time.monotonic() > deadline and status < 0
    return AwsResult(" ".join(map(str, arguments[:2])), status, tuple(errors), hasWarned, timeLimit if isLate else 0)


def answerOf(
    arguments: Sequence[str | bytes], settings: AwsSettings, shouldStop: Callable[[], bool] = lambda: False
) -> tuple[AwsResult, bytes]:
    """How a run of aws ended, and all that it printed; the arguments are those of `runAws`."""
    printed = io.BytesIO()
    return runAws(arguments, settings, outputFile=printed, shouldStop=shouldStop), printed.getvalue()


def requireSuccess(result: AwsResult) -> None:
    """Raise `CommandFailed` unless aws ended with 0."""
    if result.status != 0:
        raise CommandFailed(str(result))


def settingArguments(
    arguments: Sequence[str | bytes], settings: AwsSettings, environment: Mapping[str, str]
) -> list[str]:
    """The switches that a command needs for the settings, each as one word, whatever its value begins with.

    All commands know profile, region and endpoint, only uploads by `aws s3` know how objects are stored, and only
    `aws s3api` knows the owner that a bucket should have.

    Args:
        arguments: the command: what comes behind `aws`
        settings: how to run it
        environment: may name an endpoint, as in `endpointOf`
    """
    switches = [
        ("--profile", settings.profile),
        ("--region", settings.region),
        ("--endpoint-url", endpointOf(settings, environment)),
    ]
    if _isUpload(arguments):
        switches += [
            ("--storage-class", settings.storageClass),
            ("--sse", settings.sse),
            ("--sse-kms-key-id", settings.sseKmsKeyId),
        ]
    if arguments[0] == "s3api":
        switches += [("--expected-bucket-owner", settings.expectedBucketOwner)]
    return [f"{switch}={value}" for switch, value in switches if value]


def _isUpload(arguments: Sequence[str | bytes]) -> bool:
    return list(arguments[:2]) in (["s3", "sync"], ["s3", "cp"]) and str(arguments[3]).startswith("s3://")


def endpointOf(settings: AwsSettings, environment: Mapping[str, str]) -> str:
    """The endpoint of the settings or of the environment; empty if neither has one.

    That of the environment is looked up here, since version 2 knows its variables only from 2.13 on.
    """
    if settings.endpointUrl or environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return settings.endpointUrl
    return environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL") or ""


def awsEnvironment(environment: Mapping[str, str], settings: AwsSettings) -> dict[str, str]:
    """The environment for aws: the one given, in the locale of the settings, with neither pager nor prompts.

    Many S3 services refuse the checksums that a new aws adds to uploads, so at an endpoint that is not Amazon's it adds
    only those that S3 asks for, unless the environment says otherwise ("Data Integrity Protections for Amazon S3" in
    the reference guide of AWS SDKs and tools).
    """
    locale = settings.locale
    kept = {name: value for name, value in environment.items() if name not in _UNWANTED and not name.startswith("LC_")}
    chosen = {"LC_ALL": locale.name, "AWS_PAGER": "", "AWS_CLI_AUTO_PROMPT": "off"}
    endpoint = endpointOf(settings, environment)
    checksums = {} if not endpoint or _AMAZONS_ENDPOINT.match(endpoint) else dict.fromkeys(_CHECKSUMS, "when_required")
    return checksums | kept | chosen | ({"PYTHONUTF8": "0"} if locale.isLegacy else {})


_CHECKSUMS = ("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION")
_AMAZONS_ENDPOINT = re.compile(  # the suffixes of its partitions, as botocore lists them
    r"https?://([^/@]*@)?[^/:]+\.(amazonaws\.(com(\.cn)?|eu)|api\.(aws|amazonwebservices\.(com\.cn|eu)))(?![^/:])",
    re.IGNORECASE,
)


def awsVersion(settings: AwsSettings) -> str:
    """What `aws --version` prints, or why it prints nothing within ten seconds."""
    deadline = time.monotonic() + _VERSION_LIMIT
    status, lines = executeCommand(
        ["aws"],
        ["--version"],
        returnOutput=True,
        doNotLog=True,
        environment=awsEnvironment(os.environ, settings),
        shouldStop=lambda: time.monotonic() > deadline,
    )
    return (
        "".join(lines or ()).strip() if status == 0 else str(AwsResult("--version", status, tuple(lines or ()), False))
    )


def configuredText(arguments: Sequence[str], settings: AwsSettings) -> str:
    """What `aws configure` prints for these arguments, such as `get endpoint_url`; empty if it fails."""
    result, printed = answerOf(["configure", *arguments], settings)
    return printed.decode("utf-8", "surrogateescape").rstrip("\n") if result.status == 0 else ""


def _notStartedMessage() -> str:
    found = shutil.which("aws")
    if found is None:
        return "aws is not on the PATH; install the AWS CLI ('apt install awscli') and configure it ('aws configure')"
    return f"{displayText(found)} cannot be started; install the AWS CLI anew ('apt install --reinstall awscli')"
