"""Objects that are encrypted with a customer's key: written, proven and read with it, and nobody sees it."""

from __future__ import annotations

import base64
import hashlib
import shlex
from pathlib import Path

import pytest

from testcase.runner import Outcome
from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Restore, Sync, awsStandIn, filesIn, put

OLD_KEY, KEY = bytes(range(1, 33)), b"\0\xff\n\r" + bytes(range(200, 228))
ALGORITHM, KEY_MD5 = (f"x-amz-server-side-encryption-customer-{name}" for name in ("algorithm", "key-md5"))
FILES = {b"small": b"1", b"d/large": b"b" * (8 << 20)}


pytestmark = pytest.mark.versioned


@pytest.fixture
def keyFile(tmp_path: Path) -> Path:
    return _keyFile(tmp_path / "key ~%41\udce9", KEY)


def _keyFile(path: Path, key: bytes) -> Path:
    path.write_bytes(key)
    path.chmod(0o600)
    return path


def _under(key: bytes) -> dict[str, str]:
    """The headers of an object that is encrypted with a key."""
    digest = hashlib.md5(key, usedforsecurity=False).digest()
    return {ALGORITHM: "AES256", KEY_MD5: base64.b64encode(digest).decode()}


def _recording(directory: Path, real: str) -> Path:
    """An aws that writes down the command line and environment it is started with, as all users can see the former."""
    record = shlex.quote(str(directory / "record"))
    return awsStandIn(directory, Path(real), before=f"cat /proc/$$/cmdline /proc/$$/environ >>{record}")


def _assertUnseen(key: bytes, directory: Path, *outcomes: Outcome) -> None:
    seen = (directory / "record").read_bytes() + repr(outcomes).encode()
    assert seen.count(b"key=fileb:///proc/self/fd/") > 1
    for form in (key, key[4:], base64.b64encode(key), key.hex().encode(), repr(key)[2:-1].encode()):
        assert form not in seen


def test_what_is_mirrored_with_a_key_is_encrypted_with_it_proven_restored_and_compared(
    syncOnce: Sync, restoreOnce: Restore, server: S3Server, tmp_path: Path, keyFile: Path, anyAws: str
) -> None:
    source = plantTree(tmp_path / "source", FILES)
    how = {
        "awsDirectory": _recording(tmp_path / "aws", anyAws),
        "environment": {"AWS_REQUEST_CHECKSUM_CALCULATION": "when_supported"},
    }
    switches = ("--sseCustomerKeyFile", keyFile, "--debug", "--awsSession")
    written = syncOnce(source, "s3://bucket/p", "--checkContent", *switches, "never", **how)
    assert (written.status, written.stderr) == (0, ""), written
    assert "; content: 2 matched (" in written.stdout + written.log
    headers = [found.headers for found in server.objects("bucket").values()]
    assert [each[KEY_MD5] for each in headers] == [_under(KEY)[KEY_MD5]] * 2
    read = restoreOnce("s3://bucket/p", tmp_path / "t", *switches, "always", **how)
    assert (read.status, filesIn(tmp_path / "t")) == (0, FILES), read
    plantTree(tmp_path / "t", {b"small": b"2"})
    compared = restoreOnce("s3://bucket/p", tmp_path / "t", "--verifyOnly", *switches, "always", **how)
    assert compared.status == 7
    assert "Different: " in compared.stderr
    _assertUnseen(KEY, tmp_path / "aws", written, read, compared)


def _restored(target: Path) -> dict[bytes, bytes]:
    """The files of a target but for what is kept there until all has been restored."""
    return {name: body for name, body in filesIn(target).items() if not name.startswith(b".cback-restore/")}


def _mixed(server: S3Server) -> dict[bytes, bytes]:
    """A bucket with objects under the key, under the key before it, and under none; and the files of all."""
    files = {name: name * 10 for name in (b"plain", b"changed", b"now", b"now, proven", b"now, changed", b"before")}
    other = {name: body[:-1] + b"!" for name, body in files.items()}
    server.putObject("bucket", b"p/plain", files[b"plain"])
    server.putObject("bucket", b"p/changed", other[b"changed"])
    server.putObject("bucket", b"p/now", files[b"now"], headers=_under(KEY))
    for name, body, key in (
        (b"now, proven", files[b"now, proven"], KEY),
        (b"now, changed", other[b"now, changed"], KEY),
        (b"before", files[b"before"], OLD_KEY),
    ):
        proof = {"sha256": base64.b64encode(hashlib.sha256(body).digest()).decode()}
        server.putObject("bucket", b"p/" + name, body, headers=_under(key), checksums=proof)
    return files


@pytest.mark.parametrize("way", ["never", "always"])
def test_in_a_bucket_of_several_keys_and_none_each_object_is_judged_by_what_can_be_read(
    way: str, syncOnce: Sync, server: S3Server, tmp_path: Path, keyFile: Path
) -> None:
    source = plantTree(tmp_path / "source", _mixed(server))
    words = ("--verifyOnly", "--checkContent", "--verbose", "--awsSession", way)
    outcome = syncOnce(source, "s3://bucket/p", *words, "--sseCustomerKeyFile", keyFile)
    assert outcome.status == 7, outcome
    lines = [line for line in outcome.stderr.splitlines() if line.startswith(("Content: ", "Unproven: "))]
    found = [line.partition(" (")[0].rpartition("/")[2] for line in lines]
    assert sorted(found) == ["before", "changed", "now", "now, changed"]
    assert "; content: 2 matched (160 bytes), 2 differ (190 bytes), 2 files (90 bytes) unproven" in outcome.stderr
    assert outcome.stderr.count("check that it holds the key with which the object is encrypted") == 1


def test_of_objects_under_several_keys_those_are_restored_whose_key_is_given(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, keyFile: Path
) -> None:
    files = _mixed(server)
    outcome = restoreOnce("s3://bucket/p", tmp_path / "t", "--awsSession", "always", "--sseCustomerKeyFile", keyFile)
    first, *_ = outcome.stderr.splitlines()
    assert (outcome.status, outcome.stderr.count("Failed: ")) == (7, 1), outcome
    assert first.startswith(f"Failed: {tmp_path}/t/before was not restored: ")
    assert first.endswith("with --sseCustomerKeyFile, check that it holds the key with which the object is encrypted")
    assert _restored(tmp_path / "t").keys() == files.keys() - {b"before"}
    assert all(server.objects("bucket")[b"p/" + name].body == body for name, body in _restored(tmp_path / "t").items())
    other = _keyFile(tmp_path / "other key", OLD_KEY)
    again = restoreOnce("s3://bucket/p", tmp_path / "t", "--awsSession", "always", "--sseCustomerKeyFile", other)
    assert (again.status, filesIn(tmp_path / "t").keys()) == (0, files.keys()), again


def test_who_lacks_the_key_of_an_object_is_told_which_switch_takes_it(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"a": b"1"}, 0)
    server.putObject("bucket", b"p/b", b"2", headers=_under(KEY))
    outcome = restoreOnce("s3://bucket/p", tmp_path / "t")
    assert (outcome.status, _restored(tmp_path / "t")) == (7, {b"a": b"1"})
    assert "name the file of that key with --sseCustomerKeyFile" in outcome.stderr
