"""The Debian packages: built, and installed into a fresh Debian, used there beside Cedar Backup, and purged."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from CedarBackup3.release import VERSION

_ROOT = Path(__file__).resolve().parent.parent.parent
_PACKAGE = "cedar-backup3-amazons3-sync"
_LIBRARY = "python3-cback-amazons3-sync"
_COMMANDS = list(tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"])
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"}
_ISOLATION = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
_OTHERS_BUSINESS = {
    *("dev", "opt", "proc", "run", "sys", "tmp"),
    *("var/cache", "var/lib/apt", "var/lib/dpkg", "var/lib/systemd/catalog"),
    *("var/log/apt", "var/log/dpkg.log", "var/log/journal"),
}
"""What changes in a Debian without this package as well, and /opt, where this test puts what it needs."""
_USELESS = ("/usr/lib/python3/dist-packages/awscli/examples/*", "/usr/share/locale/*")
"""Half of the files of such a Debian."""

pytestmark = [pytest.mark.xdist_group("debianpackage"), pytest.mark.timeout(1800)]


def _run(*words: str | Path, directory: Path = _ROOT) -> str:
    """What a command printed; it has to end well."""
    done = subprocess.run(
        words, cwd=directory, env=_ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def _needs(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program, path=_ENVIRONMENT["PATH"]) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)} on this machine")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of packages, built as `make deb` builds them; lintian, where it is, has no errors and no warnings."""
    _needs("dpkg-buildpackage", "dh")
    if subprocess.run(["/usr/bin/dpkg-checkbuilddeps"], cwd=_ROOT, capture_output=True, check=False).returncode:
        pytest.skip("what the package needs to be built is not installed; `apt build-dep .` does it")
    directory = tmp_path_factory.mktemp("deb")
    _run("sh", "util/builddeb.sh", directory)
    return directory


@pytest.fixture(scope="module")
def package(built: Path) -> Path:
    """That of the commands."""
    (found,) = built.glob(f"{_PACKAGE}_*.deb")
    return found


@pytest.fixture(scope="module")
def library(built: Path) -> Path:
    """That of the modules for other programs."""
    (found,) = built.glob(f"{_LIBRARY}_*.deb")
    return found


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh Debian with aws in a directory, made from where this machine has its own packages."""
    _needs("mmdebstrap", "unshare")
    if os.geteuid() != 0:
        pytest.skip("only root can install a Debian into a directory")
    suite = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text("utf-8"), re.MULTILINE)
    root = tmp_path_factory.mktemp("debian")
    # In memory, since a disk takes as long to forget half a gigabyte of small files as to make them.
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", root], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.strip()}")
    try:
        words = ["sh", "util/debianroot.sh", suite[1] if suite else "stable", str(root)]
        words += ["--include=awscli,systemd,python3-chardet,python3-importlib-metadata"]
        words += [f"--dpkgopt=path-exclude={pattern}" for pattern in _USELESS]
        made = subprocess.run(words, cwd=_ROOT, env=_ENVIRONMENT, capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"mmdebstrap could not make a Debian here: {made.stderr.splitlines()[-1]}")
        for part in ("debian/tests", "testcase"):
            shutil.copytree(_ROOT / part, root / "opt" / part, ignore=shutil.ignore_patterns("__pycache__"))
        yield root
    finally:
        _run("umount", root)


def _inside(debian: Path, *words: str) -> str:
    """Run a command in it, with processes and mounts that end with the command."""
    return _run(*_ISOLATION, f"--root={debian}", "--mount-proc", "--wd=/", *words)


def _files(debian: Path) -> set[str]:
    found = set()
    for directory, names, files in os.walk(debian):
        relative = os.path.relpath(directory, debian)
        below = [os.path.normpath(os.path.join(relative, name)) for name in names + files]
        found |= set(below) - _OTHERS_BUSINESS
        names[:] = [name for name in names if os.path.normpath(os.path.join(relative, name)) not in _OTHERS_BUSINESS]
    return found | {str(path) for path in (debian / "var/lib/dpkg/info").glob(f"{_PACKAGE}.*")}


def _install(debian: Path, package: Path) -> None:
    shutil.copy(package, debian / "opt")
    _inside(debian, "apt-get", "-qy", "install", f"/opt/{package.name}")


def _purge(debian: Path) -> None:
    _inside(debian, "apt-get", "-qy", "purge", _PACKAGE)


def _names(package: Path) -> list[str]:
    return [line.split(maxsplit=5)[5] for line in _run("dpkg-deb", "--contents", package).splitlines()]


def test_they_depend_on_python_and_aws_only(package: Path, library: Path) -> None:
    for each in (package, library):
        depends = _run("dpkg-deb", "--field", each, "Depends")
        assert {word.split()[0].partition(":")[0] for word in depends.split(",")} == {"awscli", "python3"}


def test_the_library_alone_takes_the_place_of_cedar_backup(package: Path, library: Path) -> None:
    assert not _run("dpkg-deb", "--field", package, "Conflicts").strip()
    assert _run("dpkg-deb", "--field", library, "Conflicts").split() == ["cedar-backup3"]
    assert "conflicts with cedar-backup3" in _run("dpkg-deb", "--field", library, "Description")
    modules = "./usr/lib/python3/dist-packages/"
    assert {path for path in _names(package) if path.startswith(modules) and path.endswith(".py")} == {
        f"{modules}CedarBackup3/extend/amazons3sync.py"
    }
    private = {path.replace("./usr/share/cback-amazons3-sync/", modules) for path in _names(package)}
    shared = {path for path in _names(library) if path.startswith(modules) and ".dist-info/" not in path}
    assert shared and shared <= private
    assert not [path for path in shared if "/extend/" in path]


def test_every_command_has_its_man_page_and_its_completion(package: Path) -> None:
    held = _run("dpkg-deb", "--contents", package)
    for command in _COMMANDS:
        for path in (
            f"bin/{command}",
            f"share/man/man1/{command}.1.gz",
            f"share/bash-completion/completions/{command}",
        ):
            assert f" ./usr/{path}\n" in held


@pytest.mark.parametrize(
    "path",
    [
        "etc/logrotate.d/cedar-backup3-amazons3-sync",
        *(f"usr/lib/systemd/system/{path.name}" for path in (_ROOT / "debian/systemd").iterdir()),
        "usr/lib/tmpfiles.d/cedar-backup3-amazons3-sync.conf",
        *(f"usr/share/doc/{_PACKAGE}/examples/{path.name}" for path in (_ROOT / "debian/examples").iterdir()),
        f"usr/share/doc/{_PACKAGE}/README.md.gz",
        *(f"usr/share/doc/{_PACKAGE}/{path.relative_to(_ROOT)}" for path in (_ROOT / "docs").rglob("*.*")),
    ],
)
def test_it_holds(package: Path, path: str) -> None:
    assert f" ./{path}\n" in _run("dpkg-deb", "--contents", package)


def test_a_fresh_debian_installs_it_runs_its_commands_and_after_a_purge_has_nothing_left(
    package: Path, debian: Path
) -> None:
    before = _files(debian)
    _install(debian, package)

    for command in _COMMANDS:
        assert VERSION in _inside(debian, command, "--version")
        assert command in _inside(debian, command, "--help")
    _inside(debian, "sh", "-c", "cd /opt && AUTOPKGTEST_TMP=$(mktemp -d) exec debian/tests/sync")
    logged = _inside(debian, "sh", "-c", "cback-amazons3-sync /nowhere s3://bucket; echo $?; cat /var/log/cback.log")
    assert "\n6\n" in logged

    (debian / "var/log/cback.log.2.gz").touch()
    assert (debian / "run/cback-amazons3-sync").is_dir()
    wanted = debian / "etc/systemd/system/timers.target.wants"
    enabled = [wanted / f"cback-amazons3-{unit}@photos.timer" for unit in ("sync", "rehearse")]
    for timer in enabled:
        timer.symlink_to(f"/usr/lib/systemd/system/{timer.name.replace('photos', '')}")
    _inside(debian, "apt-get", "-qy", "remove", _PACKAGE)
    assert not any(timer.is_symlink() for timer in enabled), "a timer is still enabled"
    _purge(debian)
    assert _files(debian) == before
    assert not (debian / "run/cback-amazons3-sync").exists()


_MINE = "import os; os.write(2, b'a stranger was imported')\n"


def test_the_commands_import_nothing_from_where_they_are_started(package: Path, debian: Path) -> None:
    planted, home = debian / "opt/planted", debian / "root/.local"
    (minor,) = (path.name for path in (debian / "usr/lib").glob("python3.*"))
    for directory in (planted, home / "lib" / minor / "site-packages"):
        for name in ("json.py", "argparse.py", "selectors.py", "CedarBackup3/__init__.py"):
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text(_MINE)
    _install(debian, package)
    for command in _COMMANDS:
        said = _inside(debian, "sh", "-c", f"cd /opt/planted; PYTHONPATH=:/opt/planted {command} --version")
        said += _inside(debian, "sh", "-c", f"cd /opt/planted; HOME=/nowhere {command} --diagnostics")
        assert VERSION in said
        assert "stranger" not in said
    shutil.rmtree(planted)
    shutil.rmtree(home)
    _purge(debian)


_OLD = """\
Package: cedar-backup3-amazons3-sync
Version: 0.1.0
Architecture: all
Maintainer: nobody <nobody@example.org>
Conflicts: cedar-backup3
Description: as it was when its modules were everybody's
"""


def _oldPackage(debian: Path) -> None:
    """Make one in the Debian, small, in which the modules and the settings lie where they did."""
    tree = debian / "opt/old"
    settings = f"etc/logrotate.d/{_PACKAGE}"
    files = {"DEBIAN/control": _OLD, "DEBIAN/conffiles": f"/{settings}\n", settings: "# old\n"}
    for name in ("__init__.py", "util.py", "cli/__init__.py", "amazons3/old.py"):
        files[f"usr/lib/python3/dist-packages/CedarBackup3/{name}"] = ""
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    _inside(debian, "dpkg-deb", "--build", "--root-owner-group", "/opt/old", "/opt/old.deb")


def test_the_package_that_was_is_upgraded_and_its_settings_stay(package: Path, library: Path, debian: Path) -> None:
    _oldPackage(debian)
    _inside(debian, "dpkg", "-i", "/opt/old.deb")
    settings = debian / f"etc/logrotate.d/{_PACKAGE}"
    settings.write_text("# mine\n")
    for each in (package, library):
        shutil.copy(each, debian / "opt")
    words = ["-o", "Dpkg::Options::=--force-confold", f"/opt/{package.name}", f"/opt/{library.name}"]
    _inside(debian, "apt-get", "-qy", "install", *words)
    assert settings.read_text() == "# mine\n"
    code = "import CedarBackup3.tools.amazons3sync as module; print(module.__file__)"
    assert "/dist-packages/" in _inside(debian, "python3", "-c", code)
    assert VERSION in _inside(debian, "cback-amazons3-sync", "--version")
    _inside(debian, "apt-get", "-qy", "purge", _PACKAGE, _LIBRARY)
    assert not (debian / "usr/lib/python3/dist-packages/CedarBackup3").exists()


def test_it_lives_beside_cedar_backup_in_whatever_order_they_come_and_go(package: Path, debian: Path) -> None:
    theirs, ours = f"/opt/{_cedarBackup(debian)}", f"/opt/{package.name}"
    shutil.copy(package, debian / "opt")
    for each in (ours, theirs):
        _inside(debian, "dpkg", "-i", each)
    _inside(debian, "sh", "-c", "cd /opt && AUTOPKGTEST_TMP=$(mktemp -d) exec debian/tests/cedarbackup")
    _inside(debian, "dpkg", "--purge", "cedar-backup3")
    assert VERSION in _inside(debian, "cback-amazons3-sync", "--version")

    _inside(debian, "dpkg", "-i", theirs)
    _inside(debian, "dpkg", "--purge", _PACKAGE)
    assert "Cedar Backup" in _inside(debian, "cback3", "--version")

    _inside(debian, "dpkg", "-i", ours)
    assert VERSION in _inside(debian, "cback-amazons3-restore", "--version")
    assert "Cedar Backup" in _inside(debian, "cback3", "--version")
    _inside(debian, "dpkg", "--purge", _PACKAGE, "cedar-backup3")
    assert not (debian / "usr/lib/python3/dist-packages/CedarBackup3").exists()
    assert not (debian / "usr/share/cback-amazons3-sync").exists()


def _cedarBackup(debian: Path) -> str:
    """The name of Debian's package of Cedar Backup, which is fetched into /opt once."""
    if not list((debian / "opt").glob("cedar-backup3_*.deb")):
        words = ("sh", "-c", "apt-get -qq update && cd /opt && apt-get -qq download cedar-backup3")
        isolated = [*_ISOLATION, f"--root={debian}", "--mount-proc", "--wd=/"]
        done = subprocess.run([*isolated, *words], env=_ENVIRONMENT, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"Debian's cedar-backup3 cannot be had: {done.stderr.splitlines()[-1:]}")
    (found,) = (debian / "opt").glob("cedar-backup3_*.deb")
    return found.name


_BOOTED = """\
[Unit]
SuccessAction=exit-force
FailureAction=exit-force

[Service]
Type=oneshot
WorkingDirectory=/opt
Environment=AUTOPKGTEST_TMP=/tmp/unit
ExecStartPre=mkdir /tmp/unit
ExecStart=/bin/sh debian/tests/unit
ExecStopPost=/bin/sh -c 'echo "$$SERVICE_RESULT" >result'
StandardOutput=append:/opt/output
StandardError=inherit
TimeoutStartSec=700
"""


def test_a_booted_debian_runs_its_unit_and_after_a_purge_has_nothing_left(package: Path, debian: Path) -> None:
    _needs("systemd-nspawn")
    before = _files(debian)
    _install(debian, package)
    output = debian / "opt/output"
    output.touch()
    unit = debian / "etc/systemd/system/booted.service"
    unit.write_text(_BOOTED)
    words = ["systemd-nspawn", "--quiet", f"--directory={debian}", "--register=no", "--keep-unit", "--console=pipe"]
    words += ["--boot", "--", "--unit=booted.service"]
    booted = subprocess.run(
        words, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, timeout=800, check=False
    )
    if not (debian / "opt/result").exists():
        pytest.skip(f"systemd does not boot in a directory here: {booted.stderr.decode(errors='replace')[-300:]}")
    assert (debian / "opt/result").read_text() == "success\n", output.read_text()
    unit.unlink()

    _purge(debian)
    # systemd makes files of its own when it boots; ours have the command in their names.
    assert [path for path in _files(debian) - before if "cback" in path] == []
