"""Print CedarBackup3/amazons3/names/charsetpairs.py: which letters follow each other in a language, and how often.

    python -m util.letterpairs [/usr/share/locale] > CedarBackup3/amazons3/names/charsetpairs.py

It is counted in the words of the messages of whatever is installed there; the more programs, the better. Of each
language count the 500 commonest words of plain letters and the 500 commonest others, each once, so that the table tells
of a language and not of the programs. Names of countries and languages (iso-codes) are left out: util/charsetbench.py
measures with such names.
"""

from __future__ import annotations

import gettext
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from CedarBackup3.amazons3.names.charsets import MARKS, folded
from CedarBackup3.amazons3.names.charsetwords import WORDS

WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|{MARKS})+")
COMMONEST = 500
DIRECTORIES = {"da": ("da", "nb"), "pt": ("pt", "pt_BR")}  # where not the language's own alone
UNPARTED = {"th"}  # no blanks between its words
WIDTH = 104


def catalog(path: Path) -> dict[object, str]:
    """The messages of a catalog with their translations; none if it is not what it says."""
    try:
        with path.open("rb") as file:
            found: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
            return found
    except (ValueError, IndexError, OSError):
        return {}


def messages(root: Path, language: str) -> Iterator[str]:
    for directory in DIRECTORIES.get(language, (language,)):
        for path in sorted((root / directory / "LC_MESSAGES").glob("*.mo")):
            if not path.name.startswith("iso_"):
                yield from (text for key, text in catalog(path).items() if key and text != key)


def wordsOf(root: Path, language: str) -> list[str]:
    """The commonest words, without those that have capitals inside or the letters of another script."""
    isLatin = any("a" <= letter <= "z" for letter in WORDS[language])
    counts = Counter(
        word
        for text in messages(root, language)
        for word in WORD.findall(unicodedata.normalize("NFC", text.replace("_", "").replace("&", "")))
        if len(word) <= 20 and word[1:] == word[1:].lower() and (isLatin or not re.search("[A-Za-z]", word))
    )
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return [w for w in ranked if w.isascii()][:COMMONEST] + [w for w in ranked if not w.isascii()][:COMMONEST]


def levels(words: list[str]) -> list[str]:
    """The pairs that are met at least twice, at least four, eight ... times, each in the last that it reaches."""
    counts = Counter(a + b for word in words for a, b in pairwise(f" {folded(word)} "))
    found: dict[int, list[str]] = {}
    for pair in sorted(counts):
        found.setdefault(counts[pair].bit_length() - 1, []).append(pair)
    return ["".join(found.get(level, ())) for level in range(1, max(found, default=0) + 1)]


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/locale")
    print('"""Which letters follow each other in a language, and how often; made by `python -m util.letterpairs`."""')
    print("\nfrom __future__ import annotations\n")
    print(
        "# The pairs of letters met twice or thrice in a thousand words, those met four to seven times ...; a blank is"
    )
    print("# where a word begins or ends.")
    print("PAIRS = {")
    for language in (name for name in WORDS if name not in UNPARTED):
        if words := wordsOf(root, language):
            print(f'    "{language}": (')
            for level in levels(words):
                chunks = [level[start : start + WIDTH] for start in range(0, len(level), WIDTH)] or [""]
                print("".join(f'\n        "{chunk}"' for chunk in chunks)[1:] + ",")
            print("    ),")
    print("}  # fmt: skip")
    return 0


if __name__ == "__main__":
    sys.exit(main())
