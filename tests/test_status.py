"""How the backups of a machine are shown and judged, from their settings and the reports that runs have written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
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

    def ran(
        self,
        name: str,
        status: int = 0,
        *,
        days: float = 0.1,
        words: Sequence[str] = (),
        changes: Mapping[str, Any] = MappingProxyType({}),
        **more: str,
    ) -> Path:
        """Let a run of a backup have ended so many days ago; returns its report, with these members changed."""
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
        report.write_text(json.dumps(document | changes))
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
        switches=(Switch("n", "dryRun", ""), Switch("", "checkBucket", "")),
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


@pytest.mark.parametrize(
    ("columns", "lastHeading"), [(200, "TARGET"), (100, "SOURCE"), (65, "FILES"), (20, "STATE"), (3, "BACKUP")]
)
def test_on_a_terminal_the_last_columns_are_left_out_if_a_line_would_wrap(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: Shown, columns: int, lastHeading: str
) -> None:
    machine.configure("photos")
    machine.ran("photos")
    monkeypatch.setenv("COLUMNS", str(columns))
    machine.status()
    whole = capsys.readouterr().out
    assert whole.splitlines()[0].endswith("TARGET"), "what is no terminal gets all"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    machine.status()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(lastHeading)
    assert all(full.startswith(line) for full, line in zip(whole.splitlines(), lines, strict=True))
    assert max(map(len, lines)) <= columns or lastHeading == "BACKUP"


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
    "a clock that went ahead": ([(0, -30)], [], 7, "unknown", "are of a time to come, because a clock was wrong"),
    "a clock that was set back by hours": ([(0, -0.5), (7, 0.1)], [], 7, "failed", "No run that succeeded is reported"),
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


def test_a_dry_run_and_the_runs_of_another_target_are_no_success(machine: Machine, capsys: Shown) -> None:
    machine.configure("photos")
    machine.ran("photos", words=["--dryRun"])
    machine.ran("photos", source="/srv/other")
    assert machine.status() == ExitStatus.DIFFERENCES
    assert "No run is reported yet" in capsys.readouterr().err
    machine.configure("photos", TARGET="s3://bucket/elsewhere")
    assert machine.status() == ExitStatus.DIFFERENCES
    assert "are of another source, target or machine" in capsys.readouterr().err


@pytest.mark.parametrize("switch", ["--dryRun", "--checkBucket"])
def test_a_run_that_saves_nothing_is_no_success(machine: Machine, switch: str, capsys: Shown) -> None:
    machine.configure("photos")
    machine.ran("photos", words=[switch])
    assert machine.status() == ExitStatus.DIFFERENCES
    assert "No run is reported yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    "changes", [{"host": "another"}, {"host": None}, {"schemaVersion": 3}, {"tool": {"name": "cback-amazons3-restore"}}]
)
def test_reports_of_another_machine_or_form_are_no_success(
    machine: Machine, changes: dict[str, Any], capsys: Shown
) -> None:
    machine.configure("photos")
    machine.ran("photos", changes=changes)
    assert machine.status() == ExitStatus.DIFFERENCES
    assert "are of another source, target or machine, or" in capsys.readouterr().err


def test_a_run_during_which_the_clock_was_set_counts_by_its_end(machine: Machine, capsys: Shown) -> None:
    """As that of a machine without a battery, which boots in 1970, or of one whose clock went ahead when it began."""
    for name, start in (("boots", "1970-01-01T00:00:10.000Z"), ("jumps", "2099-01-01T00:00:10.000Z")):
        machine.configure(name)
        machine.ran(name, days=1)
        machine.ran(name, 7, changes={"start": start})
    status, backups = machine.listed(capsys)
    assert status == ExitStatus.DIFFERENCES
    for name in ("boots", "jumps"):
        assert (backups[name]["state"], backups[name]["lastRun"]["status"]) == ("failed", 7)
        assert backups[name]["lastSuccess"] is not None
    assert machine.status("--quiet", "--html", str(machine.settings / "page")) == ExitStatus.DIFFERENCES


def _covered(days: float, part: int = 5, parts: int = 30, covered: int = 30) -> dict[str, Any]:
    """The figures of a run with a content check by parts, all of which were proven so many days ago; below 0: never."""
    since = 0 if days < 0 else int((datetime.now(UTC) - timedelta(days=days)).timestamp()) // 86400 * 86400
    figures = {"contentPart": part, "contentParts": parts, "contentPartsCovered": covered}
    return {"figures": {**(figures if parts > 1 else {}), "contentCoveredTimestampSeconds": since}}


COVERAGES: dict[str, tuple[list[tuple[float, dict[str, Any]]], list[str], str, str]] = {
    "nobody asked": ([(0.1, {})], [], "well", ""),
    "nothing is kept": ([(0.1, {"figures": {"contentPart": 5, "contentParts": 30}})], [], "well", "part 5 of 30"),
    "a round": ([(0.1, _covered(31))], [], "well", ", part 5 of 30"),
    "years old": ([(0.1, _covered(800))], [], "late", "All contents were last proven 800 d"),
    "years old and allowed": ([(0.1, _covered(800))], ["--maxContentAge", "900d"], "well", "since "),
    "too old by what is asked": ([(0.1, _covered(31))], ["--maxContentAge", "30d"], "late", "at most 30 d are allowed"),
    "not a second is allowed": ([(0.1, _covered(1))], ["--maxContentAge", "0s"], "late", "at most 0 s are allowed"),
    "by hours there are no rounds": ([(0.1, _covered(50))], ["--maxAge", "3h"], "well", "since "),
    "all of a backup each week": ([(0.1, _covered(15, parts=1))], ["--maxAge", "8d"], "well", "since "),
    "all at once": ([(0.1, _covered(5, parts=1))], [], "late", "at most 4 d are allowed"),
    "the first round": (
        [(0.1, _covered(-1, covered=9)), (9, _covered(-1))],
        [],
        "well",
        "9 of 30 parts so far, last part 5",
    ),
    "a first round that ends never": (
        [(days, _covered(-1, covered=15)) for days in (0.1, 50, 100, 150)],
        [],
        "late",
        "Not all contents are proven yet, and the first were compared 150 d ago; at most 120 d are allowed",
    ),
    "begun again": ([(0.1, _covered(-1, covered=1)), (1, _covered(31)), (200, _covered(-1))], [], "well", "1 of 30"),
    "of a time to come": (
        [(0.1, {"figures": {"contentCoveredTimestampSeconds": 9e9}}), (200, _covered(-1))],
        [],
        "late",
        "Not all contents are proven yet",
    ),
}


@pytest.mark.parametrize("name", COVERAGES)
def test_contents_that_nobody_has_proven_for_long_are_not_well(machine: Machine, name: str, capsys: Shown) -> None:
    runs, switches, state, words_ = COVERAGES[name]
    machine.configure("photos")
    for days, changes in runs:
        machine.ran("photos", days=days, changes=changes)
    assert machine.status(*switches) == (ExitStatus.DONE if state == "well" else ExitStatus.DIFFERENCES)
    shown = capsys.readouterr()
    assert shown.out.splitlines()[1].split()[1] == state
    assert words_ in shown.out + shown.err
    assert ("CONTENTS PROVEN" in shown.out) == (name != "nobody asked")


def test_the_table_and_the_document_have_the_part_and_since_when_all_is_proven(machine: Machine, capsys: Shown) -> None:
    machine.configure("photos")
    machine.ran("photos", days=2, changes=_covered(-1, covered=3))
    figures = {**_covered(-1)["figures"], "contentCoveredTimestampSeconds": 1_790_000_000 // 86400 * 86400}
    machine.ran("photos", changes={"figures": figures})
    machine.status("--maxContentAge", "9999d")
    assert "  since 2026-09-21, part 5 of 30  " in capsys.readouterr().out
    _, backups = machine.listed(capsys)
    assert backups["photos"]["contents"] == {"provenSince": "2026-09-21", "part": 5, "parts": 30, "partsProven": 30}


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


@pytest.mark.parametrize("status", [2, 5, 6, 9])
def test_a_rehearsal_that_shows_nothing_does_not_hide_what_the_one_before_has_found(
    machine: Machine, status: int, capsys: Shown
) -> None:
    rehearsals = machine.reports / "rehearsals"
    machine.configure("photos", REHEARSE_SWITCHES=f"--report {rehearsals}/")
    machine.ran("photos")
    machine.rehearsed(rehearsals, "photos", 0, days=3)
    machine.rehearsed(rehearsals, "photos", 7, days=2)
    machine.rehearsed(rehearsals, "photos", status, days=1)
    code, backups = machine.listed(capsys)
    assert (code, backups["photos"]["state"], backups["photos"]["lastRehearsal"]["status"]) == (7, "failed", status)


@pytest.mark.parametrize("text", ["", "[]", "no JSON"])
def test_a_rehearsal_whose_report_tells_nothing_is_not_well(machine: Machine, text: str, capsys: Shown) -> None:
    rehearsals = machine.reports / "rehearsals"
    machine.configure("photos", REHEARSE_SWITCHES=f"--report {rehearsals}/")
    machine.ran("photos")
    machine.rehearsed(rehearsals, "photos", 0, days=3)
    assert machine.status() == 0
    damaged = rehearsals / newName(datetime.now(UTC) - timedelta(days=1))
    damaged.write_text(text)
    capsys.readouterr()
    status, backups = machine.listed(capsys)
    assert (status, backups["photos"]["state"]) == (7, "unknown")
    assert f"Reports in {rehearsals}/" in backups["photos"]["reasons"][0]


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


def test_backups_that_cannot_be_told_apart_are_not_well(machine: Machine, capsys: Shown) -> None:
    """As a nightly run and a monthly check, of which the one would be well by the reports of the other."""
    machine.configure("nightly")
    shared = {"SOURCE": "/srv/nightly", "TARGET": "s3://bucket/nightly"}
    machine.configure("monthly", "--report {reports}/./nightly", **shared)
    machine.configure("elsewhere", **shared)
    machine.configure("another", "--report {reports}/nightly/")
    machine.ran("nightly")
    machine.ran("elsewhere", source="/srv/nightly", target="s3://bucket/nightly")
    _, backups = machine.listed(capsys)
    assert {name: backup["state"] for name, backup in backups.items()} == {
        "another": "unknown",
        "elsewhere": "well",
        "monthly": "unknown",
        "nightly": "unknown",
    }
    for name, other in (("monthly", "nightly"), ("nightly", "monthly")):
        assert f"are those of {other}, too, with the same source and target" in backups[name]["reasons"][0]
    assert "are of another source" in backups["another"]["reasons"][0]


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
    {"contentPart": 1e400, "contentParts": -1, "contentCoveredTimestampSeconds": True},
    {"contentPart": 2**61, "contentParts": 2**61, "contentCoveredTimestampSeconds": 1.5},
    {"contentParts": 0, "contentPartsCovered": "x", "contentCoveredTimestampSeconds": 2**60},
    "2026-13-01",
    "0001-01-01T00:00Z",
]


@pytest.mark.parametrize(
    "member", ["start", "end", "status", "durationSeconds", "classes", "message", "options", "tool", "figures"]
)
def test_a_report_that_was_tampered_with_breaks_nothing(machine: Machine, member: str, capsys: Shown) -> None:
    machine.configure("photos")
    report = machine.ran("photos")
    document = json.loads(report.read_text())
    for value in EVIL:
        report.write_text(json.dumps(document | {member: value}))
        status, backups = machine.listed(capsys)
        isHarmless = member in {"durationSeconds", "classes", "message", "figures"}
        assert isHarmless or status == ExitStatus.DIFFERENCES or value == {}, value
        assert set(backups) == {"photos"}


@pytest.fixture
def systemd(tmp_path: Path, machine: Machine) -> Callable[..., None]:
    """Lets a `systemctl` know something of the timer and the service of `photos`."""

    def know(timer: str = "", service: str = "", *, status: int = 0) -> None:
        blocks = f"{timer}Id=cback-amazons3-sync@photos.timer\n\n{service}Id=cback-amazons3-sync@photos.service\n"
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin/answer").write_text(f"{blocks}\nNextElapseUSecRealtime=\nId=cback-amazons3-sync@other.timer\n")
        script = """case "$*" in *" -- "*cback-amazons3-sync@photos.timer*@photos.service*) ;; *) exit 1 ;; esac"""
        show = f'while read -r line; do echo "$line"; done <{tmp_path}/bin/answer'
        (tmp_path / "bin/systemctl").write_text(f"#!/bin/sh\n{script}\n{show}\nexit {status}\n")
        (tmp_path / "bin/systemctl").chmod(0o755)

    return know


@pytest.mark.parametrize(("status", "expected"), [(0, "2030-11-29T02:41:07Z"), (1, None)])
def test_the_next_run_is_that_of_the_timer(
    machine: Machine, systemd: Callable[..., None], status: int, expected: str | None, capsys: Shown
) -> None:
    systemd("NextElapseUSecRealtime=Fri 2030-11-29 02:41:07 UTC\n", status=status)
    for name in ("photos", "other"):
        machine.configure(name)
    _, backups = machine.listed(capsys)
    assert [backups[name]["nextRun"] for name in ("photos", "other")] == [expected, None]


def _ended(days: float, status: int = 9, result: str = "signal", state: str = "failed", zone: str = "UTC") -> str:
    """What systemd shows of a service whose last run ended so many days ago."""
    moment = f"{datetime.now(UTC) - timedelta(days=days):%a %Y-%m-%d %H:%M:%S} {zone}"
    return f"ActiveState={state}\nResult={result}\nExecMainStatus={status}\nInactiveEnterTimestamp={moment}\n"


UNITS: dict[str, tuple[list[tuple[int, float]], tuple[Any, ...], str, str]] = {
    "killed": (
        [(0, 1)],
        (0.1,),
        "failed",
        "and left no report (signal, status 9); see journalctl -u cback-amazons3-sync@",
    ),
    "a line that cannot be parsed": ([(0, 1)], (0.1, 2, "exit-code"), "failed", "left no report (exit-code, status 2)"),
    "the first was killed": ([], (0.1,), "failed", "left no report"),
    "gave way": ([(0, 1)], (0.1, 10, "exit-code"), "well", ""),
    "started by hand since": ([(0, 0.1)], (1,), "well", ""),
    "succeeded": ([(0, 1)], (0.9, 0, "success", "inactive"), "well", ""),
    "reported": ([(0, 2), (7, 1)], (0.99, 7, "exit-code"), "failed", "The last run ended with status 7"),
    "another zone than asked for": ([(0, 1)], (0.1, 9, "signal", "failed", "CEST"), "well", ""),
}


@pytest.mark.parametrize("name", UNITS)
def test_a_run_that_was_killed_or_could_not_begin_is_a_failure_though_it_left_no_report(
    machine: Machine, systemd: Callable[..., None], name: str, capsys: Shown
) -> None:
    reports, ended, state, reason = UNITS[name]
    machine.configure("photos")
    for status, days in reports:
        machine.ran("photos", status, days=days)
    systemd(service=_ended(*ended))
    _, backups = machine.listed(capsys)
    assert backups["photos"]["state"] == state
    reasons = backups["photos"]["reasons"]
    assert reason in "".join(reasons[:1])
    assert ("left no report" in "".join(reasons)) == ("left no report" in reason)


def test_a_run_that_is_going_on_is_shown_and_makes_nothing_well(
    machine: Machine, systemd: Callable[..., None], capsys: Shown
) -> None:
    systemd(service="ActiveState=activating\nInactiveExitTimestamp=Thu 2026-11-26 02:41:07 UTC\n")
    machine.configure("photos")
    status, backups = machine.listed(capsys)
    assert (status, backups["photos"]["runningSince"]) == (7, "2026-11-26T02:41:07Z")
    assert [reason.partition(" since ")[0] for reason in backups["photos"]["reasons"]] == [
        "No run is reported yet",
        "A run has been in progress",
    ]
    machine.ran("photos", days=0.5)
    assert machine.status() == ExitStatus.DONE
    shown = capsys.readouterr()
    assert ("running since 20" in shown.out, shown.err) == (True, "")


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
