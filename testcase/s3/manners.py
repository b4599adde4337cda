"""How the listings of other servers differ from Amazon's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from testcase.s3.xmltext import timestamp


@dataclass(frozen=True, slots=True)
class Manners:
    """What a server does otherwise in its listings; as it is made, nothing."""

    encodesMarkers: bool = True
    """With `encoding-type=url`: whether the markers, and what is repeated of the request, are encoded as the keys are;
    clients decode all of them."""
    usesKeysAsTokens: bool = False
    """The token of ListObjectsV2 is the last key of the page."""
    repeatsKeys: bool = False
    """A key marker without a version id does not skip the versions of that key."""
    givesVersionMarkers: bool = True
    ignoresMarkers: bool = False
    """Every page is the first."""
    givesTokens: bool = True
    """Whether a page that is not the last has a token, or markers."""
    givesIsTruncated: bool = True
    givesEtags: bool = True
    time: Callable[[datetime], str] = timestamp
    """How LastModified is written."""
    order: Callable[[bytes], Any] | None = None
    """By what keys are sorted, in listings and behind markers; None: by their bytes, and only so delimiters work."""


def _utf16(key: bytes) -> bytes:
    return key.decode().encode("utf-16-be")


def _scattered(key: bytes) -> tuple[bytes, bytes]:
    # What is asked for behind a key has a NUL more than it.
    return hashlib.md5(key.rstrip(b"\0"), usedforsecurity=False).digest(), key


CEPH = Manners(encodesMarkers=False, usesKeysAsTokens=True, repeatsKeys=True)
"""As Ceph's gateway 16.2 was seen to answer."""
JAVASCRIPT = Manners(order=_utf16)
"""As servers answer that sort strings of UTF-16 by its units."""
UNSORTED = Manners(order=_scattered)
"""As a directory bucket may answer: in an order that no client can know, though always in the same."""
