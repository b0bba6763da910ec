#!/bin/bash
# Installs tshark from Debian (needs root). What can't be installed is said here, and skipped by captures.py.
set -u
. "$(dirname "$0")/../debian.sh"

complain() {
    echo "CAPTURES SETUP: $1 could not be installed: the captures will be SKIPPED, not passed" >&2
}

command -v tshark >/dev/null || install_packages tshark
