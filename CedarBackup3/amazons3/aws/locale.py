"""The locale in which the AWS CLI runs; its encoding decides how the bytes of file names become keys.

A Python program decodes file names in the encoding of its locale (PEP 538, PEP 540 and the documentation of
`sys.getfilesystemencoding`). Under a UTF-8 locale, and under none at all, that is UTF-8. In a legacy locale only that
locale's own encoding can decode the names which its user gives to files.
"""

from __future__ import annotations

import codecs
import locale
import os
from dataclasses import dataclass

_VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")  # in the order in which setlocale(3) looks at them
_NO_LEGACY = ("utf-8", "ascii")
_UTF8_LOCALE = "C.UTF-8"


@dataclass(frozen=True, slots=True)
class AwsLocale:
    """A locale for aws."""

    name: str
    """As LC_ALL takes it."""
    encoding: str
    """The name of its codec: the expected encoding of file names."""
    origin: str
    """Where it comes from, for messages."""

    @property
    def isLegacy(self) -> bool:
        """Whether its encoding is another than UTF-8."""
        return self.encoding != "utf-8"

    def decoded(self, name: bytes) -> str:
        """The name as aws understands it; bytes it cannot decode become surrogate escapes."""
        return name.decode(self.encoding, "surrogateescape")

    def keyOf(self, path: bytes) -> bytes:
        """The key, in UTF-8, under which aws stores a path. One that it cannot store gives bytes that are no UTF-8."""
        return self.decoded(path).encode("utf-8", "surrogatepass") if self.isLegacy else path

    def pathOf(self, key: bytes) -> bytes:
        """The path that aws stores under a key; raises `UnicodeError` if this locale has none."""
        return key.decode("utf-8").encode(self.encoding) if self.isLegacy else key


def awsLocale() -> AwsLocale:
    """The locale to run aws in: this process's own if its encoding is a legacy one, otherwise UTF-8."""
    try:
        encoding = codecs.lookup(locale.nl_langinfo(locale.CODESET)).name
    except LookupError:  # no Python runs in such a locale, aws neither
        encoding = "ascii"
    variable = next((variable for variable in _VARIABLES if os.environ.get(variable)), "")
    if encoding in _NO_LEGACY or not variable or os.environ.get("PYTHONUTF8") == "1":
        return AwsLocale(_UTF8_LOCALE, "utf-8", f"the AWS CLI runs with LC_ALL={_UTF8_LOCALE}")
    name = os.environ[variable]
    return AwsLocale(name, encoding, f"from {variable}={name}")
