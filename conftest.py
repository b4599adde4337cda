"""Lets the workers of `pytest -n` report on undecodable names: what they send must be UTF-8, or the run breaks."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    return _encodable((yield))


def _encodable(data: Any) -> Any:
    """The same data with surrogate escapes in its texts written out: `\\udcff`."""
    if isinstance(data, str):
        return data.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(data, dict):
        return {_encodable(key): _encodable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(map(_encodable, data))
    return data
