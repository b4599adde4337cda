"""What `make run` runs: the real tool, on an S3 endpoint on this machine or on a bucket of yours.

SOURCE, BUCKET and SWITCHES come from the environment. Without BUCKET the endpoint is the server of `testcase`, which
keeps its objects in .demo/, so that a second run finds the first one's. The exit status is the tool's.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_DEMO = Path(os.path.relpath(_ROOT / ".demo"))
_TOOL = "cback-amazons3-sync"
_LONG_AGO = 1_767_225_600  # what is uploaded in its own second looks newer than its object: S3 has whole seconds

sys.path.insert(0, str(_ROOT))


def main() -> int:
    source, bucket = os.environ.get("SOURCE", ""), os.environ.get("BUCKET", "")
    if bucket and not source:
        print(
            "BUCKET needs SOURCE, the directory that the bucket is to equal: make run SOURCE=dir BUCKET=s3://...",
            file=sys.stderr,
        )
        return 2
    _DEMO.mkdir(exist_ok=True)
    if bucket:
        return _runOnOwnBucket(source, bucket)
    if source:
        return _runOnEndpoint(source, "s3://demo/yours")
    return _runOnEndpoint(str(_demoSource()), "s3://demo/mirror")


def _runOnOwnBucket(source: str, url: str) -> int:
    """Mirror to the user's bucket with the user's own aws, or with ours if there is none on the PATH."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    status = _runTool([source, url], {"PATH": path})
    print(f"\nThe target is your own {url}. The log is {_DEMO / 'cback.log'}.")
    return status


def _runOnEndpoint(source: str, url: str) -> int:
    """Mirror to the server of `testcase`, with the aws beside this Python."""
    from testcase.s3 import S3Server

    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    with S3Server(buckets=("demo",), directory=_DEMO / "bucket") as server:
        before = set(server.objects("demo"))
        status = _runTool([source, url], {"PATH": path, **server.environment()})
        asked = Counter(request.operation for request in server.requests)
        after = set(server.objects("demo"))
    print(
        f"\nUploads: {asked['PutObject'] + asked['CompleteMultipartUpload']:,}. Deletions: {len(before - after):,}. "
        f"The objects are in {_DEMO / 'bucket'}, the log is {_DEMO / 'cback.log'}.\n"
        f"Change something in {source} and run it again: only that is sent."
    )
    return status


def _runTool(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run the tool as from a shell, and return its status; signals are for the tool to answer."""
    switches = ["--verbose", "--logfile", str(_DEMO / "cback.log"), *shlex.split(os.environ.get("SWITCHES", ""))]
    shown = [_TOOL, *switches, *arguments]
    print(f"$ {shlex.join(shown)}", flush=True)
    words = [sys.executable, "-m", "CedarBackup3.tools.amazons3sync", *switches, "--", *arguments]
    paths = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    child = subprocess.Popen(words, env={**os.environ, **environment, "PYTHONPATH": paths})
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal sends it to the tool as well
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    status = child.wait()
    return status if status >= 0 else 128 - status


def _demoSource() -> Path:
    """The demo directory, made once: what is changed in it stays changed."""
    from testcase.trees import AWKWARD_NAMES, plantTree

    source = _DEMO / "source"
    if not source.exists():
        names = [b"letter.txt", b"photos/2026/beach.jpg", *(b"awkward/" + name for name in AWKWARD_NAMES)]
        plantTree(source, names, mtime=_LONG_AGO)
        (source / "photos/favourite.jpg").symlink_to("2026/beach.jpg")
    return source


if __name__ == "__main__":
    sys.exit(main())
