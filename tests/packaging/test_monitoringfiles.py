"""The dashboard and the alert rules of docs/monitoring ask for what a run really measures."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any, get_args

import pytest

from CedarBackup3.amazons3.model import Action, Kind

_REPOSITORY = Path(__file__).resolve().parents[2]
_DIRECTORY = _REPOSITORY / "docs/monitoring"
_RULES = _DIRECTORY / "alerts.yml"
_DASHBOARD: dict[str, Any] = json.loads((_DIRECTORY / "grafana-dashboard.json").read_text("ascii"))
_METRICS = set(re.findall(r'"(cback_\w+)"', (_REPOSITORY / "CedarBackup3/cli/metrics.py").read_text("utf-8")))
_CLASSES = {*get_args(Action), *(kind.value for kind in Kind), "upToDate", "unproven"}


def expressions() -> list[str]:
    rules = re.findall(r"expr: (?:>-\n)?((?:.|\n {10})*)", _RULES.read_text("utf-8"))
    return rules + [target["expr"] for panel in _DASHBOARD["panels"] for target in panel["targets"]]


@pytest.mark.parametrize("expression", expressions())
def test_only_metrics_and_classes_that_there_are_are_asked_for(expression: str) -> None:
    assert set(re.findall(r"cback_\w+", expression)) <= _METRICS
    named = [name for names in re.findall(r'class=~?"([^"]+)"', expression) for name in names.split("|")]
    assert set(named) <= _CLASSES


def test_no_panel_of_the_dashboard_lies_on_another() -> None:
    panels = _DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for one, other in combinations((panel["gridPos"] for panel in panels), 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above


def test_promtool_sees_the_rules_fire_when_they_should(tmp_path: Path) -> None:
    promtool = shutil.which("promtool") or pytest.skip("promtool is not installed")
    subprocess.run([promtool, "check", "rules", _RULES], capture_output=True, check=True)
    place = 'instance="web1",s3_bucket_url="s3://bucket",source_dir="/srv",tool="cback-amazons3-sync"'
    series = {
        f"cback_last_success_timestamp_seconds{{{place}}}": "0x6000",
        f"cback_exit_status{{{place}}}": "0x10 10x10 7x6000",
        f'cback_files{{{place},class="upToDate"}}': "1000x6000",
        f'cback_files{{{place},class="delete"}}': "0x30 400x6000",
        f"cback_last_rehearsal_success_timestamp_seconds{{{place}}}": "0x22000",
        f"cback_rehearsal_exit_status{{{place}}}": "0x10 7x22000",
    }
    lines = [f"      - series: '{name}'\n        values: '{values}'" for name, values in series.items()]
    expected = {
        ("BackupTooOld", "2d"): 0,
        ("BackupTooOld", "2d2h"): 1,
        ("BackupFailed", "20m"): 0,
        ("BackupFailed", "30m"): 1,
        ("BackupDeletesMuch", "20m"): 0,
        ("BackupDeletesMuch", "40m"): 1,
        ("BackupUnheard", "3h"): 0,
        ("RehearsalTooOld", "15d"): 0,
        ("RehearsalTooOld", "15d2h"): 1,
        ("RehearsalFailed", "10m"): 0,
        ("RehearsalFailed", "20m"): 1,
    }
    asked = [
        f"      - {{alertname: {name}, eval_time: {time}}}" for (name, time), count in expected.items() if not count
    ]
    test = tmp_path / "test.yml"
    head = f"rule_files: [{_RULES}]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n"
    start = head + "\n".join(lines) + "\n    alert_rule_test:\n"
    test.write_text(start + "\n".join(asked) + "\n")
    subprocess.run([promtool, "test", "rules", test], check=True)
    for (name, time), count in expected.items():  # a rule that fires is one for which silence is expected in vain
        if count:
            test.write_text(f"{start}      - {{alertname: {name}, eval_time: {time}}}\n")
            assert subprocess.run([promtool, "test", "rules", test], capture_output=True, check=False).returncode == 1
