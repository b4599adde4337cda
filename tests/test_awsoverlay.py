"""The configuration with which aws loads the plugin: the user's own goes on to mean what it did."""

from __future__ import annotations

import json
import os
from configparser import RawConfigParser
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.datafiles import dataDirectory
from CedarBackup3.amazons3.aws.overlay import NoOverlay, changedText
from CedarBackup3.amazons3.aws.session.overlay import DIRECTORY, MODULE, addPlugin, overlaid

OURS, PATH = MODULE.replace("_", "-"), "cli_legacy_plugin_path"


def overlaidText(text: str, directory: str) -> str:
    return changedText(text, lambda parser: addPlugin(parser, directory))


def meaning(text: str) -> dict[str, dict[str, str]]:
    parser = RawConfigParser()
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


KEPT = {
    "nothing": "",
    "a profile": "[default]\nregion = eu-west-3\n",
    "nested settings": "[profile a]\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\nregion=x\n",
    "comments, capitals and colons": "# one\n[default]\n; two\nRegion: a = b\n",
    "a value of several lines": "[default]\nx = 1\n\n  2\n  [3]\n",
    "quoted and odd names": "[profile 'my own']\nregion = a\n[a]b]\nx = %(y)s\n",
    "defaults for all": "[DEFAULT]\nx = 1\n[default]\ny = 2\n",
    "letters of every kind": "[profile café 名]\nrole_arn = ü\n",
    "no value": "[default]\nregion =\n",
}


@pytest.mark.parametrize("name", KEPT)
def test_what_is_no_plugin_stays_as_it_is(name: str) -> None:
    before, after = meaning(KEPT[name]), meaning(overlaidText(KEPT[name], "/d"))
    plugins = after.pop("plugins")
    assert after == before
    assert {OURS: MODULE, PATH: "/d"}.items() <= plugins.items()


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("", {OURS: MODULE, PATH: "/d"}),
        ("a = b.c\n", {OURS: MODULE, "a": "b.c"}),  # version 1 would die of a path, version 2 has loaded nothing
        (f"{PATH} = /own\na = b\n", {OURS: MODULE, PATH: "/own:/d", "a": "b"}),
        (f"a = b\n{PATH} = /own:/other\n", {OURS: MODULE, PATH: "/own:/other:/d", "a": "b"}),
    ],
)
def test_the_users_plugins_stay(own: str, expected: dict[str, str]) -> None:
    text = overlaidText(f"[default]\nregion = x\n[plugins]\n{own}[profile z]\nregion = y\n", "/d")
    assert meaning(text)["plugins"] == expected
    assert next(iter(meaning(text)["plugins"])) == OURS  # version 1 imports in this order
    assert meaning(text)["profile z"] == {"region": "y"}


@pytest.mark.parametrize(
    "text",
    ["region = x\n", "[default\nx\n", "[a]\n[a]\n", "[a]\nx = 1\nx = 2\n", "[default]\nno value\n", "\ufeff[a]\n"],
)
def test_what_aws_cannot_read_is_left_to_it(text: str) -> None:
    with pytest.raises(NoOverlay, match="cannot be read"):
        overlaidText(text, "/d")


def test_a_directory_that_would_be_two_gives_no_overlay() -> None:
    with pytest.raises(NoOverlay):
        overlaidText("", "/a:b")


def test_the_users_file_is_only_read(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_bytes("[profile ü]\nregion = ß\n".encode("latin-1"))
    environment = {"AWS_CONFIG_FILE": str(config), "PYTHONPATH": "/own", "HOME": "/h"}
    with overlaid(environment, "latin-1") as overlay:
        text = Path(overlay.environment["AWS_CONFIG_FILE"]).read_bytes().decode("latin-1")
        assert meaning(text)["profile ü"] == {"region": "ß"}
        assert overlay.environment["PYTHONPATH"] == f"/own:{dataDirectory(DIRECTORY)}"
        assert overlay.environment["HOME"] == "/h"
        restored = json.loads(overlay.environment["CBACK_AWS_SESSION_RESTORED"])
    assert {name: restored[name] for name in ("AWS_CONFIG_FILE", "PYTHONPATH")} == {
        "AWS_CONFIG_FILE": str(config),
        "PYTHONPATH": "/own",
    }
    assert list(tmp_path.iterdir()) == [config]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(overlay.descriptor)


@pytest.mark.parametrize("content", [b"\xff\xfe", None], ids=["no UTF-8", "a directory"])
def test_a_file_that_is_none_or_cannot_be_decoded(tmp_path: Path, content: bytes | None) -> None:
    environment = {"AWS_CONFIG_FILE": str(tmp_path)}
    if content is None:  # for aws there is no file then
        with overlaid(environment, "utf-8") as overlay:
            assert "plugins" in meaning(Path(overlay.environment["AWS_CONFIG_FILE"]).read_text())
        return
    (tmp_path / "config").write_bytes(content)
    environment["AWS_CONFIG_FILE"] += "/config"
    with pytest.raises(NoOverlay, match="cannot be read"), overlaid(environment, "utf-8"):
        pass
