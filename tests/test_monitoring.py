"""What a run tells those who watch over it, shown with a small tool of the tests' own."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from CedarBackup3.cli import Argument, Program, Switch, Tool, runTool, web
from CedarBackup3.cli.context import RunContext
from CedarBackup3.cli.findings import PATHS_KEPT
from CedarBackup3.errors import (
    CedarBackupError,
    ExitStatus,
    GuardRefused,
    Interrupted,
    LockHeld,
    NamesRefused,
    UsageError,
)
from testcase.works import Work, nothing, raising, returning, terminated

_SCHEMA = Path(__file__).resolve().parent.parent / "docs/report.schema.json"


def tool(work: Work = nothing, **more: Any) -> Tool:
    return Tool(
        name="cback-test",
        summary="A tool.",
        description="It does what a test wants.",
        arguments=(Argument("someThing", "Any thing"),),
        switches=(
            Switch("x", "extra", "Extra"),
            Switch("", "count", "How many", "N", "3", int),
            Switch("", "part", "Which part", "PART", isValueOptional=True),
        ),
        example="cback-test thing",
        buildOptions=more.pop("buildOptions", dict),
        run=lambda _options, context: work(context),
        programs=lambda: {"prog": Program("/bin/prog", "prog 1"), "gone": Program(None, None)},
        **more,
    )


class Place:
    """Where the files of a run are."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "told"
        self.directory.mkdir()
        self.log = directory / "cback.log"
        self.report = self.directory / "report.json"
        self.metrics = self.directory / "cback.prom"

    def ran(self, work: Work, *switches: str, thing: str = "thing", **more: Any) -> int:
        return runTool(tool(work, **more), [thing, "--logfile", str(self.log), *switches])

    def reported(self, work: Work, *switches: str, **more: Any) -> tuple[int, dict[str, Any]]:
        """The status, and the report, which is valid."""
        status = self.ran(work, "--report", str(self.report), *switches, **more)
        return status, validated(self.report.read_text("ascii"))

    def measured(self, work: Work, *switches: str, **more: Any) -> tuple[int, dict[str, float]]:
        """The status, and the metrics by their series, without the labels that all of them have."""
        status = self.ran(work, "--metricsFile", str(self.metrics), *switches, **more)
        return status, series(self.metrics.read_bytes().decode())


def validated(text: str) -> dict[str, Any]:
    document = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8"))).validate(document)
    assert isinstance(document, dict)
    return document


def series(text: str) -> dict[str, float]:
    every = text.rstrip("\n").split("\n")
    assert len(every) == len(set(every)), text  # the node exporter takes nothing of a file that has a line twice
    lines = [line.rpartition(" ") for line in every if not line.startswith("#")]
    assert len(lines) == len({name for name, _, _ in lines}), text
    return {name.replace('tool="cback-test",some_thing="thing"', ""): float(value) for name, _, value in lines}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


# The report

ENDINGS: dict[str, tuple[Work, ExitStatus, str | None]] = {
    "done": (nothing, ExitStatus.DONE, None),
    "differences": (returning(7), ExitStatus.DIFFERENCES, None),
    "failed": (raising(CedarBackupError("it failed")), ExitStatus.FAILED, "it failed"),
    "names": (raising(NamesRefused("bad names")), ExitStatus.NAMES_REFUSED, "bad names"),
    "guard": (raising(GuardRefused("a guard")), ExitStatus.GUARD_REFUSED, "a guard"),
    "locked": (raising(LockHeld("locked")), ExitStatus.LOCKED, "locked"),
    "interrupted": (raising(Interrupted("by hand")), ExitStatus.INTERRUPTED, "by hand"),
    "signal": (terminated, ExitStatus.INTERRUPTED, "Interrupted by SIGTERM"),
    "defect": (raising(ZeroDivisionError("oh\nno")), ExitStatus.FAILED, "ZeroDivisionError: oh\nno"),
    "no memory": (raising(MemoryError()), ExitStatus.FAILED, "then run again (MemoryError)"),
    "no status of ours": (returning(99), ExitStatus.FAILED, "99 is not a valid ExitStatus"),
}


def test_a_run_that_gives_way_to_another_replaces_nothing_that_tells_of_that(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    locked = raising(LockHeld("locked"))
    switches = ("--report", str(place.report), "--metricsFile", str(place.metrics))
    assert place.ran(nothing, *switches) == 0
    before = place.report.read_text(), place.metrics.read_text()
    assert place.ran(locked, *switches) == ExitStatus.LOCKED
    assert (place.report.read_text(), place.metrics.read_text()) == before
    assert place.ran(locked, "--report", "-") == ExitStatus.LOCKED
    assert validated(capsys.readouterr().out)["status"]["name"] == "LOCKED"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(_SCHEMA.read_text("utf-8")))


@pytest.mark.parametrize("name", ENDINGS)
def test_however_a_run_ends_a_valid_report_says_so(place: Place, name: str) -> None:
    work, status, message = ENDINGS[name]
    ended, report = place.reported(work)
    assert ended == status
    assert report["status"] == {"number": int(status), "name": status.name, "meaning": status.meaning}
    assert (report["message"] is None) == (message is None)
    assert message is None or message in report["message"]
    assert datetime.fromisoformat(report["start"]) <= datetime.fromisoformat(report["end"])
    programs = {"prog": {"path": "/bin/prog", "version": "prog 1"}, "gone": {"path": None, "version": None}}
    assert report["programs"] == ({} if status is ExitStatus.INTERRUPTED else programs)


def test_arguments_that_the_tool_refuses_are_reported_and_a_line_that_cannot_be_parsed_is_not(place: Place) -> None:
    def refuse(_values: Any) -> Any:
        raise UsageError("this is no thing")

    status, report = place.reported(nothing, buildOptions=refuse)
    assert (status, report["status"]["number"], report["message"]) == (2, 2, "this is no thing")
    place.report.unlink()
    assert place.ran(nothing, "--report", str(place.report), "--noSuchSwitch") == ExitStatus.USAGE
    assert os.listdir(place.directory) == []


def test_a_log_that_cannot_be_written_is_reported(place: Place) -> None:
    status, report = place.reported(nothing, "--logfile", "/no/such/log")
    assert status == report["status"]["number"] == ExitStatus.LOGGING
    assert "/no/such/log" in report["message"]


def test_what_the_tool_has_found_is_told_by_classes(place: Place) -> None:
    def work(context: RunContext) -> int:
        context.findings.note("missing", b"a", 5)
        context.findings.note("missing", b"b", 7)
        context.findings.note("skipped", b"pipe")
        context.findings.note("badName", b"directory/", files=3)
        context.findings.count("matched", 12, 345)
        context.findings.count("extra")
        context("walk")
        return 7

    _, report = place.reported(work)
    assert report["classes"] == {
        "missing": {"count": 2, "bytes": 12, "paths": [{"path": "a", "bytes": 5}, {"path": "b", "bytes": 7}]},
        "skipped": {"count": 1, "bytes": 0, "paths": [{"path": "pipe", "bytes": None}]},
        "badName": {"count": 3, "bytes": 0, "paths": [{"path": "directory/", "bytes": None}]},
        "matched": {"count": 12, "bytes": 345, "paths": []},
        "extra": {"count": 0, "bytes": 0, "paths": []},
    }
    assert list(report["phaseSeconds"]) == ["walk"]


def test_the_first_paths_of_a_class_are_told_and_all_are_counted(place: Place) -> None:
    def work(context: RunContext) -> int:
        for number in range(PATHS_KEPT + 5):
            context.findings.note("extra", b"%d" % number, 2)
        return 7

    _, report = place.reported(work)
    extra = report["classes"]["extra"]
    assert (extra["count"], extra["bytes"]) == (PATHS_KEPT + 5, 2 * (PATHS_KEPT + 5))
    assert [each["path"] for each in extra["paths"]] == [str(number) for number in range(report["pathsPerClass"])]


def test_figures_are_told_by_their_names(place: Place) -> None:
    assert place.reported(fullRun)[1]["figures"] == {"coveredTimestampSeconds": 1_700_000_000}
    assert place.reported(nothing)[1]["figures"] == {}


def test_every_name_is_exact(place: Place) -> None:
    names = [
        b"plain",
        b"line\nbreak",
        b"\x1b[31m",
        "caf\u00e9\U0001f600".encode(),
        b"back\\xe9",
        b"caf\xe9",
        b"\xff\n",
        b'"',
    ]

    def work(context: RunContext) -> int:
        for name in names:
            context.findings.note("extra", name)
        return 7

    _, report = place.reported(work)
    paths = report["classes"]["extra"]["paths"]
    assert [b64decode(each.get("pathBase64", "")) or each["path"].encode() for each in paths] == names
    assert [each["path"] for each in paths if "pathBase64" in each] == ["caf\\xe9", "\\xff\\n"]


def test_the_command_line_is_told_as_it_was_written_without_secrets(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "do-not-tell-anybody")
    secret = "http://127.0.0.1:1/secret"
    failing = raising(CedarBackupError("with do-not-tell-anybody in it"))
    switches = ("-x", "--mode", "0600", "--pingUrl", secret)
    thing = "https://me:word@host/do-not-tell-anybody/\udcff"
    _, report = place.reported(failing, *switches, thing=thing)
    assert report["arguments"] == {"someThing": "https://***@host/***/\\xff"}
    expected = {"extra": True, "count": "3", "mode": "0600", "verbose": False, "pingUrl": "***", "metricsFile": ""}
    assert report["options"] | expected == report["options"]
    assert "help" not in report["options"]
    assert not {"secret", "word", "do-not-tell"} & set(place.report.read_text().replace("-anybody", "").split("/"))
    assert report["message"] == "with *** in it"


@pytest.mark.parametrize(("switches", "told"), [([], False), (["--part"], True), (["--part=1/2"], "1/2")])
def test_a_switch_whose_value_may_be_left_out_is_told_with_it_or_as_one_without(
    place: Place, switches: list[str], told: str | bool
) -> None:
    assert place.reported(nothing, *switches)[1]["options"]["part"] == told


@pytest.mark.parametrize(("switches", "errors"), [(["--verbose"], ["chat"]), (["--quiet"], []), ([], [])])
def test_a_report_on_standard_output_is_alone_there(
    place: Place, switches: list[str], errors: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def work(_context: RunContext) -> int:
        logging.getLogger("CedarBackup3.log").info("chat")
        return 0

    assert place.ran(work, "--report", "-", *switches) == 0
    shown = capsys.readouterr()
    assert validated(shown.out)["options"]["report"] == "-"
    assert shown.err.splitlines() == errors


# Files that are written as a whole


@pytest.mark.parametrize("isThere", [False, True])
def test_the_files_are_replaced_as_a_whole_with_their_modes_and_nothing_else_is_left(
    place: Place, isThere: bool
) -> None:
    if isThere:
        for path in (place.report, place.metrics):
            path.write_text("the old text")
            path.chmod(0o777)
    readers = [path.open() for path in (place.report, place.metrics) if isThere]
    before = os.umask(0o077)
    try:
        place.ran(nothing, "--report", str(place.report), "--metricsFile", str(place.metrics))
    finally:
        os.umask(before)
    for reader in readers:
        with reader:
            assert reader.read() == "the old text"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.directory.iterdir()}
    assert modes == {"report.json": 0o640, "cback.prom": 0o644}


def makeLink(path: Path) -> None:
    path.symlink_to(path.parent / "victim")


UNWRITABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no directory": (lambda path: path.parent.rmdir(), "does not exist"),
    "a directory": (Path.mkdir, "not a file"),
    "a link": (makeLink, "it is a link"),
    "a pipe": (os.mkfifo, "not a file"),
}


@pytest.mark.parametrize(
    ("switch", "name"),
    [
        *(("report", name) for name in UNWRITABLE if name != "a directory"),  # which then has the reports of all runs
        *(("metricsFile", name) for name in UNWRITABLE),
    ],
)
def test_where_no_file_can_be_written_nothing_is_done(
    place: Place, switch: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plant, reason = UNWRITABLE[name]
    path = place.directory / "file"
    plant(path)
    before = sorted(place.directory.parent.rglob("*"))
    assert place.ran(raising(AssertionError("not reached")), f"--{switch}", str(path)) == ExitStatus.LOGGING
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert reason in shown.err
    assert f"--{switch} FILE" in shown.err
    assert sorted(place.directory.parent.rglob("*")) == before


def test_a_strangers_file_among_those_of_others_is_found_out_before_the_run(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.report.touch()
    place.directory.chmod(0o1777)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    work = raising(AssertionError("not reached"))
    assert place.ran(work, "--report", str(place.report)) == ExitStatus.LOGGING
    assert "belongs to another user" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("isRelative", [False, True])
@pytest.mark.parametrize("switch", ["report", "metricsFile"])
def test_a_strangers_link_leads_no_file_elsewhere(
    place: Place, switch: str, isRelative: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.directory / "etc").mkdir()
    (place.directory / "home").mkdir()
    (place.directory / "home/link").symlink_to("../etc")
    for planted in ("home", "home/link"):
        os.chown(place.directory / planted, 65534, -1, follow_symlinks=False)
    monkeypatch.chdir(place.directory / "home")
    path = "link/file" if isRelative else str(place.directory / "home/link/file")
    assert place.ran(raising(AssertionError("not reached")), f"--{switch}", path) == ExitStatus.LOGGING
    assert "on the way there, belongs to the user nobody" in capsys.readouterr().err
    assert os.listdir(place.directory / "etc") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("switch", ["report", "metricsFile"])
def test_a_directory_that_becomes_a_strangers_link_during_the_run_leads_nowhere(place: Place, switch: str) -> None:
    (place.directory / "etc").mkdir()
    told = place.directory / "home/told"
    told.mkdir(parents=True)
    os.chown(told.parent, 65534, -1)

    def swap(_context: RunContext) -> int:
        told.rename(told.parent / "before")
        told.symlink_to(place.directory / "etc")
        os.chown(told, 65534, -1, follow_symlinks=False)
        return 0

    assert place.ran(swap, f"--{switch}", str(told / "file")) == ExitStatus.FAILED
    assert os.listdir(place.directory / "etc") == []


@pytest.mark.parametrize("switches", [["--report", "{log}"], ["--report", "{other}", "--metricsFile", "{other}"]])
def test_one_file_cannot_hold_two_things(place: Place, switches: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    place.log.write_text("a log\n")
    filled = [switch.format(log=place.log, other=place.report) for switch in switches]
    assert place.ran(raising(AssertionError("not reached")), *filled) == ExitStatus.USAGE
    assert "name the same file" in capsys.readouterr().err
    assert place.log.read_text() == "a log\n"
    assert not place.report.exists()


@pytest.mark.parametrize(("status", "expected"), [(0, 6), (7, 7)])
@pytest.mark.parametrize("switch", ["report", "metricsFile"])
def test_a_file_that_cannot_be_written_in_the_end_is_told_and_is_no_success(
    place: Place, switch: str, status: int, expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = place.directory.parent / "lost"
    lost.mkdir()

    def work(_context: RunContext) -> int:
        lost.rmdir()
        return status

    other, path = {"report": ("metricsFile", place.metrics), "metricsFile": ("report", place.report)}[switch]
    assert place.ran(work, f"--{switch}", str(lost / "file"), f"--{other}", str(path)) == expected
    (line,) = capsys.readouterr().err.splitlines()
    assert f"cannot be written to {lost}/file: {lost} does not exist" in line
    assert ("the work itself was done and verified" in line) == (status == 0)
    if switch == "report":
        told = series(place.metrics.read_text())["cback_exit_status{}"]
    else:
        told = validated(place.report.read_text())["status"]["number"]
    assert told == expected


def test_a_full_standard_output_is_no_success(place: Place) -> None:
    script = (
        "from CedarBackup3.cli import Tool, runTool\n"
        "tool = Tool('t', '', '', (), (), '', dict, lambda options, context: 0)\n"
        f"raise SystemExit(runTool(tool, ['--report', '-', '--logfile', {str(place.log)!r}]))"
    )
    for target, status, words in ((">/dev/full", 6, "No space left"), (">&-", 3, "it is closed")):
        command = ["sh", "-c", f'"$0" -c "$1" {target}', sys.executable, script]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (status, 1), done.stderr
        assert words in done.stderr


# A directory that has the reports of all runs


def kept(directory: Path) -> list[int]:
    """The statuses of the reports in a directory, by their names."""
    return [validated(path.read_text("ascii"))["status"]["number"] for path in sorted(directory.glob("2*Z-*.json"))]


def plantReports(directory: Path, *ages: float, size: int = 2) -> list[Path]:
    """Files with the names of reports of runs that began so many days ago."""
    directory.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    paths = [directory / f"{now - timedelta(days=age):%Y%m%dT%H%M%S.%fZ}-{0:08x}.json" for age in ages]
    for path in paths:
        path.write_text("{}".ljust(size))
    return paths


@pytest.mark.parametrize("name", ["reports", "reports/", "new/"])
def test_in_a_directory_each_run_keeps_a_report_of_its_own(place: Place, name: str) -> None:
    (place.directory / "reports").mkdir(mode=0o700)
    directory = place.directory / name
    before = os.umask(0o077)
    try:
        statuses = [place.ran(returning(status), "--report", f"{place.directory}/{name}") for status in (0, 7, 10, 6)]
    finally:
        os.umask(before)
    assert kept(directory) == statuses == [0, 7, 10, 6]
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o640}
    assert stat.S_IMODE(directory.stat().st_mode) == (0o750 if name == "new/" else 0o700)
    first = min(directory.iterdir())
    began = datetime.fromisoformat(json.loads(first.read_text())["start"])
    assert began.strftime("%Y%m%dT%H%M%S.") == first.name[:16]


def test_a_directory_below_one_that_is_missing_is_not_made(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    work = raising(AssertionError("not reached"))
    assert place.ran(work, "--report", f"{place.directory}/no/reports/") == ExitStatus.LOGGING
    assert f"no/reports/: {place.directory}/no does not exist; name another" in capsys.readouterr().err
    assert os.listdir(place.directory) == []


@pytest.mark.parametrize(
    ("ages", "size", "left"),
    [
        ([number / 24 for number in range(1, 500)], 2, 399),
        ([1, 399, 399.9, 400.1, 5000], 2, 3),
        (list(range(1, 10)), 13 << 20, 4),
        ([-3, -2, *range(1, 399)], 2, 399),
    ],
    ids=["number", "age", "bytes", "a clock that went ahead"],
)
def test_old_reports_go_and_this_one_stays(place: Place, ages: list[float], size: int, left: int) -> None:
    planted = plantReports(place.directory, *ages)
    for path in planted:
        os.truncate(path, size)
    place.ran(returning(7), "--report", str(place.directory))
    remaining = set(place.directory.iterdir())
    assert len(remaining) == left + 1
    (own,) = remaining.difference(planted)
    assert json.loads(own.read_text())["status"]["number"] == 7
    if min(ages) > 0:
        assert remaining - {own} == set(planted[:left])


def test_only_regular_files_with_the_names_of_reports_go(place: Place) -> None:
    victim, link, directory, pipe = plantReports(place.directory, 500, 501, 502, 503)
    for path in (link, directory, pipe):
        path.unlink()
    link.symlink_to(victim.name)
    directory.mkdir()
    os.mkfifo(pipe)
    others = [
        "notes.json",
        ".cback-1.new",
        f"x{victim.name}",
        f"{victim.name}.gz",
        "20009999T000000.000000Z-00000000.json",
    ]
    for name in others:
        (place.directory / name).touch()
    assert place.ran(nothing, "--report", f"{place.directory}/") == 0
    assert not victim.exists()
    assert {link.name, directory.name, pipe.name, *others} < set(os.listdir(place.directory))


def test_this_report_stays_also_if_the_clock_was_wrong_when_its_run_began(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = plantReports(place.directory, 1, 2)

    class Unset(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime(1970, 1, 1, 0, 0, 30, tzinfo=tz)

    def work(_context: RunContext) -> int:
        monkeypatch.undo()  # the clock is set meanwhile
        return 7

    monkeypatch.setattr("CedarBackup3.cli.monitoring.datetime", Unset)
    assert place.ran(work, "--report", f"{place.directory}/") == 7
    (own,) = set(place.directory.iterdir()).difference(planted)
    assert own.name.startswith("19700101T000030.")
    assert set(planted) < set(place.directory.iterdir())


def test_a_run_that_gives_way_removes_no_report(place: Place) -> None:
    plantReports(place.directory, 500)
    assert place.ran(raising(LockHeld("locked")), "--report", str(place.directory)) == ExitStatus.LOCKED
    assert len(os.listdir(place.directory)) == 2


# The metrics


def test_a_failure_keeps_the_time_of_the_last_success(place: Place) -> None:
    success, run = "cback_last_success_timestamp_seconds{}", "cback_last_run_timestamp_seconds{}"
    status, first = place.measured(nothing)
    assert (status, first["cback_exit_status{}"]) == (0, 0)
    assert first[success] == first[run] > 1.7e9
    status, second = place.measured(returning(7))
    assert (status, second["cback_exit_status{}"]) == (7, 7)
    assert second[success] == first[success] < second[run]
    _, third = place.measured(nothing)
    assert third[success] == third[run] > second[run]
    _, other = place.measured(returning(7), thing="other")
    assert [value for name, value in other.items() if "success" in name] == [0]


def test_a_rehearsal_and_a_run_leave_the_metrics_of_the_other_alone(place: Place) -> None:
    def measured(status: int, isRehearsal: bool) -> dict[str, float]:
        return place.measured(
            lambda context: fullRun(context) and status, isRehearsal=lambda texts: bool(texts["count"]) and isRehearsal
        )[1]

    def of(metrics: dict[str, float], isRehearsal: bool) -> dict[str, float]:
        return {name: value for name, value in metrics.items() if ("rehearsal" in name) == isRehearsal}

    run = measured(0, False)
    assert of(run, True) == {}
    both = measured(7, True)
    assert of(both, False) == run
    names = {name.partition("{")[0]: value for name, value in of(both, True).items()}
    assert names["cback_rehearsal_exit_status"] == 7
    assert names["cback_last_rehearsal_success_timestamp_seconds"] == 0
    assert set(names) == {
        *(f"cback_last_rehearsal_{name}timestamp_seconds" for name in ("", "success_")),
        *(f"cback_rehearsal_{name}" for name in ("exit_status", "duration_seconds", "phase_seconds", "files", "bytes")),
        "cback_rehearsal_covered_timestamp_seconds",
    }
    succeeded = measured(0, True)
    assert of(succeeded, False) == run
    success = succeeded["cback_last_rehearsal_success_timestamp_seconds{}"]
    assert success > 1.7e9
    failed = measured(6, True)
    assert failed["cback_last_rehearsal_success_timestamp_seconds{}"] == success
    last = measured(9, False)
    assert of(last, True) == of(failed, True)
    assert last["cback_last_success_timestamp_seconds{}"] == run["cback_last_success_timestamp_seconds{}"]


def test_of_a_damaged_file_only_what_is_right_is_kept(place: Place) -> None:
    right = 'cback_rehearsal_files{tool="a\\\\\\"",class="b"} 3\n'
    place.metrics.write_text(
        "# TYPE cback_rehearsal_files counter\n# HELP cback_rehearsal_files Files.\n"
        "# HELP cback_rehearsal_files Again.\n"
        'cback_rehearsal_files{tool="a} 1\ncback_rehearsal_files{tool="a"} 1.2.3\ncback_rehearsal_files 1\n'
        'cback_rehearsal_files{tool="a"} NaN\ncback_rehearsal_files{tool="\\x"} 1\ncback_files{tool="a"} 1\n'
        'other{tool="a"} 1\ncback_rehearsal_files{} 1\ncback_rehearsal_files{tool="a"}\n'
        f'{right.replace("3", "2")}cback_rehearsal_bytes{{tool="a"}} 4e+3\n{right}cback_rehearsal_bytes{{tool="b"}} 1'
    )
    _, metrics = place.measured(nothing)
    text = place.metrics.read_text()
    assert text.endswith(
        f"# HELP cback_rehearsal_files Files.\n# TYPE cback_rehearsal_files gauge\n{right}"
        '# HELP cback_rehearsal_bytes \n# TYPE cback_rehearsal_bytes gauge\ncback_rehearsal_bytes{tool="a"} 4e+3\n'
    )
    assert len([name for name in metrics if "rehearsal" in name]) == 2


def test_a_run_and_a_rehearsal_that_end_at_once_both_leave_their_metrics(place: Place) -> None:
    began = threading.Event()
    place.measured(nothing, isRehearsal=lambda texts: True)
    other = place.metrics.read_text()

    def write(descriptor: int) -> None:
        began.wait()
        deadline = time.monotonic() + 0.5
        while not place.metrics.exists() and time.monotonic() < deadline:  # by a run that does not wait
            time.sleep(0.01)
        place.metrics.write_text(
            other.replace("cback_rehearsal_exit_status Th", "cback_rehearsal_exit_status Newer th")
        )
        os.close(descriptor)  # with its lock

    descriptor = os.open(place.directory, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    writing = threading.Thread(target=write, args=(descriptor,))
    writing.start()

    def work(_context: RunContext) -> int:
        place.metrics.unlink()
        began.set()
        return 0

    place.measured(work)
    writing.join()
    assert "Newer the exit status" in place.metrics.read_text()
    assert "cback_exit_status{" in place.metrics.read_text()


def test_a_run_whose_report_cannot_be_written_is_no_last_success(place: Place) -> None:
    success = "cback_last_success_timestamp_seconds{}"
    _, first = place.measured(nothing)
    lost = place.directory.parent / "lost"
    lost.mkdir()

    def work(_context: RunContext) -> int:
        lost.rmdir()
        return 0

    status, second = place.measured(work, "--report", str(lost / "report.json"))
    assert (status, second["cback_exit_status{}"]) == (6, 6)
    assert second[success] == first[success]


_OLD = 'cback_last_success_timestamp_seconds{tool="cback-test",some_thing="thing"}'


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (f"{_OLD} 1700000000.5\n".encode(), 1700000000.5),
        (f"\xff\n# odd\n\n{_OLD} 1.7e9".encode("latin-1"), 1.7e9),
        (b"", 0),
        (b"\0\xff\xfe" * 1000, 0),
        (f"{_OLD}".encode(), 0),
        (f"{_OLD} \n".encode(), 0),
        (f"{_OLD} NaN\n".encode(), 0),
        (f"{_OLD} +Inf\n".encode(), 0),
        (f"{_OLD} -5\n".encode(), 0),
        (f"{_OLD} 17 18\n".encode(), 0),
        (f"{_OLD} yesterday\n".encode(), 0),
    ],
)
def test_what_an_old_file_says_is_believed_only_where_it_makes_sense(place: Place, before: bytes, kept: float) -> None:
    place.metrics.write_bytes(before)
    status, metrics = place.measured(returning(9))
    assert status == ExitStatus.GUARD_REFUSED
    assert metrics["cback_last_success_timestamp_seconds{}"] == kept


def fullRun(context: RunContext) -> int:
    context("walk")
    context("listing")
    context.findings.count("upToDate", 3, 4000)
    context.findings.note("missing", b"a", 5)
    context.findings.measure("coveredTimestampSeconds", 1, "Since when.")
    context.findings.measure("coveredTimestampSeconds", 1_700_000_000, "Since when.")
    return 7


def test_classes_phases_and_figures_are_measured(place: Place) -> None:
    _, metrics = place.measured(fullRun)
    assert metrics['cback_files{,class="upToDate"}'] == 3
    assert metrics['cback_bytes{,class="upToDate"}'] == 4000
    assert metrics['cback_files{,class="missing"}'] == 1
    assert metrics['cback_phase_seconds{,phase="walk"}'] >= 0
    assert metrics["cback_run_duration_seconds{}"] > 0
    assert metrics["cback_covered_timestamp_seconds{}"] == 1_700_000_000


@pytest.mark.parametrize("thing", ["thing", 'odd "\\ \n\u00e9\udcff\r'])
def test_promtool_finds_nothing_to_blame(place: Place, thing: str) -> None:
    promtool = shutil.which("promtool") or pytest.skip("promtool is not installed")
    for work in (nothing, fullRun):
        place.measured(work, thing=thing)
        done = subprocess.run(
            [promtool, "check", "metrics"], input=place.metrics.read_bytes(), capture_output=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_label_has_no_secrets(place: Place) -> None:
    place.measured(nothing, thing="https://me:word@host/")
    assert 'some_thing="https://***@host/"' in place.metrics.read_text("utf-8")


def test_a_label_is_escaped(place: Place) -> None:
    place.measured(nothing, thing='"\\\n\u00e9\udcff')
    assert 'some_thing="\\"\\\\\\n\u00e9\\\\udcff"' in place.metrics.read_text("utf-8")


@pytest.mark.parametrize(("name", "warnings"), [("cback.txt", 1), ("cback.prom", 0), ("prom", 1)])
def test_metrics_that_nobody_collects_are_written_with_a_warning(place: Place, name: str, warnings: int) -> None:
    path = place.directory / name
    assert place.ran(nothing, "--metricsFile", str(path)) == 0
    assert path.exists()
    lines = [line for line in place.log.read_text().splitlines() if " WARNING " in line]
    assert [f"{name} will not be collected" in line and "end in .prom" in line for line in lines] == [True] * warnings


# The pings


class Watchdog(ThreadingHTTPServer):
    """A server that is told of runs, and answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.posted: list[tuple[str, str, str]] = []
        """Path, header `Title` and text of each."""
        self.status = 200
        self.hangs: threading.Event | None = None
        self.terminatesAt = ""
        """The path at which this process is sent a signal."""

    def url(self, path: str = "/ping/secret-word") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Answer(BaseHTTPRequestHandler):
    server: Watchdog

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == self.server.terminatesAt:
            os.kill(os.getpid(), signal.SIGTERM)
        if self.server.hangs:
            self.server.hangs.wait(60)
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posted.append((self.path, self.headers.get("Title", ""), body))
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def watchdog(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchdog]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Watchdog() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ENDINGS)
def test_a_run_pings_at_its_start_and_says_how_it_ended(place: Place, watchdog: Watchdog, name: str) -> None:
    work, status, _ = ENDINGS[name]
    seen: list[str] = []

    def watched(context: RunContext) -> int:
        seen.extend(watchdog.asked)
        return work(context)

    assert place.ran(watched, "--pingUrl", watchdog.url()) == status
    assert seen == ["/ping/secret-word/start"]
    # Another run is at work, and the end of the check is for that one to tell.
    expected = [] if status is ExitStatus.LOCKED else ["/ping/secret-word" + "/fail" * bool(status)]
    assert watchdog.asked[1:] == expected


def test_what_comes_before_the_start_is_a_failure_too(place: Place, watchdog: Watchdog) -> None:
    assert place.ran(nothing, "--logfile", "/no/such/log", "--pingUrl", watchdog.url()) == ExitStatus.LOGGING
    assert watchdog.asked == ["/ping/secret-word/fail"]


def test_a_signal_at_the_first_ping_ends_the_run(place: Place, watchdog: Watchdog) -> None:
    watchdog.terminatesAt = "/ping/secret-word/start"
    work = raising(AssertionError("not reached"))
    status, report = place.reported(work, "--pingUrl", watchdog.url())
    assert status == report["status"]["number"] == ExitStatus.INTERRUPTED
    assert watchdog.asked == ["/ping/secret-word/start", "/ping/secret-word/fail"]


def test_a_signal_at_the_last_ping_changes_nothing_any_more(
    place: Place, watchdog: Watchdog, capsys: pytest.CaptureFixture[str]
) -> None:
    watchdog.terminatesAt = "/ping/secret-word"
    before = signal.getsignal(signal.SIGTERM)
    assert place.ran(nothing, "--report", "-", "--pingUrl", watchdog.url()) == 0
    assert validated(capsys.readouterr().out)["status"]["number"] == 0
    assert watchdog.asked == ["/ping/secret-word/start", "/ping/secret-word"]
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/a/", ["/a/start", "/a"]), ("/a?rid=1#x", ["/a/start?rid=1", "/a?rid=1"]), ("", ["/start", "/"])],
)
def test_the_end_goes_to_the_path_of_the_url(place: Place, watchdog: Watchdog, path: str, asked: list[str]) -> None:
    place.ran(nothing, "--pingUrl", watchdog.url(path))
    assert watchdog.asked == asked


def answering(status: int) -> Callable[[Watchdog], str]:
    def prepare(watchdog: Watchdog) -> str:
        watchdog.status = status
        return watchdog.url()

    return prepare


def hanging(watchdog: Watchdog) -> str:
    watchdog.hangs = threading.Event()
    return watchdog.url()


def refusing(_watchdog: Watchdog) -> str:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return f"http://127.0.0.1:{closed.getsockname()[1]}/secret-word"


TROUBLES = {
    "error": (answering(500), "the answer was 500 Internal Server Error"),
    "unknown": (answering(404), "the answer was 404 Not Found"),
    "elsewhere": (answering(302), "the answer was 302 Found"),
    "refused": (refusing, "Connection refused"),
    "hangs": (hanging, "no answer within 0.3 seconds"),
    "no TLS": (lambda watchdog: watchdog.url().replace("http:", "https:"), "SSL"),
}


@pytest.mark.parametrize("name", TROUBLES)
@pytest.mark.parametrize("status", [0, 7])
def test_no_ping_can_change_how_a_run_ends(
    place: Place,
    watchdog: Watchdog,
    name: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(web, "LIMIT", 0.3 if name == "hangs" else 30.0)
    prepare, reason = TROUBLES[name]
    assert place.ran(returning(status), "--pingUrl", prepare(watchdog)) == status
    if watchdog.hangs:
        watchdog.hangs.set()
    lines = [line for line in place.log.read_text().splitlines() if "The ping to" in line]
    assert len(lines) == 2
    assert all(" WARNING " in line and reason in line for line in lines)
    assert all("/***" in line and "secret" not in line for line in lines)
    assert "/elsewhere" not in watchdog.asked
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "url",
    [
        "secret",
        "/secret",
        "ftp://host/secret",
        "https://",
        "https:///secret",
        "https://me:secret@host/",
        "https://host:99999/secret",
        "https://host:0/secret",
        "https://host/sec ret",
        "https://host/\u00e9secret",
        "https://[::1/secret",
    ],
)
def test_a_bad_url_is_wrong_usage_and_is_not_shown(place: Place, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.ran(raising(AssertionError("not reached")), "--pingUrl", url) == ExitStatus.USAGE
    shown = capsys.readouterr().err
    assert shown.startswith("cback-test: the value of --pingUrl ")
    assert shown.count("\n") == 1
    assert "secret" not in shown


# The notifications


def notified(place: Place, watchdog: Watchdog, statuses: list[int], *switches: str) -> list[str]:
    """The titles of what was posted in runs that ended so, one after the other."""
    for status in statuses:
        assert place.ran(returning(status), "--notifyUrl", watchdog.url("/topic"), *switches) == status
    return [title.partition(" ended with ")[2] or title.split()[-1] for _, title, _ in watchdog.posted]


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        (["--report", "report"], ["status 7", "status 6", "again", "status 9"]),
        (["--metricsFile", "metrics"], ["status 7", "status 6", "again", "status 9"]),
        ([], ["status 7", "status 6", "status 9"]),
        (["--report", "-"], ["status 7", "status 6", "status 9"]),
        (["--report", "directory"], ["status 7", "status 6", "again", "status 9"]),
        (
            ["--report", "report", "--notifyAlways"],
            ["succeeded", "status 7", "status 6", "again", "succeeded", "status 9"],
        ),
    ],
)
def test_failures_and_recoveries_are_posted_and_a_run_that_gives_way_posts_nothing(
    place: Place, watchdog: Watchdog, switches: list[str], expected: list[str]
) -> None:
    files = {"report": str(place.report), "metrics": str(place.metrics), "directory": f"{place.directory}/"}
    words = [files.get(word, word) for word in switches]
    assert notified(place, watchdog, [0, 7, 6, int(ExitStatus.LOCKED), 0, 0, 9], *words) == expected


@pytest.mark.parametrize("name", ["reports/", "report"])
def test_the_failure_of_another_backup_is_no_failure_before_this_one(
    place: Place, watchdog: Watchdog, name: str
) -> None:
    switches = ("--report", f"{place.directory}/{name}", "--notifyUrl", watchdog.url("/topic"))
    for thing, status in (("one", 7), ("two", 0), ("one", 0)):
        assert place.ran(returning(status), *switches, thing=thing) == status
    posted = [(title.split()[-1], body.splitlines()[1]) for _, title, body in watchdog.posted]
    again = [("again", "someThing: one")] * (name == "reports/")  # a file has only the last one
    assert posted == [("7", "someThing: one"), *again]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": 1}', '{"status": {"number": true}}', "[" * 100_000, "\0"])
def test_a_report_that_is_none_tells_of_no_failure(place: Place, watchdog: Watchdog, text: str) -> None:
    place.report.write_text(text)
    assert notified(place, watchdog, [0], "--report", str(place.report)) == []


def test_what_is_posted_says_what_happened_in_lines_that_no_name_can_break(place: Place, watchdog: Watchdog) -> None:
    def work(context: RunContext) -> int:
        context.findings.note("missing", b"a", 3)
        raise CedarBackupError("The file x\ny <&> is gone")

    for form in ("ntfy", "slack", "healthchecks"):
        place.ran(work, "--notifyUrl", f"{form}:{watchdog.url('/topic')}", thing="s3://user:word@host/\n")
    assert [path for path, _, _ in watchdog.posted] == ["/topic", "/topic", "/topic/fail"]
    plain, slack, checks = (body for _, _, body in watchdog.posted)
    assert plain == checks
    lines = plain.splitlines()
    assert lines[0].startswith("cback-test on ")
    assert lines[0].endswith(" ended with status 6")
    assert lines[1].startswith("someThing: s3://")
    assert lines[2].startswith("status: 6, ")
    assert lines[3:5] == ["message: The file x\\ny <&> is gone", "missing: 1 path, 3 bytes"]
    assert lines[5].startswith("duration: ")
    assert "word" not in plain
    assert json.loads(slack)["text"] == plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_a_failure_before_the_run_is_posted_too(place: Place, watchdog: Watchdog) -> None:
    assert place.ran(nothing, "--logfile", "/no/such/log", "--notifyUrl", watchdog.url()) == ExitStatus.LOGGING
    assert len(watchdog.posted) == 1


@pytest.mark.parametrize("name", TROUBLES)
def test_no_notification_can_change_how_a_run_ends(
    place: Place, watchdog: Watchdog, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "LIMIT", 0.3 if name == "hangs" else 30.0)
    prepare, reason = TROUBLES[name]
    assert place.ran(returning(7), "--notifyUrl", prepare(watchdog)) == 7
    if watchdog.hangs:
        watchdog.hangs.set()
    (line,) = [line for line in place.log.read_text().splitlines() if "The notification to" in line]
    assert reason in line
    assert "secret" not in line


# Secrets that no other user can read


@pytest.mark.parametrize("switch", ["--pingUrl", "--notifyUrl"])
def test_a_url_can_come_from_a_variable_or_a_private_file(
    place: Place, watchdog: Watchdog, switch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG", watchdog.url("/a"))
    file = place.directory / "secret"
    file.write_text(f"{watchdog.url('/b')}\n")
    file.chmod(0o600)
    for value in ("env:WATCHDOG", f"file:{file}"):
        assert place.ran(returning(7), switch, value) == 7
    assert [path.removesuffix("/fail") for path in watchdog.asked if "/start" not in path] == ["/a", "/b"]


def written(text: str, mode: int = 0o600) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        path.write_text(text)
        path.chmod(mode)

    return write


SECRETS: dict[str, tuple[Callable[[Path], object], str]] = {
    "nowhere": (lambda path: None, "cannot be read: No such file or directory"),
    "for others": (written("http://host/secret", 0o640), "which others can read"),
    "empty": (written(" \n"), "which is empty"),
    "a directory": (lambda path: path.mkdir(0o700), "is no file"),
    "a pipe": (lambda path: os.mkfifo(path, 0o600), "is no file"),
    "no url": (written("secret"), "must begin with http"),
}


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("switch", ["--pingUrl", "--notifyUrl"])
def test_a_file_that_keeps_no_secret_is_wrong_usage_in_a_sentence(
    place: Place, name: str, switch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare, reason = SECRETS[name]
    file = place.directory / "url"
    prepare(file)
    assert place.ran(raising(AssertionError("not reached")), switch, f"file:{file}") == ExitStatus.USAGE
    shown = capsys.readouterr().err
    assert shown.startswith(f"cback-test: the value of {switch} ")
    assert reason in shown
    assert (shown.count("\n"), "secret" in shown) == (1, False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user's root")
@pytest.mark.parametrize(("mode", "status"), [(0o440, 7), (0o444, 2), (0o464, 2)])
def test_a_file_of_roots_may_let_this_user_in_by_its_group_as_credentials_of_a_unit_do(
    place: Place, watchdog: Watchdog, mode: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place.directory / "url"
    written(watchdog.url(), mode)(file)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert place.ran(returning(7), "--notifyUrl", f"file:{file}") == status


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_no_strangers_link_chooses_the_secret(
    place: Place, watchdog: Watchdog, capsys: pytest.CaptureFixture[str]
) -> None:
    file, link = place.directory / "url", place.directory / "link"
    written(watchdog.url())(file)
    link.symlink_to(file)
    assert place.ran(returning(7), "--notifyUrl", f"file:{link}") == 7
    os.chown(link, 65534, -1, follow_symlinks=False)
    assert place.ran(returning(7), "--notifyUrl", f"file:{link}") == ExitStatus.USAGE
    assert "belongs to the user nobody" in capsys.readouterr().err


def test_a_variable_that_is_not_set_is_wrong_usage(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.ran(nothing, "--notifyUrl", "env:NO_SUCH_VARIABLE") == ExitStatus.USAGE
    assert "names the variable NO_SUCH_VARIABLE, which is empty or not set" in capsys.readouterr().err
