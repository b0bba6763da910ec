#!/bin/bash
# Installs the other clients that interop.py and the scripts beside it speak with: Transmission, aria2 and rTorrent from
# Debian (needs root), libtorrent from PyPI into a venv of its own, WebTorrent from npm; and rqbit from crates.io if it is
# asked for, which is half an hour of compiling. Idempotent. What can't be installed is said here, and skipped there.
set -u
. "$(dirname "$0")/../debian.sh"
folder="${1:?usage: setup.sh FOLDER [rqbit]}"
venv="$folder/libtorrent"
webtorrent="$folder/webtorrent"

complain() {
    echo "INTEROP SETUP: $1 could not be installed: its cells will be SKIPPED, not passed" >&2
}

wanted=()
command -v transmission-cli >/dev/null || wanted+=(transmission-cli)
command -v aria2c >/dev/null || wanted+=(aria2)
command -v rtorrent >/dev/null || wanted+=(rtorrent)
command -v npm >/dev/null || wanted+=(nodejs npm)
install_packages "${wanted[@]}"

if ! "$venv/bin/python" -c 'import libtorrent' 2>/dev/null; then
    mkdir -p "$folder"
    { python3 -m venv "$venv" && "$venv/bin/pip" install -q 'libtorrent==2.1.1'; } >/dev/null 2>&1 || complain libtorrent
fi

if [ ! -d "$webtorrent/node_modules/webtorrent" ]; then
    mkdir -p "$webtorrent"
    # Without scripts: they would build WebRTC, which nobody here speaks.
    npm install --prefix "$webtorrent" --ignore-scripts --no-audit --no-fund webtorrent@3.0.21 >/dev/null 2>&1 ||
        complain WebTorrent
fi

if [ ! -x "$folder/rqbit/bin/rqbit" ]; then
    if [ "${2:-}" = rqbit ]; then
        nice cargo install rqbit --version 9.1.0 --locked --no-default-features --features default-tls --root "$folder/rqbit" || complain rqbit
    else
        echo "INTEROP SETUP: rqbit is not there, and compiled only by setup.sh $folder rqbit: its cells will be SKIPPED" >&2
    fi
fi
