"""Several AWS CLI processes side by side, shown with a script in the place of aws that fails as it is told."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.progress import SILENT, Silence, Transfer
from CedarBackup3.amazons3.sync.batches import File
from CedarBackup3.amazons3.sync.uploads import Failure, failureIn, uploadFiles
from CedarBackup3.errors import CedarBackupError, CommandFailed
from testcase.trees import plantTree

# Each process writes what it was given to a file of its own, and then what it does with it, to "failed" or "done".
SCRIPT = """#!/bin/sh
record=RECORD; dir=$3; : > "$record/began.$$"
cd "$dir" && find . -type l | sort | cut -c3- > "$record/given.$$"
export LC_ALL=C
number=1; until mkdir "$record/number.$number" 2>/dev/null; do number=$((number + 1)); done  # 1 is the first process
until_there() { until [ -e "$record/$1" ]; do sleep 0.02; done; }
fail() { echo "upload failed: ${dir#/}$1 to s3://bucket/p/$1 $2" >&2; echo "$1" >> "$record/failed.$$"; }
slow='An error occurred (SlowDown) when calling the PutObject operation (reached max retries: 4): Please reduce it.'
denied='An error occurred (AccessDenied) when calling the PutObject operation: no'
files() { cat "$record/given.$$"; }
has() { grep -qx "$1" "$record/given.$$"; }
status=0
DOES
files > "$record/done.$$"
exit $status
"""
FAILS = 'for f in $(files); do case $f in {}) fail $f "{}"; status=1;; esac; done\n'


class World:
    """A source of files with one byte each, and what became of them."""

    def __init__(self, directory: Path, files: int, does: str, uploads: int = 4) -> None:
        self.record = directory / "record"
        self.record.mkdir()
        self.names = [b"%04d" % number for number in range(files)]
        source = plantTree(directory / "source", dict.fromkeys(self.names, b"1"))
        script = directory / "commands" / "aws"
        script.parent.mkdir()
        script.write_text(SCRIPT.replace("RECORD", str(self.record)).replace("DOES", does))
        script.chmod(0o755)
        mirror = mirrorOf(source, "s3://bucket/p")
        self.mirror: Mirror = replace(mirror, aws=replace(mirror.aws, uploads=uploads))

    def upload(
        self,
        planned: int = 0,
        transfer: Transfer | None = None,
        sourceChange: Callable[[], str] = str,
        files: Iterator[File] | None = None,
    ) -> list[int]:
        """The statuses; with fewer planned than there are, each process gets only its share of so many."""
        number = planned or len(self.names)
        transfer = transfer or Transfer(SILENT, "sync", number, number)
        results = uploadFiles(
            self.mirror, files or (File(name, 1) for name in self.names), (number, number), transfer, sourceChange
        )
        return sorted(result.status for result in results)

    def lists(self, what: str) -> list[list[bytes]]:
        """The lines of all records of a kind, in the order in which they were begun."""
        found = sorted(self.record.glob(f"{what}.*"), key=lambda path: path.stat().st_mtime_ns)
        return [path.read_bytes().splitlines() for path in found]

    def uploaded(self) -> list[bytes]:
        """The files that were, once for each time."""
        failed = [name for names in self.lists("failed") for name in names]
        done = [name for names in self.lists("done") for name in names]
        for name in failed:
            done.remove(name)
        return sorted(done)


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PATH", f"{tmp_path / 'commands'}:{os.environ['PATH']}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no config"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(os.listdir("/proc/self/fd"))
    yield
    assert not list(tmp_path.glob("cback-*"))
    assert len(os.listdir("/proc/self/fd")) == before


def test_every_file_goes_to_one_process_and_all_of_them_get_their_share(tmp_path: Path) -> None:
    world = World(tmp_path, 40, "")
    assert world.upload() == [0] * 4
    assert sorted(map(len, world.lists("given"))) == [10] * 4
    assert world.uploaded() == world.names


def test_never_more_run_at_a_time_than_are_asked_for(tmp_path: Path) -> None:
    # The first three wait for each other, so that all of them can be seen.
    at = 'until_there number.3; ls "$record" | grep -c began > "$record/at.$$"; sleep 0.05; rm "$record/began.$$"\n'
    world = World(tmp_path, 12, at, uploads=3)
    assert world.upload(planned=3) == [0] * 12
    assert max(int(lines[0]) for lines in world.lists("at")) == 3
    assert world.uploaded() == world.names


def test_a_failed_file_is_named_with_the_reason_and_costs_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    world = World(tmp_path, 12, FAILS.format("0003|0010", "$denied"))
    assert world.upload() == [0, 0, 1, 1]
    for name in ("0003", "0010"):
        path = os.fsdecode(world.mirror.pathTo(name.encode()))
        assert f"Not uploaded: {path}: An error occurred (AccessDenied)" in caplog.text
    assert world.uploaded() == [name for name in world.names if name not in (b"0003", b"0010")]


def test_fewer_processes_take_what_the_server_had_no_time_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The first four processes meet a busy server, and none that comes later does."""
    slow = "if [ $number -le 4 ]; then until_there number.4\n" + FAILS.format("*[05]", "$slow") + "fi\n"
    world = World(tmp_path, 40, slow)
    assert world.upload() == [0] * 4
    (warning,) = [record.message for record in caplog.records if record.levelname == "WARNING"]  # all four are one sign
    assert "continues with 2 AWS CLI processes at a time: the server asks for fewer requests (SlowDown)" in warning
    assert world.uploaded() == world.names
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_server_that_never_has_time_is_given_up_at_the_lowest_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    world = World(tmp_path, 8, FAILS.format("0001", "$slow"))
    assert world.upload() == [0, 0, 0, 1]
    numbers = re.findall(r"continues with (\d+) AWS CLI", caplog.text)
    assert numbers == ["2", "1"]
    assert [names for names in world.lists("given") if b"0001" in names][1:] == [[b"0001"]] * 2
    assert "0001: An error occurred (SlowDown)" in caplog.text
    assert world.uploaded() == [name for name in world.names if name != b"0001"]


@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("kill -9 $$", "was ended by signal 9"),
        ("exit 255", "ended with status 255"),
        ("exec sleep 999", "did not end within"),
        ('{ echo "upload failed: ${dir#/}0002 to s3://bucket/p/0002 $slow" >&2; exit 255; }', "ended with status 255"),
    ],
)
def test_a_process_that_dies_stops_no_other_and_is_not_forgotten(
    death: str, words: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(tmp_path, 40, f"has 0002 && {death}\n")
    if "sleep" in death:
        world.mirror = replace(world.mirror, aws=replace(world.mirror.aws, timeLimit=5))
    with pytest.raises(CommandFailed, match=words):
        world.upload(planned=8)
    (lost,) = [names for names in world.lists("given") if b"0002" in names]
    assert world.uploaded() == [name for name in world.names if name not in lost]
    assert "the other uploads continue" in caplog.text


def test_when_as_many_in_a_row_as_there_may_be_fail_as_a_whole_no_more_are_begun(tmp_path: Path) -> None:
    world = World(tmp_path, 40, "exit 255\n")
    with pytest.raises(CommandFailed, match="255"):
        world.upload(planned=4)
    assert 4 <= len(world.lists("given")) < 12


def test_once_the_source_is_another_nothing_more_is_begun(tmp_path: Path) -> None:
    world, changes = World(tmp_path, 12, "sleep 0.1\n", uploads=2), iter(["", "", "", "the source was replaced"])
    with pytest.raises(CedarBackupError, match="Not everything was uploaded, because the source was replaced"):
        world.upload(planned=2, sourceChange=lambda: next(changes))
    assert len(world.lists("done")) == 3


def test_an_exception_stops_all_processes(tmp_path: Path) -> None:
    world = World(tmp_path, 12, 'echo $$ > "$record/pid.$$"; exec sleep 60\n')

    def files() -> Iterator[File]:
        yield from (File(name, 1) for name in world.names[:3])
        while sum(map(len, world.lists("pid"))) < 3:
            time.sleep(0.01)
        raise KeyError

    with pytest.raises(KeyError):
        world.upload(planned=4, files=files())
    pids = [line for lines in world.lists("pid") for line in lines]
    assert len(pids) == 3
    assert not [pid for pid in pids if os.path.exists(b"/proc/" + pid)]


def test_what_all_processes_have_done_is_added_up_and_never_falls(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []

    class Listener(Silence):
        isShown = True

        def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> None:
            heard.append((files, size))
            assert 0 <= (fraction or 0) <= 1
            (world.record / f"heard.{len({files for files, _ in heard if files})}").touch()

    # Nobody goes on with their second and third file before the first ones of somebody were heard of.
    steps = """for f in $(files); do
        printf "upload: x\\nCompleted 9.0 GiB/9.0 GiB (1 MiB/s)\\r"
        nth=$((nth + 1)); [ $nth -gt 2 ] || until_there heard.$nth
    done
"""
    world = World(tmp_path, 40, steps)
    world.upload(transfer=Transfer(Listener(), "sync", 40, 40))
    assert heard == sorted(heard)
    assert heard[-1] == (40, 40)
    assert len({files for files, _ in heard if 0 < files < 40}) >= 2


LINES = {
    "upload failed: tmp/t/a to s3://b/p/a no": Failure(b"a", "no"),
    "upload failed: tmp/t/a to b/c to s3://b/p/a to b/c An error (X): to y": Failure(b"a to b/c", "An error (X): to y"),
    "upload failed: tmp/t/caf\udce9 to s3://b/p/caf\udce9 no   \n": Failure(b"caf\xe9", "no"),
    "upload failed: tmp/t/é to s3://b/p/é no": Failure("é".encode(), "no"),
    "upload failed: tmp/t/a to s3://b/p/b no": None,
    "upload failed: tmp/other/a to s3://b/p/a no": None,
    "upload failed: tmp/t/a": None,
    "warning: Skipping file tmp/t/a. no": None,
    "fatal error: no": None,
    "": None,
}


@pytest.mark.parametrize("line", LINES)
def test_which_file_a_line_names(line: str, tmp_path: Path) -> None:
    mirror = mirrorOf(plantTree(tmp_path / "source", [b"a"]), "s3://b/p")
    assert failureIn(line, mirror, b"/tmp/t") == LINES[line]
