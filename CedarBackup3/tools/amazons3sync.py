"""cback-amazons3-sync: mirror a directory to an Amazon S3 bucket through the AWS CLI, and prove that it arrived.

The three steps are functions that other Cedar Backup extensions call, too: `checkSourceFiles`, `synchronizeBucket` and
`verifyBucketContents`. They log through `CedarBackup3.log`, print nothing, and raise what `CedarBackup3.errors` has.

What only a run needs is imported in the functions, so that `--help` need not wait for it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import (
    HOOK_NEEDS,
    HOOK_SWITCHES,
    Argument,
    Exclusion,
    Need,
    Switch,
    Tool,
    grouped,
    notEmpty,
    runTool,
    seconds,
)
from CedarBackup3.errors import ExitStatus
from CedarBackup3.tools.shared.awsdiagnostics import awsDiagnostics, awsPrograms
from CedarBackup3.tools.shared.awsswitches import (
    AWS_SWITCHES,
    KEY_NEEDS_KMS,
    KEY_NEEDS_POLICY,
    ONE_ENCRYPTION,
    POLICY_SWITCHES,
    UPLOAD_SWITCHES,
    policySettings,
)
from CedarBackup3.tools.shared.bucketoptions import (
    Patterns,
    bucketOptions,
    filterSwitches,
    rulesOf,
    warnOfOpenEndpoint,
    withCustomerKey,
)
from CedarBackup3.tools.shared.monitoring import vainMonitoring
from CedarBackup3.tools.shared.sizes import sizeIn

if TYPE_CHECKING:
    from CedarBackup3.amazons3.aws.command import AwsResult
    from CedarBackup3.amazons3.aws.rules import Rule
    from CedarBackup3.amazons3.aws.settings import AwsSettings
    from CedarBackup3.amazons3.local.filters import Filters
    from CedarBackup3.amazons3.local.links import FollowLinks
    from CedarBackup3.amazons3.local.tree import Path
    from CedarBackup3.amazons3.mirror import Mirror
    from CedarBackup3.amazons3.model import Coverage, S3Location, VerifyReport
    from CedarBackup3.amazons3.sync.rotation import Rotation
    from CedarBackup3.cli.context import RunContext
    from CedarBackup3.tools.shared.coveragefile import CoverageFile


class SyncOptions(NamedTuple):
    """What the command line asks for; the names are those of the switches, but for those that make `aws`."""

    sourceDir: str
    s3BucketUrl: str
    aws: AwsSettings
    verifyOnly: bool = False
    uploadOnly: bool = False
    endIncompleteUploads: int = 0
    """In days; 0: none are ended."""
    ignoreWarnings: bool = False
    dryRun: bool = False
    patterns: Patterns = ()
    """Of `--exclude`, `--include` and `--excludeFrom`, in their order."""
    excludeIfPresent: tuple[str, ...] = ()
    excludeCaches: bool = False
    oneFileSystem: bool = False
    maxSize: int = 0
    """In bytes; 0: no limit."""
    followLinks: FollowLinks = "safe"
    attributes: bool = False
    allowEmptySource: bool = False
    requireFile: str = ""
    maxDelete: str = ""
    requireVersioning: bool = False
    lockWait: float = 0
    method: str = "auto"
    listings: int = 0
    """0: as many as pay."""
    checkContent: Rotation | None = None
    """None: contents are not compared."""
    repairContent: bool = False
    digestCache: str = ""
    """A file; empty: none."""
    noUploadProof: bool = False
    trackRenames: bool = False
    checkBucket: bool = False
    json: bool = False
    """The page about the bucket as JSON."""
    printPolicy: bool = False
    kmsKey: str = ""
    """For the policy: what the bucket encrypts with."""
    sseCustomerKeyFile: str = ""
    """Read when the run begins; empty: none."""
    hasHooks: bool = False
    """Whether a command of the user's runs before or after it."""
    logfile: str = ""
    """The log file of this run; empty: none."""


def cli() -> int:
    """The console entry point: runs the command line of this process and returns the exit status."""
    return runTool(TOOL)


def run(options: SyncOptions, context: RunContext) -> int:
    """Check, synchronize and verify as the options say, which `_hold` gives; returns the exit status.

    Nothing looks at the source before: a hook may have made it just now.
    """
    from CedarBackup3.amazons3.mirror import mirrorOf
    from CedarBackup3.amazons3.sync.guards import Guards
    from CedarBackup3.amazons3.sync.rotation import Rotation, today
    from CedarBackup3.amazons3.sync.run import RunOptions, runSync

    if options.checkBucket:
        return _printPage(options)
    warnOfOpenEndpoint(options.aws)
    mirror = mirrorOf(
        options.sourceDir,
        options.s3BucketUrl,
        uploadOnly=options.uploadOnly,
        filters=_filters(options),
        followLinks=options.followLinks,
        aws=options.aws,
    )
    day = today()
    kept, coverage = _coverage(options, mirror, context, day)
    how = RunOptions(
        verifyOnly=options.verifyOnly,
        dryRun=options.dryRun,
        ignoreNames=options.ignoreWarnings,
        guards=Guards(options.allowEmptySource, options.requireFile, options.maxDelete, options.requireVersioning),
        method=options.method,
        listings=options.listings,
        checkContent=options.checkContent is not None,
        rotation=options.checkContent or Rotation(),
        day=day,
        coverage=coverage,
        repairContent=options.repairContent,
        digestCache=options.digestCache,
        trackRenames=options.trackRenames,
        proveUploads=not options.noUploadProof,
        endIncompleteUploads=options.endIncompleteUploads,
        attributes=options.attributes,
    )
    report = runSync(mirror, how, context)
    if report and kept:
        from CedarBackup3.tools.shared.coveragefile import keepCoverage

        keepCoverage(kept, report, day)
    return ExitStatus.DONE if report is None or report.isClean else ExitStatus.DIFFERENCES


@contextlib.contextmanager
def _hold(options: SyncOptions) -> Iterator[SyncOptions]:
    """Hold the lock of the target; gives the options with which every aws of the run holds it as well.

    Runs that change nothing share it, unless they have hooks: the hook of one would replace what the other reads.
    `--checkBucket` needs no lock.
    """
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.sync.lock import targetLock

    if options.checkBucket:
        yield options
        return
    aws = withCustomerKey(options.aws, options.sseCustomerKeyFile)
    location = S3Location.parse(options.s3BucketUrl)
    isShared = (options.verifyOnly or options.dryRun) and not options.hasHooks
    with targetLock(location, aws, shared=isShared, waitSeconds=options.lockWait) as locked:
        yield options._replace(aws=locked)


def _coverage(
    options: SyncOptions, mirror: Mirror, context: RunContext, day: int
) -> tuple[CoverageFile | None, Coverage | None]:
    """Where it is kept which contents were proven when, and what is known; that is recorded however the run ends."""
    if options.checkContent is None:
        return None, None
    from CedarBackup3.amazons3.sync.steps import measureCoverage
    from CedarBackup3.tools.shared.coveragefile import coverageFile, readCoverage

    kept = coverageFile(mirror, os.environ)
    if not kept:
        return None, None
    coverage = readCoverage(kept, day)
    measureCoverage(coverage, context)
    return kept, coverage


def _printPage(options: SyncOptions) -> ExitStatus:
    """Print what there is to know of the bucket, for as long as anybody reads it (`| head`)."""
    import time

    from CedarBackup3.amazons3.aws.session.client import awsSession
    from CedarBackup3.amazons3.inspect.judgement import judge
    from CedarBackup3.amazons3.inspect.page import isSound, pageJson, pageText
    from CedarBackup3.amazons3.inspect.questions import askBucket
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.tools.shared.answers import printAnswer

    warnOfOpenEndpoint(options.aws)
    with awsSession(options.aws) as aws:
        found = askBucket(S3Location.parse(options.s3BucketUrl), aws)
    findings = judge(found, time.time(), options.aws, deletes=not options.uploadOnly)
    printAnswer([(pageJson if options.json else pageText)(found, findings)], "The page")
    return ExitStatus.DONE if isSound(findings) else ExitStatus.DIFFERENCES


def _filters(options: SyncOptions) -> Filters:
    from CedarBackup3.amazons3.local.filters import Filters

    return Filters(
        (*rulesOf(options.patterns, options.aws.locale, "source"), *_logRule(options)),
        markers=tuple(map(os.fsencode, options.excludeIfPresent)),
        hasCaches=not options.excludeCaches,
        isOneFileSystem=options.oneFileSystem,
        maxSize=options.maxSize,
    )


def _logRule(options: SyncOptions) -> Iterator[Rule]:
    """The rule for this run's own log where the source has it: what grows as it is read never equals its object."""
    import logging

    from CedarBackup3.amazons3.aws.patterns import escaped
    from CedarBackup3.amazons3.aws.rules import Rule
    from CedarBackup3.util import displayPath

    try:
        source, log = (os.path.realpath(os.fsencode(path)) for path in (options.sourceDir, options.logfile))
    except OSError:  # the working directory is gone, which mirroring will say
        return
    if options.logfile and log.startswith(os.path.join(source, b"")):
        logging.getLogger("CedarBackup3.log").info("Left out: %s, the log file of this run", displayPath(log))
        yield Rule(escaped(options.aws.locale.decoded(os.path.relpath(log, source))), origin="--logfile")


def checkSourceFiles(sourceDir: Path, s3BucketUrl: str) -> None:
    """Check that every file of a directory will survive the trip; changes nothing.

    Args:
        sourceDir: the directory
        s3BucketUrl: where its files are to go; the length of a key depends on it

    Raises:
        NamesRefused: some will not; each has been logged
        GuardRefused: a link leads back to a directory that it is in
        CedarBackupError: the directory cannot be read
        UsageError: the URL is none
    """
    from CedarBackup3.amazons3.mirror import mirrorOf
    from CedarBackup3.amazons3.sync.steps import checkedScan

    with checkedScan(mirrorOf(sourceDir, s3BucketUrl)):
        pass


def synchronizeBucket(sourceDir: Path, s3BucketUrl: str, *, uploadOnly: bool = False) -> AwsResult:
    """Mirror a directory to a bucket, leaving alone what belongs to files that cannot be read.

    Nothing is deleted but objects that had no file when the directory was read, and nothing more once that has changed.
    No other guard is asked: an empty directory empties the bucket.

    Args:
        sourceDir: the directory
        s3BucketUrl: the bucket, with a prefix perhaps
        uploadOnly: remove nothing in the bucket

    Returns:
        How aws ended, with a status of 0, 1 (something failed, and was logged) or 2 (something was skipped). It proves
        nothing: `verifyBucketContents` does, of contents with `checkContent`.

    Raises:
        CommandFailed: aws is missing or ended in another way
        GuardRefused: the directory has changed since it was read; nothing was changed
        CedarBackupError: the directory cannot be read, or has changed meanwhile, so that not all was deleted
        UsageError: the URL is none
    """
    from dataclasses import replace

    from CedarBackup3.amazons3.aws.session.client import awsSession
    from CedarBackup3.amazons3.mirror import mirrorOf
    from CedarBackup3.amazons3.sync.steps import checkedScan, synchronize
    from CedarBackup3.util import awaitableChildren

    mirror = mirrorOf(sourceDir, s3BucketUrl, uploadOnly=uploadOnly)
    with (
        awaitableChildren(),
        awsSession(mirror.aws) as aws,
        checkedScan(mirror, ignoreNames=True) as scan,
    ):
        return synchronize(replace(mirror, aws=aws), scan)


def verifyBucketContents(
    sourceDir: Path,
    s3BucketUrl: str,
    *,
    uploadOnly: bool = False,
    checkContent: bool = False,
    digestCache: str = "",
) -> VerifyReport:
    """Compare a directory with a bucket, by names and sizes; logs each difference, and a summary.

    Args:
        sourceDir: the directory
        s3BucketUrl: the bucket, with a prefix perhaps
        uploadOnly: objects without a file are no difference
        checkContent: compare the contents, too; what cannot be proven is in the report's `content`, no difference
        digestCache: a file that keeps digests for the next time; without it every file is read

    Raises:
        CommandFailed: aws is missing, or cannot list the bucket
        CedarBackupError: the directory cannot be read, or the file is no digest cache
        UsageError: the URL is none
    """
    from dataclasses import replace

    from CedarBackup3.amazons3.aws.session.client import awsSession
    from CedarBackup3.amazons3.mirror import mirrorOf
    from CedarBackup3.amazons3.sync.contentcheck import openContentCheck
    from CedarBackup3.amazons3.sync.steps import checkedScan, compareScan
    from CedarBackup3.util import awaitableChildren

    mirror = mirrorOf(sourceDir, s3BucketUrl, uploadOnly=uploadOnly)
    with (
        awaitableChildren(),
        awsSession(mirror.aws) as aws,
        openContentCheck(digestCache) if checkContent else contextlib.nullcontext() as check,
        checkedScan(mirror, ignoreNames=True) as scan,
    ):
        return compareScan(replace(mirror, aws=aws), scan, check=check)


def _listings(text: str) -> int:
    return _number(text, 64)


def _uploads(text: str) -> int:
    return _number(text, 32)


def _number(text: str, most: int) -> int:
    if text == "auto":
        return 0
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise ValueError(f"must be auto or a number from 1 to {most}")
    return int(text)


def _deletionLimit(text: str) -> str:
    number = text.removesuffix("%")
    if not (number.isascii() and number.isdigit()):
        raise ValueError("must be a number, or a percentage such as 10%")
    return text


def _name(text: str) -> str:
    if not text or "/" in text or text in {".", ".."}:
        raise ValueError("must be the name of a file, without a directory")
    return text


def _rotation(text: str) -> Rotation:
    from CedarBackup3.amazons3.sync.rotation import MOST_PARTS, Rotation

    if not text:
        return Rotation()
    share = re.fullmatch(r"1/(\d{1,4})", text, re.ASCII)
    if share and 1 <= int(share[1]) <= MOST_PARTS:
        return Rotation(int(share[1]))
    size = 0 if text.isdigit() else sizeIn(text)  # 30 is meant as 1/30, and not as a part of 30 bytes
    if not size:
        raise ValueError(f"must be a part from 1/1 to 1/{MOST_PARTS}, or a size such as 500M or 5G")
    return Rotation(size=size)


def _size(text: str) -> int:
    if not (size := sizeIn(text)):
        raise ValueError("must be a number of bytes, or one such as 500M or 5G, in powers of 1024")
    return size


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 3650):
        raise ValueError("must be a number of days from 1 to 3650")
    return int(text)


def _rate(text: str) -> int:
    if (rate := sizeIn(text)) < 1024:
        raise ValueError("must be a number of bytes a second, or one such as 500K or 5M in powers of 1024, at least 1K")
    return rate


def _buildOptions(values: Mapping[str, Any]) -> SyncOptions:
    shared = bucketOptions(values)
    return SyncOptions(
        sourceDir=values["sourceDir"],
        s3BucketUrl=shared.s3BucketUrl,
        aws=shared.aws,
        verifyOnly=values["verifyOnly"],
        uploadOnly=values["uploadOnly"],
        endIncompleteUploads=values["endIncompleteUploads"] or 0,
        ignoreWarnings=values["ignoreWarnings"],
        dryRun=values["dryRun"],
        patterns=shared.patterns,
        excludeIfPresent=values["excludeIfPresent"],
        excludeCaches=values["excludeCaches"],
        oneFileSystem=values["oneFileSystem"],
        maxSize=values["maxSize"] or 0,
        followLinks="none" if values["noFollowLinks"] else values["followLinks"] or "safe",
        attributes=values["attributes"],
        allowEmptySource=values["allowEmptySource"],
        requireFile=values["requireFile"],
        maxDelete=values["maxDelete"],
        requireVersioning=values["requireVersioning"],
        lockWait=values["lockWait"],
        method=values["method"],
        listings=values["listings"],
        checkContent=values["checkContent"],
        repairContent=values["repairContent"],
        digestCache=values["digestCache"],
        noUploadProof=values["noUploadProof"],
        trackRenames=values["trackRenames"],
        checkBucket=values["checkBucket"],
        json=values["json"],
        printPolicy=values["printPolicy"],
        kmsKey=values["kmsKey"],
        sseCustomerKeyFile=values["sseCustomerKeyFile"],
        hasHooks=bool(values["before"] or values["after"]),
        logfile=values["logfile"],
    )


def _answer(options: SyncOptions) -> str:
    if not options.printPolicy:
        return ""
    from CedarBackup3.amazons3.aws.iampolicy import policyText
    from CedarBackup3.amazons3.model import S3Location

    location = S3Location.parse(options.s3BucketUrl)
    if options.checkBucket:
        return _policyOfCheck(location, options)
    changes = not (options.verifyOnly or options.dryRun)
    deletes = changes and not options.uploadOnly
    asksForVersions = options.requireVersioning or (deletes and not location.bucket.startswith("arn:"))
    endsUploads = bool(options.endIncompleteUploads)
    wholeBucketActions = [
        *["GetBucketVersioning"] * asksForVersions,
        *["ListBucketMultipartUploads"] * endsUploads,
    ]
    objectActions = [
        *["PutObject", "AbortMultipartUpload"] * changes,
        *["DeleteObject"] * deletes,
        # For `head-object`, the copies of moves, and the stored attributes of what cannot be read.
        *["GetObject"]
        * (
            options.checkContent is not None
            or (changes and options.trackRenames)
            or (options.attributes and not options.dryRun)
        ),
        *["ListMultipartUploadParts"] * endsUploads,
    ]
    aws = policySettings(options.aws, options.kmsKey)
    return policyText(location, aws, wholeBucketActions=wholeBucketActions, objectActions=objectActions)


def _policyOfCheck(location: S3Location, options: SyncOptions) -> str:
    """What `--checkBucket` needs to have an answer to everything: that it may look, not that it may change anything."""
    from CedarBackup3.amazons3.aws.iampolicy import policyText
    from CedarBackup3.amazons3.inspect.questions import PERMISSIONS

    asking = [action for topic, action in PERMISSIONS.items() if not topic.startswith("may") and topic != "uploadSizes"]
    return policyText(location, options.aws, wholeBucketActions=asking, objectActions=[PERMISSIONS["uploadSizes"]])


TOOL = Tool(
    name="cback-amazons3-sync",
    summary="Cedar Backup Amazon S3 sync tool.",
    description="""\
Mirrors a local directory to an Amazon S3 bucket with the AWS CLI, then proves
that it arrived: every file is in the bucket with its size, and nothing else
is. File names that would not survive are refused before anything is changed.
Exit status 0 means done and verified.""",
    arguments=(
        Argument("sourceDir", "The local directory to mirror (must exist)", unless=("checkBucket",)),
        Argument("s3BucketUrl", "The target, s3://bucket or s3://bucket/prefix"),
    ),
    switches=(
        *grouped(
            "What to do",
            Switch("v", "verifyOnly", "Verify the bucket, without changing anything"),
            Switch("u", "uploadOnly", "Upload what is new, and delete nothing"),
            Switch("n", "dryRun", "Print what would be done, change nothing", implies="verbose"),
            Switch("", "endIncompleteUploads", "After success, end uploads begun over DAYS ago", "DAYS", "", _days),
            Switch("", "checkBucket", "Print what to know about the bucket, and exit"),
            Switch("", "json", "With --checkBucket: print JSON"),
            *POLICY_SWITCHES,
        ),
        *grouped(
            "What is mirrored",
            Switch("w", "ignoreWarnings", "Continue in spite of problematic file names"),
            *filterSwitches("paths", "source"),
            Switch(
                *("", "excludeIfPresent", "Exclude all but NAME in directories that hold it", "NAME"),
                convert=_name,
                isRepeatable=True,
            ),
            Switch("", "excludeCaches", "Exclude directories that CACHEDIR.TAG marks"),
            Switch("", "oneFileSystem", "Exclude what other file systems hold"),
            Switch("", "maxSize", "Leave out files above SIZE, such as 500M or 5G", "SIZE", "", _size),
            Switch("", "followLinks", "Links to follow: safe, all, none", "WHICH", "", choices=("safe", "all", "none")),
            Switch("", "noFollowLinks", "Leave out symbolic links: --followLinks none"),
            Switch("", "attributes", "Store modes, owners, times and links, too"),
        ),
        *grouped(
            "Guards",
            Switch("", "allowEmptySource", "Let a source without files empty the target"),
            Switch("", "requireFile", "Refuse unless PATH below the source exists", "PATH", "", notEmpty),
            Switch("", "maxDelete", "Refuse to delete more than N or N% of the objects", "N|N%", "", _deletionLimit),
            Switch("", "requireVersioning", "Refuse if the bucket does not keep versions"),
            Switch("", "lockWait", "Wait for another run on the target", "SECONDS", "0", seconds),
        ),
        *grouped(
            "Proof of content",
            Switch(
                *(
                    "",
                    "checkContent",
                    "Compare contents with the objects' ETags, too; those of a part, 1/30 or 5G, a day",
                ),
                *("PART", "", _rotation),
                isValueOptional=True,
            ),
            Switch("", "repairContent", "Upload again what differs in content", implies="checkContent"),
            Switch(
                "", "digestCache", "Keep digests in FILE for later checks", "FILE", "", notEmpty, implies="checkContent"
            ),
            Switch("", "noUploadProof", "Do not prove the content of what is uploaded"),
        ),
        *grouped(
            "Transfer",
            Switch(
                "",
                "method",
                "How files are uploaded: auto, direct, sync",
                "WAY",
                "auto",
                choices=("auto", "direct", "sync"),
            ),
            Switch("", "trackRenames", "Move objects in the bucket when files were moved"),
            Switch("", "listings", "Key ranges to list side by side", "N", "auto", _listings),
            Switch("", "uploads", "AWS CLI processes to upload side by side", "N", "auto", _uploads),
            Switch("", "bandwidth", "Bytes a second to upload at most, such as 5M", "RATE", "", _rate),
            *UPLOAD_SWITCHES,
        ),
        *grouped("How the AWS CLI runs", *AWS_SWITCHES),
        *HOOK_SWITCHES,
    ),
    example="""\
Typical use:

  cback-amazons3-sync /srv/photos s3://my-bucket/photos

This makes everything below photos/ in my-bucket the same as /srv/photos;
objects below photos/ that have no file in /srv/photos are deleted.""",
    buildOptions=_buildOptions,
    run=run,
    hold=_hold,
    answer=_answer,
    diagnostics=awsDiagnostics,
    programs=awsPrograms,
    exclusions=(
        Exclusion("verifyOnly", "dryRun", "--verifyOnly compares, --dryRun prints what would be done"),
        Exclusion("endIncompleteUploads", "verifyOnly", "--verifyOnly changes nothing"),
        Exclusion("repairContent", "verifyOnly", "--verifyOnly changes nothing; --checkContent goes with it"),
        Exclusion(
            "checkContent", "dryRun", "--dryRun compares no contents; --verifyOnly does, and changes nothing either"
        ),
        Exclusion("trackRenames", "verifyOnly", "--verifyOnly changes nothing"),
        Exclusion("trackRenames", "uploadOnly", "only what is to be deleted is moved"),
        Exclusion("trackRenames", "method=sync", "'aws s3 sync' moves nothing"),
        ONE_ENCRYPTION,
        Exclusion("checkBucket", "verifyOnly", "--checkBucket looks at the bucket, --verifyOnly at what is in it"),
        Exclusion("checkBucket", "dryRun", "--checkBucket changes nothing, and --dryRun prints what a run would do"),
        Exclusion("checkBucket", "endIncompleteUploads", "--checkBucket changes nothing"),
        *(Exclusion("checkBucket", hook, "--checkBucket looks at no source") for hook in ("before", "after")),
        Exclusion("checkBucket", "quiet", "--quiet prints nothing"),
        Exclusion("checkBucket", "report=-", "both print; name a file for the report"),
        *vainMonitoring("checkBucket", "saves"),
        *vainMonitoring("dryRun", "saves"),
        *(
            Exclusion("noFollowLinks", f"followLinks={which}", "the one leaves out what the other follows")
            for which in ("safe", "all")
        ),
    ),
    needs=(Need("json", ("checkBucket",), "it is a form of that page"), KEY_NEEDS_POLICY, KEY_NEEDS_KMS, *HOOK_NEEDS),
)

if __name__ == "__main__":
    sys.exit(cli())
