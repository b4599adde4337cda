"""Reads settings from the AWS configuration files, since asking the AWS CLI for them would start a process each time.

The files are read as botocore reads them (`botocore.configloader`, and `Session.full_config` in `botocore.session`).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from configparser import Error, RawConfigParser

_SETTING, _VARIABLE = "ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
# Version 1 of the AWS CLI asks for the second first, version 2 for the first.
_PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_FILES = (("AWS_CONFIG_FILE", "~/.aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))


def ignoresConfiguredEndpoints(environment: Mapping[str, str], profile: str, encoding: str) -> bool:
    """Whether the user has told aws to take no endpoint but one that is given on its command line.

    ("Ignore configured endpoint URLs" in the reference guide of AWS SDKs and tools: the variable counts more than the
    profile.) Where two variables name two profiles, one of them is enough: aws judges for itself then.

    Args:
        environment: names the files and, without `profile`, the profile
        profile: given on the command line; may be empty
        encoding: of the files
    """
    if _VARIABLE in environment:
        return _isTrue(environment[_VARIABLE])
    texts = _texts(environment, encoding)
    settings = [profileSettings(*texts, name) for name in _profiles(environment, profile)]
    return any(_isTrue(each.get(_SETTING, "")) for each in settings)


def keepsHistory(environment: Mapping[str, str], profile: str, encoding: str) -> bool:
    """Whether aws writes all its requests to a file of the user's, headers included (`cli_history`).

    The arguments are those of `ignoresConfiguredEndpoints`.
    """
    texts = _texts(environment, encoding)
    settings = [profileSettings(*texts, name) for name in _profiles(environment, profile)]
    return any(each.get("cli_history") == "enabled" for each in settings)


def configuredEndpoint(environment: Mapping[str, str], profile: str, encoding: str) -> str:
    """The endpoint for S3 that the profile in effect names; empty if there is none, or aws is to take none from there.

    ("Service-specific endpoints" in the reference guide of AWS SDKs and tools.) The arguments are those of
    `ignoresConfiguredEndpoints`.
    """
    if ignoresConfiguredEndpoints(environment, profile, encoding):
        return ""
    texts = _texts(environment, encoding)
    for name in _profiles(environment, profile):
        settings = profileSettings(*texts, name)
        service = profileSettings(texts[0], "", settings.get("services", ""), "services").get("s3", "")
        nested = (line.partition("=") for line in service.splitlines())
        own = {each.strip(): value.strip() for each, _, value in nested}
        if endpoint := own.get("endpoint_url") or settings.get("endpoint_url", ""):
            return endpoint
    return ""


def nestedSettings(environment: Mapping[str, str], profile: str, encoding: str, name: str) -> dict[str, str] | None:
    """The settings below a setting of the profile in effect, such as `s3`; None: no change of the configuration counts.

    That is so where the credentials, which count more, have it as well, where nothing is nested in it, where there is
    no such profile, and where two variables name two profiles. The arguments are those of `ignoresConfiguredEndpoints`.
    """
    configuration, credentials = _texts(environment, encoding)
    profiles = set(_profiles(environment, profile))
    chosen = next(iter(profiles))
    try:
        found, secret = dict(_sections(configuration)), dict(_sections(credentials))
    except Error:
        return None
    section = profileSection(found, chosen)
    value = found.get(section, {}).get(name, "")
    isThere = section in found or chosen in secret or chosen == "default"
    if len(profiles) > 1 or not isThere or name in secret.get(chosen, {}) or (value and value[0] != "\n"):
        return None
    nested = (line.partition("=") for line in value.splitlines() if line.strip())
    return {each.strip(): own.strip() for each, _, own in nested}


def profileSection(sections: Iterable[str], profile: str) -> str:
    """The section of the configuration that a profile has, or would have: of several the last one counts."""
    own = [each for each in sections if each == profile == "default" or _named(each, "profile") == profile]
    return own[-1] if own else "default" if profile == "default" else f"profile {shlex.quote(profile)}"


def profileInEffect(environment: Mapping[str, str], profile: str) -> str:
    """The profile of the command line, or else of the environment."""
    return _profiles(environment, profile)[0]


def profileSettings(configuration: str, credentials: str, profile: str, kind: str = "profile") -> dict[str, str]:
    """The settings of one profile, by their names in small letters; none if aws could not read the files either.

    Args:
        configuration: the text of the file in which all but the default profile have `profile` before their names
        credentials: the text of the one in which none has, and which counts more
        profile: its name
        kind: the word before it, if it is no profile but another section of the configuration
    """
    settings: dict[str, str] = {}
    try:
        for section, found in _sections(configuration):
            if section == "default" == profile or _named(section, kind) == profile:
                settings = found
        return settings | dict(_sections(credentials)).get(profile, {})
    except Error:
        return {}


def _profiles(environment: Mapping[str, str], profile: str) -> list[str]:
    given = [environment[variable] for variable in _PROFILE_VARIABLES if variable in environment]
    return [profile] if profile else given or ["default"]


def _sections(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    parser = RawConfigParser()
    parser.read_string(text)
    return ((section, dict(parser.items(section))) for section in parser.sections())


def _texts(environment: Mapping[str, str], encoding: str) -> tuple[str, str]:
    """What the configuration and the credentials hold."""
    configuration, credentials = (_text(environment.get(variable, usual), encoding) for variable, usual in _FILES)
    return configuration, credentials


def _named(section: str, kind: str) -> str | None:
    """The name of the profile, or of what else the section is of: `[profile 'my own']`."""
    try:
        words = shlex.split(section)
    except ValueError:
        return None
    return words[1] if section.startswith(kind) and len(words) == 2 else None


def _isTrue(value: str) -> bool:
    return value.lower() == "true"


def _text(path: str, encoding: str) -> str:
    """What a file holds; nothing if aws could not read it either."""
    path = os.path.expanduser(os.path.expandvars(path))
    if not os.path.isfile(path):  # nor does aws read a pipe, as of `<(...)`
        return ""
    try:
        with open(path, encoding=encoding) as file:
            return file.read()
    except (OSError, ValueError):
        return ""
