"""An extended action of Cedar Backup 3 that mirrors directories to Amazon S3 buckets, with cback-amazons3-sync.

It needs a section in the configuration of Cedar Backup, with one backup or more:

    <amazons3sync>
       <backup>
          <source_dir>/srv/photos</source_dir>
          <s3_bucket_url>s3://my-bucket/photos</s3_bucket_url>
          <switches>--maxDelete 10% --exclude "my cache/*"</switches>
       </backup>
    </amazons3sync>

The switches may be left out. This module lies in the package of Cedar Backup (3.7 and later), so it imports nothing
that is only in ours: the command is a child process, with modules of its own.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

from CedarBackup3.util import resolveCommand
from CedarBackup3.xmlutil import createInputDom, isElement, readChildren, readString

_COMMAND = ["cback-amazons3-sync"]
_TICK = 0.2  # seconds between two looks into the log of the command
_INTERRUPTED = 5
_MISUSED = {2, 3, 4}  # what is wrong is in the configuration
_FIELDS = ("source_dir", "s3_bucket_url", "switches")

_log = logging.getLogger("CedarBackup3.log.extend.amazons3sync")
_output = logging.getLogger("CedarBackup3.output")

# Cedar Backup takes the locale out of the environment of this process before its first command, which is later than
# this import. The names of files are in the encoding of the user's locale.
_LOCALE = {name: value for name, value in os.environ.items() if name.startswith("LC_") or name in {"LANG", "LANGUAGE"}}


class Backup(NamedTuple):
    """What is to be mirrored where."""

    sourceDir: str
    s3BucketUrl: str
    switches: tuple[str, ...] = ()


def executeAction(configPath: str, options: Any, config: Any) -> None:
    """Mirror each directory that the configuration names; one that fails keeps none of the others from it.

    Args:
        configPath: the configuration file of Cedar Backup, of which its own section is read
        options: the command line of Cedar Backup: `output` and `debug` are passed on
        config: what Cedar Backup has read of the file; not used

    Raises:
        ValueError: the section is wrong, or the command cannot work with what it says
        OSError: a directory could not be mirrored, or differs afterwards
        KeyboardInterrupt: the command was interrupted
    """
    _log.debug("Executing amazons3sync extended action.")
    with open(configPath, "rb") as file:
        backups = readBackups(file.read())
    command = resolveCommand(_COMMAND)
    if shutil.which(command[0]) is None:
        raise OSError(
            f"Command [{command[0]}] is missing, or cannot be executed; install it, or name its path in the "
            "configuration with an override"
        )
    failures = [failure for backup in backups if (failure := _failureOf(command, backup, options))]
    if len(failures) > 1:
        isMisused = all(isinstance(failure, ValueError) for failure in failures)
        texts = "; ".join(map(str, failures))
        raise (ValueError if isMisused else OSError)(f"{len(failures)} of {len(backups)} backups failed: {texts}")
    if failures:
        raise failures[0]
    _log.info("Executed the amazons3sync extended action successfully.")


def readBackups(xmlData: bytes) -> list[Backup]:
    """What the section of a configuration asks for.

    Raises:
        ValueError: the configuration cannot be read, or its section is missing or wrong
    """
    sections = readChildren(createInputDom(xmlData)[1], "amazons3sync")
    if len(sections) != 1:
        raise ValueError("Exactly one amazons3sync section is required.")
    backups = [_readBackup(node) for node in _elements(sections[0], {"backup"})]
    if not backups:
        raise ValueError("At least one backup must be configured in the amazons3sync section.")
    return backups


def _readBackup(node: Any) -> Backup:
    texts = dict.fromkeys(_FIELDS, "")
    for element in _elements(node, set(_FIELDS)):
        field = element.tagName
        if texts[field]:
            raise ValueError(f"Each backup must set {field} only once.")
        if any(child.nodeType != child.TEXT_NODE for child in element.childNodes):  # of which only the first is read
            raise ValueError(f"Element [{field}] must hold text and nothing else.")
        texts[field] = readString(node, field) or ""
    sourceDir, s3BucketUrl, switches = texts.values()
    if not os.path.isabs(sourceDir):
        raise ValueError(f"Each backup must set a source directory, as an absolute path: [{sourceDir}].")
    if not s3BucketUrl.startswith("s3://"):
        raise ValueError(f"Each backup must set an S3 bucket URL, which begins with s3://: [{s3BucketUrl}].")
    try:
        return Backup(sourceDir, s3BucketUrl, tuple(shlex.split(switches)))
    except ValueError as error:
        raise ValueError(f"Switches must be words, as in a shell, for [{sourceDir}]: {error}.") from None


def _elements(parent: Any, known: set[str]) -> Iterator[Any]:
    """The elements below another; each must be a known one, so that none is overlooked because of its spelling."""
    for node in filter(isElement, parent.childNodes):
        if node.tagName not in known:
            raise ValueError(f"Element [{node.tagName}] is not known in the amazons3sync section.")
        yield node


def _failureOf(command: Sequence[str], backup: Backup, options: Any) -> Exception | None:
    """Carry one backup out; what it failed with, or None."""
    _log.info("Mirroring [%s] to [%s].", backup.sourceDir, backup.s3BucketUrl)
    with tempfile.TemporaryDirectory(prefix="cback-") as directory:
        logfile, printed = os.path.join(directory, "log"), os.path.join(directory, "printed")
        words = [*command, *backup.switches, *_passedOn(options), "--logfile", logfile]
        words += ["--", backup.sourceDir, backup.s3BucketUrl]
        with open(printed, "wb") as screen:
            try:
                status, sentence = _run(words, screen, logfile)
            except OSError as error:
                return OSError(f"Error starting [{command[0]}]: {error.strerror or error}")
        with open(printed, "rb") as screen:
            lines = screen.read().decode("utf-8", "backslashreplace").split("\n")
        hasRun = os.path.exists(logfile)
    sentence = sentence or next((line for line in reversed(lines) if line.strip()), "nothing was printed")
    if status == _INTERRUPTED:
        raise KeyboardInterrupt(sentence)
    if status == 0 and hasRun:
        return None
    if status == 0:
        return ValueError(f"Nothing was mirrored from [{backup.sourceDir}]: switches ask for an answer, not for a run.")
    kind = ValueError if status in _MISUSED else OSError
    return kind(f"Error [{status}] mirroring [{backup.sourceDir}] to [{backup.s3BucketUrl}]: {sentence}")


def _passedOn(options: Any) -> list[str]:
    """The switches of Cedar Backup that the command has, too."""
    wanted = {"--output": options.output, "--debug": options.debug}
    return [switch for switch, isGiven in wanted.items() if isGiven]


def _run(words: Sequence[str], screen: BinaryIO, logfile: str) -> tuple[int, str]:
    """The exit status of a command, and the last error in its log, which goes into that of Cedar Backup as it grows."""
    log = _FollowedLog(logfile)
    with _heldInterrupt() as release:
        child = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=screen, stderr=subprocess.STDOUT, env=_environment()
        )
        try:
            release()
            while True:
                try:
                    status = child.wait(_TICK)
                    break
                except subprocess.TimeoutExpired:
                    log.follow()
        except BaseException:
            child.terminate()
            child.wait()
            raise
        finally:
            log.follow()
    return status, log.lastError


@contextlib.contextmanager
def _heldInterrupt() -> Iterator[Callable[[], None]]:
    """Hold an interrupt back until the function given is called: one that came while the child starts would lose it."""
    handler = signal.getsignal(signal.SIGINT)
    arrived: list[int] = []

    def release() -> None:
        if callable(handler):
            signal.signal(signal.SIGINT, handler)
        while arrived:
            signal.raise_signal(arrived.pop())

    if callable(handler):  # whether it is ignored, the child inherits
        signal.signal(signal.SIGINT, lambda number, _frame: arrived.append(number))
    try:
        yield release
    finally:
        release()


def _environment() -> dict[str, str]:
    """That of this process, with the user's locale, and without what decides which modules Python finds for it."""
    dropped = {"LANG", "LANGUAGE", "PYTHONPATH", "PYTHONHOME"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LC_") and name not in dropped}
    return kept | _LOCALE


class _FollowedLog:
    """The log file of the command, of which each line is logged once more."""

    def __init__(self, path: str) -> None:
        self.lastError = ""
        self._path = path
        self._position = 0

    def follow(self) -> None:
        """Log the lines that are new, and whole."""
        try:
            with open(self._path, "rb") as file:
                file.seek(self._position)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._position += len(line)
                    self._log(line[:-1].decode("utf-8", "backslashreplace"))
        except FileNotFoundError:  # it has logged nothing yet
            pass

    def _log(self, line: str) -> None:
        """A line has its time, its level in seven columns, and its message; what children print has a bar before it."""
        _time, _, record = line.partition(" ")
        level, message = logging.getLevelName(record[:7].strip()), record[8:]
        if message.startswith("| "):
            _output.info("%s", message[2:])
            return
        if not isinstance(level, int):
            level, message = logging.INFO, line
        if level >= logging.ERROR:
            self.lastError = message
        _log.log(level, "%s", message)
