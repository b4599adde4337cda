"""Prints what a bucket keeps, as lists of cback-amazons3-restore: a line for each file, version or change.

Each function prints JSON if `isJson`, columns otherwise, raises what `history` raises, and adds totals on
standard error where there are any. A report is clean if all that was listed is known.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.restore import versiontable
from CedarBackup3.amazons3.restore.between import ChangeTally, listChanges, shownBetween
from CedarBackup3.amazons3.restore.found import FoundTally, listFound
from CedarBackup3.amazons3.restore.history import openSnapshot, openVersions
from CedarBackup3.amazons3.restore.recorded import Recorded, openRecorded, withRecorded
from CedarBackup3.amazons3.restore.report import RestoreReport, Tally
from CedarBackup3.amazons3.restore.rules import AttributeRules
from CedarBackup3.amazons3.restore.scene import recordedPairs
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.tools.shared.answers import printAnswer, printBeside


def printVersions(selection: Selection, key: str, watcher: Watcher, *, isJson: bool) -> None:
    """Print all versions and delete markers, or those of one key; empty: of all."""
    if key:
        selection = replace(selection, only=selection.aws.locale.keyOf(os.fsencode(key)))
    with openVersions(selection, watcher) as (chosen, versions):
        _print(chosen, versions, isJson=isJson)


def printSnapshot(
    selection: Selection, watcher: Watcher, *, long: AttributeRules | None, isJson: bool
) -> RestoreReport:
    """Print what stood there at the moment; with rules for attributes also what is recorded of each path."""
    tally = Tally(watcher.findings)
    with (
        openVersions(selection, watcher, ofMoment=True) as (chosen, versions),
        openSnapshot(chosen, versions, tally) as snapshot,
    ):
        if chosen.moment:
            printBeside(chosen.shown)
        if long is None:
            _print(chosen, snapshot, isJson=isJson)
        else:
            with openRecorded(chosen, versions, tally, long) as recorded:
                _printLong(chosen, snapshot, recorded, tally, isJson=isJson)
    return tally.report()


def printChanges(selection: Selection, since: datetime, watcher: Watcher, *, isJson: bool) -> RestoreReport:
    """Print what was added, changed and deleted from a time to the moment of the selection."""
    tally, counted = Tally(watcher.findings), ChangeTally(watcher.findings)
    line = versiontable.changeJson if isJson else versiontable.changeRow
    with openVersions(selection, watcher) as (chosen, versions):
        changes = listChanges(chosen, since, versions, tally, counted)
        if _printListing(line(chosen.location, change) for change in changes):
            printBeside(f"{shownBetween(chosen, since)}: {counted.totals}")
    return tally.report()


def printFound(selection: Selection, pattern: str, watcher: Watcher, *, isJson: bool) -> None:
    """Print every version of the keys that match a pattern, with the time that brings it back."""
    counted, decoded = FoundTally(), selection.aws.locale.decoded(os.fsencode(pattern))
    line = versiontable.foundJson if isJson else versiontable.foundRow
    with openVersions(selection, watcher) as (chosen, versions):
        entries = listFound(chosen, decoded, versions, counted)
        if _printListing(line(chosen.location, found) for found in entries):
            printBeside(f"{chosen.url}: {counted.totals}")


def _print(selection: Selection, versions: Iterable[Version], *, isJson: bool) -> None:
    line = versiontable.versionJson if isJson else versiontable.versionRow
    _printListing(line(selection.location, version) for version in versions)


def _printLong(
    selection: Selection, snapshot: Spool[Version], recorded: Recorded, tally: Tally, *, isJson: bool
) -> None:
    line = versiontable.longJson if isJson else versiontable.longRow
    with withRecorded(selection, snapshot, recorded, tally) as known:
        pairs = recordedPairs(selection, recorded, known)
        _printListing(text for record, version in pairs if (text := line(selection.location, record, version)))


def _printListing(lines: Iterable[str]) -> bool:
    return printAnswer((f"{line}\n" for line in lines), "The listing")
