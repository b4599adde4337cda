"""cback-amazons3-restore: bring back what stood in an Amazon S3 bucket at a given time, through the AWS CLI.

`restoreBucket` and `compareWithBucket` are for other Cedar Backup extensions, too. They log through `CedarBackup3.log`,
print nothing, and raise what `CedarBackup3.errors` has.

What only a run needs is imported in the functions, so that `--help` need not wait for it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import Argument, Switch, Tool, runTool
from CedarBackup3.errors import CedarBackupError, ExitStatus, UsageError
from CedarBackup3.tools.shared.awsdiagnostics import awsDiagnostics, awsPrograms
from CedarBackup3.tools.shared.awsswitches import AWS_SWITCHES, POLICY_SWITCHES, policySettings, requirePolicyWanted
from CedarBackup3.tools.shared.bucketoptions import bucketOptions, excludeSwitch, sayOpenEndpoint, sayVainPatterns

if TYPE_CHECKING:
    from datetime import datetime

    from CedarBackup3.amazons3.awssettings import AwsSettings
    from CedarBackup3.amazons3.mirror import Path
    from CedarBackup3.amazons3.progress import Watcher
    from CedarBackup3.amazons3.restore.report import RestoreReport
    from CedarBackup3.amazons3.restore.selection import Selection
    from CedarBackup3.amazons3.restore.versionlisting import Version
    from CedarBackup3.cli.context import RunContext


class RestoreOptions(NamedTuple):
    """What the command line asks for; the names are those of the switches, but for what several switches make."""

    s3BucketUrl: str
    aws: AwsSettings
    targetDir: str = ""
    atTime: datetime | None = None
    list: bool = False
    versions: str | None = None
    """None: not asked for; empty: those of every key."""
    json: bool = False
    exclude: tuple[str, ...] = ()
    dryRun: bool = False
    overwrite: bool = False
    verifyOnly: bool = False
    printPolicy: bool = False
    kmsKey: str = ""
    """For the policy: what the bucket encrypts with."""
    ambiguity: str = ""
    """A sentence on `atTime`, if it could be another time as well."""


def cli() -> int:
    """The console entry point: runs the command line of this process and returns the exit status."""
    return runTool(TOOL)


def run(options: RestoreOptions, context: RunContext) -> int:
    """List, compare or restore as the options say; returns the exit status."""
    from CedarBackup3.amazons3.steps import timesLogged

    sayVainPatterns(options.exclude)
    sayOpenEndpoint(options.aws)
    selection = _selection(options.s3BucketUrl, options.atTime, options.exclude, options.aws)
    if options.ambiguity:  # not a warning, which is shown with --verbose only
        logging.getLogger("CedarBackup3.log").error("%s", options.ambiguity)
    with timesLogged(context):
        if options.versions is not None:
            return _printVersions(selection, options, context)
        if options.list:
            return _printState(selection, options, context)
        target = _absolute(options.targetDir)
        if options.verifyOnly:
            report = _compared(selection, target, context)
        elif options.dryRun:
            report = _rehearsed(selection, target, context, overwrite=options.overwrite)
        else:
            report = _restored(selection, target, context, overwrite=options.overwrite)
        return ExitStatus.DONE if report.isClean else ExitStatus.DIFFERENCES


def restoreBucket(
    s3BucketUrl: str,
    targetDir: Path,
    *,
    atTime: datetime | None = None,
    overwrite: bool = False,
    exclude: tuple[str, ...] = (),
) -> RestoreReport:
    """Bring what stood in a bucket into a directory; logs each file that cannot be, and a summary.

    Args:
        s3BucketUrl: the bucket, with a prefix or a key perhaps
        targetDir: the directory, made if need be; files in it that the bucket had not are left alone. What is made is
            for this user alone
        atTime: when it stood there, with a zone; None: now
        overwrite: the directory need not be empty, and files are replaced
        exclude: aws's patterns of what is left out

    Raises:
        GuardRefused: the directory is not empty, a link on the way to it is another user's, or the bucket has no
            versions to tell what stood there
        LockHeld: another restore is at work in the directory
        CommandFailed: aws is missing, or cannot list the bucket
        CedarBackupError: nothing stood there, or the directory cannot be written to, or was moved meanwhile
        UsageError: the URL is none, or the directory is one
    """
    from CedarBackup3.amazons3.progress import SILENT
    from CedarBackup3.util import awaitableChildren

    selection = _selection(s3BucketUrl, atTime, exclude)
    with awaitableChildren():
        return _restored(selection, _absolute(targetDir), SILENT, overwrite=overwrite)


def compareWithBucket(
    s3BucketUrl: str, targetDir: Path, *, atTime: datetime | None = None, exclude: tuple[str, ...] = ()
) -> RestoreReport:
    """Compare a directory with what stood in a bucket; logs each difference, and a summary; changes nothing.

    Args and errors are those of `restoreBucket`.
    """
    from CedarBackup3.amazons3.progress import SILENT
    from CedarBackup3.util import awaitableChildren

    selection = _selection(s3BucketUrl, atTime, exclude)
    with awaitableChildren():
        return _compared(selection, _absolute(targetDir), SILENT)


def _restored(selection: Selection, path: bytes, watcher: Watcher, *, overwrite: bool) -> RestoreReport:
    from CedarBackup3.amazons3.restore import past, plan, proof, restoration
    from CedarBackup3.amazons3.restore.report import Tally
    from CedarBackup3.amazons3.restore.staging import finish, requireRoom, staging
    from CedarBackup3.amazons3.restore.target import openedTarget, requireSamePlace

    tally, restore = Tally(watcher.findings), selection.identity
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        target = enter(openedTarget(path))
        requireRoom(target, restore, overwrite=overwrite)
        chosen, versions = enter(past.listed(selection, watcher))
        stood = enter(past.standing(chosen, versions, tally))
        place = enter(staging(target, restore))
        root, mirror = place.target, plan.targetMirror(chosen, target.path)
        state = enter(plan.restorable(chosen, mirror, stood, tally, isCaseInsensitive=place.isCaseInsensitive))
        with plan.wanted(
            chosen, mirror, state, tally, watcher, root=root, mayReplace=overwrite, adjust=True
        ) as lacking:
            locked = chosen.keepingOpen(place.lock)
            restoration.carriedOut(locked, mirror, versions, lacking, place, tally, watcher)
        report = proof.compared(chosen, mirror, state, tally, watcher, root=root, isRestore=True)
        finish(place, isComplete=report.isClean)
        requireSamePlace(target, root, "restored into")
        return report


def _rehearsed(selection: Selection, path: bytes, watcher: Watcher, *, overwrite: bool) -> RestoreReport:
    from CedarBackup3.amazons3.restore import past, plan
    from CedarBackup3.amazons3.restore.report import Tally
    from CedarBackup3.amazons3.restore.staging import ignoresCase, requireRoom
    from CedarBackup3.amazons3.restore.target import openedTarget

    tally = Tally(watcher.findings)
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        target = enter(openedTarget(path))
        requireRoom(target, selection.identity, overwrite=overwrite)
        chosen, versions = enter(past.listed(selection, watcher))
        stood = enter(past.standing(chosen, versions, tally))
        mirror = plan.targetMirror(chosen, target.path)
        state = enter(plan.restorable(chosen, mirror, stood, tally, isCaseInsensitive=ignoresCase(target)))
        lacking = enter(plan.wanted(chosen, mirror, state, tally, watcher, root=target.root, mayReplace=overwrite))
        plan.rehearsed(chosen, mirror, lacking)
    return tally.report()


def _compared(selection: Selection, path: bytes, watcher: Watcher) -> RestoreReport:
    from CedarBackup3.amazons3.restore import past, plan, proof
    from CedarBackup3.amazons3.restore.report import Tally
    from CedarBackup3.amazons3.restore.staging import ignoresCase
    from CedarBackup3.amazons3.restore.target import openedTarget, requireSamePlace

    tally = Tally(watcher.findings)
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        target = enter(openedTarget(path))
        proof.requireDirectory(target)
        chosen, versions = enter(past.listed(selection, watcher))
        stood = enter(past.standing(chosen, versions, tally))
        mirror = plan.targetMirror(chosen, target.path)
        state = enter(plan.restorable(chosen, mirror, stood, tally, isCaseInsensitive=ignoresCase(target)))
        report = proof.compared(chosen, mirror, state, tally, watcher, root=target.descriptor, isRestore=False)
        requireSamePlace(target, target.descriptor, "compared")
        return report


def _printVersions(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from dataclasses import replace

    from CedarBackup3.amazons3.restore.past import listed

    if options.versions:
        selection = replace(selection, only=selection.aws.locale.keyOf(os.fsencode(options.versions)))
    with listed(selection, watcher) as (chosen, versions):
        _print(chosen, versions, options)
    return ExitStatus.DONE


def _printState(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from CedarBackup3.amazons3.restore.past import listed, standing
    from CedarBackup3.amazons3.restore.report import Tally

    tally = Tally(watcher.findings)
    with listed(selection, watcher) as (chosen, versions), standing(chosen, versions, tally) as state:
        if chosen.moment:  # beside the listing, which a program may read
            with contextlib.suppress(OSError):
                sys.stderr.write(f"{chosen.shown}\n")
        _print(chosen, state, options)
    return ExitStatus.DONE if tally.report().isClean else ExitStatus.DIFFERENCES


def _print(selection: Selection, versions: Iterable[Version], options: RestoreOptions) -> None:
    """The answer asked for, on standard output, for as long as anybody reads it (`| head`)."""
    from CedarBackup3.amazons3.restore.versiontable import versionJson, versionRow

    line = versionJson if options.json else versionRow
    try:
        for version in versions:
            sys.stdout.write(line(selection.location, version) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        return
    except OSError as error:
        raise CedarBackupError(f"The listing cannot be written whole to standard output: {error.strerror}") from None


def _selection(
    url: str, moment: datetime | None, excludes: tuple[str, ...], aws: AwsSettings | None = None
) -> Selection:
    from CedarBackup3.amazons3.awslocale import awsLocale
    from CedarBackup3.amazons3.awssettings import AwsSettings
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.restore.selection import Selection

    if moment is not None and moment.tzinfo is None:
        raise UsageError("the time to restore has no zone")
    return Selection(
        S3Location.parse(url),
        mayBeKey=not url.endswith("/"),
        moment=moment,
        excludes=excludes,
        aws=aws or AwsSettings(awsLocale()),
    )


def _absolute(target: Path) -> bytes:
    """The target directory as aws takes it for one too: not for a switch, nor for a bucket to write to."""
    path = os.fsencode(target)
    if path.startswith(b"s3://"):
        raise UsageError("the target directory must be a directory, not a bucket; './s3:/...' names one of that name")
    try:
        return os.path.abspath(path)
    except OSError as error:
        raise UsageError(
            f"the directory in which this was started is gone ({error.strerror}), so the target needs its whole path"
        ) from None


def _moment(text: str) -> tuple[datetime, str]:
    """A moment, and what is to be said of it."""
    from CedarBackup3.amazons3.restore.moment import ambiguity, parsedMoment

    return parsedMoment(text), ambiguity(text)


def _buildOptions(values: Mapping[str, Any]) -> RestoreOptions:
    requirePolicyWanted(values)
    moment, ambiguity = values["atTime"] or (None, "")
    made = bucketOptions(values) | {"atTime": moment, "ambiguity": ambiguity}
    chosen = RestoreOptions(**{name: values[name] for name in RestoreOptions._fields if name not in made}, **made)
    modes = {
        "--list": chosen.list,
        "--versions": chosen.versions is not None,
        "--verifyOnly": chosen.verifyOnly,
        "--dryRun": chosen.dryRun,
    }
    given = [name for name, isGiven in modes.items() if isGiven]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} do not go together")
    isListing = chosen.list or chosen.versions is not None
    if chosen.json and not isListing:
        raise UsageError("--json needs --list or --versions")
    if isListing and values["quiet"]:
        raise UsageError(f"{given[0]} and --quiet do not go together")
    if isListing and values["report"] == "-":
        raise UsageError(f"{given[0]} and --report - do not go together, since both print; name a file for the report")
    if (isListing or chosen.dryRun) and (values["metricsFile"] or values["pingUrl"]):
        raise UsageError(f"{given[0]} restores nothing, so neither --metricsFile nor --pingUrl may tell of its success")
    if chosen.versions is not None and chosen.atTime:
        raise UsageError("--versions and --atTime do not go together; --list shows what stood there at a time")
    if not isListing and not chosen.targetDir:
        raise UsageError("the target directory must not be empty")
    if not isListing:
        _absolute(chosen.targetDir)
    return chosen


def _answer(options: RestoreOptions) -> str:
    if not options.printPolicy:
        return ""
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.policy import policyText

    isListing = options.list or options.versions is not None
    return policyText(
        S3Location.parse(options.s3BucketUrl),
        policySettings(options.aws, options.kmsKey),
        bucketActions=("ListBucket", "ListBucketVersions"),
        objectActions=() if isListing else ("GetObject", "GetObjectVersion"),
        mayBeKey=not options.s3BucketUrl.endswith("/"),
        listsKeys=True,
    )


TOOL = Tool(
    name="cback-amazons3-restore",
    summary="Cedar Backup Amazon S3 restore tool.",
    description="""\
Brings back what stood in an Amazon S3 bucket, now or at a given time, by the
AWS CLI. Each file is checked as it arrives, and at the end the directory is
compared with the bucket. Nothing is ever written outside of the directory, and
nothing in the bucket is changed. Exit status 0 means that all is there.""",
    arguments=(
        Argument("s3BucketUrl", "s3://bucket, with a prefix or a key perhaps"),
        Argument("targetDir", "Where to (not needed to list)", unless=("list", "versions")),
    ),
    switches=(
        Switch("", "atTime", "As it stood at TIME, in ISO 8601; without: now", "TIME", "", _moment),
        Switch("", "list", "List what would be restored"),
        Switch("", "versions", "List all versions, of KEY only", "KEY", isValueOptional=True),
        Switch("", "json", "List in lines of JSON"),
        excludeSwitch("Leave out what matches PATTERN; repeatable", "target"),
        Switch("n", "dryRun", "Say what would be restored, change nothing", implies="verbose"),
        Switch("", "overwrite", "Restore into a directory that is not empty"),
        Switch("", "verifyOnly", "Compare the directory with the bucket"),
        *POLICY_SWITCHES,
        *AWS_SWITCHES,
    ),
    example="""\
Typical use:

  cback-amazons3-restore --atTime 2026-11-20 s3://my-bucket/photos /srv/photos

This makes /srv/photos, and in it every file that was below photos/ in
my-bucket when the 20th of November began.""",
    buildOptions=_buildOptions,
    run=run,
    answer=_answer,
    diagnostics=awsDiagnostics,
    programs=awsPrograms,
)

if __name__ == "__main__":
    sys.exit(cli())
