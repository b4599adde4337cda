"""The user's commands before and after a run, shown with a small tool of the tests' own."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import resource
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.cli import HOOK_NEEDS, HOOK_SWITCHES, Argument, Tool, runTool
from CedarBackup3.cli.context import RunContext
from CedarBackup3.errors import CedarBackupError, ExitStatus, GuardRefused, LockHeld, NamesRefused
from testcase.works import Work, nothing, raising, terminated


class Place:
    """A run of the tool in a directory, where its steps are noted in the order in which they come."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.steps = directory / "steps"
        self.log = directory / "cback.log"

    def note(self, step: str) -> str:
        """A command that notes a step."""
        return shlex.join(["sh", "-c", f"echo {step} >>{shlex.quote(str(self.steps))}"])

    def noted(self) -> list[str]:
        return self.steps.read_text().splitlines() if self.steps.exists() else []

    def ran(self, work: Work, *switches: str, hold: Callable[[Any], Any] | None = None) -> int:
        def noteWork(_options: Any, context: RunContext) -> int:
            self._write("work")
            return work(context)

        tool = Tool(
            name="cback-test",
            summary="A tool.",
            description="It does what a test wants.",
            arguments=(Argument("fromThere", "Any thing"), Argument("toThere", "Any thing")),
            switches=HOOK_SWITCHES,
            example="cback-test a b",
            buildOptions=dict,
            run=noteWork,
            hold=hold or self.held,
            needs=HOOK_NEEDS,
        )
        return runTool(tool, ["a\udcff", "s3://b/ c", "--logfile", str(self.log), *switches])

    @contextlib.contextmanager
    def held(self, options: Any) -> Iterator[Any]:
        self._write("held")
        try:
            yield options
        finally:
            self._write("released")

    def _write(self, step: str) -> None:
        with self.steps.open("a") as file:
            file.write(f"{step}\n")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


ENDINGS: dict[str, tuple[Work, ExitStatus]] = {
    "done": (nothing, ExitStatus.DONE),
    "differences": (lambda _: 7, ExitStatus.DIFFERENCES),
    "failed": (raising(CedarBackupError("it failed")), ExitStatus.FAILED),
    "names": (raising(NamesRefused("bad names")), ExitStatus.NAMES_REFUSED),
    "guard": (raising(GuardRefused("a guard")), ExitStatus.GUARD_REFUSED),
    "interrupted": (terminated, ExitStatus.INTERRUPTED),
    "defect": (raising(ZeroDivisionError("oh no")), ExitStatus.FAILED),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_however_a_run_ends_its_hooks_run_around_it_under_the_lock(place: Place, name: str) -> None:
    work, status = ENDINGS[name]
    assert place.ran(work, "--before", place.note("before"), "--after", place.note('"$CBACK_STATUS"')) == status
    assert place.noted() == ["held", "before", "work", str(int(status)), "released"]


@pytest.mark.parametrize(
    ("switch", "expected"), [("--before", ["held", "hook", "work"]), ("--after", ["held", "work", "hook"])]
)
def test_each_hook_runs_without_the_other(place: Place, switch: str, expected: list[str]) -> None:
    assert place.ran(nothing, switch, place.note("hook")) == 0
    assert place.noted() == [*expected, "released"]


def test_a_run_that_gives_way_runs_no_hook(place: Place) -> None:
    def refuse(_options: Any) -> Any:
        raise LockHeld("another run")

    switches = ("--before", place.note("before"), "--after", place.note("after"))
    assert place.ran(nothing, *switches, hold=refuse) == ExitStatus.LOCKED
    assert place.noted() == []


# A first command that fails


FAILURES: dict[str, tuple[str, str]] = {
    "status": ("sh -c 'echo no >&2; echo why >&2; echo >&2; exit 3'", "ended with status 3: why; nothing"),
    "silent": ("sh -c 'echo out; exit 1'", "ended with status 1; nothing"),
    "escape": (r"sh -c 'printf \\033[31m\\377 >&2; exit 1'", r"status 1: \x1b[31m\xff; nothing"),
    "long": ("sh -c 'printf %09999d 1 >&2; exit 1'", f"status 1: {'0' * 500}; nothing"),
    "missing": ("no-such-program x", "cannot be started: no-such-program: No such file or directory; nothing"),
    "no program": ("/etc/passwd", "cannot be started: /etc/passwd: Permission denied; nothing"),
    "signal": ("sh -c 'kill -KILL $$'", "was ended by SIGKILL; nothing"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_first_command_that_fails_refuses_the_run_in_one_sentence_and_the_last_one_runs(
    place: Place, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, words = FAILURES[name]
    after = place.note('"$CBACK_STATUS"')
    assert place.ran(nothing, "--before", command, "--after", after) == ExitStatus.GUARD_REFUSED
    assert place.noted() == ["held", "9", "released"]
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert shown.err.startswith("Refused: the command of --before ")
    assert f"{words} was changed" in shown.err


def test_what_takes_too_long_is_stopped_with_all_it_has_started_and_its_last_words_are_told(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    pid = place.directory / "pid"
    command = f"sh -c 'sleep 600 & echo $! >{pid}; echo first >&2; wait; echo next'"
    for limit in (1, 8, 64):
        assert place.ran(nothing, "--before", command, "--hookTimeout", str(limit)) == ExitStatus.GUARD_REFUSED
        error = capsys.readouterr().err
        if "first" in error:  # a busy machine may have needed longer to come so far
            break
    words = (
        f"did not end within {limit} s and was stopped; --hookTimeout SECONDS allows more: first; nothing was changed"
    )
    assert (error.count("\n"), words in error) == (1, True), error
    assert not _isAlive(int(pid.read_text()))


def _isAlive(process: int) -> bool:
    """Whether it runs; who adopts it may not have waited for it yet."""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_hook_that_ignores_what_it_is_told_is_killed_with_its_children(place: Place) -> None:
    pid = place.directory / "pid"
    command = f'sh -c \'trap "" TERM HUP INT; sh -c "echo \\$\\$ >{pid}; while :; do sleep 1; done"\''
    assert place.ran(nothing, "--before", command, "--hookTimeout", "1") == ExitStatus.GUARD_REFUSED
    assert not _isAlive(int(pid.read_text()))


def test_what_a_stopped_hook_has_started_is_killed_though_the_hook_itself_has_ended(place: Place) -> None:
    deaf, slow = place.directory / "deaf", place.directory / "slow"
    deafly = f"trap '' TERM; echo $$ >{deaf}; while :; do sleep 1; done"
    slowly = f"trap 'sleep 0.5; echo cleaned >{slow}; exit' TERM; while :; do sleep 0.1; done"
    command = shlex.join(["sh", "-c", 'sh -c "$0" & sh -c "$1" & wait', deafly, slowly])
    assert place.ran(nothing, "--before", command, "--hookTimeout", "1") == ExitStatus.GUARD_REFUSED
    assert not _isAlive(int(deaf.read_text()))
    assert slow.read_text() == "cleaned\n"


@pytest.mark.parametrize("isError", [False, True])
def test_a_hook_that_prints_without_end_and_without_lines_takes_no_memory(place: Place, *, isError: bool) -> None:
    command = f"sh -c 'head -c 200000000 /dev/zero {'>&2' if isError else ''}; exit 3'"
    limits = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (100 << 20), limits[1]))
    try:
        assert place.ran(nothing, "--before", command) == ExitStatus.GUARD_REFUSED
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
    assert "ended with status 3" in place.log.read_text()


def test_a_daemon_that_a_hook_leaves_behind_is_not_waited_for(place: Place) -> None:
    pid = place.directory / "pid"
    command = f"sh -c 'sleep 600 & echo $! >{pid}; echo last >&2; exit 4'"
    assert place.ran(nothing, "--before", command, "--hookTimeout", "100") == ExitStatus.GUARD_REFUSED
    assert "ended with status 4: last; nothing" in place.log.read_text()
    assert _isAlive(int(pid.read_text()))
    os.kill(int(pid.read_text()), signal.SIGKILL)


def test_a_hook_that_has_become_another_users_is_given_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    processes: list[int] = []

    def refuse(process: int, _number: int) -> None:
        processes.append(process)
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "killpg", refuse)
        assert place.ran(nothing, "--before", "sleep 600", "--hookTimeout", "1") == ExitStatus.GUARD_REFUSED
    assert "did not end within 1 s and cannot be stopped; --hookTimeout" in place.log.read_text()
    os.kill(processes[0], signal.SIGKILL)
    os.waitpid(processes[0], 0)


# A last command that fails


@pytest.mark.parametrize(("status", "expected"), [(0, 6), (7, 7)])
def test_a_last_command_that_fails_is_an_error_and_no_success(
    place: Place, status: int, expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    report = place.directory / "report.json"
    command = "sh -c 'echo busy >&2; exit 5'"
    assert place.ran(lambda _: status, "--after", command, "--report", str(report)) == expected
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("The command of --after ended with status 5: busy")
    assert line.endswith("; the work itself was done and verified") == (status == 0)
    assert json.loads(report.read_text())["status"]["number"] == expected
    assert place.noted()[-1] == "released"


# Signals


def test_a_signal_during_the_first_command_stops_that_and_the_last_one_runs(place: Place) -> None:
    before = f"sh -c 'kill -TERM {os.getpid()}; sleep 600'"
    assert place.ran(nothing, "--before", before, "--after", place.note("after")) == ExitStatus.INTERRUPTED
    assert place.noted() == ["held", "after", "released"]


@pytest.mark.parametrize("work", [nothing, terminated])
def test_no_signal_keeps_the_last_command_from_its_work(place: Place, work: Work) -> None:
    kills = "; ".join(f"kill -{name} {os.getpid()}" for name in ("TERM", "HUP", "INT"))
    after = f"sh -c '{kills}; sleep 0.3; echo after >>{place.steps}'"
    assert place.ran(work, "--after", after) == (0 if work is nothing else ExitStatus.INTERRUPTED)
    assert place.noted() == ["held", "work", "after", "released"]


def test_a_hook_can_be_told_to_terminate_also_after_an_interruption(place: Place) -> None:
    after = "sh -c 'kill -TERM $$; sleep 600'"
    assert place.ran(terminated, "--after", after, "--hookTimeout", "100") == ExitStatus.INTERRUPTED
    assert "The command of --after was ended by SIGTERM" in place.log.read_text()


# What a hook gets


def test_the_last_command_gets_the_report(place: Place) -> None:
    def work(context: RunContext) -> int:
        context.findings.note("missing", b"a\xff", 5)
        context("walk")
        raise CedarBackupError("it failed")

    assert place.ran(work, "--before", "true", "--after", f"cp /dev/stdin {place.directory}/got") == 6
    report = json.loads((place.directory / "got").read_text())
    assert (report["status"]["name"], report["message"]) == ("FAILED", "it failed")
    assert report["classes"]["missing"]["count"] == 1
    assert list(report["phaseSeconds"]) == ["before", "walk"]


def test_the_first_command_reads_nothing(place: Place) -> None:
    assert place.ran(nothing, "--before", f"cp /dev/stdin {place.directory}/got") == 0
    assert (place.directory / "got").read_bytes() == b""


def test_no_room_for_the_report_keeps_no_command_from_running(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place.directory / "gone"))
    assert place.ran(nothing, "--after", place.note("after")) == 0
    assert "after" in place.noted()
    assert "WARNING The command of --after gets no report: " in place.log.read_text()


def test_a_hook_knows_what_it_is_for_and_no_secret_of_the_monitoring(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG", "http://127.0.0.1:1/secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "key-of-aws")
    monkeypatch.setenv("CBACK_STATUS", "of a run around this one")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for switch in ("before", "after"):
        place.ran(nothing, f"--{switch}", f"sh -c 'env -0 >{place.directory}/{switch}'", "--notifyUrl", "env:WATCHDOG")
    for switch, status in (("before", None), ("after", b"0")):
        entries = (place.directory / switch).read_bytes().rstrip(b"\0").split(b"\0")
        given = {name: value for name, _, value in (entry.partition(b"=") for entry in entries)}
        assert given[b"CBACK_TOOL"] == b"cback-test"
        assert given[b"CBACK_SOURCE"] == b"a\xff"
        assert given[b"CBACK_TARGET"] == b"s3://b/ c"
        assert given.get(b"CBACK_STATUS") == status
        assert (given[b"AWS_SECRET_ACCESS_KEY"], given[b"LC_ALL"]) == (b"key-of-aws", b"C.UTF-8")
        assert b"WATCHDOG" not in given


def test_a_hook_inherits_no_descriptor(place: Place) -> None:
    @contextlib.contextmanager
    def lock(options: Any) -> Iterator[Any]:
        with open(place.directory / "lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield options

    script = f"import os; open({str(place.directory / 'fds')!r}, 'w').write(str(os.listdir('/proc/self/fd')))"
    command = shlex.join([sys.executable, "-c", script])
    assert place.ran(nothing, "--before", command, hold=lock) == 0
    # The three of every process, the file that is written and the directory that is read.
    assert len((place.directory / "fds").read_text().split(",")) == 5


@pytest.mark.parametrize(("switches", "isRecorded"), [([], False), (["-O"], True), (["-b", "-O"], True)])
def test_what_a_hook_prints_goes_to_the_output_log_and_to_no_screen(
    place: Place, switches: list[str], isRecorded: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    command = "sh -c 'echo of-out; echo of-err >&2' x"
    place.ran(nothing, "--before", command, "--after", command, *switches)
    shown = capsys.readouterr()
    lines = place.log.read_text().splitlines()
    assert sum(line.endswith(("| of-out", "| of-err")) for line in lines) == 4 * isRecorded
    assert not [line for line in (shown.out + shown.err).splitlines() if line in {"of-out", "of-err"}]
    assert bool(shown.out) == ("-b" in switches)


# The command line


@pytest.mark.parametrize("entry", ["", ".", "bin/../."])
def test_no_program_of_the_working_directory_runs_unless_the_command_says_so(
    place: Place, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.directory / "bin").mkdir()
    for name in ("sh", "own-hook"):
        program = place.directory / name
        program.write_text(f"#!/bin/sh\necho {name} >>{place.steps}\n")
        program.chmod(0o755)
    monkeypatch.chdir(place.directory)
    monkeypatch.setenv("PATH", f"{entry}:{os.environ['PATH']}")
    assert place.ran(nothing, "--before", "sh -c true") == 0
    assert place.ran(nothing, "--before", "own-hook") == ExitStatus.GUARD_REFUSED
    assert "cannot be started: own-hook: No such file or directory; nothing" in place.log.read_text()
    assert not {"sh", "own-hook"} & set(place.noted())
    assert place.ran(nothing, "--before", "./own-hook") == 0
    assert "own-hook" in place.noted()


def test_words_are_split_as_the_shell_does_and_have_no_other_meaning(place: Place) -> None:
    script = place.directory / "show"
    script.write_text('#!/bin/sh\nprintf "%s|" "$@" >"$0.words"\n')
    script.chmod(0o755)
    assert place.ran(nothing, "--before", rf"""{script} a\ b 'c "d"' "e 'f'" $HOME * #x "" \udcff;z""") == 0
    words = (place.directory / "show.words").read_bytes()
    assert words == b"a b|c \"d\"|e 'f'|$HOME|*|#x||udcff;z|"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("sh -c 'x", "'sh -c 'x' of --before cannot be split into words: No closing quotation"),
        ("x \\", "cannot be split into words: No escaped character"),
        ("", "must name a program"),
        ("  ", "must name a program"),
        ("'' x", "must name a program"),
    ],
)
def test_a_command_that_is_none_is_wrong_usage(
    place: Place, command: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.ran(nothing, "--before", command) == ExitStatus.USAGE
    assert reason in capsys.readouterr().err
    assert place.noted() == []
