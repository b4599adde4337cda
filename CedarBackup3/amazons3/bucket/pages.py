"""Reads a listing page by page as the AWS CLI prints it, and requires the server to report which page is the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from CedarBackup3.amazons3.aws.command import AwsResult, requireSuccess
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath


class Next(Enum):
    """What follows a page."""

    NOTHING = "nothing"
    """The server reports that it is the last one."""
    PAGE = "page"
    """Another one, which aws asks for."""
    UNKNOWN = "unknown"
    """The server does not report it. aws may go on; in the end it has to be asked for what is behind the last key."""
    OURS = "ours"
    """Another one that has to be asked for behind the last key: aws would go on elsewhere."""
    UNWANTED = "unwanted"
    """Only keys beyond the end of what is wanted."""


def nextAfter(isTruncated: object, marker: object, *, isEmpty: bool, goesOnRight: bool) -> Next:
    """What follows a page by what it says itself.

    Args:
        isTruncated: whether more follows, as the server reports; None: it does not
        marker: where it says to go on; None or empty: nowhere
        isEmpty: whether there are no keys on it
        goesOnRight: whether aws goes on where it should, if it does

    Raises:
        CommandFailed: more follows, but nothing shows where

    Some servers leave out whether more follows. A page without keys is their last one; behind any other there may be
    more. So it is with a server that says that nothing follows, and yet where to go on.
    """
    if isTruncated is True and (not marker or (isEmpty and not goesOnRight)):
        raise CommandFailed("The server reports that more keys follow, but not where the listing continues; run again")
    if isTruncated is True:
        return Next.PAGE if goesOnRight else Next.OURS
    if isEmpty or (isTruncated is False and not marker):
        return Next.NOTHING
    return Next.UNKNOWN if goesOnRight else Next.OURS


def goesOnBehind(marker: object) -> bool:
    """Whether aws goes on behind a marker; it takes this one for none, and begins again (botocore's paginator)."""
    return marker != "None"


class Pages:
    """Takes each page that aws prints, and gives it to a function, which returns what follows it.

    aws is to be stopped as soon as it can bring nothing more that is wanted, or a page is wrong: a server that begins
    again and again would never end.
    """

    def __init__(self, take: Callable[[bytes], Next], *, isOnePage: bool = False) -> None:
        self.next = Next.PAGE
        """What follows the last page that has come."""
        self._take = take
        self._isOnePage = isOnePage  # so aws asks for no other one
        self._failure: CommandFailed | None = None

    @property
    def isToGoOn(self) -> bool:
        """Whether we have to ask for what is behind the last key."""
        return self.next in {Next.OURS, Next.UNKNOWN}

    @property
    def isDone(self) -> bool:
        """Whether aws may be stopped."""
        return self._failure is not None or self.next in {Next.OURS, Next.UNWANTED}

    def take(self, page: bytes) -> None:
        """Take one page."""
        if self.isDone:
            return
        try:
            follows = self._take(page)
            self.next = Next.OURS if self._isOnePage and follows is Next.PAGE else follows
        except CommandFailed as failure:
            self._failure = failure

    def requireComplete(self, result: AwsResult) -> None:
        """Raise `CommandFailed` unless all that aws can bring has come."""
        if self._failure:
            if result.status > 0:  # aws says itself why it has printed no page
                requireSuccess(result)
            raise self._failure
        if self.isDone:
            return
        requireSuccess(result)
        if self.next is Next.PAGE:  # as before the first page
            raise CommandFailed(
                f"'aws {result.subcommand}' ended with status 0 before the last page of the listing; run again"
            )


def requireInOrder(keys: Iterable[bytes], prefix: bytes, last: bytes, *, mayRepeat: bool = False) -> None:
    """Raise `CommandFailed` unless keys ascend and begin with a prefix.

    Args:
        keys: whole ones
        prefix: of all of them
        last: the whole key that they come behind
        mayRepeat: whether a key may come again, and the last one, too
    """
    for key in keys:
        if not key.startswith(prefix):
            raise CommandFailed(f"The server listed {displayPath(key)}, which is not below {displayPath(prefix)}")
        if key < last or (key == last and not mayRepeat):
            raise CommandFailed(_disorder(key, last))
        last = key


def _disorder(key: bytes, last: bytes) -> str:
    """What is wrong where a key comes after one that it should come before, and what works all the same.

    Servers whose strings are UTF-16 (those in JavaScript or Java) sort by its units: characters beyond U+FFFF, each of
    which is two surrogates (U+D800 to U+DFFF) there, come before U+E000 to U+FFFF.
    """
    listed = f"The server listed {displayPath(key)} after {displayPath(last)}"
    if last.decode().encode("utf-16-be") < key.decode().encode("utf-16-be"):
        return (
            f"{listed}: it sorts keys in UTF-16 order, which differs where names have characters beyond U+FFFF, such "
            "as emoji; rename these, then run again"
        )
    return (
        f"{listed}: it does not list keys in order, which every comparison needs; 'aws s3 cp --recursive' works without"
    )
