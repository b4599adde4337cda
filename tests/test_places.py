"""Places: who could put something else in the place of what lies in a directory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from CedarBackup3.places import StrangersLink, openPlace, placeOfFile

STRANGER = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def asIs(directory: Path) -> None:
    pass


def ofAStranger(directory: Path) -> None:
    os.chown(directory, STRANGER, STRANGER)


def mode(bits: int, group: int = 0) -> Callable[[Path], None]:
    def change(directory: Path) -> None:
        os.chown(directory, -1, group)
        directory.chmod(bits)

    return change


def withAccessList(directory: Path) -> None:
    if shutil.which("setfacl") is None:
        pytest.skip("no setfacl")
    if subprocess.run(["setfacl", "-m", f"u:{STRANGER}:rwx", directory], check=False).returncode:
        pytest.skip("no access control lists here")


@pytest.mark.parametrize(
    ("above", "change", "exposure", "isShared"),
    [
        (False, asIs, "", False),
        (False, mode(0o1777), "", True),
        (False, mode(0o777), "others can write to {}", True),
        (False, mode(0o775), "", False),
        (False, mode(0o775, STRANGER), "others can write to {}", True),
        (False, mode(0o1775, STRANGER), "", True),
        (False, ofAStranger, "{} belongs to the user nobody", False),
        (False, withAccessList, "others can write to {}", True),
        (True, mode(0o1777), "", False),
        (True, mode(0o777), "others can write to {}", False),
        (True, mode(0o770, STRANGER), "others can write to {}", False),
        (True, ofAStranger, "{} belongs to the user nobody", False),
        (True, withAccessList, "others can write to {}", False),
    ],
)
def test_a_place_is_private_only_where_root_and_this_user_alone_decide(
    above: bool, change: Callable[[Path], None], exposure: str, isShared: bool, tmp_path: Path
) -> None:
    directory = tmp_path / "up\n/per/lower"
    directory.mkdir(parents=True, mode=0o755)
    judged = directory.parent if above else directory
    change(judged)
    shown = str(judged).replace("\n", "\\n")
    with openPlace(os.fsencode(directory)) as place:
        assert (place.exposure, place.isShared) == (exposure.format(shown), isShared)
        assert place.isPrivate == (not exposure and not isShared)
        assert place.path == os.fsencode(directory)
        assert bool(place.weakness) != place.isPrivate


def test_the_current_directory_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home/below").mkdir(parents=True)
    ofAStranger(tmp_path / "home")
    monkeypatch.chdir(tmp_path / "home/below")
    for path in (b"", b".", b"../below"):
        with openPlace(path) as place:
            assert place.exposure == f"{tmp_path}/home belongs to the user nobody"


def test_a_user_who_is_not_root_trusts_the_own_login_group() -> None:
    script = (
        "import os, sys, CedarBackup3.places as places\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "for path in sys.argv[1:]:\n"
        "    with places.openPlace(os.fsencode(path)) as place: print(place.isPrivate)\n"
    )
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, STRANGER, -1)
        paths = [Path(home, name) for name in ("own", "others")]
        for path, group in zip(paths, (STRANGER, 100), strict=True):
            path.mkdir()
            os.chown(path, STRANGER, group)
            path.chmod(0o775)
        done = subprocess.run([sys.executable, "-c", script, *paths], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


@pytest.mark.parametrize("isLast", [True, False])
def test_a_strangers_link_is_not_followed_and_roots_own_is(isLast: bool, tmp_path: Path) -> None:
    (tmp_path / "real/below").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to("real/below" if isLast else "real")
    path = os.fsencode(link if isLast else link / "below")
    with openPlace(path) as place:
        assert place.path == os.fsencode(tmp_path / "real/below")
    os.chown(link, STRANGER, -1, follow_symlinks=False)
    with pytest.raises(StrangersLink, match=r"a link in .* belongs to the user nobody"), openPlace(path):
        pass


def test_the_link_to_a_file_is_followed_only_where_nobody_else_can_have_made_it(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "links").mkdir()
    link = tmp_path / "links/log"
    link.symlink_to("second")
    (tmp_path / "links/second").symlink_to("../logs/real")
    with placeOfFile(os.fsencode(link)) as (place, name):
        assert (place.path, name) == (os.fsencode(tmp_path / "logs"), b"real")
    (tmp_path / "links").chmod(0o1777)
    with placeOfFile(os.fsencode(link)) as (place, name):
        assert (place.path, name) == (os.fsencode(tmp_path / "links"), b"log")
    (tmp_path / "links").chmod(0o755)
    os.chown(link, STRANGER, -1, follow_symlinks=False)
    with pytest.raises(StrangersLink), placeOfFile(os.fsencode(link)):
        pass


def test_links_that_lead_to_themselves_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"), placeOfFile(os.fsencode(tmp_path / "loop")):
        pass


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("elsewhere")
    before = len(os.listdir("/proc/self/fd"))
    for path in ("", "no/such", "file", "file/below", "link"):
        for opened in (openPlace, placeOfFile):
            try:
                with opened(os.fsencode(tmp_path / path)):
                    pass
            except OSError:
                pass
    assert len(os.listdir("/proc/self/fd")) == before
