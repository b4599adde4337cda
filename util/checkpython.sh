#!/bin/sh
# checkpython.sh [python3]: say in one sentence what this machine lacks for a virtual environment, if anything.
set -eu
python=${1:-python3}

lacking() {
    echo "$*" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    lacking "There is no $python on this machine; install Python 3.11 or later (Debian: 'apt install python3-venv')."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    lacking "$python is $("$python" --version 2>&1), but 3.11 or later is needed; name another one with 'make PYTHON=...'."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    lacking "$python lacks the venv module; install it (Debian: 'apt install python3-venv')."
