"""A private tree of links to open files: the AWS CLI uploads the files that were checked, whatever has their names.

aws follows each link by its path, but what the path names is an open file of this process (proc(5), fd): the one that
was judged, even if another has its name by now.
"""

from __future__ import annotations

import contextlib
import os
import resource
import tempfile
from collections.abc import Callable, Iterable, Iterator

from CedarBackup3.amazons3.local.opentree import NotAFile, NotFollowed, OpenTree
from CedarBackup3.amazons3.local.tree import openRoot
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.spool import temporaryRoom
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayPath, shortageSentence

MOST_LINKS = 10_000
"""So many files are open at a time, if the system allows that."""
_OTHERS = 256  # descriptors for all else that this process does meanwhile
_LEAST = 16


class LinkTrees:
    """Makes such trees, as long as the context of `linkTrees` lasts; not for several threads at a time."""

    def __init__(self, tree: OpenTree, most: int, onUnopened: Callable[[bytes], object]) -> None:
        self.most = most
        """So many links there may be at a time, in all trees together."""
        self._tree, self._onUnopened = tree, onUnopened

    @contextlib.contextmanager
    def holding(self, paths: Iterable[bytes]) -> Iterator[bytes | None]:
        """The directory of a tree, which is there as long as the context lasts; None: none of the files is there.

        Args:
            paths: of the files below the source, in key order

        Raises:
            CedarBackupError: there is no room for the links
        """
        with contextlib.ExitStack() as stack:
            with temporaryRoom():
                directory = os.fsencode(stack.enter_context(tempfile.TemporaryDirectory(prefix="cback-")))
                isEmpty = True
                for path in paths:
                    try:
                        descriptor = self._tree.file(path)
                    except (OSError, NotAFile, NotFollowed) as error:
                        _requireRoom(path, error)
                        self._onUnopened(path)
                        continue
                    stack.callback(os.close, descriptor)
                    _link(directory, path, descriptor)
                    isEmpty = False
            yield None if isEmpty else directory


@contextlib.contextmanager
def linkTrees(mirror: Mirror, onUnopened: Callable[[bytes], object] = lambda path: None) -> Iterator[LinkTrees]:
    """Trees of links to open files.

    Args:
        mirror: what is mirrored
        onUnopened: called with a file that cannot be opened any more, or is none, or is not to be followed to

    Raises:
        CedarBackupError: the source was replaced, or there is no /proc
    """
    if not os.path.isdir("/proc/self/fd"):
        raise CedarBackupError("Uploads need /proc, which is not mounted here; mount it, then run again")
    with (
        openRoot(mirror.tree) as root,
        OpenTree(root, mirror.tree.followLinks, mirror.tree.owners) as tree,
        _moreDescriptors() as most,
    ):
        yield LinkTrees(tree, most, onUnopened)


def _requireRoom(path: bytes, error: Exception) -> None:
    """Tell a file that is another by now from one that is there, but cannot be opened for want of descriptors."""
    if shortage := shortageSentence(error):
        raise CedarBackupError(f"Cannot open {displayPath(path)} to upload it: {shortage}")


def _link(directory: bytes, path: bytes, descriptor: int) -> None:
    link = os.path.join(directory, path)
    with contextlib.suppress(FileExistsError):
        os.makedirs(os.path.dirname(link))
    os.symlink(b"/proc/%d/fd/%d" % (os.getpid(), descriptor), link)


@contextlib.contextmanager
def _moreDescriptors() -> Iterator[int]:
    """While inside, this process may have as many open files as the system lets it; gives the number for a tree."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_LINKS + _OTHERS if hard == resource.RLIM_INFINITY else min(MOST_LINKS + _OTHERS, hard)
    raised = soft if soft == resource.RLIM_INFINITY else max(soft, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    try:
        yield max(_LEAST, min(MOST_LINKS, (MOST_LINKS if raised < 0 else raised) - _OTHERS))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
