"""python3 -m testcase.s3: serve until interrupted."""

from __future__ import annotations

import argparse
import contextlib
import signal

from testcase.s3.server import S3Server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m testcase.s3", description=__doc__)
    parser.add_argument("--directory", help="where objects are kept; in memory if not given")
    parser.add_argument("--bucket", action="append", default=[], help="a bucket to have; repeatable")
    parser.add_argument("--versioning", action="store_true", help="new buckets keep versions")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    # SIGTERM should end it as quietly as SIGINT.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        S3Server(options.bucket, options.directory, options.versioning, options.port) as server,
    ):
        print(server.endpointUrl, flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
