"""Bringing files up: by `aws s3 sync` or, if they are few, by an `aws s3 cp` of just those.

`aws s3 sync --delete` deletes whatever it cannot read at the moment it looks, and a disk may be unmounted under a run
that takes hours. So it is for those who ask for it; everybody else's objects go by the plan.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence

from CedarBackup3.amazons3.awsarguments import copyArguments, syncArguments
from CedarBackup3.amazons3.awscli import AwsResult, runAws
from CedarBackup3.amazons3.awsprogress import progressReader
from CedarBackup3.amazons3.mirror import Mirror, OnProgress
from CedarBackup3.amazons3.patterns import escaped, hasSpecial
from CedarBackup3.amazons3.plan import Plan
from CedarBackup3.amazons3.spool import temporaryRoom
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

_MOST_PROTECTED = 500  # keys: as many as can be given to aws on a command line
_FILES_PER_START = 2500  # `aws s3 sync` compares about as many files in the time that an aws takes to start
MOST_LINKS = 10_000
"""More files than that are no longer a small part of anything."""


def paysDirectly(plan: Plan) -> bool:
    """Whether its files go up sooner by themselves than by `aws s3 sync`, which lists and compares all again."""
    return plan.uploads <= MOST_LINKS and plan.settledFiles >= _FILES_PER_START


def synchronized(
    mirror: Mirror, *, delete: bool, protected: Sequence[bytes] = (), onProgress: OnProgress | None = None
) -> AwsResult:
    """Run `aws s3 sync`; with `onProgress` aws is asked for its own progress.

    Args:
        mirror: what is mirrored
        delete: let aws delete what it finds no file for
        protected: keys that cannot be read, with a slash at the end if they are directories; as aws sees no file there,
            it would delete them and all below them
        onProgress: is told of the progress

    Raises:
        CommandFailed: aws has no way to protect them
    """
    excludes = [*mirror.excludes, *(_protections(mirror, protected) if delete else ())]
    with _patternSafeSource(mirror, bool(excludes)) as source:
        arguments = syncArguments(
            source,
            mirror.location,
            delete=delete,
            excludes=excludes,
            followLinks=mirror.followLinks != "none",
            progress=onProgress is not None,
        )
        return _ran(mirror, arguments, onProgress)


def _protections(mirror: Mirror, keys: Sequence[bytes]) -> list[str]:
    if not keys:
        return []
    if len(keys) > _MOST_PROTECTED or hasSpecial(mirror.location.url):
        raise CommandFailed(
            f"'aws s3 sync --delete' cannot be told to leave alone all that cannot be read in "
            f"{displayPath(mirror.source)}; make it readable, or use another --method"
        )
    names = [escaped(key.decode("utf-8", "surrogateescape").rstrip("/")) for key in keys]
    return [pattern for name in names for pattern in (name, f"{name}/*")]


@contextlib.contextmanager
def _patternSafeSource(mirror: Mirror, hasPatterns: bool) -> Iterator[bytes]:
    """The source by a path without characters that mean something in a pattern: aws puts it in front of every one."""
    if not (hasPatterns and hasSpecial(os.fsdecode(mirror.source))):
        yield mirror.source
    elif mirror.followLinks == "none":
        raise CommandFailed(f"aws cannot exclude anything in {displayPath(mirror.source)}: its path has * ? or [ in it")
    else:
        with contextlib.ExitStack() as stack:
            with temporaryRoom():
                directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="cback-"))
                link = os.path.join(os.fsencode(directory), b"source")
                os.symlink(mirror.source, link)
            yield link


def uploaded(mirror: Mirror, paths: Iterable[bytes], onProgress: OnProgress | None = None) -> AwsResult:
    """Copy just the files with these paths below the source.

    aws is given a private tree of links to them, which it follows and whose names it sees.
    """
    with contextlib.ExitStack() as stack:
        with temporaryRoom():
            tree = os.fsencode(stack.enter_context(tempfile.TemporaryDirectory(prefix="cback-")))
            for path in paths:
                link = os.path.join(tree, path)
                os.makedirs(os.path.dirname(link), exist_ok=True)
                os.symlink(mirror.pathTo(path), link)
        return _ran(mirror, copyArguments(tree, mirror.location, progress=onProgress is not None), onProgress)


def _ran(mirror: Mirror, arguments: Sequence[str | bytes], onProgress: OnProgress | None) -> AwsResult:
    reader = progressReader(onProgress) if onProgress else None
    return runAws(arguments, mirror.aws, onOutput=reader)
