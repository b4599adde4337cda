"""The command line shared by every tool: switches, logging, diagnostics, exit statuses. Knows nothing of S3.

A tool is a `Tool` record and a call of `runTool`:

    TOOL = Tool(name="cback-example", ..., switches=(Switch("x", "extra", "..."),), run=run)

    def cli() -> int:
        return runTool(TOOL)
"""

from CedarBackup3.cli.options import CommonOptions, commonOptions
from CedarBackup3.cli.runner import runTool
from CedarBackup3.cli.switches import (
    COMMON_SWITCHES,
    HOOK_NEEDS,
    HOOK_SWITCHES,
    Argument,
    Exclusion,
    Need,
    Switch,
    grouped,
    notEmpty,
    seconds,
)
from CedarBackup3.cli.tool import Program, Tool

__all__ = [
    "COMMON_SWITCHES",
    "HOOK_NEEDS",
    "HOOK_SWITCHES",
    "Argument",
    "CommonOptions",
    "Exclusion",
    "Need",
    "Program",
    "Switch",
    "Tool",
    "commonOptions",
    "grouped",
    "notEmpty",
    "runTool",
    "seconds",
]
