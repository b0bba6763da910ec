#!/usr/bin/env python3
"""Captures small swarms with `swarmlab simulate --pcap`, and lets tshark's own dissectors read every packet.

Nothing may be malformed, every checksum must be right, and the messages must be as many as the run counts. A capture that
was not looked at counts as skipped, never as passed."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 16 * 1024
PEER_PORTS = "tcp.port == 6881"
# What tshark reads a second time. It takes what is sent again within a round trip for something out of order, and can only
# put it together if it is told to.
AGAIN = " or ".join(
    f"tcp.analysis.{kind}"
    for kind in ("retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order")
)
PREFERENCES = ["tcp.check_checksum:TRUE", "ip.check_checksum:TRUE", "tcp.reassemble_out_of_order:TRUE"]
# BEP 3 and BEP 6, as tshark has them.
UNCHOKE, HAVE, BITFIELD, REQUEST, PIECE, HAVE_ALL, HAVE_NONE, REJECT = 1, 4, 5, 6, 7, 14, 15, 16

SCENARIO = """# What does tshark say of a swarm?
seed = 5
[torrent]
size = "4 MiB"
piece_length = "64 KiB"
[network]
latency = { min = "5 ms", max = "80 ms" }
[peers.seed]
count = 1
has = "all"
up = "10 Mbit/s"
down = "20 Mbit/s"
[peers.part]
count = 2
has = { share = "30 %" }
up = "5 Mbit/s"
down = "20 Mbit/s"
[peers.leecher]
count = 6
up = "5 Mbit/s"
down = "20 Mbit/s"
[stop]
when = "never"
at = "3 min"
"""


class Failed(Exception):
    pass


@dataclass
class Case:
    """A swarm to be captured, and what is particular about it."""

    name: str
    sets: list[str]
    # Packets are lost, and so sent again.
    is_lossy: bool = False
    # Of two peers alone nothing is asked for twice: each block is requested and sent once.
    is_pair: bool = False


CASES = [
    Case("two alone", ["peers.part.count=0", "peers.leecher.count=1"], is_pair=True),
    Case("nine", []),
    Case("without the fast extension", ["peers.leecher.fast_extension=false"]),
    Case("lossy", ["network.loss=2 %"], is_lossy=True),
    Case("jitter and coarse units", ["network.jitter=30 ms", "network.unit=64 KiB"]),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swarmlab", type=Path, required=True, help="the binary")
    arguments = parser.parse_args()
    if shutil.which("tshark") is None:
        print(f"CAPTURES: tshark is missing: {len(CASES)} captures SKIPPED, not passed", file=sys.stderr)
        return 0
    failures = 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(f"{case.name:32} {look_at(case, arguments.swarmlab, Path(folder))}")
            except Failed as failed:
                failures += 1
                print(f"{case.name:32} FAILED: {failed}")
    print(f"{len(CASES) - failures} of {len(CASES)} captures passed")
    return 1 if failures else 0


def look_at(case: Case, swarmlab: Path, folder: Path) -> str:
    (folder / "swarm.toml").write_text(SCENARIO)
    capture = folder / "swarm.pcapng"
    command = [swarmlab.resolve(), "simulate", "swarm.toml", "--no-metrics", "--json", "--pcap", capture]
    command += [word for setting in case.sets for word in ("--set", setting)]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode != 0:
        raise Failed(run.stderr)
    summary = json.loads(run.stdout)

    refuse(capture, "_ws.malformed", "malformed packets")
    refuse(capture, "tcp.checksum.status != 1 or ip.checksum.status != 1", "wrong checksums")
    refuse(capture, "tcp.analysis.ack_lost_segment or tcp.analysis.lost_segment", "packets that were left out")
    refuse(capture, f"{PEER_PORTS} and tcp.len > 0 and data", "payload that is not BitTorrent's")
    again = len(fields(capture, AGAIN, "frame.number"))
    if (again > 0) != case.is_lossy:
        raise Failed(f"{again} packets were sent again")

    messages = Counter(int(kind) for kind in fields(capture, f"bittorrent and not ({AGAIN})", "bittorrent.msg.type"))
    handshakes = len(fields(capture, "bittorrent.protocol.name", "bittorrent.info_hash"))
    for kind in (UNCHOKE, REQUEST, PIECE) if case.is_pair else (UNCHOKE, HAVE, BITFIELD, REQUEST, PIECE):
        if messages[kind] == 0:
            raise Failed(f"no message {kind}: {messages}")
    uploaded = round(summary["upload_utilisation"] * summary["upload_capacity_bytes"])
    given, kept = uploaded // BLOCK_BYTES, summary["blocks"]
    # What comes too late in the end can be discarded in a socket whose other side closes: it was given, and not sent.
    if not kept <= messages[PIECE] <= given or messages[REQUEST] < messages[PIECE] + messages[REJECT]:
        raise Failed(f"{messages} where {given} blocks were given to sockets and {kept} kept")
    if case.is_pair and not messages[REQUEST] == messages[PIECE] == given == kept:
        raise Failed(f"{messages} where {given} blocks were given to sockets and {kept} kept")
    accepted = len(fields(capture, f"{PEER_PORTS} and tcp.flags.syn == 1 and tcp.flags.ack == 1", "frame.number"))
    if not handshakes or handshakes > 2 * accepted:
        raise Failed(f"{handshakes} handshakes on {accepted} connections")
    if messages[BITFIELD] + messages[HAVE_ALL] + messages[HAVE_NONE] > handshakes:
        raise Failed(f"{messages} with {handshakes} handshakes")

    announces = fields(capture, "http.request", "http.request.uri")
    answers = fields(capture, "http.response", "http.response.code")
    if not announces or len(announces) != len(answers) or set(answers) != {"200"}:
        raise Failed(f"{len(announces)} announces, answers {Counter(answers)}")
    if not all(uri.startswith("/announce?info_hash=") for uri in announces):
        raise Failed(f"an announce of another kind: {announces}")
    names = set(fields(capture, "ip", "frame.interface_name"))
    if len(names) != summary["peers"] + 1 or not {"tracker", "seed-0"} < names:
        raise Failed(f"interfaces {names}")
    return (
        f"{handshakes} handshakes, {messages[BITFIELD]} bitfields, {messages[HAVE]} haves, {messages[REQUEST]} requests, "
        f"{messages[PIECE]} blocks, {len(announces)} announces, {again} packets sent again"
    )


def fields(capture: Path, chosen: str, field: str) -> list[str]:
    """The values of a field in the packets that a display filter chooses."""
    command = ["tshark", "-n", "-r", capture, "-Y", chosen, "-T", "fields", "-e", field]
    command += [word for preference in PREFERENCES for word in ("-o", preference)]
    told = subprocess.run(command, capture_output=True, text=True)
    if told.returncode != 0:
        raise Failed(f"tshark: {told.stderr}")
    # Commas divide what is said more than once in a packet; a URI of ours has none.
    return [value for line in told.stdout.splitlines() for value in line.split(",") if value]


def refuse(capture: Path, chosen: str, what: str):
    found = fields(capture, chosen, "frame.number")
    if found:
        raise Failed(f"{len(found)} {what}, packet {found[0]} among them")


if __name__ == "__main__":
    sys.exit(main())
