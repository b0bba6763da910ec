#!/usr/bin/env python3
"""Does one seed serve five hundred peers at a time, and in how much memory? Raw peers over loopback, no client:

    crowd.py --swarmlab target/release/swarmlab [--peers N]

Each connects, shakes hands, is interested, is unchoked, and asks for its share of the content, eight blocks at a time; what
comes is compared. Prints how long that took and the most memory that the seed ever held (VmHWM). Exits with 1 if somebody was
not served, or if the seed held more than 200 MiB."""

import argparse
import asyncio
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PIECE_BYTES, BLOCK_BYTES = 256 << 10, 16 << 10
PIECES = 512
AHEAD = 8
SHARE_BLOCKS = 64
PATIENCE_SECONDS = 120
MEMORY_MIB_MAX = 200
CHOKE, UNCHOKE, INTERESTED, REQUEST, PIECE = 0, 1, 2, 6, 7


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swarmlab", type=lambda path: Path(path).resolve(), required=True, help="the command to test")
    parser.add_argument("--peers", type=int, default=500, help="peers at a time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="swarmlab-crowd-") as scratch:
        folder = Path(scratch)
        content = os.urandom(PIECES * PIECE_BYTES)
        (folder / "data").write_bytes(content)
        torrent = folder / "data.torrent"
        made = [options.swarmlab, "make", folder / "data", "-o", torrent, "--piece-length", "256KiB"]
        subprocess.run(made, check=True, capture_output=True)
        shown = subprocess.run([options.swarmlab, "show", torrent, "--json"], check=True, capture_output=True)
        info_hash = bytes.fromhex(json.loads(shown.stdout)["info_hash"])
        slots = str(options.peers)
        seed = subprocess.Popen(
            [options.swarmlab, "download", torrent, "--to", folder, "--seed", "--no-tracker", "--bind", "127.0.0.1", "--json"]
            + ["--connections", slots, "--upload-slots", slots],
            stdout=subprocess.PIPE,
            text=True,
        )
        lines = (json.loads(line) for line in seed.stdout)
        address = next(line["address"] for line in lines if line["event"] == "listening")
        port = int(address.rsplit(":", 1)[1])
        begun = time.monotonic()
        served = asyncio.run(crowd(options.peers, port, info_hash, content))
        spent = time.monotonic() - begun
        status = Path(f"/proc/{seed.pid}/status").read_text()
        seed.kill()
        seed.wait()
    most = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) >> 10
    mib = served * SHARE_BLOCKS * BLOCK_BYTES >> 20
    print(f"{served} of {options.peers} peers were served, {mib} MiB in {spent:.1f} s; the seed held {most} MiB at most")
    return 0 if served == options.peers and most <= MEMORY_MIB_MAX else 1


async def crowd(peers: int, port: int, info_hash: bytes, content: bytes) -> int:
    # All are there before the first asks for anything.
    connections = await asyncio.gather(*(greet(number, port, info_hash) for number in range(peers)))
    tasks = (asyncio.wait_for(fetch(number, *them, content), PATIENCE_SECONDS) for number, them in enumerate(connections))
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for failure in {repr(outcome) for outcome in outcomes if outcome is not None}:
        print(failure, file=sys.stderr)
    return sum(outcome is None for outcome in outcomes)


async def greet(number: int, port: int, info_hash: bytes):
    """A peer that speaks BEP 3 and nothing else."""
    # So many at once would be more than a listener's backlog.
    await asyncio.sleep(number * 0.004)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    peer_id = hashlib.sha1(str(number).encode()).digest()
    writer.write(b"\x13BitTorrent protocol" + bytes(8) + info_hash + peer_id + struct.pack(">IB", 1, INTERESTED))
    await reader.readexactly(68)
    return reader, writer


async def fetch(number: int, reader, writer, content: bytes):
    blocks = len(content) // BLOCK_BYTES
    wanted = [(number * SHARE_BLOCKS + at) % blocks for at in range(SHARE_BLOCKS)]
    asked, missing = 0, set(wanted)
    unchoked = False
    while missing:
        while unchoked and asked < len(wanted) and asked - (len(wanted) - len(missing)) < AHEAD:
            piece, begin = divmod(wanted[asked] * BLOCK_BYTES, PIECE_BYTES)
            writer.write(struct.pack(">IBIII", 13, REQUEST, piece, begin, BLOCK_BYTES))
            asked += 1
        length = int.from_bytes(await reader.readexactly(4), "big")
        message = await reader.readexactly(length)
        kind = message[0] if message else None
        if kind in (CHOKE, UNCHOKE):
            unchoked = kind == UNCHOKE
        elif kind == PIECE:
            piece, begin = struct.unpack(">II", message[1:9])
            at = piece * PIECE_BYTES + begin
            if message[9:] != content[at : at + BLOCK_BYTES]:
                raise ValueError(f"wrong bytes of piece {piece} at {begin}")
            missing.discard(at // BLOCK_BYTES)
    writer.close()


if __name__ == "__main__":
    sys.exit(main())
