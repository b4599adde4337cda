"""What the wheel and the source archive hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from CedarBackup3.release import NAME, VERSION

_ROOT = Path(__file__).resolve().parent.parent.parent
_LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
_BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a wheel and a source archive, made from a copy of the tree."""
    base = tmp_path_factory.mktemp("distributions")
    shutil.copytree(_ROOT, base / "tree", ignore=_LEFT_OUT, symlinks=True)
    for kind in ("build_wheel", "build_sdist"):
        done = subprocess.run(
            [sys.executable, "-c", _BUILD, kind, str(base)],
            cwd=base / "tree",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return base


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
