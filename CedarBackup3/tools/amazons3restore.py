"""cback-amazons3-restore: restore the contents of an Amazon S3 bucket, of now or of a given time, with the AWS CLI.

`restoreBucket` and `compareWithBucket` are for other Cedar Backup extensions, too. They log through `CedarBackup3.log`,
print nothing, and raise what `CedarBackup3.errors` has.

What only a run needs is imported in the functions, so that `--help` need not wait for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import Argument, Exclusion, Need, Switch, Tool, grouped, notEmpty, runTool
from CedarBackup3.errors import ExitStatus, UsageError
from CedarBackup3.tools.shared.awsdiagnostics import awsDiagnostics, awsPrograms
from CedarBackup3.tools.shared.awsswitches import AWS_SWITCHES, KEY_NEEDS_POLICY, POLICY_SWITCHES, policySettings
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
    from datetime import datetime

    from CedarBackup3.amazons3.aws.rules import Rule
    from CedarBackup3.amazons3.aws.settings import AwsSettings
    from CedarBackup3.amazons3.local.tree import Path
    from CedarBackup3.amazons3.progress import Watcher
    from CedarBackup3.amazons3.restore.archive import Retrieval
    from CedarBackup3.amazons3.restore.draw import Share
    from CedarBackup3.amazons3.restore.report import RestoreReport
    from CedarBackup3.amazons3.restore.rules import AttributeRules
    from CedarBackup3.amazons3.restore.selection import Selection
    from CedarBackup3.cli.context import RunContext


class RestoreOptions(NamedTuple):
    """What the command line asks for; the names are those of the switches, but for what several switches make."""

    s3BucketUrl: str
    aws: AwsSettings
    targetDir: str = ""
    atTime: datetime | None = None
    since: datetime | None = None
    """None: one time is listed, and not what has changed between two."""
    list: bool = False
    versions: str | None = None
    """None: not asked for; empty: those of every key."""
    find: str = ""
    """A pattern; empty: nothing is looked for."""
    json: bool = False
    long: bool = False
    patterns: Patterns = ()
    """Of `--exclude`, `--include` and `--excludeFrom`, in their order."""
    dryRun: bool = False
    overwrite: bool = False
    verifyOnly: bool = False
    thaw: Retrieval | None = None
    rehearse: Share | None = None
    """How much is drawn for a rehearsal; None: it is none."""
    against: str = ""
    """The directory to compare with; empty: none."""
    attributes: str = "auto"
    owners: bool = False
    numericOwners: bool = False
    allAttributes: bool = False
    strictAttributes: bool = False
    printPolicy: bool = False
    kmsKey: str = ""
    """For the policy: what the bucket encrypts with."""
    sseCustomerKeyFile: str = ""
    """Read when the run begins; empty: none."""
    ambiguities: tuple[str, ...] = ()
    """A sentence on each of `since` and `atTime` that could be another time as well."""


def cli() -> int:
    """The console entry point: runs the command line of this process and returns the exit status."""
    return runTool(TOOL)


def run(options: RestoreOptions, context: RunContext) -> int:
    """List, compare or restore as the options say; returns the exit status."""
    from CedarBackup3.amazons3.progress import logTimes

    aws = withCustomerKey(options.aws, options.sseCustomerKeyFile)
    warnOfOpenEndpoint(aws)
    filters = rulesOf(options.patterns, aws.locale, "target")
    selection = _selection(options.s3BucketUrl, options.atTime, filters, aws)
    if options.ambiguities:  # not a warning, which is shown with --verbose only
        import logging

        for ambiguity in options.ambiguities:
            logging.getLogger("CedarBackup3.log").error("%s", ambiguity)
    with logTimes(context):
        return _task(options)(selection, options, context)


def _task(options: RestoreOptions) -> Callable[[Selection, RestoreOptions, Watcher], ExitStatus]:
    """What the options ask for."""
    tasks = (
        (options.find, _printFound),
        (options.since, _printChanges),
        (options.versions is not None, _printVersions),
        (options.list, _printSnapshot),
        (options.thaw, _thaw),
        (options.rehearse, _rehearse),
        (options.verifyOnly, _compare),
    )
    return next((task for isWanted, task in tasks if isWanted), _restore)


def _restore(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from CedarBackup3.amazons3.restore.run import previewRestore, runRestore

    restore = previewRestore if options.dryRun else runRestore
    target, rules = _absolute(options.targetDir), _rules(options)
    return _statusOf(restore(selection, target, watcher, overwrite=options.overwrite, rules=rules))


def _compare(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from CedarBackup3.amazons3.restore.run import compareTarget

    return _statusOf(compareTarget(selection, _absolute(options.targetDir), watcher, rules=_rules(options)))


def _statusOf(report: RestoreReport) -> ExitStatus:
    return ExitStatus.DONE if report.isClean else ExitStatus.DIFFERENCES


def _printVersions(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from CedarBackup3.tools.shared.listings import printVersions

    printVersions(selection, options.versions or "", watcher, isJson=options.json)
    return ExitStatus.DONE


def _printSnapshot(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from CedarBackup3.tools.shared.listings import printSnapshot

    long = _rules(options) if options.long else None
    return _statusOf(printSnapshot(selection, watcher, long=long, isJson=options.json))


def _printChanges(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from CedarBackup3.tools.shared.listings import printChanges

    assert options.since  # noqa: S101 - for the type checker
    return _statusOf(printChanges(selection, options.since, watcher, isJson=options.json))


def _printFound(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from CedarBackup3.tools.shared.listings import printFound

    printFound(selection, options.find, watcher, isJson=options.json)
    return ExitStatus.DONE


def _thaw(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    from CedarBackup3.amazons3.restore.thaw import thawArchived

    assert options.thaw  # noqa: S101 - for the type checker
    report = thawArchived(
        selection,
        _absolute(options.targetDir) if options.targetDir else None,
        watcher,
        retrieval=options.thaw,
        overwrite=options.overwrite,
        rules=_rules(options),
        isPreview=options.dryRun,
    )
    return _statusOf(report)


def _rehearse(selection: Selection, options: RestoreOptions, watcher: Watcher) -> ExitStatus:
    import time

    from CedarBackup3.amazons3.restore.rehearsal import runRehearsal

    assert options.rehearse  # noqa: S101 - for the type checker
    against = _absolute(options.against) if options.against else b""
    day = int(time.time() // 86400)  # in UTC
    isSuccess = runRehearsal(selection, options.rehearse, watcher, day=day, against=against, rules=_rules(options))
    return ExitStatus.DONE if isSuccess else ExitStatus.DIFFERENCES


def _rules(options: RestoreOptions) -> AttributeRules:
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.restore.rules import AttributeRules

    return AttributeRules(
        isWanted=options.attributes != "never",
        backup=S3Location.parse(options.attributes) if options.attributes.startswith("s3://") else None,
        owners="numbers" if options.numericOwners else "names" if options.owners else "",
        hasAllXattrs=options.allAttributes,
        isStrict=options.strictAttributes,
    )


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
            for this user alone, unless the bucket has the attributes of the files: then it gets their modes and times,
            and links and empty directories come back, too. The owner is who runs this
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
    from CedarBackup3.amazons3.restore.run import runRestore
    from CedarBackup3.util import awaitableChildren

    selection = _selection(s3BucketUrl, atTime, _excluding(exclude))
    with awaitableChildren():
        return runRestore(selection, _absolute(targetDir), SILENT, overwrite=overwrite)


def compareWithBucket(
    s3BucketUrl: str, targetDir: Path, *, atTime: datetime | None = None, exclude: tuple[str, ...] = ()
) -> RestoreReport:
    """Compare a directory with what stood in a bucket; logs each difference, and a summary; changes nothing.

    Args and errors are those of `restoreBucket`.
    """
    from CedarBackup3.amazons3.progress import SILENT
    from CedarBackup3.amazons3.restore.run import compareTarget
    from CedarBackup3.util import awaitableChildren

    selection = _selection(s3BucketUrl, atTime, _excluding(exclude))
    with awaitableChildren():
        return compareTarget(selection, _absolute(targetDir), SILENT)


def _excluding(patterns: tuple[str, ...]) -> tuple[Rule, ...]:
    from CedarBackup3.amazons3.aws.rules import Rule

    return tuple(map(Rule, patterns))


def _selection(url: str, moment: datetime | None, rules: tuple[Rule, ...], aws: AwsSettings | None = None) -> Selection:
    from CedarBackup3.amazons3.aws.locale import awsLocale
    from CedarBackup3.amazons3.aws.settings import AwsSettings
    from CedarBackup3.amazons3.model import S3Location
    from CedarBackup3.amazons3.restore.selection import Selection

    if moment is not None and moment.tzinfo is None:
        raise UsageError("the time to restore has no zone")
    return Selection(
        S3Location.parse(url),
        mayBeKey=not url.endswith("/"),
        moment=moment,
        rules=rules,
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
            f"the current directory is gone ({error.strerror}); give the target as an absolute path"
        ) from None


def _whichAttributes(text: str) -> str:
    if text not in {"auto", "never"} and not text.startswith("s3://"):
        raise ValueError("must be auto, never, or the URL of a backup that begins with s3://")
    return text


def _requireInside(url: str, backup: str) -> None:
    """Raise `UsageError` unless what is restored lies in the target of a backup."""
    from CedarBackup3.amazons3.model import S3Location

    if backup.startswith("s3://") and not S3Location.parse(url).url.startswith(S3Location.parse(backup).url):
        raise UsageError("what is restored does not lie below the URL that --attributes names")


def _moment(text: str) -> tuple[datetime, str]:
    """A moment, and what is to be reported of it."""
    from CedarBackup3.amazons3.restore.moment import ambiguity, parseMoment

    return parseMoment(text), ambiguity(text)


def _keyPattern(text: str) -> str:
    if not text or text.startswith(("/", "s3://")):
        raise ValueError("must be a pattern for keys below the URL, and not begin with a slash or with s3://")
    return text


def _retrieval(text: str) -> Retrieval:
    from CedarBackup3.amazons3.restore.archive import parseRetrieval

    return parseRetrieval(text)


def _share(text: str) -> Share:
    from CedarBackup3.amazons3.restore.draw import MOST_DRAWN, Share

    if text.isascii() and text.isdigit():
        if len(text) < 9 and 1 <= int(text) <= MOST_DRAWN:
            return Share(files=int(text))
    elif size := sizeIn(text):
        return Share(size=size)
    raise ValueError(f"must be a number of files from 1 to {MOST_DRAWN:,}, or a size such as 500M or 5G")


def _buildOptions(values: Mapping[str, Any]) -> RestoreOptions:
    shared = bucketOptions(values)
    since, moment = ((values[name] or (None,))[0] for name in ("since", "atTime"))
    if since and moment and since > moment:
        raise UsageError("--since must not be later than --atTime")
    isListing = values["list"] or values["versions"] is not None or bool(values["find"])
    _requireInside(shared.s3BucketUrl, values["attributes"])
    if values["rehearse"] and values["targetDir"]:
        raise UsageError("--rehearse keeps nothing and takes no target directory; --against DIR compares with one")
    isRestore = not (isListing or values["thaw"] or values["rehearse"])
    if isRestore and not values["targetDir"]:
        raise UsageError("the target directory must not be empty")
    if not isListing and values["targetDir"]:
        _absolute(values["targetDir"])
    if not isListing and values["owners"] and os.geteuid() != 0 and not values["verifyOnly"]:
        raise UsageError("--owners needs root, since nobody else may give files to others")
    return RestoreOptions(
        s3BucketUrl=shared.s3BucketUrl,
        aws=shared.aws,
        targetDir=values["targetDir"],
        atTime=moment,
        since=since,
        list=values["list"],
        versions=values["versions"],
        find=values["find"],
        json=values["json"],
        long=values["long"],
        patterns=shared.patterns,
        dryRun=values["dryRun"],
        overwrite=values["overwrite"],
        verifyOnly=values["verifyOnly"],
        thaw=values["thaw"] or None,
        rehearse=values["rehearse"] or None,
        against=values["against"],
        attributes=values["attributes"],
        owners=values["owners"],
        numericOwners=values["numericOwners"],
        allAttributes=values["allAttributes"],
        strictAttributes=values["strictAttributes"],
        printPolicy=values["printPolicy"],
        kmsKey=values["kmsKey"],
        sseCustomerKeyFile=values["sseCustomerKeyFile"],
        ambiguities=tuple(values[name][1] for name in ("since", "atTime") if values[name] and values[name][1]),
    )


def _exclusions() -> Iterator[Exclusion]:
    tasks = {
        "list": "lists the snapshot",
        "versions": "lists all versions",
        "find": "lists the versions of some keys",
        "verifyOnly": "compares",
        "dryRun": "prints what would be restored",
        "rehearse": "fetches a sample and keeps nothing",
    }
    for (one, first), (other, second) in combinations(tasks.items(), 2):
        yield Exclusion(one, other, f"--{one} {first}, --{other} {second}")
    for task in ("list", "versions", "find", "verifyOnly", "rehearse"):
        yield Exclusion("thaw", task, f"--thaw asks for archived objects, --{task} {tasks[task]}")
    for listing in ("list", "versions", "find"):
        yield Exclusion(listing, "quiet", "--quiet prints nothing")
        yield Exclusion(listing, "report=-", "both print; name a file for the report")
        yield Exclusion(listing, "overwrite", "a listing replaces nothing")
    yield Exclusion("rehearse", "overwrite", "a rehearsal restores into no directory")
    yield Exclusion("versions", "atTime", "--list shows the snapshot of a time")
    yield Exclusion("find", "atTime", "--list shows the snapshot of a time")
    yield Exclusion("long", "since", "--long prints what is recorded at one time")
    for more in ("owners", "strictAttributes"):
        yield Exclusion("attributes=never", more, "no attributes are restored or compared")
        yield Exclusion("thaw", more, "nothing is restored yet")
        for listing in ("list", "versions", "find"):
            yield Exclusion(listing, more, "a listing gives nobody anything")
    yield Exclusion("attributes=never", "long", "--long prints them")
    for task in ("list", "versions", "find", "dryRun", "thaw"):
        yield from vainMonitoring(task, "restores")


def _answer(options: RestoreOptions) -> str:
    if not options.printPolicy:
        return ""
    from CedarBackup3.amazons3.aws.iampolicy import policyText
    from CedarBackup3.amazons3.model import ATTRIBUTES_KEY, S3Location

    isListing = (options.list and not options.long) or options.versions is not None or bool(options.find)
    elsewhere = options.attributes.startswith("s3://") and S3Location.parse(options.attributes).prefix
    return policyText(
        S3Location.parse(options.s3BucketUrl),
        policySettings(options.aws, options.kmsKey),
        bucketActions=("ListBucket", "ListBucketVersions"),
        objectActions=() if isListing else ("GetObject", "GetObjectVersion", *["RestoreObject"] * bool(options.thaw)),
        mayBeKey=not options.s3BucketUrl.endswith("/"),
        listsKeys=True,
        besides=f"{elsewhere}{ATTRIBUTES_KEY.decode()}" if elsewhere is not False else "",
    )


TOOL = Tool(
    name="cback-amazons3-restore",
    summary="Cedar Backup Amazon S3 restore tool.",
    description="""\
Restores the contents of an Amazon S3 bucket, of now or of a given time, with
the AWS CLI. Each file is checked as it arrives, and at the end the directory
is compared with the bucket. Nothing is written outside of the directory, and
no object in the bucket is changed. Exit status 0 means that all is there.""",
    arguments=(
        Argument("s3BucketUrl", "s3://bucket, optionally with a prefix or key"),
        Argument(
            "targetDir",
            "The local directory (for a restore and --verifyOnly)",
            unless=("list", "versions", "find", "thaw", "rehearse"),
        ),
    ),
    switches=(
        *grouped(
            "What to do",
            Switch("", "list", "List what would be restored"),
            Switch("", "versions", "List all versions, or those of KEY", "KEY", isValueOptional=True),
            Switch("", "find", "List all versions of keys like PATTERN", "PATTERN", "", _keyPattern),
            Switch("", "json", "List in lines of JSON"),
            Switch("", "long", "List modes, owners, times and links, too"),
            Switch("n", "dryRun", "Print what would be restored, change nothing", implies="verbose"),
            Switch("", "verifyOnly", "Compare the directory with the bucket"),
            Switch(
                *("", "thaw", "Ask S3 to make archived objects readable for DAYS", "DAYS[:TIER]", "", _retrieval),
                implies="verbose",
            ),
            Switch("", "rehearse", "Restore a sample: N files, or SIZE such as 500M", "N|SIZE", "", _share),
            Switch("", "against", "With --rehearse: compare with files in DIR, too", "DIR", "", notEmpty),
            *POLICY_SWITCHES,
        ),
        *grouped(
            "What is restored",
            Switch("", "atTime", "The snapshot of TIME, in ISO 8601 (default: now)", "TIME", "", _moment),
            Switch("", "since", "With --list: what was added, changed and deleted since TIME", "TIME", "", _moment),
            *filterSwitches("keys", "target"),
            Switch("", "overwrite", "Restore into a directory that is not empty"),
        ),
        *grouped(
            "Stored attributes",
            Switch(
                *(
                    "",
                    "attributes",
                    "Modes, times, links: auto, never, or the URL of the backup that has this directory",
                ),
                *("WHICH", "auto", _whichAttributes),
            ),
            Switch("", "owners", "Owners, special bits, ACLs, extended attributes (root only)"),
            Switch("", "numericOwners", "Owners by number, not by name (implies --owners)", implies="owners"),
            Switch("", "allAttributes", "Extended attributes security.* and trusted.*, too"),
            Switch("", "strictAttributes", "What the file system cannot hold is a difference"),
        ),
        *grouped("How the AWS CLI runs", *AWS_SWITCHES),
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
    isRehearsal=lambda texts: bool(texts["rehearse"]),
    exclusions=tuple(_exclusions()),
    needs=(
        Need("since", ("list",), "it lists what has changed"),
        Need("json", ("list", "versions", "find"), "it is a form of a listing"),
        Need("long", ("list",), "it is a form of that listing"),
        Need("against", ("rehearse",), "without that --verifyOnly compares a directory"),
        Need("allAttributes", ("owners",), "they decide what programs may do"),
        KEY_NEEDS_POLICY,
    ),
)

if __name__ == "__main__":
    sys.exit(cli())
