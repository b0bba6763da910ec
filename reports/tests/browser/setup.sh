#!/bin/bash
# Installs what pages.mjs drives the pages with: Chromium and Node from Debian (needs root), playwright-core from npm.
# Idempotent. What can't be installed is said here, and skipped there.
set -u
. "$(dirname "$0")/../../../cli/tests/debian.sh"
folder="${1:?usage: setup.sh FOLDER (for node_modules)}"

complain() {
    echo "PAGES SETUP: $1 could not be installed: its checks will be SKIPPED, not passed" >&2
}

wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
command -v npm >/dev/null || wanted+=(nodejs npm)
install_packages "${wanted[@]}"

if [ ! -d "$folder/node_modules/playwright-core" ]; then
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-audit --no-fund --silent playwright-core@1 >/dev/null 2>&1 ||
        complain playwright-core
fi
