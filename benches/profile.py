#!/usr/bin/env python3
"""What does a block cost, and where? Instructions per block of a flash crowd of a hundred clients, by the room of the house that
executes them: everything is counted by callgrind, and what the compiler has put into a function counts as that function's.
Prints a table in markdown; `--page` puts it into a page, between its two marks. Takes three minutes.

    profile.py --swarmlab target/release/swarmlab [--peers 100] [--page docs/scale.md]
"""

import argparse
import collections
import json
import pathlib
import re
import sys
import tempfile

import callgrind
import page

# The first pattern that a function's name contains says whose it is.
ROOMS = [
    ("swarmlab_sim::network", "the network: streams, links, queues"),
    ("swarmlab_sim::event_queue", "the queue of events"),
    ("swarmlab_sim::world::digest", "the digest"),
    ("swarmlab_sim::world", "the world: between engines and network, disks"),
    ("swarmlab_engine::wire", "the engine: bytes and messages"),
    ("swarmlab_engine::picker", "the engine: pickers and pieces"),
    ("swarmlab_engine::pieces", "the engine: pickers and pieces"),
    ("swarmlab_engine::storage", "the engine: storage"),
    ("swarmlab_engine", "the engine: sessions, torrents, connections"),
    ("sha1", "the start: hashing the content without SHA-1 instructions"),
]
REST = "memory: allocator, copies, collections"


def room_of(function):
    return next((room for pattern, room in ROOMS if pattern in function), REST)


def own_costs(out):
    """Instructions of each function, those of its callees not among them. Names are said in full once, then by number."""
    names, costs, function, is_call = {}, collections.Counter(), None, False
    for line in out.splitlines():
        if named := re.match(r"c?fn=\((\d+)\)(?: (.*))?$", line):
            number, name = named.groups()
            if name:
                names[number] = name
            if line.startswith("fn="):
                function = names[number]
        elif line.startswith("calls="):
            is_call = True  # The next line is what the callee has cost.
        elif counted := re.match(r"(?:\+\d+|-\d+|\d+|\*) (\d+)$", line):
            if not is_call:
                costs[function] += int(counted[1])
            is_call = False
    return costs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--swarmlab", required=True)
    parser.add_argument("--peers", type=int, default=100)
    parser.add_argument("--page", type=pathlib.Path, help="the page to put the table into")
    arguments = parser.parse_args()
    if not callgrind.is_there():
        sys.exit("this needs valgrind: apt-get install valgrind")
    run = [arguments.swarmlab, "simulate", "scenarios/flash-crowd.toml", "--json", "--no-metrics"]
    run += ["--set", f"peers.leecher.count={arguments.peers - 1}", "--set", "torrent.size=64MiB"]
    with tempfile.TemporaryDirectory() as folder:
        _, printed = callgrind.instructions(run, out=f"{folder}/out")
        costs = own_costs(pathlib.Path(f"{folder}/out").read_text())
    blocks = json.loads(printed)["blocks"]
    rooms = collections.Counter()
    for function, cost in costs.items():
        rooms[room_of(function)] += cost
    lines = ["| where | instructions per block | share |", "|---|--:|--:|"]
    total = sum(rooms.values())
    for room, cost in rooms.most_common():
        lines.append(f"| {room} | {cost / blocks:,.0f} | {100 * cost / total:.0f} % |")
    lines.append(f"| together | {total / blocks:,.0f} | |")
    text = "\n".join(lines)
    print(text)
    if arguments.page:
        page.put(arguments.page, "profile", text)


main()
