"""Shell commands that rename files, correct for any bytes in a name."""

from __future__ import annotations

import os
import shlex
from collections.abc import Container

# What Perl's Encode, and with it convmv, calls an encoding, where Python calls it otherwise.
_PERL_NAMES = {"gb18030": "gbk", "euc_jp": "euc-jp", "koi8_r": "koi8-r", "koi8_u": "koi8-u"}
_PERL_NAMES |= {"mac_roman": "MacRoman", "mac_cyrillic": "MacCyrillic"}
_PERL_NAMES |= {f"iso8859_{part}": f"iso-8859-{part}" for part in range(1, 17)}
# Encodings that Perl lacks or has other tables of; cp1258, as convmv would leave Vietnamese tones beside their vowels.
_NOT_PERLS = {
    "cp950",
    "big5hkscs",
    "cp720",
    "koi8_t",
    "ptcp154",
    "kz1048",
    "armscii-8",
    "georgian-ps",
    "georgian-academy",
}
_NOT_PERLS |= {"euc-tw", "tcvn", "viscii", "cp1258"}
_NAME_LIMIT = 255  # bytes (limits.h, NAME_MAX)


def moveCommand(old: bytes, new: bytes, isScreenUtf8: bool) -> str:
    """The bash command that renames a path, neither overwriting another nor moving it into a directory.

    On a screen in another encoding only ASCII can be copied as it is, so everything else is written in octal there.
    """
    return f"mv --no-clobber --no-target-directory -- {_quoted(old, isScreenUtf8)} {_quoted(new, isScreenUtf8)}"


def newNameProblem(directory: bytes, name: bytes, given: Container[bytes]) -> str:
    """Why a name cannot be given to anything in a directory, in words that follow "its new name"; empty if it can.

    Args:
        directory: the whole path
        name: the new name
        given: the new names that others in the directory are to have
    """
    if len(name) > _NAME_LIMIT:
        return f"has more than {_NAME_LIMIT} bytes"
    if name in given:
        return "is the new name of another file, too"
    return "is taken" if os.path.lexists(os.path.join(directory, name)) else ""


def convmvCommand(directory: bytes, encoding: str, isScreenUtf8: bool) -> str:
    """The command that renames all that is in one encoding below a directory."""
    quoted = _quoted(directory, isScreenUtf8)
    return f"convmv --notest -r -f {_PERL_NAMES.get(encoding, encoding)} -t utf-8 {quoted}"


def readsAsConvmv(name: bytes, encoding: str) -> bool:
    """Whether convmv makes the same text of a name in an encoding.

    Comparing the tables here with those of Perl's Encode 3.17 byte by byte shows that, of the encodings it has, they
    differ for two: gb18030 agrees with its gbk where Python's gbk has the character; cp950 differs in 249 characters.
    """
    if encoding == "gb18030":
        try:
            name.decode("gbk")
        except UnicodeDecodeError:
            return False
    return encoding not in _NOT_PERLS


def _quoted(path: bytes, isScreenUtf8: bool) -> str:
    """The path as a word for bash: readable if it is text that can be shown, otherwise with every odd byte in octal."""
    try:
        text = path.decode("utf-8" if isScreenUtf8 else "ascii")
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and text:
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, path)) + "'"


def _escaped(byte: int) -> str:
    isPlain = 0x20 <= byte < 0x7F and byte not in b"'\\"
    return chr(byte) if isPlain else f"\\{byte:03o}"
