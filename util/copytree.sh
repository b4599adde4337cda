#!/bin/sh
# copytree.sh DIRECTORY: copy this tree without all that is made in it, into a directory that is made if need be.
set -eu
mkdir -p "$1"
cd "$(dirname "$0")/.."
tar -c --exclude=./build --exclude=./.git --exclude=./.venv --exclude=./.demo --exclude='./.*_cache' \
    --exclude=./.hypothesis --exclude='./*.egg-info' --exclude=__pycache__ . | (cd "$OLDPWD" && tar -x -C "$1")
