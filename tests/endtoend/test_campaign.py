"""A random campaign, a few rounds of it; `python -m util.campaign` runs as many as wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from testcase.campaign import campaign


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_nothing_is_lost_and_0_is_true(seed: int, anyAws: str, tmp_path: Path) -> None:
    assert len(campaign(seed, tmp_path, anyAws)) == 4
