"""pictures.py DIRECTORY: what `make pictures` runs: the terminal that README.md shows, as SVG, from a real run.

The real tools run on a terminal of a fixed size, on the server of `testcase`, in a scratch directory. Its name is the
only thing that is replaced. Names, sizes and times of files and objects are always the same, and so is the zone. How
long the steps took is not, so a picture stays as it is if nothing else has changed.
"""

from __future__ import annotations

import os
import pty
import random
import re
import shlex
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from testcase.runner import toolCommand, toolEnvironment
from testcase.s3 import S3Server
from testcase.terminal import Screen, readTerminal
from testcase.trees import plantTree

_COLUMNS = 126
_TITLE = "A directory is mirrored to S3 and proven to be there, then restored as it was at an earlier time"
_MODULES = {
    "cback-amazons3-sync": "CedarBackup3.tools.amazons3sync",
    "cback-amazons3-restore": "CedarBackup3.tools.amazons3restore",
}
_COMMANDS = (
    "cback-amazons3-sync --verbose /srv/photos s3://my-bucket/photos",
    "cback-amazons3-restore --verbose --atTime 2026-01-10T12:00 s3://my-bucket/photos /srv/then",
)
_PLACE = "/srv"
"""What the scratch directory is called in commands and on the screen."""
_STORED = datetime(2026, 1, 8, 2, 30, tzinfo=UTC)


def main(directory: Path) -> None:
    """Write the pictures into a directory, which must exist."""
    picture = directory / "terminal.svg"
    made = _svg(list(_recorded()))
    if picture.exists() and _timeless(picture.read_text("utf-8")) == _timeless(made):
        print(f"{os.path.relpath(picture)} is as before")
        return
    picture.write_text(made, "utf-8")
    print(os.path.relpath(picture))


def _timeless(picture: str) -> str:
    """A picture without how long anything took."""
    return re.sub(r"\d+\.\d s\b|textLength=\"[\d.]+\"", "", picture)


def _recorded() -> Iterator[str]:
    """The rows of the terminal, each command with its output."""
    with S3Server(buckets=("my-bucket",), versioning=True) as server, tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch, "place")
        _plant(server, place)
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        environment = toolEnvironment({**server.environment(), "PATH": path, "TZ": "UTC", "TERM": "xterm"})
        for command in _COMMANDS:
            # The log belongs to the scratch directory, too; nothing on the screen tells of it.
            name, *words = shlex.split(command.replace(f" {_PLACE}/", f" {place}/"))
            words = [*toolCommand(_MODULES[name]), "--logfile", str(Path(scratch, "cback.log")), *words]
            status, printed = _onTerminal(words, environment)
            rows = list(_rows(printed.replace(str(place), _PLACE)))
            if status:
                sys.exit("\n".join([f"{command} ended with status {status}:", *rows]))
            yield f"$ {command}"
            yield from rows
        yield "$"


def _plant(server: S3Server, place: Path) -> None:
    """Photos, of which one has gone since the last run, and three are new."""
    chance = random.Random(1)
    photos = {
        b"lake/IMG_%04d.jpg" % number: chance.randbytes(chance.randrange(90_000, 400_000)) for number in range(12)
    }
    for key, content in photos.items():
        server.putObject("my-bucket", b"photos/" + key, content, lastModified=_STORED)
    del photos[b"lake/IMG_0003.jpg"]
    new = {b"snow/IMG_%04d.jpg" % number: chance.randbytes(300_000) for number in range(3)}
    plantTree(place / "photos", {**photos, **new}, mtime=(_STORED - timedelta(days=1)).timestamp())


def _onTerminal(words: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run a command with all its streams on a terminal of our size; returns its status and what the terminal got."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (40, _COLUMNS))
    with subprocess.Popen(words, env=environment, stdin=follower, stdout=follower, stderr=follower) as running:
        os.close(follower)
        seen = readTerminal(leader)
    os.close(leader)
    return running.returncode, seen.decode()


def _rows(printed: str) -> list[str]:
    """What is on the screen in the end: the progress line has been rewritten and erased in place."""
    screen = Screen(_COLUMNS)
    screen.write(printed)
    return screen.text.split("\n")


_CHARACTER, _LINE, _MARGIN, _BAR = 8.4, 20, 20, 32  # units of the picture

_STYLE = """
    .screen { fill: #f6f8fa; stroke: #d0d7de }
    .bar { fill: #8c959f }
    text { fill: #24292f; font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre }
    .command { font-weight: bold }
    @media (prefers-color-scheme: dark) {
      .screen { fill: #161b22; stroke: #30363d }
      .bar { fill: #6e7681 }
      text { fill: #e6edf3 }
    }
"""


def _svg(rows: Iterable[str]) -> str:
    """The rows as a picture; each is as wide as it is in a terminal, whatever the font is."""
    texts, baseline = [], _BAR + _MARGIN
    for row in rows:
        kind = ' class="command"' if row.startswith("$") else ""
        width = f"{len(row) * _CHARACTER:.1f}"
        texts.append(
            f'  <text{kind} x="{_MARGIN}" y="{baseline}" textLength="{width}" lengthAdjust="spacingAndGlyphs">'
            f"{escape(row)}</text>"
        )
        baseline += _LINE
    wide, high = round(_COLUMNS * _CHARACTER) + 2 * _MARGIN, baseline - _LINE + _MARGIN
    circles = (f'  <circle class="bar" cx="{_MARGIN + 20 * number}" cy="18" r="5"/>' for number in range(3))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img">',
            f"  <title>{escape(_TITLE)}</title>",
            f"  <style>{_STYLE}  </style>",
            f'  <rect class="screen" x="0.5" y="0.5" width="{wide - 1}" height="{high - 1}" rx="8"/>',
            *circles,
            *texts,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
