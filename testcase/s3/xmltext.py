"""XML as S3 writes and reads it."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote_plus
from xml.etree import ElementTree

from testcase.s3.errors import S3Error

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

# Carriage return is allowed in XML and read as a newline; the others XML 1.0 cannot hold at all.
# S3 writes them as references nevertheless, over which clients stumble.
_SPECIAL = re.compile('[&<>"\x00-\x08\x0b-\x1f\ufffe\uffff]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escaped(text: str) -> str:
    return _SPECIAL.sub(_reference, text)


def element(name: str, text: str | int | bool) -> str:
    """An element that holds text."""
    if isinstance(text, bool):
        text = "true" if text else "false"
    return f"<{name}>{escaped(str(text))}</{name}>"


def group(name: str, *elements: str) -> str:
    """An element that holds elements."""
    return f"<{name}>{''.join(elements)}</{name}>"


def document(root: str, *elements: str) -> bytes:
    """A whole document in S3's namespace."""
    text = f'<{root} xmlns="{NAMESPACE}">{"".join(elements)}</{root}>'
    return _withDeclaration(text)


def errorDocument(error: S3Error, resource: str, requestId: str) -> bytes:
    return _withDeclaration(
        group(
            "Error",
            element("Code", error.code),
            element("Message", error.message),
            element("Resource", resource),
            element("RequestId", requestId),
            element("HostId", requestId * 4),
        )
    )


# Objects of one page mostly share few dates, and formatting them took half the time of a page.
@lru_cache(maxsize=4096)
def timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def urlEncoded(key: bytes) -> str:
    """A key as `encoding-type=url` has it: a space is `+`, a slash stays."""
    return quote_plus(key, safe="/*").replace("~", "%7E")


def parsed(body: bytes, root: str) -> ElementTree.Element:
    """The root element of a request's body, with the namespace taken from all names."""
    try:
        tree = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise S3Error("MalformedXML") from None
    for node in tree.iter():
        node.tag = node.tag.rpartition("}")[2]
    if tree.tag != root:
        raise S3Error("MalformedXML")
    return tree


def _withDeclaration(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _reference(match: re.Match[str]) -> str:
    character = match.group()
    return _ENTITIES.get(character) or f"&#x{ord(character):x};"
