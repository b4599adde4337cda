"""Pings a watchdog on the web when a run begins and when it ends, as healthchecks.io and its like expect it."""

from __future__ import annotations

import threading
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from CedarBackup3.release import NAME, VERSION

LIMIT = 10.0
"""Seconds after which a ping is given up."""


def pingProblem(url: str, end: str) -> str:
    """Ask for a URL, with this at the end of its path; returns what went wrong, in words, or an empty text.

    It takes `LIMIT` seconds at most. Proxies are those of the environment.
    """
    found = [_lateness()]

    def ask() -> None:
        found[0] = _problem(url, end)

    # Neither a look-up of the host nor an answer that drips can be given a limit but from outside.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(LIMIT)
    return found[0]


def maskUrl(url: str) -> str:
    """The URL as far as it is not what only the user and the watchdog know."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/***"


def _lateness() -> str:
    return f"no answer within {LIMIT:g} seconds"


def _problem(url: str, end: str) -> str:
    parts = urlsplit(url)
    whole = urlunsplit(parts._replace(path=parts.path.rstrip("/") + end, fragment=""))
    try:
        with _opener().open(Request(whole, headers={"User-Agent": f"{NAME}/{VERSION}"}), timeout=LIMIT):  # noqa: S310
            return ""
    except HTTPError as error:
        with error:
            return f"the answer was {error.code} {error.reason}"
    except Exception as error:  # whatever it is, a ping is not worth more than a sentence
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, TimeoutError):
            return _lateness()
        return reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)


def _opener() -> OpenerDirector:
    """One that knows http and https, and follows no redirection: the URL is a secret between two parties."""
    opener = OpenerDirector()
    for handler in (ProxyHandler, HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler):
        opener.add_handler(handler())
    return opener
