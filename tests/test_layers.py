"""The layers of the package: who may import whom. Every import counts, also one inside a function."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from itertools import chain, pairwise, product
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGE = "CedarBackup3"

_LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "release", ""),
    ("util",),
    ("paths",),
    ("places",),
    (
        "amazons3.model",
        "amazons3.progress",
        "amazons3.spool",
        "amazons3.workers",
        "amazons3.cappedlines",
        "amazons3.lockholders",
    ),
    ("amazons3.aws",),
    ("amazons3.local",),
    ("amazons3.mirror", "amazons3.compare"),
    ("amazons3.bucket",),
    ("amazons3.names", "amazons3.content", "amazons3.attributes"),
    ("amazons3.sync", "amazons3.restore", "amazons3.inspect", "cli"),
    ("status",),
    ("tools.shared",),
    ("tools",),
)
"""From the lowest layer to the highest, each with its packages and modules by the beginnings of their names.

A module may import what lies in lower layers, and its own package, but not what stands beside it. A tool imports no
other tool.
"""

_OUT_OF_SIGHT = {("cli", "amazons3"), ("amazons3", "cli"), ("status", "amazons3")}
"""Whoever knows S3 knows no screen, and the other way round."""


_PLUGIN = f"{_PACKAGE}.amazons3.aws.session.plugin"
"""What aws itself imports: it may import what aws brings, and nothing of ours, nor anything of ours it."""

_EXTENSION = f"{_PACKAGE}.extend"
"""What Cedar Backup imports: it finds its own modules there, and nothing of ours, nor we it."""

_BROUGHT = {"awscli", "botocore"}
_CEDAR_BACKUPS = {f"{_PACKAGE}.util", f"{_PACKAGE}.xmlutil"}
_PLUGIN_ALONE = "only the AWS CLI imports its plugin"


def _imports(tree: ast.AST, module: str, isPackage: bool) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of all that a module imports; `from a import b` gives a.b."""
    package = module.split(".") if isPackage else module.split(".")[:-1]
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                above = package[: len(package) - level + 1] if level else []
                base = ".".join([*above, *([origin] if origin else [])])
                yield from ((node.lineno, f"{base}.{name.name}") for name in names)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def _layer(module: str) -> tuple[int, str]:
    """How high a module of the package lies, and the package or module in `_LAYERS` that it is part of."""
    name = module.removeprefix(_PACKAGE).removeprefix(".")
    parts = [
        (height, part)
        for height, layer in enumerate(_LAYERS)
        for part in layer
        if name == part or (part and name.startswith(f"{part}."))
    ]
    return max(parts, key=lambda found: len(found[1]), default=(-1, name))


def _wrong(importer: str, imported: str) -> str:
    """Why one module must not import another; empty if it may."""
    own, top = importer.partition(".")[0], imported.partition(".")[0]
    isKnown = top in sys.stdlib_module_names
    if importer.startswith((_PLUGIN, _EXTENSION)) or imported.startswith(_EXTENSION):
        return "" if isKnown else _wrongAbroad(importer, imported)
    if own == "testcase":
        return "testcase must not import tests" if top == "tests" else ""
    if top != _PACKAGE:
        return "" if isKnown else f"{top} is not in the standard library"
    (height, here), (depth, there) = _layer(importer), _layer(imported)
    if here == there:
        # A tool is one module of its package.
        isOtherTool = here == "tools" and importer.split(".")[2:3] != imported.split(".")[2:3]
        isPlugin = imported.startswith(_PLUGIN)
        return "a tool must not import another tool" if isOtherTool else _PLUGIN_ALONE if isPlugin else ""
    isInSight = (here.partition(".")[0], there.partition(".")[0]) not in _OUT_OF_SIGHT
    if isInSight and depth < height:
        return ""
    return f"{here or 'the package itself'} must not import {there or 'the package itself'}"


def _wrongAbroad(importer: str, imported: str) -> str:
    """The same for what other programs import, and for what imports that."""
    if importer.startswith(_PLUGIN):
        top = imported.partition(".")[0]
        return "" if top in _BROUGHT else f"{top} does not come with the AWS CLI"
    if importer.startswith(_EXTENSION):
        return "" if imported.rpartition(".")[0] in _CEDAR_BACKUPS else f"{imported} is not Cedar Backup's"
    return "only Cedar Backup imports its extension"


def _moduleName(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def violations(root: Path) -> Iterator[str]:
    """Each import that goes against the layers, as file:line and what is wrong."""
    for path in sorted([*root.glob(f"{_PACKAGE}/**/*.py"), *root.glob("testcase/**/*.py")]):
        relative = path.relative_to(root)
        module = _moduleName(relative)
        tree = ast.parse(path.read_bytes(), str(relative))
        for line, imported in _imports(tree, module, path.name == "__init__.py"):
            if wrong := _wrong(module, imported):
                yield f"{relative}:{line}: {wrong} ({imported})"


def test_every_import_goes_down() -> None:
    assert "\n".join(violations(_ROOT)) == ""


def test_every_module_has_a_layer() -> None:
    modules = (_moduleName(path.relative_to(_ROOT)) for path in _ROOT.glob(f"{_PACKAGE}/**/*.py"))
    known = {f"{_PACKAGE}.amazons3", f"{_EXTENSION}.amazons3sync"}  # the one holds packages and no code
    assert [module for module in modules if _layer(module)[0] < 0 and module not in known] == []


def test_every_part_named_in_the_layers_is_there() -> None:
    parts = [part for layer in _LAYERS for part in layer]
    assert len(parts) == len(set(parts))
    paths = [_ROOT / _PACKAGE / part.replace(".", "/") for part in parts]
    assert [path for path in paths if not (path.is_dir() or path.with_suffix(".py").is_file())] == []


def test_the_diagram_of_the_design_has_these_packages_and_every_arrow_goes_down() -> None:
    (diagram,) = re.findall(
        r"^```mermaid\n(.*?)^```", (_ROOT / "DESIGN.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    labels = dict(re.findall(r'(\w+)\["([^"]+)"\]', diagram))
    arrows = [
        (upper.strip(), lower.strip())
        for line in re.sub(r'\["[^"]+"\]', "", diagram).splitlines()
        for above, below in pairwise(line.split(" --> "))
        for upper, lower in product(above.split("&"), below.split("&"))
    ]
    drawn = {name: [_drawn(part) for part in labels.get(name, name).split(", ")] for name in set(chain(*arrows))}
    assert {part for parts in drawn.values() for _, part in parts} >= {
        part for layer in _LAYERS for part in layer if (_ROOT / _PACKAGE / part.replace(".", "/")).is_dir() and part
    }
    assert [
        (upper, lower)
        for upper, lower in arrows
        if min(height for height, _ in drawn[upper]) <= max(height for height, _ in drawn[lower])
    ] == []


def _drawn(name: str) -> tuple[int, str]:
    """How high a module lies that the diagram has by its path, below `amazons3` without that, and its name."""
    name = name.removesuffix(" and others").replace("/", ".")
    return max(_layer(f"{_PACKAGE}.{name}"), _layer(f"{_PACKAGE}.amazons3.{name}"))


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        ("CedarBackup3/cli/a.py", "import CedarBackup3.amazons3.local.scan", "cli must not import amazons3"),
        ("CedarBackup3/cli/a.py", "from CedarBackup3 import amazons3", "cli must not import amazons3"),
        ("CedarBackup3/status/a.py", "from CedarBackup3.amazons3.model import x", "status must not import amazons3"),
        ("CedarBackup3/cli/a.py", "from CedarBackup3.status import reports", "cli must not import status"),
        ("CedarBackup3/status/a.py", "from CedarBackup3.cli.report import x", ""),
        ("CedarBackup3/cli/a.py", "from ..amazons3.scan import x", "cli must not import amazons3"),
        ("CedarBackup3/cli/__init__.py", "from .. import tools", "cli must not import tools"),
        ("CedarBackup3/cli/a.py", "from importlib import import_module\nimport_module('CedarBackup3.tools.x')", ":2: "),
        (
            "CedarBackup3/amazons3/sync/a.py",
            "def f():\n  from CedarBackup3.cli import Tool",
            ":2: amazons3.sync must not import cli",
        ),
        ("CedarBackup3/tools/a.py", "from CedarBackup3.tools import b", "a tool must not import another tool"),
        ("CedarBackup3/tools/a.py", "from CedarBackup3.tools.b import f", "a tool must not import another tool"),
        ("CedarBackup3/tools/shared/a.py", "from CedarBackup3.tools.b import f", "tools.shared must not import tools"),
        ("CedarBackup3/tools/shared/a.py", "from CedarBackup3.tools import b", "tools.shared must not import tools"),
        ("CedarBackup3/cli/a.py", "from CedarBackup3.tools.shared.a import f", "cli must not import tools.shared"),
        ("CedarBackup3/util.py", "import CedarBackup3.cli", "util must not import cli"),
        ("CedarBackup3/errors.py", "import CedarBackup3.util", "errors must not import util"),
        ("CedarBackup3/__init__.py", "import CedarBackup3.release", "the package itself must not import release"),
        ("CedarBackup3/util.py", "import boto3.session", "boto3 is not in the standard library"),
        ("CedarBackup3/util.py", "from testcase import s3", "testcase is not in the standard library"),
        ("CedarBackup3/util.py", "import tests.conftest", "tests is not in the standard library"),
        ("testcase/s3/a.py", "import tests.conftest", "testcase must not import tests"),
        ("CedarBackup3/tools/a.py", "from CedarBackup3.cli import Tool\nfrom CedarBackup3.util import x", ""),
        ("CedarBackup3/tools/a.py", "from CedarBackup3.tools.shared.b import f", ""),
        ("CedarBackup3/tools/shared/a.py", "from CedarBackup3.cli import Tool\nfrom . import b", ""),
        ("CedarBackup3/amazons3/local/a.py", "from . import scan\nfrom CedarBackup3.errors import x\nimport os", ""),
        ("CedarBackup3/amazons3/sync/a.py", "from ..bucket.pages import x\nfrom ..content.etags import y", ""),
        (
            "CedarBackup3/amazons3/content/a.py",
            "from CedarBackup3.amazons3.sync import steps",
            "amazons3.content must not import amazons3.sync",
        ),
        (
            "CedarBackup3/amazons3/restore/a.py",
            "from CedarBackup3.amazons3.sync import steps",
            "amazons3.restore must not import amazons3.sync",
        ),
        ("CedarBackup3/amazons3/aws/a.py", "from ..mirror import x", "amazons3.aws must not import amazons3.mirror"),
        ("CedarBackup3/amazons3/aws/session/plugin/p.py", "import awscli.x\nfrom botocore import y\nimport json", ""),
        (
            "CedarBackup3/amazons3/aws/session/plugin/p.py",
            "from CedarBackup3 import util",
            "CedarBackup3 does not come with the AWS CLI",
        ),
        (
            "CedarBackup3/amazons3/aws/session/client.py",
            "from CedarBackup3.amazons3.aws.session.plugin import p",
            "only the AWS CLI imports its plugin",
        ),
        (
            "CedarBackup3/extend/a.py",
            "import logging\nfrom CedarBackup3.util import x\nfrom CedarBackup3.xmlutil import y",
            "",
        ),
        (
            "CedarBackup3/extend/a.py",
            "from CedarBackup3.errors import ExitStatus",
            "CedarBackup3.errors.ExitStatus is not Cedar Backup's",
        ),
        ("CedarBackup3/extend/a.py", "from CedarBackup3.config import Config", "is not Cedar Backup's"),
        (
            "CedarBackup3/tools/a.py",
            "from CedarBackup3.extend import amazons3sync",
            "only Cedar Backup imports its extension",
        ),
        ("CedarBackup3/amazons3/aws/a.py", "import botocore", "botocore is not in the standard library"),
        ("testcase/a.py", "import pytest\nfrom CedarBackup3.tools.amazons3sync import x\nfrom .s3 import S3Server", ""),
    ],
)
def test_a_wrong_import_is_named_with_its_line(tmp_path: Path, file: str, source: str, expected: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(source)
    found = list(violations(tmp_path))
    assert len(found) == bool(expected)
    assert not expected or (found[0].startswith(f"{file}:") and expected in found[0])
