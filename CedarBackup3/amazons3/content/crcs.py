"""CRCs that the standard library has not, as quick as Python's large integers: some 60 MB/s.

A block is a polynomial over two elements, as an integer in reflected order: bit 0 of byte 0 is its highest coefficient.
Its higher part is multiplied by the remainder of the power of x behind it and added to the lower part, a shift and an
exclusive or for each bit of that remainder. So each step halves the block, and the last bytes go through a table.
"""

from __future__ import annotations

import sys
from array import array
from functools import cache

from CedarBackup3.amazons3.content.digests import Data

_BLOCK = 61_456  # bytes; each step comes close to halving it, and what it works on stays in the processor's cache
_LEAST = 256  # bytes; the table takes fewer in less time


class ReflectedCrc:
    """A CRC that begins with ones and is inverted in the end."""

    def __init__(self, polynomial: int, length: int) -> None:
        """Begin.

        Args:
            polynomial: reflected, without its highest coefficient
            length: of the CRC, in bytes
        """
        self._polynomial, self._length = polynomial, length
        self._ones = (1 << 8 * length) - 1
        self._value = self._ones

    def update(self, data: Data, /) -> None:
        """Take some more."""
        view = memoryview(data)
        for start in range(0, len(view), _BLOCK):
            block = view[start : start + _BLOCK]
            if len(block) > _LEAST:
                value = self._value ^ int.from_bytes(block, "little")
                block = memoryview(_folded(value, len(block), self._polynomial, self._length))
                self._value = 0
            self._value = _stepped(self._value, block, self._polynomial)

    def digest(self) -> bytes:
        """The CRC of all that came."""
        return (self._value ^ self._ones).to_bytes(self._length, "big")


def _folded(value: int, size: int, polynomial: int, length: int) -> bytes:
    """Few bytes that have the same remainder as a block of so many bytes."""
    while size > _LEAST:
        kept = _LEAST - length
        while 2 * kept < size:  # so that few powers are ever wanted, however long the last blocks of files are
            kept = 2 * kept - length
        half = size - kept
        power = _power(8 * kept, polynomial, 8 * length)
        higher = (value & (1 << 8 * half) - 1) << 8 * (kept - half) + 1
        value = value >> 8 * half << 8 * length
        while power:
            if power & 1:
                value ^= higher
            higher <<= 1
            power >>= 1
        size = kept + length
    return value.to_bytes(size, "little")


def _stepped(value: int, data: memoryview, polynomial: int) -> int:
    """The remainder after some more bytes, two at a step."""
    table, byteTable = _wordTable(polynomial), _byteTable(polynomial)
    even = len(data) & ~1
    words = array("H", bytes(data[:even]))
    if sys.byteorder == "big":
        words.byteswap()
    for word in words:
        value = table[(value ^ word) & 0xFFFF] ^ value >> 16
    for byte in data[even:]:
        value = byteTable[(value ^ byte) & 0xFF] ^ value >> 8
    return value


@cache
def _power(exponent: int, polynomial: int, width: int) -> int:
    """The remainder of a power of x."""
    result, base = 1 << (width - 1), 1 << (width - 2)
    while exponent:
        if exponent & 1:
            result = _product(result, base, polynomial, width)
        base = _product(base, base, polynomial, width)
        exponent >>= 1
    return result


def _product(one: int, other: int, polynomial: int, width: int) -> int:
    result = 0
    for bit in reversed(range(width)):
        if other >> bit & 1:
            result ^= one
        one = one >> 1 ^ (polynomial if one & 1 else 0)
    return result


@cache
def _byteTable(polynomial: int) -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)  # noqa: PLW2901
        table.append(value)
    return tuple(table)


@cache
def _wordTable(polynomial: int) -> tuple[int, ...]:
    table = _byteTable(polynomial)
    halves = ((table[low] ^ high) for high in range(256) for low in range(256))
    return tuple(table[half & 0xFF] ^ half >> 8 for half in halves)
