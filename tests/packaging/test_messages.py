"""What the program prints, logs and reports is on record, and in the words that its documents use."""

from __future__ import annotations

import re

import pytest

from util.messages import LIST, isMessage, messageList, programTexts

_MESSAGES = sorted({(path, text) for path, text in programTexts() if isMessage(text)})
_WORDS = {
    r"\baws (?!s3|configure|sso|login|command)\w": "the AWS CLI, or an AWS CLI process; `aws` is what a user types",
    r"\bby --": "what a switch does is done with the switch",
    r"\b(says?|said|tells?|told)\b": "logged, reported or printed",
    r"(?i)\braced\b": "changed during the run",
    r"\bsettled\b": "up to date",
    r"(?i)\bway out\b": "remedy",
    r"\bstand-in\b": "placeholder",
    r"\bat work\b": "using what it uses",
    r"\b(mend|mended|anew)\b": "correct, repair; reinstall, again",
    r"\bmake room\b": "free space",
    r"\bgo(es|ing)? up\b": "is uploaded",
    r"\bgo(es|ing)? on\b": "continue",
    r"\bany more\b": "no longer",
    r"\b(its|wait for the) end\b": "finish",
}
"""Words that no message may use, as regular expressions; and what to write in their place."""


def test_the_list_of_messages_is_that_of_the_program() -> None:
    assert LIST.read_text("utf-8") == messageList(), "make messages writes it anew; read what has changed"


def test_the_list_has_what_is_logged_raised_printed_and_helps() -> None:
    texts = [text for _, text in _MESSAGES]
    assert {
        "The log, report or metrics cannot be written, or patterns not be read.",  # a status
        "Missing: … (…) is not in …",  # a line of the log
        "Listing the versions in …",  # one with its arguments
        "The lock … is not a file of this user; remove it",  # an exception
        "Print nothing to the screen",  # a switch
        "name the bucket's region with --region",  # advice
    } <= set(texts)
    assert not [text for text in texts if text.startswith(("SELECT", "PRAGMA"))]


@pytest.mark.parametrize("word", _WORDS)
def test_messages_use_the_words_of_the_field(word: str) -> None:
    assert [f"{path}: {text}" for path, text in _MESSAGES if re.search(word, text)] == [], _WORDS[word]
