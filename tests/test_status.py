"""How the backups of a machine are shown and judged, from their settings and the reports that runs have written."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.cli import Argument, Switch, Tool, runTool
from CedarBackup3.cli.context import RunContext
from CedarBackup3.cli.keptreports import newName
from CedarBackup3.errors import ExitStatus
from CedarBackup3.status.ages import ageText, parseDuration
from CedarBackup3.status.environmentfile import assignments, words
from CedarBackup3.tools.amazons3status import TOOL

Shown = pytest.CaptureFixture[str]


class Machine:
    """The settings of backups, and the reports of their runs."""

    def __init__(self, directory: Path) -> None:
        self.settings = directory / "settings"
        self.settings.mkdir()
        self.reports = directory / "reports"
        self.reports.mkdir()

    def configure(self, name: str, switches: str = "--report {reports}/{name}/", **more: str) -> None:
        """Write the settings of a backup."""
        variables = {"SOURCE": f"/srv/{name}", "TARGET": f"s3://bucket/{name}"} | more
        variables["SWITCHES"] = switches.format(reports=self.reports, name=name)
        lines = [f"{variable}={value}\n" for variable, value in variables.items()]
        (self.settings / f"{name}.conf").write_text("".join(lines), errors="surrogateescape")

    def ran(self, name: str, status: int = 0, *, days: float = 0.1, words: Sequence[str] = (), **more: str) -> Path:
        """Let a run of a backup have ended so many days ago; returns its report."""
        directory = self.reports / name
        directory.mkdir(exist_ok=True)
        before = set(directory.iterdir())
        arguments = [more.get("source", f"/srv/{name}"), more.get("target", f"s3://bucket/{name}")]
        assert runTool(_sync(status), ["-q", "--report", f"{directory}/", *arguments, *words]) == status
        (report,) = set(directory.iterdir()) - before
        document = json.loads(report.read_text())
        moment = datetime.now(UTC) - timedelta(days=days)
        start = (moment - timedelta(minutes=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        document |= {"start": start, "end": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
        report.write_text(json.dumps(document))
        return report

    def rehearsed(self, directory: Path, name: str, status: int, *, days: float) -> None:
        """Let a restore of a backup have been rehearsed so many days ago."""
        directory.mkdir(exist_ok=True)
        ran = self.ran(f"rehearsed-{name}", status, days=days)
        document = json.loads(ran.read_text())
        document["tool"]["name"] = "cback-amazons3-restore"
        document["arguments"] = {"s3BucketUrl": f"s3://bucket/{name}", "targetDir": ""}
        document["options"]["rehearse"] = "500M"
        (directory / newName(datetime.now(UTC) - timedelta(days=days))).write_text(json.dumps(document))

    def status(self, *words: str) -> int:
        """Ask how the backups are."""
        return runTool(TOOL, ["--settingsDirectory", str(self.settings), *words])

    def listed(self, capsys: Shown, *words: str) -> tuple[int, dict[str, Any]]:
        """The status, and the backups by name, of the JSON document."""
        status = self.status("--json", *words)
        document = json.loads(capsys.readouterr().out)
        assert document["isWell"] == (status == 0)
        return status, {backup["name"]: backup for backup in document["backups"]}


def _sync(status: int) -> Tool:
    """A tool whose reports are those of the one that mirrors."""

    def run(_options: object, context: RunContext) -> int:
        for name, files, size in (("matched", 1234, 5 << 20), ("upload", 2, 30), ("replace", 1, 5), ("delete", 4, 9)):
            context.findings.count(name, files, size)
        return status

    return Tool(
        name="cback-amazons3-sync",
        summary="",
        description="",
        arguments=(Argument("sourceDir", ""), Argument("s3BucketUrl", "")),
        switches=(Switch("n", "dryRun", ""),),
        example="",
        buildOptions=dict,
        run=run,
        common=TOOL.common,
    )


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))  # without a systemctl, unless a test makes one
    return Machine(tmp_path)


# The table


def test_a_backup_that_is_well_is_shown_with_all_that_is_known_of_it(machine: Machine, capsys: Shown) -> None:
    machine.configure("photos")
    machine.ran("photos")
    assert machine.status() == ExitStatus.DONE
    shown = capsys.readouterr()
    heading, line = shown.out.splitlines()
    assert heading.split("  ")[0] == "BACKUP"
    for cell in ("photos  well", "done (0)", "2 h 24 m", "1,234", "5.0 MiB", " 7  ", "/srv/photos  s3://bucket/photos"):
        assert cell in line
    assert "NEXT RUN" not in heading
    assert shown.err == ""


STORIES: dict[str, tuple[list[tuple[int, float]], list[str], int, str, str]] = {
    "well": ([(0, 0.5)], [], 0, "well", ""),
    "well after a failure": ([(7, 2), (0, 0.5)], [], 0, "well", ""),
    "one that gave way tells nothing": ([(0, 1), (10, 0.1)], [], 0, "well", ""),
    "failed": ([(0, 1.5), (9, 0.5)], [], 7, "failed", "The last run ended with status 9: Refused: a guard"),
    "late": ([(0, 2.5)], [], 7, "late", "The last success is 2 d 12 h ago; at most 2 d are allowed"),
    "late by a shorter time": ([(0, 0.5)], ["--maxAge", "11h"], 7, "late", "at most 11 h are allowed"),
    "not late by a longer time": ([(0, 2.5)], ["--maxAge", "3d"], 0, "well", ""),
    "failed for long": ([(0, 9), (6, 1)], [], 7, "failed", "The last success is 9 d ago"),
    "never succeeded": ([(6, 1)], [], 7, "failed", "No run that succeeded is reported"),
    "only gave way": ([(10, 1)], [], 7, "unknown", "No run is reported yet"),
    "a clock that went ahead": ([(0, -30)], [], 7, "unknown", "No run is reported yet"),
    "a clock that went ahead once": ([(0, -30), (6, 1)], [], 7, "failed", "No run that succeeded is reported"),
    "no run": ([], [], 7, "unknown", "No run is reported yet"),
}


@pytest.mark.parametrize("name", STORIES)
def test_what_the_last_runs_say_decides(machine: Machine, name: str, capsys: Shown) -> None:
    runs, switches, status, state, reason = STORIES[name]
    machine.configure("photos")
    for ended, days in runs:
        machine.ran("photos", ended, days=days)
    assert machine.status(*switches) == status
    shown = capsys.readouterr()
    assert shown.out.splitlines()[1].split()[1] == state
    assert reason in shown.err
    assert all(line.startswith("photos: ") for line in shown.err.splitlines())
    assert bool(shown.err) == bool(status)


def test_a_rehearsal_and_the_runs_of_another_target_are_no_success(machine: Machine, capsys: Shown) -> None:
    machine.configure("photos")
    machine.ran("photos", words=["--dryRun"])
    machine.ran("photos", source="/srv/other")
    assert machine.status() == ExitStatus.DIFFERENCES
    assert "No run is reported yet" in capsys.readouterr().err
    machine.configure("photos", TARGET="s3://bucket/elsewhere")
    assert machine.status() == ExitStatus.DIFFERENCES
    assert "are of another source or target" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "expected", "state", "shown"),
    [(0, 0, "well", "1 d"), (7, 7, "failed", "differences (7)"), (5, 0, "well", "interrupted (5)")],
)
def test_the_last_rehearsal_is_shown_and_one_that_found_something_is_a_failure(
    machine: Machine, status: int, expected: int, state: str, shown: str, capsys: Shown
) -> None:
    rehearsals = machine.reports / "rehearsals"
    machine.configure("photos", REHEARSE_SWITCHES=f"--report {rehearsals}/")
    machine.ran("photos")
    assert machine.listed(capsys)[1]["photos"]["lastRehearsal"] is None
    machine.rehearsed(rehearsals, "photos", 7 - status, days=8)
    machine.rehearsed(rehearsals, "photos", status, days=1)
    machine.rehearsed(rehearsals, "music", 7, days=0.5)
    assert machine.status() == expected
    assert shown in capsys.readouterr().out.splitlines()[1]
    backup = machine.listed(capsys)[1]["photos"]
    assert (backup["state"], backup["lastRehearsal"]["status"]) == (state, status)
    assert backup["lastRun"]["status"] == 0


def test_a_rehearsal_beside_the_reports_of_the_runs_is_none_of_them(machine: Machine, capsys: Shown) -> None:
    machine.configure("photos", REHEARSE_SWITCHES=f"--report {machine.reports}/photos/")
    machine.ran("photos", 6, days=2)
    machine.rehearsed(machine.reports / "photos", "photos", 0, days=1)
    status, backups = machine.listed(capsys)
    assert (status, backups["photos"]["lastRun"]["status"]) == (7, 6)
    assert backups["photos"]["lastRehearsal"]["status"] == 0


def test_rehearsals_that_cannot_be_read_are_not_well(machine: Machine, capsys: Shown) -> None:
    loop = machine.reports / "loop"
    loop.symlink_to(loop)
    machine.configure("photos", REHEARSE_SWITCHES=f"--report {loop}/")
    machine.ran("photos")
    status, backups = machine.listed(capsys)
    assert (status, backups["photos"]["state"]) == (7, "unknown")
    assert "cannot be read" in backups["photos"]["reasons"][0]


def test_a_single_report_that_every_run_replaces_is_enough(machine: Machine, capsys: Shown) -> None:
    machine.configure("photos", "--report={reports}/photos.json")
    machine.ran("photos").rename(machine.reports / "photos.json")
    assert machine.listed(capsys)[0] == ExitStatus.DONE


def test_only_those_that_are_named_are_judged_wherever_their_names_stand(machine: Machine, capsys: Shown) -> None:
    for name in ("good", "fine", "bad"):
        machine.configure(name)
    machine.ran("good")
    machine.ran("fine")
    status, backups = machine.listed(capsys, "good", "--maxAge", "1d", "fine")
    assert (status, list(backups)) == (ExitStatus.DONE, ["good", "fine"])
    status, backups = machine.listed(capsys)
    assert (status, list(backups)) == (ExitStatus.DIFFERENCES, ["bad", "fine", "good"])
    assert backups["good"]["lastRun"]["changed"] == 7
    assert backups["bad"]["lastRun"] is None


TROUBLES = {
    "no switches": ({"switches": ""}, "keep no report"),
    "report without a value": ({"switches": "-b --report"}, "keep no report"),
    "no report": ({"switches": "--verbose"}, "keep no report; add --report /var/lib/cback-amazons3-sync/photos/"),
    "printed report": ({"switches": "--report -"}, "keep no report"),
    "no target": ({"TARGET": ""}, "photos.conf have no TARGET"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_settings_that_do_not_tell_are_a_line_each(machine: Machine, name: str, capsys: Shown) -> None:
    more, reason = TROUBLES[name]
    machine.configure("photos", **more)
    machine.configure("good")
    machine.ran("good")
    assert machine.status() == ExitStatus.DIFFERENCES
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("photos: The ")
    assert reason in line


def test_what_cannot_be_read_is_a_line_each_and_never_well(machine: Machine, capsys: Shown) -> None:
    for name in ("broken", "pipe", "loop"):
        machine.configure(name)
        machine.ran(name)
    (machine.reports / "broken/20260101T000000.000000Z-00000000.json").write_text("{")
    (machine.settings / "pipe.conf").unlink()
    os.mkfifo(machine.settings / "pipe.conf")
    machine.configure("loop", "--report {reports}/link/x/")
    (machine.reports / "link").symlink_to("link")
    assert machine.status("broken", "pipe", "loop", "gone") == ExitStatus.DIFFERENCES
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["broken", "pipe", "loop", "gone"]
    for line, words_ in zip(
        lines, ["(1 of 2, such as 20260101T", "it is not a file", "Too many levels", "No such file"], strict=True
    ):
        assert words_ in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
@pytest.mark.whoever
def test_an_ordinary_user_is_told_which_files_are_closed(machine: Machine, capsys: Shown) -> None:
    for name in ("report", "settings"):
        machine.configure(name)
    machine.ran("report").chmod(0)
    (machine.settings / "settings.conf").chmod(0)
    assert machine.status() == ExitStatus.DIFFERENCES
    assert [line.count("Permission denied") for line in capsys.readouterr().err.splitlines()] == [1, 1]


def test_no_settings_at_all_are_no_success(machine: Machine, capsys: Shown) -> None:
    assert machine.status() == ExitStatus.FAILED
    assert "There are no settings of backups (*.conf) in" in capsys.readouterr().err
    machine.settings.rmdir()
    assert machine.status() == ExitStatus.FAILED
    assert "cannot be read: No such file or directory; name another" in capsys.readouterr().err


def test_a_monitor_gets_status_and_counts_and_with_quiet_nothing_is_printed(machine: Machine, capsys: Shown) -> None:
    machine.configure("photos")
    assert machine.status("--quiet") == ExitStatus.DIFFERENCES
    assert capsys.readouterr() == ("", "")
    assert machine.status("--report", "-") == ExitStatus.DIFFERENCES
    report = json.loads(capsys.readouterr().out)
    assert {name: tally["count"] for name, tally in report["classes"].items()} == {
        "well": 0,
        "failed": 0,
        "late": 0,
        "unknown": 1,
    }


HOSTILE = "a\x1b[31m\u202e<script>&\"'\udcff"


def test_names_move_no_cursor_and_break_no_line(machine: Machine, capsys: Shown) -> None:
    machine.configure(HOSTILE, SOURCE=f"'/srv/{HOSTILE}\n'", TARGET=f"'s3://me:word@b/{HOSTILE}'")
    assert machine.status() == ExitStatus.DIFFERENCES
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 2
    assert "a\\x1b[31m\\u202e<script>&" in shown.out
    assert (shown.out + shown.err).replace("\n", "").isprintable()
    assert "word" not in shown.out
    machine.listed(capsys)


EVIL: list[Any] = [
    None,
    [],
    {},
    "x",
    -1,
    1e400,
    True,
    10**30,
    {"number": "0"},
    {"count": True},
    "2026-13-01",
    "0001-01-01T00:00Z",
]


@pytest.mark.parametrize(
    "member", ["start", "end", "status", "durationSeconds", "classes", "message", "options", "tool"]
)
def test_a_report_that_was_tampered_with_breaks_nothing(machine: Machine, member: str, capsys: Shown) -> None:
    machine.configure("photos")
    report = machine.ran("photos")
    document = json.loads(report.read_text())
    for value in EVIL:
        report.write_text(json.dumps(document | {member: value}))
        status, backups = machine.listed(capsys)
        isHarmless = member in {"durationSeconds", "classes", "message"}
        assert isHarmless or status == ExitStatus.DIFFERENCES or value == {}, value
        assert set(backups) == {"photos"}


SYSTEMCTL = """\
#!/bin/sh
case "$*" in *" --"*cback-amazons3-sync@photos.timer*) ;; *) exit 1 ;; esac
echo NextElapseUSecRealtime=Fri 2030-11-29 02:41:07 UTC
echo Id=cback-amazons3-sync@photos.timer
echo
echo NextElapseUSecRealtime=
echo Id=cback-amazons3-sync@other.timer
"""


@pytest.mark.parametrize(("script", "expected"), [(SYSTEMCTL, "2030-11-29T02:41:07Z"), ("#!/bin/sh\nexit 1\n", None)])
def test_the_next_run_is_that_of_the_timer(
    machine: Machine, script: str, expected: str | None, tmp_path: Path, capsys: Shown
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/systemctl").write_text(script)
    (tmp_path / "bin/systemctl").chmod(0o755)
    for name in ("photos", "other"):
        machine.configure(name)
    _, backups = machine.listed(capsys)
    assert [backups[name]["nextRun"] for name in ("photos", "other")] == [expected, None]


# As systemd reads settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=b", {"A": "b"}),
        ("  A = b c \t\r\nB=\n", {"A": "b c", "B": ""}),
        ("#A=b\n;B=c\nC=#d ;e\n", {"C": "#d ;e"}),
        ("# a \\\nA=b", {"A": "b"}),
        ("A='b \"c\\' d'\n", {"A": "b \"c\\d'"}),
        ('A="b \\"c\\" \\$d \\e \\\nf"', {"A": 'b "c" $d \\e f'}),
        ("A='b' \"c\" d", {"A": "bcd"}),
        ("A=b 'c' \"d\"", {"A": "b 'c' \"d\""}),
        ("A=b \\\n  c\\ \nB=d", {"A": "b   c ", "B": "d"}),
        ("A='b\nc'\nB=d", {"A": "b\nc", "B": "d"}),
        ("export A=b\n=A=b\nno sign\n1A=b\nB=c=d", {"B": "c=d"}),
        ("A=b\nA=c", {"A": "c"}),
        ("A='b", {"A": "b"}),
        ("A=b\\", {"A": "b"}),
    ],
)
def test_settings_are_read_as_systemd_does(text: str, expected: dict[str, str]) -> None:
    assert assignments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" --a  b\t--c ", ["--a", "b", "--c"]),
        ('--exclude "my cache/*" \'a "b\'', ["--exclude", "my cache/*", 'a "b']),
        ("a'b c'd \"\" e\\ f", ["ab cd", "", "e f"]),
        ("'a\\'b' \"open c", ["a'b", "open c"]),
    ],
)
def test_switches_are_parted_as_systemd_does(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["", "2", "d", "+1d", "2w", "1.5d", "2 d", "\u0662d", "9999999d"])
def test_what_is_no_duration_is_wrong_usage(machine: Machine, text: str, capsys: Shown) -> None:
    assert machine.status("--maxAge", text) == ExitStatus.USAGE
    assert "of --maxAge must be a number of days" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "shown"), [("2d", "2 d"), ("36h", "1 d 12 h"), ("90m", "1 h 30 m"), ("0s", "0 s")])
def test_a_duration_is_shown_in_its_two_largest_units(text: str, shown: str) -> None:
    assert ageText(parseDuration(text)) == shown
