"""A spool: a stream of rows in an unnamed temporary file, which can be read again."""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from CedarBackup3.errors import CedarBackupError
from CedarBackup3.places import StrangersLink, openPlace
from CedarBackup3.util import displayPath, shortageSentence

Row = TypeVar("Row", bound=tuple[Any, ...])

_BATCH = 1000  # rows


@contextlib.contextmanager
def temporaryRoom() -> Iterator[None]:
    """Temporary files are made and written inside, by `tempfile`.

    Raises:
        CedarBackupError: that fails, or other users could put something in their place
    """
    with _writing():
        _requireSafe(tempfile.gettempdir())
        yield


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = tempfile.tempdir or os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - only to name it
        reason = f"{error.strerror}; free space there, or set TMPDIR to another directory"
        if error.errno not in _FULL:
            reason = shortageSentence(error) or reason
        raise CedarBackupError(f"Cannot write a temporary file in {displayPath(place)}: {reason}") from None


_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextlib.contextmanager
def temporaryText(text: str) -> Iterator[str]:
    """The path of a file that only this user can read, and that holds a text, in UTF-8, as long as the context lasts.

    Raises:
        CedarBackupError: it cannot be written
    """
    with temporaryRoom():
        descriptor, path = tempfile.mkstemp(prefix="cback-")
    try:
        with _writing(), open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        yield path
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)


def _requireSafe(directory: str) -> None:
    try:
        with openPlace(os.fsencode(directory)) as place:
            exposure = place.exposure
    except StrangersLink as link:
        exposure = str(link)
    if exposure:
        raise CedarBackupError(
            f"Other users could replace the temporary files in {displayPath(directory)}: {exposure}; "
            "set TMPDIR to another directory, such as /var/tmp"
        )


class Spool(Generic[Row]):
    """Rows are appended a batch at a time; between batches, iterating gives every row so far, in order, or reversed.

    The batches are written as columns by `marshal`, which is the quickest way to and from plain data that the standard
    library has, and is for nobody to read but the process that wrote it.
    """

    def __init__(self, makeRow: Callable[[Iterable[Any]], Row]) -> None:
        with temporaryRoom():
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._lengths: list[int] = []  # marshal would read from a file in small pieces
        self._makeRow = makeRow

    def append(self, batch: Sequence[Row]) -> None:
        """Keep some rows."""
        self.appendColumns(list(zip(*batch, strict=True)))

    def appendColumns(self, columns: Sequence[Sequence[Any]]) -> None:
        """Keep some rows that come as columns, lists or tuples, all equally long."""
        data = marshal.dumps(list(columns))
        with _writing():
            self._file.write(data)
            self._file.flush()
        self._lengths.append(len(data))

    @property
    def isEmpty(self) -> bool:
        """Whether nothing was kept yet."""
        return next(iter(self), None) is None

    @contextlib.contextmanager
    def appending(self) -> Iterator[Callable[[Row], None]]:
        """Takes rows one by one; all of them are kept when the context ends."""
        batch: list[Row] = []

        def take(row: Row) -> None:
            batch.append(row)
            if len(batch) == _BATCH:
                self.append(batch)
                batch.clear()

        yield take
        self.append(batch)

    def extend(self, rows: Iterable[Row]) -> int:
        """Keep rows from a stream; returns how many there were."""
        count, remaining = 0, iter(rows)
        while batch := list(islice(remaining, _BATCH)):
            self.append(batch)
            count += len(batch)
        return count

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(map(self._rows, self._columns(self._lengths)))

    def __reversed__(self) -> Iterator[Row]:
        batches = self._columns(self._lengths[::-1], isFromEnd=True)
        return chain.from_iterable(self._rows([column[::-1] for column in columns]) for columns in batches)

    def _rows(self, columns: Sequence[Sequence[Any]]) -> Iterable[Row]:
        return map(self._makeRow, zip(*columns, strict=True))

    def _columns(self, lengths: Sequence[int], *, isFromEnd: bool = False) -> Iterator[Sequence[Sequence[Any]]]:
        """The columns of each batch, from the first one or from the last."""
        position = sum(lengths) if isFromEnd else 0
        for length in lengths:
            position -= length if isFromEnd else 0
            with _writing():  # without moving the file's position: other readers may be at work, in other threads, too
                data = os.pread(self._file.fileno(), length, position)
            yield marshal.loads(data)  # noqa: S302 - our own, and nameless
            position += 0 if isFromEnd else length

    def clear(self) -> None:
        """Forget all rows."""
        with _writing():
            self._file.seek(0)
            self._file.truncate()
        self._lengths.clear()

    def close(self) -> None:
        """Give the space back."""
        with contextlib.suppress(OSError):  # what could not be written is tried once more, and nobody wants it any more
            self._file.close()

    def __enter__(self) -> Spool[Row]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
