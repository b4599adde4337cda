#!/bin/sh
# testasnobody.sh [ARGUMENT...]: as root, have an ordinary user run the tests that depend on who runs them.
# The arguments go to pytest. The user is nobody, in a copy of this tree and of what `make test` has installed for it.
set -eu
cd "$(dirname "$0")/.."
nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
version=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# The Python of .venv, or the system's own if that one lies where only root can go.
isThatVersion="import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$version')"
for python in "$(readlink -f .venv/bin/python)" /usr/bin/python3 ''; do
    # What setpriv itself starts may still lie anywhere.
    $nobody env "$python" -c "$isThatVersion" 2>/dev/null && break
done
if [ -z "$python" ]; then
    echo "Not tested as an ordinary user: there is no Python $version that nobody can run."
    exit 0
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 1' INT TERM HUP
chmod 755 "$copy"
sh util/copytree.sh "$copy/tree"
"$python" -m venv --without-pip "$copy/tree/.venv"
packages=lib/python$version/site-packages
if $nobody test -r ".venv/$packages/pytest/__init__.py"; then
    echo "$PWD/.venv/$packages" >"$copy/tree/.venv/$packages/borrowed.pth"
else
    cp -a ".venv/$packages/." "$copy/tree/.venv/$packages/"
    rm -f "$copy/tree/.venv/$packages"/__editable__* # it leads to this tree
fi
cp .venv/libexec/aws "$copy/tree/.venv/bin/aws"
"$copy/tree/.venv/bin/python" "$copy/tree/util/startableaws.py"
mkdir "$copy/home" "$copy/tmp"
chown -R 65534:65534 "$copy/tree" "$copy/home" "$copy/tmp"
cd "$copy/tree"
$nobody env HOME="$copy/home" TMPDIR="$copy/tmp" sh util/runtests.sh -m whoever "$@"
