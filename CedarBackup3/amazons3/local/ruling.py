"""A ruling: what rules say of the names in one directory of a walk."""

from __future__ import annotations

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.rules import RuleSet
from CedarBackup3.amazons3.aws.ruleuse import RuleUse
from CedarBackup3.amazons3.model import LEADS_NOWHERE, SourceEntry


class Ruling:
    """Tells of what is in a directory whether it is left out."""

    def __init__(self, rules: RuleSet, use: RuleUse | None, locale: AwsLocale, directory: bytes) -> None:
        """Take the directory by its path, with a slash at the end unless it is the root."""
        self._rules, self._use, self._decoded = rules, use, locale.decoded
        text = locale.decoded(directory)
        self._decide = rules.within(text)
        if use and text:
            use.enter(text)

    def isLeftOut(self, path: bytes) -> bool:
        """Whether a file is left out."""
        name = self._decoded(path)
        isLeftOut = self._decide(name)
        if isLeftOut is None:
            return False
        if self._use:
            self._use.look(name, isLeftOut)
        return isLeftOut

    def prunes(self, path: bytes) -> bool:
        """Whether all that can be in a directory, given with its last slash, is left out."""
        directory = self._decoded(path)
        if not self._rules.prunes(directory):
            return False
        if self._use:
            self._use.prune(directory)
        return True

    def linked(self, link: SourceEntry) -> SourceEntry | None:
        """What is left of a link; nothing if all is left out that it may lead to.

        What is left out by its name, but may be a directory, still stands for the objects below it: the rules do not
        leave these out, and they must not go while its disk is not mounted.
        """
        if link.path.endswith(b"/"):
            return None if self.prunes(link.path) else link
        if not self.isLeftOut(link.path):
            return link
        if link.size is not None or not link.mayHide or self._rules.prunes(self._decoded(link.path + b"/")):
            return None
        return link if link.leftAlone else link._replace(mtimeNs=LEADS_NOWHERE)
