"""What these tests share: the server's state as plain data, the tool's findings, and an `aws` that misbehaves."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from CedarBackup3.util import displayPath
from testcase.runner import Outcome
from testcase.s3 import S3Server

Sync = Callable[..., Outcome]
Restore = Callable[..., Outcome]

START = datetime(2026, 1, 1, tzinfo=UTC)
"""When the histories of the restore tests begin."""


def stored(server: S3Server, bucket: str = "bucket") -> dict[bytes, bytes]:
    """Every key of a bucket with what is stored there."""
    return {key: found.body for key, found in server.objects(bucket).items()}


def below(prefix: bytes, files: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """The objects that a directory with these files makes below a prefix."""
    return {prefix + path: content for path, content in files.items()}


def plantObjects(server: S3Server, objects: Mapping[bytes, bytes], age: timedelta = timedelta()) -> None:
    """Put objects into the bucket `bucket` without a request; `age` is negative for one of the future."""
    for key, content in objects.items():
        server.putObject("bucket", key, content, lastModified=datetime.now(UTC) - age)


def changes(server: S3Server) -> list[tuple[str, bytes]]:
    """The requests so far that were to change something: their operations and keys."""
    return [(asked.operation, asked.key) for asked in server.requests if asked.method not in {"GET", "HEAD"}]


def errors(outcome: Outcome) -> list[str]:
    """The lines of standard error, without the warnings that `--verbose` adds.

    These are of unusual names, and of a bucket without versions from which something is deleted.
    """
    lines = outcome.stderr.splitlines()
    return [line for line in lines if not line.startswith("Unusual: ") and "keeps no versions" not in line]


def differencesOf(outcome: Outcome, source: Path | bytes, url: str) -> list[str]:
    """What a verification reported, in its order: `"Missing dir/name"`, the names as they were printed.

    The last line of standard error has to be the summary, every other line one difference in full; a line about a sync
    that did not do everything may come before.
    """
    aside = ("'aws s3 sync' ended with ", "'aws s3 cp' ended with ", "Unusual: ")
    *lines, summary = (line for line in outcome.stderr.splitlines() if not line.startswith(aside))
    assert re.match(r"Not verified: .*differences? between ", summary), outcome.stderr
    where = f"(?:{re.escape(displayPath(source))}/|{re.escape(displayPath(url))})"
    reason = r"\([\d,]+ bytes?\) (?:is not in|has no file in)|has [\d,]+ bytes?, but|cannot be read|changed during"
    reason += r"|\([\d,]+ bytes?\) differs from its object"
    found = [re.fullmatch(rf"(\w+): {where}(.+?) (?:{reason}) .*", line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return [f"{match[1]} {match[2]}" for match in found if match]


def awsStandIn(directory: Path, real: Path | None = None, *, before: str = "", after: str = "") -> Path:
    """A directory with an `aws` of its own, a shell script.

    Args:
        directory: where to make it
        real: the directory of the aws that does the work; None: nothing does it
        before: what the script does first; `$2` is aws's subcommand: `sync`, `list-objects-v2`
        after: what it does in the end
    """
    directory.mkdir(parents=True, exist_ok=True)
    work = f'{shlex.quote(str(real / "aws"))} "$@"' if real else ":"
    script = directory / "aws"
    script.write_text(f"#!/bin/sh\n{before}\n{work}\nstatus=$?\n{after}\nexit $status\n")
    script.chmod(0o755)
    return directory


def sideBySide(work: Callable[..., None], cases: Iterable[tuple[object, ...]]) -> None:
    """Do the same with each case, all at once: for work that mostly waits. The first failure is raised."""
    with ThreadPoolExecutor(16) as pool:
        for done in [pool.submit(work, *case) for case in cases]:
            done.result()


def at(seconds: float) -> datetime:
    """A moment so many seconds after the first."""
    return START + timedelta(seconds=seconds)


def moment(seconds: float) -> str:
    """The same as the user writes it."""
    return at(seconds).isoformat()


def filesIn(directory: Path) -> dict[bytes, bytes]:
    """Every file with its content."""
    root = os.fsencode(directory)
    paths = [os.path.join(parent, name) for parent, _, names in os.walk(root) for name in names]
    return {os.path.relpath(path, root): Path(os.fsdecode(path)).read_bytes() for path in paths}


def put(server: S3Server, objects: Mapping[bytes, bytes], seconds: float, prefix: bytes = b"p/") -> None:
    for key, content in objects.items():
        server.putObject("bucket", prefix + key, content, lastModified=at(seconds))
