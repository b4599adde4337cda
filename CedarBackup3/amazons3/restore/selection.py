"""A selection: the prefix or key to restore, the moment, and the rules of what is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from CedarBackup3.amazons3.aws.rules import Rule, RuleSet
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.restore.moment import displayMoment
from CedarBackup3.util import displayPath


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects, of which time, and how aws is run."""

    location: S3Location
    aws: AwsSettings
    moment: datetime | None = None
    """With its zone; None: now."""
    rules: tuple[Rule, ...] = ()
    """What is left out, by keys."""
    only: bytes = b""
    """The one key below the location; empty: all."""
    mayBeKey: bool = False
    """Whether what was given as a prefix may be a key: it did not end with a slash."""

    @property
    def url(self) -> str:
        """Where they are, safe to print."""
        return displayPath(self.location.url + self.only.decode())

    @property
    def shown(self) -> str:
        """The same with the moment: `s3://bucket/prefix/ as of ...`."""
        return f"{self.url} as of {displayMoment(self.moment)}" if self.moment else f"{self.url} as of now"

    @property
    def identity(self) -> str:
        """What is the same for restores of the same objects as of the same time."""
        return f"{self.location.url}\n{self.moment.astimezone(UTC).isoformat() if self.moment else 'now'}\n"

    def leavesOut(self) -> Callable[[bytes], bool]:
        """Whether a key is left out; quickest for keys in order, and not for several threads."""
        if not self.rules:
            return lambda key: False
        decide = RuleSet(self.rules).inOrder()
        return lambda key: bool(decide(key.decode()))

    def urlOf(self, key: bytes) -> str:
        """Where one of them is, safe to print."""
        return displayPath(self.location.url) + displayPath(key)

    def keepingOpen(self, descriptor: int) -> Selection:
        """The same, where every aws holds what is open here, too: a lock, for one."""
        return replace(self, aws=replace(self.aws, keptOpen=(*self.aws.keptOpen, descriptor)))
