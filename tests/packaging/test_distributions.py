"""The wheel, the source archive, and the archive that Python runs: what they hold, and that they can be used."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from CedarBackup3.release import NAME, VERSION
from testcase.s3 import S3Server
from testcase.trees import plantTree

_ROOT = Path(__file__).resolve().parent.parent.parent
_COMMANDS = list(tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"])

# One worker builds them for all, and once.
pytestmark = pytest.mark.xdist_group("distributions")


def _run(*words: str | Path, directory: Path = _ROOT) -> str:
    """What a command printed; it has to end well. Of Python's paths it has only its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    done = subprocess.run(
        words, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a wheel and a source archive, made as `make dist` makes them."""
    directory = tmp_path_factory.mktemp("distributions")
    _run(sys.executable, "util/builddist.py", directory)
    return directory


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree that is in the source archive."""
    (archive,) = built.glob("*.tar.gz")
    base = tmp_path_factory.mktemp("unpacked")
    _run("tar", "-xf", archive, "-C", base)  # Debian 12's tarfile knows no filter, and later ones ask for one
    (tree,) = base.iterdir()
    return tree


@pytest.fixture(scope="module")
def wheelNames(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def _sourceFiles(*patterns: str) -> set[str]:
    return {str(path.relative_to(_ROOT)) for pattern in patterns for path in _ROOT.glob(pattern)}


def test_the_wheel_holds_the_whole_package_and_no_other(wheelNames: set[str]) -> None:
    package = {name for name in wheelNames if ".dist-info/" not in name and ".data/" not in name}
    assert package == _sourceFiles(
        "CedarBackup3/**/*.py", "CedarBackup3/py.typed", "CedarBackup3/amazons3/aws/models/**/*.json"
    ) | {"cback_amazons3/__init__.py"}


def test_the_wheel_holds_the_man_pages(wheelNames: set[str]) -> None:
    pages = {name.partition(".data/data/share/man/man1/")[2] for name in wheelNames if ".data/" in name}
    assert pages == {path.name for path in (_ROOT / "manpages").iterdir()}


def test_the_wheel_says_what_it_is(built: Path, wheelNames: set[str]) -> None:
    (wheel,) = built.glob("*.whl")
    (metadata,) = [name for name in wheelNames if name.endswith(".dist-info/METADATA")]
    text = zipfile.ZipFile(wheel).read(metadata).decode()
    assert f"\nName: {NAME}\n" in text
    assert f"\nVersion: {VERSION}\n" in text
    assert "\nRequires-Python: >=3.11\n" in text
    assert all("; extra ==" in line for line in text.splitlines() if line.startswith("Requires-Dist:"))


def test_the_source_archive_holds_what_its_tests_and_packaging_need(unpacked: Path) -> None:
    needed = _sourceFiles("*.md", "Makefile", "LICENSE", "pyproject.toml", "conftest.py", ".ci/*", "util/*.*")
    needed |= _sourceFiles("constraints.txt", ".editorconfig", ".pre-commit-config.yaml")
    needed |= _sourceFiles("CedarBackup3/**/*.py", "testcase/**/*.py", "tests/**/*.py", "util/**/*.py")
    needed |= {name for name in _sourceFiles("manpages/*", "docs/**/*", "debian/**/*") if (_ROOT / name).is_file()}
    assert {name for name in needed if not (unpacked / name).is_file()} == set()


def test_the_source_archive_has_tests_that_run(unpacked: Path) -> None:
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_etags.py", "tests/test_layers.py"]
    assert re.search(r"^\d+ passed", _run(sys.executable, *words, directory=unpacked), re.MULTILINE)


def test_the_source_archive_builds_the_same_archives_again(built: Path, unpacked: Path, tmp_path: Path) -> None:
    for path in unpacked.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
        os.utime(path, (1, 1))
    _run(sys.executable, "util/builddist.py", tmp_path, directory=unpacked)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in built.iterdir()
    }


def test_an_index_would_take_them(built: Path) -> None:
    _run(
        sys.executable, "-m", "twine", "--no-color", "check", "--strict", *built.glob("*.whl"), *built.glob("*.tar.gz")
    )


def test_the_wheel_alone_gives_the_commands_and_types_to_a_fresh_environment(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    venv.create(tmp_path / "fresh", with_pip=True)
    python = tmp_path / "fresh/bin/python"
    _run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", wheel, directory=tmp_path)
    for command in _COMMANDS:
        assert _run(tmp_path / "fresh/bin" / command, "--version", directory=tmp_path).startswith(
            f"{command} {VERSION}"
        )
    user = tmp_path / "user.py"
    user.write_text("from CedarBackup3.tools.amazons3sync import TOOL\n\nreveal_type(TOOL.name)\n")
    words = ["-m", "mypy", "--strict", "--python-executable", str(python), str(user)]
    assert 'Revealed type is "str"' in _run(sys.executable, *words, directory=tmp_path).replace("builtins.", "")


def _runnable(built: Path) -> Path:
    (found,) = built.glob("*.pyz")
    return found


def test_the_archive_that_python_runs_holds_all_of_the_wheel_and_is_told_which_command(
    built: Path, wheelNames: set[str], tmp_path: Path
) -> None:
    names = set(zipfile.ZipFile(_runnable(built)).namelist())
    assert names == {"__main__.py"} | {name for name in wheelNames if not re.search(r"\.(data|dist-info)/", name)}
    for command in _COMMANDS:
        (tmp_path / command).symlink_to(_runnable(built))
        assert _run(_runnable(built), command, "--version").startswith(f"{command} {VERSION}")
        assert _run(tmp_path / command, "--version").startswith(f"{command} {VERSION}")
        assert _run(sys.executable, tmp_path / command, "--version").startswith(f"{command} {VERSION}")
    for words in ([], ["--version"], ["/srv", "s3://bucket"]):
        done = subprocess.run([_runnable(built), *words], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith(f"must be {' or '.join(sorted(_COMMANDS, reverse=True))}\n")


@pytest.fixture
def runnable(built: Path, server: S3Server, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the sync of that archive beside Cedar Backup, with an aws and what is set for it."""
    theirs = Path(sys.prefix, "cedar-backup3/3.12.0")
    if not theirs.is_dir():
        pytest.skip(f"Cedar Backup 3.12.0 is not in {theirs}, where 'make test' installs it from PyPI")
    (tmp_path / "tmp").mkdir()

    def run(aws: str | Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
        variables = {"PATH": f"{aws}:/usr/bin:/bin", "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(theirs)}
        line: list[str | Path] = [sys.executable, _runnable(built), "cback-amazons3-sync"]
        line += ["--debug", "--logfile", tmp_path / "log"]
        environment = server.environment() | variables
        return subprocess.run([*line, *words], env=environment, capture_output=True, text=True, check=False)

    return run


def test_the_archive_that_python_runs_works_beside_cedar_backup_and_leaves_nothing(
    runnable: Callable[..., subprocess.CompletedProcess[str]], server: S3Server, awsDirectory: Path, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a", b"b/c"])
    done = runnable(awsDirectory, "--awsSession", "always", source, "s3://bucket/p")
    assert (done.returncode, done.stderr, list(server.objects("bucket"))) == (0, "", [b"p/a", b"p/b/c"])
    assert "No session" not in (tmp_path / "log").read_text()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_archive_gives_aws_its_files_only_where_nobody_else_can_replace_them(
    runnable: Callable[..., subprocess.CompletedProcess[str]], server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.putObject("bucket", b"a", b"a")
    words = ("--verifyOnly", "--awsSession", "never", source, "s3://bucket")
    done = runnable(anyAws, *words)
    assert (done.returncode, done.stderr, list((tmp_path / "tmp").iterdir())) == (0, "", [])
    (tmp_path / "tmp").chmod(0o777)
    done = runnable(anyAws, *words)
    assert (done.returncode, "others can write to" in done.stderr, "TMPDIR" in done.stderr) == (6, True, True), done
