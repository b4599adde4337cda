"""Both ways to ask S3, and what some machines lack: a user whom permission bits stop, a legacy locale, a tiny disk."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from testcase.awscommands import awsCommands
from testcase.runner import toolEnvironment

NOBODY = 65534


@pytest.fixture(params=["never", "always"])
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Whether a session asks, deletes and fetches; what comes of it and what is said is the same."""
    return "--awsSession", request.param


@dataclass(frozen=True, slots=True)
class PlainUser:
    """How to run something as a user who is not almighty."""

    prefix: tuple[str, ...]
    """The words before the command."""
    uid: int
    directory: Path
    """Where this user can go, and can write."""

    @property
    def hasOthers(self) -> bool:
        """Whether files that a test makes, and does not give away, belong to somebody else than this user."""
        return self.uid != os.geteuid()

    def give(self, *paths: Path) -> None:
        """Make the paths this user's own; links themselves, not what they point to."""
        for path in paths:
            os.chown(path, self.uid, -1, follow_symlinks=False)


@pytest.fixture
def plainUser(anyAws: str) -> Iterator[PlainUser]:
    """Somebody whom permission bits stop, with a directory of their own; skips where root cannot become one."""
    directory = Path(tempfile.mkdtemp(prefix="cback-test-"))
    try:
        uid, prefix = _anyPlainUser(anyAws)
        directory.chmod(0o755)
        os.chown(directory, uid, -1)
        yield PlainUser(prefix, uid, directory)
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", directory], check=False)
        shutil.rmtree(directory)


def _anyPlainUser(anyAws: str) -> tuple[int, tuple[str, ...]]:
    if os.geteuid() != 0:
        return os.geteuid(), ()
    nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    # Nobody cannot reach a checkout or a Python below /root. Root without these powers can, and is stopped as well.
    without = "-dac_override,-dac_read_search"
    tamed = ("setpriv", f"--bounding-set={without}", f"--inh-caps={without}")
    for uid, prefix in ((NOBODY, nobody), (0, tamed)):
        if shutil.which("setpriv") and _canRun(prefix, anyAws):
            return uid, prefix
    pytest.skip("setpriv cannot make a user whom permission bits stop")


@functools.cache
def _canRun(prefix: tuple[str, ...], aws: str) -> bool:
    """Whether such a user can run the tool and aws, and cannot read what nobody may.

    aws is really run: its Python may lie where only root can go, which no mode of the script tells.
    """
    with tempfile.NamedTemporaryFile() as secret:
        Path(secret.name).chmod(0)
        probe = (
            "import os, subprocess, sys, CedarBackup3.tools.amazons3sync\n"
            f"failed = subprocess.run([{aws + '/aws'!r}, '--version'], stdout=subprocess.DEVNULL).returncode\n"
            f"sys.exit(failed != 0 or os.access({secret.name!r}, os.R_OK))"
        )
        command = [*prefix, sys.executable, "-c", probe]
        return subprocess.run(command, env=toolEnvironment(), capture_output=True, check=False).returncode == 0


def awsFor(prefix: tuple[str, ...], anyAws: str) -> str:
    """The directory of an AWS CLI that such a user can run; skips where there is none."""
    for directory in (anyAws, *map(os.path.dirname, awsCommands().values())):
        if _canRun(prefix, directory):
            return directory
    pytest.skip("no AWS CLI that this user can run")


@pytest.fixture(scope="session")
def legacyLocale(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables for a Latin-1 locale, made for these tests: few machines still have one."""
    directory, name = tmp_path_factory.mktemp("locale"), "en_US.ISO-8859-1"
    if shutil.which("localedef") is None:
        pytest.skip("no localedef")
    command = ["localedef", "-i", "en_US", "-f", "ISO-8859-1", str(directory / name)]
    made = subprocess.run(command, capture_output=True, check=False)
    if made.returncode or not (directory / name).exists():
        pytest.skip(f"localedef cannot make {name}: {made.stderr.decode(errors='replace')[:200]}")
    return {"LOCPATH": str(directory), "LANG": name}


@pytest.fixture
def tinyDisk(tmp_path: Path) -> Iterator[Path]:
    """A directory with very little room."""
    place = tmp_path / "tiny"
    place.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a file system, and with the mount program")
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
