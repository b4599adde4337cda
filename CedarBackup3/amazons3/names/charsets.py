"""Which encoding a file name is in that is not valid in the expected one.

A name is a few bytes, and they mean something in most encodings; but only one reading looks like what a person would
write. So each candidate is asked how probable its reading is: letters by the letters they follow in some language's
common words, Chinese, Japanese and Korean characters by how common they are, words by their pattern of capitals. What
a name leaves open its neighbours decide, for names of one archive share an encoding: the directory and the tree vote.

    tree = Votes()
    for name in names:  # one pass, any number of names
        tree += votesOf(name)
    guess = detectEncoding(name, (tree,))  # evidence nearest first: (directory, tree)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from math import exp, inf, log

from CedarBackup3.amazons3.names.charsettables import CANDIDATES, COMMON, COMMON_PLANES, WORDS

__all__ = ["ENCODINGS", "Guess", "Votes", "detectEncoding", "votesOf"]

ENCODINGS = tuple(CANDIDATES)

# Natural logarithms of probabilities, chosen by hand; the answers do not hang on their exact values.
FOREIGN = -8.0  # a letter the language does not have
MIXED = -6.0  # the letter after such a one, or a Latin letter beside a Chinese one
SIGN = -16.0  # box drawing, currency, a control character: rare in names
USUAL_SIGN = -7.0  # a typographer's sign where it belongs
SMALL, CAPITALS, ODD = -0.7, -1.7, -6.0  # a word all in small letters, all in capitals, with capitals in strange places
RARE = -14.0  # a Chinese, Japanese or Korean character outside the common plane of its standard
UNBROKEN, BROKEN = -7.0, -16.0  # a character of well-formed UTF-8, a sequence that is none
DISSENT = -12.0  # one name's vote against an encoding counts no more than this
OUTLIER = 1e-3  # the share of names that do not follow their directory, of directories that do not follow their tree

WORD = re.compile(r"(?:[^\W\d_]|[\u0e31-\u0e4e])+")  # Thai vowels and tones are not alphabetic to Python
# Signs beyond ASCII, and the digits of other scripts.
NO_LETTER = re.compile(r"[^\w\x00-\x7f\u0e31-\u0e4e]|[^\D0-9]")
IN_ITS_PLACE = re.compile(r"\b[’׳]\b|\B[–—]\B|\B[‘“„«№]|[’”“»…°]\B")
FOLD = str.maketrans("άέήίόύώ", "αεηιουω")  # Greek capitals go without accents


@dataclass(frozen=True, slots=True)
class Votes:
    """How well some names agree with each encoding; added up with ``+`` or ``sum(..., Votes())``."""

    weights: tuple[float, ...] = (0.0,) * len(ENCODINGS)

    def __add__(self, other: Votes) -> Votes:
        return Votes(tuple(map(float.__add__, self.weights, other.weights)))


@dataclass(frozen=True, slots=True)
class Guess:
    """An answer: Python's name of the encoding, the text it makes of the name, the probability that the text is right.

    ``text`` is exactly ``name.decode(encoding)``, unless the name is damaged: UTF-8 with truncated sequences or with
    encoded surrogates. Then it has the surrogates joined, and U+FFFD for what cannot be read.
    """

    encoding: str
    text: str
    confidence: float
    damaged: bool = False


def detectEncoding(name: bytes, evidence: Sequence[Votes] = ()) -> Guess | None:
    """Guess the encoding of a name; None for ASCII, where there is nothing to guess. Never raises.

    The evidence is that of the name's surroundings, nearest first: its directory, its tree. Each is what one expects
    before looking at the next nearer one, and at last at the name itself, whose own vote may be among them.
    """
    if name.isascii():
        return None
    texts = readings(name)
    chances = [1.0] * len(ENCODINGS)
    for votes in reversed(evidence):
        chances = [chance + OUTLIER for chance in posterior(chances, votes.weights)]
    found = dict(zip(ENCODINGS, posterior(chances, likelihoods(texts)), strict=True))
    shares = {text: sum(found[e] for e in texts if texts[e] == text) for text in texts.values()}
    text = max(shares, key=shares.__getitem__)
    encoding = max((e for e in texts if texts[e] == text), key=found.__getitem__)
    return Guess(encoding, text, min(1.0, shares[text]), damaged=encoding == "utf-8" and text.encode() != name)


def votesOf(name: bytes) -> Votes:
    """The vote of one name: none if it is ASCII. Never raises."""
    if name.isascii():
        return Votes()
    weights = likelihoods(readings(name))
    best = max(weights)
    return Votes(tuple(max(weight - best, DISSENT) for weight in weights))


def posterior(chances: Iterable[float], weights: Sequence[float]) -> list[float]:
    """Bayes' rule: chances before, logarithms of likelihoods, chances after."""
    best = max(weights)
    products = [chance * exp(weight - best) for chance, weight in zip(chances, weights, strict=True)]
    total = sum(products)
    return [value / total for value in products]


def readings(name: bytes) -> dict[str, str]:
    """What each encoding makes of the name, if anything; damaged UTF-8 is repaired if a character of it is whole."""
    texts = {encoding: text for encoding in ENCODINGS if (text := decoded(name, encoding)) is not None}
    return texts if (text := repaired(name)).replace("\ufffd", "").isascii() else texts | {"utf-8": text}


def decoded(name: bytes, encoding: str) -> str | None:
    try:
        return name.decode(encoding)
    except UnicodeDecodeError:
        return None


def repaired(name: bytes) -> str:
    """The name as UTF-8, encoded surrogates joined (as in CESU-8), what is damaged replaced by U+FFFD."""
    try:
        return name.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    except UnicodeDecodeError:
        return name.decode("utf-8", "replace")


def likelihoods(texts: Mapping[str, str]) -> list[float]:
    """For each encoding the logarithm of how probable its reading is."""
    found = {reading: likelihood(*reading) for reading in {(text, CANDIDATES[e]) for e, text in texts.items()}}
    return [found[texts[e], CANDIDATES[e]] if e in texts else -inf for e in ENCODINGS]


def likelihood(text: str, languages: Sequence[str]) -> float:
    """The logarithm of how probable the text is in the best of the languages; without any, as UTF-8."""
    if not languages:
        return sum(BROKEN if c == "\ufffd" else UNBROKEN if c.isalpha() else SIGN for c in text if not c.isascii())
    if languages[0] in COMMON:
        return max(characterScore(text, language) for language in languages)
    text = text.replace("_", " ")
    words = [word for word in WORD.findall(text) if not word.isascii()]
    pairs = [a + b for word in words for a, b in pairwise(f" {folded(word)} ")]
    inDoubt = [pair for pair in pairs if not pair.isascii()]
    usual = len(IN_ITS_PLACE.findall(text))
    signs = USUAL_SIGN * usual + SIGN * (len(NO_LETTER.findall(text)) - usual)
    return max(letterScore(inDoubt, language) for language in languages) + sum(map(caseScore, words)) + signs


def folded(text: str) -> str:
    return text.replace("İ", "i").lower().translate(FOLD)


def caseScore(word: str) -> float:
    """Capitals stand at the beginning of a word or all over it; scripts without them have nothing to say."""
    if word == word.lower():
        return 0.0 if word == word.upper() else SMALL
    return 0.0 if word == word.capitalize() else CAPITALS if word == word.upper() else ODD


def letterScore(pairs: Sequence[str], language: str) -> float:
    """How probable it is in the language that the second letters of the pairs follow the first."""
    follows, letters, novelty = letterModel(language)
    return sum(
        follows[pair] if pair in follows else novelty.get(pair[0], MIXED) + letters.get(pair[1], FOREIGN)
        for pair in pairs
    )


@cache
def letterModel(language: str) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Logarithms of how often a letter follows another, is met at all, and is followed by one not seen after it.

    The last is estimated as Witten and Bell do: a letter that many letters follow will have others follow it too.
    """
    words = " ".join(folded(WORDS[language]).split())
    pairs = Counter(a + b for a, b in pairwise(f" {words} "))
    letters = Counter(words)
    followers = Counter(pair[0] for pair in pairs)
    novelty = {a: followers[a] / (count + followers[a]) for a, count in letters.items()}
    share = {b: count / letters.total() for b, count in letters.items()}
    follows = {
        pair: (1 - novelty[pair[0]]) * count / letters[pair[0]] + novelty[pair[0]] * share[pair[1]]
        for pair, count in pairs.items()
    }
    return logarithms(follows), logarithms(share), logarithms(novelty)


def logarithms(chances: Mapping[str, float]) -> dict[str, float]:
    return {key: log(chance) for key, chance in chances.items()}


def characterScore(text: str, language: str) -> float:
    """How probable the characters beyond ASCII are in the language; they do not like to touch Latin letters."""
    model = characterModel(language)
    score = sum(model.get(c, RARE) for c in text if not c.isascii())
    touching = sum(a.isascii() != b.isascii() and (a if a.isascii() else b).isalpha() for a, b in pairwise(text))
    return score + MIXED * touching


@cache
def characterModel(language: str) -> dict[str, float]:
    """Characters with the logarithm of how common they are: the listed by rank, the rest of the common plane alike."""
    codec, first, last = COMMON_PLANES[language]
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    plane = {bytes(pair).decode(codec, "ignore")[:1] for pair in product(range(first, last + 1), trails)}
    chances = evenly(0.3, plane) | {c: 0.25 / (rank + 40) for rank, c in enumerate("".join(COMMON[language].split()))}
    chances |= evenly(0.02, "々ー・·（）、。「」『』〜～：，；《》〈〉【】　！？－—…＆")
    chances |= evenly(0.02, [*span("０", "９"), *span("Ａ", "Ｚ"), *span("ａ", "ｚ")])
    if language == "ja":
        chances |= evenly(0.4, span("ぁ", "ん")) | evenly(0.4, [*span("ァ", "ヴ"), "ー"]) | evenly(0.06, span("｡", "ﾟ"))
    return logarithms(chances)


def evenly(share: float, characters: Collection[str]) -> dict[str, float]:
    return dict.fromkeys(characters, share / len(characters))


def span(first: str, last: str) -> list[str]:
    return list(map(chr, range(ord(first), ord(last) + 1)))
