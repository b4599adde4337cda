"""Encryption with a customer's key (SSE-C): which keys a request may give, and which it has to.

Of a key the server keeps its MD5, as S3 does ("Using server-side encryption with customer-provided keys" in the S3 User
Guide). Unlike S3 it takes keys by plain HTTP, as it speaks nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

from testcase.s3.errors import S3Error

ALGORITHM = "x-amz-server-side-encryption-customer-algorithm"
KEY_MD5 = "x-amz-server-side-encryption-customer-key-md5"
_KEY = "x-amz-server-side-encryption-customer-key"
_KEY_LENGTH = 32


def givenKey(headers: Mapping[str, str]) -> str:
    """The MD5 of the key that a request gives, in base64; empty: it gives none.

    Raises:
        S3Error: what it gives is no key
    """
    given = [headers.get(name, "") for name in (ALGORITHM, _KEY, KEY_MD5)]
    if not any(given):
        return ""
    algorithm, key, digest = given
    if not all(given):
        raise S3Error(
            "InvalidArgument",
            "Requests specifying Server Side Encryption with Customer provided keys must "
            "provide an appropriate secret key.",
        )
    if algorithm != "AES256":
        raise S3Error("InvalidEncryptionAlgorithmError")
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _KEY_LENGTH:
        raise S3Error("InvalidArgument", "The secret key was invalid for the specified algorithm.")
    if digest != base64.b64encode(hashlib.md5(raw, usedforsecurity=False).digest()).decode():
        raise S3Error("InvalidArgument", "The calculated MD5 hash of the key did not match the hash that was provided.")
    return digest


def requireKey(stored: Mapping[str, str], headers: Mapping[str, str]) -> None:
    """Refuse a request to read an object if it does not give the key of that object, or gives one where there is none.

    Args:
        stored: the headers of the object; without an MD5 every key is its key
        headers: of the request
    """
    given = givenKey(headers)
    if ALGORITHM not in stored:
        if given:
            raise S3Error("InvalidRequest", "The encryption parameters are not applicable to this object.")
    elif not given:
        raise S3Error(
            "InvalidRequest",
            "The object was stored using a form of Server Side Encryption. The correct "
            "parameters must be provided to retrieve the object.",
        )
    elif given != stored.get(KEY_MD5, given):
        raise S3Error("AccessDenied")


def requireKeyOfUpload(stored: Mapping[str, str], headers: Mapping[str, str]) -> None:
    """Refuse a part of an upload whose key is not the one that the upload was begun with."""
    given = givenKey(headers)
    if given != stored.get(KEY_MD5, ""):
        raise S3Error("InvalidRequest", "The provided encryption parameters did not match the ones used originally.")
