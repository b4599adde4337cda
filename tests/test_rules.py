"""Rules: the last one that matches decides, as in the AWS CLI, however they are compiled; and which are of no use."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.aws.patterns import anyOf
from CedarBackup3.amazons3.aws.rules import Rule, RuleSet
from CedarBackup3.amazons3.aws.ruleuse import RuleUse

PATTERNS = st.text("ab./*?[]!-\n", min_size=1, max_size=7)
NAMES = st.text("ab./\n", min_size=1, max_size=7)
RULES = st.lists(st.builds(Rule, PATTERNS, st.booleans()), max_size=7)


def rulesOf(text: str) -> list[Rule]:
    """`-*.tmp +keep.tmp`: patterns that leave out, and that take in."""
    return [Rule(word[1:], word[0] == "+") for word in text.split()]


def decided(rules: list[Rule], name: str) -> bool | None:
    """Whether a name is left out, one rule after the other."""
    kinds = [not rule.isInclude for rule in rules if fnmatchcase(name, rule.pattern)]
    return kinds[-1] if kinds else None


@given(RULES, st.lists(NAMES, min_size=1, max_size=12))
def test_rules_decide_as_one_after_the_other_would(rules: list[Rule], names: list[str]) -> None:
    ruleSet = RuleSet(rules)
    inOrder = ruleSet.inOrder()
    for name in names:
        assert inOrder(name) is decided(rules, name)
        assert ruleSet.within(name[: name.rfind("/") + 1])(name) is decided(rules, name)
    for name in names:
        if ruleSet.prunes(f"{name}/"):
            assert all(decided(rules, f"{name}/{below}") for below in names)


@given(st.lists(PATTERNS, min_size=1, max_size=30), NAMES)
def test_many_patterns_match_what_each_of_them_matches(patterns: list[str], name: str) -> None:
    matches = anyOf(patterns)
    assert matches
    assert matches(name) == any(fnmatchcase(name, pattern) for pattern in patterns)


def test_patterns_as_long_and_as_like_as_can_be_are_compiled() -> None:
    patterns = [letter * length + "*" for letter in "ab" for length in range(1, 1000, 30)]
    matches = anyOf(patterns + ["*" + pattern for pattern in patterns])
    assert matches
    assert matches("a" * 2000)
    assert not matches("c")


@pytest.mark.parametrize(
    ("rules", "pruned", "walked"),
    [
        ("-cache/*", ["cache/", "cache/a/"], ["cach/", "caches/", "a/cache/"]),
        ("-*/cache/*", ["a/cache/", "a/cache/b/"], ["cache/"]),
        ("-*", ["a/"], []),
        ("-cache/*.tmp -cache", [], ["cache/"]),
        ("-* +*.jpg", [], ["a/", "a/b/"]),
        ("-* +photos/*", ["a/", "photo/", "photos2/"], ["photos/", "photos/a/"]),
        ("-* +a/b/c.txt", ["b/", "a/c/", "a/b/c/", "a/b/c.txt/"], ["a/", "a/b/"]),
        ("-* +a[bc]/*", ["b/"], ["ab/", "ad/"]),  # more is walked than has to be
        ("+*.jpg -*", ["a/"], []),
        ("-a/* +a/b/* -a/b/c/*", ["a/x/", "a/b/c/"], ["a/", "a/b/", "a/b/d/"]),
    ],
)
def test_a_directory_is_passed_over_only_where_nothing_in_it_can_be_taken(
    rules: str, pruned: list[str], walked: list[str]
) -> None:
    ruleSet = RuleSet(rulesOf(rules))
    assert [path for path in pruned if not ruleSet.prunes(path)] == []
    assert [path for path in walked if ruleSet.prunes(path)] == []


TREE = ["a.txt", "cache/x", "d/node_modules/y", "d/e/z.tmp", "p/q"]


@pytest.mark.parametrize(
    ("rules", "unused"),
    [
        ("-cache/* -*.tmp", {}),
        ("-cache", {"cache": "cache/*"}),
        ("-node_modules", {"node_modules": "*/node_modules/*"}),
        ("-*/e", {"*/e": "*/e/*"}),
        ("-d/* -d/*.tmp", {}),  # what is in a directory that is passed over, nobody knows
        ("-d/* -cache -*.no", {"cache": "cache/*"}),
        ("-nothing +nowhere/*", {"nothing": "", "nowhere/*": ""}),
        ("-* +*.tmp +p/*", {}),
        ("-*.txt +a.txt +b.txt", {"b.txt": ""}),
        ("-cache/", {}),  # of which a message of its own tells
    ],
)
def test_rules_that_match_nothing_are_known_with_what_was_meant(rules: str, unused: dict[str, str]) -> None:
    found = rulesOf(rules)
    use, ruleSet = RuleUse(found), RuleSet(found)
    for name in TREE:
        parts = name.split("/")
        above = ["/".join(parts[:number]) + "/" for number in range(1, len(parts))]
        pruned = [path for path in above if ruleSet.prunes(path)]
        if pruned:
            use.prune(pruned[0])
            continue
        for path in above:
            use.enter(path)
        isLeftOut = ruleSet.inOrder()(name)
        if isLeftOut is not None:
            use.look(name, isLeftOut)
    assert {rule.pattern: likely for rule, likely in use.unused} == unused


def test_what_leaves_a_path_out_is_told() -> None:
    told: list[tuple[str, str]] = []
    rules = [Rule("*.o"), Rule("*.tmp"), Rule("a*", origin="line 3 of /x"), Rule("keep*", isInclude=True)]
    use = RuleUse(rules, lambda name, rule: told.append((name, rule.shown)))
    use.look("a.tmp", isLeftOut=True)
    use.look("b.o", isLeftOut=True)
    use.look("keep.o", isLeftOut=False)
    use.prune("a/b.o/")
    assert told == [("a.tmp", "a* in line 3 of /x"), ("b.o", "--exclude *.o"), ("a/b.o/", "a* in line 3 of /x")]
