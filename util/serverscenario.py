"""serverscenario.py ENDPOINT: the tools on your own S3 server, from a first sync to a restore, as a table.

Each step is said with what is expected, and what happened; the status is 0 if that is the same everywhere, else 1. The
tools of this tree are run, with the `aws` on the PATH, and credentials come from where aws has them. All happens in a
bucket that is made for it, or, with --bucket, below a prefix of its own in that one, and is removed afterwards. Nothing
else on the server is read or changed. About 2,500 small requests are made.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from testcase.runner import runTool
from testcase.trees import AWKWARD_NAMES, plantTree

_MODULES = {name: f"CedarBackup3.tools.amazons3{name}" for name in ("sync", "restore")}
_LONGEST = 3600  # seconds that a run may take
_LONGEST_LINE = 400  # characters; some failures of aws quote what the server answered as a whole
_MIB = 1024 * 1024
_PRINTABLE = tuple(name for name in AWKWARD_NAMES if name.decode().isprintable())
_UNPRINTABLE = tuple(name for name in AWKWARD_NAMES if not name.decode().isprintable())
# The first two are the other way round in UTF-16, the others where a server walks directories.
_ORDERED = ("\uff08brackets\uff09".encode(), "\U0001f984 emoji".encode(), b"a/b", b"a-b", b"a.b")
_STRANGER = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7WRONGID", "AWS_SECRET_ACCESS_KEY": "w" * 40, "AWS_SESSION_TOKEN": ""}


@dataclass(frozen=True, slots=True)
class Place:
    """Where all happens."""

    endpoint: str
    bucket: str
    prefix: str
    """Ends in a slash. All below it is ours."""
    isOwnBucket: bool
    scratch: Path
    """A local directory."""
    files: int

    def source(self, name: str) -> Path:
        return self.scratch / "source" / name

    def url(self, name: str) -> str:
        return f"s3://{self.bucket}/{self.prefix}{name}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step came to."""

    isExpected: bool
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    expected: str
    take: Callable[[Place], Outcome]


@dataclass(frozen=True, slots=True)
class Row:
    """A step that has been taken."""

    step: Step
    outcome: Outcome
    seconds: float


class AwsFailed(Exception):
    """An aws of our own failed: its last line."""


def aws(place: Place, *words: str) -> str:
    """What aws prints; raises `AwsFailed`."""
    settings = {
        f"AWS_{name}": "when_required" for name in ("REQUEST_CHECKSUM_CALCULATION", "RESPONSE_CHECKSUM_VALIDATION")
    }
    done = subprocess.run(
        ["aws", "--endpoint-url", place.endpoint, *words],
        env={**settings, **os.environ, "AWS_PAGER": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AwsFailed(f"'aws {words[0]} {words[1]}' failed: {_lastLine(done.stderr) or f'status {done.returncode}'}")
    return done.stdout


def tool(
    place: Place,
    name: str,
    arguments: Sequence[str | Path],
    *,
    status: int = 0,
    counts: Mapping[str, int] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Run a tool, and compare its exit status and the counts of its report with what is expected of them."""
    report = place.scratch / "report.json"
    ended = runTool(
        _MODULES[name],
        ["--report", report, *arguments],
        environment={"AWS_ENDPOINT_URL": place.endpoint, **(environment or {})},
        timeout=_LONGEST,
    )
    classes: dict[str, Any] = json.loads(report.read_bytes())["classes"] if report.exists() else {}
    found = {each: classes.get(each, {"count": 0})["count"] for each in counts or {}}
    report.unlink(missing_ok=True)
    sentence = (
        _lastLine(ended.stderr).replace(f"{place.scratch}/", "").replace(f"{place.bucket}/{place.prefix}", "bucket/")
    )
    isSaid = bool(sentence) and "Traceback" not in ended.stderr
    reason = sentence if ended.status else ""
    text = "; ".join(filter(None, [f"status {ended.status}", *(f"{n} {each}" for each, n in found.items()), reason]))
    return Outcome(ended.status == status and found == (counts or {}) and (isSaid or not status), text)


def _lastLine(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:_LONGEST_LINE]


def firstSync(place: Place) -> Outcome:
    plantTree(place.source("main"), [b"%02d/%05d" % (number % 20, number) for number in range(place.files)])
    return sync(place, "main", counts={"upload": place.files, "matched": place.files, "uploadMatched": place.files})


def sync(place: Place, name: str, *switches: str, status: int = 0, counts: Mapping[str, int] | None = None) -> Outcome:
    return tool(place, "sync", [*switches, place.source(name), place.url(name)], status=status, counts=counts)


def nothingChanged(place: Place) -> Outcome:
    return sync(place, "main", counts={"upload": 0, "replace": 0, "delete": 0, "upToDate": place.files})


def deletions(place: Place) -> Outcome:
    files = _filesIn(place.source("main"))
    gone = sorted(files)[: _deleted(place)]
    for path in gone:
        (place.source("main") / os.fsdecode(path)).unlink()
    return sync(place, "main", counts={"delete": len(gone), "matched": len(files) - len(gone)})


def _deleted(place: Place) -> int:
    return place.files * 5 // 6


def damage(place: Place) -> Outcome:
    """Another object of the same size, which names and sizes cannot tell."""
    path, content = max(_filesIn(place.source("main")).items())
    body = place.scratch / "damage"
    body.write_bytes(content[::-1])
    key = f"{place.prefix}main/{path.decode()}"
    aws(place, "s3api", "put-object", "--bucket", place.bucket, "--key", key, "--body", str(body))
    return sync(place, "main", "--verifyOnly", "--checkContent", status=7, counts={"content": 1, "unproven": 0})


def repair(place: Place) -> Outcome:
    return sync(place, "main", "--repairContent", counts={"content": 0, "unproven": 0})


def contentCheck(place: Place) -> Outcome:
    counts = {"contentMatched": place.files - _deleted(place), "unproven": 0}
    return sync(place, "main", "--verifyOnly", "--checkContent", counts=counts)


def namesOf(directory: str, names: tuple[bytes, ...]) -> Callable[[Place], Outcome]:
    """A step that mirrors files of these names."""

    def take(place: Place) -> Outcome:
        plantTree(place.source(directory), names)
        # They are awkward, which is warned of; they survive.
        return sync(place, directory, "--checkContent", counts={"matched": len(names), "contentMatched": len(names)})

    return take


def multipart(place: Place) -> Outcome:
    plantTree(place.source("big"), {b"20 MiB": secrets.token_bytes(20 * _MIB)})
    return sync(place, "big", counts={"matched": 1, "uploadMatched": 1, "unproven": 0})


def restoreCurrent(place: Place) -> Outcome:
    return _restored(place, "main", _filesIn(place.source("main")))


def restoreBig(place: Place) -> Outcome:
    return _restored(place, "big", _filesIn(place.source("big")))


def restorePast(place: Place) -> Outcome:
    """What stood there before a change; the moment is the server's own, by its clock."""
    reason = _whyUnversioned(place)
    if reason:
        return Outcome(True, f"not tried: {reason}")
    before = {b"kept": b"1", b"changed": b"old", b"deleted": b"1"}
    plantTree(place.source("past"), before)
    first = sync(place, "past")
    listed = aws(place, "s3api", "list-objects-v2", "--bucket", place.bucket, "--prefix", f"{place.prefix}past/")
    moment = max(each["LastModified"] for each in json.loads(listed)["Contents"])
    time.sleep(2.1)  # some servers have whole seconds
    plantTree(place.source("past"), {b"changed": b"newer", b"added": b"1"})
    (place.source("past") / "deleted").unlink()
    second = sync(place, "past")
    for each in (first, second):
        if not each.isExpected:
            return each
    return _restored(place, "past", before, "--atTime", moment)


def _whyUnversioned(place: Place, *, isToStay: bool = False) -> str:
    """Why the bucket keeps no versions, empty if it does; they are switched on in a bucket of our own, unless it is to
    stay as it is."""
    bucket = ("--bucket", place.bucket)
    try:
        if place.isOwnBucket and not isToStay:
            aws(place, "s3api", "put-bucket-versioning", *bucket, "--versioning-configuration", "Status=Enabled")
        kept = aws(place, "s3api", "get-bucket-versioning", *bucket)
    except AwsFailed as failure:
        return str(failure)
    return "" if "Enabled" in kept else "the bucket keeps no versions"


def _restored(place: Place, name: str, expected: Mapping[bytes, bytes], *switches: str) -> Outcome:
    target = place.scratch / "restored" / name
    target.parent.mkdir(exist_ok=True)
    outcome = tool(place, "restore", [*switches, place.url(name), target])
    if not outcome.isExpected:
        return outcome
    isSame = _filesIn(target) == expected
    return Outcome(isSame, f"{outcome.text}; {'no difference' if isSame else 'the files differ'}")


def _filesIn(directory: Path) -> dict[bytes, bytes]:
    return {
        os.fsencode(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


def wrongCredentials(place: Place) -> Outcome:
    arguments: list[str | Path] = ["--verifyOnly", place.source("main"), place.url("main")]
    return tool(place, "sync", arguments, status=6, environment=_STRANGER)


def missingBucket(place: Place) -> Outcome:
    url = f"s3://cback-scenario-{secrets.token_hex(8)}"  # nobody has made it
    return tool(place, "sync", ("--verifyOnly", place.source("main"), url), status=6)


STEPS = (
    Step("first sync", "0, all uploaded and proven, listed in pages", firstSync),
    Step("nothing changed", "0, no upload", nothingChanged),
    Step("deletions", "0, all deleted that have no file", deletions),
    Step("damage", "7, found by --checkContent", damage),
    Step("repair", "0", repair),
    Step("content check", "0, all proven", contentCheck),
    Step("awkward names", "0", namesOf("awkward", _PRINTABLE)),
    Step("control characters in names", "0", namesOf("control", _UNPRINTABLE)),
    Step("key order", "0", namesOf("order", _ORDERED)),
    Step("multipart upload", "0, proven", multipart),
    Step("restore", "0, no difference", restoreCurrent),
    Step("restore of a multipart upload", "0, no difference", restoreBig),
    Step("restore --atTime", "0, no difference, if there are versions", restorePast),
    Step("wrong credentials", "6, and a sentence", wrongCredentials),
    Step("missing bucket", "6, and a sentence", missingBucket),
)


def scenario(place: Place) -> Iterator[Row]:
    """Take every step, whatever came of those before it."""
    for step in STEPS:
        began = time.monotonic()
        try:
            outcome = step.take(place)
        except (AwsFailed, OSError, ValueError, subprocess.TimeoutExpired) as failure:
            outcome = Outcome(False, f"{type(failure).__name__}: {failure}")
        yield Row(step, outcome, time.monotonic() - began)


def removeAll(place: Place) -> None:
    """Remove what the scenario has made on the server: all versions below its prefix, and its own bucket."""
    aws(place, "s3", "rm", "--recursive", "--only-show-errors", f"s3://{place.bucket}/{place.prefix}")
    if not _whyUnversioned(place, isToStay=True):
        words = ("--bucket", place.bucket, "--prefix", place.prefix, "--output", "json")
        listed = json.loads(aws(place, "s3api", "list-object-versions", *words) or "{}")
        versions = [*(listed.get("Versions") or ()), *(listed.get("DeleteMarkers") or ())]
        _removeVersions(place, [(each["Key"], each["VersionId"]) for each in versions])
    if place.isOwnBucket:
        aws(place, "s3", "rb", f"s3://{place.bucket}")


def _removeVersions(place: Place, versions: Sequence[tuple[str, str]]) -> None:
    inBatch = [(key, version) for key, version in versions if key.isprintable()]
    alone = [(key, version) for key, version in versions if not key.isprintable()]  # no XML has control characters
    request = place.scratch / "delete.json"
    for start in range(0, len(inBatch), 1000):
        batch = inBatch[start : start + 1000]
        doomed = {"Objects": [{"Key": key, "VersionId": version} for key, version in batch], "Quiet": True}
        request.write_text(json.dumps({"Bucket": place.bucket, "Delete": doomed}))
        try:
            aws(place, "s3api", "delete-objects", "--cli-input-json", f"file://{request}")
        except AwsFailed:  # some servers have no batches
            alone += batch
    for key, version in alone:
        request.write_text(json.dumps({"Bucket": place.bucket, "Key": key, "VersionId": version}))
        aws(place, "s3api", "delete-object", "--cli-input-json", f"file://{request}")


def printed(row: Row) -> str:
    mark = "ok" if row.outcome.isExpected else "NO"
    return f"{mark}  {row.step.name:<30} {row.seconds:6.1f} s  expected: {row.step.expected}; was: {row.outcome.text}"


def markdown(server: str, version: str, rows: Iterable[Row]) -> str:
    """The row for the table of docs/compatible-servers.md."""
    rows = list(rows)
    wrong = [f"{row.step.name}: {row.outcome.text}" for row in rows if not row.outcome.isExpected]
    found = "<br>".join(wrong).replace("|", "\\|") or "nothing"
    return f"| {server} | {version} | {len(rows) - len(wrong)} of {len(rows)} | {found} |"


def run(place: Place, isToKeep: bool, server: str | None) -> int:
    """Make the bucket, take the steps, print the table and clean up."""
    if place.isOwnBucket:
        aws(place, "s3", "mb", f"s3://{place.bucket}")
    rows = []
    status = 0
    try:
        for row in scenario(place):
            print(printed(row), flush=True)
            rows.append(row)
            status |= not row.outcome.isExpected
    finally:
        if isToKeep:
            print(f"Kept: s3://{place.bucket}/{place.prefix}")
        else:
            try:
                removeAll(place)
            except (AwsFailed, OSError, ValueError) as failure:
                status = 1
                print(f"Not all of s3://{place.bucket}/{place.prefix} could be removed: {failure}", file=sys.stderr)
    if server:
        version = subprocess.run(["aws", "--version"], capture_output=True, text=True, check=False)
        print(markdown(server, (version.stdout or version.stderr).split()[0], rows))
    return status


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="serverscenario.py", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("endpoint", metavar="ENDPOINT", help="the address of the server, http://... or https://...")
    parser.add_argument("--bucket", help="use this bucket, below a prefix of our own, instead of making one")
    parser.add_argument(
        "--files", type=int, default=1200, help="how many, 6 at least (default: 1200, of which 1000 go)"
    )
    parser.add_argument("--keep", action="store_true", help="leave what was made on the server")
    parser.add_argument("--markdown", metavar="NAME", help="print a row for docs/compatible-servers.md as well")
    given = parser.parse_args(arguments)
    if not given.endpoint.startswith(("http://", "https://")):
        parser.error(f"the endpoint {given.endpoint!r} does not begin with http:// or https://")
    if given.files < 6:
        parser.error("--files must be 6 at least")
    if not shutil.which("aws"):
        parser.error("there is no aws on the PATH")
    name = f"cback-scenario-{secrets.token_hex(8)}"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and so cleans up
    with tempfile.TemporaryDirectory(prefix="cback-scenario-") as scratch:
        place = Place(given.endpoint, given.bucket or name, f"{name}/", not given.bucket, Path(scratch), given.files)
        try:
            return run(place, given.keep, given.markdown)
        except AwsFailed as failure:
            print(f"serverscenario.py: {failure}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
