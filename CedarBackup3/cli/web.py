"""Asking for a URL of those who watch over the runs, which is worth a few seconds and never more than a sentence."""

from __future__ import annotations

import threading
from collections.abc import Mapping
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
"""Seconds after which an answer is not waited for any more."""


def webProblem(url: str, end: str = "", body: bytes | None = None, headers: Mapping[str, str] | None = None) -> str:
    """Ask for a URL, with this at the end of its path; returns what went wrong, in words, or an empty text.

    It takes `LIMIT` seconds at most. Proxies are those of the environment.

    Args:
        url: where to; http or https
        end: what follows its path
        body: what is posted; None: nothing is
        headers: of the request
    """
    found = [_lateness()]
    request = _request(url, end, body, headers or {})

    def ask() -> None:
        found[0] = _problem(request)

    # Neither a look-up of the host nor an answer that drips can be given a limit but from outside.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(LIMIT)
    return found[0]


def maskUrl(url: str) -> str:
    """The URL as far as it is not what only the user and the other side know."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/***"


def _lateness() -> str:
    return f"no answer within {LIMIT:g} seconds"


def _request(url: str, end: str, body: bytes | None, headers: Mapping[str, str]) -> Request:
    parts = urlsplit(url)
    whole = urlunsplit(parts._replace(path=parts.path.rstrip("/") + end, fragment=""))
    return Request(whole, body, {"User-Agent": f"{NAME}/{VERSION}", **headers})  # noqa: S310


def _problem(request: Request) -> str:
    try:
        with _opener().open(request, timeout=LIMIT):
            return ""
    except HTTPError as error:
        with error:
            return f"the answer was {error.code} {error.reason}"
    except Exception as error:  # whatever it is, it is not worth more than a sentence
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
