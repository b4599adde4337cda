"""Writes tests/messages.txt: every message, answer and help text of the program, with an ellipsis for what differs.

    python3 util/messages.py

A test holds the list to the source, so that a change of a message shows in review as its user will see it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

_ROOT = Path(__file__).resolve().parent.parent
_PROGRAM = _ROOT / "CedarBackup3"
_ENTRY = _ROOT / "util" / "entry"
_DATA = ("amazons3/names/charset", "status/pagestyle")
"""How the modules begin that hold tables of words, or a style."""

LIST = _ROOT / "tests" / "messages.txt"
_HEAD = """\
What the program prints, logs and reports, by module: every text in its source that has two words or more. An ellipsis
stands for what differs. `make messages` writes this list.
"""

_SQL = re.compile(r"\s*(SELECT|CREATE|DELETE|INSERT|PRAGMA|BEGIN)\b")
_OF_A_PATTERN = re.compile(r"\\[(\[bsSdw]")


def textsOf(module: Path) -> Iterator[str]:
    """Every text in a module but its documentation, with an ellipsis for what is filled in."""
    tree = ast.parse(module.read_text("utf-8"))
    documentation = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if node in documentation or node in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub("%[sdr]", "…", node.value)


def programTexts() -> Iterator[tuple[str, str]]:
    """The path and each text of every module that has no tables of words."""
    for root in (_PROGRAM, _ENTRY):
        for module in sorted(root.rglob("*.py")):
            path = module.relative_to(root).as_posix()
            if not path.startswith(_DATA):
                for text in textsOf(module):
                    yield path, text


def isMessage(text: str) -> bool:
    """Whether a text is one to be read by people: no name, no pattern and no SQL."""
    isProse = " " in text.strip() and re.search("[a-z]{2}", text)
    return bool(isProse) and not _SQL.match(text) and not _OF_A_PATTERN.search(text)


def messageList() -> str:
    """The list as it has to be."""
    lines = [_HEAD]
    last = ""
    for path, text in sorted({(path, text) for path, text in programTexts() if isMessage(text)}):
        if path != last:
            lines.append(f"\n{path}\n")
            last = path
        lines.append("    " + text.strip().replace("\n", "\n    ") + "\n")
    return "".join(lines)


if __name__ == "__main__":
    LIST.write_text(messageList(), "utf-8")
