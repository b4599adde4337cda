"""Carrying a plan out: by one `aws s3 sync`, or directly, file by file of the plan."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from CedarBackup3.amazons3.awscli import AwsResult, copyArguments, deleteArguments, runAws, syncArguments
from CedarBackup3.amazons3.mirror import Mirror, OnProgress
from CedarBackup3.amazons3.model import Action, Step
from CedarBackup3.amazons3.plan import Plan

_DELETE_BATCH = 1000  # as many as S3 takes in one request (API reference, "DeleteObjects")
_FILES_PER_START = 2500  # `aws s3 sync` compares about as many files in the time that an aws takes to start


def paysDirectly(plan: Plan) -> bool:
    """Whether a plan is carried out sooner directly than by `aws s3 sync`, which lists and compares all again."""
    starts = bool(plan.uploads) + -(-plan.counts.get(Action.DELETE, 0) // _DELETE_BATCH)
    return plan.isListed and plan.settledFiles >= _FILES_PER_START * starts


def synchronized(mirror: Mirror, onProgress: OnProgress | None = None) -> AwsResult:
    """Run `aws s3 sync`; with `onProgress` aws is asked for its own progress."""
    delete, progress = not mirror.uploadOnly, onProgress is not None
    arguments = syncArguments(mirror.source, mirror.location, delete=delete, progress=progress)
    return runAws(arguments, mirror.locale, onOutput=onProgress and _awsProgress(onProgress))


def appliedDirectly(mirror: Mirror, plan: Plan, onProgress: OnProgress | None = None) -> Iterator[AwsResult]:
    """Carry out a plan whose steps are all listed; yields how each aws ended.

    Nothing is deleted before all uploads have been tried.
    """
    uploads = [step for step in plan.steps if step.action is not Action.DELETE]
    if uploads:
        yield _uploaded(mirror, uploads, onProgress)
    deletions = (step for step in plan.steps if step.action is Action.DELETE)
    while batch := list(islice(deletions, _DELETE_BATCH)):
        gone = [step for step in batch if not _hasComeBack(mirror, step)]
        if gone:
            yield _deleted(mirror, gone)


def _uploaded(mirror: Mirror, uploads: Iterable[Step], onProgress: OnProgress | None) -> AwsResult:
    """Copy some files, by a private tree of links to just those files: aws follows links, and sees the files' names."""
    with tempfile.TemporaryDirectory(prefix="cback-") as name:
        tree = os.fsencode(name)
        for step in uploads:
            link = os.path.join(tree, step.path)
            os.makedirs(os.path.dirname(link), exist_ok=True)
            os.symlink(mirror.pathTo(step.path), link)
        arguments = copyArguments(tree, mirror.location, progress=onProgress is not None)
        return runAws(arguments, mirror.locale, onOutput=onProgress and _awsProgress(onProgress))


def _hasComeBack(mirror: Mirror, step: Step) -> bool:
    """Whether the file of an object exists by now, so that the object must stay."""
    path = mirror.pathOf(step.key)
    return path is not None and os.path.lexists(path)


def _deleted(mirror: Mirror, steps: Sequence[Step]) -> AwsResult:
    """Delete some objects by one request, given in a file since it may be longer than a command line can be."""
    request = {
        "Bucket": mirror.location.bucket,
        "Delete": {"Objects": [{"Key": mirror.location.prefix + step.key.decode()} for step in steps], "Quiet": True},
    }
    with tempfile.NamedTemporaryFile("w", prefix="cback-", encoding="ascii") as file:
        json.dump(request, file)
        file.flush()
        printed = io.BytesIO()
        result = runAws(deleteArguments(file.name), mirror.locale, outputFile=printed)
    failed = [line.decode("ascii", "replace") for line in printed.getvalue().splitlines() if line.startswith(b"[")]
    if result.status == 0 and failed:  # aws calls it a success when S3 has refused single objects
        return replace(result, status=1, errorLines=(f"{len(failed)} objects were not deleted: ", *failed[:3]))
    return result


_COMPLETED = re.compile(
    rb"Completed ([\d.]+) (Bytes|[KMGT]iB)/~?([\d.]+) (Bytes|[KMGT]iB) .*?with ~?(\d+) file\(s\) remaining"
)
_UNITS = {b"Bytes": 1, b"KiB": 1 << 10, b"MiB": 1 << 20, b"GiB": 1 << 30, b"TiB": 1 << 40}


def _awsProgress(onProgress: OnProgress) -> Callable[[bytes], None]:
    """Reads what aws says of its progress, for display only: names that look like it may fool it."""

    def read(output: bytes) -> None:
        for match in list(_COMPLETED.finditer(output))[-1:]:
            done = float(match[1]) * _UNITS[match[2]]
            total = float(match[3]) * _UNITS[match[4]]
            onProgress("sync", 0, int(done), done / total if total else None)

    return read
