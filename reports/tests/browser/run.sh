#!/bin/bash
# Makes reports of swarms of 5, 200 and 1,000 peers, of a script with faults, and of several runs, and has pages.mjs look
# at them. Usage: run.sh SWARMLAB FOLDER
set -eu
swarmlab=$(realpath "$1")
folder=${2:?usage: run.sh SWARMLAB FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
scenarios=$here/../../../scenarios

rm -rf "$folder/runs"
mkdir -p "$folder/runs"
pages=()
run() { # NAME FILE ARGUMENTS…
    local name=$1 file=$2 digest
    shift 2
    digest=$("$swarmlab" simulate "$scenarios/$file" --out "$folder/runs/$name" --quiet "$@")
    echo "$name: $digest"
    pages+=("$name=$folder/runs/$name/report.html")
}
run five partition.toml --set peers.leecher.count=4 --set torrent.size=8MiB
run two-hundred heterogeneous.toml --set torrent.size=4MiB
run thousand flash-crowd.toml --set peers.leecher.count=1000 --set torrent.size=4MiB --set torrent.piece_length=16KiB
run churn churn.toml --set torrent.size=8MiB --set peers.leecher.count=60 --set "stop.at=30 min"
"$swarmlab" report "$folder"/runs/{five,two-hundred,thousand} --out "$folder/runs/three" >/dev/null
pages+=("three=$folder/runs/three/report.html")

node "$here/pages.mjs" --tools "$folder" --shots "$folder/shots" "${pages[@]}"
