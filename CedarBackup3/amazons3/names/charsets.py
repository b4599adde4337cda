"""Guesses the encoding of a file name that is not valid in the expected one.

A name is a few bytes, and they mean something in most encodings; but only one reading looks like what a person would
write. So each candidate is asked how probable its reading is: letters by the letters they follow in some language,
Chinese, Japanese and Korean characters by how common they are, words by their pattern of capitals. What a name leaves
open its neighbours decide, for names of one archive share an encoding: the directory and the tree vote.

    tree = Votes()
    for name in names:  # one pass, any number of names
        tree += votesOf(name)
    guess = detectEncoding(name, (tree,))  # evidence nearest first: (directory, tree)
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, product
from math import exp, inf, log
from operator import add

from CedarBackup3.amazons3.names.charmaps import decodeText
from CedarBackup3.amazons3.names.charsetpairs import PAIRS
from CedarBackup3.amazons3.names.charsettables import (
    CANDIDATES,
    COMMON,
    COMMON_PLANES,
    ENCODING_PRIORS,
    LANGUAGE_PRIORS,
)
from CedarBackup3.amazons3.names.charsetwords import WORDS

__all__ = ["ENCODINGS", "Guess", "Votes", "detectEncoding", "votesOf"]

ENCODINGS = tuple(CANDIDATES)

# Natural logarithms of probabilities, chosen by hand; the answers do not hang on their exact values.
FOREIGN = -8.0  # a letter the language does not have
MIXED = -6.0  # the letter after such a one, or a Latin letter beside a Chinese one
BYTES = ""  # the language of what is tested as UTF-8 only
KNOWN, FAMILIAR = -5.5, 1.5  # a word that the tables have, at least; how much likelier than its letters
SIGN = -16.0  # box drawing, currency, a control character: rare in names
USUAL_SIGN = -7.0  # a typographer's sign where it belongs
ELISION = -4.0  # an apostrophe between letters where languages have it
SMALL, CAPITALS, ODD = -0.7, -1.7, -6.0  # a word all in small letters, all in capitals, with capitals in strange places
RARE = -14.0  # a Chinese, Japanese or Korean character outside the common plane of its standard
UNBROKEN, BROKEN = -7.0, -16.0  # a character of well-formed UTF-8, a sequence that is none
DISSENT = -12.0  # one name's vote against an encoding counts no more than this
HOPELESS = -14.0  # what is so much less probable than the best is not looked at further
COMMONEST = -4.9  # no Chinese, Japanese or Korean character is commoner
OUTLIER = 1e-4  # the share of names that do not follow their directory, of directories that do not follow their tree

# Two ASCII letters tell of the language but not of the encoding: they count by how much likelier they are in it than in
# all languages of Latin letters, but not in full, for names are full of names.
LATIN_SHARE, LATIN_LEAST = 0.6, -1.2
PAIRS_KEPT = 4096  # of each language, for speed
WORD_WEIGHT = 5  # a word written down counts as much as so many counted ones

# Thai vowels and tones, Hebrew and Arabic points and the like are not alphabetic to Python.
MARKS = "[\u0e31-\u0e4e\u0300-\u0323\u05b0-\u05bd\u05bf\u05c1\u05c2\u064b-\u0652]"
WORD = re.compile(rf"(?:[^\W\d_]|{MARKS})+")
# Signs beyond ASCII, and the digits of other scripts.
NO_LETTER = re.compile(rf"(?!{MARKS})[^\w\x00-\x7f]|[^\D0-9]")
IN_ITS_PLACE = re.compile(
    r"\b׳\b|\B[–—]\B|\B[‘“„«№]|[’”“»…]\B|(?<=\d)°|\b[nN]°|(?<=[\u0621-\u06d2])\u200c(?=[\u0621-\u06d2])"
)
# l’été, qu’il, dell’anno, sant’Anna, John’s, don’t, c’hoar, м’яч
ELIDED = re.compile(
    r"\b(?:[cdjlmns]|qu|[a-z]*ll|sant|un)’(?=[^\W\d_])|(?<=[^\W\d_])’[st]\b|c’h|(?<=[а-яії])’(?=[а-яіїєґ])",
    re.IGNORECASE,
)
KANA_ALONE = re.compile(
    r"(?<![きしちにひみりぎじびぴキシチニヒミリギジビピテデフヴ])[ゃゅょャュョ]"
)  # which only follow these
FOLD = str.maketrans(
    "άέήίόύώșțی", "αεηιουωşţي"
)  # Greek capitals go without accents; what old encodings do not tell apart
APART = str.maketrans("_\u200c", "  ")


@dataclass(frozen=True, slots=True)
class Votes:
    """How well some names agree with each encoding; added up with ``+`` or ``sum(..., Votes())``."""

    weights: tuple[float, ...] = (0.0,) * len(ENCODINGS)

    def __add__(self, other: Votes) -> Votes:
        return Votes(tuple(map(float.__add__, self.weights, other.weights)))


@dataclass(frozen=True, slots=True)
class Guess:
    """An answer: the name of the encoding, the text it makes of the name, the probability that the text is right.

    The name is Python's, or iconv's if Python has no codec. ``text`` is exactly what ``charmaps.decodeText`` makes of
    it, unless the name is damaged: UTF-8 with truncated sequences or with encoded surrogates. Then it has the
    surrogates joined, and U+FFFD for what cannot be read.
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
    texts, _, weights = judged(name)
    chances = [exp(ENCODING_PRIORS.get(encoding, 0.0)) for encoding in ENCODINGS]
    for votes in reversed(evidence):
        chances = [chance + OUTLIER for chance in posterior(chances, votes.weights)]
    found = dict(zip(ENCODINGS, posterior(chances, weights), strict=True))
    shares: dict[str, float] = defaultdict(float)
    for encoding, text in texts.items():
        shares[text] += found[encoding]
    text = max(shares, key=shares.__getitem__)
    encoding = max((e for e in texts if texts[e] == text), key=found.__getitem__)
    isDamaged = encoding == "utf-8" and text.encode() != name
    return Guess(encoding, text, min(1.0, shares[text]), isDamaged)


def votesOf(name: bytes) -> Votes:
    """The vote of one name: none if it is ASCII. Never raises."""
    if name.isascii():
        return Votes()
    _, weights, _ = judged(name)
    best = max(weights)
    return Votes(tuple(max(weight - best, DISSENT) for weight in weights))


@lru_cache(128)  # a name votes in its directory before it is asked for itself
def judged(name: bytes) -> tuple[Mapping[str, str], Sequence[float], Sequence[float]]:
    """What each encoding makes of the name, how probable that is, and how probable if some languages are rarer.

    Names that vote together do so in one language, whose being rare is no news with each of them.
    """
    texts = readings(name)
    found = likelihoods(texts)
    readers = [
        [(found[texts[e], language], LANGUAGE_PRIORS.get(language, 0.0)) for language in languages]
        if e in texts
        else []
        for e, languages in CANDIDATES.items()
    ]
    plain = [max((score for score, _ in scores), default=-inf) for scores in readers]
    return texts, plain, [max((score + prior for score, prior in scores), default=-inf) for scores in readers]


def posterior(chances: Iterable[float], weights: Sequence[float]) -> list[float]:
    """Bayes' rule: chances before, logarithms of likelihoods, chances after."""
    best = max(weights)
    products = [chance * exp(weight - best) for chance, weight in zip(chances, weights, strict=True)]
    total = sum(products)
    return [value / total for value in products]


def readings(name: bytes) -> dict[str, str]:
    """What each encoding makes of the name, if anything; damaged UTF-8 is repaired if a character of it is whole."""
    texts = {encoding: text for encoding in ENCODINGS if (text := decodeText(name, encoding)) is not None}
    return texts if (text := repaired(name)).replace("\ufffd", "").isascii() else texts | {"utf-8": text}


def repaired(name: bytes) -> str:
    """The name as UTF-8, encoded surrogates joined (as in CESU-8), what is damaged replaced by U+FFFD."""
    try:
        return name.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    except UnicodeDecodeError:
        return name.decode("utf-8", "replace")


def likelihoods(texts: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """For each reading in each of its languages the logarithm of how probable it is; of the hopeless, a bound."""
    languages: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for encoding, text in texts.items():
        languages[text, CANDIDATES[encoding][0] in COMMON].update(CANDIDATES[encoding])
    views = [(viewOf(*reading), spoken) for reading, spoken in languages.items()]
    found: dict[tuple[str, str], float] = {}
    best = -inf
    for view, spoken in sorted(views, key=lambda view: view[0].bound, reverse=True):
        isHopeless = view.bound < best + HOPELESS
        for language in spoken:
            score = view.bound if isHopeless else likelihood(view, language)
            found[view.text, language] = score
            best = max(best, score)
    return found


@dataclass(frozen=True, slots=True)
class View:
    """What there is to see in a text whatever the language."""

    text: str
    words: Mapping[str, Sequence[str]]
    """The words that are in doubt, in small letters, each with its pairs of letters."""
    look: float
    """The logarithm of how probable it is that capitals and signs stand where they do."""
    bound: float
    """No language makes much more of it."""


def viewOf(text: str, isIdeographic: bool) -> View:
    if isIdeographic:
        return View(text, {}, 0.0, COMMONEST * sum(not c.isascii() for c in text))
    found = [word for word in WORD.findall(text.translate(APART)) if not word.isascii()]
    words = {word: pairsOf(word) for word in map(folded, found)}
    look = signScore(text) + sum(map(caseScore, found))
    return View(text, words, look, look)


def pairsOf(word: str) -> list[str]:
    return list(map(add, f" {word}", f"{word} "))


def likelihood(view: View, language: str) -> float:
    """The logarithm of how probable the text is in the language."""
    if language == BYTES:
        return brokenScore(view.text)
    if language in COMMON:
        return characterScore(view.text, language)
    score = view.look
    costs, known = pairCosts(language), vocabulary(language)
    for word, pairs in view.words.items():
        found = sum(map(costs, pairs))
        score += max(KNOWN, found + FAMILIAR) if word in known else found
    return score


def brokenScore(text: str) -> float:
    """The logarithm of how probable the text is as UTF-8."""
    return sum(BROKEN if c == "\ufffd" else UNBROKEN if c.isalpha() else SIGN for c in text if not c.isascii())


def folded(text: str) -> str:
    return text.replace("İ", "i").lower().translate(FOLD)


def signScore(text: str) -> float:
    """Signs are rare in names, but for some in some places."""
    text = text.replace("_", " ")
    signs = len(NO_LETTER.findall(text))
    if not signs:
        return 0.0
    usual, elided = len(IN_ITS_PLACE.findall(text)), len(ELIDED.findall(text))
    return SIGN * (signs - usual - elided) + USUAL_SIGN * usual + ELISION * elided


def caseScore(word: str) -> float:
    """Capitals stand at the beginning of a word or all over it; scripts without them have nothing to say."""
    if word == word.lower():
        return 0.0 if word == word.upper() else SMALL
    return 0.0 if word == word.capitalize() else CAPITALS if word == word.upper() else ODD


@cache
def vocabulary(language: str) -> frozenset[str]:
    return frozenset(folded(WORDS[language]).split())


@cache
def pairCosts(language: str) -> Callable[[str], float]:
    """The logarithm of how probable it is in a language that the second letter of a pair follows the first."""
    chance = followed(pairCounts(language))
    if not isLatin(language):
        return lru_cache(PAIRS_KEPT)(lambda pair: 0.0 if pair.isascii() else chance(pair))
    latin = latinCosts()

    def cost(pair: str) -> float:
        return max(LATIN_LEAST, LATIN_SHARE * (chance(pair) - latin(pair))) if pair.isascii() else chance(pair)

    return lru_cache(PAIRS_KEPT)(cost)


@cache
def latinCosts() -> Callable[[str], float]:
    return lru_cache(PAIRS_KEPT)(followed(sum(map(pairCounts, filter(isLatin, WORDS)), Counter())))


def isLatin(language: str) -> bool:
    return not WORDS[language].isascii() and re.search("[a-z]", WORDS[language]) is not None


def pairCounts(language: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word in folded(WORDS[language]).split():
        counts.update(dict.fromkeys(pairsOf(word), WORD_WEIGHT))
    for level, pairs in enumerate(PAIRS.get(language, ()), 1):
        counts.update(dict.fromkeys(map(add, pairs[::2], pairs[1::2]), round(1.4 * 2**level)))
    return counts


def followed(counts: Mapping[str, int]) -> Callable[[str], float]:
    """How probable it is that a letter follows another, as a logarithm, learnt from how often it does.

    A letter that many letters follow will have others follow it too; how often is estimated as Witten and Bell do.
    """
    letters: Counter[str] = Counter()
    for pair, count in counts.items():
        letters[pair[0]] += count
    followers = Counter(pair[0] for pair in counts)
    novelty = logarithms({a: followers[a] / (count + followers[a]) for a, count in letters.items()})
    shares = logarithms({b: count / letters.total() for b, count in letters.items()})

    def chance(pair: str) -> float:
        unseen = novelty.get(pair[0], MIXED) + shares.get(pair[1], FOREIGN)
        count = counts.get(pair)
        return log(count / (letters[pair[0]] + followers[pair[0]]) + exp(unseen)) if count else unseen

    return chance


def logarithms(chances: Mapping[str, float]) -> dict[str, float]:
    return {key: log(chance) for key, chance in chances.items()}


def characterScore(text: str, language: str) -> float:
    """How probable the characters beyond ASCII are in the language; they do not like to touch Latin letters."""
    model = characterModel(language)
    score = sum(model.get(c, RARE) for c in text if not c.isascii())
    touching = sum(a.isascii() != b.isascii() and (a if a.isascii() else b).isalpha() for a, b in pairwise(text))
    alone = len(KANA_ALONE.findall(text)) if language == "ja" else 0
    return score + MIXED * (touching + alone)


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
