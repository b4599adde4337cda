"""Asks S3 to bring back from archives what a restore needs.

First S3 is asked of each object that may be archived where it is. Then it is logged what will be asked for and what is
billed, and only then is it asked for; what somebody has asked for before is not asked for again.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.progress import Transfer, Watcher
from CedarBackup3.amazons3.restore import history, plan
from CedarBackup3.amazons3.restore.archive import (
    ArchiveFacts,
    Retrieval,
    archiveFacts,
    askForRetrieval,
    mayBeArchived,
)
from CedarBackup3.amazons3.restore.asking import Asking
from CedarBackup3.amazons3.restore.recorded import openRecorded, withRecorded
from CedarBackup3.amazons3.restore.report import KeyOutcome, RestoreReport, Tally, countsText
from CedarBackup3.amazons3.restore.rules import AttributeRules
from CedarBackup3.amazons3.restore.safepaths import alsoDirectories, unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import ignoresCase, requireRoom
from CedarBackup3.amazons3.restore.target import openTarget
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayBytes, displayCount, displayPath

_log = logging.getLogger("CedarBackup3.log")

_DAY = 86_400.0  # seconds
# API Reference, "RestoreObject": how long each usually takes, and in the deep archives.
_EXPECTED = {
    "Expedited": ("1 to 5 minutes", ""),
    "Standard": ("3 to 5 hours", "12 hours"),
    "Bulk": ("5 to 12 hours", "48 hours"),
}
_BACK_BY_NOW = {
    "RestoreAlreadyInProgress": KeyOutcome.ASKED_BEFORE,
    "ObjectAlreadyInActiveTierError": KeyOutcome.READABLE,
}
"""The errors of RestoreObject that are none: somebody else has asked for it."""


class _Found(NamedTuple):
    """An object that a restore needs, and where it is."""

    prefix: str
    """With which its whole key begins."""
    fields: tuple[Any, ...]
    """Of the version."""
    outcome: str
    """What comes of it, as a `KeyOutcome`; empty: it is to be asked for."""
    storageClass: str = ""
    isDeep: bool = False
    isThere: bool = False
    """Whether it can be read, but not for as long as is wanted."""
    reason: str = ""
    """Why it cannot be asked for."""

    @property
    def version(self) -> Version:
        return Version._make(self.fields)


@dataclass(frozen=True, slots=True)
class _Thaw:
    """What the parts of it have in common."""

    selection: Selection
    retrieval: Retrieval
    asking: Asking
    tally: Tally
    wanted: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """How many are to be asked for, by storage class and whether that is deep."""
    facts: Counter[str] = field(default_factory=Counter)
    """Of these the `size`, and how many are `there`."""

    def locationOf(self, prefix: str) -> S3Location:
        return replace(self.selection.location, prefix=prefix)


def thawArchived(
    selection: Selection,
    path: bytes | None,
    watcher: Watcher,
    *,
    retrieval: Retrieval,
    overwrite: bool,
    rules: AttributeRules,
    isPreview: bool,
) -> RestoreReport:
    """Ask S3 to bring back from archives what a restore needs; what cannot be asked for is logged one by one.

    Args:
        selection: what is to be restored, as of when
        path: the directory of the restore, absolute, so that only what it lacks is needed; None: all is
        watcher: sees the progress
        retrieval: for how long, and how quickly
        overwrite: whether the restore may replace files
        rules: which of the stored attributes it wants
        isPreview: whether what would be asked for is only logged

    Returns:
        a report that is clean if all that the restore needs can be read or was asked for

    Raises:
        GuardRefused: the restore would be refused
        CommandFailed: aws is missing, or cannot list the bucket
        CedarBackupError: nothing stood there
    """
    tally = Tally(watcher.findings)
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        target = enter(openTarget(path)) if path is not None else None
        if target is not None:
            requireRoom(target, selection.identity, overwrite=overwrite)
        chosen, versions = enter(history.openVersions(selection, watcher, ofMoment=True))
        snapshot = enter(history.openSnapshot(chosen, versions, tally))
        thaw = _Thaw(chosen, retrieval, Asking(chosen.aws), tally)
        toAsk = enter(Spool(_Found._make))
        if not _takeAttributes(thaw, versions, rules, toAsk):  # the restore goes by times and contents without them
            rules = replace(rules, isWanted=False)
        if target is None:
            _look(thaw, _possible(snapshot, chosen.aws.locale), toAsk, watcher)
        else:
            local, isCaseless = plan.targetTree(chosen, target.path), ignoresCase(target)
            safe = enter(plan.restorableVersions(chosen, local, snapshot, tally, isCaseInsensitive=isCaseless))
            recorded = enter(openRecorded(chosen, versions, tally, rules))
            known = enter(withRecorded(chosen, safe, recorded, tally))
            with plan.planRestore(
                chosen, local, known, tally, watcher, root=target.root, mayReplace=overwrite
            ) as lacking:
                _look(thaw, lacking.versions, toAsk, watcher)
        _announce(thaw, isPreview=isPreview)
        if isPreview:
            _preview(thaw, toAsk)
        else:
            _ask(thaw, toAsk, watcher)
        return _summedUp(thaw, isPreview=isPreview)


def _possible(snapshot: Spool[Version], locale: AwsLocale) -> Iterator[Version]:
    """What can be a file in some directory; the restore reports the rest, and nobody is to pay for that."""
    directories = alsoDirectories(version.key for version in snapshot if not unsafeReason(version.key, locale))
    return (each for each in snapshot if not unsafeReason(each.key, locale) and each.key not in directories)


def _takeAttributes(thaw: _Thaw, versions: Spool[Version], rules: AttributeRules, toAsk: Spool[_Found]) -> bool:
    """Look where the object of the attributes is, if the restore wants it; returns whether it can be read."""
    if not rules.isWanted:
        return False
    stored = history.attributesAt(thaw.selection, versions, thaw.tally, rules.backup)
    if stored is None or not mayBeArchived(stored.version):
        return True
    found = _found(thaw, stored.location.prefix, stored.version)
    _take(thaw, found, lambda kept: toAsk.append([kept]))
    return found.isThere or found.outcome == KeyOutcome.READABLE.name


def _look(thaw: _Thaw, needed: Iterable[Version], toAsk: Spool[_Found], watcher: Watcher) -> None:
    """Look where each of the objects is, and keep those that are to be asked for."""
    prefix, count = thaw.selection.location.prefix, 0

    def doubtful() -> Iterator[Version]:
        for version in needed:
            if mayBeArchived(version):
                yield version
            else:
                thaw.tally.fine(KeyOutcome.READABLE, version.size or 0)

    watcher("archive")
    asked = thaw.asking.each(doubtful(), lambda version: _found(thaw, prefix, version))
    with toAsk.appending() as keep, asked as results:
        for found in results:
            count += 1
            watcher("archive", count)
            _take(thaw, found, keep)


def _found(thaw: _Thaw, prefix: str, version: Version) -> _Found:
    """Where an object is; any thread may ask."""
    named = (prefix, tuple(version))
    where, aws, stop = thaw.locationOf(prefix), thaw.selection.aws, thaw.asking.shouldStop
    try:
        facts = thaw.asking.answer(lambda session: archiveFacts(where, aws, version, session, stop))
    except CommandFailed as failure:
        return _Found(*named, KeyOutcome.NOT_ASKED.name, version.storageClass, reason=str(failure))
    days, tier = thaw.retrieval
    isThere, canAsk = _isThere(facts), bool(_EXPECTED[tier][facts.isDeep])
    reason, outcome = "", ""
    if facts.state == "thawing":
        outcome = KeyOutcome.ASKED_BEFORE.name
    elif isThere and not (canAsk and _isShort(facts, days)):
        outcome = KeyOutcome.READABLE.name
    elif not canAsk:
        outcome, reason = KeyOutcome.NOT_ASKED.name, f"nothing there comes back with {tier}; use Standard or Bulk"
    return _Found(*named, outcome, facts.storageClass, facts.isDeep, isThere, reason)


def _isThere(facts: ArchiveFacts) -> bool:
    """Whether it can be read; a copy that has run out may be removed at any moment, and is listed until then."""
    return facts.state == "readable" and (facts.expires is None or facts.expires > time.time())


def _isShort(facts: ArchiveFacts, days: int) -> bool:
    """Whether a copy is removed so long before the wanted time that it is worth a request.

    Amazon removes it at the midnight behind its days, so that less than a day tells nothing.
    """
    return facts.expires is not None and facts.expires < time.time() + max(days - 1, 0.5) * _DAY


def _take(thaw: _Thaw, found: _Found, keep: Callable[[_Found], object]) -> None:
    """Count what was found, and keep what is to be asked for."""
    if found.outcome:
        _conclude(thaw, found, KeyOutcome[found.outcome], found.reason)
        return
    thaw.wanted[found.storageClass, found.isDeep] += 1
    thaw.facts["size"] += found.version.size or 0
    thaw.facts["there"] += found.isThere
    keep(found)


def _conclude(thaw: _Thaw, found: _Found, outcome: KeyOutcome, reason: str) -> None:
    version = found.version
    size = version.size or 0
    if outcome is KeyOutcome.NOT_ASKED:
        line = f"Not asked for: {_shown(thaw, found)}: {reason}"
        thaw.tally.wrong(outcome, version.key, size, line, reason)
    else:
        thaw.tally.fine(outcome, size)


def _shown(thaw: _Thaw, found: _Found) -> str:
    version = found.version
    url = displayPath(thaw.locationOf(found.prefix).url) + displayPath(version.key)
    return f"{url} ({displayCount(version.size or 0, 'byte')}, {found.storageClass})"


def _announce(thaw: _Thaw, *, isPreview: bool) -> None:
    """Log what will be asked for, what is billed, and when it is expected."""
    count, (days, tier) = thaw.wanted.total(), thaw.retrieval
    if not count:
        return
    size, there = displayBytes(thaw.facts["size"]), thaw.facts["there"]
    _log.info(
        "%s %s (%s) with %s for %s, by as many requests%s",
        "Would ask for" if isPreview else "Asking for",
        *(displayCount(count, "object"), size, tier, displayCount(days, "day")),
        f"; {there:,} of them can be read already, but not for as long" if there else "",
    )
    _log.info(
        "Each of these requests and what they retrieve is billed, by storage class and tier: 'Data Retrieval requests' "
        "and 'Data retrievals' of the price list of Amazon S3; so are, as S3 Standard storage, the copies"
    )
    _log.info(
        "According to Amazon (API Reference, RestoreObject) they usually are back within %s",
        ", ".join(f"{_EXPECTED[tier][isDeep]} ({kind}: {number:,})" for (kind, isDeep), number in thaw.wanted.items()),
    )


def _preview(thaw: _Thaw, toAsk: Spool[_Found]) -> None:
    lines = CappedLines("objects that would be asked for", logging.INFO)
    for found in toAsk:
        lines.log(f"Would ask for {_shown(thaw, found)}")
    lines.finish()


def _ask(thaw: _Thaw, toAsk: Spool[_Found], watcher: Watcher) -> None:
    """Ask for each of them."""
    transfer = Transfer(watcher, "thaw", thaw.wanted.total(), thaw.facts["size"])
    transfer.begin()
    with thaw.asking.each(toAsk, lambda found: (found, *_asked(thaw, found))) as results:
        for found, outcome, reason in results:
            _conclude(thaw, found, outcome, reason)
            transfer.count(1, found.version.size or 0)


def _asked(thaw: _Thaw, found: _Found) -> tuple[KeyOutcome, str]:
    """What comes of asking for one, and why it could not be asked for; any thread may ask."""
    where, aws, stop = thaw.locationOf(found.prefix), thaw.selection.aws, thaw.asking.shouldStop
    wanted = (found.version, found.storageClass, thaw.retrieval)
    try:
        thaw.asking.answer(lambda session: askForRetrieval(where, aws, *wanted, session, stop), _BACK_BY_NOW)
    except CommandFailed as failure:
        outcome = _BACK_BY_NOW.get(failure.code, KeyOutcome.NOT_ASKED)
        return outcome, str(failure)
    return KeyOutcome.ASKED, ""


def _summedUp(thaw: _Thaw, *, isPreview: bool) -> RestoreReport:
    report, shown = thaw.tally.report(), thaw.selection.shown
    isComing = report.counts.get(KeyOutcome.ASKED) or report.counts.get(KeyOutcome.ASKED_BEFORE)
    what = "Asked for" if isComing else "Nothing to thaw"
    if not report.isClean:
        _log.error("Not all can be thawed: %s: %s", shown, countsText(report))
    elif not (isPreview and thaw.wanted):
        back = "; run the restore when they are back, it reports which are not" if isComing else ""
        _log.info("%s: %s: %s%s", what, shown, countsText(report), back)
    return report
