"""cback-amazons3-sync: mirror a directory to an Amazon S3 bucket through the AWS CLI, and prove that it arrived.

The three steps are functions that other Cedar Backup extensions call, too: `checkSourceFiles`, `synchronizeBucket` and
`verifyBucketContents`. They log through `CedarBackup3.log`, print nothing, and raise what `CedarBackup3.errors` has.

What only a run needs is imported in the functions, so that `--help` need not wait for it.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import Argument, Switch, Tool, notEmpty, runTool, seconds
from CedarBackup3.errors import ExitStatus, UsageError
from CedarBackup3.tools.shared.awsdiagnostics import awsDiagnostics, awsPrograms
from CedarBackup3.tools.shared.awsswitches import (
    AWS_SWITCHES,
    POLICY_SWITCHES,
    UPLOAD_SWITCHES,
    policySettings,
    requirePolicyWanted,
)
from CedarBackup3.tools.shared.bucketoptions import bucketOptions, excludeSwitch, sayOpenEndpoint, sayVainPatterns

if TYPE_CHECKING:
    from CedarBackup3.amazons3.awscli import AwsResult
    from CedarBackup3.amazons3.awssettings import AwsSettings
    from CedarBackup3.amazons3.content.check import ContentCheck
    from CedarBackup3.amazons3.content.runtrace import RunTrace
    from CedarBackup3.amazons3.guards import Guards
    from CedarBackup3.amazons3.links import FollowLinks
    from CedarBackup3.amazons3.mirror import Mirror, Path
    from CedarBackup3.amazons3.model import VerifyReport
    from CedarBackup3.amazons3.plan import Plan
    from CedarBackup3.amazons3.scan import Scan
    from CedarBackup3.cli.context import RunContext


class SyncOptions(NamedTuple):
    """What the command line asks for; the names are those of the switches, but for those that make `aws`."""

    sourceDir: str
    s3BucketUrl: str
    aws: AwsSettings
    verifyOnly: bool = False
    uploadOnly: bool = False
    ignoreWarnings: bool = False
    dryRun: bool = False
    exclude: tuple[str, ...] = ()
    maxSize: int = 0
    """In bytes; 0: no limit."""
    followLinks: FollowLinks = "safe"
    allowEmptySource: bool = False
    requireFile: str = ""
    maxDelete: str = ""
    lockWait: float = 0
    method: str = "auto"
    listings: int = 0
    """0: as many as pay."""
    checkContent: bool = False
    repairContent: bool = False
    digestCache: str = ""
    """A file; empty: none."""
    noUploadProof: bool = False
    printPolicy: bool = False
    kmsKey: str = ""
    """For the policy: what the bucket encrypts with."""


def cli() -> int:
    """The console entry point: runs the command line of this process and returns the exit status."""
    return runTool(TOOL)


def run(options: SyncOptions, context: RunContext) -> int:
    """Check, synchronize and verify as the options say; returns the exit status."""
    from dataclasses import replace

    from CedarBackup3.amazons3 import steps
    from CedarBackup3.amazons3.guards import Guards, requireHarmless, requireSentinel
    from CedarBackup3.amazons3.lock import targetLock
    from CedarBackup3.amazons3.mirror import mirrorOf

    sayVainPatterns(options.exclude)
    sayOpenEndpoint(options.aws)
    mirror = mirrorOf(
        options.sourceDir,
        options.s3BucketUrl,
        uploadOnly=options.uploadOnly,
        excludes=options.exclude,
        maxSize=options.maxSize,
        followLinks=options.followLinks,
        aws=options.aws,
    )
    guards = Guards(options.allowEmptySource, options.requireFile, options.maxDelete)
    changesNothing = options.verifyOnly or options.dryRun
    with (
        _contentCheck(options) as check,
        targetLock(mirror.location, mirror.aws, shared=changesNothing, waitSeconds=options.lockWait) as aws,
        steps.timesLogged(context),
        steps.checkedScan(mirror := replace(mirror, aws=aws), context, ignoreNames=options.ignoreWarnings) as scan,
    ):
        if options.verifyOnly:
            requireSentinel(mirror, guards)
            whole = check if check.isWhole else None
            return _status(steps.compared(mirror, scan, context, options.listings, whole))
        with steps.planned(mirror, scan, context, options.listings, check) as (plan, proof):
            requireHarmless(mirror, guards, plan)
            if plan.length and options.dryRun:
                steps.rehearsed(mirror, plan)
                return ExitStatus.DONE
            if plan.length:
                return _status(_carriedOut(mirror, scan, plan, options, guards, context, check))
            return _status(_repaired(mirror, scan, options, context, check, proof()))


def _contentCheck(options: SyncOptions) -> contextlib.AbstractContextManager[ContentCheck]:
    from CedarBackup3.amazons3.content.check import contentCheck

    return contentCheck(
        options.digestCache,
        isWhole=options.checkContent,
        mayRead=options.checkContent or not options.noUploadProof,
        isLast=options.verifyOnly or options.dryRun,
    )


def _carriedOut(
    mirror: Mirror,
    scan: Scan,
    plan: Plan,
    options: SyncOptions,
    guards: Guards,
    context: RunContext,
    check: ContentCheck,
) -> VerifyReport:
    """Carry the plan out, and show that it is done; the digests for that are made meanwhile."""
    from CedarBackup3.amazons3 import steps
    from CedarBackup3.amazons3.content.uploaddigests import uploadDigests

    with uploadDigests(mirror, plan.steps, check.cache) as digests:
        with digests.making() if plan.uploads and check.mayRead else contextlib.nullcontext():
            results = steps.carriedOut(mirror, scan, plan, context, options.method, guards)
        trace = steps.traceOf(scan, plan, digests)
        report = steps.comparedAfresh(mirror, scan, context, options.listings, check, trace)
        report = _repaired(mirror, scan, options, context, check, report, trace)
    if report.isClean and not all(result.isComplete for result in results):
        steps.forgiven(mirror)
    return report


def _repaired(
    mirror: Mirror,
    scan: Scan,
    options: SyncOptions,
    context: RunContext,
    check: ContentCheck,
    report: VerifyReport,
    trace: RunTrace | None = None,
) -> VerifyReport:
    """The report, or that of another comparison after what differs has been uploaded once more."""
    from CedarBackup3.amazons3.content.repair import repaired
    from CedarBackup3.amazons3.model import Kind

    if not (check.isUnfinished or (options.repairContent and report.counts[Kind.CONTENT])):
        return report
    return repaired(mirror, scan, context, options.listings, check, trace, isWhole=options.repairContent)


def _status(report: VerifyReport) -> ExitStatus:
    """Whatever aws has reported: names, sizes and what each upload left behind show whether its work is done."""
    return ExitStatus.DONE if report.isClean else ExitStatus.DIFFERENCES


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
    from CedarBackup3.amazons3.steps import checkedScan

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
    from CedarBackup3.amazons3.mirror import mirrorOf
    from CedarBackup3.amazons3.steps import checkedScan, synchronized
    from CedarBackup3.util import awaitableChildren

    mirror = mirrorOf(sourceDir, s3BucketUrl, uploadOnly=uploadOnly)
    with awaitableChildren(), checkedScan(mirror, ignoreNames=True) as scan:
        return synchronized(mirror, scan)


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
    from CedarBackup3.amazons3.content.check import contentCheck
    from CedarBackup3.amazons3.mirror import mirrorOf
    from CedarBackup3.amazons3.steps import checkedScan, compared
    from CedarBackup3.util import awaitableChildren

    mirror = mirrorOf(sourceDir, s3BucketUrl, uploadOnly=uploadOnly)
    with (
        awaitableChildren(),
        contentCheck(digestCache) if checkContent else contextlib.nullcontext() as check,
        checkedScan(mirror, ignoreNames=True) as scan,
    ):
        return compared(mirror, scan, check=check)


def _listings(text: str) -> int:
    if text == "auto":
        return 0
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 64):
        raise ValueError("must be auto or a number from 1 to 64")
    return int(text)


def _deletionLimit(text: str) -> str:
    number = text.removesuffix("%")
    if not (number.isascii() and number.isdigit()):
        raise ValueError("must be a number, or a percentage such as 10%")
    return text


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d{1,15})([KMGT]?)(?:i?B)?", text, re.ASCII | re.IGNORECASE)
    size = int(match[1]) << 10 * " KMGT".index(match[2].upper() or " ") if match else 0
    if not size:
        raise ValueError("must be a number of bytes, or one such as 500M or 5G, in powers of 1024")
    return size


def _buildOptions(values: Mapping[str, Any]) -> SyncOptions:
    requirePolicyWanted(values)
    made = bucketOptions(values)
    if values["verifyOnly"] and values["dryRun"]:
        raise UsageError("--verifyOnly and --dryRun do not go together")
    if values["checkContent"] and values["dryRun"]:
        raise UsageError("--dryRun compares no contents; --verifyOnly does, and changes nothing either")
    if values["repairContent"] and values["verifyOnly"]:
        raise UsageError("--verifyOnly changes nothing, so --repairContent does not go with it; --checkContent does")
    if values["dryRun"] and (values["metricsFile"] or values["pingUrl"]):
        raise UsageError("--dryRun saves nothing, so neither --metricsFile nor --pingUrl may tell of its success")
    if values["noFollowLinks"] and values["followLinks"] not in {"", "none"}:
        raise UsageError(f"--noFollowLinks and --followLinks {values['followLinks']} do not go together")
    made["maxSize"] = values["maxSize"] or 0
    made["followLinks"] = "none" if values["noFollowLinks"] else values["followLinks"] or "safe"
    return SyncOptions(**{name: values[name] for name in SyncOptions._fields if name not in made}, **made)


def _answer(options: SyncOptions) -> str:
    if not options.printPolicy:
        return ""
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.policy import policyText

    changes = not (options.verifyOnly or options.dryRun)
    objectActions = [
        *["PutObject", "AbortMultipartUpload"] * changes,
        *["DeleteObject"] * (changes and not options.uploadOnly),
        *["GetObject"] * options.checkContent,  # what `head-object` takes
    ]
    aws = policySettings(options.aws, options.kmsKey)
    return policyText(S3Location.parse(options.s3BucketUrl), aws, objectActions=objectActions)


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
        Switch("n", "dryRun", "Say what would be done, change nothing", implies="verbose"),
        excludeSwitch("Leave alone what matches PATTERN; repeatable", "source"),
        Switch("", "maxSize", "Leave out files above SIZE, such as 500M or 5G", "SIZE", "", _size),
        Switch("", "followLinks", "Links to follow: safe, all, none", "WHICH", "", choices=("safe", "all", "none")),
        Switch("", "noFollowLinks", "Leave out symbolic links: --followLinks none"),
        Switch("", "allowEmptySource", "Let a source without files empty the target"),
        Switch("", "requireFile", "Refuse unless PATH below the source exists", "PATH", "", notEmpty),
        Switch("", "maxDelete", "Refuse to delete more than N or N% of the objects", "N", "", _deletionLimit),
        Switch("", "lockWait", "Wait for another run on the target", "SECONDS", "0", seconds),
        Switch("", "method", "How files go up: auto, direct, sync", "WAY", "auto", choices=("auto", "direct", "sync")),
        Switch("", "listings", "Key ranges to list side by side", "N", "auto", _listings),
        Switch("", "checkContent", "Compare contents, too, by the ETags of the objects"),
        Switch("", "repairContent", "Upload again what differs in content", implies="checkContent"),
        Switch(
            "", "digestCache", "Keep digests in FILE for later checks", "FILE", "", notEmpty, implies="checkContent"
        ),
        Switch("", "noUploadProof", "Do not prove the content of what is uploaded"),
        *POLICY_SWITCHES,
        *AWS_SWITCHES,
        *UPLOAD_SWITCHES,
    ),
    example="""\
Typical use:

  cback-amazons3-sync /home/myuser s3://my-bucket/myuser

This makes everything below myuser/ in my-bucket the same as /home/myuser;
objects below myuser/ that have no file in /home/myuser are deleted.""",
    buildOptions=_buildOptions,
    run=run,
    answer=_answer,
    diagnostics=awsDiagnostics,
    programs=awsPrograms,
)

if __name__ == "__main__":
    sys.exit(cli())
