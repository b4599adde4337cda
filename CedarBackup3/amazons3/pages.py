"""What aws prints of a listing, taken a page and line at a time, and believed only when aws ended well."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from CedarBackup3.amazons3.awscli import AwsResult, requireSuccess
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath


class Pages:
    """Stands in for the file that aws prints to, and gives each page to a function.

    The function returns whether a key has come beyond the end of what is wanted, so that all up to the end has come,
    too. What it raises about a page is kept until aws has ended, since aws may yet say itself why.
    """

    def __init__(self, take: Callable[[bytes], bool]) -> None:
        self.isPast = False
        """Whether all that is wanted has come, so that aws may be stopped."""
        self._take = take
        self._failure: CommandFailed | None = None

    def write(self, page: bytes) -> None:
        """Take one page."""
        if self.isPast or self._failure:
            return
        try:
            self.isPast = self._take(page)
        except CommandFailed as failure:
            self._failure = failure

    def flush(self) -> None:
        """As files have it."""

    def requireComplete(self, result: AwsResult) -> None:
        """Raise `CommandFailed` unless all that is wanted has come."""
        if not self.isPast:
            requireSuccess(result)
        if self._failure:
            raise self._failure


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
            raise CommandFailed(f"aws listed {displayPath(key)}, which is not below {displayPath(prefix)}")
        if key < last or (key == last and not mayRepeat):
            raise CommandFailed(
                f"aws listed {displayPath(key)} after {displayPath(last)}: the server keeps no key order"
            )
        last = key
