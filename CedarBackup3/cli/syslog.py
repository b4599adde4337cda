"""The log of the system: syslog, or journald, which takes the same datagrams.

A line goes to /dev/log in the form in which syslog(3) sends it there: that of RFC 3164, without a host.
"""

from __future__ import annotations

import logging
import os
import socket
import time

from CedarBackup3.errors import LoggingError

SOCKET = "/dev/log"

_FACILITY = 1  # "user-level messages"
_SEVERITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG = 7
_LONGEST = 8000  # bytes; rsyslog takes 8 KiB unless it is told otherwise
_PATIENCE = 5.0  # seconds to wait for a receiver that is behind


def syslogLine(level: int, seconds: float, tag: str, message: str) -> str:
    """A line as a receiver wants it: `<14>Nov  5 02:30:00 tag[123]: message`.

    Args:
        level: as the logging module counts, which gives the severity
        seconds: when it was said, since the epoch
        tag: who says it
        message: without line breaks; its end is cut off if it is longer than receivers take
    """
    severity = next((number for least, number in _SEVERITIES if level >= least), _DEBUG)
    when = time.strftime("%b %e %H:%M:%S", time.localtime(seconds))
    line = f"<{_FACILITY * 8 + severity}>{when} {tag}[{os.getpid()}]: {message}"
    encoded = line.encode("utf-8", "backslashreplace")
    return line if len(encoded) <= _LONGEST else encoded[: _LONGEST - 3].decode("utf-8", "ignore") + "..."


class SystemLog:
    """A stream to the log of the system; each line is sent at once.

    Raises:
        LoggingError: there is none
    """

    def __init__(self) -> None:
        self.name = f"The system log {SOCKET}"
        try:
            self._connect()
        except OSError as error:
            raise LoggingError(
                f"cannot reach the system log at {SOCKET}: {error.strerror or error}; "
                "leave out --syslog and name a log file with --logfile PATH"
            ) from None

    def write(self, line: str) -> None:
        """Send a line; raises `OSError`."""
        data = line.rstrip("\n").encode("utf-8", "backslashreplace")
        try:
            self._socket.send(data)
        except TimeoutError:
            raise
        except OSError:  # the receiver has been started anew, with a new socket
            self._socket.close()
            self._connect()
            self._socket.send(data)

    def close(self) -> None:
        """No more lines will come."""
        self._socket.close()

    def _connect(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(_PATIENCE)
        try:
            self._socket.connect(SOCKET)
        except OSError:
            self._socket.close()
            raise
