"""The extended action, called by the real Cedar Backup: the release that Debian 12 has, and one of today.

`make test` installs both beside the tests, into a directory of their own each; where they are not, this is skipped.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import plantTree

_ROOT = Path(__file__).resolve().parents[2]
_INSTALLED = Path(sys.prefix, "cedar-backup3")
_MODULE = "CedarBackup3/extend/amazons3sync.py"
_NAMES = ["plain", "café", "cafe\u0301", "日本語", "a b\tc"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of cback3 ended."""

    status: int
    printed: str
    log: str


@dataclass(frozen=True, slots=True)
class CedarBackup:
    """A Cedar Backup with the extended action in its package."""

    packages: Path
    """Where Python finds it."""
    directory: Path
    """For what the tests make."""
    environment: dict[str, str]

    def run(self, *words: str, sections: str, options: str = "", **variables: str) -> Ended:
        """Run cback3 as from cron, with these sections in its configuration; `options` are more than the command."""
        configuration, log = self.directory / "cback3.conf", self.directory / "cback3.log"
        configuration.write_text(self._configuration(sections, options), "utf-8")
        log.unlink(missing_ok=True)
        command: list[str | Path] = [
            *("env", "--default-signal"),  # tests that a shell has started with `&` may ignore SIGINT
            sys.executable,
            self.packages / "bin/cback3",
            "--config",
            configuration,
            "--logfile",
            log,
        ]
        environment = {**self.environment, "PYTHONPATH": str(self.packages), "LANG": "C", **variables}
        done = subprocess.run([*command, *words], env=environment, capture_output=True, check=False, cwd="/")
        logged = log.read_text("utf-8") if log.exists() else ""
        return Ended(done.returncode, (done.stdout + done.stderr).decode("utf-8", "backslashreplace"), logged)

    def program(self, name: str, text: str) -> Path:
        """A program of this text."""
        path = self.directory / name
        path.write_text(text, "utf-8")
        path.chmod(0o755)
        return path

    def _configuration(self, sections: str, options: str) -> str:
        for name in ("collect", "stage", "tmp"):
            (self.directory / name).mkdir(exist_ok=True)
        user = pwd.getpwuid(os.geteuid()).pw_name
        group = "root" if user == "root" else user
        return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<cb_config>
   <reference/>
   <extensions><action>
      <name>amazons3sync</name>
      <module>CedarBackup3.extend.amazons3sync</module>
      <function>executeAction</function>
      <index>350</index>
   </action></extensions>
   <options>
      <starting_day>monday</starting_day>
      <working_dir>{self.directory}/tmp</working_dir>
      <backup_user>{user}</backup_user>
      <backup_group>{group}</backup_group>
      <rcp_command>/usr/bin/scp -B</rcp_command>
      {_override("cback-amazons3-sync", self.directory / "command")}
      {options}
   </options>
   <purge><dir><abs_path>{self.directory}/collect</abs_path><retain_days>1</retain_days></dir></purge>
   {sections}
</cb_config>
"""


def _override(command: str, path: Path) -> str:
    return f"<override><command>{command}</command><abs_path>{path}</abs_path></override>"


def _section(*backups: Sequence[object]) -> str:
    """The section with these backups: source, target and perhaps switches."""
    fields = ("source_dir", "s3_bucket_url", "switches")
    texts = (
        "".join(f"<{field}>{text}</{field}>" for field, text in zip(fields, each, strict=False)) for each in backups
    )
    return f"<amazons3sync>{''.join(f'<backup>{text}</backup>' for text in texts)}</amazons3sync>"


newest = pytest.mark.parametrize("packages", ["3.12.0"], indirect=True)
"""For what no release of Cedar Backup has a part in."""


@pytest.fixture(scope="module", params=["3.7.4", "3.12.0"])
def packages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Python finds of a Cedar Backup, with the extended action where the Debian package puts it."""
    installed = _INSTALLED / request.param
    if not (installed / "CedarBackup3").is_dir():
        pytest.skip(f"Cedar Backup {request.param} is not in {_INSTALLED}, where 'make test' installs it from PyPI")
    place = tmp_path_factory.mktemp("cedar")
    shutil.copytree(installed, place, dirs_exist_ok=True)
    assert not (place / _MODULE).exists(), "it has a file in common with Cedar Backup"
    shutil.copy(_ROOT / _MODULE, place / _MODULE)
    return place


@pytest.fixture
def cedar(packages: Path, server: S3Server, anyAws: str, tmp_path: Path) -> CedarBackup:
    """One with a command of this tree, and with an aws that reaches the server."""
    environment = {**server.environment(), "PATH": f"{anyAws}:/usr/bin:/bin", "HOME": str(tmp_path)}
    made = CedarBackup(packages, tmp_path, environment)
    paths = f"sys.path[:0] = [{str(_ROOT)!r}, {str(_ROOT / 'util/entry')!r}]"
    made.program("entry.py", f"import sys\n{paths}\nfrom cback_amazons3 import sync\nsys.exit(sync())\n")
    made.program("command", f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/entry.py" "$@"\n')
    return made


def test_cback3_mirrors_what_its_configuration_names_and_its_log_has_what_was_done(
    cedar: CedarBackup, server: S3Server, tmp_path: Path
) -> None:
    plantTree(tmp_path / "one & all", [os.fsencode(name) for name in _NAMES])
    section = _section((f"{tmp_path}/one &amp; all", "s3://bucket/one", "--exclude 'x y'"))
    done = cedar.run("--debug", "amazons3sync", sections=section)
    assert (done.status, done.printed) == (0, ""), done
    assert set(server.objects("bucket")) == {b"one/" + name.encode() for name in _NAMES}
    assert "--> [INFO   ] Verified: 5 files" in done.log
    assert "--> [DEBUG  ] Running aws " in done.log
    assert "\nupload: " in done.log  # what aws printed, as Cedar Backup writes what its commands print


@newest
def test_names_are_in_the_locale_of_who_starts_cback3(
    cedar: CedarBackup, server: S3Server, legacyLocale: dict[str, str], tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"caf\xe9"])
    # Before its first command Cedar Backup takes the locale out of its environment.
    hook = "<pre_action_hook><action>amazons3sync</action><command>true</command></pre_action_hook>"
    done = cedar.run("amazons3sync", sections=_section((source, "s3://bucket")), options=hook, **legacyLocale)
    assert (done.status, list(server.objects("bucket"))) == (0, ["café".encode()]), done


def test_a_backup_that_fails_keeps_none_of_the_others_from_it(
    cedar: CedarBackup, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    backups = {"refused": "--requireFile .mounted", "mirrored": "", "different": "--verifyOnly"}
    section = _section(*((source, f"s3://bucket/{prefix}", switches) for prefix, switches in backups.items()))
    done = cedar.run("amazons3sync", sections=section)
    assert (done.status, list(server.objects("bucket"))) == (6, [b"mirrored/a"]), done
    (last,) = (line for line in done.printed.splitlines() if line.startswith("Error executing backup: "))
    refused, different = (rf"mirroring \[{source}\] to \[s3://bucket/{prefix}\]" for prefix in ("refused", "different"))
    sentences = rf"Error \[9\] {refused}: Refused: .+; Error \[7\] {different}: Not verified: 1 difference .+"
    assert re.fullmatch(f"Error executing backup: 2 of 3 backups failed: {sentences}", last), last
    assert last in done.log
    assert "Missing: " in done.printed  # each difference is an error of its own


QUICK_ENDS = {
    "a source that is missing": ("/nowhere", "", "Error [6] mirroring [/nowhere] to [s3://bucket/p]: "),
    "a switch that it does not have": ("/srv", "--no-such", "Error [2] mirroring [/srv] to [s3://bucket/p]: cback-"),
    "an answer instead of a run": ("/srv", "--help", "Nothing was mirrored from [/srv]: "),
}


@newest
@pytest.mark.parametrize("kind", QUICK_ENDS)
def test_cback3_fails_with_the_sentence_of_the_command(kind: str, cedar: CedarBackup) -> None:
    source, switches, sentence = QUICK_ENDS[kind]
    done = cedar.run("amazons3sync", sections=_section((source, "s3://bucket/p", switches)))
    assert (done.status, f"Error executing backup: {sentence}" in done.printed) == (6, True), done
    assert f"Error executing backup: {sentence}" in done.log
    assert "Traceback" not in done.printed + done.log


def test_a_command_that_is_missing_is_named(cedar: CedarBackup, tmp_path: Path) -> None:
    (tmp_path / "command").unlink()
    done = cedar.run("amazons3sync", sections=_section(("/srv", "s3://bucket"), ("/srv", "s3://bucket")))
    assert done.status == 6
    assert f"Error executing backup: Command [{tmp_path}/command] is missing, or cannot be executed; " in done.printed


STAND_INS = {
    "it prints what is not UTF-8": (
        r"printf 'not \377 UTF-8\n' >&2; exit 6",
        r"Error [6] mirroring [/srv] to [s3://b]: not \xff U",
    ),
    "a signal ended it": ("kill -KILL $$", "Error [-9] mirroring [/srv] to [s3://b]: nothing was printed"),
    "it is not there after all": ("exit 127", "Error [127] mirroring [/srv] to [s3://b]: nothing was printed"),
}


@newest
@pytest.mark.parametrize("kind", STAND_INS)
def test_however_the_command_ends_cback3_fails_with_a_sentence(kind: str, cedar: CedarBackup) -> None:
    script, sentence = STAND_INS[kind]
    cedar.program("command", f"#!/bin/sh\n{script}\n")
    done = cedar.run("amazons3sync", sections=_section(("/srv", "s3://b")))
    assert (done.status, f"Error executing backup: {sentence}" in done.log) == (6, True), done
    assert "Traceback" not in done.printed + done.log


@newest
def test_an_interrupt_of_cback3_ends_the_command_and_its_own_run(cedar: CedarBackup, tmp_path: Path) -> None:
    # Its parent, cback3, is interrupted when the command runs, and the command ends when it is told to.
    script = f"trap 'echo >{tmp_path}/told; exit 5' TERM; kill -INT $PPID; while :; do sleep 0.1; done"
    cedar.program("command", f"#!/bin/sh\n{script}\n")
    done = cedar.run("amazons3sync", sections=_section(("/srv", "s3://b"), ("/srv", "s3://c")))
    assert (done.status, "Backup interrupted." in done.log, (tmp_path / "told").exists()) == (5, True, True), done
    assert "[s3://c]" not in done.log

    cedar.program("command", "#!/bin/sh\nexit 5\n")  # the command alone was interrupted
    assert cedar.run("amazons3sync", sections=_section(("/srv", "s3://b"), ("/srv", "s3://c"))).status == 5


_DISC = "#!/bin/sh\necho 100\n"
"""What stands in for the programs of a disc, of which there is none here."""


def test_all_runs_no_extended_action_and_the_hook_of_one_of_its_actions_mirrors_as_well(
    cedar: CedarBackup, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    (tmp_path / "disc").mkdir()
    for name in ("cdrecord", "mkisofs", "eject"):
        cedar.program(f"disc/{name}", _DISC)
    path = f"{tmp_path}/disc:{cedar.environment['PATH']}"
    hook = f"{tmp_path}/command --logfile {tmp_path}/hook.log --exclude &quot;x y&quot; {source} s3://bucket/hooked"
    sections = f"""\
<collect>
   <collect_dir>{tmp_path}/collect</collect_dir><collect_mode>daily</collect_mode><archive_mode>tar</archive_mode>
   <ignore_file>.ignore</ignore_file><file><abs_path>{source}/a</abs_path></file>
</collect>
<stage>
   <staging_dir>{tmp_path}/stage</staging_dir>
   <peer><name>here</name><type>local</type><collect_dir>{tmp_path}/collect</collect_dir></peer>
</stage>
<store>
   <source_dir>{tmp_path}/stage</source_dir><target_device>/dev/null</target_device>
   <target_scsi_id>0,0,0</target_scsi_id><media_type>cdr-74</media_type><device_type>cdwriter</device_type>
</store>
{_section((source, "s3://bucket/extended"))}"""

    hooked = f"<post_action_hook><action>stage</action><command>{hook}</command></post_action_hook>"
    done = cedar.run("all", sections=sections, options=hooked, PATH=path)
    assert done.status == 0, done
    assert list(server.objects("bucket")) == [b"hooked/a"]

    failing = hooked.replace(f"{source} s3", f"{tmp_path}/nowhere s3")
    done = cedar.run("--full", "all", sections=sections, options=failing, PATH=path)
    assert (done.status, "Error (6) executing post-action hook for action stage" in done.printed) == (6, True), done


GOOD = "<source_dir>/srv</source_dir><s3_bucket_url>s3://b</s3_bucket_url>"
WRONG = {
    "": "Exactly one amazons3sync section is required.",
    "<amazons3sync/>": "At least one backup must be configured",
    "<amazons3sync/><amazons3sync/>": "Exactly one amazons3sync section",
    f"<amazons3sync><backups>{GOOD}</backups></amazons3sync>": "Element [backups] is not known",
    f"<amazons3sync>{GOOD}</amazons3sync>": "Element [source_dir] is not known",
    "<amazons3sync><backup/></amazons3sync>": "must set a source directory, as an absolute path: []",
    f"<amazons3sync><backup>{GOOD.replace('/srv<', 'srv<')}</backup></amazons3sync>": "an absolute path: [srv]",
    f"<amazons3sync><backup>{GOOD.replace('s3:', 'http:')}</backup></amazons3sync>": "begins with s3://: [http://b]",
    f"<amazons3sync><backup>{GOOD}{GOOD}</backup></amazons3sync>": "must set source_dir only once",
    f"<amazons3sync><backup>{GOOD}<swiches/></backup></amazons3sync>": "Element [swiches] is not known",
    f"<amazons3sync><backup>{GOOD.replace('srv', 's<!---->rv')}</backup></amazons3sync>": "[source_dir] must hold text",
    f"<amazons3sync><backup>{GOOD}<switches>'</switches></backup></amazons3sync>": "must be words, as in a shell",
    "<amazons3sync>": "Unable to parse XML document",
}
_SCRIPT = """
import json, sys
from types import SimpleNamespace
from CedarBackup3.extend.amazons3sync import executeAction
for path in json.load(sys.stdin):
    try:
        executeAction(path, SimpleNamespace(output=False, debug=False), None)
        print(json.dumps(["", ""]))
    except Exception as error:
        print(json.dumps([type(error).__name__, str(error)]))
"""


@newest
def test_the_section_of_the_documents_is_read(packages: Path) -> None:
    pages = [(_ROOT / "docs/extensions.md").read_text("utf-8"), (_ROOT / _MODULE).read_text("utf-8")]
    sections = [re.findall(r"^ *<amazons3sync>.*?</amazons3sync>$", page, re.DOTALL | re.MULTILINE) for page in pages]
    code = (
        "import json, sys\nfrom CedarBackup3.extend.amazons3sync import readBackups\n"
        "print(json.dumps([readBackups(f'<cb_config>{text}</cb_config>'.encode()) for text in json.load(sys.stdin)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(packages)},
        input=json.dumps([section for (section,) in sections]),
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [
        [
            ["/srv/photos", "s3://my-bucket/photos", ["--requireFile", ".mounted", "--exclude", "my cache/*"]],
            ["/srv/music", "s3://my-bucket/music", []],
        ],
        [["/srv/photos", "s3://my-bucket/photos", ["--maxDelete", "10%", "--exclude", "my cache/*"]]],
    ]


def test_a_wrong_section_is_refused_in_a_sentence(packages: Path, tmp_path: Path) -> None:
    paths = []
    for number, section in enumerate(WRONG):
        paths.append(str(tmp_path / f"{number}.conf"))
        Path(paths[-1]).write_text(f"<cb_config>{section}</cb_config>")
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    words = [sys.executable, "-c", _SCRIPT]
    done = subprocess.run(
        words, env=environment, input=json.dumps(paths), cwd="/", capture_output=True, text=True, check=True
    )
    refusals = [json.loads(line) for line in done.stdout.splitlines()]
    for (section, sentence), (kind, message) in zip(WRONG.items(), refusals, strict=True):
        assert (kind, sentence in message) == ("ValueError", True), (section, kind, message)
