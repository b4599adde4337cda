"""What everybody who works here relies on: the lock, the matrix, the targets, and tests that use public doors."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_ROOT = Path(__file__).resolve().parent.parent
_PYPROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))
_LOCK = [line for line in (_ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
_CONTRIBUTING = (_ROOT / "CONTRIBUTING.md").read_text("utf-8")
_MAKEFILE = (_ROOT / "Makefile").read_text("utf-8")


def test_the_lock_holds_exact_versions_and_nothing_else() -> None:
    assert [line for line in _LOCK if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", line)] == []
    names = [canonicalize_name(line.partition("==")[0]) for line in _LOCK]
    assert len(names) == len(set(names))
    assert canonicalize_name(_PYPROJECT["project"]["name"]) not in names


@pytest.mark.parametrize("extra", _PYPROJECT["project"]["optional-dependencies"])
def test_all_that_an_extra_asks_for_is_in_the_lock_and_fits(extra: str) -> None:
    locked = dict(line.split("==") for line in _LOCK)
    versions = {canonicalize_name(name): version for name, version in locked.items()}
    for asked in map(Requirement, _PYPROJECT["project"]["optional-dependencies"][extra]):
        assert asked.specifier.contains(versions[canonicalize_name(asked.name)]), asked


@pytest.mark.parametrize("target", re.findall(r"^\.venv/with-\S+(?=:)", _MAKEFILE, re.MULTILINE))
def test_whatever_is_installed_is_what_is_locked(target: str) -> None:
    (recipe,) = re.findall(rf"^{re.escape(target)}:.*\n((?:\t.*\n)+)", _MAKEFILE, re.MULTILINE)
    assert "$(INSTALL) " in recipe
    assert re.search(r"^INSTALL = .* -c constraints\.txt$", _MAKEFILE, re.MULTILINE)
    assert re.search(r"^MADE_FROM = .*\bconstraints\.txt$", _MAKEFILE, re.MULTILINE)


def test_the_supported_pythons_are_the_same_everywhere() -> None:
    (named,) = re.findall(r"^\| Python \| (.*) \|$", _CONTRIBUTING, re.MULTILINE)
    project, tools = _PYPROJECT["project"], _PYPROJECT["tool"]
    classified = [each.rpartition(" ")[2] for each in project["classifiers"] if ":: Python :: 3." in each]
    oldest = classified[0]
    assert named.split(", ") == classified
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" in classified
    assert (project["requires-python"], tools["mypy"]["python_version"]) == (f">={oldest}", oldest)
    assert tools["ruff"]["target-version"] == "py" + oldest.replace(".", "")


def test_the_aws_cli_of_the_lock_is_among_the_supported() -> None:
    (named,) = re.findall(r"^\| AWS CLI \| (.*) \|$", _CONTRIBUTING, re.MULTILINE)
    (locked,) = [line.partition("==")[2] for line in _LOCK if line.startswith("awscli==")]
    assert f"{'.'.join(locked.split('.')[:2])} (PyPI)" in named.split(", ")


def test_every_target_is_in_the_help() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", _MAKEFILE, re.MULTILINE)
    explained = re.findall(r"^#   make ([\w-]+)", _MAKEFILE, re.MULTILINE)
    defined = re.findall(r"^([a-z-]+):", _MAKEFILE, re.MULTILINE)
    assert set(phony.split()) == set(defined)
    assert set(defined) - {"help"} == set(explained)


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "SECURITY.md", "README.md", "DESIGN.md", "testcase/README.md"])
def test_every_target_that_a_document_names_is_there(document: str) -> None:
    named = re.findall(r"\bmake ([a-z][a-z-]*)\b", "\n".join(_commandsOf(document)))
    assert set(named) <= set(re.findall(r"^([a-z-]+):", _MAKEFILE, re.MULTILINE))


def _commandsOf(document: str) -> list[str]:
    """What a document shows as typed."""
    text = (_ROOT / document).read_text("utf-8")
    return ["".join(found) for found in re.findall(r"`(make [^`]*)`|^ {4}(make .*)$", text, re.MULTILINE)]


def test_the_hooks_of_a_commit_need_nothing_but_the_virtual_environment() -> None:
    hooks = (_ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert set(re.findall(r"^\s+(?:- )?repo: (.*)$", hooks, re.MULTILINE)) == {"local"}
    entries = re.findall(r"^\s+entry: (.*)$", hooks, re.MULTILINE)
    assert entries
    assert all(entry.startswith(".venv/bin/python -m ") for entry in entries)
    assert re.findall(r"^\s+language: (.*)$", hooks, re.MULTILINE) == ["system"] * len(entries)


def _privateNames(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The private names of the package that a test patches or imports, with their lines."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="setattr" | "patch" | "object" | "delattr"), args=arguments):
                texts = [each.value for each in arguments if isinstance(each, ast.Constant)]
                yield from ((node.lineno, text) for text in texts if isinstance(text, str) and _isPrivate(text))
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("CedarBackup3"):
                yield from ((node.lineno, name.name) for name in names if _isPrivate(name.name))


def _isPrivate(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.startswith("_") and not last.endswith("__")


@pytest.mark.parametrize(
    "path", sorted((_ROOT / "tests").rglob("*.py")), ids=lambda path: str(path.relative_to(_ROOT / "tests"))
)
def test_no_test_uses_what_is_private(path: Path) -> None:
    assert list(_privateNames(ast.parse(path.read_bytes()))) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('monkeypatch.setattr("CedarBackup3.util._x", 1)', ["CedarBackup3.util._x"]),
        ('patch.setattr(util, "_x", 1)', ["_x"]),
        ("from CedarBackup3.util import _x", ["_x"]),
        ('monkeypatch.setattr("CedarBackup3.util.X", 1)', []),
        ('monkeypatch.setattr(util, "__name__", 1)', []),
        ("from CedarBackup3.util import x as _x", []),
    ],
)
def test_what_is_private_is_found(source: str, expected: list[Any]) -> None:
    assert [name for _, name in _privateNames(ast.parse(source))] == expected
