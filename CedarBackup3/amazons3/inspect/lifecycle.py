"""Judges the lifecycle rules of a bucket that touch what is below a prefix.

("PutBucketLifecycleConfiguration" in the Amazon S3 API Reference, "Managing the lifecycle of objects" and "Restoring an
archived object" in the S3 User Guide.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from CedarBackup3.amazons3.inspect.findings import Finding
from CedarBackup3.util import displayBytes, displayCount, displayPath

FEWEST_DAYS = 30
"""A mistake that is noticed later than an old version is removed cannot be undone; a month is the least."""

_RESTORING = {"GLACIER": "up to 12 hours", "DEEP_ARCHIVE": "12 to 48 hours"}


class Rule(NamedTuple):
    """A rule that touches the prefix."""

    name: str
    """As a page shows it: its ID in quotes, and which objects it is for if those are not all below the prefix."""
    isEnabled: bool
    isWhole: bool
    """Whether it is for all that is below the prefix."""
    isTagged: bool
    """Whether it is for objects with tags only, which an upload has not."""
    actions: Mapping[str, Any]
    """As S3 has them."""


def rulesTouching(configuration: Mapping[str, Any], prefix: str) -> Iterator[Rule]:
    """The rules for objects below a prefix, or for some of them.

    Args:
        configuration: as GetBucketLifecycleConfiguration gives it
        prefix: of whole keys
    """
    for number, rule in enumerate(configuration.get("Rules") or (), 1):
        filter_ = rule.get("Filter") or {}
        conditions = filter_.get("And") or filter_
        start = str(conditions.get("Prefix", rule.get("Prefix")) or "")
        if not (start.startswith(prefix) or prefix.startswith(start)):
            continue
        tags = conditions.get("Tags") or ([conditions["Tag"]] if conditions.get("Tag") else [])
        limits = [*_limits(conditions, start if len(start) > len(prefix) else "", tags)]
        name = f'rule "{displayPath(rule["ID"])}"' if rule.get("ID") else f"rule {number}"
        name += f" ({', '.join(limits)})" if limits else ""
        yield Rule(name, rule.get("Status") == "Enabled", not limits, bool(tags), rule)


def _limits(conditions: Mapping[str, Any], start: str, tags: list[Mapping[str, str]]) -> Iterator[str]:
    if start:
        yield f"only keys that begin with {displayPath(start)}"
    if tags:
        shown = ", ".join(displayPath(f"{tag.get('Key', '')}={tag.get('Value', '')}") for tag in tags)
        yield f"only objects tagged {shown}"
    if (least := conditions.get("ObjectSizeGreaterThan")) is not None:
        yield f"only above {displayBytes(int(least))}"
    if (most := conditions.get("ObjectSizeLessThan")) is not None:
        yield f"only below {displayBytes(int(most))}"


def endsUploadsAfter(rules: list[Rule]) -> int:
    """The days after which a rule ends every incomplete upload below the prefix; 0: none does."""
    days = (
        int((rule.actions.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation") or 0)
        for rule in rules
        if rule.isEnabled and rule.isWhole
    )
    return min(filter(None, days), default=0)


def lifecycleFindings(rules: list[Rule], *, keepsVersions: bool) -> Iterator[Finding]:
    """What the rules do to the objects of a mirror, one finding for each thing that one does.

    Args:
        rules: those that touch its prefix
        keepsVersions: whether the bucket has old versions
    """
    enabled = [rule for rule in rules if rule.isEnabled]
    for rule in enabled:
        yield from _ofCurrent(rule)
        yield from _ofOld(rule)
        yield from _transitions(rule)
    for rule in rules:
        if not rule.isEnabled:
            yield Finding("lifecycle", "note", f"{rule.name} is disabled, and does nothing")
    if keepsVersions and not any(rule.isWhole and _oldDays(rule) for rule in enabled):
        yield Finding("lifecycle", "note", "no rule removes all old versions here: they are kept, and paid for")
    if days := endsUploadsAfter(rules):
        yield Finding("lifecycle", "good", f"incomplete uploads end after {displayCount(days, 'day')}")
    else:
        yield Finding(
            "lifecycle",
            "note",
            "no rule ends every incomplete upload here",
            "Use --endIncompleteUploads DAYS, or a rule with AbortIncompleteMultipartUpload.",
        )


def _ofCurrent(rule: Rule) -> Iterator[Finding]:
    expiration = rule.actions.get("Expiration") or {}
    when = _when(expiration, "Days")
    if when and rule.isTagged:
        text = f"{rule.name} deletes current objects {when}; uploads have no tags, so it is not for them"
        yield Finding("lifecycle", "note", text)
    elif when:
        yield Finding(
            "lifecycle",
            "warning",
            f"{rule.name} deletes current objects {when}, although their files are still there",
            "Remove Days or Date from its Expiration: the proof of a run fails when files are missing, and each run "
            "uploads them again.",
        )


def _oldDays(rule: Rule) -> int:
    return int((rule.actions.get("NoncurrentVersionExpiration") or {}).get("NoncurrentDays") or 0)


def _ofOld(rule: Rule) -> Iterator[Finding]:
    expiration = rule.actions.get("NoncurrentVersionExpiration") or {}
    if not (days := _oldDays(rule)):
        return
    newer = int(expiration.get("NewerNoncurrentVersions") or 0)
    but = f", but for the newest {newer:,}" if newer else ""
    text = f"{rule.name} removes old versions {displayCount(days, 'day')} after they were replaced or deleted{but}"
    if days >= FEWEST_DAYS or rule.isTagged:
        yield Finding("lifecycle", "good", text)
    else:
        yield Finding(
            "lifecycle",
            "warning",
            text,
            f"Raise NoncurrentDays to {FEWEST_DAYS} or more: a mistake that is noticed later cannot be undone.",
        )


def _transitions(rule: Rule) -> Iterator[Finding]:
    moves = (("Transitions", "Days", "objects"), ("NoncurrentVersionTransitions", "NoncurrentDays", "old versions"))
    for name, days, what in moves:
        for move in rule.actions.get(name) or ():
            storageClass = str(move.get("StorageClass", ""))
            text = f"{rule.name} moves {what} to {displayPath(storageClass)} {_when(move, days)}".rstrip()
            if storageClass in _RESTORING:
                text += f": before a restore they have to be brought back, which takes {_RESTORING[storageClass]}"
            yield Finding("lifecycle", "note", text)


def _when(action: Mapping[str, Any], days: str) -> str:
    """When an action comes; empty if it never does."""
    if action.get(days) is not None:
        return f"after {displayCount(int(action[days]), 'day')}"
    return f"from {displayPath(str(action['Date'])[:10])} on" if action.get("Date") else ""
