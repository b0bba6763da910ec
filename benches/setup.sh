#!/bin/bash
# Installs valgrind from Debian (needs root). What can't be installed is said here, and skipped by who needs it.
set -u
. "$(dirname "$0")/../cli/tests/debian.sh"

complain() {
    echo "BENCHES SETUP: $1 could not be installed: instructions will NOT be counted" >&2
}

command -v valgrind >/dev/null || install_packages valgrind
