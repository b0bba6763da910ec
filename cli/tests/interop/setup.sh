#!/bin/bash
# Installs the other clients that the matrix of interop.py speaks with: Transmission and aria2 from Debian (needs root),
# libtorrent from PyPI into a venv of its own. Idempotent. What can't be installed is said here, and skipped there.
set -u
. "$(dirname "$0")/../debian.sh"
folder="${1:?usage: setup.sh FOLDER (for the venv)}"
venv="$folder/libtorrent"

complain() {
    echo "INTEROP SETUP: $1 could not be installed: its cells will be SKIPPED, not passed" >&2
}

wanted=()
command -v transmission-cli >/dev/null || wanted+=(transmission-cli)
command -v aria2c >/dev/null || wanted+=(aria2)
install_packages "${wanted[@]}"

if ! "$venv/bin/python" -c 'import libtorrent' 2>/dev/null; then
    mkdir -p "$folder"
    { python3 -m venv "$venv" && "$venv/bin/pip" install -q 'libtorrent==2.1.1'; } >/dev/null 2>&1 || complain libtorrent
fi
