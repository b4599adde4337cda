"""Uploads everything with `aws s3 sync`, for those who ask for it.

`aws s3 sync` follows every link by its path, and with `--delete` it deletes whatever it cannot read at the moment it
looks, while a disk may be unmounted under a run that takes hours.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence

from CedarBackup3.amazons3.aws.arguments import Arguments, syncArguments
from CedarBackup3.amazons3.aws.command import AwsResult
from CedarBackup3.amazons3.aws.patterns import escaped, hasSpecial
from CedarBackup3.amazons3.aws.progress import progressReader
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.transfers import Pace
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.progress import Transfer
from CedarBackup3.amazons3.spool import temporaryRoom
from CedarBackup3.amazons3.sync.lockedbuckets import runUpload
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

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
        return _ran(mirror, arguments, transfer)


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


def _ran(mirror: Mirror, arguments: Arguments, transfer: Transfer) -> AwsResult:
    result, _ = runUpload(
        arguments,
        mirror.location,
        mirror.aws,
        onOutput=progressReader(transfer.follow) if transfer.isShown else None,
        pace=Pace(bandwidth=mirror.aws.bandwidth),
    )
    return result
