"""What every layer above may use: running a command, showing untrusted text, looking up owners."""

from __future__ import annotations

import contextlib
import errno
import grp
import logging
import os
import pwd
import re
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

NOT_STARTED = 256
"""The status `executeCommand` gives for a command that could not be started, as in Cedar Backup."""

STATUS_UNKNOWN = 257
"""The status it gives for a command of which the system does not report how it ended; see `awaitableChildren`."""

STOP_GRACE = 5.0
"""Seconds between asking a child to end and killing it."""

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STOP_POLL = 0.01  # seconds between two looks whether it has ended
_STOP_TICK = 0.2  # seconds between two questions whether to stop
_PIPE_READ = 1 << 16  # bytes: what a pipe holds
_LONGEST_LINE = 1 << 20  # bytes

_log = logging.getLogger("CedarBackup3.log")
_output = logging.getLogger("CedarBackup3.output")


def executeCommand(
    command: Sequence[str | bytes],
    args: Sequence[str | bytes],
    returnOutput: bool = False,
    ignoreStderr: bool = False,
    doNotLog: bool = False,
    outputFile: BinaryIO | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    onErrorLine: Callable[[str], object] | None = None,
    onOutput: Callable[[bytes], object] | None = None,
    onOutputLine: Callable[[bytes], object] | None = None,
    shouldStop: Callable[[], bool] | None = None,
    onNotStarted: Callable[[OSError | ValueError], object] | None = None,
    directory: str | bytes | None = None,
    keptOpen: Sequence[int] = (),
    onStarted: Callable[[int], object] | None = None,
    stdin: int = subprocess.DEVNULL,
    ownSession: bool = False,
) -> tuple[int, list[str] | None]:
    """Run a command, without a shell and by default without standard input, and wait for it.

    The first six parameters and the pair returned are those of Cedar Backup 3.

    Args:
        command: the program, looked up on the PATH, and its fixed arguments
        args: the further arguments
        returnOutput: return the lines printed
        ignoreStderr: throw standard error away instead of intermingling it with standard output
        doNotLog: log neither the command nor what it prints
        outputFile: receives the raw bytes of the output; flushed, not closed
        environment: the child's whole environment, instead of `childEnvironment()`
        onErrorLine: receives each line of standard error, which is then kept apart from the output; in pieces if it is
            longer than a mebibyte
        onOutput: receives what arrives, as it arrives, in whatever pieces; for a display of progress
        onOutputLine: receives each line of the output, whole, as it arrives
        shouldStop: asked every fifth of a second and whenever something has arrived, until the child has ended; the
            child is stopped once it says yes, and the status is that of a child ended by a signal
        onNotStarted: receives what stood in the way of a command that could not be started
        directory: where the command is started, instead of this process's working directory
        keptOpen: descriptors that the child has as well, by the same numbers; a lock on one lasts until both have ended
        onStarted: receives the process id of the child
        stdin: a descriptor that is the child's standard input
        ownSession: as for `runningChild`

    Returns:
        The child's exit status (negative: the signal that ended it; 256: it could not be started; 257: the system
        does not tell, as `awaitableChildren` explains), and the lines with their newlines if `returnOutput`, else
        None. Bytes that are not UTF-8 become surrogate escapes.

    Nothing that the child does or prints raises. Whatever else is raised meanwhile (an interrupt, a full disk under
    `outputFile`) stops the child first: it is told to terminate, waited for, and killed if it does not.
    """
    if not doNotLog:
        _log.debug("Executing command %s with args %s.", list(command), list(args))
    logged = not doNotLog and _output.isEnabledFor(logging.INFO)
    lines: list[str] = []
    with contextlib.ExitStack() as stack:
        try:
            child = stack.enter_context(
                runningChild(
                    [*command, *args],
                    stdin=stdin,
                    stderr=subprocess.PIPE
                    if onErrorLine
                    else subprocess.DEVNULL
                    if ignoreStderr
                    else subprocess.STDOUT,
                    environment=childEnvironment() if environment is None else environment,
                    directory=directory,
                    keptOpen=keptOpen,
                    ownSession=ownSession,
                )
            )
        except (OSError, ValueError) as error:
            _log.debug("Cannot run %s: %s", list(command), error)
            if onNotStarted:
                onNotStarted(error)
            return NOT_STARTED, [] if returnOutput else None
        if onStarted:
            onStarted(child.pid)
        isWhole = returnOutput or outputFile is not None or onOutputLine is not None
        for isError, line in _arrivingLines(child, onOutput, shouldStop, isWhole=isWhole):
            if outputFile is not None and not isError:
                outputFile.write(line)
            if onOutputLine and not isError:
                onOutputLine(line)
            if not (logged or returnOutput or isError):
                continue
            text = line.decode("utf-8", "surrogateescape")
            if logged:
                _output.info("%s", text.rstrip("\r\n"))
            if isError and onErrorLine:
                onErrorLine(text)
            elif returnOutput:
                lines.append(text)
        if outputFile is not None:
            outputFile.flush()
        status = _statusOf(child, shouldStop)
    return status, lines if returnOutput else None


@contextlib.contextmanager
def runningChild(
    command: Sequence[str | bytes],
    *,
    stdin: int,
    stderr: int,
    environment: Mapping[str, str],
    directory: str | bytes | None = None,
    keptOpen: Sequence[int] = (),
    ownSession: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """A child process with its output on a pipe; whatever is raised inside stops it first.

    No signal that interrupts this process loses it, and the system tells how it ends. Its pipes are closed in the end;
    who needs its status waits for it with `hasEnded`, not with what `subprocess` has for that.

    Args:
        command: the program, looked up on the PATH, and all its arguments
        stdin, stderr: as `subprocess` has them
        environment: the whole of it
        directory: where it is started, instead of this process's working directory
        keptOpen: descriptors that it has as well, by the same numbers
        ownSession: it has no terminal, gets none of that's signals, and is stopped together with what it has started

    Raises:
        OSError: it could not be started
        ValueError: an argument holds a NUL, or is beyond the encoding
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(awaitableChildren())
        release = stack.enter_context(_heldSignals())
        child = subprocess.Popen(
            command,
            bufsize=0,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
            cwd=directory,
            pass_fds=keptOpen,
            start_new_session=ownSession,
        )
        stack.enter_context(_stoppedOnError(child))
        release()
        yield child


@contextlib.contextmanager
def awaitableChildren() -> Iterator[None]:
    """The system tells how children end, though this process was started with SIGCHLD ignored (`trap '' CHLD`).

    Where it is ignored, nobody learns how a child has ended (waitpid(2), "Notes"), and children inherit that. So it is
    set to its default, and to what it was in the end. The disposition is the whole process's and Python lets only the
    main thread change it: in any other one nothing is done, and `executeCommand` gives `STATUS_UNKNOWN`.
    """
    isIgnored = signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN
    if not isIgnored or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)


@contextlib.contextmanager
def _heldSignals() -> Iterator[Callable[[], None]]:
    """Hold back this process's own handlers of the signals that interrupt, until the function given is called.

    One that raised while a child is being started would lose the child: it runs, and nobody knows its number.
    """
    if threading.current_thread() is not threading.main_thread():  # where no handler is ever called
        yield lambda: None
        return
    handlers = {number: handler for number in _INTERRUPTS if callable(handler := signal.getsignal(number))}
    arrived: list[int] = []

    def release() -> None:
        while handlers:
            signal.signal(*handlers.popitem())
        pending = arrived.copy()
        arrived.clear()
        for number in pending:
            signal.raise_signal(number)

    for held in handlers:
        signal.signal(held, lambda number, _frame: arrived.append(number))
    try:
        yield release
    finally:
        release()


def _arrivingLines(
    child: subprocess.Popen[bytes],
    onOutput: Callable[[bytes], object] | None,
    shouldStop: Callable[[], bool] | None,
    *,
    isWhole: bool,
) -> Iterator[tuple[bool, bytes]]:
    """Each line as it arrives, and whether it is an error line; both pipes are read, so that neither can fill up.

    Unless lines have to be whole, a long one comes in pieces that end in carriage returns: a display of progress is one
    line that grows as long as the child runs. One without these, and any of errors, is cut where it is far too long.
    """
    with selectors.PollSelector() as selector:  # takes no descriptor, of which there may be none left
        for stream in filter(None, (child.stdout, child.stderr)):
            selector.register(stream, selectors.EVENT_READ, bytearray())
        while selector.get_map():
            # A signal that comes just before a wait without end would not be noticed until something arrives.
            for ready, _ in selector.select(_STOP_TICK):
                isError, pending = ready.fileobj is child.stderr, ready.data
                data = os.read(ready.fd, _PIPE_READ)
                if onOutput and not isError:
                    onOutput(data)
                first, *others = data.split(b"\n")  # what is pending has none, and may be long
                pending += first
                for following in others:
                    yield isError, bytes(pending) + b"\n"
                    pending[:] = following
                if not (isWhole or isError) and (end := _endOfUpdates(pending)):
                    yield isError, bytes(pending[:end])
                    del pending[:end]
                if (isError or not isWhole) and len(pending) > _LONGEST_LINE:
                    yield isError, bytes(pending)
                    pending.clear()
                if not data:
                    selector.unregister(ready.fileobj)
                    if pending:
                        yield isError, bytes(pending)
            if shouldStop and shouldStop():
                stopChild(child)
                return


def _endOfUpdates(pending: bytearray) -> int:
    """Where what is pending can be cut behind a carriage return; 0 if it is short, or has none.

    One at its very end may be that of the end of a line.
    """
    return pending.rfind(b"\r", -2 * _PIPE_READ, -1) + 1 if len(pending) > _PIPE_READ else 0


@contextlib.contextmanager
def _stoppedOnError(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever is raised inside leaves no child behind."""
    try:
        with contextlib.ExitStack() as stack:
            for stream in filter(None, (child.stdin, child.stdout, child.stderr)):
                stack.enter_context(contextlib.closing(stream))
            yield
    except BaseException:
        stopChild(child)
        raise


def stopChild(child: subprocess.Popen[bytes]) -> None:
    """End a child that has not ended: it is told to terminate, waited for, and killed if it does not.

    So are those that it has started, if it leads a session of its own, and has not ended before: what it leaves behind
    then, such as a daemon, is left.
    """
    if hasEnded(child):
        return
    send = os.killpg if _leadsGroup(child.pid) else os.kill
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            try:
                send(child.pid, number)
            except PermissionError:  # it has become another user's, as sudo does
                if child.returncode is None:
                    child.returncode = STATUS_UNKNOWN
                return
        deadline = time.monotonic() + STOP_GRACE
        while isThere := not hasEnded(child) or (send is os.killpg and _isGroup(child.pid)):
            if time.monotonic() > deadline:
                break
            time.sleep(_STOP_POLL)
        if not isThere:
            return
    hasEnded(child, 0)


def _leadsGroup(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:  # where SIGCHLD is ignored the system has taken its status already
        return False


def _isGroup(number: int) -> bool:
    """Whether some process is still in a process group."""
    try:
        os.killpg(number, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _statusOf(child: subprocess.Popen[bytes], shouldStop: Callable[[], bool] | None) -> int:
    """How a child ended, which is waited for, though it may live on without its pipes."""
    pause = _STOP_POLL / 10  # most end at once
    while shouldStop and not hasEnded(child):
        if shouldStop():
            stopChild(child)
            break
        time.sleep(pause)
        pause = min(2 * pause, _STOP_TICK)
    hasEnded(child, 0)
    assert child.returncode is not None  # noqa: S101 - waited for
    return child.returncode


def hasEnded(child: subprocess.Popen[bytes], flags: int = os.WNOHANG) -> bool:
    """Whether a child has ended; keeps its status, which `subprocess` takes for 0 if the system does not tell it."""
    if child.returncode is None:
        try:
            ended, status = os.waitpid(child.pid, flags)
            if ended:
                child.returncode = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            child.returncode = STATUS_UNKNOWN
    return child.returncode is not None


def childEnvironment() -> dict[str, str]:
    """A copy of this process's environment in which a child prints what programs expect: English, in no locale.

    Cedar Backup promises its extensions that `LC_*` and `LANGUAGE` are gone and `LANG` is C.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LC_") and name != "LANGUAGE"}
    return kept | {"LANG": "C"}


def shortageSentence(error: BaseException | None) -> str:
    """What the machine, or a limit of this process, has too little of, and what to do; empty if that is not it."""
    if isinstance(error, MemoryError):
        return _SHORTAGES[errno.ENOMEM]
    if isinstance(error, RuntimeError) and "start new thread" in str(error):  # by which `threading` tells EAGAIN
        return _SHORTAGES[errno.EAGAIN]
    return _SHORTAGES.get(error.errno or 0, "") if isinstance(error, OSError) else ""


def reasonText(error: OSError | ValueError) -> str:
    """Why something failed, for a sentence that has named it, with what to do if that is a shortage."""
    strerror = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return shortageSentence(error) or strerror


_SHORTAGES = {
    errno.EMFILE: "this process may open no more files; raise its limit (ulimit -n, LimitNOFILE= of systemd)",
    errno.ENFILE: "the machine can open no more files; end what has many open, or raise the sysctl fs.file-max",
    errno.EAGAIN: "no more processes or threads can be started; raise the limit (ulimit -u, TasksMax= of systemd)",
    errno.ENOMEM: "there is too little memory; end other programs, or raise the limit (ulimit -v, MemoryMax=)",
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the quota of this user is used up; free some space",
}


def displayText(text: str) -> str:
    """The text with everything that could move a cursor, break a line or fail to print written as an escape.

    Control and format characters become `\\n`, `\\t`, `\\r`, `\\x1b`, `\\u202e`; a surrogate escape, which stands for a
    byte that could not be decoded, becomes that byte: `\\xff`.
    """
    return text if text.isprintable() else "".join(map(_displayCharacter, text))


def _displayCharacter(character: str) -> str:
    code = ord(character)
    if character.isprintable():
        return character
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if 0x80 <= code <= 0xFF:  # apart from the undecodable byte of the same number
        return f"\\u{code:04x}"
    return character.encode("unicode_escape").decode("ascii")


def withoutSecrets(text: str) -> str:
    """The text without the secrets of this process's environment, and without user and password in URLs."""
    text = _URL_CREDENTIALS.sub("://***@", text)
    for name in _SECRET_VARIABLES:
        secret = os.environ.get(name, "")
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return text


_URL_CREDENTIALS = re.compile(r"://[^/@\s]+@")
_SECRET_VARIABLES = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
_SHORTEST_SECRET = 8  # characters; real ones have 40 and more, and a short word would be masked where it means nothing


def displayPath(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> str:
    """A path or key from anywhere, safe to print and to log, different paths never looking alike.

    As `displayText`, with a backslash that is in the path doubled. Bytes are taken as UTF-8.
    """
    raw = os.fspath(path)
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
    return displayText(text.replace("\\", "\\\\"))


def displayCount(number: int, noun: str) -> str:
    """`1 file`, `1,200 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def displayBytes(count: float, digits: int = 1) -> str:
    """A number of bytes for people: `"512 bytes"`, `"1.5 KiB"`, `"2.0 TiB"`."""
    if round(abs(count)) < 1024:
        return f"{count:.0f} byte{'' if count == 1 else 's'}"
    for unit in ("KiB", "MiB", "GiB"):
        count /= 1024
        if round(abs(count), digits) < 1024:
            return f"{count:.{digits}f} {unit}"
    return f"{count / 1024:.{digits}f} TiB"


def getUidGid(user: str, group: str) -> tuple[int, int]:
    """The numeric ids of a user and a group, both given by name.

    Raises:
        ValueError: this machine knows no such user or group
    """
    try:
        uid = pwd.getpwnam(user).pw_uid
    except KeyError:
        raise ValueError(f"there is no user named {displayPath(user)}") from None
    try:
        return uid, grp.getgrnam(group).gr_gid
    except KeyError:
        raise ValueError(f"there is no group named {displayPath(group)}") from None
