"""How long fetching one by one takes, in words."""

from __future__ import annotations

import os

import pytest

from CedarBackup3.amazons3.restore.fetch import durationLine


@pytest.mark.parametrize(
    ("files", "processors", "words"),
    [
        (100, 2, "at least 32 seconds on 2 processors"),
        (100, 1, "at least 1 minute on 1 processor"),
        (2_000, 2, "at least 10 minutes on 2 processors"),
        (2_000, 64, "at least 2 minutes on 8 processors"),  # no more are started at once
        (1_000_000, 8, "at least 22 hours on 8 processors"),
    ],
)
def test_the_time_grows_with_the_files_and_falls_with_the_processors(
    monkeypatch: pytest.MonkeyPatch, files: int, processors: int, words: str
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(processors)))
    line = durationLine(files)
    assert line.startswith(f"Each of {files:,} files is fetched ")
    assert words in line


def test_nothing_is_told_of_few_files() -> None:
    assert durationLine(99) == ""
