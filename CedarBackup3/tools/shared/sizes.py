"""Sizes as switches take them."""

from __future__ import annotations

import re


def sizeIn(text: str) -> int:
    """The bytes that a size such as `500M`, `500MB` or `5GiB` stands for, in powers of 1024; 0: it is none."""
    match = re.fullmatch(r"(\d{1,15})([KMGT]?)(?:i?B)?", text, re.ASCII | re.IGNORECASE)
    return int(match[1]) << 10 * " KMGT".index(match[2].upper() or " ") if match else 0
