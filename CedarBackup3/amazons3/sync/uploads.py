"""Uploads the files of a plan by several AWS CLI processes side by side.

The main thread deals the files out, makes the tree of links for each process and takes it away again, and follows how
far all of them have come. A thread waits for each process. No file is ever given to two at a time: one goes up again
only when the process that had it has ended.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from CedarBackup3.amazons3.aws.arguments import copyArguments
from CedarBackup3.amazons3.aws.command import AwsResult, awsEnvironment
from CedarBackup3.amazons3.aws.progress import progressReader
from CedarBackup3.amazons3.aws.transfers import Pace, ownPace
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.progress import FILE_WORTH, Transfer
from CedarBackup3.amazons3.sync.batches import Batch, File, batchesOf, processesFor
from CedarBackup3.amazons3.sync.linktree import LinkTrees, linkTrees
from CedarBackup3.amazons3.sync.lockedbuckets import runUpload
from CedarBackup3.amazons3.workers import processors
from CedarBackup3.errors import CedarBackupError, CommandFailed
from CedarBackup3.util import NOT_STARTED, displayCount, displayPath, displayText, shortageSentence

log = logging.getLogger("CedarBackup3.log")

REQUESTS = 32
"""Requests of each process side by side, where the user has set nothing."""

_TICK = 0.2  # seconds; a signal that comes just before a wait without end would not be noticed
_FAILED = "upload failed: "
_SLOWER = re.compile(
    r"\((SlowDown|ServiceUnavailable|503|429|Throttling\w*|TooManyRequests\w*|RequestLimitExceeded|RequestThrottled)\)"
)


class Failure(NamedTuple):
    """A file that an aws has not uploaded, and why not."""

    path: bytes
    reason: str


def failureIn(line: str, mirror: Mirror, directory: bytes) -> Failure | None:
    """The failure that a line of aws's standard error tells; None: it tells something else, or not of which file.

    aws writes a path as it is, a newline in it as well, so that not every line can be read.

    Args:
        line: of `executeCommand`, which has read it as UTF-8
        mirror: names the target
        directory: the tree that aws was given
    """
    raw = line.rstrip().encode("utf-8", "surrogateescape")
    url = mirror.location.url.encode(mirror.locale.encoding, "surrogateescape")
    pattern = b"%s%s/(?P<path>.+) to %s(?P=path) (?P<reason>.+)" % (
        _FAILED.encode(),
        re.escape(directory.strip(b"/")),  # aws names it from the directory in which it was started
        re.escape(url),
    )
    match = re.fullmatch(pattern, raw)
    return Failure(match["path"], match["reason"].decode("utf-8", "surrogateescape")) if match else None


def _unheard(failures: Iterable[Failure]) -> dict[bytes, str]:
    """Those for which the server had no time, with the code by which it said so."""
    return {failure.path: match[1] for failure in failures if (match := _SLOWER.search(failure.reason))}


@dataclass(slots=True)
class _Process:
    """One aws under way, or ended. Its thread writes, the main thread reads."""

    batch: Batch
    tree: contextlib.ExitStack
    """Holds its links."""
    directory: bytes
    thread: threading.Thread | None = None
    done: tuple[int, int] = (0, 0)
    """Files and bytes, as it prints them."""
    failures: list[Failure] = field(default_factory=list)
    nameless: int = 0
    """Further ones."""
    result: AwsResult | None = None
    error: BaseException | None = None
    """What was raised instead."""


def uploadFiles(
    mirror: Mirror,
    files: Iterable[File],
    planned: tuple[int, int],
    transfer: Transfer,
    sourceChange: Callable[[], str],
) -> list[AwsResult]:
    """Copy just some files; every failure is logged.

    Args:
        mirror: what is mirrored
        files: in key order
        planned: how many they are about, and their bytes
        transfer: is told how far all processes have come
        sourceChange: tells, before each process, what has become of the source, if anything has

    Returns:
        How each aws ended, but for those whose failures were all tried again.

    Raises:
        CommandFailed: an aws failed as a whole; the others have ended before
        CedarBackupError: the source has changed, so that not all was uploaded; or there is no room for the links; or an
            aws did nothing
    """
    left = CappedLines("files that are not uploaded", logging.INFO)

    def leave(path: bytes) -> None:
        left.log(f"Not uploaded: {displayPath(mirror.pathTo(path))} changed after it was read")

    with linkTrees(mirror, leave) as trees, contextlib.closing(_Uploads(mirror, trees, planned, transfer)) as uploads:
        results = uploads.run(files, sourceChange)
    left.finish()
    return results


class _Uploads:
    """The processes of one upload, and how many of them there may be."""

    def __init__(self, mirror: Mirror, trees: LinkTrees, planned: tuple[int, int], transfer: Transfer) -> None:
        self._mirror, self._trees, self._planned, self._transfer = mirror, trees, planned, transfer
        self._aws = aws = mirror.aws
        own = ownPace(awsEnvironment(os.environ, aws), aws.profile, aws.locale.encoding)
        self._number = processesFor(
            *planned,
            processors=processors(),
            links=trees.most,
            wanted=aws.uploads,
            shared=own.mostProcesses(aws.bandwidth),
            bandwidth=aws.bandwidth or own.bandwidth,
        )
        self._requests = REQUESTS
        self._setting = 0  # how often there have been made fewer
        self._running: list[_Process] = []
        self._again: deque[Batch] = deque()
        self._ended: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._failed = CappedLines("files that the AWS CLI did not upload", logging.INFO)
        self._failure: CedarBackupError | None = None  # of the first process that failed as a whole
        self._inARow = 0  # such processes
        self._isOver = False  # no more processes are begun

    def run(self, files: Iterable[File], sourceChange: Callable[[], str]) -> list[AwsResult]:
        """Upload them all; what is returned and raised is that of `uploadFiles`."""
        number, results = self._number, list[AwsResult]()
        if number > 1:
            log.info("%d AWS CLI processes upload side by side", number)
        weight = self._planned[1] + FILE_WORTH * self._planned[0]
        fresh = batchesOf(files, number, max(1, self._trees.most // number), max(1, -(-weight // number)))
        while True:
            while not self._isOver and len(self._running) < self._number and (batch := self._next(fresh)):
                if change := sourceChange():
                    refusal = f"Not everything was uploaded, because {change}; check what happened, then run again"
                    self._isOver, self._failure = True, self._failure or CedarBackupError(refusal)
                    break
                self._begin(batch)
            if not self._running:
                break
            if (process := self._nextEnded()) and (result := self._settled(process)):
                results.append(result)
        self._failed.finish()
        if self._failure:
            raise self._failure
        return results

    def close(self) -> None:
        """Stop what is still running, wait for it, and take the trees away."""
        self._stop.set()
        for process in self._running.copy():
            if process.thread and process.thread.ident:
                process.thread.join()
            self._dismiss(process)

    def _next(self, fresh: Iterator[Batch]) -> Batch | None:
        return self._again.popleft() if self._again else next(fresh, None)

    def _begin(self, batch: Batch) -> None:
        """Start a process, unless none of its files is there any more, or there can be no more processes than run."""
        with contextlib.ExitStack() as stack:
            directory = stack.enter_context(self._trees.holding(file.path for file in batch.files))
            if directory is None:
                self._transfer.count(len(batch.files), batch.size)
                return
            process = _Process(batch._replace(setting=self._setting), stack.pop_all(), directory)
        pace = Pace(self._number, self._mirror.aws.bandwidth, self._requests)
        process.thread = threading.Thread(target=self._work, args=(process, pace), name="upload", daemon=True)
        self._running.append(process)
        try:
            process.thread.start()
        except RuntimeError:  # there are too many threads
            self._dismiss(process)
            if not self._running:
                raise
            self._number = len(self._running)
            self._again.append(batch)

    def _dismiss(self, process: _Process) -> None:
        """Take away what a process had that has ended."""
        process.tree.close()
        self._running.remove(process)

    def _work(self, process: _Process, pace: Pace) -> None:
        def follow(files: int, size: int) -> None:
            process.done = files, size

        def keep(line: str) -> None:
            if failure := failureIn(line, self._mirror, process.directory):
                process.failures.append(failure)
            elif line.startswith(_FAILED):
                process.nameless += 1

        def forget() -> None:
            process.done, process.nameless = (0, 0), 0
            process.failures.clear()

        isShown = self._transfer.isShown
        try:
            process.result, self._aws = runUpload(
                copyArguments(process.directory, self._mirror.location, progress=isShown),
                self._mirror.location,
                self._aws,
                onOutput=progressReader(follow) if isShown else None,
                onErrorLine=keep,
                onAgain=forget,
                shouldStop=self._stop.is_set,
                pace=pace,
            )
        except BaseException as error:  # which the main thread judges
            process.error = error
        self._ended.put(process)

    def _nextEnded(self) -> _Process | None:
        """A process that has ended; None: there is none as yet."""
        try:
            process = self._ended.get(timeout=_TICK)
        except queue.Empty:
            done = [(min(p.done[0], len(p.batch.files)), min(p.done[1], p.batch.size)) for p in self._running]
            self._transfer.follow(sum(files for files, _ in done), sum(size for _, size in done))
            return None
        self._dismiss(process)
        return process

    def _settled(self, process: _Process) -> AwsResult | None:
        """Judge how a process ended; None: it failed as a whole, or all that it has not done goes up again."""
        batch, result = process.batch, process.result
        if result is None:
            assert process.error  # noqa: S101 - one of both there is
            self._transfer.count(len(batch.files), batch.size)
            self._fail(process.error)
            return None
        again = self._goingUpAgain(process, result)
        if again:
            self._again.append(Batch(again))
        self._transfer.count(len(batch.files) - len(again), batch.size - sum(file.size for file in again))
        paths = {file.path for file in again}
        failures = [failure for failure in process.failures if failure.path not in paths]
        for failure in failures:
            path = displayPath(self._mirror.pathTo(failure.path))
            self._failed.log(f"Not uploaded: {path}: {displayText(failure.reason)}")
        if again and not (failures or process.nameless):
            return None
        if result.status != 1 and not result.isComplete:
            self._fail(CommandFailed(str(result)))
            return None
        self._inARow = 0
        if not result.isComplete:
            log.error("%s", result)
        return result

    def _goingUpAgain(self, process: _Process, result: AwsResult) -> tuple[File, ...]:
        """The files that a process has not uploaded since there were too many of its kind; from now on there are fewer.

        What failed when there were the fewest already is not tried again.
        """
        batch, files = process.batch, process.batch.files
        if result.status == NOT_STARTED and shortageSentence(result.obstacle) and self._number > 1:
            reason = "the machine has no room for more"
        elif slow := _unheard(process.failures) if result.status == 1 else {}:
            reason = f"the server asks for fewer requests ({next(iter(slow.values()))})"
            files = tuple(file for file in files if file.path in slow)
        else:
            return ()
        if batch.setting == self._setting:
            if self._number == 1 and not self._requests:
                return ()
            self._setting += 1
            self._number, self._requests = max(1, self._number // 2), 0
            at = "1 AWS CLI process" if self._number == 1 else f"{self._number} AWS CLI processes at a time"
            log.warning("Uploading continues with %s: %s; what failed for that reason is uploaded again", at, reason)
        log.info("Uploading %s again", displayCount(len(files), "file"))
        return files

    def _fail(self, error: BaseException) -> None:
        """A process has failed as a whole: the others go on, unless as many in a row as there may be have failed so."""
        if not isinstance(error, CedarBackupError):
            raise error
        self._inARow += 1
        self._isOver = self._isOver or self._inARow >= self._number
        if self._running or not self._isOver:
            log.error("%s; the other uploads continue", error)
        self._failure = self._failure or error
