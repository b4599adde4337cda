"""What a record asks for here: which of the recorded attributes are wanted, and whose numbers the names are."""

from __future__ import annotations

import functools
import grp
import pwd
import stat
import struct
from dataclasses import dataclass
from typing import Literal, NamedTuple

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.util import displayText

PERMISSIONS = 0o777
SPECIAL = 0o7000
"""The bits setuid, setgid and sticky."""

ACCESS_ACL = b"system.posix_acl_access"
"""The extended attribute that is the ACL (acl(5)); what the mode has for the group is its mask then."""

Xattrs = tuple[tuple[bytes, bytes], ...]
"""Names and values of extended attributes, by name."""


@dataclass(frozen=True, slots=True)
class AttributeRules:
    """Which of the stored attributes are restored or compared."""

    isWanted: bool = True
    """Whether any are."""
    owners: Literal["", "names", "numbers"] = ""
    """By what owners and groups are found here; empty: they are left out, and so is what means nothing without them:
    special bits, ACLs and extended attributes."""
    hasAllXattrs: bool = False
    """Whether those are among them that tell the system what a program may do: `security.*`, `trusted.*`."""
    backup: S3Location | None = None
    """What the backup was given that has stored them, if that is more than is selected."""
    isStrict: bool = False
    """Whether it is a difference what the file system cannot hold."""


ALL_BUT_OWNERS = AttributeRules()
NO_ATTRIBUTES = AttributeRules(isWanted=False)


class Asked(NamedTuple):
    """What a path is to have."""

    mode: int
    """As it is right without an ACL."""
    modeUnderAcl: int
    """As it is right with the recorded one."""
    modeMask: int
    """Which bits of the mode matter; 0: none, since it is a link."""
    uid: int | None
    """None: the owner does not matter, or is nobody here."""
    gid: int | None
    mtimeNs: int
    acl: bytes
    """The recorded one; empty: there was none."""
    xattrs: Xattrs
    """Those that are wanted."""
    unknownNames: tuple[str, ...]
    """What is to be reported of owners that are nobody here."""


def asked(record: AttributeRecord, rules: AttributeRules) -> Asked:
    """What a record asks for under some rules."""
    isLink = stat.S_ISLNK(record.mode)
    mask = 0 if isLink else PERMISSIONS | SPECIAL if rules.owners else PERMISSIONS
    if stat.S_ISDIR(record.mode):  # without its sticky bit, who may write in it could remove what others have there
        mask |= record.permissions & stat.S_ISVTX
    mode = record.permissions & mask
    acl = dict(record.xattrs).get(ACCESS_ACL, b"")
    uid = gid = None
    unknown: list[str] = []
    if rules.owners:
        uid, gid = _userId(record, rules), _groupId(record, rules)
        unknown += [f"user {displayText(record.user)}"] if uid is None else []
        unknown += [f"group {displayText(record.group)}"] if gid is None else []
    return Asked(
        _withoutAcl(mode, acl) if acl else mode,
        mode,
        mask,
        uid,
        gid,
        record.mtimeNs,
        acl,
        tuple(each for each in record.xattrs if isXattrWanted(each[0], rules)),
        tuple(unknown),
    )


def isXattrWanted(name: bytes, rules: AttributeRules) -> bool:
    """Whether an extended attribute of a name is restored and compared."""
    return bool(rules.owners) and (rules.hasAllXattrs or name.startswith((b"user.", b"system.")))


def _userId(record: AttributeRecord, rules: AttributeRules) -> int | None:
    """The user who is meant here. A name that is nobody's is not taken for its number, which may be another's."""
    return _uidOf(record.user) if rules.owners == "names" and record.user else record.uid


def _groupId(record: AttributeRecord, rules: AttributeRules) -> int | None:
    return _gidOf(record.group) if rules.owners == "names" and record.group else record.gid


@functools.lru_cache(maxsize=4096)
def _uidOf(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except (KeyError, ValueError):  # ValueError: it has a NUL in it
        return None


@functools.lru_cache(maxsize=4096)
def _gidOf(name: str) -> int | None:
    try:
        return grp.getgrnam(name).gr_gid
    except (KeyError, ValueError):
        return None


def _withoutAcl(mode: int, acl: bytes) -> int:
    """The mode that gives the owning group what it had under an ACL, and not what the others had who were named there.

    (linux/posix_acl_xattr.h: a version, then tag, permissions and id of each entry.)
    """
    entries = acl[_ACL_VERSION:]
    found: dict[int, int] = {}
    if len(entries) % _ACL_ENTRY.size == 0:
        found = {tag: bits for tag, bits, _ in _ACL_ENTRY.iter_unpack(entries)}
    group = found.get(_OWNING_GROUP, 0) & found.get(_MASK, 7) & 7
    return mode & ~_GROUP | group << 3


_ACL_VERSION = 4  # bytes
_GROUP = 0o070
_ACL_ENTRY = struct.Struct("<HHI")
_OWNING_GROUP, _MASK = 0x04, 0x10
