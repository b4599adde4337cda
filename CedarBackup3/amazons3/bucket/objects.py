"""Lists the objects of the target in key order; a listing counts only if the AWS CLI ended well.

A server gives a listing page by page, each page asked for when the one before has come. The source tells where the keys
are likely to be, so the listing is cut into key ranges, which are listed side by side.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import chain, pairwise
from typing import Any

from CedarBackup3.amazons3.aws.arguments import listArguments
from CedarBackup3.amazons3.aws.command import runAws
from CedarBackup3.amazons3.aws.session.client import SessionLost, sessionOf
from CedarBackup3.amazons3.aws.times import requireTime
from CedarBackup3.amazons3.bucket.insession import listInSession, listRange
from CedarBackup3.amazons3.bucket.pages import Next, Pages, goesOnBehind, nextAfter, requireInOrder
from CedarBackup3.amazons3.bucket.ranges import KeyRange, cutPoints
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import ObjectEntry
from CedarBackup3.amazons3.progress import OnProgress
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

_log = logging.getLogger("CedarBackup3.log")

_KEYS_PER_RANGE = 15_000  # fewer are listed in less time than another aws takes to start
_TICK = 0.2  # seconds
_MOST_RANGES = 4  # more cost more processor time than they save waiting


def rangeCount(files: int) -> int:
    """How many ranges pay for a source with that many files: an aws takes as long to start as to list 15,000 keys."""
    return min(_MOST_RANGES, 2 * (os.cpu_count() or 1), 1 + files // _KEYS_PER_RANGE)


@contextlib.contextmanager
def openListing(
    mirror: Mirror,
    samples: Sequence[bytes],
    ranges: int,
    onProgress: OnProgress,
    expected: int = 0,
    onRuled: Callable[[str, bool], object] = lambda name, isLeftOut: None,
) -> Iterator[Callable[[], Iterator[ObjectEntry]]]:
    """The objects of the target in key order, without folder markers; can be read again while the context lasts.

    A session lists them, which costs no more than the plain command and has all other questions answered as well. Where
    none can be had, and where it is lost, the plain command does, an aws for each range.

    Args:
        mirror: the target, and how to run aws
        samples: keys below the target's prefix at about even distances, ascending: where to cut it into ranges
        ranges: how many ranges are listed side by side; 0: as many as pay
        onProgress: is told how many keys have come
        expected: about how many there will be, or 0
        onRuled: called, in any thread, with each key that a rule matches, and whether it is left out

    Raises:
        CommandFailed: aws failed, or what it printed is no listing
    """
    keys = 0

    def count(number: int) -> None:
        nonlocal keys
        keys += number
        onProgress("listing", keys, 0, min(1.0, keys / expected) if expected else None)

    with contextlib.ExitStack() as stack:

        def makeRange(after: bytes, end: bytes | None) -> KeyRange:
            return KeyRange(mirror, after, end, stack.enter_context(Spool(ObjectEntry._make)), count, onRuled)

        listed: list[KeyRange] | None = None
        if session := sessionOf(mirror.aws, pays=True):
            try:
                listed = listInSession(session, mirror.location, makeRange, samples, ranges, expected, _sideBySide)
            except SessionLost as lost:
                _log.debug("The plain commands list %s again: %s", displayPath(mirror.location.url), lost)
                stack.close()
                keys = 0
        if listed is None:
            listed = _listPlainly(mirror, cutPoints(samples, ranges or rangeCount(expected)), makeRange)
        yield lambda: chain.from_iterable(wanted.objects for wanted in listed)


def objectNow(mirror: Mirror, key: bytes) -> ObjectEntry | None:
    """One object of the target as it is listed now; None: there is none.

    It takes no other permission than listing the target does.

    Args:
        mirror: the target, and how to run aws
        key: of the object, in ASCII

    Raises:
        CommandFailed: aws failed, or what it printed is no listing
    """

    def makeRange() -> KeyRange:
        objects = stack.enter_context(Spool(ObjectEntry._make))
        return KeyRange(mirror, key[:-1], key, objects, lambda number: None, lambda name, isLeftOut: None)

    with contextlib.ExitStack() as stack:
        wanted: KeyRange | None = None
        if session := sessionOf(mirror.aws, pays=False):
            try:
                listRange(session, mirror.location, wanted := makeRange())
            except SessionLost as lost:
                _log.debug("The plain command lists %s: %s", displayPath(key), lost)
                wanted = None
        if wanted is None:
            _list(mirror, wanted := makeRange(), threading.Event())
        return next((found for found in wanted.objects if found.key == key), None)


def _listPlainly(
    mirror: Mirror, cuts: Sequence[bytes], makeRange: Callable[[bytes, bytes | None], KeyRange]
) -> list[KeyRange]:
    """List the target by the plain command, the ranges between the cuts side by side."""
    cancelled = threading.Event()
    wanted = [makeRange(after, end) for after, end in pairwise([b"", *cuts, None]) if after is not None]
    _sideBySide([lambda each=each: _list(mirror, each, cancelled) for each in wanted], cancelled)  # type: ignore[misc]
    return wanted


def _sideBySide(work: Sequence[Callable[[], object]], cancelled: threading.Event) -> None:
    """Run functions in a thread each; the event tells the others that one has failed, or the run was interrupted."""
    with ThreadPoolExecutor(len(work)) as executor:
        try:
            running = {executor.submit(each) for each in work}
            while running:
                # A signal that comes just before a wait without end would not be noticed until its end.
                done, running = wait(running, _TICK, FIRST_COMPLETED)
                for ended in done:
                    ended.result()
        except BaseException:
            cancelled.set()  # the others need not go on, and must not outlive an interrupt
            raise


def _list(mirror: Mirror, wanted: KeyRange, cancelled: threading.Event) -> None:
    """List one range; its keys count only if the last page has come, or one that goes to its end."""

    def take(page: bytes) -> Next:
        found, follows = parsePage(page, wanted.prefix, wanted.last)
        isWhole = bool(found) and wanted.keep(*zip(*found, strict=True))
        return Next.UNWANTED if isWhole else follows

    isToGoOn = True
    while isToGoOn and not cancelled.is_set():
        pages = Pages(take)
        result = runAws(
            listArguments(mirror.location, wanted.lastKey.decode()),
            mirror.aws,
            onOutputLine=pages.take,
            shouldStop=lambda pages=pages: pages.isDone or cancelled.is_set(),  # type: ignore[misc]
        )
        if not cancelled.is_set():
            pages.requireComplete(result)
        isToGoOn = pages.isToGoOn


def _parts(printed: Any) -> Any:
    """The three parts of a page; of a wrapper of aws that prints keys alone they are taken for all of them."""
    isKeysAlone = printed is None or (isinstance(printed, list) and all(isinstance(row, list) for row in printed))
    return (printed, False, None) if isKeysAlone else printed


def parsePage(page: bytes, prefix: bytes, last: bytes) -> tuple[list[ObjectEntry], Next]:
    """The objects on a page as `awsarguments.listArguments` has it printed, and what follows it.

    Args:
        page: a JSON array of an array of `[size, time, etag, key]`, whether more follows, and the token for that
        prefix: of the target; the entries' keys come without it
        last: the whole key that the page begins after

    Raises:
        CommandFailed: this is no page, or not of this prefix, or not in key order, or it has a time that is none
    """
    try:
        listed, isTruncated, token = _parts(json.loads(page))
        rows = [
            (key.encode(), size + 0, str(modified), (etag or "") + "") for size, modified, etag, key in listed or ()
        ]
    except (ValueError, TypeError, AttributeError):  # the sums fail on what is no number and no text
        raise CommandFailed(f"The AWS CLI printed no listing, but: {displayPath(page[:200])}") from None
    requireInOrder((key for key, *_ in rows), prefix, last)
    start = len(prefix)
    for key, _, modified, _ in rows:
        requireTime(modified, key)
    entries = [ObjectEntry(key[start:], size, modified, etag) for key, size, modified, etag in rows]
    return entries, nextAfter(isTruncated, token, isEmpty=not entries, goesOnRight=goesOnBehind(token))
