"""Faults on command: what goes wrong, and with which requests."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from testcase.s3.errors import S3Error


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with this S3 error and do nothing. The message may be empty."""

    status: int = 500
    code: str = "InternalError"
    message: str = "We encountered an internal error. Please try again."

    def error(self) -> S3Error:
        return S3Error(self.code, self.message, self.status)


@dataclass(frozen=True, slots=True)
class RefuseBatch:
    """Answer a DeleteObjects that has a key meant with this S3 error, and delete nothing of it."""

    status: int = 400
    code: str = "MalformedXML"
    message: str = "The XML you provided was not well-formed"

    def error(self) -> S3Error:
        return S3Error(self.code, self.message, self.status)


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the connection instead of answering; the request is `performed` first, or not."""

    performed: bool = False


@dataclass(frozen=True, slots=True)
class CutBody:
    """Promise the whole body, send `length` bytes of it (None: half of it) and close.

    An answer that has no body is sent as it is."""

    length: int | None = None


@dataclass(frozen=True, slots=True)
class BreakXml:
    """Answer as if all were well, with a body that is no XML."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Wait so many seconds, then go on; None: say nothing until the server stops."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Await:
    """Go on when this semaphore lets the request, or the server stops: `turn.release()` lets one go."""

    turn: threading.Semaphore


@dataclass(frozen=True, slots=True)
class Forget:
    """Answer a PutObject or CopyObject as if the object were stored, and store nothing; with `damaged` store another
    body."""

    damaged: bool = False


@dataclass(frozen=True, slots=True)
class TruncateListing:
    """Say that this page of a listing is the last one, though more objects remain."""


Effect = Refuse | RefuseBatch | Reset | CutBody | BreakXml | Hang | Await | Forget | TruncateListing

DENY = Refuse(403, "AccessDenied", "Access Denied")
SLOW_DOWN = Refuse(503, "SlowDown", "Please reduce your request rate.")


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which requests.

    operation: S3's name, such as "PutObject", or "*" for all.
    effect:    what happens.
    key:       only requests for this very key (bytes), or for keys in which this pattern is found.
               Within a DeleteObjects it is asked for each key of the batch, which then is not
               deleted and is reported with the error of a `Refuse`; see `RefuseBatch` as well.
    bucket:    only requests for this bucket.
    skip:      let the first so many matching requests pass.
    times:     then hit so many, None for ever.
    """

    operation: str
    effect: Effect
    key: bytes | re.Pattern[bytes] | None = None
    bucket: str | None = None
    skip: int = 0
    times: int | None = None

    def hits(self, operation: str, bucket: str, key: bytes) -> bool:
        """Whether a request is one of those meant, however many have been hit."""
        if self.operation not in ("*", operation) or self.bucket not in (None, bucket):
            return False
        if isinstance(self.key, re.Pattern):
            return bool(key) and self.key.search(key) is not None
        return self.key is None or self.key == key


class Faults:
    """The faults in force. The first that hits a request decides."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._matches: list[int] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)
            self._matches.append(0)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._matches.clear()

    def all(self) -> tuple[Fault, ...]:
        """Every fault added, whether or not it has had its times."""
        with self._lock:
            return tuple(self._faults)

    def effectOn(self, operation: str, bucket: str, key: bytes, *, inBatch: bool = False) -> Effect | None:
        """What is to happen to this request, or to this key of a batch; None if nothing."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if (inBatch and fault.key is None) or not fault.hits(operation, bucket, key):
                    continue
                self._matches[index] += 1
                count = self._matches[index] - fault.skip
                if count > 0 and (fault.times is None or count <= fault.times):
                    return fault.effect
        return None
