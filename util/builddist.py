"""builddist.py DIRECTORY: a wheel, a source archive, and an archive that Python runs (zipapp).

They are the same to the byte wherever and whenever they are built.

Their times are that of the newest entry in debian/changelog, or SOURCE_DATE_EPOCH (https://reproducible-builds.org/).
They are built from a copy of the tree, so that nothing is left in it.

The third one holds what the wheel does. It finds its own modules before any others, so that it runs beside whatever
else is installed; as root, too, since its first line lets neither PYTHONPATH nor a home directory add modules.
"""

from __future__ import annotations

import email.utils
import gzip
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", ".demo", ".hypothesis", ".*_cache", "build", "dist", "__pycache__"),
    *("*.egg-info", "PKG-INFO", "setup.cfg"),  # what setuptools adds to an archive, from which this may be run
)
_BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
_RUNNABLE = "cback-amazons3-sync.pyz"
_MAIN = b"import sys\n\nfrom cback_amazons3 import main\n\nsys.exit(main())\n"
_FIRST_LINE = b"#!/usr/bin/env -S python3 -I\n"


def main(directory: Path) -> None:
    """Build all in a directory, which is made anew."""
    moment = _moment()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as copy:
        tree = Path(copy) / "tree"
        print("Copying the tree", flush=True)
        shutil.copytree(_ROOT, tree, ignore=_LEFT_OUT, symlinks=True)
        for path in tree.rglob("*"):
            path.chmod(_mode(path.is_dir() or bool(path.stat().st_mode & 0o100)))
        for kind, name in (("build_wheel", "wheel"), ("build_sdist", "source archive")):
            print(f"Building the {name}", flush=True)
            _build(kind, tree, directory, moment)
    print("Giving every file in the source archive the same time and owner", flush=True)
    for archive in directory.glob("*.tar.gz"):
        archive.write_bytes(_evened(archive.read_bytes(), moment))
    print("Building the archive that Python runs", flush=True)
    (wheel,) = directory.glob("*.whl")
    runnable = directory / _RUNNABLE
    runnable.write_bytes(_runnable(wheel, moment))
    runnable.chmod(0o755)
    for made in sorted(directory.iterdir()):
        print(os.path.relpath(made))


def _moment() -> int:
    """Seconds since the epoch."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    entry = re.search(r"^ -- .*>  (.*)$", (_ROOT / "debian/changelog").read_text("utf-8"), re.MULTILINE)
    if entry is None:
        sys.exit("debian/changelog has no entry with a date")
    return int(email.utils.parsedate_to_datetime(entry[1]).timestamp())


def _mode(isExecutable: bool) -> int:
    return 0o755 if isExecutable else 0o644


def _build(kind: str, tree: Path, directory: Path, moment: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, kind, str(directory.resolve())],
        cwd=tree,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(moment)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{kind} failed:\n{done.stdout}")


def _evened(archive: bytes, moment: int) -> bytes:
    """The archive with the moment for every time, sorted, nobody's; setuptools has the moment in wheels only."""
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as old,
        gzip.GzipFile(filename="", fileobj=made, mode="wb", mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            even = tarfile.TarInfo(member.name)
            even.type, even.linkname, even.size = member.type, member.linkname, member.size
            even.mode, even.mtime = _mode(member.isdir() or bool(member.mode & 0o100)), moment
            new.addfile(even, old.extractfile(member) if member.isfile() else None)
    return made.getvalue()


def _runnable(wheel: Path, moment: int) -> bytes:
    """A ZIP archive of the modules of a wheel, and of the one that Python runs."""
    made = io.BytesIO(_FIRST_LINE)
    made.seek(0, io.SEEK_END)
    with zipfile.ZipFile(wheel) as modules, zipfile.ZipFile(made, "w") as archive:
        names = [name for name in modules.namelist() if ".dist-info/" not in name and ".data/" not in name]
        for name, text in sorted({"__main__.py": _MAIN, **{name: modules.read(name) for name in names}}.items()):
            entry = zipfile.ZipInfo(name, time.gmtime(moment)[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, text)
    return made.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
