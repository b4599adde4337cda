#!/bin/sh
# builddeb.sh DIRECTORY: build the Debian package from a copy of this tree, so that nothing is left beside the tree.
set -eu
directory=$1

if ! command -v dpkg-buildpackage >/dev/null || ! command -v dh >/dev/null; then
    echo "Building a package needs a Debian machine with 'apt install build-essential debhelper', and" \
        "'apt build-dep .' for the rest." >&2
    exit 1
fi
rm -rf "$directory"
sh "$(dirname "$0")/copytree.sh" "$directory/source"
log=$directory/build.log
# Debian's own Python builds the package, whatever other one comes first on this PATH.
if ! (cd "$directory/source" && PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg-buildpackage -us -uc -b) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "The package was not built; all that was said is in $log." >&2
    exit 1
fi
if command -v lintian >/dev/null; then
    lintian --fail-on error,warning "$directory"/*.changes
fi
ls "$directory"/*.deb
