"""Gives what is open its recorded attributes, in an order in which nobody gets more than was recorded in between.

What is open is known by its place only (O_PATH), and all is done by that: nothing is followed, waited for or read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from typing import Any, NamedTuple

from CedarBackup3.amazons3.attributes.records import timeOfFile
from CedarBackup3.amazons3.restore.rules import (
    ACCESS_ACL,
    PERMISSIONS,
    SPECIAL,
    Asked,
    AttributeRules,
    Xattrs,
    isXattrWanted,
)
from CedarBackup3.util import displayPath

PLACE = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
"""The flags by which something is opened for its place only, a link for its own."""

_UNITS = (100, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000)  # ns: NTFS keeps the first, FAT the last
_SECURITY = b"security."
_OF_THE_SYSTEM = (_SECURITY, b"trusted.")
_BY_NUMBER = "--numericOwners gives the recorded number"


class Gap(NamedTuple):
    """An attribute that something has not as it was recorded."""

    kind: str
    """In the plural: `permissions`, `owners`, `modification times`, `ACLs`, `extended attributes`."""
    text: str
    """What it has instead of what."""
    reason: str = ""
    """Why it could not be given."""
    isUnholdable: bool = False
    """Whether that is because the file system does not hold it."""


class Worn(NamedTuple):
    """What something has now."""

    status: os.stat_result
    acl: bytes
    xattrs: Xattrs
    """Those that are wanted."""


def worn(descriptor: int, ask: Asked, rules: AttributeRules) -> Worn:
    """What is open has now; extended attributes are looked at only if they matter."""
    status, path = os.fstat(descriptor), _pathOf(descriptor)
    if not (rules.owners or ask.acl):
        return Worn(status, b"", ())
    names = _quietly(os.listxattr, path) or []
    wanted = sorted(os.fsencode(name) for name in names if isXattrWanted(os.fsencode(name), rules))
    values = ((name, _quietly(os.getxattr, path, name)) for name in wanted)
    return Worn(
        status,
        (_quietly(os.getxattr, path, ACCESS_ACL) or b"") if os.fsdecode(ACCESS_ACL) in names else b"",
        tuple((name, value) for name, value in values if value is not None),
    )


def gaps(has: Worn, ask: Asked) -> list[Gap]:
    """Which attributes are not as they are asked for."""
    found = [Gap("owners", f"another owner, since {name} is not known here", _BY_NUMBER) for name in ask.unknownNames]
    status = has.status
    if ask.uid is not None and status.st_uid != ask.uid:
        found.append(Gap("owners", f"owner {status.st_uid} instead of {ask.uid}"))
    if ask.gid is not None and status.st_gid != ask.gid:
        found.append(Gap("owners", f"group {status.st_gid} instead of {ask.gid}"))
    right = ask.modeUnderAcl if ask.acl and has.acl == ask.acl else ask.mode
    mode = stat.S_IMODE(status.st_mode) & ask.modeMask
    if mode != right & ask.modeMask:
        found.append(Gap("permissions", f"mode {mode:04o} instead of {right & ask.modeMask:04o}"))
    if status.st_mtime_ns != ask.mtimeNs:
        found.append(
            Gap("modification times", f"time {timeOfFile(status.st_mtime_ns)} instead of {timeOfFile(ask.mtimeNs)}")
        )
    return found + _xattrGaps(dict(has.xattrs), dict(ask.xattrs))


def _xattrGaps(has: dict[bytes, bytes], wanted: dict[bytes, bytes]) -> list[Gap]:
    # What the system gives every file by itself, a label for one, was not taken from the source.
    names = [name for name in sorted(has | wanted) if name in wanted or not name.startswith(_OF_THE_SYSTEM)]
    return [
        Gap(_kindOf(name), f"{_article(name in has, name in wanted)} extended attribute {displayPath(name)}")
        for name in names
        if has.get(name) != wanted.get(name)
    ]


def _article(isThere: bool, isWanted: bool) -> str:
    if isThere:
        return "another" if isWanted else "an"
    return "no"


def _kindOf(name: bytes) -> str:
    return "ACLs" if name.startswith(b"system.") else "extended attributes"


def dress(descriptor: int, ask: Asked, rules: AttributeRules, *, isClosed: bool) -> list[Gap]:
    """Give what is open what is asked for: private first, owner before mode, time last.

    Args:
        descriptor: of a file, a directory or a link, opened by `PLACE` or otherwise
        ask: what it is to have
        rules: which attributes matter
        isClosed: whether nobody else can come to it, so that no new owner changes it before its special bits are given

    Returns:
        What could not be given.
    """
    before = worn(descriptor, ask, rules)
    kinds = {gap.kind for gap in gaps(before, ask)}
    path, failures = _pathOf(descriptor), dict[str, OSError | OverflowError]()

    def attempt(kind: str, action: Callable[..., object], *arguments: Any, **more: Any) -> bool:
        try:
            action(path, *arguments, **more)
        except (OSError, OverflowError) as failure:
            failures.setdefault(kind, failure)
            return False
        return True

    _giveOwners(attempt, before.status, ask)
    status = os.fstat(descriptor)
    isOwned = status.st_uid == ask.uid and status.st_gid == ask.gid
    isMine = os.geteuid() == status.st_uid == before.status.st_uid and not before.status.st_mode & 0o022
    isAlone = isClosed or isMine
    isSafe = isOwned and (isAlone or not stat.S_ISREG(status.st_mode))
    if ask.modeMask and kinds & {"permissions", "owners", "ACLs"}:
        _giveMode(attempt, status, ask, isSafe=isSafe)
    _giveXattrs(attempt, worn(descriptor, ask, rules), ask, isSafe=isSafe)
    if "modification times" in kinds:
        attempt("modification times", os.utime, ns=(ask.mtimeNs, ask.mtimeNs))
    isAllowed = os.geteuid() in {0, before.status.st_uid}
    left = gaps(worn(descriptor, ask, rules), ask) if kinds else ()
    return [_explained(gap, failures.get(gap.kind), ask, isMine=isAllowed) for gap in left]


def _giveOwners(attempt: Callable[..., bool], status: os.stat_result, ask: Asked) -> None:
    """What others may do ends before somebody else becomes the owner, or the group of what the mode says of groups."""
    uid = -1 if ask.uid in {None, status.st_uid} else ask.uid
    gid = -1 if ask.gid in {None, status.st_gid} else ask.gid
    if uid == gid == -1:
        return
    if ask.modeMask and stat.S_IMODE(status.st_mode) & ~stat.S_IRWXU:
        attempt("permissions", os.chmod, status.st_mode & stat.S_IRWXU)
    attempt("owners", os.chown, uid, gid)


def _giveMode(attempt: Callable[..., bool], status: os.stat_result, ask: Asked, *, isSafe: bool) -> None:
    """The mode, and the ACL that belongs to it; before that is there, the mode gives nobody what it denies.

    An ACL that is there goes first, such as one that the directory gives all that is made in it. Of a directory whose
    owner does not matter, the special bits do not matter either, and stay.
    """
    isDirectory = stat.S_ISDIR(status.st_mode)
    mode, keep = ask.mode, status.st_mode & SPECIAL & ~ask.modeMask if isDirectory else 0
    plain = PERMISSIONS | stat.S_ISVTX if isDirectory else PERMISSIONS
    if ask.gid is not None and status.st_gid != ask.gid:  # a group that was not meant
        mode = mode & ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3 & mode
    if status.st_mode & stat.S_IRWXG:  # the most that an ACL gives, which without it is what the group gets
        attempt("permissions", os.chmod, stat.S_IMODE(status.st_mode) & ~stat.S_IRWXG)
    attempt("", os.removexattr, ACCESS_ACL)
    attempt("permissions", os.chmod, mode & plain | keep)
    if ACCESS_ACL in dict(ask.xattrs):
        mode = ask.modeUnderAcl if attempt("ACLs", _giveAcl, ask.acl) else mode
        attempt("permissions", os.chmod, mode & plain | keep)
    if mode & SPECIAL and isSafe:
        attempt("permissions", os.chmod, mode)


def _giveAcl(path: bytes, acl: bytes) -> None:
    """Give a path an ACL, or none, where the system makes something else of it; raises `OSError`."""
    os.setxattr(path, ACCESS_ACL, acl)
    if _quietly(os.getxattr, path, ACCESS_ACL) != acl:
        _quietly(os.removexattr, path, ACCESS_ACL)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def _giveXattrs(attempt: Callable[..., bool], before: Worn, ask: Asked, *, isSafe: bool) -> None:
    """All but the ACL; what gives a program powers only where the mode could give it special bits."""
    has, wanted = dict(before.xattrs), dict(ask.xattrs)
    for name in has.keys() - wanted.keys() - {ACCESS_ACL}:
        if not name.startswith(_OF_THE_SYSTEM):
            attempt(_kindOf(name), os.removexattr, name)
    for name, value in ask.xattrs:
        if name != ACCESS_ACL and has.get(name) != value and (isSafe or not name.startswith(_SECURITY)):
            attempt(_kindOf(name), os.setxattr, name, value)


def _explained(gap: Gap, failure: OSError | OverflowError | None, ask: Asked, *, isMine: bool) -> Gap:
    """A gap that is left, with what has made it."""
    if isinstance(failure, OSError):
        isUnholdable = failure.errno in _NOT_HELD or (failure.errno in _NOT_PERMITTED and isMine)
        return gap._replace(reason=failure.strerror or "", isUnholdable=isUnholdable)
    if gap.reason:
        return gap
    if failure:
        return gap._replace(reason="it is out of range", isUnholdable=True)
    if (gap.kind == "permissions" and ask.mode & SPECIAL) or _SECURITY.decode() in gap.text:
        return gap._replace(
            reason="that takes the recorded owner, and a directory that nobody else can enter till then"
        )
    return gap._replace(reason="the file system does not keep it", isUnholdable=True)


_NOT_HELD = {errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.ENOSPC, errno.E2BIG, errno.ERANGE, errno.EROFS}
_NOT_PERMITTED = {errno.EPERM, errno.EACCES}


def isRounded(gap: Gap, status: os.stat_result, ask: Asked) -> bool:
    """Whether a time differs only as a file system rounds it that keeps no nanoseconds."""
    return gap.kind == "modification times" and any(status.st_mtime_ns == ask.mtimeNs // unit * unit for unit in _UNITS)


def _quietly(action: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return action(*arguments)
    except OSError:
        return None


def _pathOf(descriptor: int) -> bytes:
    """A path to what is open and to nothing else, not even to what a link that is open leads to (proc(5), fd)."""
    return b"/proc/self/fd/%d" % descriptor
