"""What a bug report should say about the place where the tool runs."""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections.abc import Iterator
from datetime import datetime

from CedarBackup3.cli.commandline import CommandLine
from CedarBackup3.cli.options import CommonOptions, commonOptions
from CedarBackup3.cli.tool import Tool
from CedarBackup3.release import VERSION
from CedarBackup3.util import displayText, withoutSecrets


def diagnosticsListing(tool: Tool, line: CommandLine) -> str:
    """The text that `--diagnostics` prints: a line each, the common ones first, then the tool's own."""
    common = commonOptions(line.values, line.given)
    pairs = (*_commonDiagnostics(tool), ("Log", _log(common)), *tool.diagnostics(line.values))
    rows = [(label, displayText(withoutSecrets(value))) for label, value in pairs]
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


def _log(common: CommonOptions) -> str:
    """Where the log of a run with these switches goes; nothing is made."""
    reason = f" (this user cannot write {common.unwritableLogfile})" if common.unwritableLogfile else ""
    file = f"{common.logfile}{reason}" if common.logfile else ""
    return " and ".join(filter(None, [file, "the system log" if common.syslog else ""]))
