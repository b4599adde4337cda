"""Where the flow log and the output log go: the log file, the log of the system, and the screen."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Protocol, TextIO

from CedarBackup3.cli.options import DEFAULT_OWNER, CommonOptions
from CedarBackup3.cli.syslog import SystemLog, syslogLine
from CedarBackup3.cli.userlog import requirePrivateDirectory
from CedarBackup3.errors import LoggingError
from CedarBackup3.places import Place, placeOfFile
from CedarBackup3.util import displayPath, displayText, getUidGid, withoutSecrets

_SILENT = logging.CRITICAL + 1


@contextlib.contextmanager
def setUpLogging(options: CommonOptions, tag: str, beforeScreen: Callable[[], object] = lambda: None) -> Iterator[None]:
    """While inside, `CedarBackup3.log` and `CedarBackup3.output` go where the options say.

    Args:
        options: the options
        tag: who speaks, for the log of the system
        beforeScreen: is called before each line on the screen

    Raises:
        LoggingError: the log file cannot be created or written, or the system has no log
    """
    flow, output = logging.getLogger("CedarBackup3.log"), logging.getLogger("CedarBackup3.output")
    flowLevel = logging.DEBUG if options.debug else logging.INFO
    levels = [(flow, flowLevel), (output, logging.INFO if options.output else _SILENT)]
    with contextlib.ExitStack() as undo:
        handlers = _screenHandlers(flow, options, beforeScreen)
        for record, formatted in _records(options, tag, undo):
            handlers.append((flow, _handler(record, formatted(""), flowLevel)))
            handlers.append((output, _handler(record, formatted("| "), logging.INFO)))
        for logger, level in levels:
            undo.callback(logger.setLevel, logger.level)
            undo.callback(setattr, logger, "propagate", logger.propagate)
            logger.setLevel(level)
            logger.propagate = False
        for logger, handler in handlers:
            logger.addHandler(handler)
            undo.callback(logger.removeHandler, handler)
        if options.unwritableLogfile:
            _announceUserLogfile(flow, options, beforeScreen)
        yield


def _announceUserLogfile(flow: logging.Logger, options: CommonOptions, before: Callable[[], object]) -> None:
    """Tell whoever sits at a terminal where the log is; nothing is printed under cron, which would mail it."""
    sentence = (
        f"The log file is {displayPath(options.logfile)}, because this user cannot write "
        f"{displayPath(options.unwritableLogfile)}; --logfile PATH names another"
    )
    flow.info("%s", sentence)
    if sys.stderr.isatty() and not (options.verbose or options.quiet):
        before()
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{sentence}\n")


def _records(
    options: CommonOptions, tag: str, undo: contextlib.ExitStack
) -> Iterator[tuple[_Record, Callable[[str], logging.Formatter]]]:
    """What is kept of a run, and its formatter by a prefix, which tells a child's output from what we say ourselves."""
    if options.logfile:
        yield _Record(undo.enter_context(contextlib.closing(_LogFile(options))), options.quiet), _FileFormatter
    if options.syslog:
        system = undo.enter_context(contextlib.closing(SystemLog()))
        yield _Record(system, options.quiet), lambda prefix: _SystemFormatter(prefix, tag)


def _screenHandlers(
    flow: logging.Logger, options: CommonOptions, before: Callable[[], object]
) -> list[tuple[logging.Logger, logging.Handler]]:
    """Errors go to standard error; with `verbose` all else goes to standard output, warnings beside the errors.

    Where standard output is kept for a report, all of it goes to standard error.
    """
    if options.quiet:
        return [(flow, logging.NullHandler())]  # where there is no log either, logging would print errors by itself
    if not options.verbose:
        return [(flow, _handler(sys.stderr, _ScreenFormatter(), logging.ERROR, before))]
    stream = sys.stderr if options.chatsOnStandardError else sys.stdout
    chatter = _handler(stream, _ScreenFormatter(), logging.DEBUG, before)
    chatter.addFilter(lambda record: record.levelno < logging.WARNING)
    return [(flow, chatter), (flow, _handler(sys.stderr, _ScreenFormatter(), logging.WARNING, before))]


def _handler(
    stream: _Stream, formatter: logging.Formatter, level: int, before: Callable[[], object] = lambda: None
) -> logging.Handler:
    handler = _LineHandler(stream, before)
    handler.setFormatter(formatter)
    handler.setLevel(level)
    return handler


class _LineHandler(logging.StreamHandler[Any]):
    """Calls `before`, then writes a line; one that cannot be written neither ends a backup nor prints a traceback."""

    def __init__(self, stream: _Stream, before: Callable[[], object]) -> None:
        super().__init__(stream)
        self.before = before

    def emit(self, record: logging.LogRecord) -> None:
        self.before()
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Go on without the line."""


class _Log(Protocol):
    """Where lines go."""

    name: str
    """How a sentence about it begins."""

    def write(self, line: str) -> object:
        """Write a line at once; raises `OSError`."""


class _Record:
    """A stream to a log; the first line that cannot be written is reported on the screen, and none ends a backup."""

    def __init__(self, log: _Log, isQuiet: bool) -> None:
        self._log, self._isReported = log, isQuiet

    def write(self, line: str) -> None:
        try:
            self._log.write(line)
        except OSError as error:
            if not self._isReported:
                reason = error.strerror or error
                sys.stderr.write(f"{self._log.name} cannot be written ({reason}); continuing without it\n")
            self._isReported = True

    def flush(self) -> None:
        """Nothing is held back."""


class _LogFile:
    """The log file."""

    def __init__(self, options: CommonOptions) -> None:
        self.name = f"The log file {displayPath(options.logfile)}"
        try:
            if options.unwritableLogfile:
                requirePrivateDirectory(os.path.dirname(os.fsencode(options.logfile)))
            self._descriptor = _logFileDescriptor(options.logfile, options)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            instead = options.unwritableLogfile
            also = f", and this user cannot write {displayPath(instead)} either" if instead else ""
            raise LoggingError(
                f"cannot write the log file {displayPath(options.logfile)}: {reason}{also}; "
                "name another with --logfile PATH"
            ) from None

    def write(self, line: str) -> None:
        os.write(self._descriptor, line.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        os.close(self._descriptor)


_Stream = TextIO | _Record


class _ScreenFormatter(logging.Formatter):
    """The message alone, which can break neither a line nor a terminal whatever it quotes."""

    def format(self, record: logging.LogRecord) -> str:
        return displayText(withoutSecrets(record.getMessage()))


class _FileFormatter(_ScreenFormatter):
    """ISO time with zone, level, message."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds")
        return f"{time} {record.levelname:7} {self.prefix}{super().format(record)}"


class _SystemFormatter(_ScreenFormatter):
    """As the log of the system wants it."""

    def __init__(self, prefix: str, tag: str) -> None:
        super().__init__()
        self.prefix, self.tag = prefix, tag

    def format(self, record: logging.LogRecord) -> str:
        return syslogLine(record.levelno, record.created, self.tag, self.prefix + super().format(record))


def _logFileDescriptor(path: str, options: CommonOptions) -> int:
    with placeOfFile(os.fsencode(path)) as (place, name):
        # O_NONBLOCK: a pipe that nobody reads is an error, not a wait.
        flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
        try:
            descriptor = os.open(name, flags | os.O_CREAT | os.O_EXCL, options.mode & 0o600, dir_fd=place.descriptor)
        except FileExistsError:
            descriptor = _openedLog(place, name, flags)
        else:
            try:
                _giveOwnerAndMode(descriptor, options)
            except (OSError, ValueError):
                os.close(descriptor)
                os.unlink(name, dir_fd=place.descriptor)
                raise
    os.set_blocking(descriptor, True)
    return descriptor


def _openedLog(place: Place, name: bytes, flags: int) -> int:
    """A log file that is there already."""
    try:
        descriptor = os.open(name, flags, dir_fd=place.descriptor)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError(f"symbolic links are not followed where {place.weakness}") from None
        raise
    try:
        _refuseStrangers(place, os.fstat(descriptor))
    except ValueError:
        os.close(descriptor)
        raise
    return descriptor


def _giveOwnerAndMode(descriptor: int, options: CommonOptions) -> None:
    """The owner before the mode, so that at no moment can anyone read the file who may not read it in the end."""
    try:
        os.fchown(descriptor, *getUidGid(*options.owner))
    except (OSError, ValueError):
        if (
            options.owner != DEFAULT_OWNER
        ):  # nobody asked for the default: only root can give it, and only Debian has adm
            raise
    os.fchmod(descriptor, options.mode)


def _refuseStrangers(place: Place, status: os.stat_result) -> None:
    """In a directory that others can write to, somebody else may have put the file there to read or to ruin it."""
    if place.isPrivate:
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISCHR(status.st_mode)):
            raise ValueError("it is not a file")
    elif not stat.S_ISREG(status.st_mode):
        raise ValueError(f"it is not a file, and {place.weakness}")
    elif status.st_uid not in (0, os.geteuid()):
        raise ValueError("it belongs to another user and lies in a directory that others can write to")
    elif status.st_nlink != 1:
        raise ValueError(f"it has a second name (a hard link), and {place.weakness}")
