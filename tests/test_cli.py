"""The shared command line, shown with a small tool of the tests' own."""

from __future__ import annotations

import grp
import json
import logging
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.cli import Argument, Switch, Tool, runTool
from CedarBackup3.cli.userlog import userLogfile
from CedarBackup3.errors import CedarBackupError, ExitStatus, GuardRefused, Interrupted, NamesRefused, UsageError
from CedarBackup3.util import executeCommand

LOG = logging.getLogger("CedarBackup3.log")
LINE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d %-7s %s"


def tool(run: Callable[[Any], int] = lambda _options: 0, **more: Any) -> Tool:
    return Tool(
        name="cback-test",
        summary="A tool.",
        description="It does\nwhat a test wants.",
        arguments=(Argument("thing", "Any thing"),),
        switches=(
            Switch("x", "extra", "Extra"),
            Switch("", "count", "How many", "N", "3", int),
        ),
        example="cback-test thing",
        buildOptions=more.pop("buildOptions", dict),
        run=lambda options, _progress: run(options),
        **more,
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "cback.log"


def ran(log: Path, run: Callable[[Any], int], *switches: str) -> int:
    return runTool(tool(run), ["thing", "--logfile", str(log), *switches])


def chatter(_options: Any) -> int:
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        LOG.log(level, "said at %s", logging.getLevelName(level))
    executeCommand(["echo"], ["said by a child"])
    return 0


# The command line


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["thing"], {"thing": "thing", "extra": False, "count": 3}),
        (["-x", "thing"], {"extra": True}),
        (["thing", "--extra", "--count", "7"], {"extra": True, "count": 7, "thing": "thing"}),
        (["--count=8", "thing"], {"count": 8}),
        (["--", "-x"], {"thing": "-x", "extra": False}),
        (["-xb", "./-x"], {"thing": "./-x", "extra": True, "verbose": True}),
        (["thing", "-m", "0600"], {"mode": 0o600}),
        (["thing", "--owner", "user:group"], {"owner": ("user", "group")}),
    ],
)
def test_the_words_become_values(words: list[str], expected: dict[str, Any], log: Path) -> None:
    seen: dict[str, Any] = {}
    log.touch()  # so that no owner need be given to it
    keep = tool(lambda options: seen.update(options) or 0)
    assert runTool(keep, ["-l", str(log), *words]) == ExitStatus.DONE
    assert seen | expected == seen


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["thing", "place"], {"thing": "thing", "place": "place", "show": False, "only": None}),
        (["thing", "--show"], {"thing": "thing", "place": "", "show": True}),
        (["--show", "thing"], {"thing": "thing", "place": ""}),
        (["thing", "--show", "place"], {"thing": "thing", "place": "place"}),
        (["--only", "thing"], {"thing": "thing", "place": "", "only": ""}),
        (["--only", "thing", "place"], {"thing": "thing", "place": "place", "only": ""}),
        (["--only=it", "thing"], {"thing": "thing", "only": "it"}),
        (["--only=", "thing"], {"thing": "thing", "only": ""}),
        (["--", "--only", "--show"], {"thing": "--only", "place": "--show", "only": None}),
        (["--show", "--", "--only"], {"thing": "--only", "place": "", "only": None}),
    ],
)
def test_an_argument_or_a_value_may_be_left_out(words: list[str], expected: dict[str, Any], log: Path) -> None:
    seen: dict[str, Any] = {}
    log.touch()
    assert runTool(_lenient(lambda options: seen.update(options) or 0), ["-l", str(log), *words]) == ExitStatus.DONE
    assert seen | expected == seen


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["thing"], "place"),
        (["--show"], "thing"),
        (["--show", "thing", "place", "other"], "other"),
        (["--show", "thing", "--odd"], "--odd"),
        (["--on", "thing", "place"], "--on"),
    ],
)
def test_what_must_not_be_left_out_is_named(
    words: list[str], said: str, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runTool(_lenient(lambda _options: 0), ["-l", str(log), *words]) == ExitStatus.USAGE
    assert said in capsys.readouterr().err


def _lenient(run: Callable[[Any], int]) -> Tool:
    return tool(run)._replace(
        arguments=(Argument("thing", "Any thing"), Argument("place", "Where", unless=("show", "only"))),
        switches=(Switch("", "show", "Show it"), Switch("", "only", "Only that", "IT", isValueOptional=True)),
    )


def test_a_tool_can_refuse_its_own_values_before_anything_is_logged(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_values: Any) -> Any:
        raise UsageError("this is no thing")

    assert runTool(tool(buildOptions=refuse), ["thing", "-l", str(log)]) == ExitStatus.USAGE
    assert capsys.readouterr() == ("", "cback-test: this is no thing (see cback-test --help)\n")
    assert not log.exists()


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 9))
    assert runTool(tool(), ["thing"]) == ExitStatus.PYTHON_TOO_OLD
    assert "Python 3.11 or later is needed" in capsys.readouterr().err


# What goes where


@pytest.mark.parametrize(
    ("switches", "screen", "errors", "file"),
    [
        ([], "", "E", "IWE"),
        (["--verbose"], "I", "WE", "IWE"),
        (["--debug"], "", "E", "DIWEo"),
        (["--output"], "", "E", "IWEo"),
        (["--verbose", "--debug"], "DI", "WE", "DIWEo"),
        (["--quiet"], "", "", "IWE"),
        (["--quiet", "--verbose", "--debug", "--output"], "", "", "DIWEo"),
    ],
)
def test_each_line_goes_where_the_switches_say(
    switches: list[str], screen: str, errors: str, file: str, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(log, chatter, *switches) == 0
    shown = capsys.readouterr()
    for text, expected in ((shown.out, screen), (shown.err, errors), (log.read_text(), file)):
        said = "".join(re.findall(r"said at (.)", text)) + "o" * text.count("| said by a child\n")
        assert said == expected


def test_a_line_in_the_file_has_iso_time_with_zone_level_and_message(log: Path) -> None:
    ran(log, chatter, "--output")
    lines = log.read_text().splitlines()
    for line, level, message in zip(
        lines,
        ("INFO", "WARNING", "ERROR", "INFO"),
        ("said at INFO", "said at WARNING", "said at ERROR", r"\| said by a child"),
        strict=True,
    ):
        assert re.fullmatch(LINE % (level, message), line)


def test_nothing_can_break_a_line_of_the_log_or_the_terminal(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(_options: Any) -> int:
        LOG.error("bad %s", "\n2026-01-01T00:00:00+00:00 INFO    fake\r\x1b[31m\udcff\u202e")
        return 0

    ran(log, run)
    shown = "bad \\n2026-01-01T00:00:00+00:00 INFO    fake\\r\\x1b[31m\\xff\\u202e\n"
    assert capsys.readouterr().err == shown
    assert log.read_text().endswith(" ERROR   " + shown)


def test_runs_share_a_log_and_leave_no_handler_behind(log: Path) -> None:
    before = list(LOG.handlers)
    ran(log, chatter)
    ran(log, chatter)
    assert log.read_text().count("said at INFO") == 2
    assert before == LOG.handlers


# How it ends


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (CedarBackupError("it failed"), 6, "it failed"),
        (NamesRefused("bad names"), 8, "bad names"),
        (GuardRefused("a guard"), 9, "a guard"),
        (Interrupted("Interrupted by SIGTERM"), 5, "Interrupted by SIGTERM"),
        (
            ZeroDivisionError("oh\nno"),
            6,
            "Failed unexpectedly; please report this with the output of --stack: ZeroDivisionError: oh\\nno",
        ),
    ],
)
@pytest.mark.parametrize("withStack", [False, True])
def test_each_failure_is_one_sentence_and_a_status_and_a_traceback_only_when_asked_for(
    error: BaseException, status: int, message: str, withStack: bool, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_options: Any) -> int:
        raise error

    assert ran(log, run, *["--stack"] * withStack) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines()[0] == message
    assert message in log.read_text()
    assert ("Traceback" in shown.err, "Traceback" in log.read_text()) == (withStack, withStack)
    assert withStack or shown.err.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_with_one_line_and_status_5(
    number: signal.Signals, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_options: Any) -> int:
        os.kill(os.getpid(), number)
        raise AssertionError("not reached")

    before = signal.signal(number, signal.SIG_DFL)  # a shell's `&` and nohup have their commands ignore some
    try:
        assert ran(log, run) == ExitStatus.INTERRUPTED
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert number.name in log.read_text()
    assert capsys.readouterr().err.count("\n") == 1


def test_a_signal_that_was_ignored_stays_ignored(log: Path) -> None:
    def run(_options: Any) -> int:
        os.kill(os.getpid(), signal.SIGHUP)
        return 0

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert ran(log, run) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


# What happens to standard output and standard error


ENDS = {
    "help": (["--help"], 0),
    "version": (["--version"], 0),
    "diagnostics": (["--diagnostics"], 0),
    "an answer": (["--extra"], 0),
    "a run": (["thing"], 7),
    "a run that says it": (["thing", "--verbose"], 7),
    "a failure": (["fail"], 6),
    "a defect": (["break", "--stack"], 6),
    "a refusal": (["refuse"], 9),
    "wrong usage": (["--no-such-switch"], 2),
    "wrong values": (["thing", "--count", "x"], 2),
    "no log": (["thing", "--logfile", "/no/such/log"], 3),
    "a report": (["thing", "--report", "-"], 7),
    "a signal": (["kill"], 5),
}
ANSWERS = ("help", "version", "diagnostics", "an answer")
TOOL = """
import logging, os, signal, sys
from CedarBackup3.cli import Argument, Switch, Tool, runTool
from CedarBackup3.errors import CedarBackupError, GuardRefused
def run(options, progress):
    logging.getLogger("CedarBackup3.log").info("said" * 5000)
    thing = options["thing"]
    if thing == "kill":
        os.kill(os.getpid(), signal.SIGTERM)
    if thing != "thing":
        raise {"fail": CedarBackupError("Failed"), "break": ValueError("x"), "refuse": GuardRefused("Refused")}[thing]
    return 7
tool = Tool("t", "", "", (Argument("thing", "", unless=("extra",)),),
            (Switch("x", "extra", ""), Switch("", "count", "", "N", "3", int)), "", dict, run,
            answer=lambda options: "answer\\n" * 3000 if options["extra"] else "")
sys.exit(runTool(tool, sys.argv[1:]))
"""


def _ended(log: Path, words: list[str], redirection: str) -> tuple[int, str, str]:
    """Status, output and errors of such a run in a process of its own, with the redirections of the shell."""
    given = words if "--logfile" in words else [*words, "--logfile", str(log)]
    command = ["sh", "-c", f'"$@" {redirection}', "sh", sys.executable, "-c", TOOL, *given]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "<&- 2>&-", "2>/dev/full <&-"])
@pytest.mark.parametrize("name", ENDS)
def test_errors_that_cannot_be_written_change_no_status(name: str, redirection: str, log: Path) -> None:
    words, status = ENDS[name]
    assert _ended(log, words, redirection)[::2] == (status, "")


@pytest.mark.parametrize(
    "redirection", [">/dev/full", ">/dev/full 2>&1", ">&- 2>/dev/full", ">&-", ">&- 2>&-", ">&- 2>&- <&-"]
)
@pytest.mark.parametrize("name", ENDS)
def test_what_cannot_be_printed_changes_a_status_only_if_it_was_asked_for(
    name: str, redirection: str, log: Path
) -> None:
    words, status = ENDS[name]
    if name in ANSWERS and ">/dev/full" in redirection.split():
        status = 6
    if name == "a report" and ">&-" in redirection.split():
        status = 3  # found before anything is done
    found, _, errors = _ended(log, words, redirection)
    assert found == status, errors
    assert "Exception ignored" not in errors
    assert "Traceback" not in errors or name == "a defect"
    if status == 6 and name in ANSWERS and "2>" not in redirection:
        assert errors == "t: The output cannot be written completely to standard output: No space left on device\n"


@pytest.mark.parametrize("streams", [("stdout",), ("stderr",), ("stdout", "stderr")])
@pytest.mark.parametrize("name", ENDS)
def test_nobody_there_to_read_changes_no_status(name: str, streams: tuple[str, ...], log: Path) -> None:
    words, status = ENDS[name]
    reading, writing = os.pipe()
    os.close(reading)
    more: dict[str, Any] = {
        stream: writing if stream in streams else subprocess.PIPE for stream in ("stdout", "stderr")
    }
    given = words if "--logfile" in words else [*words, "--logfile", str(log)]
    done = subprocess.run([sys.executable, "-c", TOOL, *given], timeout=60, check=False, **more)
    os.close(writing)
    assert done.returncode == status
    assert b"Exception ignored" not in (done.stderr or b"")


def test_a_log_never_takes_the_number_of_a_closed_stream(log: Path) -> None:
    script = TOOL.replace("    return 7", "    os.write(1, b'to nobody'); os.write(2, b'to nobody'); return 7")
    command = ["sh", "-c", '"$@" <&- >&- 2>&-', "sh", sys.executable, "-c", script, "thing", "--logfile", str(log)]
    assert subprocess.run(command, timeout=60, check=False).returncode == 7
    assert "to nobody" not in log.read_text()


def test_children_can_be_waited_for_though_sigchld_was_ignored(log: Path) -> None:
    script = TOOL.replace(
        "    return 7",
        "    from concurrent.futures import ThreadPoolExecutor\n"
        "    from CedarBackup3.util import executeCommand\n"
        "    with ThreadPoolExecutor(1) as threads:\n"
        "        return threads.submit(executeCommand, ['sh', '-c', 'exit 7'], []).result()[0]",
    )
    command = ["sh", "-c", "trap '' CHLD; \"$@\"", "sh", sys.executable, "-c", script, "thing", "--logfile", str(log)]
    assert subprocess.run(command, timeout=60, check=False).returncode == 7


# The log file


def modeAndOwner(path: Path) -> tuple[int, str, str]:
    status = path.stat()
    return stat.S_IMODE(status.st_mode), pwd.getpwuid(status.st_uid).pw_name, grp.getgrgid(status.st_gid).gr_name


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_new_log_file_has_the_mode_and_owner_asked_for_whatever_the_umask(log: Path) -> None:
    before = os.umask(0o077)
    try:
        ran(log, chatter, "--mode", "664", "--owner", "daemon:bin")
    finally:
        os.umask(before)
    assert modeAndOwner(log) == (0o664, "daemon", "bin")


def test_a_new_log_file_has_mode_640(log: Path) -> None:
    ran(log, chatter)
    assert modeAndOwner(log)[0] == 0o640


def test_an_existing_log_file_keeps_its_mode_owner_and_text(log: Path) -> None:
    log.write_text("before\n")
    log.chmod(0o604)
    ran(log, chatter, "--mode", "600")
    assert modeAndOwner(log)[0] == 0o604
    assert log.read_text().startswith("before\n")


def test_an_administrators_own_link_is_followed_even_to_a_file_that_is_still_to_be_made(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "link.log"
    link.symlink_to(tmp_path / "elsewhere" / "real.log")
    assert ran(link, chatter) == 0
    assert "said at INFO" in (tmp_path / "elsewhere" / "real.log").read_text()


def makeLink(log: Path) -> None:
    log.symlink_to(log.parent.parent / "victim")


def makePipe(log: Path) -> None:
    os.mkfifo(log)


def makeStrangersFile(log: Path) -> None:
    log.touch()
    os.chown(log, 12345, 12345)


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (makeLink, "symbolic links"),
        (makePipe, "No such device"),
        pytest.param(
            makeStrangersFile,
            "another user",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away"),
        ),
        (Path.mkdir, "Is a directory"),
    ],
)
def test_nothing_planted_in_a_shared_directory_is_written_to(
    plant: Callable[[Path], None], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    log = shared / "cback.log"
    plant(log)
    assert ran(log, chatter) == ExitStatus.LOGGING
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "victim").exists()
    assert not log.is_file() or log.read_text() == ""


@pytest.mark.parametrize(
    ("path", "switches", "reason"),
    [
        ("no/such/directory/cback.log", [], "No such file or directory"),
        ("nul\0byte", [], "embedded null"),  # byte, or character from Python 3.13 on
        ("cback.log", ["--owner", "no-such-user:root"], "no user named no-such-user"),
    ],
)
def test_a_log_that_cannot_be_set_up_is_one_sentence_that_says_what_to_do(
    path: str, switches: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(tmp_path / path, chatter, *switches) == ExitStatus.LOGGING
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert reason in shown.err
    assert "--logfile" in shown.err
    assert not os.path.lexists(str(tmp_path / path).replace("\0", ""))


def test_quiet_is_quiet_even_when_there_is_no_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(tmp_path / "no/such/log", chatter, "--quiet") == ExitStatus.LOGGING
    assert capsys.readouterr() == ("", "")


# The log of a user who cannot write the default one

DEFAULT = "/var/log/cback.log"
STRANGER = 65534

rootOnly = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def ordinaryHome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The home of the user that this process is, who is not root for as long as the test lasts."""
    ran(tmp_path / "log", chatter, "--quiet")  # and has imported all, from wherever it lies
    isRoot = os.geteuid() == 0
    home = Path(tempfile.mkdtemp(prefix="cback-test-"))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    try:
        if isRoot:
            os.chown(home, STRANGER, STRANGER)
            os.setegid(STRANGER)
            os.seteuid(STRANGER)
        if os.access(DEFAULT if os.path.exists(DEFAULT) else "/var/log", os.W_OK, effective_ids=True):
            pytest.skip("this user can write the default log")
        yield home
    finally:
        if isRoot:
            os.seteuid(0)
            os.setegid(0)
        subprocess.run(["chmod", "-R", "u+rwX", home], check=True)
        shutil.rmtree(home)


def ranByDefault(*switches: str, run: Callable[[Any], int] = chatter) -> int:
    return runTool(tool(run), ["thing", *switches])


@pytest.mark.parametrize(
    ("state", "place"),
    [
        (None, ".local/state"),
        ("", ".local/state"),
        ("state", ".local/state"),  # a relative path counts as none
        ("{home}/state", "state"),
        ("{home}/deep/er//", "deep/er"),
    ],
)
def test_without_root_the_default_log_lies_where_the_users_state_does(
    state: str | None,
    place: str,
    ordinaryHome: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if state is not None:
        monkeypatch.setenv("XDG_STATE_HOME", state.format(home=ordinaryHome))
    ordinaryHome.chmod(0o755)
    before = os.umask(0)
    try:
        assert [ranByDefault(run=lambda _options: 0), ranByDefault(run=lambda _options: 0)] == [0, 0]
    finally:
        os.umask(before)
    assert capsys.readouterr() == ("", "")  # cron mails what is printed
    log = ordinaryHome / place / "cback" / "cback.log"
    sentence = (
        rf"The log file is \S+{place}/+cback/cback.log, because this user cannot write {DEFAULT}; .*--logfile PATH.*"
    )
    assert all(re.fullmatch(LINE % ("INFO", sentence), line) for line in log.read_text().splitlines())
    assert modeAndOwner(log)[0] == 0o640
    made = [path for path in log.parents if path.is_relative_to(ordinaryHome) and path != ordinaryHome]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700}
    assert stat.S_IMODE(ordinaryHome.stat().st_mode) == 0o755
    assert [path for path in ordinaryHome.rglob("*") if path.is_file()] == [log]


@pytest.mark.parametrize(
    ("switches", "isTerminal", "screen", "errors"),
    [
        ([], True, 0, 1),
        ([], False, 0, 0),
        (["--verbose"], True, 1, 0),
        (["--verbose"], False, 1, 0),
        (["--verbose", "--report", "-"], False, 0, 1),
        (["--quiet"], True, 0, 0),
    ],
)
def test_who_sits_at_a_terminal_is_told_of_that_log_once(
    switches: list[str],
    isTerminal: bool,
    screen: int,
    errors: int,
    ordinaryHome: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: isTerminal)
    assert ranByDefault(*switches) == 0
    shown = capsys.readouterr()
    assert (shown.out.count("The log file is "), shown.err.count("The log file is ")) == (screen, errors)
    assert (ordinaryHome / ".local/state/cback/cback.log").read_text().count("The log file is ") == 1


def closeHome(home: Path) -> str:
    home.chmod(0o500)
    return ""


def openState(home: Path) -> str:
    (home / "state").mkdir()
    (home / "state").chmod(0o777)
    return str(home / "state")


def openTheMadeOne(home: Path) -> str:
    (home / "state" / "cback").mkdir(parents=True)
    (home / "state" / "cback").chmod(0o1777)
    return str(home / "state")


def fileInTheWay(home: Path) -> str:
    (home / ".local").touch()
    return ""


def directoryOfThatName(home: Path) -> str:
    (home / ".local/state/cback/cback.log").mkdir(parents=True)
    return ""


def noFileSystemForFiles(_home: Path) -> str:
    return "/proc/state"


def homeThatIsNotThere(_home: Path) -> str:
    return "/nonexistent/state"


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (closeHome, "Permission denied"),
        (openState, "others can write to"),
        (openTheMadeOne, "others can write to"),
        (fileInTheWay, "Not a directory"),
        (directoryOfThatName, "Is a directory"),
        (noFileSystemForFiles, "/proc/state/cback/cback.log: "),
        (homeThatIsNotThere, "/nonexistent/state/cback/cback.log: "),
    ],
)
def test_where_that_log_cannot_be_had_nothing_is_done(
    plant: Callable[[Path], str],
    reason: str,
    ordinaryHome: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", plant(ordinaryHome))
    assert ranByDefault() == ExitStatus.LOGGING
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert reason in shown.err
    assert f"this user cannot write {DEFAULT} either; name another with --logfile PATH" in shown.err
    assert [path for path in ordinaryHome.rglob("cback.log") if path.is_file()] == []


@rootOnly
@pytest.mark.parametrize("isLink", [True, False])
def test_that_log_is_not_made_in_a_directory_of_somebody_elses(
    isLink: bool, ordinaryHome: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state = ordinaryHome / "state"
    os.seteuid(0)
    (ordinaryHome / "mine").mkdir()
    os.chown(ordinaryHome / "mine", STRANGER, STRANGER)
    if isLink:
        state.symlink_to("mine")
    else:
        state.mkdir()
        state.chmod(0o777)
    os.chown(state, 12345, 12345, follow_symlinks=False)
    os.seteuid(STRANGER)
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    assert ranByDefault() == ExitStatus.LOGGING
    assert "belongs to the user 12345" in capsys.readouterr().err
    assert list(ordinaryHome.rglob("cback*")) == []


@pytest.mark.parametrize("home", [None, "", "relative"])
def test_without_a_home_the_sentence_is_about_the_default_log(
    home: str | None, ordinaryHome: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ordinaryHome)
    if home is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", home)
    assert ranByDefault() == ExitStatus.LOGGING
    assert f"cannot write the log file {DEFAULT}: Permission denied; name another" in capsys.readouterr().err
    assert list(ordinaryHome.iterdir()) == []


def test_a_log_that_is_named_has_no_substitute(ordinaryHome: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ranByDefault("--logfile", DEFAULT) == ExitStatus.LOGGING
    assert f"cannot write the log file {DEFAULT}: Permission denied; name another" in capsys.readouterr().err
    assert list(ordinaryHome.iterdir()) == []


@rootOnly
def test_root_has_no_other_log_than_the_default_one() -> None:
    assert userLogfile("/proc/no/such/cback.log", {"HOME": "/root", "XDG_STATE_HOME": "/root/state"}) == ""


def test_diagnostics_and_reports_tell_which_log_it_is(ordinaryHome: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = str(ordinaryHome / ".local/state/cback/cback.log")
    for switches, told in (
        ([], f"{log} (this user cannot write {DEFAULT})"),
        (["--logfile", DEFAULT], DEFAULT),
        (["--syslog"], "the system log"),
        (["--syslog", "--logfile", "/x"], "/x and the system log"),
    ):
        assert ranByDefault("--diagnostics", *switches) == 0
        assert re.search(rf"^   Log: +{re.escape(told)}$", capsys.readouterr().out, re.MULTILINE)
    assert list(ordinaryHome.iterdir()) == []
    assert ranByDefault("--report", "-") == 0
    assert json.loads(capsys.readouterr().out)["options"]["logfile"] == log


def test_the_report_cannot_take_the_place_of_that_log(ordinaryHome: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ranByDefault("--report", str(ordinaryHome / ".local/state/cback/cback.log")) == ExitStatus.USAGE
    assert "--logfile and --report name the same file" in capsys.readouterr().err


# Root's log among other people's files


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home directory of somebody else, in which root can write and others can read."""
    directory = tmp_path / "home"
    directory.mkdir(mode=0o755)
    os.chown(directory, STRANGER, STRANGER)
    (tmp_path / "victim").write_text("")
    return directory


def plantLink(home: Path, victim: Path) -> Path:
    (home / "cback.log").symlink_to(victim)
    os.chown(home / "cback.log", STRANGER, -1, follow_symlinks=False)
    return home / "cback.log"


def plantLinkToNothing(home: Path, victim: Path) -> Path:
    victim.unlink()
    return plantLink(home, victim)


def plantHardLink(home: Path, victim: Path) -> Path:
    os.link(victim, home / "cback.log")
    return home / "cback.log"


def plantRootsOwnLink(home: Path, victim: Path) -> Path:
    """One of root's that its owner has renamed: it may have meant something else where it was."""
    (home / "cback.log").symlink_to(victim)
    return home / "cback.log"


def plantLinkOnTheWay(home: Path, victim: Path) -> Path:
    (home / "logs").symlink_to(victim.parent)
    os.chown(home / "logs", STRANGER, -1, follow_symlinks=False)
    return home / "logs" / victim.name


def plantLinkToAnEmptyPlaceOnTheWay(home: Path, victim: Path) -> Path:
    path = plantLinkOnTheWay(home, victim)
    victim.unlink()
    return path


def plantPipe(home: Path, victim: Path) -> Path:
    os.mkfifo(home / "cback.log")
    return home / "cback.log"


def plantDevice(home: Path, victim: Path) -> Path:
    os.mknod(home / "cback.log", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    return home / "cback.log"


def plantFile(home: Path, victim: Path) -> Path:
    (home / "cback.log").touch()
    os.chown(home / "cback.log", STRANGER, -1)
    return home / "cback.log"


@rootOnly
@pytest.mark.parametrize("isRelative", [False, True])
@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (plantLink, "symbolic links are not followed"),
        (plantLinkToNothing, "symbolic links are not followed"),
        (plantRootsOwnLink, "symbolic links are not followed"),
        (plantHardLink, "it has a second name"),
        (plantLinkOnTheWay, "on the way there, belongs to the user nobody"),
        (plantLinkToAnEmptyPlaceOnTheWay, "on the way there, belongs to the user nobody"),
        (plantPipe, "No such device"),
        (plantDevice, "it is not a file"),
        (plantFile, "it belongs to another user"),
    ],
)
def test_root_writes_no_log_where_the_owner_of_a_home_leads_it(
    plant: Callable[[Path, Path], Path],
    reason: str,
    isRelative: bool,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    victim = home.parent / "victim"
    log = plant(home, victim)
    wasThere = victim.exists()
    monkeypatch.chdir(home)
    assert ran(log.relative_to(home) if isRelative else log, chatter) == ExitStatus.LOGGING
    shown = capsys.readouterr().err
    assert reason in shown
    assert "--logfile PATH" in shown
    assert victim.exists() == wasThere
    assert not wasThere or victim.read_text() == ""


@rootOnly
def test_roots_log_lies_in_a_strangers_home_as_long_as_nobody_plays_tricks(home: Path) -> None:
    log = home / "cback.log"
    for night in (1, 2):
        assert ran(log, chatter) == 0
        assert log.read_text().count("said at INFO") == night
    assert log.stat().st_uid == 0


@rootOnly
@pytest.mark.parametrize("group", [0, 4])
def test_roots_log_lies_in_a_directory_of_a_group_such_as_ubuntus(group: int, tmp_path: Path) -> None:
    os.chown(tmp_path, 0, group)
    tmp_path.chmod(0o775)
    log = tmp_path / "cback.log"
    assert [ran(log, chatter), ran(log, chatter)] == [0, 0]
    assert log.read_text().count("said at INFO") == 2


@pytest.mark.parametrize("path", ["/dev/null", "/dev/stderr"])
def test_a_log_goes_to_a_device_of_the_system(path: str) -> None:
    script = (
        "from tests.test_cli import chatter, tool\nfrom CedarBackup3.cli import runTool\n"
        f"raise SystemExit(runTool(tool(chatter), ['thing', '--logfile', {path!r}]))"
    )
    terminal, inside = os.openpty()
    done = subprocess.run([sys.executable, "-c", script], stderr=inside, stdout=inside, check=False)
    os.close(terminal)
    os.close(inside)
    assert done.returncode == 0
