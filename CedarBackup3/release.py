"""What this release is: the one source of its name and version, readable also where nothing is installed."""

NAME = "cback-amazons3-sync"
VERSION = "0.1.0"
COPYRIGHT = "Copyright (c) 2026 the cback-amazons3-sync authors"
LICENSE = "GPL-2.0-only"
