"""Measure how well charsets.py tells the encoding of a file name, beside chardet and charset-normalizer.

The names are made from CLDR data (in Babel): languages, territories, scripts, cities, months and days in their own
language, dressed as file names and encoded as that language was written before UTF-8. A guess is right when it
decodes the bytes to the text they were made from. The texts are parted by a hash into a half one may look at while
working on the tables (tuned) and a half one may not (held out). To the tuned half the weights of languages and
encodings were fitted, and words were added that it showed to be missing; of the other half only how many names come out
right was seen while the weights were set.

    python -m util.charsetbench               the table, the worst pairs, the time a name
    python -m util.charsetbench --misses N    N wrong guesses of each pair, of the tuned half only
    python -m util.charsetbench --unseen      without the words that occur in the corpus: learnt by heart?
    python -m util.charsetbench --unmodelled  languages of which we have no words: how strangers fare
"""

from __future__ import annotations

import argparse
import codecs
import hashlib
import random
import re
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale

from CedarBackup3.amazons3.names.charmaps import decodeText as ownText
from CedarBackup3.amazons3.names.charsets import Guess, Votes, detectEncoding, votesOf
from CedarBackup3.amazons3.names.charsetwords import WORDS
from CedarBackup3.amazons3.names.guesses import SURE

WEST = ("cp1252", "iso8859_15", "cp850", "cp437", "mac_roman")
NORDIC = ("cp1252", "cp850", "mac_roman")  # no letter ø in cp437; ã and õ of Portuguese neither
EURO = ("cp1252", "iso8859_15")
CENTRAL = ("iso8859_2", "cp1250", "cp852")
BALTIC = ("iso8859_13", "cp1257", "cp775")
# The languages with the legacy encodings that locales of the GNU C library, Windows, its ZIP files and Macintoshes gave
# their names (ISO-8859-1 where Windows had no code page for the language; GBK and cp1252 for what they contain).
WRITTEN = {
    "de": WEST, "fr": (*WEST, "utf-8"), "es": WEST, "it": WEST, "nl": WEST, "sv": WEST, "fi": WEST,
    "pt": (*NORDIC, "iso8859_15"), "da": NORDIC, "nb": NORDIC, "pl": CENTRAL, "cs": (*CENTRAL, "utf-8"),
    "hu": CENTRAL, "ro": (*CENTRAL, "iso8859_16"), "hr": CENTRAL, "sk": CENTRAL, "sl": CENTRAL,
    "tr": ("iso8859_9", "cp1254", "cp857"), "el": ("iso8859_7", "cp1253", "cp737"),
    "he": ("iso8859_8", "cp1255", "cp862"),
    "ru": ("koi8_r", "cp1251", "cp866", "utf-8", "iso8859_5", "cp855", "mac_cyrillic"),
    "bg": ("cp1251", "cp866", "iso8859_5", "cp855", "mac_cyrillic"),
    "uk": ("cp1251", "koi8_u", "cp866", "mac_cyrillic"), "ja": ("cp932", "euc_jp", "utf-8"),
    "zh": ("gbk", "utf-8"), "zh_Hant": ("big5", "euc-tw", "cp950"), "ko": ("euc_kr",), "th": ("cp874", "utf-8"),
    "ca": EURO, "et": (*EURO, "iso8859_13", "cp1257", "cp775"), "eu": EURO, "ga": EURO, "gl": EURO,
    "an": ("iso8859_15",), "ast": ("iso8859_15",), "br": ("iso8859_15",), "gd": ("iso8859_15",),
    "mg": ("iso8859_15",), "wa": ("iso8859_15",), "gv": ("iso8859_1",), "kl": ("iso8859_1",),
    "kw": ("iso8859_1",), "oc": ("iso8859_1",), "om": ("iso8859_1",), "so": ("iso8859_1",), "st": ("iso8859_1",),
    "xh": ("iso8859_1",), "zu": ("iso8859_1",), "af": ("cp1252",), "en": ("cp1252",), "fo": ("cp1252",),
    "id": ("cp1252",), "ms": ("cp1252",), "nn": ("cp1252",), "is": ("cp1252", "cp850"), "sq": (*EURO, "cp1250"),
    "bs": CENTRAL, "sr_Latn": CENTRAL, "hsb": ("iso8859_2", "cp1250"), "lv": BALTIC, "lt": BALTIC,
    "mi": ("iso8859_13",), "mt": ("iso8859_3",), "lg": ("iso8859_10",), "cy": ("iso8859_14",),
    "ku": ("iso8859_9", "cp1254"), "az": ("cp1254",), "mk": ("iso8859_5", "cp1251", "cp855", "mac_cyrillic"),
    "sr": ("iso8859_5", "cp1251", "cp855", "mac_cyrillic"),
    "be": ("cp1251", "iso8859_5", "cp866", "mac_cyrillic"), "tg": ("koi8_t",), "kk": ("ptcp154", "kz1048"),
    "ar": ("iso8859_6", "cp1256", "cp720"), "fa": ("cp1256",), "ur": ("cp1256",), "yi": ("cp1255",),
    "vi": ("cp1258", "tcvn", "viscii"), "hy": ("armscii-8",), "ka": ("georgian-ps", "georgian-academy"),
    "yue": ("big5hkscs",), "zh_Hant_HK": ("big5hkscs",),
}  # fmt: skip
UNMODELLED = {  # languages charsets.py has no words of: what a stranger gets
    "lb": NORDIC, "rm": NORDIC, "fur": WEST, "sc": WEST, "nds": ("cp1252",), "fy": ("cp1252",), "vec": ("cp1252",),
    "dsb": CENTRAL, "szl": CENTRAL, "sah": ("ptcp154",), "tt": ("ptcp154",), "az_Cyrl": ("ptcp154",), "az": ("cp1254",),
    "tk": ("cp1250",),
}  # fmt: skip
LEGACY = str.maketrans("șțȘȚʼی", "şţŞŢ'ي")  # how Romanian, Ukrainian and Persian were written in these encodings
COMMAS = str.maketrans("şţŞŢ", "șțȘȚ")  # but ISO-8859-16 has these, with the bytes that those have in ISO-8859-2
TONES = "\u0300\u0301\u0303\u0309\u0323"
PLAIN = str.maketrans("’‘“”–—־״׳", "''\"\"--\u002d\"'")  # for encodings without the typographer's signs
FORMS = (
    "{t}", "{t}", "{t}.txt", "{t}.jpg", "{t}.pdf", "{t}.mp3", "{t} ({k}).doc", "{t}_{n}.jpg", "{t} {y}.xls",
    "IMG_{n}_{t}.jpg", "{k:02} - {t}.mp3", "{y}-{m:02}-{d:02} {t}.pdf", "{t}{k}.png", "{y}_{t}", "{t}_v{k}.docx",
    "{t} - {u}.txt", "{u}, {t}",
)  # fmt: skip
PER_PAIR = 150  # names of one pair in each half
TREE = 50
REFERENCE_EVERY = 8  # the other detectors are slow; they see each eighth name


@dataclass(frozen=True, slots=True)
class Sample:
    """A name and what it means."""

    language: str
    encoding: str
    text: str
    name: bytes


def heldOut(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 1


def cldrTexts(language: str) -> list[str]:
    """Every text of the language, in a fixed order."""
    locale = Locale.parse(language)
    texts = {*locale.languages.values(), *locale.territories.values(), *locale.scripts.values()}
    texts |= {zone["city"] for zone in locale.time_zones.values() if isinstance(zone.get("city"), str)}
    # Not those that stand alone: Babel 2.18 gives Bulgarian the Hebrew ones once Hebrew has been read.
    texts |= {*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values()}
    return sorted(text.translate(LEGACY).replace("/", " ") for text in texts)


def upper(text: str, language: str) -> str:
    """Capitals as the language writes them: İ in Turkish, no accents in Greek."""
    if language in ("tr", "az"):
        text = text.replace("i", "İ")
    if language == "el":
        kept = (c for c in unicodedata.normalize("NFD", text) if c != "\u0301")
        text = unicodedata.normalize("NFC", "".join(kept))
    return text.upper()


def asIs(text: str, _language: str) -> str:
    return text


def lower(text: str, language: str) -> str:
    return (text.replace("I", "ı").replace("İ", "i") if language in ("tr", "az") else text).lower()


def dressed(text: str, other: str, language: str, rng: random.Random) -> str:
    """The text as a file name: with number, date, extension, in some letter case."""
    case = rng.choice((asIs, asIs, asIs, asIs, lower, upper))
    form = rng.choice(FORMS).format(
        t=case(text, language), u=case(other, language),
        k=rng.randint(1, 12), n=rng.randint(1, 9999), y=rng.randint(1995, 2012), m=rng.randint(1, 12),
        d=rng.randint(1, 28),
    )  # fmt: skip
    return form.replace(" ", "_") if rng.random() < 0.2 else form


def encoded(text: str, encoding: str) -> tuple[str, bytes] | None:
    """The text as the encoding can hold it, and its bytes; None when they are no bad name."""
    if encoding == "utf-8":
        return cutOff(text)
    for candidate in (text, text.translate(PLAIN)):
        name = written(candidate.translate(COMMAS) if encoding == "iso8859_16" else candidate, encoding)
        if name is not None:
            return None if decodedOrNone(name, "utf-8") else (candidate, name)
    return None


def written(text: str, encoding: str) -> bytes | None:
    """The bytes of the text; a Vietnamese tone follows its vowel where the two are no character of the encoding."""
    known = alphabet(encoding)
    found = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        spelt = known.get(letter) or b"".join(known.get(c, b"?") for c in (base, *(p for p in parts if p in TONES)))
        if b"?" in spelt and letter != "?":
            return None
        found += spelt
    return found


@cache
def alphabet(encoding: str) -> dict[str, bytes]:
    """The characters of an encoding, each with its bytes."""
    try:
        codec = codecs.lookup(encoding).name
        return {c: name for c in map(chr, range(0x20, 0x10000)) if (name := c.encode(codec, "ignore"))}
    except LookupError:
        pass
    leads = (
        b"",
        *(bytes([lead]) for lead in range(0xA1, 0xFF)),
        *(b"\x8e\xa2" + bytes([i]) for i in range(0xA1, 0xFF)),
    )
    names = [lead + bytes([trail]) for lead in (leads if encoding == "euc-tw" else leads[:1]) for trail in range(256)]
    return {text: name for name in reversed(names) if (text := ownText(name, encoding)) and len(text) == 1}


def cutOff(text: str) -> tuple[str, bytes] | None:
    """A name that ends inside its last character beyond ASCII, as a limit on bytes leaves it, and what can be read."""
    end = max((i for i, c in enumerate(text) if not c.isascii()), default=0)
    return None if text[:end].isascii() else (text[:end] + "\ufffd", text[: end + 1].encode()[:-1])


def samplesOf(language: str, encoding: str, held: bool) -> list[Sample]:
    """The names of one pair in one half: as many as there are texts, at most PER_PAIR."""
    rng = random.Random(f"{language} {encoding} {held}")
    texts = [text for text in cldrTexts(language) if heldOut(text) == held]
    rng.shuffle(texts)
    found: list[Sample] = []
    for text in texts:
        made = encoded(dressed(text, rng.choice(texts), language, rng), encoding) if encoded(text, encoding) else None
        if made:
            found.append(Sample(language, encoding, *made))
    return found[:PER_PAIR]


Detector = Callable[[bytes], str | None]


def chardetText(name: bytes) -> str | None:
    import chardet  # for the benchmark only: the tests, which use the names, do without

    return decodedOrNone(name, chardet.detect(name)["encoding"])


def normalizerText(name: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(name).best()
    return decodedOrNone(name, best.encoding if best else None)


def aloneText(name: bytes) -> str | None:
    return guessedText(detectEncoding(name))


def decodedOrNone(name: bytes, encoding: str | None) -> str | None:
    try:
        return name.decode(encoding) if encoding else None
    except (UnicodeDecodeError, LookupError):
        return None


def treeGuesses(samples: Sequence[Sample]) -> Iterator[tuple[Sample, Guess | None]]:
    """Each name with the evidence of its tree: fifty names of one encoding and language in five directories."""
    for start in range(0, len(samples), TREE):
        tree = [samples[(start + i) % len(samples)] for i in range(TREE)]
        directories = [tree[i : i + TREE // 5] for i in range(0, TREE, TREE // 5)]
        votes = [sum((votesOf(s.name) for s in directory), Votes()) for directory in directories]
        whole = sum(votes, Votes())
        for directory, vote in zip(directories, votes, strict=True):
            for sample in directory:
                yield sample, detectEncoding(sample.name, (vote, whole))


def guessedText(guess: Guess | None) -> str | None:
    return guess.text if guess else None


Tally = dict[tuple[str, str], list[bool]]


def tally(outcomes: Iterable[tuple[Sample, str | None]]) -> Tally:
    found: Tally = defaultdict(list)
    for sample, text in outcomes:
        found[sample.language, sample.encoding].append(text == sample.text)
    return found


def measured(samples: Sequence[Sample], detector: Detector) -> tuple[Tally, float]:
    """Right or wrong by pair, and the microseconds a name."""
    start = time.perf_counter()
    found = tally((sample, detector(sample.name)) for sample in samples)
    return found, (time.perf_counter() - start) / max(1, len(samples)) * 1e6


def percent(tallied: Tally, encoding: str | None = None) -> float:
    right = [r for pair, outcomes in tallied.items() if encoding in (None, pair[1]) for r in outcomes]
    return 100 * sum(right) / max(1, len(right))


def byPair(pairs: dict[str, tuple[str, ...]], held: bool) -> dict[tuple[str, str], list[Sample]]:
    made = {(lang, enc): samplesOf(lang, enc, held) for lang, encs in pairs.items() for enc in encs}
    return {pair: samples for pair, samples in made.items() if len(samples) >= 5}


def report(pairs: dict[str, tuple[str, ...]]) -> None:
    halves = [byPair(pairs, held) for held in (False, True)]
    names = [[s for samples in half.values() for s in samples] for half in halves]
    (aloneTuned, _), (aloneHeld, cost) = (measured(half, aloneText) for half in names)
    guesses = [[g for samples in half.values() for g in treeGuesses(samples)] for half in halves]
    treeTuned, treeHeld = (tally((sample, guessedText(guess)) for sample, guess in half) for half in guesses)
    few = (names[0] + names[1])[::REFERENCE_EVERY]
    (chardetted, chardetCost), (normalized, normalizerCost) = measured(few, chardetText), measured(few, normalizerText)
    columns = (aloneTuned, aloneHeld, treeTuned, treeHeld, chardetted, normalized)
    print(f"{len(names[0])} tuned names, {len(names[1])} held out; texts right, %")
    print(f"{'':16}{'alone':>14}{'in a tree':>18}{'chardet':>10}{'c-normalizer':>14}")
    print(f"{'':16}{'tuned':>7}{'held':>7}{'tuned':>11}{'held':>7}")
    for encoding in (*sorted({enc for encs in pairs.values() for enc in encs}), None):
        row = [percent(column, encoding) for column in columns]
        print("{:16}{:7.1f}{:7.1f}{:11.1f}{:7.1f}{:10.1f}{:14.1f}".format(encoding or "all", *row))
    print(
        f"\n{'':28}{'alone':>14}{'in a tree':>18}\n{'':28}{'tuned':>7}{'held':>7}{'tuned':>11}{'held':>7}{'names':>7}"
    )
    for pair in sorted(halves[0].keys() & halves[1].keys()):
        row = [100 * sum(column[pair]) / len(column[pair]) for column in columns[:4]]
        print("{:10}{:18}{:7.1f}{:7.1f}{:11.1f}{:7.1f}{:7}".format(*pair, *row, len(aloneHeld[pair])))
    print(f"microseconds a name: {cost:.0f}, chardet {chardetCost:.0f}, charset-normalizer {normalizerCost:.0f}")
    sure = [guess.text == sample.text for sample, guess in guesses[1] if guess and guess.confidence >= SURE]
    share = 100 * len(sure) / len(guesses[1])
    right = 100 * sum(sure) / len(sure)
    print(f"sure enough to rename by, in a tree, held out: {share:.1f}%, of which right {right:.2f}%")
    for title, tallied in (
        ("alone, tuned", aloneTuned),
        ("alone, held out", aloneHeld),
        ("in a tree, held out", treeHeld),
    ):
        worst = sorted((100 * sum(right) / len(right), pair) for pair, right in tallied.items())[:12]
        print(f"worst pairs, {title}:", ", ".join(f"{lang} {enc} {score:.0f}" for score, (lang, enc) in worst))


def misses(pairs: dict[str, tuple[str, ...]], count: int) -> None:
    for (language, encoding), samples in byPair(pairs, held=False).items():
        wrong = [(s, guess) for s in samples if (guess := detectEncoding(s.name)) is None or guess.text != s.text]
        print(f"{language} {encoding}: {len(wrong)} of {len(samples)}")
        for sample, guess in wrong[:count]:
            print(f"    {sample.text} -> {guess and (guess.encoding, guess.text, round(guess.confidence, 2))}")


def forgetSeenWords() -> None:
    """Take the words from the tables that are words of the corpus."""
    for language, words in WORDS.items():
        known = [name for name in (language, "nb" if language == "da" else language) if name in WRITTEN]
        texts = " ".join(text.lower() for name in known for text in cldrTexts(name))
        seen = set(re.findall(r"[^\W\d_]+", texts))
        WORDS[language] = " ".join(word for word in words.split() if word.lower() not in seen)


def main() -> int:
    parser = argparse.ArgumentParser(description="measure charsets.py on names made from CLDR data")
    parser.add_argument("--misses", type=int, metavar="N", help="show N wrong guesses of each pair, tuned half")
    parser.add_argument("--unmodelled", action="store_true", help="languages the tables know no words of")
    parser.add_argument("--unseen", action="store_true", help="forget the words that occur in the corpus")
    options = parser.parse_args()
    if options.unseen:
        forgetSeenWords()
    pairs = UNMODELLED if options.unmodelled else WRITTEN
    if options.misses:
        misses(pairs, options.misses)
    else:
        report(pairs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
