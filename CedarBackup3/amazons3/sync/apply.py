"""Uploads: the files of the plan with `aws s3 cp`, or everything with `aws s3 sync` for those who ask for it.

`aws s3 sync` follows every link by its path, and with `--delete` it deletes whatever it cannot read at the moment it
looks, while a disk may be unmounted under a run that takes hours.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from CedarBackup3.amazons3.aws.advice import CHECKSUM_NEEDED
from CedarBackup3.amazons3.aws.arguments import Arguments, copyArguments, syncArguments
from CedarBackup3.amazons3.aws.command import AwsResult, awsEnvironment, runAws
from CedarBackup3.amazons3.aws.patterns import escaped, hasSpecial
from CedarBackup3.amazons3.aws.progress import progressReader
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.progress import Transfer
from CedarBackup3.amazons3.spool import temporaryRoom
from CedarBackup3.amazons3.sync.linktree import linkTrees
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

_log = logging.getLogger("CedarBackup3.log")

_MOST_PROTECTED = 500  # keys: as many as can be given to aws on a command line


def runAwsSync(mirror: Mirror, transfer: Transfer, *, delete: bool, leftOut: Sequence[SourceEntry] = ()) -> AwsResult:
    """Run `aws s3 sync`.

    Args:
        mirror: what is mirrored
        transfer: follows aws, if anybody sees it
        delete: let aws delete what it finds no file for
        leftOut: what is neither uploaded nor deleted, nor is what may be hidden below it; but files among them are
            taken, such as what marks a directory

    Raises:
        CommandFailed: aws has no way to protect them
    """
    own = mirror.tree.filters.rules
    if own and delete and hasSpecial(mirror.location.url):
        raise CommandFailed(
            f"'aws s3 sync --delete' cannot exclude anything in {displayPath(mirror.location.url)}: the URL contains * "
            "? or [; use another --method"
        )
    rules = [*own, *_protections(mirror, leftOut)]
    with _patternSafeSource(mirror, bool(rules)) as source:
        arguments = syncArguments(
            source,
            mirror.location,
            delete=delete,
            rules=rules,
            followLinks=mirror.tree.followLinks != "none",
            progress=transfer.isShown,
        )
        result, _ = _ran(mirror, arguments, transfer)
        return result


def _protections(mirror: Mirror, entries: Sequence[SourceEntry]) -> list[Rule]:
    if not entries:
        return []
    if len(entries) > _MOST_PROTECTED or hasSpecial(mirror.location.url):
        raise CommandFailed(
            f"'aws s3 sync --delete' cannot exclude all paths in {displayPath(mirror.source)} that are unreadable "
            "or left out; use another --method"
        )
    rules: list[Rule] = []
    for entry in entries:
        name = escaped(entry.key.decode("utf-8", "surrogateescape").rstrip("/"))
        rules.append(Rule(name, isInclude=entry.size is not None))
        if entry.mayHide:
            rules.append(Rule(f"{name}/*"))
    return rules


@contextlib.contextmanager
def _patternSafeSource(mirror: Mirror, hasPatterns: bool) -> Iterator[bytes]:
    """The source by a path without characters that mean something in a pattern: aws puts it in front of every one."""
    if not (hasPatterns and hasSpecial(os.fsdecode(mirror.source))):
        yield mirror.source
    elif mirror.tree.followLinks == "none":
        raise CommandFailed(
            f"The AWS CLI cannot exclude anything in {displayPath(mirror.source)}: its path contains * ? or [; rename "
            "it, or use --method direct"
        )
    else:
        with contextlib.ExitStack() as stack:
            with temporaryRoom():
                directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="cback-"))
                link = os.path.join(os.fsencode(directory), b"source")
                os.symlink(mirror.source, link)
            yield link


def uploadFiles(
    mirror: Mirror,
    files: Iterable[tuple[bytes, int]],
    onUnopened: Callable[[bytes], object],
    transfer: Transfer,
) -> Iterator[AwsResult]:
    """Copy just some files, many at a time; yields how each aws ended.

    Args:
        mirror: what is mirrored
        files: the path of each below the source and its planned bytes, in key order
        onUnopened: called with what is no such file any more
        transfer: follows each aws, if anybody sees it, and counts what it was given
    """
    count = size = 0

    def paths() -> Iterator[bytes]:
        nonlocal count, size
        for path, planned in files:
            count, size = count + 1, size + planned
            yield path

    with linkTrees(mirror, paths(), onUnopened) as trees:
        for tree in trees:  # by now all its files have been taken, and none of the next one's
            arguments = copyArguments(tree, mirror.location, progress=transfer.isShown)
            result, mirror = _ran(mirror, arguments, transfer)
            transfer.count(count, size)
            count = size = 0
            yield result


def _ran(mirror: Mirror, arguments: Arguments, transfer: Transfer) -> tuple[AwsResult, Mirror]:
    """How aws ended, and the mirror with the settings that have turned out to be right for its bucket.

    At an endpoint that is not Amazon's a new aws is kept from adding checksums to uploads, since many servers refuse
    them. A bucket with Object Lock refuses uploads without, so at the first such refusal aws begins again with them.
    """
    adding = replace(mirror, aws=replace(mirror.aws, addsChecksums=True))
    mayAdd = awsEnvironment(os.environ, mirror.aws) != awsEnvironment(os.environ, adding.aws)
    needs = threading.Event()

    def look(line: str) -> None:
        if mayAdd and CHECKSUM_NEEDED.search(line):
            needs.set()

    onOutput = progressReader(transfer.follow) if transfer.isShown else None
    result = runAws(arguments, mirror.aws, onOutput=onOutput, onErrorLine=look, shouldStop=needs.is_set)
    if not needs.is_set():
        return result, mirror
    _log.info("%s takes no upload without a checksum: the AWS CLI begins again", displayPath(mirror.location.url))
    return runAws(arguments, adding.aws, onOutput=onOutput), adding
