"""Which AWS CLIs the tests are run with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from testcase.awscommands import VARIABLE, awsCommands


def test_those_that_are_named_come_beside_those_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    usual = awsCommands()
    assert set(usual) <= {"pypi", "system"}
    for name in ("one", "two words"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, f"{tmp_path}/one:two words:")
    assert awsCommands() == usual | {"named1": f"{tmp_path}/one", "named2": f"{tmp_path}/two words"}


@pytest.mark.parametrize("kind", ["none", "a directory", "not executable"])
def test_one_that_is_named_and_cannot_be_run_is_no_reason_to_go_on_without(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "a directory":
        (tmp_path / "aws").mkdir()
    elif kind == "not executable":
        (tmp_path / "aws").touch(mode=0o644)
    monkeypatch.setenv(VARIABLE, os.fspath(tmp_path / "aws"))
    with pytest.raises(ValueError, match=f"{VARIABLE} names what cannot be run: {tmp_path}/aws"):
        awsCommands()
