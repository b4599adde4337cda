"""The units and samples of the Debian package, asked of the programs that read them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from string import Template

import pytest

from CedarBackup3.amazons3.restore.draw import Share
from CedarBackup3.cli.commandline import parseCommandLine, requireConsistent
from CedarBackup3.status.settings import readInstances
from CedarBackup3.tools import amazons3restore, amazons3sync

_DEBIAN = Path(__file__).resolve().parent.parent.parent / "debian"
_SERVICES = {
    _DEBIAN / "systemd/cback-amazons3-sync@.service": amazons3sync.TOOL,
    _DEBIAN / "systemd/cback-amazons3-rehearse@.service": amazons3restore.TOOL,
}
_SAMPLES = sorted([*(_DEBIAN / "systemd").iterdir(), *(_DEBIAN / "examples").iterdir()])
_EXPOSURE = "25"
"""In tenths: what debian/README.source explains, and a little, since each systemd counts in another way."""


def _run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"no {program}")
    return subprocess.run([found, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units in a directory of their own, whose command is there although the package may not be installed."""
    copies = [tmp_path / path.name for path in _SAMPLES if path.suffix in {".service", ".timer"}]
    for path in copies:
        (original,) = (sample for sample in _SAMPLES if sample.name == path.name)
        path.write_text(re.sub(r"(?<==)/usr/(bin/cback|sbin/)\S+", "/bin/true", original.read_text("utf-8")))
    return copies


def test_systemd_has_nothing_to_say_of_the_units(units: list[Path]) -> None:
    done = _run("systemd-analyze", "verify", "--man=no", *units)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [path.name for path in _SERVICES])
def test_the_sandbox_is_as_tight_as_it_was(units: list[Path], name: str) -> None:
    (service,) = (path for path in units if path.name == name)
    done = _run("systemd-analyze", "security", "--offline=yes", f"--threshold={_EXPOSURE}", service)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@pytest.mark.parametrize("path", _SAMPLES, ids=lambda path: path.name)
def test_samples_give_the_tool_only_switches_that_it_has(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    for tool, offer in ((amazons3sync.TOOL, "#?(SWITCHES=|   --)"), (amazons3restore.TOOL, "#?REHEARSE_SWITCHES=")):
        commands = [line for line in lines if f"{tool.name} " in line and not line.startswith("# ")]
        offered = [line for line in lines if re.match(offer, line)]
        text = "\n".join(dict.fromkeys(commands + offered))
        assert set(re.findall(r"(?<![\w-])--[a-zA-Z]\w*", text)) <= {f"--{switch.long}" for switch in tool.allSwitches}


def test_the_command_of_a_rehearsal_is_one(tmp_path: Path) -> None:
    (unit,) = (path for path, tool in _SERVICES.items() if tool is amazons3restore.TOOL)
    (command,) = re.findall(r"^ExecStart=\S+ (.*)", unit.read_text("utf-8"), re.MULTILINE)
    variables = dict(re.findall(r"(REHEARSE\w*)=(\S*)", unit.read_text("utf-8")))
    settings = {"SOURCE": "/srv/photos", "TARGET": "s3://bucket/photos", "LOGS_DIRECTORY": str(tmp_path)}
    words = Template(command.replace("%i", "photos")).substitute(
        {**settings, **variables, "STATE_DIRECTORY": str(tmp_path)}
    )
    line = parseCommandLine(amazons3restore.TOOL, words.split())
    requireConsistent(amazons3restore.TOOL, line)
    options = amazons3restore.TOOL.buildOptions(line.values)
    assert (options.rehearse, options.against) == (Share(size=500 << 20), "/srv/photos")
    assert line.texts["report"] == f"{tmp_path}/photos.rehearsals/", "where cback-amazons3-status looks"


@pytest.mark.parametrize("unit", _SERVICES, ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["photos.conf", "home-alice.conf"])
def test_the_sample_settings_are_what_the_unit_asks_for(name: str, unit: Path) -> None:
    command = re.search(r"^ExecStart=(.*)", unit.read_text("utf-8"), re.MULTILINE)
    assert command
    asked = set(re.findall(r"\$\{?([A-Z_]+)", command[1])) - {"LOGS_DIRECTORY", "STATE_DIRECTORY"}
    settings = re.findall(r"^#?([A-Z_]+)=", (_DEBIAN / "examples" / name).read_text("utf-8"), re.MULTILINE)
    assert asked <= set(settings)


def test_the_backups_of_the_sample_settings_are_shown_with_their_reports() -> None:
    names = ["photos", "home-alice"]
    instances = readInstances(str(_DEBIAN / "examples"), names)
    assert [instance.report for instance in instances] == [f"/var/lib/cback-amazons3-sync/{name}/" for name in names]


def test_logrotate_keeps_owner_and_mode(tmp_path: Path) -> None:
    log = tmp_path / "cback.log"
    log.write_text("a line\n")
    log.chmod(0o604)
    if os.geteuid() == 0:
        os.chown(log, 0, 4)
    before = log.stat()
    (shipped,) = _DEBIAN.glob("*.logrotate")
    text = shipped.read_text("utf-8").replace("/var/log/cback.log", str(log)).replace("/var/log/", f"{tmp_path}/")
    configuration = tmp_path / "logrotate.conf"
    configuration.write_text(text)
    configuration.chmod(0o644)

    done = _run("logrotate", "--force", "--state", tmp_path / "state", configuration)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "cback.log.1").read_text() == "a line\n"
    after = log.stat()
    assert after.st_size == 0
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
