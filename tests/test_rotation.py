"""Which part of the files has its turn, and what is known of all parts: of everything that was proven, and no more."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.local.filters import Filters
from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import ContentReport, Coverage, Kind, Part, VerifyReport
from CedarBackup3.amazons3.sync.coverage import (
    coverageIn,
    coverageText,
    coveredSince,
    isProven,
    partsCovered,
    withPart,
)
from CedarBackup3.amazons3.sync.rotation import MOST_PARTS, Rotation, hasKey, partOfDay
from CedarBackup3.tools.amazons3sync import TOOL
from CedarBackup3.tools.shared.coveragefile import CoverageFile, coverageFile, keepCoverage, readCoverage
from testcase.trees import AWKWARD_NAMES

DAY = 20_000
KEYS = (*AWKWARD_NAMES, *(b"photos/%d.jpg" % number for number in range(2000)), b"\xff\xfe", b"k" * 1024)


def clean(part: Part, *, unknown: int = 0, differing: int = 0) -> VerifyReport:
    content = ContentReport({"matched": 3, "unknown": unknown}, {}, ())
    return VerifyReport(3, 3, {Kind.CONTENT: differing}, (), content=content, part=part)


# The parts


@pytest.mark.parametrize("parts", [1, 2, 7, 30, 365, MOST_PARTS])
def test_every_key_is_in_one_part_and_every_part_has_its_turn(parts: int) -> None:
    turns = [partOfDay(Rotation(parts), 0, DAY + number) for number in range(parts)]
    assert {part.number for part in turns} == set(range(parts))
    keys = KEYS if parts < 100 else KEYS[:40]
    assert [sum(hasKey(part, key) for part in turns) for key in keys] == [1] * len(keys)
    assert partOfDay(Rotation(parts), 0, DAY + parts).number == turns[0].number


def test_the_part_of_a_key_is_the_same_in_every_process_and_release() -> None:
    assert [key for key in (b"a", b"b", b"c", b"d", b"e") if hasKey(Part(1, 3, DAY), key)] == [b"a", b"b"]
    sizes = [sum(hasKey(Part(number, 30, DAY), key) for key in KEYS) for number in range(30)]
    assert 30 < min(sizes) <= max(sizes) < 110


@pytest.mark.parametrize(
    ("size", "total", "parts"),
    [
        *[(500, 0, 1), (500, 1, 1), (500, 500, 1), (500, 501, 2), (500, 1000, 2), (500, 1001, 4)],
        *[(1, 3000, 4096), (1, 1 << 60, MOST_PARTS), (1 << 60, 1 << 40, 1)],
    ],
)
def test_a_size_makes_as_many_parts_as_keep_below_it(size: int, total: int, parts: int) -> None:
    assert partOfDay(Rotation(size=size), total, DAY).parts == parts


def test_no_file_waits_longer_than_the_number_of_parts_while_the_source_grows_and_shrinks() -> None:
    totals = [900] * 40 + [1700, 900, 1700, 3300] * 30 + [3300] * 40 + [900] * 40
    parts = [partOfDay(Rotation(size=100), total, DAY + number) for number, total in enumerate(totals)]
    for key in KEYS[:60]:
        days = [part.day for part in parts if hasKey(part, key)]
        assert max(after - before for before, after in pairwise(days)) <= 64


# What is known of them


def test_the_whole_is_covered_since_the_oldest_success_once_every_part_had_one() -> None:
    coverage = Coverage()
    for number in range(29):
        coverage = withPart(coverage, partOfDay(Rotation(30), 0, DAY + number))
        assert (coveredSince(coverage), partsCovered(coverage, 30)) == (None, number + 1)
    coverage = withPart(coverage, partOfDay(Rotation(30), 0, DAY + 29))
    assert (coveredSince(coverage), partsCovered(coverage, 30)) == (DAY, 30)
    coverage = withPart(coverage, partOfDay(Rotation(30), 0, DAY + 31))  # the part of the day before failed
    assert coveredSince(coverage) == DAY
    assert coveredSince(withPart(coverage, partOfDay(Rotation(30), 0, DAY + 60))) == DAY + 2
    assert coveredSince(withPart(coverage, Part(0, 1, DAY + 40))) == DAY + 40  # all at once


def test_other_numbers_of_parts_claim_what_follows_and_nothing_else() -> None:
    halves = withPart(Coverage(), Part(1, 2, DAY))
    quarters = withPart(halves, Part(0, 4, DAY + 1))
    assert (quarters.parts, quarters.days) == (4, {0: DAY + 1, 1: DAY, 3: DAY})
    assert [partsCovered(quarters, parts) for parts in (1, 2, 4, 8)] == [0, 1, 3, 6]
    whole = withPart(quarters, Part(0, 2, DAY + 2))
    assert (coveredSince(whole), whole.days[2]) == (DAY, DAY + 2)
    thirds = withPart(whole, Part(0, 3, DAY + 3))
    assert (thirds.parts, thirds.days, coveredSince(thirds)) == (3, {0: DAY + 3}, DAY)
    assert partsCovered(thirds, 4) == 0
    for number in (1, 2):
        thirds = withPart(thirds, Part(number, 3, DAY + 3 + number))
    assert coveredSince(thirds) == DAY + 3


def test_only_a_check_without_differences_and_unproven_files_counts() -> None:
    part = Part(4, 30, DAY)
    assert isProven(clean(part))
    assert not isProven(clean(part, unknown=1))
    assert not isProven(clean(part, differing=1))
    assert not isProven(VerifyReport(3, 3, {Kind.MISSING: 0}, ()))


# Where that is kept


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    (tmp_path / "source").mkdir()
    return mirrorOf(tmp_path / "source", "s3://bucket/p")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir(mode=0o700)
    return tmp_path / "state"


def kept(mirror: Mirror, state: Path) -> CoverageFile:
    found = coverageFile(mirror, {"STATE_DIRECTORY": f"{state}:/nowhere"})
    assert found
    return found


FILTERS = (
    Filters((Rule("*.o"),)),
    Filters((Rule("*.o", isInclude=True),)),
    Filters(markers=(b"\xff",)),
    Filters(hasCaches=False),
    Filters(isOneFileSystem=True),
    Filters(maxSize=5),
)


def test_successes_are_kept_for_their_source_target_and_selection(mirror: Mirror, state: Path, tmp_path: Path) -> None:
    file = kept(mirror, state)
    assert readCoverage(file, DAY) == Coverage()
    keepCoverage(file, clean(Part(3, 30, DAY)), DAY)
    keepCoverage(file, clean(Part(4, 30, DAY + 1)), DAY + 1)
    keepCoverage(file, clean(Part(5, 30, DAY + 2), unknown=1), DAY + 2)
    keepCoverage(file, clean(Part(6, 30, DAY + 3), differing=1), DAY + 3)
    assert readCoverage(file, DAY + 4) == Coverage(30, {3: DAY, 4: DAY + 1})
    assert readCoverage(file, DAY) == Coverage(30, {3: DAY})  # the clock was set back: who knows what day it was
    assert [path.stat().st_mode & 0o777 for path in state.iterdir()] == [0o600]
    source = tmp_path / "source"
    for other in (
        mirrorOf(source, "s3://bucket/q"),
        mirrorOf(state, "s3://bucket/p"),
        *(mirrorOf(source, "s3://bucket/p", filters=filters) for filters in FILTERS),
    ):
        assert readCoverage(kept(other, state), DAY + 4) == Coverage()
    config = tmp_path / "config"
    config.write_text("[default]\nendpoint_url = http://127.0.0.1:9\n")
    for variables in ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, {"AWS_CONFIG_FILE": str(config)}):
        elsewhere = coverageFile(mirror, {"STATE_DIRECTORY": str(state), **variables})
        assert elsewhere
        assert elsewhere.path != file.path


def _document(**changes: Any) -> Callable[[CoverageFile], str]:
    def text(file: CoverageFile) -> str:
        document = json.loads(coverageText(Coverage(30, {3: DAY}, DAY), file.pair, file.selection))
        return json.dumps(document | changes)

    return text


_BAD_DAYS: list[Any] = [
    *({"3": "x"}, {"3": -1}, {"3": True}, {"30": DAY}, {"3": None}, {"-1": DAY}, {"x": DAY}, {"": DAY}),
    *([], 3, None),
]


@pytest.mark.parametrize(
    "text",
    [
        *(lambda _, text=text: text for text in ("", "{", "[]", "null", "\0", "[" * 100_000, '{"format": 1}')),
        *(_document(parts=parts) for parts in (0, -1, True, 1.5, "30", None, 10**9, 2)),
        *(_document(days=days) for days in _BAD_DAYS),
        *(_document(since=since) for since in ("x", -1, 1.0, True)),
        _document(format="of somebody else"),
        _document(pair={"source": "/elsewhere"}),
        lambda file: _document()(file)[:-9],
    ],
)
def test_a_damaged_or_foreign_file_is_ignored_with_a_warning_and_replaced_by_the_next_success(
    mirror: Mirror, state: Path, text: Callable[[CoverageFile], str], caplog: pytest.LogCaptureFixture
) -> None:
    file = kept(mirror, state)
    Path(file.path).write_text(text(file))
    assert readCoverage(file, DAY) == Coverage()
    (record,) = caplog.records
    assert (record.levelno, record.getMessage().count(file.path)) == (logging.WARNING, 1)
    keepCoverage(file, clean(Part(3, 30, DAY)), DAY)
    assert readCoverage(file, DAY) == Coverage(30, {3: DAY})


def test_what_is_no_file_is_ignored_and_stays(mirror: Mirror, state: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = kept(mirror, state)
    other = state / "other"
    other.write_text(_document()(file))
    os.symlink(other, file.path)
    assert readCoverage(file, DAY) == Coverage()
    keepCoverage(file, clean(Part(4, 30, DAY)), DAY)
    assert other.read_text() == _document()(file)
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2


def test_days_to_come_count_for_nothing(mirror: Mirror, state: Path) -> None:
    file = kept(mirror, state)
    text = coverageText(Coverage(2, {0: DAY, 1: DAY + 1}, DAY + 1), file.pair, file.selection)
    assert coverageIn(text, file.pair, file.selection, DAY) == Coverage(2, {0: DAY}, None)


def test_without_a_private_state_directory_nothing_is_kept(
    mirror: Mirror, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert coverageFile(mirror, {}) is None
    assert coverageFile(mirror, {"STATE_DIRECTORY": ""}) is None
    assert not caplog.records
    shared = state / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    for directory in (str(shared), str(state / "none"), "state", "/dev/null", "/a\0b"):
        caplog.clear()
        assert coverageFile(mirror, {"STATE_DIRECTORY": directory}) is None
        assert [record.levelno for record in caplog.records] == [logging.WARNING]


# The switch


@pytest.mark.parametrize(
    ("words", "rotation"),
    [
        ([], None),
        (["--checkContent"], Rotation()),
        (["--repairContent"], Rotation()),
        (["--digestCache", "x"], Rotation()),
        (["--checkContent=1/30"], Rotation(30)),
        (["--repairContent", "--checkContent=1/30", "--digestCache", "x"], Rotation(30)),
        (["--checkContent=500MB"], Rotation(size=500 << 20)),
        (["--checkContent=5G"], Rotation(size=5 << 30)),
    ],
)
def test_a_part_stands_behind_an_equals_sign_and_switches_that_imply_the_check_leave_it(
    words: list[str], rotation: Rotation | None
) -> None:
    from CedarBackup3.cli.commandline import parseCommandLine

    for line in ([*words, "/srv", "s3://b"], ["/srv", "s3://b", *words], ["/srv", *words, "s3://b"]):
        values = parseCommandLine(TOOL, line).values
        assert (values["checkContent"], values["sourceDir"], values["s3BucketUrl"]) == (rotation, "/srv", "s3://b")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        *(
            (
                [f"--checkContent={text}", "/srv", "s3://b"],
                f"'{text}' of --checkContent must be a part from 1/1 to 1/4096",
            )
            for text in ("2/30", "1/0", "1/4097", "1/", "x", "1/3O", "-1", "/srv", "1/99999", "0", "30", "1/\u0663")
        ),
        (
            ["--checkContent", "1/30", "/srv", "s3://b"],
            "if '1/30' is meant as a value, it stands behind an equals sign",
        ),
        (["/srv", "s3://b", "--checkContent", "1/30"], "equals sign: --checkContent[=PART] (see"),
    ],
)
def test_what_is_no_part_is_refused_in_a_sentence(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from CedarBackup3.cli import runTool

    assert runTool(TOOL, words) == 2
    shown = capsys.readouterr().err
    assert complaint in shown
    assert shown.count("\n") == 1
