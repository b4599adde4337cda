"""The name check refuses exactly what would not survive, and before anything is asked of the server."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import AWKWARD_NAMES, plantTree

from .harness import Sync, below, differencesOf, plantObjects, stored

# Names that aws cannot decode, and how each has to be printed.
BAD_NAMES = {
    b"latin caf\xe9": "latin caf\\xe9",
    b"one\xff": "one\\xff",
    b"new\nline\xfe": "new\\nline\\xfe",
    b"red\x1b[31m\x80": "red\\x1b[31m\\x80",
    b"cut \xf0\x9f\xa6": "cut \\xf0\\x9f\\xa6",
    b"overlong \xc0\xaf": "overlong \\xc0\\xaf",
    b"surrogate \xed\xa0\x80": "surrogate \\xed\\xa0\\x80",
    b"beyond \xf4\x90\x80\x80": "beyond \\xf4\\x90\\x80\\x80",
    b"good/bad\xff": "good/bad\\xff",
    b"bad\xff/good": "bad\\xff/good",
    b"bad\xff/deeper/good": "bad\\xff/deeper/good",
    b"sjis \x93\xfa\x96{\\": "sjis \\x93\\xfa\\x96{\\\\",
}


@pytest.mark.parametrize("switches", [(), ("--verifyOnly",), ("--uploadOnly",)], ids=" ".join)
def test_bad_names_are_all_named_and_nothing_is_asked_of_the_server(
    syncOnce: Sync, server: S3Server, tmp_path: Path, switches: tuple[str, ...]
) -> None:
    source = plantTree(tmp_path / "source", [*BAD_NAMES, *AWKWARD_NAMES, b"good/good", "caf\u00e9".encode()])
    plantObjects(server, {b"p/extra": b"x"})
    outcome = syncOnce(source, "s3://bucket/p", *switches, environment={"LC_ALL": "C.UTF-8"})
    assert outcome.status == 8
    assert not server.requests
    assert stored(server) == {b"p/extra": b"x"}
    assert outcome.stdout == ""
    *lines, refusal = outcome.stderr.splitlines()
    told = {line.split(":")[1].removeprefix(f" {source}/") for line in lines if line.startswith("Name: ")}
    directory = "bad\\xff"
    assert told == {shown for shown in BAD_NAMES.values() if not shown.startswith(f"{directory}/")} | {
        f"{directory}/ (2 files below)"
    }
    for line in lines:
        assert line.isprintable()
        assert not line.startswith("Name: ") or "expected encoding utf-8" in line
    assert f"{len(BAD_NAMES)} of the file names" in refusal
    assert "nothing was changed" in refusal
    assert all(shown in outcome.log for shown in told)


def test_what_is_not_stored_may_have_any_name(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"good": b"x"})
    root = os.fsencode(source)
    os.makedirs(root + b"/empty\xff/also\xfe")
    os.symlink(b"nowhere", root + b"/dangling\xff")
    os.symlink(b"self\xff", root + b"/self\xff")
    os.mkfifo(root + b"/fifo\xff")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(root + b"/socket\xff")
        outcome = syncOnce(source, "s3://bucket")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == {b"good": b"x"}
    for name in ("dangling", "self", "fifo", "socket"):
        assert outcome.log.count(f"{source}/{name}\\xff ") == 1


def test_a_key_of_1024_bytes_is_stored_and_one_of_1025_is_refused(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    prefix = "\u65e5\u672c\u8a9e/caf\u00e9/"
    directories = b"/".join([b"d" * 200] * 4) + b"/"
    room = 1024 - len(prefix.encode()) - len(directories)
    longest = directories + "\U0001f984".encode() * (room // 4 - 1) + b"x" * (4 + room % 4)
    assert len(prefix.encode() + longest) == 1024
    source = plantTree(tmp_path / "source", {longest: b"x"})
    outcome = sync(source, f"s3://bucket/{prefix}")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == {prefix.encode() + longest: b"x"}

    plantTree(source, {longest + b"x": b"x"})
    server.clearRequests()
    outcome = sync(source, f"s3://bucket/{prefix}")
    assert outcome.status == 8
    assert "more than 1024 bytes" in outcome.stderr
    assert not server.requests
    assert stored(server) == {prefix.encode() + longest: b"x"}


def test_with_ignored_warnings_all_arrives_but_the_very_names_that_the_check_refuses(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    further = (b"good/good", "\ufffe\uffff\U0010ffff".encode(), b"\xef\xbb\xbfbom")
    good = {name: name for name in (*AWKWARD_NAMES, *further)}
    tooLong = b"/".join([b"n" * 204] * 5)
    source = plantTree(tmp_path / "source", [*BAD_NAMES, tooLong])
    plantTree(source, good)
    plantObjects(server, {b"p/extra": b"x", "p/caf\u00e9".encode(): b"x"})
    outcome = sync(source, "s3://bucket/p", "--ignoreWarnings")
    assert outcome.status == 7
    assert stored(server) == below(b"p/", good)
    found = differencesOf(outcome, source, "s3://bucket/p/")
    assert sorted(found) == sorted(f"Missing {name}" for name in (*BAD_NAMES.values(), tooLong.decode()))
