"""A random campaign, a few rounds of it, or as many as `CBACK_TEST_SEEDS` asks for: `100-199`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .campaign import campaign

_FIRST, _LAST = map(int, os.environ.get("CBACK_TEST_SEEDS", "0-5").split("-"))


@pytest.mark.parametrize("seed", range(_FIRST, _LAST + 1))
def test_whatever_happens_nothing_is_lost_and_0_is_true(seed: int, anyAws: str, tmp_path: Path) -> None:
    assert len(campaign(seed, tmp_path, anyAws)) == 4
