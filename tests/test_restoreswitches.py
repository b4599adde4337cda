"""The command line of cback-amazons3-restore: what does not go together, and the policy that it prints."""

from __future__ import annotations

import json

import pytest

from CedarBackup3.amazons3.restore.archive import Retrieval, parseRetrieval
from testcase.runner import runTool

RESTORE = "CedarBackup3.tools.amazons3restore"
PING = ("--pingUrl", "http://127.0.0.1:9/uuid")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--list", "--versions"), "--list and --versions do not go together"),
        (("--verifyOnly", "--dryRun", "dir"), "--verifyOnly and --dryRun do not go together"),
        (("--json", "dir"), "--json needs --list or --versions or --find"),
        (("--list", "--quiet"), ""),  # which prints nothing at all
        (("--list", "--report", "-"), "--list and --report - do not go together"),  # the report tells it, too
        (("--versions", *PING), "--versions restores nothing"),
        (("--dryRun", *PING, "dir"), "--dryRun restores nothing"),
        (("--versions", "--atTime", "2026-01-01"), "--versions and --atTime do not go together"),
        (("--atTime", "yesterday", "dir"), "--atTime"),
        (("--exclude", "/etc/*", "dir"), "relative to the target directory"),
        ((), "targetDir"),
        (("--long", "dir"), "--long needs --list"),
        (("--allAttributes", "dir"), "--allAttributes needs --owners"),
        (("--attributes", "always", "dir"), "must be auto, never, or the URL"),
        (("--attributes", "s3://bucket/p/q", "dir"), "does not lie below the URL that --attributes names"),
        (("--attributes", "never", "--numericOwners", "dir"), "no attributes are restored"),
        (("--list", "--owners"), "--list and --owners do not go together"),
        (("--list", "--overwrite"), "--list and --overwrite do not go together"),
        (("--since", "2026-01-01", "dir"), "--since needs --list"),
        (("--since", "2026-01-01"), "--since needs --list"),  # and no directory, which would not be missed with that
        (("--long",), "--long needs --list"),
        (("--versions", "--since", "2026-01-01"), "--since needs --list"),
        (("--list", "--long", "--since", "2026-01-01"), "--long and --since do not go together"),
        (("--list", "--since", "2026-01-02", "--atTime", "2026-01-01"), "--since must not be later than --atTime"),
        (("--list", "--since", "9999-01-01"), "lies in the future"),
        (("--find", "*", "--list", "--since", "2026-01-01"), "--list and --find do not go together"),
        (("--find", "*", "--atTime", "2026-01-01"), "--find and --atTime do not go together"),
        (("--find", "*", "--dryRun"), "--find and --dryRun do not go together"),
        (("--find", "*", "--long"), "--long needs --list"),
        (("--find", "*", "--report", "-"), "--find and --report - do not go together"),
        (("--find", "*", *PING), "--find restores nothing"),
        (("--find", ""), "must be a pattern for keys below the URL"),
        (("--find", "/a*"), "must be a pattern for keys below the URL"),
        (("--find", "s3://other"), "must be a pattern for keys below the URL"),
        (("--thaw", "7", "--list"), "--thaw and --list do not go together"),
        (("--thaw", "7", "--find", "*"), "--thaw and --find do not go together"),
        (("--thaw", "7", "--verifyOnly", "dir"), "--thaw and --verifyOnly do not go together"),
        (("--thaw", "7", "--numericOwners"), "nothing is restored yet"),
        (("--thaw", "7", *PING), "--thaw restores nothing"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_makes_no_sense_is_refused_in_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    outcome = runTool(RESTORE, ["s3://bucket", *words])
    assert (outcome.status, outcome.log) == (2, "")
    assert bool(outcome.stdout) == ("--report" in words)
    assert sentence in outcome.stderr
    assert outcome.stderr.count("\n") == bool(sentence)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", Retrieval(1, "Standard")),
        ("9999:bULk", Retrieval(9999, "Bulk")),
        ("7:Expedited", Retrieval(7, "Expedited")),
        ("3:standard", Retrieval(3, "Standard")),
        *(
            (text, None)
            for text in ("0", "-1", "1.5", "7d", "10000", "9" * 5000, "\u0667", ":Bulk", "07", " 7", "Bulk")
        ),
        *((text, None) for text in ("7:", "7:Quick", "7:Bulk:", "7: Bulk", "7,Bulk")),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_how_archived_objects_come_back_is_days_and_a_tier(text: str, expected: Retrieval | None) -> None:
    if expected:
        assert parseRetrieval(text) == expected
        return
    with pytest.raises(ValueError, match=r"must be DAYS or DAYS:TIER, and (DAYS a number|TIER one of Expedited)"):
        parseRetrieval(text)


@pytest.mark.parametrize("text", ["soon", ""])
def test_days_that_are_none_are_a_wrong_command_line(text: str) -> None:
    outcome = runTool(RESTORE, ["--thaw", text, "s3://bucket", "dir"])
    assert (outcome.status, outcome.stdout, outcome.log) == (2, "", "")
    assert "--thaw must be DAYS or DAYS:TIER" in outcome.stderr


def test_the_policy_allows_to_list_and_to_read_and_nothing_else() -> None:
    outcome = runTool(RESTORE, ["--printPolicy", "s3://bucket/photos/a.jpg", "nowhere"])
    assert (outcome.status, outcome.stderr) == (0, "")
    listing, reading = json.loads(outcome.stdout)["Statement"]
    assert listing["Action"] == ["s3:ListBucket", "s3:ListBucketVersions"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["photos/a.jpg", "photos/a.jpg/*"]}}
    assert reading["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    assert reading["Resource"] == ["arn:aws:s3:::bucket/photos/a.jpg", "arn:aws:s3:::bucket/photos/a.jpg/*"]


@pytest.mark.parametrize("task", [("--list",), ("--list", "--since", "2026-01-01"), ("--find", "*")], ids=" ".join)
def test_who_only_lists_needs_to_read_nothing(task: tuple[str, ...]) -> None:
    outcome = runTool(RESTORE, ["--printPolicy", *task, "s3://bucket/pho?os/"])
    (listing,) = json.loads(outcome.stdout)["Statement"]
    assert listing["Action"] == ["s3:ListBucket", "s3:ListBucketVersions"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "pho${?}os/*"}}
