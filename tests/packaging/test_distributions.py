"""What the wheel and the source archive hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from CedarBackup3.release import NAME, VERSION

_ROOT = Path(__file__).resolve().parent.parent.parent
_LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")


def _build(tree: Path) -> Path:
    """A directory with the wheel and the source archive of a copy of the tree."""
    shutil.copytree(_ROOT, tree, ignore=_LEFT_OUT, symlinks=True, copy_function=shutil.copy)  # with new times
    directory = tree.parent / "dist"
    done = subprocess.run(
        [sys.executable, "-m", "util.builddist", directory], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a wheel and a source archive, made from a copy of the tree."""
    return _build(tmp_path_factory.mktemp("distributions") / "tree")


@pytest.fixture(scope="module")
def wheelNames(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def _sourceFiles(*patterns: str) -> set[str]:
    return {str(path.relative_to(_ROOT)) for pattern in patterns for path in _ROOT.glob(pattern)}


def test_the_wheel_holds_the_whole_package_and_no_other(wheelNames: set[str]) -> None:
    package = {name for name in wheelNames if ".dist-info/" not in name and ".data/" not in name}
    assert package == _sourceFiles("CedarBackup3/**/*.py", "CedarBackup3/py.typed")


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


def test_the_source_archive_holds_what_its_tests_and_packaging_need(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    needed = _sourceFiles(
        "*.md", "Makefile", "LICENSE", "pyproject.toml", "manpages/*.1", "docs/*", "util/*.*", "debian/*"
    )
    needed |= _sourceFiles("CedarBackup3/**/*.py", "testcase/**/*.py", "tests/**/*.py")
    assert needed - names == set()


def test_both_are_the_same_bytes_wherever_and_whenever_they_are_built(built: Path, tmp_path: Path) -> None:
    again = _build(tmp_path / "elsewhere" / "another name")
    made = {path.name: path.read_bytes() for path in built.iterdir()}
    assert len(made) == 2
    assert {path.name: path.read_bytes() for path in again.iterdir()} == made


def test_their_metadata_is_fit_for_an_index(built: Path) -> None:
    words: list[str | Path] = [sys.executable, "-m", "twine", "check", "--strict", *built.iterdir()]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("PASSED")) == (0, 2), done.stdout


def test_the_wheel_installs_both_commands_and_nothing_else(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-index", wheel], check=True, capture_output=True)
    for command in ("cback-amazons3-sync", "cback-amazons3-restore"):
        told = subprocess.run(
            [tmp_path / "venv/bin" / command, "--version"], check=True, capture_output=True, text=True
        )
        assert told.stdout.startswith(f"{command} {VERSION}\n")
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True
    )
    names = {line.partition("==")[0] for line in listed.stdout.splitlines()}
    assert names - {"pip", "setuptools", "wheel"} == {NAME}


def test_the_source_archive_passes_tests_of_its_own(built: Path, tmp_path: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_model.py",
        "tests/test_floors.py",
    ]
    done = subprocess.run(words, cwd=tmp_path / archive.name.removesuffix(".tar.gz"), capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()
