#!/usr/bin/env bash
# A binary that was optimised by a profile of itself. It does what any other does, event by event; it is faster.
#
#     fastest.sh target/fastest        → target/fastest/swarmlab
#
# Builds it so that it counts what it executes, lets it simulate two flash crowds, and builds it again with those counts.
# Needs the toolchain's llvm-tools, and adds them with rustup.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath --canonicalize-missing "${1:-target/fastest}")
host=$(rustc -vV | sed -n 's/^host: //p')
profdata=$(rustc --print sysroot)/lib/rustlib/$host/bin/llvm-profdata
[ -x "$profdata" ] || rustup component add llvm-tools || {
    echo "$0: no llvm-profdata; without rustup install your toolchain's llvm-tools" >&2
    exit 3
}

# With a target named, what only runs while building is left as it is.
build() {
    CARGO_ENCODED_RUSTFLAGS=$1 CARGO_TARGET_DIR=$folder/build cargo build --release --locked --package swarmlab --target "$host"
}
built=$folder/build/$host/release/swarmlab

# The digests of both crowds: how pieces spread among a hundred is not how a cache is missed among five hundred.
crowds() {
    for leechers in 99 499; do
        "$built" simulate scenarios/flash-crowd.toml --json --no-metrics \
            --set peers.leecher.count=$leechers --set torrent.size=16MiB | sed -n 's/.*"digest": "\(.*\)",/\1/p'
    done
}

rm -rf "$folder/counts"
build "-Cprofile-generate=$folder/counts"
before=$(crowds)
"$profdata" merge --output "$folder/counts.profdata" "$folder"/counts/*.profraw
build "-Cprofile-use=$folder/counts.profdata"
after=$(crowds)
[ "$before" = "$after" ] || {
    echo "$0: the two builds took different courses: $before, $after" >&2
    exit 1
}
cp "$built" "$folder/swarmlab"
echo "$folder/swarmlab, with the same digests:" $after
