#!/bin/bash
# Installs what `just reality` needs on Debian (root): the other clients as for `just interop`, Transmission's daemon, the
# tools for network namespaces, matplotlib and pyarrow beside libtorrent, and the delay line, compiled here. Idempotent.
# What can't be installed is said here, and skipped or refused there.
set -u
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/../debian.sh"
folder="${1:?usage: setup.sh FOLDER}"
python="$folder/libtorrent/bin/python"

"$here/../interop/setup.sh" "$folder"

complain() {
    echo "REALITY SETUP: $1 could not be installed" >&2
}

wanted=()
command -v transmission-daemon >/dev/null || wanted+=(transmission-daemon)
command -v transmission-remote >/dev/null || wanted+=(transmission-cli)
command -v ip >/dev/null && command -v tc >/dev/null || wanted+=(iproute2)
command -v gcc >/dev/null || wanted+=(gcc libc6-dev)
install_packages "${wanted[@]}"

if ! "$python" -c 'import matplotlib, pyarrow' 2>/dev/null; then
    "$python" -m pip install -q matplotlib pyarrow >/dev/null 2>&1 || complain "matplotlib or pyarrow"
fi

gcc -std=gnu17 -O2 -Wall -Wextra -o "$folder/delay_line" "$here/delay_line.c" || complain "the delay line"
