"""How aws is run: what holds for every aws of a run, whatever it is to do."""

from __future__ import annotations

from dataclasses import dataclass

from CedarBackup3.amazons3.awslocale import AwsLocale


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """How aws is run."""

    locale: AwsLocale
    """The locale that it is run in, in which it reads the names of files."""
    timeLimit: float = 0
    """Seconds after which an aws is stopped; 0: never."""
