#!/bin/sh
# lintman.sh PAGE...: check man pages with mandoc or groff, whichever is there; any complaint is a failure.
set -eu

if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$@"
elif command -v groff >/dev/null; then
    complaints=$(groff -man -Tutf8 -ww -z "$@" 2>&1)
    if [ -n "$complaints" ]; then
        echo "$complaints" >&2
        exit 1
    fi
else
    echo "Neither mandoc nor groff is installed: the man pages are not checked."
    exit 0
fi
echo "The man pages are fine."
