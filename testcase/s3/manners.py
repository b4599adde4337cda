"""How the listings of other servers differ from Amazon's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

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


CEPH = Manners(encodesMarkers=False, usesKeysAsTokens=True, repeatsKeys=True)
"""As Ceph's gateway 16.2 was seen to answer."""
