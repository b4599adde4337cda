"""Lists the objects of the target in key order; a listing counts only if the AWS CLI ended well.

A server gives a listing page by page, each page asked for when the one before has come. The source tells where the keys
are likely to be, so the listing is cut into key ranges, which are listed side by side.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import chain, pairwise
from typing import Any

from CedarBackup3.amazons3.aws.arguments import listArguments
from CedarBackup3.amazons3.aws.command import runAws
from CedarBackup3.amazons3.aws.patterns import matcher
from CedarBackup3.amazons3.aws.times import requireTime
from CedarBackup3.amazons3.bucket.pages import Next, Pages, goesOnBehind, nextAfter, requireInOrder
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import ObjectEntry, isFolderMarker
from CedarBackup3.amazons3.progress import OnProgress
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

_KEYS_PER_RANGE = 15_000  # fewer are listed in less time than another aws takes to start
_TICK = 0.2  # seconds
_MOST_RANGES = 4  # more cost more processor time than they save waiting


def rangeCount(files: int) -> int:
    """How many ranges pay for a source with that many files: an aws takes as long to start as to list 15,000 keys."""
    return min(_MOST_RANGES, 2 * (os.cpu_count() or 1), 1 + files // _KEYS_PER_RANGE)


def cutPoints(samples: Sequence[bytes], ranges: int) -> list[bytes]:
    """The strings that cut the key space into about even ranges, fewer where the samples do not tell as many apart."""
    chosen = {_cut(samples[len(samples) * number // ranges]) for number in range(1, ranges) if samples}
    return sorted(chosen - {b""})


def _cut(key: bytes) -> bytes:
    """As much of a key as can be asked for, and has the same keys before it by the order of UTF-8 as of UTF-16.

    A server that keeps the latter would else list in neither range what is between both orders.
    """
    try:
        return re.split("[\ue000-\U0010ffff]", key.decode())[0].encode()
    except UnicodeDecodeError:  # no key of a bucket
        return b""


@contextlib.contextmanager
def openListing(
    mirror: Mirror, cuts: Sequence[bytes], onProgress: OnProgress, expected: int = 0
) -> Iterator[Callable[[], Iterator[ObjectEntry]]]:
    """The objects of the target in key order, without folder markers; can be read again while the context lasts.

    Args:
        mirror: the target, and the locale to run aws in
        cuts: keys below the target's prefix, ascending: the ranges between them are listed side by side
        onProgress: is told how many keys have come
        expected: about how many there will be, or 0

    Raises:
        CommandFailed: aws failed, or what it printed is no listing
    """
    bounds = list(pairwise([b"", *cuts, None]))
    keys = 0
    cancelled = threading.Event()

    def count(number: int) -> None:
        nonlocal keys
        keys += number
        onProgress("listing", keys, 0, min(1.0, keys / expected) if expected else None)

    with contextlib.ExitStack() as stack:
        ranges = [
            _Range(mirror, after, end, stack.enter_context(Spool(ObjectEntry._make)), count)
            for after, end in bounds
            if after is not None
        ]
        with ThreadPoolExecutor(len(ranges)) as executor:
            try:
                listings = {executor.submit(_list, mirror, wanted, cancelled) for wanted in ranges}
                while listings:
                    # A signal that comes just before a wait without end would not be noticed until its end.
                    done, listings = wait(listings, _TICK, FIRST_COMPLETED)
                    for listed in done:
                        listed.result()
            except BaseException:
                cancelled.set()  # the others need not go on, and must not outlive an interrupt
                raise
        yield lambda: chain.from_iterable(wanted.objects for wanted in ranges)


def _list(mirror: Mirror, wanted: _Range, cancelled: threading.Event) -> None:
    """List one range; its keys count only if the last page has come, or one that goes beyond the end."""
    isToGoOn = True
    while isToGoOn and not cancelled.is_set():
        pages = Pages(wanted.take)
        result = runAws(
            listArguments(mirror.location, wanted.lastKey.decode()),
            mirror.aws,
            onOutputLine=pages.take,
            shouldStop=lambda pages=pages: pages.isDone or cancelled.is_set(),  # type: ignore[misc]
        )
        if not cancelled.is_set():
            pages.requireComplete(result)
        isToGoOn = pages.isToGoOn


class _Range:
    """One key range, which takes the pages of its listing and keeps its objects."""

    def __init__(
        self,
        mirror: Mirror,
        after: bytes,
        end: bytes | None,
        objects: Spool[ObjectEntry],
        onKeys: Callable[[int], object],
    ) -> None:
        self.lastKey = after
        """What is below the prefix behind this is still to be listed."""
        self.end = end
        self.objects = objects
        self._prefix = mirror.location.prefix.encode()
        self._isExcluded = matcher(mirror.tree.excludes)
        self._onKeys = onKeys

    def take(self, page: bytes) -> Next:
        """Take one page; returns what follows it."""
        found, follows = parsePage(page, self._prefix, self._prefix + self.lastKey if self.lastKey else b"")
        if not found:
            return follows
        self.lastKey = found[-1].key or self.lastKey
        isPast = self.end is not None and found[-1].key > self.end
        if self.end is not None and isPast:
            found = [entry for entry in found if entry.key <= self.end]
        self._onKeys(len(found))
        if self._isExcluded:
            found = [entry for entry in found if not self._isExcluded(entry.key.decode())]
        self.objects.append([entry for entry in found if not isFolderMarker(entry.key, entry.size)])
        return Next.UNWANTED if isPast else follows


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
