"""executeCommand and the other things that every floor uses."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, thread_time

import pytest

from CedarBackup3.errors import Interrupted
from CedarBackup3.util import (
    STATUS_UNKNOWN,
    childEnvironment,
    displayBytes,
    displayPath,
    executeCommand,
    getUidGid,
)

SHELL = ["sh", "-c"]


@pytest.mark.parametrize(
    ("script", "status", "lines"),
    [
        ("echo one; echo two", 0, ["one\n", "two\n"]),
        ("echo out; echo error >&2; echo out", 0, ["out\n", "error\n", "out\n"]),
        ("printf unfinished; exit 3", 3, ["unfinished"]),
        ("printf 'a\\r\\nb\\fc\\n'", 0, ["a\r\n", "b\fc\n"]),
        ("printf '\\377bad\\n'", 0, ["\udcffbad\n"]),
        ("kill -KILL $$", -signal.SIGKILL, []),
        ("cat", 0, []),  # there is no standard input to wait for
        ("true", 0, []),
    ],
)
def test_status_and_lines_are_those_of_the_child(script: str, status: int, lines: list[str]) -> None:
    assert executeCommand(SHELL, [script], returnOutput=True) == (status, lines)


def test_no_lines_are_returned_unless_asked_for() -> None:
    assert executeCommand(SHELL, ["echo one"]) == (0, None)


@pytest.mark.parametrize("command", [["no-such-command"], ["/"], ["nul\0byte"]])
def test_a_command_that_cannot_be_started_gives_256(command: list[str]) -> None:
    assert executeCommand(command, [], returnOutput=True) == (256, [])
    assert executeCommand(command, []) == (256, None)


def test_standard_error_can_be_thrown_away() -> None:
    assert executeCommand(SHELL, ["echo out; echo error >&2"], returnOutput=True, ignoreStderr=True) == (0, ["out\n"])


def test_standard_error_can_be_kept_apart_from_output_that_is_to_be_parsed() -> None:
    errors: list[str] = []
    script = "echo out; echo error >&2; printf last >&2"
    assert executeCommand(SHELL, [script], returnOutput=True, onErrorLine=errors.append) == (0, ["out\n"])
    assert errors == ["error\n", "last"]


def test_much_on_both_pipes_blocks_nobody() -> None:
    errors: list[str] = []
    script = "for i in 1 2 3; do seq 100000; seq 100000 >&2; done"
    status, lines = executeCommand(SHELL, [script], returnOutput=True, onErrorLine=errors.append)
    assert (status, len(lines or ()), len(errors)) == (0, 300000, 300000)


def test_the_output_file_gets_the_raw_bytes_and_stays_open() -> None:
    file = io.BytesIO()
    executeCommand(SHELL, ["printf 'a\\377\\n\\0b'"], outputFile=file)
    assert file.getvalue() == b"a\xff\n\0b"


@pytest.mark.parametrize(("doNotLog", "logged"), [(False, ["\udcffline"]), (True, [])])
def test_each_line_goes_to_the_output_log_unless_told_otherwise(
    doNotLog: bool, logged: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    executeCommand(SHELL, ["printf '\\377line\\n'"], doNotLog=doNotLog)
    assert [r.getMessage() for r in caplog.records if r.name == "CedarBackup3.output"] == logged


def test_the_child_runs_in_no_locale_and_the_parent_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_TIME", "LANGUAGE", "LANG"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    before = dict(os.environ)
    _, lines = executeCommand(["env"], [], returnOutput=True)
    locale = {line.strip() for line in lines or () if line.startswith(("LC_", "LANG"))}
    assert locale == {"LANG=C"}
    assert dict(os.environ) == before


def test_the_caller_can_give_the_environment() -> None:
    environment = childEnvironment() | {"GIVEN": "yes"}
    assert executeCommand(SHELL, ["echo $GIVEN"], returnOutput=True, environment=environment) == (0, ["yes\n"])


def test_a_lock_on_what_the_child_keeps_open_lasts_until_the_child_has_ended(tmp_path: Path) -> None:
    with open(tmp_path / "mine", "w") as mine, open(tmp_path / "mine", "w") as other:
        fcntl.flock(mine, fcntl.LOCK_EX)
        tries: list[bool] = []

        def closed(line: bytes) -> None:
            mine.close()
            tries.append(_isFree(other.fileno()))
            (tmp_path / "tried").touch()

        waits = f"echo; until [ -e {tmp_path}/tried ]; do sleep 0.1; done"
        status, _ = executeCommand(SHELL, [waits], onOutput=closed, keptOpen=(mine.fileno(),))
        assert (status, tries[0], _isFree(other.fileno())) == (0, False, True)


def _isFree(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def test_a_child_has_no_other_descriptor_of_ours(tmp_path: Path) -> None:
    with open(tmp_path / "mine", "w") as mine:
        words = f"test ! -e /proc/self/fd/{mine.fileno()}"
        assert executeCommand(SHELL, [words])[0] == 0
        assert executeCommand(SHELL, [words], keptOpen=(mine.fileno(),))[0] == 1


def test_what_is_raised_meanwhile_stops_the_child_first(tmp_path: Path) -> None:
    class FullDisk(io.BytesIO):
        def write(self, _data: object) -> int:
            raise OSError("No space left on device")

    pidFile = tmp_path / "pid"
    with pytest.raises(OSError, match="No space left"):
        executeCommand(SHELL, [f"echo $$ >{pidFile}; echo; exec sleep 60"], outputFile=FullDisk())
    with pytest.raises(ProcessLookupError):
        os.kill(int(pidFile.read_text()), 0)


def test_an_interrupt_leaves_no_child_behind_even_one_that_ignores_sigterm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("CedarBackup3.util.STOP_GRACE", 0.2)
    pidFile = tmp_path / "pid"

    def interrupt(_line: str) -> None:
        raise Interrupted("SIGTERM")

    script = f"import os, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
open({str(pidFile)!r}, 'w').write(str(os.getpid())); print('up', file=sys.stderr, flush=True); time.sleep(3600)"
    with pytest.raises(Interrupted):
        executeCommand([sys.executable], ["-c", script], onErrorLine=interrupt)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pidFile.read_text()), 0)


def test_a_child_that_lives_on_without_its_pipes_is_still_asked_about() -> None:
    deadline = monotonic() + 0.5
    script = "exec >&- 2>&-; exec sleep 60"
    assert executeCommand(SHELL, [script], shouldStop=lambda: monotonic() > deadline) == (-15, None)
    assert monotonic() < deadline + 30


def test_the_caller_learns_which_process_the_child_is() -> None:
    told: list[int] = []
    status, lines = executeCommand(SHELL, ["echo $$"], returnOutput=True, onStarted=told.append)
    assert (status, lines) == (0, [f"{told[0]}\n"])
    assert executeCommand(["no-such-command"], [], onStarted=told.append)[0] == 256
    assert len(told) == 1


PROGRESS = "import sys; sys.stdout.write('Completed %d of it\\r' % 7 * {number} + 'done\\r\\nlast')"
"""The text of a child that updates its progress so many times in one line."""


@pytest.mark.parametrize("number", [1, 20_000])
def test_progress_that_ends_in_carriage_returns_is_returned_whole(number: int) -> None:
    file = io.BytesIO()
    command = [PROGRESS.format(number=number)]
    _, lines = executeCommand([sys.executable, "-c"], command, returnOutput=True, outputFile=file)
    assert lines == ["Completed 7 of it\r" * number + "done\r\n", "last"]
    assert file.getvalue() == "".join(lines).encode()


def test_progress_of_which_only_the_log_gets_anything_is_logged_in_pieces_and_completely(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """So no piece is much longer than what a pipe holds, however long the child runs."""
    caplog.set_level(logging.INFO, "CedarBackup3.output")
    executeCommand([sys.executable, "-c"], [PROGRESS.format(number=20_000)], doNotLog=False)
    said = [record.getMessage() for record in caplog.records if record.name == "CedarBackup3.output"]
    assert said[-1] == "last"
    assert said[-2].endswith("Completed 7 of it\rdone")
    assert all(len(line) < 4 * 65536 for line in said)
    assert sum(line.count("Completed 7 of it") for line in said) == 20_000


def test_progress_in_one_line_takes_about_as_much_work_as_in_many() -> None:
    """And not as much as the square of its length: minutes."""

    def work(end: str) -> float:
        began = thread_time()
        executeCommand([sys.executable, "-c"], [f"print('Completed 7 of it{end}' * 4_000_000)"], doNotLog=True)
        return thread_time() - began

    assert work("\\r") < 10 * work("\\n") + 1


# A process that ignores SIGCHLD is never told how its children end.

CALLS = {
    "a child that fails": "executeCommand(['sh', '-c', 'echo; exit 3'], [])",
    "a child that fails unseen": "executeCommand(['sh', '-c', 'exec >&- 2>&-; sleep 0.2; exit 3'], [])",
    "a child that is long gone": "executeCommand(['sh', '-c', 'echo; exit 3'], [], onOutput=lambda _: sleep(0.2))",
    "a child that is killed": "executeCommand(['sh', '-c', 'kill -9 $$'], [])",
    "a child that is stopped": "executeCommand(['sleep', '60'], [], shouldStop=lambda: True)",
    "a child that has ended before it is stopped": "executeCommand(['true'], [], onStarted=told, shouldStop=ended)",
    "a child's own child": "executeCommand([sys.executable, '-c', 'import os; exit(os.system(\"exit 3\") >> 8)'], [])",
}
ENDED = """
pids = []
told = pids.append
def ended():
    try:
        while open(f"/proc/{pids[0]}/stat").read().rpartition(")")[2].split()[0] not in "ZX":
            sleep(0.01)
    except OSError:
        pass
    return True
"""
"""Waits until the child has ended, and is for `shouldStop`."""
STATUSES = dict(zip(CALLS, (3, 3, 3, -9, -15, 0, 3), strict=True))


def whenIgnored(call: str, *, inThread: bool) -> object:
    """What a call gives in such a process, which has to ignore the signal still in the end."""
    run = "thread = threading.Thread(target=call); thread.start(); thread.join()" if inThread else "call()"
    script = (
        f"import signal, sys, threading\nfrom time import sleep\nfrom CedarBackup3.util import executeCommand\n{ENDED}"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        f"call = lambda: print({call}[0])\n{run}\n"
        "assert signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return int(done.stdout)


@pytest.mark.parametrize("name", CALLS)
def test_the_status_is_right_though_sigchld_is_ignored(name: str) -> None:
    assert whenIgnored(CALLS[name], inThread=False) == STATUSES[name]


@pytest.mark.parametrize("name", CALLS)
def test_where_only_a_thread_could_change_that_no_status_is_a_success(name: str) -> None:
    assert whenIgnored(CALLS[name], inThread=True) == STATUS_UNKNOWN


def test_a_status_that_another_part_of_the_process_has_taken_is_no_success() -> None:
    def reap(data: bytes) -> None:
        if data:
            os.waitpid(-1, 0)

    assert executeCommand(SHELL, ["echo; exec >&- 2>&-"], onOutput=reap) == (257, None)


# What stands in the way of a start.


def limited(call: str, *limits: str) -> str:
    """What a call prints in a process of its own with these limits, `resource.RLIMIT_...` and a number each."""
    script = (
        "import errno, os, resource, sys\nfrom CedarBackup3.util import executeCommand\n"
        + "".join(
            f"resource.setrlimit(resource.{name}, ({limit}, {limit}))\n" for name, limit in map(str.split, limits)
        )
        + f"say = lambda error: print(type(error).__name__, errno.errorcode.get(getattr(error, 'errno', None)))\n"
        f"print({call})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("call", "limits", "reason"),
    [
        ("executeCommand(['no-such-command'], [], onNotStarted=say)", [], "FileNotFoundError ENOENT"),
        ("executeCommand(['/'], [], onNotStarted=say)", [], "PermissionError EACCES"),
        ("executeCommand(['true'], ['nul\\0byte'], onNotStarted=say)", [], "ValueError None"),
        ("executeCommand(['true'], ['x' * (1 << 22)], onNotStarted=say)", [], "OSError E2BIG"),
        ("executeCommand(['true'], [], onNotStarted=say)", ["RLIMIT_NOFILE 4"], "OSError EMFILE"),
        ("executeCommand(['true'], [], onNotStarted=say, directory='/no/such')", [], "FileNotFoundError ENOENT"),
    ],
)
def test_the_caller_can_learn_why_a_command_was_not_started(call: str, limits: list[str], reason: str) -> None:
    assert limited(call, *limits) == f"{reason}\n(256, None)\n"


def test_every_number_of_descriptors_starts_the_child_or_says_that_it_could_not() -> None:
    results = [limited("executeCommand(['true'], [])", f"RLIMIT_NOFILE {number}") for number in range(3, 16)]
    assert set(results) == {"(256, None)\n", "(0, None)\n"}


def test_the_child_is_started_where_the_caller_says() -> None:
    assert executeCommand(["pwd"], [], returnOutput=True, directory="/") == (0, ["/\n"])
    assert executeCommand(["pwd"], [], returnOutput=True) == (0, [f"{os.getcwd()}\n"])


def test_lines_arrive_while_the_child_still_runs(tmp_path: Path) -> None:
    """The child waits for a file that only its own first line brings about."""
    flag = tmp_path / "flag"
    script = f"echo first >&2; for i in $(seq 2400); do [ -e {flag} ] && exit 0; sleep 0.1; done; exit 1"
    assert executeCommand(SHELL, [script], onErrorLine=lambda _line: flag.touch()) == (0, None)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("plain/path with space.txt", "plain/path with space.txt"),
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "caf\\xe9"),
        ("caf\udce9", "caf\\xe9"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x1b[31mred\x7f", "\\x1b[31mred\\x7f"),
        ("\x85\u202e\u2028", "\\u0085\\u202e\\u2028"),
        ("back\\n", "back\\\\n"),
        ("\ud800", "\\ud800"),
        (Path("/p"), "/p"),
        ("\U0001f984", "\U0001f984"),
        ("", ""),
    ],
)
def test_a_path_is_shown_so_that_it_breaks_neither_line_nor_terminal(path: str | bytes | Path, shown: str) -> None:
    assert displayPath(path) == shown
    assert displayPath(path).isprintable()


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        ((1 << 20) - 53, "1023.9 KiB"),
        ((1 << 20) - 1, "1.0 MiB"),
        (1023.7, "1.0 KiB"),
        (1 << 20, "1.0 MiB"),
        (5 << 30, "5.0 GiB"),
        (3000 << 40, "3000.0 TiB"),
        (-2048, "-2.0 KiB"),
    ],
)
def test_bytes_are_shown_for_people(count: float, shown: str) -> None:
    assert displayBytes(count) == shown


def test_owners_are_looked_up_by_name() -> None:
    assert getUidGid("root", "root") == (0, 0)


@pytest.mark.parametrize(
    ("user", "group", "named"), [("no-such", "root", "no-such"), ("root", "no\nsuch", "no\\\\?nsuch"), ("0", "0", "0")]
)
def test_an_unknown_owner_is_named(user: str, group: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        getUidGid(user, group)


def test_the_package_itself_imports_nothing() -> None:
    script = "import sys; before = set(sys.modules); import CedarBackup3; print(set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'CedarBackup3'}"
