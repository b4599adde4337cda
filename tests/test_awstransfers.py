"""How many requests and bytes a second an aws is told to make, by the user's configuration with changes of ours."""

from __future__ import annotations

import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.overlay import NoOverlay
from CedarBackup3.amazons3.aws.transfers import OwnPace, Pace, ownPace, pacedEnvironment

NESTED = "s3 =\n  max_concurrent_requests = {requests}\n  addressing_style = path\n  max_bandwidth = {rate}\n"
FIXED = OwnPace(canChange=False)


def environmentOf(tmp_path: Path, config: str, credentials: str = "", **more: str) -> dict[str, str]:
    (tmp_path / "config").write_text(config)
    (tmp_path / "credentials").write_text(credentials)
    files = {"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"}
    return {"HOME": str(tmp_path), **{name: str(tmp_path / file) for name, file in files.items()}, **more}


def settingsIn(text: str, section: str) -> dict[str, str]:
    """The s3 settings of a section, as botocore reads them."""
    parser = RawConfigParser()
    parser.read_string(text)
    lines = parser.get(section, "s3", fallback="").split("\n")
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines if line)}


@pytest.mark.parametrize(
    ("config", "credentials", "profile", "expected"),
    [
        ("", "", "", OwnPace()),
        ("[default]\nregion = x\n", "", "", OwnPace()),
        ("[default]\n" + NESTED.format(requests=5, rate="2MB/s"), "", "", OwnPace(5, 2 << 20)),
        ("[default]\n" + NESTED.format(requests=5, rate="80Kb/s"), "", "", OwnPace(5, 10 << 10)),
        ("[default]\n" + NESTED.format(requests=5, rate="2MB/s"), "[p]\nx=1\n", "p", OwnPace()),
        ("[profile p]\n" + NESTED.format(requests=7, rate="1GiB/s"), "", "p", OwnPace(7, 1 << 30)),
        ("[profile 'my own']\n" + NESTED.format(requests=7, rate="3KB/s"), "", "my own", OwnPace(7, 3 << 10)),
        ("[default]\n" + NESTED.format(requests="many", rate="2MB/s"), "", "", FIXED),
        ("[default]\n" + NESTED.format(requests=5, rate="fast"), "", "", FIXED),
        ("[default]\ns3 = path\n", "", "", FIXED),
        ("", "[default]\n" + NESTED.format(requests=5, rate="2MB/s"), "", FIXED),
        ("", "", "missing", FIXED),
        ("no configuration\n", "", "", FIXED),
    ],
)
def test_what_the_user_has_set(config: str, credentials: str, profile: str, expected: OwnPace, tmp_path: Path) -> None:
    assert ownPace(environmentOf(tmp_path, config, credentials), profile, "utf-8") == expected


OWN = "[default]\nregion = x\n[profile p]\n" + NESTED.format(requests=10, rate="4MB/s")


@pytest.mark.parametrize(
    ("config", "profile", "pace", "section", "expected"),
    [
        ("", "", Pace(2, 0, 32), "default", {"max_concurrent_requests": "32"}),
        (OWN, "", Pace(2, 0, 32), "default", {"max_concurrent_requests": "32"}),
        (OWN, "p", Pace(1, 0, 32), "profile p", {"max_concurrent_requests": "10", "max_bandwidth": "4MB/s"}),
        (OWN, "p", Pace(4, 0, 32), "profile p", {"max_concurrent_requests": "2", "max_bandwidth": "1024KB/s"}),
        (OWN, "p", Pace(1, 1 << 20), "profile p", {"max_concurrent_requests": "10", "max_bandwidth": "1024KB/s"}),
        ("", "", Pace(4, 1 << 20), "default", {"max_bandwidth": "256KB/s"}),
        ("", "", Pace(4, 1 << 10), "default", {"max_bandwidth": "1KB/s"}),
    ],
)
def test_processes_share_what_there_is_and_all_else_stays(
    config: str, profile: str, pace: Pace, section: str, expected: dict[str, str], tmp_path: Path
) -> None:
    environment = environmentOf(tmp_path, config)
    with pacedEnvironment(environment, profile, "utf-8", pace) as paced:
        # A program that aws starts, such as one for credentials, has no descriptor of this process.
        text = subprocess.run(["cat", paced["AWS_CONFIG_FILE"]], capture_output=True, text=True, check=True).stdout
    settings = settingsIn(text, section)
    assert expected.items() <= settings.items()
    assert set(settings) <= {*expected, "addressing_style", "preferred_transfer_client"}
    assert ("addressing_style" in settings) == (config == OWN and profile == "p")
    assert ("preferred_transfer_client" in settings) == (settings.get("max_bandwidth", "4MB/s") != "4MB/s")
    assert config != OWN or "[default]\nregion = x" in text
    assert (tmp_path / "config").read_text() == config


def test_a_profile_that_only_the_credentials_have_gets_its_settings(tmp_path: Path) -> None:
    environment = environmentOf(tmp_path, "", "[my own]\naws_access_key_id = a\n", AWS_PROFILE="my own")
    with pacedEnvironment(environment, "", "utf-8", Pace(requests=32)) as paced:
        text = Path(paced["AWS_CONFIG_FILE"]).read_text()
    assert settingsIn(text, "profile 'my own'") == {"max_concurrent_requests": "32"}


def test_where_nothing_can_be_changed_a_bandwidth_is_refused_and_all_else_stays(tmp_path: Path) -> None:
    environment = environmentOf(tmp_path, "", "[default]\ns3 =\n  max_bandwidth = 1MB/s\n")
    with pacedEnvironment(environment, "", "utf-8", Pace(requests=32)) as paced:
        assert paced == environment
    with pytest.raises(NoOverlay), pacedEnvironment(environment, "", "utf-8", Pace(bandwidth=5000)):
        pass


@pytest.mark.parametrize(
    ("own", "bandwidth", "expected"),
    [
        (OwnPace(), 0, 0),
        (OwnPace(), 3 << 10, 3),
        (OwnPace(5), 0, 5),
        (OwnPace(5, 2 << 10), 0, 2),
        (OwnPace(5, 2 << 10), 4 << 10, 4),
        (OwnPace(0, 100), 0, 1),
        (FIXED, 0, 1),
    ],
)
def test_how_many_can_share_it(own: OwnPace, bandwidth: int, expected: int) -> None:
    assert own.mostProcesses(bandwidth) == expected
