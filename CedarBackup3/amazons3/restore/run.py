"""A whole restore, its preview, and the comparison of a directory with what stood in a bucket."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.restore import apply, history, plan, proof
from CedarBackup3.amazons3.restore.attributes import compareAttributes, restoreAttributes, restoreRoot
from CedarBackup3.amazons3.restore.recorded import openRecorded, withRecorded
from CedarBackup3.amazons3.restore.report import RestoreReport, Tally
from CedarBackup3.amazons3.restore.rules import ALL_BUT_OWNERS, AttributeRules
from CedarBackup3.amazons3.restore.scene import Scene
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import finish, ignoresCase, openStaging, requireRoom
from CedarBackup3.amazons3.restore.target import Target, openTarget, requireSamePlace


def runRestore(
    selection: Selection,
    path: bytes,
    watcher: Watcher,
    *,
    overwrite: bool,
    rules: AttributeRules = ALL_BUT_OWNERS,
) -> RestoreReport:
    """Bring what stood in a bucket into a directory, and prove that it arrived; every finding is logged.

    Args:
        selection: what is restored, as of when
        path: the directory, absolute; made if need be
        watcher: sees the progress
        overwrite: the directory need not be empty, and files are replaced
        rules: which of the stored attributes come back

    Raises:
        GuardRefused: the directory is not empty, a link on the way to it is another user's, or the bucket has no
            versions to tell what stood there
        LockHeld: another restore is at work in the directory
        CommandFailed: aws is missing, or cannot list the bucket
        CedarBackupError: nothing stood there, or the directory cannot be written to, or was moved meanwhile
    """
    tally, restore = Tally(watcher.findings), selection.identity
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        target = enter(openTarget(path))
        requireRoom(target, restore, overwrite=overwrite)
        chosen, versions = enter(history.openVersions(selection, watcher, ofMoment=True))
        stood = enter(history.openSnapshot(chosen, versions, tally))
        place = enter(openStaging(target, restore))
        root, local = place.target, plan.targetTree(chosen, target.path)
        safe = enter(plan.restorableVersions(chosen, local, stood, tally, isCaseInsensitive=place.isCaseInsensitive))
        recorded = enter(openRecorded(chosen, versions, tally, rules))
        snapshot = enter(withRecorded(chosen, safe, recorded, tally))
        scene = Scene(chosen, local, root, recorded, snapshot, rules, tally)
        with plan.planRestore(chosen, local, snapshot, tally, watcher, root=root, mayReplace=overwrite) as lacking:
            locked = chosen.keepingOpen(place.lock)
            apply.carryOut(locked, local, versions, lacking, place, tally, watcher)
        proof.proveTarget(chosen, local, snapshot, tally, watcher, root=root, isRestore=True)
        own = restoreAttributes(scene, watcher, mayReplace=overwrite)
        finish(place, isComplete=tally.isClean)
        restoreRoot(scene, own)
        report = proof.sumUp(chosen, local, tally, isRestore=True, isPrivate=not recorded.isThere)
        requireSamePlace(target, root, "restored into")
        return report


def previewRestore(
    selection: Selection,
    path: bytes,
    watcher: Watcher,
    *,
    overwrite: bool,
    rules: AttributeRules = ALL_BUT_OWNERS,
) -> RestoreReport:
    """Log what `runRestore` would do, and change nothing."""
    tally = Tally(watcher.findings)
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        target = enter(openTarget(path))
        requireRoom(target, selection.identity, overwrite=overwrite)
        scene = enter(_openScene(selection, target, tally, watcher, rules))
        chosen, local, root = scene.selection, scene.local, scene.root
        lacking = enter(
            plan.planRestore(chosen, local, scene.snapshot, tally, watcher, root=root, mayReplace=overwrite)
        )
        plan.logPlan(chosen, local, lacking)
    return tally.report()


def compareTarget(
    selection: Selection, path: bytes, watcher: Watcher, *, rules: AttributeRules = ALL_BUT_OWNERS
) -> RestoreReport:
    """Compare a directory with what stood in a bucket; every difference is logged; changes nothing."""
    tally = Tally(watcher.findings)
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        target = enter(openTarget(path))
        proof.requireDirectory(target)
        scene = enter(_openScene(selection, target, tally, watcher, rules))
        chosen, local, root = scene.selection, scene.local, scene.root
        proof.proveTarget(chosen, local, scene.snapshot, tally, watcher, root=root, isRestore=False)
        compareAttributes(scene, watcher)
        report = proof.sumUp(chosen, local, tally, isRestore=False, isPrivate=False)
        requireSamePlace(target, root, "compared")
        return report


@contextlib.contextmanager
def _openScene(
    selection: Selection, target: Target, tally: Tally, watcher: Watcher, rules: AttributeRules
) -> Iterator[Scene]:
    """What stood in the bucket, and what is recorded of it, beside a target in which nothing is made."""
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        chosen, versions = enter(history.openVersions(selection, watcher, ofMoment=True))
        stood = enter(history.openSnapshot(chosen, versions, tally))
        local = plan.targetTree(chosen, target.path)
        safe = enter(plan.restorableVersions(chosen, local, stood, tally, isCaseInsensitive=ignoresCase(target)))
        recorded = enter(openRecorded(chosen, versions, tally, rules))
        snapshot = enter(withRecorded(chosen, safe, recorded, tally))
        yield Scene(chosen, local, target.root, recorded, snapshot, rules, tally)
