"""Make `aws` of this virtual environment one that starts, wherever the environment is.

pip writes the path of Python into the first line of awscli's script, where the kernel ends it at the first blank and
after 127 bytes (255 since Linux 5.1). So a shell starts it; the script itself moves to libexec/, under its name.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path


def main() -> None:
    aws, script = Path(sys.prefix, "bin/aws"), Path(sys.prefix, "libexec/aws")
    if aws.read_bytes().startswith(b"#!/bin/sh\n"):
        return  # pip has installed nothing since
    script.parent.mkdir(exist_ok=True)
    aws.rename(script)
    aws.write_bytes(os.fsencode(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(script))} "$@"\n'))
    aws.chmod(0o755)


if __name__ == "__main__":
    main()
