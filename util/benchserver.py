"""An S3 server in a process of its own whose bucket already holds a directory: what the benchmarks run against.

usage: benchserver.py DIRECTORY LATENCY    prints the endpoint's URL, serves until its standard input ends
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from testcase.s3 import S3Server

BUCKET = "bench"


def plant(server: S3Server, directory: bytes) -> None:
    """Every file as it would be after a sync, stored a little later than the last of them was written."""
    later = datetime.now(UTC) + timedelta(seconds=2)
    body = lru_cache(maxsize=None)(bytes)
    for parent, _, names in os.walk(directory):
        prefix = os.path.relpath(parent, directory) + b"/" if parent != directory else b""
        for name in names:
            server.putObject(
                BUCKET, prefix + name, body(os.path.getsize(os.path.join(parent, name))), lastModified=later
            )


def main() -> None:
    with S3Server((BUCKET,)) as server:
        plant(server, os.fsencode(sys.argv[1]))
        server.latency = float(sys.argv[2])
        server.objects(BUCKET)  # sorts the keys, so that the first page is as quick as the others
        print(server.endpointUrl, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
