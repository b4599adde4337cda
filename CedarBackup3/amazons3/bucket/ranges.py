"""A key range of a listing, which takes the pages that are listed of it and keeps its objects."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import compress

from CedarBackup3.amazons3.aws.patterns import matcher
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import ATTRIBUTES_KEY, ObjectEntry, isFolderMarker
from CedarBackup3.amazons3.spool import Spool


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


class KeyRange:
    """The keys below the target's prefix from behind one key to another, this included."""

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
        """None: the range has no end."""
        self.objects = objects
        """Those that have come and are wanted, in key order."""
        self.prefix = mirror.location.prefix.encode()
        self._isExcluded = matcher(mirror.tree.excludes)
        self._onKeys = onKeys

    @property
    def last(self) -> bytes:
        """The whole key behind which the next page begins; empty: with the first one."""
        return self.prefix + self.lastKey if self.lastKey else b""

    def keep(self, keys: Sequence[bytes], sizes: Sequence[int], times: Sequence[str], etags: Sequence[str]) -> bool:
        """Keep what is wanted of the next keys, which are below the prefix and in order; whether that was all of it."""
        self.lastKey = keys[-1] or self.lastKey
        isWhole = self.end is not None and keys[-1] >= self.end
        number = bisect_right(keys, self.end) if self.end is not None and isWhole else len(keys)
        self._onKeys(number)
        wanted = [self._isWanted(key, size) for key, size in zip(keys[:number], sizes[:number], strict=True)]
        self.objects.appendColumns([list(compress(column, wanted)) for column in (keys, sizes, times, etags)])
        return isWhole

    def _isWanted(self, key: bytes, size: int) -> bool:
        if self._isExcluded and key != ATTRIBUTES_KEY and self._isExcluded(key.decode()):
            return False
        return not (key[-1:] in b"/" and isFolderMarker(key, size))
