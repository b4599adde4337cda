"""cback-amazons3-sync: mirror a directory to an Amazon S3 bucket through the AWS CLI, and prove that it arrived.

The three steps are functions that other Cedar Backup extensions call, too: `checkSourceFiles`, `synchronizeBucket` and
`verifyBucketContents`. They log through `CedarBackup3.log`, print nothing, and raise what `CedarBackup3.errors` has.

What only a run needs is imported in the functions, so that `--help` need not wait for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import Argument, Switch, Tool, runTool
from CedarBackup3.errors import ExitStatus

if TYPE_CHECKING:
    from CedarBackup3.amazons3.awscli import AwsResult
    from CedarBackup3.amazons3.model import VerifyReport

SourceDir = str | bytes | os.PathLike[str] | os.PathLike[bytes]


class SyncOptions(NamedTuple):
    """What the command line asks for."""

    sourceDir: str
    s3BucketUrl: str
    verifyOnly: bool = False
    uploadOnly: bool = False
    ignoreWarnings: bool = False


def cli() -> int:
    """The console entry point: runs the command line of this process and returns the exit status."""
    return runTool(TOOL)


def run(options: SyncOptions) -> int:
    """Check, synchronize and verify as the options say; returns the exit status."""
    import logging
    import time

    startNs = time.time_ns()
    checkSourceFiles(options.sourceDir, options.s3BucketUrl, ignoreNames=options.ignoreWarnings)
    synced = None
    if not options.verifyOnly:
        synced = synchronizeBucket(options.sourceDir, options.s3BucketUrl, uploadOnly=options.uploadOnly)
    report = verifyBucketContents(
        options.sourceDir, options.s3BucketUrl, uploadOnly=options.uploadOnly, startNs=startNs
    )
    if not report.isClean:
        return ExitStatus.DIFFERENCES
    if synced and not synced.isComplete:
        logging.getLogger("CedarBackup3.log").error(
            "All names and sizes agree, but aws reported failures, so a changed file of the same size may not have "
            "arrived; run again, with --output to see what aws prints"
        )
        return ExitStatus.FAILED
    return ExitStatus.DONE


def checkSourceFiles(sourceDir: SourceDir, s3BucketUrl: str, *, ignoreNames: bool = False) -> None:
    """Check that every file of a directory will survive the trip; changes nothing.

    Args:
        sourceDir: the directory
        s3BucketUrl: where its files are to go; the length of a key depends on it
        ignoreNames: check the tree only, not the names

    Raises:
        NamesRefused: some will not; each has been logged
        GuardRefused: a link leads back to a directory that it is in
        CedarBackupError: the directory cannot be read
        UsageError: the URL is none
    """
    import logging
    from collections import deque

    from CedarBackup3.amazons3.awslocale import awsLocale
    from CedarBackup3.amazons3.filenames import nameProblems
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.scan import resolvedSource, sourceEntries
    from CedarBackup3.errors import NamesRefused
    from CedarBackup3.util import displayPath

    log = logging.getLogger("CedarBackup3.log")
    location, source, locale = S3Location.parse(s3BucketUrl), resolvedSource(sourceDir), awsLocale()
    entries = sourceEntries(source, locale)
    if ignoreNames:
        deque(entries, maxlen=0)
        return
    log.info("Checking the file names in %s", displayPath(source))
    refused = 0
    for problem in nameProblems(entries, locale, location.prefix.encode()):
        refused += 1
        log.error("Name: %s", problem.message(source, locale))
    if refused:
        raise NamesRefused(
            f"Refused: {refused:,} of the file names in {displayPath(source)} will not survive in "
            f"{displayPath(location.url)}; rename these files, correct the locale, or go on without them by "
            "--ignoreWarnings; nothing was changed"
        )


def synchronizeBucket(sourceDir: SourceDir, s3BucketUrl: str, *, uploadOnly: bool = False) -> AwsResult:
    """Mirror a directory to a bucket by `aws s3 sync`.

    Args:
        sourceDir: the directory
        s3BucketUrl: the bucket, with a prefix perhaps
        uploadOnly: remove nothing in the bucket

    Returns:
        How aws ended, with a status of 0, 1 (something failed, and was logged) or 2 (something was skipped): the
        verification will tell.

    Raises:
        CommandFailed: aws is missing or ended in another way
        CedarBackupError: the directory cannot be read
        UsageError: the URL is none
    """
    import logging

    from CedarBackup3.amazons3.awscli import runAws, syncArguments
    from CedarBackup3.amazons3.awslocale import awsLocale
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.scan import resolvedSource
    from CedarBackup3.errors import CommandFailed
    from CedarBackup3.util import displayPath

    log = logging.getLogger("CedarBackup3.log")
    location, source = S3Location.parse(s3BucketUrl), resolvedSource(sourceDir)
    log.info("Synchronizing %s to %s", displayPath(source), displayPath(location.url))
    result = runAws(syncArguments(source, location, delete=not uploadOnly), awsLocale())
    if result.isComplete:
        return result
    if result.status == 1:
        log.error("%s", result)
        return result
    raise CommandFailed(str(result))


def verifyBucketContents(
    sourceDir: SourceDir, s3BucketUrl: str, *, uploadOnly: bool = False, startNs: int | None = None
) -> VerifyReport:
    """Compare a directory with a bucket, by names and sizes; logs each difference, and a summary.

    Args:
        sourceDir: the directory
        s3BucketUrl: the bucket, with a prefix perhaps
        uploadOnly: objects without a file are no difference
        startNs: when the run began, in nanoseconds since the epoch, now by default: files that changed later are told
            apart from files that are wrong

    Raises:
        CommandFailed: aws is missing, or cannot list the bucket
        CedarBackupError: the directory cannot be read
        UsageError: the URL is none
    """
    import logging
    import time

    from CedarBackup3.amazons3.awslocale import awsLocale
    from CedarBackup3.amazons3.messages import differenceLine, summaryLine
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.scan import resolvedSource
    from CedarBackup3.amazons3.verify import verified
    from CedarBackup3.util import displayPath

    log = logging.getLogger("CedarBackup3.log")
    location, source = S3Location.parse(s3BucketUrl), resolvedSource(sourceDir)
    log.info("Verifying %s against %s", displayPath(location.url), displayPath(source))
    report = verified(
        source,
        location,
        awsLocale(),
        startNs=time.time_ns() if startNs is None else startNs,
        ignoreExtra=uploadOnly,
        onDifference=lambda found: log.error("%s", differenceLine(found, source, location)),
        onSkipped=lambda path, why: log.info("Skipped: %s is %s", displayPath(source + b"/" + path), why),
    )
    log.log(logging.INFO if report.isClean else logging.ERROR, "%s", summaryLine(report, source, location))
    return report


def _buildOptions(values: Mapping[str, Any]) -> SyncOptions:
    from CedarBackup3.amazons3.awslocale import awsLocale
    from CedarBackup3.amazons3.model import S3Location

    url = awsLocale().decoded(os.fsencode(values["s3BucketUrl"]))
    S3Location.parse(url)
    return SyncOptions(**{name: values[name] for name in SyncOptions._fields})._replace(s3BucketUrl=url)


def _diagnostics() -> Iterable[tuple[str, str]]:
    import shutil

    from CedarBackup3.amazons3.awscli import awsVersion
    from CedarBackup3.amazons3.awslocale import awsLocale

    locale = awsLocale()
    yield "Encoding for aws", f"{locale.encoding} ({locale.origin})"
    yield "aws", shutil.which("aws") or "not on the PATH"
    yield "aws version", awsVersion(locale)


TOOL = Tool(
    name="cback-amazons3-sync",
    summary="Cedar Backup Amazon S3 sync tool.",
    description="""\
Mirrors a local directory to an Amazon S3 bucket by the AWS CLI, then proves
that it arrived: every file is in the bucket with its size, and nothing else
is. File names that would not survive the trip are refused before anything is
changed. Exit status 0 means done and verified.""",
    arguments=(
        Argument("sourceDir", "The local directory to mirror (must exist)"),
        Argument("s3BucketUrl", "The target, s3://bucket or s3://bucket/prefix"),
    ),
    switches=(
        Switch("v", "verifyOnly", "Verify the bucket, without changing anything"),
        Switch("u", "uploadOnly", "Upload what is new, remove nothing from the bucket"),
        Switch("w", "ignoreWarnings", "Go on in spite of problematic file names"),
    ),
    example="""\
Typical use:

  cback-amazons3-sync /home/myuser s3://my-bucket/myuser

This makes everything below myuser/ in my-bucket the same as /home/myuser;
objects below myuser/ that have no file in /home/myuser are deleted.""",
    buildOptions=_buildOptions,
    run=run,
    diagnostics=_diagnostics,
)

if __name__ == "__main__":
    sys.exit(cli())
