"""The customer's key with which objects are encrypted (SSE-C): read from its file once, and handed to aws unseen.

Whoever could read it could decrypt the objects, and whoever could replace it would decide whether they can ever be read
again. Every aws gets it in a file without a name, so that it is in no argument, variable or log, and nothing that is
done to the user's file meanwhile matters. (`--sse-c-key` of "aws s3" and `--sse-customer-key` of "aws s3api" take raw
bytes from `fileb://`, versions 1 and 2 alike.)
"""

from __future__ import annotations

import base64
import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator

from CedarBackup3.errors import CedarBackupError, UsageError
from CedarBackup3.places import Place, StrangersLink, fileExposure, isReadableByOthers, placeOfFile
from CedarBackup3.util import displayPath, reasonText

KEY_LENGTH = 32
"""Bytes of a key of AES-256 (S3 User Guide, "Specifying server-side encryption with customer-provided keys")."""

_ENCODED = {2 * KEY_LENGTH: "xxd -r -p", 44: "base64 -d"}  # the length of the texts, and what decodes them
_MAKE = f"'openssl rand -out FILE {KEY_LENGTH}' makes one"


def readCustomerKey(path: bytes) -> bytes:
    """The key that a file holds; it is opened once.

    Raises:
        UsageError: it holds no key, others could read it, or could put another in its place
    """
    shown = displayPath(path)
    try:
        with placeOfFile(path) as (place, name), _opened(place, name) as descriptor:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UsageError(f"the key file {shown} is not a regular file")
            _refuseReplaceable(shown, place.exposure or fileExposure(descriptor))
            if isReadableByOthers(descriptor):
                raise UsageError(f"the key file {shown} can be read by others; make it private with 'chmod 600'")
            key = os.read(descriptor, _LONGEST)
    except StrangersLink as reason:
        _refuseReplaceable(shown, str(reason))
    except (OSError, ValueError) as error:
        raise UsageError(f"the key file {shown} cannot be read: {reasonText(error)}") from None
    if len(key) != KEY_LENGTH:
        raise UsageError(f"the key file {shown} {_lengthProblem(key)}")
    return key


_LONGEST = 1 << 12


def _refuseReplaceable(shown: str, why: str) -> None:
    if why:
        raise UsageError(
            f"the key file {shown} could be replaced by others: {why}; keep it in a directory of this user or of root"
        )


@contextlib.contextmanager
def _opened(place: Place, name: bytes) -> Iterator[int]:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # nobody waits for the other end of a pipe
    try:
        descriptor = os.open(name, flags, dir_fd=place.descriptor)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise StrangersLink(f"it is a link, and {place.weakness}") from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lengthProblem(key: bytes) -> str:
    decoder = _ENCODED.get(len(key.strip()))
    if decoder and key.isascii():
        return f"holds a text and not the {KEY_LENGTH} bytes of a key; decode it with '{decoder}'"
    size = "4,096 bytes or more" if len(key) == _LONGEST else f"{len(key):,} bytes"
    return f"has {size}, but a key has exactly {KEY_LENGTH}; {_MAKE}"


@contextlib.contextmanager
def keyDescriptor(key: bytes) -> Iterator[int]:
    """A descriptor of a file without a name that holds the key, to be kept open in aws; -1 for an empty key.

    Raises:
        CedarBackupError: the system makes no such file
    """
    if not key:
        yield -1
        return
    try:
        descriptor = os.memfd_create("key")
    except OSError as error:
        raise CedarBackupError(f"An anonymous file cannot be made for the key: {reasonText(error)}") from None
    try:
        os.write(descriptor, key)
        yield descriptor
    finally:
        os.close(descriptor)


def keyParameters(key: bytes) -> dict[str, str]:
    """The parameters with which a session reads an object that is encrypted with the key; none for an empty key.

    With the MD5 beside it, botocore takes the key as it is (`botocore.handlers.sse_md5`).
    """
    if not key:
        return {}
    digest = hashlib.md5(key, usedforsecurity=False).digest()
    texts = [base64.b64encode(each).decode() for each in (key, digest)]
    return {"SSECustomerAlgorithm": ALGORITHM, "SSECustomerKey": texts[0], "SSECustomerKeyMD5": texts[1]}


ALGORITHM = "AES256"
"""The only one that there is."""
