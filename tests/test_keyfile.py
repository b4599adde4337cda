"""The file of the customer's key: what is taken for a key, and how it is handed over."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.customerkey import keyDescriptor, keyParameters, readCustomerKey
from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.errors import UsageError

KEY = bytes([0, 255, 10, 13, *range(200, 228)])
STRANGER = 65534
isRoot = os.geteuid() == 0
onlyRoot = pytest.mark.skipif(not isRoot, reason="only root can give files away, or is let in by no group")


def plant(path: Path, content: bytes = KEY, mode: int = 0o600, owner: int = -1, group: int = -1) -> None:
    path.write_bytes(content)
    os.chown(path, owner, group)
    path.chmod(mode)


def openDirectory(path: Path) -> None:
    plant(path)
    path.parent.chmod(0o777)


def linkInOpenDirectory(path: Path) -> None:
    plant(path.parent / "other")
    path.symlink_to("other")
    path.parent.chmod(0o1777)


def linkOfAStranger(path: Path) -> None:
    plant(path.parent / "other")
    path.symlink_to("other")
    os.chown(path, STRANGER, -1, follow_symlinks=False)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "cannot be read: No such file"),
    "a directory": (lambda path: path.mkdir(), "is not a regular file"),
    "a pipe": (os.mkfifo, "is not a regular file"),
    "a socket": (lambda path: socket.socket(socket.AF_UNIX).bind(str(path)), "cannot be read"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "cannot be read: Too many levels"),
    "empty": (lambda path: plant(path, b""), "has 0 bytes, but a key has exactly 32"),
    "a byte too few": (lambda path: plant(path, KEY[:31]), "has 31 bytes"),
    "a newline too many": (lambda path: plant(path, KEY + b"\n"), "has 33 bytes"),
    "huge": (lambda path: plant(path, KEY * 1000), "has 4,096 bytes or more"),
    "base64": (lambda path: plant(path, base64.b64encode(KEY) + b"\n"), "decode it with 'base64 -d'"),
    "hexadecimal": (lambda path: plant(path, KEY.hex().encode()), "decode it with 'xxd -r -p'"),
    "for all to read": (lambda path: plant(path, mode=0o604), "can be read by others"),
    "for all to write": (lambda path: plant(path, mode=0o602), "others can write to"),
    "where all can write": (openDirectory, "others can write to"),
    "a link where all can write": (linkInOpenDirectory, "it is a link, and others can write to"),
}
BAD_FOR_ROOT: dict[str, tuple[Callable[[Path], object], str]] = {
    "for a group to read": (lambda path: plant(path, mode=0o640, group=STRANGER), "can be read by others"),
    "a stranger's": (lambda path: plant(path, owner=STRANGER), "belongs to the user"),
    "a stranger's link": (linkOfAStranger, "belongs to the user"),
}


def _refusal(make: Callable[[Path], object], directory: Path) -> str:
    directory.mkdir(mode=0o700)
    path = directory / "key\n\udce9"
    make(path)
    with pytest.raises(UsageError) as raised:
        readCustomerKey(os.fsencode(path))
    assert str(raised.value).isprintable()
    assert f"the key file {directory}/key\\n\\xe9 " in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_safe_key_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    make, reason = BAD[name]
    assert reason in _refusal(make, tmp_path / "d")


@onlyRoot
@pytest.mark.parametrize("name", BAD_FOR_ROOT)
def test_root_trusts_no_other_user_with_a_key(name: str, tmp_path: Path) -> None:
    make, reason = BAD_FOR_ROOT[name]
    assert reason in _refusal(make, tmp_path / "d")


@pytest.mark.parametrize("name", ["key", "~", "%41", "a b", "fileb:", "\udce9\n", "file://key"])
def test_a_key_is_read_whatever_its_file_is_called(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "d"
    directory.mkdir(mode=0o700)
    monkeypatch.chdir(directory)
    Path(name).parent.mkdir(mode=0o700, exist_ok=True)
    plant(Path(name), mode=0o400)
    assert readCustomerKey(os.fsencode(name)) == KEY
    (directory / "link").symlink_to(name)
    assert readCustomerKey(os.fsencode(directory / "link")) == KEY


def test_a_descriptor_is_read_from_its_beginning_each_time_and_closed() -> None:
    with keyDescriptor(KEY) as descriptor:
        path = Path(f"/proc/self/fd/{descriptor}")
        assert (path.read_bytes(), path.read_bytes()) == (KEY, KEY)
    assert not path.exists()
    with keyDescriptor(b"") as none:
        assert none == -1


def test_a_session_is_given_the_key_as_s3_takes_it() -> None:
    encoded = base64.b64encode(KEY).decode()
    digest = base64.b64encode(hashlib.md5(KEY, usedforsecurity=False).digest()).decode()
    expected = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": encoded, "SSECustomerKeyMD5": digest}
    assert keyParameters(KEY) == expected
    assert keyParameters(b"") == {}


def test_settings_do_not_show_the_key() -> None:
    settings = AwsSettings(AwsLocale("C.UTF-8", "utf-8", ""), customerKey=KEY)
    assert repr(KEY)[2:-1] not in repr(settings)
    assert "customerKey" not in repr(settings)
