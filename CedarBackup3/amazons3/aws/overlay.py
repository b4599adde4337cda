"""The user's AWS configuration with changes of ours, in a file without a name; nothing is written to any disk."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from configparser import Error, RawConfigParser

from CedarBackup3.util import reasonText


class NoOverlay(Exception):
    """The configuration cannot be handed over; says why."""


@contextlib.contextmanager
def overlaidFile(
    environment: Mapping[str, str], encoding: str, change: Callable[[RawConfigParser], object]
) -> Iterator[int]:
    """A descriptor of the configuration that this environment names, changed; whatever kills us, nothing is left.

    Args:
        environment: the one for aws
        encoding: in which aws reads its configuration
        change: makes the changes; it may raise `NoOverlay`, too

    Raises:
        NoOverlay: the configuration cannot be read, or not written as it was
    """
    text = changedText(_configuration(environment, encoding), change)
    try:
        descriptor = os.memfd_create("aws-config")
    except OSError as error:
        raise NoOverlay(f"an anonymous file cannot be made: {reasonText(error)}") from None
    try:
        with open(descriptor, "w", encoding=encoding, closefd=False) as file:
            file.write(text)
        yield descriptor
    finally:
        os.close(descriptor)


def changedText(text: str, change: Callable[[RawConfigParser], object]) -> str:
    """A configuration with changes; all else in it means what it did.

    Raises:
        NoOverlay: aws could not read it, or it cannot be written as it was
    """
    parser = _parsed(text)
    change(parser)
    written = io.StringIO()
    parser.write(written)
    if _meaning(_parsed(written.getvalue())) != _meaning(parser):
        raise NoOverlay("the AWS CLI configuration cannot be written as it was")
    return written.getvalue()


def _parsed(text: str) -> RawConfigParser:
    parser = RawConfigParser()
    try:
        parser.read_string(text)
    except Error as error:
        raise NoOverlay(f"the AWS CLI configuration cannot be read: {error}") from None
    return parser


def _meaning(parser: RawConfigParser) -> dict[str, dict[str, str]]:
    return {section: dict(parser.items(section)) for section in parser.sections()}


def _configuration(environment: Mapping[str, str], encoding: str) -> str:
    """The text of the user's file; empty if there is none, or aws would not read it."""
    path = environment.get("AWS_CONFIG_FILE", "~/.aws/config")
    path = os.path.expanduser(os.path.expandvars(path))
    if not os.path.isfile(path):  # nor does aws read a pipe
        return ""
    try:
        with open(path, encoding=encoding) as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise NoOverlay(f"the AWS CLI configuration cannot be read: {reasonText(error)}") from None
