"""Posts how a run ended to who wants to know it, in the form that the other side takes.

The forms are those of the documentation of ntfy ("Publishing"), Slack ("Incoming webhooks") and healthchecks.io
("Pinging API").
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from CedarBackup3.cli.outcome import RunOutcome
from CedarBackup3.cli.web import maskUrl, webProblem
from CedarBackup3.errors import ExitStatus
from CedarBackup3.util import displayBytes, displayCount, displayText, withoutSecrets

FORMS = ("ntfy", "slack", "healthchecks")
"""What may stand before a URL, with a colon; else its host tells."""

_HOSTS = {"hooks.slack.com": "slack", "hc-ping.com": "healthchecks"}


def formOf(url: str) -> tuple[str, str]:
    """The form in which to post, and the URL itself."""
    form, colon, rest = url.partition(":")
    if colon and form in FORMS:
        return form, rest
    return _HOSTS.get(urlsplit(url).hostname or "", "ntfy"), url


def maskNotifyUrl(url: str) -> str:
    """The URL as far as it is no secret."""
    return maskUrl(formOf(url)[1])


def notificationProblem(url: str, outcome: RunOutcome, *, isRecovery: bool) -> str:
    """Post how a run ended; returns what went wrong, in words, or an empty text."""
    form, address = formOf(url)
    isFailure = outcome.status is not ExitStatus.DONE
    title = _title(outcome, isRecovery=isRecovery)
    text = "\n".join((title, *_lines(outcome)))
    if form == "slack":
        return webProblem(address, body=json.dumps({"text": _slackText(text)}).encode(), headers=_JSON)
    if form == "healthchecks":
        return webProblem(address, "/fail" if isFailure else "", text.encode(), _PLAIN)
    more = {"Title": title.encode("ascii", "replace").decode(), "Tags": "warning" if isFailure else "white_check_mark"}
    return webProblem(address, body=text.encode(), headers={**_PLAIN, **more})


_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_JSON = {"Content-Type": "application/json"}


def _title(outcome: RunOutcome, *, isRecovery: bool) -> str:
    if outcome.status is ExitStatus.DONE:
        end = "succeeded again" if isRecovery else "succeeded"
    else:
        end = f"ended with status {int(outcome.status)}"
    return f"{outcome.tool.name} on {displayText(platform.node())} {end}"


def _lines(outcome: RunOutcome) -> Iterator[str]:
    """What was done to what, how it ended, and what was found."""
    for argument in outcome.tool.arguments:
        if value := outcome.texts.get(argument.name):
            yield f"{argument.name}: {_shown(value)}"
    yield f"status: {int(outcome.status)}, {outcome.status.meaning}"
    if outcome.message:
        yield f"message: {_shown(outcome.message)}"
    for name, tally in outcome.findings.tallies.items():
        if tally.files:
            yield f"{name}: {displayCount(tally.files, 'path')}, {displayBytes(tally.size)}"
    yield f"duration: {outcome.seconds:,.0f} s"


def _shown(value: Any) -> str:
    return displayText(withoutSecrets(str(value)))


def _slackText(text: str) -> str:
    """The three characters that mean something in a message of Slack's, escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
