"""What the owner of a directory can do to root's restore into it: nothing beyond that directory."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Restore, awsStandIn, filesIn, put
from .test_restore import restore as restore  # noqa: PLC0414 - the fixtures, with either way
from .test_restore import restoreOnce as restoreOnce  # noqa: PLC0414

STRANGER = 65534

pytestmark = [
    pytest.mark.versioned,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away"),
]

FILES = {b"a": b"1", b"d/x": b"22"}


def give(*paths: Path) -> None:
    """Make paths the stranger's own; links themselves, not what they lead to."""
    for path in paths:
        os.chown(path, STRANGER, STRANGER, follow_symlinks=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory of the stranger's."""
    made = tmp_path / "home"
    (made / "up").mkdir(parents=True)
    give(made, made / "up")
    return made


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A directory of root's, elsewhere."""
    made = tmp_path / "victim"
    made.mkdir()
    return made


def whileListing(tmp_path: Path, aws: str, *commands: str) -> Path:
    """The directory of an aws that does something else first when it is to list the versions, or a session is."""
    script = f'if [ "$1" = cback-session ] || [ "$2" = list-object-versions ]; then {"; ".join(commands)}; fi'
    return awsStandIn(tmp_path / "commands", Path(aws), before=script)


def swapped(path: Path, victim: Path) -> list[str]:
    """The commands that put a link of the stranger's in the place of a directory, if there is one."""
    quoted, old = shlex.quote(str(path)), shlex.quote(f"{path}.old")
    return [
        f"[ ! -e {quoted} ] || mv {quoted} {old}",
        f"ln -s {shlex.quote(str(victim))} {quoted}",
        f"chown -h {STRANGER} {quoted}",
    ]


# The way to the target


@pytest.mark.parametrize("isMade", [False, True], ids=["there", "made"])
@pytest.mark.parametrize("which", ["up/target", "up"])
@pytest.mark.parametrize("words", [[], ["--overwrite"]], ids=["", "overwrite"])
def test_a_link_in_the_place_of_the_target_leads_nowhere(
    restoreOnce: Restore,
    server: S3Server,
    anyAws: str,
    tmp_path: Path,
    home: Path,
    victim: Path,
    which: str,
    words: list[str],
    *,
    isMade: bool,
) -> None:
    put(server, FILES, 0)
    target = home / "up/target"
    if not isMade:
        target.mkdir()
        give(target)
    if which == "up":
        (victim / "target").mkdir()
    commands = whileListing(tmp_path, anyAws, *swapped(home / which, victim))
    outcome = restoreOnce(*words, "s3://bucket/p", target, awsDirectory=commands)
    assert (outcome.status, outcome.stderr.count("\n"), filesIn(victim)) == (6, 1, {}), outcome
    if which == "up":
        assert filesIn(home / "up.old/target") == FILES
    elif not isMade:
        assert filesIn(home / "up/target.old") == FILES
    if which == "up" or not isMade:
        assert f"{target} no longer leads to the directory that was restored into" in outcome.stderr
        assert f"the directory that was restored into is {home / which}.old" in outcome.stderr
    else:
        assert f"Cannot restore into {target}: File exists; nothing was restored" in outcome.stderr


def test_another_directory_in_the_place_of_the_target_is_said(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path, home: Path
) -> None:
    put(server, FILES, 0)
    target = home / "target"
    target.mkdir()
    commands = whileListing(tmp_path, anyAws, f"mv {target} {target}.old", f"mkdir {target}")
    outcome = restoreOnce("s3://bucket/p", target, awsDirectory=commands)
    assert (outcome.status, filesIn(target), filesIn(home / "target.old")) == (6, {}, FILES)
    shutil.rmtree(target)
    (home / "target.old").rename(target)
    outcome = restoreOnce("--verifyOnly", "s3://bucket/p", target, awsDirectory=commands)
    assert (outcome.status, "the directory that was compared" in outcome.stderr) == (6, True)


@pytest.mark.parametrize("way", ["never"], indirect=True)  # nothing is asked by either
@pytest.mark.parametrize("which", ["link", "link/sub", "link/to/make"])
@pytest.mark.parametrize("words", [[], ["--overwrite"], ["--verifyOnly"], ["--dryRun"]], ids="".join)
def test_a_way_through_a_strangers_link_is_refused_before_anything_is_asked(
    restoreOnce: Restore, server: S3Server, home: Path, victim: Path, which: str, words: list[str]
) -> None:
    put(server, FILES, 0)
    if which == "link/sub":
        (victim / "sub").mkdir()
    (home / "link").symlink_to(victim)
    give(home / "link")
    outcome = restoreOnce(*words, "s3://bucket/p", home / which)
    assert (outcome.status, outcome.stderr.count("\n"), len(server.requests)) == (9, 1, 0), outcome
    assert f"a link in {home}, on the way there, belongs to the user " in outcome.stderr
    assert filesIn(victim) == {}
    os.chown(home / "link", 0, 0, follow_symlinks=False)
    if not words:
        assert restoreOnce("s3://bucket/p", home / which).status == 0
        assert filesIn(home / which) == FILES


# What lies in the target


def test_nothing_outside_is_read_or_changed_through_what_a_stranger_puts_in_the_places_of_files(
    restoreOnce: Restore, server: S3Server, home: Path, victim: Path
) -> None:
    objects = {b"file": b"1", b"same": b"2", b"hard": b"3", b"hard-same": b"4", b"pipe": b"5", b"dir/same": b"6"}
    put(server, objects, 0)
    plantTree(victim, {b"file": b"x", b"same": b"2", b"hard": b"x", b"hard-same": b"4"})
    plantTree(victim, {b"below/same": b"6"})
    before, times = filesIn(victim), {name: (victim / name).stat().st_mtime for name in os.listdir(victim)}
    for name in ("file", "same"):
        (home / name).symlink_to(victim / name)
    for name in ("hard", "hard-same"):
        (home / name).hardlink_to(victim / name)
    os.mkfifo(home / "pipe")
    (home / "dir").symlink_to(victim / "below")
    give(home / "file", home / "same", home / "pipe", home / "dir")

    outcome = restoreOnce("--verifyOnly", "s3://bucket/p", home)
    assert outcome.status == 7
    for name, what in (("file", "a link"), ("same", "a link"), ("pipe", "a named pipe"), ("dir/same", "behind a link")):
        assert f"Different: {home}/{name} is {what}, and not the file (1 byte)" in outcome.stderr

    outcome = restoreOnce("--overwrite", "s3://bucket/p", home)
    assert outcome.status == 7
    assert "dir in the target is a link, and nothing is written through links" in outcome.stderr
    assert (filesIn(victim), times) == (before, {name: (victim / name).stat().st_mtime for name in os.listdir(victim)})
    for name in ("file", "same", "hard", "pipe"):
        assert stat.S_ISREG((home / name).lstat().st_mode), name
        assert (home / name).read_bytes() == objects[name.encode()]


def test_going_on_leaves_a_link_in_the_place_of_a_file_alone_and_says_so(
    restoreOnce: Restore, server: S3Server, home: Path, victim: Path
) -> None:
    put(server, {b"a": b"1", b"../refused": b"2"}, 0)
    target = home / "target"
    assert restoreOnce("s3://bucket/p", target).status == 7  # so that it goes on
    plantTree(victim, {b"a": b"1"})
    (target / "a").unlink()
    (target / "a").symlink_to(victim / "a")
    outcome = restoreOnce("s3://bucket/p", target)
    assert outcome.status == 7
    assert f"Different: {target}/a is a link, unlike s3://bucket/p/a; it is left alone" in outcome.stderr
    assert (target / "a").is_symlink()


# The directory in which files arrive


def ofTheirs(path: Path, victim: Path) -> None:
    path.mkdir(0o700)
    (path / "restore").write_text("s3://bucket/p/\nnow\n")
    give(path, path / "restore")


def withAnEndlessMarker(path: Path, victim: Path) -> None:
    ofTheirs(path, victim)
    os.truncate(path / "restore", 1 << 40)


def aLink(path: Path, victim: Path) -> None:
    path.symlink_to(victim)
    give(path)


def aFile(path: Path, victim: Path) -> None:
    path.touch()
    give(path)


def aPipe(path: Path, victim: Path) -> None:
    os.mkfifo(path)
    give(path)


def aLinkToAnotherRestore(path: Path, victim: Path) -> None:
    plantTree(victim, {b"restore": b"s3://bucket/p/\nnow\n", b"file-0": b"", b"tree/x": b""})
    victim.chmod(0o700)
    aLink(path, victim)


def aDirectoryOfRoots(path: Path, victim: Path) -> None:
    """Which the stranger has renamed."""
    path.mkdir(0o700)
    plantTree(path, {b"precious": b"x", b"file-0": b"y", b"tree/x": b"z"})


def aMarkerThatIsALink(path: Path, victim: Path) -> None:
    path.mkdir(0o700)
    (path / "restore").symlink_to(victim / "marker")


def aMarkerThatIsAPipe(path: Path, victim: Path) -> None:
    path.mkdir(0o700)
    os.mkfifo(path / "restore")


@pytest.mark.parametrize("way", ["always"], indirect=True)  # the bucket is listed before, by either
@pytest.mark.parametrize(
    "plant",
    [
        ofTheirs,
        withAnEndlessMarker,
        aLink,
        aFile,
        aPipe,
        aLinkToAnotherRestore,
        aDirectoryOfRoots,
        aMarkerThatIsALink,
        aMarkerThatIsAPipe,
    ],
)
def test_a_private_directory_that_no_restore_has_made_is_neither_believed_nor_used(
    restoreOnce: Restore, server: S3Server, home: Path, victim: Path, plant: Callable[[Path, Path], None]
) -> None:
    put(server, FILES, 0)
    plant(home / ".cback-restore", victim)
    plantTree(home, {b"a": b"mine"})

    def seen() -> list[tuple[str, int]]:
        return sorted((str(path), path.lstat().st_mtime_ns) for place in (home, victim) for path in place.rglob("*"))

    before = seen()
    outcome = restoreOnce("s3://bucket/p", home)
    assert (outcome.status, outcome.stderr.count("\n"), len(server.requests)) == (9, 1, 0), outcome
    outcome = restoreOnce("--overwrite", "s3://bucket/p", home)
    assert (outcome.status, outcome.stderr.count("\n"), ".cback-restore" in outcome.stderr) == (6, 1, True), outcome
    assert seen() == before


def test_a_private_directory_that_is_planted_while_the_bucket_is_listed_is_not_used(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path, home: Path, victim: Path
) -> None:
    put(server, FILES, 0)
    target = home / "target"
    target.mkdir()
    commands = whileListing(tmp_path, anyAws, *swapped(target / ".cback-restore", victim))
    outcome = restoreOnce("s3://bucket/p", target, awsDirectory=commands)
    assert (outcome.status, outcome.stderr.count("\n"), filesIn(victim)) == (6, 1, {}), outcome


# Who can read it


def modes(directory: Path) -> dict[str, str]:
    """The mode of a directory and of all below it."""
    paths = [directory, *directory.rglob("*")]
    return {str(path.relative_to(directory)): f"{stat.S_IMODE(path.lstat().st_mode):o}" for path in paths}


@pytest.mark.parametrize("count", [2, 9], ids=["one by one", "a batch"])
def test_what_comes_back_is_for_the_user_alone(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, count: int
) -> None:
    objects = {b"d/%d" % number: b"x" for number in range(count)} | {b"there/old": b"new", b"there/same": b"same"}
    put(server, objects, 0)
    expected = {".": "700", "d": "700", "there": "700", "there/old": "600", "there/same": "600"}
    expected |= {f"d/{number}": "600" for number in range(count)}
    outcome = restoreOnce("s3://bucket/p", tmp_path / "up/new", "--verbose")
    assert (outcome.status, modes(tmp_path / "up/new")) == (0, expected)
    assert modes(tmp_path / "up")["."] == "700"
    assert "'chmod -R u=rwX,go=rX'" in outcome.stdout
    target = plantTree(tmp_path / "target", {b"there/old": b"old", b"there/same": b"same"})
    for path in (target, target / "there", target / "there/old", target / "there/same"):
        path.chmod(0o777)
    assert restoreOnce("--overwrite", "s3://bucket/p", target).status == 0
    assert modes(target) == expected | {".": "777", "there": "777", "there/same": "777"}


@pytest.mark.parametrize("way", [("--awsSession", "never")], ids=["plain"])
def test_nobody_reads_a_file_before_it_has_its_mode(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    """The directory in which it arrives keeps others out, whatever the mode that aws gives it."""
    put(server, FILES, 0)
    target = tmp_path / "target"
    look = f'[ "$2" = get-object ] && stat -c %a {target}/.cback-restore >> {tmp_path}/modes'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=look, after=look)
    assert restoreOnce("s3://bucket/p", target, awsDirectory=commands).status == 0
    assert set((tmp_path / "modes").read_text().split()) == {"700"}
