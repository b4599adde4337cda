"""Patterns that no file's path can match, and what was probably meant by them."""

from __future__ import annotations

import pytest

from CedarBackup3.amazons3.aws.patterns import anyOf, likelyPattern

VAIN = {
    "cache/": "cache/*",
    "./cache/*": "cache/*",
    "./a/": "a/*",
    "a//b": "a/b",
    "a/./b": "a/b",
    "../x": "x",
    "**/y/": "**/y/*",
}


@pytest.mark.parametrize("pattern", VAIN)
def test_a_pattern_in_vain_has_another_that_was_meant(pattern: str) -> None:
    assert likelyPattern(pattern) == VAIN[pattern]
    assert not likelyPattern(VAIN[pattern])
    matches = anyOf([pattern])
    assert matches
    assert not any(map(matches, ["cache/x", "a/b", "a/x", "x", "z/y/x"]))


@pytest.mark.parametrize("pattern", ["cache/*", "*.tmp", ".git/*", "a..b", "..a/*", "x..", "a", "*", "[.]/x"])
def test_what_a_path_can_match_is_fine(pattern: str) -> None:
    assert not likelyPattern(pattern)


@pytest.mark.parametrize("pattern", ["*//*", "*/../*", "*/./x"])
def test_odd_keys_may_be_left_out_on_purpose(pattern: str) -> None:
    assert not likelyPattern(pattern)
