"""Runs the AWS CLI: adds the settings to a command, starts the process, and explains its exit status."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import math
import os
import re
import shlex
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from CedarBackup3.amazons3.aws.advice import ERROR_CODE, adviceFor, notStartedSentence
from CedarBackup3.amazons3.aws.arguments import Arguments, configureArguments
from CedarBackup3.amazons3.aws.configuration import configuredEndpoint, ignoresConfiguredEndpoints
from CedarBackup3.amazons3.aws.customerkey import ALGORITHM, keyDescriptor
from CedarBackup3.amazons3.aws.datafiles import dataDirectory
from CedarBackup3.amazons3.aws.environment import absolutePaths, workingDirectory
from CedarBackup3.amazons3.aws.idle import IdleWatch, idleSentence
from CedarBackup3.amazons3.aws.overlay import NoOverlay
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.aws.transfers import AS_IT_IS, Pace, pacedEnvironment
from CedarBackup3.errors import CedarBackupError, CommandFailed
from CedarBackup3.util import NOT_STARTED, STATUS_UNKNOWN, displayText, executeCommand

_log = logging.getLogger("CedarBackup3.log")

AWS_DIRECTORY = "/"
"""Where aws is started: in a directory that has been removed, version 1 uploads nothing and ends with 0."""

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
    obstacle: OSError | ValueError | None = None
    """What stood in its way if it could not be started."""

    @property
    def errorCode(self) -> str:
        """The first error code that the server gave, as aws printed it; empty: none."""
        match = next(filter(None, map(ERROR_CODE.search, self.errorLines)), None)
        return match[1] if match else ""

    @property
    def isComplete(self) -> bool:
        """Whether it did all that it was asked, short of files it skipped with a warning.

        Status 2 means such warnings, but a usage error too in version 1 ("AWS CLI return codes" in its user guide).
        """
        return self.status == 0 or (self.status == 2 and self.hasWarned)

    def __str__(self) -> str:
        """What happened and what to do, for the user."""
        if self.status == NOT_STARTED:
            return notStartedSentence(shutil.which("aws"), self.obstacle)
        if self.status == STATUS_UNKNOWN:
            return (
                f"The exit status of 'aws {self.subcommand}' is unknown: this process ignores SIGCHLD, or has waited "
                "for its child elsewhere; set SIGCHLD to its default (signal.SIG_DFL)"
            )
        if self.timeLimit:
            return f"'aws {self.subcommand}' was stopped: it did not end within {self.timeLimit:g} s (--awsTimeout)"
        how = f"was ended by signal {-self.status}" if self.status < 0 else f"ended with status {self.status}"
        said = displayText(" / ".join(line for line in map(str.strip, self.errorLines) if line))
        told = f"'aws {self.subcommand}' {how}: {said or 'it printed no error'}"
        advice = adviceFor(said)
        return f"{told.rstrip('.')}; {advice}" if advice else told


def runAws(
    arguments: Arguments,
    settings: AwsSettings,
    *,
    onOutput: Callable[[bytes], object] | None = None,
    onOutputLine: Callable[[bytes], object] | None = None,
    onErrorLine: Callable[[str], object] = lambda line: None,
    shouldStop: Callable[[], bool] = lambda: False,
    pace: Pace = AS_IT_IS,
) -> AwsResult:
    """Run aws and return how it ended; what it prints goes to the output log, or else to `onOutputLine`.

    Args:
        arguments: what comes behind `aws`
        settings: how to run it
        onOutput: receives what it prints, as it comes, in whatever pieces
        onOutputLine: receives what it prints line by line
        onErrorLine: receives each line of its standard error
        shouldStop: asked now and then; aws is stopped once it says yes
        pace: how it is to transfer

    Raises:
        CommandFailed: it cannot be made to keep that pace
        CedarBackupError: it was stopped because it did nothing; no other aws would fare better
    """
    timeLimit, idle = settings.timeLimit, IdleWatch(settings.idleLimit)
    errors: deque[str] = deque(maxlen=_ERROR_LINES_KEPT)
    hasWarned = isIdle = False
    obstacles: list[OSError | ValueError] = []
    deadline = time.monotonic() + timeLimit if timeLimit else math.inf

    def keep(line: str) -> None:
        nonlocal hasWarned
        hasWarned = hasWarned or line.startswith(_WARNINGS)
        errors.append(line[:_ERROR_LENGTH])
        onErrorLine(line)

    def mustStop() -> bool:
        nonlocal isIdle
        isIdle = idle.isOver()
        return isIdle or shouldStop() or time.monotonic() > deadline

    with _keptOpen(arguments, settings) as (words, kept), _environment(arguments, settings, pace) as environment:
        if onOutputLine is not None:  # a listing is no reading for people, so it is not left to executeCommand to log
            _log.debug("Running aws %s", words)
        status, _ = executeCommand(
            ["aws"],
            words,
            doNotLog=onOutputLine is not None,
            environment=environment,
            onErrorLine=keep,
            onOutput=onOutput,
            onOutputLine=onOutputLine,
            shouldStop=mustStop,
            onNotStarted=obstacles.append,
            directory=AWS_DIRECTORY,
            keptOpen=kept,
            onStarted=idle.begin,
        )
    late = timeLimit if time.monotonic() > deadline and status < 0 else 0
    subcommand, obstacle = arguments.subcommand, next(iter(obstacles), None)
    if isIdle and status < 0:
        raise CedarBackupError(idleSentence(subcommand, settings.idleLimit))
    return AwsResult(subcommand, status, tuple(errors), hasWarned, late, obstacle)


@contextlib.contextmanager
def _keptOpen(arguments: Arguments, settings: AwsSettings) -> Iterator[tuple[list[bytes], tuple[int, ...]]]:
    """All that comes behind `aws`, and the descriptors that it keeps open: that of the key, too, if it needs it."""
    with keyDescriptor(settings.customerKey if arguments.kind in _KEY_SWITCHES else b"") as key:
        keyFile = f"/proc/self/fd/{key}" if key >= 0 else ""
        words = [*arguments.words, *settingArguments(arguments, settings, os.environ, keyFile)]
        encoding = settings.locale.encoding
        encoded = [word if isinstance(word, bytes) else word.encode(encoding, "surrogateescape") for word in words]
        yield encoded, (*settings.keptOpen, *[key] * bool(keyFile))


@contextlib.contextmanager
def _environment(arguments: Arguments, settings: AwsSettings, pace: Pace) -> Iterator[dict[str, str]]:
    environment = awsEnvironment(os.environ, settings) | modelVariables(arguments, settings, os.environ)
    if pace == AS_IT_IS:
        yield environment
        return
    with contextlib.ExitStack() as stack:
        try:
            paced = pacedEnvironment(environment, settings.profile, settings.locale.encoding, pace)
            environment = stack.enter_context(paced)
        except NoOverlay as reason:
            raise CommandFailed(
                f"The AWS CLI cannot be made to keep to a bandwidth, or to its share of it: {reason}"
            ) from None
        yield environment


def answerOf(
    arguments: Arguments, settings: AwsSettings, shouldStop: Callable[[], bool] = lambda: False
) -> tuple[AwsResult, bytes]:
    """How a run of aws ended, and all that it printed; the arguments are those of `runAws`.

    What reads an object with the customer's key reads it without the key if S3 refuses that.
    """
    printed: list[bytes] = []
    result = runAws(arguments, settings, onOutputLine=printed.append, shouldStop=shouldStop)
    if arguments.kind == "reading" and settings.customerKey and result.errorCode in KEY_REFUSED and not shouldStop():
        other = answerOf(arguments, replace(settings, customerKey=b""), shouldStop)
        return other if other[0].status == 0 else (result, b"".join(printed))
    return result, b"".join(printed)


KEY_REFUSED = ("400", "InvalidRequest")
"""The codes of errors with which S3 answers who reads with a key what is not encrypted with one; HEAD has no words."""


def requireSuccess(result: AwsResult) -> None:
    """Raise `CommandFailed` unless aws ended with 0."""
    if result.status != 0:
        raise CommandFailed(str(result), result.errorCode)


def settingArguments(
    arguments: Arguments, settings: AwsSettings, environment: Mapping[str, str], keyFile: str = ""
) -> list[str]:
    """The switches that a command needs for the settings, each as one word, whatever its value begins with.

    All commands know profile, region and endpoint, only uploads by `aws s3` know how objects are stored, only `aws
    s3api` knows the owner that a bucket should have, and only what reads or writes objects takes a customer's key.

    Args:
        arguments: the command
        settings: how to run it
        environment: may name an endpoint, as in `endpointOf`
        keyFile: an ASCII path by which that command can read the customer's key; empty: there is none
    """
    switches = [
        ("--profile", settings.profile),
        ("--region", settings.region),
        ("--endpoint-url", endpointOf(settings, environment)),
    ]
    if arguments.kind == "upload":
        switches += [
            ("--storage-class", settings.storageClass),
            ("--sse", settings.sse),
            ("--sse-kms-key-id", settings.sseKmsKeyId),
        ]
    if arguments.kind in {*_API, "bucket"}:
        switches += [("--expected-bucket-owner", settings.expectedBucketOwner)]
    if settings.isRequesterPaying and arguments.kind in {*_API, "upload", "download"}:
        switches += [("--request-payer", "requester")]
    if keyFile and arguments.kind in _KEY_SWITCHES:
        algorithm, key = _KEY_SWITCHES[arguments.kind]
        switches += [(algorithm, ALGORITHM), (key, f"fileb://{keyFile}")]
    return [f"{switch}={value}" for switch, value in switches if value]


_API = ("listing", "reading", "question")
_KEY_SWITCHES = {
    **dict.fromkeys(("upload", "download"), ("--sse-c", "--sse-c-key")),
    "reading": ("--sse-customer-algorithm", "--sse-customer-key"),
}


def reachingSwitches(settings: AwsSettings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The switches by which an aws that a user types reaches the same service, as words for a shell.

    Args:
        settings: how it is reached
        environment: may name an endpoint, as in `endpointOf`
    """
    words = settingArguments(configureArguments(), settings, environment)
    return tuple(shlex.quote(displayText(word)) for word in words)


def endpointOf(settings: AwsSettings, environment: Mapping[str, str]) -> str:
    """The endpoint of the settings or of the environment; empty if neither has one, or the user wants it ignored.

    That of the environment is looked up here, since version 2 knows its variables only from 2.13 on.
    """
    if settings.endpointUrl:
        return settings.endpointUrl
    configured = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL") or ""
    if configured and ignoresConfiguredEndpoints(environment, settings.profile, settings.locale.encoding):
        return ""
    return configured


def anyEndpoint(settings: AwsSettings, environment: Mapping[str, str]) -> str:
    """The endpoint, wherever it is set, also in the configuration of aws; empty: Amazon's."""
    return endpointOf(settings, environment) or configuredEndpoint(
        environment, settings.profile, settings.locale.encoding
    )


def openEndpoint(settings: AwsSettings, environment: Mapping[str, str]) -> str:
    """The endpoint, wherever it is set, if what goes there can be read on the way: by http, and not on this machine.

    Empty if it cannot.
    """
    chosen = anyEndpoint(settings, environment)
    try:
        scheme, host = urlsplit(chosen).scheme, urlsplit(chosen).hostname or ""
        isOpen = scheme == "http" and host != "localhost" and not ipaddress.ip_address(host).is_loopback
    except ValueError:  # the host is a name, or the address is none
        isOpen = chosen.lower().startswith("http://")
    return chosen if isOpen else ""


def awsEnvironment(environment: Mapping[str, str], settings: AwsSettings) -> dict[str, str]:
    """The environment for aws: the one given, in the locale of the settings, with neither pager nor prompts.

    Relative paths in it begin where this process is, wherever aws is started.

    Many S3 services refuse the checksums that a new aws adds to uploads, so at an endpoint that is not Amazon's it adds
    only those that S3 asks for, unless the settings or the environment say otherwise ("Data Integrity Protections for
    Amazon S3" in the reference guide of AWS SDKs and tools).
    """
    locale = settings.locale
    kept = {name: value for name, value in environment.items() if name not in _UNWANTED and not name.startswith("LC_")}
    chosen = {"LC_ALL": locale.name, "AWS_PAGER": "", "AWS_CLI_AUTO_PROMPT": "off"}
    endpoint = endpointOf(settings, environment)
    isAmazons = not endpoint or _AMAZONS_ENDPOINT.match(endpoint)
    checksums = {} if isAmazons or settings.addsChecksums else dict.fromkeys(_CHECKSUMS, "when_required")
    paths = absolutePaths(kept, workingDirectory())
    return checksums | kept | paths | chosen | ({"PYTHONUTF8": "0"} if locale.isLegacy else {})


_CHECKSUMS = ("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION")
_AMAZONS_ENDPOINT = re.compile(  # the suffixes of its partitions, as botocore lists them
    r"https?://([^/@]*@)?[^/:]+\.(amazonaws\.(com(\.cn)?|eu)|api\.(aws|amazonwebservices\.(com\.cn|eu)))(?![^/:])",
    re.IGNORECASE,
)


def modelVariables(arguments: Arguments, settings: AwsSettings, environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that let aws print of each page of a listing whether more follows, and where.

    Of a page it prints only what its models call results, so it is shown models that call these so, too ("Loaders" in
    the reference of botocore). In that of versions it also goes on behind the last key that it has read, since some
    servers do not write the marker in the way in which aws reads it.

    The same models let all that is asked be charged to the requester: older versions cannot ask so for versions or
    incomplete uploads, and none for a bucket.
    """
    isCharged = settings.isRequesterPaying and arguments.kind in {*_API, "bucket", "session"}
    if arguments.kind != "listing" and not isCharged:
        return {}
    return {"AWS_DATA_PATH": os.pathsep.join(filter(None, (dataDirectory("models"), environment.get("AWS_DATA_PATH"))))}


def awsVersion(settings: AwsSettings) -> str:
    """What `aws --version` prints, or why it prints nothing within ten seconds."""
    deadline = time.monotonic() + _VERSION_LIMIT
    obstacles: list[OSError | ValueError] = []
    status, lines = executeCommand(
        ["aws"],
        ["--version"],
        returnOutput=True,
        doNotLog=True,
        environment=awsEnvironment(os.environ, settings),
        shouldStop=lambda: time.monotonic() > deadline,
        onNotStarted=obstacles.append,
        directory=AWS_DIRECTORY,
    )
    if status == 0:
        return "".join(lines or ()).strip()
    return str(AwsResult("--version", status, tuple(lines or ()), False, obstacle=next(iter(obstacles), None)))


def configuredText(words: Sequence[str], settings: AwsSettings, shouldStop: Callable[[], bool] = lambda: False) -> str:
    """What `aws configure` prints for these words, such as `get endpoint_url`; empty if it fails or is stopped."""
    result, printed = answerOf(configureArguments(*words), settings, shouldStop)
    return printed.decode("utf-8", "surrogateescape").rstrip("\n") if result.status == 0 else ""
