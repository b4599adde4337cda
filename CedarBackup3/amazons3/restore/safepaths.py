"""Decides which keys can safely become files below a directory: anybody may have written the keys of a bucket."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.util import displayPath

NAME_LIMIT = 255
"""The longest name of a file, in bytes (limits.h(0p), NAME_MAX, as Linux file systems have it)."""

RESERVED = b".cback-restore"
"""The directory in the target in which files arrive."""


def unsafeReason(key: bytes, locale: AwsLocale) -> str:
    """Why no file can have a key; empty if one can."""
    names = key.split(b"/")
    reasons = (
        (key.startswith(b"/"), "it is an absolute path"),
        (b".." in names, "it leads out of the directory by '..'"),
        (b"." in names, "it has a '.' for a name in it"),
        (key.endswith(b"/"), "it ends with a slash but holds data"),
        (b"" in names, "it has an empty name in it"),
        (b"\0" in key, "it has a NUL in it"),
        (_isReserved(names[0]), f"{RESERVED.decode()} is the staging directory"),
    )
    return next((reason for applies, reason in reasons if applies), "") or _localReason(key, locale)


def _isReserved(name: bytes) -> bool:
    """Whether some file system takes a name for that of the staging directory.

    Those that ignore case take more for it than ASCII has, and ext4 takes no notice of characters that nobody sees.
    """
    return folded(name).encode("ascii", "ignore") == RESERVED


def _localReason(key: bytes, locale: AwsLocale) -> str:
    """Why the names in a key, fine as such, cannot be those of files here."""
    path = key
    if locale.isLegacy:
        try:
            path = locale.pathOf(key)
            isSame = locale.keyOf(path) == key
        except UnicodeError:
            isSame = False
        if not isSame:
            return f"it cannot be written in the encoding of this locale, {locale.encoding}; use a UTF-8 locale"
    if max(map(len, path.split(b"/"))) > NAME_LIMIT:
        return f"it has a name of more than {NAME_LIMIT} bytes"
    return ""


def alsoDirectories(keys: Iterable[bytes]) -> set[bytes]:
    """The keys below which there are others, so that each would have to be a file and a directory.

    Args:
        keys: in key order
    """
    found: set[bytes] = set()
    ahead: list[bytes] = []  # keys below which others may yet come: "a" while "a!" and "a/b" may
    for key in keys:
        ahead = [file for file in ahead if file + b"/" > key or key.startswith(file + b"/")]
        found.update(file for file in ahead if key.startswith(file + b"/"))
        ahead.append(key)
    return found


class CaselessNames:
    """The paths that are taken in a directory which ignores case, directories on the way to files among them.

    Names are compared as Unicode has it (The Unicode Standard, 3.13, D145), as ext4 does; FAT, exFAT and NTFS take a
    few names less for the same.
    """

    def __init__(self) -> None:
        self._taken: dict[str, bytes] = {}

    def clash(self, key: bytes) -> str:
        """Why no file can have a key beside those before it; empty: one can, and the key is taken from now on."""
        names = key.split(b"/")
        paths = [b"/".join(names[:depth]) + b"/" for depth in range(1, len(names))] + [key]
        wanted = {folded(path.rstrip(b"/")): path for path in paths}
        for path, spelled in wanted.items():
            other = self._taken.get(path)
            if other is not None and (other != spelled or spelled == key):
                shown = displayPath(other.rstrip(b"/"))
                return f"it differs only in case from {shown}, which exists, and this directory ignores case"
        self._taken |= wanted
        return ""


def folded(key: bytes) -> str:
    """What is the same for keys that a case-insensitive file system takes for one."""
    decomposed = unicodedata.normalize("NFD", key.decode(errors="surrogateescape"))
    return unicodedata.normalize("NFC", decomposed.casefold())
