"""Lists the objects of the target through a session: one aws, which lists as many ranges as latency asks for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import pairwise
from operator import lt
from threading import Event

from CedarBackup3.amazons3.aws.session.client import ObjectPage, Session
from CedarBackup3.amazons3.aws.times import requireTime
from CedarBackup3.amazons3.bucket.pages import Next, nextAfter, requireInOrder
from CedarBackup3.amazons3.bucket.ranges import KeyRange, cutPoints
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import CommandFailed

_PAGES_MEASURED = 2  # the first one may wait for a connection, and for credentials
_SECONDS_PER_RANGE = 0.0065  # what a page costs the one Python that lists all ranges
_MOST_RANGES = 16  # more keep it busy without a gain
_KEYS_PER_RANGE = 2_000

MakeRange = Callable[[bytes, bytes | None], KeyRange]


def sessionRangeCount(took: float, keys: int) -> int:
    """How many ranges pay where a page takes so many seconds, and so many keys are to come.

    As long as one page is waited for, others can be asked for and read.
    """
    return max(1, min(_MOST_RANGES, round(took / _SECONDS_PER_RANGE), 1 + keys // _KEYS_PER_RANGE))


def listInSession(
    session: Session,
    location: S3Location,
    makeRange: MakeRange,
    samples: Sequence[bytes],
    ranges: int,
    expected: int,
    sideBySide: Callable[[Sequence[Callable[[], object]], Event], None],
) -> list[KeyRange]:
    """List the target; returns the ranges in key order.

    Args:
        session: answers
        location: of the target
        makeRange: makes a range from behind a key to another, or to the end of all
        samples: keys below the prefix at about even distances, ascending
        ranges: how many; 0: as many as pay
        expected: about how many keys there will be
        sideBySide: runs functions in threads, and sets the event if the work is given up

    Raises:
        SessionLost: the session is lost; what has come is no listing
        CommandFailed: S3 or aws refuses, or what has come is no listing
    """
    cancelled = Event()
    first = makeRange(b"", None)
    with contextlib.closing(_pages(session, location, first, cancelled)) as pages:
        taken, tooks = 0, []
        for page in pages:
            tooks.append(page.took)
            taken += len(page.keys)
            if len(tooks) == (1 if ranges else _PAGES_MEASURED):
                break
        else:
            return [first]
        number = ranges or sessionRangeCount(min(tooks), expected - taken)
        cuts = cutPoints([key for key in samples if key > first.lastKey], number)
        first.end = cuts[0] if cuts else None
        others = [makeRange(after, end) for after, end in pairwise([*cuts, None]) if after is not None]

        def drain(stream: Iterator[ObjectPage]) -> None:
            for _ in stream:
                pass

        work = [lambda: drain(pages)]
        work += [lambda each=each: drain(_pages(session, location, each, cancelled)) for each in others]  # type: ignore[misc]
        sideBySide(work, cancelled)
    return [first, *others]


def listRange(session: Session, location: S3Location, wanted: KeyRange) -> None:
    """List one range; the errors are those of `listInSession`."""
    with contextlib.closing(_pages(session, location, wanted, Event())) as pages:
        for _ in pages:
            pass


def _pages(
    session: Session, location: S3Location, wanted: KeyRange, cancelled: Event
) -> Generator[ObjectPage, None, None]:
    """The pages of a range, each taken into it; they end only where it is whole, or the work is given up."""
    prefix = location.prefix
    follows = Next.UNKNOWN
    while follows is Next.UNKNOWN:
        after = wanted.last.decode()
        end = prefix + wanted.end.decode() if wanted.end is not None else None
        listed = session.listObjects(location.bucket, prefix, after, end, shouldStop=cancelled.is_set)
        follows = Next.PAGE
        with contextlib.closing(listed):
            for page in listed:
                follows = _taken(page, wanted)
                yield page
                if follows is Next.UNWANTED:
                    return
        if cancelled.is_set():
            return
        if follows is Next.PAGE:
            raise CommandFailed("The AWS CLI ended a listing before its last page had come; run again")


def _taken(page: ObjectPage, wanted: KeyRange) -> Next:
    """Take a page into its range; returns what follows it."""
    keys, prefix, last = asText(page.keys), wanted.prefix, wanted.last
    follows = nextAfter(page.isTruncated, page.token, isEmpty=not keys, goesOnRight=True)
    if not keys:
        return follows
    # Between two keys that begin with the prefix there is none that does not.
    isInOrder = keys[0] > last and keys[0].startswith(prefix) and keys[-1].startswith(prefix)
    if not (isInOrder and all(map(lt, keys, keys[1:]))):
        requireInOrder(keys, prefix, last)
    for time in set(page.times):
        requireTime(time, keys[page.times.index(time)])
    start = len(prefix)
    isWhole = wanted.keep([key[start:] for key in keys], page.sizes, page.times, page.etags)
    return Next.UNWANTED if isWhole else follows


def asText(keys: list[bytes]) -> list[bytes]:
    """The keys as aws reads them: what is no UTF-8 in them is replaced."""
    try:
        b"\n".join(keys).decode()
    except UnicodeDecodeError:
        return [key.decode("utf-8", "replace").encode() for key in keys]
    return keys
