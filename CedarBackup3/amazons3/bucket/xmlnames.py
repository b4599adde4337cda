"""Which names an XML document can hold: the answers and requests of S3 are such documents."""

from __future__ import annotations

import re

# "Char" in XML 1.0: what is none of it cannot be written in an XML document, escaped or not.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def fitsXml(name: str) -> bool:
    """Whether an XML document can hold a name as it is."""
    return not _NO_XML.search(name)
