"""Writes docs/usage.md: what `--help` prints, of every tool.

    python3 util/usage.py

A test holds the page to the program, so that a change of a switch table shows in review as its user will see it.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from CedarBackup3.cli.commandline import usageListing
from CedarBackup3.tools import toolModules

PAGE = Path(__file__).resolve().parent.parent / "docs" / "usage.md"
_HEAD = """\
# Usage

[Guide](guide.md) · before: [Limits](limits.md) · next: [Extensions](extensions.md)

What `--help` prints. The manual pages have more of each switch. `make usage` writes this page.
"""


def usagePage() -> str:
    """The page as it has to be."""
    tools = [importlib.import_module(module).TOOL for module in toolModules()]
    return _HEAD + "".join(f"\n## {tool.name}\n\n```text\n{usageListing(tool)}```\n" for tool in tools)


if __name__ == "__main__":
    PAGE.write_text(usagePage(), "utf-8")
