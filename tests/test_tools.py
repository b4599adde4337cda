"""Every tool keeps the promises of the shared command line."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable

import pytest

import CedarBackup3.tools
from testcase.conformance import CHECKS

TOOLS = [f"CedarBackup3.tools.{module.name}" for module in pkgutil.iter_modules(CedarBackup3.tools.__path__)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("module", TOOLS)
def test_the_tool_conforms(module: str, check: Callable[[str], None]) -> None:
    check(module)
