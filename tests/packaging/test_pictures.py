"""The pictures in README.md: anybody can look at them, and they show what the tools print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from CedarBackup3.cli.commandline import parseCommandLine
from CedarBackup3.tools import amazons3restore, amazons3sync

_ROOT = Path(__file__).resolve().parent.parent.parent
_PICTURES = sorted((_ROOT / "docs/pictures").iterdir())
_SVG = "{http://www.w3.org/2000/svg}"
_TOOLS = {tool.name: tool for tool in (amazons3sync.TOOL, amazons3restore.TOOL)}


def _shown(picture: Path) -> list[str]:
    return ["".join(row.itertext()) for row in ET.parse(picture).iter(f"{_SVG}text")]


def test_the_readme_shows_every_picture_and_says_what_is_on_it() -> None:
    shown = re.findall(r"!\[([^]]+)\]\((\S+)\)", (_ROOT / "README.md").read_text("utf-8"))
    assert {path for _, path in shown} == {str(picture.relative_to(_ROOT)) for picture in _PICTURES}
    assert all(len(text) > 40 for text, _ in shown)


@pytest.mark.parametrize("picture", _PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_drawn_from_nothing_but_itself(picture: Path) -> None:
    root = ET.parse(picture).getroot()
    assert {element.tag.removeprefix(_SVG) for element in root.iter()} == {
        *("svg", "title", "style", "rect", "circle", "text")
    }
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or name.endswith("href")}
    text = picture.read_text("utf-8")
    assert not re.search(r"url\(|@import|@font-face|<!|<\?", text)
    assert picture.stat().st_size < 100_000


@pytest.mark.parametrize("picture", _PICTURES, ids=lambda picture: picture.name)
def test_a_picture_can_be_read_on_light_and_dark_and_fits_its_frame(picture: Path) -> None:
    root = ET.parse(picture).getroot()
    style = "".join(element.text or "" for element in root.iter(f"{_SVG}style"))
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for part in (light, dark):
        assert re.search(r"\.screen \{ fill: #", part)
        assert re.search(r"text \{ fill: #", part)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for row in root.iter(f"{_SVG}text"):
        assert float(row.attrib["x"]) + float(row.attrib["textLength"]) <= width
        assert float(row.attrib["y"]) <= height


@pytest.mark.parametrize("picture", _PICTURES, ids=lambda picture: picture.name)
def test_the_commands_on_a_picture_can_be_parsed(picture: Path) -> None:
    commands = [row.removeprefix("$ ") for row in _shown(picture) if row.startswith("$ ")]
    assert commands
    for command in commands:
        name, *words = shlex.split(command)
        _TOOLS[name].buildOptions(parseCommandLine(_TOOLS[name], words).values)


def test_the_picture_shows_what_the_tools_print_today(tmp_path: Path) -> None:
    """If it does not, `make pictures` makes it anew."""
    words = [sys.executable, "util/pictures.py", str(tmp_path)]
    done = subprocess.run(words, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    def timeless(picture: Path) -> list[str]:
        return [re.sub(r"\d+\.\d s\b", "", row) for row in _shown(picture)]

    for made in tmp_path.iterdir():
        assert timeless(made) == timeless(_ROOT / "docs/pictures" / made.name)
