"""Root mirrors what belongs to somebody else, who plays with links: nothing that only root can read may be uploaded."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Sync, awsStandIn, plantObjects, stored

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root reads what others cannot")

NOBODY = 65534
SECRET = b"what only root can read"
_EXCHANGE = 2  # renameat2(2)


@pytest.fixture
def machine() -> Iterator[Path]:
    """A directory that everybody can come to, with `home`, which is a user's, and `secret`, which is root's."""
    root = Path(tempfile.mkdtemp(prefix="cback-strangers-", dir="/var/tmp"))
    root.chmod(0o755)
    plantTree(root / "home", {b"photo": b"photo", b"directory/photo": b"photo"})
    plantTree(root / "secret", {b"photo": SECRET, b"deep/photo": SECRET})
    (root / "secret").chmod(0o700)
    for path in (root / "home", *(root / "home").rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    yield root
    shutil.rmtree(root)


def theirLink(path: Path, target: Path | str) -> None:
    """A link that the user has made."""
    path.symlink_to(target)
    os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def requireNoSecret(server: S3Server) -> None:
    assert [key for key, content in stored(server).items() if SECRET in content] == []


@pytest.mark.parametrize("method", ["auto", "direct", "sync"])
def test_links_to_what_only_root_can_read_are_left_out_and_their_objects_stay(
    method: str, machine: Path, syncOnce: Sync, server: S3Server
) -> None:
    links = {"link": "secret/photo", "album": "secret", "up": "secret/deep"}
    for name, target in links.items():
        theirLink(machine / "home" / name, machine / target)
    before = {f"p/{name}{more}".encode(): b"older" for name in links for more in ("", "/photo")}
    plantObjects(server, before)
    outcome = syncOnce("--verbose", "--method", method, machine / "home", "s3://bucket/p")
    assert outcome.status == 0, outcome
    assert stored(server) == before | {b"p/photo": b"photo", b"p/directory/photo": b"photo"}
    assert all(f"{machine}/home/{name}" in outcome.stderr for name in links)
    assert "3 paths not followed" in outcome.stdout.splitlines()[-2], outcome.stdout
    assert syncOnce("--verifyOnly", machine / "home", "s3://bucket/p").status == 0


def test_all_links_are_followed_as_aws_follows_them_if_the_user_says_so(
    machine: Path, syncOnce: Sync, server: S3Server
) -> None:
    theirLink(machine / "home" / "album", machine / "secret")
    assert syncOnce("--followLinks", "all", machine / "home", "s3://bucket/p").status == 0
    assert stored(server)[b"p/album/deep/photo"] == SECRET


def test_links_to_what_everybody_can_read_and_to_the_users_own_are_followed(
    machine: Path, syncOnce: Sync, server: S3Server
) -> None:
    plantTree(machine / "shared", {b"open": b"open", b"closed": SECRET})
    (machine / "shared" / "closed").chmod(0o640)
    theirLink(machine / "home" / "shared", "../shared")
    theirLink(machine / "home" / "again", "directory")
    outcome = syncOnce(machine / "home", "s3://bucket/p")
    assert outcome.status == 0, outcome
    assert {key for key in stored(server) if b"photo" not in key} == {b"p/shared/open"}
    assert stored(server)[b"p/again/photo"] == b"photo"


@pytest.mark.parametrize("follow", [[], ["--noFollowLinks"]])
def test_what_is_swapped_between_the_walk_and_the_upload_does_not_arrive(
    follow: list[str], machine: Path, anyAws: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    swaps = [
        "rm photo; ln -s ../secret/photo photo",
        "rm -r directory; ln -s ../secret directory",
        "mv album away; ln -s ../secret album",
        "rm pipe; mkfifo pipe",
        "rm device; ln /dev/null device 2>/dev/null || mknod device c 1 5",
    ]
    files = {b"album/photo": b"photo", b"pipe": b"photo", b"device": b"photo"}
    plantTree(machine / "home", files)
    # When the session starts the walk is over: what follows opens files by the plan.
    theirs = f"(cd {machine}/home; {'; '.join(swaps)}; chown -h {NOBODY} *)"
    script = f'if [ "$1" = cback-session ] && mkdir "{tmp_path}/once" 2>/dev/null; then {theirs}; fi'
    directory = awsStandIn(tmp_path / "aws", Path(anyAws), before=script)
    outcome = syncOnce(*follow, machine / "home", "s3://bucket/p", awsDirectory=directory, timeout=100)
    assert (tmp_path / "once").exists()
    # A link that is not followed is no difference, nor is a file that has gone before it was uploaded.
    assert outcome.status in {0, 7}, outcome
    requireNoSecret(server)
    assert set(stored(server).values()) <= {b"photo"}


@pytest.mark.parametrize("follow", [[], ["--noFollowLinks"]])
def test_what_is_swapped_while_aws_starts_is_what_was_judged(
    follow: list[str], machine: Path, anyAws: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    script = (
        f'if [ "$2" = cp ]; then (cd {machine}/home; mv photo x; ln -s ../secret/photo photo; chown -h {NOBODY} *); fi'
    )
    directory = awsStandIn(tmp_path / "aws", Path(anyAws), before=script)
    outcome = syncOnce(*follow, machine / "home", "s3://bucket/p", awsDirectory=directory)
    assert outcome.status == 7, outcome
    requireNoSecret(server)


def test_a_source_that_its_owner_has_replaced_by_a_link_is_refused(
    machine: Path, syncOnce: Sync, server: S3Server
) -> None:
    source = machine / "home" / "directory"
    assert syncOnce(source, "s3://bucket/p").status == 0
    before = stored(server)
    shutil.rmtree(source)
    theirLink(source, machine / "secret")
    for switches in ([], ["--noFollowLinks"], ["--allowEmptySource"], ["--verifyOnly"], ["--dryRun"]):
        outcome = syncOnce(*switches, source, "s3://bucket/p")
        assert outcome.status == 9, outcome
        assert f"{machine}/secret" in outcome.stderr
    assert stored(server) == before


def test_a_loop_of_a_users_is_skipped_and_said_and_the_others_are_mirrored(
    machine: Path, syncOnce: Sync, server: S3Server
) -> None:
    theirLink(machine / "home" / "directory" / "loop", "..")
    outcome = syncOnce(machine / "home", "s3://bucket/p")
    assert outcome.status == 7, outcome
    assert "directory/loop" in outcome.stderr
    assert stored(server) == {b"p/photo": b"photo", b"p/directory/photo": b"photo"}


@pytest.mark.parametrize("follow", [[], ["--noFollowLinks"]])
def test_names_that_are_exchanged_all_the_time_lead_nowhere_else(
    follow: list[str], machine: Path, syncOnce: Sync, server: S3Server
) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    theirLink(machine / "home" / "flip", "../secret")
    one, other = (os.fsencode(machine / "home" / name) for name in ("directory", "flip"))
    if libc.renameat2(-100, one, -100, other, _EXCHANGE):
        pytest.skip(os.strerror(ctypes.get_errno()))
    done = threading.Event()

    def flip() -> None:
        while not done.wait(0.0001):  # without which the tool and the server hardly get to run
            libc.renameat2(-100, one, -100, other, _EXCHANGE)

    flipping = threading.Thread(target=flip)
    flipping.start()
    try:
        for _ in range(4):
            outcome = syncOnce(*follow, machine / "home", "s3://bucket/p")
            assert outcome.status in {0, 7}, outcome
            requireNoSecret(server)
    finally:
        done.set()
        flipping.join()
