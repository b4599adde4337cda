"""A random campaign against the sync tool: trees, buckets, faults and mutations, and what must hold whatever happens.

The judge is the server's own state beside the directory, read by other code than the tool's.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from CedarBackup3.errors import ExitStatus
from testcase.runner import Outcome, runTool
from testcase.s3 import DENY, BreakXml, CutBody, Fault, Refuse, Reset, S3Server
from testcase.trees import AWKWARD_NAMES, plantTree

_MODULE = "CedarBackup3.tools.amazons3sync"
_PREFIX = b"p/"
_NAMES = (*AWKWARD_NAMES, *(b"d%d/f%d" % (number % 4, number) for number in range(24)), b"a", b"a!", b"a.b/c", b"a/b/c")
_OPERATIONS = ("ListObjectsV2", "PutObject", "DeleteObject", "DeleteObjects", "*")
_SWITCHES = (
    (),
    ("--method", "direct"),
    ("--method", "sync"),
    ("--listings", "3"),
    ("--uploadOnly",),
    ("--verifyOnly",),
)


@dataclass(frozen=True, slots=True)
class Round:
    """What happened in one run of a campaign."""

    switches: tuple[str, ...]
    faults: tuple[Fault, ...]
    outcome: Outcome


def campaign(seed: int, directory: Path, awsDirectory: str, runs: int = 4) -> list[Round]:
    """Run the tool on a world that changes at random between the runs; raises `AssertionError` if anything is lost."""
    chance = random.Random(seed)
    source = plantTree(directory / "source", _someFiles(chance))
    rounds = []
    with S3Server(("bucket",)) as server:
        server.pageSize = chance.choice((1000, 7))
        server.putObject("bucket", b"sibling", b"stays")
        for name in chance.sample(_NAMES, 12):
            server.putObject("bucket", _PREFIX + name, bytes(chance.randrange(3)))
        for _ in range(runs):
            rounds.append(_run(chance, source, server, awsDirectory))
            _mutate(chance, source, server)
        quiet = _ran(source, server, awsDirectory, ("--allowEmptySource",))
        assert quiet.status == ExitStatus.DONE, quiet
        assert _agree(source, server), quiet
    return rounds


def _run(chance: random.Random, source: Path, server: S3Server, awsDirectory: str) -> Round:
    switches = (*chance.choice(_SWITCHES), "--allowEmptySource")
    faults = tuple(_fault(chance) for _ in range(chance.randrange(3)))
    for fault in faults:
        server.addFault(fault)
    before, files = _objects(server), _files(source)
    outcome = _ran(source, server, awsDirectory, switches)
    server.clearFaults()
    happened = Round(switches, faults, outcome)
    after = _objects(server)
    assert outcome.status in {ExitStatus.DONE, ExitStatus.FAILED, ExitStatus.DIFFERENCES}, happened
    assert "Traceback" not in outcome.stderr, happened
    assert not (before.keys() & files.keys()) - after.keys(), happened
    assert server.objects("bucket")[b"sibling"].body == b"stays", happened
    if "--verifyOnly" in switches:
        assert before == after, happened
    agree = files.items() <= after.items() if "--uploadOnly" in switches else files == after
    if not faults:
        assert (outcome.status == ExitStatus.DONE) == agree, happened
    if outcome.status == ExitStatus.DONE:
        assert agree, happened
    return happened


def _ran(source: Path, server: S3Server, awsDirectory: str, switches: tuple[str, ...]) -> Outcome:
    words: list[str | bytes | Path] = [*switches, source, "s3://bucket/p"]
    environment = server.environment() | {"AWS_MAX_ATTEMPTS": "2"}  # so that a fault passes, and nobody waits for long
    return runTool(_MODULE, words, environment=environment, awsDirectory=awsDirectory)


def _fault(chance: random.Random) -> Fault:
    effects: tuple[Callable[[], object], ...] = (
        lambda: DENY,
        lambda: Refuse(503, "SlowDown", "slow down"),
        lambda: Refuse(500, "InternalError", ""),
        Reset,
        CutBody,
        BreakXml,
    )
    effect = chance.choice(effects)()
    times = chance.choice((1, 2, None))
    return Fault(chance.choice(_OPERATIONS), effect, skip=chance.randrange(4), times=times)  # type: ignore[arg-type]


def _mutate(chance: random.Random, source: Path, server: S3Server) -> None:
    """A little of what happens to a directory and a bucket in a day."""
    root = os.fsencode(source)
    for name in chance.sample(sorted(_files(source)), min(3, len(_files(source)))):
        path = os.path.join(root, name)
        action = chance.choice(("remove", "grow", "touch"))
        if action == "remove":
            os.unlink(path)
        elif action == "grow":
            with open(path, "ab") as file:
                file.write(b"+")
        else:
            os.utime(path)
    plantTree(source, {name: b"%d" % chance.randrange(100) for name in chance.sample(_NAMES, 2) if _fits(root, name)})
    if chance.random() < 0.1:
        shutil.rmtree(source)
        source.mkdir()
    for name in chance.sample(_NAMES, 2):
        server.deleteObject("bucket", _PREFIX + name)
    server.putObject("bucket", _PREFIX + b"foreign%d" % chance.randrange(9), b"x")


def _someFiles(chance: random.Random) -> dict[bytes, bytes]:
    return {name: bytes(chance.randrange(3)) for name in chance.sample(_NAMES, 20) if name not in {b"a"}}


def _fits(root: bytes, name: bytes) -> bool:
    """Whether a file of this name can be beside what is there."""
    parts = name.split(b"/")
    above = [os.path.join(root, *parts[:depth]) for depth in range(1, len(parts))]
    return not os.path.isdir(os.path.join(root, name)) and not any(os.path.isfile(path) for path in above)


def _files(source: Path) -> dict[bytes, int]:
    """Every file with its size, by the simplest means."""
    root = os.fsencode(source)
    paths = (os.path.join(parent, name) for parent, _, names in os.walk(root) for name in names)
    return {os.path.relpath(path, root): os.path.getsize(path) for path in paths}


def _objects(server: S3Server) -> dict[bytes, int]:
    found = server.objects("bucket").items()
    return {key.removeprefix(_PREFIX): stored.size for key, stored in found if key.startswith(_PREFIX)}


def _agree(source: Path, server: S3Server) -> bool:
    return _files(source) == _objects(server)
