"""Commands for a shell that give names which will not survive other ones, right for any bytes."""

from __future__ import annotations

import shlex

# What Perl's Encode, and with it convmv, calls an encoding, where Python calls it otherwise.
_PERL_NAMES = {"gb18030": "gbk", "euc_jp": "euc-jp", "koi8_r": "koi8-r", "koi8_u": "koi8-u"} | {
    f"iso8859_{part}": f"iso-8859-{part}" for part in (2, 5, 7, 8, 9)
}


def moveCommand(old: bytes, new: bytes) -> str:
    """The bash command that renames a path, without overwriting another."""
    return f"mv --no-clobber -- {quoted(old)} {quoted(new)}"


def convmvCommand(directory: bytes, encoding: str) -> str:
    """The command that renames all that is in one encoding below a directory."""
    return f"convmv --notest -r -f {_PERL_NAMES.get(encoding, encoding)} -t utf-8 {quoted(directory)}"


def quoted(path: bytes) -> str:
    """The path as a word for bash: readable if it is printable text, otherwise with every odd byte in octal."""
    try:
        text = path.decode()
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and text:
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, path)) + "'"


def _escaped(byte: int) -> str:
    isPlain = 0x20 <= byte < 0x7F and byte not in b"'\\"
    return chr(byte) if isPlain else f"\\{byte:03o}"
