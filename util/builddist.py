"""Build the wheel and the source archive, the same bytes from the same sources wherever and whenever that is done.

    python -m util.builddist dist

setuptools writes a wheel by SOURCE_DATE_EPOCH, but into the source archive the times and owners of the files it finds,
so that one is packed again. Without the variable the date is that of the newest entry in debian/changelog.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import sys
import tarfile
from email.utils import parsedate_to_datetime
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_BUILD = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"


def main() -> int:
    directory = Path(sys.argv[1]).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or str(changelogTime())
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    for kind in ("build_wheel", "build_sdist"):
        command = [sys.executable, "-c", _BUILD, kind, str(directory)]
        done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr)
            return done.returncode
        made = directory / done.stdout.splitlines()[-1]
        if kind == "build_sdist":
            made.write_bytes(packedAgain(made.read_bytes(), int(epoch)))
        print(made)
    return 0


def changelogTime() -> int:
    """The seconds since the epoch at which the newest entry of Debian's changelog was signed."""
    text = (_ROOT / "debian/changelog").read_text("utf-8")
    signed = re.search(r"^ -- .*>  (.+)$", text, re.MULTILINE)
    assert signed, "debian/changelog has no signed entry"
    return int(parsedate_to_datetime(signed[1]).timestamp())


def packedAgain(archive: bytes, epoch: int) -> bytes:
    """The same archive in the order of names, with one time, no owner, and two kinds of modes."""
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as before,
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=epoch) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as after,
    ):
        for member in sorted(before.getmembers(), key=lambda member: member.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = epoch, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            after.addfile(member, before.extractfile(member) if member.isfile() else None)
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main())
