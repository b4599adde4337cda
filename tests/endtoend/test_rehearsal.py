"""A rehearsed restore: a sample comes back as it would, each file is proven, and nothing of it is left anywhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testcase.runner import Outcome
from testcase.s3 import S3Server

from .harness import Restore, changes, put

TOOL = "CedarBackup3.tools.amazons3restore"
FILES = {b"d%d/%02d \xc3\xa9" % (number // 4, number): b"content %d" % number for number in range(12)}


@pytest.fixture
def server() -> Iterator[S3Server]:
    """A server whose bucket keeps versions."""
    with S3Server(buckets=("bucket",), versioning=True) as running:
        yield running


@pytest.fixture(params=["never", "always"])
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Whether a session lists and fetches; all verdicts are the same."""
    return "--awsSession", request.param


class Rehearsals:
    """Rehearses, with the report of each, and with a place for temporary files that has to be empty afterwards."""

    def __init__(self, restore: Restore, directory: Path) -> None:
        self._restore = restore
        self.temporary = directory / "temporary"
        self.temporary.mkdir()
        self.report = directory / "report.json"
        self.metrics = directory / "r.prom"

    def __call__(self, share: str, *arguments: str | Path, prefix: str = "p") -> Outcome:
        """Rehearse; what is temporary has to be gone."""
        self.report.unlink(missing_ok=True)
        words = ("--report", self.report, "--metricsFile", self.metrics, "--rehearse", share, *arguments)
        outcome = self._restore(*words, f"s3://bucket/{prefix}", environment={"TMPDIR": str(self.temporary)})
        assert list(self.temporary.iterdir()) == []
        assert "Traceback" not in outcome.stderr + outcome.log
        return outcome

    def classes(self) -> dict[str, int]:
        """What the last one has found, without what it has not."""
        return {name: found["count"] for name, found in self._document()["classes"].items() if found["count"]}

    def paths(self, name: str) -> list[str]:
        """The keys of a class."""
        return [each["path"] for each in self._document()["classes"][name]["paths"]]

    def _document(self) -> dict[str, Any]:
        document = json.loads(self.report.read_text())
        assert isinstance(document, dict)
        return document


@pytest.fixture
def rehearse(restoreOnce: Restore, tmp_path: Path) -> Rehearsals:
    return Rehearsals(restoreOnce, tmp_path)


def test_all_that_is_drawn_comes_back_and_nothing_is_left(
    restore: Restore, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    put(server, FILES | {b"folder/": b""}, 0)
    put(server, {b"large": os.urandom(1 << 20)}, 0)
    put(server, {b"sibling": b"x"}, 0, b"p")
    rehearse = Rehearsals(restore, tmp_path)
    outcome = rehearse("8", *way, "--verbose")
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert rehearse.classes() == {"drawn": 8, "restored": 8}
    assert "large" in rehearse.paths("drawn")
    assert "Rehearsed: s3://bucket/p/ as of now: 8 files drawn (1.0 MiB): 8 proven" in outcome.stdout
    assert (changes(server), sorted(map(str, tmp_path.iterdir()))) == (
        [],
        sorted(f"{tmp_path}/{name}" for name in ("temporary", "report.json", "r.prom")),
    )
