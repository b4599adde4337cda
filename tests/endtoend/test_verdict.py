"""The name check is a prediction of what the real aws does with each name, and a right one in every locale."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from CedarBackup3.amazons3.local.scan import sourceEntries
from CedarBackup3.amazons3.mirror import mirrorOf
from CedarBackup3.util import displayPath
from testcase.names import corpus
from testcase.runner import runTool
from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Sync, awsStandIn, stored

SYNC = "CedarBackup3.tools.amazons3sync"
LOCALES = {
    "unset": "",
    "C": "C",
    "C.UTF-8": "C.UTF-8",
    "en_US.UTF-8": "en_US.UTF-8",
    "en_US.ISO-8859-1": "en_US.ISO-8859-1",
    "ja_JP.EUC-JP": "ja_JP.EUC-JP",
    "zh_TW.BIG5": "zh_TW.BIG5",
}
ENCODINGS = {"en_US.ISO-8859-1": "iso8859-1", "ja_JP.EUC-JP": "euc_jp", "zh_TW.BIG5": "big5"}
"""Of the locales that have another than UTF-8."""


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the locales that few machines have."""
    directory = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef") is None:
        pytest.skip("no localedef to make the locales")
    for name in ("en_US.UTF-8", *ENCODINGS):
        language, charmap = name.split(".")
        command = ["localedef", "-i", language, "-f", charmap, str(directory / name)]
        made = subprocess.run(command, capture_output=True, check=False)
        # It warns of what some charsets lack, with status 1, and leaves an empty directory where it has no sources.
        if not (directory / name / "LC_CTYPE").exists():
            pytest.skip(f"localedef cannot make {name}: {made.stderr.decode(errors='replace')[:200]}")
    return directory


@pytest.mark.parametrize("name", LOCALES)
def test_the_verdict_on_every_name_is_what_aws_does(
    name: str, server: S3Server, anyAws: str, locales: Path, tmp_path: Path
) -> None:
    value = LOCALES[name]
    encoding = ENCODINGS.get(name, "utf-8")
    letter, prefix = ("\u00e9", "caf\u00e9/") if encoding == "iso8859-1" else ("\u5b57", "\u5b57\u5178/")
    paths = [*corpus(), *(_pathOfKeyLength(1024 + more, prefix, letter, encoding) for more in (-1, 0, 1))]
    source = plantTree(tmp_path / "source", {path: b"%d" % number for number, path in enumerate(paths)})
    target = f"s3://bucket/{prefix}".encode(encoding)
    environment = {**server.environment(), "LOCPATH": str(locales)}
    unset = [word for variable in ("LC_ALL", "LC_CTYPE", "LANG", "LANGUAGE", "PYTHONUTF8") for word in ("-u", variable)]
    inLocale = ["env", *unset, *([f"LC_ALL={value}"] if value else [])]

    def run(*switches: str) -> str:
        words: list[str | bytes | Path] = [*switches, source, target]
        return runTool(SYNC, words, environment=environment, awsDirectory=anyAws, prefix=inLocale).log

    refused = _refused(run(), source)
    synced = run("--ignoreWarnings", "--method", "sync")
    bodies = {int(body): key for key, body in stored(server).items()}
    wrong = {}
    for number, path in enumerate(paths):
        right = _rightKey(path, encoding)
        isStoredRight = right is not None and bodies.get(number) == prefix.encode() + right
        if isStoredRight == _isRefused(path, refused):
            wrong[path] = bodies.get(number)
    assert not wrong
    missing = [f"{source}/{displayPath(path)}" for number, path in enumerate(paths) if number not in bodies]
    assert sorted(re.findall(r"Missing: (.*) \([\d,]+ bytes?\) is not in", synced)) == sorted(missing)
    assert refused or encoding == "iso8859-1"
    assert len(paths) >= 150
    assert [_isRefused(path, refused) for path in paths[-3:]] == [False, False, True]


def _pathOfKeyLength(length: int, prefix: str, letter: str, encoding: str) -> bytes:
    """A path of many multi-byte characters whose whole key, with the prefix, has that many bytes of UTF-8."""
    room = length - len(prefix.encode())
    directories = f"{length}/" + f"{letter * 20}/" * (room // len(f"{letter * 20}/".encode()) - 1)
    rest = room - len(directories.encode())
    size = len(letter.encode())
    return (directories + letter * (rest // size) + "x" * (rest % size)).encode(encoding)


def _rightKey(path: bytes, encoding: str) -> bytes | None:
    """The key that the user means by a path: its text in the locale, or, where that is UTF-8 already, the bytes."""
    parts = []
    for part in path.split(b"/"):
        if encoding != "utf-8" and not part.isascii():
            try:
                part.decode("utf-8")
                return path  # which no legacy locale stores
            except UnicodeDecodeError:
                pass
        try:
            parts.append(part.decode(encoding).encode())
        except UnicodeDecodeError:
            return None
    return b"/".join(parts)


def _refused(log: str, source: Path) -> set[str]:
    return {
        match[1] for match in re.finditer(rf"Name: {re.escape(str(source))}/(.*?)(?: \(\d+ files? below\))?: ", log)
    }


def _isRefused(path: bytes, refused: set[str]) -> bool:
    shown = displayPath(path)
    return any(shown == name or (name.endswith("/") and shown.startswith(name)) for name in refused)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", ["café", "Größe", "année", "été à la plage", "señor", "l'été", "déjà vu"]),
        ("cp1251", ["Документ", "фотографии", "Москва", "новый год", "письмо"]),
        ("euc_jp", ["日本語", "写真", "会議の資料", "年賀状", "東京"]),
    ],
)
def test_the_commands_given_make_the_tree_clean(
    encoding: str, words: list[str], syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    paths = [f"{words[0]}/{word} {number}.txt".encode(encoding) for number, word in enumerate(words)]
    fine = [b"good/plain", "gut/ü.txt".encode()]
    paths += [f"good/{word}\n".encode(encoding) for word in words[1:3]] + fine
    for how in ("mv --no-clobber --no-target-directory -- ", "convmv "):
        source = plantTree(tmp_path / how.split()[0] / "so'urce", dict.fromkeys(paths, b""))
        outcome = syncOnce(source, "s3://bucket", "--verifyOnly", environment={"LC_ALL": "C.UTF-8"})
        assert outcome.status == 8
        commands = [line for line in outcome.stderr.splitlines() if line.startswith(how)]
        assert commands, outcome.stderr
        if how == "convmv " and shutil.which("convmv") is None:
            continue
        script = "\n".join(commands).encode()
        done = subprocess.run(["bash", "-e"], input=script, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert {entry.path for entry in sourceEntries(mirrorOf(source, "s3://bucket").tree)} == {
            path if path in fine else path.decode(encoding).encode() for path in paths
        }


def test_the_commands_given_on_a_latin_1_screen_are_right_as_well(
    server: S3Server, anyAws: str, locales: Path, tmp_path: Path
) -> None:
    words = ["caf\u00e9", "d\u00e9j\u00e0 vu/Gr\u00fc\u00dfe"]
    source = plantTree(tmp_path / "source", [word.encode() for word in words])
    environment = {**server.environment(), "LOCPATH": str(locales), "LC_ALL": "en_US.ISO-8859-1"}
    outcome = runTool(SYNC, [source, "s3://bucket"], environment=environment, awsDirectory=anyAws)
    commands = [line for line in outcome.stderr.splitlines() if line.startswith("mv ")]
    assert len(commands) == 3
    assert all(command.isascii() for command in commands)
    subprocess.run(["bash", "-e"], input="\n".join(commands).encode(), check=True)
    found = {entry.path for entry in sourceEntries(mirrorOf(source, "s3://bucket").tree)}
    assert found == {word.encode("latin-1") for word in words}


def test_a_name_that_is_taken_is_left_to_its_owner(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    latin, dos = ("\u00fcbergr\u00f6\u00dfe caf\u00e9".encode(encoding) for encoding in ("cp1252", "cp850"))
    taken, fine = "\u00e0 la plage".encode(), "d\u00e9j\u00e0 vu".encode()
    names = [b"a/" + latin, b"a/" + dos, b"b/" + taken, b"b/" + taken.decode().encode("cp1252"), b"c/" + fine]
    source = plantTree(tmp_path / "source", [*names, b"d/" + fine.decode().encode("cp1252")])
    outcome = syncOnce(source, "s3://bucket", environment={"LC_ALL": "C.UTF-8"})
    byHand = re.findall(rf"Remedy: rename {source}/(.*) by hand; its new name (.*)", outcome.stderr)
    assert [(path[0], why.partition(" is ")[2]) for path, why in byHand] == [
        ("a", "the new name of another file, too"),
        ("b", "taken"),
    ]
    assert outcome.stderr.count("\nmv --no-clobber ") == 2
    assert "convmv" not in outcome.stderr


def test_many_bad_names_are_capped_on_the_screen_and_all_in_the_log(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"caf\xe9 %03d" % number for number in range(60)])
    outcome = syncOnce(source, "s3://bucket", environment={"LC_ALL": "C.UTF-8"})
    assert outcome.status == 8
    assert outcome.stderr.count("\nName: ") + outcome.stderr.startswith("Name: ") == 25
    assert "... and 35 more names, all of them in the log file" in outcome.stderr
    assert outcome.log.count(" Name: ") == 60
    assert outcome.log.count(" mv --no-clobber --no-target-directory -- ") == 60
    assert "where it reads café 000" in outcome.stderr


def test_a_locale_is_offered_if_it_would_mend_all(server: S3Server, anyAws: str, locales: Path, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", ["café".encode(), b"plain"])
    environment = {**server.environment(), "LOCPATH": str(locales), "LC_ALL": "en_US.ISO-8859-1"}
    outcome = runTool(SYNC, [source, "s3://bucket"], environment=environment, awsDirectory=anyAws)
    assert outcome.status == 8
    assert "LC_ALL=C.UTF-8" in outcome.stderr
    latin = plantTree(tmp_path / "latin", [b"caf\xe9", b"plain"])
    stand = awsStandIn(tmp_path / "commands", Path(anyAws))
    (stand / "locale").write_text("#!/bin/sh\necho C\necho en_US.iso88591\necho ja_JP.eucjp\n")
    (stand / "locale").chmod(0o755)
    environment = {**server.environment(), "LC_ALL": "C.UTF-8"}
    outcome = runTool(SYNC, [latin, "s3://bucket"], environment=environment, awsDirectory=stand)
    assert "LC_ALL=en_US.iso88591" in outcome.stderr
    plantTree(latin, ["ü".encode()])
    assert (
        "LC_ALL=en_US" not in runTool(SYNC, [latin, "s3://bucket"], environment=environment, awsDirectory=stand).stderr
    )


def test_what_other_systems_stumble_over_is_a_warning_and_no_refusal(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    names = [
        b"Case",
        b"case",
        "caf\u00e9".encode(),
        "cafe\u0301".encode(),
        b"dot.",
        b"space ",
        b"ctrl\r",
        b"fine",
        b"d/Case",
    ]
    source = plantTree(tmp_path / "source", names)
    outcome = syncOnce(source, "s3://bucket", environment={"LC_ALL": "C.UTF-8"})
    assert (outcome.status, outcome.stderr) == (0, "")
    told = re.findall(r" WARNING Unusual: (.*)", outcome.log)
    assert len(told) == 5
    assert sum("differ only in case" in line for line in told) == 1
    assert sum("two Unicode forms" in line for line in told) == 1
    assert sum("ends with a space or a dot" in line for line in told) == 2
    assert sum("control character" in line for line in told) == 1
