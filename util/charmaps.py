"""Print the tables of CedarBackup3/amazons3/names/charmaps.py, made from the charmaps of the GNU C library.

    python -m util.charmaps [/usr/share/i18n/charmaps]

The directory comes with Debian's package locales. What a charmap says is a standard's: which bytes mean which
character.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from CedarBackup3.amazons3.names.charmaps import big5Character

SINGLE_BYTES = ("ARMSCII-8", "GEORGIAN-PS", "GEORGIAN-ACADEMY", "TCVN5712-1", "VISCII")
LINE = re.compile(r"<U([0-9A-F]+)>(?:\.\.<U([0-9A-F]+)>)?\s+((?:/x[0-9a-fA-F]{2})+)")
NONE = "\ufffe"  # what codecs.charmap_decode takes for no character
SIGNS = 2 * 94  # characters in the rows of signs, where the standards draw some differently


def charmap(path: Path) -> dict[bytes, str]:
    """What each sequence of bytes means; of a range of characters the last byte counts."""
    found: dict[bytes, str] = {}
    for first, last, escaped in LINE.findall(gzip.decompress(path.read_bytes()).decode("latin-1")):
        encoded = bytes.fromhex(escaped.replace("/x", ""))
        for step in range(int(last or first, 16) - int(first, 16) + 1):
            found.setdefault(encoded[:-1] + bytes([encoded[-1] + step]), chr(int(first, 16) + step))
    return found


def table(meanings: dict[bytes, str]) -> tuple[dict[int, str], str]:
    """The characters of the lower half where they are not ASCII's, and those of the upper half; no C1 controls."""
    single = {byte: meanings.get(bytes([byte]), NONE) for byte in range(256)}
    low = {byte: character for byte, character in single.items() if byte < 128 and character > "\x9f"}
    return low, "".join(NONE if "\x80" <= single[byte] < "\xa0" else single[byte] for byte in range(128, 256))


def runs(meanings: dict[bytes, str], lead: bytes) -> Iterator[tuple[int, int]]:
    """Where a plane of CNS 11643 goes on in another place of Big5, or stops (-1): the character's number in both.

    Big5 has the ideographs of the first two planes in nearly their order. Of the signs before them some are drawn
    differently by the standards; those are Big5's.
    """
    numbers = {character: number for number in range(0x5E * 157) if (character := big5Character(number))}
    step: int | None = None
    for index in range(94 * 94):
        row, column = divmod(index, 94)
        number = numbers.get(meanings.get(lead + bytes([0xA1 + row, 0xA1 + column]), ""))
        if number is None and index < SIGNS and not lead:
            continue
        found = None if number is None else number - index
        if found != step:
            yield index, -1 if number is None else number
            step = found


def main() -> int:
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/i18n/charmaps")
    for source in SINGLE_BYTES:
        low, high = table(charmap(directory / f"{source}.gz"))
        print(source, ascii(low), repr(high), sep="\n")
    taiwan = charmap(directory / "EUC-TW.gz")
    for lead in (b"", b"\x8e\xa2"):
        print("EUC-TW", lead, list(runs(taiwan, lead)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
