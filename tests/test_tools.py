"""Every tool keeps the promises of the shared command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from CedarBackup3.tools import toolModules
from testcase.conformance import CHECKS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("module", [*toolModules(), "testcase.exampletool"])
def test_the_tool_conforms(module: str, check: Callable[[str], None]) -> None:
    check(module)
