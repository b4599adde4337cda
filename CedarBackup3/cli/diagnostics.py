"""What a bug report should say about the place where the tool runs."""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from CedarBackup3.cli.tool import Tool
from CedarBackup3.release import VERSION
from CedarBackup3.util import displayText, withoutSecrets


def diagnosticsListing(tool: Tool, values: Mapping[str, Any]) -> str:
    """The text that `--diagnostics` prints: a line each, the common ones first, then the tool's own."""
    told = (*_commonDiagnostics(tool), *tool.diagnostics(values))
    rows = [(label, displayText(withoutSecrets(value))) for label, value in told]
    width = max(len(label) for label, _ in rows) + 2
    return "Diagnostics:\n\n" + "".join(f"   {label + ':':{width}}{value}\n" for label, value in rows)


def _commonDiagnostics(tool: Tool) -> Iterator[tuple[str, str]]:
    yield "Version", f"{tool.name} {VERSION}"
    yield "Python", f"{platform.python_version()} ({sys.executable})"
    yield "Platform", platform.platform()
    yield "Time", datetime.now().astimezone().isoformat(timespec="seconds")
    yield (
        "Encoding",
        f"{sys.getfilesystemencoding()} for file names, {locale.nl_langinfo(locale.CODESET)} in the locale",
    )
    variables = {name: os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG", "PYTHONUTF8") if name in os.environ}
    yield "Locale", " ".join(f"{name}={value}" for name, value in variables.items()) or "no variable is set"
