"""Attributes come back from their records in an order that holds, and no record leads out of the target."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import stat
import struct
import subprocess
import tempfile
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import LONGEST_LINE, AttributesUnreadable
from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.progress import SILENT
from CedarBackup3.amazons3.restore.attributes import compareAttributes, restoreAttributes, restoreRoot
from CedarBackup3.amazons3.restore.fetch import takenFromTree
from CedarBackup3.amazons3.restore.placing import place
from CedarBackup3.amazons3.restore.plan import planRestore, targetTree
from CedarBackup3.amazons3.restore.recorded import Recorded, keepRecords, withRecorded
from CedarBackup3.amazons3.restore.report import KeyOutcome, RestoreReport, Tally
from CedarBackup3.amazons3.restore.rules import AttributeRules
from CedarBackup3.amazons3.restore.scene import Scene
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import Staging, finish, openStaging
from CedarBackup3.amazons3.restore.target import openTarget
from CedarBackup3.amazons3.restore.versiontable import longJson, longRow
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.cli.findings import Findings
from testcase.attributetrees import everyKind, printed, recordsOf
from testcase.trees import plantTree

IS_ROOT = os.geteuid() == 0
LOCALE = AwsLocale("C.UTF-8", "utf-8", "")
SELECTION = Selection(S3Location("bucket", "p/"), AwsSettings(LOCALE))
RECORDED_AT = "2030-01-01T00:00:00Z"
STORED_AT = "2029-01-01T00:00:00Z"
STORED = 1_861_920_000
BY_DEFAULT = AttributeRules()
WITH_OWNERS = AttributeRules(owners="names")

LINK: dict[str, Any] = {"kind": stat.S_IFLNK, "mode": 0o777, "size": None}
DIRECTORY: dict[str, Any] = {"kind": stat.S_IFDIR, "mode": 0o777, "size": None}

needsRoot = pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")


class Stopped(BaseException):
    """Ends a restore as a signal does."""


@dataclass
class Restored:
    """A target into which files came without their attributes, and the records of them."""

    target: Path
    records: list[AttributeRecord]
    files: dict[bytes, bytes]
    rules: AttributeRules = BY_DEFAULT
    mayReplace: bool = False
    storedAt: str = STORED_AT
    excludes: tuple[str, ...] = ()
    locale: AwsLocale = LOCALE

    @contextlib.contextmanager
    def scene(self) -> Iterator[Scene]:
        """What restores and compares."""
        root = os.open(self.target, os.O_RDONLY | os.O_DIRECTORY)
        tally = Tally(Findings())
        try:
            with Spool(AttributeRecord._make) as records, Spool(Version._make) as versions:
                records.extend(sorted(self.records, key=lambda record: record.orderKey))
                versions.extend(version(key, content, self.storedAt) for key, content in sorted(self.files.items()))
                recorded = Recorded(records, RECORDED_AT)
                with withRecorded(SELECTION, versions, recorded, tally) as known:
                    selection = replace(SELECTION, rules=tuple(map(Rule, self.excludes)), aws=AwsSettings(self.locale))
                    local = targetTree(selection, os.fsencode(self.target))
                    yield Scene(selection, local, root, recorded, known, self.rules, tally)
        finally:
            os.close(root)

    def restore(self) -> RestoreReport:
        """Restore the attributes."""
        with self.scene() as scene:
            own = restoreAttributes(scene, SILENT, mayReplace=self.mayReplace)
            restoreRoot(scene, own)
            scene.tally.logNotHeld()
            return scene.tally.report()

    def compare(self) -> RestoreReport:
        """Compare them."""
        with self.scene() as scene:
            compareAttributes(scene, SILENT)
            return scene.tally.report()


def version(key: bytes, content: bytes, storedAt: str = STORED_AT) -> Version:
    digest = hashlib.md5(content).hexdigest()
    return Version(key, "1", True, storedAt, len(content), digest, "STANDARD")


def arrived(target: Path, files: dict[bytes, bytes]) -> Path:
    """A target with files as a restore puts them in their places."""
    plantTree(target, files, STORED)
    for parent, _, names in os.walk(target):
        Path(parent).chmod(0o700)
        for name in names:
            Path(parent, name).chmod(0o600)
    return target


def record(path: bytes, kind: int = stat.S_IFREG, mode: int = 0o644, **more: Any) -> AttributeRecord:
    facts = {"uid": os.geteuid(), "gid": os.getegid(), "user": "", "group": "", "mtimeNs": 1, "ctimeNs": 1}
    facts |= {"size": len(path)} if kind == stat.S_IFREG else {}
    return AttributeRecord(**({"key": path, "path": path, "mode": kind | mode} | facts | more))  # type: ignore[arg-type]


# What comes back


@pytest.mark.whoever
def test_a_tree_comes_back_as_find_prints_it_but_for_owners_and_special_bits(tmp_path: Path) -> None:
    source, files = everyKind(tmp_path / "source")
    restored = Restored(arrived(tmp_path / "target", files), recordsOf(source), files)
    report = restored.restore()
    assert (report.isClean, report.findings) == (True, ())
    words = r"%P %y %T@ %n %l\n"
    assert printed(restored.target, words) == printed(source, words)
    modes = [line.rsplit(" ", 1) for line in printed(source, r"%y %P %m\n")]  # a directory keeps its sticky bit
    expected = [f"{path} {int(mode, 8) & (0o1777 if path.startswith('d') else 0o777):o}" for path, mode in modes]
    assert printed(restored.target, r"%y %P %m\n") == sorted(expected)
    assert {path.lstat().st_uid for path in restored.target.rglob("*")} == {os.geteuid()}
    assert restored.compare().isClean


@needsRoot
def test_with_owners_all_that_find_getfattr_and_getfacl_print_comes_back(tmp_path: Path) -> None:
    source, files = everyKind(tmp_path / "source")
    commands = [
        ["setfacl", "-m", "u:33:rw,g::-", "a"],
        ["setfacl", "-m", "d:u:33:rwx,u:33:rx", "d"],
        ["setfattr", "-n", "user.empty", "a"],
        ["setfattr", "-n", "user.bytes", "-v", "0x00ff0a", "d/e"],
        ["setfattr", "-n", "trusted.t", "-v", "t", "d/run"],
        ["setfattr", "-h", "-n", "trusted.link", "-v", "t", "l"],
    ]
    if not (shutil.which("setfacl") and shutil.which("setfattr")):
        pytest.skip("no acl and attr packages")
    for command in commands:
        subprocess.run(command, cwd=source, check=True)
    every = AttributeRules(owners="names", hasAllXattrs=True)
    restored = Restored(arrived(tmp_path / "target", files), recordsOf(source), files, every)
    assert (restored.restore().isClean, restored.compare().isClean) == (True, True)
    assert printed(restored.target) == printed(source)
    for command in (["getfacl", "-R", "."], ["getfattr", "-R", "-h", "-d", "-m", "-", "-e", "hex", "."]):
        one, other = (
            subprocess.run(command, cwd=each, capture_output=True, check=True) for each in (source, restored.target)
        )
        paths = [set(each.stdout.split(b"\n\n")) for each in (one, other)]
        assert {path for path in paths[0] if not path.startswith(b"# file: pipe")} == paths[1]
    # Without owners the named user's rights are not those of the group, which had none.
    plain = Restored(arrived(tmp_path / "plain", files), recordsOf(source), files)
    assert (plain.restore().isClean, stat.S_IMODE((plain.target / "a").stat().st_mode)) == (True, 0o600)
    # Of this user's extended attributes none are of the system, unless all are asked for.
    owned = Restored(arrived(tmp_path / "owned", files), recordsOf(source), files, WITH_OWNERS)
    assert owned.restore().isClean
    assert [os.listxattr(owned.target / name) for name in ("d/run", "d/e")] == [[], ["user.bytes"]]


@pytest.mark.whoever
def test_every_attribute_that_differs_is_reported_by_a_comparison(tmp_path: Path) -> None:
    source, files = everyKind(tmp_path / "source")
    restored = Restored(source, recordsOf(source), files)
    assert restored.compare().isClean
    (source / "a").chmod(0o600)
    os.utime(source / "d/run", ns=(1, 7))
    (source / "l").unlink()
    (source / "dangling").unlink()
    (source / "dangling").symlink_to("elsewhere")
    (source / "empty/deeper").rmdir()
    content = (source / "late/z").read_bytes()
    status = (source / "late/z").stat()
    (source / "late/z").unlink()
    (source / "late/z").write_bytes(content)
    (source / "late/z").chmod(status.st_mode & 0o777)
    os.utime(source / "late/z", ns=(1, status.st_mtime_ns))
    report = restored.compare()
    assert {finding.outcome.value: finding.key for finding in report.findings} == {
        "missing": b"l",
        "different": b"dangling",
    } or sorted((each.outcome.value, each.key) for each in report.findings) == [
        ("different", b"dangling"),
        ("missing", b"empty/deeper/"),
        ("missing", b"l"),
    ]
    # a, d/run, late/z; the directories of what was removed and made: the top, empty and late
    assert report.counts[KeyOutcome.ATTRIBUTES_DIFFER] == 6


@pytest.mark.whoever
def test_names_that_are_no_text_come_back_and_what_is_excluded_does_not(tmp_path: Path) -> None:
    names = [b"\xff", b"\xfe/\xfd", b"out", b"out/in", b"left-out"]
    records = [record(b"\xfe", **DIRECTORY), *(record(name, **DIRECTORY) for name in names)]
    records += [record(b"\xfc", **LINK, target=b"\xfb"), record(b"out/link", **LINK, target=b"x")]
    target = arrived(tmp_path / "target", {b"x": b"x"})
    restored = Restored(target, [*records, record(b"x")], {b"x": b"x"}, excludes=("out/*", "left*"))
    assert (restored.restore().isClean, restored.compare().isClean) == (True, True)
    assert sorted(os.listdir(os.fsencode(target))) == [b"x", b"\xfc", b"\xfe", b"\xff"]
    assert os.readlink(os.fsencode(target) + b"/\xfc") == b"\xfb"


def test_in_a_legacy_locale_records_go_by_their_keys(tmp_path: Path) -> None:
    legacy = AwsLocale("en_US.ISO-8859-1", "iso8859-1", "LANG")
    files = {b"\xe9/\xe8": b"1", b"\xe9/z": b"1"}
    keys = {path: path.decode("latin-1").encode() for path in (*files, b"\xe9", b"\xe9/\xe7")}
    target = arrived(tmp_path / "target", files)
    records = [
        record(b"\xe9", **DIRECTORY, key=keys[b"\xe9"]),
        record(b"\xe9/z", size=1),
        record(b"\xe9/\xe8", size=1, key=keys[b"\xe9/\xe8"], hardLink=b"\xe9/z"),
        record(b"\xe9/\xe7", **LINK, target=b"\xff", key=keys[b"\xe9/\xe7"]),
    ]
    records[1] = records[1]._replace(key=keys[b"\xe9/z"])
    stored = {keys[path]: content for path, content in files.items()}
    assert Restored(target, records, stored, locale=legacy).restore().isClean
    top = os.fsencode(target)
    assert os.stat(top + b"/\xe9/\xe8").st_ino == os.stat(top + b"/\xe9/z").st_ino
    assert os.readlink(top + b"/\xe9/\xe7") == b"\xff"
    assert stat.S_IMODE(os.stat(top + b"/\xe9").st_mode) == 0o777


def test_another_name_of_a_file_that_is_newer_is_a_file_of_its_own(tmp_path: Path) -> None:
    files = {b"a": b"newer", b"b": b"same", b"c": b"same"}
    target = arrived(tmp_path / "target", files)
    records = [record(b"a", size=4), record(b"b", size=4, hardLink=b"a"), record(b"c", size=4, hardLink=b"Gone")]
    records.append(record(b"Gone", size=4))  # recorded, and deleted in the run
    report = Restored(target, sorted(records), files).restore()
    assert (report.isClean, report.counts[KeyOutcome.ATTRIBUTES_UNKNOWN]) == (True, 1)


@needsRoot
def test_a_name_that_nobody_has_here_is_not_taken_for_its_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = {b"f": b"f"}
    target = arrived(tmp_path / "target", files)
    records = [record(b"f", mode=0o4770, uid=33, gid=33, user="who is that", group="root")]
    restored = Restored(target, records, files, WITH_OWNERS)
    assert restored.restore().counts[KeyOutcome.ATTRIBUTES_DIFFER] == 1
    assert "another owner, since user who is that is not known here (--numericOwners" in caplog.text
    status = (target / "f").stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (0, 0, 0o770)
    restored.rules = AttributeRules(owners="numbers")
    assert restored.restore().isClean
    status = (target / "f").stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (33, 33, 0o4770)


# Which record is of which file


@pytest.mark.parametrize(
    ("changes", "storedAt", "isKnown"),
    [
        ({}, STORED_AT, True),
        ({}, RECORDED_AT, True),
        ({}, "2030-01-01T00:00:01Z", False),
        ({"md5": hashlib.md5(b"file").hexdigest()}, "2031-01-01T00:00:00Z", True),
        ({"md5": hashlib.md5(b"other").hexdigest()}, "2031-01-01T00:00:00Z", False),
        ({"size": 5}, STORED_AT, False),
        ({"mtimeNs": STORED * 10**9 + 999_999_999}, STORED_AT, True),
        ({"mtimeNs": (STORED + 1) * 10**9}, STORED_AT, False),
        ({"mtimeNs": 2_500_000_000 * 10**9}, STORED_AT, True),  # a file of the future tells nothing
        ({"kind": stat.S_IFIFO}, STORED_AT, False),
        ({"kind": stat.S_IFLNK, "target": b"x"}, STORED_AT, False),
        ({"target": b"x", "isStored": True}, STORED_AT, True),
    ],
)
def test_a_record_is_believed_of_the_file_only_that_it_was_made_of(
    tmp_path: Path, changes: dict[str, Any], storedAt: str, isKnown: bool
) -> None:
    files = {b"file": b"file"}
    records = [record(b"file", **changes)]
    restored = Restored(arrived(tmp_path / "target", files), records, files, storedAt=storedAt)
    report = restored.restore()
    assert report.isClean
    assert report.counts.get(KeyOutcome.ATTRIBUTES_UNKNOWN, 0) == (not isKnown)
    assert stat.S_IMODE((restored.target / "file").stat().st_mode) == (0o644 if isKnown else 0o600)


@pytest.mark.whoever
def test_a_directory_that_others_use_keeps_its_attributes(tmp_path: Path) -> None:
    files = {b"ours/file": b"ours/file"}
    target = plantTree(tmp_path / "target", {b"theirs/own": b"1", b"ours/more": b"2"})
    arrived(target / "ours", {b"file": b"ours/file"})
    (target / "empty").mkdir()
    for name in ("theirs", "ours", "empty"):
        (target / name).chmod(0o1700)  # the sticky bit stays
    names = (b"theirs", b"ours", b"empty", b"theirs/new")
    records = [record(b"ours/file"), *(record(name, stat.S_IFDIR, 0o750, size=None) for name in names)]
    records[1:1] = [record(b"theirs/link", stat.S_IFLNK, size=None, target=b"own")]
    assert Restored(target, records[:1] + records[2:5], files).restore().isClean
    modes = {name: stat.S_IMODE((target / name).stat().st_mode) for name in ("theirs", "ours", "empty")}
    assert modes == {"theirs": 0o1700, "ours": 0o1750, "empty": 0o1750}
    assert Restored(target, records, files).restore().isClean
    assert stat.S_IMODE((target / "theirs").stat().st_mode) == 0o1750  # since there is something of ours by now


# Interruptions


def mutations(monkeypatch: pytest.MonkeyPatch, allowed: int) -> list[str]:
    """Stops whatever changes a path after so many changes; returns the names of those that were made."""
    made: list[str] = []

    def stopping(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            if len(made) == allowed:
                raise Stopped
            made.append(name)
            return real(*arguments, **more)

        return call

    for name in ("chmod", "chown", "mkdir", "symlink", "link", "rename", "utime", "setxattr", "removexattr"):
        monkeypatch.setattr(os, name, stopping(name, getattr(os, name)))
    return made


@pytest.mark.whoever
def test_an_interruption_at_any_step_gives_nobody_more_and_the_next_run_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, files = everyKind(tmp_path / "source")
    if IS_ROOT and shutil.which("setfacl"):
        subprocess.run(["setfacl", "-m", "u:33:rw,g::-", source / "a"], check=True)
    rules, records = WITH_OWNERS if IS_ROOT else BY_DEFAULT, recordsOf(source)
    wanted = {each.path: each for each in records}
    monkeypatch.setattr(os, "sync", lambda: None)  # which takes its time
    steps, whole = 0, False
    while not whole:
        target = arrived(tmp_path / str(steps), files)
        restored = Restored(target, records, files, rules)
        with monkeypatch.context() as patched:
            made = mutations(patched, steps)
            try:
                restored.restore()
                whole = True
            except Stopped:
                pass
        for path in [target, *target.rglob("*")]:
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode):
                continue
            told = wanted[os.fsencode(os.path.relpath(path, target)).replace(b".", b"", path == target)]
            mode, owner = stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid)
            assert not mode & ~0o700 & ~told.permissions, (made[-3:], path, oct(mode))
            isRight = owner == (told.uid, told.gid) or rules is BY_DEFAULT
            assert isRight or not mode & 0o7077, (made[-3:], path, oct(mode), owner)
        assert restored.restore().isClean, (steps, made[-3:])
        assert restored.compare().isClean
        steps += 1
        subprocess.run(["chmod", "-R", "u+rwX", target], check=True)
        shutil.rmtree(target)
    assert steps > 30


# What must not happen


@dataclass(frozen=True)
class Hostile:
    """A line that somebody has written who may write to the bucket, and what comes of it."""

    name: str
    record: AttributeRecord
    expected: str
    """In the log; empty: nothing is wrong with it."""
    prepare: Callable[[Path], object] = lambda target: None


def _linkTo(name: str, leads: str = "../victim") -> Callable[[Path], object]:
    return lambda target: (target / name).symlink_to(leads)


HOSTILE = [
    Hostile("a link out is only made", record(b"l", **LINK, target=b"/etc/passwd"), ""),
    Hostile("a link up is only made", record(b"l", **LINK, target=b"../../victim"), ""),
    Hostile(
        "a link in a linked directory", record(b"out/l", **LINK, target=b"x"), "a link is on the way", _linkTo("out")
    ),
    Hostile("a directory behind a link", record(b"out/d", **DIRECTORY), "a link is on the way", _linkTo("out")),
    Hostile("a directory that is a link", record(b"out", **DIRECTORY), "a link is in its place", _linkTo("out")),
    Hostile("a directory that is a file", record(b"file", **DIRECTORY), "a file is in its place"),
    Hostile("a directory below a file", record(b"file/d", **DIRECTORY), "cannot be entered"),
    Hostile("a link below a file", record(b"file/l", **LINK, target=b"x"), "cannot be entered"),
    Hostile("a link without a directory", record(b"none/l", **LINK, target=b"x"), "cannot be entered"),
    Hostile("a link that is a directory", record(b"dir", **LINK, target=b"x"), "is a directory, and not the link"),
    Hostile(
        "a link over somebody's file",
        record(b"mine", **LINK, target=b"x"),
        "is a file, and not the link",
        lambda target: (target / "mine").write_bytes(b"mine"),
    ),
    Hostile(
        "a link over somebody's link",
        record(b"out", **LINK, target=b"x"),
        "is a link to something else",
        _linkTo("out"),
    ),
    Hostile("a hard link to what is not there", record(b"file", hardLink=b"none"), "no file that was restored"),
    Hostile(
        "a hard link to somebody's file",
        record(b"file", hardLink=b"mine"),
        "no file that was restored",
        lambda target: (target / "mine").write_bytes(b"file"),
    ),
    Hostile(
        "a hard link to the outside", record(b"file", hardLink=b"out/file"), "no file that was restored", _linkTo("out")
    ),
    Hostile("a hard link to itself", record(b"file", hardLink=b"file"), "no file that was restored"),
    Hostile("a hard link to another content", record(b"same", hardLink=b"file"), "their contents differ"),
    Hostile("a mode of root", record(b"file", mode=0o6755, uid=0, gid=0), ""),
    Hostile("a time before all times", record(b"file", mtimeNs=-(1 << 70)), "modification times"),
    Hostile("a name that is too long", record(b"n" * 256, **DIRECTORY), "cannot be"),
]


@pytest.mark.whoever
@pytest.mark.parametrize("isOwner", [False, pytest.param(True, marks=needsRoot)], ids=["", "owners"])
@pytest.mark.parametrize("hostile", HOSTILE, ids=[each.name for each in HOSTILE])
def test_no_record_does_anything_outside_of_the_target_or_to_what_is_not_the_restores(
    tmp_path: Path, hostile: Hostile, caplog: pytest.LogCaptureFixture, *, isOwner: bool
) -> None:
    victim = plantTree(tmp_path / "victim", {b"file": b"file", b"l": b"1", b"d/x": b"2"})
    victim.chmod(0o700)
    files = {b"file": b"file", b"same": b"same", b"dir/x": b"3"}
    target = arrived(tmp_path / "target", files)
    hostile.prepare(target)
    mine = target / "mine"
    before = printed(victim, r"%P %y %m %U %G %T@ %C@ %n\n"), mine.exists() and mine.stat()
    others = [record(key, size=len(files[key])) for key in files if key != hostile.record.key]
    rules = WITH_OWNERS if isOwner else BY_DEFAULT
    report = Restored(target, [hostile.record, *others], files, rules).restore()
    assert (printed(victim, r"%P %y %m %U %G %T@ %C@ %n\n"), mine.exists() and mine.stat()) == before
    text = "\n".join(caplog.messages)
    assert hostile.expected in text
    if hostile.expected and "modification times" not in hostile.expected:
        assert not report.isClean
    for key in files.keys() - {hostile.record.key}:  # the others have got theirs all the same
        assert stat.S_IMODE((target / os.fsdecode(key)).stat().st_mode) == 0o644
    assert not stat.S_IMODE((target / "file").stat().st_mode) & 0o7000 or isOwner
    assert not list(target.rglob(".cback-*"))


@needsRoot
def test_an_acl_that_the_system_takes_for_none_widens_no_mode(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    entry, nobody = struct.Struct("<HHI"), 0xFFFFFFFF
    named = [(1, 6, 7), (2, 7, 65534), (4, 4, nobody), (16, 7, nobody), (32, 0, nobody)]  # the first says whose it is
    acls = (b"", b"\2", b"\2\0\0\0", b"\2\0\0\0" + b"".join(entry.pack(*each) for each in named))
    for number, acl in enumerate(acls):
        target = arrived(tmp_path / str(number), {b"f": b"f"})
        told = record(b"f", mode=0o670, xattrs=((b"system.posix_acl_access", acl),))
        Restored(target, [told], {b"f": b"f"}, WITH_OWNERS).restore()
        wanted = 0o670 if not acl else 0o640 if len(acl) > 4 else 0o600  # without the ACL the owning group has its own
        assert stat.S_IMODE((target / "f").stat().st_mode) == wanted, acl
        assert not os.listxattr(target / "f")


@pytest.mark.whoever
def test_a_path_with_thousands_of_attributes_has_a_short_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    target = arrived(tmp_path / "target", {b"f": b"f"})
    told = record(b"f", xattrs=tuple((b"user.%d" % number, b"") for number in range(5000)))
    rules = AttributeRules(owners="numbers", isStrict=True)
    assert not Restored(target, [told], {b"f": b"f"}, rules).compare().isClean
    assert max(map(len, caplog.messages)) < 3000


@needsRoot
@pytest.mark.parametrize("rules", [BY_DEFAULT, WITH_OWNERS], ids=["", "owners"])
def test_whoever_owns_the_directory_gets_nothing_by_putting_something_else_in_its_place(
    tmp_path: Path, rules: AttributeRules
) -> None:
    stranger, names = 65534, (b"linked", b"moved", b"own", b"suid")
    home = arrived(tmp_path / "home", dict(zip(names, names, strict=True)))
    os.chown(home, stranger, stranger)
    secret = tmp_path / "secret"
    secret.write_bytes(b"linked")
    secret.chmod(0o600)
    os.utime(secret, (STORED, STORED))
    (home / "linked").unlink()
    os.link(secret, home / "linked")
    (home / "own").write_bytes(b"OWN")
    os.utime(home / "own", (STORED, STORED))
    os.chown(home / "own", stranger, stranger)
    (home / "moved").write_bytes(b"another")
    records = [record(name, mode=0o4777) for name in names[:3]]
    records += [record(b"suid", mode=0o6755, uid=stranger, gid=42)]
    report = Restored(home, records, dict(zip(names, names, strict=True)), rules).restore()
    assert report.counts[KeyOutcome.ATTRIBUTES_DIFFER] >= 2
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "moved").stat().st_mode) == 0o600
    for name in ("own", "suid"):  # its owner could have changed it before it got them
        assert not (home / name).stat().st_mode & 0o7000


@needsRoot
@pytest.mark.parametrize("rules", [BY_DEFAULT, WITH_OWNERS], ids=["", "owners"])
@pytest.mark.parametrize("witness", ["file", "link", "directory", "nothing"])
def test_a_private_directory_that_its_owner_moves_to_the_place_of_another_stays_private(
    tmp_path: Path, rules: AttributeRules, witness: str
) -> None:
    files = {b"sub/x": b"x"} if witness == "file" else {b"sub/deep/x": b"x"} if witness == "directory" else {}
    home = arrived(tmp_path / "home", files)
    (home / "sub").mkdir(exist_ok=True)
    os.chown(home, 65534, 65534)
    private = home / "private"
    private.mkdir()
    (private / "secret").touch()
    private.chmod(0o700)
    (home / "sub").rename(home / "gone")
    private.rename(home / "sub")
    records = [record(path, size=1) for path in files]
    records += [record(b"sub", stat.S_IFDIR, 0o777, size=None, uid=65534, gid=65534)]
    if witness == "link":
        records += [record(b"sub/l", **LINK, target=b"t")]
        os.chown(home / "sub", 0, 0)
        (home / "sub/l").symlink_to("another")
    Restored(home, records, files, rules).restore()
    status = (home / "sub").stat()
    assert (stat.S_IMODE(status.st_mode), status.st_uid) == (0o700, 0)


@needsRoot
def test_a_file_of_roots_becomes_no_other_name_of_a_strangers_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = {b"a/y": b"same", b"etc/x": b"same"}
    target = arrived(tmp_path / "target", files)
    os.chown(target / "a", 65534, 65534)
    os.chown(target / "a/y", 65534, 65534)
    records = [record(b"a/y", size=4), record(b"etc/x", size=4, hardLink=b"a/y")]
    assert Restored(target, records, files).restore().counts[KeyOutcome.ATTRIBUTES_DIFFER] == 1
    assert ((target / "etc/x").stat().st_uid, (target / "etc/x").stat().st_nlink) == (0, 1)
    assert "another file is in its place" in caplog.text


@needsRoot
def test_what_a_directory_hands_down_to_its_group_is_not_given_what_the_recorded_group_had(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    os.chown(target, 0, 42)
    target.chmod(0o2770)
    root = os.open(target, os.O_RDONLY)
    (tmp_path / "arrived").write_bytes(b"")
    place(root, b"placed/file", os.fsencode(tmp_path / "arrived"), 1)
    os.close(root)
    with openTarget(os.fsencode(target)) as found, openStaging(found, "restore") as staging:
        assert os.stat(staging.path).st_gid == 0
        finish(staging, isComplete=True)
    assert Restored(target, [record(b"d", stat.S_IFDIR, 0o770, size=None, gid=7)], {}).restore().isClean
    for name in ("placed", "d"):
        assert ((target / name).stat().st_gid, (target / name).stat().st_mode & 0o2000) == (0, 0)


@needsRoot
def test_what_is_right_in_a_directory_of_others_is_found_right(tmp_path: Path) -> None:
    files = {b"a": b"same", b"b": b"same"}
    target = arrived(tmp_path / "target", files)
    records = [record(b"a", size=4, uid=33, gid=33), record(b"b", size=4, uid=33, gid=33, hardLink=b"a")]
    for _ in range(2):
        assert Restored(target, records, files, WITH_OWNERS).restore().isClean
        assert (target / "a").samefile(target / "b")
        os.chown(target, 33, 33)


def _object(given: Iterable[bytes], end: bool = True) -> bytes:
    lines = list(given)
    header = b'{"format":"cback-attributes","schema":1,"tool":"t","source":"/","host":"h","time":"0.000000000"}\n'
    whole = header + b"".join(lines)
    digest = hashlib.sha256(whole).hexdigest()
    last = json.dumps({"end": True, "records": len(lines), "sha256": digest}, separators=(",", ":")).encode()
    return gzip.compress(whole + (last + b"\n" if end else b""))


def _line(path: str, **more: object) -> bytes:
    facts = {"path": path, "type": "directory", "mode": "0755", "uid": 0, "gid": 0, "mtime": "1.000000000"}
    return json.dumps(facts | {"ctime": "1.000000000"} | more).encode() + b"\n"


MANY = {f"user.{number}": base64.b64encode(b"x").decode() for number in range(20_000)}


OBJECTS: list[tuple[Callable[[], bytes], str, int]] = [
    (lambda: _object([_line("a"), _line("b")]), "", 2),
    (lambda: _object([_line("b"), _line("a")]), "not in order", 0),
    (lambda: _object([_line("a"), _line("a")]), "not in order", 0),
    (lambda: _object([_line("a")], end=False), "cut off", 0),
    (lambda: _object([_line("a")])[:-20], "cut off", 0),
    (lambda: b"a file of the user's", "gzip", 0),
    (lambda: gzip.compress(b"\n" * 1000), "header", 0),
    (lambda: gzip.compress(b" " * (1 << 25), 9), "longer than|expands", 0),
    (lambda: _object([_line("a", more="x" * LONGEST_LINE)]), "longer than", 0),
    (lambda: _object([_line(".cback-restore/x"), _line("b")]), "staging directory", 1),
    (lambda: _object([_line("n" * 300), _line("o")]), "more than 255 bytes", 1),
    (lambda: _object([_line("/".join(["d"] * 3000)), _line("e")]), "longer than", 1),
    (lambda: _object([_line(""), _line("", type="file", size=1)]), "empty", 1),
    *(
        (partial(_object, [_line(path), _line("z")]), "leads elsewhere", 1)
        for path in ("../x", "/x", "a//b", "a/..", "a\0b")
    ),
    (lambda: _object([_line("a", mode=755), _line("z")]), "wrong type", 1),
    (lambda: _object([_line("a", xattrs=MANY), _line("z")]), "more extended attributes", 1),
    (lambda: _object([b"[]\n", _line("z")]), "no object", 1),
    (lambda: _object([_line("a", key=""), _line("", key="b"), _line("z")]), "not that of its path", 1),
    (lambda: _object([_line("a", uid=0xFFFFFFFF), _line("z")]), "a uid that is none", 1),
    (lambda: _object([_line("a", user="u" * 2000), _line("z")]), "a user that is none", 1),
    (lambda: _object([_line("a", type="file", hardLink="h" * 5000), _line("z")]), "longer than", 1),
]


@pytest.mark.parametrize(("content", "expected", "kept"), OBJECTS, ids=map(str, range(len(OBJECTS))))
def test_an_object_that_cannot_be_trusted_is_refused_or_read_without_what_is_wrong(
    content: Callable[[], bytes], expected: str, kept: int
) -> None:
    said: list[str] = []
    with Spool(AttributeRecord._make) as spool:
        try:
            keepRecords(spool, io.BytesIO(content()), LOCALE, said.append)
            assert len(list(spool)) == kept
        except Exception as failure:
            said.append(f"{type(failure).__name__}: {failure}")
            assert "AttributesUnreadable" in said[-1]
            assert not kept
    text = "\n".join(said)
    assert any(words in text for words in expected.split("|")) if expected else not text, text


def test_what_is_safe_in_the_whole_backup_can_be_the_staging_directory_of_a_part() -> None:
    said: list[str] = []
    lines = [_line("d/.cback-restore"), _line("d/.cback-restore/x"), _line("d/e"), _line("f", key="d/g"), _line("z")]
    with Spool(AttributeRecord._make) as spool:
        keepRecords(spool, io.BytesIO(_object(lines)), LOCALE, said.append, b"d/")
        assert [each.path for each in spool] == [b"e"]
    assert [line for line in said if "is the staging directory" in line] == said
    assert len(said) == 2


def test_a_small_object_takes_neither_the_memory_nor_the_free_space(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    room = os.statvfs(tmp_path)
    monkeypatch.setattr(
        os, "statvfs", lambda path: os.statvfs_result([*room[:4], (32 << 20) // room.f_frsize, *room[5:]])
    )
    value = base64.b64encode(bytes(500 << 10)).decode()
    noise = [base64.b64encode(os.urandom(4 << 10)).decode() for _ in range(60)]  # as little as is not refused as a bomb
    content = _object(_line(f"{number:04}", xattrs={"user.x": value}, x=x) for number, x in enumerate(noise))
    assert len(content) < 1 << 20
    with Spool(AttributeRecord._make) as spool:
        tracemalloc.start()
        try:
            with pytest.raises(AttributesUnreadable, match="more than half of the free space"):
                keepRecords(spool, io.BytesIO(content), LOCALE, print)
            assert tracemalloc.get_traced_memory()[1] < 32 << 20
        finally:
            tracemalloc.stop()


# What a file system does not hold


@needsRoot
def test_what_the_file_system_cannot_hold_is_counted_by_kind_and_no_difference(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    target = tmp_path / "target"
    target.mkdir()
    if subprocess.run(["mount", "-t", "ramfs", "ramfs", target], capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        files = {b"a": b"a", b"b": b"b"}
        arrived(target, files)
        records = [record(key, mode=0o640, xattrs=((b"user.x", b"1"),)) for key in files]
        restored = Restored(target, records, files, WITH_OWNERS)
        report = restored.restore()
        assert (report.isClean, report.counts[KeyOutcome.ATTRIBUTES_NOT_HELD]) == (True, 2)
        lines = [line for line in caplog.messages if line.startswith("Not held: ")]
        assert len(lines) == 1
        assert "extended attributes of 2 paths, for example of" in lines[0]
        assert stat.S_IMODE((target / "a").stat().st_mode) == 0o640
        strict = AttributeRules(owners="names", isStrict=True)
        assert Restored(target, records, files, strict).restore().counts[KeyOutcome.ATTRIBUTES_DIFFER] == 2
    finally:
        subprocess.run(["umount", "--lazy", target], check=True)


# Contents


@pytest.mark.parametrize(("md5", "verdict"), [("right", "matched"), ("wrong", "unknown"), ("", "unknown")])
def test_a_recorded_digest_proves_a_content_whose_etag_shows_nothing(tmp_path: Path, md5: str, verdict: str) -> None:
    told = hashlib.md5(md5.replace("right", "content").encode()).hexdigest() if md5 else ""
    stored = version(b"file", b"content")._replace(etag="of a server's own", mtimeNs=7, md5=told)
    tree = plantTree(tmp_path / "tree", {b"file": b"content"}, STORED)
    arriving = Staging(os.fsencode(tmp_path), -1, isCaseInsensitive=False, lock=-1)
    assert takenFromTree(arriving, b"file", stored, lambda etag: 0).verdict == verdict
    os.utime(tree / "file", (1, 1))  # so that a plan has to look at the content
    tally, root = Tally(Findings()), os.open(tree, os.O_RDONLY)
    local = targetTree(SELECTION, os.fsencode(tree))
    with planRestore(SELECTION, local, [stored], tally, SILENT, root=root, mayReplace=True) as lacking:
        assert lacking.files == (verdict != "matched")
    os.close(root)


# The listing


def test_a_long_row_has_what_ls_prints() -> None:
    stored = version(b"f", b"content")._replace(mtimeNs=1)
    of = record(b"f", mode=0o4750, size=1234, user="joe", group="staff", mtimeNs=1_234_567_890)
    pairs = (
        (of, stored),
        (None, stored),
        (record(b"l", **LINK, target=b"a\nb", uid=7, gid=8), None),
        (record(b"d", **DIRECTORY, user="joe", group="staff"), None),
        (record(b"gone"), None),
        (record(b"pipe", stat.S_IFIFO, size=None), None),
    )
    assert [longRow(SELECTION.location, *pair).split() for pair in pairs] == [
        ["-rwsr-x---", "joe", "staff", "1,234", "1970-01-01T00:00:01.234567890Z", "p/f"],
        ["-?????????", "?", "?", "7", "?", "p/f"],
        ["lrwxrwxrwx", "7", "8", "-", "1970-01-01T00:00:00.000000001Z", "p/l", "->", "a\\nb"],
        ["drwxrwxrwx", "joe", "staff", "-", "1970-01-01T00:00:00.000000001Z", "p/d/"],
        [],
        [],
    ]
    assert json.loads(longJson(SELECTION.location, of, stored))["attributes"]["mode"] == "4750"
    assert "attributes" not in json.loads(longJson(SELECTION.location, None, stored))
