#!/bin/sh
# runtests.sh [ARGUMENT...]: run the tests, one more side by side than there are processors, since every fifth second of
# theirs is spent waiting. The arguments go to pytest.
# What fails is tried once more with the machine to itself, and decides. The first output stays above the second one,
# since a test that fails only beside others has a fault, too.
set -u
cd "$(dirname "$0")/.."
# Without byte code each of the thousands of tools that are started compiles the package anew: an eighth of all the work.
unset PYTHONDONTWRITEBYTECODE
.venv/bin/python -m pytest -n "$(($(nproc) + 1))" --dist loadgroup "$@"
status=$?
[ "$status" = 1 ] || exit "$status"
echo 'Once more, one after the other, what failed:'
exec .venv/bin/python -m pytest --last-failed --maxfail 3 "$@"
