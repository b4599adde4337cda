"""Keys in byte order, quick to add to and quick to search."""

from __future__ import annotations

from bisect import bisect_left, insort

# Below this many new keys, inserting each is cheaper than sorting all.
_FEW = 64


class SortedKeys:
    """A set of keys in byte order. Adding is cheap; the first reading afterwards pays for it."""

    def __init__(self) -> None:
        self._sorted: list[bytes] = []
        self._fresh: list[bytes] = []

    def note(self, key: bytes, wasIn: bool, isIn: bool) -> None:
        """Take the key in or out. The caller knows whether it was in."""
        if isIn and not wasIn:
            self._fresh.append(key)
        elif wasIn and not isIn:
            keys = self.inOrder()
            del keys[bisect_left(keys, key)]

    def inOrder(self) -> list[bytes]:
        """The keys; the list is the set's own, to be read and not kept."""
        if len(self._fresh) > _FEW:
            self._sorted += self._fresh
            self._sorted.sort()
        else:
            for key in self._fresh:
                insort(self._sorted, key)
        self._fresh.clear()
        return self._sorted

    def positionOf(self, key: bytes) -> int:
        """Where the first key not less than this one is."""
        return bisect_left(self.inOrder(), key)


def afterKey(key: bytes) -> bytes:
    """The least key greater than this one."""
    return key + b"\0"


def afterPrefix(prefix: bytes) -> bytes:
    """The least string greater than every key with this prefix."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1])
