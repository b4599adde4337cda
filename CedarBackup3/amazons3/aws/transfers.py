"""How many requests an aws makes side by side when it transfers, and how many bytes a second: alone and beside others.

aws has no switches for these, only the `s3` settings of its configuration file ("AWS CLI S3 Configuration", as `aws
help s3-config` prints it), so that it gets them by an overlay. What the user has set there is meant for one aws: where
several work side by side, they share it.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from configparser import RawConfigParser
from typing import NamedTuple

from CedarBackup3.amazons3.aws.configuration import nestedSettings, profileInEffect, profileSection
from CedarBackup3.amazons3.aws.overlay import NoOverlay, overlaidFile

_SETTING, _REQUESTS, _BANDWIDTH, _CLIENT = "s3", "max_concurrent_requests", "max_bandwidth", "preferred_transfer_client"
_RATE = re.compile(r"(\d{1,12})([KMGT]i?)?(B|b)/s")
_NUMBER = re.compile(r"[1-9]\d{0,5}")
_KIB = 1024


class Pace(NamedTuple):
    """How an aws is to transfer."""

    processes: int = 1
    """How many run side by side."""
    bandwidth: int = 0
    """Bytes a second of all of them; 0: as the user's configuration says."""
    requests: int = 0
    """Requests of each where the user has set nothing; 0: as many as aws makes by itself."""


AS_IT_IS = Pace()
"""That of an aws that runs alone, as the user has configured it."""


class OwnPace(NamedTuple):
    """What the user's configuration says of one aws."""

    requests: int = 0
    """0: nothing."""
    bandwidth: int = 0
    """Bytes a second; 0: nothing."""
    canChange: bool = True
    """Whether an overlay can change it."""

    def mostProcesses(self, bandwidth: int) -> int:
        """How many aws can share it, or the bytes a second that were asked for; 0: any number."""
        rate = bandwidth or self.bandwidth
        shares = ([self.requests] if self.requests else []) + ([max(1, rate // _KIB)] if rate else [])
        return min(shares, default=0) if self.canChange else 1


def ownPace(environment: Mapping[str, str], profile: str, encoding: str) -> OwnPace:
    """What the user has set for the profile in effect; the arguments are those of `configuration`."""
    settings = nestedSettings(environment, profile, encoding, _SETTING)
    requests, rate = (settings or {}).get(_REQUESTS, ""), (settings or {}).get(_BANDWIDTH, "")
    number, match = _NUMBER.fullmatch(requests), _RATE.fullmatch(rate)
    if settings is None or (requests and not number) or (rate and not match):
        return OwnPace(canChange=False)
    bandwidth = 0
    if match:
        bandwidth = int(match[1]) << 10 * " KMGT".index((match[2] or " ")[0])
        bandwidth //= 8 if match[3] == "b" else 1
    try:
        with overlaidFile(environment, encoding, lambda parser: None):
            return OwnPace(int(requests or 0), bandwidth)
    except NoOverlay:
        return OwnPace(canChange=False)


def paceSettings(own: OwnPace, pace: Pace) -> dict[str, str]:
    """The settings that make an aws keep a pace; none where it does so by itself."""
    changed: dict[str, str] = {}
    if own.requests and pace.processes > 1:
        changed[_REQUESTS] = str(max(1, own.requests // pace.processes))
    elif pace.requests and not own.requests:
        changed[_REQUESTS] = str(pace.requests)
    bandwidth = pace.bandwidth or own.bandwidth
    if bandwidth and (pace.bandwidth or pace.processes > 1):
        # Version 1 reads no rate without a prefix; the other client of version 2 knows no such limit.
        changed[_BANDWIDTH] = f"{max(1, bandwidth // pace.processes // _KIB)}KB/s"
        changed[_CLIENT] = "default"
    return changed


@contextlib.contextmanager
def pacedEnvironment(
    environment: Mapping[str, str], profile: str, encoding: str, pace: Pace
) -> Iterator[dict[str, str]]:
    """The environment in which an aws keeps a pace, as long as the context lasts; where it does so anyhow, as it is.

    The programs that aws starts can read the configuration, too: it is named by the number of this process.

    Raises:
        NoOverlay: the configuration cannot be changed, so that it would be quicker than it may
    """
    own = ownPace(environment, profile, encoding)
    settings = paceSettings(own, pace) if own.canChange else {}
    if pace.bandwidth and not own.canChange:
        raise NoOverlay("the AWS configuration has no such profile, or its s3 settings cannot be changed")

    def change(parser: RawConfigParser) -> None:
        section = profileSection(parser.sections(), profileInEffect(environment, profile))
        if not parser.has_section(section):
            parser.add_section(section)
        before = parser.get(section, _SETTING, fallback="").split("\n")
        kept = [line for line in before if line and line.partition("=")[0].strip() not in settings]
        parser.set(
            section, _SETTING, "\n".join(["", *kept, *(f"{name} = {value}" for name, value in settings.items())])
        )

    with contextlib.ExitStack() as stack:
        changed: dict[str, str] = {}
        try:
            if settings:
                descriptor = stack.enter_context(overlaidFile(environment, encoding, change))
                changed = {"AWS_CONFIG_FILE": f"/proc/{os.getpid()}/fd/{descriptor}"}
        except NoOverlay:
            if pace.bandwidth or own.requests or own.bandwidth:
                raise
        yield {**environment, **changed}
