"""The switches of every tool, through their tables: values that are none, values that were forgotten, and rules."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from CedarBackup3.cli import Exclusion, Need, Switch, Tool, runTool
from CedarBackup3.cli.commandline import parseCommandLine, requireConsistent
from CedarBackup3.errors import ExitStatus, UsageError
from CedarBackup3.tools import toolModules
from CedarBackup3.tools.shared.bucketoptions import patternsIn

TOOLS = [importlib.import_module(module).TOOL for module in toolModules()]
SAMPLES = {
    "FILE": "file",
    "DIR": "directory",
    "DURATION": "2d",
    "PATH": "path",
    "URL": "http://127.0.0.1:9/x",
    "KEY": "key",
    "PATTERN": "*.odt",
    "TIME": "2026-01-01",
    "DAYS": "7",
    "DAYS[:TIER]": "7:Bulk",
    "COMMAND": "true",
    "SECONDS": "9",
    "N|SIZE": "20",
}
"""A value that a switch takes, by the name that its table gives it."""


VALUED = [
    (tool, switch) for tool in TOOLS for switch in tool.allSwitches if switch.valueName and not switch.isValueOptional
]


def _named(value: object) -> str:
    return value.name if isinstance(value, Tool) else value.long if isinstance(value, Switch) else ""


everyValue = pytest.mark.parametrize(("tool", "switch"), VALUED, ids=_named)


def _complaint(tool: Tool, words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line in which a command line is refused."""
    assert runTool(tool, words) == ExitStatus.USAGE
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    return shown.err


@pytest.mark.parametrize(
    ("tool", "switch"),
    [
        (tool, switch)
        for tool, switch in VALUED
        if not tool.arguments[-1].isRepeatable and switch.long not in tool.arguments[-1].unless  # or none is missed
    ],
    ids=_named,
)
@pytest.mark.parametrize("forgotten", ["{directory}", "directory", "s3://bucket/p", "/srv/no such \x1b directory"])
def test_an_argument_that_a_switch_has_taken_for_its_value_is_told(
    tool: Tool,
    switch: Switch,
    forgotten: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "directory").mkdir()
    monkeypatch.chdir(tmp_path)
    word = forgotten.format(directory=tmp_path)
    complaint = _complaint(tool, [f"--{switch.long}", word, "s3://other/q"], capsys)
    lastArgument = f"the following arguments are required: {tool.arguments[-1].name}"
    isNeedy = f"--{switch.long} needs --" in complaint  # which is as good an answer
    assert f"of --{switch.long} " in complaint or lastArgument in complaint or isNeedy
    if Path(word).is_dir() or word.startswith("s3://") or not (lastArgument in complaint or isNeedy):
        assert f"is meant as an argument, the value of {switch.usage} is missing" in complaint
        assert switch.isSecret or f"'{word}'".replace("\x1b", "\\x1b") in complaint


@everyValue
@pytest.mark.parametrize("after", [[], ["--verbose"]])
def test_a_value_that_is_not_there_at_all_is_told(
    tool: Tool, switch: Switch, after: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    complaint = _complaint(tool, ["a", "b", f"--{switch.long}", *after], capsys)
    assert f"--{switch.long} needs a value: {switch.usage} (see" in complaint


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--maxDelete", "/srv/photos", "s3://b"], "'/srv/photos' of --maxDelete must be a number, or a percentage"),
        (["--exclude", "s3://b/p", "/src"], "required: s3BucketUrl; if 's3://b/p' is meant as an argument"),
        (["--exclude", "*.o", "--exclude", "s3://b/p", "/src"], "; if 's3://b/p' is meant"),
        (["-x", "s3://b/p", "--", "/src"], "; if 's3://b/p' is meant"),
        (["--logfile", "/dev/null", "/src"], "required: s3BucketUrl (see"),
        (["--exclude", "s3://b/p", "/src", "s3://b", "more"], "unrecognized arguments: more (see"),
        (["--lockWait", "ten", "/src", "s3://b"], "'ten' of --lockWait must be a number of seconds (see"),
        (["--lockWait", "/src", "--help"], "'/src' of --lockWait must be a number of seconds; if"),
    ],
)
def test_what_was_meant_is_guessed_only_where_something_is_missing(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (sync,) = [tool for tool in TOOLS if tool.name == "cback-amazons3-sync"]
    assert told in _complaint(sync, words, capsys)


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if any(switch.long == "exclude" for switch in tool.switches)])
def test_patterns_keep_their_order_whichever_switch_each_belongs_to(tool: Tool) -> None:
    words = ["-x", "a", "--include=b", "s3://x", "--excludeFrom", "f", "-xc", "--verifyOnly", "y", "--include", "a"]
    found = patternsIn(parseCommandLine(tool, words).values)
    assert found == (("exclude", "a"), ("include", "b"), ("excludeFrom", "f"), ("exclude", "c"), ("include", "a"))
    assert patternsIn(parseCommandLine(tool, ["s3://x", "y"]).values) == ()


# Rules


def _words(tool: Tool, condition: str) -> list[str]:
    """The condition of a rule, as it stands on a command line."""
    name, _, value = condition.partition("=")
    (switch,) = [switch for switch in tool.allSwitches if switch.long == name]
    if not switch.valueName or switch.isValueOptional:
        assert not value
        return [f"--{name}"]
    return [f"--{name}", value or (switch.choices or (SAMPLES[switch.valueName],))[0]]


def _neededBy(tool: Tool, condition: str) -> list[str]:
    """What a condition needs beside it."""
    return [word for need in tool.needs if need.switch == condition for word in _words(tool, need.anyOf[0])]


def _arguments(tool: Tool) -> list[str]:
    return [argument.name for argument in tool.arguments]


@pytest.mark.parametrize(("tool", "rule"), [(tool, rule) for tool in TOOLS for rule in tool.exclusions])
def test_switches_that_exclude_each_other_are_refused_with_the_reason(
    tool: Tool, rule: Exclusion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    one, other = ([*_words(tool, each), *_neededBy(tool, each)] for each in (rule.one, rule.other))
    for words in (one + other, other + one):
        assert runTool(tool, [*words, *_arguments(tool)]) == ExitStatus.USAGE
        conditions = " and ".join(f"--{condition.replace('=', ' ')}" for condition in (rule.one, rule.other))
        complaint = f"{tool.name}: {conditions} do not go together: {rule.reason} (see {tool.name} --help)\n"
        assert capsys.readouterr().err == ("" if "--quiet" in words else complaint)
    for condition in (rule.one, rule.other):
        words = [*_words(tool, condition), *_neededBy(tool, condition)]
        requireConsistent(tool, parseCommandLine(tool, [*words, *_arguments(tool)]))


@pytest.mark.parametrize(("tool", "rule"), [(tool, rule) for tool in TOOLS for rule in tool.needs])
def test_a_switch_that_needs_another_is_refused_without_it(
    tool: Tool, rule: Need, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*_words(tool, rule.switch), *_arguments(tool)]
    complaint = _complaint(tool, words, capsys)
    assert complaint.startswith(f"{tool.name}: --{rule.switch} needs --")
    assert rule.reason in complaint
    for other in rule.anyOf:
        requireConsistent(tool, parseCommandLine(tool, [*_words(tool, other), *words]))


@pytest.mark.parametrize("listing", [["--find", "*.odt"], ["--list", "--since", "2026-01-01"]], ids=" ".join)
def test_a_listing_of_changes_or_finds_goes_with_no_other_task(listing: list[str]) -> None:
    (restore,) = [tool for tool in TOOLS if tool.name == "cback-amazons3-restore"]
    forms = {"find", "list", "json", "printPolicy", "kmsKey"}
    others = [each.long for each in restore.switches if each.group == "What to do" and each.long not in forms]
    assert {"versions", "dryRun", "verifyOnly"} <= {*others}
    for other in (*others, "overwrite", "list" if "--find" in listing else "find"):
        with pytest.raises(UsageError, match=r"do not go together|needs"):
            requireConsistent(restore, parseCommandLine(restore, ["s3://b", *listing, *_words(restore, other)]))
    requireConsistent(restore, parseCommandLine(restore, ["s3://b", *listing, "--json", "--printPolicy"]))


def test_a_switch_that_another_turns_on_counts_and_a_default_or_an_empty_value_does_not() -> None:
    (sync,) = [tool for tool in TOOLS if tool.name == "cback-amazons3-sync"]
    for words, isRefused in (
        (["--repairContent", "--dryRun"], True),
        (["--checkContent", "--dryRun"], True),
        (["--digestCache", "x", "--dryRun"], True),
        (["--noFollowLinks", "--followLinks", "none"], False),
        (["--sse", "AES256", "--sseKmsKeyId", "key"], True),
        (["--dryRun", "--pingUrl", ""], False),
        (["--dryRun", "--report", "x"], False),
    ):
        line = parseCommandLine(sync, [*words, "a", "b"])
        try:
            requireConsistent(sync, line)
        except UsageError as error:
            assert isRefused, words
            turnsOn = words[0] in {"--repairContent", "--digestCache"}
            assert (f"--checkContent (which {words[0]} turns on) and --dryRun" in str(error)) == turnsOn
        else:
            assert not isRefused, words


def test_each_group_of_switches_is_in_one_piece() -> None:
    for tool in TOOLS:
        groups = [switch.group for switch in tool.allSwitches]
        changes = [group for before, group in zip(["", *groups], groups, strict=False) if group != before]
        assert len(changes) == len(set(groups)), tool.name
