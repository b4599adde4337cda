"""The page of backups: whole without anything else, safe whatever names there are, and readable for everybody."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from CedarBackup3.cli import runTool
from CedarBackup3.errors import ExitStatus
from CedarBackup3.status.judgement import Backup, judge
from CedarBackup3.status.page import pageText
from CedarBackup3.status.pagestyle import STYLE
from CedarBackup3.status.reports import History, PastRun
from CedarBackup3.status.settings import Instance
from CedarBackup3.tools.amazons3status import TOOL

_NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_VOID = {"meta"}
HOSTILE = "</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;\u202e\x1b\udcff"


def backup(name: str, *runs: PastRun, source: str = "/srv", problem: str = "") -> Backup:
    problems = (problem,) if problem else ()
    instance = Instance(name, source, f"s3://bucket/{source}", "/reports/")
    return judge(instance, History(tuple(runs), problems), _NOW, timedelta(days=2))


def ran(days: float, status: int = 0, message: str = "", seconds: float = 60, **counts: int) -> PastRun:
    end = _NOW - timedelta(days=days)
    return PastRun(
        end - timedelta(seconds=1), end, seconds, status, message, {name: (n, 10 * n) for name, n in counts.items()}
    )


class Page(HTMLParser):
    """A page, whose elements are closed in the order in which they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.shown: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.shown.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page() -> Page:
    well = [ran(day, seconds=day * 10, matched=900, upload=day, delete=2 * day) for day in range(1, 500)]
    return Page(
        pageText([backup("photos", *well), backup(HOSTILE, ran(3, 7, HOSTILE), source=HOSTILE, problem=HOSTILE)], _NOW)
    )


def test_the_page_needs_nothing_else_and_no_script(page: Page) -> None:
    assert {tag for tag, _ in page.elements} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "header",
            "main",
            "section",
            "div",
            "h1",
            "h2",
            "p",
            "span",
        ),
        *("strong", "table", "thead", "tbody", "tr", "th", "td", "a", "ul", "li", "figure", "figcaption"),
        *("svg", "g", "rect", "path", "text"),
    }
    attributes = [(name, value) for _, each in page.elements for name, value in each.items()]
    assert all(value.startswith("#") for name, value in attributes if name in {"href", "src"})
    assert not any(name.startswith("on") or name in {"style", "srcset"} for name, _ in attributes)
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    (policy,) = [each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_hostile_names_are_text(page: Page) -> None:
    text = "".join(page.shown)
    shown = "</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;\\u202e\\x1b\\xff"
    assert text.count(shown) == 6  # name, source and target in the table, a heading, and two reasons
    assert text.replace("\n", "").isprintable()


def test_who_hears_the_page_finds_the_way(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    assert [each["name"] for each in page.all("meta") if "name" in each] == ["viewport", "color-scheme"]
    assert len(page.all("h1")) == 1
    assert len(page.all("title")) - 1 == sum("none" in each.get("class", "").split() for each in page.all("g")) + sum(
        each.get("class") in {"well", "failed"} for each in page.all("g")
    )
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(ids) == len(set(ids)) == 2
    assert [each["href"] for each in page.all("a")] == [f"#{each}" for each in ids]
    assert all(each["scope"] in {"row", "col"} for each in page.all("th"))
    assert all(each["role"] == "img" and each["aria-label"] for each in page.all("svg"))
    headings = [each["data-label"] for each in page.all("td")]
    assert headings[: len(headings) // 2] == headings[len(headings) // 2 :]


def test_a_year_of_nights_has_a_square_for_each_and_the_last_run_of_a_day_counts() -> None:
    runs = [ran(0.1), ran(1, 7), ran(1.1), ran(2), ran(2.1, 6), ran(364), ran(400)]
    text = pageText([backup("photos", *runs)], _NOW)
    days = re.findall(r'<g class="(\w+)"><title>\w{3} ([\d-]+): ([^<]*)</title>', text)
    assert len(days) == 52 * 7 + 4  # a Thursday
    assert [(kind, told) for kind, _, told in days[-4:]] == [
        ("none", "no run"),
        ("well", "failed (6), done (0)"),
        ("failed", "done (0), differences (7)"),
        ("well", "done (0)"),
    ]
    assert days[-1][1] == "2026-11-26"
    assert [kind for kind, _, _ in days].count("well") == 3
    assert 'aria-label="4 days with runs since 2025-11-24, on 1 of them the last run failed"' in text


def test_durations_bytes_counts_and_deletions_are_plotted() -> None:
    runs = [ran(1, seconds=90, matched=5, delete=3, upload=4), ran(2, 6), ran(3, seconds=7200, matched=2048)]
    text = pageText([backup("photos", *runs)], _NOW)
    captions = re.findall(r'<figcaption>(\w+) <span class="muted">([^<]*)<', text)
    assert captions == [
        ("Duration", "last 1 m 30 s, at most 2 h"),
        ("Size", "last 50 bytes, at most 20.0 KiB"),
        ("Files", "last 5, at most 2,048"),
        ("Changed", "last 7, at most 7"),
        ("Deleted", "last 3, at most 3"),
    ]
    assert [path.count("M") for path in re.findall(r'<path d="(M[\d.]+ 47v[^"]*)"', text)] == [3, 2, 2, 1, 1]
    assert "<figure>" not in pageText([backup("photos")], _NOW)


def _luminance(colour: str) -> float:
    """As WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted(map(_luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_differ_enough_for_everybody(scheme: int) -> None:
    assert round(_contrast("#ffffff", "#777777"), 2) == 4.48  # a known pair
    colours = dict(re.findall(r"--(\w+): (#\w{6});", re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[scheme]))
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", STYLE.partition("box-sizing")[2])
    used = {name for _, rule in rules for name in re.findall(r"var\(--(\w+)\)", rule)}
    texts = {name for _, rule in rules for name in re.findall(r"(?<![-\w])(?:color|background): var\(--(\w+)\)", rule)}
    assert used == set(colours)
    for name in used - {"paper"}:  # all stands on paper, or paper on it
        needed = 4.5 if name in texts or name == "muted" else 3
        assert _contrast(colours[name], colours["paper"]) >= needed, name


def test_the_page_is_replaced_as_a_whole_for_owner_and_group(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photos.conf").write_text("SOURCE=/srv\nTARGET=s3://bucket\n")
    path = tmp_path / "page.html"
    words = ["--quiet", "--settingsDirectory", str(tmp_path), "--html", str(path)]
    for _ in range(2):
        assert runTool(TOOL, words) == ExitStatus.DIFFERENCES
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert "1 of 1 need attention" in path.read_text()
    assert runTool(TOOL, [*words[1:], "--html", f"{tmp_path}/no/page.html"]) == ExitStatus.FAILED
    assert "/no/page.html: No such file or directory; name another file with --html" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("page", "words", "complaint"),
    [
        ("-", [], "must name a file"),
        ("", [], "must name a file"),
        ("x", ["--report", "y/./x"], "--html and --report name the same file, x"),
        ("y/x", ["--logfile", "x"], "--html and --logfile name the same file, y/x"),
        ("./x", ["--metricsFile", "x"], "--html and --metricsFile name the same file, ./x"),
    ],
)
def test_the_page_replaces_nothing_else(
    page: str,
    words: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "y").symlink_to(".")
    assert runTool(TOOL, ["--html", page, *words]) == ExitStatus.USAGE
    assert complaint in capsys.readouterr().err


def test_chromium_draws_the_page(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or pytest.skip("chromium is not installed")
    page, picture = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text(pageText([backup("photos", ran(1, matched=5))], _NOW))
    words = ["--headless", "--disable-gpu", "--window-size=500,900", f"--user-data-dir={tmp_path}/profile"]
    sandbox = ["--no-sandbox"] * (os.geteuid() == 0)
    command = [chromium, *words, *sandbox, f"--screenshot={picture}", page.as_uri()]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    assert picture.read_bytes().startswith(b"\x89PNG")
