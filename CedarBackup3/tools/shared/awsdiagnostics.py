"""About the AWS CLI, for diagnostics and reports: which it is, how it is run, and where each setting comes from."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from CedarBackup3.cli import Program
from CedarBackup3.tools.shared.awsswitches import AWS_SWITCHES, UPLOAD_SWITCHES, awsSettings

if TYPE_CHECKING:
    from CedarBackup3.amazons3.aws.settings import AwsSettings

_ASKED_OF_AWS = ("profile", "access_key", "region")


def awsDiagnostics(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and value of each line; `values` are those of the switches."""
    from CedarBackup3.amazons3.aws.command import awsVersion, configuredText
    from CedarBackup3.amazons3.aws.session.client import sessionDiagnosis

    settings = awsSettings(values)
    yield "AWS CLI encoding", f"{settings.locale.encoding} ({settings.locale.origin})"
    yield "AWS CLI", shutil.which("aws") or "not on the PATH"
    yield "AWS CLI version", awsVersion(settings)
    listed = configuredOrigins(configuredText(["list"], settings))
    for name in _ASKED_OF_AWS:
        given = values.get(name, "")
        yield name.replace("_", " ").capitalize(), f"{given} (--{name})" if given else listed.get(name, "unknown")
    yield "Endpoint", _endpoint(settings, configuredText(["get", "endpoint_url"], settings))
    yield "session", sessionDiagnosis(settings)
    known = {*_ASKED_OF_AWS, "endpointUrl", "awsTimeout", "awsIdleTimeout", "awsSession"}
    for switch in (*AWS_SWITCHES, *UPLOAD_SWITCHES):
        if switch.long not in known and values.get(switch.long):
            yield f"--{switch.long}", values[switch.long] if switch.valueName else "yes"


def awsPrograms() -> Mapping[str, Program]:
    """For the report of a run: which aws it was."""
    from CedarBackup3.amazons3.aws.command import awsVersion
    from CedarBackup3.amazons3.aws.locale import awsLocale
    from CedarBackup3.amazons3.aws.settings import AwsSettings

    return {"aws": Program(shutil.which("aws"), awsVersion(AwsSettings(awsLocale())))}


def configuredOrigins(listing: str) -> dict[str, str]:
    """Where aws has its settings from, by the table that `aws configure list` prints: `"eu-west-3 (from env)"`.

    Of keys aws shows the last four characters; the table's columns are set off by blanks, in newer versions by colons.
    """
    found = {}
    for line in listing.splitlines():
        name, value, *origin = [*re.split(r"\s+:\s+|\s{2,}", line.strip()), ""]
        where = " ".join(part for part in origin if part not in {"", "None"})
        found[name] = f"{value} (from {where})" if where else value
    return found


def _endpoint(settings: AwsSettings, configured: str) -> str:
    from CedarBackup3.amazons3.aws.command import endpointOf
    from CedarBackup3.amazons3.aws.configuration import ignoresConfiguredEndpoints

    chosen = endpointOf(settings, os.environ)
    if settings.endpointUrl:
        return f"{chosen} (--endpointUrl)"
    variable = next((name for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") if os.environ.get(name)), "")
    if chosen:
        return f"{chosen} ({variable})"
    if ignoresConfiguredEndpoints(os.environ, settings.profile, settings.locale.encoding):
        return "Amazon's (others are ignored, as ignore_configured_endpoint_urls demands)"
    if configured:
        return f"{configured} (the AWS configuration, which the AWS CLI before 1.29 or 2.13 does not read)"
    return "Amazon's"
