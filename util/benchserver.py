"""An S3 server in a process of its own whose bucket already holds a directory: what the benchmarks run against.

usage: benchserver.py DIRECTORY LATENCY [CHANGED]    prints the endpoint's URL, serves until its standard input ends

With CHANGED the bucket keeps versions: all is stored when 2026 begins, and as many objects are replaced a day later.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from testcase.s3 import S3Server

BUCKET = "bench"
HISTORY = datetime(2026, 1, 1, tzinfo=UTC)
"""When all was stored, in a bucket with versions."""


def plant(server: S3Server, directory: bytes, time: datetime) -> None:
    """Every file as it would be after a sync at that time."""
    body = lru_cache(maxsize=None)(bytes)
    for parent, _, names in os.walk(directory):
        prefix = os.path.relpath(parent, directory) + b"/" if parent != directory else b""
        for name in names:
            server.putObject(
                BUCKET, prefix + name, body(os.path.getsize(os.path.join(parent, name))), lastModified=time
            )


def change(server: S3Server, number: int) -> None:
    """Replace some of the objects, evenly spread."""
    keys = list(server.objects(BUCKET))
    for key in keys[:: max(1, len(keys) // number)][:number] if number else ():
        server.putObject(BUCKET, key, b"changed", lastModified=HISTORY + timedelta(days=1))


def main() -> None:
    changed = sys.argv[3] if len(sys.argv) > 3 else ""
    with S3Server((BUCKET,), versioning=bool(changed)) as server:
        plant(server, os.fsencode(sys.argv[1]), HISTORY if changed else datetime.now(UTC) + timedelta(seconds=2))
        change(server, int(changed or 0))
        server.latency = float(sys.argv[2])
        server.objects(BUCKET)  # sorts the keys, so that the first page is as quick as the others
        print(server.endpointUrl, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
