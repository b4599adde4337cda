#!/bin/sh
# debianroot.sh SUITE DIRECTORY [OPTION...]: make a Debian in a directory with mmdebstrap, to which the options go.
# Its packages come from where this machine has its own; of their suites the asked one takes the place.
set -eu
suite=$1
directory=$2
shift 2

here=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
sources=$(mktemp -d)
trap 'rm -rf "$sources"' EXIT
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ ! -s "$file" ] || sed "s/\\b${here:-$suite}\\b/$suite/g" "$file" >"$sources/${file##*/}"
done
mmdebstrap --variant=apt "$@" "$suite" "$directory" "$sources"/*
